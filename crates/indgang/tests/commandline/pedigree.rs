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
    assert!(said.contains("correct the PED") && said.contains("lines that rest on the parents"), "{said}");
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
