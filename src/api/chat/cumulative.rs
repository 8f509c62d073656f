//! Tells servers that send the whole text so far in every delta from those that send what is
//! new, and gives out what is new in both cases. It refuses to guess from a single delta:
//! a model may well say "ha" and then "haha".

/// Text that grew twice from its own beginning to at least this many bytes is cumulative.
const PROOF: usize = 16;
/// A single growth at the end of a short answer counts if it repeats at least this much.
const REPEATED: usize = 8;

/// The state of one field (answer text or reasoning) of one answer.
#[derive(Debug, Default)]
pub(super) struct Growth {
    mode: Mode,
}

#[derive(Debug, Default)]
enum Mode {
    /// Nothing came.
    #[default]
    Empty,
    /// `given` came and was passed on; then each of `held` began with all that came before it.
    /// Both readings are open, so the held ones wait for the next.
    Open { given: String, held: Vec<String> },
    /// Every delta is new text. Nothing needs to be remembered.
    Incremental,
    /// Every delta repeats `seen`.
    Cumulative { seen: String },
}

impl Growth {
    /// Takes a delta and passes on what is new in it.
    pub(super) fn push(&mut self, delta: &str, mut pass: impl FnMut(&str)) {
        if delta.is_empty() {
            return;
        }
        match &mut self.mode {
            Mode::Incremental => pass(delta),
            Mode::Empty => {
                pass(delta);
                self.mode = Mode::Open { given: delta.to_owned(), held: Vec::new() };
            }
            Mode::Cumulative { seen } => {
                if let Some(new) = delta.strip_prefix(seen.as_str()) {
                    seen.push_str(new);
                    if !new.is_empty() {
                        pass(new);
                    }
                } else if !seen.starts_with(delta) {
                    // It began anew; nothing that came may be lost.
                    pass(delta);
                    delta.clone_into(seen);
                }
            }
            Mode::Open { given, held } => {
                let before = held.last().unwrap_or(given);
                let grows = delta.len() > before.len() && delta.starts_with(before.as_str());
                if !grows {
                    for piece in &*held {
                        pass(piece);
                    }
                    pass(delta);
                    self.mode = Mode::Incremental;
                } else if held.is_empty() || delta.len() < PROOF {
                    held.push(delta.to_owned());
                } else {
                    pass(&delta[given.len()..]);
                    self.mode = Mode::Cumulative { seen: delta.to_owned() };
                }
            }
        }
    }

    /// The answer is over: passes on what was held back, in the reading that is more likely.
    pub(super) fn finish(&mut self, mut pass: impl FnMut(&str)) {
        let Mode::Open { given, held } = &self.mode else { return };
        let Some(last) = held.last() else { return };
        if given.len() >= REPEATED || (held.len() >= 2 && last.len() >= PROOF) {
            pass(&last[given.len()..]);
        } else {
            for piece in held {
                pass(piece);
            }
        }
        self.mode = Mode::Incremental;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(deltas: &[&str]) -> String {
        let mut growth = Growth::default();
        let mut all = String::new();
        for delta in deltas {
            growth.push(delta, |new| all.push_str(new));
        }
        growth.finish(|new| all.push_str(new));
        all
    }

    #[test]
    fn cumulative_deltas_are_cut_to_what_is_new() {
        assert_eq!(
            run(&[
                "Hello",
                "Hello, how",
                "Hello, how are you",
                "Hello, how are you",
                "Hello, how are you?"
            ]),
            "Hello, how are you?"
        );
        assert_eq!(run(&["千", "千问", "千问是一个模型", "千问是一个模型。"]), "千问是一个模型。");
        assert_eq!(
            run(&["A whole sentence", "A whole sentence twice."]),
            "A whole sentence twice."
        );
    }

    #[test]
    fn incremental_deltas_stay_as_they_are() {
        for deltas in [
            &["ha", "haha", "!"][..],
            &["ha", "haha"],
            &[" ", "  ", "   ", "x"],
            &["1", "10", "100"],
            &["a", "a", "a"],
            &["Hello", " Hello", " Hello"],
            &["哈", "哈哈"],
            &["x"],
            &[],
        ] {
            assert_eq!(run(deltas), deltas.concat(), "{deltas:?}");
        }
    }

    #[test]
    fn a_proven_reading_stays() {
        let long = "one two three four";
        assert_eq!(run(&["x", "y", long, &format!("{long} five")]), format!("xy{long}{long} five"));
        assert_eq!(
            run(&["one", "one two", "one two three four", "something else"]),
            "one two three foursomething else"
        );
        assert_eq!(run(&["one", "one two", "one two three four", "one two"]), long);
    }

    proptest! {
        #[test]
        fn any_text_sent_whole_each_time_comes_out_once(
            text in "[a-z你好 ]{24,60}", cuts in prop::collection::vec(1_usize..60, 3..9),
        ) {
            let mut ends: Vec<usize> = cuts
                .into_iter()
                .filter_map(|n| text.char_indices().nth(n).map(|(at, _)| at))
                .collect();
            ends.push(text.len());
            ends.sort_unstable();
            ends.dedup();
            prop_assume!(ends.len() >= 3 && ends[0] > 0);
            let deltas: Vec<&str> = ends.iter().map(|end| &text[..*end]).collect();
            prop_assert_eq!(run(&deltas), text);
        }

        #[test]
        fn tokens_that_do_not_grow_are_never_touched(
            first in "[a-m]{1,4}", rest in prop::collection::vec("[n-z]{1,6}", 0..20),
        ) {
            let mut deltas = vec![first.as_str()];
            deltas.extend(rest.iter().map(String::as_str));
            prop_assert_eq!(run(&deltas), deltas.concat());
        }
    }
}
