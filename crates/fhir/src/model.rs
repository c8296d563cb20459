//! The types of FHIR R4: which elements a type has, how many of each, and of which types.
//!
//! The text `model/r4.txt` is made from HL7's definitions by `cargo xtask gen fhir`. What is not in it is not refused: FHIRPath
//! reads unknown elements as they stand in the JSON, so resources of other FHIR releases can be read too.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A type's place in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId(pub(crate) u16);

impl TypeId {
    /// A type that is not known.
    pub const UNKNOWN: TypeId = TypeId(0);
}

/// What kind of type it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds of a StructureDefinition")]
pub enum TypeKind {
    Unknown,
    Primitive,
    Complex,
    Resource,
    /// A backbone element, named by its path.
    Element,
}

/// A type.
#[derive(Debug)]
pub struct Type {
    /// `Patient`, `HumanName`, `code`, `Patient.contact`.
    pub name: &'static str,
    /// What it specialises.
    pub base: Option<TypeId>,
    /// Its kind.
    pub kind: TypeKind,
    /// What FHIRPath computes with where an element has this type.
    pub system: System,
    /// Its elements with those of its bases, sorted by name.
    pub fields: Vec<Field>,
}

/// FHIRPath's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum System {
    /// A type with elements.
    None,
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
}

impl System {
    fn of(name: &str, kind: TypeKind) -> Self {
        match name {
            "boolean" => Self::Boolean,
            "integer" | "positiveInt" | "unsignedInt" | "integer64" => Self::Integer,
            "decimal" => Self::Decimal,
            "date" => Self::Date,
            "dateTime" | "instant" => Self::DateTime,
            "time" => Self::Time,
            "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "MoneyQuantity" | "SimpleQuantity" => {
                Self::Quantity
            }
            _ if kind == TypeKind::Primitive => Self::String,
            _ => Self::None,
        }
    }
}

/// An element of a type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name, without `[x]`.
    pub name: &'static str,
    /// How many there must be.
    pub min: u32,
    /// Whether there may be more than one.
    pub many: bool,
    /// The types it may have.
    pub types: Vec<TypeId>,
    /// Whether its name in JSON carries its type (`valueString`).
    pub choice: bool,
    /// Of a choice: what its name in JSON ends with, for each of its types.
    pub endings: Vec<(String, TypeId)>,
    /// Where it stands among the elements of its type.
    pub order: u16,
}

/// Where a step of a path found its element last: nearly always it is there again.
#[derive(Debug, Default)]
pub(crate) struct LastElement(AtomicU32);

/// All types.
#[derive(Debug)]
pub struct Model {
    types: Vec<Type>,
    names: HashMap<&'static str, TypeId>,
}

/// The model of R4.
#[must_use]
pub fn r4() -> &'static Model {
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(include_str!("../model/r4.txt")));
    &MODEL
}

impl Model {
    fn read(text: &'static str) -> Self {
        let unknown = Type { name: "", base: None, kind: TypeKind::Unknown, system: System::None, fields: Vec::new() };
        let mut model = Self { types: vec![unknown], names: HashMap::new() };
        let heads = || text.lines().filter(|l| !l.starts_with([' ', '#']));
        for head in heads() {
            let mut words = head.split(' ');
            let (kind, name) = (kind(words.next().unwrap_or_default()), words.next().unwrap_or_default());
            model.names.insert(name, TypeId(u16::try_from(model.types.len()).unwrap_or(0)));
            model.types.push(Type { name, base: None, kind, system: System::of(name, kind), fields: Vec::new() });
        }
        let mut current = 0;
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            if let Some(field) = line.strip_prefix(' ') {
                let order = u16::try_from(model.types[current].fields.len()).unwrap_or(0);
                let field = model.field(field, order);
                model.types[current].fields.extend(field);
            } else {
                current += 1;
                model.types[current].base = line.split(' ').nth(2).and_then(|b| model.names.get(b).copied());
            }
        }
        model.inherit();
        model
    }

    fn field(&self, line: &'static str, order: u16) -> Option<Field> {
        let mut words = line.split(' ');
        let (name, cardinality) = (words.next()?, words.next()?);
        let (min, max) = cardinality.split_once("..")?;
        let known: Vec<(&str, TypeId)> = words.filter_map(|t| Some((t, *self.names.get(t)?))).collect();
        let types = known.iter().map(|(_, of)| *of).collect();
        let choice = name.ends_with("[x]");
        let endings = if choice { known.iter().map(|(name, of)| (ending(name), *of)).collect() } else { Vec::new() };
        let name = name.trim_end_matches("[x]");
        Some(Field { name, min: min.parse().ok()?, many: max != "1" && max != "0", types, choice, endings, order })
    }

    fn inherit(&mut self) {
        for at in 1..self.types.len() {
            let mut chain = vec![];
            let mut base = self.types[at].base;
            while let Some(id) = base {
                chain.push(id.0 as usize);
                base = self.types[id.0 as usize].base;
            }
            // Bases that were already completed hold their own bases' elements too; names decide.
            let mut inherited: Vec<Field> = Vec::new();
            for id in chain.into_iter().rev() {
                for field in &self.types[id].fields {
                    if !inherited.iter().any(|f| f.name == field.name) {
                        inherited.push(Field { order: u16::try_from(inherited.len()).unwrap_or(0), ..field.clone() });
                    }
                }
            }
            let shift = u16::try_from(inherited.len()).unwrap_or(0);
            let own = &mut self.types[at].fields;
            own.iter_mut().for_each(|f| f.order += shift);
            let new: Vec<Field> = inherited.into_iter().filter(|f| !own.iter().any(|o| o.name == f.name)).collect();
            own.extend(new);
        }
        for r#type in &mut self.types {
            r#type.fields.sort_by_key(|f| f.name);
        }
    }

    /// The type with this name: `Patient`, `code`, `Patient.contact`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<TypeId> {
        self.names.get(name).copied()
    }

    /// What is known of the type.
    #[must_use]
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// Whether `id` is `of` or specialises it.
    #[must_use]
    pub fn is_a(&self, id: TypeId, of: TypeId) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            if id == of {
                return true;
            }
            at = self.get(id).base;
        }
        false
    }

    /// The element of a type with this name.
    #[must_use]
    pub fn element(&self, id: TypeId, name: &str) -> Option<&Field> {
        self.place(id, name).map(|at| &self.get(id).fields[at])
    }

    fn place(&self, id: TypeId, name: &str) -> Option<usize> {
        self.get(id).fields.binary_search_by(|f| f.name.cmp(name)).ok()
    }

    /// As [`Model::element`], remembering the last answer for one name.
    pub(crate) fn remembered(&self, id: TypeId, name: &str, last: &LastElement) -> Option<&Field> {
        let found = last.0.load(Ordering::Relaxed);
        if found >> 16 == u32::from(id.0) && id != TypeId::UNKNOWN {
            return self.get(id).fields.get((found & 0xFFFF) as usize);
        }
        let at = self.place(id, name)?;
        last.0.store(u32::from(id.0) << 16 | u32::try_from(at).unwrap_or(0xFFFF), Ordering::Relaxed);
        self.get(id).fields.get(at)
    }

    /// The type that the end of a choice's name in JSON tells: `String` is `string`, `Quantity` is `Quantity`.
    #[must_use]
    pub fn of_suffix(&self, suffix: &str) -> Option<TypeId> {
        if !suffix.starts_with(|c: char| c.is_ascii_uppercase()) {
            return None;
        }
        self.find(suffix).filter(|t| self.get(*t).kind == TypeKind::Complex).or_else(|| {
            let mut lower = suffix.to_owned();
            lower[..1].make_ascii_lowercase();
            self.find(&lower).filter(|t| self.get(*t).kind == TypeKind::Primitive)
        })
    }

    /// Names of resources, for suggestions.
    pub fn resources(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.types.iter().filter(|t| t.kind == TypeKind::Resource).map(|t| t.name)
    }
}

/// A type's name as the end of a choice's: `dateTime` is `DateTime`.
fn ending(name: &str) -> String {
    let mut ending = name.to_owned();
    ending[..1].make_ascii_uppercase();
    ending
}

impl Field {
    /// The type that the end of a choice's name in JSON tells.
    #[must_use]
    pub fn of_ending(&self, ending: &str) -> Option<TypeId> {
        self.endings.iter().find(|(known, _)| known == ending).map(|(_, of)| *of)
    }
}

fn kind(word: &str) -> TypeKind {
    match word {
        "primitive" => TypeKind::Primitive,
        "type" => TypeKind::Complex,
        "resource" => TypeKind::Resource,
        "element" => TypeKind::Element,
        _ => TypeKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_own_and_inherited_elements() {
        let model = r4();
        let patient = model.find("Patient").unwrap();
        for (name, many, choice) in
            [("id", false, false), ("contained", true, false), ("deceased", false, true), ("contact", true, false)]
        {
            let field = model.element(patient, name).unwrap();
            assert_eq!((field.many, field.choice), (many, choice), "{name}");
        }
        let contact = model.element(patient, "contact").unwrap().types[0];
        assert_eq!(model.get(contact).name, "Patient.contact");
        assert!(model.element(contact, "modifierExtension").is_some());
        assert!(model.element(patient, "deceasedBoolean").is_none());
    }

    #[test]
    fn types_specialise_others() {
        let model = r4();
        let is_a = |a, b| model.is_a(model.find(a).unwrap(), model.find(b).unwrap());
        assert!(is_a("code", "string") && is_a("Age", "Quantity") && is_a("Patient", "DomainResource"));
        assert!(!is_a("string", "code"));
        assert_eq!(model.get(model.of_suffix("DateTime").unwrap()).name, "dateTime");
    }
}
