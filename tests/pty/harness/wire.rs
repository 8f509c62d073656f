//! What a program wrote to its terminal, taken apart: characters and control sequences. It refuses
//! to interpret them; the emulator does.

use std::collections::BTreeMap;

/// A piece of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A printable character, or what claims to be one.
    Text(char),
    /// A control character.
    Control(u8),
    /// ESC and the bytes up to its final one, as in `ESC 7`.
    Escape(String),
    /// What stands between CSI and the final byte, and that.
    Csi(String, char),
    /// ESC and an opener of a string (`]`, `P`, `_`, `^`, `X`).
    Opener(char),
}

/// Takes the bytes apart. They must be UTF-8 as a whole.
pub(crate) fn pieces(raw: &[u8]) -> Vec<Piece> {
    taken_apart(std::str::from_utf8(raw).expect("a terminal in UTF-8 gets UTF-8"))
}

/// The same for output that goes on: its last bytes may be half a character.
pub(crate) fn pieces_lossy(raw: &[u8]) -> Vec<Piece> {
    taken_apart(&String::from_utf8_lossy(raw))
}

fn taken_apart(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            pieces.push(match u8::try_from(c) {
                Ok(byte) if c.is_ascii_control() => Piece::Control(byte),
                _ => Piece::Text(c),
            });
            continue;
        }
        match chars.next() {
            Some('[') => {
                let mut parameters = String::new();
                let mut last = '\0';
                for c in chars.by_ref() {
                    if ('@'..='~').contains(&c) {
                        last = c;
                        break;
                    }
                    parameters.push(c);
                }
                pieces.push(Piece::Csi(parameters, last));
            }
            Some(c @ (']' | 'P' | '_' | '^' | 'X')) => pieces.push(Piece::Opener(c)),
            Some(c) => {
                let mut rest = c.to_string();
                let mut last = c;
                while (' '..='/').contains(&last) {
                    let Some(next) = chars.next() else { break };
                    rest.push(next);
                    last = next;
                }
                pieces.push(Piece::Escape(rest));
            }
            None => pieces.push(Piece::Escape(String::new())),
        }
    }
    pieces
}

/// Private modes the workbench may set.
const MODES: [&str; 7] = ["?1049", "?2004", "?1004", "?25", "?2026", "?1000", "?1006"];

/// Pieces that the painter never sends, as text.
pub(crate) fn forbidden(raw: &[u8]) -> Vec<String> {
    let is_fine = |piece: &Piece| match piece {
        Piece::Text(c) => !is_forbidden(*c),
        Piece::Control(byte) => matches!(byte, b'\n' | b'\r' | 0x08),
        Piece::Escape(rest) => matches!(rest.as_str(), "7" | "8" | "M"),
        Piece::Csi(parameters, 'h' | 'l') => MODES.contains(&parameters.as_str()),
        Piece::Csi(parameters, 'u') => matches!(parameters.as_str(), ">1" | "<"),
        Piece::Csi(parameters, last) => {
            "ABCDEFGHJKLMPSTX@dfmr".contains(*last)
                && parameters.chars().all(|c| c.is_ascii_digit() || c == ';' || c == ':')
        }
        Piece::Opener(_) => false,
    };
    pieces(raw).iter().filter(|piece| !is_fine(piece)).map(|piece| format!("{piece:?}")).collect()
}

/// Characters that no remote text may bring to the screen: C1, bidi controls, invisible ones.
fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// How often each mode was set and unset. The kitty keyboard's stack is the mode `u`.
pub(crate) fn modes(raw: &[u8]) -> BTreeMap<String, (usize, usize)> {
    let mut modes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for piece in pieces(raw) {
        let (mode, set) = match piece {
            Piece::Csi(mode, 'h') => (mode, true),
            Piece::Csi(mode, 'l') => (mode, false),
            Piece::Csi(stack, 'u') => ("u".to_owned(), stack.starts_with('>')),
            _ => continue,
        };
        let counts = modes.entry(mode).or_default();
        *(if set { &mut counts.0 } else { &mut counts.1 }) += 1;
    }
    modes
}

/// How often a sequence of bytes occurs.
pub(crate) fn count(raw: &[u8], part: &[u8]) -> usize {
    raw.windows(part.len()).filter(|window| *window == part).count()
}

#[test]
fn what_is_forbidden_is_found() {
    for bad in
        ["\x1b]0;x\x07", "\x1b[?1003h", "\x1b[6n", "\x1bc", "\u{9b}1m", "\u{202e}", "\x07", "\x1bP"]
    {
        assert_ne!(forbidden(format!("a{bad}").as_bytes()), Vec::<String>::new(), "{bad:?}");
    }
    let fine = "\x1b[?1049h\x1b[2;5H\x1b[38;5;1mtext 文\x1b[m\r\n\x1b7\x1b8\x1b[K\x1b[?25l";
    assert_eq!(forbidden(fine.as_bytes()), Vec::<String>::new());
}
