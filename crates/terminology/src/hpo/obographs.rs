//! Reads obographs JSON. Only what the house uses is taken; unknown fields are passed over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indgang_model::HpoId;
use serde::Deserialize;

use super::{HpoError, ObsoleteTerm, Term, TermIndex};

pub(super) const REPLACED_BY: &str = "IAO_0100001";
pub(super) const ALTERNATIVE: &str = "hasAlternativeId";

#[derive(Deserialize)]
struct Document {
    graphs: Vec<Graph>,
}

#[derive(Deserialize, Default)]
pub(super) struct Graph {
    #[serde(default)]
    pub meta: Meta,
    #[serde(default)]
    pub nodes: Vec<Node>,
    #[serde(default)]
    pub edges: Vec<Edge>,
}

#[derive(Deserialize, Default)]
pub(super) struct Node {
    pub id: String,
    #[serde(default)]
    pub lbl: String,
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub meta: Meta,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Meta {
    pub version: String,
    pub deprecated: bool,
    pub synonyms: Vec<Value>,
    pub basic_property_values: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Value {
    #[serde(default)]
    pub pred: String,
    pub val: String,
}

#[derive(Deserialize)]
pub(super) struct Edge {
    pub sub: String,
    pub pred: String,
    pub obj: String,
}

pub(super) type Parts = (Box<str>, Vec<Term>, Vec<ObsoleteTerm>);

/// The release's name, current terms in topological order, and obsolete terms by identifier.
pub(super) fn parse(json: &[u8]) -> Result<Parts, HpoError> {
    let document: Document = serde_json::from_slice(json)?;
    let graph = document
        .graphs
        .into_iter()
        .max_by_key(|g| g.nodes.iter().filter(|n| hpo_id(&n.id).is_some()).count())
        .ok_or(HpoError::Empty)?;
    assembled(graph)
}

/// The same of a graph, however it was written.
pub(super) fn assembled(graph: Graph) -> Result<Parts, HpoError> {
    let mut current: BTreeMap<HpoId, Node> = BTreeMap::new();
    let mut obsolete: BTreeMap<HpoId, ObsoleteTerm> = BTreeMap::new();
    for node in graph.nodes {
        // Properties such as HP_0034334 share the number space but are no terms.
        let Some(id) = hpo_id(&node.id).filter(|_| node.kind == "CLASS") else { continue };
        if node.meta.deprecated {
            obsolete.insert(id, obsolete_term(id, &node));
        } else if current.insert(id, node).is_some() {
            return Err(HpoError::Duplicate(id));
        }
    }
    if current.is_empty() {
        return Err(HpoError::Empty);
    }
    let parents = parents(&graph.edges, &current)?;
    let terms = topological(current, &parents)?;
    Ok((release(&graph.meta.version), terms, obsolete.into_values().collect()))
}

/// `http://…/obo/hp/releases/2024-08-13/hp.json` → `2024-08-13`.
fn release(version: &str) -> Box<str> {
    version.split('/').rev().find(|p| p.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(version).into()
}

/// `http://…/HP_0000118` or `HP:0000118`.
fn hpo_id(text: &str) -> Option<HpoId> {
    let local = text.rsplit('/').next()?;
    local.replacen('_', ":", 1).parse().ok()
}

fn obsolete_term(id: HpoId, node: &Node) -> ObsoleteTerm {
    let replaced_by =
        node.meta.basic_property_values.iter().filter(|v| v.pred.ends_with(REPLACED_BY)).find_map(|v| hpo_id(&v.val));
    let name = node.lbl.strip_prefix("obsolete ").unwrap_or(&node.lbl).into();
    ObsoleteTerm { id, name, replaced_by }
}

fn parents(edges: &[Edge], current: &BTreeMap<HpoId, Node>) -> Result<HashMap<HpoId, Vec<HpoId>>, HpoError> {
    let mut parents: HashMap<HpoId, Vec<HpoId>> = HashMap::new();
    for edge in edges.iter().filter(|e| e.pred == "is_a") {
        let (Some(child), Some(parent)) = (hpo_id(&edge.sub), hpo_id(&edge.obj)) else { continue };
        if !current.contains_key(&child) {
            continue;
        }
        if !current.contains_key(&parent) {
            return Err(HpoError::Parent { child, parent });
        }
        parents.entry(child).or_default().push(parent);
    }
    Ok(parents)
}

/// Kahn's order, the smallest identifier first among those that may stand next.
fn topological(
    mut current: BTreeMap<HpoId, Node>,
    parents: &HashMap<HpoId, Vec<HpoId>>,
) -> Result<Vec<Term>, HpoError> {
    let mut children: HashMap<HpoId, Vec<HpoId>> = HashMap::new();
    let mut waiting: HashMap<HpoId, usize> = HashMap::new();
    for (child, above) in parents {
        waiting.insert(*child, above.len());
        for parent in above {
            children.entry(*parent).or_default().push(*child);
        }
    }
    let mut ready: BTreeSet<HpoId> = current.keys().filter(|id| !waiting.contains_key(id)).copied().collect();
    let mut place: HashMap<HpoId, TermIndex> = HashMap::with_capacity(current.len());
    let mut terms = Vec::with_capacity(current.len());
    while let Some(id) = ready.pop_first() {
        let Some(node) = current.remove(&id) else { continue };
        place.insert(id, TermIndex(terms.len() as u32));
        let above = parents.get(&id).map_or(&[][..], Vec::as_slice);
        terms.push(term(id, node, above.iter().filter_map(|p| place.get(p).copied()).collect()));
        for child in children.get(&id).map_or(&[][..], Vec::as_slice) {
            let left = waiting.entry(*child).or_insert(0);
            *left = left.saturating_sub(1);
            if *left == 0 {
                ready.insert(*child);
            }
        }
    }
    match current.keys().next() {
        Some(id) => Err(HpoError::Cycle(*id)),
        None => Ok(terms),
    }
}

fn term(id: HpoId, node: Node, mut parents: Vec<TermIndex>) -> Term {
    parents.sort_unstable();
    parents.dedup();
    let alternatives = node
        .meta
        .basic_property_values
        .iter()
        .filter(|v| v.pred.ends_with(ALTERNATIVE))
        .filter_map(|v| hpo_id(&v.val))
        .collect();
    let synonyms = node.meta.synonyms.into_iter().map(|s| s.val.into_boxed_str()).collect();
    Term { id, name: node.lbl.into_boxed_str(), synonyms, parents, alternatives }
}
