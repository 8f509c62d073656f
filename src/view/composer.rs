//! The message being written: the wrapped rows of the terminal library's text area, set in by one
//! cell, and the place of the hardware cursor. It refuses to change the text.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget as _;

use super::Scene;
use super::canvas::Pen;
use crate::layout::Area;
use crate::state::composer::pastes::bracket;
use crate::theme::Role;
use crate::words::{Phrase, say};

/// Cells left of the text.
const INSET: u16 = 1;

fn inner_width(width: u16) -> u16 {
    // The last column stays free: there the caret stands after a full row.
    width.saturating_sub(INSET + 1).max(1)
}

/// Rows the text wants, up to the height of the screen.
pub(super) fn height(scene: &Scene<'_>, width: u16, most: u16, resized: bool) -> u16 {
    let widget = scene.state.composer().area();
    let inner = Rect { x: 0, y: 0, width: inner_width(width), height: 1 };
    if resized {
        // The widget wraps for the width it was last drawn at: draw it aside at the new one.
        widget.render(inner, &mut Buffer::empty(inner));
    }
    (1..most).find(|row| row_text(scene, usize::from(*row)).is_none()).unwrap_or(most).max(1)
}

/// Paints the text and tells where the caret is. The widget's own picture is not used: its scroll
/// place hangs on what was shown before, so that it hides lines after others were deleted.
pub(super) fn paint(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) -> (u16, u16) {
    let composer = scene.state.composer();
    let widget = composer.area();
    let caret = widget.screen_cursor().row;
    let top = top(scene, caret, usize::from(area.height));
    for (row, y) in (top..).zip(area.y..area.bottom()) {
        let mut pen = Pen::row(buffer, area, y, scene.widths);
        pen.skip(INSET);
        write_row(scene, row, &mut pen);
        if composer.is_empty() && row == 0 {
            let text = say(scene.state.settings().language, Phrase::Placeholder);
            pen.write(&text, scene.theme.style(Role::Muted));
        }
    }
    let x = INSET + before_caret(scene, caret) as u16;
    let y = area.y + (caret - top) as u16;
    (x.min(area.width.saturating_sub(1)), y.min(area.bottom().saturating_sub(1)))
}

/// Writes a wrapped row; folded pastes stand in brackets and look like what they are.
fn write_row(scene: &Scene<'_>, row: usize, pen: &mut Pen<'_>) {
    let Some(text) = row_text(scene, row) else { return };
    let begin = scene.state.composer().area().screen_to_data(row, 0);
    let line = scene.state.composer().area().lines().get(begin.0);
    let before = line.and_then(|line| line.chars().take(begin.1).filter_map(bracket).last());
    let mut folded = before == Some('[');
    let mut part = String::new();
    let style = |folded| scene.theme.style(if folded { Role::Key } else { Role::Text });
    for c in text.chars() {
        match bracket(c) {
            None => part.push(c),
            Some('[') => {
                pen.write(&part, style(folded));
                part.clear();
                part.push('[');
                folded = true;
            }
            Some(close) => {
                part.push(close);
                pen.write(&part, style(true));
                part.clear();
                folded = false;
            }
        }
    }
    pen.write(&part, style(folded));
}

/// The first row shown: the caret's row is in the middle, as far as the text reaches.
fn top(scene: &Scene<'_>, caret: usize, height: usize) -> usize {
    let below = (1..=height).take_while(|by| row_text(scene, caret + by).is_some()).count();
    let last = (caret + below + 1).saturating_sub(height);
    caret.saturating_sub(height / 2).min(last)
}

/// The text of a wrapped row; `None` past the last one.
fn row_text(scene: &Scene<'_>, row: usize) -> Option<String> {
    let widget = scene.state.composer().area();
    let begin = widget.screen_to_data(row, 0);
    // A row past the last one is answered with the place of the last.
    if row > 0 && begin == widget.screen_to_data(row - 1, 0) {
        return None;
    }
    let next = widget.screen_to_data(row + 1, 0);
    let end = if next.0 == begin.0 && next != begin { next.1 } else { usize::MAX };
    let line = widget.lines().get(begin.0)?;
    Some(line.chars().take(end).skip(begin.1).collect())
}

/// Cells between the beginning of a wrapped row and the caret. The widget counts them char by
/// char, which puts the caret beside emoji that are joined from several.
fn before_caret(scene: &Scene<'_>, row: usize) -> usize {
    let widget = scene.state.composer().area();
    let (begin, caret) = (widget.screen_to_data(row, 0), widget.cursor());
    let line = widget.lines().get(caret.0).map_or("", String::as_str);
    let skip = if begin.0 == caret.0 { begin.1 } else { 0 };
    let text: String = line.chars().take(caret.1).skip(skip).collect();
    scene.widths.text(&text)
}
