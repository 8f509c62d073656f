//! `lian task watch`: every task of the profile is followed and fetched without a terminal, one line
//! an event, until a signal ends it or nothing is left to do. It refuses to decide anything.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::bench::{Bench, Heard};
use super::find::name;
use super::print::{fields, tell, tell_notice, value, word};
use super::wait::candidates;
use super::{Told, words_of};
use crate::domain::errands::EndFacts;
use crate::domain::ids::TaskKey;
use crate::domain::tasks::book::{Stage, TaskEvent, TaskRecord};
use crate::domain::time::Now;
use crate::text::sanitize;
use crate::words::task_line::Line;

/// The account's list is asked four times for a task whose answer was lost, the last time five
/// minutes after the first.
const LAST_LOOK: Duration = Duration::from_secs(400);

/// What is followed.
pub(super) struct Watch {
    told: Told,
    profile: String,
    until_idle: bool,
    /// A task whose answer was lost is given up so long after it was sent.
    patience: Duration,
    now: fn() -> Now,
    tasks: BTreeMap<TaskKey, TaskRecord>,
    /// Tasks that may exist, of which the list has told all it can.
    undecided: BTreeSet<TaskKey>,
}

/// What a line on stdout is about.
enum News<'a> {
    Task(&'a TaskRecord),
    Removed(TaskKey),
}

impl Watch {
    /// Of a profile's tasks, as they are now. Where time runs faster, `rush` times as fast.
    pub(super) fn new(
        told: Told,
        profile: &str,
        until_idle: bool,
        rush: u32,
        now: fn() -> Now,
        all: Vec<TaskRecord>,
    ) -> Self {
        let mine = all.into_iter().filter(|task| task.profile == profile);
        Self {
            told,
            profile: profile.to_owned(),
            until_idle,
            patience: LAST_LOOK / rush.max(1),
            now,
            tasks: mine.map(|task| (task.key, task)).collect(),
            undecided: BTreeSet::new(),
        }
    }

    /// Listens until a signal, or until nothing is left to do. Returns the exit code.
    pub(super) async fn run(mut self, bench: &mut Bench) -> u8 {
        let count = self.tasks.values().filter(|task| !task.stage.is_final()).count();
        if !self.told.json {
            tell(&Line::Watching { count }.say(self.told.language));
        }
        loop {
            if self.until_idle && self.is_idle() {
                return u8::from(self.tasks.values().any(|task| task.stage == Stage::Maybe));
            }
            let heard = bench.next_until(self.soon()).await;
            let done = match heard {
                Heard::Event(event) => self.take(event, bench).await,
                // It was asked to end, and it ends well: every task goes on.
                Heard::Signal(_) => return 0,
                Heard::Late => Ok(()),
            };
            if let Err(code) = done {
                // A reader that went away wants no more lines; a signal during one is an end.
                return if code >= 128 && code != crate::command::chat::BROKEN_PIPE {
                    0
                } else {
                    code
                };
            }
        }
    }

    /// How long a task that may exist is still looked for.
    fn left(&self, task: &TaskRecord) -> Duration {
        let since = task.times.answered.or(task.times.sent).unwrap_or(task.times.created);
        let age = u64::try_from((self.now)().wall_ms - since).unwrap_or(0);
        self.patience.saturating_sub(Duration::from_millis(age))
    }

    /// Nothing will happen by itself any more.
    fn is_idle(&self) -> bool {
        self.tasks.values().all(|task| match task.stage {
            Stage::Maybe => self.undecided.contains(&task.key) || self.left(task).is_zero(),
            stage => !stage.is_active(),
        })
    }

    /// When to look again whether nothing is left.
    fn soon(&self) -> Option<Instant> {
        let maybe = self.tasks.values().filter(|task| task.stage == Stage::Maybe);
        let left = maybe.map(|task| self.left(task)).filter(|left| !left.is_zero()).min()?;
        self.until_idle.then(|| Instant::now() + left)
    }

    async fn take(&mut self, event: TaskEvent, bench: &mut Bench) -> Result<(), u8> {
        match event {
            TaskEvent::Changed(task) if task.profile == self.profile => {
                self.changed(*task, bench).await
            }
            TaskEvent::Removed(key) => match self.tasks.remove(&key) {
                Some(_) => self.print(News::Removed(key), bench).await,
                None => Ok(()),
            },
            TaskEvent::Candidates { key, rows } => {
                self.undecided.insert(key);
                candidates(key, &rows, self.told, bench).await
            }
            TaskEvent::Trouble(notice) => {
                tell_notice(&notice, self.told.language);
                if self.told.json {
                    let said = words_of(&notice, self.told.language);
                    let value = serde_json::json!({"type": "trouble", "why": said});
                    return bench.print(&format!("{value}\n")).await;
                }
                Ok(())
            }
            TaskEvent::Changed(_)
            | TaskEvent::Listed(_)
            | TaskEvent::Progress { .. }
            | TaskEvent::Account(_)
            | TaskEvent::OverBudget { .. }
            | TaskEvent::Loop { .. }
            | TaskEvent::NotTaken { .. } => Ok(()),
        }
    }

    async fn changed(&mut self, task: TaskRecord, bench: &mut Bench) -> Result<(), u8> {
        let key = task.key;
        let before = self.tasks.insert(key, task.clone());
        let news = before.as_ref().is_none_or(|before| {
            let facts = |task: &TaskRecord| (task.stage, task.status.clone(), task.saved().count());
            facts(before) != facts(&task) || before.notice != task.notice
        });
        if task.stage != Stage::Maybe {
            self.undecided.remove(&key);
        }
        if !news {
            return Ok(());
        }
        let was_open = before.is_none_or(|before| !before.stage.is_final());
        if task.stage.is_final() && was_open {
            bench.ended(facts_of(&task));
        }
        if let Some(notice) = task.notice.as_ref().filter(|_| !self.told.json) {
            tell(&format!("{}: {}", name(&task), words_of(notice, self.told.language)));
        }
        self.print(News::Task(&task), bench).await
    }

    async fn print(&self, news: News<'_>, bench: &mut Bench) -> Result<(), u8> {
        let language = self.told.language;
        let line = match (news, self.told.json) {
            (News::Task(task), true) => value(task, language).to_string(),
            (News::Task(task), false) => {
                let [id, _, state, model, _, money, file, prompt] =
                    fields(task, (self.now)(), word(task));
                let last = if file.is_empty() { prompt } else { file };
                [self.clock(), id, state, model, money, last].join("\t")
            }
            (News::Removed(key), true) => {
                serde_json::json!({"type": "removed", "key": key.to_string()}).to_string()
            }
            (News::Removed(key), false) => {
                [self.clock(), key.to_string(), Line::Removed.say(language).into_owned()].join("\t")
            }
        };
        bench.print(&(line + "\n")).await
    }

    fn clock(&self) -> String {
        let now = (self.now)();
        let (hour, minute) = now.clock(now.wall_ms);
        let second = now.wall_ms.div_euclid(1_000).rem_euclid(60);
        format!("{hour:02}:{minute:02}:{second:02}")
    }
}

/// What the user's own program is told of an end.
fn facts_of(task: &TaskRecord) -> EndFacts {
    EndFacts {
        key: task.key,
        id: task.remote.as_ref().map(ToString::to_string).unwrap_or_default(),
        stage: task.stage.name(),
        model: task.model.to_string(),
        title: sanitize::line(&task.title),
        files: task.saved().map(str::to_owned).collect(),
    }
}
