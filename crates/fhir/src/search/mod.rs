//! Searches of FHIR R4 for the resources of one person: what is asked for, and whether a resource is it.
//!
//! A search is read whole or not at all: what is not understood would otherwise be passed over in silence. No error holds a value.

mod parameters;
mod value;

pub use parameters::{Parameter, ParameterKind, is_searched, parameters, searched};

use crate::json::{Json, Node};
use crate::model::r4;
use crate::path::{Context, Value};
use crate::record::{Number, each, span, text};
use value::{Wanted, seconds, split};

/// Entries of a page where a search names no number, and most that it may name.
const PAGE: usize = 100;
const MOST: usize = 1000;

/// Why a search cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SearchError(pub String);

impl SearchError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What is asked for.
#[derive(Debug, Default)]
pub struct Search {
    /// The types; every type when there is none.
    pub types: Vec<&'static str>,
    /// The person, as the house names her.
    pub patient: Option<String>,
    /// Her number with its system, in place of that.
    pub number: Option<Number>,
    /// Entries of a page.
    pub count: usize,
    /// Entries before the page.
    pub offset: usize,
    /// Whether only the number of matches is wanted.
    pub count_only: bool,
    /// Whether what tells the origin of a match is wanted too.
    pub with_provenance: bool,
    /// Whether the Patients of the matches' sources are wanted too.
    pub with_patient: bool,
    includes: Vec<&'static Parameter>,
    terms: Vec<Term>,
    sort: Vec<(Looked, bool)>,
}

/// What every type is searched by, beside its own.
pub const GENERAL: [(&str, ParameterKind); 4] = [
    ("_id", ParameterKind::Token),
    ("_lastUpdated", ParameterKind::Date),
    ("date", ParameterKind::Date),
    ("patient", ParameterKind::Reference),
];

/// A resource that may be what is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The resource.
    pub json: Json<'a>,
    /// Its id within its source.
    pub id: &'a str,
    /// When this version came into the house, in seconds from 1970.
    pub known_at: i64,
}

/// What a match refers to that is wanted too: the reference as written, and the types it may lead to.
pub type Included = (String, &'static [&'static str]);

/// What orders a match among others; missing comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey(Vec<(bool, i64, String)>);

#[derive(Debug)]
struct Term {
    looked: Looked,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Any(Vec<Wanted>),
    None(Vec<Wanted>),
    Missing(bool),
}

/// What a term looks at.
#[derive(Debug, Clone, Copy)]
enum Looked {
    Parameter(&'static Parameter),
    Id,
    LastUpdated,
    /// The resource's clinical time, for types that have no parameter `date`.
    Matter,
}

impl Looked {
    fn of(resource_type: &str, name: &str) -> Option<Self> {
        let own = parameters(resource_type).iter().find(|parameter| parameter.name == name);
        match (name, own) {
            (_, Some(parameter)) => Some(Self::Parameter(parameter)),
            ("_id", None) => Some(Self::Id),
            ("_lastUpdated", None) => Some(Self::LastUpdated),
            ("date", None) => Some(Self::Matter),
            _ => None,
        }
    }

    const fn kind(self) -> ParameterKind {
        match self {
            Self::Parameter(parameter) => parameter.kind,
            Self::Id => ParameterKind::Token,
            Self::LastUpdated | Self::Matter => ParameterKind::Date,
        }
    }
}

impl Search {
    /// Reads a search for resources of a type.
    ///
    /// # Errors
    /// Unknown parameters, modifiers and values that are none of the parameter's kind.
    pub fn of_type(resource_type: &'static str, pairs: &[(String, String)]) -> Result<Self, SearchError> {
        let mut search = Self { types: vec![resource_type], count: PAGE, ..Self::default() };
        for (name, value) in pairs {
            if !search.general(name, value)? {
                search.particular(resource_type, name, value)?;
            }
        }
        Ok(search)
    }

    /// Reads what only says which resources of a type are meant.
    ///
    /// # Errors
    /// As [`Search::of_type`]; and for a person, an order, a page, or what goes with the matches.
    pub fn condition(resource_type: &'static str, pairs: &[(String, String)]) -> Result<Self, SearchError> {
        let more = [
            "patient",
            "subject",
            "_count",
            "_offset",
            "_summary",
            "_total",
            "_format",
            "_sort",
            "_include",
            "_revinclude",
        ];
        let asks_more = |name: &str| more.contains(&name.split([':', '.']).next().unwrap_or_default());
        if pairs.iter().any(|(name, _)| asks_more(name)) {
            return Err(SearchError::new("a condition says which resources are meant, and nothing else"));
        }
        let search = Self::of_type(resource_type, pairs)?;
        let names_person = search.patient.is_some() || search.number.is_some();
        if names_person { Err(SearchError::new("a condition names no person")) } else { Ok(search) }
    }

    /// Reads the parameters of `$everything`: `start`, `end`, `_since`, `_type`, `_count`.
    ///
    /// # Errors
    /// As [`Search::of_type`].
    pub fn everything(pairs: &[(String, String)]) -> Result<Self, SearchError> {
        let mut search = Self { count: PAGE, ..Self::default() };
        for (name, value) in pairs {
            match name.as_str() {
                "start" => search.term(Looked::Matter, &format!("ge{value}"))?,
                "end" => search.term(Looked::Matter, &format!("le{value}"))?,
                "date" => search.term(Looked::Matter, value)?,
                "_since" => search.term(Looked::LastUpdated, &format!("ge{value}"))?,
                "_type" => search.types.extend(types(value)?),
                "_count" | "_offset" | "_format" => drop(search.general(name, value)?),
                _ => {
                    return Err(SearchError::new(
                        "a parameter that is not known: use start, end, _since, _type, _count",
                    ));
                }
            }
        }
        Ok(search)
    }

    /// What every search may name. False for a parameter that is none of these.
    fn general(&mut self, name: &str, value: &str) -> Result<bool, SearchError> {
        let number = || value.parse::<usize>().map_err(|_| SearchError::new(format!("`{name}` is a number")));
        match name {
            "patient" | "subject" | "patient:Patient" | "subject:Patient" => {
                self.patient = Some(value.strip_prefix("Patient/").unwrap_or(value).to_owned());
            }
            "patient.identifier" | "subject.identifier" => self.number = Some(number_of(value)?),
            "_count" => self.count = number()?.clamp(1, MOST),
            "_offset" => self.offset = number()?,
            "_summary" => match value {
                "count" => self.count_only = true,
                "false" => {}
                _ => return Err(SearchError::new("`_summary` is `count` or `false`: resources are given whole")),
            },
            "_total" if ["none", "estimate", "accurate"].contains(&value) => {}
            "_format" if ["json", "application/json", "application/fhir+json"].contains(&value) => {}
            "_format" => return Err(SearchError::new("`_format` is `json`: no other is spoken")),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn particular(&mut self, resource_type: &'static str, name: &str, value: &str) -> Result<(), SearchError> {
        match name {
            "identifier" if resource_type == "Patient" => self.number = Some(number_of(value)?),
            "_sort" => {
                for key in value.split(',') {
                    let (name, falling) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
                    let looked = Looked::of(resource_type, name)
                        .filter(|looked| matches!(looked, Looked::Id) || looked.kind() == ParameterKind::Date);
                    let wrong =
                        || SearchError::new("`_sort` is by `date` or another date of the type, _lastUpdated or _id");
                    self.sort.push((looked.ok_or_else(wrong)?, falling));
                }
            }
            "_include" => self.include(resource_type, value)?,
            "_revinclude" if value == "Provenance:target" || value == "Provenance:target:*" => {
                self.with_provenance = true;
            }
            "_revinclude" => return Err(SearchError::new("`_revinclude` is `Provenance:target`: no other is known")),
            _ => {
                let (name, modifier) = name.split_once(':').map_or((name, ""), |(name, modifier)| (name, modifier));
                let looked = Looked::of(resource_type, name).ok_or_else(|| unknown(resource_type))?;
                match modifier {
                    "" => self.term(looked, value)?,
                    "missing" if ["true", "false"].contains(&value) => {
                        self.terms.push(Term { looked, test: Test::Missing(value == "true") });
                    }
                    "not" if looked.kind() == ParameterKind::Token => {
                        self.terms.push(Term { looked, test: Test::None(values(looked, value)?) });
                    }
                    _ => {
                        return Err(SearchError::new(
                            "a modifier that is not known: use `:not` of a token or `:missing`",
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    fn term(&mut self, looked: Looked, value: &str) -> Result<(), SearchError> {
        self.terms.push(Term { looked, test: Test::Any(values(looked, value)?) });
        Ok(())
    }

    /// `TYPE:PARAMETER`, perhaps with `:TARGET`.
    fn include(&mut self, resource_type: &'static str, value: &str) -> Result<(), SearchError> {
        let mut words = value.split(':');
        let (of, name, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
        if of != resource_type && of != "*" {
            return Err(SearchError::new(format!(
                "`_include` begins with the type that is searched: `{resource_type}:…`"
            )));
        }
        if name == "patient" || name == "subject" {
            self.with_patient = true;
            return Ok(());
        }
        let found = parameters(resource_type).iter().find(|parameter| {
            parameter.name == name
                && parameter.kind == ParameterKind::Reference
                && target.is_none_or(|target| parameter.targets.contains(&target))
        });
        let names = parameters(resource_type).iter().filter(|parameter| parameter.kind == ParameterKind::Reference);
        let names: Vec<&str> = names.map(|parameter| parameter.name).chain(["patient"]).collect();
        let wrong = || SearchError::new(format!("`_include` of {resource_type} may name {}", names.join(", ")));
        self.includes.push(found.ok_or_else(wrong)?);
        Ok(())
    }

    /// Whether the resource is what is asked for.
    #[must_use]
    pub fn matches(&self, candidate: &Candidate<'_>) -> bool {
        self.terms.iter().all(|term| term.holds(candidate))
    }

    /// What orders the resource among others; `None` where the search names no order.
    #[must_use]
    pub fn sort_key(&self, candidate: &Candidate<'_>) -> Option<SortKey> {
        let part = |(looked, falling): &(Looked, bool)| match looked {
            Looked::Id => (false, 0, if *falling { inverted(candidate.id) } else { candidate.id.to_owned() }),
            _ => {
                let found = looked.seconds(candidate);
                let least = found.iter().map(|(first, _)| *first).min();
                let most = found.iter().map(|(first, last)| if *last == i64::MAX { *first } else { *last }).max();
                let key = if *falling { most.map(|at| at.saturating_neg()) } else { least };
                (key.is_none(), key.unwrap_or_default(), String::new())
            }
        };
        (!self.sort.is_empty()).then(|| SortKey(self.sort.iter().map(part).collect()))
    }

    /// What the resource refers to that is wanted too.
    #[must_use]
    pub fn included(&self, json: Json<'_>) -> Vec<Included> {
        let mut all = Vec::new();
        for parameter in &self.includes {
            for node in nodes(parameter, json) {
                let reference = text(json, node, "reference");
                if !reference.is_empty() && !reference.starts_with('#') {
                    all.push((reference.into_owned(), parameter.targets.as_slice()));
                }
            }
        }
        all
    }

    /// Whether anything beside the matches is wanted.
    #[must_use]
    pub const fn includes_more(&self) -> bool {
        self.with_patient || self.with_provenance || !self.includes.is_empty()
    }
}

/// What a Provenance tells the origin of, as its source refers to it.
#[must_use]
pub fn targets(json: Json<'_>) -> Vec<String> {
    let written = each(json, Json::ROOT, "target").map(|node| text(json, node, "reference"));
    written.map(|reference| reference.split_once("/_history/").map_or(&*reference, |(r, _)| r).to_owned()).collect()
}

impl Term {
    fn holds(&self, candidate: &Candidate<'_>) -> bool {
        match &self.test {
            Test::Any(wanted) => wanted.iter().any(|wanted| self.looked.has(candidate, wanted)),
            Test::None(wanted) => !wanted.iter().any(|wanted| self.looked.has(candidate, wanted)),
            Test::Missing(missing) => self.looked.is_missing(candidate) == *missing,
        }
    }
}

impl Looked {
    fn has(self, candidate: &Candidate<'_>, wanted: &Wanted) -> bool {
        match (self, wanted) {
            (Self::Parameter(parameter), wanted) => {
                nodes(parameter, candidate.json).into_iter().any(|node| wanted.is(candidate.json, node))
            }
            (Self::Id, Wanted::Token { code, .. }) => candidate.id == code,
            (_, Wanted::Date { .. }) => self.seconds(candidate).into_iter().any(|found| wanted.is_between(found)),
            _ => false,
        }
    }

    fn is_missing(self, candidate: &Candidate<'_>) -> bool {
        match self {
            Self::Parameter(parameter) => nodes(parameter, candidate.json).is_empty(),
            Self::Matter => self.seconds(candidate).is_empty(),
            Self::Id | Self::LastUpdated => false,
        }
    }

    fn seconds(self, candidate: &Candidate<'_>) -> Vec<(i64, i64)> {
        match self {
            Self::Parameter(parameter) => {
                nodes(parameter, candidate.json).into_iter().filter_map(|node| seconds(candidate.json, node)).collect()
            }
            Self::LastUpdated => vec![(candidate.known_at, candidate.known_at)],
            Self::Matter => span(candidate.json, Json::ROOT).and_then(|span| span.seconds()).into_iter().collect(),
            Self::Id => Vec::new(),
        }
    }
}

/// The elements that a parameter looks at; none where its expression does not fit the resource.
fn nodes(parameter: &'static Parameter, json: Json<'_>) -> Vec<Node> {
    let found = parameter.path.evaluate(&Context::of(json)).unwrap_or_default();
    let node = |value| match value {
        Value::Element(element) => element.node(),
        _ => None,
    };
    found.into_iter().filter_map(node).collect()
}

fn values(looked: Looked, written: &str) -> Result<Vec<Wanted>, SearchError> {
    split(written, ',').iter().map(|part| Wanted::read(looked.kind(), part)).collect()
}

/// `system|number`.
fn number_of(written: &str) -> Result<Number, SearchError> {
    let wrong = "a person is found by `urn:oid:1.2.208.176.1.2|CPR`, or by an X-eCPR or D-eCPR with its system";
    let number = written.split_once('|').and_then(|(system, number)| Number::of(system, number));
    number.ok_or_else(|| SearchError::new(wrong))
}

fn types(written: &str) -> Result<Vec<&'static str>, SearchError> {
    let known = |name: &str| r4().resources().find(|known| *known == name);
    let all: Option<Vec<&'static str>> = written.split(',').map(known).collect();
    all.ok_or_else(|| SearchError::new("`_type` names types of FHIR R4, with commas between"))
}

fn unknown(resource_type: &str) -> SearchError {
    let mut names: Vec<&str> = parameters(resource_type).iter().map(|parameter| parameter.name).collect();
    names.extend(["patient", "date", "_id", "_lastUpdated", "_sort", "_count", "_include", "_revinclude", "_summary"]);
    names.sort_unstable();
    names.dedup();
    SearchError::new(format!("a parameter that is not known: {resource_type} has {}", names.join(", ")))
}

/// A text that sorts the other way round among texts of id's letters.
fn inverted(id: &str) -> String {
    let turned = id.chars().map(|c| char::from_u32(0x10_FFFF - c as u32).unwrap_or(char::MAX));
    turned.chain([char::MAX]).collect()
}

#[cfg(test)]
mod tests;
