//! The pedigree as SVG: a pure drawing, without a style of its own.
//!
//! Squares are male, circles female, diamonds unknown; filled is affected; dashed is not sequenced; the arrow points
//! at the proband (standardised pedigree nomenclature of the National Society of Genetic Counselors, 2008).
//! A page gives it its style by the classes `person`, `person-affected`, `person-not-sequenced`, `pedigree-line`,
//! `pedigree-arrow` and `pedigree-label`, and stands a table beside it that says the same.

use crate::report::Member;
use indgang_model::{Affected, Sex};
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};

const STEP_X: f64 = 110.0;
const STEP_Y: f64 = 110.0;
const HALF: f64 = 20.0;

/// What a screen reader calls the drawing.
#[derive(Debug, Clone, Copy)]
pub enum Described<'a> {
    /// These words.
    As(&'a str),
    /// The text of the element with this identifier.
    By(&'a str),
}

/// The drawing. `names` has the names the reader may see, by member; others stand with their identifier.
pub fn pedigree(
    family: &[Member],
    proband: &str,
    names: &BTreeMap<String, String>,
    described: Described<'_>,
) -> Markup {
    let places = layout(family);
    let width = places.values().map(|p| p.0).fold(0.0, f64::max) + STEP_X / 2.0 + 10.0;
    let height = places.values().map(|p| p.1).fold(0.0, f64::max) + 64.0;
    let (words, element) = match described {
        Described::As(words) => (Some(words), None),
        Described::By(element) => (None, Some(element)),
    };
    html! {
        svg role="img" aria-label=[words] aria-labelledby=[element] viewBox=(format!("0 0 {width:.0} {height:.0}"))
            width=(format!("{width:.0}")) height=(format!("{height:.0}")) {
            (PreEscaped(lines(family, &places)))
            @for member in family {
                @if let Some(&(x, y)) = places.get(member.id.as_str()) {
                    (symbol(member, x, y))
                    @if member.id == proband { (arrow(x, y)) }
                    text.pedigree-label x=(format!("{x:.0}")) y=(format!("{:.0}", y + HALF + 18.0)) text-anchor="middle" {
                        (short(names.get(&member.id).unwrap_or(&member.id)))
                    }
                }
            }
        }
    }
}

/// At most 14 characters, so that neighbours do not run into each other; the table has the whole.
fn short(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or(name);
    if first.chars().count() <= 14 { first.to_owned() } else { first.chars().take(13).chain(['…']).collect() }
}

fn symbol(member: &Member, x: f64, y: f64) -> Markup {
    let class = format!(
        "person{}{}",
        if member.affected == Affected::Affected { " person-affected" } else { "" },
        if member.sequenced { "" } else { " person-not-sequenced" },
    );
    let f = |v: f64| format!("{v:.0}");
    html! {
        @match member.sex {
            Sex::Male => { rect class=(class) x=(f(x - HALF)) y=(f(y - HALF)) width="40" height="40" {} }
            Sex::Female => { circle class=(class) cx=(f(x)) cy=(f(y)) r="20" {} }
            Sex::Unknown => {
                path class=(class) d=(format!("M{x:.0} {:.0} l24 24 l-24 24 l-24 -24 z", y - 24.0)) {}
            }
        }
        @if member.affected == Affected::Unknown {
            text.pedigree-label x=(f(x)) y=(f(y + 5.0)) text-anchor="middle" { "?" }
        }
    }
}

/// From the left and a little below, between the line to a mate and the name.
fn arrow(x: f64, y: f64) -> Markup {
    let (tip_x, tip_y) = (x - HALF - 3.0, y + 10.0);
    html! {
        path.pedigree-arrow d=(format!(
            "M{:.0} {:.0} L{tip_x:.0} {tip_y:.0} m-10 0 l10 0 l-5 9",
            tip_x - 22.0, tip_y + 12.0
        )) {}
    }
}

/// Lines between parents and down to their children.
fn lines(family: &[Member], places: &BTreeMap<&str, (f64, f64)>) -> String {
    let mut sibships: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for member in family {
        let (father, mother) = (member.father.as_deref().unwrap_or(""), member.mother.as_deref().unwrap_or(""));
        if !father.is_empty() || !mother.is_empty() {
            sibships.entry((father, mother)).or_default().push(&member.id);
        }
    }
    let mut out = String::new();
    let mut line = |x1: f64, y1: f64, x2: f64, y2: f64| {
        out.push_str(&format!(r#"<path class="pedigree-line" d="M{x1:.1} {y1:.1} L{x2:.1} {y2:.1}"/>"#));
    };
    for ((father, mother), children) in sibships {
        let parents: Vec<(f64, f64)> = [father, mother].iter().filter_map(|id| places.get(id).copied()).collect();
        let Some(&(first_x, first_y)) = parents.first() else { continue };
        let (last_x, last_y) = parents.last().copied().unwrap_or((first_x, first_y));
        line(first_x, first_y, last_x, last_y);
        let (middle_x, from_y) = if parents.len() == 2 {
            (f64::midpoint(first_x, last_x), f64::midpoint(first_y, last_y))
        } else {
            (first_x, first_y + HALF)
        };
        let placed: Vec<(f64, f64)> = children.iter().filter_map(|id| places.get(id).copied()).collect();
        let Some(top) = placed.iter().map(|p| p.1).reduce(f64::min) else { continue };
        let bar = top - STEP_Y / 2.0 + 10.0;
        line(middle_x, from_y, middle_x, bar);
        let left = placed.iter().map(|p| p.0).fold(middle_x, f64::min);
        let right = placed.iter().map(|p| p.0).fold(middle_x, f64::max);
        line(left, bar, right, bar);
        for (x, y) in placed {
            line(x, bar, x, y - HALF);
        }
    }
    out
}

/// Where each person stands: a row a generation, parents side by side, children under the middle of their parents.
fn layout(family: &[Member]) -> BTreeMap<&str, (f64, f64)> {
    let generation = generations(family);
    let last = generation.values().copied().max().unwrap_or(0);
    let mut slots: BTreeMap<&str, f64> = BTreeMap::new();
    for g in 0..=last {
        let mut next = 0.0_f64;
        for (wanted, id) in row(family, &generation, g, &slots) {
            let slot = wanted.unwrap_or(next).max(next);
            slots.insert(id, slot);
            next = slot + 1.0;
        }
    }
    slots
        .into_iter()
        .map(|(id, slot)| {
            let row = f64::from(generation.get(id).copied().unwrap_or(0));
            (id, (STEP_X / 2.0 + 5.0 + slot * STEP_X, 34.0 + row * STEP_Y))
        })
        .collect()
}

/// The members of one generation in order, with the slot each would like: siblings around their parents' middle,
/// a mate without parents beside the mate.
fn row<'a>(
    family: &'a [Member],
    generation: &BTreeMap<&'a str, u8>,
    g: u8,
    slots: &BTreeMap<&'a str, f64>,
) -> Vec<(Option<f64>, &'a str)> {
    let here: Vec<&Member> = family.iter().filter(|m| generation.get(m.id.as_str()) == Some(&g)).collect();
    let middle = |m: &Member| -> Option<f64> {
        let at: Vec<f64> =
            [&m.father, &m.mother].into_iter().flatten().filter_map(|id| slots.get(id.as_str()).copied()).collect();
        #[expect(clippy::cast_precision_loss, reason = "one or two parents")]
        if at.is_empty() { None } else { Some(at.iter().sum::<f64>() / at.len() as f64) }
    };
    let mut order: Vec<(Option<f64>, &str)> = Vec::new();
    let mut done = BTreeSet::new();
    for member in &here {
        if !done.insert(member.id.as_str()) {
            continue;
        }
        let siblings = here
            .iter()
            .filter(|m| middle(m).is_some() && m.father == member.father && m.mother == member.mother)
            .count();
        let index = order.iter().filter(|(_, id)| is_sibling(family, id, member)).count();
        #[expect(clippy::cast_precision_loss, reason = "a handful of siblings")]
        let wanted = middle(member).map(|m| (m - (siblings.saturating_sub(1)) as f64 / 2.0 + index as f64).max(0.0));
        order.push((wanted, &member.id));
        for mate in here.iter().filter(|m| are_mates(family, &m.id, &member.id)) {
            if done.insert(mate.id.as_str()) {
                order.push((middle(mate), &mate.id));
            }
        }
    }
    order
}

fn is_sibling(family: &[Member], id: &str, member: &Member) -> bool {
    family.iter().any(|m| m.id == id && m.father.is_some() && m.father == member.father && m.mother == member.mother)
}

fn are_mates(family: &[Member], a: &str, b: &str) -> bool {
    family.iter().any(|child| {
        let parents = (child.father.as_deref(), child.mother.as_deref());
        parents == (Some(a), Some(b)) || parents == (Some(b), Some(a))
    })
}

/// Generation of each member, 0 on top: one below the lower parent, and level with the mate.
fn generations(family: &[Member]) -> BTreeMap<&str, u8> {
    let mut generation: BTreeMap<&str, u8> = family.iter().map(|m| (m.id.as_str(), 0)).collect();
    // A pedigree of n people settles in n rounds; a circle, which the reader refuses earlier, ends there too.
    for _ in 0..family.len() {
        for member in family {
            let parents = [&member.father, &member.mother];
            let level = parents.into_iter().flatten().filter_map(|id| generation.get(id.as_str())).copied().max();
            let Some(level) = level else { continue };
            for parent in parents.into_iter().flatten() {
                if let Some(g) = generation.get_mut(parent.as_str()) {
                    *g = level;
                }
            }
            if let Some(g) = generation.get_mut(member.id.as_str()) {
                *g = (*g).max(level.saturating_add(1));
            }
        }
    }
    generation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, father: Option<&str>, mother: Option<&str>) -> Member {
        Member {
            id: id.into(),
            father: father.map(Into::into),
            mother: mother.map(Into::into),
            sex: Sex::Unknown,
            affected: Affected::Unknown,
            sequenced: true,
        }
    }

    #[test]
    fn a_trio_is_a_triangle() {
        let family = [member("c", Some("f"), Some("m")), member("f", None, None), member("m", None, None)];
        let places = layout(&family);
        assert!((places["f"].1 - places["m"].1).abs() < 1e-9);
        assert!(places["c"].1 > places["f"].1);
        assert!((places["c"].0 - f64::midpoint(places["f"].0, places["m"].0)).abs() < 1e-9);
    }

    #[test]
    fn three_generations_do_not_overlap() {
        let family = [
            member("gf", None, None),
            member("gm", None, None),
            member("f", Some("gf"), Some("gm")),
            member("aunt", Some("gf"), Some("gm")),
            member("m", None, None),
            member("c1", Some("f"), Some("m")),
            member("c2", Some("f"), Some("m")),
        ];
        let places = layout(&family);
        assert_eq!(places.len(), 7);
        assert!((places["f"].1 - places["m"].1).abs() < 1e-9);
        let mut all: Vec<_> = places.values().collect();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        for pair in all.windows(2) {
            assert!((pair[0].0 - pair[1].0).abs() > 30.0 || (pair[0].1 - pair[1].1).abs() > 30.0, "{places:?}");
        }
    }

    #[test]
    fn a_circle_of_ancestors_ends() {
        let family = [member("a", Some("b"), None), member("b", Some("a"), None)];
        assert_eq!(layout(&family).len(), 2);
    }
}
