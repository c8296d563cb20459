//! Cedar as the house uses it: one request a situation, with every fact in the context.

use super::rule::Rule;
use super::{Condition, PolicyError, Situation};
use crate::BreakingGlassGround;
use cedar_policy::{
    Authorizer, Context, Entities, EntityTypeName, EntityUid, PolicyId, PolicySet, Request, RestrictedExpression,
    Schema, ValidationMode, Validator,
};
use indgang_model::Category;
use serde::Serialize;
use std::collections::HashMap;

/// What the rules answer; the numbers are positions in the list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Open(u8),
    Forbidden(u8),
    Closed,
}

pub(super) struct Engine {
    policies: PolicySet,
    positions: HashMap<PolicyId, u8>,
    entities: Entities,
    authorizer: Authorizer,
    principal: EntityUid,
    resource: EntityUid,
}

/// More would not fit the table of answers, and evaluation is linear in them.
const MOST_RULES: usize = 50;

impl Engine {
    pub(super) fn new(text: &str, schema: &str) -> Result<(Self, Vec<Rule>), PolicyError> {
        let invalid = |error: &dyn std::fmt::Display| PolicyError::Invalid(error.to_string());
        let (schema, warnings) = Schema::from_cedarschema_str(schema).map_err(|error| invalid(&error))?;
        if let Some(warning) = warnings.into_iter().next() {
            return Err(invalid(&warning));
        }
        let policies: PolicySet = text.parse().map_err(|error: cedar_policy::ParseErrors| invalid(&error))?;
        let outcome = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !outcome.validation_passed_without_warnings() {
            return Err(invalid(&outcome));
        }
        let mut in_order: Vec<_> = policies.policies().collect();
        // The parser numbers them `policy0`, `policy1`, … in the order of the text.
        in_order.sort_by_key(|policy| {
            let id: &str = policy.id().as_ref();
            id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().unwrap_or(usize::MAX)
        });
        let rules: Vec<Rule> = in_order.iter().map(|policy| Rule::read(policy)).collect::<Result<_, _>>()?;
        if rules.len() > MOST_RULES {
            return Err(invalid(&format_args!("there are {} rules; at most {MOST_RULES} are allowed", rules.len())));
        }
        if let Some(twice) = rules.iter().enumerate().find(|(n, rule)| rules[..*n].iter().any(|r| r.id == rule.id)) {
            return Err(invalid(&format_args!("the rule `{}` stands twice", twice.1.id)));
        }
        let positions = (0u8..).zip(&in_order).map(|(position, policy)| (policy.id().clone(), position)).collect();
        let entities = schema.action_entities().map_err(|error| invalid(&error))?;
        let engine = Self {
            positions,
            entities,
            authorizer: Authorizer::new(),
            principal: uid("User", "asks").map_err(|error| invalid(&error))?,
            resource: uid("Data", "asked").map_err(|error| invalid(&error))?,
            policies,
        };
        Ok((engine, rules))
    }

    pub(super) fn answer(&self, situation: &Situation, rules: &[Rule]) -> Answer {
        // A situation that cannot be put, or a rule that fails, closes: a forbid that is passed over must not open.
        let Ok(request) = self.request(situation) else { return Answer::Closed };
        let response = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        if response.diagnostics().errors().next().is_some() {
            return Answer::Closed;
        }
        let named = response.diagnostics().reason().filter_map(|id| self.positions.get(id).copied());
        match response.decision() {
            cedar_policy::Decision::Allow => named
                .filter(|position| rules[usize::from(*position)].in_force)
                .min()
                .map_or(Answer::Closed, Answer::Open),
            // A forbid that refuses the passage goes before one that only withholds a kind of data.
            cedar_policy::Decision::Deny => named
                .min_by_key(|position| (rules[usize::from(*position)].withholds, *position))
                .map_or(Answer::Closed, Answer::Forbidden),
        }
    }

    fn request(&self, situation: &Situation) -> Result<Request, Box<dyn std::error::Error>> {
        let action = uid("Action", &word(&situation.activity))?;
        let category = situation.category;
        let breaking_glass = match situation.breaking_glass {
            None => "no",
            Some(BreakingGlassGround::PatientPermits) => "patient_permits",
            Some(BreakingGlassGround::EssentialInterest) => "essential_interest",
        };
        let entity = |kind: &str, name: &str| uid(kind, name).map(RestrictedExpression::new_entity_uid);
        let is = |test: fn(Category) -> bool| RestrictedExpression::new_bool(category.is_some_and(test));
        let named = [
            ("role", entity("Role", &word(&situation.role))?),
            ("purpose", entity("Purpose", &word(&situation.purpose))?),
            ("category", entity("Category", &category.as_ref().map_or_else(|| "none".to_owned(), word))?),
            ("breaking_glass", entity("BreakingGlass", breaking_glass)?),
            ("relation", RestrictedExpression::new_long(situation.relation.rank().into())),
            ("genetic", is(Category::is_genetic)),
            ("tissue", is(Category::is_tissue)),
            ("health", is(Category::is_health)),
        ];
        let conditions = Condition::ALL.iter().map(|condition| {
            (condition.attribute(), RestrictedExpression::new_bool(situation.conditions.has(*condition)))
        });
        let pairs = named.into_iter().chain(conditions).map(|(name, value)| (name.to_owned(), value));
        let context = Context::from_pairs(pairs)?;
        Ok(Request::new(self.principal.clone(), action, self.resource.clone(), context, None)?)
    }
}

fn uid(kind: &str, name: &str) -> Result<EntityUid, Box<cedar_policy::ParseErrors>> {
    let kind = kind.parse::<EntityTypeName>().map_err(Box::new)?;
    Ok(EntityUid::from_type_name_and_id(kind, cedar_policy::EntityId::new(name)))
}

/// A word of the model as it is written in the policies.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Activity;
    use indgang_model::{Purpose, Role};

    #[test]
    fn the_shipped_policies_are_strictly_valid_and_few() {
        let (_, rules) = Engine::new(super::super::POLICIES, super::super::SCHEMA).expect("valid");
        assert!(rules.len() <= MOST_RULES && rules.iter().filter(|rule| !rule.opens).count() >= 8);
        assert_eq!(rules[0].id, "DK-37");
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        let annotated = |rest: &str| {
            format!(
                "@id(\"X\") @paragraph(\"p\") @says_en(\"e\") @says_da(\"d\") @source(\"s\") @date(\"2025\") @read(\"source\") {rest}"
            )
        };
        for (text, says) in [
            ("permit (principal, action, resource) when { context.role == \"doctor\" };", "Role"),
            ("permit (principal, action, resource) when { context.relation };", ""),
            ("permit (principal, action == Action::\"steal\", resource);", "steal"),
            ("permit (principal", ""),
            ("permit (principal, action, resource);", "@id"),
            (&annotated("forbid (principal, action, resource);"), "@reason"),
            (&annotated("permit (principal, action, resource);"), "@obligations"),
            (&annotated("@obligations(\"nonsense\") permit (principal, action, resource);"), "@obligations"),
            (
                &annotated(
                    "@obligations(\"\") permit (principal, action, resource) when { context.role == Role::\"king\" };",
                ),
                "king",
            ),
        ] {
            let error = Engine::new(text, super::super::SCHEMA).err().map(|error| error.to_string());
            assert!(error.as_ref().is_some_and(|error| error.contains(says)), "{text}: {error:?}");
        }
    }

    #[test]
    fn every_word_of_the_model_is_a_word_of_the_schema() {
        let words = Role::ALL.iter().map(word).chain(Purpose::ALL.iter().map(word));
        let words = words.chain(Category::ALL.iter().map(word)).chain(Activity::ALL.iter().map(word));
        for word in words {
            let known = super::super::SCHEMA.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|w| w == word);
            assert!(known, "{word}");
        }
    }
}
