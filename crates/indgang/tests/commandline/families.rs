//! Each demo family through `interpret`: the answer, the contract, the three files.

use crate::contract;
use crate::workshop::{Workshop, demo_text, vcf};
use serde_json::{Value, json};

const STANDARD: &str = "--vcf family.vcf.gz --ped family.ped --phenopacket case.json --wishes wishes.toml";

fn place(variant: &Value) -> String {
    let text = |field: &str| variant[field].as_str().unwrap().to_owned();
    format!("{}-{}-{}-{}", text("chrom"), variant["pos"], text("ref"), text("alt"))
}

/// Every sign of the phenopacket stands in the report, with its name.
fn signs_of(workshop: &Workshop) -> Vec<Value> {
    let packet = workshop.json("case.json");
    let features = packet["phenotypicFeatures"].as_array().unwrap().iter();
    features.map(|f| json!([f["type"]["id"], f["excluded"] == true])).collect()
}

#[test]
fn the_planted_new_variant_of_the_trio_comes_first_with_its_published_signs() {
    let workshop = Workshop::family("ashkenazi-trio");
    let run = workshop.interpret(STANDARD).succeeded();
    assert!(run.out.contains("NRAS 1-115256562-G-A de novo"), "{}", run.out);
    let report = workshop.json("out/report.json");
    contract::check(&report);
    assert_eq!(report["result"], "diagnostic");
    let first = &report["findings"][0];
    assert_eq!((&first["gene"]["symbol"], place(&first["variants"][0]).as_str()), (&json!("NRAS"), "1-115256562-G-A"));
    assert_eq!((&first["mode_of_inheritance"], &first["disease"]["id"]), (&json!("de_novo"), &json!("OMIM:613224")));
    assert_eq!(first["variants"][0]["genotypes"], json!({"HG002": "0/1", "HG003": "0/0", "HG004": "0/0"}));
    assert_eq!(first["variants"][0]["calls"]["HG002"]["depth"], 91);
    let found: Vec<Value> =
        report["phenotypic_features"].as_array().unwrap().iter().map(|f| json!([f["id"], f["excluded"]])).collect();
    assert_eq!(found, signs_of(&workshop));
    assert_eq!(first["signs"].as_array().unwrap().len(), found.len());
    assert_eq!(
        workshop.files(),
        with_inputs(&["out/interpretation.phenopacket.json", "out/report.html", "out/report.json"])
    );
}

fn with_inputs(outputs: &[&str]) -> Vec<String> {
    let inputs = ["case.json", "family.ped", "family.vcf.gz", "wishes.toml"];
    let mut files: Vec<String> = inputs.iter().chain(outputs).map(ToString::to_string).collect();
    files.sort();
    files
}

#[test]
fn the_exome_with_a_table_beside_it_has_fgfr2_first() {
    let workshop = Workshop::family("pfeiffer");
    workshop.take("pfeiffer/annotations.tsv.gz", "annotations.tsv.gz");
    let report = workshop.report(&format!("{STANDARD} --annotations annotations.tsv.gz"));
    contract::check(&report);
    let first = &report["findings"][0];
    assert_eq!(
        (&first["gene"]["symbol"], place(&first["variants"][0]).as_str()),
        (&json!("FGFR2"), "10-123256215-T-G")
    );
    // Four signs tell the gene's craniosynostoses from others, but hardly Pfeiffer's from Jackson and Weiss's.
    let disease = first["disease"]["id"].as_str().unwrap();
    assert!(["OMIM:101600", "OMIM:123150"].contains(&disease), "{disease}");
    assert_eq!(report["result"], "diagnostic");
    assert_eq!(report["filters"][0], json!({"name": "read", "kept": 37709}));
    assert_eq!(first["signs"].as_array().unwrap().len(), 4);
}

#[test]
fn small_structural_and_repeat_files_are_one_case() {
    let workshop = Workshop::family("scout-trio");
    workshop.take("scout-trio/family.sv.vcf.gz", "family.sv.vcf.gz");
    workshop.take("scout-trio/family.str.vcf.gz", "family.str.vcf.gz");
    let report = workshop.report(&format!("{STANDARD} --vcf family.sv.vcf.gz --vcf family.str.vcf.gz"));
    contract::check(&report);
    // Both the small and the structural file call the deletion at 1:7889972.
    assert_eq!(report["filters"][0], json!({"name": "read", "kept": 680 + 19 + 22 - 1}));
    assert_ne!(report["result"], "diagnostic"); // no answer is known of this family
    let findings = report["findings"].as_array().unwrap();
    let of = |symbol: &'static str| findings.iter().filter(move |f| f["gene"]["symbol"] == symbol);
    // The publisher has a deletion in a repeat of PER3's coding sequence; of 372 bases in an intron of SLC9A3 nothing comes.
    assert!(of("PER3").any(|f| f["variants"][0]["structural"]["genes"][0]["extent"] == "coding"));
    assert_eq!(of("SLC9A3").filter(|f| !f["variants"][0]["structural"].is_null()).count(), 0);
    assert!(report["secondary_findings"].get("ADM1059A1").is_none()); // the father wished none
}

#[test]
fn the_page_stands_alone_in_both_languages_and_the_packet_is_of_version_2() {
    let workshop = Workshop::family("ashkenazi-trio");
    workshop.interpret(STANDARD).succeeded();
    let page = workshop.read("out/report.html");
    for fetched in ["<script", "<link", "<img", "<iframe", "src=", "@import", "url(", "http://", "https://"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
    for word in ["lang=\"da\"", "lang=\"en\"", "NRAS", "Noonan syndrome 6", "Nyopstået", "De novo"] {
        assert!(page.to_lowercase().contains(&word.to_lowercase()), "{word}");
    }
    let packet = workshop.json("out/interpretation.phenopacket.json");
    assert!(packet["metaData"]["phenopacketSchemaVersion"].as_str().unwrap().starts_with("2."));
    let first = &packet["interpretations"][0];
    assert_eq!(first["progressStatus"], "SOLVED");
    assert_eq!(first["diagnosis"]["disease"]["id"], "OMIM:613224");
    let variant = &first["diagnosis"]["genomicInterpretations"][0];
    assert_eq!(variant["interpretationStatus"], "CAUSATIVE");
    let record = &variant["variantInterpretation"]["variationDescriptor"]["vcfRecord"];
    assert_eq!((&record["genomeAssembly"], &record["ref"]), (&json!("hg19"), &json!("G")));
    // What the house writes, the house reads.
    workshop.report("--vcf family.vcf.gz --ped family.ped --phenopacket out/interpretation.phenopacket.json");
}

#[test]
fn terms_on_the_command_line_are_the_same_as_a_phenopacket() {
    let workshop = Workshop::family("pfeiffer");
    let mut packet = workshop.report("--vcf family.vcf.gz --ped family.ped --phenopacket case.json");
    let mut terms =
        workshop.report("--vcf family.vcf.gz --ped family.ped --hpo HP:0001156,HP:0001363 --hpo HP:0011304,HP:0010055");
    assert_eq!((&packet["case"], &terms["case"]), (&json!("pfeiffer"), &json!("pfeiffer")));
    packet["case"].take();
    terms["case"].take();
    assert!(packet == terms);
    let excluded = workshop.report("--vcf family.vcf.gz --ped family.ped --hpo HP:0001156 --not-hpo HP:0001250");
    assert_eq!(
        excluded["phenotypic_features"],
        json!([
            {"id": "HP:0001156", "label": "Brachydactyly", "excluded": false},
            {"id": "HP:0001250", "label": "Seizure", "excluded": true},
        ])
    );
}

#[test]
fn a_panel_keeps_its_genes_only() {
    let workshop = Workshop::family("ashkenazi-trio");
    // By symbol, by HGNC number (SLC6A9), by an earlier symbol (KIAA0833 is CAMTA1), and one that is no gene.
    workshop.write("panel.txt", "# genes\nNRAS\nHGNC:11056\nKIAA0833\nNOSUCHGENE\n");
    let report = workshop.report(&format!("{STANDARD} --panel panel.txt"));
    let mut genes: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|f| f["gene"]["symbol"].as_str().unwrap()).collect();
    assert_eq!(genes[0], "NRAS");
    genes.sort_unstable();
    genes.dedup();
    assert_eq!(genes, ["CAMTA1", "NRAS", "SLC6A9"]);
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("line 4: `KIAA0833` is read as CAMTA1"), "{warnings}");
    assert!(warnings.contains("line 5: `NOSUCHGENE` is not a gene of HGNC"), "{warnings}");
}

#[test]
fn profiles_let_more_or_less_through() {
    let workshop = Workshop::family("ashkenazi-trio");
    let kept = |profile: &str| {
        let report = workshop.report(&format!("{STANDARD} --profile {profile}"));
        contract::check(&report);
        assert_eq!(report["findings"][0]["gene"]["symbol"], "NRAS", "{profile}");
        let steps = report["filters"].as_array().unwrap();
        steps.iter().find(|s| s["name"] == "quality").unwrap()["kept"].as_u64().unwrap()
    };
    let (standard, sensitive, none) = (kept("standard"), kept("sensitive"), kept("none"));
    assert!(standard < sensitive && sensitive < none, "{standard} {sensitive} {none}");
}

#[test]
fn a_single_person_needs_no_pedigree() {
    let workshop = Workshop::new();
    workshop.write("one.vcf", vcf(&["only"], &["10 123256215 T G 0/1"]));
    let report = workshop.report("--vcf one.vcf --hpo HP:0001156,HP:0001363,HP:0011304,HP:0010055");
    contract::check(&report);
    assert_eq!((&report["proband"], &report["findings"][0]["gene"]["symbol"]), (&json!("only"), &json!("FGFR2")));
    assert_eq!(report["secondary_findings"], json!({})); // no wish was told
}

#[test]
fn no_variant_left_is_a_negative_answer_and_no_error() {
    let workshop = Workshop::new();
    workshop.write("one.vcf", vcf(&["only"], &["10 123256215 T G 0/0"]));
    let report = workshop.report("--vcf one.vcf --hpo HP:0001156");
    contract::check(&report);
    assert_eq!((&report["result"], &report["findings"]), (&json!("negative"), &json!([])));
}

#[test]
fn the_planted_variant_is_in_the_demo_file_once() {
    let planted = demo_text("ashkenazi-trio/family.vcf.gz").lines().filter(|l| l.contains(";PLANTED")).count();
    assert_eq!(planted, 1);
}

#[test]
fn the_waterfall_counts_alleles_whatever_the_files_and_the_wishes() {
    const PED: &str = "f\tchild\tfather\tmother\t2\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n";
    let records = [
        ("1 115256562 G A", ["0/1", "0/0", "0/0"]),
        ("2 500 A C", ["0/0", "0/1", "0/1"]),
        // Too few reads in the child, a good call in the mother.
        ("17 41197801 A T", ["low", "0/0", "0/1"]),
    ];
    let people = ["child", "father", "mother"];
    let text = |persons: &[usize]| {
        let lines = records.iter().filter(|(_, calls)| persons.iter().any(|p| calls[*p] != "0/0"));
        let lines: Vec<String> = lines
            .map(|(place, calls)| persons.iter().fold((*place).to_owned(), |line, p| format!("{line} {}", calls[*p])))
            .map(|line| line.replace("low", "0/1"))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let names: Vec<&str> = persons.iter().map(|p| people[*p]).collect();
        let text = vcf(&names, &lines);
        match (text.find("41197801"), persons.contains(&0)) {
            (Some(place), true) => {
                let (before, line) = text.split_at(place);
                format!("{before}{}", line.replacen("20,20:40:99", "2,1:3:5", 1))
            }
            _ => text,
        }
    };
    let workshop = Workshop::new();
    workshop.write("f.vcf", text(&[0, 1, 2])).write("f.ped", PED);
    for (name, person) in [("c.vcf", 0), ("d.vcf", 1), ("m.vcf", 2)] {
        workshop.write(name, text(&[person]));
    }
    workshop.write("w.toml", "[mother]\nsecondary_findings = \"all\"\n");
    let counts = |files: &str| {
        let report = workshop.report(&format!("{files} --ped f.ped --hpo HP:0000465"));
        report["filters"].as_array().unwrap().iter().map(|step| step["kept"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let together = counts("--vcf f.vcf");
    assert_eq!(together[..4], [3, 3, 2, 1]);
    assert_eq!(counts("--vcf f.vcf --wishes w.toml"), together);
    assert_eq!(counts("--vcf c.vcf --vcf d.vcf --vcf m.vcf"), together);
    assert_eq!(counts("--vcf m.vcf --vcf c.vcf --vcf d.vcf --wishes w.toml"), together);
}
