//! Bundles: the resources in their entries, as texts.

use crate::json::{Json, Projection};
use std::borrow::Cow;

/// A resource of a Bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its number among the entries, from 0.
    pub index: usize,
    /// Bytes before it in the text of the Bundle.
    pub offset: usize,
    /// Its JSON.
    pub text: &'a str,
    /// Its `fullUrl`, by which others of the Bundle refer to it.
    pub full_url: Option<Cow<'a, str>>,
}

/// What [`entries`] looks at.
#[must_use]
pub fn projection() -> Projection {
    let mut projection = Projection::none();
    let entry = projection.member("entry");
    entry.member("fullUrl").want_whole();
    entry.member("resource");
    projection
}

/// The resources of a Bundle, Bundles in it as they stand; `None` where the text is no Bundle. Entries without a resource are left
/// out.
#[must_use]
pub fn entries(json: Json<'_>) -> Option<Vec<Entry<'_>>> {
    if json.member_string(Json::ROOT, "resourceType")? != "Bundle" {
        return None;
    }
    let Some(list) = json.member(Json::ROOT, "entry") else { return Some(Vec::new()) };
    let entry = |(index, node)| {
        let resource = json.member(node, "resource")?;
        let full_url = json.member_string(node, "fullUrl");
        Some(Entry { index, offset: json.offset(resource), text: json.raw(resource), full_url })
    };
    Some(json.children(list).enumerate().filter_map(entry).collect())
}
