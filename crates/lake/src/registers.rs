//! The Danish registers as researchers receive them: tables, columns and what each means.
//!
//! Names and types are those that the Open Source Diabetes Classifier lists for its input
//! (`osdc`, MIT licence, register definitions), and those of the health data authority's extracts.

use crate::omop;
use indgang_model::Category;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The person's key: a CPR number, or any text in a pseudonymised extract.
    PersonKey,
    /// The key of a contact; it belongs to one person.
    ContactKey,
    /// Text. Digits are padded with zeros from the left to this length; 0 leaves them as they are.
    Text(usize),
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A day with a time, in whatever zone the source has.
    Moment,
    /// A key of a row of this OMOP table; it is blinded, and may be missing.
    Key(&'static str),
    /// A concept of OMOP's vocabulary: a whole number.
    Concept,
    /// The concept that a row is about. One that the delivered vocabulary does not have is refused.
    Matter,
    /// Read and not kept, since it can name the person or lead to her.
    Apart,
}

/// A column of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, in small letters.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// True when a row without it is none. Keys of persons and contacts always are.
    pub required: bool,
    /// What it means, in English.
    pub means_en: &'static str,
    /// The same in Danish.
    pub means_da: &'static str,
}

/// A register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Register {
    /// Its name as a table, and the stem of its file.
    pub name: &'static str,
    /// Other stems of its file.
    pub also: &'static [&'static str],
    /// The kind of data; `None` for what goes with any kind: sex and date of birth.
    pub category: Option<Category>,
    /// Its columns.
    pub columns: &'static [Column],
    /// How the day is found that a row belongs to.
    pub day: Day,
    /// How the person is found that a row is about.
    pub person: Person,
    /// What it is, in English.
    pub means_en: &'static str,
    /// The same in Danish.
    pub means_da: &'static str,
}

/// The day that a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// It belongs to none.
    None,
    /// It stands in this column.
    Column(&'static str),
    /// The Monday of the week in this column, year and week as four digits (`yyww`).
    Week(&'static str),
    /// That of the contact.
    OfContact,
}

/// The person whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Her key stands in the row.
    Column(&'static str),
    /// She is the person of the contact in this register with the same key.
    OfContact {
        /// The register of contacts.
        register: &'static str,
        /// The key's column, the same in both.
        key: &'static str,
    },
    /// Her id within the source stands in the row, and must stand in the source's list of persons: a table of OMOP.
    Listed {
        /// The list.
        register: &'static str,
        /// The id's column.
        column: &'static str,
    },
}

/// Every table that the lake can hold: the registers, and OMOP's.
pub fn all() -> impl Iterator<Item = &'static Register> {
    REGISTERS.iter().chain(omop::tables())
}

impl Register {
    /// The register or OMOP table of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        all().find(|register| register.name == name)
    }

    /// True for a table of OMOP.
    pub const fn is_omop(&self) -> bool {
        matches!(self.person, Person::Listed { .. })
    }

    /// The name under which a question sees the person.
    pub const fn person_column(&self) -> &'static str {
        match self.person {
            Person::Column(name) | Person::Listed { column: name, .. } => name,
            Person::OfContact { .. } => "pnr",
        }
    }

    /// The register whose file has this stem, in whatever letters.
    pub fn of_stem(stem: &str) -> Option<&'static Self> {
        let stem = stem.to_ascii_lowercase();
        REGISTERS.iter().find(|register| register.name == stem || register.also.contains(&stem.as_str()))
    }

    /// Position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}

const fn column(name: &'static str, kind: Kind, means_en: &'static str, means_da: &'static str) -> Column {
    Column { name, kind, required: false, means_en, means_da }
}

const PNR: Column = column("pnr", Kind::PersonKey, "the person", "personen");
const DIAGNOSIS_TYPE: &str = "kind of diagnosis: A action, B secondary, H referral, + additional";
const DIAGNOSIS_TYPE_DA: &str = "diagnosens art: A aktion, B bidiagnose, H henvisning, + tillæg";
const REFUTED: Column = column(
    "senere_afkraeftet",
    Kind::Text(0),
    "whether the diagnosis was refuted later: Ja or Nej",
    "om diagnosen senere er afkræftet: Ja eller Nej",
);
const SERVICES: [Column; 4] = [
    PNR,
    column(
        "barnmak",
        Kind::Integer,
        "1 when the service was for a child of the person",
        "1, når ydelsen gjaldt et barn",
    ),
    column("speciale", Kind::Text(5), "specialty and service", "speciale og ydelse"),
    column("honuge", Kind::Text(4), "year and week of the fee, yyww", "honorarets år og uge, ååuu"),
];

/// Every Danish register the house knows.
pub const REGISTERS: [Register; 13] = [
    Register {
        name: "bef",
        also: &[],
        category: None,
        columns: &[
            PNR,
            column("koen", Kind::Integer, "sex: 1 man, 2 woman", "køn: 1 mand, 2 kvinde"),
            column("foed_dato", Kind::Date, "date of birth", "fødselsdato"),
        ],
        day: Day::None,
        person: Person::Column("pnr"),
        means_en: "the population",
        means_da: "befolkningen",
    },
    Register {
        name: "lpr_adm",
        also: &[],
        category: Some(Category::Encounter),
        columns: &[
            PNR,
            column("recnum", Kind::ContactKey, "the contact", "kontakten"),
            column("c_spec", Kind::Text(2), "specialty of the department", "afdelingens speciale"),
            column("d_inddto", Kind::Date, "day the contact began", "dato for kontaktens start"),
        ],
        day: Day::Column("d_inddto"),
        person: Person::Column("pnr"),
        means_en: "hospital contacts until 2019 (National Patient Register 2)",
        means_da: "sygehuskontakter til 2019 (Landspatientregistret 2)",
    },
    Register {
        name: "lpr_diag",
        also: &[],
        category: Some(Category::Encounter),
        columns: &[
            column("recnum", Kind::ContactKey, "the contact", "kontakten"),
            column("c_diag", Kind::Text(0), "diagnosis (ICD-8, or SKS from 1994)", "diagnose (ICD-8, fra 1994 SKS)"),
            column("c_diagtype", Kind::Text(0), DIAGNOSIS_TYPE, DIAGNOSIS_TYPE_DA),
        ],
        day: Day::OfContact,
        person: Person::OfContact { register: "lpr_adm", key: "recnum" },
        means_en: "diagnoses of hospital contacts until 2019",
        means_da: "diagnoser på sygehuskontakter til 2019",
    },
    Register {
        name: "lpr_sksopr",
        also: &[],
        category: Some(Category::Encounter),
        columns: &[
            column("recnum", Kind::ContactKey, "the contact", "kontakten"),
            column("c_opr", Kind::Text(0), "procedure (SKS)", "procedure (SKS)"),
            column("d_odto", Kind::Date, "day of the procedure", "dato for proceduren"),
        ],
        day: Day::Column("d_odto"),
        person: Person::OfContact { register: "lpr_adm", key: "recnum" },
        means_en: "operations at hospital contacts until 2019",
        means_da: "operationer på sygehuskontakter til 2019",
    },
    Register {
        name: "lpr3f_kontakter",
        also: &["kontakter"],
        category: Some(Category::Encounter),
        columns: &[
            PNR,
            column("dw_ek_kontakt", Kind::ContactKey, "the contact", "kontakten"),
            column("dato_start", Kind::Date, "day the contact began", "dato for kontaktens start"),
            column("hovedspeciale_ans", Kind::Text(0), "specialty of the unit", "enhedens hovedspeciale"),
        ],
        day: Day::Column("dato_start"),
        person: Person::Column("pnr"),
        means_en: "hospital contacts from 2019 (National Patient Register 3, format F)",
        means_da: "sygehuskontakter fra 2019 (Landspatientregistret 3, format F)",
    },
    Register {
        name: "lpr3f_diagnoser",
        also: &["diagnoser"],
        category: Some(Category::Encounter),
        columns: &[
            column("dw_ek_kontakt", Kind::ContactKey, "the contact", "kontakten"),
            column("diagnosekode", Kind::Text(0), "diagnosis (SKS)", "diagnose (SKS)"),
            column("diagnosetype", Kind::Text(0), DIAGNOSIS_TYPE, DIAGNOSIS_TYPE_DA),
            REFUTED,
        ],
        day: Day::OfContact,
        person: Person::OfContact { register: "lpr3f_kontakter", key: "dw_ek_kontakt" },
        means_en: "diagnoses of hospital contacts from 2019 (format F)",
        means_da: "diagnoser på sygehuskontakter fra 2019 (format F)",
    },
    Register {
        name: "lpr3f_procedurer_kirurgi",
        also: &["procedurer_kirurgi"],
        category: Some(Category::Encounter),
        columns: &[
            column("dw_ek_kontakt", Kind::ContactKey, "the contact", "kontakten"),
            column("procedurekode", Kind::Text(0), "procedure (SKS)", "procedure (SKS)"),
            column("dato_start", Kind::Date, "day of the procedure", "dato for proceduren"),
        ],
        day: Day::Column("dato_start"),
        person: Person::OfContact { register: "lpr3f_kontakter", key: "dw_ek_kontakt" },
        means_en: "operations at hospital contacts from 2019 (format F)",
        means_da: "operationer på sygehuskontakter fra 2019 (format F)",
    },
    Register {
        name: "lpr3a_kontakt",
        also: &["kontakt"],
        category: Some(Category::Encounter),
        columns: &[
            PNR,
            column("dw_ek_kontakt", Kind::ContactKey, "the contact", "kontakten"),
            column("kont_starttidspunkt", Kind::Date, "day the contact began", "dato for kontaktens start"),
            column("kont_ans_hovedspec", Kind::Text(0), "specialty of the unit", "enhedens hovedspeciale"),
        ],
        day: Day::Column("kont_starttidspunkt"),
        person: Person::Column("pnr"),
        means_en: "hospital contacts from 2019 (National Patient Register 3, format A)",
        means_da: "sygehuskontakter fra 2019 (Landspatientregistret 3, format A)",
    },
    Register {
        name: "lpr3a_diagnose",
        also: &["diagnose"],
        category: Some(Category::Encounter),
        columns: &[
            column("dw_ek_kontakt", Kind::ContactKey, "the contact", "kontakten"),
            column("diag_kode", Kind::Text(0), "diagnosis (SKS)", "diagnose (SKS)"),
            column("diag_type", Kind::Text(0), DIAGNOSIS_TYPE, DIAGNOSIS_TYPE_DA),
            REFUTED,
        ],
        day: Day::OfContact,
        person: Person::OfContact { register: "lpr3a_kontakt", key: "dw_ek_kontakt" },
        means_en: "diagnoses of hospital contacts from 2019 (format A)",
        means_da: "diagnoser på sygehuskontakter fra 2019 (format A)",
    },
    Register {
        name: "lmdb",
        also: &[],
        category: Some(Category::Medication),
        columns: &[
            PNR,
            column("eksd", Kind::Date, "day it was dispensed", "ekspeditionsdato"),
            column("atc", Kind::Text(0), "substance (ATC)", "lægemiddelstof (ATC)"),
            column(
                "volume",
                Kind::Number,
                "amount of a package, in defined daily doses",
                "pakningens mængde i døgndoser",
            ),
            column("apk", Kind::Number, "number of packages", "antal pakninger"),
            column("indo", Kind::Text(7), "indication", "indikation"),
        ],
        day: Day::Column("eksd"),
        person: Person::Column("pnr"),
        means_en: "medicine dispensed at pharmacies (register of medicinal product statistics)",
        means_da: "medicin udleveret på apotek (Lægemiddelstatistikregistret)",
    },
    Register {
        name: "lab_forsker",
        also: &[],
        category: Some(Category::Laboratory),
        columns: &[
            PNR,
            column("samplingdate", Kind::Date, "day the sample was taken", "prøvetagningsdato"),
            column("analysiscode", Kind::Text(0), "analysis (NPU)", "analyse (NPU)"),
            column("value", Kind::Number, "result, in the unit of the analysis", "svar i analysens enhed"),
        ],
        day: Day::Column("samplingdate"),
        person: Person::Column("pnr"),
        means_en: "laboratory results (Register of Laboratory Results for Research)",
        means_da: "laboratoriesvar (Laboratoriedatabasens forskertabel)",
    },
    Register {
        name: "sssy",
        also: &[],
        category: Some(Category::Encounter),
        columns: &SERVICES,
        day: Day::Week("honuge"),
        person: Person::Column("pnr"),
        means_en: "services outside hospital from 2005 (health insurance services)",
        means_da: "ydelser uden for sygehus fra 2005 (sygesikringsydelser)",
    },
    Register {
        name: "sysi",
        also: &[],
        category: Some(Category::Encounter),
        columns: &SERVICES,
        day: Day::Week("honuge"),
        person: Person::Column("pnr"),
        means_en: "services outside hospital until 2005 (health insurance services)",
        means_da: "ydelser uden for sygehus til 2005 (sygesikringsydelser)",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_register_says_of_itself_hangs_together() {
        for register in &REGISTERS {
            match register.person {
                Person::Column(name) => assert!(register.column(name).is_some(), "{}", register.name),
                Person::OfContact { register: of, key } => {
                    let contacts = Register::named(of).unwrap();
                    assert!(contacts.column(key).is_some() && register.column(key).is_some(), "{}", register.name);
                    assert!(matches!(contacts.person, Person::Column(_)), "{}", register.name);
                }
                Person::Listed { .. } => panic!("`{}` is no table of OMOP", register.name),
            }
            match register.day {
                Day::Column(name) | Day::Week(name) => assert!(register.column(name).is_some(), "{}", register.name),
                Day::OfContact => assert!(matches!(register.person, Person::OfContact { .. }), "{}", register.name),
                Day::None => {}
            }
        }
        let names: std::collections::BTreeSet<&str> = all().map(|register| register.name).collect();
        assert_eq!(names.len(), all().count(), "a table's name is its own");
        assert_eq!(Register::of_stem("BEF").map(|r| r.name), Some("bef"));
        assert_eq!(Register::of_stem("Kontakter").map(|r| r.name), Some("lpr3f_kontakter"));
        assert_eq!(Register::of_stem("bef2").map(|r| r.name), None);
    }
}
