//! A lake of made-up people, and grants to it as the gate gives them.

use indgang_gate::{
    Activity, Actor, Block, BlockTarget, Decision, Facts, Grant, Grounds, Permit, Refusals, Request, Scope, UserId,
    decide_population,
};
use indgang_lake::house::{self, Answer, Blinded, Blinding, Ingest, Ingested, Manifest, View};
use indgang_lake::{LakeError, Limits, RecordBatch, write_csv};
use indgang_model::{Category, PermitId, PersonId, Purpose, Role, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// A lake with one snapshot.
pub struct Lake {
    pub folder: TempDir,
    pub source: TempDir,
    pub manifest: Manifest,
}

pub const SECRET: [u8; 32] = [7; 32];

pub fn blinding() -> Blinding {
    Blinding::new(&[9; 32])
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A key that no answer, error or plan may show.
pub fn key(person: u32) -> String {
    format!("canary{person:05}")
}

/// Numbers that look like chance and are always the same.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Register files of so many people.
pub fn write_registers(folder: &Path, people: u32, seed: u64) {
    let mut chance = Chance(seed);
    let [mut bef, mut lmdb, mut adm, mut diag, mut lab] = [
        "pnr,koen,foed_dato\n".to_owned(),
        "pnr,eksd,atc,volume,apk,indo\n".to_owned(),
        "pnr,recnum,c_spec,d_inddto\n".to_owned(),
        "recnum,c_diag,c_diagtype\n".to_owned(),
        "pnr,samplingdate,analysiscode,value\n".to_owned(),
    ];
    for person in 0..people {
        let pnr = key(person);
        let day = |chance: &mut Chance| {
            format!("{}-{:02}-{:02}", 2000 + chance.below(20), 1 + chance.below(12), 1 + chance.below(28))
        };
        let (koen, year) = (1 + chance.below(2), 1930 + chance.below(70));
        writeln!(bef, "{pnr},{koen},{year}-{:02}-01", 1 + chance.below(12)).unwrap();
        for _ in 0..chance.below(4) {
            let atc = ["A10BA02", "A10AB01", "C10AA01"][chance.below(3) as usize];
            writeln!(lmdb, "{pnr},{},{atc},{},{},", day(&mut chance), 10 + chance.below(90), 1 + chance.below(3))
                .unwrap();
        }
        for contact in 0..chance.below(3) {
            let contact = format!("k{person}x{contact}");
            writeln!(adm, "{pnr},{contact},0{},{}", chance.below(9), day(&mut chance)).unwrap();
            for _ in 0..chance.below(3) {
                let code = ["DE100", "DE110", "DI21", "DC50"][chance.below(4) as usize];
                writeln!(diag, "{contact},{code},A").unwrap();
            }
        }
        for _ in 0..chance.below(3) {
            writeln!(lab, "{pnr},{},NPU27300,{}", day(&mut chance), 30 + chance.below(60)).unwrap();
        }
    }
    for (name, text) in
        [("bef.csv", bef), ("lmdb.csv", lmdb), ("lpr_adm.csv", adm), ("lpr_diag.csv", diag), ("lab_forsker.csv", lab)]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

pub async fn take(lake: &Path, from: &Path, before: Option<&Manifest>) -> Result<Ingested, LakeError> {
    let ingest = Ingest {
        folder: from.to_owned(),
        lake: lake.to_owned(),
        before: before.cloned(),
        blinding: blinding(),
        replace: false,
        omop: None,
        limits: Limits::default(),
    };
    house::ingest(ingest, Arc::new(|_, _| {})).await
}

pub async fn lake(people: u32, seed: u64) -> Lake {
    let (folder, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_registers(source.path(), people, seed);
    let manifest = take(folder.path(), source.path(), None).await.unwrap().manifest.unwrap();
    Lake { folder, source, manifest }
}

/// What the one who asks has, and what people have said.
#[derive(Clone, Default)]
pub struct Asking {
    pub scope: Scope,
    pub permit: &'static str,
    pub categories: Vec<Category>,
    pub refused: Vec<u32>,
    pub tissue_refused: Vec<u32>,
    pub blocked: Vec<(u32, BlockTarget)>,
    pub planning: bool,
}

impl Asking {
    pub fn counts() -> Self {
        let categories = vec![Category::Encounter, Category::Laboratory, Category::Medication];
        Self { permit: "p1", categories, ..Self::default() }
    }

    pub fn rows() -> Self {
        Self { scope: Scope { rows: true, ..Scope::default() }, ..Self::counts() }
    }

    pub fn grant(&self) -> Grant {
        let person = |number: &u32| PersonId(format!("person{number}"));
        let user = UserId("researcher".into());
        let (role, purpose) = match self.planning {
            true => (Role::Statistician, Purpose::QualityAndPlanning),
            false => (Role::Researcher, Purpose::ResearchAndStatistics),
        };
        let now = at("2026-03-01T12:00:00Z");
        let mut facts = Facts::default();
        facts.permits.insert(Permit {
            id: PermitId(self.permit.into()),
            purpose,
            member: user.clone(),
            categories: self.categories.iter().copied().collect(),
            site_permission: false,
            scope: self.scope.clone(),
            from: at("2026-01-01T00:00:00Z"),
            until: at("2027-01-01T00:00:00Z"),
        });
        for number in &self.refused {
            facts.refusals.insert(person(number), Refusals { secondary_use: true, ..Refusals::default() });
        }
        for number in &self.tissue_refused {
            facts.refusals.insert(person(number), Refusals { tissue: true, ..Refusals::default() });
        }
        for (number, target) in &self.blocked {
            let (from, until) = (at("2026-01-01T00:00:00Z"), None);
            facts.blocks.insert(Block { person: person(number), target: target.clone(), from, until });
        }
        let request = Request {
            actor: Actor {
                user,
                person: None,
                role,
                profession: None,
                organisation: "university".into(),
                place: None,
                on_responsibility_of: None,
            },
            activity: Activity::Query,
            purpose,
            categories: self.categories.iter().copied().collect(),
            subjects: self
                .refused
                .iter()
                .chain(&self.tissue_refused)
                .chain(self.blocked.iter().map(|(number, _)| number))
                .map(person)
                .collect(),
            case: None,
            grounds: Grounds { permit: Some(PermitId(self.permit.into())), ..Grounds::default() },
            at: now,
        };
        let pending = decide_population(&request, &facts);
        assert_eq!(pending.leaves().len(), 1);
        let receipt =
            indgang_gate::log::Tree::default().append(pending.leaves()).after_commit(Ok::<_, ()>(())).unwrap();
        match pending.recorded(&receipt).unwrap() {
            Decision::Permit { grant, .. } => grant,
            Decision::Deny { rule, reason, .. } => panic!("{} {reason}", rule.rule),
        }
    }

    pub fn apart(&self) -> BTreeMap<PersonId, Blinded> {
        let numbers = self.refused.iter().chain(self.blocked.iter().map(|(number, _)| number));
        numbers.map(|n| (PersonId(format!("person{n}")), blinding().person(&key(*n)))).collect()
    }

    pub fn view(&self, lake: &Lake) -> View {
        let mut secret = SECRET;
        secret[0] = self.permit.as_bytes()[1];
        View::new(&self.grant(), &self.apart(), &secret, lake.folder.path(), &lake.manifest).unwrap()
    }
}

pub async fn ask(view: &View, sql: &str) -> Result<Answer, LakeError> {
    house::ask(view, sql, &Limits { threads: 2, ..Limits::default() }, &[]).await
}

/// The rows of an answer as text, sorted.
pub fn lines(rows: &[RecordBatch]) -> Vec<String> {
    let mut out = Vec::new();
    write_csv(rows, &mut out).unwrap();
    let mut lines: Vec<String> = String::from_utf8(out).unwrap().lines().skip(1).map(str::to_owned).collect();
    lines.sort();
    lines
}

pub async fn told(view: &View, sql: &str) -> Vec<String> {
    let answer = ask(view, sql).await;
    lines(&answer.map_err(|error| format!("{sql}: {error}")).unwrap().rows)
}
