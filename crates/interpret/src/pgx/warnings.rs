//! What to mind, in both languages.

use super::gene::name;
use super::observe::{GeneSeen, Note};
use super::report::{GeneReport, Warning, Words};
use indgang_knowledge::pgx::Definition;

/// What the answer is not.
pub fn disclaimer() -> Words {
    Words {
        da: "Svaret er beslutningsstøtte for fagfolk og ikke en ordination. Start, stop eller ændr aldrig medicin eller dosis på grund af dette svar uden en læge. Manglende positioner er ikke undersøgt: en variant dér er ikke udelukket.".to_owned(),
        en: "This answer is decision support for professionals and no prescription. Never start, stop or change a medicine or a dose because of it without a clinician. Missing positions were not examined: a variant there is not ruled out.".to_owned(),
    }
}

/// Positions that are missing or to be minded.
pub fn of_positions(report: &mut GeneReport, seen: &GeneSeen, definition: &Definition, as_reference: bool) {
    let missing = report.missing_positions.len();
    let all = definition.positions.len();
    if missing > 0 && missing < all {
        report.warnings.push(Warning::new(
            "missing_positions",
            format!("{missing} af {all} positioner mangler i filen; de er ikke taget for referencen."),
            format!("{missing} of {all} positions are missing from the file; they are not taken for the reference."),
        ));
    }
    if missing > all - missing && missing < all {
        report.warnings.push(Warning::new(
            "mostly_missing",
            "De fleste positioner mangler: svaret hviler på få af dem, og et navn på referencen siger intet om resten. Har filen kun varianter?",
            "Most positions are missing: the answer rests on a few of them, and a name of the reference says nothing of the rest. Does the file hold variants only?",
        ));
    }
    for (place, position) in definition.positions.iter().enumerate() {
        let name = name(position);
        report.warnings.extend(match seen.seen[place].note {
            Note::Undocumented if as_reference => Some(Warning::new(
                "undocumented_as_reference",
                format!(
                    "{name}: en allel, som definitionen ikke kender, er læst som referencen (reglen for {}).",
                    report.gene
                ),
                format!(
                    "{name}: an allele that the definition does not know was read as the reference (the rule for {}).",
                    report.gene
                ),
            )),
            Note::Undocumented => Some(Warning::new(
                "undocumented_allele",
                format!("{name}: en allel, som definitionen ikke kender; intet navngivet allel kan passe."),
                format!("{name}: an allele that the definition does not know; no named allele can fit."),
            )),
            Note::HalfCall => Some(Warning::new(
                "half_call",
                format!("{name}: kun én af to kopier er kaldt."),
                format!("{name}: one of two copies only is called."),
            )),
            Note::OneSided => Some(Warning::new(
                "reads_of_one_allele_only",
                format!("{name}: kaldet heterozygot, men kun én allel har læsninger; kaldet er ikke brugt."),
                format!("{name}: called heterozygous with reads of one allele only; the call is not used."),
            )),
            Note::OtherReference => Some(Warning::new(
                "other_reference_allele",
                format!("{name}: filens reference er en anden end definitionens; kaldet er ikke brugt."),
                format!("{name}: the file's reference allele is not the definition's; the call is not used."),
            )),
            Note::None | Note::NoLine | Note::NoCall | Note::NoReads | Note::Structural | Note::NotLifted => None,
        });
    }
}

/// An outside call replaces what the file gives.
pub fn outside_wins() -> Warning {
    Warning::new(
        "outside_call_replaces_vcf",
        "Kaldet udefra er brugt i stedet for filens varianter.",
        "The outside call is used in place of the file's variants.",
    )
}

/// One and two copies in one gene.
pub fn contradicts() -> Warning {
    Warning::new(
        "copies_contradict",
        "Filen har både én kopi og to forskellige kopier af genet; intet er kaldt.",
        "The file has both one copy and two different copies of the gene; nothing is called.",
    )
}

/// DPYD and RYR1 without phase.
pub fn lowest_unphased() -> Warning {
    Warning::new(
        "lowest_function_unphased",
        "Fasen er ukendt: de to alleler med lavest funktion tæller, som lå de på hver sin kopi.",
        "The phase is not known: the two alleles of lowest function count, as if on different copies.",
    )
}

/// HapB3 by its proxy.
pub fn hapb3_exon_only() -> Warning {
    Warning::new(
        "hapb3_exon_only",
        "HapB3 er kaldt efter rs56038477 i stedet for den skadelige rs75017182, som mangler; de følges ikke altid ad.",
        "HapB3 is called by rs56038477 in place of the causal rs75017182, which is missing; the two do not always go together.",
    )
}

/// HapB3's two variants differ.
pub fn hapb3_disagree() -> Warning {
    Warning::new(
        "hapb3_disagree",
        "rs56038477 findes oftere end rs75017182; den sidste afgør, om HapB3 er kaldt.",
        "rs56038477 is there more often than rs75017182; the latter decides whether HapB3 is called.",
    )
}

/// A known position with a variant that no allele found there explains.
pub fn unexplained(name: &str) -> Warning {
    Warning::new(
        "unexplained_variant",
        format!("{name}: varianten hører til en allel, som ikke passer i øvrigt; den er ikke regnet med."),
        format!("{name}: the variant belongs to an allele that does not fit otherwise; it is not counted."),
    )
}

/// SLCO1B1 by one variant.
pub fn one_variant(rsid: &str) -> Warning {
    Warning::new(
        "inferred_from_one_variant",
        format!("Intet par af alleler passer; svaret er udledt af {rsid} alene."),
        format!("No pair of alleles fits; the answer is inferred from {rsid} alone."),
    )
}
