//! The terminal's modes that the workbench needs, as bytes: set on entering, each unset on leaving.
//! It refuses to write them; `rescue` does, exactly once each.

use super::caps::Caps;
use super::images;

/// Which modes are on while the workbench has the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the modes of a terminal are independent switches"
)]
pub struct Modes {
    /// The alternate screen, so that the shell's text is there again afterwards.
    pub alternate: bool,
    /// Clicks and the wheel are reported (and the terminal selects text only with Shift).
    pub mouse: bool,
    /// The kitty keyboard protocol, its first level: keys that were the same are told apart.
    pub keyboard: bool,
    /// A frame may have been cut off inside a synchronized update.
    pub synchronized: bool,
    /// A picture went to the terminal this way.
    pub pictures: Option<images::Way>,
}

impl Modes {
    /// What a terminal with these capabilities gets.
    #[must_use]
    pub const fn new(caps: Caps, mouse: bool) -> Self {
        Self {
            alternate: caps.alternate,
            mouse,
            keyboard: caps.keyboard,
            synchronized: caps.synchronized,
            pictures: None,
        }
    }

    /// What is sent on entering. The picture is cleared by the first frame.
    #[must_use]
    pub fn enter_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        if self.alternate {
            out.extend_from_slice(b"\x1b[?1049h");
        }
        if self.keyboard {
            // The stack of keyboard modes belongs to the screen: push after going there.
            out.extend_from_slice(b"\x1b[>1u");
        }
        // Pastes are marked, and gaining or losing the focus is told.
        out.extend_from_slice(b"\x1b[?2004h\x1b[?1004h");
        if self.mouse {
            out.extend_from_slice(Self::mouse_bytes(true));
        }
        out
    }

    /// What is sent on leaving. It begins with ESC, which ends whatever sequence was cut off.
    #[must_use]
    pub fn leave_bytes(self) -> Vec<u8> {
        let mut out = self.pictures.map(images::leave).unwrap_or_default();
        if self.synchronized {
            out.extend_from_slice(b"\x1b[?2026l");
        }
        // Margins, pen, cursor.
        out.extend_from_slice(b"\x1b[r\x1b[m\x1b[?25h");
        if self.mouse {
            out.extend_from_slice(Self::mouse_bytes(false));
        }
        out.extend_from_slice(b"\x1b[?1004l\x1b[?2004l");
        if self.keyboard {
            out.extend_from_slice(b"\x1b[<u");
        }
        if self.alternate {
            // The way back takes the cursor along; where there was no other screen, the shell goes on
            // below the last picture.
            out.extend_from_slice(b"\x1b[999H\x1b[?1049l");
        } else {
            out.extend_from_slice(b"\x1b[H\x1b[2J");
        }
        out
    }

    /// What turns the mouse on or off.
    #[must_use]
    pub const fn mouse_bytes(on: bool) -> &'static [u8] {
        if on { b"\x1b[?1000h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1000l" }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn all() -> impl Iterator<Item = Modes> {
        let pictures = [None, Some(images::Way::Kitty), Some(images::Way::Sixel)];
        let all = pictures.into_iter().flat_map(|way| (0..16).map(move |bits| (way, bits)));
        all.map(|(pictures, bits)| Modes {
            pictures,
            alternate: bits & 1 != 0,
            mouse: bits & 2 != 0,
            keyboard: bits & 4 != 0,
            synchronized: bits & 8 != 0,
        })
    }

    /// How often each private mode is set (first) and unset (second).
    fn count(bytes: &[u8]) -> BTreeMap<String, (u32, u32)> {
        let mut counts = BTreeMap::new();
        for part in std::str::from_utf8(bytes).unwrap().split("\x1b[?").skip(1) {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap();
            let entry: &mut (u32, u32) = counts.entry(part[..end].to_owned()).or_default();
            match &part[end..=end] {
                "h" => entry.0 += 1,
                "l" => entry.1 += 1,
                other => panic!("{other}"),
            }
        }
        counts
    }

    #[test]
    fn what_is_set_is_unset_once() {
        for modes in all() {
            let (set, unset) = (count(&modes.enter_bytes()), count(&modes.leave_bytes()));
            for (mode, times) in &set {
                assert_eq!(*times, (1, 0), "{mode} in {modes:?}");
                assert_eq!(unset.get(mode), Some(&(0, 1)), "{mode} in {modes:?}");
            }
            for mode in unset.keys().filter(|mode| !set.contains_key(*mode)) {
                let ours = if mode == "25" { unset[mode].0 == 1 } else { mode == "2026" };
                assert!(ours, "{mode} is unset without need");
            }
            let pushes = |bytes: &[u8], what: &str| {
                std::str::from_utf8(bytes).unwrap().matches(what).count()
            };
            assert_eq!(pushes(&modes.enter_bytes(), "\x1b[>1u"), usize::from(modes.keyboard));
            assert_eq!(pushes(&modes.leave_bytes(), "\x1b[<u"), usize::from(modes.keyboard));
            assert_eq!(modes.leave_bytes()[0], 0x1b);
        }
    }

    #[test]
    fn a_terminal_is_left_as_it_was() {
        for modes in all() {
            let mut parser = vt100::Parser::default();
            parser.process(b"$ lian\r\n");
            let before = parser.screen().contents();
            parser.process(&modes.enter_bytes());
            parser
                .process(b"\x1b[3;10r\x1b[5;5H\x1b[?2026h\x1b[?25l\x1b[1;31mhalf a seque\x1b[38;5");
            assert_eq!(parser.screen().alternate_screen(), modes.alternate);
            assert!(parser.screen().bracketed_paste());
            parser.process(&modes.leave_bytes());
            let screen = parser.screen();
            assert!(!screen.alternate_screen() && !screen.bracketed_paste());
            assert!(!screen.hide_cursor() && !screen.bold());
            assert_eq!(screen.fgcolor(), vt100::Color::Default);
            assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
            assert_eq!(screen.mouse_protocol_encoding(), vt100::MouseProtocolEncoding::Default);
            if modes.alternate {
                assert_eq!(screen.contents(), before);
                assert_eq!(screen.cursor_position(), (1, 0));
            }
        }
    }
}
