//! What single frames cost in bytes, in the usual picture: a title, the transcript, the composer with
//! the caret, a footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::super::{Frame, Move, RowSet, Screen};
use crate::input::Size;
use crate::terminal::caps::Caps;

const SIZE: Size = Size { width: 120, height: 40 };
const COMPOSER: u16 = 37;
const TOP: u16 = 2;
const BOTTOM: u16 = 36;

struct Stage {
    screen: Screen,
    next: Buffer,
    caret: u16,
}

impl Stage {
    fn new(synchronized: bool) -> Self {
        let caps = Caps { synchronized, ..Caps::default() };
        let mut stage = Self {
            screen: Screen::new(SIZE, caps),
            next: Buffer::empty(Rect::new(0, 0, SIZE.width, SIZE.height)),
            caret: 2,
        };
        let reversed = Style { add_modifier: Modifier::REVERSED, ..Style::new() };
        let dim = Style { fg: Some(Color::DarkGray), ..Style::new() };
        stage.next.set_string(0, 0, format!("{:120}", " lian · qwen-plus"), reversed);
        stage.next.set_string(0, COMPOSER, "› ", Style::new());
        stage.next.set_string(0, 39, "Enter send · Ctrl+P palette", dim);
        stage.paint(&RowSet::all(), None);
        stage
    }

    fn paint(&mut self, dirty: &RowSet, moved: Option<Move>) -> usize {
        let cursor = Some((self.caret, COMPOSER));
        self.screen.paint(Frame { next: &self.next, dirty, moved, cursor }).len()
    }

    fn key(&mut self, key: &str) -> usize {
        self.next.set_string(self.caret, COMPOSER, key, Style::new());
        self.caret += 1;
        self.paint(&[COMPOSER].into_iter().collect(), None)
    }

    /// Moves the transcript up and leaves its last row blank.
    fn scroll(&mut self) -> Move {
        let width = usize::from(SIZE.width);
        let rows = usize::from(TOP) * width..usize::from(BOTTOM) * width;
        self.next.content[rows].rotate_left(width);
        for x in 0..SIZE.width {
            super::super::cells::at_mut(&mut self.next, x, BOTTOM - 1).reset();
        }
        Move { top: TOP, bottom: BOTTOM, by: 1 }
    }
}

#[test]
fn a_key_is_one_byte() {
    let mut stage = Stage::new(true);
    for key in ["h", "i", " ", "x"] {
        assert_eq!(stage.key(key), 1, "{key}");
    }
}

#[test]
fn a_scrolled_row_costs_little_more_than_its_text() {
    let mut stage = Stage::new(true);
    let line = "The painter moves what stands already and writes what is new.";
    for row in 0..100 {
        let moved = stage.scroll();
        stage.next.set_string(0, BOTTOM - 1, format!("{row:3} {line}"), Style::new());
        let bytes = stage.paint(&RowSet::none(), Some(moved));
        // The first frames set the margins, and find a screen too empty for scrolling to pay.
        assert!(row < 40 || bytes < line.len() + 4 + 30, "row {row} cost {bytes}");
    }
    assert!(stage.screen.stats().scrolled > 90);
}

#[test]
fn a_chinese_screen_is_hardly_more_than_its_letters() {
    let mut stage = Stage::new(true);
    let sentence = "百炼是一个平台，模型在这里训练、部署，也在这里被调用。";
    let text: String = sentence.chars().cycle().take(1250).collect();
    let chars: Vec<char> = text.chars().collect();
    for (row, line) in chars.chunks(36).enumerate() {
        let line: String = line.iter().collect();
        stage.next.set_string(2, TOP - 1 + row as u16, line, Style::new());
    }
    let bytes = stage.paint(&RowSet::all(), None);
    assert!(bytes <= 4_400, "{bytes} for {} bytes of text", text.len());
}

#[test]
fn a_streamed_token_costs_few_bytes() {
    // Pieces of 3.1 bytes on average, as tokens are; three a frame are about 100 a second.
    let words = ["a ", "str", "eam ", "of ", "炼", "th", "at ", "，", "goes "];
    for (synchronized, per_frame, limit) in [(false, 3, 6.6), (true, 3, 7.0), (false, 33, 4.0)] {
        let mut stage = Stage::new(synchronized);
        let (mut column, mut tokens, mut sent) = (0, 0, 0_u32);
        for frame in 0..2_000 {
            let mut moved = None;
            for _ in 0..per_frame {
                let word = words[tokens % words.len()];
                tokens += 1;
                if column + 12 > SIZE.width {
                    let by = moved.map_or(0, |moved: Move| moved.by) + 1;
                    moved = Some(Move { by, ..stage.scroll() });
                    column = 0;
                }
                column = stage.next.set_stringn(column, BOTTOM - 1, word, 99, Style::new()).0;
            }
            let bytes = stage.paint(&[BOTTOM - 1].into_iter().collect(), moved);
            if frame > 100 {
                sent += bytes as u32;
            }
        }
        let each = f64::from(sent) / f64::from(per_frame * 1_899);
        assert!(each <= limit, "{each:.2} bytes a token at {per_frame} a frame");
    }
}
