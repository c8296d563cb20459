//! A family as it may be read, once the file has been held against the pedigree.

use super::Verdict;
use crate::pedigree::Family;
use indgang_model::Affected;

impl Verdict {
    /// The children whose trio is refused.
    fn refused<'v>(&'v self, family: &'v Family) -> impl Iterator<Item = usize> + 'v {
        let is_child_of = |child: usize, parent: usize| {
            let member = &family.members[child];
            member.father == Some(parent) || member.mother == Some(parent)
        };
        self.disagreements.iter().filter(|d| d.refuses_trio).map(move |d| match d.other {
            // Of two who are one sample the order says nothing.
            Some(other) if is_child_of(other, d.member) => other,
            _ => d.member,
        })
    }

    /// The family as it may be read: as the pedigree has it where nothing speaks against a trio, else in parts.
    ///
    /// A child whose trio is refused is cut off from both parents: which of them is doubtful would show in the answer, and
    /// is for the laboratory alone. Who is no longer linked with whom the part is about has no status there, so that
    /// calls of a stranger's sample refute nothing. The first part is the proband's; others follow that hold an affected
    /// person. Members keep their places, so that calls fit every part.
    pub fn readings(&self, family: &Family) -> Vec<Family> {
        let mut cut = family.clone();
        let mut loose = vec![false; cut.members.len()];
        for child in self.refused(family) {
            let member = &mut cut.members[child];
            let parents = [member.father.take(), member.mother.take()];
            for i in parents.into_iter().flatten().chain([child]) {
                loose[i] = true;
            }
        }
        if !loose.contains(&true) {
            return vec![cut];
        }
        let part_of = parts(&cut);
        let is_cut_off = |part: usize| part_of.iter().zip(&loose).any(|(p, loose)| *p == part && *loose);
        let proband = family.proband();
        let mut wanted = vec![part_of[proband]];
        for (member, part) in cut.members.iter().zip(&part_of) {
            if member.affected == Affected::Affected && is_cut_off(*part) && !wanted.contains(part) {
                wanted.push(*part);
            }
        }
        let reading = |(number, part): (usize, &usize)| {
            let mut reading = cut.clone();
            for (i, member) in reading.members.iter_mut().enumerate() {
                // Who was never linked by the pedigree counts as before, with the proband.
                let stays = part_of[i] == *part || (number == 0 && !is_cut_off(part_of[i]));
                if !stays {
                    member.affected = Affected::Unknown;
                } else if number == 0 && i == proband && member.affected == Affected::Unknown {
                    member.affected = Affected::Affected; // as the one the case is about
                }
            }
            reading
        };
        wanted.iter().enumerate().map(reading).collect()
    }
}

/// A number for each member, equal for those whom parents and children link.
fn parts(family: &Family) -> Vec<usize> {
    let mut part: Vec<usize> = (0..family.members.len()).collect();
    for (child, member) in family.members.iter().enumerate() {
        for parent in [member.father, member.mother].into_iter().flatten() {
            let (keep, gone) = (part[child], part[parent]);
            part.iter_mut().filter(|p| **p == gone).for_each(|p| *p = keep);
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::super::{Disagreement, Relation};
    use super::*;
    use crate::pedigree::Pedigree;

    /// Each part as `member(parents):status …`, with those of no status left out.
    fn told(ped: &str, disagreements: &[(Relation, &str, Option<&str>)]) -> Vec<String> {
        let family = Pedigree::parse(ped).expect("a pedigree").families.remove(0);
        let of = |name: &str| family.members.iter().position(|m| m.id == name).expect("a member");
        let disagreements = disagreements.iter().map(|(relation, member, other)| Disagreement {
            relation: *relation,
            member: of(member),
            other: other.map(of),
            reason: String::new(),
            laboratory_only: true,
            refuses_trio: true,
        });
        let verdict = Verdict { disagreements: disagreements.collect() };
        let show = |part: &Family| {
            let known = part.members.iter().filter(|m| m.affected != Affected::Unknown);
            let words = known.map(|m| {
                let parents = usize::from(m.father.is_some()) + usize::from(m.mother.is_some());
                format!("{}({parents}){}", m.id, if m.affected == Affected::Affected { "+" } else { "-" })
            });
            words.collect::<Vec<_>>().join(" ")
        };
        verdict.readings(&family).iter().map(show).collect()
    }

    #[test]
    fn who_is_read_with_whom() {
        use Relation as R;
        let trio = "F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 1";
        let sick = "F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 2";
        let quartet = "F kid dad mum 1 2\nF sib dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1";
        let nobody = "F kid dad mum 1 0\nF dad 0 0 1 0\nF mum 0 0 2 1";
        let friend = "F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF friend 0 0 2 1";
        for (ped, disagreements, expected) in [
            (trio, &[][..], &["kid(2)+ dad(0)- mum(0)-"][..]),
            (trio, &[(R::Paternity, "kid", Some("dad"))], &["kid(0)+"]),
            (trio, &[(R::Maternity, "kid", Some("mum")), (R::MendelianErrors, "kid", None)], &["kid(0)+"]),
            (trio, &[(R::Identical, "dad", Some("kid"))], &["kid(0)+"]), // whichever comes first
            (trio, &[(R::Sex, "dad", None)], &["kid(2)+ dad(0)- mum(0)-"]), // no trio of his is in the file
            (sick, &[(R::Paternity, "kid", Some("dad"))], &["kid(0)+", "mum(0)+"]),
            (quartet, &[(R::Paternity, "sib", Some("dad"))], &["kid(2)+ dad(0)- mum(0)-", "sib(0)+"]),
            (quartet, &[(R::Paternity, "kid", Some("dad"))], &["kid(0)+", "sib(2)+ dad(0)- mum(0)-"]),
            (nobody, &[(R::MendelianErrors, "kid", None)], &["kid(0)+"]),
            (friend, &[(R::MendelianErrors, "kid", None)], &["kid(0)+ friend(0)-"]),
        ] {
            assert_eq!(told(ped, disagreements), expected, "{ped}\n{disagreements:?}");
        }
    }
}
