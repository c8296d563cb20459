//! The signs of a phenopacket, each by its current term, with what is to be said of it.

use super::shape::{Feature, Packet};
use super::{PhenopacketError, UnknownTerms, labelled, nearest};
use indgang_interpret::words::Words;
use indgang_model::{HpoId, PhenotypicFeature};
use indgang_terminology::{Hpo, Resolution, Term};

pub(super) fn features(
    packet: &Packet,
    hpo: &Hpo,
    unknown: UnknownTerms,
    warnings: &mut Vec<Words>,
) -> Result<Vec<PhenotypicFeature>, PhenopacketError> {
    let mut features: Vec<PhenotypicFeature> = Vec::with_capacity(packet.phenotypic_features.len());
    for (place, written) in (1..).zip(&packet.phenotypic_features) {
        let Some(feature) = feature(place, written, hpo, unknown, warnings)? else { continue };
        match features.iter_mut().find(|f| f.id == feature.id) {
            None => features.push(feature),
            Some(earlier) if earlier.excluded != feature.excluded => {
                let named = format!("`{}` ({})", feature.id, feature.label);
                warnings.push(Words::new(
                    format!("{named} står både som set og som udelukket; taget som set"),
                    format!("{named} stands as observed and as excluded; taken as observed"),
                ));
                earlier.excluded = false;
            }
            Some(_) => {}
        }
    }
    contradicted(&mut features, hpo, warnings);
    Ok(features)
}

/// Who has the narrower sign has the broader one: an exclusion of it cannot be meant so.
fn contradicted(features: &mut Vec<PhenotypicFeature>, hpo: &Hpo, warnings: &mut Vec<Words>) {
    let observed: Vec<PhenotypicFeature> = features.iter().filter(|f| !f.excluded).cloned().collect();
    let narrower = |broad: &PhenotypicFeature| {
        let broad = hpo.current(broad.id)?;
        observed.iter().find(|f| hpo.current(f.id).is_some_and(|narrow| hpo.is_a(narrow, broad)))
    };
    features.retain(|feature| {
        let Some(observed) = narrower(feature).filter(|_| feature.excluded) else { return true };
        let (broad, narrow) =
            (format!("`{}` ({})", feature.id, feature.label), format!("`{}` ({})", observed.id, observed.label));
        warnings.push(Words::new(
            format!(
                "{broad} er udelukket, men {narrow}, som er et tilfælde af det, er set; udelukkelsen er sprunget over"
            ),
            format!(
                "{broad} is excluded, but {narrow}, which is a case of it, is observed; the exclusion was passed over"
            ),
        ));
        false
    });
}

fn feature(
    place: usize,
    written: &Feature,
    hpo: &Hpo,
    unknown: UnknownTerms,
    warnings: &mut Vec<Words>,
) -> Result<Option<PhenotypicFeature>, PhenopacketError> {
    let (text, label) = (written.kind.id.as_str(), &written.kind.label);
    let said = |da: String, en: String| Words::new(format!("tegn {place}: {da}"), format!("sign {place}: {en}"));
    if !text.starts_with("HP:") && text.contains(':') {
        let named = format!("`{text}`{}", labelled(label));
        warnings.push(said(
            format!("{named} er ikke en HPO-term og er sprunget over"),
            format!("{named} is not an HPO term and was passed over"),
        ));
        return Ok(None);
    }
    let id: HpoId = text.parse().map_err(|source| PhenopacketError::Malformed { place, source })?;
    let index = match hpo.resolve(id) {
        Resolution::Current(index) => index,
        Resolution::Replaced { by } => {
            let term = hpo.term(by);
            let (named, now) = (format!("`{id}`{}", labelled(label)), format!("{} ({})", term.id, term.name));
            warnings.push(said(
                format!("{named} bruges ikke længere; læst som {now}"),
                format!("{named} is no longer in use; read as {now}"),
            ));
            by
        }
        Resolution::Obsolete { name, suggestions } => {
            warnings.push(said(
                format!("`{id}` ({name}) bruges ikke længere og er sprunget over{}", nearest("nærmest", &suggestions)),
                format!("`{id}` ({name}) is no longer in use and was passed over{}", nearest("nearest", &suggestions)),
            ));
            return Ok(None);
        }
        Resolution::Unknown { mut suggestions } => {
            if unknown == UnknownTerms::PassOver {
                let (named, version) = (format!("`{id}`{}", labelled(label)), hpo.version());
                warnings.push(said(
                    format!("{named} findes ikke i HPO {version} og er sprunget over"),
                    format!("{named} is not in HPO {version} and was passed over"),
                ));
                return Ok(None);
            }
            // The name, when there is one, says more than the number.
            if !label.is_empty() {
                suggestions = hpo.suggest(label, 3);
            }
            let version = hpo.version().to_owned();
            return Err(PhenopacketError::Unknown { place, id, label: label.clone(), version, suggestions });
        }
    };
    let term = hpo.term(index);
    if !hpo.is_phenotypic_abnormality(index) || hpo.phenotypic_abnormality() == Some(index) {
        let named = format!("`{}` ({})", term.id, term.name);
        warnings.push(said(
            format!("{named} er intet tegn (HP:0000118 har tegnene under sig) og er sprunget over"),
            format!("{named} is no sign (those are the terms below HP:0000118) and was passed over"),
        ));
        return Ok(None);
    }
    // Of many published cases it is not worth a walk through the ontology each.
    let asked = unknown == UnknownTerms::Refuse;
    if let Some(other) = asked.then(|| other_term(label, term, hpo)).flatten() {
        let (named, other) = (format!("`{}` ({})", term.id, term.name), format!("`{}` ({})", other.id, other.name));
        warnings.push(said(
            format!("{named} kaldes “{label}”, som er navnet på {other}; læst som {named}. Kontrollér, hvad der menes"),
            format!("{named} is called “{label}”, the name of {other}; read as {named}. Make sure which is meant"),
        ));
    }
    Ok(Some(PhenotypicFeature { id: term.id, label: term.name.to_string(), excluded: written.excluded }))
}

/// The term whose name, or synonym, the label is, when it is another's. Old and local names of the term itself are nobody's.
fn other_term<'h>(label: &str, term: &Term, hpo: &'h Hpo) -> Option<&'h Term> {
    let is = |term: &Term| {
        term.name.eq_ignore_ascii_case(label) || term.synonyms.iter().any(|s| s.eq_ignore_ascii_case(label))
    };
    if label.is_empty() || is(term) {
        return None;
    }
    let suggested = hpo.suggest(label, 1);
    suggested.first().and_then(|s| hpo.get(s.id)).filter(|other| other.id != term.id && is(other))
}
