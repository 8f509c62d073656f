//! What stands around a message's text: who and when, figures, reasoning folded to a line, why it
//! ended early. It refuses the text itself (`cache`).

use super::Scene;
use super::cache::{Line, Message};
use crate::action::{Action, Chat, Context};
use crate::domain::chat::{AnswerFacts, FinishReason, MessageState, Role as Speaker};
use crate::state::chat::{Entry, Waiting};
use crate::text::json::Checked;
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::words::params::Params;
use crate::words::{self, Phrase, say};

/// Rows of a folded answer in JSON.
const JSON_ROWS: usize = 12;

/// Folding fewer rows than these would save nothing.
const JSON_SPARED: usize = 4;

/// The rows before and after a message's text.
#[derive(Debug, Default)]
pub(super) struct Frills {
    made_for: Option<Key>,
    pub(super) head: Vec<Line>,
    pub(super) foot: Vec<Line>,
}

/// Everything the frills depend on.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
struct Key {
    width: u16,
    revision: u64,
    state: MessageState,
    reasoning: usize,
    reasoning_open: bool,
    json: bool,
    json_open: bool,
    answered: bool,
    /// The key that goes on is shown: only below the last answer.
    go_on: bool,
    /// Where it is: the first message has no blank row above it.
    index: usize,
    /// Which of how many branches.
    siblings: (usize, usize),
    countdown: Option<u64>,
}

/// Brings a message's rows up to date.
pub(super) fn update(scene: &Scene<'_>, index: usize, width: u16, message: &mut Message) {
    let chat = scene.state.conversations().shown();
    let entry = &chat.entries()[index];
    let text_width = super::text_width(width);
    let key = key(scene, entry, index, width);
    let same = message.frills.made_for == Some(key);
    match entry.role() {
        Speaker::User | Speaker::System => {
            if message.frills.made_for.is_none_or(|made| made.width != width) {
                message.plain.clear();
                let ink = Ink::default();
                plain(entry.text(), text_width, scene.widths, ink, &mut message.plain);
            }
        }
        Speaker::Assistant => {
            let was = message.frills.made_for.is_some_and(|made| made.json);
            if (entry.is_json() || was) && !same {
                // Set in or folded, it is another text.
                message.body = super::cache::Laid::default();
            }
            message.body.update(entry.answer(), text_width, scene.widths);
            let folded = entry.is_json() && entry.state() != MessageState::Streaming;
            let long = folded && message.body.all() > JSON_ROWS + JSON_SPARED;
            message.body.most = (long && !entry.json_open).then_some(JSON_ROWS);
            if entry.reasoning_open {
                message.reasoning.update(entry.reasoning(), text_width, scene.widths);
            } else if message.reasoning.height() > 0 {
                message.reasoning = super::cache::Laid::default();
            }
        }
    }
    if scene.state.source() {
        let source = message.source.get_or_insert_default();
        source.update(entry.text(), width, scene.widths);
    } else {
        message.source = None;
    }
    if !same {
        message.frills.made_for = Some(key);
        message.frills.head = head(scene, entry, index, width);
        message.frills.foot = foot(scene, entry, index, width);
        let all = message.body.all();
        if entry.is_json() && all > JSON_ROWS + JSON_SPARED {
            let hidden = all - JSON_ROWS;
            message.frills.foot.insert(0, fold(scene, entry, hidden, width));
        }
    }
}

fn key(scene: &Scene<'_>, entry: &Entry, index: usize, width: u16) -> Key {
    let chat = scene.state.conversations().shown();
    let last = index + 1 == chat.entries().len();
    let waiting = waiting(scene, entry);
    Key {
        index: index.min(1),
        siblings: chat.siblings(entry.id()),
        width,
        revision: entry.revision(),
        state: entry.state(),
        reasoning: entry.reasoning_chars(),
        reasoning_open: entry.reasoning_open,
        json: entry.is_json(),
        json_open: entry.json_open,
        answered: !entry.text().is_empty(),
        go_on: last && chat.can_continue(),
        countdown: waiting.map(|w| super::seconds_left(w.until, scene.now)),
    }
}

/// The wait of the turn that brings this answer.
fn waiting<'a>(scene: &Scene<'a>, entry: &Entry) -> Option<&'a Waiting> {
    let mut running = scene.state.conversations().shown().all_running().iter();
    running.find(|running| running.answer == entry.id()).and_then(|r| r.waiting.as_ref())
}

fn head(scene: &Scene<'_>, entry: &Entry, index: usize, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    if index > 0 {
        lines.push(Line::default());
    }
    let language = scene.state.settings().language;
    let (hours, minutes) = scene.now.clock(entry.created_ms());
    let time = format!("  {hours:02}:{minutes:02}");
    let chat = scene.state.conversations().shown();
    let mut parts = vec![(" ".to_owned(), Role::Text)];
    let branch = match chat.siblings(entry.id()) {
        (_, 1) => None,
        (at, of) => Some((format!("  ‹{at}/{of}›"), Role::Accent)),
    };
    match entry.role() {
        Speaker::User | Speaker::System => {
            parts.push((say(language, Phrase::You).into_owned(), Role::You));
            parts.push((time, Role::Muted));
            parts.extend(branch);
        }
        Speaker::Assistant => {
            let facts = entry.facts();
            let named = facts.and_then(|facts| facts.model.as_ref());
            let model = named.unwrap_or(&chat.conversation().model);
            parts.push((model.to_string(), Role::Model));
            parts.push((time, Role::Muted));
            parts.extend(branch);
            figures(scene, entry, &mut parts, width);
        }
    }
    lines.push(Line::new(parts));
    let reasoned = entry.reasoning_chars();
    if reasoned > 0 {
        let running = entry.state() == MessageState::Streaming && entry.text().is_empty();
        let phrase = Phrase::Reasoning { chars: reasoned, running, open: entry.reasoning_open };
        let indent = " ".repeat(usize::from(super::indent(width)));
        lines.push(Line::new(vec![
            (indent, Role::Text),
            (say(language, phrase).into_owned(), Role::Muted),
        ]));
        if entry.reasoning_open || !entry.text().is_empty() {
            lines.push(Line::default());
        }
    }
    lines
}

/// Whether an answer that was to be JSON is.
pub(super) fn json_mark(entry: &Entry) -> Option<(Params<'static>, Role)> {
    Some(match entry.json()? {
        Checked::Valid => (Params::ValidJson, Role::Info),
        Checked::Fenced => (Params::FencedJson, Role::Warning),
        Checked::Invalid { line, column } => (Params::InvalidJson { line, column }, Role::Warning),
    })
}

/// The line below a long answer in JSON.
fn fold(scene: &Scene<'_>, entry: &Entry, lines: usize, width: u16) -> Line {
    let language = scene.state.settings().language;
    let said = Params::FoldedJson { lines, open: entry.json_open }.say(language);
    let key = scene.keys.hint(Context::Global, &Action::Chat(Chat::Reasoning));
    let key = key.map(|key| format!("  {}", super::show_key(key))).unwrap_or_default();
    let indent = " ".repeat(usize::from(super::indent(width)));
    Line::new(vec![(indent, Role::Text), (said.into_owned(), Role::Muted), (key, Role::Key)])
}

/// First token, speed, tokens, money: as many as the width takes, the most telling first.
fn figures(scene: &Scene<'_>, entry: &Entry, parts: &mut Vec<(String, Role)>, width: u16) {
    let language = scene.state.settings().language;
    let Some(facts) = entry.facts() else { return };
    let mut used: usize = parts.iter().map(|(text, _)| scene.widths.text(text)).sum();
    let mut put = |text: String, role: Role| {
        let text = format!("  ·  {text}");
        let cells = scene.widths.text(&text);
        if used + cells < usize::from(width) {
            used += cells;
            parts.push((text, role));
        }
    };
    match entry.state() {
        MessageState::Streaming if entry.text().is_empty() && entry.reasoning_chars() == 0 => {
            put(say(language, Phrase::Asking).into_owned(), Role::Muted);
        }
        MessageState::Streaming | MessageState::Complete => {}
        MessageState::Partial => {
            put(say(language, Phrase::Unfinished).into_owned(), Role::Warning);
        }
        MessageState::Failed => {
            put(say(language, Phrase::NoAnswer).into_owned(), Role::Error);
        }
    }
    if let Some((said, role)) = json_mark(entry) {
        put(said.say(language).into_owned(), role);
    }
    // How it ended matters more than how fast it was.
    match &facts.finish {
        Some(FinishReason::Length) => {
            put(say(language, Phrase::CutAtLimit).into_owned(), Role::Warning);
        }
        Some(FinishReason::ToolCalls) => {
            put(say(language, Phrase::WantsTool).into_owned(), Role::Warning);
        }
        Some(FinishReason::Stop | FinishReason::Other(_)) | None => {}
    }
    // What sets this answer apart from its siblings comes before the usual figures.
    if let Some(seed) = facts.seed {
        put(words::turns::Turns::Seed(seed).say(language), Role::Muted);
    }
    // Only where it went another way than most.
    if let Some(said) = facts.via.and_then(|via| words::surface::via(language, via)) {
        put(said, Role::Muted);
    }
    for phrase in figure_phrases(facts) {
        put(say(language, phrase).into_owned(), Role::Muted);
    }
    if let Some(cost) = facts.cost {
        put(cost.to_string(), Role::Muted);
    }
}

pub(super) fn figure_phrases(facts: &AnswerFacts) -> impl Iterator<Item = Phrase<'static>> {
    let speed = facts.usage.zip(facts.streaming).and_then(|(usage, time)| {
        let seconds = time.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
        (seconds > 0.05).then(|| Phrase::Speed(usage.output as f64 / seconds))
    });
    [
        facts.first_token.map(Phrase::FirstToken),
        speed,
        facts.usage.map(|usage| Phrase::Tokens(usage.output)),
        facts.usage.and_then(|usage| usage.cached).filter(|t| *t > 0).map(Phrase::Cached),
    ]
    .into_iter()
    .flatten()
}

/// Why the answer ended early, or that another try is coming.
fn foot(scene: &Scene<'_>, entry: &Entry, index: usize, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let chat = scene.state.conversations().shown();
    let mut lines = Vec::new();
    let last = index + 1 == chat.entries().len();
    for of in entry.attachments() {
        let said = format!("+ {}", words::attachments::describe(language, of, None, None));
        wrapped(scene, &said, Role::Accent, width, &mut lines);
    }
    if entry.state() != MessageState::Streaming {
        sources(scene, entry, width, &mut lines);
    }
    if let Some(waiting) = waiting(scene, entry) {
        let seconds = super::seconds_left(waiting.until, scene.now);
        let told = words::tell(language, &waiting.notice.kind).sentence;
        let again = say(language, Phrase::TryAgainIn { seconds, attempt: waiting.attempt });
        wrapped(scene, &format!("{told} {again}"), Role::Warning, width, &mut lines);
    }
    let Some(notice) = entry.facts().and_then(|facts| facts.notice.as_ref()) else {
        return lines;
    };
    let role = super::level_role(notice.kind.level());
    // What lian says must not read like the last line of the answer.
    if !entry.text().is_empty() {
        lines.push(Line::default());
    }
    wrapped(scene, &words::line(language, notice), role, width, &mut lines);
    if last && chat.can_continue() {
        let key = scene.keys.hint(Context::Global, &Action::Chat(Chat::Continue));
        if let Some(key) = key {
            let key = super::show_key(key);
            let phrase = if entry.text().is_empty() {
                Phrase::AskAgain { key: &key }
            } else {
                Phrase::GoOn { key: &key }
            };
            let go_on = say(language, phrase);
            wrapped(scene, &go_on, Role::Muted, width, &mut lines);
        }
    }
    lines
}

/// Pages shown below an answer.
const MOST_SOURCES: usize = 10;

/// The pages an answer rests on.
fn sources(scene: &Scene<'_>, entry: &Entry, width: u16, lines: &mut Vec<Line>) {
    let language = scene.state.settings().language;
    let all = entry.facts().map_or(&[][..], |facts| &facts.sources);
    if all.is_empty() {
        return;
    }
    lines.push(Line::default());
    wrapped(scene, words::surface::sources(language), Role::Muted, width, lines);
    for source in all.iter().take(MOST_SOURCES) {
        let row = format!("{}. {}  {}", source.index, source.title, source.url);
        wrapped(scene, &row, Role::Muted, width, lines);
    }
    if all.len() > MOST_SOURCES {
        let more = words::surface::more_sources(language, all.len() - MOST_SOURCES);
        wrapped(scene, &more, Role::Muted, width, lines);
    }
}

fn wrapped(scene: &Scene<'_>, text: &str, role: Role, width: u16, lines: &mut Vec<Line>) {
    let mut rows: Vec<Row> = Vec::new();
    plain(text, super::text_width(width), scene.widths, Ink::default(), &mut rows);
    let indent = " ".repeat(usize::from(super::indent(width)));
    for row in rows {
        lines.push(Line::new(vec![(indent.clone(), Role::Text), (row.text.into_string(), role)]));
    }
}
