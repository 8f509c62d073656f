//! An answer that arrives: text, reasoning, tool calls, waits, its end; and what of it is not
//! stored yet. It refuses to ask for one (`ask`).

use std::time::Duration;

use super::entry::Entry;
use super::{Chat, Running, Unsaved, Waiting};
use crate::domain::chat::{FinishReason, MessageState, TurnEnd, TurnTiming, Usage};
use crate::domain::conversations::StoreCommand;
use crate::domain::ids::{MessageId, TurnId};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::surface::{Via, WebSource};
use crate::domain::time::Now;
use crate::effect::HighlightCommand;

/// Arrived text waits at most this long before it is handed to the store.
const SAVE_EVERY: Duration = Duration::from_millis(200);

impl Chat {
    fn running_turn(&mut self, turn: TurnId) -> Option<&mut Running> {
        self.running.iter_mut().find(|running| running.turn == turn)
    }

    fn running_entry(&mut self, turn: TurnId) -> Option<&mut Entry> {
        let running = self.running_turn(turn)?;
        running.waiting = None;
        let answer = running.answer;
        self.tree.get_mut(answer)
    }

    /// The service took the request.
    pub fn opened(
        &mut self,
        turn: TurnId,
        model: Option<ModelId>,
        request_id: Option<String>,
        via: Via,
    ) {
        if let Some(entry) = self.running_entry(turn) {
            let facts = entry.facts_mut();
            facts.via = Some(via);
            facts.model = model.or(facts.model.take());
            facts.request_id = request_id.or(facts.request_id.take());
        }
    }

    /// The service told which pages it found.
    pub fn found(&mut self, turn: TurnId, sources: Vec<WebSource>) {
        if let Some(entry) = self.running_entry(turn) {
            entry.facts_mut().sources = sources;
        }
    }

    /// Text arrived. Returns code that wants colours.
    pub fn push_delta(
        &mut self,
        turn: TurnId,
        text: &str,
        reasoning: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        let mut closed = if text.is_empty() { String::new() } else { self.close_calls(turn) };
        if closed.is_empty() {
            return self.push(turn, text, reasoning, now);
        }
        closed.push_str("\n\n");
        closed.push_str(text);
        self.push(turn, &closed, reasoning, now)
    }

    fn push(
        &mut self,
        turn: TurnId,
        text: &str,
        reasoning: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        // A turn the user stopped may still have something in the pipe: it is not wanted.
        let Some(entry) = self.running_entry(turn) else {
            return Vec::new();
        };
        entry.push(text, reasoning);
        let wanted = entry.uncoloured();
        if let Some(Running { unsaved, .. }) = self.running_turn(turn) {
            unsaved.text.push_str(text);
            unsaved.reasoning.push_str(reasoning);
            unsaved.since.get_or_insert(now.since_start);
        }
        wanted
    }

    /// The model asks for a tool; its arguments are shown as code, never executed.
    pub fn push_tool_call(
        &mut self,
        turn: TurnId,
        index: u32,
        name: Option<&str>,
        arguments: &str,
        now: Now,
    ) -> Vec<HighlightCommand> {
        let Some(entry) = self.running_entry(turn) else { return Vec::new() };
        entry.becomes_markdown();
        let empty = entry.text().is_empty();
        let Some(running) = self.running_turn(turn) else { return Vec::new() };
        let text = running.calls.piece(index, name, arguments, empty);
        self.push(turn, &text, "", now)
    }

    /// Shows what was held back of calls, before something else comes or when nothing more does.
    fn close_calls(&mut self, turn: TurnId) -> String {
        let running = self.running_turn(turn);
        running.map(|running| running.calls.finish()).unwrap_or_default()
    }

    /// Another try will be made.
    pub fn wait(&mut self, turn: TurnId, waiting: Waiting) {
        if let Some(running) = self.running_turn(turn) {
            running.waiting = Some(waiting);
        }
    }

    /// The user stopped the answers, but for the one that is to be kept: what arrived stays, what
    /// still comes is dropped. Returns the turns and what to store: a turn's end may come late, or
    /// never if the program ends.
    pub fn stop(&mut self, keep: Option<MessageId>) -> Vec<(TurnId, StoreCommand)> {
        let stopped = |running: &mut Running| Some(running.answer) != keep;
        let all: Vec<Running> = self.running.extract_if(.., stopped).collect();
        let mut out = Vec::new();
        for mut running in all {
            let Some(entry) = self.tree.get_mut(running.answer) else { continue };
            entry.push(&running.calls.finish(), "");
            entry.close(MessageState::Partial, Some(Notice::new(NoticeKind::Stopped)));
            out.extend(self.save(running.answer).map(|save| (running.turn, save)));
        }
        out
    }

    /// The turn is over. Returns what to store; empty if it is not one of ours.
    pub fn ended(&mut self, turn: TurnId, how: Ended) -> Vec<StoreCommand> {
        let held = self.close_calls(turn);
        self.running.retain(|running| running.turn != turn);
        let Some(at) = self.turns.iter().position(|(known, _)| *known == turn) else {
            return Vec::new();
        };
        let (_, answer) = self.turns.swap_remove(at);
        let Some(entry) = self.tree.get_mut(answer) else { return Vec::new() };
        entry.push(&held, "");
        match how.end {
            TurnEnd::Complete => entry.close(MessageState::Complete, None),
            TurnEnd::Stopped => {
                entry.close(MessageState::Partial, Some(Notice::new(NoticeKind::Stopped)));
            }
            TurnEnd::Failed(notice) => {
                let none = entry.text().is_empty() && entry.reasoning_chars() == 0;
                let state = if none { MessageState::Failed } else { MessageState::Partial };
                entry.close(state, Some(notice));
            }
        }
        let facts = entry.facts_mut();
        facts.finish = how.finish;
        // An answer that was continued took several requests: what they used adds up, and the
        // speed is that of the requests whose tokens are known.
        facts.first_token = facts.first_token.or(how.timing.first_token);
        facts.streaming = match (facts.usage, how.usage, facts.streaming) {
            (Some(_), Some(_), Some(before)) => {
                Some(before + how.timing.streaming.unwrap_or_default())
            }
            (Some(_), None, before) => before,
            (None, _, _) | (Some(_), Some(_), None) => how.timing.streaming,
        };
        facts.usage = match (facts.usage, how.usage) {
            (Some(before), Some(now)) => Some(before.plus(now)),
            (before, now) => now.or(before),
        };
        facts.cost = match (facts.cost, how.cost) {
            (Some(before), Some(now)) => before.plus(now),
            (before, now) => now.or(before),
        };
        self.tree.forget_sums();
        self.save(answer).into_iter().collect()
    }

    /// When arrived text must go to the store. What a stopped turn left is saved with its end, not
    /// by time.
    #[must_use]
    pub fn save_deadline(&self) -> Option<Duration> {
        self.running.iter().filter_map(|running| running.unsaved.due()).min()
    }

    /// Hands arrived text to the store, if it has waited long enough or must go now.
    pub fn take_unsaved(&mut self, now: Now, at_once: bool) -> Vec<StoreCommand> {
        let due =
            |unsaved: &Unsaved| unsaved.due().is_some_and(|at| at_once || at <= now.since_start);
        let waiting = self.running.iter_mut().filter(|running| due(&running.unsaved));
        let save = |running: &mut Running| {
            let Unsaved { text, reasoning, .. } = std::mem::take(&mut running.unsaved);
            StoreCommand::AppendText { message: running.answer, text, reasoning }
        };
        waiting.map(save).collect()
    }
}

impl Unsaved {
    fn due(&self) -> Option<Duration> {
        self.since.map(|since| since + SAVE_EVERY)
    }
}

/// How a turn ended, with the price worked out.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub end: TurnEnd,
    /// Tokens.
    pub usage: Option<Usage>,
    /// Why the model stopped.
    pub finish: Option<FinishReason>,
    /// Measured figures.
    pub timing: TurnTiming,
    /// What it cost.
    pub cost: Option<Money>,
}
