//! The numbers that were shown under a permit, as they are remembered.

use super::measures;
use crate::LakeError;
use indgang_analysis::disclosure::{Contribution, Number};

/// What the bytes begin with. Before, they began with the number of tables, each of cells that counted persons once.
const CONTRIBUTIONS: u64 = u64::MAX;

/// Numbers as bytes: of each which question and family it is of (0 for none), its length, and who is counted.
pub(super) fn bytes(numbers: &[Number]) -> Vec<u8> {
    let mut bytes = CONTRIBUTIONS.to_le_bytes().to_vec();
    for number in numbers {
        let one = measures::contribution_bytes(&number.of);
        bytes.extend(number.question.to_le_bytes());
        bytes.extend(number.family.unwrap_or_default().to_le_bytes());
        bytes.extend((one.len() as u64).to_le_bytes());
        bytes.extend(one);
    }
    bytes
}

/// The numbers of earlier answers.
pub(super) fn numbers(earlier: &[Vec<u8>]) -> Result<Vec<Number>, LakeError> {
    let damaged = || LakeError::Damaged("earlier answers".to_owned());
    let mut all = Vec::new();
    for bytes in earlier {
        all.extend(answer(bytes).ok_or_else(damaged)?);
    }
    Ok(all)
}

fn answer(bytes: &[u8]) -> Option<Vec<Number>> {
    let mut rest = bytes;
    let (tables, mut numbers) = (number(&mut rest)?, Vec::new());
    if tables == CONTRIBUTIONS {
        while !rest.is_empty() {
            let (question, family) = (word(&mut rest)?, word(&mut rest)?);
            let of = measures::contribution_from(part(&mut rest)?)?;
            numbers.push(Number { of, question, family: (family != 0).then_some(family) });
        }
        return Some(numbers);
    }
    for _ in 0..tables {
        for _ in 0..number(&mut rest)? {
            let of = Contribution::once(measures::from_bytes(part(&mut rest)?)?);
            numbers.push(Number { of, ..Number::default() });
        }
    }
    rest.is_empty().then_some(numbers)
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let (number, behind) = rest.split_at_checked(8)?;
    *rest = behind;
    Some(u64::from_le_bytes(number.try_into().ok()?))
}

fn word(rest: &mut &[u8]) -> Option<u128> {
    let (word, behind) = rest.split_at_checked(16)?;
    *rest = behind;
    Some(u128::from_le_bytes(word.try_into().ok()?))
}

fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (part, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_is_read_again() {
        let people = |range: std::ops::Range<u32>| range.collect();
        let once = Number { of: Contribution::once(people(0..9)), ..Number::default() };
        let often = Contribution::of([(1, people(0..3)), (7, people(5..9))]);
        let shown = [once, Number { of: often, question: 1 << 100, family: Some(3) }];
        assert_eq!(numbers(&[bytes(&shown), bytes(&[])]).unwrap(), shown);
        // Two tables as they were written before: one of two cells, one of none.
        let cell = measures::to_bytes(&people(0..9));
        let words = [&2u64.to_le_bytes()[..], &2u64.to_le_bytes(), &(cell.len() as u64).to_le_bytes(), &cell].concat();
        let words = [&words[..], &(cell.len() as u64).to_le_bytes(), &cell, &0u64.to_le_bytes()].concat();
        assert_eq!(numbers(std::slice::from_ref(&words)).unwrap(), [shown[0].clone(), shown[0].clone()]);
        for cut in 1..words.len() {
            assert!(numbers(&[words[..cut].to_vec()]).is_err(), "{cut}");
        }
        let whole = bytes(&shown);
        assert!(numbers(&[whole[..whole.len() - 1].to_vec()]).is_err());
    }
}
