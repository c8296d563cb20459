//! Diseases and other reasons to see a doctor: how often, at which age, where, and with which medicine.

use crate::tables::Specialty;

/// A disease that a citizen gets once, if at all, and keeps.
#[derive(Debug)]
pub struct Condition {
    /// SKS code from 1994.
    pub sks: &'static str,
    /// ICD-8 code before.
    pub icd8: &'static str,
    /// Where it is seen to.
    pub specialty: Specialty,
    /// Of a hundred women, how many have got it at 10, 20, … 100 years.
    pub women: [f64; 10],
    /// The same for men.
    pub men: [f64; 10],
    /// Contacts a year, the first five years; later a fifth of them.
    pub contacts: f64,
    /// Medicine: ATC, defined daily doses of a package, purchases a year.
    pub medicine: &'static [(&'static str, f64, f64)],
}

const INTERNAL: Specialty = ("01", "Intern medicin");
const HAEMATOLOGY: Specialty = ("04", "Hæmatologi");
const CARDIOLOGY: Specialty = ("06", "Kardiologi");
/// Where diabetes is seen to.
pub const ENDOCRINOLOGY: Specialty = ("08", "Medicinsk endokrinologi");
const LUNGS: Specialty = ("10", "Medicinsk lungesygdomme");
const RHEUMATOLOGY: Specialty = ("12", "Reumatologi");
const SKIN: Specialty = ("18", "Dermato-venerologi");
const NEUROLOGY: Specialty = ("20", "Neurologi");
const ONCOLOGY: Specialty = ("22", "Onkologi");
const SURGERY: Specialty = ("30", "Kirurgi");
/// Where children are born.
pub const OBSTETRICS: Specialty = ("38", "Gynækologi og obstetrik");
const ORTHOPAEDICS: Specialty = ("44", "Ortopædisk kirurgi");
const EYES: Specialty = ("45", "Oftalmologi");
const PSYCHIATRY: Specialty = ("50", "Psykiatri");
const PAEDIATRICS: Specialty = ("80", "Pædiatri");

const NEVER: [f64; 10] = [0.0; 10];

/// Diabetes of type 1, by age, so that some 0.5 % have it (Carstensen et al., BMJ Open Diabetes Res Care 2020;8:e001071).
pub const TYPE_1: [f64; 10] = [0.12, 0.30, 0.38, 0.44, 0.50, 0.55, 0.58, 0.60, 0.60, 0.60];
/// Diabetes of type 2, women and men, so that some 4 to 5 % have it (the same).
pub const TYPE_2: [[f64; 10]; 2] =
    [[0.0, 0.05, 0.3, 1.0, 3.0, 7.5, 13.5, 18.0, 20.0, 21.0], [0.0, 0.05, 0.3, 1.3, 4.5, 11.0, 18.5, 23.0, 25.0, 26.0]];

/// The other diseases. How many have them at which age are round figures of our own, of the order that health reports
/// tell, and fitted to nothing; see docs/methods/synthetic-population.md.
#[rustfmt::skip]
pub const CONDITIONS: [Condition; 17] = [
    Condition { sks: "DI109", icd8: "40099", specialty: CARDIOLOGY, women: [0.0, 0.0, 0.5, 2.0, 7.0, 18.0, 34.0, 48.0, 55.0, 58.0], men: [0.0, 0.1, 0.7, 3.0, 10.0, 23.0, 38.0, 48.0, 53.0, 55.0], contacts: 0.1, medicine: &[("C09AA02", 98.0, 3.7), ("C08CA01", 100.0, 1.5), ("C03AA01", 100.0, 1.0)] },
    Condition { sks: "DE780", icd8: "27200", specialty: CARDIOLOGY, women: [0.0, 0.0, 0.2, 1.0, 5.0, 15.0, 28.0, 35.0, 37.0, 37.0], men: [0.0, 0.0, 0.4, 2.5, 9.0, 22.0, 34.0, 40.0, 41.0, 41.0], contacts: 0.05, medicine: &[("C10AA05", 100.0, 3.6)] },
    Condition { sks: "DI214", icd8: "41009", specialty: CARDIOLOGY, women: [0.0, 0.0, 0.0, 0.1, 0.4, 1.2, 2.8, 5.5, 8.0, 9.0], men: [0.0, 0.0, 0.0, 0.3, 1.5, 4.0, 7.5, 11.5, 14.5, 15.5], contacts: 1.2, medicine: &[("B01AC06", 100.0, 3.6), ("C07AB02", 100.0, 2.5)] },
    Condition { sks: "DI509", icd8: "42709", specialty: CARDIOLOGY, women: [0.0, 0.0, 0.0, 0.1, 0.2, 0.6, 1.8, 5.0, 10.0, 14.0], men: [0.0, 0.0, 0.0, 0.1, 0.5, 1.5, 3.8, 8.0, 13.0, 16.0], contacts: 1.5, medicine: &[("C03CA01", 100.0, 3.0), ("C07AG02", 100.0, 2.0)] },
    Condition { sks: "DI489", icd8: "42793", specialty: CARDIOLOGY, women: [0.0, 0.0, 0.0, 0.1, 0.4, 1.3, 4.0, 10.0, 18.0, 22.0], men: [0.0, 0.0, 0.1, 0.3, 1.0, 3.0, 7.5, 14.0, 21.0, 24.0], contacts: 0.8, medicine: &[("B01AF02", 100.0, 3.6)] },
    Condition { sks: "DI639", icd8: "43309", specialty: NEUROLOGY, women: [0.0, 0.0, 0.1, 0.2, 0.6, 1.5, 3.5, 7.5, 12.0, 14.0], men: [0.0, 0.0, 0.1, 0.3, 0.9, 2.5, 5.5, 10.0, 14.0, 16.0], contacts: 0.8, medicine: &[("B01AC04", 98.0, 3.6)] },
    Condition { sks: "DJ459", icd8: "49309", specialty: LUNGS, women: [6.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 13.5, 14.0, 14.0], men: [8.0, 9.0, 9.5, 10.0, 10.5, 11.0, 11.5, 12.0, 12.0, 12.0], contacts: 0.2, medicine: &[("R03AC02", 50.0, 1.2), ("R03BA02", 100.0, 1.0)] },
    Condition { sks: "DJ449", icd8: "49209", specialty: LUNGS, women: [0.0, 0.0, 0.0, 0.2, 1.0, 3.0, 6.5, 10.0, 12.0, 12.5], men: [0.0, 0.0, 0.0, 0.2, 1.0, 3.0, 6.5, 10.0, 12.5, 13.0], contacts: 0.6, medicine: &[("R03BB04", 30.0, 8.0)] },
    Condition { sks: "DF329", icd8: "30049", specialty: PSYCHIATRY, women: [0.0, 3.0, 9.0, 13.0, 16.0, 18.0, 20.0, 23.0, 26.0, 27.0], men: [0.0, 1.5, 5.0, 7.5, 9.5, 11.0, 12.0, 14.0, 16.0, 17.0], contacts: 0.2, medicine: &[("N06AB04", 98.0, 2.0)] },
    Condition { sks: "DM169", icd8: "71300", specialty: ORTHOPAEDICS, women: [0.0, 0.0, 0.0, 0.2, 0.8, 2.5, 6.5, 12.0, 15.0, 16.0], men: [0.0, 0.0, 0.1, 0.3, 1.0, 2.5, 5.5, 9.0, 11.0, 11.5], contacts: 0.7, medicine: &[("N02BE01", 100.0, 1.5)] },
    Condition { sks: "DM179", icd8: "71301", specialty: ORTHOPAEDICS, women: [0.0, 0.0, 0.1, 0.4, 1.5, 4.5, 9.5, 15.0, 18.0, 19.0], men: [0.0, 0.1, 0.3, 0.8, 2.0, 4.5, 8.0, 11.5, 13.0, 13.5], contacts: 0.6, medicine: &[("M01AE01", 50.0, 1.5)] },
    Condition { sks: "DM069", icd8: "71219", specialty: RHEUMATOLOGY, women: [0.0, 0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.0, 2.2, 2.2], men: [0.0, 0.0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 1.1, 1.1], contacts: 2.0, medicine: &[("L04AX03", 40.0, 3.0)] },
    Condition { sks: "DC509", icd8: "17409", specialty: ONCOLOGY, women: [0.0, 0.0, 0.0, 0.3, 1.5, 3.8, 6.5, 9.0, 10.5, 11.0], men: NEVER, contacts: 3.5, medicine: &[("L02BG03", 100.0, 1.5)] },
    Condition { sks: "DC619", icd8: "18599", specialty: SURGERY, women: NEVER, men: [0.0, 0.0, 0.0, 0.0, 0.1, 1.3, 6.0, 11.0, 13.0, 14.0], contacts: 2.0, medicine: &[] },
    Condition { sks: "DC189", icd8: "15399", specialty: SURGERY, women: [0.0, 0.0, 0.0, 0.1, 0.2, 0.7, 1.8, 3.3, 4.5, 5.0], men: [0.0, 0.0, 0.0, 0.1, 0.3, 0.8, 2.2, 4.0, 5.3, 5.8], contacts: 2.5, medicine: &[] },
    Condition { sks: "DC833", icd8: "20009", specialty: HAEMATOLOGY, women: [0.0, 0.01, 0.02, 0.03, 0.06, 0.12, 0.26, 0.45, 0.58, 0.62], men: [0.0, 0.01, 0.03, 0.05, 0.09, 0.18, 0.36, 0.60, 0.75, 0.80], contacts: 5.0, medicine: &[] },
    Condition { sks: "DK509", icd8: "56301", specialty: INTERNAL, women: [0.05, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.0], men: [0.05, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.9], contacts: 2.0, medicine: &[("A07EC02", 50.0, 3.0)] },
];

/// A passing reason for a contact: SKS, ICD-8, specialty, ages from and to, weight.
pub type Reason = (&'static str, &'static str, Specialty, i32, i32, f64);

/// Passing reasons; the weights say how often each is among the contacts of its ages.
#[rustfmt::skip]
pub const REASONS: [Reason; 32] = [
    ("DJ069", "46599", PAEDIATRICS, 0, 14, 3.0), ("DH669", "38199", PAEDIATRICS, 0, 10, 2.0),
    ("DA099", "00999", PAEDIATRICS, 0, 10, 1.5), ("DJ189", "48699", INTERNAL, 0, 110, 1.5),
    ("DK359", "54099", SURGERY, 5, 60, 0.8), ("DK409", "55099", SURGERY, 20, 90, 1.0),
    ("DK802", "57499", SURGERY, 25, 90, 1.0), ("DR104", "78559", SURGERY, 5, 100, 2.0),
    ("DS525", "81301", ORTHOPAEDICS, 3, 100, 1.5), ("DS720", "82000", ORTHOPAEDICS, 60, 110, 1.2),
    ("DS934", "84500", ORTHOPAEDICS, 8, 70, 2.0), ("DS619", "88399", ORTHOPAEDICS, 0, 90, 2.0),
    ("DM545", "71789", RHEUMATOLOGY, 18, 90, 2.0), ("DM751", "71719", ORTHOPAEDICS, 30, 80, 1.2),
    ("DG473", "34798", LUNGS, 30, 80, 0.8), ("DG439", "34609", NEUROLOGY, 15, 60, 0.8),
    ("DG409", "34599", NEUROLOGY, 0, 90, 0.5), ("DH269", "37499", EYES, 55, 105, 3.0),
    ("DH353", "37709", EYES, 65, 105, 1.0), ("DL309", "69299", SKIN, 0, 90, 1.0),
    ("DC449", "17399", SKIN, 45, 105, 1.0), ("DN390", "59909", INTERNAL, 15, 110, 1.2),
    ("DN200", "59209", SURGERY, 20, 80, 0.7), ("DN920", "62600", OBSTETRICS, 15, 52, 2.0),
    ("DR074", "78279", CARDIOLOGY, 20, 100, 2.0), ("DR559", "78229", CARDIOLOGY, 15, 105, 1.0),
    ("DR119", "78409", INTERNAL, 0, 100, 0.8), ("DF109", "30399", PSYCHIATRY, 15, 80, 1.0),
    ("DF411", "30009", PSYCHIATRY, 12, 80, 1.2), ("DE669", "27799", INTERNAL, 15, 75, 0.8),
    ("DE039", "24499", INTERNAL, 20, 90, 0.6), ("DZ031", "79399", INTERNAL, 0, 110, 3.0),
];

/// Contacts a year for passing reasons, by age from. With the contacts of diseases and births a citizen has some 20.
pub const CONTACTS: [(i32, f64); 6] = [(0, 0.35), (5, 0.22), (18, 0.35), (45, 0.40), (65, 0.65), (80, 0.95)];

/// Analyses: NPU code, mean, spread, decimals, weight.
#[rustfmt::skip]
pub const ANALYSES: [(&str, f64, f64, usize, f64); 10] = [
    ("NPU02319", 8.7, 0.8, 1, 3.0), ("NPU18016", 75.0, 16.0, 0, 3.0), ("NPU03230", 4.0, 0.35, 1, 2.5),
    ("NPU03429", 140.0, 2.8, 0, 2.5), ("NPU19748", 5.0, 2.3, 1, 2.0), ("NPU01568", 3.0, 0.9, 1, 1.2),
    ("NPU01566", 5.0, 1.0, 1, 1.2), ("NPU03577", 1.8, 0.7, 2, 1.0), ("NPU02593", 7.0, 1.9, 1, 1.5),
    ("NPU19651", 24.0, 9.0, 0, 1.2),
];

/// Laboratory results a year, by age from.
pub const RESULTS: [(i32, f64); 5] = [(0, 0.05), (18, 0.22), (40, 0.35), (60, 0.55), (75, 0.85)];

/// Medicine for what passes: ATC, defined daily doses of a package, indication, purchases a year.
pub const PASSING: [(&str, f64, &str, f64); 5] = [
    ("J01CE02", 10.0, "0000009", 0.15),
    ("J01CA08", 7.0, "0000140", 0.06),
    ("A02BC01", 100.0, "0000020", 0.12),
    ("N02AX02", 20.0, "0000061", 0.06),
    ("D07AC01", 30.0, "0000115", 0.05),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_make_sense() {
        let rising = |shares: &[f64; 10]| shares.windows(2).all(|pair| pair[0] <= pair[1]) && shares[9] <= 100.0;
        for condition in &CONDITIONS {
            assert!(rising(&condition.women) && rising(&condition.men), "{}", condition.sks);
            assert!(condition.sks.starts_with('D') && condition.icd8.len() == 5, "{}", condition.sks);
        }
        assert!(rising(&TYPE_1) && rising(&TYPE_2[0]) && rising(&TYPE_2[1]));
        for age in 0..=105 {
            assert!(REASONS.iter().any(|reason| (reason.3..=reason.4).contains(&age)), "{age}");
        }
    }
}
