//! The tasks in the pane beside the conversation, on a screen that is wide enough: two rows each,
//! those that matter most first. It refuses rows it was not given.
//!
//! ```text
//! │ Tasks  ▶ 2  ✓ 1
//! │ ▶ a paper boat in the rain
//! │   RUNNING  1:42  ~2 min left  ¥1.50
//! ```

use super::super::Scene;
use super::super::canvas::Pen;
use super::cells::Cells;
use super::signs;
use crate::domain::tasks::book::TaskRecord;
use crate::state::tasks::since_ms;
use crate::theme::Role;
use crate::words::tasks_pane::Pane;

/// Columns a screen needs for tasks beside the conversation.
const WIDE: u16 = 150;
/// Rows of one task.
const ROWS: u16 = 2;

/// Whether they are there and not in the strip.
pub(in crate::view) fn is_beside(scene: &Scene<'_>, width: u16) -> bool {
    scene.state.columns() && width >= WIDE
}

/// Paints them by handing out what to write into each of so many rows, one after the other.
pub(in crate::view) fn paint(
    scene: &Scene<'_>,
    room: u16,
    mut next: impl FnMut(&mut dyn FnMut(&mut Pen<'_>)),
) {
    let shelf = scene.state.tasks().shelf();
    let most = usize::from(room.saturating_sub(2) / ROWS);
    let tasks = shelf.strip(since_ms(scene.now), most);
    if tasks.is_empty() {
        return;
    }
    let style = |role| scene.theme.style(role);
    next(&mut |_| {});
    next(&mut |pen| {
        let language = scene.state.settings().language;
        pen.write(&Pane::Title.say(language), style(Role::Heading)).skip(2);
        // The words would not fit beside each other.
        for (glyph, count, role) in signs(scene) {
            pen.write(&format!("{glyph} {count}"), style(role)).skip(2);
        }
    });
    for task in tasks {
        rows(scene, task, &mut next);
    }
}

fn rows(scene: &Scene<'_>, task: &TaskRecord, next: &mut impl FnMut(&mut dyn FnMut(&mut Pen<'_>))) {
    let cells = Cells::of(scene, task);
    let style = |role| scene.theme.style(role);
    next(&mut |pen| {
        pen.write(cells.glyph, style(cells.role)).skip(1);
        let room = pen.left().saturating_sub(1);
        pen.write_cut(&cells.title, room, style(Role::Text));
    });
    next(&mut |pen| {
        pen.skip(2).write(&cells.state, style(cells.role));
        let left = cells.left.as_ref().map(|(text, role)| (text.as_str(), *role));
        let parts = [Some((cells.age.as_str(), Role::Muted)), left];
        let price = Some((cells.price.as_str(), Role::Muted));
        for (text, role) in parts.into_iter().chain([price]).flatten() {
            if !text.is_empty() {
                let room = pen.skip(2).left().saturating_sub(1);
                pen.write_cut(text, room, style(role));
            }
        }
    });
}
