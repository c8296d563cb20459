//! The catalogue as HealthDCAT-AP, release 8: one `dcat:Dataset` a table, at the access level NON_PUBLIC, in JSON-LD.
//!
//! There is no `dcat:Catalog` around them: the catalogue that they are harvested into is the one, as in the examples of
//! the release. Of its closed lists only values are used that the release's own documents name.

use super::{Catalogue, CatalogueTable, Contact, Publisher, RowCount};
use indgang_lake::{Both, Description, Descriptions};
use serde_json::{Value, json};

const EHDS: &str = "http://data.europa.eu/eli/reg/2025/327/oj";
const EU: &str = "http://publications.europa.eu/resource/authority/";
const HEALTH: &str = "https://hdeu-dcat.data.health.europa.eu/resource/authority/";

/// The tables that hold something, as JSON-LD.
pub fn to_json_ld(catalogue: &Catalogue, publisher: &Publisher) -> Value {
    let mut graph = vec![agent(publisher, "holder"), agent(publisher, "access-body")];
    // Of a table of OMOP the house does not know whom it covers and from when, which the profile demands.
    let filled = catalogue.tables.iter().filter(|table| table.rows != RowCount::None);
    for (table, said) in filled.filter_map(|table| Some((table, table.said?))) {
        graph.push(dataset(catalogue, publisher, (table, said)));
    }
    json!({ "@context": context(), "@graph": graph })
}

fn context() -> Value {
    json!({
        "adms": "http://www.w3.org/ns/adms#",
        "csvw": "http://www.w3.org/ns/csvw#",
        "cv": "http://data.europa.eu/m8g/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcatap": "http://data.europa.eu/r5r/",
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "dpv-pd": "https://w3id.org/dpv/dpv-pd#",
        "dqv": "http://www.w3.org/ns/dqv#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geodcatap": "http://data.europa.eu/930/",
        "healthdcatap": "http://healthdataportal.eu/ns/health#",
        "oa": "http://www.w3.org/ns/oa#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

fn dataset(catalogue: &Catalogue, publisher: &Publisher, (table, said): (&CatalogueTable, &Description)) -> Value {
    let Descriptions { legal_basis, purpose, .. } = catalogue.said;
    let id = id(publisher, table.name);
    let title =
        Both { da: format!("{} ({})", table.means_da, table.name), en: format!("{} ({})", table.means_en, table.name) };
    let about = Both {
        da: format!("{}. {}", capital(table.means_da), said.quality.da),
        en: format!("{}. {}", capital(table.means_en), said.quality.en),
    };
    let provenance = Both {
        da: format!("Modtaget fra {} og taget ind uden CPR-numre.", said.holder),
        en: format!("Received from {} and taken in without civil registration numbers.", said.holder),
    };
    let mut dataset = json!({
        "@id": id,
        "@type": "dcat:Dataset",
        "dct:title": languages(&title),
        "dct:description": languages(&about),
        "dct:identifier": id,
        "dct:accessRights": { "@id": format!("{EU}access-right/NON_PUBLIC") },
        "dcatap:applicableLegislation": { "@id": EHDS },
        "dct:type": concept(&format!("{EU}dataset-type/"), "PERSONAL_DATA"),
        "dcat:theme": concept(&format!("{EU}data-theme/"), "HEAL"),
        "dct:spatial": { "@id": format!("{EU}country/DNK") },
        "dct:language": { "@id": format!("{EU}language/DAN") },
        "dct:accrualPeriodicity": { "@id": format!("{EU}frequency/{}", said.frequency) },
        "dct:temporal": period(Some((said.from, "01-01")), said.until.map(|until| (until, "12-31"))),
        "dct:provenance": { "@type": "dct:ProvenanceStatement", "rdfs:label": languages(&provenance) },
        "dct:publisher": { "@id": format!("{}#holder", base(publisher)) },
        "geodcatap:custodian": { "@id": format!("{}#holder", base(publisher)) },
        "healthdcatap:hdab": { "@id": format!("{}#access-body", base(publisher)) },
        "dcat:contactPoint": {
            "@type": "vcard:Kind",
            "vcard:hasEmail": { "@id": format!("mailto:{}", publisher.holder.email) },
            "vcard:hasURL": { "@id": publisher.holder.page },
        },
        "dcat:landingPage": { "@id": id },
        "dcat:keyword": keywords(&said.keywords),
        "dcat:distribution": distribution(&id),
        "healthdcatap:healthCategory": concepts(&format!("{HEALTH}healthcategories/"), &said.categories),
        "healthdcatap:healthTheme": concept(&format!("{HEALTH}health-theme/"), "HEALTH_SYSTEMS"),
        "healthdcatap:populationCoverage": languages(&said.population),
        "healthdcatap:hasStructuredData": true,
        "healthdcatap:hasVariables": variables(&id, table, &title),
        "healthdcatap:hasCodeValues": said.codes,
        "dpv:hasPersonalData": said.personal.iter().map(|name| json!({ "@id": format!("dpv-pd:{name}") })).collect::<Vec<_>>(),
        "dpv:hasLegalBasis": { "@type": "dpv:LegalBasis", "dct:description": languages(legal_basis) },
        "dpv:hasPurpose": { "@type": "dpv:Purpose", "dct:description": languages(purpose) },
        "dqv:hasQualityAnnotation": {
            "@type": "dqv:QualityAnnotation",
            "oa:hasTarget": { "@id": id },
            "oa:motivatedBy": { "@id": "dqv:qualityAssessment" },
            "oa:hasBody": { "@type": "oa:TextualBody", "rdfs:label": languages(&said.quality) },
        },
    });
    if let RowCount::About(rows) = table.rows {
        dataset["healthdcatap:numberOfRecords"] = typed(&rows.to_string(), "nonNegativeInteger");
    }
    if let Some((_, at)) = catalogue.snapshot {
        dataset["dct:modified"] = typed(&at.to_string(), "dateTime");
    }
    if let (Some(until), Some((_, at))) = (publisher.kept_until, catalogue.snapshot) {
        let from = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        dataset["healthdcatap:retentionPeriod"] = json!({
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": typed(&from.to_string(), "date"),
            "dcat:endDate": typed(&until.to_string(), "date"),
        });
    }
    dataset
}

/// The way to the data: a permit. The rows themselves are not published.
fn distribution(id: &str) -> Value {
    let title = Both { da: "Adgang under en tilladelse".to_owned(), en: "Access under a permit".to_owned() };
    let about = Both {
        da: "Rækkerne offentliggøres ikke. Spørgsmål i SQL besvares i det sikre miljø for dem, der har en tilladelse; små tal vises ikke.".to_owned(),
        en: "The rows are not published. Questions in SQL are answered in the secure environment for those who hold a permit; small counts are not shown.".to_owned(),
    };
    let rights = Both {
        da: "Adgang kræver en tilladelse (Sundhedsloven § 46; forordning (EU) 2025/327, artikel 68).".to_owned(),
        en: "Access demands a permit (Danish Health Act § 46; Regulation (EU) 2025/327, Article 68).".to_owned(),
    };
    json!({
        "@id": format!("{id}#access"),
        "@type": "dcat:Distribution",
        "dct:title": languages(&title),
        "dct:description": languages(&about),
        "dcat:accessURL": { "@id": id },
        "dcatap:applicableLegislation": { "@id": EHDS },
        "dct:format": { "@id": format!("{EU}file-type/PARQUET") },
        "dct:rights": { "@type": "dct:RightsStatement", "rdfs:label": languages(&rights) },
    })
}

fn variables(id: &str, table: &CatalogueTable, title: &Both) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            json!({
                "@id": format!("{id}#{}", column.name),
                "@type": "csvw:Column",
                "csvw:name": column.name,
                "csvw:title": column.name,
                "csvw:datatype": column.datatype,
                "dct:description": [
                    { "@value": column.means_da, "@language": "da" },
                    { "@value": column.means_en, "@language": "en" },
                ],
            })
        })
        .collect();
    json!({
        "@id": format!("{id}#variables"),
        "@type": "csvw:TableGroup",
        "dct:title": languages(title),
        "csvw:table": {
            "@id": format!("{id}#table"),
            "@type": "csvw:Table",
            "dct:title": languages(title),
            "csvw:column": columns,
        },
    })
}

fn agent(publisher: &Publisher, which: &str) -> Value {
    let Contact { name, email, page } = if which == "holder" { &publisher.holder } else { &publisher.access_body };
    json!({
        "@id": format!("{}#{which}", base(publisher)),
        "@type": "foaf:Agent",
        "foaf:name": name,
        "foaf:homepage": { "@id": page },
        "cv:contactPoint": {
            "@type": "cv:ContactPoint",
            "cv:email": email,
            "cv:contactPage": { "@id": page },
        },
    })
}

fn base(publisher: &Publisher) -> String {
    format!("{}/catalogue", publisher.address.trim_end_matches('/'))
}

fn id(publisher: &Publisher, table: &str) -> String {
    format!("{}/{table}", base(publisher))
}

fn languages(text: &Both) -> Value {
    json!([{ "@value": text.da, "@language": "da" }, { "@value": text.en, "@language": "en" }])
}

fn keywords(words: &Both<Vec<String>>) -> Value {
    let of = |language: &'static str| move |word: &String| json!({ "@value": word, "@language": language });
    words.da.iter().map(of("da")).chain(words.en.iter().map(of("en"))).collect()
}

/// A value of a list, with the list that it is of.
fn concept(list: &str, code: &str) -> Value {
    json!({ "@id": format!("{list}{code}"), "@type": "skos:Concept", "skos:inScheme": { "@id": list.trim_end_matches('/') } })
}

fn concepts(list: &str, codes: &[String]) -> Value {
    codes.iter().map(|code| concept(list, code)).collect()
}

fn period(from: Option<(i16, &str)>, until: Option<(i16, &str)>) -> Value {
    let mut period = json!({ "@type": "dct:PeriodOfTime" });
    for (name, day) in [("dcat:startDate", from), ("dcat:endDate", until)] {
        if let Some((year, day)) = day {
            period[name] = typed(&format!("{year}-{day}"), "date");
        }
    }
    period
}

fn typed(text: &str, datatype: &str) -> Value {
    json!({ "@value": text, "@type": format!("xsd:{datatype}") })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{CatalogueTable, of};
    use super::*;
    use indgang_lake::descriptions;
    use indgang_lake::house::{Manifest, Part};
    use indgang_lake::registers::REGISTERS;

    fn sample() -> Value {
        let part = |rows| Part {
            file: String::new(),
            source: String::new(),
            sha256: String::new(),
            rows,
            rejected: 0,
            sources: Vec::new(),
        };
        let tables = REGISTERS.iter().map(|register| (register.name.to_owned(), vec![part(12_345)])).collect();
        let manifest = Manifest { tables, ..Manifest::default() };
        let said = descriptions();
        let tables: Vec<CatalogueTable> = REGISTERS.iter().map(|register| of(register, &manifest)).collect();
        let snapshot = Some((1, "2026-11-23T12:00:00Z".parse().unwrap()));
        let publisher = Publisher { kept_until: Some(jiff::civil::date(2036, 12, 31)), ..Publisher::demo() };
        to_json_ld(&Catalogue { tables, snapshot, said }, &publisher)
    }

    /// How often a property stands at a node, and whether each value fits.
    fn check(node: &Value, path: &str, least: usize, most: usize, fits: fn(&Value) -> bool) {
        let values = match &node[path] {
            Value::Null => Vec::new(),
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        };
        let at = &node["@id"];
        assert!((least..=most).contains(&values.len()), "{at}: {path} stands {} times", values.len());
        values.into_iter().for_each(|value| assert!(fits(value), "{at}: {path} is {value}"));
    }

    fn is_iri(value: &Value) -> bool {
        value["@id"].as_str().is_some_and(|id| id.contains(':') && !id.contains(' '))
    }

    fn is_node(value: &Value) -> bool {
        value.is_object() && value.get("@value").is_none()
    }

    fn is_literal(value: &Value) -> bool {
        value.is_string() || value.is_boolean() || value["@value"].is_string()
    }

    fn is_count(value: &Value) -> bool {
        value["@type"] == "xsd:nonNegativeInteger" && value["@value"].as_str().is_some_and(|n| n.parse::<u64>().is_ok())
    }

    // The core constraints of release 8 for NON_PUBLIC (`shapes/non-public-shapes.ttl` of its validator), by hand.
    #[test]
    fn every_dataset_has_what_the_release_demands() {
        let catalogue = sample();
        let graph = catalogue["@graph"].as_array().unwrap();
        let datasets: Vec<&Value> = graph.iter().filter(|node| node["@type"] == "dcat:Dataset").collect();
        assert_eq!(datasets.len(), REGISTERS.len());
        const MANY: usize = usize::MAX;
        for dataset in datasets {
            for (path, least, most, fits) in [
                ("dct:title", 1, MANY, is_literal as fn(&Value) -> bool),
                ("dct:description", 1, MANY, is_literal),
                ("dct:accessRights", 1, 1, is_iri),
                ("dcatap:applicableLegislation", 1, MANY, is_iri),
                ("dcat:distribution", 1, MANY, is_node),
                ("dct:identifier", 1, MANY, is_literal),
                ("dct:publisher", 1, 1, is_node),
                ("dcat:theme", 1, MANY, is_iri),
                ("dpv:hasPurpose", 0, MANY, is_node),
                ("healthdcatap:hdab", 1, 1, is_node),
                ("geodcatap:custodian", 0, 1, is_node),
                ("healthdcatap:healthCategory", 1, MANY, is_iri),
                ("healthdcatap:healthTheme", 0, MANY, is_node),
                ("healthdcatap:hasStructuredData", 1, 1, is_literal),
                ("healthdcatap:hasVariables", 1, MANY, is_node),
                ("healthdcatap:hasCodeValues", 0, MANY, is_literal),
                ("healthdcatap:numberOfRecords", 1, 1, is_count),
                ("healthdcatap:populationCoverage", 1, MANY, is_literal),
                ("healthdcatap:retentionPeriod", 1, 1, is_node),
                ("dpv:hasLegalBasis", 1, MANY, is_node),
                ("dpv:hasPersonalData", 1, MANY, is_iri),
                ("dcat:contactPoint", 1, MANY, is_node),
                ("dcat:keyword", 1, MANY, is_literal),
                ("dct:type", 1, MANY, is_node),
                ("dct:provenance", 1, MANY, is_node),
            ] {
                check(dataset, path, least, most, fits);
            }
            check(&dataset["dcat:contactPoint"], "vcard:hasEmail", 1, 1, is_iri);
            check(&dataset["dcat:distribution"], "dcatap:applicableLegislation", 1, MANY, is_iri);
            check(&dataset["dcat:distribution"], "dcat:accessURL", 1, MANY, is_iri);
            check(&dataset["healthdcatap:hasVariables"], "csvw:table", 1, MANY, is_node);
            let table = &dataset["healthdcatap:hasVariables"]["csvw:table"];
            check(table, "dct:title", 1, MANY, is_literal);
            check(table, "csvw:column", 1, MANY, is_node);
            for column in table["csvw:column"].as_array().unwrap() {
                for (path, most) in
                    [("csvw:name", 1), ("csvw:title", MANY), ("csvw:datatype", 1), ("dct:description", MANY)]
                {
                    check(column, path, 1, most, is_literal);
                }
            }
        }
        for agent in graph.iter().filter(|node| node["@type"] == "foaf:Agent") {
            check(agent, "foaf:name", 1, MANY, is_literal);
            check(agent, "cv:contactPoint", 1, 1, is_node);
        }
    }

    #[test]
    fn identifiers_are_unique() {
        let catalogue = sample();
        let ids: Vec<&str> = catalogue["@graph"].as_array().unwrap().iter().filter_map(|n| n["@id"].as_str()).collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!((unique.len(), ids.len()), (REGISTERS.len() + 2, REGISTERS.len() + 2));
    }
}
