//! Wishes on their way to the service: each is told when it has its id, is refused, or waits for
//! room; the exit code is that of the first that did not go well. It refuses to send anything again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::super::task::{Bench, Heard, Told, Wait, candidates, code_of, tell, tell_notice, value};
use super::{BUDGET, FAILED};
use crate::domain::ids::TaskKey;
use crate::domain::tasks::TaskRow;
use crate::domain::tasks::book::{Order, Stage, TaskEvent, TaskRecord};
use crate::words::task_line::Line;

/// Tasks that stand in line for so long without one moving wait for room; they need not be watched.
const STANDS: Duration = Duration::from_secs(5);
/// A lost answer is looked for twice, after a second and after ten; what is found later is found by
/// whichever lian runs then.
const LOOKED_FOR: Duration = Duration::from_secs(15);

/// Tasks on their way to the service.
pub(super) struct Sending {
    told: Told,
    profile: String,
    /// So many were wished for.
    of: usize,
    /// Ids are no result: files are.
    quiet: bool,
    /// [`STANDS`] and [`LOOKED_FOR`], shorter where time runs faster.
    stands: Duration,
    looked_for: Duration,
    /// Those whose fate is open.
    keys: Vec<TaskKey>,
    seen: BTreeMap<TaskKey, TaskRecord>,
    /// Those that have an id, in the order they got it.
    sent: Vec<TaskRecord>,
    /// Something of the wished happened last.
    moved: Instant,
    code: u8,
}

impl Sending {
    /// Of so many orders of a profile; where time runs faster, `rush` times as fast.
    pub(super) fn new(
        told: Told,
        profile: String,
        orders: &[Order],
        quiet: bool,
        rush: u32,
    ) -> Self {
        Self {
            told,
            profile,
            of: orders.len(),
            quiet,
            stands: STANDS / rush.max(1),
            looked_for: LOOKED_FOR / rush.max(1),
            keys: orders.iter().map(|order| order.key).collect(),
            seen: BTreeMap::new(),
            sent: Vec::new(),
            moved: Instant::now(),
            code: 0,
        }
    }

    /// Until every wish has an id, or is refused, or waits for room.
    pub(super) async fn run(mut self, bench: &mut Bench, wait: bool) -> u8 {
        while !self.keys.is_empty() {
            if self.stands() && !wait {
                break;
            }
            let done = match bench.next_until(Some(self.soon())).await {
                Heard::Event(event) => self.take(event, bench).await,
                Heard::Signal(code) => Err(code),
                Heard::Late if bench.is_over() => break,
                Heard::Late => self.give_up(bench).await,
            };
            if let Err(code) = done {
                return code;
            }
        }
        if wait {
            return self.wait(bench).await;
        }
        let in_line: Vec<&TaskRecord> = self
            .keys
            .iter()
            .filter_map(|key| self.seen.get(key))
            .filter(|task| task.stage.is_in_line())
            .collect();
        if !in_line.is_empty() {
            if !self.told.json {
                tell(&Line::InLine { count: in_line.len() }.say(self.told.language));
            }
            let lines: String = in_line.iter().map(|task| self.line(task)).collect();
            if let Err(code) = bench.print(&lines).await {
                return code;
            }
        }
        if self.code == 0 && !self.sent.is_empty() && !self.told.json {
            let ids: Vec<String> = self
                .sent
                .iter()
                .filter_map(|task| Some(task.remote.as_ref()?.to_string()))
                .collect();
            if let [id] = ids.as_slice() {
                tell(&Line::GoOn { ids: id }.say(self.told.language));
            }
        }
        self.code
    }

    /// What is sent is waited for, and what still stands in line.
    async fn wait(self, bench: &mut Bench) -> u8 {
        let all: Vec<TaskRecord> = self
            .sent
            .iter()
            .chain(self.keys.iter().filter_map(|key| self.seen.get(key)))
            .cloned()
            .collect();
        let mut wait = Wait::new(self.told, all.iter().map(|task| task.key));
        for task in all {
            let now = self.seen.get(&task.key).cloned().unwrap_or(task);
            if let Err(code) = wait.take(TaskEvent::Changed(Box::new(now)), bench).await {
                return code;
            }
        }
        let waited = wait.run(bench).await;
        if self.code == 0 { waited } else { self.code }
    }

    /// Every open wish waits for room, none of them for another try, and nothing moves.
    fn stands(&self) -> bool {
        let open = self.keys.iter().map(|key| self.seen.get(key));
        let all = open
            .clone()
            .all(|task| task.is_some_and(|task| task.stage.is_in_line() && task.notice.is_none()));
        all && self.moved.elapsed() >= self.stands
    }

    /// When to look again.
    fn soon(&self) -> Instant {
        let maybe = self.seen.values().any(|task| task.stage == Stage::Maybe);
        self.moved + if maybe { self.looked_for } else { self.stands }
    }

    /// What may exist was looked for and not found: the user is told, and decides.
    async fn give_up(&mut self, bench: &mut Bench) -> Result<(), u8> {
        let since = self.moved.elapsed();
        let maybe: Vec<TaskKey> = self
            .seen
            .values()
            .filter(|task| task.stage == Stage::Maybe && self.keys.contains(&task.key))
            .map(|task| task.key)
            .collect();
        if !maybe.is_empty() && since >= self.looked_for {
            for key in maybe {
                self.undecided(key, &[], bench).await?;
            }
        } else if since >= self.stands {
            // Whoever is being sent has its deadlines; there is nothing to do but wait on.
            self.moved = if self.stands() { self.moved } else { Instant::now() };
        }
        Ok(())
    }

    async fn undecided(
        &mut self,
        key: TaskKey,
        rows: &[TaskRow],
        bench: &mut Bench,
    ) -> Result<(), u8> {
        self.keys.retain(|open| *open != key);
        self.fail(FAILED);
        candidates(key, rows, self.told, bench).await
    }

    fn fail(&mut self, code: u8) {
        if self.code == 0 {
            self.code = code;
        }
    }

    async fn take(&mut self, event: TaskEvent, bench: &mut Bench) -> Result<(), u8> {
        let language = self.told.language;
        match event {
            TaskEvent::Changed(task) => self.changed(*task, bench).await,
            TaskEvent::Candidates { key, rows } if self.keys.contains(&key) => {
                self.undecided(key, &rows, bench).await
            }
            TaskEvent::OverBudget { orders, reached } => {
                let (left, of, profile) = (orders.len(), self.of, self.profile.clone());
                let line = Line::OverBudget { reached: &reached, profile: &profile, left, of };
                self.stopped(&orders, BUDGET, &line.say(language), bench).await
            }
            TaskEvent::Loop { orders, times } => {
                let line = Line::Loop { times, left: orders.len(), of: self.of };
                self.stopped(&orders, BUDGET, &line.say(language), bench).await
            }
            TaskEvent::NotTaken { orders, notice } => {
                tell_notice(&notice, language);
                let line = Line::NotTaken { left: orders.len(), of: self.of };
                let code = notice.kind.exit_code(false).max(FAILED);
                self.stopped(&orders, code, &line.say(language), bench).await
            }
            TaskEvent::Trouble(notice) => {
                tell_notice(&notice, language);
                Ok(())
            }
            TaskEvent::Candidates { .. }
            | TaskEvent::Removed(_)
            | TaskEvent::Listed(_)
            | TaskEvent::Progress { .. }
            | TaskEvent::Account(_) => Ok(()),
        }
    }

    /// These were not written down.
    async fn stopped(
        &mut self,
        orders: &[Order],
        code: u8,
        sentence: &str,
        bench: &mut Bench,
    ) -> Result<(), u8> {
        self.keys.retain(|key| orders.iter().all(|order| order.key != *key));
        self.fail(code);
        tell(sentence);
        if self.told.json {
            let line =
                json!({"type": "stopped", "tasks": orders.len(), "of": self.of, "why": sentence});
            return bench.print(&format!("{line}\n")).await;
        }
        Ok(())
    }

    async fn changed(&mut self, task: TaskRecord, bench: &mut Bench) -> Result<(), u8> {
        // Of a task that has its id already only the newest is kept, for whoever waits.
        if self.sent.iter().any(|sent| sent.key == task.key) {
            self.seen.insert(task.key, task);
            return Ok(());
        }
        if !self.keys.contains(&task.key) {
            return Ok(());
        }
        self.moved = Instant::now();
        let before = self.seen.insert(task.key, task.clone());
        let known = before.and_then(|before| before.notice);
        match task.stage {
            Stage::Waiting | Stage::Paused | Stage::Sending | Stage::Maybe => {
                if let Some(notice) = task.notice.as_ref().filter(|n| Some(*n) != known.as_ref()) {
                    tell_notice(notice, self.told.language);
                }
                Ok(())
            }
            Stage::Refused => {
                self.keys.retain(|key| *key != task.key);
                self.fail(code_of(&task));
                if let Some(notice) = &task.notice {
                    tell_notice(notice, self.told.language);
                }
                if self.told.json {
                    return bench.print(&self.line(&task)).await;
                }
                Ok(())
            }
            Stage::Following
            | Stage::Saving
            | Stage::Saved
            | Stage::Failed
            | Stage::Canceled
            | Stage::Expired
            | Stage::Lost => {
                self.keys.retain(|key| *key != task.key);
                let line = self.line(&task);
                self.sent.push(task.clone());
                if !self.quiet || self.told.json {
                    return bench.print(&line).await;
                }
                let id =
                    task.remote.as_ref().map_or_else(|| task.key.to_string(), ToString::to_string);
                tell(&Line::Sent { id: &id }.say(self.told.language));
                Ok(())
            }
        }
    }

    /// What stdout is told of a task: its id, or all of it.
    fn line(&self, task: &TaskRecord) -> String {
        if self.told.json {
            return format!("{}\n", value(task, self.told.language));
        }
        task.remote.as_ref().map_or_else(|| format!("{}\n", task.key), |id| format!("{id}\n"))
    }
}
