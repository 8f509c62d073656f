//! Paints the messages that wait: some rows above the composer, and the list of all of them. It
//! refuses to change their order.

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::widgets::list::{self, Laid, List};
use super::{Hints, Scene, show_key};
use crate::action::{Action, Context, List as ListAction, Turns};
use crate::domain::conversations::Queued;
use crate::layout::Area;
use crate::state::queue::QueueList;
use crate::theme::Role;
use crate::words::turns::Turns as Words;

/// Messages shown above the composer.
const MOST: usize = 3;

/// Rows wanted above the composer.
pub(super) fn height(scene: &Scene<'_>) -> u16 {
    let queue = &scene.state.conversations().shown().queue;
    let waiting = queue.waiting().len();
    let rows = waiting.min(MOST) + usize::from(waiting > MOST) + usize::from(queue.held());
    u16::try_from(rows).unwrap_or(0)
}

/// Paints the rows above the composer, as many as there is room for.
pub(super) fn strip(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let queue = &scene.state.conversations().shown().queue;
    let waiting = queue.waiting();
    let mut rows: Vec<(String, Role)> = Vec::new();
    if queue.held() {
        let key = key(scene, Turns::QueueSend);
        let held = Words::Held { waiting: waiting.len(), key: &key };
        rows.push((format!(" {}", held.say(language)), Role::Warning));
    }
    for (at, message) in waiting.iter().take(MOST).enumerate() {
        rows.push((format!(" {}  {}", at + 1, one_line(message)), Role::Muted));
    }
    if waiting.len() > MOST {
        let key = key(scene, Turns::Queue);
        let more = Words::More { more: waiting.len() - MOST, key: &key };
        rows.push((format!("    {}", more.say(language)), Role::Muted));
    }
    for (y, (text, role)) in (area.y..area.bottom()).zip(rows) {
        let mut pen = Pen::row(buffer, area, y, scene.widths);
        let room = pen.left();
        pen.write_cut(&text, room, scene.theme.style(role));
    }
}

fn key(scene: &Scene<'_>, action: Turns) -> String {
    let key = scene.keys.hint(Context::Global, &Action::Turns(action));
    key.map(show_key).unwrap_or_default()
}

/// A message on one row. It is cleaned on the way: it may be a paste.
fn one_line(message: &Queued) -> String {
    let text = crate::text::sanitize::block(&message.text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Paints the list.
pub(super) fn paint(scene: &Scene<'_>, area: Area, queue: &QueueList, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let waiting = scene.state.conversations().shown().queue.waiting();
    let list = List {
        title: &Words::Title.say(language),
        picker: &queue.picker,
        prompt: "›",
        placeholder: &Words::Placeholder.say(language),
        empty: &Words::Nothing.say(language),
        all: waiting.len(),
        details: 0,
    };
    let rows: Vec<_> = queue.rows().collect();
    list::paint(scene, area, &list, buffer, |at, line| {
        let Some((place, _)) = rows.get(at) else { return };
        let Some(message) = waiting.get(*place) else { return };
        line.right(&(place + 1).to_string(), 3, Role::Muted).gap(2);
        let room = line.left().saturating_sub(1);
        line.text(&one_line(message), room, Role::Text);
    })
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Hints {
    let language = scene.state.settings().language;
    let queue = |action, words: Words<'_>| {
        (Context::Queue, Action::Turns(action), words.say(language).into())
    };
    let accept = Action::List(ListAction::Accept);
    vec![
        (Context::List, accept, Words::TakeBack.say(language).into()),
        queue(Turns::QueueUp, Words::Earlier),
        queue(Turns::QueueDown, Words::Later),
        queue(Turns::QueueRemove, Words::Remove),
    ]
}
