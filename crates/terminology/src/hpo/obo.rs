//! Reads the OBO 1.4 flat file into the graph that obographs JSON tells, so that both give one ontology.

use super::HpoError;
use super::obographs::{ALTERNATIVE, Edge, Graph, Node, REPLACED_BY, Value};

/// The tags that the house uses, of the header and of `[Term]`; the others are passed over.
pub(super) fn parse(text: &str) -> Result<Graph, HpoError> {
    let mut graph = Graph::default();
    let mut stanza = Stanza::Header;
    for (line, row) in (1..).zip(text.lines()).map(|(line, row)| (line, row.trim_end())) {
        if row.is_empty() || row.starts_with('!') {
            continue;
        }
        if row.starts_with('[') {
            stanza = if row == "[Term]" { Stanza::Term } else { Stanza::Other };
            if stanza == Stanza::Term {
                graph.nodes.push(Node { kind: "CLASS".to_owned(), ..Node::default() });
            }
            continue;
        }
        let error = |wanted| HpoError::Obo { line, value: row.chars().take(60).collect(), wanted };
        let (tag, value) = row.split_once(':').ok_or_else(|| error("a tag with `:` and a value"))?;
        let value = value.trim();
        match stanza {
            Stanza::Header if tag == "data-version" => graph.meta.version = value.to_owned(),
            Stanza::Term => tagged(&mut graph, tag, value).map_err(error)?,
            Stanza::Header | Stanza::Other => {}
        }
    }
    Ok(graph)
}

#[derive(PartialEq, Eq)]
enum Stanza {
    Header,
    Term,
    Other,
}

fn tagged(graph: &mut Graph, tag: &str, value: &str) -> Result<(), &'static str> {
    let Some(node) = graph.nodes.last_mut() else { return Ok(()) };
    let property = |pred: &str| Value { pred: pred.to_owned(), val: without_comment(value).to_owned() };
    match tag {
        "id" => node.id = value.to_owned(),
        "name" => node.lbl = unescaped(value),
        "alt_id" => node.meta.basic_property_values.push(property(ALTERNATIVE)),
        "replaced_by" => node.meta.basic_property_values.push(property(REPLACED_BY)),
        "is_obsolete" => node.meta.deprecated = without_comment(value) == "true",
        "synonym" => {
            let val = quoted(value).ok_or("a synonym in quotation marks")?;
            node.meta.synonyms.push(Value { pred: String::new(), val });
        }
        "is_a" => {
            if node.id.is_empty() {
                return Err("the parent of a term whose `id` stands before it");
            }
            let (sub, obj) = (node.id.clone(), without_comment(value).to_owned());
            graph.edges.push(Edge { sub, pred: "is_a".to_owned(), obj });
        }
        _ => {}
    }
    Ok(())
}

/// `HP:0000118 {source="x"} ! Phenotypic abnormality` → `HP:0000118`.
fn without_comment(value: &str) -> &str {
    value.split([' ', '\t']).next().unwrap_or(value)
}

/// `"Short \"stature\"" EXACT []` → `Short "stature"`.
fn quoted(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"')?;
    let mut escaped = false;
    let end = inside.char_indices().find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    })?;
    Some(unescaped(&inside[..end.0]))
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        out.extend(if c == '\\' { letters.next() } else { Some(c) });
    }
    out
}
