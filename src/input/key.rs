//! Keys: a code with modifiers, how they are written (`ctrl+p`, `alt+enter`) and read back.
//! It refuses to know what any key does.

use std::fmt;
use std::str::FromStr;

/// A key with its modifiers. Shift is kept only where the character does not show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Held with Ctrl.
    pub ctrl: bool,
    /// Held with Alt (or sent after ESC).
    pub alt: bool,
    /// Held with Shift; never set for [`Code::Char`].
    pub shift: bool,
}

/// Keys without their modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character, upper case if Shift or Caps Lock made it so.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift+Tab, as terminals send it.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, from 1.
    F(u8),
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// The character this key types, if it types one.
    #[must_use]
    pub const fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

const NAMED: [(&str, Code); 17] = [
    ("space", Code::Char(' ')),
    ("plus", Code::Char('+')),
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("left", Code::Left),
    ("right", Code::Right),
    ("up", Code::Up),
    ("down", Code::Down),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
];

impl fmt::Display for Key {
    /// The spelling of the configuration file: `ctrl+alt+x`, `shift+enter`, `f9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl+")?;
        }
        if self.alt {
            f.write_str("alt+")?;
        }
        if self.shift {
            f.write_str("shift+")?;
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "f{n}"),
            // Every other code has a name above; the test below walks them all.
            _ => f.write_str("?"),
        }
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let unknown = || UnknownKey(text.to_owned());
        let mut key = Self::plain(Code::Esc);
        let mut rest = text.trim();
        loop {
            let lower = rest.to_ascii_lowercase();
            let flag = match lower.split_once('+') {
                Some(("ctrl", tail)) if !tail.is_empty() => &mut key.ctrl,
                Some(("alt", tail)) if !tail.is_empty() => &mut key.alt,
                Some(("shift", tail)) if !tail.is_empty() => &mut key.shift,
                _ => break,
            };
            *flag = true;
            rest = rest.split_once('+').map_or("", |(_, tail)| tail);
        }
        let lower = rest.to_ascii_lowercase();
        let mut chars = rest.chars();
        key.code = if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == lower) {
            *code
        } else if let (Some(c), None) = (chars.next(), chars.next()) {
            Code::Char(c)
        } else if let Some(n) = lower.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
            if !(1..=24).contains(&n) {
                return Err(unknown());
            }
            Code::F(n)
        } else {
            return Err(unknown());
        };
        if key.shift && key.code == Code::Tab {
            key = Self { code: Code::BackTab, shift: false, ..key };
        }
        if let (Code::Char(c), true) = (key.code, key.shift) {
            key = Self {
                code: Code::Char(c.to_uppercase().next().unwrap_or(c)),
                shift: false,
                ..key
            };
        }
        Ok(key)
    }
}

/// A key spelled in a way nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown key {0:?}; keys are written like enter, alt+m, ctrl+p, shift+enter, f9, pageup")]
pub struct UnknownKey(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back_as_written() {
        let mut codes: Vec<Code> = NAMED.iter().map(|(_, code)| *code).collect();
        codes.extend([Code::Char('x'), Code::Char('X'), Code::Char('炼'), Code::Char('?')]);
        codes.extend((1..=24).map(Code::F));
        for code in codes {
            for (ctrl, alt) in [(false, false), (true, false), (false, true), (true, true)] {
                let key = Key { code, ctrl, alt, shift: false };
                assert_eq!(key.to_string().parse(), Ok(key), "{key}");
            }
        }
    }

    #[test]
    fn other_spellings() {
        assert_eq!("Shift+Tab".parse(), Ok(Key::plain(Code::BackTab)));
        assert_eq!("shift+a".parse(), Ok(Key::plain(Code::Char('A'))));
        assert_eq!(" CTRL+P".parse::<Key>().map(|k| k.ctrl), Ok(true));
        for bad in ["", "ctrl+", "hyper+x", "f0", "f25", "enterr"] {
            assert!(bad.parse::<Key>().is_err(), "{bad}");
        }
    }
}
