//! The pen: colours and attributes as the terminal holds them, mapped down to what it can show, and the
//! shortest way from one pen to another. It refuses blinking, hidden text and coloured underlines.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::seq::Seq;
use crate::terminal::caps::{Caps, Colours};

/// What the next character will look like. Colours are `Reset`, `Indexed` or `Rgb`, never a name, so
/// that equal looks are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) mods: Modifier,
}

/// Attributes that mark even a blank cell.
const INK: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);
/// Attributes that are sent at all.
const KNOWN: Modifier = INK.union(Modifier::BOLD).union(Modifier::DIM).union(Modifier::ITALIC);
const INTENSITY: Modifier = Modifier::BOLD.union(Modifier::DIM);

/// Attribute, code that sets it, code that clears it. Strike-through stands last: it is the one that
/// some terminals do not know, and a few of those stop reading there.
const CODES: [(Modifier, u16, u16); 6] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    /// How the terminal writes after a reset.
    pub(super) const DEFAULT: Self =
        Self { fg: Color::Reset, bg: Color::Reset, mods: Modifier::empty() };

    /// The look of a cell on this terminal.
    pub(super) fn of(cell: &Cell, caps: Caps) -> Self {
        let mut mods = cell.modifier.intersection(KNOWN);
        if !caps.italic {
            mods.remove(Modifier::ITALIC);
        }
        Self { fg: map(cell.fg, caps.colours), bg: map(cell.bg, caps.colours), mods }
    }

    /// The same look for a blank: without ink only the background is left of it.
    pub(super) fn blank(self) -> Self {
        if self.inked() {
            Self { mods: self.mods.difference(Modifier::ITALIC), ..self }
        } else {
            Self { bg: self.bg, ..Self::DEFAULT }
        }
    }

    /// Whether this pen marks even a blank cell.
    pub(super) fn inked(self) -> bool {
        self.mods.intersects(INK)
    }

    /// Whether text that wants `wanted` may be written with this pen as it is; `blank` if it is spaces.
    pub(super) fn serves(self, wanted: Self, blank: bool) -> bool {
        self == wanted || (blank && !self.inked() && !wanted.inked() && self.bg == wanted.bg)
    }

    /// The shortest sequence that makes `to` of this pen: the difference, or a reset and everything.
    pub(super) fn change(self, to: Self) -> Seq {
        if self == to {
            return Seq::new();
        }
        self.difference(to).shorter(Self::afresh(to))
    }

    fn afresh(to: Self) -> Seq {
        let mut list = List::new();
        if to == Self::DEFAULT {
            return list.done();
        }
        // An empty first parameter is the reset.
        list.reset();
        list.colour(to.fg, Ground::Fore);
        list.colour(to.bg, Ground::Back);
        for (attribute, set, _) in CODES {
            if to.mods.contains(attribute) {
                list.code(set);
            }
        }
        list.done()
    }

    fn difference(self, to: Self) -> Seq {
        let mut list = List::new();
        let gone = self.mods.difference(to.mods);
        let mut new = to.mods.difference(self.mods);
        if self.fg != to.fg {
            list.colour_or_default(to.fg, Ground::Fore);
        }
        if self.bg != to.bg {
            list.colour_or_default(to.bg, Ground::Back);
        }
        if gone.intersects(INTENSITY) {
            // 22 takes bold and dim together, so the one that stays is set again.
            list.code(22);
            new |= to.mods.intersection(INTENSITY);
        }
        for (attribute, _, clear) in CODES {
            if gone.contains(attribute) && clear != 22 {
                list.code(clear);
            }
        }
        for (attribute, set, _) in CODES {
            if new.contains(attribute) {
                list.code(set);
            }
        }
        list.done()
    }
}

#[derive(Clone, Copy)]
enum Ground {
    Fore,
    Back,
}

/// The parameters of one `CSI … m`.
struct List {
    seq: Seq,
    first: bool,
}

impl List {
    fn new() -> Self {
        let mut seq = Seq::new();
        seq.push(0x1b);
        seq.push(b'[');
        Self { seq, first: true }
    }

    fn reset(&mut self) {
        self.first = false;
    }

    fn code(&mut self, code: u16) {
        if !self.first {
            self.seq.push(b';');
        }
        self.first = false;
        self.seq.number(code);
    }

    fn colour_or_default(&mut self, colour: Color, ground: Ground) {
        if colour == Color::Reset {
            self.code(match ground {
                Ground::Fore => 39,
                Ground::Back => 49,
            });
        } else {
            self.colour(colour, ground);
        }
    }

    fn colour(&mut self, colour: Color, ground: Ground) {
        let base = match ground {
            Ground::Fore => 30,
            Ground::Back => 40,
        };
        match colour {
            Color::Indexed(n @ 0..=7) => self.code(base + u16::from(n)),
            Color::Indexed(n @ 8..=15) => self.code(base + 52 + u16::from(n)),
            Color::Indexed(n) => {
                for code in [base + 8, 5, u16::from(n)] {
                    self.code(code);
                }
            }
            Color::Rgb(r, g, b) => {
                for code in [base + 8, 2, u16::from(r), u16::from(g), u16::from(b)] {
                    self.code(code);
                }
            }
            // `map` has turned every name into a number; the default needs no code.
            _ => {}
        }
    }

    fn done(mut self) -> Seq {
        self.seq.push(b'm');
        self.seq
    }
}

/// A colour as this terminal can show it: the default, a number or 24 bits.
pub(super) fn map(colour: Color, able: Colours) -> Color {
    if colour == Color::Reset || able == Colours::None {
        return Color::Reset;
    }
    match (number(colour), able) {
        (Shade::Number(n), able) if n < 16 || able >= Colours::Ansi256 => Color::Indexed(n),
        (Shade::Mixed(r, g, b), Colours::True) => Color::Rgb(r, g, b),
        (Shade::Mixed(r, g, b), Colours::Ansi256) => Color::Indexed(nearest_256([r, g, b])),
        (Shade::Number(n), _) => Color::Indexed(nearest_16(palette(n))),
        (Shade::Mixed(r, g, b), _) => Color::Indexed(nearest_16([r, g, b])),
    }
}

enum Shade {
    Number(u8),
    Mixed(u8, u8, u8),
}

fn number(colour: Color) -> Shade {
    Shade::Number(match colour {
        Color::Reset | Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(n) => n,
        Color::Rgb(r, g, b) => return Shade::Mixed(r, g, b),
    })
}

/// The steps of the 6x6x6 cube in the palette of 256.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
/// What most terminals show for the sixteen; good enough to choose the nearest by.
const SIXTEEN: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

fn palette(n: u8) -> [u8; 3] {
    match n {
        0..=15 => SIXTEEN[usize::from(n)],
        16..=231 => {
            let n = usize::from(n - 16);
            [STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6]]
        }
        232..=255 => [8 + 10 * (n - 232); 3],
    }
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

fn nearest_16(wanted: [u8; 3]) -> u8 {
    (0..16).min_by_key(|n| distance(palette(*n), wanted)).unwrap_or(0)
}

fn nearest_256(wanted: [u8; 3]) -> u8 {
    let step =
        |value: u8| (0..6).min_by_key(|n| STEPS[usize::from(*n)].abs_diff(value)).unwrap_or(0);
    let cube = 16 + 36 * step(wanted[0]) + 6 * step(wanted[1]) + step(wanted[2]);
    let mean = (wanted.iter().map(|part| u16::from(*part)).sum::<u16>() / 3) as u8;
    let grey = 232 + (mean.saturating_sub(3) / 10).min(23);
    if distance(palette(grey), wanted) < distance(palette(cube), wanted) { grey } else { cube }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, bg: Color, mods: Modifier) -> Pen {
        Pen { fg, bg, mods }
    }

    fn text(from: Pen, to: Pen) -> String {
        String::from_utf8_lossy(from.change(to).as_bytes()).replace('\x1b', "^")
    }

    #[test]
    fn changes_are_the_shortest() {
        let plain = Pen::DEFAULT;
        let red = pen(Color::Indexed(1), Color::Reset, Modifier::empty());
        let bold_red = pen(Color::Indexed(1), Color::Reset, Modifier::BOLD);
        let both = pen(Color::Reset, Color::Reset, INTENSITY);
        let dim = pen(Color::Reset, Color::Reset, Modifier::DIM);
        assert_eq!(text(plain, plain), "");
        assert_eq!(text(plain, red), "^[31m");
        assert_eq!(text(red, bold_red), "^[1m");
        assert_eq!(text(bold_red, red), "^[22m");
        assert_eq!(text(bold_red, plain), "^[m");
        assert_eq!(text(both, dim), "^[;2m");
        let loud = pen(Color::Indexed(9), Color::Indexed(200), Modifier::all());
        let calm = pen(Color::Reset, Color::Rgb(1, 2, 3), Modifier::CROSSED_OUT);
        assert_eq!(text(plain, calm), "^[48;2;1;2;3;9m");
        assert_eq!(text(loud, calm), "^[;48;2;1;2;3;9m");
        assert_eq!(text(plain, pen(Color::Indexed(9), Color::Reset, INK)), "^[91;4;7;9m");
    }

    #[test]
    fn colours_map_down() {
        let rgb = Color::Rgb(250, 10, 10);
        assert_eq!(map(rgb, Colours::True), rgb);
        assert_eq!(map(rgb, Colours::Ansi256), Color::Indexed(196));
        assert_eq!(map(rgb, Colours::Ansi16), Color::Indexed(9));
        assert_eq!(map(rgb, Colours::None), Color::Reset);
        assert_eq!(map(Color::Rgb(100, 100, 100), Colours::Ansi256), Color::Indexed(241));
        assert_eq!(map(Color::Indexed(231), Colours::Ansi16), Color::Indexed(15));
        assert_eq!(map(Color::LightBlue, Colours::True), Color::Indexed(12));
        assert_eq!(map(Color::Reset, Colours::True), Color::Reset);
    }

    #[test]
    fn every_theme_stays_readable_with_fewer_colours() {
        use crate::theme::{Role, SHIPPED, Theme};
        // Lines may vanish, words may not.
        let lines = [Role::Line, Role::LineFocused, Role::TableFrame, Role::Rule];
        for (name, _) in SHIPPED {
            let theme = Theme::shipped(name).unwrap();
            let Some(ground) = theme.ground() else { continue };
            for role in Role::ALL.iter().filter(|role| !lines.contains(role)) {
                let style = theme.style(*role);
                let (ink, behind) = (style.fg.unwrap(), style.bg.unwrap_or(ground));
                for able in [Colours::Ansi16, Colours::Ansi256] {
                    let shade = |colour| match number(map(colour, able)) {
                        Shade::Number(n) => palette(n),
                        Shade::Mixed(..) => panic!("{colour} stays mixed"),
                    };
                    let apart = distance(shade(ink), shade(behind));
                    assert!(apart > 9_000, "{name}: {} with {able:?}: {apart}", role.name());
                }
            }
        }
    }

    #[test]
    fn attributes_survive_without_colours() {
        let mut cell = Cell::new("x");
        cell.modifier = Modifier::all();
        cell.fg = Color::Red;
        let caps = Caps { colours: Colours::None, italic: false, ..Caps::default() };
        let seen = Pen::of(&cell, caps);
        assert_eq!(seen.fg, Color::Reset);
        assert_eq!(seen.mods, KNOWN.difference(Modifier::ITALIC));
    }

    #[test]
    fn a_blank_keeps_background_and_ink_only() {
        let bold_on_blue = pen(Color::Indexed(1), Color::Indexed(4), Modifier::BOLD);
        assert_eq!(bold_on_blue.blank(), pen(Color::Reset, Color::Indexed(4), Modifier::empty()));
        let reversed = pen(Color::Indexed(1), Color::Reset, Modifier::REVERSED);
        assert_eq!(reversed.blank(), reversed);
        assert!(bold_on_blue.serves(bold_on_blue.blank(), true));
        assert!(!bold_on_blue.serves(bold_on_blue.blank(), false));
        assert!(!reversed.serves(Pen::DEFAULT, true));
    }
}
