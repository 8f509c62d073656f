//! Paints one result to be judged: room for a picture where the terminal shows pictures, else a
//! small one in half blocks, else a card of words. It refuses to make the picture.
//!
//! ```text
//! ─ Result 2 of 7 ──────────────────────────────
//!    ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
//!    ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
//!  lanterns over the river
//!  wan2.5-t2v · ¥1.50 · 0:41 · lanterns.mp4
//! ```

use ratatui::buffer::Buffer;

use super::cells::Cells;
use super::{Scene, Shown};
use crate::domain::errands::{POSTER_HEIGHT, POSTER_WIDTH, Poster};
use crate::domain::ids::TaskKey;
use crate::domain::settings::Pictures;
use crate::layout::Area;
use crate::text::rows::{Ink, Row, plain};
use crate::theme::{Role, Theme};
use crate::view::canvas::Pen;
use crate::words::tasks_pane::Pane;

/// Rows of words below the picture.
const WORDS: u16 = 4;

/// Paints it.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    keys: &[TaskKey],
    at: usize,
    buffer: &mut Buffer,
) -> Shown {
    let language = scene.state.settings().language;
    let style = |role| scene.theme.style(role);
    let line = style(Role::LineFocused);
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    let title = Pane::ReviewTitle(at + 1, keys.len()).say(language);
    pen.write("─ ", line).write(&title, style(Role::Accent)).write(" ", line);
    pen.fill(area.width, "─", line);
    let body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    for y in body.y..body.bottom() {
        Pen::row(buffer, body, y, scene.widths);
    }
    let Some(key) = keys.get(at) else { return Shown::default() };
    let Some(task) = scene.state.tasks().shelf().get(*key) else { return Shown::default() };
    let way = scene.state.settings().pictures;
    let words = WORDS.min(body.height);
    let picture = Area { height: body.height - words, ..body };
    let poster = scene.state.tasks().poster(*key).filter(|_| way != Pictures::Off);
    let mut shown = Shown::default();
    if let Some(poster) = poster {
        // One of another form is from before the settings changed.
        let still = poster.still().filter(|still| way.form() == Some(still.form()));
        let room = Area { x: picture.x + 1, width: picture.width.saturating_sub(2), ..picture };
        if let Some(still) = still.filter(|_| room.width > 0 && room.height > 0) {
            shown.still = Some((still.clone(), room));
        } else {
            poster_in(picture, poster, buffer);
        }
    } else {
        let mut pen = Pen::row(buffer, picture, picture.y + picture.height / 2, scene.widths);
        pen.skip(3).write(&Pane::NoPoster.say(language), style(Role::Muted));
    }
    let cells = Cells::of(scene, task);
    let mut rows: Vec<Row> = Vec::new();
    let width = area.width.saturating_sub(2).max(1);
    plain(&cells.title, width, scene.widths, Ink::default(), &mut rows);
    let mut y = picture.bottom();
    for row in rows.into_iter().take(usize::from(words.saturating_sub(2))) {
        Pen::row(buffer, body, y, scene.widths).skip(1).write(&row.text, style(Role::Text));
        y += 1;
    }
    let judged = task.review.map(|review| Pane::Judged(review).say(language));
    let parts = [cells.model, cells.price, cells.age, cells.file];
    let parts: Vec<String> = parts.into_iter().chain(judged).filter(|p| !p.is_empty()).collect();
    Pen::row(buffer, body, y, scene.widths).skip(1).write(&parts.join(" · "), style(Role::Muted));
    shown
}

/// The picture as large as it fits, each cell two pixels above each other.
fn poster_in(area: Area, poster: &Poster, buffer: &mut Buffer) {
    let (width, height) = (u32::from(POSTER_WIDTH), u32::from(POSTER_HEIGHT));
    let room = (u32::from(area.width.saturating_sub(2)), u32::from(area.height) * 2);
    // Whole cells, no larger than the picture itself, in its shape.
    let across = room.0.min(width).min(room.1 * width / height);
    let down = across * height / width / 2 * 2;
    if across == 0 || down == 0 {
        return;
    }
    let at = |x: u32, y: u32| {
        let (x, y) = (x * width / across, y * height / down);
        poster.at(x as u16, y as u16)
    };
    let left = u32::from(area.x) + (u32::from(area.width) - across) / 2;
    for y in 0..down / 2 {
        for x in 0..across {
            let place = ((left + x) as u16, area.y + y as u16);
            if let Some(cell) = buffer.cell_mut(place) {
                let style = Theme::halves(at(x, y * 2), at(x, y * 2 + 1));
                cell.set_symbol("▀").set_style(style);
            }
        }
    }
}
