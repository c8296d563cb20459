//! Larger families, other profiles and what is not known: one line a case.
//!
//! Genotypes by member: 0, 1, 2 copies, `.` no call, `-` no column. Expected: mode names of `report.json`, each with a `!`
//! and the flags that are asked for (others may be there too).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::{ModeHit, single_variant};
use indgang_genomics::pedigree::{Family, Pedigree};
use indgang_genomics::profile::Profile;
use indgang_model::{ModeOfInheritance, Region};

const TRIO: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
const SON: &str = "F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
/// Kid, father, mother, sick sister.
const TWO_SICK: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF sis dad mum 2 2\n";
/// Kid, father, mother, sick sister, well brother.
const QUARTET: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF sis dad mum 2 2\nF bro dad mum 1 1\n";
/// Grandmother sick, grandfather well; mother sick (the proband: the first with two parents), aunt well; father well;
/// kid sick, brother well.
const GENERATIONS: &str = "F gm 0 0 2 2\nF gf 0 0 1 1\nF mum gf gm 2 2\nF aunt gf gm 2 1\nF dad 0 0 1 1\nF kid dad mum 2 2\nF bro dad mum 1 1\n";
/// The kid was adopted into a family whose own child is well.
const ADOPTED: &str = "F kid 0 0 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF own dad mum 1 1\n";
/// Whose sex nobody wrote down.
const SEX_UNKNOWN: &str = "F kid dad mum 0 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
/// A sick son, his father, mother and sick sister.
const SON_AND_DAUGHTER: &str = "F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF sis dad mum 2 2\n";
/// Nobody's status is written down.
const STATUS_UNKNOWN: &str = "F kid dad mum 2 0\nF dad 0 0 1 0\nF mum 0 0 2 0\n";
/// Kid, mother, mother's sick brother, her well parents.
const UNCLE: &str = "F kid 0 mum 1 2\nF mum gf gm 2 1\nF uncle gf gm 1 2\nF gf 0 0 1 1\nF gm 0 0 2 1\n";

fn family(ped: &str) -> Family {
    Pedigree::parse(ped).unwrap().families.remove(0)
}

fn genotype(c: char, one_copy: bool) -> Genotype {
    use AlleleCode::{Alternate, Missing, Reference};
    let alleles = match c {
        '0' => [Reference; 2],
        '1' if one_copy => [Alternate; 2],
        '1' => [Reference, Alternate],
        '2' => [Alternate; 2],
        '.' => [Missing; 2],
        '-' => return Genotype::MISSING,
        other => panic!("`{other}`"),
    };
    Genotype { alleles, copies: if one_copy { 1 } else { 2 }, phased: false }
}

/// The name in `report.json`, which is the variant's in small letters.
fn name(mode: ModeOfInheritance) -> String {
    let mut name = String::new();
    for c in format!("{mode:?}").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// What is wrong, if anything is.
fn check(found: &[ModeHit], expected: &str, case: &str) -> Option<String> {
    let wanted: Vec<Vec<&str>> = expected.split_whitespace().map(|m| m.split('!').collect()).collect();
    let fits = |(hit, wanted): (&ModeHit, &Vec<&str>)| {
        let flags: Vec<_> = hit.flags.names().collect();
        name(hit.mode) == wanted[0] && wanted[1..].iter().all(|w| flags.contains(w))
    };
    let good = found.len() == wanted.len() && found.iter().zip(&wanted).all(fits);
    let said = |hit: &ModeHit| name(hit.mode) + &hit.flags.names().map(|f| format!("!{f}")).collect::<String>();
    (!good).then(|| {
        format!("{case}\n  wanted {expected}\n  found  {}", found.iter().map(said).collect::<Vec<_>>().join(" "))
    })
}

#[test]
fn genotypes_alone() {
    use Region::{Autosome as A, PseudoAutosomal as P, X};
    let mut wrong = Vec::new();
    for (ped, region, genotypes, expected) in [
        // Several affected children.
        (TWO_SICK, A, "2112", "autosomal_dominant_incomplete_penetrance autosomal_recessive_homozygous"),
        (TWO_SICK, A, "2111", "autosomal_dominant_incomplete_penetrance"), // one of two homozygous: not recessive
        (TWO_SICK, A, "2110", ""),                                         // one of two without: nothing inherited
        (
            TWO_SICK,
            A,
            "211.",
            "autosomal_dominant_incomplete_penetrance!relative_no_call autosomal_recessive_homozygous!relative_no_call",
        ),
        (TWO_SICK, A, "1112", "autosomal_dominant_incomplete_penetrance"), // the proband is the heterozygous one
        (TWO_SICK, A, "1001", "de_novo"),                                  // in both: a parent's germ line
        (TWO_SICK, A, "1000", "de_novo!affected_non_carrier"),
        (TWO_SICK, A, "0001", "de_novo!not_in_proband!affected_non_carrier"), // new in the other one
        (TWO_SICK, A, "0011", ""),
        (TWO_SICK, A, "2012", "uniparental_disomy!mendelian_error autosomal_dominant_incomplete_penetrance"),
        (TWO_SICK, X, "2212", ""), // a well father with the variant on his X
        (TWO_SICK, X, "1101", ""), // nor is it dominant
        // An affected and an unaffected sibling.
        (
            QUARTET,
            A,
            "21121",
            "autosomal_dominant_incomplete_penetrance!unaffected_carrier autosomal_recessive_homozygous!unaffected_carrier",
        ),
        (QUARTET, A, "21120", "autosomal_dominant_incomplete_penetrance autosomal_recessive_homozygous"),
        (QUARTET, A, "21122", "autosomal_dominant_incomplete_penetrance!unaffected_homozygous"), // the well brother too
        (QUARTET, A, "21111", "autosomal_dominant_incomplete_penetrance"),
        (
            QUARTET,
            A,
            "2112.",
            "autosomal_dominant_incomplete_penetrance!relative_no_call autosomal_recessive_homozygous!relative_no_call",
        ),
        (QUARTET, A, "10010", "de_novo"),
        (QUARTET, A, "10011", "de_novo!unaffected_carrier"),
        // Dominant over generations: gm gf mum aunt dad kid bro.
        (GENERATIONS, A, "1010010", "autosomal_dominant"),
        (
            GENERATIONS,
            A,
            "1010011",
            "autosomal_dominant_incomplete_penetrance!incomplete_penetrance!unaffected_carrier",
        ),
        (GENERATIONS, A, "1011010", "autosomal_dominant_incomplete_penetrance!unaffected_carrier"), // the well aunt
        (GENERATIONS, A, "0010010", "de_novo!affected_non_carrier"), // new in the mother; the sick grandmother has it not
        (GENERATIONS, A, ".010010", "possible_de_novo!parent_no_call autosomal_dominant!parent_no_call"),
        (GENERATIONS, A, "-010010", "possible_de_novo!parent_missing autosomal_dominant!parent_missing"), // not sequenced
        (GENERATIONS, A, "1000010", "de_novo!affected_non_carrier"), // new in the kid, and the mother is sick without
        (GENERATIONS, X, "1010010", "x_linked_dominant"),
        (GENERATIONS, X, "1010011", ""), // a well brother with it on his only X
        // Adopted, and without parents in the file.
        (ADOPTED, A, "1000", "autosomal_dominant!parents_missing"), // not new: these are not her parents
        (ADOPTED, A, "2000", "autosomal_dominant!parents_missing autosomal_recessive_homozygous!parents_missing"),
        (ADOPTED, A, "1101", "autosomal_dominant_incomplete_penetrance!parents_missing!unaffected_carrier"),
        (ADOPTED, A, "2002", "autosomal_dominant_incomplete_penetrance!unaffected_homozygous"),
        (TRIO, A, "1--", "autosomal_dominant!parents_missing"),
        (TRIO, A, "1-0", "possible_de_novo!parent_missing autosomal_dominant!parent_missing"),
        (
            TRIO,
            A,
            "2-1",
            "autosomal_dominant_incomplete_penetrance!parent_missing autosomal_recessive_homozygous!parent_missing",
        ),
        (TRIO, A, "2--", "autosomal_dominant!parents_missing autosomal_recessive_homozygous!parents_missing"),
        // A sex that nobody wrote down, on X: with no other copy as a man, else as a woman; flagged.
        (SEX_UNKNOWN, X, "201", "x_linked_recessive!sex_unknown!unaffected_carrier"),
        (SEX_UNKNOWN, X, "200", "x_linked_de_novo!sex_unknown x_linked_recessive!sex_unknown!de_novo"),
        (SEX_UNKNOWN, X, "221", "x_linked_recessive!sex_unknown!unaffected_carrier"), // a son has no X of his
        (SEX_UNKNOWN, X, "220", "x_linked_de_novo!sex_unknown x_linked_recessive!sex_unknown!de_novo"),
        (SEX_UNKNOWN, X, "100", "x_linked_de_novo!sex_unknown"),
        (SEX_UNKNOWN, X, "101", "x_linked_dominant!sex_unknown!incomplete_penetrance"),
        (SEX_UNKNOWN, X, "2-1", "x_linked_recessive!sex_unknown"), // whether the father is in the file matters not
        (
            SEX_UNKNOWN,
            P,
            "201",
            "uniparental_disomy!pseudo_autosomal autosomal_dominant_incomplete_penetrance!pseudo_autosomal",
        ),
        // Skewed inactivation spares a woman with one copy, where somebody is affected by one of two.
        (TRIO, X, "101", "x_linked_dominant!incomplete_penetrance!unaffected_carrier"),
        (TRIO, X, "121", ""),                                                     // never a man
        (TRIO, X, "102", ""),                                                     // nor a woman with two
        (SON, X, "201", "x_linked_recessive"), // it is recessive that fits a son of a well carrier
        (SON_AND_DAUGHTER, X, "2011", "x_linked_dominant!incomplete_penetrance"), // his sick sister has one of two
        // Two copies, and a parent without any.
        (TRIO, A, "200", "possible_de_novo!implausible_de_novo!mendelian_error!de_novo"), // nobody to have both from
        (TRIO, A, "210", "uniparental_disomy!mendelian_error autosomal_dominant_incomplete_penetrance!mendelian_error"),
        (TRIO, A, "202", "uniparental_disomy!mendelian_error autosomal_dominant_incomplete_penetrance!mendelian_error"),
        (TRIO, A, "20.", "possible_de_novo!parent_no_call!mendelian_error autosomal_dominant!mendelian_error"),
        (TRIO, A, "20-", "possible_de_novo!parent_missing!mendelian_error autosomal_dominant!mendelian_error"),
        (TRIO, A, "2..", "autosomal_dominant autosomal_recessive_homozygous!parent_no_call"), // nothing speaks for an error
        (TRIO, X, "200", "possible_de_novo!implausible_de_novo"),
        (TRIO, X, "201", "uniparental_disomy!mendelian_error"),
        (TWO_SICK, A, "0002", "possible_de_novo!implausible_de_novo!not_in_proband"),
        (SEX_UNKNOWN, A, "100", "de_novo"), // it does not matter there
        // A status that nobody wrote down: the child is the one it is about, the parents speak for nothing.
        (STATUS_UNKNOWN, A, "211", "autosomal_dominant autosomal_recessive_homozygous"),
        (STATUS_UNKNOWN, A, "222", "autosomal_dominant autosomal_recessive_homozygous"),
        (STATUS_UNKNOWN, A, "100", "de_novo"),
        // X by the mother: kid mum uncle gf gm.
        (UNCLE, X, "21201", "x_linked_recessive"),
        (UNCLE, X, "21001", ""), // the sick uncle has not got it
        (UNCLE, X, "21221", ""), // the well grandfather has it, and gave it to the mother
        (SON, X, "101", "x_linked_recessive!heterozygous_male"),
        (
            SON,
            P,
            "201",
            "uniparental_disomy!pseudo_autosomal autosomal_dominant_incomplete_penetrance!pseudo_autosomal",
        ),
    ] {
        let family = family(ped);
        assert_eq!(genotypes.len(), family.members.len(), "{genotypes}");
        let calls: Vec<Call> = genotypes.chars().map(|c| Call::of(genotype(c, false))).collect();
        let mut out = Vec::new();
        single_variant(&family, &calls, region, &Profile::none(), &mut out);
        wrong.extend(check(&out, expected, &format!("{ped}{region:?} {genotypes}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `GT:reference reads,alternate reads:GQ`, or `.`.
fn read(text: &str, one_copy: bool) -> Call {
    let parts: Vec<&str> = text.split(':').collect();
    let genotype = genotype(parts[0].chars().next().unwrap(), one_copy);
    let reads: Vec<u32> = parts.get(1).map_or(vec![], |r| r.split(',').map(|n| n.parse().unwrap()).collect());
    Call {
        reference_depth: reads.first().copied(),
        alternate_depth: reads.get(1).copied(),
        other_depth: (!reads.is_empty()).then_some(0),
        genotype_quality: parts.get(2).map(|q| q.parse().unwrap()),
        ..Call::of(genotype)
    }
}

#[test]
fn profiles() {
    use Region::{Autosome as A, X};
    let mut wrong = Vec::new();
    let (clean, het, hom) = ("0:40,0:99", "1:20,20:99", "2:0,40:99");
    // The same reads under each profile: none, standard, sensitive.
    for (ped, region, reads, none, standard, sensitive) in [
        (TRIO, A, [het, clean, clean], "de_novo", "de_novo", "de_novo"),
        // Eight reads in the child.
        (
            TRIO,
            A,
            ["1:4,4:99", het, clean],
            "autosomal_dominant_incomplete_penetrance",
            "",
            "autosomal_dominant_incomplete_penetrance",
        ),
        // Eight reads in a parent: no call for the standard; for the other reference, but a missed copy is likelier than new.
        (
            TRIO,
            A,
            [het, "0:8,0:24", clean],
            "de_novo",
            "possible_de_novo!low_quality autosomal_dominant!low_quality",
            "possible_de_novo!low_quality",
        ),
        // Balance 0.17 in the child.
        (
            TRIO,
            A,
            ["1:33,7:99", het, clean],
            "autosomal_dominant_incomplete_penetrance",
            "",
            "autosomal_dominant_incomplete_penetrance",
        ),
        // Balance 0.90 of a homozygote.
        (
            TRIO,
            A,
            ["2:4,36:99", het, het],
            "autosomal_dominant_incomplete_penetrance autosomal_recessive_homozygous",
            "",
            "autosomal_dominant_incomplete_penetrance autosomal_recessive_homozygous",
        ),
        // GQ 15: for neither profile.
        (TRIO, A, ["1:20,20:15", het, clean], "autosomal_dominant_incomplete_penetrance", "", ""),
        // A well mother with one copy on X: skewed inactivation can spare her, whatever the profile.
        (
            TRIO,
            X,
            [het, clean, het],
            "x_linked_dominant!incomplete_penetrance!unaffected_carrier",
            "x_linked_dominant!incomplete_penetrance!unaffected_carrier",
            "x_linked_dominant!incomplete_penetrance!unaffected_carrier",
        ),
        // But not a well father.
        (TRIO, X, [het, hom, clean], "", "", ""),
        // One alternate read of 41 in each parent: one is an error, two are not put down to chance.
        (
            TRIO,
            A,
            [het, "0:40,1:99", "0:40,1:99"],
            "de_novo",
            "possible_de_novo!low_quality",
            "possible_de_novo!low_quality",
        ),
    ] {
        let family = family(ped);
        for (profile, expected) in
            [(Profile::none(), none), (Profile::standard(), standard), (Profile::sensitive(), sensitive)]
        {
            let calls: Vec<Call> = reads.iter().map(|r| read(r, false)).collect();
            let mut out = Vec::new();
            single_variant(&family, &calls, region, &profile, &mut out);
            wrong.extend(check(&out, expected, &format!("{} {ped}{region:?} {reads:?}", profile.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heteroplasmy() {
    let mut wrong = Vec::new();
    // Daughter, father, mother; GT as written with one copy, reads, or the share that the caller wrote (AF).
    let of = |copies: char, reads: Option<(u32, u32)>, share: Option<f32>| Call {
        reference_depth: reads.map(|r| r.0),
        alternate_depth: reads.map(|r| r.1),
        allele_fraction: share,
        ..Call::of(genotype(copies, true))
    };
    let (reference, missing) = (of('0', Some((1000, 0)), None), Call::MISSING);
    for (child, father, mother, none, standard) in [
        (of('1', Some((0, 900)), None), reference, of('1', Some((500, 500)), None), "mitochondrial", "mitochondrial"),
        (of('1', None, None), reference, of('1', None, None), "mitochondrial", "mitochondrial"), // no reads: the genotype
        // Six and four molecules in a hundred: over and under the standard's threshold.
        (of('1', Some((940, 60)), None), reference, of('1', Some((940, 60)), None), "mitochondrial", "mitochondrial"),
        (of('1', Some((960, 40)), None), reference, of('1', Some((960, 40)), None), "mitochondrial", ""),
        (of('1', Some((950, 50)), None), reference, of('1', Some((950, 50)), None), "mitochondrial", "mitochondrial"), // five
        // A caller that writes the reference's genotype at six in a hundred.
        (of('0', Some((940, 60)), None), reference, of('0', Some((940, 60)), None), "", "mitochondrial"),
        // The share that the caller wrote goes before the reads.
        (of('1', Some((0, 900)), Some(0.04)), reference, missing, "mitochondrial!parents_missing", ""),
        (
            of('1', Some((960, 40)), Some(0.30)),
            reference,
            missing,
            "mitochondrial!parents_missing",
            "mitochondrial!parents_missing",
        ),
        // New: the mother is reference, or has less than the threshold.
        (of('1', Some((0, 900)), None), reference, reference, "de_novo", "de_novo"),
        (
            of('1', Some((500, 500)), None),
            reference,
            of('1', Some((990, 10)), None),
            "mitochondrial",
            "possible_de_novo!low_quality",
        ),
        // The father gives none.
        (of('1', Some((0, 900)), None), of('1', Some((0, 900)), None), reference, "de_novo", "de_novo"),
        (
            of('1', Some((0, 900)), None),
            of('1', Some((0, 900)), None),
            missing,
            "mitochondrial!parents_missing",
            "mitochondrial!parents_missing",
        ),
        (of('0', Some((1000, 0)), None), reference, of('1', Some((0, 900)), None), "", ""),
        // Two reads of ten are no share of the molecules: of the child's, or of the mother's.
        (of('0', Some((8, 2)), None), reference, of('1', Some((0, 900)), None), "", ""),
        (of('1', Some((8, 2)), None), reference, of('1', Some((0, 900)), None), "mitochondrial", ""),
        (
            of('1', Some((0, 900)), None),
            reference,
            of('0', Some((8, 2)), None),
            "de_novo",
            "possible_de_novo!low_quality mitochondrial!low_quality",
        ),
    ] {
        for (profile, expected) in [(Profile::none(), none), (Profile::standard(), standard)] {
            let mut out = Vec::new();
            single_variant(&family(TRIO), &[child, father, mother], Region::Mitochondrial, &profile, &mut out);
            wrong.extend(check(&out, expected, &format!("{} {child:?} {mother:?}", profile.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn carriers_of_mitochondria_are_of_the_mothers_line() {
    /// Kid, father, mother, her mother, her brother and his child.
    const LINE: &str =
        "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 gm 2 1\nF gm 0 0 2 1\nF uncle 0 gm 1 1\nF nephew uncle 0 1 1\n";
    // The copies, and how many well persons carry.
    for (copies, carriers) in [
        ("222222", 4), // mother, grandmother, uncle, nephew; the father's are his own mother's
        ("221221", 4),
        ("22.200", 1),
        ("2.....", 0),
        ("22....", 0), // the father alone
        ("2...2.", 1), // the uncle is a father, too, but of the line
    ] {
        let family = family(LINE);
        let calls: Vec<Call> = copies.chars().map(|c| Call::of(genotype(c, false))).collect();
        let mut out = Vec::new();
        single_variant(&family, &calls, Region::Mitochondrial, &Profile::none(), &mut out);
        let hit = out.iter().find(|h| name(h.mode) == "mitochondrial");
        let Some(hit) = hit else { panic!("{copies}: {out:?}") };
        let flags: Vec<_> = hit.flags.names().collect();
        let carries = |flag: &str| flags.contains(&flag);
        assert_eq!(carries("unaffected_carrier"), carriers > 0, "{copies} {flags:?}");
        assert_eq!(carries("incomplete_penetrance"), carriers > 0, "{copies} {flags:?}");
        assert_eq!(hit.unaffected_carriers, carriers, "{copies}");
    }
}
