//! Scopes of SMART App Launch 2: what the holder of a token may reach at most. They narrow what the house opens, and never widen it.
//!
//! `patient/Observation.rs?category=laboratory`, `user/*.cruds`; of version 1, `.read`, `.write` and `.*` (SMART App Launch 2.2.0,
//! "Scopes for requesting FHIR Resources").

use crate::model::r4;
use crate::search::{Candidate, Search};

/// What a token's holder does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read one by its id.
    Read,
    /// To find it among others.
    Search,
}

/// The scopes of a token that are about resources; what else it holds (`openid`, `launch`) opens nothing.
#[derive(Debug, Default)]
pub struct Scopes(Vec<Scope>);

/// Whose resources a scope is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Those of the person that the app was launched for.
    Patient,
    /// Those that the user may reach.
    User,
}

#[derive(Debug)]
struct Scope {
    reach: Reach,
    /// `None` for every type.
    resource_type: Option<&'static str>,
    read: bool,
    search: bool,
    condition: Option<Search>,
}

impl Scopes {
    /// The scopes of a claim, separated by spaces. One that is not understood opens nothing.
    #[must_use]
    pub fn parse(claim: &str) -> Self {
        Self(claim.split(' ').filter_map(Scope::parse).collect())
    }

    /// Whether any resource of the type may be reached; every type for `None`. `of_patient` tells that they are those of the
    /// person that the app was launched for.
    #[must_use]
    pub fn reach(&self, access: Access, resource_type: Option<&str>, of_patient: bool) -> bool {
        self.0.iter().any(|scope| {
            scope.opens(access, of_patient)
                && (resource_type.is_none() || scope.resource_type.is_none() || scope.resource_type == resource_type)
        })
    }

    /// Whether every resource of the type may be reached, by a scope without a condition.
    #[must_use]
    pub fn reach_all(&self, access: Access, resource_type: &str, of_patient: bool) -> bool {
        self.0.iter().any(|scope| {
            scope.opens(access, of_patient)
                && scope.condition.is_none()
                && scope.resource_type.is_none_or(|own| own == resource_type)
        })
    }

    /// Whether a resource may be reached.
    #[must_use]
    pub fn cover(&self, access: Access, resource_type: &str, candidate: &Candidate<'_>, of_patient: bool) -> bool {
        self.0.iter().any(|scope| {
            scope.opens(access, of_patient)
                && scope.resource_type.is_none_or(|own| own == resource_type)
                && scope.condition.as_ref().is_none_or(|condition| condition.matches(candidate))
        })
    }
}

impl Scope {
    fn parse(written: &str) -> Option<Self> {
        let (reach, rest) = written.split_once('/')?;
        let reach = match reach {
            "patient" => Reach::Patient,
            "user" => Reach::User,
            // `system` is for software without a user: nothing here is decided for nobody.
            _ => return None,
        };
        let (rest, condition) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (name, permissions) = rest.split_once('.')?;
        let resource_type = match name {
            "*" => None,
            name => Some(r4().resources().find(|known| *known == name)?),
        };
        let (read, search) = permissions_of(permissions)?;
        let condition = match (condition, resource_type) {
            (None, _) => None,
            (Some(query), Some(resource_type)) => Some(Search::condition(resource_type, &pairs(query)?).ok()?),
            // Which parameters every type has is not defined.
            (Some(_), None) => return None,
        };
        Some(Self { reach, resource_type, read, search, condition })
    }

    fn opens(&self, access: Access, of_patient: bool) -> bool {
        let permitted = match access {
            Access::Read => self.read,
            Access::Search => self.search,
        };
        permitted && (self.reach == Reach::User || of_patient)
    }
}

/// To read and to search, of `cruds` in that order or a word of version 1.
fn permissions_of(written: &str) -> Option<(bool, bool)> {
    match written {
        "read" | "*" => return Some((true, true)),
        "write" => return Some((false, false)),
        _ => {}
    }
    let places: Option<Vec<usize>> = written.chars().map(|c| "cruds".find(c)).collect();
    let places = places.filter(|places| !places.is_empty() && places.is_sorted_by(|a, b| a < b))?;
    Some((places.contains(&1), places.contains(&4)))
}

/// Pairs of a condition; escapes are resolved by none, since a scope is no address: `None` where one is there.
fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    if query.contains('%') {
        return None;
    }
    query.split('&').map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, Tape};

    const LABORATORY: &str =
        r#"{"resourceType":"Observation","category":[{"coding":[{"system":"urn:c","code":"laboratory"}]}]}"#;
    const VITAL: &str =
        r#"{"resourceType":"Observation","category":[{"coding":[{"system":"urn:c","code":"vital-signs"}]}]}"#;
    const CONDITION: &str = r#"{"resourceType":"Condition"}"#;

    #[test]
    fn a_scope_opens_what_it_says_and_nothing_else() {
        use Access::{Read, Search};
        for (scopes, access, resource, of_patient, expected) in [
            ("patient/Observation.rs", Read, LABORATORY, true, true),
            ("patient/Observation.rs", Read, LABORATORY, false, false),
            ("patient/Observation.rs", Read, CONDITION, true, false),
            ("patient/Observation.r", Search, LABORATORY, true, false),
            ("patient/Observation.s", Read, LABORATORY, true, false),
            ("user/Observation.rs", Search, LABORATORY, false, true),
            ("user/*.rs", Search, CONDITION, false, true),
            ("user/*.cruds", Read, CONDITION, false, true),
            ("user/*.cud", Read, CONDITION, false, false),
            ("patient/*.read", Search, CONDITION, true, true),
            ("patient/*.*", Search, CONDITION, true, true),
            ("patient/*.write", Read, CONDITION, true, false),
            ("patient/Observation.rs?category=laboratory", Read, LABORATORY, true, true),
            ("patient/Observation.rs?category=urn:c|laboratory", Search, LABORATORY, true, true),
            ("patient/Observation.rs?category=laboratory", Read, VITAL, true, false),
            (
                "patient/Observation.rs?category=vital-signs patient/Observation.rs?category=laboratory",
                Read,
                VITAL,
                true,
                true,
            ),
            ("openid fhirUser launch/patient patient/Condition.rs", Read, CONDITION, true, true),
            // What is not understood opens nothing.
            ("system/*.rs", Read, CONDITION, true, false),
            ("patient/Canary.rs", Read, CONDITION, true, false),
            ("patient/Condition.sr", Read, CONDITION, true, false),
            ("patient/Condition.", Read, CONDITION, true, false),
            ("patient/Condition.rr", Read, CONDITION, true, false),
            ("patient/Condition.rs?canary=1", Read, CONDITION, true, false),
            ("patient/Condition.rs?patient=other", Read, CONDITION, true, false),
            ("patient/Condition.rs?_sort=date", Read, CONDITION, true, false),
            ("patient/*.rs?_id=x", Read, CONDITION, true, false),
            ("patient/Condition.rs?code=a%7Cb", Read, CONDITION, true, false),
            ("Condition.rs", Read, CONDITION, true, false),
            ("", Read, CONDITION, true, false),
        ] {
            let mut tape = Tape::new();
            let json = tape.read(resource).unwrap();
            let resource_type = json.member_string(Json::ROOT, "resourceType").unwrap();
            let candidate = Candidate { json, id: "a", known_at: 0 };
            let parsed = Scopes::parse(scopes);
            assert_eq!(parsed.cover(access, &resource_type, &candidate, of_patient), expected, "{scopes} {resource}");
            if expected {
                assert!(
                    parsed.reach(access, Some(&resource_type), of_patient) && parsed.reach(access, None, of_patient)
                );
            }
        }
        assert!(!Scopes::parse("patient/Observation.rs").reach(Search, Some("Condition"), true));
        assert!(!Scopes::parse("patient/Observation.rs").reach(Search, None, false));
        let all = |scope: &str| Scopes::parse(scope).reach_all(Read, "Patient", true);
        assert!(
            all("patient/Patient.r")
                && all("user/*.rs")
                && !all("patient/Patient.rs?_id=x")
                && !all("user/Condition.rs")
        );
    }

    /// A condition only ever takes away.
    #[test]
    fn no_scope_with_a_condition_opens_more_than_without() {
        for condition in
            ["category=laboratory", "status=final", "code:not=x", "date=ge2024", "_id=a", "category:missing=true"]
        {
            for resource in [LABORATORY, VITAL, CONDITION] {
                let mut tape = Tape::new();
                let json = tape.read(resource).unwrap();
                let resource_type = json.member_string(Json::ROOT, "resourceType").unwrap();
                let covers = |scope: &str| {
                    let candidate = Candidate { json, id: "a", known_at: 0 };
                    Scopes::parse(scope).cover(Access::Read, &resource_type, &candidate, true)
                };
                let with = covers(&format!("patient/Observation.rs?{condition}"));
                assert!(!with || covers("patient/Observation.rs"), "{condition} {resource}");
            }
        }
    }
}
