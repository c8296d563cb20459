//! `indgang pgx` from outside: a made-up file of two people, and what is written.

use crate::workshop::Workshop;
use serde_json::Value;

const HEAD: &str = "##fileformat=VCFv4.2\n##contig=<ID=chr16,assembly=GRCh38.p13>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
/// VKORC1 rs9923231; IFNL3 rs12979860; ABCG2 rs2231142.
const LINES: [&str; 3] = [
    "chr4\t88131171\t.\tG\tT\t.\tPASS\t.\tGT\t0/1\t1/1\n",
    "chr16\t31096368\t.\tC\tT\t.\tPASS\t.\tGT\t0/1\t0/0\n",
    "chr19\t39248147\t.\tC\tT\t.\tPASS\t.\tGT\t0/0\t./.\n",
];

fn two() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("two.vcf", format!("{HEAD}\tfirst\tsecond\n{}", LINES.concat()));
    workshop
}

fn one() -> Workshop {
    let workshop = Workshop::new();
    let cut = |line: &str| line.rsplit_once('\t').map(|(kept, _)| format!("{kept}\n")).unwrap();
    workshop.write("one.vcf", format!("{HEAD}\tfirst\n{}", LINES.map(cut).concat()));
    workshop
}

fn diplotypes(report: &Value, gene: &str) -> Vec<String> {
    let genes = report["genes"].as_array().unwrap();
    let gene = genes.iter().find(|g| g["gene"] == gene).unwrap();
    gene["diplotypes"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_sample_has_its_answer() {
    let workshop = two();
    workshop.run("pgx --vcf two.vcf --out all.jsonl --threads 1").succeeded();
    let text = workshop.read("all.jsonl");
    let reports: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.iter().map(|r| r["sample"].as_str().unwrap()).collect::<Vec<_>>(), ["first", "second"]);
    assert_eq!(diplotypes(&reports[0], "VKORC1"), ["rs9923231 reference (C)/rs9923231 variant (T)"]);
    assert_eq!(diplotypes(&reports[1], "VKORC1"), ["rs9923231 reference (C)/rs9923231 reference (C)"]);
    assert_eq!(diplotypes(&reports[1], "IFNL3"), [""; 0], "a missing call is no reference");
    // Any number of threads, the same bytes; a folder holds the same.
    workshop.run("pgx --vcf two.vcf --out again.jsonl --threads 3").succeeded();
    assert_eq!(workshop.read("again.jsonl"), text);
    workshop.run("pgx --vcf two.vcf --out folder").succeeded();
    let second: Value = serde_json::from_str(&workshop.read("folder/second.pgx.json")).unwrap();
    assert_eq!(second, reports[1]);
    assert!(workshop.read("folder/first.pgx.html").contains("uden en læge"));
}

#[test]
fn outside_calls_and_a_medicine_list_are_used() {
    let workshop = one();
    workshop
        .write("calls.tsv", "CYP2D6\t*4/*4\nHLA-B\t*57:01/*07:02\n")
        .write("medicines.txt", "# list\nR05DA04\nabacavir\nparacetamol\ncapecitabin\n");
    workshop.run("pgx --vcf one.vcf --outside-calls calls.tsv --medicines medicines.txt --out answer.json").succeeded();
    let report: Value = serde_json::from_str(&workshop.read("answer.json")).unwrap();
    let medicines = report["medicines"].as_array().unwrap();
    let said: Vec<(&str, &str)> =
        medicines.iter().map(|m| (m["given"].as_str().unwrap(), m["status"].as_str().unwrap())).collect();
    let expected = [
        ("R05DA04", "recommendation"),
        ("abacavir", "recommendation"),
        ("paracetamol", "no_guideline"),
        ("capecitabin", "no_result"),
    ];
    assert_eq!(said, expected);
    let drug = |name: &str| report["drugs"].as_array().unwrap().iter().find(|d| d["drug"] == name).unwrap();
    let codeine = &drug("codeine")["recommendations"][0];
    assert_eq!((&codeine["classification"], &codeine["found_by"]["CYP2D6"]), (&"Strong".into(), &"0.0".into()));
    assert_eq!(drug("abacavir")["recommendations"][0]["recommendation"], "Abacavir is not recommended");
    // The drug is in the answer because of CYP2D6; CYP2C19 is said to lack.
    assert_eq!(drug("amitriptyline")["genes_without_result"][0], "CYP2C19");
}

#[test]
fn what_cannot_be_answered_is_refused_with_a_remedy() {
    let workshop = two();
    workshop
        .write("unsaid.vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\n")
        .write("nobody.vcf", format!("{}\n", HEAD.trim_end_matches("\tFORMAT")))
        .write("calls.tsv", "CYP2D6\t*4/*4\n")
        .write("other.tsv", "CYP2D6\t*4/*4\t\t\tthird\n")
        .write("gene.tsv", "#\nCYP9\t*1/*1\n")
        .write("broken.vcf", format!("{HEAD}\ta\nchr16\t31096368\t.\tC\tT\t.\t.\t.\tGT\t0/7\n"));
    let cases: [(&str, &[&str]); 8] = [
        ("--vcf two.vcf --out two.json", &["`two.vcf`", "2 samples", ".jsonl"]),
        ("--vcf unsaid.vcf --out o", &["`unsaid.vcf`", "--assembly"]),
        ("--vcf nobody.vcf --out o", &["`nobody.vcf`", "no samples"]),
        ("--vcf two.vcf --assembly GRCh37 --out o", &["contradicts", "leave the option out"]),
        ("--vcf two.vcf --outside-calls calls.tsv --out o", &["`calls.tsv`", "fifth column"]),
        ("--vcf two.vcf --outside-calls other.tsv --out o", &["`other.tsv`", "does not have"]),
        ("--vcf two.vcf --outside-calls gene.tsv --out o", &["`gene.tsv`", "line 2", "`CYP9`"]),
        ("--vcf broken.vcf --out o", &["`broken.vcf`", "line 4"]),
    ];
    for (words, parts) in cases {
        workshop.run(&format!("pgx {words}")).refused_with(parts);
        assert!(!workshop.path().join("o").exists(), "nothing is left of `{words}`");
    }
}
