//! From a provider's claims to a user of the house. Pure: the configuration and the claims go in.

use super::settings::{RoleRule, Settings};
use indgang_gate::UserId;
use indgang_model::{Cpr, PlaceId, Role};
use indgang_service::NewUser;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The longest name or organisation, in characters.
const LONGEST: usize = 200;

/// Why somebody whom the provider vouches for is nobody here. Repeats no claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMapped {
    /// No role.
    #[error("no value of the role claim is a role of the house")]
    NoRole,
    /// The identifier.
    #[error("the claim of the user's identifier is missing or is not 1 to 64 letters, digits, `-`, `_`, `.` or `@`")]
    User,
    /// The profession.
    #[error("the claim of the profession is not a code of the authorisation register")]
    Profession,
    /// The CPR number.
    #[error("the citizen has no CPR number among the claims, or it is not one")]
    Cpr,
    /// The person.
    #[error("the house knows no person with the citizen's CPR number")]
    Person,
}

/// A user as the claims describe her, and the CPR number by which a citizen is found.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub user: NewUser,
    pub cpr: Option<Cpr>,
}

/// The user that the claims describe.
pub(super) fn map(settings: &Settings, subject: &str, claims: &Map<String, Value>) -> Result<Mapped, NotMapped> {
    let names = &settings.claims;
    let text = |name: &Option<String>| name.as_ref().and_then(|name| find(claims, name)).and_then(word);
    let rule = rule(settings, claims).ok_or(NotMapped::NoRole)?;
    let id = match &names.user {
        None => hashed(&settings.issuer, subject),
        Some(name) => identifier(find(claims, name).and_then(word).ok_or(NotMapped::User)?)?,
    };
    let profession = match text(&names.profession) {
        Some(code) => Some(code.parse().map_err(|_| NotMapped::Profession)?),
        None => rule.profession,
    };
    let responsible = text(&names.on_responsibility_of).or_else(|| rule.on_responsibility_of.clone());
    let responsible = responsible.map(|value| match &names.user {
        None => Ok(hashed(&settings.issuer, &value)),
        Some(_) => identifier(value),
    });
    let cpr = match rule.role {
        Role::Citizen => Some(text(&names.cpr).and_then(|text| text.parse().ok()).ok_or(NotMapped::Cpr)?),
        _ => None,
    };
    let user = NewUser {
        display_name: find(claims, &names.name).and_then(word).unwrap_or_else(|| id.0.clone()),
        id,
        role: rule.role,
        person: None,
        profession,
        organisation: text(&names.organisation).or_else(|| rule.organisation.clone()).unwrap_or_default(),
        place: text(&names.place).or_else(|| rule.place.clone()).map(PlaceId),
        on_responsibility_of: responsible.transpose()?,
    };
    Ok(Mapped { user, cpr })
}

/// True when every claim the configuration asks for is there: nothing needs to be asked of the provider.
pub(super) fn complete(settings: &Settings, claims: &Map<String, Value>) -> bool {
    let names = &settings.claims;
    let wanted = [&names.user, &names.organisation, &names.profession, &names.place, &names.on_responsibility_of];
    let asked = wanted.into_iter().chain([&names.cpr]).flatten().chain([&names.name, &names.role]);
    asked.into_iter().all(|name| find(claims, name).is_some())
}

fn rule<'a>(settings: &'a Settings, claims: &Map<String, Value>) -> Option<&'a RoleRule> {
    let held = find(claims, &settings.claims.role)?;
    let holds = |rule: &&RoleRule| match held {
        Value::String(one) => *one == rule.value,
        Value::Array(all) => all.iter().any(|one| *one == rule.value.as_str()),
        _ => false,
    };
    settings.roles.iter().find(holds)
}

fn find<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let Some(path) = name.strip_prefix('/') else { return claims.get(name) };
    let mut parts = path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
    let first = claims.get(&parts.next()?)?;
    parts.try_fold(first, |value, part| match value {
        Value::Array(all) => all.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

/// A text without control characters and not longer than a name.
fn word(value: &Value) -> Option<String> {
    let text: String = value.as_str()?.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn identifier(text: String) -> Result<UserId, NotMapped> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@".contains(&b));
    if plain && text.len() <= 64 { Ok(UserId(text)) } else { Err(NotMapped::User) }
}

/// Opaque and the same each time: 128 bits of the hash of issuer and subject.
fn hashed(issuer: &str, subject: &str) -> UserId {
    let hash = Sha256::digest(format!("indgang user v1\n{issuer}\n{subject}"));
    UserId(hash.iter().take(16).fold("u-".to_owned(), |id, byte| format!("{id}{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(more: &str) -> Settings {
        let text = format!(
            r#"
            issuer = "https://login.example"
            client_id = "indgang"
            client_secret_env = "SECRET"
            redirect_url = "https://indgang.example/sign-in/callback"
            [claims]
            {more}
            role = "/groups/indgang"
            organisation = "org"
            profession = "auth"
            cpr = "cpr"
            on_responsibility_of = "chief"
            [[role]]
            value = "geneticist"
            role = "laboratory_geneticist"
            [[role]]
            value = "doctor"
            role = "authorised_health_professional"
            profession = "7170"
            place = "440001000016002"
            [[role]]
            value = "citizen"
            role = "citizen"
            "#
        );
        toml::from_str(&text).unwrap()
    }

    fn mapped(more: &str, claims: &str) -> Result<Mapped, NotMapped> {
        map(&settings(more), "subject", &serde_json::from_str(claims).unwrap())
    }

    #[test]
    fn roles_and_refusals() {
        for (claims, expected) in [
            (r#"{"groups":{"indgang":"doctor"}}"#, Ok(Role::AuthorisedHealthProfessional)),
            (r#"{"groups":{"indgang":["x","doctor"]}}"#, Ok(Role::AuthorisedHealthProfessional)),
            (r#"{"groups":{"indgang":["doctor","geneticist"]}}"#, Ok(Role::LaboratoryGeneticist)),
            (r#"{"groups":{"indgang":["Doctor"]}}"#, Err(NotMapped::NoRole)),
            (r#"{"groups":{"indgang":[]}}"#, Err(NotMapped::NoRole)),
            (r#"{"groups":{"indgang":{"doctor":true}}}"#, Err(NotMapped::NoRole)),
            (r#"{"groups":["doctor"]}"#, Err(NotMapped::NoRole)),
            ("{}", Err(NotMapped::NoRole)),
            (r#"{"groups":{"indgang":"doctor"},"auth":"0000"}"#, Err(NotMapped::Profession)),
            (r#"{"groups":{"indgang":"citizen"}}"#, Err(NotMapped::Cpr)),
            (r#"{"groups":{"indgang":"citizen"},"cpr":"0201609999x"}"#, Err(NotMapped::Cpr)),
            (r#"{"groups":{"indgang":"citizen"},"cpr":"0201609995"}"#, Ok(Role::Citizen)),
        ] {
            assert_eq!(mapped("", claims).map(|mapped| mapped.user.role), expected, "{claims}");
        }
    }

    #[test]
    fn a_claim_goes_before_what_the_rule_says() {
        let by_rule = mapped("", r#"{"groups":{"indgang":"doctor"}}"#).unwrap().user;
        assert_eq!(by_rule.profession.map(indgang_model::Profession::code), Some("7170"));
        assert_eq!(by_rule.place, Some(PlaceId("440001000016002".into())));
        assert!(by_rule.id.0.starts_with("u-") && by_rule.id.0.len() == 34, "{}", by_rule.id);
        let claims =
            r#"{"groups":{"indgang":"doctor"},"auth":"5166","org":"A\u0007 Hospital","name":"N","chief":"boss"}"#;
        let user = mapped("", claims).unwrap().user;
        assert_eq!(user.profession.map(indgang_model::Profession::code), Some("5166"));
        assert_eq!((user.organisation.as_str(), user.display_name.as_str()), ("A Hospital", "N"));
        assert_eq!(user.on_responsibility_of, Some(hashed("https://login.example", "boss")));
    }

    #[test]
    fn an_identifier_from_a_claim_is_plain() {
        for (id, good) in [("gg01", true), ("g.g@example", true), ("", false), ("a b", false), ("a/../b", false)] {
            let claims = format!(r#"{{"groups":{{"indgang":"doctor"}},"uid":"{id}"}}"#);
            assert_eq!(mapped(r#"user = "uid""#, &claims).is_ok(), good, "{id}");
        }
    }
}
