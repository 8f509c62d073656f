//! Waiting until tasks have come to an end: each is told as it ends, its files by their paths, and
//! the exit code is that of the first that did not end well. It refuses to decide for the user what
//! a task is whose answer was lost: it names the candidates.

use std::collections::BTreeSet;

use super::Told;
use super::bench::{Bench, Heard};
use super::find::name;
use super::print::{a_line_each, state, tell, tell_notice, value};
use crate::domain::ids::TaskKey;
use crate::domain::notice::{Level, Notice};
use crate::domain::tasks::TaskRow;
use crate::domain::tasks::book::{Stage, TaskEvent, TaskRecord};
use crate::words::task_line::Line;

/// Exit code of what failed or may exist.
const FAILED: u8 = 1;
/// Exit code where the time is over.
const LATE: u8 = 9;

/// The exit code of a task at its end.
pub(in crate::command) fn code_of(task: &TaskRecord) -> u8 {
    match (&task.notice, task.stage) {
        (None, Stage::Saved) => 0,
        // A word on the way is none on the end.
        (Some(notice), Stage::Saved) if notice.kind.level() != Level::Error => 0,
        (Some(notice), _) => notice.kind.exit_code(false).max(FAILED),
        (None, _) => FAILED,
    }
}

/// Tasks that are waited for.
pub(in crate::command) struct Wait {
    told: Told,
    open: BTreeSet<TaskKey>,
    /// As they were seen last.
    seen: Vec<TaskRecord>,
    code: u8,
}

impl Wait {
    /// For these.
    pub(in crate::command) fn new(told: Told, keys: impl IntoIterator<Item = TaskKey>) -> Self {
        Self { told, open: keys.into_iter().collect(), seen: Vec::new(), code: 0 }
    }

    /// Listens until all have ended. Returns the exit code.
    pub(in crate::command) async fn run(mut self, bench: &mut Bench) -> u8 {
        while !self.open.is_empty() {
            let done = match bench.next().await {
                Heard::Event(event) => self.take(event, bench).await,
                Heard::Signal(code) => Err(code),
                Heard::Late => Err(self.late()),
            };
            if let Err(code) = done {
                return code;
            }
        }
        self.code
    }

    /// Something was said; `Err` ends it all.
    pub(in crate::command) async fn take(
        &mut self,
        event: TaskEvent,
        bench: &mut Bench,
    ) -> Result<(), u8> {
        match event {
            TaskEvent::Changed(task) if self.open.contains(&task.key) => {
                self.changed(*task, bench).await
            }
            TaskEvent::Candidates { key, rows } if self.open.contains(&key) => {
                self.undecided(key, &rows, bench).await
            }
            TaskEvent::Removed(key) if self.open.remove(&key) => {
                self.fail(FAILED);
                Ok(())
            }
            TaskEvent::Trouble(notice) => {
                tell_notice(&notice, self.told.language);
                // A key that is refused stays refused: nothing will come of waiting.
                match notice.kind.exit_code(false) {
                    code @ (3 | 6) => Err(code),
                    _ => Ok(()),
                }
            }
            TaskEvent::Changed(_)
            | TaskEvent::Candidates { .. }
            | TaskEvent::Removed(_)
            | TaskEvent::Listed(_)
            | TaskEvent::Progress { .. }
            | TaskEvent::Account(_)
            | TaskEvent::OverBudget { .. }
            | TaskEvent::Loop { .. }
            | TaskEvent::NotTaken { .. } => Ok(()),
        }
    }

    async fn changed(&mut self, task: TaskRecord, bench: &mut Bench) -> Result<(), u8> {
        let before = self.seen.iter().position(|seen| seen.key == task.key);
        let before = before.map(|at| self.seen.swap_remove(at));
        let (open, language) = (!task.stage.is_final(), self.told.language);
        if open {
            let known = before.as_ref().and_then(|before| before.notice.as_ref());
            if let Some(notice) = task.notice.as_ref().filter(|notice| Some(*notice) != known) {
                tell_notice(notice, language);
            }
            if task.stage == Stage::Paused && before.is_none_or(|b| b.stage != Stage::Paused) {
                tell(&Line::Held { id: &name(&task) }.say(language));
            }
            self.seen.push(task);
            return Ok(());
        }
        self.open.remove(&task.key);
        self.ended(&task, bench).await
    }

    async fn ended(&mut self, task: &TaskRecord, bench: &mut Bench) -> Result<(), u8> {
        let language = self.told.language;
        match &task.notice {
            Some(notice) => tell_about(task, notice, self.told),
            None if task.stage == Stage::Saved => {}
            None => tell(&format!("{}: {}", name(task), state(task, language))),
        }
        self.fail(code_of(task));
        let out = if self.told.json {
            format!("{}\n", value(task, language))
        } else {
            a_line_each(task.saved())
        };
        bench.print(&out).await
    }

    /// The account's list does not tell which task it is.
    async fn undecided(
        &mut self,
        key: TaskKey,
        rows: &[TaskRow],
        bench: &mut Bench,
    ) -> Result<(), u8> {
        self.open.remove(&key);
        self.fail(FAILED);
        candidates(key, rows, self.told, bench).await
    }

    fn fail(&mut self, code: u8) {
        if self.code == 0 {
            self.code = code;
        }
    }

    fn late(&self) -> u8 {
        let name_of = |key: &TaskKey| {
            let seen = self.seen.iter().find(|task| task.key == *key);
            seen.map_or_else(|| key.to_string(), name)
        };
        let ids = self.open.iter().map(name_of).collect::<Vec<_>>().join(" ");
        tell(&Line::Late { ids: &ids }.say(self.told.language));
        LATE
    }
}

/// Which task of several a sentence is about is said where it is about its end.
fn tell_about(task: &TaskRecord, notice: &Notice, told: Told) {
    let line = crate::words::line(told.language, notice);
    tell(&format!("{}: {line}", name(task)));
}

/// Tells which tasks of the account may be the one whose answer was lost.
pub(in crate::command) async fn candidates(
    key: TaskKey,
    rows: &[TaskRow],
    told: Told,
    bench: &mut Bench,
) -> Result<(), u8> {
    let key = key.to_string();
    let ids = rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>();
    let line = if ids.is_empty() {
        Line::NoCandidate { key: &key }.say(told.language)
    } else {
        Line::Candidates { key: &key, ids: &ids.join(", ") }.say(told.language)
    };
    tell(&line);
    if told.json {
        let value = serde_json::json!({"type": "candidates", "key": key, "ids": ids});
        return bench.print(&format!("{value}\n")).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::record;
    use super::*;
    use crate::domain::notice::{DownloadNotice, NoticeKind, Side, TaskNotice};

    #[test]
    fn the_exit_code_mirrors_how_a_task_ended() {
        let code = |stage, kind: Option<NoticeKind>| {
            let mut task = record(1);
            task.stage = stage;
            task.notice = kind.map(Notice::new);
            code_of(&task)
        };
        assert_eq!(code(Stage::Saved, None), 0);
        let found = NoticeKind::Task(TaskNotice::Found);
        assert_eq!(code(Stage::Saved, Some(found.clone())), 0, "found again is well");
        let lost = NoticeKind::Download(DownloadNotice::Empty);
        assert_eq!(code(Stage::Saved, Some(lost)), 1, "a part of it is missing");
        assert_eq!(code(Stage::Failed, None), 1);
        assert_eq!(code(Stage::Canceled, Some(found)), 1);
        let refused = NoticeKind::ContentRefused { side: Side::Input };
        assert_eq!(code(Stage::Failed, Some(refused)), 7);
        for stage in [Stage::Refused, Stage::Canceled, Stage::Expired, Stage::Lost] {
            assert_eq!(code(stage, None), 1, "{stage:?}");
        }
    }
}
