//! What the service would refuse is said before it is sent, with the ways out as a list; the message
//! stays where it is until one is taken. It refuses to judge: the rules are in `domain::params`.

use super::focus::Overlay;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::domain::chat::ChatParams;
use crate::domain::models::ModelId;
use crate::domain::params::{Conflict, Way, conflicts, says_json};
use crate::domain::settings::Language;
use crate::domain::time::Now;
use crate::text::json;
use crate::words::params::Params;

/// What stands in the way of sending a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The marked way; its words are not used.
    pub picker: Picker,
    /// What stands in the way.
    pub conflict: Conflict,
    /// The model it is about.
    pub model: ModelId,
    /// The ways out.
    pub ways: Vec<Way>,
    /// The message.
    text: String,
    /// What is to be sent all the same.
    passed: Vec<Conflict>,
}

impl AppState {
    /// Asks before a message that the service would refuse. Tells whether it did; then nothing is to
    /// be sent now.
    pub(super) fn ask_first(&mut self, text: &str) -> bool {
        let passed = std::mem::take(&mut self.passed);
        let chat = self.conversations.shown();
        let params = chat.next.as_ref().unwrap_or(&chat.params);
        if *params == ChatParams::default() {
            return false;
        }
        let says = || {
            let system = chat.system.as_deref().unwrap_or_default();
            says_json(system)
                || says_json(text)
                || chat.entries().iter().any(|entry| says_json(entry.text()))
        };
        let catalog = self.catalog.get();
        let found = self.asked_models().into_iter().find_map(|model| {
            let found = conflicts(params, &catalog.able(&model), says);
            Some((found.into_iter().find(|found| !passed.contains(found))?, model))
        });
        let Some((conflict, model)) = found else { return false };
        let ways = conflict.ways();
        let picker = Picker::of(ways.len());
        let ask = Ask { picker, conflict, model, ways, text: text.to_owned(), passed };
        self.focus.overlay = Some(Overlay::Ask(ask));
        true
    }

    /// A way out is taken: the message goes out, or the next thing in its way is asked about.
    pub(super) fn go_way(&mut self, ask: Ask, row: usize, now: Now) -> Effects {
        let Ask { conflict, ways, mut text, mut passed, .. } = ask;
        let Some(way) = ways.get(row).copied() else { return Vec::new() };
        let effects = match way {
            Way::AsItIs => {
                passed.push(conflict);
                Vec::new()
            }
            Way::AddWord => {
                text.push_str("\n\n");
                text.push_str(&Params::AddedWord.say(language_of(&text)));
                Vec::new()
            }
            Way::LeaveOut(_) | Way::ThinkingOff | Way::ThinkingOn => {
                self.change_params(|params| way.apply(params))
            }
        };
        self.passed = passed;
        let mut effects = effects;
        effects.extend(self.send(&text, now));
        effects
    }
}

/// The language of a message: the sentence added to it is in the same.
fn language_of(text: &str) -> Language {
    let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    if chinese { Language::ZhCn } else { Language::En }
}

/// Whether an answer to a request with these parameters is to be JSON.
pub(super) fn wants_json(params: &ChatParams) -> bool {
    params.json || params.extra.as_deref().is_some_and(json::asks_for_json)
}
