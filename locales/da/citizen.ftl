### Borgerens sider.

result-title = Mit svar
result-no-case = Der er ingen undersøgelse at vise.
result-not-signed = Svaret er ikke klar endnu
result-not-signed-text = Undersøgelsen er i gang. Svaret kan læses her, når en genetiker har underskrevet det.
result-as-relative = Du er med i undersøgelsen som slægtning. Svaret på spørgsmålet hører til den, det handler om.
result-questions = Har du spørgsmål, så ring til den afdeling, der har undersøgt dig. Et svar som dette bør altid drøftes med en læge eller genetisk rådgiver.
result-see-log = Se, hvem der har læst dine oplysninger
plain-diagnostic = Årsagen er fundet
plain-diagnostic-text = Der er fundet en ændring i et gen, som med stor sikkerhed forklarer sygdommen.
plain-uncertain = Der er fundet noget, men det er usikkert
plain-uncertain-text = Der er fundet en ændring, som måske forklarer sygdommen. Man ved endnu ikke nok til at være sikker, og den kan vise sig at være uden betydning.
plain-negative = Årsagen er ikke fundet
plain-negative-text = Undersøgelsen har ikke vist en sikker årsag. Det udelukker ikke, at sygdommen er arvelig: ikke alt kan ses med denne metode, og der kommer hele tiden ny viden.
plain-conclusion = Genetikerens ord
plain-family = Hvad det betyder for børn og søskende
plain-family-talk = Tal med en genetisk rådgiver, før du fortæller det videre eller planlægger ud fra det.
plain-secondary = Fund, ingen ledte efter
plain-secondary-none = Her står kun det, du har ønsket at få at vide. Der er intet at fortælle.
plain-secondary-talk = Det skal bekræftes og drøftes med en læge.
change-wishes = Se eller ændr ønsker
wishes-title = Mine ønsker
wishes-lead = Du bestemmer, hvad du vil vide, og hvad dit svar må bruges til. Du kan ombestemme dig når som helst.
wishes-saved = Dine ønsker er gemt og gælder fra nu.
wishes-since = Gælder siden { $at }.
wishes-never = Du har ikke sagt noget endnu. Indtil du gør, er svaret nej til det hele.
wish-secondary-legend = Hvilke fund, ingen ledte efter, vil du have at vide?
wish-secondary-hint = Ved en undersøgelse af alle gener kan der dukke noget andet op end det, der blev ledt efter.
wish-more-legend = Hvad siger du ja til?
wish-recontact = Kontakt mig, hvis ny viden ændrer mit svar
wish-research = Mit svar må bruges til forskning
wish-shared_database = Mit svar må stå i en fælles database for læger og genetikere
wishes-save = Gem ønskerne
log-title = Min log
log-lead = Her står hver gang, nogen har set eller prøvet at se dine oplysninger, også når de blev afvist.
log-filter = Vis
log-filter-apply = Vis linjer
log-all = alle
log-only-permitted = kun tilladte
log-only-refused = kun afviste
log-count =
    { $count ->
        [0] Ingen linjer.
        [one] Én linje.
       *[other] { $count } linjer.
    }
log-when = Hvornår
log-who = Hvem
log-what = Hvad
log-purpose = Formål
log-basis = Hjemmel
log-outcome = Udfald
log-proof = Bevis
log-permitted = Tilladt
log-refused = Afvist
log-on-behalf = på ansvar af { $name }
log-proof-of = Bevis nr. { $leaf }
log-download = Hent loggen (JSON)
log-yourself = dig selv
log-your-child = dit barn
log-a-citizen = en borger
back-to-log = ← Tilbage til loggen
proof-title = Bevis for linje nr. { $leaf }
proof-holds = Beviset holder: linjen står i loggen og er ikke ændret siden.
proof-fails = Beviset holder ikke. Gem denne side, og kontakt afdelingen eller Datatilsynet.
proof-heading = Efterprøv det selv
proof-explain = Loggen er et Merkle-træ (RFC 6962): ændres en linje, ændres roden. Med linjen og stien kan du selv regne dig frem til roden, som huset har underskrevet.
proof-tree-size = Linjer i loggen
proof-leaf = Linjen, som loggen har den
proof-root = Rod
proof-signed-at = Roden er underskrevet
proof-signature = Underskrift (Ed25519)
proof-public-key = Loggens offentlige nøgle
proof-path = Stien fra linjen til roden
proof-path-empty = Træet har kun denne linje.
proof-download = Hent beviset (JSON)
