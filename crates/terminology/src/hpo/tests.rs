use super::*;

/// A small ontology: All ─ Phenotypic abnormality ─ {Limb ─ Finger ─ Short finger, Hand ─ Finger}; one mode of inheritance.
fn toy() -> Hpo {
    Hpo::from_obographs_json(include_bytes!("../../tests/data/toy-hp.json")).unwrap()
}

fn ids(hpo: &Hpo, terms: &[TermIndex]) -> Vec<u32> {
    let mut ids: Vec<u32> = terms.iter().map(|t| hpo.term(*t).id.0).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn parents_stand_before_children_and_closures_are_inclusive() {
    let hpo = toy();
    assert_eq!(hpo.version(), "2024-01-01");
    assert_eq!(hpo.terms().len(), 7);
    for (i, term) in hpo.terms().iter().enumerate() {
        assert!(term.parents.iter().all(|p| p.usize() < i), "{}", term.name);
    }
    let finger = hpo.current(HpoId(1167)).unwrap();
    assert_eq!(ids(&hpo, hpo.ancestors(finger)), [1, 118, 1155, 1167, 40064]);
    assert_eq!(ids(&hpo, hpo.descendants(finger)), [1156, 1167]);
    assert!(hpo.ancestors(finger).is_sorted() && hpo.descendants(finger).is_sorted());
}

#[test]
fn only_signs_are_phenotypic_abnormalities() {
    let hpo = toy();
    for (id, sign) in [(118, true), (1156, true), (6, false), (1, false)] {
        assert_eq!(hpo.is_phenotypic_abnormality(hpo.current(HpoId(id)).unwrap()), sign, "HP:{id:07}");
    }
}

#[test]
fn identifiers_resolve_to_what_became_of_them() {
    let hpo = toy();
    let current = |id| hpo.by_id[&HpoId(id)];
    for (id, expected) in [
        (1156, Resolution::Current(current(1156))),
        (9, Resolution::Replaced { by: current(1156) }), // alternative identifier
        (57, Resolution::Replaced { by: current(1167) }), // obsolete, replaced
        (58, Resolution::Replaced { by: current(1167) }), // obsolete, replaced by an obsolete term that is replaced
        (59, Resolution::Replaced { by: current(1156) }), // obsolete, replaced by an alternative identifier
    ] {
        assert_eq!(hpo.resolve(HpoId(id)), expected, "HP:{id:07}");
    }
    // A ring of replacements ends nowhere.
    assert!(matches!(hpo.resolve(HpoId(61)), Resolution::Obsolete { .. }));
    let Resolution::Obsolete { name, suggestions } = hpo.resolve(HpoId(60)) else { panic!("obsolete expected") };
    assert_eq!(name.as_ref(), "Brachydactily");
    assert_eq!(suggestions[0].id, HpoId(1156));
    let Resolution::Unknown { suggestions } = hpo.resolve(HpoId(1165)) else { panic!("unknown expected") };
    assert_eq!(suggestions[0].id, HpoId(1155));
}

#[test]
fn suggestions_by_name_synonym_and_number() {
    let hpo = toy();
    for (text, id) in [
        ("short fingers", 1156),
        ("Brachydaktyly", 1156),
        ("hand abnormality", 1155),
        ("HP:001156", 1156),
        ("HP:0040046", 40064),
    ] {
        assert_eq!(hpo.suggest(text, 1)[0].id, HpoId(id), "{text}");
    }
}

#[test]
fn what_is_stored_comes_back_the_same() {
    let hpo = toy();
    let again: Hpo = serde_json::from_slice(&serde_json::to_vec(&hpo).unwrap()).unwrap();
    assert_eq!(again.terms(), hpo.terms());
    assert_eq!(again.obsolete(), hpo.obsolete());
    assert_eq!(again.resolve(HpoId(58)), hpo.resolve(HpoId(58)));
}

#[test]
fn damaged_files_are_refused_with_a_reason() {
    let node = |id: u32| format!(r#"{{"id": "http://x/HP_{id:07}", "type": "CLASS"}}"#);
    let edge =
        |a: u32, b: u32| format!(r#"{{"sub": "http://x/HP_{a:07}", "pred": "is_a", "obj": "http://x/HP_{b:07}"}}"#);
    let file = |nodes: &[String], edges: &[String]| {
        format!(r#"{{"graphs": [{{"nodes": [{}], "edges": [{}]}}]}}"#, nodes.join(","), edges.join(","))
    };
    for (json, message) in [
        ("{".to_owned(), "not an obographs JSON"),
        (r#"{"graphs": []}"#.to_owned(), "no HPO terms"),
        (file(&[], &[]), "no HPO terms"),
        (file(&[node(1), node(1)], &[]), "stands twice"),
        (file(&[node(1)], &[edge(1, 2)]), "has the parent `HP:0000002`"),
        (file(&[node(1), node(2), node(3)], &[edge(2, 3), edge(3, 2)]), "its own ancestor"),
    ] {
        let error = Hpo::from_obographs_json(json.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn obo_and_obographs_give_one_ontology() {
    let obo = "format-version: 1.2\ndata-version: hp/releases/2024-08-13\n\n\
        [Term]\nid: HP:0000001\nname: All\n\n\
        [Term]\nid: HP:0000118\nname: Phenotypic abnormality\nalt_id: HP:0000005\n\
        synonym: \"Organ \\\"abnormality\\\"\" EXACT [HPO:x]\nis_a: HP:0000001 {source=\"x\"} ! All\n\n\
        [Term]\nid: HP:0000057\nname: obsolete Clitoromegaly\nis_obsolete: true\nreplaced_by: HP:0000118\n\n\
        [Typedef]\nid: part_of\nname: part of\n";
    let json = br#"{"graphs": [{"meta": {"version": "http://x/hp/releases/2024-08-13/hp.json"}, "nodes": [
        {"id": "http://x/HP_0000001", "lbl": "All", "type": "CLASS"},
        {"id": "http://x/HP_0000118", "lbl": "Phenotypic abnormality", "type": "CLASS", "meta": {
            "synonyms": [{"pred": "hasExactSynonym", "val": "Organ \"abnormality\""}],
            "basicPropertyValues": [{"pred": "oboInOwl#hasAlternativeId", "val": "HP:0000005"}]}},
        {"id": "http://x/HP_0000057", "lbl": "obsolete Clitoromegaly", "type": "CLASS", "meta": {"deprecated": true,
            "basicPropertyValues": [{"pred": "http://x/IAO_0100001", "val": "http://x/HP_0000118"}]}}],
        "edges": [{"sub": "http://x/HP_0000118", "pred": "is_a", "obj": "http://x/HP_0000001"}]}]}"#;
    let (one, other) = (Hpo::from_obo(obo).unwrap(), Hpo::from_obographs_json(json).unwrap());
    assert_eq!((one.version(), one.terms(), one.obsolete()), (other.version(), other.terms(), other.obsolete()));
    assert_eq!(&*one.terms()[1].synonyms[0], "Organ \"abnormality\"");
    assert_eq!(one.current(HpoId(57)), one.current(HpoId(5)));
    let error = Hpo::from_obo("[Term]\nid: HP:0000001\nname\n").unwrap_err();
    assert_eq!(error.to_string(), "line 3: `name` is not a tag with `:` and a value; use `hp.obo` of an HPO release");
    assert!(matches!(Hpo::from_obo("a: b\n"), Err(HpoError::Empty)));
}
