//! The simulator's own tokenizer: three or four letters, one or two Chinese characters, a line
//! end with its indent. It refuses to be any model's real one; it only has to be steady, so that counts add up.

use unicode_segmentation::UnicodeSegmentation;

/// The tokens of a text, in order; together they are the text again.
pub(super) struct Pieces<'a> {
    rest: &'a str,
    turn: u32,
}

/// Splits a text into tokens.
pub(super) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text, turn: 0 }
}

/// How many tokens a text has.
pub(super) fn count(text: &str) -> usize {
    pieces(text).count()
}

/// Han, kana and hangul: written without spaces and two columns wide.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0x2fff | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

fn joins(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x200d | 0x20e3 | 0xfe00..=0xfe0f | 0x1_f3fb..=0x1_f3ff)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_cjk(c)
}

/// Bytes of the first `most` characters that satisfy `keep`.
fn run(text: &str, most: usize, keep: impl Fn(char) -> bool) -> usize {
    text.chars().take(most).take_while(|c| keep(*c)).map(char::len_utf8).sum()
}

fn word(text: &str) -> usize {
    let four = run(text, 4, is_letter);
    let five = run(text, 5, is_letter);
    // A single letter left over would be a token of its own: it joins the one before.
    if five > four && run(text, 6, is_letter) == five { five } else { four }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest;
        let first = text.chars().next()?;
        let mut len = match first {
            '\n' => {
                let lines = run(text, usize::MAX, |c| c == '\n');
                lines + run(&text[lines..], 16, |c| c == ' ')
            }
            ' ' => {
                let spaces = run(text, usize::MAX, |c| c == ' ');
                let rest = &text[spaces..];
                match (spaces, word(rest).max(run(rest, 3, |c| c.is_ascii_punctuation()))) {
                    (_, 0) => spaces,
                    (1, next) => 1 + next,
                    _ => spaces - 1,
                }
            }
            c if is_cjk(c) => {
                self.turn = self.turn.wrapping_add(1);
                run(text, 1 + (self.turn % 2) as usize, is_cjk)
            }
            c if is_letter(c) => word(text),
            c if c.is_ascii_digit() => run(text, 3, |c| c.is_ascii_digit()),
            c if c.is_ascii_punctuation() => run(text, 3, |c| c.is_ascii_punctuation()),
            c if c.is_ascii() => run(text, usize::MAX, |other| other == c),
            _ => text.graphemes(true).next().map_or(first.len_utf8(), str::len),
        };
        // Nothing that belongs to the character before it begins a token.
        len += run(&text[len..], usize::MAX, joins);
        let (piece, rest) = text.split_at(len);
        self.rest = rest;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_have_the_usual_size() {
        let english = "The quick brown fox jumps over the lazy dog and keeps running afterwards.";
        let chinese = "模拟器会用提问的语言来回答问题并且给出排版示例";
        let per_ten = |text: &str| text.chars().count() * 10 / count(text);
        assert!((30..46).contains(&per_ten(english)), "{}", per_ten(english));
        assert!((12..18).contains(&per_ten(chinese)), "{}", per_ten(chinese));
        assert_eq!(pieces("👩‍💻 ok").next(), Some("👩‍💻"));
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_again(text in any::<String>()) {
            let parts: Vec<&str> = pieces(&text).collect();
            prop_assert!(parts.iter().all(|part| !part.is_empty()));
            prop_assert_eq!(parts.concat(), text);
        }
    }
}
