//! The pane beside the conversation on a wide screen: what the conversation holds and costs, and
//! which others are open. It refuses to be needed: all of it is elsewhere too.
//!
//! ```text
//! │ This conversation
//! │ model      qwen-plus
//! │ messages   4
//! │ context    1,234 of 1,000,000
//! │ so far     ¥0.0024
//! │
//! │ RPM ▕██░░░░░░▏ 12/200
//! │     seed 2026-05
//! │
//! │ Open conversations
//! │ ▸ Explain the async task pattern
//! │   How do I embed text                 ●
//! │
//! │ Tasks  ▶ 1
//! │ ▶ a paper boat in the rain
//! │   RUNNING  1:42  ~2 min left  ¥1.50
//! ```

use std::borrow::Cow;

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::tasks::beside;
use crate::domain::money::Currency;
use crate::layout::Area;
use crate::state::chat::Chat;
use crate::text::width::Widths;
use crate::theme::Role;
use crate::words::side::Side;

/// Cells of the names of figures.
const NAMES: u16 = 11;

/// Paints it, and the line before it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let chat = scene.state.conversations().shown();
    let line = Area { x: area.x - 1, width: 1, ..area };
    for y in area.y..area.bottom() {
        Pen::row(buffer, line, y, scene.widths).write("│", scene.theme.style(Role::Line));
    }
    let mut rows = Rows { area, y: area.y, widths: scene.widths, buffer };
    let style = |role| scene.theme.style(role);
    rows.next(|pen| {
        pen.write(&Side::Conversation.say(language), style(Role::Heading));
    });
    for (name, figure) in figures(scene, chat) {
        rows.next(|pen| {
            let name = name.say(language);
            let gap = usize::from(NAMES).saturating_sub(scene.widths.text(&name)) as u16;
            pen.write(&name, style(Role::Muted)).skip(gap);
            let room = pen.left().saturating_sub(1);
            pen.write_cut(&figure, room, style(Role::Text));
        });
    }
    rows.next(|_| {});
    meters(scene, &mut rows);
    rows.next(|pen| {
        pen.write(&Side::Open.say(language), style(Role::Heading));
    });
    let shown = chat.conversation().id;
    for open in scene.state.conversations().all() {
        let head = open.conversation();
        let here = head.id == shown;
        let title = match head.title.as_str() {
            "" => Side::Untitled.say(language),
            title => Cow::Borrowed(title),
        };
        rows.next(|pen| {
            pen.write(if here { "▸ " } else { "  " }, style(Role::Accent));
            let room = pen.left().saturating_sub(3);
            pen.write_cut(&title, room, style(if here { Role::Text } else { Role::Muted }));
            if open.running().is_some() {
                let gap = pen.left().saturating_sub(2);
                pen.skip(gap).write("●", style(Role::Info));
            }
        });
    }
    if beside::is_beside(scene, rows.buffer.area.width) {
        let room = area.bottom() - rows.y;
        beside::paint(scene, room, |write| rows.next(write));
    }
    while rows.y < area.bottom() {
        rows.next(|_| {});
    }
}

/// The meters, which stand here instead of below the header.
fn meters(scene: &Scene<'_>, rows: &mut Rows<'_>) {
    for line in super::meters::side(scene, rows.area.width) {
        rows.next(|pen| {
            for (text, role) in &line {
                let room = pen.left().saturating_sub(1);
                pen.write_cut(text, room, scene.theme.style(*role));
            }
        });
    }
    rows.next(|_| {});
}

/// Rows that are written one after the other as long as there is room.
struct Rows<'a> {
    area: Area,
    y: u16,
    widths: Widths,
    buffer: &'a mut Buffer,
}

impl Rows<'_> {
    fn next(&mut self, write: impl FnOnce(&mut Pen<'_>)) {
        if self.y < self.area.bottom() {
            write(Pen::row(self.buffer, self.area, self.y, self.widths).skip(1));
            self.y += 1;
        }
    }
}

/// What is known of a conversation.
fn figures(scene: &Scene<'_>, chat: &Chat) -> Vec<(Side, String)> {
    let language = scene.state.settings().language;
    let model = &chat.conversation().model;
    let mut figures =
        vec![(Side::Model, model.to_string()), (Side::Messages, chat.entries().len().to_string())];
    let sums = chat.sums();
    if let Some(usage) = sums.usage {
        let of = scene.state.catalog().model_like(model).and_then(|model| model.context_tokens);
        let tokens = Side::Tokens { used: usage.total(), of };
        figures.push((Side::Context, tokens.say(language).into_owned()));
    }
    let costs = [Currency::Cny, Currency::Usd].map(|currency| sums.cost(currency));
    figures.extend(costs.into_iter().flatten().map(|cost| (Side::Cost, cost.to_string())));
    figures
}
