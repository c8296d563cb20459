//! Annotations of bcftools csq: a line that points at another is read with what stands there.

use crate::contract;
use crate::workshop::Workshop;
use serde_json::Value;

/// Two changes of one codon of SAMD11, and a deletion and a substitution of XDH; see `DATA-LICENCES.md`. On both lines of
/// a pair the child is homozygous; the second line of the first pair and the first of the second only point.
const FILE: &str = include_str!("../../../genomics/tests/data/annotation/bcsq_compound.vcf");

fn workshop(file: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.write("f.vcf", file).write("f.ped", "f\tkid\t0\t0\t2\t2\n");
    workshop
}

/// Gene, consequence, HGVS and protein change of each finding's variant, by place.
fn found(report: &Value) -> Vec<(u64, Value, Value)> {
    let mut found: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let v = &f["variants"][0];
            assert!(v["hgvs"].is_null(), "{v}");
            (v["pos"].as_u64().unwrap(), v["consequence"].clone(), v["protein_change"].clone())
        })
        .collect();
    found.sort_by_key(|f| f.0);
    found
}

#[test]
fn both_lines_of_a_pair_are_found_in_both_directions() {
    let workshop = workshop(FILE);
    let report = workshop.report("--vcf f.vcf --ped f.ped --profile none");
    contract::check(&report);
    let expected = [
        (5500, "missense_variant", "56R>56Y"),
        (5501, "missense_variant", "56R>56Y"),
        (53_592, "frameshift_variant", "216LLR..1334>216I*"),
        (53_595, "frameshift_variant", "216LLR..1334>216I*"),
    ];
    assert_eq!(found(&report), expected.map(|(pos, term, change)| (pos, term.into(), change.into())));
    assert!(workshop.read("out/report.html").contains("notation of bcftools"));
    workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --profile none --out f.jsonl").succeeded();
    let lines = workshop.read("f.jsonl");
    let lines: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for (pos, gene) in [(5501, "SAMD11"), (53_592, "XDH")] {
        let line = lines.iter().find(|l| l["variants"][0]["pos"] == pos).unwrap();
        assert_eq!(line["gene"], gene, "{line}");
    }
}

#[test]
fn a_line_that_is_gone_is_told() {
    let kept: Vec<&str> = FILE.split_inclusive('\n').filter(|line| !line.contains("\t53595\t")).collect();
    let workshop = workshop(&kept.concat());
    let report = workshop.report("--vcf f.vcf --ped f.ped --profile none");
    assert_eq!(found(&report).iter().map(|f| f.0).collect::<Vec<_>>(), [5500, 5501]);
    let said = "1 lines that BCSQ points at are not in the file";
    assert!(report["warnings"].to_string().contains(said), "{}", report["warnings"]);
    let run = workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --out f.jsonl").succeeded();
    assert!(run.err.contains(said), "{}", run.err);
}
