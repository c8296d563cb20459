//! A gene's answer: diplotypes with their meaning, what was seen and what was not.

use super::lowest::{self, Carried, HapB3};
use super::matcher::{self, Matches, Sites, UNDOCUMENTED_AS_REFERENCE};
use super::names;
use super::observe::{GeneSeen, NOT_CALLED, Note, Seen, UNDOCUMENTED};
use super::outside::{self, OutsideCall};
use super::report::{AlleleReport, CallSource, DiplotypeReport, GeneReport, OtherDiplotype, PositionReport};
use super::warnings;
use indgang_genomics::vcf::Phase;
use indgang_knowledge::pgx::{Definition, Gene, Phenotypes, Position};
use std::collections::BTreeSet;

/// Lower-scored pairs that are told.
const OTHERS: usize = 25;
/// SLCO1B1's variant that decides about statins, where no pair of alleles fits: T is as *1, C as *5.
const SLCO1B1: (&str, &str, [&str; 2]) = ("SLCO1B1", "rs4149056", ["*1", "*5"]);
/// What CPIC's tables call a result they do not have.
const NO_ANSWER: &str = "n/a";

/// The answer about a gene.
pub fn report(gene: &Gene, seen: Option<&GeneSeen>, outside: &[OutsideCall]) -> GeneReport {
    let mut report = GeneReport {
        gene: gene.symbol.to_string(),
        source: "CPIC",
        version: version(gene),
        call_source: CallSource::NoData,
        effectively_phased: false,
        copies: 0,
        diplotypes: Vec::new(),
        other_diplotypes: Vec::new(),
        other_diplotypes_left_out: 0,
        matched_positions: Vec::new(),
        missing_positions: Vec::new(),
        unphased_positions: Vec::new(),
        alleles_not_callable: Vec::new(),
        alleles_not_ruled_out: Vec::new(),
        phenotypes_not_ruled_out: Vec::new(),
        extra_positions: Vec::new(),
        warnings: Vec::new(),
    };
    if let (Some(definition), Some(seen)) = (&gene.definition, seen) {
        from_file(&mut report, gene, definition, seen);
    }
    if !outside.is_empty() {
        if report.call_source == CallSource::Vcf {
            report.warnings.push(warnings::outside_wins());
        }
        report.call_source = CallSource::OutsideCall;
        report.diplotypes = outside.iter().map(|call| from_outside(gene, call)).collect();
        report.copies = if outside.iter().any(|c| c.alleles.len() == 1) { 1 } else { 2 };
        report.alleles_not_callable.clear();
        report.alleles_not_ruled_out.clear();
        report.phenotypes_not_ruled_out.clear();
        report.other_diplotypes.clear();
    }
    report
}

fn version(gene: &Gene) -> String {
    let of_alleles = gene.definition.as_ref().map(|d| &d.version);
    of_alleles.or(gene.phenotypes.as_ref().map(|p| &p.version)).map_or_else(String::new, ToString::to_string)
}

fn from_file(report: &mut GeneReport, gene: &Gene, definition: &Definition, seen: &GeneSeen) {
    let as_reference = UNDOCUMENTED_AS_REFERENCE.contains(&&*gene.symbol);
    let sites = Sites::new(definition, seen, as_reference);
    positions(report, definition, seen);
    warnings::of_positions(report, seen, definition, as_reference);
    if sites.seen.is_empty() {
        return;
    }
    report.call_source = CallSource::NoMatch;
    report.copies = if sites.haploid { 1 } else { 2 };
    report.effectively_phased = sites.is_phased();
    report.unphased_positions = sites.unphased().iter().map(|place| name(&definition.positions[*place])).collect();
    if sites.contradicts {
        report.warnings.push(warnings::contradicts());
        return;
    }
    let not_callable = if lowest::GENES.contains(&&*gene.symbol) {
        by_lowest(report, gene, definition, seen)
    } else {
        let matches = matcher::pairs(definition, &sites);
        by_pairs(report, gene, definition, &matches);
        not_ruled_out(report, gene, definition, seen, &matches);
        matches.not_callable
    };
    report.alleles_not_callable =
        not_callable.iter().map(|n| allele(gene.phenotypes.as_ref(), &definition.alleles[*n].name)).collect();
    if !report.diplotypes.is_empty() {
        report.call_source = CallSource::Vcf;
        report.phenotypes_not_ruled_out = left_open(report, gene);
    } else if &*gene.symbol == SLCO1B1.0 {
        by_one_variant(report, gene, definition, seen);
    }
}

fn by_pairs(report: &mut GeneReport, gene: &Gene, definition: &Definition, matches: &Matches) {
    let name_of = |n: usize| &*definition.alleles[n].name;
    let best = matches.best();
    for pair in best {
        let (first, second) = (name_of(pair.first), pair.second.map(name_of));
        let mut diplotype = diplotype(gene, first, second);
        diplotype.score = Some(pair.score);
        report.diplotypes.push(diplotype);
    }
    report.diplotypes.sort_by(|a, b| names::compare(&a.name, &b.name));
    let others = &matches.pairs[best.len()..];
    let other = |pair: &matcher::Pair| OtherDiplotype {
        name: names::diplotype(name_of(pair.first), pair.second.map(name_of)),
        score: pair.score,
    };
    report.other_diplotypes = others.iter().take(OTHERS).map(other).collect();
    report.other_diplotypes_left_out = others.len().saturating_sub(OTHERS);
}

/// Alleles of pairs that fit and score lower, when a position that tells them from the reference is missing.
fn not_ruled_out(report: &mut GeneReport, gene: &Gene, definition: &Definition, seen: &GeneSeen, matches: &Matches) {
    let best = matches.best();
    let named = |n: usize| best.iter().any(|pair| pair.first == n || pair.second == Some(n));
    let lacks = |n: usize| (0..definition.positions.len()).any(|p| tells(definition, n, p) && seen.seen[p].copies == 0);
    let mut open: Vec<usize> = matches.pairs.iter().flat_map(|p| std::iter::once(p.first).chain(p.second)).collect();
    open.sort_unstable();
    open.dedup();
    let open = open.into_iter().filter(|n| !named(*n) && lacks(*n));
    report.alleles_not_ruled_out =
        open.map(|n| allele(gene.phenotypes.as_ref(), &definition.alleles[n].name)).collect();
}

/// Phenotypes that open alleles would give in place of one or both of the answer's.
fn left_open(report: &GeneReport, gene: &Gene) -> Vec<String> {
    let Some(phenotypes) = &gene.phenotypes else { return Vec::new() };
    let open: Vec<&str> =
        report.alleles_not_callable.iter().chain(&report.alleles_not_ruled_out).map(|a| a.name.as_str()).collect();
    let mut found = BTreeSet::new();
    for diplotype in report.diplotypes.iter().filter(|_| !open.is_empty()) {
        let side = |n: usize| diplotype.alleles.get(n).map(|a| a.name.as_str()).into_iter().chain(open.iter().copied());
        for first in side(0) {
            if diplotype.alleles.len() == 1 {
                found.extend(phenotypes.result(first, None).map(|r| r.phenotype.to_string()));
                continue;
            }
            found.extend(
                side(1).filter_map(|second| Some(phenotypes.result(first, Some(second))?.phenotype.to_string())),
            );
        }
    }
    let said = |phenotype: &String| report.diplotypes.iter().any(|d| d.phenotype.as_ref() == Some(phenotype));
    found.into_iter().filter(|p| !said(p)).collect()
}

/// True where an allele has something else than the reference's base.
fn tells(definition: &Definition, allele: usize, place: usize) -> bool {
    let needs = definition.alleles[allele].needs[place];
    needs & !1 != 0 && needs & 1 == 0
}

fn by_lowest(report: &mut GeneReport, gene: &Gene, definition: &Definition, seen: &GeneSeen) -> Vec<usize> {
    let found = lowest::find(definition, seen);
    report.warnings.extend(match found.hapb3 {
        HapB3::Plain => None,
        HapB3::ExonOnly => Some(warnings::hapb3_exon_only()),
        HapB3::Disagree => Some(warnings::hapb3_disagree()),
    });
    report.alleles_not_ruled_out =
        found.not_ruled_out.iter().map(|n| allele(gene.phenotypes.as_ref(), &definition.alleles[*n].name)).collect();
    for place in &found.unexplained {
        report.warnings.push(warnings::unexplained(&name(&definition.positions[*place])));
    }
    let (Some(carried), Some(phenotypes)) = (found.carried, gene.phenotypes.as_ref()) else {
        return found.not_callable;
    };
    let name_of = |n: usize| &*definition.alleles[n].name;
    let reference = definition.alleles.iter().position(|a| a.reference);
    let least =
        |alleles: &[usize]| alleles.iter().copied().min_by(|a, b| lowest::order(definition, phenotypes, *a, *b));
    let (title, counting, mut listed): (String, Vec<Option<usize>>, Vec<usize>) = match carried {
        Carried::Strands(strands) => {
            let texts: Vec<String> =
                strands.iter().map(|s| names::strand(&s.iter().map(|n| name_of(*n)).collect::<Vec<_>>())).collect();
            let title = names::diplotype(&texts[0], texts.get(1).map(String::as_str));
            let several = strands.iter().any(|s| s.len() > 1);
            let all = if several { strands.concat() } else { Vec::new() };
            (title, strands.iter().map(|s| least(s)).collect(), all)
        }
        Carried::Listed(mut all) => {
            all.sort_by(|a, b| lowest::order(definition, phenotypes, *a, *b));
            let two = (0..2).map(|i| all.get(i).copied()).collect();
            let mut texts: Vec<&str> = all.iter().map(|n| name_of(*n)).collect();
            texts.sort_by(|a, b| names::compare(a, b));
            report.warnings.push(warnings::lowest_unphased());
            (names::listed(&texts), two, all)
        }
    };
    listed.sort_unstable();
    let counting: Vec<&str> = counting.into_iter().filter_map(|n| n.or(reference)).map(name_of).collect();
    let Some(first) = counting.first() else { return found.not_callable };
    let mut diplotype = diplotype(gene, first, counting.get(1).copied());
    diplotype.name = title;
    diplotype.found = listed.into_iter().map(|n| name_of(n).to_owned()).collect();
    report.diplotypes.push(diplotype);
    found.not_callable
}

fn by_one_variant(report: &mut GeneReport, gene: &Gene, definition: &Definition, seen: &GeneSeen) {
    let (_, rsid, alleles) = SLCO1B1;
    let place = definition.positions.iter().position(|p| p.rsid.as_deref() == Some(rsid));
    let Some(seen) = place.map(|p| seen.seen[p]).filter(|s| s.copies == 2 && s.alleles.iter().all(|a| *a < 2)) else {
        return;
    };
    let [first, second] = seen.alleles.map(|a| alleles[usize::from(a)]);
    report.diplotypes = vec![diplotype(gene, first, Some(second))];
    report.call_source = CallSource::Inferred;
    report.warnings.push(warnings::one_variant(rsid));
}

fn from_outside(gene: &Gene, call: &OutsideCall) -> DiplotypeReport {
    let known = |name: &str| gene.phenotypes.as_ref().is_some_and(|p| p.allele(name).is_some());
    let alleles: Vec<String> = call.alleles.iter().map(|a| outside::known_name(&gene.symbol, a, known)).collect();
    let mut report = match alleles.first() {
        Some(first) => diplotype(gene, first, alleles.get(1).map(String::as_str)),
        None => DiplotypeReport {
            name: String::new(),
            score: None,
            found: Vec::new(),
            alleles: Vec::new(),
            phenotype: None,
            activity_score: None,
            lookup_keys: Vec::new(),
        },
    };
    if let (true, Some(first)) = (alleles != call.alleles, call.alleles.first()) {
        report.name = names::diplotype(first, call.alleles.get(1).map(String::as_str));
    }
    // What the outside says itself goes before what the tables say of its alleles.
    let scored = gene.phenotypes.as_ref().is_some_and(Phenotypes::is_scored);
    if let Some(phenotype) = &call.phenotype {
        report.phenotype = Some(phenotype.clone());
        if !scored || gene.symbol.starts_with("HLA") {
            report.lookup_keys = vec![phenotype.clone()];
        } else if call.activity_score.is_none() && alleles.is_empty() {
            report.lookup_keys = keys_of(gene, |r| *r.phenotype == **phenotype, |r| r.key.to_string());
        }
    }
    if let Some(score) = &call.activity_score {
        report.activity_score = Some(score.clone());
        report.lookup_keys = vec![score.clone()];
        if call.phenotype.is_none() && alleles.is_empty() {
            report.phenotype = keys_of(gene, |r| *r.key == **score, |r| r.phenotype.to_string()).into_iter().next();
        }
    }
    if report.name.is_empty() {
        report.name = match (&report.phenotype, &report.activity_score) {
            (Some(phenotype), Some(score)) => format!("{phenotype} ({score})"),
            (one, other) => one.iter().chain(other).next().cloned().unwrap_or_default(),
        };
    }
    report
}

type Results = indgang_knowledge::pgx::GeneResult;

fn keys_of(gene: &Gene, which: impl Fn(&Results) -> bool, what: impl Fn(&Results) -> String) -> Vec<String> {
    let results = gene.phenotypes.iter().flat_map(|p| &p.results);
    let mut keys: Vec<String> = results.filter(|r| which(r)).map(what).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A diplotype and what it means.
fn diplotype(gene: &Gene, first: &str, second: Option<&str>) -> DiplotypeReport {
    let phenotypes = gene.phenotypes.as_ref();
    let result = phenotypes.and_then(|p| p.result(first, second));
    let scored = phenotypes.is_some_and(Phenotypes::is_scored);
    let mut pair: Vec<&str> = std::iter::once(first).chain(second).collect();
    pair.sort_by(|a, b| names::compare(a, b));
    let mut report = DiplotypeReport {
        name: names::diplotype(first, second),
        score: None,
        found: Vec::new(),
        alleles: pair.iter().map(|name| allele(phenotypes, name)).collect(),
        phenotype: result.map(|r| r.phenotype.to_string()),
        activity_score: if scored { Some(result.map_or(NO_ANSWER, |r| &r.key).to_owned()) } else { None },
        lookup_keys: result.map_or_else(Vec::new, |r| vec![r.key.to_string()]),
    };
    if gene.symbol.starts_with("HLA-") {
        report.lookup_keys = hla(&gene.symbol, &pair);
        report.phenotype = Some(report.lookup_keys.join("; "));
    } else if scored && result.is_none() {
        report.lookup_keys = vec![NO_ANSWER.to_owned()];
    }
    report
}

/// HLA alleles that guidelines ask for, present or not.
fn hla(gene: &str, alleles: &[&str]) -> Vec<String> {
    let asked: &[&str] = if gene == "HLA-A" { &["*31:01"] } else { &["*15:02", "*57:01", "*58:01"] };
    // A finer type (`*57:01:01`) is one of the coarser.
    let is = |has: &str, asked: &str| has == asked || has.strip_prefix(asked).is_some_and(|rest| rest.starts_with(':'));
    let status = |asked: &&str| if alleles.iter().any(|a| is(a, asked)) { "positive" } else { "negative" };
    asked.iter().map(|a| format!("{a} {}", status(a))).collect()
}

fn allele(phenotypes: Option<&Phenotypes>, name: &str) -> AlleleReport {
    let function = phenotypes.and_then(|p| p.function(name));
    AlleleReport {
        name: name.to_owned(),
        function: function.map(|f| f.function.to_string()),
        activity_value: function.and_then(|f| f.activity.as_ref()).map(ToString::to_string),
    }
}

/// The name of a position.
pub fn name(position: &Position) -> String {
    position.rsid.as_ref().unwrap_or(&position.hgvs).to_string()
}

fn positions(report: &mut GeneReport, definition: &Definition, seen: &GeneSeen) {
    for (place, position) in definition.positions.iter().enumerate() {
        let (what, text) = (seen.seen[place], seen.undocumented.get(&place));
        let mut entry = position_report(definition, position, &what, text.map(AsRef::as_ref));
        if what.copies > 0 {
            report.matched_positions.push(entry);
            continue;
        }
        let telling = (0..definition.alleles.len()).filter(|n| tells(definition, *n, place));
        entry.alleles = telling.map(|n| definition.alleles[n].name.to_string()).collect();
        report.missing_positions.push(entry);
    }
    let extra = definition.extra.iter().zip(seen.seen.iter().skip(definition.positions.len()));
    report.extra_positions = extra.map(|(position, seen)| position_report(definition, position, seen, None)).collect();
}

fn position_report(definition: &Definition, position: &Position, seen: &Seen, unknown: Option<&str>) -> PositionReport {
    let text = |allele: u8| match allele {
        NOT_CALLED => ".",
        UNDOCUMENTED => unknown.unwrap_or("?"),
        known => position.alleles.get(usize::from(known)).map_or("?", |a| a),
    };
    let between = if seen.phase == Phase::Unphased { "/" } else { "|" };
    let genotype = match seen.copies {
        0 => None,
        1 => Some(text(seen.alleles[0]).to_owned()),
        _ => Some(format!("{}{between}{}", text(seen.alleles[0]), text(seen.alleles[1]))),
    };
    PositionReport {
        name: name(position),
        chromosome: definition.chromosome.name().to_owned(),
        position: position.position,
        genotype,
        phase_set: match seen.phase {
            Phase::Set(set) => Some(set),
            Phase::Unphased | Phase::Chromosome => None,
        },
        note: note(seen.note),
        alleles: Vec::new(),
    }
}

/// The code of a note.
const fn note(note: Note) -> Option<&'static str> {
    Some(match note {
        Note::None => return None,
        Note::NoLine => "no_line",
        Note::NoCall => "no_call",
        Note::HalfCall => "half_call",
        Note::OneSided => "reads_of_one_allele_only",
        Note::NoReads => "no_reads",
        Note::OtherReference => "other_reference_allele",
        Note::Structural => "symbolic_or_spanning_allele",
        Note::Undocumented => "undocumented_allele",
        Note::NotLifted => "not_on_this_build",
    })
}
