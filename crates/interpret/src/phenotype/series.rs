//! Diseases that bear like names: mostly the numbered members of one series, which share most of their signs.
//!
//! What is written down for the patients of a disease of which little is known is then foretold by its like.

use super::background::Lists;
use super::kin::Names;
use rayon::iter::{IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use std::collections::{BTreeMap, BTreeSet};

/// Names less alike than this are not (cosine of their words, 0 to 1).
const LEAST: f32 = 0.2;
/// No disease has more members of its series than this: the most alike, the first in order among equals.
const MOST: usize = 10;
/// How much all members together count beside the disease itself.
const WEIGHT: f32 = 0.3;

/// By disease, the others of its series with shares that sum to 1.
#[derive(Debug)]
pub(super) struct Series(Lists<(u32, f32)>);

impl Series {
    /// Of the candidates' names, in the order of the candidates.
    pub(super) fn new(names: &[&str], known: &Names) -> Self {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let vectors: Vec<Vec<(u32, f32)>> = names
            .iter()
            .map(|name| {
                let words = stem(name);
                let length = words.iter().map(|word| known.rarity(word).powi(2)).sum::<f32>().sqrt();
                let unit = |word: String| {
                    let weight = known.rarity(&word) / length.max(f32::MIN_POSITIVE);
                    let next = numbers.len() as u32;
                    (*numbers.entry(word).or_insert(next), weight)
                };
                words.into_iter().map(unit).collect()
            })
            .collect();
        let with = Lists::grouped(
            numbers.len(),
            (0u32..).zip(&vectors).flat_map(|(d, words)| words.iter().map(move |(word, w)| (*word as usize, (d, *w)))),
        );
        let members: Vec<Vec<(u32, f32)>> = vectors
            .par_iter()
            .enumerate()
            .map_init(|| vec![0f32; names.len()], |likeness, (own, words)| members(own, words, &with, likeness))
            .collect();
        let pairs = members.iter().enumerate().flat_map(|(own, members)| members.iter().map(move |m| (own, *m)));
        Self(Lists::grouped(names.len(), pairs))
    }

    /// A disease's value blended with those of its series.
    pub(super) fn blend(&self, disease: usize, value: impl Fn(usize) -> f32) -> f32 {
        let members = self.0.of(disease);
        if members.is_empty() {
            return value(disease);
        }
        let others: f32 = members.iter().map(|(member, share)| share * value(*member as usize)).sum();
        (value(disease) + WEIGHT * others) / (1.0 + WEIGHT)
    }
}

/// The most alike of one disease. `likeness` is working space, zero before and after.
fn members(own: usize, words: &[(u32, f32)], with: &Lists<(u32, f32)>, likeness: &mut [f32]) -> Vec<(u32, f32)> {
    let mut met: Vec<u32> = Vec::new();
    for (word, weight) in words {
        for (other, others) in with.of(*word as usize) {
            let place = &mut likeness[*other as usize];
            if *place == 0.0 {
                met.push(*other);
            }
            *place += weight * others;
        }
    }
    let mut alike: Vec<(u32, f32)> = Vec::new();
    for other in met {
        let like = std::mem::take(&mut likeness[other as usize]);
        if like >= LEAST && other as usize != own {
            alike.push((other, like));
        }
    }
    alike.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    alike.truncate(MOST);
    alike.iter_mut().for_each(|(_, like)| *like = like.powi(4));
    let sum: f32 = alike.iter().map(|(_, share)| share).sum();
    alike.iter_mut().for_each(|(_, share)| *share /= sum);
    alike
}

/// The words of a name without its place in the series: `2`, `4B`, `XII`.
fn stem(name: &str) -> BTreeSet<String> {
    let numeral = |word: &String| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let arabic = !digits.is_empty() && word.len() - digits.len() <= 1 && digits.bytes().all(|b| b.is_ascii_digit());
        arabic || word.bytes().all(|b| b"ivx".contains(&b))
    };
    super::kin::words(name).into_iter().filter(|word| !numeral(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_series_stands_together() {
        let names = ["Deafness, recessive 1A", "Ataxia 3", "Deafness, recessive 22", "Deafness XI", "Gout"];
        let series = Series::new(&names, &Names::counted(names));
        let of = |disease: usize| series.0.of(disease).iter().map(|(member, _)| *member).collect::<Vec<_>>();
        assert_eq!((of(0), of(2), of(1), of(4)), (vec![2, 3], vec![0, 3], vec![], vec![]));
        let values = [8.0, 4.0, 2.0, 2.0, 5.0];
        let blended = |disease| series.blend(disease, |d| values[d]);
        // Both members have 2, whatever their shares; a disease that stands alone keeps its own.
        assert!((blended(0) - (8.0 + 0.3 * 2.0) / 1.3).abs() < 1e-6);
        assert_eq!((blended(1), blended(4)), (4.0, 5.0));
    }

    #[test]
    fn the_place_in_a_series_is_no_word_of_the_name() {
        let words = |name| stem(name).into_iter().collect::<Vec<_>>();
        assert_eq!(
            words("Charcot-Marie-Tooth disease, type 4B2"),
            ["4b2", "charcot", "disease", "marie", "tooth", "type"]
        );
        assert_eq!(words("Glycogen storage disease XII"), ["disease", "glycogen", "storage"]);
        assert_eq!(words("Ataxia 2a"), ["ataxia"]);
    }
}
