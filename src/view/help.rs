//! The help: every key in force with what it does, from the table. It refuses to hold any key.

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::{Scene, show_key};
use crate::action::{Action, Context};
use crate::domain::settings::Editing;
use crate::input::key::Key;
use crate::layout::Area;
use crate::text::rows::{Ink, plain};
use crate::text::sanitize;
use crate::theme::Role;
use crate::words::{self, Phrase, say};

/// Paints the help over the whole screen but its last row and returns the last row it may begin
/// with.
pub(super) fn paint(scene: &Scene<'_>, area: Area, top: u16, buffer: &mut Buffer) -> u16 {
    let rows = rows(scene, area.width);
    let body = Area { height: area.height.saturating_sub(1).max(1), ..area };
    let last = (rows.len() as u16).saturating_sub(body.height);
    let first = usize::from(top.min(last));
    for (i, y) in (body.y..body.bottom()).enumerate() {
        let mut pen = Pen::row(buffer, body, y, scene.widths);
        let Some(row) = rows.get(first + i) else { continue };
        pen.skip(1);
        for (text, role) in row {
            pen.write(text, scene.theme.style(*role));
        }
    }
    super::status::footer(scene, Area { y: body.bottom(), height: 1, ..area }, buffer);
    last
}

type Parts = Vec<(String, Role)>;

/// Cells for the keys: as wide as the widest, but never more than leaves room to say what they do.
fn key_cells(scene: &Scene<'_>, width: u16) -> usize {
    let contexts = Context::ALL.iter().flat_map(|context| scene.keys.rows(*context));
    let widest = contexts.map(|(keys, _)| scene.widths.text(&shown(keys))).max().unwrap_or(0);
    widest.min(usize::from(width) * 2 / 5) + 2
}

fn shown(keys: &[Key]) -> String {
    keys.iter().map(|key| show_key(*key)).collect::<Vec<_>>().join("  ")
}

fn rows(scene: &Scene<'_>, width: u16) -> Vec<Parts> {
    let column = key_cells(scene, width);
    let language = scene.state.settings().language;
    let mut rows = vec![vec![(say(language, Phrase::Help).into_owned(), Role::Accent)]];
    let editing = scene.state.settings().editing;
    for context in Context::ALL {
        let of_vi = matches!(context, Context::ViInsert | Context::ViNormal);
        if of_vi && editing == Editing::Emacs {
            continue;
        }
        rows.push(Vec::new());
        let title = say(language, Phrase::ContextTitle(context.name()));
        rows.push(vec![(title.into_owned(), Role::Heading)]);
        for (keys, action) in scene.keys.rows(context) {
            let Some(doc) = doc(scene, action) else { continue };
            if keys.is_empty() {
                continue;
            }
            let mut keys = format!("  {}", shown(keys));
            let gap = (column + 2).saturating_sub(scene.widths.text(&keys)).max(2);
            keys.push_str(&" ".repeat(gap));
            // What does not fit goes on below itself.
            let cells = scene.widths.text(&keys);
            let room = usize::from(width).saturating_sub(cells + 2).max(1) as u16;
            let mut wrapped = Vec::new();
            plain(&sanitize::block(doc), room, scene.widths, Ink::default(), &mut wrapped);
            for (i, line) in wrapped.into_iter().enumerate() {
                let before = if i == 0 { keys.clone() } else { " ".repeat(cells) };
                rows.push(vec![(before, Role::Key), (line.text.to_string(), Role::Text)]);
            }
        }
    }
    rows
}

fn doc(scene: &Scene<'_>, action: &Action) -> Option<&'static str> {
    let language = scene.state.settings().language;
    Some(words::action(language, action.name()?, action.doc()?))
}
