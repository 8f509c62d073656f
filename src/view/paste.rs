//! Paints a folded paste that is looked into: the pieces in sight, wrapped. It refuses to look at
//! those out of sight, however many there are.

use std::borrow::Cow;

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::{Scene, pieces};
use crate::action::{Action, Chat, Context, Draft};
use crate::layout::Area;
use crate::state::paste::PasteView;
use crate::theme::Role;
use crate::words::paste::Paste as Words;

/// Paints it and returns the last piece it may begin with.
pub(super) fn paint(scene: &Scene<'_>, area: Area, view: &PasteView, buffer: &mut Buffer) -> usize {
    let language = scene.state.settings().language;
    let paste = view.paste();
    let body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let seen = pieces::seen(scene, body, &view.pieces, &paste.text);
    let line = scene.theme.style(Role::LineFocused);
    let title = Words::Title { lines: paste.lines, chars: paste.chars }.say(language);
    let place = format!("{}%", seen.percent());
    let right = place.len() as u16 + 3;
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line);
    let room = pen.left().saturating_sub(right + 1);
    pen.write_cut(&title, room, scene.theme.style(Role::Accent)).write(" ", line);
    pen.fill(area.width.saturating_sub(right), "─", line);
    pen.write(" ", line).write(&place, scene.theme.style(Role::Muted)).write(" ─", line);
    let place = (paste.text.as_str(), seen.first);
    pieces::paint(scene, body, &view.pieces, place, buffer);
    seen.last
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, Cow<'static, str>)> {
    let language = scene.state.settings().language;
    vec![
        (Context::Paste, Action::Chat(Chat::LineDown), Words::Scroll.say(language)),
        (Context::Paste, Action::Draft(Draft::Unfold), Words::Unfold.say(language)),
    ]
}
