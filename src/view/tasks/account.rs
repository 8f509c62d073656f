//! Paints the account's tasks that are not here. It refuses to know more of them than the account
//! tells: neither prompt nor result.

use ratatui::buffer::Buffer;

use super::{Scene, Shown};
use crate::domain::tasks::TaskRow;
use crate::layout::Area;
use crate::state::tasks::board::Account;
use crate::text::sanitize;
use crate::theme::Role;
use crate::view::widgets::list::{self, List};
use crate::words::jobs::Jobs;
use crate::words::tasks_pane::Pane;

/// Paints them.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    account: &Account,
    buffer: &mut Buffer,
) -> Shown {
    let language = scene.state.settings().language;
    let rows = account.rows.as_deref().unwrap_or_default();
    let empty = if account.rows.is_none() { Pane::Reading } else { Pane::AccountNone };
    let list = List {
        title: &Pane::AccountTitle.say(language),
        picker: &account.picker,
        prompt: "·",
        placeholder: &Pane::AccountHint.say(language),
        empty: &empty.say(language),
        all: rows.len(),
        details: 0,
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let Some(row) = rows.get(at) else { return };
        let marked = account.marks.contains(&at);
        line.text(if marked { "● " } else { "  " }, 2, Role::Accent);
        let room = line.left().saturating_sub(1);
        line.text(&said(scene, row), room, Role::Text);
    });
    Shown { place: laid.place, ..Shown::default() }
}

/// When it was made, how far it is, which model, its id.
pub(super) fn said(scene: &Scene<'_>, row: &TaskRow) -> String {
    let language = scene.state.settings().language;
    let mut parts = Vec::new();
    if let Some(ms) = row.created_ms {
        let (_, month, day) = scene.now.date(ms);
        let (hours, minutes) = scene.now.clock(ms);
        parts.push(format!("{month:02}-{day:02} {hours:02}:{minutes:02}"));
    }
    parts.push(Jobs::Status(&row.status).say(language).into_owned());
    parts.extend(row.model.as_ref().map(|model| sanitize::line(model.as_str())));
    parts.push(row.id.to_string());
    parts.join("  ")
}
