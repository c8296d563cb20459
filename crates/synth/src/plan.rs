//! Households and the people in them, one after another.

use crate::chance::Chance;
use crate::day::{Day, YEAR, date, day};
use crate::places::{MUNICIPALITIES, Municipality};

/// The last day that the registers tell of.
pub const LAST: Day = 20_088; // 2024-12-31
/// The oldest are born on this day or later.
const OLDEST: Day = -20_089; // 1915-01-01
/// Girls and boys among the newborn: 51.4 % boys.
const BOYS: f64 = 0.514;
/// The concern of a household's own stream.
const HOUSEHOLD: u64 = 1;

/// A citizen.
#[derive(Debug, Clone, PartialEq)]
pub struct Citizen {
    /// Which one, from 0.
    pub index: u64,
    /// Her number: a CPR number whose day is raised by 60.
    pub number: Number,
    /// 2 for a woman, 1 for a man, as in the registers.
    pub sex: u8,
    /// Day of birth.
    pub born: Day,
    /// The household.
    pub family: u64,
    /// Where she lives.
    pub home: Municipality,
    /// Her mother's number, when they live together.
    pub mother: Option<Number>,
    /// Her father's number, when they live together.
    pub father: Option<Number>,
    /// The days she gave birth.
    pub births: Vec<Day>,
}

/// Ten digits.
pub type Number = [u8; 10];

impl Citizen {
    /// True for a woman.
    pub const fn is_woman(&self) -> bool {
        self.sex == 2
    }

    /// Age in whole years on a day, by mean years.
    #[expect(clippy::cast_possible_truncation, reason = "ages are small")]
    pub fn age(&self, on: Day) -> i32 {
        (f64::from(on - self.born) / YEAR).floor() as i32
    }
}

/// The households of a population, in order. Its only memory is how many were born on each day.
pub struct Households {
    seed: u64,
    family: u64,
    citizens: u64,
    numbers: Numbers,
}

impl Households {
    /// The households of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, family: 0, citizens: 0, numbers: Numbers::new() }
    }
}

impl Iterator for Households {
    type Item = Vec<Citizen>;

    fn next(&mut self) -> Option<Vec<Citizen>> {
        let mut chance = Chance::of(self.seed, HOUSEHOLD, self.family);
        let home = *chance.choose(&MUNICIPALITIES, |place| place.people);
        let mut people = Vec::new();
        for (sex, born) in adults(&mut chance) {
            let births = if sex == 2 { births(&mut chance, born) } else { Vec::new() };
            people.push(Member { sex, born, births, mother: None });
        }
        for mother in 0..people.len() {
            for born in people[mother].births.clone().into_iter().filter(|born| under_18(*born)) {
                let sex = if chance.happens(BOYS) { 1 } else { 2 };
                people.push(Member { sex, born, births: Vec::new(), mother: Some(mother) });
            }
        }
        let adults = people.iter().take_while(|member| member.mother.is_none()).count();
        let mut household: Vec<Citizen> = Vec::with_capacity(people.len());
        for (place, Member { sex, born, births, mother }) in people.into_iter().enumerate() {
            let number = self.numbers.next(born, sex)?;
            let men = household.iter().take(adults).filter(|p| mother.is_some() && p.sex == 1);
            let father = men.map(|p| p.number).next();
            let mother = mother.and_then(|mother| household.get(mother)).map(|p| p.number);
            let index = self.citizens + place as u64;
            household.push(Citizen { index, number, sex, born, family: self.family, home, mother, father, births });
        }
        self.family += 1;
        self.citizens += household.len() as u64;
        Some(household)
    }
}

/// Someone of a household before she has a number; `mother` is her mother's place in it.
struct Member {
    sex: u8,
    born: Day,
    births: Vec<Day>,
    mother: Option<usize>,
}

fn under_18(born: Day) -> bool {
    f64::from(LAST - born) < 18.0 * YEAR
}

/// Adults by age: age from, thousands of people, and how often she or he lives with a partner.
/// Round figures: people of the order of Statistics Denmark's table FOLK1A in 2024, partners of FAM122N.
const ADULTS: [(i32, f64, f64); 9] = [
    (18, 145.0, 0.10),
    (20, 755.0, 0.40),
    (30, 780.0, 0.70),
    (40, 710.0, 0.72),
    (50, 800.0, 0.70),
    (60, 700.0, 0.68),
    (70, 580.0, 0.62),
    (80, 240.0, 0.45),
    (90, 45.0, 0.15),
];

/// One adult or two: sex and day of birth.
fn adults(chance: &mut Chance) -> Vec<(u8, Day)> {
    let (from, _, partner) = *chance.choose(&ADULTS, |row| {
        // A couple is drawn once and has two adults.
        row.1 * (1.0 - row.2 / 2.0)
    });
    let to = ADULTS.iter().map(|row| row.0).find(|age| *age > from).unwrap_or(105);
    let age = f64::from(from) + chance.unit() * f64::from(to - from);
    let first = born_before(age);
    // Women are more among the old.
    let woman = 0.495 + (age - 60.0).max(0.0) * 0.005;
    let sex = if chance.happens(woman) { 2 } else { 1 };
    if !chance.happens(partner) {
        return vec![(sex, first)];
    }
    let older = f64::from(chance.whole(-3, 7)) * if sex == 2 { 1.0 } else { -1.0 };
    let other = born_before((age + older).clamp(18.1, 104.0));
    // Some 1.5 % of couples are of one sex.
    let same = chance.happens(0.015);
    vec![(sex, first), (if same { sex } else { 3 - sex }, other)]
}

#[expect(clippy::cast_possible_truncation, reason = "a day")]
fn born_before(age: f64) -> Day {
    (LAST - (age * YEAR) as Day).max(OLDEST)
}

/// The days a woman gave birth until now. Children a woman: 13 % none, 17 % one, 45 % two, 19 % three, 6 % four
/// (round figures for women at 50).
fn births(chance: &mut Chance, born: Day) -> Vec<Day> {
    let children = chance.choose(&[(0, 13.0), (1, 17.0), (2, 45.0), (3, 19.0), (4, 6.0)], |row| row.1).0;
    let mut days = Vec::new();
    // The first at 20 to 38; the mean, 29, is that of recent years.
    let mut age = 20.0 + 9.0 * (chance.unit() + chance.unit());
    for _ in 0..children {
        #[expect(clippy::cast_possible_truncation, reason = "a day")]
        let at = born + (age * YEAR) as Day;
        if at > LAST || age > 45.0 {
            break;
        }
        days.push(at);
        age += 1.3 + 3.4 * chance.unit();
    }
    days
}

/// Gives numbers that no two citizens share.
///
/// The day is raised by 60, so that no number can be anybody's. The last four digits count those who were born on one
/// day: below 4000 for the twentieth century and from 4000 for this one, odd for men, as in CPR numbers.
struct Numbers {
    given: Vec<[u16; 2]>,
}

impl Numbers {
    fn new() -> Self {
        Self { given: vec![[0; 2]; usize::try_from(LAST - OLDEST + 1).unwrap_or(0)] }
    }

    /// `None` when the numbers of a day run out, at some ninety million citizens.
    fn next(&mut self, born: Day, sex: u8) -> Option<Number> {
        let man = u16::from(sex == 1);
        let given = &mut self.given[usize::try_from(born - OLDEST).ok()?][usize::from(man)];
        let (first, end) = if born < day(2000, 1, 1) { (0, 4_000) } else { (4_000, 10_000) };
        let serial = first + 2 * *given + man;
        if serial >= end {
            return None;
        }
        *given += 1;
        let date = date(born);
        let mut digits = Vec::with_capacity(10);
        for (number, width) in [
            (i32::from(date.day()) + 60, 2),
            (i32::from(date.month()), 2),
            (i32::from(date.year()) % 100, 2),
            (i32::from(serial), 4),
        ] {
            crate::day::push_digits(&mut digits, number, width);
        }
        digits.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_model::{Cpr, PersonalNumber, Sex};
    use std::collections::HashSet;

    fn people(seed: u64, number: usize) -> Vec<Citizen> {
        Households::new(seed).flatten().take(number).collect()
    }

    #[test]
    fn the_last_and_first_days_are_those_of_the_calendar() {
        assert_eq!((LAST, OLDEST), (day(2024, 12, 31), day(1915, 1, 1)));
    }

    #[test]
    fn numbers_are_nobodys_and_tell_the_right_sex_and_birthday() {
        let people = people(7, 60_000);
        let numbers: HashSet<Number> = people.iter().map(|p| p.number).collect();
        assert_eq!(numbers.len(), people.len());
        for citizen in &people {
            let text = std::str::from_utf8(&citizen.number).unwrap();
            assert!(text.parse::<Cpr>().is_err(), "{text} may be somebody's");
            let PersonalNumber::Raised(_) = text.parse().unwrap() else { panic!("{text}") };
            let number: PersonalNumber = text.parse().unwrap();
            let born = date(citizen.born);
            let (year, month, of_month) = number.birth_date();
            assert_eq!(
                (i32::from(year), month, of_month),
                (i32::from(born.year()), born.month() as u8, born.day() as u8)
            );
            assert_eq!(number.sex(), if citizen.is_woman() { Sex::Female } else { Sex::Male });
        }
    }

    #[test]
    fn a_smaller_population_is_the_beginning_of_a_larger_one() {
        assert_eq!(people(3, 500), people(3, 5_000)[..500]);
        assert_ne!(people(3, 50), people(4, 50));
    }

    #[test]
    fn families_hang_together() {
        for household in Households::new(5).take(5_000) {
            for citizen in &household {
                assert_eq!((citizen.family, citizen.home), (household[0].family, household[0].home));
                let mother = household.iter().find(|m| Some(m.number) == citizen.mother);
                if let Some(mother) = mother {
                    assert!(mother.births.contains(&citizen.born) && under_18(citizen.born));
                    assert!((19..=46).contains(&mother.age(citizen.born)));
                }
                let father = household.iter().find(|f| Some(f.number) == citizen.father);
                assert!(father.is_none_or(|father| father.sex == 1 && !under_18(father.born)));
                // Whoever is under 18 lives with her mother.
                assert!(!under_18(citizen.born) || mother.is_some());
            }
        }
    }

    #[test]
    fn the_population_is_like_the_danish() {
        let people = people(1, 100_000);
        let share =
            |is: &dyn Fn(&Citizen) -> bool| people.iter().filter(|p| is(p)).count() as f64 / people.len() as f64;
        // Statistics Denmark, FOLK1A, 2024: 19 % under 18, 20.6 % from 65, 50.3 % women, 32 % in the Capital Region.
        for (what, found, expected, room) in [
            ("under 18", share(&|p| under_18(p.born)), 0.19, 0.03),
            ("from 65", share(&|p| p.age(LAST) >= 65), 0.206, 0.03),
            ("women", share(&|p| p.is_woman()), 0.503, 0.01),
            ("capital", share(&|p| p.home.region == 84), 0.32, 0.01),
            ("with a parent", share(&|p| p.father.is_some()), 0.14, 0.05),
        ] {
            assert!((found - expected).abs() < room, "{what}: {found}");
        }
    }
}
