//! The cheapest way for the cursor from where it is to where it shall be.
//! It refuses to guess: from an unknown place, or with a wrap pending, it moves absolutely.

use super::pen::Pen;
use super::seq::Seq;
use super::{Pos, Screen};

impl Screen {
    /// Moves the cursor to `to`.
    pub(super) fn go(&mut self, to: Pos) {
        if self.cursor == Some(to) {
            return;
        }
        self.keep_home(Some(to.y));
        let seq = self.way(to);
        self.out.extend_from_slice(seq.as_bytes());
        self.cursor = Some(to);
    }

    /// If this frame starts and ends at the caret, saves the place before the first move to another
    /// row (`None`: to nobody knows where), so that two bytes bring the cursor back in the end.
    pub(super) fn keep_home(&mut self, row: Option<u16>) {
        if let Some(home) = self.home.take()
            && self.cursor == Some(home)
            && row != Some(home.y)
            // Restoring brings the pen back too.
            && self.pen == Pen::DEFAULT
        {
            self.out.extend_from_slice(b"\x1b7");
            self.saved = Some(home);
        }
    }

    /// The shortest sequence from the cursor to `to`.
    pub(super) fn way(&self, to: Pos) -> Seq {
        way(self.cursor, to, self.margins)
    }
}

fn way(from: Option<Pos>, to: Pos, margins: Option<(u16, u16)>) -> Seq {
    let mut best = absolute(to);
    let Some(from) = from else { return best };
    if from == to {
        return Seq::new();
    }
    let mut offer = |down: Seq| {
        let mut straight = down;
        append(&mut straight, across(from.x, to.x));
        best = best.shorter(straight);
        let mut margin = Seq::new();
        margin.push(b'\r');
        append(&mut margin, down);
        append(&mut margin, across(0, to.x));
        best = best.shorter(margin);
    };
    if from.y == to.y {
        offer(Seq::new());
        return best;
    }
    // `CSI n d` is absolute and knows no margins.
    let mut row = Seq::new();
    row.csi(to.y + 1, b'd');
    offer(row);
    if zone(from.y, margins) == zone(to.y, margins) {
        offer(along(from.y, to.y));
    }
    best
}

fn append(seq: &mut Seq, tail: Seq) {
    for byte in tail.as_bytes() {
        seq.push(*byte);
    }
}

fn absolute(to: Pos) -> Seq {
    let mut seq = Seq::new();
    seq.push(0x1b);
    seq.push(b'[');
    if to.y > 0 {
        seq.number(to.y + 1);
    }
    if to.x > 0 {
        seq.push(b';');
        seq.number(to.x + 1);
    }
    seq.push(b'H');
    seq
}

/// Above, inside or below the margins: relative moves stay in one of them, since LF scrolls at the
/// bottom margin and `CSI A` stops at the top one.
fn zone(row: u16, margins: Option<(u16, u16)>) -> u8 {
    match margins {
        Some((top, _)) if row < top => 0,
        Some((_, bottom)) if row > bottom => 2,
        _ => 1,
    }
}

fn along(from: u16, to: u16) -> Seq {
    let (mut steps, mut jump) = (Seq::new(), Seq::new());
    let far = from.abs_diff(to);
    let (step, last): (&[u8], u8) = if to > from { (b"\n", b'B') } else { (b"\x1bM", b'A') };
    jump.csi(far, last);
    if far > 6 {
        return jump;
    }
    steps.repeat(step, far);
    steps.shorter(jump)
}

fn across(from: u16, to: u16) -> Seq {
    let (mut column, mut jump) = (Seq::new(), Seq::new());
    if from == to {
        return column;
    }
    column.csi(to + 1, b'G');
    let far = from.abs_diff(to);
    if to > from {
        jump.csi(far, b'C');
        return jump.shorter(column);
    }
    jump.csi(far, b'D');
    if far > 6 {
        return jump.shorter(column);
    }
    let mut back = Seq::new();
    back.repeat(b"\x08", far);
    back.shorter(jump).shorter(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(from: (u16, u16), to: (u16, u16), margins: Option<(u16, u16)>) -> String {
        let seq = way(Some(Pos { x: from.0, y: from.1 }), Pos { x: to.0, y: to.1 }, margins);
        String::from_utf8_lossy(seq.as_bytes()).replace('\x1b', "^")
    }

    #[test]
    fn cheapest_moves() {
        for (from, to, expected) in [
            ((3, 3), (3, 3), ""),
            ((3, 3), (0, 3), "\r"),
            ((3, 3), (0, 4), "\r\n"),
            ((3, 3), (3, 4), "\n"),
            ((3, 3), (2, 3), "\x08"),
            ((30, 3), (25, 3), "^[5D"),
            ((30, 3), (31, 3), "^[C"),
            ((3, 3), (0, 0), "^[H"),
            ((3, 3), (3, 2), "^M"),
            ((50, 20), (0, 1), "^[2H"),
            ((50, 20), (50, 1), "^[2d"),
            ((100, 3), (5, 3), "^[6G"),
        ] {
            assert_eq!(text(from, to, None), expected, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn margins_are_not_crossed_relatively() {
        let margins = Some((5, 10));
        assert_eq!(text((3, 10), (3, 11), margins), "^[12d");
        assert_eq!(text((3, 10), (0, 11), margins), "^[12H");
        assert_eq!(text((3, 11), (3, 10), margins), "^[11d");
        assert_eq!(text((3, 4), (3, 5), margins), "^[6d");
        assert_eq!(text((3, 5), (3, 4), margins), "^[5d");
        assert_eq!(text((3, 9), (3, 10), margins), "\n");
        assert_eq!(text((3, 11), (3, 12), margins), "\n");
    }

    #[test]
    fn from_an_unknown_place_it_moves_absolutely() {
        let seq = way(None, Pos { x: 4, y: 0 }, None);
        assert_eq!(seq.as_bytes(), b"\x1b[;5H");
    }
}
