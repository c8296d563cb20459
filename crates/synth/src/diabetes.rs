//! Diabetes, what looks like it, and what is treated with its medicine: what the diabetes classifier must tell apart.

use crate::chance::Chance;
use crate::conditions::{ENDOCRINOLOGY, OBSTETRICS, TYPE_1, TYPE_2};
use crate::day::{Day, YEAR, day};
use crate::plan::LAST;
use crate::records::{ICD10_FROM, LAB_FROM, Person, bell, days, onset};
use crate::tables::Specialty;

const INTERNAL: Specialty = ("01", "Intern medicin");

/// Adds what has to do with diabetes.
pub fn add(chance: &mut Chance, person: &mut Person<'_>) {
    let born = person.citizen.born;
    let woman = person.citizen.is_woman();
    if let Some(from) = onset(chance, &TYPE_1, born) {
        type_1(chance, person, from);
        return;
    }
    if let Some(from) = onset(chance, &TYPE_2[usize::from(!woman)], born) {
        type_2(chance, person, from);
        return;
    }
    if woman {
        polycystic(chance, person);
        gestational(chance, person);
    }
    // Since the end of 2022 some 2 % of adults have bought semaglutide against overweight.
    if person.citizen.age(LAST) >= 18 && chance.happens(0.02) {
        let from = chance.whole(day(2022, 12, 1), LAST);
        person.medicine(chance, (from, LAST), ("A10BJ06", 32.0, 8.0), "0000874");
    }
}

fn type_1(chance: &mut Chance, person: &mut Person<'_>, from: Day) {
    let code = |on: Day| if on < ICD10_FROM { "24900" } else { "DE109" };
    person.contact(from, ENDOCRINOLOGY, &[(code(from), 'A', false)]);
    for on in days(chance, from, 80.0, 1.0) {
        // Now and then it is coded as type 2.
        let code = if on >= ICD10_FROM && chance.happens(0.03) { "DE119" } else { code(on) };
        person.contact(on, ENDOCRINOLOGY, &[(code, 'A', false)]);
    }
    person.medicine(chance, (from, LAST), ("A10AB05", 37.5, 5.0), "");
    person.medicine(chance, (from, LAST), ("A10AE04", 37.5, 5.0), "");
    if chance.happens(0.05) {
        person.medicine(chance, (from + 3_650, LAST), ("A10BA02", 50.0, 2.0), "");
    }
    hba1c(chance, person, from, (64.0, 12.0), 2.5);
    podiatry(chance, person, from, 0.25);
}

fn type_2(chance: &mut Chance, person: &mut Person<'_>, from: Day) {
    let code = |on: Day| if on < ICD10_FROM { "25000" } else { "DE119" };
    // Most are seen to by their own doctor only.
    if chance.happens(0.45) {
        for on in days(chance, from, 60.0, 0.4) {
            let kind = if chance.happens(0.5) { 'A' } else { 'B' };
            let specialty = if chance.happens(0.5) { ENDOCRINOLOGY } else { INTERNAL };
            person.contact(on, specialty, &[(code(on), kind, false)]);
        }
    }
    let treated = from + chance.whole(0, 1_500);
    person.medicine(chance, (treated, LAST), ("A10BA02", 50.0, 3.5), "0000780");
    let ladder = [
        (0.25, 1_000, ("A10BB12", 90.0, 2.5), day(1996, 1, 1)),
        (0.20, 2_000, ("A10BH01", 98.0, 3.0), day(2007, 6, 1)),
        (0.25, 2_500, ("A10BK03", 90.0, 3.0), day(2014, 10, 1)),
        (0.20, 3_000, ("A10BJ02", 30.0, 6.0), day(2009, 9, 1)),
        (0.15, 4_000, ("A10AE04", 37.5, 4.0), day(2003, 1, 1)),
    ];
    for (share, later, medicine, marketed) in ladder {
        if chance.happens(share) {
            let from = (treated + chance.whole(0, later)).max(marketed);
            person.medicine(chance, (from, LAST), medicine, "");
        }
    }
    hba1c(chance, person, from, (54.0, 9.0), 2.0);
    podiatry(chance, person, from, 0.35);
}

/// HbA1c in mmol/mol; a fifth of the first year's results are in per cent as well.
fn hba1c(chance: &mut Chance, person: &mut Person<'_>, from: Day, (mean, spread): (f64, f64), a_year: f64) {
    for on in days(chance, from.max(LAB_FROM), 80.0, a_year) {
        let value = (mean + spread * bell(chance)).max(30.0);
        let number = &person.citizen.number;
        person.rows.result(number, on, "NPU27300", value, 0);
        if on < LAB_FROM + 365 && chance.happens(0.2) {
            // The master equation between IFCC's and DCCT's units: Hoelzel et al., Clin Chem 2004;50:166.
            person.rows.result(number, on, "NPU03835", 0.0915 * value + 2.15, 1);
        }
    }
}

fn podiatry(chance: &mut Chance, person: &mut Person<'_>, from: Day, share: f64) {
    if !chance.happens(share) {
        return;
    }
    for on in days(chance, from.max(day(1990, 1, 1)), 80.0, 1.5) {
        person.rows.service(&person.citizen.number, on, "54003", false);
    }
}

/// Some 4 % of women take metformin for polycystic ovaries for a time before they are 40.
fn polycystic(chance: &mut Chance, person: &mut Person<'_>) {
    if !chance.happens(0.04) {
        return;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a day")]
    let from = person.citizen.born + ((18.0 + 17.0 * chance.unit()) * YEAR) as Day;
    let to = from + chance.whole(200, 1_500);
    let indication = if chance.happens(0.5) { "0000781" } else { "" };
    person.medicine(chance, (from.max(day(2003, 1, 1)), to), ("A10BA02", 50.0, 3.0), indication);
}

/// Some 5 % of pregnancies: raised HbA1c near the birth, sometimes insulin.
fn gestational(chance: &mut Chance, person: &mut Person<'_>) {
    for place in 0..person.citizen.births.len() {
        let on = person.citizen.births[place];
        if on < ICD10_FROM || !chance.happens(0.05) {
            continue;
        }
        person.contact(on - 70, OBSTETRICS, &[("DO244", 'A', false)]);
        if on - 40 >= LAB_FROM {
            person.rows.result(&person.citizen.number, on - 40, "NPU27300", 49.0 + 3.0 * chance.unit(), 0);
        }
        if chance.happens(0.2) {
            person.medicine(chance, (on - 70, on), ("A10AB05", 37.5, 12.0), "");
        }
    }
}
