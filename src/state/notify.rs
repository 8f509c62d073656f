//! A word to somebody who is looking elsewhere: a long answer is over. It refuses to say anything
//! while the terminal has the focus, and of answers that nobody had time to turn away from.

use std::time::Duration;

use super::AppState;
use super::chat::Chat;
use crate::domain::chat::TurnEnd;
use crate::domain::ids::TurnId;
use crate::domain::models::ModelId;
use crate::domain::notice::Notice;
use crate::domain::settings::Notify;
use crate::domain::time::Now;
use crate::effect::{Effect, TerminalCommand};
use crate::text::sanitize;
use crate::words;

/// Most characters of a title in it.
const TITLE: usize = 60;

/// What is known of an answer when it is over.
#[derive(Debug)]
pub(super) struct Over {
    title: String,
    model: ModelId,
    /// When it was asked for.
    since: Duration,
    /// Why it failed.
    failed: Option<Notice>,
    /// Nothing else arrives there.
    last: bool,
}

impl Over {
    /// `None` of an answer that the user stopped: whoever did was there.
    pub(super) fn of(chat: &Chat, turn: TurnId, end: &TurnEnd) -> Option<Self> {
        let all = chat.all_running();
        let running = all.iter().find(|running| running.turn == turn)?;
        let failed = match end {
            TurnEnd::Complete => None,
            TurnEnd::Failed(notice) => Some(notice.clone()),
            TurnEnd::Stopped => return None,
        };
        let entry = chat.message(running.answer);
        let known = entry.and_then(|entry| entry.facts()?.request_id.clone());
        let failed = failed.map(|notice| {
            let id = notice.request_id.clone().or(known);
            notice.with_request_id(id)
        });
        let (title, model) = (chat.conversation().title.clone(), chat.model_of(turn).clone());
        Some(Self { title, model, since: running.since, failed, last: all.len() == 1 })
    }
}

impl AppState {
    /// An answer is over: why it failed can be read again later, and whoever turned away from a
    /// long one is told.
    pub(super) fn tell_end(&mut self, over: Over, now: Now) -> Option<Effect> {
        let Over { title, model, since, failed, last } = over;
        let well = failed.is_none();
        if let Some(notice) = failed {
            self.notices.note(notice, Some(model), now);
        }
        let took = now.since_start.saturating_sub(since);
        let way = self.settings.notify;
        if !last || self.focused || way == Notify::Off || took < self.settings.notify_after {
            return None;
        }
        let title: String = sanitize::line(&title).chars().take(TITLE).collect();
        let text = words::notices::ended(self.settings.language, &title, well);
        Some(Effect::Terminal(TerminalCommand::Notify { way, text }))
    }
}
