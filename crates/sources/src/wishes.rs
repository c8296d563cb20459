//! `wishes.toml`: what each person of a family wishes to know.
//!
//! ```toml
//! [HG002]
//! secondary_findings = "all"        # all | treatable_or_preventable | none
//! recontact = true
//! research = false
//! shared_database = false
//! ```

use indgang_model::Wishes;
use std::collections::BTreeMap;

/// What is wrong with a file of wishes.
#[derive(Debug, thiserror::Error)]
pub enum WishesError {
    /// Not TOML, or a field or value that is not a wish.
    #[error(
        "line {line}: {message}; each person is a `[SAMPLE]` section with secondary_findings = \"all\" | \"treatable_or_preventable\" | \"none\" and recontact, research, shared_database = true | false"
    )]
    Syntax {
        /// 1-based.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A person who is not of the family.
    #[error(
        "line {line}: wishes for `{person}`, who is not in the pedigree (its people are {known}); correct the name or remove the section"
    )]
    UnknownPerson {
        /// 1-based.
        line: usize,
        /// The name.
        person: String,
        /// The pedigree's people.
        known: String,
    },
}

/// Reads the wishes of a family's people. Who is not named has the default: no to each.
// tidy: no grant, because the gate rules by these wishes and needs them first.
pub fn parse(text: &str, people: &[&str]) -> Result<BTreeMap<String, Wishes>, WishesError> {
    let wishes: BTreeMap<String, Wishes> = toml::from_str(text).map_err(|error| WishesError::Syntax {
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        message: error.message().to_owned(),
    })?;
    for person in wishes.keys() {
        if !people.contains(&person.as_str()) {
            let line = text.lines().position(|l| l.trim_start().starts_with('[') && l.contains(person.as_str()));
            return Err(WishesError::UnknownPerson {
                line: line.map_or(1, |l| l + 1),
                person: person.clone(),
                known: people.join(", "),
            });
        }
    }
    Ok(wishes)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_model::SecondaryFindingWish;

    #[test]
    fn wishes_by_person() {
        let wishes =
            parse("[child]\nsecondary_findings = \"all\"\nrecontact = true\n[father]\n", &["child", "father"]).unwrap();
        assert_eq!(wishes["child"].secondary_findings, SecondaryFindingWish::All);
        assert!(wishes["child"].recontact && !wishes["child"].research);
        assert_eq!(wishes["father"], Wishes::default());
    }

    #[test]
    fn mistakes_name_line_and_remedy() {
        for (text, part) in [
            ("[aunt]\n", "line 1: wishes for `aunt`, who is not in the pedigree (its people are child)"),
            ("\n[child]\nsecondary_findings = \"some\"\n", "line 3: "),
            ("[child]\nrecontact = 1\n", "line 2: "),
            ("[child]\nfavourite = true\n", "line 2: unknown field `favourite`"),
            ("[child\n", "line 1: "),
        ] {
            let message = parse(text, &["child"]).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
