//! The inspector while it is open: the requests of one answer and what came back, as text that
//! harms no terminal. It refuses to keep any of it once it is closed, and to know what it means.

use super::focus::{Overlay, Pane};
use super::picker::{Picked, Picker};
use super::pieces::Pieces;
use super::{AppState, Effects};
use crate::action::{Chat, Inspector as Action, List};
use crate::domain::chat::{ChatCommand, Role};
use crate::domain::copy::Copied;
use crate::domain::ids::{MessageId, TurnId};
use crate::domain::inspector::{Exchange, Inspected, Outcome, Part, Raw};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::Language;
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::{json, sanitize};
use crate::words::inspector::Inspector as Words;

/// Which side of an exchange is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// What was sent.
    Sent,
    /// What came back.
    #[default]
    Came,
}

/// The overlay while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspector {
    answer: MessageId,
    turns: Vec<TurnId>,
    /// `None` until the service has told.
    exchanges: Option<Vec<Exchange>>,
    at: usize,
    /// The side that is shown.
    pub side: Side,
    text: String,
    /// Where one is in the text.
    pub pieces: Pieces,
    /// Only lines with these words are shown.
    pub find: Picker,
    /// The words are being typed.
    pub typing: bool,
    language: Language,
}

impl Inspector {
    fn new(answer: MessageId, turns: Vec<TurnId>, language: Language) -> Self {
        let exchanges = turns.is_empty().then(Vec::new);
        Self {
            answer,
            turns,
            exchanges,
            at: 0,
            side: Side::default(),
            text: String::new(),
            pieces: Pieces::default(),
            find: Picker::default(),
            typing: false,
            language,
        }
    }

    /// The service has told.
    #[must_use]
    pub const fn told(&self) -> bool {
        self.exchanges.is_some()
    }

    /// The exchange that is shown; which one, from 1; and how many there are.
    #[must_use]
    pub fn shown(&self) -> Option<(&Exchange, usize, usize)> {
        let all = self.exchanges.as_deref()?;
        Some((all.get(self.at)?, self.at + 1, all.len()))
    }

    /// The text of the side that is shown, harmless.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its words, while they are typed.
    #[must_use]
    pub fn picker(&self) -> Option<&Picker> {
        self.typing.then_some(&self.find)
    }

    /// The same, to change them.
    pub fn picker_mut(&mut self) -> Option<&mut Picker> {
        self.typing.then_some(&mut self.find)
    }

    /// Another exchange or side is shown, from its beginning.
    fn turn_to(&mut self, at: usize, side: Side) {
        (self.at, self.side) = (at, side);
        self.text = self.shown().map(|(it, ..)| text(it, side, self.language)).unwrap_or_default();
        self.pieces.scroll(Chat::Top);
        self.narrow();
    }

    /// The words changed.
    pub fn narrow(&mut self) {
        let words = self.find.query().to_lowercase();
        let holds = |line: &str| line.to_lowercase().contains(&words);
        let pieces = Pieces::kept(&self.text, |line| words.is_empty() || holds(line));
        self.pieces.replace(pieces);
    }

    /// The service told: whoever looks at the last request goes on to the one after it.
    fn fill(&mut self, exchanges: Vec<Exchange>) {
        let last = exchanges.len().saturating_sub(1);
        let before = self.exchanges.replace(exchanges);
        let at_last = before.as_ref().is_none_or(|all| self.at + 1 >= all.len());
        let at = if at_last { last } else { self.at.min(last) };
        let moved = at != self.at || before.is_none();
        let pieces = self.pieces.clone();
        self.turn_to(at, self.side);
        if !moved {
            let fresh = std::mem::replace(&mut self.pieces, pieces);
            self.pieces.replace(fresh);
        }
    }

    fn step(&mut self, by: isize) {
        let last = self.exchanges.as_ref().map_or(0, Vec::len).saturating_sub(1);
        let at = self.at.saturating_add_signed(by).min(last);
        if at != self.at {
            self.turn_to(at, self.side);
        }
    }
}

impl AppState {
    pub(super) fn on_inspector(&mut self, action: Action, now: Now) -> Effects {
        if action == Action::Open {
            return self.inspect(now);
        }
        let Some(inspector) = self.inspector() else { return Vec::new() };
        match action {
            Action::Open => {}
            Action::Side => {
                let side = match inspector.side {
                    Side::Sent => Side::Came,
                    Side::Came => Side::Sent,
                };
                inspector.turn_to(inspector.at, side);
            }
            Action::Before => inspector.step(-1),
            Action::After => inspector.step(1),
            Action::Find => inspector.typing = true,
            Action::Copy => {
                let text = inspector.pieces.text(&inspector.text);
                return self.copy(Copied::Exchange, text, now);
            }
            Action::Again => return self.inspect_again(None),
        }
        Vec::new()
    }

    fn inspector(&mut self) -> Option<&mut Inspector> {
        match &mut self.focus.overlay {
            Some(Overlay::Inspector(inspector)) => Some(inspector),
            Some(_) | None => None,
        }
    }

    /// Opens it for the answer one is at, or closes it.
    fn inspect(&mut self, now: Now) -> Effects {
        if self.inspector().is_some() {
            self.focus.overlay = None;
            return Vec::new();
        }
        let chat = self.conversations.shown();
        let entries = chat.entries();
        let answer = match self.focus.pane {
            Pane::Transcript => chat.current().and_then(|at| chat.answer_at(at)),
            Pane::Composer => entries.iter().rfind(|entry| entry.role() == Role::Assistant),
        };
        let Some(answer) = answer.map(super::chat::Entry::id) else {
            self.notices.tell(Notice::new(NoticeKind::NothingThere), now);
            return Vec::new();
        };
        let turns = chat.turns_of(answer);
        let inspector = Inspector::new(answer, turns.clone(), self.settings.language);
        self.focus.overlay = Some(Overlay::Inspector(Box::new(inspector)));
        ask(turns)
    }

    /// More happened to a turn whose answer is looked at, or the user wants to know.
    pub(super) fn inspect_again(&mut self, turn: Option<TurnId>) -> Effects {
        let Some(answer) = self.inspector().map(|inspector| inspector.answer) else {
            return Vec::new();
        };
        let turns = self.conversations.shown().turns_of(answer);
        if turn.is_some_and(|turn| !turns.contains(&turn)) {
            return Vec::new();
        }
        if let Some(inspector) = self.inspector() {
            inspector.turns.clone_from(&turns);
        }
        ask(turns)
    }

    /// The service told what went over the wire.
    pub(super) fn inspected(&mut self, told: Inspected) -> Effects {
        if let Some(inspector) = self.inspector()
            && inspector.turns == told.turns
        {
            inspector.fill(told.exchanges);
        }
        Vec::new()
    }

    /// Esc in it; tells whether words were left.
    pub(super) fn leave_inspector(&mut self) -> bool {
        let Some(inspector) = self.inspector() else { return false };
        let found = !inspector.find.query().is_empty();
        let typing = std::mem::take(&mut inspector.typing);
        if found {
            inspector.find.set_query("");
            inspector.narrow();
        }
        typing || found
    }

    /// The mark of a list is moved while words are typed: the text moves; `None` if it is not open.
    pub(super) fn on_inspector_list(&mut self, action: List) -> Option<Effects> {
        let inspector = self.inspector()?;
        match action {
            List::Accept => inspector.typing = false,
            List::Up => inspector.pieces.scroll(Chat::LineUp),
            List::Down => inspector.pieces.scroll(Chat::LineDown),
            List::PageUp => inspector.pieces.scroll(Chat::PageUp),
            List::PageDown => inspector.pieces.scroll(Chat::PageDown),
            List::First => inspector.pieces.scroll(Chat::Top),
            List::Last => inspector.pieces.scroll(Chat::End),
        }
        Some(Vec::new())
    }

    /// Words are typed in it; `None` if they are not.
    pub(super) fn on_inspector_query(
        &mut self,
        action: &crate::action::Composer,
    ) -> Option<Effects> {
        let inspector = self.inspector()?;
        if inspector.find.on_edit(action) == Picked::Narrowed {
            inspector.narrow();
        }
        Some(Vec::new())
    }
}

fn ask(turns: Vec<TurnId>) -> Effects {
    if turns.is_empty() {
        return Vec::new();
    }
    vec![Effect::Chat(ChatCommand::Inspect(turns))]
}

/// One side of an exchange as a harmless text: its first line, its headers, its body.
fn text(exchange: &Exchange, side: Side, language: Language) -> String {
    let running = exchange.outcome == Outcome::Running;
    let whole = match (side, &exchange.sent, &exchange.came) {
        (Side::Sent, Some(sent), _) => {
            let first = format!("{} {}", sent.method, sent.url);
            let body = body(&sent.body, language);
            // It was written for a machine: people read it over several lines.
            let body = json::Printer::default().push(&body);
            message(&first, &sent.headers, &body)
        }
        (Side::Came, _, Some(came)) => {
            let first = format!("HTTP {}", came.status);
            message(&first, &came.headers, &body(&came.body, language))
        }
        (Side::Sent, None, _) => Words::NotSent.say(language).into_owned(),
        (Side::Came, _, None) => Words::NotCame { running }.say(language).into_owned(),
    };
    sanitize::visible(&whole)
}

fn message(first: &str, headers: &[(String, String)], body: &str) -> String {
    let mut text = format!("{first}\n");
    for (name, value) in headers {
        text.push_str(&[name, ": ", value, "\n"].concat());
    }
    text.push('\n');
    text.push_str(body.strip_suffix('\n').unwrap_or(body));
    text
}

/// A body with words where something is left out.
fn body(raw: &Raw, language: Language) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Data { bytes } => format!("…{}", Words::Data(*bytes).say(language)),
        Part::Cut { bytes } => format!("\n{}\n", Words::Cut(*bytes).say(language)),
    };
    raw.parts.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(parts: Vec<Part>) -> Raw {
        Raw { bytes: 0, parts }
    }

    fn text_of(part: &str) -> Part {
        Part::Text(part.to_owned())
    }

    #[test]
    fn a_body_says_what_is_left_out_where_it_was() {
        let of = raw(vec![
            text_of("{\"a\":\"Zm9v"),
            Part::Data { bytes: 30_000 },
            text_of("\",\"b\":1}"),
        ]);
        let said = body(&of, Language::En);
        assert_eq!(said, "{\"a\":\"Zm9v…⟨30,000 bytes of data⟩\",\"b\":1}");
        let set = json::Printer::default().push(&said);
        assert_eq!(set, "{\n  \"a\": \"Zm9v…⟨30,000 bytes of data⟩\",\n  \"b\": 1\n}");
        let cut = raw(vec![text_of("head"), Part::Cut { bytes: 5 }, text_of("tail")]);
        assert_eq!(body(&cut, Language::ZhCn), "head\n⟨此处 5 字节未保留⟩\ntail");
    }
}
