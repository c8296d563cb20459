### The citizen's pages.

result-title = My result
result-no-case = There is no examination to show.
result-not-signed = The result is not ready yet
result-not-signed-text = The examination is under way. The result can be read here when a geneticist has signed it.
result-as-relative = You take part as a relative. The answer to the question belongs to the one it is about.
result-questions = If you have questions, call the department that examined you. A result like this should always be talked over with a doctor or a genetic counsellor.
result-see-log = See who has read your data
plain-diagnostic = The cause is found
plain-diagnostic-text = A change in a gene has been found that very surely explains the disease.
plain-uncertain = Something is found, but it is uncertain
plain-uncertain-text = A change has been found that may explain the disease. Not enough is known yet to be sure, and it may turn out to mean nothing.
plain-negative = The cause is not found
plain-negative-text = The examination has not shown a sure cause. This does not exclude that the disease is hereditary: not everything is seen by this method, and knowledge grows all the time.
plain-conclusion = The geneticist's words
plain-family = What it means for children and siblings
plain-family-talk = Talk to a genetic counsellor before you pass it on or plan by it.
plain-secondary = Findings nobody looked for
plain-secondary-none = Only what you wished to be told stands here. There is nothing to tell.
plain-secondary-talk = It must be confirmed and talked over with a doctor.
change-wishes = See or change wishes
wishes-title = My wishes
wishes-lead = You decide what you want to know and what your result may be used for. You may change your mind at any time.
wishes-saved = Your wishes are kept and hold from now.
wishes-since = Holds since { $at }.
wishes-never = You have said nothing yet. Until you do, the answer is no to everything.
wish-secondary-legend = Which findings nobody looked for do you want to be told of?
wish-secondary-hint = When all genes are examined, something else than what was looked for may turn up.
wish-more-legend = What do you say yes to?
wish-recontact = Contact me when new knowledge changes my result
wish-research = My result may serve research
wish-shared_database = My result may stand in a database shared by doctors and geneticists
wishes-save = Keep the wishes
log-title = My log
log-lead = Here stands each time somebody saw or tried to see your data, refusals included.
log-filter = Show
log-filter-apply = Show lines
log-all = all
log-only-permitted = permitted only
log-only-refused = refused only
log-count =
    { $count ->
        [0] No lines.
        [one] One line.
       *[other] { $count } lines.
    }
log-when = When
log-who = Who
log-what = What
log-purpose = Purpose
log-basis = Legal basis
log-outcome = Outcome
log-proof = Proof
log-permitted = Permitted
log-refused = Refused
log-on-behalf = on the responsibility of { $name }
log-proof-of = Proof no. { $leaf }
log-download = Download the log (JSON)
log-yourself = yourself
log-your-child = your child
log-a-citizen = a citizen
back-to-log = ← Back to the log
proof-title = Proof of line no. { $leaf }
proof-holds = The proof holds: the line stands in the log and has not been changed since.
proof-fails = The proof does not hold. Keep this page and contact the department or the data protection authority.
proof-heading = Verify it yourself
proof-explain = The log is a Merkle tree (RFC 6962): change one line and the root changes. From the line and the path you can work out the root yourself, which the house has signed.
proof-tree-size = Lines in the log
proof-leaf = The line as the log has it
proof-root = Root
proof-signed-at = The root was signed
proof-signature = Signature (Ed25519)
proof-public-key = The log's public key
proof-path = The path from the line to the root
proof-path-empty = The tree has only this line.
proof-download = Download the proof (JSON)
