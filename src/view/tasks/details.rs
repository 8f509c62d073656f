//! Paints all there is to know of one task: how it came about, what it was made from, what it
//! made; and the service's last answer as it came. It refuses to show a letter that a terminal
//! would obey.

use ratatui::buffer::Buffer;

use super::cells::{self, Cells, between};
use super::{Scene, Shown};
use crate::domain::settings::Language;
use crate::domain::tasks::book::{AssetState, TaskRecord};
use crate::layout::Area;
use crate::state::tasks::board::Board;
use crate::state::tasks::form::typed;
use crate::text::rows::{Ink, Row, plain};
use crate::text::sanitize;
use crate::theme::Role;
use crate::view::canvas::Pen;
use crate::words::tasks_pane::{Label, Pane, age};
use crate::words::{self};

/// Cells of the names.
const NAMES: u16 = 16;

/// A name, what it says, how that looks.
type Fact = (String, String, Role);

/// Paints a task.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    board: &Board,
    top: usize,
    buffer: &mut Buffer,
) -> Shown {
    let shelf = scene.state.tasks().shelf();
    let Some(task) = shelf.row(board.list().marked()) else { return Shown::default() };
    let cells = Cells::of(scene, task);
    let title = format!("{} {}", cells.glyph, cells.title);
    let width = area.width.saturating_sub(NAMES + 2).max(8);
    let mut rows = Vec::new();
    for (name, text, role) in facts(scene, task) {
        let mut wrapped: Vec<Row> = Vec::new();
        plain(&sanitize::block(&text), width, scene.widths, Ink::default(), &mut wrapped);
        for (at, row) in wrapped.into_iter().enumerate() {
            let name = if at == 0 { name.clone() } else { String::new() };
            rows.push((name, row.text.into_string(), role));
        }
    }
    text(scene, area, &title, &rows, top, buffer)
}

/// Paints the service's last answer.
pub(super) fn raw(
    scene: &Scene<'_>,
    area: Area,
    answer: &str,
    top: usize,
    buffer: &mut Buffer,
) -> Shown {
    let language = scene.state.settings().language;
    let answer = if answer.is_empty() { Pane::NoRaw.say(language) } else { answer.to_owned() };
    let mut wrapped: Vec<Row> = Vec::new();
    let width = area.width.saturating_sub(2).max(8);
    for line in answer.lines() {
        plain(line, width, scene.widths, Ink::default(), &mut wrapped);
    }
    let rows: Vec<Fact> = wrapped
        .into_iter()
        .map(|row| (String::new(), row.text.into_string(), Role::Text))
        .collect();
    text(scene, area, &Pane::RawTitle.say(language), &rows, top, buffer)
}

/// Paints rows below a title; rows without any name begin at the left.
fn text(
    scene: &Scene<'_>,
    area: Area,
    title: &str,
    rows: &[Fact],
    top: usize,
    buffer: &mut Buffer,
) -> Shown {
    let line = scene.theme.style(Role::LineFocused);
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line);
    let room = pen.left().saturating_sub(4);
    pen.write_cut(title, room, scene.theme.style(Role::Accent)).write(" ", line);
    pen.fill(area.width, "─", line);
    let body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let last_top = rows.len().saturating_sub(usize::from(body.height));
    let named = rows.iter().any(|(name, ..)| !name.is_empty());
    let shown = rows.iter().skip(top.min(last_top));
    for (y, row) in (body.y..body.bottom()).zip(shown.map(Some).chain(std::iter::repeat(None))) {
        let mut pen = Pen::row(buffer, body, y, scene.widths);
        let Some((name, text, role)) = row else { continue };
        pen.skip(1);
        if named {
            pen.write_cut(name, NAMES - 1, scene.theme.style(Role::Muted));
            pen.fill(area.x + 1 + NAMES, " ", scene.theme.style(Role::Text));
        }
        pen.write(text, scene.theme.style(*role));
    }
    Shown { last_top, ..Shown::default() }
}

/// Everything, in the order it happened.
fn facts(scene: &Scene<'_>, task: &TaskRecord) -> Vec<Fact> {
    let language = scene.state.settings().language;
    let label = |label| Pane::Label(label).say(language);
    let (_, role) = cells::sign(task);
    let state = Pane::State(task.stage, task.status.as_ref()).say(language);
    let mut facts = vec![(label(Label::State), state, role)];
    if let Some(notice) = &task.notice {
        let level = crate::view::level_role(notice.kind.level());
        facts.push((label(Label::Cause), words::line(language, notice), level));
    }
    facts.push((label(Label::Model), task.model.to_string(), Role::Model));
    if let Some((left, role)) = cells::kept(scene, task, language) {
        facts.push((label(Label::Expiry), left, role));
    }
    facts.push((label(Label::Prompt), task.title.clone(), Role::Text));
    let rewritten = task.rewritten.clone();
    facts.extend(rewritten.map(|text| (label(Label::Rewritten), text, Role::Text)));
    facts.extend(timeline(scene, task, language));
    filled(scene, task, language, &mut facts);
    money(task, language, &mut facts);
    files(task, language, &mut facts);
    let judged = task.review.map(|review| Pane::Judged(review).say(language));
    facts.extend(judged.map(|said| (label(Label::Judgement), said, Role::Info)));
    let id = task.remote.as_ref().map(ToString::to_string);
    facts.extend(id.map(|id| (label(Label::TaskId), id, Role::Muted)));
    let id = task.request_id.clone();
    facts.extend(id.map(|id| (label(Label::RequestId), id, Role::Muted)));
    let mut origin = task.origin.clone();
    if task.adopted {
        origin = format!("{origin} · {}", Pane::Adopted.say(language));
    }
    facts.push((label(Label::Origin), origin, Role::Muted));
    facts
}

/// submitted → scheduled → done → saved, with the waits between them.
fn timeline(scene: &Scene<'_>, task: &TaskRecord, language: Language) -> Vec<Fact> {
    let times = &task.times;
    let moments = [
        (Label::Created, Some(times.created)),
        (Label::Sent, times.sent),
        (Label::Submitted, times.submitted),
        (Label::Scheduled, times.scheduled),
        (Label::Done, times.ended),
        (Label::Saved, times.saved),
    ];
    let mut before: Option<i64> = None;
    let mut facts = Vec::new();
    for (label, at) in moments {
        let Some(at) = at else { continue };
        let (year, month, day) = scene.now.date(at);
        let (hours, minutes) = scene.now.clock(at);
        let seconds = at.div_euclid(1_000).rem_euclid(60);
        let mut text =
            format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}");
        if let Some(before) = before {
            let wait = Pane::Waited(between(before, at)).say(language);
            text = format!("{text}  {wait}");
        }
        before = Some(at);
        facts.push((Pane::Label(label).say(language), text, Role::Text));
    }
    if let Some(left) = scene.state.tasks().usual(task).filter(|_| !task.stage.is_final()) {
        facts.push((Pane::Label(Label::Eta).say(language), age(language, left), Role::Muted));
    }
    facts
}

/// Every field of the form, in the order of the schema.
fn filled(scene: &Scene<'_>, task: &TaskRecord, language: Language, facts: &mut Vec<Fact>) {
    let job = scene.state.catalog().job(&task.model);
    let place = |name: &str| {
        let fields = job.as_ref().map(|job| job.fields.iter());
        fields.and_then(|mut fields| fields.position(|field| field.name == name))
    };
    let mut values: Vec<_> = task.form.values.iter().collect();
    values.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
    let mut first = Some(Pane::Label(Label::Fields).say(language));
    for (name, value) in values {
        let text = format!("{name} = {}", typed(value).replace('\n', " ⏎ "));
        facts.push((first.take().unwrap_or_default(), text, Role::Text));
    }
}

fn money(task: &TaskRecord, language: Language, facts: &mut Vec<Fact>) {
    for (label, money) in [(Label::Expected, task.price), (Label::Cost, task.cost)] {
        let said = money.map(|money| money.to_string());
        facts.extend(said.map(|said| (Pane::Label(label).say(language), said, Role::Text)));
    }
}

fn files(task: &TaskRecord, language: Language, facts: &mut Vec<Fact>) {
    for asset in &task.assets {
        let name = Pane::Label(Label::File).say(language);
        match &asset.state {
            AssetState::Saved { path, bytes, sha256 } => {
                let size = Pane::Bytes(*bytes).say(language);
                facts.push((name, format!("{path}  ({size})"), Role::Text));
                let sum = Pane::Label(Label::Sum).say(language);
                facts.push((sum, sha256.clone(), Role::Muted));
            }
            AssetState::Failed(notice) => {
                facts.push((name, words::line(language, notice), Role::Error));
            }
            AssetState::Wanted => {
                let state = crate::domain::tasks::book::Stage::Saving;
                facts.push((name, Pane::State(state, None).say(language), Role::Info));
            }
            AssetState::Expired => facts.push((name, Pane::Gone.say(language), Role::Warning)),
        }
    }
}
