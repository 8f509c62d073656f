//! The way through a terminal multiplexer: what stands between the program and the real terminal,
//! and how a sequence gets past it unread. It refuses to know what the sequence is for.

/// What stands between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Multiplexer {
    /// Nothing.
    #[default]
    None,
    /// tmux. It lets sequences through with `allow-passthrough on` only, which is not its default.
    Tmux,
    /// GNU screen.
    Screen,
}

/// GNU screen drops a longer string.
const CHUNK: usize = 768;

impl Multiplexer {
    /// Reads it from the environment. Inside both, tmux is taken for the inner one.
    pub fn read(env: &impl Fn(&str) -> Option<String>) -> Self {
        if env("TMUX").is_some() {
            Self::Tmux
        } else if env("STY").is_some() {
            Self::Screen
        } else {
            Self::None
        }
    }

    /// The sequence in the dress in which it gets through.
    #[must_use]
    pub fn wrap(self, sequence: &[u8]) -> Vec<u8> {
        match self {
            Self::None => sequence.to_vec(),
            Self::Tmux => {
                let mut out = b"\x1bPtmux;".to_vec();
                for byte in sequence {
                    if *byte == 0x1b {
                        out.push(0x1b);
                    }
                    out.push(*byte);
                }
                out.extend_from_slice(b"\x1b\\");
                out
            }
            Self::Screen => {
                let mut out = Vec::with_capacity(sequence.len() + sequence.len() / 100 + 4);
                for chunk in chunks(sequence, CHUNK - 4) {
                    out.extend_from_slice(b"\x1bP");
                    out.extend_from_slice(chunk);
                    out.extend_from_slice(b"\x1b\\");
                }
                out
            }
        }
    }
}

/// Parts of at most so many bytes; none ends with the ESC of what follows, which would be read as
/// the end of the string.
fn chunks(mut rest: &[u8], most: usize) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let mut at = rest.len().min(most);
        if at < rest.len() && at > 1 && rest[at - 1] == 0x1b {
            at -= 1;
        }
        let (chunk, more) = rest.split_at(at);
        rest = more;
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_environment_names_it() {
        let read = |names: &[&str]| {
            Multiplexer::read(&|name: &str| names.contains(&name).then(|| "x".to_owned()))
        };
        assert_eq!(read(&[]), Multiplexer::None);
        assert_eq!(read(&["TMUX"]), Multiplexer::Tmux);
        assert_eq!(read(&["STY"]), Multiplexer::Screen);
        assert_eq!(read(&["STY", "TMUX"]), Multiplexer::Tmux);
    }

    #[test]
    fn tmux_gets_every_escape_twice() {
        let wrapped = Multiplexer::Tmux.wrap(b"\x1b]9;x\x1b\\");
        assert_eq!(wrapped, b"\x1bPtmux;\x1b\x1b]9;x\x1b\x1b\\\x1b\\");
    }

    proptest! {
        /// What GNU screen passes on is what stands in its strings, one after the other.
        #[test]
        fn screen_gets_short_strings_that_add_up(
            sequence in proptest::collection::vec(prop_oneof![Just(0x1b_u8), Just(b'a')], 1..3000)
        ) {
            // A string ends at the first `ESC \`; a sequence with one inside is never sent.
            let wrapped = Multiplexer::Screen.wrap(&sequence);
            let mut rest = &wrapped[..];
            let mut passed = Vec::new();
            while !rest.is_empty() {
                prop_assert_eq!(&rest[..2], b"\x1bP");
                let end = rest.windows(2).position(|pair| pair == b"\x1b\\").unwrap();
                prop_assert!(end + 2 <= CHUNK);
                passed.extend_from_slice(&rest[2..end]);
                rest = &rest[end + 2..];
            }
            // Only a sequence that itself ends with ESC would lose it.
            prop_assume!(sequence.last() != Some(&0x1b));
            prop_assert_eq!(passed, sequence);
        }
    }
}
