//! Pieces that several pages share: words for the model's values, bars, the pedigree, the evidence of a finding.

pub(crate) mod bars;
pub(crate) mod criteria;
pub(crate) mod evidence;
pub(crate) mod large;
pub(crate) mod pedigree;
pub(crate) mod plot;
pub(crate) mod scores;
pub(crate) mod secondary;
pub(crate) mod words;
