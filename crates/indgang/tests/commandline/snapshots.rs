//! What the commands write, whole.

use crate::workshop::{Workshop, vcf};

fn family() -> Workshop {
    let workshop = Workshop::new();
    let records = ["1 115256562 G A 0/1 0/0 0/0", "10 123256215 T G 0/1 0/1 0/0", "17 41197774 A T 0/1 0/0 0/1"];
    workshop
        .write("f.vcf", vcf(&["child", "father", "mother"], &records))
        .write("f.ped", "f\tchild\tfather\tmother\t2\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n")
        .write("w.toml", "[mother]\nsecondary_findings = \"all\"\n");
    workshop
}

fn without_version(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn report() {
    let workshop = family();
    workshop
        .interpret(
            "--vcf f.vcf --ped f.ped --wishes w.toml --hpo HP:0000465,HP:0032152,HP:0001639 --not-hpo HP:0004322",
        )
        .succeeded();
    insta::assert_snapshot!("report.json", without_version(&workshop.read("out/report.json")));
    insta::assert_snapshot!("report.html", without_version(&workshop.read("out/report.html")));
}

#[test]
fn inheritance() {
    let workshop = family();
    workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --profile none --out f.jsonl").succeeded();
    insta::assert_snapshot!("inheritance.jsonl", workshop.read("f.jsonl"));
}

#[test]
fn rank() {
    let workshop = Workshop::new();
    let case = |id: &str, signs: &str| {
        format!(
            r#"{{"id":"{id}","subject":{{"id":"1"}},"phenotypicFeatures":[{signs}],"diseases":[{{"term":{{"id":"OMIM:101600","label":"Pfeiffer syndrome"}}}}]}}"#
        )
    };
    let sign = |id: &str| format!(r#"{{"type":{{"id":"{id}","label":""}}}}"#);
    let four = ["HP:0001156", "HP:0001363", "HP:0011304", "HP:0010055"].map(sign).join(",");
    workshop.write("cases.jsonl", format!("{}\n{}\n", case("pfeiffer", &four), case("one-sign", &sign("HP:0001363"))));
    workshop.run("rank --cases cases.jsonl --out ranks.jsonl").succeeded();
    insta::assert_snapshot!("ranks.jsonl", workshop.read("ranks.jsonl"));
}

#[test]
fn help() {
    let workshop = Workshop::new();
    let commands =
        ["", "demo", "interpret", "annotate", "inheritance", "rank", "serve", "verify-log", "cohort", "doctor"];
    let help = commands.map(|command| workshop.run(&format!("{command} --help")).succeeded().out);
    insta::assert_snapshot!("help", help.join("\n----\n\n"));
}
