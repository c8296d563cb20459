//! Variants in a part of the cells, of the child or of a parent. Only where the profile looks at reads.

use super::family::Place;
use super::state::State;
use crate::call::Call;
use crate::de_novo::{binomial_at_least, binomial_at_most};
use indgang_model::ModeOfInheritance as Mode;
use indgang_model::Region;

/// Balance and reads of a mosaic child; chosen here, see `docs/methods/inheritance.md`.
const CHILD_BALANCE: std::ops::RangeInclusive<f32> = 0.05..=0.20;
const CHILD_READS: u32 = 5;
/// A constitutional heterozygote shows so few reads more rarely than this …
const HETEROZYGOTE: f64 = 1e-3;
/// … and errors so many more rarely than this.
const ERROR: f64 = 1e-6;
const ERROR_RATE: f64 = 0.005;
/// Balance and reads of a mosaic parent.
const PARENT_BALANCE: std::ops::RangeInclusive<f32> = 0.02..=0.20;
const PARENT_READS: u32 = 3;

/// Mosaic child or mosaic parent.
pub(super) fn mode(place: &Place<'_>, child: usize) -> Option<Mode> {
    if !place.profile.quality || matches!(place.region, Region::Mitochondrial | Region::Y) {
        return None;
    }
    if mosaic_child(place.calls.get(child)?) && place.givers(child).all(|s| s == State::Reference) {
        return Some(Mode::MosaicDeNovo);
    }
    (place.state(child).carries() && mosaic_parent(place, child)).then_some(Mode::ParentalMosaic)
}

fn mosaic_child(call: &Call) -> bool {
    let (Some(alternate), Some(reference)) = (call.alternate_depth, call.reference_depth) else { return false };
    let n = alternate + reference + call.other_depth.unwrap_or(0);
    alternate >= CHILD_READS
        && call.allele_balance().is_some_and(|b| CHILD_BALANCE.contains(&b))
        && binomial_at_most(alternate, n, 0.5) < HETEROZYGOTE
        && binomial_at_least(alternate, n, ERROR_RATE) < ERROR
}

/// One parent shows some reads, no parent is a plain carrier.
fn mosaic_parent(place: &Place<'_>, child: usize) -> bool {
    let some_reads = |p: usize| {
        let Some(call) = place.calls.get(p) else { return false };
        let called = call.genotype.is_reference() || call.genotype.is_heterozygous();
        called
            && call.alternate_depth >= Some(PARENT_READS)
            && call.allele_balance().is_some_and(|b| PARENT_BALANCE.contains(&b))
    };
    let member = &place.family.members[child];
    let father = member.father.filter(|_| place.givers(child).count() == 2);
    let pair = [father, member.mother];
    let mosaic = pair.into_iter().flatten().filter(|p| some_reads(*p)).count();
    let plain = pair.into_iter().flatten().any(|p| !some_reads(p) && place.state(p) != State::Reference);
    mosaic == 1 && !plain
}
