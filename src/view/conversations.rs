//! Paints the list of conversations: title, count, cost, model, date; and what it asks. It refuses
//! to know messages.

use ratatui::buffer::Buffer;

use super::widgets::list::{self, Laid, Line, List};
use super::{Hints, Scene};
use crate::action::{Action, App, Context, Conversations as Set, List as ListAction};
use crate::domain::conversations::ConversationRow;
use crate::layout::Area;
use crate::state::conversations::{Asking, Browser};
use crate::theme::Role;
use crate::words::conversations::Conversations as Words;

/// Cells of the columns on the right, with a blank before each.
const COUNT: u16 = 6;
const COST: u16 = 10;
const MODEL: u16 = 19;
const DATE: u16 = 11;
/// Cells around the title of a list, with a count of four digits.
const ROOM: u16 = 12;

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, browser: &Browser, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let (prompt, question) = match browser.asking() {
        None => ("›".to_owned(), None),
        Some(Asking::Title(..)) => (Words::NewTitle.say(language), None),
        Some(Asking::Delete(_, title)) => {
            // The title is cut, not the question around it; the footer says what the keys do.
            let around = scene.widths.text(&Words::Delete("").say(language)) as u16 + ROOM;
            let room = area.width.saturating_sub(around).max(1);
            let title = if title.is_empty() { "…" } else { title };
            let title = super::canvas::cut(title, room, scene.widths);
            ("›".to_owned(), Some(Words::Delete(&title).say(language)))
        }
    };
    let title = question.unwrap_or_else(|| Words::Title.say(language));
    let empty = if browser.all().is_none() { Words::Reading } else { Words::Nothing };
    let list = List {
        title: &title,
        picker: &browser.picker,
        prompt: &prompt,
        placeholder: &Words::Placeholder.say(language),
        empty: &empty.say(language),
        all: browser.all().unwrap_or(0),
        details: 2,
    };
    let rows: Vec<_> = browser.rows().collect();
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        if let Some((conversation, found)) = rows.get(at) {
            row(scene, conversation, found, line);
        }
    });
    if let Some((marked, _)) = rows.get(browser.picker.marked()) {
        details(scene, marked, laid.details, buffer);
    }
    laid
}

fn row(scene: &Scene<'_>, row: &ConversationRow, found: &[u32], line: &mut Line<'_, '_>) {
    let language = scene.state.settings().language;
    let head = &row.conversation;
    let running = scene.state.conversations().by_id(head.id).is_some_and(|c| c.running().is_some());
    let (mark, role) = match (running, row.elsewhere) {
        (true, _) => ("● ", Role::Info),
        (false, true) => ("○ ", Role::Muted),
        (false, false) => ("  ", Role::Text),
    };
    line.text(mark, 2, role);
    let width = line.width();
    // What matters least goes first where there is little room.
    let mut right = DATE;
    let fits = |right: u16, more: u16| right + more + 28 <= width;
    let cost = fits(right, COST);
    right += if cost { COST } else { 0 };
    let count = cost && fits(right, COUNT);
    right += if count { COUNT } else { 0 };
    // A title says more than the model does.
    let model = count && fits(right, MODEL + 12);
    right += if model { MODEL } else { 0 };
    let room = line.left().saturating_sub(right + 1);
    if head.title.is_empty() {
        line.text(&Words::Unsent.say(language), room, Role::Muted);
    } else {
        line.found(&head.title, found, room, Role::Text);
    }
    line.to(width.saturating_sub(right));
    if model {
        line.column(head.model.as_str(), MODEL - 1, Role::Model).gap(1);
    }
    if count {
        line.right(&row.messages.to_string(), COUNT - 1, Role::Muted).gap(1);
    }
    if cost {
        line.right(&cost_of(row), COST - 1, Role::Muted).gap(1);
    }
    line.right(&date(scene, head.updated_ms), DATE - 1, Role::Muted);
}

fn cost_of(row: &ConversationRow) -> String {
    row.cost.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
}

/// Today the time, this year month and day, else the date.
fn date(scene: &Scene<'_>, ms: i64) -> String {
    let (year, month, day) = scene.now.date(ms);
    let today = scene.now.date(scene.now.wall_ms);
    if (year, month, day) == today {
        let (hours, minutes) = scene.now.clock(ms);
        format!("{hours:02}:{minutes:02}")
    } else if year == today.0 {
        format!("{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}")
    }
}

/// All that a narrow row leaves out.
fn details(scene: &Scene<'_>, row: &ConversationRow, area: Area, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let language = scene.state.settings().language;
    let head = &row.conversation;
    let mut pen = super::canvas::Pen::row(buffer, area, area.y, scene.widths);
    pen.skip(3).write(&head.title, scene.theme.style(Role::Text));
    if area.height == 1 {
        return;
    }
    let mut parts = vec![head.model.to_string(), Words::Messages(row.messages).say(language)];
    if !row.cost.is_empty() {
        parts.push(cost_of(row));
    }
    let (hours, minutes) = scene.now.clock(head.updated_ms);
    let (year, month, day) = scene.now.date(head.updated_ms);
    parts.push(format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}"));
    if scene.state.conversations().by_id(head.id).is_some_and(|c| c.running().is_some()) {
        parts.push(Words::Answering.say(language));
    }
    if row.elsewhere {
        parts.push(Words::Elsewhere.say(language));
    }
    let mut pen = super::canvas::Pen::row(buffer, area, area.y + 1, scene.widths);
    pen.skip(3).write(&parts.join("  ·  "), scene.theme.style(Role::Muted));
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>, browser: &Browser) -> Hints {
    let language = scene.state.settings().language;
    let accept = Action::List(ListAction::Accept);
    let list = |words: Words<'_>| (Context::List, accept.clone(), words.say(language).into());
    let set = |action, words: Words<'_>| {
        (Context::Conversations, Action::Conversations(action), words.say(language).into())
    };
    let no = (Context::Global, Action::App(App::Back), Words::No.say(language).into());
    match browser.asking() {
        Some(Asking::Title(..)) => vec![list(Words::GiveTitle), no],
        Some(Asking::Delete(..)) => vec![list(Words::Yes), no],
        None => {
            let mut hints = vec![
                list(Words::Open),
                set(Set::Rename, Words::Rename),
                set(Set::Delete, Words::Remove),
            ];
            if scene.state.can_undelete() {
                hints.push(set(Set::Undelete, Words::TakeBack));
            }
            hints
        }
    }
}
