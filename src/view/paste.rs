//! Paints a folded paste that is looked into: the pieces in sight, wrapped. It refuses to look at
//! those out of sight, however many there are.

use std::borrow::Cow;

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::history::paragraph;
use crate::action::{Action, Chat, Context, Draft};
use crate::layout::Area;
use crate::state::paste::PasteView;
use crate::text::wrap::{self, Mode};
use crate::theme::Role;
use crate::words::paste::Paste as Words;

/// Paints it and returns the last piece it may begin with.
pub(super) fn paint(scene: &Scene<'_>, area: Area, view: &PasteView, buffer: &mut Buffer) -> usize {
    let language = scene.state.settings().language;
    let paste = view.paste();
    let body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let last = last_top(scene, body, view);
    let first = view.top().min(last);
    let line = scene.theme.style(Role::LineFocused);
    let title = Words::Title { lines: paste.lines, chars: paste.chars }.say(language);
    let place = format!("{}%", (first * 100).checked_div(last).unwrap_or(100));
    let right = place.len() as u16 + 3;
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line);
    let room = pen.left().saturating_sub(right + 1);
    pen.write_cut(&title, room, scene.theme.style(Role::Accent)).write(" ", line);
    pen.fill(area.width.saturating_sub(right), "─", line);
    pen.write(" ", line).write(&place, scene.theme.style(Role::Muted)).write(" ─", line);
    let mut y = body.y;
    let mut at = first;
    while let Some(piece) = view.piece(at).filter(|_| y < body.bottom()) {
        y = paragraph(scene, body, y, piece, buffer);
        at += 1;
    }
    while y < body.bottom() {
        Pen::row(buffer, body, y, scene.widths);
        y += 1;
    }
    last
}

/// The first piece from which everything to the end is in sight.
fn last_top(scene: &Scene<'_>, body: Area, view: &PasteView) -> usize {
    let width = usize::from(body.width.saturating_sub(2)).max(1);
    let mut rows = 0;
    let mut top = view.len();
    while let Some(piece) = top.checked_sub(1).and_then(|at| view.piece(at)) {
        rows += rows_of(scene, piece, width);
        if rows > usize::from(body.height) {
            break;
        }
        top -= 1;
    }
    top.min(view.len().saturating_sub(1))
}

fn rows_of(scene: &Scene<'_>, piece: &str, width: usize) -> usize {
    let (mut at, mut rows) = (0, 0);
    loop {
        at = wrap::next_line(piece, at, width, scene.widths, Mode::Code).next;
        rows += 1;
        if at >= piece.len() {
            return rows;
        }
    }
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, Cow<'static, str>)> {
    let language = scene.state.settings().language;
    vec![
        (Context::Paste, Action::Chat(Chat::LineDown), Words::Scroll.say(language)),
        (Context::Paste, Action::Draft(Draft::Unfold), Words::Unfold.say(language)),
    ]
}
