//! Paints the bar above the message while something is read aloud: who reads, which sentence, how far,
//! where to, for how much, with the keys. It refuses to move by itself: what it shows is what was
//! said last.
//!
//! ```text
//!  ▶ Cherry  3/12  0:14 / 0:31  device  ¥0.0021 of ≈ ¥0.0065      Esc be silent · Space pause
//! ```

use ratatui::buffer::Buffer;

use super::canvas::{Pen, cut};
use super::{Scene, show_key};
use crate::action::{Action, App, Context, Speech as Wish};
use crate::domain::money::Money;
use crate::layout::Area;
use crate::state::focus::Pane;
use crate::state::speech::{By, Spoken, What};
use crate::theme::Role;
use crate::words::speech::{self as words, Speech as Words};

/// Cells of a title or a path at most.
const LONGEST: u16 = 28;

/// A part of the bar; the smaller the number, the longer it stays where there is little room.
struct Part {
    text: String,
    role: Role,
    rank: u8,
}

/// A key and what it does, and its rank.
type Hint = (String, String, u8);

/// Rows wanted.
pub(super) fn height(scene: &Scene<'_>) -> u16 {
    u16::from(scene.state.speech().now().is_some())
}

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    let Some(spoken) = scene.state.speech().now().filter(|_| area.height > 0) else { return };
    let (mut parts, mut hints) = (parts(scene, spoken), hints(scene, spoken));
    fit(scene, area.width, &mut parts, &mut hints);
    let Scene { theme, widths, .. } = *scene;
    let mut pen = Pen::row(buffer, area, area.y, widths);
    pen.skip(1);
    for (i, part) in parts.iter().enumerate() {
        let room = pen.left();
        pen.skip(if i > 0 { 2 } else { 0 }).write_cut(&part.text, room, theme.style(part.role));
    }
    let right: u16 = hints_width(scene, &hints);
    let gap = pen.left().saturating_sub(right + 1);
    pen.skip(gap);
    for (i, (key, word, _)) in hints.iter().enumerate() {
        if i > 0 {
            pen.write(" · ", theme.style(Role::Line));
        }
        pen.write(key, theme.style(Role::Key)).skip(1).write(word, theme.style(Role::Muted));
    }
}

/// Leaves out what there is no room for, the least telling first.
fn fit(scene: &Scene<'_>, width: u16, parts: &mut Vec<Part>, hints: &mut Vec<Hint>) {
    loop {
        let left: usize = parts.iter().map(|part| scene.widths.text(&part.text) + 2).sum();
        let between = usize::from(!hints.is_empty()) * 2;
        let wanted = left + between + usize::from(hints_width(scene, hints));
        let least = parts.iter().map(|part| part.rank).chain(hints.iter().map(|hint| hint.2)).max();
        let Some(least) = least.filter(|rank| *rank > 0 && wanted > usize::from(width)) else {
            return;
        };
        parts.retain(|part| part.rank != least);
        hints.retain(|hint| hint.2 != least);
    }
}

fn hints_width(scene: &Scene<'_>, hints: &[Hint]) -> u16 {
    let of = |(key, word, _): &Hint| scene.widths.text(key) + 1 + scene.widths.text(word);
    let between = hints.len().saturating_sub(1) * 3;
    (hints.iter().map(of).sum::<usize>() + between) as u16
}

fn parts(scene: &Scene<'_>, spoken: &Spoken) -> Vec<Part> {
    let language = scene.state.settings().language;
    let say = |words: Words<'_>| words.say(language);
    let mut parts = Vec::new();
    let mut part = |text: String, role: Role, rank: u8| parts.push(Part { text, role, rank });
    let (sign, role) = match (spoken.over, spoken.paused) {
        (Some(_), _) => ("✓", Role::TaskDone),
        (None, true) => ("‖", Role::Warning),
        (None, false) => ("▶", Role::Info),
    };
    let voice = match &spoken.by {
        By::Reader(manner) => manner.voice.clone(),
        By::Itself(model) => model.to_string(),
    };
    part(format!("{sign} {voice}"), role, 0);
    match (spoken.over, spoken.paused, spoken.played.is_zero() && spoken.at.is_none()) {
        (Some(_), ..) => part(say(Words::Over), Role::Muted, 2),
        (None, true, _) => part(say(Words::Paused), Role::Warning, 1),
        (None, false, true) => part(say(Words::Waiting), Role::Muted, 3),
        (None, false, false) => {}
    }
    if let By::Itself(_) = spoken.by {
        part(say(Words::Itself), Role::Muted, 7);
    }
    match &spoken.what {
        What::Sample { .. } => part(say(Words::Sample), Role::Muted, 2),
        What::Answer { conversation, .. } => {
            let shown = scene.state.conversations().shown().conversation().id;
            if *conversation != shown {
                let title = cut(&spoken.title, LONGEST, scene.widths);
                part(say(Words::Of { title: &title }), Role::Accent, 2);
            }
        }
    }
    if matches!((&spoken.by, &spoken.what), (By::Reader(_), What::Answer { .. })) {
        let at = spoken.at.map_or(0, |at| at + 1).min(spoken.sentences.len());
        let at = if spoken.over.is_some() { spoken.sentences.len() } else { at };
        let more = if spoken.whole { "" } else { "+" };
        part(format!("{at}/{}{more}", spoken.sentences.len()), Role::Text, 1);
    }
    if !spoken.known.is_zero() {
        let (played, known) = (clock(spoken.played.as_secs()), clock(spoken.known.as_secs()));
        part(format!("{played} / {known}"), Role::Text, 3);
    }
    if let Some(sink) = &spoken.sink {
        part(tail(scene, &words::sink(language, sink)), Role::Muted, 5);
    }
    if let Some(price) = price(scene, spoken) {
        part(price, Role::Muted, 4);
    }
    let kept = spoken.spent.map_or(0, |spent| spent.kept);
    if kept > 0 {
        part(say(Words::Kept { kept }), Role::Muted, 7);
    }
    parts
}

/// What it will cost, what it has cost so far, and in the end what it did cost.
fn price(scene: &Scene<'_>, spoken: &Spoken) -> Option<String> {
    let about = |money: Money| format!("≈ {money}");
    let guess = scene.state.speech_guess(spoken).map(about);
    let Some(spent) = spoken.spent else { return guess };
    let of = if spoken.over.is_some() { None } else { guess };
    if spoken.over.is_some() && spent.kept > 0 && spent.kept == spoken.sentences.len() {
        return Some(Words::Free.say(scene.state.settings().language));
    }
    let Some(money) = spent.money else { return of };
    let so_far = if spent.estimated { about(money) } else { money.to_string() };
    Some(match of {
        Some(of) => format!("{so_far} / {of}"),
        None => so_far,
    })
}

/// The end of a name: of a path that says more than its beginning.
fn tail(scene: &Scene<'_>, name: &str) -> String {
    let name = crate::text::sanitize::block(name);
    let clusters: Vec<_> = scene.widths.clusters(&name).collect();
    let mut cells = 0;
    let room = usize::from(LONGEST);
    let fits = clusters.iter().rev().take_while(|cluster| {
        cells += cluster.cells;
        cells < room
    });
    let fits = fits.count();
    if fits == clusters.len() {
        return name;
    }
    let end = clusters.iter().skip(clusters.len() - fits).map(|cluster| cluster.text);
    std::iter::once("…").chain(end).collect()
}

fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn hints(scene: &Scene<'_>, spoken: &Spoken) -> Vec<Hint> {
    if spoken.over.is_some() {
        return Vec::new();
    }
    let language = scene.state.settings().language;
    let reading = scene.state.focus().pane == Pane::Transcript;
    let of = |action: &Action| {
        let own = scene.keys.hint(Context::Speech, action).filter(|_| reading);
        own.or_else(|| scene.keys.hint(Context::Global, action)).map(show_key)
    };
    let one =
        |action: Action, words: Words<'_>, rank| Some((of(&action)?, words.say(language), rank));
    let (before, after) = (Action::Speech(Wish::Before), Action::Speech(Wish::After));
    let both = of(&before).zip(of(&after)).map(|(before, after)| format!("{before} {after}"));
    let both = both.filter(|_| spoken.sentences.len() > 1);
    let sentences = both.map(|keys| (keys, Words::Sentences.say(language), 8));
    let pause = Words::Pause { paused: spoken.paused };
    let stop = one(Action::App(App::Back), Words::Stop, 2);
    [stop, one(Action::Speech(Wish::Pause), pause, 6), sentences].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_and_seconds() {
        assert_eq!(
            (clock(0), clock(61), clock(3_605)),
            ("0:00".into(), "1:01".into(), "60:05".into())
        );
    }
}
