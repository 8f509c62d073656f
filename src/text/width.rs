//! How many cells a text takes on a terminal, and where its clusters begin and end.
//! It refuses to break rows (`wrap`) and to clean (`sanitize`): it measures clean text.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A cluster longer than this many bytes is measured and painted character by character.
const LONGEST_CLUSTER: usize = 48;

/// How the terminal at hand measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Widths {
    /// Characters of ambiguous width (`—`, `…`, `“`, `①`, box drawing) take two cells.
    pub ambiguous_wide: bool,
}

impl Widths {
    /// Cells of one cluster as [`Widths::clusters`] delivers it.
    #[must_use]
    pub fn cluster(self, cluster: &str) -> usize {
        let cells = if self.ambiguous_wide { cluster.width_cjk() } else { cluster.width() };
        // Unicode allows marks without a base to have no width; a cell of its own is safer than
        // a mark that lands on the frame.
        if cluster.is_empty() { 0 } else { cells.max(1) }
    }

    /// Cells of a text of one line.
    #[must_use]
    pub fn text(self, text: &str) -> usize {
        if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return text.len();
        }
        self.clusters(text).map(|c| c.cells).sum()
    }

    /// The clusters of a text of one line with their cells.
    #[must_use]
    pub fn clusters(self, text: &str) -> Clusters<'_> {
        Clusters { text, at: 0, widths: self }
    }

    /// The cluster that begins at byte `at`, which is a cluster boundary before the text's end.
    #[must_use]
    pub fn at(self, text: &str, at: usize) -> Cluster<'_> {
        let rest = text.get(at..).unwrap_or_default();
        let mut chars = rest.chars();
        let Some(first) = chars.next() else { return Cluster { text: "", cells: 0 } };
        let len = first.len_utf8();
        if let Some(cells) = simple(first)
            && chars.next().is_none_or(|next| next.is_ascii() || simple(next).is_some())
        {
            return Cluster { text: &rest[..len], cells };
        }
        let whole = rest.graphemes(true).next().unwrap_or_default();
        if whole.len() > LONGEST_CLUSTER {
            let cells = if self.ambiguous_wide { first.width_cjk() } else { first.width() };
            return Cluster { text: &rest[..len], cells: cells.unwrap_or(1) };
        }
        Cluster { text: whole, cells: self.cluster(whole) }
    }
}

/// Characters that are clusters of their own unless a mark follows, with their cells: the fast
/// path for nearly everything people and models write.
fn simple(c: char) -> Option<usize> {
    match c {
        ' '..='~' => Some(1),
        '\u{4e00}'..='\u{9fff}'
        | '\u{3001}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{ff01}'..='\u{ff60}' => Some(2),
        _ => None,
    }
}

/// One cluster: what a reader takes for one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its cells.
    pub cells: usize,
}

/// Iterator over clusters; see [`Widths::clusters`].
#[derive(Debug, Clone)]
pub struct Clusters<'a> {
    text: &'a str,
    at: usize,
    widths: Widths,
}

impl<'a> Iterator for Clusters<'a> {
    type Item = Cluster<'a>;

    fn next(&mut self) -> Option<Cluster<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let cluster = self.widths.at(self.text, self.at);
        self.at += cluster.text.len();
        Some(cluster)
    }
}

/// Whether terminals disagree about the cells of this cluster: joined emoji, skin tones, flags,
/// keycaps, several marks. A painter moves absolutely after such a one.
#[must_use]
pub fn drawn_differently(cluster: &str) -> bool {
    let mut chars = cluster.chars();
    let (Some(first), Some(second)) = (chars.next(), chars.next()) else { return false };
    if first.is_ascii() && second.width() == Some(0) && chars.next().is_none() {
        return second == '\u{20e3}';
    }
    cluster.chars().any(|c| {
        matches!(c, '\u{200d}' | '\u{20e3}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{1f1e6}'..='\u{1f1ff}')
    }) || cluster.chars().filter(|c| c.width().is_some_and(|w| w > 0)).count() > 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn measures() {
        let narrow = Widths::default();
        let wide = Widths { ambiguous_wide: true };
        assert_eq!(narrow.text("abc"), 3);
        assert_eq!(narrow.text("中文，ok"), 8);
        assert_eq!(narrow.text("e\u{301}"), 1);
        assert_eq!(narrow.text("👩\u{200d}💻"), 2);
        assert_eq!((narrow.text("—…“"), wide.text("—…“")), (3, 6));
        assert_eq!(narrow.text("☐☑⚠"), 3);
        assert_eq!(wide.text("☐☑"), 2);
    }

    #[test]
    fn knows_what_terminals_disagree_on() {
        for odd in ["👩\u{200d}💻", "👍🏽", "🇨🇳", "1\u{20e3}"] {
            assert!(drawn_differently(odd), "{odd}");
        }
        for plain in ["a", "中", "e\u{301}", "😀"] {
            assert!(!drawn_differently(plain), "{plain}");
        }
    }

    proptest! {
        #[test]
        fn the_fast_path_agrees_with_the_slow_one(text in "[a-z中文，。「ァｱﾞが\u{3099}\u{301}👍🏽é—]{0,24}") {
            let fast: Vec<&str> = Widths::default().clusters(&text).map(|c| c.text).collect();
            let slow: Vec<&str> = text.graphemes(true).collect();
            prop_assert_eq!(&fast, &slow);
            for cluster in Widths::default().clusters(&text) {
                prop_assert_eq!(cluster.cells, cluster.text.width().max(1));
            }
        }
    }
}
