//! The message being written: the text area of the terminal library, set in by one cell, and the
//! place of the hardware cursor. It refuses to change the text.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget as _;

use super::Scene;
use super::canvas::Pen;
use crate::layout::Area;
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
    // A row past the last one is answered with the place of the last.
    let begins = |row: u16| {
        let place = widget.screen_to_data(usize::from(row), 0);
        (place.0, place.1)
    };
    (1..most).find(|row| begins(*row) == begins(*row - 1)).unwrap_or(most).max(1)
}

/// Paints the text and tells where the caret is.
pub(super) fn paint(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) -> (u16, u16) {
    let composer = scene.state.composer();
    for y in area.y..area.bottom() {
        let mut pen = Pen::row(buffer, area, y, scene.widths);
        if composer.is_empty() && y == area.y {
            let text = say(scene.state.settings().language, Phrase::Placeholder);
            pen.skip(INSET).write(&text, scene.theme.style(Role::Muted));
        }
    }
    let inner =
        Rect { x: area.x + INSET, y: area.y, width: inner_width(area.width), height: area.height }
            .intersection(buffer.area);
    if inner.is_empty() {
        return (0, area.y);
    }
    let widget = composer.area();
    if !composer.is_empty() {
        widget.render(inner, buffer);
    }
    let (top, _) = widget.scroll_offset();
    let row = widget.screen_cursor().row;
    let x = inner.x + before_caret(scene, row) as u16;
    let x = x.min(area.width.saturating_sub(1));
    let row = (row as u16).saturating_sub(if composer.is_empty() { 0 } else { top });
    (x, (inner.y + row).min(area.bottom().saturating_sub(1)))
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
