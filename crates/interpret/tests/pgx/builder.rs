//! VCFs made from calls, and the answer about them.

use indgang_genomics::vcf::{ReadOptions, Reader};
use indgang_interpret::pgx::observe::Plan;
use indgang_interpret::pgx::outside::{self, OutsideCall};
use indgang_interpret::pgx::report::{GeneReport, Report};
use indgang_interpret::pgx::{Beside, analyse};
use indgang_knowledge::Knowledge;
use indgang_knowledge::pgx::{Gene, Pgx};
use indgang_model::Assembly;
use std::collections::BTreeMap;

/// The shipped tables.
pub fn pgx() -> &'static Pgx {
    Knowledge::shipped().pgx().expect("the shipped part is whole")
}

/// A gene of them.
pub fn gene(symbol: &str) -> &'static Gene {
    pgx().gene(symbol).expect("a gene")
}

/// A file of one sample, line by line in any order.
#[derive(Default, Clone)]
pub struct File {
    /// Chromosome number and position; REF, ALT and the sample's column.
    pub lines: BTreeMap<(u8, u32), Line>,
}

#[derive(Clone)]
pub struct Line {
    pub reference: String,
    pub alternates: String,
    pub call: String,
    pub info: String,
}

impl File {
    /// The reference at each position of a gene.
    pub fn reference(&mut self, symbol: &str, call: &str) {
        let definition = gene(symbol).definition.as_ref().expect("positions");
        for position in definition.positions.iter().chain(&definition.extra) {
            self.set(
                definition.chromosome.number(),
                position.position,
                &position.alleles[0],
                &position.alleles[1..].join(","),
                call,
            );
        }
    }

    /// One line.
    pub fn set(&mut self, chromosome: u8, position: u32, reference: &str, alternates: &str, call: &str) {
        let line =
            Line { reference: reference.into(), alternates: alternates.into(), call: call.into(), info: ".".into() };
        self.lines.insert((chromosome, position), line);
    }

    /// The VCF's text. A call with a colon has a phase set after it.
    pub fn text(&self) -> String {
        let mut text = String::from("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n");
        for ((chromosome, position), line) in &self.lines {
            let format = if line.call.contains(':') { "GT:PS" } else { "GT" };
            let name = if *chromosome == 23 { "X".to_owned() } else { chromosome.to_string() };
            let Line { reference, alternates, call, info } = line;
            text +=
                &format!("chr{name}\t{position}\t.\t{reference}\t{alternates}\t.\tPASS\t{info}\t{format}\t{call}\n");
        }
        text
    }

    /// The answer.
    pub fn answer(&self, outside_calls: &str) -> Report {
        answer(&self.text(), outside_calls)
    }

    /// The answer about a gene.
    pub fn gene(&self, symbol: &str) -> GeneReport {
        of_gene(self.answer(""), symbol)
    }
}

/// The answer about a gene.
pub fn of_gene(report: Report, symbol: &str) -> GeneReport {
    report.genes.into_iter().find(|g| g.gene == symbol).expect("a gene of the answer")
}

/// The answer about the first sample of a VCF on GRCh38.
pub fn answer(vcf: &str, outside_calls: &str) -> Report {
    answer_on(vcf, outside_calls, Assembly::GRCh38)
}

/// The answer about the first sample.
pub fn answer_on(vcf: &str, outside_calls: &str, assembly: Assembly) -> Report {
    let chain = Knowledge::shipped().liftover_from(Assembly::GRCh38).expect("whole");
    let plan = Plan::new(pgx(), assembly, Some(chain));
    let reader = Reader::open(vcf.as_bytes(), ReadOptions::default()).expect("a VCF");
    let mut observed = plan.observe(reader.header().samples.len());
    reader
        .for_each(|record| {
            let mut hits = Vec::new();
            plan.look(record, 1, &mut hits)?;
            observed.add(hits);
            Ok(())
        })
        .expect("reads");
    let calls = outside::parse(outside_calls, pgx()).expect("outside calls");
    let none: BTreeMap<String, Vec<OutsideCall>> = BTreeMap::new();
    let beside = Beside {
        assembly,
        outside: calls.get("").unwrap_or(&none),
        medicines: None,
        versions: BTreeMap::new(),
        program_version: "test",
    };
    analyse(pgx(), &observed, 0, "S", &beside)
}
