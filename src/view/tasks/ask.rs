//! Paints what has to be decided about tasks: the question with its price, and the ways out. It
//! refuses to have an opinion.

use ratatui::buffer::Buffer;

use super::Scene;
use super::account::said;
use crate::action::{Action, Context, List as ListAction};
use crate::domain::settings::Language;
use crate::layout::Area;
use crate::state::focus::ListPlace;
use crate::state::tasks::ask::{Question, TaskAsk, Way};
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::view::canvas::Pen;
use crate::view::widgets::list::{self, List};
use crate::words::tasks_pane::{Hint, Pane};

/// Rows for a question that is too long for one.
const ROWS: u16 = 4;

/// Paints it; the caret is where an answer is typed.
pub(in crate::view) fn paint(
    scene: &Scene<'_>,
    area: Area,
    ask: &TaskAsk,
    buffer: &mut Buffer,
) -> (ListPlace, Option<(u16, u16)>) {
    let language = scene.state.settings().language;
    let told = question(ask, language);
    let list = List {
        title: &Pane::Before.say(language),
        picker: &ask.picker,
        prompt: if ask.is_typed() { "›" } else { "!" },
        placeholder: if ask.is_typed() { "" } else { &told },
        empty: "",
        all: ask.ways.len(),
        details: ROWS,
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let cells = line.left();
        let role = if ask.ways[at] == Way::Leave { Role::Muted } else { Role::Text };
        line.text(&way(scene, ask, &ask.ways[at]), cells, role);
    });
    let mut rows: Vec<Row> = Vec::new();
    let width = area.width.saturating_sub(2).max(1);
    plain(&told, width, scene.widths, Ink::default(), &mut rows);
    let style = scene.theme.style(Role::Warning);
    for (y, row) in (laid.details.y..laid.details.bottom()).zip(rows) {
        Pen::row(buffer, laid.details, y, scene.widths).skip(1).write(&row.text, style);
    }
    (laid.place, ask.is_typed().then_some(laid.caret))
}

fn question(ask: &TaskAsk, language: Language) -> String {
    let price = ask.question.price();
    match &ask.question {
        Question::Cancel { keys, sent } => Pane::AskCancel(keys.len(), *sent).say(language),
        Question::Forget { keys } => Pane::AskForget(keys.len()).say(language),
        Question::Again { orders } => Pane::AskAgain(orders.len(), price).say(language),
        Question::Batch { lines, .. } => Pane::AskBatch(lines.len(), price).say(language),
        Question::OverBudget { orders, reached } => {
            Pane::AskBudget(reached, orders.len()).say(language)
        }
        Question::Loop { times, .. } => Pane::AskLoop(*times).say(language),
        Question::WhatItIs { title, .. } => Pane::AskWhatItIs(title).say(language),
        Question::SendAgain { title, price, .. } => Pane::AskSendAgain(title, *price).say(language),
    }
}

fn way(scene: &Scene<'_>, ask: &TaskAsk, way: &Way) -> String {
    let language = scene.state.settings().language;
    let pane = match (way, &ask.question) {
        (Way::Leave, _) => Pane::Leave,
        (Way::Do, Question::Batch { lines, prices, .. }) => Pane::DoBatch(lines.len(), prices.0),
        (Way::OneTask, Question::Batch { prices, .. }) => Pane::OneTask(prices.1),
        (Way::Do, _) if ask.is_typed() => Pane::DoTyped,
        (Way::Do, _) => Pane::Do,
        (Way::OneTask, _) => Pane::OneTask(None),
        (Way::IsThis(row), _) => return Pane::IsThis(&said(scene, row)).say(language),
        (Way::SendAgain, Question::SendAgain { .. }) => Pane::Do,
        (Way::SendAgain, _) => Pane::SendAgain,
        (Way::Drop, _) => Pane::Drop,
    };
    pane.say(language)
}

/// The hints of the footer.
pub(in crate::view) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let choose = Pane::Hint(Hint::Choose).say(language);
    vec![(Context::List, Action::List(ListAction::Accept), choose)]
}
