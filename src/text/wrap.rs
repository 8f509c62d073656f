//! Where a text breaks into rows: at blanks, between CJK characters by the usual rules for their
//! punctuation, inside a word only where nothing else is left.
//! It refuses ink and markup; it sees one clean text and returns byte ranges, so that breaking can
//! be resumed at the start of any row without looking at what came before.

use super::width::{Cluster, Widths};

/// Cells between tab stops.
pub const TAB: usize = 4;

/// How breaks are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// At blanks, which vanish at the break, and between CJK characters.
    Prose,
    /// Wherever the row is full; every blank stays.
    Code,
}

/// One row of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// First byte shown.
    pub start: usize,
    /// One past the last byte shown.
    pub end: usize,
    /// Where the next row begins. Between `end` and `next` are only blanks or one line end.
    pub next: usize,
    /// Whether a tab or a glyph too wide for a whole row is in it, see [`shown`].
    pub odd: bool,
}

/// Where the row that begins at `start` ends. `start` is 0 or the `next` of an earlier row.
///
/// A row never takes more than `width` cells. A glyph wider than a whole row counts as one cell,
/// for the `?` that [`shown`] puts there. At width 0 one row without content takes everything.
#[must_use]
pub fn next_line(text: &str, start: usize, width: usize, widths: Widths, mode: Mode) -> Line {
    let bytes = text.as_bytes();
    if width == 0 {
        return Line { start, end: start, next: text.len(), odd: false };
    }
    let mut row =
        Scan { start, at: start, cells: 0, before: Class::Other, chance: None, odd: false };
    while row.at < bytes.len() {
        let step = match bytes[row.at] {
            b'\n' => return row.end_at(row.at, row.at + 1),
            b' ' if mode == Mode::Prose => row.blanks(bytes, width),
            b'\t' => row.tab(width, mode),
            _ => row.glyph(widths.at(text, row.at), width, mode),
        };
        if let Some(line) = step {
            return line;
        }
    }
    row.end_at(bytes.len(), bytes.len())
}

/// The row being filled.
struct Scan {
    start: usize,
    at: usize,
    cells: usize,
    before: Class,
    /// The last place where the row may end: its end and the next row's start.
    chance: Option<(usize, usize)>,
    odd: bool,
}

impl Scan {
    const fn end_at(&self, end: usize, next: usize) -> Line {
        Line { start: self.start, end, next, odd: self.odd }
    }

    /// The row is full: it ends at the last chance, or right here.
    fn overflow(&self) -> Line {
        match self.chance {
            Some((end, next)) => self.end_at(end, next),
            None => self.end_at(self.at, self.at),
        }
    }

    fn blanks(&mut self, bytes: &[u8], width: usize) -> Option<Line> {
        let run = bytes[self.at..].iter().take_while(|b| **b == b' ').count();
        let after = self.at + run;
        let room = width - self.cells;
        if self.at == self.start {
            // Indentation stays; more of it than fits goes on in the next row.
            if run > room {
                return Some(self.end_at(self.start + room, self.start + room));
            }
        } else if run > room || bytes.get(after) == Some(&b'\n') {
            let next = if bytes.get(after) == Some(&b'\n') { after + 1 } else { after };
            return Some(self.end_at(self.at, next));
        } else {
            self.chance = Some((self.at, after));
        }
        self.at = after;
        self.cells += run;
        self.before = Class::Other;
        None
    }

    fn tab(&mut self, width: usize, mode: Mode) -> Option<Line> {
        if self.cells >= width {
            return Some(match mode {
                Mode::Prose => self.end_at(self.at, self.at + 1),
                Mode::Code => self.overflow(),
            });
        }
        if mode == Mode::Prose && self.at > self.start {
            self.chance = Some((self.at, self.at + 1));
        }
        self.cells = (self.cells + TAB - self.cells % TAB).min(width);
        self.at += 1;
        self.odd = true;
        self.before = Class::Other;
        None
    }

    fn glyph(&mut self, glyph: Cluster<'_>, width: usize, mode: Mode) -> Option<Line> {
        let class = Class::of(glyph);
        if mode == Mode::Prose && self.at > self.start && self.before.may_part_from(class) {
            self.chance = Some((self.at, self.at));
        }
        let cells = if glyph.cells > width {
            self.odd = true;
            1
        } else {
            glyph.cells
        };
        if self.cells + cells > width {
            return Some(self.overflow());
        }
        self.cells += cells;
        self.at += glyph.text.len();
        self.before = class.after(self.before);
        None
    }
}

/// What a row shows of the text of an odd [`Line`]: tabs as blanks up to the next stop, a glyph
/// too wide for a row as `?`.
pub fn shown(text: &str, width: usize, widths: Widths) -> impl Iterator<Item = (usize, &str)> {
    const BLANKS: &str = "    ";
    let mut cells = 0;
    let mut at = 0;
    std::iter::from_fn(move || {
        let glyph = widths.at(text, at);
        if glyph.text.is_empty() {
            return None;
        }
        at += glyph.text.len();
        let (len, out, wide) = if glyph.text == "\t" {
            let wide = (TAB - cells % TAB).min(width.saturating_sub(cells));
            (1, &BLANKS[..wide], wide)
        } else if glyph.cells > width {
            (glyph.text.len(), "?", 1)
        } else {
            (glyph.text.len(), glyph.text, glyph.cells)
        };
        cells += wide;
        Some((len, out))
    })
}

/// What the rules of breaking see in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Part of a word.
    Other,
    /// A letter, for the hyphen rule.
    Letter,
    /// A hyphen after a letter: a break may follow.
    Hyphen,
    /// A character that rows may break around.
    Ideograph,
    /// CJK punctuation that no row begins with.
    NoStart,
    /// CJK punctuation that no row ends with.
    NoEnd,
    /// Punctuation of both worlds that stays with what is before it.
    Closing,
    /// Punctuation of both worlds that stays with what is after it.
    Opening,
}

impl Class {
    fn of(glyph: Cluster<'_>) -> Self {
        let Some(c) = glyph.text.chars().next() else { return Self::Other };
        match c {
            'a'..='z' | 'A'..='Z' => Self::Letter,
            '-' => Self::Hyphen,
            ',' | '.' | '!' | '?' | ':' | ';' | ')' | ']' | '}' | '%' | '’' | '”' | '…' | '—'
            | '·' | '‰' | '℃' | '′' | '″' => Self::Closing,
            '(' | '[' | '{' | '‘' | '“' => Self::Opening,
            '，' | '。' | '、' | '；' | '：' | '？' | '！' | '）' | '】' | '》' | '〉' | '」'
            | '』' | '〕' | '］' | '｝' | '〗' | '〙' | '〛' | '～' | '・' | '々' | '〻' | 'ー'
            | '゛' | '゜' | 'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' | 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ'
            | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' | 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ'
            | 'ョ' | 'ヮ' | 'ヵ' | 'ヶ' | '％' | '．' => Self::NoStart,
            '（' | '【' | '《' | '〈' | '「' | '『' | '〔' | '［' | '｛' | '〖' | '〘' | '〚'
            | '￥' | '＄' => Self::NoEnd,
            // Korean parts words with blanks, so its syllables stay together.
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7ff}' => Self::Other,
            _ if glyph.cells > 1 => Self::Ideograph,
            _ => Self::Other,
        }
    }

    /// A hyphen parts words only where a letter stands before it.
    const fn after(self, before: Self) -> Self {
        match (self, before) {
            (Self::Hyphen, Self::Letter) | (Self::Letter | Self::Ideograph, _) => self,
            (Self::Hyphen, _) => Self::Other,
            _ => self,
        }
    }

    const fn may_part_from(self, next: Self) -> bool {
        match (self, next) {
            (_, Self::NoStart | Self::Closing) | (Self::NoEnd | Self::Opening, _) => false,
            (Self::Hyphen, next) => matches!(next, Self::Letter),
            (Self::Ideograph | Self::NoStart, _) | (_, Self::Ideograph | Self::NoEnd) => true,
            (Self::Other | Self::Letter | Self::Closing, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str, width: usize, mode: Mode) -> Vec<String> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let line = next_line(text, at, width, Widths::default(), mode);
            let slice = &text[line.start..line.end];
            out.push(shown(slice, width, Widths::default()).map(|(_, s)| s).collect());
            assert!(line.next > at, "no progress at {at}");
            at = line.next;
        }
        out
    }

    #[test]
    fn breaks_at_blanks_and_inside_long_words() {
        assert_eq!(rows("the quick brown fox", 10, Mode::Prose), ["the quick", "brown fox"]);
        assert_eq!(
            rows("see https://a.example/long/path now", 12, Mode::Prose),
            ["see", "https://a.ex", "ample/long/p", "ath now"]
        );
        assert_eq!(rows("well-known", 6, Mode::Prose), ["well-", "known"]);
        assert_eq!(rows("a b\nc  \nd", 9, Mode::Prose), ["a b", "c", "d"]);
        assert_eq!(rows("  indented", 20, Mode::Prose), ["  indented"]);
    }

    #[test]
    fn keeps_cjk_punctuation_in_place() {
        assert_eq!(rows("你好，世界。", 4, Mode::Prose), ["你", "好，", "世", "界。"]);
        assert_eq!(rows("看（这里）吧", 6, Mode::Prose), ["看（这", "里）吧"]);
        assert_eq!(rows("看（这里）吧", 5, Mode::Prose), ["看", "（这", "里）", "吧"]);
        assert_eq!(rows("don’t “a”", 4, Mode::Prose), ["don’", "t", "“a”"]);
        assert_eq!(rows("中文abc中文", 6, Mode::Prose), ["中文", "abc中", "文"]);
        assert_eq!(rows("！！！！", 4, Mode::Prose), ["！！", "！！"]);
    }

    #[test]
    fn code_keeps_blanks_and_expands_tabs() {
        assert_eq!(rows("\tx\ty", 20, Mode::Code), ["    x   y"]);
        assert_eq!(rows("a  b  c", 4, Mode::Code), ["a  b", "  c"]);
    }

    #[test]
    fn narrow_widths_end() {
        assert_eq!(rows("中a", 1, Mode::Prose), ["?", "a"]);
        assert_eq!(rows("\t\t", 1, Mode::Code), [" ", " "]);
        assert_eq!(next_line("abc", 0, 0, Widths::default(), Mode::Prose).next, 3);
    }

    fn texts() -> impl Strategy<Value = String> {
        let bits = prop::sample::select(vec![
            "a",
            "word",
            "中",
            "文",
            "，",
            "。",
            "（",
            "“",
            "”",
            " ",
            "  ",
            "\n",
            "-",
            "\t",
            "👍🏽",
            "👩\u{200d}💻",
            "e\u{301}",
            "https://x.y/z",
            "한국",
            "—",
            "]",
            "[",
        ]);
        prop::collection::vec(bits, 0..40).prop_map(|v| v.concat())
    }

    proptest! {
        #[test]
        fn loses_nothing_and_fits(text in texts(), width in 1usize..30, code: bool, wide: bool) {
            let mode = if code { Mode::Code } else { Mode::Prose };
            let widths = Widths { ambiguous_wide: wide };
            let mut at = 0;
            while at < text.len() {
                let line = next_line(&text, at, width, widths, mode);
                prop_assert!(line.next > at && line.end <= line.next && line.start == at);
                let gap = &text[line.end..line.next];
                let only_blanks = gap.trim_start_matches(' ').trim_start_matches('\t');
                prop_assert!(only_blanks.is_empty() || only_blanks == "\n", "lost {:?}", gap);
                if mode == Mode::Code {
                    prop_assert!(gap.is_empty() || gap == "\n");
                }
                let slice = &text[line.start..line.end];
                let cells: usize = shown(slice, width, widths).map(|(_, s)| widths.text(s)).sum();
                prop_assert!(cells <= width, "{} cells in {:?}", cells, slice);
                if !line.odd {
                    prop_assert!(!slice.contains('\t'));
                    prop_assert_eq!(cells, widths.text(slice));
                }
                at = line.next;
            }
        }
    }
}
