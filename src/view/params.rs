//! Paints the drawer of parameters, what stands in the way of sending, and the marks of what is
//! set. It refuses to know what may be set: the model's abilities come with the state.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::{self, Pen};
use super::widgets::list::{self, Laid, Line, List};
use crate::action::{
    Action, App, Composer, Context, Edit, List as ListAction, Params as ParamsAction,
};
use crate::domain::chat::ChatParams;
use crate::domain::models::Thinking;
use crate::domain::params::{Able, Param, Value, steers_twice};
use crate::layout::Area;
use crate::state::conflicts::Ask;
use crate::state::field::Field;
use crate::state::params::{Drawer, Scope, refused};
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::words::params::{Params, with_brackets};

/// Cells of the names' column.
const NAMES: u16 = 20;

/// Rows below the list: what a parameter does, what may stand in it, what is wrong.
const DETAILS: u16 = 5;

/// Paints the drawer; the caret is where a value is typed.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    drawer: &Drawer,
    buffer: &mut Buffer,
) -> (Laid, Option<(u16, u16)>) {
    let language = scene.state.settings().language;
    let able = scene.state.able();
    let scope = match drawer.scope {
        Scope::Conversation => Params::Conversation,
        Scope::NextMessage => Params::NextMessage,
    };
    let scope = scope.say(language);
    let list = List {
        title: &Params::Title.say(language),
        picker: &drawer.picker,
        prompt: "·",
        placeholder: &scope,
        empty: "",
        all: Param::ALL.len(),
        details: DETAILS,
    };
    let mut caret = None;
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let param = Param::ALL[at];
        let dim = refused(&able, param);
        let name = if dim { Role::Muted } else { Role::Text };
        let names = NAMES.min(line.left() / 2);
        line.column(&Params::Label(param).say(language), names, name).gap(1);
        let field = drawer.field.as_ref().filter(|_| at == drawer.picker.marked());
        if let Some(field) = field {
            caret = Some(typed(scene, line, field));
            return;
        }
        let value = scene.state.drawn(drawer.scope, param);
        let note = note(scene, drawer, &able, param);
        let notes = scene.widths.text(&note) as u16;
        let room = line.left().saturating_sub(notes + 3).max(8);
        match &value {
            Some(value) => line.text(&Params::Value(value).say(language), room, Role::Accent),
            None => line.text(&unset(&able, param).say(language), room, Role::Muted),
        };
        let left = line.left().saturating_sub(1);
        line.right(&note, left, Role::Muted);
    });
    // The caret is told relative to the row it is in.
    let row = drawer.picker.marked().saturating_sub(laid.place.first);
    let last = (area.x + area.width.saturating_sub(1), area.bottom().saturating_sub(1));
    let caret = caret.map(|x| ((area.x + x).min(last.0), (laid.place.y + row as u16).min(last.1)));
    details(scene, laid.details, drawer, &able, buffer);
    (laid, caret)
}

/// What stands at the right of a row: why it cannot be set, or what may stand in it.
fn note(scene: &Scene<'_>, drawer: &Drawer, able: &Able, param: Param) -> String {
    let language = scene.state.settings().language;
    let said = if able.refuses(param) {
        Params::NotTaken
    } else if refused(able, param) {
        Params::AlwaysThinks
    } else if param == Param::System && drawer.scope == Scope::NextMessage {
        Params::WholeConversation
    } else {
        Params::Range(param.kind(able))
    };
    said.say(language).into_owned()
}

/// What is said where nothing is set.
fn unset(able: &Able, param: Param) -> Params<'static> {
    match (param, able.thinking) {
        (Param::System | Param::Stop | Param::Extra, _) => Params::Nothing,
        (Param::Thinking, Thinking::Optional { on }) => Params::UnsetSwitch(on),
        (Param::Thinking, Thinking::Never) | (Param::Json, _) => Params::UnsetSwitch(false),
        (Param::Thinking, Thinking::Always) => Params::UnsetSwitch(true),
        _ => Params::Unset,
    }
}

/// Writes the text that is being typed so that the caret is in sight, and tells its column.
pub(super) fn typed(scene: &Scene<'_>, line: &mut Line<'_, '_>, field: &Field) -> u16 {
    let one_line = |text: &str| text.replace('\n', "⏎");
    let before = scene.widths.text(&one_line(field.before_caret())) as u16;
    let room = line.left().saturating_sub(2).max(1);
    let begin = line.width() - line.left();
    let mut gone = 0;
    let hidden = before.saturating_sub(room);
    let mut shown = String::new();
    for cluster in scene.widths.clusters(&one_line(field.text())) {
        if gone < hidden {
            gone += cluster.cells as u16;
        } else {
            shown.push_str(cluster.text);
        }
    }
    let cells = line.left().saturating_sub(1);
    line.text(&shown, cells, Role::Text);
    begin + before - gone
}

/// What the marked parameter does, what may stand in it, what is wrong with what was typed.
fn details(scene: &Scene<'_>, area: Area, drawer: &Drawer, able: &Able, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let param = drawer.param();
    let mut lines = vec![(Params::About(param).say(language), Role::Text)];
    if let Some(fault) = drawer.fault {
        let range = Params::Range(param.kind(able)).say(language);
        let wrong = Params::Fault(fault).say(language);
        lines.insert(0, (with_brackets(language, &wrong, &range).into(), Role::Error));
    }
    let params = scene.state.drawn_params(drawer.scope);
    if matches!(param, Param::Temperature | Param::TopP) && steers_twice(params) {
        lines.push((Params::SteersTwice.say(language), Role::Warning));
    }
    // A text of several lines is shown as it is; while it is typed its end matters.
    let typed = drawer.field.as_ref().filter(|field| field.has_lines()).map(Field::text);
    let value = scene.state.drawn(drawer.scope, param);
    let stored = match &value {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Texts(texts)) => Some(texts.join("\n")),
        Some(Value::Flag(_) | Value::Whole(_) | Value::Real(_)) | None => None,
    };
    let mut rows: Vec<(String, Role)> = Vec::new();
    for (text, role) in &lines {
        wrapped(scene, text, *role, area.width, &mut rows);
    }
    let shown = rows.len().min(usize::from(area.height));
    let mut text_rows = Vec::new();
    if let Some(text) = typed.map(str::to_owned).or(stored) {
        wrapped(scene, &text, Role::Accent, area.width, &mut text_rows);
        let room = usize::from(area.height) - shown;
        if text_rows.len() > room && typed.is_some() {
            text_rows.drain(..text_rows.len() - room);
        }
    }
    rows.extend(text_rows);
    for (y, (text, role)) in (area.y..area.bottom()).zip(rows) {
        Pen::row(buffer, area, y, scene.widths).skip(1).write(&text, scene.theme.style(role));
    }
}

fn wrapped(scene: &Scene<'_>, text: &str, role: Role, width: u16, out: &mut Vec<(String, Role)>) {
    let mut rows: Vec<Row> = Vec::new();
    plain(text, width.saturating_sub(2).max(1), scene.widths, Ink::default(), &mut rows);
    out.extend(rows.into_iter().map(|row| (row.text.into_string(), role)));
}

/// Paints what stands in the way of sending.
pub(super) fn paint_ask(scene: &Scene<'_>, area: Area, ask: &Ask, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let told = Params::Conflict(ask.conflict, ask.model.as_str()).say(language);
    // On a narrow screen the sentence is too long for the line above the ways out.
    let fits = scene.widths.text(&told) + 3 <= usize::from(area.width);
    let list = List {
        title: &Params::Before.say(language),
        picker: &ask.picker,
        prompt: "!",
        placeholder: &told,
        empty: "",
        all: ask.ways.len(),
        details: if fits { 0 } else { 3 },
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let cells = line.left();
        line.text(&Params::Way(ask.ways[at]).say(language), cells, Role::Text);
    });
    let mut rows = Vec::new();
    wrapped(scene, &told, Role::Warning, area.width, &mut rows);
    for (y, (text, role)) in (laid.details.y..laid.details.bottom()).zip(rows) {
        Pen::row(buffer, laid.details, y, scene.widths)
            .skip(1)
            .write(&text, scene.theme.style(role));
    }
    laid
}

/// The hints below what stands in the way of sending.
pub(super) fn ask_hints(scene: &Scene<'_>) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let say = |said: Params<'_>| said.say(language).into_owned();
    vec![
        (Context::List, Action::List(ListAction::Accept), say(Params::Take)),
        (Context::Global, Action::App(App::Back), say(Params::BackToMessage)),
    ]
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>, drawer: &Drawer) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let say = |said: Params<'_>| said.say(language).into_owned();
    let edit = |edit| Action::Composer(Composer::Edit(edit));
    if let Some(field) = &drawer.field {
        let mut hints = vec![(Context::Composer, edit(Edit::Send), say(Params::Take))];
        if field.has_lines() {
            hints.push((Context::Composer, edit(Edit::Newline), say(Params::Newline)));
        }
        // Esc takes back what was typed; the drawer stays.
        hints.push((Context::Global, Action::App(App::Back), say(Params::Leave)));
        return hints;
    }
    // The other scope is what the key leads to.
    let scope = match drawer.scope {
        Scope::Conversation => Params::NextMessage,
        Scope::NextMessage => Params::Conversation,
    };
    vec![
        (Context::List, Action::List(ListAction::Accept), say(Params::Change)),
        (Context::List, edit(Edit::DeleteBefore), say(Params::Clear)),
        (Context::Params, Action::Params(ParamsAction::Scope), say(scope)),
    ]
}

/// What is set in a word or two each, as many as fit into `cells`, the most telling first.
pub(super) fn marks(scene: &Scene<'_>, params: &ChatParams, system: bool, cells: u16) -> String {
    let language = scene.state.settings().language;
    let mut marks: Vec<String> = Vec::new();
    for (param, value) in params.set_ones() {
        let said = match (param, &value) {
            (Param::Thinking, Value::Flag(false)) => Params::MarkNoThinking,
            // To be told not to search is what happens anyway.
            (_, Value::Flag(false)) => continue,
            (_, value) => Params::Mark(param, value),
        };
        marks.push(said.say(language).into_owned());
    }
    if system {
        marks.push(Params::MarkSystem.say(language).into_owned());
    }
    let all = marks.len();
    let mut shown = all;
    loop {
        let mut text = marks[..shown].join(" · ");
        if shown < all {
            text.push(' ');
            text.push_str(&Params::More(all - shown).say(language));
        }
        if shown == 0 || scene.widths.text(&text) <= usize::from(cells) {
            return if shown == 0 { canvas::cut(text.trim(), cells, scene.widths) } else { text };
        }
        shown -= 1;
    }
}
