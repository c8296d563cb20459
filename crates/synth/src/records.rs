//! What the registers know of one citizen.

use crate::chance::Chance;
use crate::conditions::{ANALYSES, CONDITIONS, CONTACTS, Condition, OBSTETRICS, PASSING, REASONS, RESULTS};
use crate::day::{Day, YEAR};
use crate::diabetes;
use crate::plan::{Citizen, LAST};
use crate::tables::{Diagnosis, Rows, Specialty};

/// The first day of the patient register.
const LPR_FROM: Day = 2_557; // 1977-01-01
/// The first days of the other registers.
pub const LMDB_FROM: Day = 9_131; // 1995-01-01
pub const LAB_FROM: Day = 14_975; // 2011-01-01
const SYSI_FROM: Day = 7_305; // 1990-01-01
/// Diagnoses were coded in ICD-8 before this day.
pub const ICD10_FROM: Day = 8_766; // 1994-01-01

/// The concerns of a citizen, each with a stream of its own.
mod concern {
    pub const REASONS: u64 = 10;
    pub const BIRTHS: u64 = 11;
    pub const RESULTS: u64 = 12;
    pub const PASSING: u64 = 13;
    pub const SERVICES: u64 = 14;
    pub const DIABETES: u64 = 15;
    /// And the number of the condition.
    pub const CONDITION: u64 = 100;
}

/// Adds the rows of a citizen: a pure function of the seed and the citizen.
pub fn add(seed: u64, citizen: &Citizen, rows: &mut Rows) {
    rows.citizen(citizen);
    let mut person = Person { citizen, rows, contacts: 0 };
    let chance = |concern| Chance::of(seed, concern, citizen.index);
    for (number, condition) in (0..).zip(&CONDITIONS) {
        person.condition(&mut chance(concern::CONDITION + number), condition);
    }
    diabetes::add(&mut chance(concern::DIABETES), &mut person);
    person.births(&mut chance(concern::BIRTHS));
    person.reasons(&mut chance(concern::REASONS));
    person.results(&mut chance(concern::RESULTS));
    person.passing(&mut chance(concern::PASSING));
    person.services(&mut chance(concern::SERVICES));
}

/// A citizen whose rows grow.
pub struct Person<'a> {
    /// Who.
    pub citizen: &'a Citizen,
    /// Her rows.
    pub rows: &'a mut Rows,
    contacts: u64,
}

impl Person<'_> {
    /// A contact with a hospital, if the register was there and the person born.
    pub fn contact(&mut self, on: Day, specialty: Specialty, diagnoses: &[Diagnosis<'_>]) {
        if on < LPR_FROM.max(self.citizen.born) || on > LAST {
            return;
        }
        // Nobody has ten thousand contacts.
        let key = self.citizen.index * 10_000 + self.contacts;
        self.contacts += 1;
        self.rows.contact(&self.citizen.number, key, on, specialty, diagnoses);
    }

    /// Purchases of a medicine from one day to another, so many a year.
    pub fn medicine(
        &mut self,
        chance: &mut Chance,
        (from, to): (Day, Day),
        (atc, volume, a_year): (&str, f64, f64),
        indication: &str,
    ) {
        let pause = YEAR / a_year;
        let mut on = f64::from(from.max(LMDB_FROM)) + pause * chance.unit();
        while on <= f64::from(to.min(LAST)) {
            #[expect(clippy::cast_possible_truncation, reason = "a day")]
            self.rows.purchase(&self.citizen.number, on as Day, atc, (volume, 1), indication);
            on += pause * (0.7 + 0.6 * chance.unit());
        }
    }

    fn condition(&mut self, chance: &mut Chance, condition: &Condition) {
        let shares = if self.citizen.is_woman() { &condition.women } else { &condition.men };
        let Some(onset) = onset(chance, shares, self.citizen.born) else { return };
        let code = |on| if on < ICD10_FROM { condition.icd8 } else { condition.sks };
        self.contact(onset, condition.specialty, &[(code(onset), 'A', false)]);
        for (from, years, rate) in [(onset, 5.0, condition.contacts), (onset + 1_826, 60.0, condition.contacts / 5.0)] {
            for on in days(chance, from, years, rate) {
                let diagnosis = if chance.happens(0.7) { 'A' } else { 'B' };
                self.contact(on, condition.specialty, &[(code(on), diagnosis, false)]);
            }
        }
        for &medicine in condition.medicine {
            // Not everybody takes each.
            if chance.happens(0.7) {
                self.medicine(chance, (onset, LAST), medicine, "");
            }
        }
    }

    fn births(&mut self, chance: &mut Chance) {
        let citizen = self.citizen;
        for &on in &citizen.births {
            let visit = on - chance.whole(60, 160);
            let code = |on, old, new| if on < ICD10_FROM { old } else { new };
            self.contact(visit, OBSTETRICS, &[(code(visit, "Y6199", "DZ340"), 'A', false)]);
            let birth = if chance.happens(0.2) { "DO829" } else { "DO800" };
            let first: Diagnosis<'_> = (code(on, "65099", birth), 'A', false);
            if on < ICD10_FROM {
                self.contact(on, OBSTETRICS, &[first]);
            } else {
                self.contact(on, OBSTETRICS, &[first, ("DZ370", 'B', false)]);
            }
        }
    }

    fn reasons(&mut self, chance: &mut Chance) {
        for (year, on) in years(self.citizen, LPR_FROM) {
            let age = self.citizen.age(year);
            for _ in 0..chance.count(by_age(&CONTACTS, age)) {
                let reason = chance.choose(&REASONS, |r| if (r.3..=r.4).contains(&age) { r.5 } else { 0.0 });
                let day = on(chance);
                let code = if day < ICD10_FROM { reason.1 } else { reason.0 };
                let refuted = chance.happens(0.02);
                let other = chance.choose(&REASONS, |r| if (r.3..=r.4).contains(&age) { r.5 } else { 0.0 });
                let other = if day < ICD10_FROM { other.1 } else { other.0 };
                let kind = *chance.choose(&['B', 'H', '+'], |kind| if *kind == 'B' { 3.0 } else { 1.0 });
                let diagnoses = [(code, 'A', refuted), (other, kind, false)];
                let number = if chance.happens(0.4) { 2 } else { 1 };
                self.contact(day, reason.2, &diagnoses[..number]);
            }
        }
    }

    fn results(&mut self, chance: &mut Chance) {
        for (year, on) in years(self.citizen, LAB_FROM) {
            for _ in 0..chance.count(by_age(&RESULTS, self.citizen.age(year))) {
                let &(analysis, mean, spread, decimals, _) = chance.choose(&ANALYSES, |analysis| analysis.4);
                let value = (mean + spread * bell(chance)).max(mean / 10.0);
                let on = on(chance);
                self.rows.result(&self.citizen.number, on, analysis, value, decimals);
            }
        }
    }

    fn passing(&mut self, chance: &mut Chance) {
        for (_, on) in years(self.citizen, LMDB_FROM) {
            for &(atc, volume, indication, a_year) in &PASSING {
                for _ in 0..chance.count(a_year) {
                    let on = on(chance);
                    self.rows.purchase(&self.citizen.number, on, atc, (volume, 1), indication);
                }
            }
        }
    }

    /// Visits to the general practitioner (specialty 80), a few of them: the tables stay of a size to work with.
    fn services(&mut self, chance: &mut Chance) {
        for (year, on) in years(self.citizen, SYSI_FROM) {
            let adult = self.citizen.age(year) >= 18;
            for _ in 0..chance.count(if adult { 0.2 } else { 0.0 }) {
                let on = on(chance);
                let for_child = chance.happens(0.1);
                self.rows.service(&self.citizen.number, on, "80101", for_child);
            }
        }
    }
}

/// The years from a day until the last, each as its first day and a way to draw one of its days; never before birth.
fn years(citizen: &Citizen, from: Day) -> impl Iterator<Item = (Day, impl Fn(&mut Chance) -> Day)> {
    let from = from.max(citizen.born);
    (from..=LAST)
        .step_by(365)
        .map(|first| (first, move |chance: &mut Chance| chance.whole(first, (first + 364).min(LAST))))
}

/// Days from one on, so many a year.
pub fn days(chance: &mut Chance, from: Day, years: f64, rate: f64) -> Vec<Day> {
    let span = (f64::from(LAST - from) / YEAR).min(years).max(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "a day")]
    let end = from + (span * YEAR) as Day;
    let mut days: Vec<Day> = (0..chance.count(span * rate)).map(|_| chance.whole(from, end)).collect();
    days.sort_unstable();
    days
}

/// The day a disease begins, when it has by the last day.
pub fn onset(chance: &mut Chance, shares: &[f64; 10], born: Day) -> Option<Day> {
    let drawn = 100.0 * chance.unit();
    let mut before = 0.0;
    for (decade, &share) in (0u8..).zip(shares) {
        if drawn < share {
            let age = 10.0 * (f64::from(decade) + (drawn - before) / (share - before));
            #[expect(clippy::cast_possible_truncation, reason = "a day")]
            let on = born + (age * YEAR) as Day;
            return (on <= LAST).then_some(on);
        }
        before = share;
    }
    None
}

/// A number around 0 with spread 1, by the sum of twelve; only additions, so that every machine has the same bits.
pub fn bell(chance: &mut Chance) -> f64 {
    (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0
}

fn by_age(table: &[(i32, f64)], age: i32) -> f64 {
    table.iter().rev().find(|row| age >= row.0).map_or(0.0, |row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::day;

    #[test]
    fn registers_begin_on_new_years_day() {
        for (constant, year) in
            [(LPR_FROM, 1977), (LMDB_FROM, 1995), (LAB_FROM, 2011), (SYSI_FROM, 1990), (ICD10_FROM, 1994)]
        {
            assert_eq!(constant, day(year, 1, 1));
        }
    }

    #[test]
    fn diseases_begin_as_often_and_as_old_as_the_table_says() {
        let shares = [0.0, 0.0, 10.0, 10.0, 30.0, 30.0, 30.0, 30.0, 30.0, 30.0];
        let born = day(1900, 1, 1);
        let mut chance = Chance::of(1, 1, 1);
        let ages: Vec<f64> = (0..20_000)
            .filter_map(|_| onset(&mut chance, &shares, born))
            .map(|on| f64::from(on - born) / YEAR)
            .collect();
        assert!((ages.len() as f64 / 20_000.0 - 0.30).abs() < 0.01);
        assert!(ages.iter().all(|age| (20.0..=30.0).contains(age) || (40.0..=50.0).contains(age)));
        // Nobody gets today what she will get when she is old.
        assert_eq!((0..1_000).filter_map(|_| onset(&mut chance, &shares, LAST - 3_650)).count(), 0);
    }
}
