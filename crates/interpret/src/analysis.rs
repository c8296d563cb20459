//! One case from its files to its report.

mod said;
mod verdict;

use crate::acmg::Rules;
use crate::case::Case;
use crate::findings::{Context, Diseases, findings};
use crate::intake::{Beside, Block, Candidate, Intake, Waterfall, second_look};
use crate::large::same_event;
use crate::phenotype::PhenotypeRanker;
use crate::predictors;
use crate::quality_for_report::Judged;
use crate::report::{Acmg, Member, Report, ResultKind};
use crate::secondary::secondary_findings;
use crate::words::Words;
use indgang_genomics::annotation::{AnnotationFields, Compounds};
use indgang_genomics::call::Genotype;
use indgang_genomics::cohort::{CallSet, Carried};
use indgang_genomics::quality::Quality;
use indgang_genomics::vcf::{Header, ReadOptions, Reader, VcfError};
use indgang_knowledge::scores::ScoresError;
use indgang_knowledge::{Knowledge, PartError};
use indgang_model::{Affected, Assembly, SecondaryFindingWish, Variant};
use said::{not_aligned, not_found, nothing_read, set_aside_in_danish};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

/// One VCF of the family.
pub struct Input<'r> {
    /// Its name, for messages.
    pub name: String,
    /// Opens its bytes at their beginning, compressed or not. A file is read more than once where what stands further on
    /// must be known; each opening ends the one before.
    pub open: Box<dyn Fn() -> std::io::Result<Box<dyn Read + Send + 'r>> + 'r>,
    /// How to read it.
    pub options: ReadOptions,
}

type Opened<'r> = Reader<Box<dyn Read + Send + 'r>>;

impl<'r> Input<'r> {
    fn reader(&self) -> Result<Opened<'r>, VcfError> {
        Reader::open((self.open)()?, self.options.clone())
    }

    fn fault(&self, fault: VcfError) -> AnalysisError {
        AnalysisError::Vcf { file: self.name.clone(), fault }
    }

    /// What its lines say of each other's changes.
    fn compounds(&self, header: &Header) -> Result<Compounds, AnalysisError> {
        let fields = AnnotationFields::from_header(header);
        if !Compounds::may_be_in(&fields) {
            return Ok(Compounds::default());
        }
        let gathered = self.reader().and_then(|reader| Compounds::gather(&fields, reader));
        gathered.map_err(|fault| self.fault(fault))
    }
}

/// Why a case could not be interpreted.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// A VCF is wrong.
    #[error("`{file}`: {fault}")]
    Vcf {
        /// The file.
        file: String,
        /// What is wrong, with line and remedy.
        fault: VcfError,
    },
    /// Files or options contradict each other.
    #[error("{0}")]
    Contradiction(String),
    /// The knowledge cannot be opened.
    #[error(transparent)]
    Knowledge(#[from] PartError),
    /// Imported scores cannot be read.
    #[error(transparent)]
    Scores(#[from] ScoresError),
}

/// Interprets a case. `ranker` is prepared once for many cases; `version` is the program's.
///
/// # Errors
/// When a file is wrong, the files contradict each other or the pedigree, or the knowledge cannot be opened.
pub fn analyse(
    case: Case,
    inputs: Vec<Input<'_>>,
    knowledge: &Knowledge,
    ranker: &PhenotypeRanker<'_>,
    beside: Beside<'_>,
    version: &str,
) -> Result<Report, AnalysisError> {
    Ok(run(case, inputs, knowledge, ranker, beside, version, false)?.0)
}

/// As [`analyse`], for a house: also gives what each sequenced member carries, by sample. Person data like the inputs.
///
/// # Errors
/// As [`analyse`].
pub fn analyse_for_house(
    case: Case,
    inputs: Vec<Input<'_>>,
    knowledge: &Knowledge,
    ranker: &PhenotypeRanker<'_>,
    beside: Beside<'_>,
    version: &str,
) -> Result<(Report, BTreeMap<String, CallSet>), AnalysisError> {
    run(case, inputs, knowledge, ranker, beside, version, true)
}

fn run(
    mut case: Case,
    inputs: Vec<Input<'_>>,
    knowledge: &Knowledge,
    ranker: &PhenotypeRanker<'_>,
    beside: Beside<'_>,
    version: &str,
    call_sets: bool,
) -> Result<(Report, BTreeMap<String, CallSet>), AnalysisError> {
    let mut read = read(&mut case, inputs, knowledge, beside, call_sets)?;
    let predictors = beside.predictors.map(|predictors| predictors.versions(case.assembly)).unwrap_or_default();
    read.warnings.extend(predictors::absent(&predictors, &read.candidates));
    if let Some(predictors) = beside.predictors {
        let genes = knowledge.genes()?;
        read.candidates.iter_mut().try_for_each(|candidate| predictors.fill(candidate, case.assembly, genes))?;
    }
    let call_sets = call_sets_of(&case, std::mem::take(&mut read.carried));
    let quality = Judged::new(&case.family, &read.quality);
    let ranking = Diseases::query(&case.features).map(|mut query| {
        query.exclude_publications.extend(beside.left_out.iter().flat_map(|left_out| &left_out.publications));
        ranker.rank(&query)
    });
    let family = quality.readings().swap_remove(0);
    let readable = Case { family, ..case.clone() };
    let clinvar = knowledge.clinvar(case.assembly)?;
    let context = Context {
        case: &readable,
        genes: knowledge.genes()?,
        clinvar,
        diseases: Diseases::new(ranking),
        annotations: knowledge.diseases()?,
        frequencies_known: read.frequencies_known,
        parentage_confirmed: quality.parentage_confirmed(),
        trio_refused: quality.trio_refused(),
        counts: clinvar.gene_counts(),
        rules: beside.rules.unwrap_or_else(|| Rules::shipped()),
    };
    let (mut findings, fitting) = findings(&context, &read.candidates);
    let result = verdict::result(&mut findings, context.trio_refused);
    let answer = findings.iter().take(1).filter(|_| result == ResultKind::Diagnostic);
    let repeats = findings.iter().filter(|finding| finding.variants.iter().any(|v| v.repeat.is_some()));
    let looked_for: BTreeSet<String> = answer.chain(repeats).map(|finding| finding.gene.symbol.clone()).collect();
    let mut secondary_findings = secondary_findings(&context, &read.candidates, &looked_for);
    let mut filters = read.waterfall.steps();
    filters.push(crate::report::FilterStep { name: "inheritance".to_owned(), kept: fitting });
    let mut warnings = case.warnings.clone();
    warnings.extend(read.warnings);
    if !case.features.iter().any(|f| !f.excluded) {
        warnings.push(Words::new(
            "Ingen tegn er oplyst som til stede: rækkefølgen hviler på varianterne alene. Oplys tegnene for en bedre.",
            "No sign was given as observed: the order rests on the variants alone. Give the signs for a better one.",
        ));
    }
    if !case.family.members.iter().any(|m| m.affected == Affected::Affected) {
        warnings.push(Words::new(
            "Ingen i stamtræet er syg (status 2): der ledes kun efter par, som begge er bærere.",
            "Nobody in the pedigree is affected (status 2): only carrier couples are looked for.",
        ));
    }
    if case.wishes_of(&case.family.members[case.family.proband()].id).secondary_findings == SecondaryFindingWish::None {
        // Said always, so that it never hints at what was left out.
        warnings.push(Words::new(
            "Probanden har ikke ønsket at få sekundære fund at vide: (sandsynligt) sygdomsgivende varianter i gener på ACMG's liste, som tegnene ikke peger på, er udeladt.",
            "The proband has not wished to be told of secondary findings: (likely) pathogenic variants in genes of the ACMG list that the signs do not point to are left out.",
        ));
    }
    let wish = case.wishes_of(&case.family.members[case.family.proband()].id).secondary_findings;
    // Said always, as above.
    warnings.extend((read.repeats && wish != SecondaryFindingWish::All).then(crate::large::repeats_left_out));
    warnings.extend(quality.warnings());
    let mut versions = knowledge.versions();
    versions.insert("indgang".to_owned(), version.to_owned());
    versions.extend(predictors);
    versions.extend(beside.dosage.map(|dosage| ("clingen_dosage".to_owned(), dosage.version.clone())));
    findings.iter_mut().for_each(|finding| date(&mut finding.acmg, &versions));
    secondary_findings.values_mut().flatten().for_each(|finding| date(&mut finding.acmg, &versions));
    let report = Report {
        result,
        case: case.id.clone(),
        proband: case.family.members[case.family.proband()].id.clone(),
        assembly: case.assembly,
        family: members(&case),
        phenotypic_features: case.features.clone(),
        findings,
        secondary_findings,
        filters,
        quality: quality.for_report(),
        warnings: warnings.iter().map(|w| w.en.clone()).collect(),
        warnings_da: warnings.into_iter().map(|w| w.da).collect(),
        versions,
    };
    Ok((report, call_sets))
}

/// Gives each criterion the version of its source.
fn date(acmg: &mut Acmg, versions: &BTreeMap<String, String>) {
    for criterion in &mut acmg.criteria {
        criterion.version = versions.get(&criterion.source).cloned().unwrap_or_default();
    }
}

/// By sample, of those whom the files hold. Without call sets asked for, these are empty.
fn call_sets_of(case: &Case, carried: Vec<Vec<Carried>>) -> BTreeMap<String, CallSet> {
    let sequenced = case.family.members.iter().zip(carried).filter(|(member, _)| member.sequenced);
    sequenced.map(|(member, carried)| (member.id.clone(), CallSet::new(carried))).collect()
}

/// What came out of the files.
struct ReadCase {
    candidates: Vec<Candidate>,
    waterfall: Waterfall,
    quality: Quality,
    frequencies_known: bool,
    warnings: Vec<Words>,
    /// Some file is one of repeats.
    repeats: bool,
    /// By member, when call sets are asked for.
    carried: Vec<Vec<Carried>>,
}

fn read(
    case: &mut Case,
    inputs: Vec<Input<'_>>,
    knowledge: &Knowledge,
    beside: Beside<'_>,
    call_sets: bool,
) -> Result<ReadCase, AnalysisError> {
    let several = inputs.len() > 1;
    let mut read = ReadCase {
        candidates: Vec::new(),
        waterfall: Waterfall::new(several),
        quality: Quality::new(&case.family),
        frequencies_known: false,
        warnings: Vec::new(),
        repeats: false,
        carried: vec![Vec::new(); case.family.members.len()],
    };
    let mut set_aside: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut headers = Vec::new();
    for input in &inputs {
        let header = input.reader().map_err(|fault| input.fault(fault))?.header().clone();
        if let Some(assembly) = header.assembly().filter(|a| *a != case.assembly) {
            return Err(two_assemblies(&input.name, assembly, case.assembly));
        }
        headers.push((input, header));
    }
    let columns = columns(case, &headers)?;
    let mut files: Vec<_> = headers.into_iter().zip(columns).collect();
    // The files of the affected first: what is known of an allele is taken from there.
    files.sort_by_key(|(_, columns)| !of_affected(case, columns));
    for ((input, header), columns) in &files {
        let file = &input.name;
        let compounds = input.compounds(header)?;
        read.repeats |= ["REPID", "VARID"].iter().any(|field| header.info(field).is_some());
        read.warnings.extend(not_found(&compounds).map(|words| words.at(&format!("`{}`", short(file)))));
        let mut intake = Intake::new(case, header, columns.clone(), knowledge, beside)?.with_compounds(compounds);
        if call_sets {
            intake.keep_call_sets();
        }
        read.frequencies_known |= intake.has_frequencies();
        let source = intake.consequence_source();
        read.warnings.push(
            Words::new(
                format!("konsekvenser er taget fra {}", source.da),
                format!("consequences are taken from {}", source.en),
            )
            .at(&format!("`{}`", short(file))),
        );
        let summary = input
            .reader()
            .map_err(|fault| input.fault(fault))?
            .fold_blocks(
                || Block::new(&case.family, several),
                |block, record| intake.step(block, record),
                |block| {
                    read.candidates.extend(block.candidates);
                    read.quality.merge(block.quality);
                    for (all, carried) in read.carried.iter_mut().zip(block.carried) {
                        all.extend(carried);
                    }
                    read.waterfall.merge(block.waterfall);
                    for (kind, count) in block.set_aside {
                        *set_aside.entry(kind).or_default() += count;
                    }
                },
            )
            .map_err(|fault| input.fault(fault))?;
        if summary.polyploid_calls > 0 {
            let count = summary.polyploid_calls;
            read.warnings.push(
                Words::new(
                    format!("{count} kald med mere end to kopier er læst som manglende"),
                    format!("{count} calls with more than two copies were read as missing"),
                )
                .at(&format!("`{}`", short(file))),
            );
        }
    }
    if read.waterfall.is_empty() {
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        return Err(nothing_read(&names, &set_aside));
    }
    read.candidates = same_event::merge(join(std::mem::take(&mut read.candidates)));
    for ((input, _), columns) in files.iter().filter(|_| several) {
        second_look(&mut read.candidates, (&case.family, case.assembly), columns, beside.reference, || input.reader())
            .map_err(|fault| input.fault(fault))?;
    }
    not_called(case, &mut read.candidates);
    if !read.frequencies_known {
        read.warnings.push(Words::new(
            "Ingen hyppigheder i befolkningen: almindelige varianter kunne ikke kendes fra sjældne, og PM2 er ikke brugt.",
            "No population frequencies: common variants could not be told from rare ones, and PM2 was not used.",
        ));
    }
    read.warnings.extend(beside.cohort.map(|cohort| cohort.words()));
    read.warnings.extend(not_aligned(beside, &read.candidates));
    if beside.dosage.is_none() && read.candidates.iter().any(Candidate::changes_copies) {
        read.warnings.push(crate::large::without_dosage_map());
    }
    read.warnings.extend(set_aside.into_iter().map(|(kind, count)| {
        Words::new(
            format!("Lagt til side: {count} {}.", set_aside_in_danish(kind)),
            format!("Set aside: {count} {kind}."),
        )
    }));
    Ok(read)
}

fn of_affected(case: &Case, columns: &[Option<usize>]) -> bool {
    case.family.members.iter().zip(columns).any(|(m, column)| m.affected == Affected::Affected && column.is_some())
}

/// A sequenced person of whom no file says anything here has no call. That is not reference, and not a person never read.
fn not_called(case: &Case, candidates: &mut [Candidate]) {
    let no_call = Genotype { copies: 2, ..Genotype::MISSING };
    for candidate in candidates {
        for (call, member) in candidate.site.calls.iter_mut().zip(&case.family.members) {
            if member.sequenced && call.genotype.copies == 0 {
                call.genotype = no_call;
            }
        }
    }
}

/// The file's own name: where it lay is nobody's business who reads the report.
fn short(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

fn two_assemblies(file: &str, found: Assembly, expected: Assembly) -> AnalysisError {
    AnalysisError::Contradiction(format!(
        "`{file}` is on {found} by its header, but the case is on {expected}; give all files on one assembly, and --assembly only when the header does not say it"
    ))
}

type Columns = Vec<Vec<Option<usize>>>;

/// Each file's columns by member. Together they must hold every sequenced person, and each file at least one.
fn columns(case: &mut Case, headers: &[(&Input<'_>, Header)]) -> Result<Columns, AnalysisError> {
    let mut all = Vec::new();
    let mut sequenced = vec![false; case.family.members.len()];
    for (input, header) in headers {
        let file = &input.name;
        let samples = &header.samples;
        let columns: Vec<Option<usize>> =
            case.family.members.iter().map(|m| samples.iter().position(|s| *s == m.id)).collect();
        if columns.iter().all(Option::is_none) {
            let people: Vec<&str> = case.family.members.iter().map(|m| m.id.as_str()).collect();
            return Err(AnalysisError::Contradiction(format!(
                "`{file}` has the samples {} and none of them is in the pedigree ({}); make the names agree",
                samples.join(", "),
                people.join(", ")
            )));
        }
        for (known, column) in sequenced.iter_mut().zip(&columns) {
            *known |= column.is_some();
        }
        all.push(columns);
    }
    for (member, sequenced) in case.family.members.iter_mut().zip(sequenced) {
        member.sequenced = sequenced;
    }
    Ok(all)
}

/// The same allele in several files (one file a person) is one candidate with everybody's calls. Structural variants are
/// looked at by [`same_event::merge`].
fn join(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut places: HashMap<(Variant, Option<u32>), usize> = HashMap::new();
    let mut joined: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        if candidate.large.is_some() {
            joined.push(candidate);
            continue;
        }
        let place = (candidate.site.variant.clone(), candidate.site.event.end());
        match places.get(&place) {
            Some(place) => {
                let known = &mut joined[*place];
                known.primary |= candidate.primary;
                known.low_quality &= candidate.low_quality;
                for (call, other) in known.site.calls.iter_mut().zip(candidate.site.calls) {
                    if call.genotype.copies == 0 {
                        *call = other;
                    }
                }
            }
            None => {
                places.insert(place, joined.len());
                joined.push(candidate);
            }
        }
    }
    joined
}

fn members(case: &Case) -> Vec<Member> {
    let name = |index: Option<usize>| index.and_then(|i| case.family.members.get(i)).map(|m| m.id.clone());
    case.family
        .members
        .iter()
        .map(|m| Member {
            id: m.id.clone(),
            father: name(m.father),
            mother: name(m.mother),
            sex: m.sex,
            affected: m.affected,
            sequenced: m.sequenced,
        })
        .collect()
}
