### The laboratory's and the clinic's pages.

cases-title = Cases
cases-count =
    { $count ->
        [0] No case is assigned to you.
        [one] One case is assigned to you.
       *[other] { $count } cases are assigned to you.
    }
case = Case
person = Person
proband = proband
name-not-shown = name not shown
result-kind = Result
result-suggested = The program's suggestion
first-finding = First finding
status = Status
status-received = received
status-interpreted = awaits conclusion
status-concluded = conclusion written, not signed
status-signed = signed
signed-by-at = Signed by { $by } on { $at }.
written-by-at = Written by { $by } on { $at }. Not signed.
case-title = Case { $case }: { $proband }
back-to-cases = ← Back to cases
back-to-case = ← Back to the case
go-to-conclusion = Go to the conclusion
warnings-heading = Read first
findings-heading = Ranked findings
findings-intro = Open a finding to see everything it rests on. The numbers run from 0 to 100%, and the list follows the combined one.
findings-none = No variant came through the filters with a fitting inheritance.
rank = No.
gene-and-disease = Gene and disease
mode = Inheritance
variants-word = Variants
fit-of-signs = Fit of the signs
variant-score = Weight of the variant
combined-score = Combined
pedigree-heading = Pedigree
pedigree-legend = Square: male. Circle: female. Diamond: not stated. Filled: affected. Dashed: not sequenced. Arrow: proband.
pedigree-alt =
    Pedigree of { $count ->
        [one] one person
       *[other] { $count } people
    }; the table beside it says the same.
pedigree-table = The pedigree as a table
sex = Sex
affected = Affected
father = Father
mother = Mother
child = Child
sequenced = Sequenced
not-sequenced = not sequenced
signs = Signs
sign = Sign
signs-none = No signs are stated.
signs-observed = Observed
signs-excluded = Looked for and not seen
sign-excluded-short = not seen
waterfall-heading = From the file to the findings
waterfall-intro = So many alleles were left after each step.
filter-step = Step
kept = Left
bar-log = Bar (logarithmic)
quality-heading = Quality
quality-details = Show the numbers
quality-samples = Samples
quality-relations = Kinship measured in the file (laboratory only)
quality-mendelian = Alleles that cannot be inherited (laboratory only)
pedigree-agrees = Nothing speaks against the pedigree.
pedigree-disagrees = The file does not fit the pedigree. See the numbers before you use the findings.
variants-called = Alleles
median-depth = Depth (median)
x-heterozygosity = Heterozygous on X
observed-sex = Sex by the file
missing-rate = Missing
pair = Pair
kinship = Measured
kinship-expected = Expected
sites = Sites
agrees = Agrees
errors = Errors
error-rate = Share
homozygosity = Runs of homozygosity
disomy = Both copies from one parent
secondary-heading = Secondary findings
secondary-intro = Findings nobody looked for. They are shown only as each person wished.
wish-word = Wish
wish-not-shown = not shown to your role
secondary-none-found = No findings.
needs-confirmation = Must be confirmed by another method before it is told.
conclusion-heading = Conclusion
conclusion-none-yet = There is no signed conclusion yet.
conclusion-text = Conclusion
conclusion-hint = Write so that the family, too, can read it. The text can be changed until it is signed.
conclusion-save = Save the conclusion
go-to-signing = Go to signing
error-conclusion-empty = Write a conclusion before you save.
error-already-signed = The case is already signed and cannot be changed.
error-no-conclusion = Write and save a conclusion before you sign.
cause-judged = Cause
cause-hint = Tick the finding or findings that you judge to be the cause. With a diagnostic finding they are what the person is told; with nothing evident, tick none.
cause-elsewhere = The cause is known, but is not among the findings
cause-elsewhere-short = not among the findings; see the conclusion
cause-word = Cause
error-no-cause = A diagnostic finding names its cause: tick the finding, or that the cause is not among them, and save before you sign.
error-cause-of-nothing = A cause is ticked that does not go with the result: remove it, or correct the result, and save before you sign.
sign-title = Sign the report
sign-explain = Read the report once more. When it is signed it cannot be changed, and the family can see it.
sign-now = Sign
sign-not-yet = Not yet
versions-heading = Versions
assembly = Genome build
finding-title = Finding no. { $rank }: { $gene }
previous-finding = Previous finding
next-finding = Next finding
gene = Gene
disease = Disease
disease-unknown = no known disease that fits
flags-heading = Reservations
variants-heading =
    { $count ->
        [one] The variant
       *[other] The { $count } variants together
    }
inheritance-heading = Inheritance
event = Kind
event-small = small variant
event-structural = structural variant:
event-end = to
event-breakend = breakend at
event-repeat = repeat
consequence = Consequence
hgvs = HGVS
protein-change = Protein change (notation of bcftools)
transcript = Transcript
frequency = Frequency
frequency-none = not known
own-cohort = The house’s own cohort
own-cohort-counts = { $carriers } carriers, { $homozygotes } of them on every copy, among { $people } persons outside the family; who is not seen to carry it was not necessarily examined here
own-cohort-least = the frequency is at least (95 %)
clinvar = ClinVar
clinvar-stars = { $stars } of 4 stars
clinvar-none = no record
origin = Origin
de-novo-score = De novo score (Phred)
file-filters = The file's own filters
genotypes-heading = Genotypes
genotypes-caption = Genotypes of { $variant }
genotype = Genotype
genotype-absent = does not carry it
genotype-heterozygous = one copy
genotype-homozygous = both copies
genotype-hemizygous = only copy
genotype-missing = no call
genotype-partly = one copy, the other unknown
depth = Depth
alternate-depth = With the variant
allele-balance = Balance
genotype-quality = GQ
why-heading = Why it stands here
why-intro = What each part contributes to the combined number (log odds). To the right speaks for, to the left against.
why-part = Part
why-text = Reason
contribution = Contribution
for-or-against = Against or for
sign-contributions-heading = What every sign contributes
sign-contributions-intro = The logarithm of how much more often the sign is seen in the disease than otherwise.
sign-contributions-none = No known disease to hold the signs against.
matched-sign = Nearest sign of the disease
acmg-heading = ACMG criteria so far
acmg-none = No criteria have been assessed.
acmg-so-far = Assessed by the program from the file and the shipped knowledge. Criteria that need more are not included.
points = { $points } points
points-word = Points
criterion = Criterion
strength = Strength
reason = Reason
recurrence-heading = Risk for siblings and children
recurrence-next-child = Next child of the same parents:
also-fits = Also fits: { $mode }
findings-more =
    { $count ->
        [one] Show one more finding
       *[other] Show { $count } more findings
    }
result-confirmed = The kind of result you confirm
result-confirmed-hint = This is the kind of result the citizen sees. The program's suggestion is chosen beforehand.
signs-more = and { $count } more
