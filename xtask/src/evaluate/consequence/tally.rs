//! Agreement, with each disagreement by class.

use serde::Serialize;
use std::collections::BTreeMap;

/// One comparison of ours with another's.
#[derive(Default, Serialize)]
pub struct Tally {
    /// Comparisons made.
    pub compared: u64,
    /// Of these equal.
    pub equal: u64,
    /// Not compared, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Not equal, by class: how many, and the first examples.
    pub differences: BTreeMap<String, Class>,
}

/// A class of disagreement.
#[derive(Default, Serialize)]
pub struct Class {
    /// How many.
    pub count: u64,
    /// The first few.
    pub examples: Vec<String>,
}

/// Examples kept of a class.
const EXAMPLES: usize = 6;

impl Tally {
    /// Counts one comparison; `class` and `example` are asked for when it is not equal.
    pub fn add(&mut self, equal: bool, class: impl FnOnce() -> String, example: impl FnOnce() -> String) {
        self.compared += 1;
        if equal {
            self.equal += 1;
            return;
        }
        let class = self.differences.entry(class()).or_default();
        class.count += 1;
        if class.examples.len() < EXAMPLES {
            class.examples.push(example());
        }
    }

    /// Counts what is not compared.
    pub fn leave_out(&mut self, reason: &str) {
        *self.left_out.entry(reason.to_owned()).or_default() += 1;
    }

    /// Equal of compared, in percent.
    pub fn percent(&self) -> f64 {
        if self.compared == 0 { f64::NAN } else { 100.0 * self.equal as f64 / self.compared as f64 }
    }

    /// Prints the figures and every class.
    pub fn print(&self, name: &str) {
        println!("{name}: {} of {} equal, {:.2} %", self.equal, self.compared, self.percent());
        for (reason, count) in &self.left_out {
            println!("  not compared: {count:6}  {reason}");
        }
        let mut classes: Vec<_> = self.differences.iter().collect();
        classes.sort_by_key(|(name, class)| (std::cmp::Reverse(class.count), *name));
        for (name, class) in classes {
            println!("  {:6}  {name}: {}", class.count, class.examples.join("; "));
        }
    }
}
