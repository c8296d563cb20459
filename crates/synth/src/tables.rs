//! The registers' rows as text.

use crate::day::{self, Day};
use crate::plan::{Citizen, Number};

/// A register's file: its name and its columns, in order.
pub const REGISTERS: [(&str, &str); 11] = [
    ("bef", "pnr,koen,foed_dato,familie_id,mor_id,far_id,kom,reg"),
    ("lpr_adm", "pnr,recnum,c_spec,d_inddto"),
    ("lpr_diag", "recnum,c_diag,c_diagtype"),
    ("lpr3f_kontakter", "pnr,dw_ek_kontakt,dato_start,hovedspeciale_ans"),
    ("lpr3f_diagnoser", "dw_ek_kontakt,diagnosekode,diagnosetype,senere_afkraeftet"),
    ("lpr3a_kontakt", "pnr,dw_ek_kontakt,kont_starttidspunkt,kont_ans_hovedspec"),
    ("lpr3a_diagnose", "dw_ek_kontakt,diag_kode,diag_type,senere_afkraeftet"),
    ("lmdb", "pnr,eksd,atc,volume,apk,indo"),
    ("lab_forsker", "pnr,samplingdate,analysiscode,value"),
    ("sysi", "pnr,barnmak,speciale,honuge"),
    ("sssy", "pnr,barnmak,speciale,honuge"),
];

/// Places in [`REGISTERS`].
mod file {
    pub const BEF: usize = 0;
    pub const LPR2: [usize; 2] = [1, 2];
    pub const LPR3F: [usize; 2] = [3, 4];
    pub const LPR3A: [usize; 2] = [5, 6];
    pub const LMDB: usize = 7;
    pub const LAB: usize = 8;
    pub const SYSI: usize = 9;
    pub const SSSY: usize = 10;
}

/// Rows of some citizens, one text for each of [`REGISTERS`] and in their order, without headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The texts.
    pub texts: [Vec<u8>; REGISTERS.len()],
    /// How many rows each has.
    pub counts: [u64; REGISTERS.len()],
}

/// Where a contact took place: the code in LPR2 and the name in LPR3.
pub type Specialty = (&'static str, &'static str);

/// A contact's diagnosis: code, kind (A, B, H, +) and whether it was refuted later.
pub type Diagnosis<'a> = (&'a str, char, bool);

/// The contacts of LPR3 begin here, those of its later format there.
const LPR3F_FROM: Day = 17_956; // 2019-03-01
const LPR3A_FROM: Day = 18_993; // 2022-01-01
const SSSY_FROM: Day = 12_786; // 2005-01-03, the Monday of week 1

impl Rows {
    /// A row of the population.
    pub fn citizen(&mut self, citizen: &Citizen) {
        let row = self.begin(file::BEF, &citizen.number);
        row.extend([b'0' + citizen.sex, b',']);
        day::push(row, citizen.born);
        row.extend(format!(",{},", citizen.family).bytes());
        row.extend(citizen.mother.iter().flatten());
        row.push(b',');
        row.extend(citizen.father.iter().flatten());
        row.push(b',');
        day::push_digits(row, i32::from(citizen.home.code), 3);
        row.extend(format!(",{}\n", citizen.home.region).bytes());
    }

    /// A contact with a hospital, in the generation of the register that the day belongs to.
    pub fn contact(&mut self, number: &Number, key: u64, on: Day, specialty: Specialty, diagnoses: &[Diagnosis<'_>]) {
        let [contacts, kinds] = if on < LPR3F_FROM {
            file::LPR2
        } else if on < LPR3A_FROM {
            file::LPR3F
        } else {
            file::LPR3A
        };
        let row = self.begin(contacts, number);
        row.extend(format!("{key:018},").bytes());
        if contacts == file::LPR2[0] {
            row.extend(format!("{},", specialty.0).bytes());
            day::push(row, on);
            row.push(b'\n');
        } else {
            day::push(row, on);
            if contacts == file::LPR3A[0] {
                // Day time: nothing rests on it.
                row.extend(format!(" {:02}:{:02}:00", 7 + key % 13, key % 60).bytes());
            }
            row.extend(format!(",{}\n", specialty.1).bytes());
        }
        for &(code, kind, refuted) in diagnoses {
            self.counts[kinds] += 1;
            let row = &mut self.texts[kinds];
            row.extend(format!("{key:018},{code},{kind}").bytes());
            if kinds != file::LPR2[1] {
                row.extend(if refuted { b",Ja".iter() } else { b",Nej".iter() });
            }
            row.push(b'\n');
        }
    }

    /// A purchase of medicine: defined daily doses of a package, packages, indication (may be empty).
    pub fn purchase(&mut self, number: &Number, on: Day, atc: &str, (volume, packages): (f64, u32), indication: &str) {
        let row = self.begin(file::LMDB, number);
        day::push(row, on);
        row.extend(format!(",{atc},{volume},{packages},{indication}\n").bytes());
    }

    /// A laboratory result, with so many decimals.
    pub fn result(&mut self, number: &Number, on: Day, analysis: &str, value: f64, decimals: usize) {
        let row = self.begin(file::LAB, number);
        day::push(row, on);
        row.extend(format!(",{analysis},{value:.decimals$}\n").bytes());
    }

    /// A service outside hospital, for the citizen or her child.
    pub fn service(&mut self, number: &Number, on: Day, specialty: &str, for_child: bool) {
        let row = self.begin(if on < SSSY_FROM { file::SYSI } else { file::SSSY }, number);
        row.extend(format!("{},{specialty},", u8::from(for_child)).bytes());
        day::push_week(row, on);
        row.push(b'\n');
    }

    /// Adds rows that come after these.
    pub fn append(&mut self, other: &Self) {
        for (place, text) in other.texts.iter().enumerate() {
            self.texts[place].extend_from_slice(text);
            self.counts[place] += other.counts[place];
        }
    }

    fn begin(&mut self, file: usize, number: &Number) -> &mut Vec<u8> {
        self.counts[file] += 1;
        let row = &mut self.texts[file];
        row.extend_from_slice(number);
        row.push(b',');
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_stands_in_the_generation_of_its_day() {
        for (on, file, row, diagnosis) in [
            (day::day(2019, 2, 28), 1, "6101701234,000000000000000007,08,2019-02-28\n", "000000000000000007,DE109,A\n"),
            (
                day::day(2019, 3, 1),
                3,
                "6101701234,000000000000000007,2019-03-01,Medicinsk endokrinologi\n",
                "000000000000000007,DE109,A,Nej\n",
            ),
            (
                day::day(2021, 12, 31),
                3,
                "6101701234,000000000000000007,2021-12-31,Medicinsk endokrinologi\n",
                "000000000000000007,DE109,A,Nej\n",
            ),
            (
                day::day(2022, 1, 1),
                5,
                "6101701234,000000000000000007,2022-01-01 14:07:00,Medicinsk endokrinologi\n",
                "000000000000000007,DE109,A,Nej\n",
            ),
        ] {
            let mut rows = Rows::default();
            rows.contact(b"6101701234", 7, on, ("08", "Medicinsk endokrinologi"), &[("DE109", 'A', false)]);
            assert_eq!(String::from_utf8_lossy(&rows.texts[file]), row);
            assert_eq!(String::from_utf8_lossy(&rows.texts[file + 1]), diagnosis);
            assert_eq!(rows.counts.iter().sum::<u64>(), 2);
        }
    }

    #[test]
    fn services_change_register_with_the_year() {
        for (on, file, week) in [(day::day(2005, 1, 2), 9, "0453"), (day::day(2005, 1, 3), 10, "0501")] {
            let mut rows = Rows::default();
            rows.service(b"6101701234", on, "54001", true);
            assert_eq!(String::from_utf8_lossy(&rows.texts[file]), format!("6101701234,1,54001,{week}\n"));
        }
    }
}
