### Laboratoriets og klinikkens sider.

cases-title = Sager
cases-count =
    { $count ->
        [0] Ingen sager er tildelt dig.
        [one] Én sag er tildelt dig.
       *[other] { $count } sager er tildelt dig.
    }
case = Sag
person = Person
proband = proband
name-not-shown = navn vises ikke
result-kind = Resultat
result-suggested = Programmets forslag
first-finding = Første fund
status = Status
status-received = modtaget
status-interpreted = venter på konklusion
status-concluded = konklusion skrevet, ikke underskrevet
status-signed = underskrevet
signed-by-at = Underskrevet af { $by } den { $at }.
written-by-at = Skrevet af { $by } den { $at }. Ikke underskrevet.
case-title = Sag { $case }: { $proband }
back-to-cases = ← Tilbage til sager
back-to-case = ← Tilbage til sagen
go-to-conclusion = Gå til konklusionen
warnings-heading = Læs først
findings-heading = Fund i rækkefølge
findings-intro = Åbn et fund for at se alt, det hviler på. Tallene går fra 0 til 100 %, og listen følger det samlede.
findings-none = Ingen variant kom gennem filtrene med en nedarvning, der passer.
rank = Nr.
gene-and-disease = Gen og sygdom
mode = Nedarvning
variants-word = Varianter
fit-of-signs = Tegnene passer
variant-score = Variantens vægt
combined-score = Samlet
pedigree-heading = Stamtræ
pedigree-legend = Firkant: mand. Cirkel: kvinde. Rude: ikke oplyst. Udfyldt: har sygdommen. Stiplet: ikke sekventeret. Pil: proband.
pedigree-alt =
    Stamtræ med { $count ->
        [one] én person
       *[other] { $count } personer
    }; tabellen ved siden af siger det samme.
pedigree-table = Stamtræet som tabel
sex = Køn
affected = Sygdom
father = Far
mother = Mor
child = Barn
sequenced = Sekventeret
not-sequenced = ikke sekventeret
signs = Tegn
sign = Tegn
signs-none = Der er ikke oplyst nogen tegn.
signs-observed = Set
signs-excluded = Ledt efter og ikke set
sign-excluded-short = ikke set
waterfall-heading = Fra filen til fundene
waterfall-intro = Så mange alleler var tilbage efter hvert trin.
filter-step = Trin
kept = Tilbage
bar-log = Søjle (logaritmisk)
quality-heading = Kvalitet
quality-details = Vis tallene
quality-samples = Prøver
quality-relations = Slægtskab målt i filen (kun laboratoriet)
quality-mendelian = Alleler, der ikke kan være arvet (kun laboratoriet)
pedigree-agrees = Intet taler imod stamtræet.
pedigree-disagrees = Filen passer ikke med stamtræet. Se tallene, før du bruger fundene.
variants-called = Alleler
median-depth = Dybde (median)
x-heterozygosity = Heterozygot på X
observed-sex = Køn ifølge filen
missing-rate = Mangler
pair = Par
kinship = Målt
kinship-expected = Ventet
sites = Steder
agrees = Passer
errors = Fejl
error-rate = Andel
homozygosity = Homozygote strækninger
disomy = Begge kopier fra én forælder
secondary-heading = Sekundære fund
secondary-intro = Fund, ingen ledte efter. De vises kun, som hver person har ønsket.
wish-word = Ønske
wish-not-shown = vises ikke for din rolle
secondary-none-found = Ingen fund.
needs-confirmation = Skal bekræftes med en anden metode, før det fortælles.
conclusion-heading = Konklusion
conclusion-none-yet = Der er endnu ingen underskrevet konklusion.
conclusion-text = Konklusion
conclusion-hint = Skriv, så også familien kan læse det. Teksten kan ændres, indtil den er underskrevet.
conclusion-save = Gem konklusionen
go-to-signing = Gå til underskrift
error-conclusion-empty = Skriv en konklusion, før du gemmer.
error-already-signed = Sagen er allerede underskrevet og kan ikke ændres.
error-no-conclusion = Skriv og gem en konklusion, før du underskriver.
cause-judged = Årsag
cause-hint = Sæt kryds ved det eller de fund, du bedømmer som årsagen. Ved et sikkert fund er det dem, personen får at vide; ved intet evident fund sættes intet kryds.
cause-elsewhere = Årsagen er kendt, men er ikke blandt fundene
cause-elsewhere-short = ikke blandt fundene; se konklusionen
cause-word = Årsag
error-no-cause = Et sikkert fund skal nævne sin årsag: sæt kryds ved fundet, eller ved at årsagen ikke er blandt dem, og gem, før du underskriver.
error-cause-of-nothing = Der er sat kryds ved en årsag, som ikke passer til resultatet: fjern krydset, eller ret resultatet, og gem, før du underskriver.
sign-title = Underskriv svaret
sign-explain = Læs svaret en gang til. Når det er underskrevet, kan det ikke ændres, og familien kan se det.
sign-now = Underskriv
sign-not-yet = Ikke endnu
versions-heading = Versioner
assembly = Genomversion
finding-title = Fund nr. { $rank }: { $gene }
previous-finding = Forrige fund
next-finding = Næste fund
gene = Gen
disease = Sygdom
disease-unknown = ingen kendt sygdom, der passer
flags-heading = Forbehold
variants-heading =
    { $count ->
        [one] Varianten
       *[other] De { $count } varianter sammen
    }
inheritance-heading = Nedarvning
event = Art
event-small = lille variant
event-structural = strukturel variant:
event-end = til
event-breakend = brudende ved
event-repeat = gentagelse
consequence = Virkning
hgvs = HGVS
protein-change = Proteinændring (bcftools’ skrivemåde)
transcript = Transskript
frequency = Hyppighed
frequency-none = ikke kendt
own-cohort = Husets egen kohorte
own-cohort-counts = { $carriers } bærere, heraf { $homozygotes } på alle kopier, blandt { $people } personer uden for familien; hvem der ikke er set som bærer, er ikke nødvendigvis undersøgt her
own-cohort-least = hyppigheden er mindst (95 %)
clinvar = ClinVar
clinvar-stars = { $stars } af 4 stjerner
clinvar-none = ingen post
origin = Oprindelse
de-novo-score = Nyopstået, score (Phred)
file-filters = Filens egne forbehold
genotypes-heading = Genotyper
genotypes-caption = Genotyper for { $variant }
genotype = Genotype
genotype-absent = bærer den ikke
genotype-heterozygous = én kopi
genotype-homozygous = begge kopier
genotype-hemizygous = eneste kopi
genotype-missing = intet kald
genotype-partly = én kopi, den anden ukendt
depth = Dybde
alternate-depth = Med varianten
allele-balance = Andel
genotype-quality = GQ
why-heading = Hvorfor det står her
why-intro = Hver dels bidrag til det samlede tal (log-odds). Til højre taler for, til venstre imod.
why-part = Del
why-text = Grund
contribution = Bidrag
for-or-against = Imod eller for
sign-contributions-heading = Hvad hvert tegn bidrager med
sign-contributions-intro = Logaritmen af hvor meget oftere tegnet ses ved sygdommen end ellers.
sign-contributions-none = Ingen kendt sygdom at holde tegnene op imod.
matched-sign = Nærmeste tegn ved sygdommen
acmg-heading = ACMG-kriterier indtil nu
acmg-none = Ingen kriterier er vurderet.
acmg-so-far = Vurderet af programmet ud fra filen og den medfølgende viden. Kriterier, der kræver andet, er ikke med.
points = { $points } point
points-word = Point
criterion = Kriterium
strength = Styrke
reason = Grund
recurrence-heading = Risiko for søskende og børn
recurrence-next-child = Næste barn af samme forældre:
also-fits = Passer også: { $mode }
findings-more =
    { $count ->
        [one] Vis ét fund til
       *[other] Vis { $count } fund til
    }
result-confirmed = Den slags svar du bekræfter
result-confirmed-hint = Det er denne slags svar, borgeren får at se. Programmets forslag er valgt på forhånd.
signs-more = og { $count } mere
