//! A document of XML as elements that remember what was read of them, so that what a mapping leaves out can be told.
//!
//! Names are local ones: the prefix of a namespace is the writer's choice. Entities are not declared by documents (no DTD is
//! read), so that none can grow. Nesting and size are bounded.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::cell::Cell;
#[cfg(test)]
use std::collections::BTreeMap;

/// Deepest nesting that is read.
const DEEPEST: usize = 64;

/// What is no document that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Bytes that are no text.
    #[error("not UTF-8: convert the file")]
    NotText,
    /// Not well-formed.
    #[error("line {line}: {reason}")]
    Malformed {
        /// From 1.
        line: u64,
        /// What the parser said.
        reason: String,
    },
    /// It ends before its elements do.
    #[error("the file was cut: `{element}`, begun in line {line}, does not end")]
    Cut {
        /// The innermost element that is open.
        element: String,
        /// Where it begins.
        line: u64,
    },
    /// Nothing in it.
    #[error("no XML element in it")]
    Empty,
    /// Deeper than is read.
    #[error("line {line}: elements lie deeper than {DEEPEST} in each other")]
    Deep {
        /// From 1.
        line: u64,
    },
}

/// An element.
#[derive(Debug)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    /// The line it begins in, from 1.
    pub line: u64,
    attributes: Vec<(String, String, Cell<bool>)>,
    text: String,
    text_read: Cell<bool>,
    children: Vec<Element>,
}

impl Element {
    /// The outermost element of a document.
    ///
    /// # Errors
    /// [`XmlError`], with its line.
    pub fn read(bytes: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        Document::read(text.map_err(|_| XmlError::NotText)?)
    }

    /// Its children of a name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// All its children.
    pub fn children(&self) -> &[Self] {
        &self.children
    }

    /// The first element along a path of names: `effectiveTime/low`.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |element, name| element.children.iter().find(|child| child.name == name))
    }

    /// An attribute's value; empty ones are none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value, read) = self.attributes.iter().find(|(found, ..)| found == name)?;
        read.set(true);
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// Its own text, without what is around it; empty text is none.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text_read.set(true);
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The text at the end of a path.
    #[must_use]
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.text()
    }
}

#[cfg(test)]
impl Element {
    /// Counts, by path, the attributes and texts that nobody has read. `is_form` tells attributes that say only how the
    /// document is made.
    #[must_use]
    pub fn unread(&self, is_form: &dyn Fn(&Self, &str) -> bool) -> BTreeMap<String, u64> {
        self.values(false, is_form)
    }

    /// Counts, by path, the attributes and texts that were read.
    #[must_use]
    pub fn was_read(&self) -> BTreeMap<String, u64> {
        self.values(true, &|_, _| false)
    }

    fn values(&self, read: bool, is_form: &dyn Fn(&Self, &str) -> bool) -> BTreeMap<String, u64> {
        let mut all = BTreeMap::new();
        self.count(&self.name, read, is_form, &mut all);
        all
    }

    fn count(&self, path: &str, read: bool, is_form: &dyn Fn(&Self, &str) -> bool, all: &mut BTreeMap<String, u64>) {
        let attributes = self.attributes.iter().filter(|(name, _, was)| was.get() == read && !is_form(self, name));
        for (name, ..) in attributes {
            *all.entry(format!("{path}/@{name}")).or_default() += 1;
        }
        if self.text_read.get() == read && !self.text.trim().is_empty() {
            *all.entry(path.to_owned()).or_default() += 1;
        }
        for child in &self.children {
            child.count(&format!("{path}/{}", child.name), read, is_form, all);
        }
    }
}

/// A document while it is read.
struct Document<'d> {
    text: &'d str,
    open: Vec<Element>,
    root: Option<Element>,
    /// Bytes whose lines are counted, and the line they end in.
    counted: (usize, u64),
}

impl<'d> Document<'d> {
    fn read(text: &'d str) -> Result<Element, XmlError> {
        let mut document = Self { text, open: Vec::new(), root: None, counted: (0, 1) };
        let mut reader = Reader::from_str(text);
        loop {
            let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event();
            let line = document.line(before);
            let event = event.map_err(|error| match (&error, document.open.last()) {
                // Something that is begun and not closed before the end.
                (quick_xml::Error::Syntax(_), Some(open)) => {
                    XmlError::Cut { element: open.name.clone(), line: open.line }
                }
                _ => XmlError::Malformed { line, reason: error.to_string() },
            });
            match event? {
                Event::Start(start) => document.begin(&start, line)?,
                Event::Empty(start) => {
                    document.begin(&start, line)?;
                    document.end();
                }
                Event::End(_) => document.end(),
                Event::Text(text) => document.push(&decoded(text.decode(), line)?),
                Event::CData(text) => document.push(&decoded(text.decode(), line)?),
                Event::GeneralRef(entity) => {
                    let name = decoded(entity.decode(), line)?;
                    let text = quick_xml::escape::unescape(&format!("&{name};")).map(|text| text.into_owned());
                    document.push(&text.map_err(|error| XmlError::Malformed { line, reason: error.to_string() })?);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        match (document.open.pop(), document.root) {
            (Some(open), _) => Err(XmlError::Cut { element: open.name, line: open.line }),
            (None, Some(root)) => Ok(root),
            (None, None) => Err(XmlError::Empty),
        }
    }

    fn line(&mut self, position: usize) -> u64 {
        let (from, line) = self.counted;
        let passed = self.text.as_bytes().get(from..position).unwrap_or_default();
        let line = line + passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = (position.max(from), line);
        line
    }

    fn begin(&mut self, start: &BytesStart<'_>, line: u64) -> Result<(), XmlError> {
        if self.open.len() >= DEEPEST {
            return Err(XmlError::Deep { line });
        }
        let malformed = |reason: String| XmlError::Malformed { line, reason };
        if self.root.is_some() && self.open.is_empty() {
            return Err(malformed("a second document begins: write each to a file of its own".to_owned()));
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| malformed(error.to_string()))?;
            let value = attribute.unescape_value().map_err(|error| malformed(error.to_string()))?;
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            attributes.push((name, value.into_owned(), Cell::new(false)));
        }
        let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        let (text, text_read, children) = (String::new(), Cell::new(false), Vec::new());
        self.open.push(Element { name, line, attributes, text, text_read, children });
        Ok(())
    }

    fn end(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }
}

fn decoded<T: Into<String>>(
    text: Result<T, quick_xml::encoding::EncodingError>,
    line: u64,
) -> Result<String, XmlError> {
    text.map(Into::into).map_err(|error| XmlError::Malformed { line, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_tell_where_they_are_and_what_was_read() {
        let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE a>\n<x:a xmlns:x=\"u\" k=\"1\">\n <b v=\"&lt;2\"/><b>t &amp; u<![CDATA[ <c> ]]></b>\n</x:a>";
        let root = Element::read(text.as_bytes()).unwrap();
        assert_eq!((root.name.as_str(), root.line, root.all("b").count()), ("a", 3, 2));
        assert_eq!(root.at("b").unwrap().attribute("v"), Some("<2"));
        assert_eq!(root.children()[1].line, 4);
        let unread = root.unread(&|_, name| name.starts_with("xmlns"));
        assert_eq!(unread.into_iter().collect::<Vec<_>>(), [("a/@k".to_owned(), 1), ("a/b".to_owned(), 1)]);
        assert_eq!(root.children()[1].text(), Some("t & u <c>"));
        assert_eq!(root.was_read().into_keys().collect::<Vec<_>>(), ["a/b", "a/b/@v"]);
    }

    #[test]
    fn what_is_no_document() {
        let deep = "<a>".repeat(100);
        for (text, expected) in [
            ("", "no XML element"),
            ("{}", "no XML element"),
            ("<a>\n<b>\n", "`b`, begun in line 2"),
            ("<a>\n<b c=", "`a`, begun in line 1"),
            ("<a>\n</b>", "line 2"),
            ("<a>&canary;</a>", "line 1"),
            ("<a/>\n<b/>", "line 2: a second document"),
            (&deep, "deeper than 64"),
        ] {
            let error = Element::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert_eq!(Element::read(b"<a>\xff</a>").unwrap_err(), XmlError::NotText);
    }
}
