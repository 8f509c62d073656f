//! The rows that frame the panes: header, rule, title of the composer, footer with hints. It
//! refuses the panes themselves.

use std::borrow::Cow;

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::{Scene, show_key};
use crate::action::{
    Action, App, Chat, Composer, Context, Conversations, Copying, Edit, Focus, Speech, Turns,
};
use crate::domain::models::ModelId;
use crate::domain::settings::Figures;
use crate::layout::Area;
use crate::state::focus::{Overlay, Pane};
use crate::state::vi::Mode;
use crate::theme::Role;
use crate::words::conversations::Conversations as Sets;
use crate::words::lanes::Lanes;
use crate::words::params::Params;
use crate::words::turns::Turns as Words;
use crate::words::vi::Vi;
use crate::words::{Hint, Phrase, say, settings as words};

/// Most cells of the header for what is set.
const MARKS: u16 = 36;

/// Program, model and place; on the right what is special.
pub(super) fn header(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    let settings = scene.state.settings();
    let style = |role| scene.theme.style(role);
    let mut badges: Vec<(String, Role)> = Vec::new();
    let (at, of) = scene.state.conversations().count();
    if of > 1 {
        let which = say(settings.language, Phrase::Which(at, of));
        badges.push((which.into_owned(), Role::Muted));
    }
    let shown = scene.state.conversations().shown().conversation().id;
    let others = scene.state.conversations().all();
    let others = others.filter(|c| c.running().is_some() && c.conversation().id != shown).count();
    if others > 0 {
        let text = Sets::Others(others).say(settings.language);
        badges.push((format!("● {text}"), Role::Info));
    }
    if settings.figures == Figures::Seed {
        badges.push((say(settings.language, Phrase::SeedPrices).into_owned(), Role::Muted));
    }
    if scene.state.source() {
        let text = crate::words::copy::Copy::Source.say(settings.language);
        badges.push((text.to_owned(), Role::Info));
    }
    badges.extend(super::meters::money(scene));
    if settings.place.simulator {
        let text = format!(" {} ", say(settings.language, Phrase::Simulator));
        badges.push((text, Role::Badge));
    }
    if settings.place.production {
        // The last to make room.
        let text = format!(" {} ", words::say(settings.language, words::Phrase::Production));
        badges.push((text, Role::BadgeAlert));
    }
    let model = scene.state.conversations().shown().conversation().model.to_string();
    let mut place = settings.place.profile.clone();
    if !settings.place.region.is_empty() {
        place = format!("{place} · {}", settings.place.region);
    }
    if let Some(source) = &settings.place.key {
        let source = words::say(settings.language, words::Phrase::KeyFrom(source));
        place = format!("{place} · {source}");
    }
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.skip(1).write("lian", style(Role::Accent)).skip(3);
    let room = pen.left();
    pen.write_cut(&model, room, style(Role::Model)).skip(3);
    let chat = scene.state.conversations().shown();
    let system = chat.system != settings.system && chat.system.is_some();
    // What is set matters more than the place, less than the badges.
    let room = pen.left().saturating_sub(badge_cells(scene, &badges) + 3);
    let marks = super::params::marks(scene, &chat.params, system, room.min(MARKS));
    if !marks.is_empty() {
        pen.write(&marks, style(Role::Info)).skip(3);
    }
    // Badges matter more than the place: they go first where there is little room.
    while pen.left() < badge_cells(scene, &badges) + 1 && !badges.is_empty() {
        badges.remove(0);
    }
    let right = badge_cells(scene, &badges);
    let room = pen.left().saturating_sub(right + 2);
    if room > 3 {
        pen.write_cut(&place, room, style(Role::Muted));
    }
    if !badges.is_empty() {
        let to = area.width.saturating_sub(right + 1);
        pen.fill(to, " ", style(Role::Text));
        for (i, (text, role)) in badges.iter().enumerate() {
            pen.skip(if i > 0 { 2 } else { 0 }).write(text, style(*role));
        }
    }
}

fn badge_cells(scene: &Scene<'_>, badges: &[(String, Role)]) -> u16 {
    let cells: usize = badges.iter().map(|(text, _)| scene.widths.text(text) + 2).sum();
    cells.saturating_sub(2) as u16
}

/// A line across.
pub(super) fn rule(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    let focused = scene.state.focus().pane == Pane::Transcript;
    let role = if focused { Role::LineFocused } else { Role::Line };
    pen.fill(area.width, "─", scene.theme.style(role));
}

/// The line above the composer: its title, what is going on, how large the message is.
pub(super) fn title(scene: &Scene<'_>, area: Area, at_end: bool, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let language = scene.state.settings().language;
    let focused = scene.state.focus().pane == Pane::Composer;
    let line = scene.theme.style(if focused { Role::LineFocused } else { Role::Line });
    let name = scene.theme.style(if focused { Role::Accent } else { Role::Muted });
    let mut right = Vec::new();
    if !at_end {
        right.push((say(language, Phrase::MoreBelow), Role::Info));
    }
    if let Some(running) = scene.state.conversations().shown().running() {
        match &running.waiting {
            Some(waiting) => {
                let seconds = super::seconds_left(waiting.until, scene.now);
                let attempt = waiting.attempt;
                let phrase = Phrase::TryAgainIn { seconds, attempt };
                let why = super::meters::throttled(scene, &waiting.notice.kind);
                right.push((why + say(language, phrase), Role::Warning));
            }
            None => right.push((say(language, Phrase::Answering), Role::Info)),
        }
    }
    right.extend(comparing_price(scene).map(|price| (price.into(), Role::Muted)));
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    let title = if scene.state.conversations().shown().editing.is_none() {
        say(language, Phrase::Message)
    } else {
        let key = scene.keys.hint(Context::Global, &Action::App(App::Back)).map(show_key);
        Words::Editing { key: &key.unwrap_or_default() }.say(language).into()
    };
    pen.write("─ ", line).write(&title, name).write(" ", line);
    let mode = match scene.state.composer().mode() {
        Mode::Plain => None,
        Mode::Insert => Some(Vi::Insert),
        Mode::Normal => Some(Vi::Normal),
    };
    if let Some(mode) = mode.filter(|_| pen.left() > 12) {
        pen.write("─ ", line).write(mode.say(language), name).write(" ", line);
    }
    if let Some(models) = comparing(scene) {
        let room = (pen.left() * 2 / 3).saturating_sub(4);
        let style = scene.theme.style(Role::Model);
        pen.write("─ ", line).write_cut(&models, room, style).write(" ", line);
    }
    if let Some(next) = &scene.state.conversations().shown().next {
        let only = Params::NextOnly.say(language);
        let room = (pen.left() / 2).saturating_sub(scene.widths.text(&only) as u16);
        let mut marks = super::params::marks(scene, next, false, room);
        if marks.is_empty() {
            marks = Params::Unset.say(language).into_owned();
        }
        let style = scene.theme.style(Role::Warning);
        pen.write("─ ", line).write(&only, style).write(&marks, style).write(" ", line);
    }
    let cells = |right: &[(std::borrow::Cow<'_, str>, Role)]| {
        right.iter().map(|(text, _)| scene.widths.text(text) + 3).sum::<usize>() as u16
    };
    while cells(&right) > pen.left() && !right.is_empty() {
        right.pop();
    }
    let room = pen.left().saturating_sub(cells(&right) + 3);
    right.extend(super::meters::beside(scene, room).map(|(text, role)| (text.into(), role)));
    pen.fill(area.width.saturating_sub(cells(&right)), "─", line);
    for (text, role) in &right {
        pen.write(" ", line).write(text, scene.theme.style(*role)).write(" ", line);
        pen.write("─", line);
    }
}

/// The models the next question goes to, if there are several.
fn comparing(scene: &Scene<'_>) -> Option<String> {
    let all = &scene.state.conversations().shown().compare;
    let names: Vec<&str> = all.iter().map(ModelId::as_str).collect();
    let (models, count) = (crate::text::sanitize::line(&names.join(" · ")), names.len());
    let words = Lanes::To { models: &models, count };
    (count > 0).then(|| words.say(scene.state.settings().language))
}

/// What asking them costs at least.
fn comparing_price(scene: &Scene<'_>) -> Option<String> {
    let money = scene.state.comparing_costs()?.to_string();
    Some(Lanes::AtLeast { money: &money }.say(scene.state.settings().language))
}

/// Keys that matter now, as many as fit.
pub(super) fn footer(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let mut hints = hints(scene);
    let cells = |(key, word): &(String, Cow<'static, str>)| {
        scene.widths.text(key) + scene.widths.text(word) + 1 + BETWEEN.len()
    };
    // The last hint leads to all the others: those before it make room first.
    let room = usize::from(area.width) + BETWEEN.len();
    while hints.iter().map(cells).sum::<usize>() + 2 > room && hints.len() > 1 {
        hints.remove(hints.len() - 2);
    }
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.skip(1);
    for (i, (key, word)) in hints.iter().enumerate() {
        if i > 0 {
            pen.write(" · ", scene.theme.style(Role::Line));
        }
        pen.write(key, scene.theme.style(Role::Key)).skip(1);
        pen.write(word, scene.theme.style(Role::Muted));
    }
}

/// Cells between two hints, measured in ASCII.
const BETWEEN: &str = " - ";

fn hints(scene: &Scene<'_>) -> Vec<(String, Cow<'static, str>)> {
    let state = scene.state;
    let language = state.settings().language;
    let close = say(language, Phrase::Hint(Hint::Close));
    let close = || (Context::Global, Action::App(App::Back), close.clone());
    let of = |(context, action, word)| (context, action, Cow::Borrowed(word));
    let owned = |(context, action, word)| (context, action, Cow::Owned(word));
    match &state.focus().overlay {
        None => {}
        Some(Overlay::Help { .. }) => {
            let scroll = say(language, Phrase::Hint(Hint::Scroll));
            let scroll = (Context::Help, Action::Chat(Chat::LineDown), scroll);
            return shown(scene, [close(), scroll]);
        }
        Some(Overlay::Links(_)) => {
            return shown(scene, super::copy::hints(scene).into_iter().map(of).chain([close()]));
        }
        Some(Overlay::Doctor(_)) => {
            let hints = super::doctor::hints(scene).into_iter().map(owned);
            return shown(scene, hints.chain([close()]));
        }
        Some(Overlay::Notices(_)) => {
            return shown(scene, super::notices::hints(scene).into_iter().map(of).chain([close()]));
        }
        Some(Overlay::History(_)) => {
            return shown(scene, super::history::hints(scene).into_iter().map(of).chain([close()]));
        }
        Some(Overlay::Paste(_)) => {
            return shown(scene, super::paste::hints(scene).into_iter().chain([close()]));
        }
        Some(Overlay::Lanes(_)) => {
            let running = !state.conversations().shown().all_running().is_empty();
            let hints = super::lanes::hints(scene).into_iter().map(owned);
            return shown(scene, hints.chain((!running).then(close)));
        }
        Some(Overlay::Inspector(inspector)) => {
            let hints = super::inspector::hints(scene, inspector);
            return shown(scene, hints.into_iter().chain([close()]));
        }
        Some(Overlay::Models(models)) => {
            let hints = super::models::hints(scene, models);
            return shown(scene, hints.into_iter().chain([close()]));
        }
        Some(Overlay::Voices(voices)) => {
            return shown(scene, super::voices::hints(scene, voices).into_iter().chain([close()]));
        }
        Some(Overlay::Conversations(browser)) => {
            let hints = super::conversations::hints(scene, browser);
            let close = browser.asking().is_none().then(close);
            return shown(scene, hints.into_iter().chain(close));
        }
        Some(Overlay::Queue(_)) => {
            return shown(scene, super::queue::hints(scene).into_iter().chain([close()]));
        }
        Some(Overlay::Tasks(board)) => {
            let hints = super::tasks::hints(scene, board).into_iter().map(owned);
            return shown(scene, hints.chain([close()]));
        }
        Some(Overlay::TaskForm(form)) => {
            let hints = super::task_form::hints(scene, form).into_iter().map(owned);
            let close = form.field.is_none().then(close);
            return shown(scene, hints.chain(close));
        }
        Some(Overlay::Meters(_)) => {
            let hints = super::meters::hints(scene).into_iter().map(owned);
            return shown(scene, hints.chain([close()]));
        }
        Some(Overlay::SpendAsk(_)) => {
            let hints = super::meters::ask_hints(scene).into_iter().map(owned);
            return shown(scene, hints.chain([close()]));
        }
        Some(Overlay::TaskAsk(_)) => {
            let hints = super::tasks::ask_hints(scene).into_iter().map(owned);
            return shown(scene, hints.chain([close()]));
        }
        Some(Overlay::Palette(_)) => {
            return shown(scene, super::palette::hints(scene).into_iter().map(of).chain([close()]));
        }
        Some(Overlay::Params(drawer)) => {
            let hints = super::params::hints(scene, drawer).into_iter().map(owned);
            let close = drawer.field.is_none().then(close);
            return shown(scene, hints.chain(close));
        }
        Some(Overlay::Files(_)) => {
            return shown(scene, super::attachments::hints(scene));
        }
        Some(Overlay::Ask(_) | Overlay::Unfit(_)) => {
            return shown(scene, super::params::ask_hints(scene).into_iter().map(owned));
        }
    }
    let hint = |(context, action, hint)| (context, action, say(language, Phrase::Hint(hint)));
    shown(scene, panes(scene).into_iter().map(hint))
}

/// The message one is at has something to fold. Reasoning that arrives can change it.
pub(super) fn folds(scene: &Scene<'_>) -> bool {
    let chat = scene.state.conversations().shown();
    let marked = chat.current().and_then(|at| chat.entries().get(at));
    marked.is_some_and(|entry| entry.reasoning_chars() > 0 || entry.is_json())
}

/// Hints of the panes while nothing lies over them.
fn panes(scene: &Scene<'_>) -> Vec<(Context, Action, Hint)> {
    let state = scene.state;
    let running = state.conversations().shown().running();
    let mut wanted: Vec<(Context, Action, Hint)> = Vec::new();
    let held = state.held().is_some();
    if held || running.is_some_and(|running| running.waiting.is_some()) {
        wanted.push((Context::Global, Action::Chat(Chat::SendNow), Hint::SendNow));
    }
    if held && running.is_none() {
        wanted.push((Context::Global, Action::App(App::Back), Hint::TakeBack));
    }
    let writing = state.focus().pane == Pane::Composer;
    let editing = state.conversations().shown().editing.is_some();
    if running.is_some() {
        // Esc leaves a change of a question first, and vi's writing; and silences what is read.
        let vi = writing && state.composer().mode() == Mode::Insert;
        let taken = editing || vi || state.speech().is_on();
        let stop = if taken { Action::Chat(Chat::Stop) } else { Action::App(App::Back) };
        wanted.push((Context::Global, stop, Hint::Stop));
    }
    match state.focus().pane {
        Pane::Composer => {
            let send = Action::Composer(Composer::Edit(Edit::Send));
            match (running.is_some(), editing) {
                (false, _) => wanted.push((Context::Composer, send, Hint::Send)),
                (true, false) => wanted.push((Context::Composer, send, Hint::Queue)),
                // A changed question goes out only when the answer is there.
                (true, true) => {}
            }
            let newline = Action::Composer(Composer::Edit(Edit::Newline));
            wanted.push((Context::Composer, newline, Hint::Newline));
        }
        Pane::Transcript => {
            wanted.push((Context::Transcript, Action::Focus(Focus::Composer), Hint::Write));
            wanted.push((Context::Transcript, Action::Chat(Chat::LineDown), Hint::Scroll));
            wanted.push((Context::Transcript, Action::Copying(Copying::Message), Hint::Copy));
            if !state.speech().is_on() {
                wanted.push((Context::Transcript, Action::Speech(Speech::Speak), Hint::Aloud));
            }
            wanted.push((Context::Transcript, Action::Chat(Chat::QuestionBefore), Hint::Questions));
            wanted.push((Context::Transcript, Action::Turns(Turns::Regenerate), Hint::Again));
            wanted.push((Context::Transcript, Action::Turns(Turns::Edit), Hint::Change));
            if folds(scene) {
                wanted.push((Context::Transcript, Action::Chat(Chat::Reasoning), Hint::Reasoning));
            }
            wanted.push((Context::Transcript, Action::Chat(Chat::End), Hint::End));
        }
    }
    wanted.push((Context::Global, Action::App(App::Palette), Hint::Palette));
    let new = Action::Conversations(Conversations::New);
    wanted.push((Context::Global, new, Hint::New));
    let list = Action::Conversations(Conversations::List);
    wanted.push((Context::Global, list, Hint::Conversations));
    let empty = state.composer().is_empty() && writing;
    if empty {
        wanted.push((Context::EmptyComposer, Action::App(App::Quit), Hint::Quit));
    } else {
        wanted.push((Context::Global, Action::App(App::Interrupt), Hint::Quit));
    }
    if writing {
        wanted.push((Context::Global, Action::Chat(Chat::PageUp), Hint::Scroll));
    }
    let help = if empty { Context::EmptyComposer } else { Context::Global };
    wanted.push((help, Action::App(App::Help), Hint::Help));
    wanted
}

/// The keys of what is wanted, as far as there are any.
fn shown(
    scene: &Scene<'_>,
    wanted: impl IntoIterator<Item = (Context, Action, Cow<'static, str>)>,
) -> Vec<(String, Cow<'static, str>)> {
    let key = |context, action: &Action| {
        let key = show_key(scene.keys.hint(context, action)?);
        Some(if *action == Action::App(App::Interrupt) { format!("{key} {key}") } else { key })
    };
    wanted
        .into_iter()
        .filter_map(|(context, action, word)| Some((key(context, &action)?, word)))
        .collect()
}
