//! Answers that were given, in a table of fixed size.
//!
//! Each place holds one situation whole together with its answer in one number, so that a reader sees both or neither
//! and no lock is needed; a situation that falls on a taken place replaces it.

use super::cedar::Answer;
use std::sync::atomic::{AtomicU64, Ordering};

const PLACES: usize = 1 << 16;
const ANSWER_BITS: u32 = 8;

pub(super) struct Remembered(Box<[AtomicU64]>);

impl Default for Remembered {
    fn default() -> Self {
        Self((0..PLACES).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Remembered {
    pub(super) fn get(&self, situation: u64) -> Option<Answer> {
        let held = self.place(situation).load(Ordering::Relaxed);
        (held >> ANSWER_BITS == situation).then(|| decode(held as u8)).flatten()
    }

    pub(super) fn put(&self, situation: u64, answer: Answer) {
        self.place(situation).store(situation << ANSWER_BITS | u64::from(encode(answer)), Ordering::Relaxed);
    }

    fn place(&self, situation: u64) -> &AtomicU64 {
        // Fibonacci hashing: the multiplier is 2⁶⁴ divided by the golden ratio.
        let spread = situation.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        &self.0[(spread >> (u64::BITS - PLACES.trailing_zeros())) as usize]
    }
}

/// Zero is an empty place; rules are fewer than 64.
const fn encode(answer: Answer) -> u8 {
    match answer {
        Answer::Closed => 1,
        Answer::Open(rule) => 0x40 | rule,
        Answer::Forbidden(rule) => 0x80 | rule,
    }
}

const fn decode(held: u8) -> Option<Answer> {
    match (held & 0xc0, held & 0x3f) {
        (0, 1) => Some(Answer::Closed),
        (0x40, rule) => Some(Answer::Open(rule)),
        (0x80, rule) => Some(Answer::Forbidden(rule)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_got_and_another_is_not() {
        let table = Remembered::default();
        let answers = [Answer::Closed, Answer::Open(0), Answer::Open(49), Answer::Forbidden(0), Answer::Forbidden(63)];
        for (situation, answer) in
            (0u64..).map(|n| n * 0x0123_4567_89ab % (1 << 48)).zip(answers.iter().cycle()).take(5000)
        {
            table.put(situation, *answer);
            assert_eq!(table.get(situation), Some(*answer));
            assert_ne!(table.get(situation ^ 1), Some(Answer::Open(63)));
        }
        assert_eq!(Remembered::default().get(0), None);
    }
}
