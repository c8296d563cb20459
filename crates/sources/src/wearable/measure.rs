//! What was measured: codes and units of Open mHealth's schemas, and the value or the parts of a body.

use super::OMH;
use crate::hl7::{coding, object};
use serde_json::{Map, Value, json};

const UCUM: &str = "http://unitsofmeasure.org";

/// A code of LOINC with its words.
type Loinc = Option<(&'static str, &'static str)>;

/// A schema that is read.
pub struct Schema {
    name: &'static str,
    /// The code of what it measures.
    pub loinc: Loinc,
    /// Its measures: the member of the body, and the code where the member is a part.
    measures: &'static [(&'static str, Loinc)],
}

const fn one(name: &'static str, loinc: Loinc, measures: &'static [(&'static str, Loinc)]) -> Schema {
    Schema { name, loinc, measures }
}

const SCHEMAS: [Schema; 25] = [
    one("ambient-temperature", Some(("60832-3", "Room temperature")), &[("ambient_temperature", None)]),
    one("blood-glucose", Some(("2339-0", "Glucose [Mass/volume] in Blood")), &[("blood_glucose", None)]),
    one(
        "blood-pressure",
        Some(("85354-9", "Blood pressure panel with all children optional")),
        &[
            ("systolic_blood_pressure", Some(("8480-6", "Systolic blood pressure"))),
            ("diastolic_blood_pressure", Some(("8462-4", "Diastolic blood pressure"))),
        ],
    ),
    one("body-fat-percentage", Some(("41982-0", "Percentage of body fat Measured")), &[("body_fat_percentage", None)]),
    one("body-height", Some(("8302-2", "Body height")), &[("body_height", None)]),
    one("body-mass-index", Some(("39156-5", "Body mass index (BMI) [Ratio]")), &[("body_mass_index", None)]),
    one("body-temperature", Some(("8310-5", "Body temperature")), &[("body_temperature", None)]),
    one("body-weight", Some(("29463-7", "Body weight")), &[("body_weight", None)]),
    one("breath-carbon-monoxide", None, &[("breath_carbon_monoxide", None)]),
    one("calories-burned", Some(("41981-2", "Calories burned")), &[("kcal_burned", None)]),
    one(
        "diastolic-blood-pressure",
        Some(("8462-4", "Diastolic blood pressure")),
        &[("diastolic_blood_pressure", None)],
    ),
    one("expiratory-time", None, &[("expiratory_time", None)]),
    one("heart-rate", Some(("8867-4", "Heart rate")), &[("heart_rate", None)]),
    one("inspiratory-time", None, &[("inspiratory_time", None)]),
    one("minute-volume", None, &[("minute_volume", None)]),
    one("minutes-moderate-activity", None, &[("minutes_moderate_activity", None)]),
    one(
        "oxygen-saturation",
        Some(("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry")),
        &[("oxygen_saturation", None)],
    ),
    one("pace", None, &[("pace", None)]),
    one("physical-activity", Some(("73985-4", "Exercise activity")), &[]),
    one("respiratory-rate", Some(("9279-1", "Respiratory rate")), &[("respiratory_rate", None)]),
    one("rr-interval", Some(("8637-1", "R-R interval")), &[("rr_interval", None)]),
    one("sleep-duration", Some(("93832-4", "Sleep duration")), &[("sleep_duration", None)]),
    one("sleep-episode", None, &[]),
    one("speed", None, &[("speed", None)]),
    one("step-count", Some(("55423-8", "Number of steps in unspecified time Pedometer")), &[("step_count", None)]),
];

/// The sum of a night's sleep has another member and the same meaning as its duration; so has the systolic pressure alone.
const ALIKE: [Schema; 3] = [
    one("systolic-blood-pressure", Some(("8480-6", "Systolic blood pressure")), &[("systolic_blood_pressure", None)]),
    one("total-sleep-time", Some(("93832-4", "Sleep duration")), &[("total_sleep_time", None)]),
    one("ventilation-cycle-time", None, &[("ventilation_cycle_time", None)]),
];

/// A schema by its name.
pub fn schema(name: &str) -> Option<&'static Schema> {
    SCHEMAS.iter().chain(&ALIKE).find(|schema| schema.name == name)
}

/// How measures are named: a least, greatest or mean value is another matter than what was measured.
pub struct Names<'b> {
    /// Which statistic of several measurements it is.
    pub statistic: Option<&'b str>,
    /// Over which time.
    pub of: Option<&'b str>,
}

impl Names<'_> {
    /// The CodeableConcept of a schema or a member.
    pub fn code(&self, name: &str, loinc: Loinc) -> Value {
        let words = name.replace(['-', '_'], " ");
        // An address has no spaces: `standard deviation` is one of the statistics.
        let under = |statistic: &str| format!("{OMH}#{}", statistic.replace(' ', "-"));
        let (system, loinc, text) = match (self.statistic, self.of) {
            (None, _) => (OMH.to_owned(), loinc, words),
            (Some(statistic), None) => (under(statistic), None, format!("{words} ({statistic})")),
            (Some(statistic), Some(of)) => (under(statistic), None, format!("{words} ({statistic}, {of})")),
        };
        let loinc = loinc.map(|(code, display)| coding("http://loinc.org", code, Some(display)));
        let codes: Vec<Value> = loinc.into_iter().chain([coding(&system, name, None)]).collect();
        json!({ "coding": codes, "text": text })
    }
}

/// Members that are told elsewhere than among what was measured.
const ELSEWHERE: [&str; 4] =
    ["effective_time_frame", "user_notes", "descriptive_statistic", "descriptive_statistic_denominator"];

/// The value or the parts of a body, each with the member of Observation it goes into.
pub fn measured(
    schema: &Schema,
    body: &Map<String, Value>,
    names: &Names<'_>,
) -> Result<Vec<(&'static str, Value)>, String> {
    let mut found = Vec::new();
    let mut parts = Vec::new();
    let alone = matches!(schema.measures, [(only, None)] if body.contains_key(*only));
    for (member, value) in body.iter().filter(|(member, _)| !ELSEWHERE.contains(&member.as_str())) {
        let measure = schema.measures.iter().find(|(name, _)| name == member);
        let value = part_value(member, value)?;
        match measure {
            Some(_) if alone => found.push(value),
            measure => {
                let code = names.code(member, measure.and_then(|(_, loinc)| *loinc));
                let (name, value) = value;
                parts.push(object([("code", code), (name, value)]));
            }
        }
    }
    if !parts.is_empty() {
        found.push(("component", json!(parts)));
    }
    Ok(found)
}

fn part_value(member: &str, value: &Value) -> Result<(&'static str, Value), String> {
    let quantity = value.get("value").filter(|number| number.is_number());
    match value {
        Value::Object(_) if quantity.is_some() => {
            let unit = value["unit"].as_str();
            let code = unit.and_then(ucum);
            let system = code.map(|_| UCUM);
            Ok((
                "valueQuantity",
                object([
                    ("value", json!(quantity)),
                    ("unit", json!(unit)),
                    ("system", json!(system)),
                    ("code", json!(code)),
                ]),
            ))
        }
        Value::Number(_) => Ok(("valueQuantity", json!({ "value": value }))),
        Value::String(_) => Ok(("valueString", value.clone())),
        Value::Bool(_) => Ok(("valueBoolean", value.clone())),
        _ => Err(format!("`{member}` is neither a value with a unit nor a word: it is not read here")),
    }
}

/// The code of UCUM for a unit of Open mHealth; none where there is none, or none is sure.
fn ucum(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "beats/min" | "breaths/min" => "/min",
        "steps" => "{steps}",
        "mmHg" => "mm[Hg]",
        "F" => "[degF]",
        "C" => "Cel",
        "lb" => "[lb_av]",
        "oz" => "[oz_av]",
        "in" => "[in_i]",
        "ft" => "[ft_i]",
        "mi" => "[mi_i]",
        "sec" | "s" => "s",
        "kg/m2" | "kg/m^2" => "kg/m2",
        "ppm" => "[ppm]",
        "kg" => "kg",
        "g" => "g",
        "mg" => "mg",
        "m" => "m",
        "cm" => "cm",
        "mm" => "mm",
        "km" => "km",
        "kcal" => "kcal",
        "%" => "%",
        "mg/dL" => "mg/dL",
        "mmol/L" => "mmol/L",
        "ms" => "ms",
        "min" => "min",
        "h" => "h",
        "d" => "d",
        "L/min" => "L/min",
        "m/s" => "m/s",
        "km/h" => "km/h",
        _ => return None,
    })
}
