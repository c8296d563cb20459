//! `inheritance` judges each family of a pedigree against the file, as `interpret` does.

use crate::workshop::{Workshop, vcf};
use serde_json::Value;
use std::collections::BTreeSet;

/// Two families of three; `true` is what happened: in the second the father's sample is a stranger's.
const PED: &str = "good\tchild\tfather\tmother\t2\t2\ngood\tfather\t0\t0\t1\t1\ngood\tmother\t0\t0\t2\t1\n\
                   bad\tkid\tdad\tmum\t2\t2\nbad\tdad\t0\t0\t1\t1\nbad\tmum\t0\t0\t2\t1\n";
const SAMPLES: [&str; 6] = ["child", "father", "mother", "kid", "dad", "mum"];

/// Splitmix64, one bit a call.
struct Chance(u64);

impl Chance {
    fn bit(&mut self) -> u8 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) & 1) as u8
    }
}

/// Common substitutions of both families, then one that is new in each child.
fn file(sites: u32) -> String {
    let mut chance = Chance(11);
    let mut records = Vec::new();
    for site in 0..sites {
        let mut person = || [chance.bit(), chance.bit()];
        let (father, mother, real, dad, mum) = (person(), person(), person(), person(), person());
        let mut child = |a: [u8; 2], b: [u8; 2]| a[usize::from(chance.bit())] + b[usize::from(chance.bit())];
        let copies = [child(father, mother), father[0] + father[1], mother[0] + mother[1], child(real, mum)];
        let all = copies.into_iter().chain([dad[0] + dad[1], mum[0] + mum[1]]);
        let genotypes: Vec<&str> = all.map(|n| ["0/0", "0/1", "1/1"][usize::from(n)]).collect();
        records.push(format!("1 {} G A {}", 1_000_000 + 1000 * site, genotypes.join(" ")));
    }
    records.push(format!("1 {} G A 0/1 0/0 0/0 0/1 0/0 0/0", 1_000_000 + 1000 * sites));
    vcf(&SAMPLES, &records.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The modes of each family's lines that rest on the parents, and what was said.
fn resting(sites: u32) -> (BTreeSet<String>, String) {
    let workshop = Workshop::new();
    workshop.write("f.vcf", file(sites)).write("f.ped", PED);
    let run = workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --profile none --out f.jsonl").succeeded();
    let text = workshop.read("f.jsonl");
    let lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    let found = lines.map(|l| format!("{} {}", l["family"].as_str().unwrap(), l["mode"].as_str().unwrap()));
    let parents = ["de_novo", "uniparental_disomy"];
    (found.filter(|f| parents.iter().any(|p| f.ends_with(&format!(" {p}")))).collect(), run.err)
}

#[test]
fn a_family_that_is_not_what_the_file_says_has_no_trio_modes() {
    let (found, said) = resting(1500);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["good de_novo"]);
    assert!(
        said.contains("family `bad`: the samples and the pedigree do not agree (Mendelian errors, kinship)"),
        "{said}"
    );
    assert!(said.contains("correct the PED") && said.contains("is read without parents"), "{said}");
    assert!(!said.contains("family `good`"), "{said}");
    for sample in SAMPLES {
        assert!(!said.contains(&format!("`{sample}`")), "{said}");
    }
}

#[test]
fn too_few_sites_judge_nobody() {
    let (found, said) = resting(900);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["bad de_novo", "bad uniparental_disomy", "good de_novo"]);
    assert!(!said.contains("do not agree"), "{said}");
}

/// The modes that the last variant of the file fits: heterozygous in each child, whose parents have none.
fn of_the_last(sites: u32, family: &str) -> Vec<String> {
    let workshop = Workshop::new();
    workshop.write("f.vcf", file(sites)).write("f.ped", PED);
    workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --profile none --out f.jsonl").succeeded();
    let text = workshop.read("f.jsonl");
    let lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    let last = 1_000_000 + 1000 * sites;
    let of_last = lines.filter(|l| l["family"] == family && l["variants"][0]["pos"] == last);
    of_last.filter(|l| l["variants"].as_array().unwrap().len() == 1).map(|l| l["mode"].to_string()).collect()
}

#[test]
fn a_refused_trio_loses_no_candidate() {
    assert_eq!(of_the_last(1500, "good"), ["\"de_novo\""]);
    assert_eq!(of_the_last(1500, "bad"), ["\"autosomal_dominant\""]);
}

/// Two variants in CFTR, one from each parent; the file is long enough to show that the father is none.
#[test]
fn a_pair_does_not_rest_on_a_parent_who_is_none() {
    for (family, phased) in [("good", true), ("bad", false)] {
        let cftr = "7\t117199644\t.\tATCT\tA\t500\tPASS\t.\tGT 0/1 0/1 0/0 0/1 0/1 0/0\n\
                    7\t117227860\t.\tG\tA\t500\tPASS\t.\tGT 0/1 0/0 0/1 0/1 0/0 0/1\n";
        let vcf = file(1500) + &cftr.replace(' ', "\t");
        let workshop = Workshop::new();
        let ped: String = PED.lines().filter(|l| l.starts_with(family)).map(|l| format!("{l}\n")).collect();
        workshop.write("f.vcf", vcf).write("f.ped", ped);
        let mode = "autosomal_recessive_compound_heterozygous";
        let known = |flags: &Value| !flags.as_array().unwrap().iter().any(|f| f == "phase_unknown");
        let report = workshop.report("--vcf f.vcf --ped f.ped --profile none");
        let findings = report["findings"].as_array().unwrap();
        let pair = findings.iter().find(|f| f["gene"]["symbol"] == "CFTR" && f["mode_of_inheritance"] == mode);
        let pair = pair.unwrap();
        assert_eq!(known(&pair["flags"]), phased, "{pair}");
        assert_eq!(pair["variants"][0]["origin"].is_null(), !phased, "{pair}");
        workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --profile none --out f.jsonl").succeeded();
        let text = workshop.read("f.jsonl");
        let lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
        let pair = lines.into_iter().find(|l| l["gene"] == "CFTR" && l["mode"] == mode).unwrap();
        assert_eq!(known(&pair["flags"]), phased, "{pair}");
    }
}

#[test]
fn interpret_refuses_the_same_family() {
    for (family, refused) in [("good", false), ("bad", true)] {
        let workshop = Workshop::new();
        let ped: String = PED.lines().filter(|l| l.starts_with(family)).map(|l| format!("{l}\n")).collect();
        workshop.write("f.vcf", file(1500)).write("f.ped", ped);
        let report = workshop.report("--vcf f.vcf --ped f.ped --profile none");
        let warnings = report["warnings"].to_string();
        assert_eq!(warnings.contains("rest on both parents were not used"), refused, "{warnings}");
        assert_eq!(report["quality"]["pedigree_agrees"], !refused);
    }
}
