//! What the user is being told, between the conversation and the composer. It refuses words.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use crate::layout::Area;
use crate::text::rows::{Ink, Row, plain};
use crate::words;

/// Most rows a notice may take.
const MOST: u16 = 4;

fn rows(scene: &Scene<'_>, width: u16) -> Vec<Row> {
    let Some(notice) = scene.state.notices().shown() else {
        return Vec::new();
    };
    let text = words::line(scene.state.settings().language, notice);
    let mut rows = Vec::new();
    plain(&text, width.saturating_sub(2).max(1), scene.widths, Ink::default(), &mut rows);
    rows
}

/// Rows the notice wants.
pub(super) fn height(scene: &Scene<'_>, width: u16) -> u16 {
    (rows(scene, width).len() as u16).min(MOST)
}

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let Some(notice) = scene.state.notices().shown() else {
        return;
    };
    let style = scene.theme.style(super::level_role(notice.kind.level()));
    for (y, row) in (area.y..area.bottom()).zip(rows(scene, area.width)) {
        Pen::row(buffer, area, y, scene.widths).skip(1).write(&row.text, style);
    }
}
