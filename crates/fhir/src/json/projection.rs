//! Which members of a text are wanted.

/// A tree of member names. A name stands also for its choices (`value` for `valueString`) and for the sibling that carries a
/// primitive's extensions (`_birthDate`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// Everything below.
    Whole,
    /// These members, and nothing else.
    Members(Vec<(String, Projection)>),
}

impl Projection {
    /// Nothing yet.
    #[must_use]
    pub const fn none() -> Self {
        Self::Members(Vec::new())
    }

    /// What is wanted of the member with this key; `None` for a member that is not wanted.
    #[must_use]
    #[inline]
    pub fn of(&self, key: &str) -> Option<&Projection> {
        match self {
            Self::Whole => Some(self),
            // What a resource is decides how it is read.
            Self::Members(_) if key == "resourceType" => Some(&Self::Whole),
            Self::Members(members) => members.iter().find(|(name, _)| stands_for(name, key)).map(|(_, inner)| inner),
        }
    }

    /// Wants the member too, and gives what is wanted of it.
    pub fn member(&mut self, name: &str) -> &mut Projection {
        match self {
            Self::Whole => self,
            Self::Members(members) => {
                let at = members.iter().position(|(n, _)| n == name).unwrap_or_else(|| {
                    members.push((name.to_owned(), Self::none()));
                    members.len() - 1
                });
                &mut members[at].1
            }
        }
    }

    /// Wants everything.
    pub fn want_whole(&mut self) {
        *self = Self::Whole;
    }
}

#[inline]
fn stands_for(name: &str, key: &str) -> bool {
    let (name, key) = (name.as_bytes(), key.as_bytes());
    let key = if key.first() == Some(&b'_') { &key[1..] } else { key };
    key.len() >= name.len()
        && key.first() == name.first()
        && &key[..name.len()] == name
        && key.get(name.len()).is_none_or(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_choices_and_the_sibling() {
        for (key, wanted) in [
            ("value", true),
            ("valueString", true),
            ("_value", true),
            ("_valueDate", true),
            ("values", false),
            ("val", false),
        ] {
            assert_eq!(stands_for("value", key), wanted, "{key}");
        }
    }
}
