//! Paints the search among earlier questions: a row each, the whole of the marked one below. It
//! refuses to paint more of a question than there are rows for.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::widgets::list::{self, Laid, List};
use crate::action::{Action, Context, List as ListAction};
use crate::layout::Area;
use crate::state::history::History;
use crate::text::wrap::{self, Mode};
use crate::theme::Role;
use crate::words::history::History as Words;

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, history: &History, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let list = List {
        title: Words::Title.say(language),
        picker: &history.picker,
        prompt: "›",
        placeholder: Words::Placeholder.say(language),
        empty: Words::Nothing.say(language),
        all: history.all(),
        details: area.height / 3,
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        if let Some((question, found)) = history.row(at) {
            let room = line.left().saturating_sub(1);
            line.found(&question.line, found, room, Role::Text);
        }
    });
    if let Some((question, _)) = history.row(history.picker.marked()) {
        let details = laid.details;
        let mut y = details.y;
        for line in question.text.lines() {
            y = paragraph(scene, details, y, line, buffer);
            if y >= details.bottom() {
                break;
            }
        }
    }
    laid
}

/// Writes a line wrapped from row `y` of an area on and tells the row after it.
pub(super) fn paragraph(
    scene: &Scene<'_>,
    area: Area,
    mut y: u16,
    text: &str,
    buffer: &mut Buffer,
) -> u16 {
    let width = usize::from(area.width.saturating_sub(2)).max(1);
    let style = scene.theme.style(Role::Text);
    let mut at = 0;
    while y < area.bottom() {
        let line = wrap::next_line(text, at, width, scene.widths, Mode::Code);
        let mut pen = Pen::row(buffer, area, y, scene.widths);
        pen.skip(1);
        for (_, part) in wrap::shown(&text[line.start..line.end], width, scene.widths) {
            pen.write(part, style);
        }
        y += 1;
        at = line.next;
        if at >= text.len() {
            break;
        }
    }
    y
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, &'static str)> {
    let language = scene.state.settings().language;
    vec![
        (Context::List, Action::List(ListAction::Accept), Words::Take.say(language)),
        (Context::History, Action::List(ListAction::Down), Words::Older.say(language)),
    ]
}
