//! Reading the JSON of a ViewDefinition, element by element.

use super::ViewError;
use serde_json::{Map, Value};

/// An object of the definition with its place.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub at: String,
    object: &'a Map<String, Value>,
}

impl<'a> Part<'a> {
    pub fn root(value: &'a Value) -> Result<Self, ViewError> {
        Self::of(value, String::new())
    }

    fn of(value: &'a Value, at: String) -> Result<Self, ViewError> {
        match value.as_object() {
            Some(object) => Ok(Self { at, object }),
            None => {
                Err(ViewError::new(if at.is_empty() { "ViewDefinition" } else { &at }, "an object is wanted: `{…}`"))
            }
        }
    }

    pub fn place(&self, name: &str) -> String {
        if self.at.is_empty() { name.to_owned() } else { format!("{}.{name}", self.at) }
    }

    pub fn error(&self, name: &str, message: impl Into<String>) -> ViewError {
        ViewError::new(self.place(name), message)
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|v| !v.is_null())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, ViewError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
            Some(_) => Err(self.error(name, "a text is wanted: write it in double quotes")),
        }
    }

    pub fn required(&self, name: &str) -> Result<&'a str, ViewError> {
        self.text(name)?.ok_or_else(|| self.error(name, "is missing"))
    }

    pub fn truth(&self, name: &str) -> Result<bool, ViewError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(_) => Err(self.error(name, "`true` or `false` is wanted")),
        }
    }

    /// The objects of a list; none where it is absent.
    pub fn parts(&self, name: &str) -> Result<Vec<Part<'a>>, ViewError> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(i, v)| Part::of(v, format!("{}[{i}]", self.place(name)))).collect()
            }
            Some(_) => Err(self.error(name, "a list is wanted: `[…]`")),
        }
    }

    pub fn texts(&self, name: &str) -> Result<Vec<(String, &'a str)>, ViewError> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let text = |(i, item): (usize, &'a Value)| {
                    let place = format!("{}[{i}]", self.place(name));
                    match item.as_str() {
                        Some(text) => Ok((place, text)),
                        None => Err(ViewError::new(place, "a text is wanted: write it in double quotes")),
                    }
                };
                items.iter().enumerate().map(text).collect()
            }
            Some(_) => Err(self.error(name, "a list of expressions is wanted: `[…]`")),
        }
    }

    /// Members whose names begin so, with what follows.
    pub fn beginning(&self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.object.iter().filter_map(move |(k, v)| Some((k.strip_prefix(prefix)?, v)))
    }

    /// Refuses a member that is nearly one of those that mean something: a slip would be passed over in silence.
    pub fn refuse_slips(&self, known: &[&str]) -> Result<(), ViewError> {
        for key in self.object.keys().filter(|k| !known.contains(&k.as_str())) {
            let near = known.iter().find(|k| {
                k.len() > 3 && k.to_lowercase().trim_end_matches('s') == key.to_lowercase().trim_end_matches('s')
            });
            if let Some(near) = near {
                return Err(self.error(key, format!("no such element: did you mean `{near}`?")));
            }
        }
        Ok(())
    }
}

/// Whether a text can name a column or table everywhere: a letter, then letters, digits and underscores.
pub(super) fn is_sql_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
