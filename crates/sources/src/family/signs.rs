//! The proband's signs, from the phenopacket and the command line together.

use super::{FamilyError, FamilyFiles, file_name, in_file, text};
use crate::phenopacket::{self, Phenopacket};
use indgang_gate::Grant;
use indgang_genomics::pedigree::Family;
use indgang_interpret::words::Words;
use indgang_model::{Affected, PersonId, PhenotypicFeature, Sex};
use indgang_terminology::{Hpo, edit_distance};
use std::path::Path;

/// The packet's identifier and the proband's age, when there is a packet that tells them, and the signs.
type Signs = (Option<String>, Option<u32>, Vec<PhenotypicFeature>);

pub(super) fn signs(
    grant: &Grant,
    files: &FamilyFiles,
    proband: &str,
    family: &mut Family,
    hpo: &Hpo,
    warnings: &mut Vec<Words>,
) -> Result<Signs, FamilyError> {
    let person = PersonId(proband.to_owned());
    let (mut id, mut age) = (None, None);
    let mut features: Vec<PhenotypicFeature> = Vec::new();
    if let Some(path) = &files.phenopacket {
        let packet =
            phenopacket::read(text(path)?.as_bytes(), hpo, &person, grant).map_err(|error| in_file(path, error))?;
        let place = file_name(path);
        warnings.extend(packet.warnings.iter().map(|w| w.at(&place)));
        warnings.extend(subject(path, &packet, family)?.map(|w| w.at(&place)));
        warnings.extend(sex(&packet, family).map(|w| w.at(&place)));
        (id, age) = (Some(packet.id), packet.age);
        features = packet.features;
    }
    for given in by_hand(grant, files, &person, hpo, warnings)? {
        if !features.iter().any(|f| f.id == given.id) {
            features.push(given);
        }
    }
    Ok((id, age, features))
}

/// Is the packet the proband's? Its subject is, by name. A relative's packet is refused.
///
/// A name that the pedigree lacks may still be the proband's, as where a laboratory numbers its samples: it is taken,
/// and said, when only one person is affected, the sexes do not contradict each other, and no relative's name is nearer
/// than the proband's. Otherwise it is refused, since signs of another person would lead astray in silence.
fn subject(path: &Path, packet: &Phenopacket, family: &Family) -> Result<Option<Words>, FamilyError> {
    let proband = &family.members[family.proband()];
    let Some(subject) = packet.subject.as_ref().map(|s| s.expose().as_str()).filter(|s| *s != proband.id) else {
        return Ok(None);
    };
    if family.members.iter().any(|m| m.id == subject) {
        return Err(in_file(
            path,
            format!("its subject is `{subject}`, but the proband is `{}`; give the proband's phenopacket", proband.id),
        ));
    }
    let mut nearest: Vec<(u32, &str)> = family.members.iter().map(|m| (distance(subject, &m.id), &*m.id)).collect();
    nearest.sort_unstable();
    let misspelt = nearest.first().filter(|(edits, name)| *name != proband.id && *edits <= near(subject));
    let only = family.members.iter().filter(|m| m.affected == Affected::Affected).count() == 1;
    let sexes = packet.sex == Sex::Unknown || proband.sex == Sex::Unknown || packet.sex == proband.sex;
    if only && sexes && misspelt.is_none() {
        return Ok(Some(Words::new(
            format!(
                "emnet `{subject}` er ikke i stamtræet; tegnene er taget som `{}`s, den eneste syge. Kontrollér, at det er samme person.",
                proband.id
            ),
            format!(
                "the subject `{subject}` is not in the pedigree; the signs are taken as those of `{}`, the only affected person. Make sure that they are one person.",
                proband.id
            ),
        )));
    }
    let why = if !only {
        "not exactly one person is affected, so it cannot be told whose signs these are"
    } else if sexes {
        "the name is nearer to another person's than to the proband's"
    } else {
        "the proband is of another sex"
    };
    let names: Vec<String> = nearest.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
    Err(in_file(
        path,
        format!(
            "its subject `{subject}` is not in the pedigree (nearest: {}), and {why}; write the proband's name, `{}`, in `subject.id`, or give the proband's phenopacket",
            names.join(", "),
            proband.id
        ),
    ))
}

fn distance(a: &str, b: &str) -> u32 {
    edit_distance(a.to_lowercase().as_bytes(), b.to_lowercase().as_bytes())
}

/// Edits within which one name is a misspelling of another: one in three letters.
fn near(name: &str) -> u32 {
    u32::try_from(name.len() / 3).unwrap_or(u32::MAX)
}

/// The packet's sex where the pedigree has none; what contradicts it is said.
fn sex(packet: &Phenopacket, family: &mut Family) -> Option<Words> {
    let member = family.proband();
    let recorded = &mut family.members[member].sex;
    match (*recorded, packet.sex) {
        (Sex::Unknown, sex) => *recorded = sex,
        (recorded, said) if said != Sex::Unknown && said != recorded => {
            return Some(Words::new(
                "giver probanden et andet køn end stamtræet; stamtræets er brugt",
                "gives the proband another sex than the pedigree; the pedigree's is used",
            ));
        }
        _ => {}
    }
    None
}

/// The signs of the command line.
fn by_hand(
    grant: &Grant,
    files: &FamilyFiles,
    person: &PersonId,
    hpo: &Hpo,
    warnings: &mut Vec<Words>,
) -> Result<Vec<PhenotypicFeature>, FamilyError> {
    if files.observed.is_empty() && files.excluded.is_empty() {
        return Ok(Vec::new());
    }
    // The same reading as for a phenopacket, so that obsolete and unknown terms are met in the same way.
    let feature =
        |id: &String, excluded: bool| serde_json::json!({ "type": { "id": id, "label": "" }, "excluded": excluded });
    let observed = files.observed.iter().map(|t| feature(t, false));
    let all: Vec<_> = observed.chain(files.excluded.iter().map(|t| feature(t, true))).collect();
    let packet = serde_json::json!({
        "id": "", "subject": { "id": person.0 }, "phenotypicFeatures": all,
        "metaData": { "phenopacketSchemaVersion": "2.0" },
    });
    let packet = phenopacket::read(packet.to_string().as_bytes(), hpo, person, grant)
        .map_err(|error| FamilyError(format!("--hpo/--not-hpo: {error}")))?;
    warnings.extend(packet.warnings.iter().map(|w| w.at("--hpo/--not-hpo")));
    Ok(packet.features)
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_genomics::pedigree::Pedigree;
    use indgang_model::Sensitive;

    fn packet(subject: &str, sex: Sex) -> Phenopacket {
        Phenopacket {
            id: String::new(),
            subject: Some(Sensitive::new(subject.to_owned())).filter(|s| !s.expose().is_empty()),
            sex,
            age: None,
            features: Vec::new(),
            diagnosis: None,
            causative: Vec::new(),
            publications: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn whose_packet_it_is() {
        const TRIO: &str = "f\tchild\tdad\tmum\t2\t2\nf\tdad\t0\t0\t1\t1\nf\tmum\t0\t0\t2\t1\n";
        const SIBLINGS: &str =
            "f\tanna\tdad\tmum\t2\t2\nf\tella\tdad\tmum\t2\t2\nf\tdad\t0\t0\t1\t1\nf\tmum\t0\t0\t2\t1\n";
        let unsure = "cannot be told whose signs these are";
        for (ped, subject_name, sex, expected) in [
            (TRIO, "child", Sex::Female, Ok(false)),
            (TRIO, "", Sex::Female, Ok(false)),
            (TRIO, "patient 17", Sex::Female, Ok(true)),
            (TRIO, "patient 17", Sex::Unknown, Ok(true)),
            (TRIO, "chidl", Sex::Female, Ok(true)), // a misspelling of the proband herself
            (TRIO, "patient 17", Sex::Male, Err("`dad`, `mum`")),
            (TRIO, "patient 17", Sex::Male, Err("of another sex")),
            (TRIO, "Dad", Sex::Unknown, Err("nearest: `dad`")),
            (TRIO, "dad", Sex::Male, Err("give the proband's phenopacket")),
            (SIBLINGS, "anna", Sex::Female, Ok(false)),
            (SIBLINGS, "ella", Sex::Female, Err("its subject is `ella`, but the proband is `anna`")),
            (SIBLINGS, "patient 17", Sex::Female, Err(unsure)),
            (SIBLINGS, "ana", Sex::Female, Err("nearest: `anna`")),
        ] {
            let family = Pedigree::parse(ped).unwrap().families.remove(0);
            let told = subject(Path::new("case.json"), &packet(subject_name, sex), &family);
            match (told.map_err(|e| e.to_string()), expected) {
                (Ok(warning), Ok(warned)) => assert_eq!(warning.is_some(), warned, "{subject_name} {sex:?}"),
                (Err(message), Err(part)) => {
                    assert!(message.starts_with("`case.json`: ") && message.contains(part), "{message}");
                }
                (told, expected) => panic!("{subject_name} {sex:?}: {told:?}, expected {expected:?}"),
            }
        }
    }
}
