//! Cleaning of every text that others wrote, character by character, so that no cut of a stream
//! and no nesting of sequences lets anything through that could drive the terminal or hide.
//! It refuses to know markup, widths of rows and where a text comes from.
//!
//! What happens to a character:
//!
//! | kind | fate |
//! |---|---|
//! | C0 but `\n` and `\t`, DEL, C1 | dropped; CR LF and a lone CR become `\n` |
//! | line and paragraph separator | `\n` |
//! | bidi controls, zero-width, tags, variation selectors, annotation, soft hyphen, fillers | dropped |
//! | private use, noncharacters | U+FFFD: nobody knows their look or width |
//! | ZWJ, ZWNJ | kept between two emoji, inside Indic and Arabic words, after a virama; at most four in a row |
//! | combining marks | four on one base; none on a blank or at the start of a line |

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Marks kept on one base character. Real writing needs three; floods paint over other rows.
const MARKS: u8 = 4;
/// Joiners kept in one chain. The longest emoji in use has three.
const JOINS: u8 = 4;
const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// What came last, as far as joiners and marks ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Start of text or line, or a blank: nothing a mark could sit on.
    Bare,
    Letter,
    Pictograph,
    Indic,
    Virama,
    Arabic,
}

/// What is to be done with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    Newline,
    Replace,
    Join,
    Mark,
}

/// Cleans a stream; the result does not depend on how the stream is cut.
#[derive(Debug, Clone)]
pub struct Sanitizer {
    one_line: bool,
    after_cr: bool,
    last: Kind,
    marks: u8,
    joins: u8,
    /// A joiner that waits for the character that tells whether it is needed.
    held: Option<char>,
}

impl Default for Sanitizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Sanitizer {
    /// A cleaner for text of several lines: `\n` and `\t` stay.
    #[must_use]
    pub const fn new() -> Self {
        Self { one_line: false, after_cr: false, last: Kind::Bare, marks: 0, joins: 0, held: None }
    }

    /// A cleaner for text of one line: line ends and tabs become spaces.
    #[must_use]
    pub const fn for_line() -> Self {
        let mut it = Self::new();
        it.one_line = true;
        it
    }

    /// The clean form of the next part of the stream. A joiner at the very end is held back
    /// until the next part tells whether it belongs there; at the end of a stream it is dropped.
    #[must_use]
    pub fn push(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        self.push_into(text, &mut out);
        out
    }

    /// As [`Self::push`], appending to `out`.
    pub fn push_into(&mut self, text: &str, out: &mut String) {
        if text.is_empty() {
            return;
        }
        if !self.after_cr && self.held.is_none() && text.bytes().all(|b| self.is_plain_byte(b)) {
            out.push_str(text);
            self.joins = 0;
            self.note(text.as_bytes().last().map_or(' ', |b| char::from(*b)));
            return;
        }
        for c in text.chars() {
            self.put(c, out);
        }
    }

    fn is_plain_byte(&self, b: u8) -> bool {
        (0x20..0x7f).contains(&b) || (!self.one_line && (b == b'\n' || b == b'\t'))
    }

    fn put(&mut self, c: char, out: &mut String) {
        let after_cr = std::mem::take(&mut self.after_cr);
        match fate(c) {
            Fate::Keep if c == '\t' && self.one_line => self.keep(' ', out),
            Fate::Keep => self.keep(c, out),
            Fate::Drop => self.after_cr = after_cr,
            Fate::Replace => self.keep('\u{fffd}', out),
            Fate::Newline => {
                self.after_cr = c == '\r';
                if !(after_cr && c == '\n') {
                    self.keep(if self.one_line { ' ' } else { '\n' }, out);
                }
            }
            Fate::Join => self.join(c, out),
            Fate::Mark => {
                if self.last != Kind::Bare && self.marks < MARKS {
                    self.release(c, out);
                    self.marks += 1;
                    if let kind @ (Kind::Indic | Kind::Virama | Kind::Arabic) = kind_of(c) {
                        self.last = kind;
                    }
                    out.push(c);
                }
            }
        }
    }

    fn keep(&mut self, c: char, out: &mut String) {
        if !self.release(c, out) {
            self.joins = 0;
        }
        self.note(c);
        out.push(c);
    }

    fn note(&mut self, c: char) {
        self.marks = 0;
        self.last = kind_of(c);
    }

    fn join(&mut self, c: char, out: &mut String) {
        if self.held.is_some() || self.joins >= JOINS {
            return;
        }
        match self.last {
            // After a virama a joiner picks the letter form, whatever follows.
            Kind::Virama => {
                self.joins += 1;
                self.last = Kind::Letter;
                out.push(c);
            }
            Kind::Pictograph if c == ZWJ => self.held = Some(c),
            Kind::Indic | Kind::Arabic => self.held = Some(c),
            Kind::Pictograph | Kind::Bare | Kind::Letter => {}
        }
    }

    /// Lets the held joiner out if `next` needs it. Says whether it did.
    fn release(&mut self, next: char, out: &mut String) -> bool {
        let Some(joiner) = self.held.take() else { return false };
        let next = kind_of(next);
        let needed = match self.last {
            Kind::Pictograph => next == Kind::Pictograph,
            Kind::Indic => matches!(next, Kind::Indic | Kind::Virama),
            Kind::Arabic => next == Kind::Arabic,
            Kind::Bare | Kind::Letter | Kind::Virama => false,
        };
        if needed {
            self.joins += 1;
            out.push(joiner);
        }
        needed
    }
}

/// A clean text of one line: line ends and tabs are spaces. For titles, names, errors.
#[must_use]
pub fn line(text: &str) -> String {
    clean_line(text).into_owned()
}

/// A clean text of several lines: `\n` and `\t` stay.
#[must_use]
pub fn block(text: &str) -> String {
    clean_block(text).into_owned()
}

/// A clean text that shows what [`block`] leaves out by its number, `⟨1B⟩`: for whoever wants to
/// see what really came.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match fate(c) {
            Fate::Drop | Fate::Replace => {
                let number = format!("⟨{:X}⟩", u32::from(c));
                shown.push_str(&number);
            }
            Fate::Keep | Fate::Newline | Fate::Join | Fate::Mark => shown.push(c),
        }
    }
    block(&shown)
}

/// As [`line()`], without a copy where nothing is to be done.
#[must_use]
pub fn clean_line(text: &str) -> Cow<'_, str> {
    clean(text, Sanitizer::for_line())
}

/// As [`block`], without a copy where nothing is to be done.
#[must_use]
pub fn clean_block(text: &str) -> Cow<'_, str> {
    clean(text, Sanitizer::new())
}

fn clean(text: &str, mut by: Sanitizer) -> Cow<'_, str> {
    let harmless = |c: char| {
        if c.is_ascii() { by.is_plain_byte(c as u8) } else { fate(c) == Fate::Keep }
    };
    if text.chars().all(harmless) { Cow::Borrowed(text) } else { Cow::Owned(by.push(text)) }
}

fn fate(c: char) -> Fate {
    match c {
        ' '..='~' | '\t' | '\u{4e00}'..='\u{9fff}' | '\u{3001}'..='\u{3029}' => Fate::Keep,
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Fate::Newline,
        ZWNJ | ZWJ => Fate::Join,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Fate::Drop,
        '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'.. => Fate::Replace,
        _ if c as u32 & 0xfffe == 0xfffe => Fate::Replace,
        _ if is_mark(c) => Fate::Mark,
        _ => Fate::Keep,
    }
}

/// Whether the character joins the one before it. Spacing vowel signs have a width of their own
/// and still grow one cluster without end, hence the second question.
fn is_mark(c: char) -> bool {
    match c.width() {
        Some(0) => true,
        Some(_) if matches!(c, '\u{900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{11000}'..='\u{11fff}') =>
        {
            let mut pair = String::from("a");
            pair.push(c);
            pair.graphemes(true).nth(1).is_none()
        }
        Some(_) | None => false,
    }
}

fn kind_of(c: char) -> Kind {
    match c {
        ' ' | '\n' | '\t' => Kind::Bare,
        // Letters that indicate flags lie among the pictographs but are never joined.
        '!'..='~' | '\u{4e00}'..='\u{9fff}' | '\u{1f1e6}'..='\u{1f1ff}' => Kind::Letter,
        '\u{94d}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}'
        | '\u{ccd}' | '\u{d4d}' | '\u{dca}' | '\u{1039}' | '\u{103a}' | '\u{17d2}' | '\u{1b44}'
        | '\u{a9c0}' => Kind::Virama,
        '\u{900}'..='\u{dff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{1b00}'..='\u{1bff}'
        | '\u{a980}'..='\u{a9df}' => Kind::Indic,
        '\u{600}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => Kind::Arabic,
        '\u{a9}'
        | '\u{ae}'
        | '\u{203c}'
        | '\u{2049}'
        | '\u{2122}'
        | '\u{2139}'
        | '\u{2194}'..='\u{21aa}'
        | '\u{231a}'..='\u{23ff}'
        | '\u{24c2}'
        | '\u{25aa}'..='\u{25fe}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2934}'..='\u{2935}'
        | '\u{2b05}'..='\u{2b55}'
        | '\u{3030}'
        | '\u{303d}'
        | '\u{3297}'
        | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}' => Kind::Pictograph,
        _ => Kind::Letter,
    }
}

/// Independent of `fate`: what must never come out.
#[cfg(test)]
pub(in crate::text) fn forbidden(c: char) -> bool {
    let n = c as u32;
    (n < 0x20 && c != '\n' && c != '\t')
        || (0x7f..0xa0).contains(&n)
        || matches!(n, 0xad | 0x61c | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e | 0x2060..=0x206f)
        || matches!(n, 0xfe00..=0xfe0f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff | 0x180b..=0x180e)
        || matches!(n, 0xe000..=0xf8ff | 0xfdd0..=0xfdef | 0xf0000..)
        || n & 0xffff >= 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn drops_what_drives_terminals() {
        assert_eq!(block("a\u{1b}[31mb\u{9b}2J\u{7f}\u{0}c"), "a[31mb2Jc");
        assert_eq!(block("a\u{202e}b\u{2066}c\u{200b}d\u{feff}e\u{e0041}f"), "abcdef");
        assert_eq!(block("1\r\n2\r3\n\r4\u{2028}5\u{85}6"), "1\n2\n3\n\n4\n56");
        assert_eq!(line("a\tb\r\nc"), "a b c");
        assert_eq!(block("\u{e001}\u{fffe}\u{fdd0}"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(block("⚠\u{fe0f} soft\u{ad}hyphen"), "⚠ softhyphen");
    }

    #[test]
    fn what_is_left_out_can_be_shown() {
        assert_eq!(visible("a\u{1b}[31mb\r\nc\u{202e}"), "a⟨1B⟩[31mb\nc⟨202E⟩");
        assert_eq!(visible("你好 \u{fffd}\u{e001}"), "你好 \u{fffd}⟨E001⟩");
    }

    #[test]
    fn keeps_joiners_only_where_a_script_needs_them() {
        for kept in [
            "👩\u{200d}💻",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "ന്\u{200d} ",
        ] {
            assert_eq!(block(kept), kept);
        }
        assert_eq!(block("a\u{200d}b\u{200c}c\u{200d}"), "abc");
        assert_eq!(block("👩\u{200d} x"), "👩 x");
        assert_eq!(block("❤\u{fe0f}\u{200d}🔥"), "❤\u{200d}🔥");
        let chain = "🔥\u{200d}".repeat(40);
        let longest = block(&chain).split("🔥🔥").map(|s| s.matches(ZWJ).count()).max();
        assert!(longest <= Some(JOINS as usize));
    }

    #[test]
    fn ends_floods_of_marks() {
        let flood = format!("e{}x", "\u{301}".repeat(500));
        assert_eq!(block(&flood).chars().count(), 2 + MARKS as usize);
        assert_eq!(block("\u{301}a\n\u{301}b \u{301}c"), "a\nb c");
        let spacing = format!("क{}", "\u{93e}".repeat(100));
        assert_eq!(block(&spacing).chars().count(), 1 + MARKS as usize);
        assert_eq!(block("tiếng Việt, नमस्ते, สวัสดี"), "tiếng Việt, नमस्ते, สวัสดี");
    }

    #[test]
    fn does_not_copy_clean_text() {
        for text in ["plain", "两行\n文字\tok", "Straße · naïve — “quoted”…"] {
            assert!(matches!(clean_block(text), Cow::Borrowed(_)), "{text}");
        }
        assert!(matches!(clean_line("a\tb"), Cow::Owned(_)));
    }

    fn hostile() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            "\r",
            "\n",
            "\u{200d}",
            "\u{200c}",
            "👩",
            "🏽",
            "💻",
            "\u{301}",
            "\u{94d}",
            "क",
            "م",
            "\u{1b}",
            "\u{fe0f}",
            "a",
            " ",
            "中",
            "\u{e0020}",
            "\u{93e}",
        ]);
        prop_oneof![
            prop::collection::vec(odd, 0..40).prop_map(|v| v.concat()),
            prop::collection::vec(any::<char>(), 0..40).prop_map(|v| v.into_iter().collect()),
        ]
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(text in hostile(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let mut at: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
            at.push(text.len());
            let mut cuts: Vec<usize> = cuts.iter().map(|c| at[c.index(at.len())]).collect();
            cuts.sort_unstable();
            let mut by = Sanitizer::new();
            let mut out = String::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                out.push_str(&by.push(&text[from..cut]));
                from = cut;
            }
            prop_assert_eq!(&out, &block(&text));
            prop_assert_eq!(&block(&out), &out, "a second pass changes nothing");
            prop_assert!(!out.chars().any(forbidden));
            prop_assert!(!visible(&text).chars().any(forbidden));
        }
    }
}
