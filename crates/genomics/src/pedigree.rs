//! Families as PED files write them, and questions about kinship.

mod parse;

use indgang_model::{Affected, Sex};

/// The families of one PED file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pedigree {
    /// In the order of their first line.
    pub families: Vec<Family>,
}

/// One family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// PED column 1.
    pub id: String,
    /// In file order.
    pub members: Vec<Member>,
}

/// One person of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// PED column 2, which is the sample's name in the VCF.
    pub id: String,
    /// Index of the father among the family's members.
    pub father: Option<usize>,
    /// Index of the mother among the family's members.
    pub mother: Option<usize>,
    /// Recorded sex; a person of unknown sex who is somebody's father or mother has the sex that follows.
    pub sex: Sex,
    /// Recorded status.
    pub affected: Affected,
    /// Line of the PED file (1-based); `None` without a file.
    pub line: Option<usize>,
    /// True until [`Family::mark_sequenced`] says that the file has no column for the person.
    pub sequenced: bool,
}

/// What is wrong with a PED file, by line (1-based) where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PedError {
    /// Nobody in it.
    #[error("the pedigree names nobody; write one line a person: family, person, father, mother, sex, status")]
    Empty,
    /// Under six columns.
    #[error(
        "line {line}: {found} columns where a pedigree has six; write family, person, father, mother, sex, status separated by tabs"
    )]
    TooFewColumns {
        /// Line.
        line: usize,
        /// Columns found.
        found: usize,
    },
    /// A person without a name.
    #[error("line {line}, column 2: `{value}` is not a person's name; write the sample's name as in the VCF")]
    BadPerson {
        /// Line.
        line: usize,
        /// What stands there.
        value: String,
    },
    /// Sex code.
    #[error("line {line}, column 5: `{value}` is not a sex; write 1 for male, 2 for female, 0 for unknown")]
    BadSex {
        /// Line.
        line: usize,
        /// What stands there.
        value: String,
    },
    /// Status code.
    #[error("line {line}, column 6: `{value}` is not a status; write 1 for unaffected, 2 for affected, 0 for unknown")]
    BadAffected {
        /// Line.
        line: usize,
        /// What stands there.
        value: String,
    },
    /// The same person twice in a family.
    #[error("line {line}: `{person}` stands in family `{family}` already, at line {first}; keep one of the lines")]
    Duplicate {
        /// Line.
        line: usize,
        /// Line of the first.
        first: usize,
        /// Person.
        person: String,
        /// Family.
        family: String,
    },
    /// A parent without a line.
    #[error(
        "line {line}: `{parent}`, {role} of `{person}`, has no line in family `{family}`; add the line, or write 0 for an unknown {role}"
    )]
    UnknownParent {
        /// Line.
        line: usize,
        /// The parent.
        parent: String,
        /// `father` or `mother`.
        role: &'static str,
        /// Whose.
        person: String,
        /// Family.
        family: String,
    },
    /// A father who is female or a mother who is male.
    #[error(
        "line {line}: `{parent}` is {role} of `{person}` but {sex} by line {parent_line}; correct column 5 there, or exchange columns 3 and 4 here"
    )]
    ParentSex {
        /// Line of the child.
        line: usize,
        /// Line of the parent.
        parent_line: usize,
        /// The parent.
        parent: String,
        /// `father` or `mother`.
        role: &'static str,
        /// `male` or `female`.
        sex: &'static str,
        /// The child.
        person: String,
    },
    /// Father and mother in one person.
    #[error("line {line}: `{parent}` is both father and mother of `{person}`; correct column 3 or 4")]
    SameParents {
        /// Line.
        line: usize,
        /// The parent.
        parent: String,
        /// The child.
        person: String,
    },
    /// A cycle.
    #[error("line {line}: `{person}` is her or his own ancestor; correct columns 3 and 4 of family `{family}`")]
    OwnAncestor {
        /// Line.
        line: usize,
        /// Person.
        person: String,
        /// Family.
        family: String,
    },
    /// A person the VCF does not have.
    #[error("line {line}: `{person}` of family `{family}` is not a sample of the VCF, which has {samples}; {remedy}")]
    AbsentSample {
        /// Line; 0 without a file.
        line: usize,
        /// Person.
        person: String,
        /// Family.
        family: String,
        /// Samples of the VCF, at most five.
        samples: String,
        /// What to do.
        remedy: String,
    },
}

impl Pedigree {
    /// Reads a PED file: tabs or spaces, `#` starts a comment, columns after the sixth are not read.
    ///
    /// # Errors
    /// See [`PedError`]; the first one is told.
    pub fn parse(text: &str) -> Result<Self, PedError> {
        parse::parse(text)
    }

    /// The column of every member of every family in a VCF with these samples.
    /// A relative may be without a column only when no sample is left over that nobody claims
    /// (a left-over sample and an absent person are one misspelling), and as [`Family::columns`] says.
    ///
    /// # Errors
    /// [`PedError::AbsentSample`].
    pub fn columns(&self, samples: &[String]) -> Result<Vec<Vec<Option<usize>>>, PedError> {
        let known = |s: &str| self.families.iter().any(|f| f.members.iter().any(|m| m.id == s));
        let unclaimed = samples.iter().find(|s| !known(s));
        self.families
            .iter()
            .map(|family| {
                let columns = family.columns(samples)?;
                match (unclaimed, columns.iter().position(Option::is_none)) {
                    (Some(left), Some(absent)) => Err(family.absent(
                        absent,
                        samples,
                        format!("if `{left}`, whom no line names, is the same person, write one name in both"),
                    )),
                    _ => Ok(columns),
                }
            })
            .collect()
    }
}

impl Family {
    /// A family of one affected person without relatives.
    pub fn single(sample: &str, sex: Sex) -> Self {
        Self {
            id: sample.to_owned(),
            members: vec![Member {
                id: sample.to_owned(),
                father: None,
                mother: None,
                sex,
                affected: Affected::Affected,
                line: None,
                sequenced: true,
            }],
        }
    }

    /// The one the case is about: the sequenced affected person with most sequenced parents, the first of equals.
    /// Without an affected person the same among those of unknown status, then among all.
    pub fn proband(&self) -> usize {
        let rank = |m: &Member| {
            let status = match m.affected {
                Affected::Affected => 2,
                Affected::Unknown => 1,
                Affected::Unaffected => 0,
            };
            let has = |p: Option<usize>| u8::from(p.is_some_and(|p| self.members[p].sequenced));
            (m.sequenced, status, has(m.father) + has(m.mother), u8::from(m.father.is_some() || m.mother.is_some()))
        };
        // `max_by_key` keeps the last of equals; reversed, that is the first.
        self.members.iter().enumerate().rev().max_by_key(|(_, m)| rank(m)).map_or(0, |(i, _)| i)
    }

    /// The column of every member. A member may be without one if she is somebody's parent and not affected.
    ///
    /// # Errors
    /// [`PedError::AbsentSample`] for an affected person, a person who is nobody's parent, or a family of whom nobody is there.
    pub fn columns(&self, samples: &[String]) -> Result<Vec<Option<usize>>, PedError> {
        let columns: Vec<_> = self.members.iter().map(|m| samples.iter().position(|s| *s == m.id)).collect();
        let nobody = columns.iter().all(Option::is_none);
        for (i, column) in columns.iter().enumerate() {
            if column.is_some() {
                continue;
            }
            if nobody || self.members[i].affected == Affected::Affected || self.children_of(i).next().is_none() {
                return Err(self.absent(i, samples, "correct the name, or leave the line out".to_owned()));
            }
        }
        Ok(columns)
    }

    fn absent(&self, member: usize, samples: &[String], remedy: String) -> PedError {
        let shown: Vec<_> = samples.iter().take(5).map(|s| format!("`{s}`")).collect();
        let more = if samples.len() > 5 { " …" } else { "" };
        PedError::AbsentSample {
            line: self.members[member].line.unwrap_or(0),
            person: self.members[member].id.clone(),
            family: self.id.clone(),
            samples: if shown.is_empty() { "none".to_owned() } else { format!("{}{more}", shown.join(", ")) },
            remedy,
        }
    }

    /// Remembers who has a column, so that [`Family::proband`] chooses among them.
    pub fn mark_sequenced(&mut self, columns: &[Option<usize>]) {
        for (member, column) in self.members.iter_mut().zip(columns) {
            member.sequenced = column.is_some();
        }
    }

    /// The children of a member, in order.
    pub fn children_of(&self, member: usize) -> impl Iterator<Item = usize> + '_ {
        self.members
            .iter()
            .enumerate()
            .filter(move |(_, m)| m.father == Some(member) || m.mother == Some(member))
            .map(|(i, _)| i)
    }

    /// Every (child, father, mother) with both parents in the pedigree.
    pub fn trios(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        self.members.iter().enumerate().filter_map(|(i, m)| Some((i, m.father?, m.mother?)))
    }

    /// True when `ancestor` is a parent, grandparent … of `member`. Nobody is her own ancestor.
    pub fn is_ancestor(&self, ancestor: usize, member: usize) -> bool {
        let m = &self.members[member];
        [m.father, m.mother].into_iter().flatten().any(|p| p == ancestor || self.is_ancestor(ancestor, p))
    }

    /// Woman and man of a couple that carrier screening is about: the only sequenced woman and the only sequenced man of a
    /// family in which nobody is affected, unless they are related by the pedigree.
    pub fn couple(&self) -> Option<(usize, usize)> {
        if self.members.iter().any(|m| m.affected == Affected::Affected) {
            return None;
        }
        let only = |sex| {
            let mut of_sex = self.members.iter().enumerate().filter(|(_, m)| m.sequenced && m.sex == sex);
            of_sex.next().filter(|_| of_sex.next().is_none()).map(|(i, _)| i)
        };
        let (woman, man) = (only(Sex::Female)?, only(Sex::Male)?);
        (self.expected_kinship(woman, man) == 0.0).then_some((woman, man))
    }

    /// Kinship coefficient that the pedigree implies (one half with oneself when not inbred, one quarter
    /// of parent and child). Source: the recursion of Lange, Mathematical and Statistical Methods for Genetic Analysis.
    pub fn expected_kinship(&self, a: usize, b: usize) -> f64 {
        let parents = |i: usize| [self.members[i].father, self.members[i].mother];
        if a == b {
            return match parents(a) {
                [Some(f), Some(m)] => 0.5 * (1.0 + self.expected_kinship(f, m)),
                _ => 0.5,
            };
        }
        // The recursion goes up from the one who is not an ancestor of the other.
        let (young, old) = if self.is_ancestor(a, b) { (b, a) } else { (a, b) };
        parents(young).into_iter().flatten().map(|p| 0.5 * self.expected_kinship(p, old)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIG: &str = "F gf 0 0 1 1\nF gm 0 0 2 1\nF dad gf gm 1 1\nF mum 0 0 2 0\nF sib dad mum 1 2\nF kid dad mum 2 2\nF aunt gf gm 2 1\nF husband 0 0 1 1\nF cousin husband aunt 2 2\n";

    fn big() -> Family {
        Pedigree::parse(BIG).expect("a pedigree").families.remove(0)
    }

    #[test]
    fn kinship_of_relatives() {
        let family = big();
        let of = |name: &str| family.members.iter().position(|m| m.id == name).expect("a member");
        for (a, b, expected) in [
            ("kid", "kid", 0.5),
            ("kid", "dad", 0.25),
            ("kid", "sib", 0.25),
            ("kid", "gf", 0.125),
            ("kid", "aunt", 0.125),
            ("kid", "cousin", 0.0625),
            ("dad", "mum", 0.0),
            ("mum", "cousin", 0.0),
        ] {
            assert_eq!(family.expected_kinship(of(a), of(b)), expected, "{a} {b}");
            assert_eq!(family.expected_kinship(of(b), of(a)), expected, "{b} {a}");
        }
        assert!(family.is_ancestor(of("gf"), of("kid")) && !family.is_ancestor(of("kid"), of("gf")));
        // A child of brother and sister is inbred.
        let inbred =
            Pedigree::parse("F a 0 0 1 1\nF b 0 0 2 1\nF c a b 1 1\nF d a b 2 1\nF e c d 2 2").expect("a pedigree");
        assert_eq!(inbred.families[0].expected_kinship(4, 4), 0.625);
    }

    #[test]
    fn probands() {
        let mut family = big();
        assert_eq!(family.members[family.proband()].id, "sib"); // three affected children: the first
        family.mark_sequenced(&[None, None, Some(0), Some(1), None, Some(2), None, None, Some(3)]);
        assert_eq!(family.members[family.proband()].id, "kid"); // the brother is not sequenced
        for (ped, expected) in [
            ("F a 0 0 1 2\nF b a 0 1 1", "a"), // the affected father, the child is well
            ("F a 0 0 1 0\nF b a 0 1 0", "b"), // nobody affected: the child of unknown status
            ("F a 0 0 1 2\nF m 0 0 2 1\nF b a m 1 2", "b"), // the child before the parent
        ] {
            let family = &Pedigree::parse(ped).expect("a pedigree").families[0];
            assert_eq!(family.members[family.proband()].id, expected, "{ped}");
        }
    }

    #[test]
    fn columns_of_a_file() {
        let samples = |names: &[&str]| names.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let trio = Pedigree::parse("F dad 0 0 1 1\nF mum 0 0 2 1\nF kid dad mum 1 2\n").expect("a pedigree");
        for (names, expected) in [
            (vec!["kid", "dad", "mum"], Ok(vec![Some(1), Some(2), Some(0)])),
            (vec!["kid", "mum"], Ok(vec![None, Some(1), Some(0)])), // father not sequenced
            (
                vec!["kid", "mum", "dda"], // a misspelling, not an absent father
                Err(
                    "line 1: `dad` of family `F` is not a sample of the VCF, which has `kid`, `mum`, `dda`; if `dda`, whom no line names, is the same person, write one name in both",
                ),
            ),
            (
                vec!["dad", "mum"], // the affected must be there
                Err(
                    "line 3: `kid` of family `F` is not a sample of the VCF, which has `dad`, `mum`; correct the name, or leave the line out",
                ),
            ),
        ] {
            let found = trio.columns(&samples(&names)).map(|mut c| c.remove(0)).map_err(|e| e.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{names:?}");
        }
        // A person who connects nobody must be in the file.
        let extra = Pedigree::parse("F kid 0 0 1 2\nF friend 0 0 1 1\n").expect("a pedigree");
        assert!(extra.columns(&samples(&["kid"])).is_err());
    }
}
