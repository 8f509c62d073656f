//! What the user is being told, between the conversation and the composer; and the list of what
//! was told before. It refuses words.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::widgets::list::{self, Laid, List};
use crate::action::{Action, Context, List as ListAction, Notices as NoticesAction};
use crate::layout::Area;
use crate::state::notices::{Heard, History};
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::words::{self, notices::Notices as Words};

/// Most rows a notice may take.
const MOST: u16 = 4;
/// Rows for the marked one below the list.
const DETAILS: u16 = 7;

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

/// Paints the list of what was told, the marked one below it with all its parts.
pub(super) fn history(
    scene: &Scene<'_>,
    area: Area,
    history: &History,
    buffer: &mut Buffer,
) -> Laid {
    let language = scene.state.settings().language;
    // Some rows of the list stay in sight, so that one sees where one is.
    let details = if history.whole { area.height.saturating_sub(8) } else { DETAILS };
    let list = List {
        title: Words::Title.say(language),
        picker: &history.picker,
        prompt: " ",
        placeholder: Words::Newest.say(language),
        empty: Words::None.say(language),
        all: history.rows.len(),
        details,
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let heard = &history.rows[at];
        let (hours, minutes) = scene.now.clock(heard.wall_ms);
        line.text(&format!("{hours:02}:{minutes:02}"), 5, Role::Muted).gap(2);
        let times = if heard.times > 1 { format!("  ×{}", heard.times) } else { String::new() };
        let cells = scene.widths.text(&times) as u16;
        let told = words::tell(language, &heard.notice.kind).sentence;
        let room = line.left().saturating_sub(cells + 1);
        line.text(&told, room, super::level_role(heard.notice.kind.level()));
        line.text(&times, cells, Role::Muted);
    });
    if let Some(heard) = history.marked().filter(|_| laid.details.height > 0) {
        whole(scene, laid.details, heard, buffer);
    }
    laid
}

/// All parts of a notice.
fn whole(scene: &Scene<'_>, area: Area, heard: &Heard, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let told = words::tell(language, &heard.notice.kind);
    let level = super::level_role(heard.notice.kind.level());
    let named = |name: Words, value: &str| format!("{}: {value}", name.say(language));
    let mut parts = vec![(told.sentence.into_owned(), level)];
    if !told.next.is_empty() {
        parts.push((named(Words::Next, &told.next), Role::Text));
    }
    let detail = heard.notice.detail.as_deref();
    parts.extend(detail.map(|text| (named(Words::Cause, text), Role::Text)));
    let side = heard.notice.kind.fault().map(|fault| words::support::side(language, fault));
    parts.extend(side.map(|side| (named(Words::Side, &side), Role::Muted)));
    let id = heard.notice.request_id.as_deref();
    parts.extend(id.map(|text| (named(Words::RequestId, text), Role::Muted)));
    let model = heard.model.as_ref();
    parts.extend(model.map(|model| (named(Words::Model, model.as_str()), Role::Muted)));
    let width = super::text_width(area.width);
    let mut y = area.y;
    for (text, role) in parts {
        let mut rows = Vec::new();
        plain(&text, width, scene.widths, Ink::default(), &mut rows);
        for row in rows {
            if y >= area.bottom() {
                return;
            }
            let mut pen = Pen::row(buffer, area, y, scene.widths);
            pen.skip(super::indent(area.width)).write(&row.text, scene.theme.style(role));
            y += 1;
        }
    }
}

/// The hints of the footer while the list is open.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, &'static str)> {
    let language = scene.state.settings().language;
    vec![
        (Context::Notices, Action::Notices(NoticesAction::Copy), Words::Copy.say(language)),
        (Context::Notices, Action::List(ListAction::Accept), Words::Whole.say(language)),
        (Context::Notices, Action::List(ListAction::Down), Words::Move.say(language)),
    ]
}
