//! Where a clean text is parted to be read aloud: at the ends of sentences in both scripts, and below
//! a limit. It refuses markup: letters come one by one, each with the bytes of the source it is from.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::sanitize;
use crate::domain::speech::aloud::Sentence;

/// A limit below this is taken as this: a letter may weigh two.
const LEAST: usize = 8;

/// Words that end with a full stop in the midst of a sentence.
const SHORT: [&str; 26] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "rev", "gen", "col", "capt", "lt", "vs",
    "cf", "ca", "al", "approx", "dept", "est", "fig", "eq", "sec", "ch", "vol", "pp",
];
/// Words that do so before a number.
const BEFORE_NUMBER: [&str; 4] = ["no", "nr", "p", "art"];

/// What a letter weighs: a Han character is billed twice, every other one once (wire tts.md). Lengths
/// are counted so, too: whether the service counts Han twice there is not said, and this is within
/// both readings.
const fn weight(c: char) -> usize {
    match c {
        '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}'
        | '〇'
        | '々' => 2,
        _ => 1,
    }
}

/// Characters of a text as speech is billed: a Han character counts twice.
#[must_use]
pub fn billed(text: &str) -> usize {
    text.chars().map(weight).sum()
}

/// One letter and where it is from.
#[derive(Debug, Clone)]
struct Letter {
    c: char,
    from: usize,
    to: usize,
}

/// What is known of the place behind a letter.
enum Verdict {
    /// Not enough of what follows is there.
    Wait,
    /// The sentence goes on; the next letter to look at.
    Goes(usize),
    /// The sentence ends before this letter.
    Ends(usize),
}

/// Takes letters, gives sentences. What it does depends on the letters alone, not on when they come;
/// a letter is looked at a bounded number of times.
#[derive(Debug, Clone)]
pub(super) struct Cutter {
    /// The most a piece may weigh.
    most: usize,
    /// What is open.
    letters: Vec<Letter>,
    weight: usize,
    /// Letters before this one end nothing.
    seen: usize,
    out: Vec<Sentence>,
}

impl Cutter {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(LEAST);
        Self { most, letters: Vec::new(), weight: 0, seen: 0, out: Vec::new() }
    }

    /// The last letter of what is open.
    pub(super) fn last(&self) -> Option<char> {
        self.letters.last().map(|letter| letter.c)
    }

    /// Letters that are open.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.letters.len()
    }

    /// Takes the sentences that are whole.
    pub(super) fn take(&mut self) -> Vec<Sentence> {
        std::mem::take(&mut self.out)
    }

    /// One more letter. Pictures are not read, and of several blanks one is left.
    pub(super) fn push(&mut self, c: char, source: Range<usize>) {
        if c == '\u{20e3}' {
            // A keycap around a digit: a picture after all.
            if let Some(letter) = self.letters.pop_if(|l| matches!(l.c, '0'..='9' | '#' | '*')) {
                self.weight -= weight(letter.c);
                self.seen = self.seen.min(self.letters.len());
            }
            return;
        }
        if is_picture(c) {
            return;
        }
        let c = if c.is_whitespace() || c.is_control() { ' ' } else { c };
        if c == ' ' && matches!(self.last(), None | Some(' ')) {
            return;
        }
        self.letters.push(Letter { c, from: source.start, to: source.end });
        self.weight += weight(c);
        while self.weight > self.most {
            let at = self.breakable();
            self.cut(at);
        }
        self.look();
    }

    /// Takes a blank at the end of what is open away.
    pub(super) fn trim(&mut self) {
        if let Some(letter) = self.letters.pop_if(|letter| letter.c == ' ') {
            self.weight -= weight(letter.c);
            self.seen = self.seen.min(self.letters.len());
        }
    }

    /// Nothing follows that belongs to what is open.
    pub(super) fn end(&mut self) {
        self.cut(self.letters.len());
    }

    /// Says something that does not stand in the text, at a place of it. Ends what is open.
    pub(super) fn say(&mut self, text: &str, source: Range<usize>) {
        self.end();
        let text = sanitize::line(text).trim().to_owned();
        if is_spoken(&text) {
            self.out.push(Sentence { text, source });
        }
    }

    fn look(&mut self) {
        while self.seen < self.letters.len() {
            match self.verdict(self.seen) {
                Verdict::Wait => return,
                Verdict::Goes(next) => self.seen = next,
                Verdict::Ends(next) => self.cut(next),
            }
        }
    }

    /// Parts the open letters before this one.
    fn cut(&mut self, at: usize) {
        let mut text = String::with_capacity(at * 3);
        let (mut from, mut to) = (None, 0);
        for letter in self.letters.drain(..at) {
            self.weight -= weight(letter.c);
            text.push(letter.c);
            if letter.c != ' ' {
                from.get_or_insert(letter.from);
                to = letter.to;
            }
        }
        self.seen = self.seen.saturating_sub(at);
        let text = sanitize::line(&text).trim().to_owned();
        if let Some(from) = from
            && is_spoken(&text)
        {
            self.out.push(Sentence { text, source: from..to.max(from) });
        }
    }

    fn verdict(&self, at: usize) -> Verdict {
        let c = self.letters[at].c;
        if !is_end(c) && !matches!(c, '.' | '!' | '?') {
            return Verdict::Goes(at + 1);
        }
        let run = self.letters[at..].iter();
        let run = run.take_while(|l| is_end(l.c) || ".!?".contains(l.c) || is_closing(l.c)).count();
        let next = at + run;
        let Some(after) = self.letters.get(next).map(|letter| letter.c) else {
            return Verdict::Wait;
        };
        if is_end(c) && c != '…' {
            return Verdict::Ends(next);
        }
        if after == ' ' {
            let Some(after) = self.letters.get(next + 1).map(|letter| letter.c) else {
                return Verdict::Wait;
            };
            let goes = match c {
                '.' if self.letters.get(at + 1).is_some_and(|l| l.c == '.') => after.is_lowercase(),
                '.' => self.is_shortened(at, after),
                '…' => after.is_lowercase(),
                _ => false,
            };
            return if goes { Verdict::Goes(next) } else { Verdict::Ends(next) };
        }
        let digit = at > 0 && self.letters[at - 1].c.is_ascii_digit();
        if is_wide(after) && !(c == '.' && digit) {
            return Verdict::Ends(next);
        }
        Verdict::Goes(next)
    }

    /// Whether the full stop at this letter, with a blank and `after` behind it, ends no sentence.
    fn is_shortened(&self, at: usize, after: char) -> bool {
        let before = &self.letters[..at];
        let begins = before.iter().rposition(|l| l.c == ' ' || matches!(l.c, '(' | '"' | '“'));
        let word = &before[begins.map_or(0, |at| at + 1)..];
        let begins = begins.is_none();
        if word.len() > 12 {
            return after.is_lowercase();
        }
        let capital = word.first().is_some_and(|letter| letter.c.is_uppercase());
        let word: String = word.iter().flat_map(|letter| letter.c.to_lowercase()).collect();
        // The number of an item, an initial, or letters with full stops between them: e.g. the U.S.
        let number = begins && word.chars().all(|c| c.is_ascii_digit());
        let mut parts = word.split('.');
        let letters = parts.all(|part| part.chars().count() == 1 && !part.starts_with(is_wide))
            && word.chars().all(|c| c.is_alphabetic() || c == '.')
            && word != "i"
            && (capital || word.contains('.'));
        number
            || letters
            || after.is_lowercase()
            || SHORT.contains(&&*word)
            || (after.is_ascii_digit() && BEFORE_NUMBER.contains(&&*word))
    }

    /// Where what is open may be parted if it is too long: behind a clause, else a word, else a
    /// cluster. Never 0.
    fn breakable(&self) -> usize {
        let mut sum = 0;
        let fits = self.letters.iter().take_while(|letter| {
            sum += weight(letter.c);
            sum <= self.most
        });
        let fits = fits.count().max(1);
        let half = fits / 2;
        let clause = |at: &usize| match self.letters[*at - 1].c {
            '，' | '、' | '：' | '—' | '；' => true,
            ',' | ';' | ':' => self.letters.get(*at).is_some_and(|l| l.c == ' '),
            _ => false,
        };
        let blank = |at: &usize| self.letters[*at - 1].c == ' ';
        let behind = || (half.max(1)..=fits).rev();
        behind().find(clause).or_else(|| behind().find(blank)).unwrap_or_else(|| self.cluster(fits))
    }

    /// The last border between clusters at or before this letter.
    fn cluster(&self, at: usize) -> usize {
        let text: String = self.letters.iter().take(at + 1).map(|letter| letter.c).collect();
        let mut border = 0;
        let mut here = 0;
        for cluster in text.graphemes(true) {
            if here <= at {
                border = here;
            }
            here += cluster.chars().count();
        }
        if border == 0 { at } else { border }
    }
}

/// Ends a sentence wherever it stands.
const fn is_end(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '；' | '…' | '｡' | '．')
}

/// Belongs to the sentence that ended before it.
const fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '」' | '』' | '）' | '》' | '】' | '〉' | '»')
}

/// Letters between which no blank is needed: those of Chinese and Japanese, and their signs.
pub(super) const fn is_wide(c: char) -> bool {
    weight(c) == 2
        || matches!(c, '\u{3001}'..='\u{30ff}' | '\u{ff01}'..='\u{ff60}' | '“' | '”' | '…')
}

/// Emoji and their joints, arrows, boxes: nothing that is read.
const fn is_picture(c: char) -> bool {
    matches!(
        c,
        '\u{1f000}'..='\u{1faff}'
            | '\u{2190}'..='\u{21ff}'
            | '\u{2500}'..='\u{27bf}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{200d}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether there is anything to read.
fn is_spoken(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a text, and that their ranges name what they are from.
    fn cut(text: &str, most: usize) -> Vec<String> {
        let mut cutter = Cutter::new(most);
        for (at, c) in text.char_indices() {
            cutter.push(c, at..at + c.len_utf8());
        }
        cutter.end();
        let pieces = cutter.take();
        for piece in &pieces {
            let source = &text[piece.source.clone()];
            assert!(source.starts_with(piece.text.chars().next().unwrap()), "{piece:?}");
            assert!(source.ends_with(piece.text.chars().last().unwrap()), "{piece:?}");
        }
        pieces.into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn sentences_end_in_both_scripts() {
        for (text, pieces) in [
            (
                "你好。世界！真的？是；对…完",
                &["你好。", "世界！", "真的？", "是；", "对…", "完"][..],
            ),
            ("他说：“走吧。”我们就走了。", &["他说：“走吧。”", "我们就走了。"]),
            ("One. Two! Three? \"Four.\" Five", &["One.", "Two!", "Three?", "\"Four.\"", "Five"]),
            ("Really?! Yes... No", &["Really?!", "Yes...", "No"]),
            ("等等……好吧。OK.然后", &["等等……", "好吧。", "OK.", "然后"]),
            ("版本 2.5 用 lian.rs 打开。", &["版本 2.5 用 lian.rs 打开。"]),
            ("Wait… what", &["Wait… what"]),
        ] {
            assert_eq!(cut(text, 600), pieces, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_end_is_none() {
        for text in [
            "Pi is 3.14 or so",
            "Use a model, e.g. Qwen, i.e. ours",
            "Dr. Who met J. Smith of the U.S. Navy",
            "See fig. 3 and No. 5 of it",
            "1. First",
            "版本1.苹果",
            "Yes, etc. and so on",
            "at 5 p.m. Monday",
        ] {
            assert_eq!(cut(text, 600), [text], "{text}");
        }
        assert_eq!(cut("No. I will not.", 600), ["No.", "I will not."]);
        assert_eq!(
            cut("It was 2024. Then I. A to b. Next", 600),
            ["It was 2024.", "Then I.", "A to b.", "Next"]
        );
    }

    #[test]
    fn what_is_too_long_is_parted_at_a_clause_a_word_a_cluster() {
        assert_eq!(cut("one two, three four five", 16), ["one two,", "three four five"]);
        assert_eq!(cut("one two three four", 12), ["one two", "three four"]);
        assert_eq!(cut("一二三四，五六七八", 14), ["一二三四，", "五六七八"]);
        assert_eq!(cut("一二三四五六七八九", 8), ["一二三四", "五六七八", "九"]);
        assert_eq!(cut("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        let accents = "e\u{301}".repeat(6);
        assert_eq!(cut(&accents, 9), ["e\u{301}".repeat(4), "e\u{301}".repeat(2)]);
    }

    #[test]
    fn pictures_alone_say_nothing_and_others_go_without_them() {
        assert!(cut("👍🏽 👩\u{200d}💻 🇨🇳 1\u{fe0f}\u{20e3} ✅ → ……", 600).is_empty());
        assert_eq!(cut("好👍的。", 600), ["好的。"]);
        assert_eq!(cut("Well 🎉 done", 600), ["Well done"]);
    }

    #[test]
    fn han_is_counted_twice() {
        assert_eq!(billed("你好, ok 3"), 4 + 6);
        assert_eq!(billed("かな한글。"), 5);
    }
}
