//! Reading PED text.

use super::{Family, Member, PedError, Pedigree};
use indgang_model::{Affected, Sex};
use std::collections::HashMap;

/// One line, before names become indices.
struct Row {
    line: usize,
    father: Option<String>,
    mother: Option<String>,
}

pub(super) fn parse(text: &str) -> Result<Pedigree, PedError> {
    let mut families: Vec<(Family, Vec<Row>)> = Vec::new();
    let mut family_of: HashMap<String, usize> = HashMap::new();
    let mut seen: HashMap<(usize, String), usize> = HashMap::new();
    for (n, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        let number = n + 1;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let columns = split(line);
        let [family, person, father, mother, sex, affected, ..] = columns[..] else {
            return Err(PedError::TooFewColumns { line: number, found: columns.len() });
        };
        if absent(person) {
            return Err(PedError::BadPerson { line: number, value: person.to_owned() });
        }
        let index = *family_of.entry(family.to_owned()).or_insert_with(|| {
            families.push((Family { id: family.to_owned(), members: Vec::new() }, Vec::new()));
            families.len() - 1
        });
        if let Some(first) = seen.insert((index, person.to_owned()), number) {
            let (person, family) = (person.to_owned(), family.to_owned());
            return Err(PedError::Duplicate { line: number, first, person, family });
        }
        let (members, rows) = &mut families[index];
        members.members.push(Member {
            id: person.to_owned(),
            father: None,
            mother: None,
            sex: parse_sex(sex).ok_or_else(|| PedError::BadSex { line: number, value: sex.to_owned() })?,
            affected: parse_affected(affected)
                .ok_or_else(|| PedError::BadAffected { line: number, value: affected.to_owned() })?,
            line: Some(number),
            sequenced: true,
        });
        let parent = |name: &str| (!absent(name)).then(|| name.to_owned());
        rows.push(Row { line: number, father: parent(father), mother: parent(mother) });
    }
    if families.is_empty() {
        return Err(PedError::Empty);
    }
    let families = families.into_iter().map(|(family, rows)| link(family, &rows)).collect::<Result<_, _>>()?;
    Ok(Pedigree { families })
}

/// By tabs when they give six columns (names may then hold spaces), else by any white space.
fn split(line: &str) -> Vec<&str> {
    let tabs: Vec<_> = line.split('\t').map(str::trim).collect();
    if tabs.len() >= 6 { tabs } else { line.split_whitespace().collect() }
}

fn absent(name: &str) -> bool {
    matches!(name, "" | "0" | "." | "-9")
}

fn parse_sex(text: &str) -> Option<Sex> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "m" | "male" => Some(Sex::Male),
        "2" | "f" | "female" => Some(Sex::Female),
        "0" | "-9" | "." | "unknown" | "other" => Some(Sex::Unknown),
        _ => None,
    }
}

fn parse_affected(text: &str) -> Option<Affected> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "unaffected" => Some(Affected::Unaffected),
        "2" | "affected" => Some(Affected::Affected),
        "0" | "-9" | "." | "unknown" => Some(Affected::Unknown),
        _ => None,
    }
}

/// Names to indices, then what only the whole family can tell.
fn link(mut family: Family, rows: &[Row]) -> Result<Family, PedError> {
    let index: HashMap<String, usize> = family.members.iter().enumerate().map(|(i, m)| (m.id.clone(), i)).collect();
    for (i, row) in rows.iter().enumerate() {
        let find = |parent: &Option<String>, role| match parent {
            None => Ok(None),
            Some(parent) => index.get(parent).copied().map(Some).ok_or_else(|| PedError::UnknownParent {
                line: row.line,
                parent: parent.clone(),
                role,
                person: family.members[i].id.clone(),
                family: family.id.clone(),
            }),
        };
        let (father, mother) = (find(&row.father, "father")?, find(&row.mother, "mother")?);
        family.members[i].father = father;
        family.members[i].mother = mother;
    }
    sexes(&mut family, rows)?;
    cycles(&family, rows)?;
    Ok(family)
}

fn sexes(family: &mut Family, rows: &[Row]) -> Result<(), PedError> {
    for (i, row) in rows.iter().enumerate() {
        let (father, mother) = (family.members[i].father, family.members[i].mother);
        if let (Some(f), Some(m)) = (father, mother)
            && f == m
        {
            let (parent, person) = (family.members[f].id.clone(), family.members[i].id.clone());
            return Err(PedError::SameParents { line: row.line, parent, person });
        }
        for (parent, role, right, wrong) in
            [(father, "father", Sex::Male, "female"), (mother, "mother", Sex::Female, "male")]
        {
            let Some(parent) = parent else { continue };
            if family.members[parent].sex == Sex::Unknown {
                family.members[parent].sex = right;
            } else if family.members[parent].sex != right {
                return Err(PedError::ParentSex {
                    line: row.line,
                    parent_line: rows[parent].line,
                    parent: family.members[parent].id.clone(),
                    role,
                    sex: wrong,
                    person: family.members[i].id.clone(),
                });
            }
        }
    }
    Ok(())
}

/// Takes away those without children left until nobody can be taken; who remains is in or above a cycle's descent.
fn cycles(family: &Family, rows: &[Row]) -> Result<(), PedError> {
    let n = family.members.len();
    let mut children = vec![0usize; n];
    let parents = |i: usize| [family.members[i].father, family.members[i].mother].into_iter().flatten();
    for i in 0..n {
        parents(i).for_each(|p| children[p] += 1);
    }
    let mut ready: Vec<usize> = (0..n).filter(|i| children[*i] == 0).collect();
    let mut gone = vec![false; n];
    while let Some(i) = ready.pop() {
        gone[i] = true;
        for p in parents(i) {
            children[p] -= 1;
            if children[p] == 0 {
                ready.push(p);
            }
        }
    }
    // Ancestors of a cycle remain too; walk down is not possible, so take the first who reaches herself going up.
    let Some(first) = (0..n).find(|i| !gone[*i] && reaches_itself(family, *i)) else { return Ok(()) };
    let (person, family) = (family.members[first].id.clone(), family.id.clone());
    Err(PedError::OwnAncestor { line: rows[first].line, person, family })
}

fn reaches_itself(family: &Family, start: usize) -> bool {
    let mut seen = vec![false; family.members.len()];
    let mut stack = vec![start];
    while let Some(i) = stack.pop() {
        for p in [family.members[i].father, family.members[i].mother].into_iter().flatten() {
            if p == start {
                return true;
            }
            if !std::mem::replace(&mut seen[p], true) {
                stack.push(p);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_files_write() {
        let pedigree = Pedigree::parse(
            "\u{feff}#Family\tPerson\tFather\tMother\tSex\tStatus\n\n1\tkid one\tdad\tmum\tother\t2\textra\n1\tmum\t0\t0\t0\taffected\n1\tdad\t.\t-9\t1\t-9\r\n2 x 0 0 F 1\n",
        )
        .expect("a pedigree");
        let [one, two] = &pedigree.families[..] else { panic!("two families") };
        assert_eq!(
            (one.members[0].id.as_str(), one.members[0].father, one.members[0].mother),
            ("kid one", Some(2), Some(1))
        );
        assert_eq!(one.members[1].sex, Sex::Female); // a mother, whatever column 5 leaves open
        assert_eq!(one.members[2].affected, Affected::Unknown);
        assert_eq!(
            (two.id.as_str(), two.members[0].sex, two.members[0].affected),
            ("2", Sex::Female, Affected::Unaffected)
        );
    }

    #[test]
    fn says_what_is_wrong_where_and_what_to_do() {
        for (ped, message) in [
            ("", "the pedigree names nobody; write one line a person: family, person, father, mother, sex, status"),
            (
                "# only a comment\n",
                "the pedigree names nobody; write one line a person: family, person, father, mother, sex, status",
            ),
            (
                "F a 0 0 1\n",
                "line 1: 5 columns where a pedigree has six; write family, person, father, mother, sex, status separated by tabs",
            ),
            (
                "F\ta\t0\t0\t1\n",
                "line 1: 5 columns where a pedigree has six; write family, person, father, mother, sex, status separated by tabs",
            ),
            ("F 0 0 0 1 2\n", "line 1, column 2: `0` is not a person's name; write the sample's name as in the VCF"),
            ("#x\nF a 0 0 3 2\n", "line 2, column 5: `3` is not a sex; write 1 for male, 2 for female, 0 for unknown"),
            (
                "F a 0 0 1 yes\n",
                "line 1, column 6: `yes` is not a status; write 1 for unaffected, 2 for affected, 0 for unknown",
            ),
            (
                "F a 0 0 1 1\nF b 0 0 1 1\nF a 0 0 1 2\n",
                "line 3: `a` stands in family `F` already, at line 1; keep one of the lines",
            ),
            (
                "F a dad 0 1 2\n",
                "line 1: `dad`, father of `a`, has no line in family `F`; add the line, or write 0 for an unknown father",
            ),
            (
                "F a 0 m 1 2\nF m 0 0 1 1\n",
                "line 1: `m` is mother of `a` but male by line 2; correct column 5 there, or exchange columns 3 and 4 here",
            ),
            (
                "F d 0 0 2 1\nF a d 0 1 2\n",
                "line 2: `d` is father of `a` but female by line 1; correct column 5 there, or exchange columns 3 and 4 here",
            ),
            ("F d 0 0 0 1\nF a d d 1 2\n", "line 2: `d` is both father and mother of `a`; correct column 3 or 4"),
            ("F a a 0 1 2\n", "line 1: `a` is her or his own ancestor; correct columns 3 and 4 of family `F`"),
            (
                "F k a 0 1 2\nF a b 0 1 2\nF b a 0 1 1\n",
                "line 2: `a` is her or his own ancestor; correct columns 3 and 4 of family `F`",
            ),
        ] {
            assert_eq!(Pedigree::parse(ped).map_err(|e| e.to_string()), Err(message.to_owned()), "{ped}");
        }
    }

    #[test]
    fn same_name_in_two_families_is_two_persons() {
        assert_eq!(Pedigree::parse("A x 0 0 1 2\nB x 0 0 1 2\n").expect("a pedigree").families.len(), 2);
    }
}
