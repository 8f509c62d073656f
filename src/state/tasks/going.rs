//! Tasks that move on while one looks elsewhere: what is told of an end, whom it is told, what
//! goes on after the program. It refuses to tell anything to somebody who is looking.

use super::AppState;
use crate::domain::errands::{EndFacts, Errand};
use crate::domain::notice::{ErrandNotice, Notice, NoticeKind};
use crate::domain::settings::Notify;
use crate::domain::tasks::book::{Stage, TaskRecord};
use crate::domain::time::Now;
use crate::effect::{Effect, TerminalCommand};
use crate::state::Effects;
use crate::text::sanitize;
use crate::words::{self, tasks_pane::Pane};

/// Most characters of a prompt in a sentence about it.
const TITLE: usize = 60;

/// The beginning of a prompt in one clean line.
pub(super) fn short(title: &str) -> String {
    let line = sanitize::line(title);
    let mut short: String = line.chars().take(TITLE).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

impl AppState {
    /// A task that was under way is over.
    pub(super) fn task_ended(&mut self, task: &TaskRecord, now: Now) -> Effects {
        let title = short(&task.title);
        let well = task.stage == Stage::Saved;
        match (task.stage, task.notice.clone()) {
            (Stage::Saved, _) => {
                let path = sanitize::line(task.saved().next().unwrap_or_default());
                let kind = NoticeKind::Errand(ErrandNotice::Saved { title: title.clone(), path });
                self.notices.tell(Notice::new(kind), now);
            }
            // The user did it.
            (Stage::Canceled, _) | (Stage::Refused, None) => return Vec::new(),
            (_, notice) => {
                let language = self.settings.language;
                let why = notice.map(|notice| words::line(language, &notice));
                let kind = NoticeKind::Errand(ErrandNotice::NotMade { title: title.clone() });
                let mut told = Notice::new(kind);
                told.detail = why;
                self.notices.tell(told.with_request_id(task.request_id.clone()), now);
            }
        }
        let mut effects = self.run_after(task);
        let way = self.settings.notify;
        if !self.focused && way != Notify::Off {
            let text = Pane::Ended { title: &title, well }.say(self.settings.language);
            effects.push(Effect::Terminal(TerminalCommand::Notify { way, text }));
        }
        effects
    }

    /// The user's own program for the end of tasks.
    fn run_after(&self, task: &TaskRecord) -> Effects {
        let words = self.settings.tasks.on_done.clone();
        if words.is_empty() {
            return Vec::new();
        }
        let facts = Box::new(EndFacts {
            key: task.key,
            id: task.remote.as_ref().map(ToString::to_string).unwrap_or_default(),
            stage: task.stage.name(),
            model: task.model.to_string(),
            title: sanitize::line(&task.title),
            files: task.saved().map(str::to_owned).collect(),
        });
        vec![Effect::Errand(Errand::Ended { words, facts })]
    }

    /// What to say at the end of the program: which tasks go on without it.
    #[must_use]
    pub fn tasks_that_go_on(&self) -> Option<String> {
        let mut on: Vec<&TaskRecord> = self
            .tasks
            .shelf
            .all()
            .filter(|task| matches!(task.stage, Stage::Following | Stage::Sending | Stage::Saving))
            .collect();
        on.sort_by_key(|task| task.times.created);
        let waiting = self.tasks.shelf.all().filter(|task| task.stage == Stage::Waiting).count();
        if on.is_empty() && waiting == 0 {
            return None;
        }
        let first = on.first().map(|task| short(&task.title)).unwrap_or_default();
        let language = self.settings.language;
        Some(Pane::GoOn { running: on.len(), waiting, first: &first }.say(language))
    }
}
