//! Answers of this program while they stream, and afterwards until the ledger has told of them:
//! one request and its estimated tokens, so that the meters move while they do. It refuses
//! requests of other programs; those are known as far as the ledger tells.

use super::super::{AppState, Effects};
use crate::domain::chat::{ChatCommand, ChatRequest, TurnEnd, TurnEvent, Usage};
use crate::domain::ids::TurnId;
use crate::domain::ledger::Spending;
use crate::domain::meters::count::{Entry, Habit};
use crate::domain::models::ModelId;
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::estimate::{self, Tally};

/// An entry of the ledger that begins so near to an answer is that answer's, in milliseconds: it
/// is written before the request leaves.
const NEAR_MS: i64 = 2_000;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Live {
    turn: TurnId,
    /// The message it becomes.
    answer: Option<i64>,
    /// Which model was asked.
    pub(super) model: ModelId,
    /// When it was asked.
    pub(super) since_ms: i64,
    /// When its end was known.
    pub(super) ended_ms: Option<i64>,
    input: u64,
    output: Tally,
    usage: Option<Usage>,
}

impl Live {
    /// Tokens so far.
    pub(super) fn tokens(&self) -> u64 {
        let estimate = self.input.saturating_add(self.output.tokens());
        self.usage.map_or(estimate, |usage| usage.total())
    }

    pub(super) fn last_ms(&self, now: Now) -> i64 {
        self.ended_ms.unwrap_or(now.wall_ms)
    }

    /// It is the answer of this turn.
    pub(super) fn is_of(&self, turn: TurnId) -> bool {
        self.turn == turn
    }

    /// The ledger may mean this answer.
    fn is(&self, entry: &Entry) -> bool {
        let fits = entry.mine && entry.spending == Spending::Chat && entry.model == self.model;
        fits && (self.distance(entry) <= NEAR_MS.unsigned_abs() || self.is_named(entry))
    }

    /// The ledger names this answer, by its turn or its message.
    fn is_named(&self, entry: &Entry) -> bool {
        let named = [Some(self.turn.0), self.answer].contains(&entry.subject);
        named && entry.subject.is_some() && entry.at_ms >= self.since_ms
    }

    fn distance(&self, entry: &Entry) -> u64 {
        entry.at_ms.abs_diff(self.since_ms)
    }
}

/// The one answer the ledger tells of: the one it names, else the nearest.
pub(super) fn meant(live: &[Live], entry: &Entry) -> Option<usize> {
    let fits = live.iter().enumerate().filter(|(_, live)| live.is(entry));
    let nearest = fits.min_by_key(|(_, live)| (!live.is_named(entry), live.distance(entry)));
    nearest.map(|(at, _)| at)
}

/// Estimated tokens of a request, by the user's own figures where there are some.
pub(super) fn input(request: &ChatRequest, habit: Option<&Habit>) -> u64 {
    let mut tally = Tally::default();
    let mut characters = 0;
    for message in &request.messages {
        tally.push(&message.text);
        characters += message.text.chars().count();
    }
    by_habit(characters as u64, tally.tokens(), habit)
}

/// Tokens of so many characters as they came out so far; the guess where nothing did.
pub(super) fn by_habit(characters: u64, guess: u64, habit: Option<&Habit>) -> u64 {
    let each = habit.and_then(|habit| habit.characters_per_token).filter(|each| *each > 0);
    each.map_or(guess, |each| characters.saturating_mul(100).div_ceil(u64::from(each)))
}

impl AppState {
    /// Requests that go out now are counted from now on.
    pub(in crate::state) fn note_started(&mut self, effects: &Effects, now: Now) {
        for effect in effects {
            let Effect::Chat(ChatCommand::Start { turn, request, .. }) = effect else { continue };
            self.meters.forget_answers(now);
            let of_turn = self.conversations.of_turn(*turn);
            let answer = of_turn.and_then(|chat| chat.running()).map(|running| running.answer.0);
            self.meters.live.push(Live {
                turn: *turn,
                answer,
                model: request.model.clone(),
                since_ms: now.wall_ms,
                ended_ms: None,
                input: input(request, self.meters.habits.get(&request.model)),
                output: Tally::default(),
                usage: None,
            });
        }
    }

    /// An answer goes on or ends.
    pub(in crate::state) fn note_turn(&mut self, turn: TurnId, what: &TurnEvent, now: Now) {
        let Some(at) = self.meters.live.iter().position(|live| live.turn == turn) else { return };
        let live = &mut self.meters.live[at];
        match what {
            TurnEvent::Delta { text, reasoning } => {
                live.output.push(text);
                live.output.push(reasoning);
            }
            TurnEvent::ToolCall { arguments, .. } => live.output.push(arguments),
            TurnEvent::Ended { end, usage, .. } => {
                live.usage = *usage;
                live.ended_ms = Some(now.wall_ms);
                // The service does not count what it refused.
                let none = live.output == Tally::default() && usage.is_none();
                if none && matches!(end, TurnEnd::Failed(_)) {
                    self.meters.live.remove(at);
                }
            }
            TurnEvent::Opened { .. }
            | TurnEvent::Sources(_)
            | TurnEvent::Audio(_)
            | TurnEvent::Waiting { .. } => {}
        }
    }
}

/// Tokens of a text that is no request yet.
pub(super) fn text(text: &str, habit: Option<&Habit>) -> u64 {
    by_habit(text.chars().count() as u64, estimate::tokens(text), habit)
}
