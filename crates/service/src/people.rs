//! Who is who in what a source delivers: persons by their numbers and by the source's own references.

use crate::Error;
use indgang_fhir::record::{Number, Pointer};
use indgang_gate::{Facts, Request};
use indgang_model::{PersonId, PersonalNumber, Sensitive, Timestamp, hex};
use indgang_sources::resources::{Incoming, Patient, Survey, resolved};
use indgang_store::persons::Identity;
use indgang_store::resources::NewResource;
use indgang_store::{Passage, Writer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Who is who in a delivery.
#[derive(Default)]
pub(crate) struct People {
    by_number: BTreeMap<Number, PersonId>,
    by_reference: BTreeMap<String, PersonId>,
    /// Persons the house does not know yet, each with her number and name.
    new: BTreeMap<PersonId, (Number, Sensitive<String>)>,
    /// References of this file's Patients, which are to be remembered.
    told: Vec<(String, PersonId)>,
    /// Patients of this file whose numbers or references contradict what is known, by their place in it.
    faults: BTreeMap<u64, &'static str>,
    /// Who has blocked the one who takes this in.
    blocked: BTreeSet<PersonId>,
}

impl People {
    pub(crate) async fn find(
        passage: &mut Passage,
        survey: &Survey,
        source: &str,
        random: &[u8; 32],
    ) -> Result<Self, Error> {
        let mut people = Self::default();
        let pointed = survey.pointers.iter().filter_map(|pointer| match pointer {
            Pointer::Number(number) => Some(number),
            Pointer::Reference(_) => None,
        });
        let numbers: BTreeSet<&Number> = survey.patients.iter().flat_map(|p| &p.numbers).chain(pointed).collect();
        let named: Vec<(&str, &PersonalNumber)> =
            numbers.into_iter().map(|number| (number.system.as_str(), &number.value)).collect();
        let known = passage.persons_with(named).await?;
        let known = known.into_iter().map(|((system, value), person)| (Number { system, value }, person));
        people.by_number.extend(known);
        let mut references: Vec<&str> =
            survey.patients.iter().flat_map(|p| &p.references).map(|r| resolved(r)).collect();
        references.extend(survey.pointers.iter().filter_map(|pointer| match pointer {
            Pointer::Reference(reference) => Some(resolved(reference)),
            Pointer::Number(_) => None,
        }));
        people.by_reference = passage.patients_known_as(source, &references).await?;
        for patient in &survey.patients {
            people.patient(patient, random);
        }
        Ok(people)
    }

    fn patient(&mut self, patient: &Patient, random: &[u8; 32]) {
        let by_number: BTreeSet<&PersonId> = patient.numbers.iter().filter_map(|n| self.by_number.get(n)).collect();
        let by_reference = patient.references.iter().filter_map(|reference| self.by_reference.get(resolved(reference)));
        let named: BTreeSet<&PersonId> = by_reference.collect();
        let fault = match (by_number.len(), named.len()) {
            (2.., _) => Some("its numbers are those of different persons: correct them"),
            (_, 2..) => Some("its id and its address were different persons before: correct them"),
            (0, 1) => {
                Some("this id was known with another number before: if the number has changed, send both numbers")
            }
            (1, 1) if by_number != named => Some("this id was another person before: correct the number or the id"),
            _ => None,
        };
        if let Some(fault) = fault {
            self.faults.insert(patient.ordinal, fault);
            return;
        }
        let Some(first) = patient.numbers.first() else { return };
        let person = match by_number.first() {
            Some(known) => (*known).clone(),
            None => {
                let person = fresh(random, self.new.len());
                self.new.insert(person.clone(), (first.clone(), patient.name.clone()));
                person
            }
        };
        for number in &patient.numbers {
            self.by_number.insert(number.clone(), person.clone());
        }
        for reference in &patient.references {
            self.by_reference.insert(resolved(reference).to_owned(), person.clone());
            self.told.push((resolved(reference).to_owned(), person.clone()));
        }
    }

    /// What a file says is of its one user is this person's, who must not be another's by what was told before.
    pub(crate) fn all_is_of(&mut self, person: &PersonId, survey: &Survey) -> Result<(), Error> {
        let users: BTreeSet<&str> = survey.pointers.iter().filter_map(reference).collect();
        let refused = |what: &str| Err(Error::Input(what.to_owned()));
        let user = match (users.len(), users.first()) {
            (0, _) | (_, None) => return Ok(()),
            (1, Some(user)) => *user,
            _ => {
                return refused(
                    "the file has more than one user: give each a file of her own, or leave `--person` out",
                );
            }
        };
        if !survey.patients.is_empty() || survey.pointers.len() > 1 {
            return refused("the file says itself whose it is: leave `--person` out");
        }
        match self.by_reference.get(user) {
            Some(known) if known != person => {
                return refused(
                    "the file's user was another person in this source before: correct the person or the source",
                );
            }
            _ => {}
        }
        self.by_reference.insert(user.to_owned(), person.clone());
        self.told.push((user.to_owned(), person.clone()));
        Ok(())
    }

    pub(crate) fn all(&self) -> BTreeSet<PersonId> {
        self.by_number.values().chain(self.by_reference.values()).cloned().collect()
    }

    pub(crate) fn counted(&self) -> (u64, u64) {
        (self.all().len() as u64, self.new.len() as u64)
    }

    /// Leaves out who has blocked the one who asks: hers goes into quarantine, and everybody else's is taken in.
    pub(crate) fn without_blocked(&mut self, mut request: Request, facts: &Facts) -> Request {
        let is_blocked = |person: &PersonId| facts.is_blocked(&request.actor, person, request.at);
        self.blocked = request.subjects.iter().filter(|person| is_blocked(person)).cloned().collect();
        if self.blocked.len() < request.subjects.len() {
            request.subjects.retain(|person| !self.blocked.contains(person));
        }
        request
    }

    pub(crate) async fn write(&self, writer: &mut Writer<'_>, source: &str) -> Result<(), Error> {
        for (person, (number, name)) in &self.new {
            let name = if name.expose().is_empty() { Sensitive::new("–".to_owned()) } else { name.clone() };
            writer.add_person(person, &Identity { name, cpr: number.value.clone() }).await?;
        }
        let open = |person: &PersonId| !self.blocked.contains(person);
        for (number, person) in self.by_number.iter().filter(|(_, person)| open(person)) {
            if !matches!(number.value, PersonalNumber::Cpr(_)) {
                writer.add_number(&number.system, &number.value, person).await?;
            }
        }
        for (reference, person) in self.told.iter().filter(|(_, person)| open(person)) {
            writer.know_patient(source, reference, person).await?;
        }
        Ok(())
    }

    /// Whose a resource is; what is wrong when it is nobody's whom the house knows.
    fn whose(&self, pointers: &[Pointer]) -> Result<PersonId, &'static str> {
        let found: BTreeSet<&PersonId> = pointers.iter().filter_map(|pointer| self.person(pointer)).collect();
        match (found.len(), found.first()) {
            (1, Some(person)) if self.blocked.contains(*person) => {
                Err("the person has blocked the one who takes this in: only she can lift that")
            }
            (1, Some(person)) => Ok((*person).clone()),
            (0, _) => Err("its patient is not known: take the Patient in first, with a CPR number, then this again"),
            _ => Err("it names different persons as its patient: correct it"),
        }
    }

    /// The resource without its body, or why it cannot be taken in.
    pub(crate) fn resource<'s>(&self, survey: &'s Survey, incoming: &Incoming) -> Result<NewResource, &'s str> {
        if let Some(reason) = survey.faults.get(&incoming.ordinal) {
            return Err(reason);
        }
        if let Some(reason) = self.faults.get(&incoming.ordinal) {
            return Err(reason);
        }
        let Some(resource) = &incoming.resource else { return Err("the file changed while it was read") };
        let of = match resource.category {
            Some(category) => Some((self.whose(&resource.pointers)?, category)),
            None => None,
        };
        let moment = |second| Timestamp::from_second(second).ok();
        Ok(NewResource {
            reference: resource.reference.clone(),
            of,
            span: resource.seconds.and_then(|(first, last)| Some((moment(first)?, moment(last)?))),
            hash: resource.hash.clone(),
            place: incoming.place.to_string(),
            document: resource.document.as_ref().map(|document| (document.set.clone(), document.version)),
            body: String::new(),
        })
    }

    fn person(&self, pointer: &Pointer) -> Option<&PersonId> {
        match pointer {
            Pointer::Number(number) => self.by_number.get(number),
            Pointer::Reference(reference) => {
                let reference = resolved(reference);
                let by_id = || self.by_reference.get(&format!("Patient/{}", reference.strip_prefix("urn:uuid:")?));
                self.by_reference.get(reference).or_else(by_id)
            }
        }
    }
}

fn reference(pointer: &Pointer) -> Option<&str> {
    match pointer {
        Pointer::Reference(reference) => Some(resolved(reference)),
        Pointer::Number(_) => None,
    }
}

/// A name for a person who is new: neither number nor name can be told from it.
fn fresh(random: &[u8; 32], count: usize) -> PersonId {
    let hash = Sha256::digest([random.as_slice(), &count.to_be_bytes()].concat());
    PersonId(format!("p{}", hex(&hash[..8])))
}
