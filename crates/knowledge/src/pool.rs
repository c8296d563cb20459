//! Many short texts in one piece of memory.

use serde::{Deserialize, Serialize};

/// Texts by number: one string and the end of each, so that decoding copies two blocks instead of making thousands of strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StringPool {
    text: String,
    ends: Vec<u32>,
}

impl StringPool {
    /// The `index`th text; `None` outside the pool or when a part was made by hand with ends that do not fit.
    pub fn get(&self, index: u32) -> Option<&str> {
        let index = usize::try_from(index).ok()?;
        let end = usize::try_from(*self.ends.get(index)?).ok()?;
        let start = if index == 0 { 0 } else { usize::try_from(self.ends[index - 1]).ok()? };
        self.text.get(start..end)
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there is no text.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0u32..).map_while(|i| self.get(i))
    }

    /// Position of a text in a pool whose texts are sorted bytewise.
    pub fn find_sorted(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0u32, u32::try_from(self.ends.len()).ok()?);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle)?.cmp(text) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

impl<'a> FromIterator<&'a str> for StringPool {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut pool = Self::default();
        for text in texts {
            pool.text.push_str(text);
            pool.ends.push(u32::try_from(pool.text.len()).expect("a part's texts are far below 4 GB"));
        }
        pool
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        let pool: StringPool = ["", "a", "bcd", "æ"].into_iter().collect();
        assert_eq!(pool.iter().collect::<Vec<_>>(), ["", "a", "bcd", "æ"]);
        assert_eq!((pool.find_sorted("bcd"), pool.find_sorted("b"), pool.get(4)), (Some(2), None, None));
    }
}
