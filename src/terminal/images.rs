//! Pictures on the terminal: which way this one takes them, the bytes of each way, and what is to be
//! done when the picture that is shown is another. It refuses to know what a picture is of, to decode
//! one, and to send anything but numbers and base64 of it.

mod sixel;

use std::sync::Arc;

use super::clipboard::base64;
use crate::layout::Area;

/// The ways a terminal takes pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// kitty's graphics protocol: kitty, ghostty.
    Kitty,
    /// `OSC 1337 ; File`: iTerm2, `WezTerm`.
    Iterm2,
    /// Sixel: foot, mlterm, contour.
    Sixel,
}

/// The pixels of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// A PNG file, for kitty and iTerm2.
    Png(Arc<[u8]>),
    /// Three bytes a pixel (red, green, blue), row by row, for sixel.
    Rgb(Arc<[u8]>),
}

/// A picture and the room it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its pixels.
    pub pixels: Pixels,
    /// Columns of pixels.
    pub width: u16,
    /// Rows of pixels.
    pub height: u16,
    /// The cells that are left blank for it; it is shown as large as it fits, in its shape.
    pub room: Area,
}

/// What the screen does around its next frame, so that another picture is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Cells that a picture covered: nobody knows what they show.
    pub forget: Option<Area>,
    /// Bytes before the frame.
    pub before: Vec<u8>,
    /// Column and row of the cursor for the bytes after the frame.
    pub at: (u16, u16),
    /// Bytes after the frame.
    pub after: Vec<u8>,
}

/// The picture that is on the screen: one at a time.
#[derive(Debug, Default)]
pub struct Gallery {
    shown: Option<(Way, Picture)>,
    /// kitty still keeps one under our number.
    kept: bool,
    /// Cells under it were painted, perhaps.
    doubtful: bool,
}

/// The number of our picture where pictures have numbers: "lian". One for all: the next one
/// replaces it, and whatever way the program ends, it is known what to take away.
const ID: u32 = 0x6c69_616e;
/// Most letters of one of kitty's chunks; a multiple of four.
const CHUNK: usize = 4096;
/// Pixels of a cell where the terminal does not tell: only the shape counts.
const CELL: (u16, u16) = (8, 16);
/// The same for sixel, whose pixels are those of the screen: as small as letters get, since a
/// picture that is too large would make the screen scroll.
const SMALL_CELL: (u16, u16) = (6, 12);
/// A picture is made at most so many times larger.
const LARGER: u32 = 2;

impl Gallery {
    /// The screen was cleared: nothing is shown any more.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Everything is painted with other looks: what is in the cells goes with the old ones.
    pub fn doubt(&mut self) {
        self.doubtful = true;
    }

    /// What is to be done so that this picture is shown, or none; `None` if it is so already. `cell`
    /// is the size of a cell in pixels, as far as the terminal tells.
    pub fn turn(
        &mut self,
        wanted: Option<(Way, Picture)>,
        cell: Option<(u16, u16)>,
    ) -> Option<Change> {
        let doubtful = std::mem::take(&mut self.doubtful) && self.shown.is_some();
        if self.shown == wanted && !doubtful && (wanted.is_some() || !self.kept) {
            return None;
        }
        let mut change = Change::default();
        if self.kept {
            change.before = delete();
        }
        self.kept = false;
        change.forget = self.shown.take().map(|(_, picture)| picture.room);
        if let Some((way, picture)) = &wanted {
            (change.at, change.after) = draw(*way, picture, cell);
            self.kept = *way == Way::Kitty && !change.after.is_empty();
        }
        self.shown = wanted;
        Some(change)
    }
}

/// What ends a sequence that was cut off and takes the picture away, for the end of the program.
#[must_use]
pub fn leave(way: Way) -> Vec<u8> {
    // Pictures are sent in strings, and only this ends every kind of them.
    let mut out = b"\x1b\\".to_vec();
    match way {
        Way::Kitty => out.extend_from_slice(&delete()),
        // They are in the cells, and go with them.
        Way::Iterm2 | Way::Sixel => {}
    }
    out
}

fn delete() -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,i={ID},q=2\x1b\\").into_bytes()
}

/// Where the cursor must be, and the bytes. None for pixels in a form that this way does not take.
fn draw(way: Way, picture: &Picture, cell: Option<(u16, u16)>) -> ((u16, u16), Vec<u8>) {
    let told = cell.filter(|(width, height)| *width > 0 && *height > 0);
    let usual = if way == Way::Sixel { SMALL_CELL } else { CELL };
    let cell = told.unwrap_or(usual);
    let Some((area, pixels)) = place(picture, cell) else { return ((0, 0), Vec::new()) };
    let bytes = match (way, &picture.pixels) {
        (Way::Kitty, Pixels::Png(png)) => kitty(png, area),
        (Way::Iterm2, Pixels::Png(png)) => iterm2(png, area),
        (Way::Sixel, Pixels::Rgb(rgb)) => {
            sixel::bytes(rgb, (picture.width, picture.height), pixels)
        }
        (Way::Kitty | Way::Iterm2, Pixels::Rgb(_)) | (Way::Sixel, Pixels::Png(_)) => Vec::new(),
    };
    ((area.x, area.y), bytes)
}

/// The cells a picture takes of its room, and how many pixels of the screen that are; `None` where
/// there is no room.
fn place(picture: &Picture, cell: (u16, u16)) -> Option<(Area, (u16, u16))> {
    let Picture { width, height, room, .. } = picture;
    let (width, height) = (u32::from(*width), u32::from(*height));
    let (across, down) = (u32::from(cell.0), u32::from(cell.1));
    let (room_width, room_height) = (u32::from(room.width) * across, u32::from(room.height) * down);
    if width == 0 || height == 0 || room_width == 0 || room_height == 0 {
        return None;
    }
    let mut wide = room_width.min(width * LARGER);
    let mut high = wide * height / width;
    if high > room_height {
        high = room_height;
        wide = high * width / height;
    }
    let (wide, high) = (wide.max(1), high.max(1));
    let cells = |pixels: u32, cell: u32, most: u16| {
        u16::try_from(pixels.div_ceil(cell)).unwrap_or(most).clamp(1, most)
    };
    let (columns, rows) = (cells(wide, across, room.width), cells(high, down, room.height));
    let area =
        Area { x: room.x + (room.width - columns) / 2, y: room.y, width: columns, height: rows };
    Some((area, (u16::try_from(wide).ok()?, u16::try_from(high).ok()?)))
}

/// kitty's protocol: send and show at the cursor, which stays; no answer is wanted.
fn kitty(png: &[u8], area: Area) -> Vec<u8> {
    let mut letters = Vec::new();
    base64(png, &mut letters);
    let mut out = Vec::with_capacity(letters.len() + letters.len() / 200 + 100);
    let count = letters.len().div_ceil(CHUNK);
    for (at, chunk) in letters.chunks(CHUNK).enumerate() {
        let more = u8::from(at + 1 < count);
        let head = if at == 0 {
            let Area { width, height, .. } = area;
            format!("\x1b_Ga=T,f=100,i={ID},c={width},r={height},q=2,C=1,m={more};")
        } else {
            format!("\x1b_Gm={more},q=2;")
        };
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\x1b\\");
    }
    out
}

/// iTerm2's protocol: show at the cursor, in its shape.
fn iterm2(png: &[u8], area: Area) -> Vec<u8> {
    let Area { width, height, .. } = area;
    let size = png.len();
    let mut out = format!(
        "\x1b]1337;File=inline=1;size={size};width={width};height={height};\
         preserveAspectRatio=1;doNotMoveCursor=1:"
    )
    .into_bytes();
    base64(png, &mut out);
    out.push(0x07);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Area = Area { x: 3, y: 2, width: 70, height: 15 };

    fn picture(bytes: &[u8]) -> Picture {
        Picture { pixels: Pixels::Png(bytes.into()), width: 640, height: 360, room: ROOM }
    }

    fn some(count: usize) -> Vec<u8> {
        (0..count).map(|i| (i * 31 % 251) as u8).collect()
    }

    /// Base64 back to bytes, worked out another way than it was made.
    fn decoded(text: &str) -> Vec<u8> {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut bits = String::new();
        for c in text.trim_end_matches('=').chars() {
            let value = letters.find(c).expect("a letter of base64");
            bits.extend((0..6).rev().map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' }));
        }
        let eight = bits.as_bytes().chunks_exact(8);
        let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2);
        eight.map(|bits| byte(bits).unwrap()).collect()
    }

    #[test]
    fn kitty_gets_chunks_that_add_up() {
        for count in [1, 3_071, 3_072, 3_073, 20_000] {
            let png = some(count);
            let text = String::from_utf8(kitty(&png, ROOM)).unwrap();
            let mut letters = String::new();
            let parts: Vec<&str> = text.split_terminator("\x1b\\").collect();
            for (at, part) in parts.iter().enumerate() {
                let (head, chunk) =
                    part.strip_prefix("\x1b_G").unwrap().split_once(';').expect("keys, then data");
                let more = usize::from(at + 1 < parts.len());
                let keys = if at == 0 {
                    format!("a=T,f=100,i=1818845550,c=70,r=15,q=2,C=1,m={more}")
                } else {
                    format!("m={more},q=2")
                };
                assert_eq!(head, keys, "{count}");
                assert!(chunk.len() <= 4096 && (more == 0 || chunk.len() % 4 == 0));
                letters.push_str(chunk);
            }
            assert_eq!(decoded(&letters), png, "{count}");
        }
    }

    #[test]
    fn iterm2_gets_one_string() {
        let png = some(5_000);
        let text = String::from_utf8(iterm2(&png, ROOM)).unwrap();
        let data = text
            .strip_prefix(
                "\x1b]1337;File=inline=1;size=5000;width=70;height=15;preserveAspectRatio=1;\
                 doNotMoveCursor=1:",
            )
            .and_then(|text| text.strip_suffix('\x07'));
        assert_eq!(decoded(data.unwrap()), png);
    }

    #[test]
    fn a_picture_keeps_its_shape_inside_its_room() {
        let of = |width, height, room, cell| {
            let room = Area { x: 10, y: 5, ..room };
            place(&Picture { width, height, room, ..picture(&[]) }, cell)
        };
        let room = |width, height| Area { width, height, ..Area::default() };
        // 640x360 in 70x15 cells of 8x16 is as high as there is room: 240 of 560x240 pixels.
        let (area, pixels) = of(640, 360, room(70, 15), (8, 16)).unwrap();
        assert_eq!(pixels, (426, 240));
        assert_eq!(area, Area { x: 18, y: 5, width: 54, height: 15 });
        let (area, _) = of(360, 640, room(70, 15), (8, 16)).unwrap();
        assert_eq!((area.width, area.height), (17, 15));
        let (_, pixels) = of(10, 10, room(70, 15), (8, 16)).unwrap();
        assert_eq!(pixels, (20, 20), "twice as large at most");
        let (area, _) = of(640, 1, room(70, 15), (8, 16)).unwrap();
        assert_eq!((area.width, area.height), (70, 1), "never nothing");
        for room in [room(0, 15), room(70, 0)] {
            assert_eq!(of(640, 360, room, (8, 16)), None);
        }
        assert_eq!(of(0, 360, room(70, 15), (8, 16)), None);
    }

    #[test]
    fn a_picture_is_sent_once_and_taken_away_once() {
        let mut gallery = Gallery::default();
        assert_eq!(gallery.turn(None, None), None, "nothing to take away");
        let wanted = |bytes: &[u8]| Some((Way::Kitty, picture(bytes)));
        let first = gallery.turn(wanted(b"one"), None).unwrap();
        assert_eq!((first.forget, first.before.len()), (None, 0));
        assert_eq!(first.at, (11, 2));
        assert!(first.after.starts_with(b"\x1b_Ga=T"));
        assert_eq!(gallery.turn(wanted(b"one"), None), None, "it is there");
        let second = gallery.turn(wanted(b"two"), None).unwrap();
        assert_eq!(second.forget, Some(ROOM));
        assert_eq!(second.before, b"\x1b_Ga=d,d=I,i=1818845550,q=2\x1b\\");
        let moved = Picture { room: Area { y: 4, ..ROOM }, ..picture(b"two") };
        let third = gallery.turn(Some((Way::Kitty, moved)), None).unwrap();
        assert_eq!((third.forget, third.at.1), (Some(ROOM), 4));
        // Cleared: it is sent again, and what kitty may keep of it is not shown twice.
        gallery.forget();
        let again = gallery.turn(wanted(b"two"), None).unwrap();
        assert_eq!((again.forget, again.before), (None, delete()));
        let gone = gallery.turn(None, None).unwrap();
        assert_eq!((gone.forget, gone.after.len()), (Some(ROOM), 0));
        assert_eq!(gone.before, delete());
        assert_eq!(gallery.turn(None, None), None);
        // Other looks: it is sent again, over cells that are painted anew; nothing is no change.
        gallery.doubt();
        assert_eq!(gallery.turn(None, None), None);
        gallery.turn(wanted(b"two"), None).unwrap();
        gallery.doubt();
        let fresh = gallery.turn(wanted(b"two"), None).unwrap();
        assert!(fresh.forget == Some(ROOM) && fresh.after.starts_with(b"\x1b_Ga=T"));
        assert_eq!(gallery.turn(wanted(b"two"), None), None);
        // Cleared, and nothing is wanted any more.
        gallery.forget();
        assert_eq!(gallery.turn(None, None).unwrap().before, delete());
        assert_eq!(gallery.turn(None, None), None);
    }

    #[test]
    fn pictures_in_cells_leave_nothing_behind_but_cells() {
        let mut gallery = Gallery::default();
        let rgb =
            Picture { pixels: Pixels::Rgb(vec![255; 12].into()), width: 2, height: 2, room: ROOM };
        for wanted in [(Way::Iterm2, picture(b"one")), (Way::Sixel, rgb.clone())] {
            assert!(!gallery.turn(Some(wanted), None).unwrap().after.is_empty());
            let gone = gallery.turn(None, None).unwrap();
            assert_eq!((gone.forget, gone.before.len()), (Some(ROOM), 0));
        }
        let wrong = gallery.turn(Some((Way::Kitty, rgb)), None).unwrap();
        assert_eq!(wrong.after, b"", "pixels in another form are not sent");
        assert_eq!(leave(Way::Sixel), b"\x1b\\");
        assert_eq!(leave(Way::Kitty), b"\x1b\\\x1b_Ga=d,d=I,i=1818845550,q=2\x1b\\");
    }
}
