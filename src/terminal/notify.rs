//! A word to somebody who is looking elsewhere: the ways terminals know, and which one this is
//! likely to know. It refuses to decide when, and passes no control character on.

use super::passthrough::Multiplexer;

/// A way to be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Way {
    /// The bell, which every terminal and multiplexer knows.
    #[default]
    Bell,
    /// `OSC 9 ; text`.
    Osc9,
    /// `OSC 99 ; ; text`.
    Osc99,
    /// `OSC 777 ; notify ; title ; text`.
    Osc777,
}

/// Most characters of a text.
const LONGEST: usize = 100;

impl Way {
    /// What the terminal that names itself in the environment knows. Inside a multiplexer that is
    /// unknown, and by default nothing but the bell gets out.
    pub fn read(env: &impl Fn(&str) -> Option<String>) -> Self {
        if Multiplexer::read(env) != Multiplexer::None {
            return Self::Bell;
        }
        let term = env("TERM").unwrap_or_default();
        match env("TERM_PROGRAM").unwrap_or_default().as_str() {
            "iTerm.app" | "WezTerm" | "ghostty" => return Self::Osc9,
            "kitty" => return Self::Osc99,
            _ => {}
        }
        if term == "xterm-ghostty" || term == "wezterm" {
            Self::Osc9
        } else if term == "xterm-kitty" || env("KITTY_WINDOW_ID").is_some() {
            Self::Osc99
        } else if term == "foot" || term.starts_with("foot-") || term.starts_with("rxvt-unicode") {
            Self::Osc777
        } else {
            Self::Bell
        }
    }

    /// The bytes that say a text.
    #[must_use]
    pub fn bytes(self, text: &str, multiplexer: Multiplexer) -> Vec<u8> {
        // A semicolon parts the fields.
        let text = text.chars().filter(|c| !c.is_control()).map(|c| if c == ';' { ',' } else { c });
        let text: String = text.take(LONGEST).collect();
        let sequence = match self {
            // tmux and screen ring it themselves.
            Self::Bell => return vec![0x07],
            Self::Osc9 => format!("\x1b]9;{text}\x07"),
            Self::Osc99 => format!("\x1b]99;;{text}\x07"),
            Self::Osc777 => format!("\x1b]777;notify;lian;{text}\x07"),
        };
        multiplexer.wrap(sequence.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Way {
        Way::read(&|name: &str| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn terminals_get_what_they_know() {
        assert_eq!(read(&[("TERM", "xterm-256color")]), Way::Bell);
        assert_eq!(read(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]), Way::Osc9);
        assert_eq!(read(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")]), Way::Osc9);
        assert_eq!(read(&[("TERM", "xterm-ghostty")]), Way::Osc9);
        assert_eq!(read(&[("TERM", "xterm-kitty")]), Way::Osc99);
        assert_eq!(read(&[("TERM", "foot")]), Way::Osc777);
        assert_eq!(read(&[("TERM", "rxvt-unicode-256color")]), Way::Osc777);
        let inside = [("TERM", "tmux-256color"), ("TERM_PROGRAM", "iTerm.app"), ("TMUX", "x")];
        assert_eq!(read(&inside), Way::Bell);
    }

    #[test]
    fn a_text_cannot_leave_its_sequence() {
        let bad = "a\x07b\x1b]0;c\u{9c}d\n;e";
        let said = String::from_utf8(Way::Osc777.bytes(bad, Multiplexer::None)).unwrap();
        assert_eq!(said, "\x1b]777;notify;lian;ab]0,cd,e\x07");
        let long = Way::Osc9.bytes(&"字".repeat(500), Multiplexer::None);
        assert_eq!(String::from_utf8(long).unwrap().matches('字').count(), LONGEST);
    }

    #[test]
    fn through_tmux_it_is_wrapped_and_the_bell_is_not() {
        assert_eq!(Way::Osc9.bytes("x", Multiplexer::Tmux), b"\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\");
        assert_eq!(Way::Bell.bytes("x", Multiplexer::Tmux), b"\x07");
    }
}
