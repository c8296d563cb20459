//! How a number was asked for: which of them are the same question, and which add up whoever is counted.

use super::control::Judging;
use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{Aggregate, LogicalPlan};
use indgang_analysis::disclosure::{Contribution, Number};
use sha2::{Digest, Sha256};

/// How the numbers of a counting are asked for.
pub(super) struct Asked {
    /// The rows that are counted, and by what.
    question: String,
    /// For each function: itself, and the family of its numbers.
    functions: Vec<(String, Option<u128>)>,
}

/// How the numbers of a counting are asked for. Tables of the same rows, each by a register's own columns, are a family: a
/// total is the sum of its cells whoever is in them. What a question makes up to count by may single out somebody, so that
/// what adds up tells of her; it is in no family.
///
/// `rows` is what [`rows`] says of the counting's input as it was asked, with what is counted within it still in place.
pub(super) fn numbers(rows: &str, aggregate: &Aggregate, judging: &Judging) -> Asked {
    let groups: Vec<String> = aggregate.group_expr.iter().map(ToString::to_string).collect();
    let family = |function: &str| judging.plain_groups.then(|| digest(&[rows, function]));
    // Rows with a value are rows, whatever is worked out of the values.
    let function = |(expr, plain): (String, &Option<&str>)| {
        let family = family(plain.unwrap_or(&expr));
        (expr, family)
    };
    let exprs = aggregate.aggr_expr.iter().map(|expr| expr.clone().unalias().to_string());
    let mut functions: Vec<_> = exprs.zip(&judging.plain).map(function).collect();
    if functions.is_empty() {
        functions.push((String::new(), family("persons")));
    }
    Asked { question: format!("{rows}\n{}", groups.join("\n")), functions }
}

/// A plan as text, with all of its expressions: what is shown of a plan leaves out the end of a long list.
pub(super) fn rows(plan: &LogicalPlan) -> Result<String, LakeError> {
    let mut text = plan.display_indent().to_string();
    plan.apply_with_subqueries(|node| {
        for expr in node.expressions() {
            text += &format!("\n{expr}");
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(text)
}

impl Asked {
    /// A number of one of the functions, for a category.
    pub(super) fn number(&self, of: Contribution, function: usize, category: &str) -> Number {
        let (text, family) = self.functions.get(function).cloned().unwrap_or_default();
        Number { of, question: digest(&[&self.question, &text, category]), family }
    }
}

/// The values of a row's groups. `None` when one cannot be shown.
pub(super) fn category(rows: &RecordBatch, groups: usize, at: usize) -> Option<String> {
    let value = |column: &ArrayRef| match column.is_null(at) {
        true => Some("null".to_owned()),
        false => Some(format!("{:?}", array_value_to_string(column, at).ok()?)),
    };
    rows.columns()[..groups].iter().map(value).collect::<Option<Vec<_>>>().map(|values| values.join(","))
}

/// The first 128 bits of SHA-256 over the texts, each with its length; never 0.
fn digest(texts: &[&str]) -> u128 {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    let hash: [u8; 32] = hash.finalize().into();
    hash[..16].iter().fold(0, |number, byte| number << 8 | u128::from(*byte)).max(1)
}
