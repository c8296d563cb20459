//! A data set of DICOM as JSON: attributes by their tag, each with a value representation and values.

use crate::hl7;
use serde_json::Value;

/// A data set.
#[derive(Debug, Clone, Copy)]
pub struct Dataset<'j>(pub &'j Value);

impl<'j> Dataset<'j> {
    fn values(self, tag: &str) -> impl Iterator<Item = &'j Value> + use<'j> {
        self.0[tag]["Value"].as_array().into_iter().flatten()
    }

    /// Texts of an attribute.
    pub fn texts(self, tag: &str) -> impl Iterator<Item = &'j str> + use<'j> {
        self.values(tag).filter_map(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The first text.
    pub fn text(self, tag: &str) -> Option<&'j str> {
        self.texts(tag).next()
    }

    /// The first whole number, which some servers write as text.
    pub fn number(self, tag: &str) -> Option<u64> {
        let value = self.values(tag).next()?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// The first item of a sequence.
    pub fn item(self, tag: &str) -> Option<Self> {
        self.values(tag).next().map(Self)
    }

    /// A date with its time, where it is told, in the data set's time zone (0008,0201); without one it is Danish civil time.
    pub fn moment(self, date: &str, time: &str) -> Option<String> {
        let date = self.text(date)?;
        let time = self.text(time).unwrap_or_default();
        let zone = if time.is_empty() { "" } else { self.text("00080201").unwrap_or_default() };
        Some(hl7::moment(&format!("{date}{time}{zone}")))
    }
}
