//! Paints the palette: what an action does, its command, its key. It refuses to hold any of them.

use ratatui::buffer::Buffer;

use super::widgets::list::{self, Laid, List};
use super::{Scene, show_key};
use crate::action::{Action, Context, Focus, List as ListAction};
use crate::layout::Area;
use crate::state::palette::{Offer, Palette};
use crate::theme::Role;
use crate::words::palette::Palette as Words;

/// Cells of the keys' column where there is room for it.
const KEYS: u16 = 14;
/// Where a row is narrower, what an action does is all it has room for beside its key.
const NAMES: u16 = 64;
/// Where a row is narrower still, it says only what the action does.
const ALONE: u16 = 30;

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, palette: &Palette, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let (title, prompt, empty) = match palette.offer {
        Offer::Actions => (Words::Title, "›", Words::Nothing),
        Offer::Commands => (Words::Commands, "/", Words::NoCommand),
    };
    let list = List {
        title: title.say(language),
        picker: &palette.picker,
        prompt,
        placeholder: Words::Placeholder.say(language),
        empty: empty.say(language),
        all: palette.all(),
        details: 0,
    };
    let rows: Vec<_> = palette.rows().collect();
    let widths = scene.widths;
    let commands = rows.iter().filter_map(|(entry, _)| entry.command);
    let command = commands.map(|name| name.len() as u16 + 1).max().unwrap_or(0);
    list::paint(scene, area, &list, buffer, |at, line| {
        let (entry, found) = rows[at];
        let name = entry.command.map(|name| format!("/{name}")).unwrap_or_default();
        let key = if line.width() < ALONE { String::new() } else { key_of(scene, &entry.action) };
        if palette.offer == Offer::Commands {
            // The slash before the name is no part of what was searched.
            line.text("/", 1, Role::Key);
            line.found(entry.command.unwrap_or_default(), found, command, Role::Key);
            line.to(3 + command + 2);
            line.text(entry.label, line.left().saturating_sub(KEYS + 1), Role::Text);
        } else {
            let command = if line.width() < NAMES { 0 } else { command };
            // A blank stands between the label and what is right of it.
            let right = match command {
                0 => widths.text(&key) as u16 + 1,
                _ => KEYS + command + 3,
            };
            line.found(entry.label, found, line.left().saturating_sub(right + 1), Role::Text);
            line.to(line.width().saturating_sub(right));
            line.column(&name, command, Role::Muted);
        }
        let cells = line.left().saturating_sub(1);
        line.right(&key, cells, Role::Key);
    })
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, &'static str)> {
    let language = scene.state.settings().language;
    vec![
        (Context::List, Action::List(ListAction::Accept), Words::Run.say(language)),
        (Context::List, Action::List(ListAction::Down), Words::Move.say(language)),
    ]
}

/// The key of an action from where the palette is opened: one of the conversation's keys comes after
/// the key that leads there, and one that holds in a list alone is no way from here.
fn key_of(scene: &Scene<'_>, action: &Action) -> String {
    let key = |context| scene.keys.hint(context, action).map(show_key);
    let here = [Context::Global, Context::Composer, Context::EmptyComposer];
    if let Some(key) = here.into_iter().find_map(key) {
        return key;
    }
    let there = scene.keys.hint(Context::Global, &Action::Focus(Focus::Transcript));
    match (there, key(Context::Transcript)) {
        (Some(there), Some(key)) => format!("{} {key}", show_key(there)),
        (None, _) | (_, None) => String::new(),
    }
}
