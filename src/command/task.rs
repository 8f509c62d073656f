//! `lian task`: tasks without a screen, by the same service as the workbench, so that lease, orphans
//! and downloads are one thing wherever it runs. It refuses to send anything that was not asked for.

mod account;
mod bench;
mod find;
mod print;
mod wait;
mod watch;

use std::io::{self, IsTerminal as _};
use std::time::Duration;

pub(super) use bench::{Bench, Heard};
pub(super) use print::{money, tell, tell_notice, value};
pub(super) use wait::{Wait, candidates, code_of};

use crate::cli::task::{ListArgs, TaskCommand as Asked};
use crate::config::Config;
use crate::domain::ids::TaskKey;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::Language;
use crate::domain::tasks::TaskId;
use crate::domain::tasks::book::{AssetState, Stage, TaskCommand, TaskRecord, Verdict};
use crate::domain::time::Now;
use crate::service::tasks::setup::{Clocks, Setup};
use crate::text::sanitize;
use crate::words;
use crate::words::task_line::Line;
use find::name;
use print::{a_line_each, details, fields, for_eyes, lines, state, table, whole_value, word};
use watch::Watch;

/// Exit code of what failed.
const FAILED: u8 = 1;
/// Exit code for what cannot be asked.
const USAGE: u8 = 2;
/// Exit code for a key that is missing.
const ACCESS: u8 = 3;
/// Exit code for a key that a named place does not give.
const CONFIGURATION: u8 = 6;
/// A task is listed for so long after its making without `--all`, in milliseconds.
const LISTED: i64 = 24 * 3_600 * 1_000;

/// How things are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) language: Language,
    pub(super) json: bool,
}

/// What a command about tasks needs from outside.
#[derive(Debug)]
pub struct Deps {
    /// For the service of tasks.
    pub setup: Setup,
    /// The clocks.
    pub clocks: Clocks,
    /// Random, and nobody else's.
    pub seed: u64,
}

impl Deps {
    /// Whether there is a key; the exit code where there is none, which is said.
    pub(super) async fn key(&self, language: Language) -> Result<(), u8> {
        let endpoint = &self.setup.chat.endpoint;
        match self.setup.chat.keys.unlock(endpoint).await {
            Ok(endpoint) if endpoint.needs_key() && !endpoint.has_key() => {
                let kind = NoticeKind::KeyMissing {
                    origin: endpoint.origin(),
                    variable: endpoint.key_source().to_owned(),
                };
                tell_notice(&Notice::new(kind), language);
                Err(ACCESS)
            }
            Ok(_) => Ok(()),
            Err(fault) => {
                tell_notice(&Notice::new(NoticeKind::Key(fault)), language);
                Err(CONFIGURATION)
            }
        }
    }
}

/// A notice as one line.
fn words_of(notice: &Notice, language: Language) -> String {
    words::line(language, notice)
}

/// Does what is asked and tells the exit code.
pub async fn run(config: &Config, deps: Deps, asked: &Asked) -> u8 {
    let language = config.settings.language;
    let json = match asked {
        Asked::List(args) => args.json,
        Asked::Show(args) => args.json,
        Asked::Wait(args) => args.json,
        Asked::Watch(args) => args.json,
        Asked::Cancel(args) => args.json,
        Asked::Download(args) => args.json,
        Asked::Adopt(args) => args.json,
        Asked::Settle(args) => args.json,
    };
    let looks_only = match asked {
        Asked::List(args) => !args.account,
        Asked::Show(_) => true,
        Asked::Wait(_)
        | Asked::Watch(_)
        | Asked::Cancel(_)
        | Asked::Download(_)
        | Asked::Adopt(_)
        | Asked::Settle(_) => false,
    };
    if !looks_only && let Err(code) = deps.key(language).await {
        return code;
    }
    let origin = deps.setup.origin();
    let (profile, now, rush) = (deps.setup.profile.clone(), deps.clocks.now, deps.setup.rush);
    let bench = Bench::open(deps.setup, deps.clocks, deps.seed, &config.settings.tasks.on_done);
    let mut table = Table { bench, told: Told { language, json }, profile, origin, now, rush };
    let code = table.answer(asked).await;
    table.bench.close().await;
    code
}

/// What a command works on.
struct Table {
    bench: Bench,
    told: Told,
    profile: String,
    /// Where tasks of this profile are sent.
    origin: String,
    now: fn() -> Now,
    rush: u32,
}

impl Table {
    async fn answer(&mut self, asked: &Asked) -> u8 {
        let all = match self.bench.read().await {
            Ok(all) => all,
            Err(notice) => {
                tell_notice(&notice, self.told.language);
                return notice.kind.exit_code(false).max(FAILED);
            }
        };
        let done = match asked {
            Asked::List(args) if args.account => self.list_account().await,
            Asked::List(args) => self.list(&all, args).await,
            Asked::Show(args) => self.show(&all, &args.id).await,
            Asked::Wait(args) => self.wait(&all, &args.ids, args.timeout).await,
            Asked::Watch(args) => {
                self.bench.begin(None);
                let until_idle = args.until_idle;
                let watch =
                    Watch::new(self.told, &self.profile, until_idle, self.rush, self.now, all);
                Ok(watch.run(&mut self.bench).await)
            }
            Asked::Cancel(args) => self.cancel(&all, &args.ids).await,
            Asked::Download(args) => self.download(&all, &args.ids, args.timeout).await,
            Asked::Adopt(args) => self.adopt(args).await,
            Asked::Settle(args) => self.settle(&all, args).await,
        };
        done.unwrap_or_else(|code| code)
    }

    /// The named tasks, which are this profile's.
    fn named(&self, all: &[TaskRecord], given: &[String]) -> Result<Vec<TaskRecord>, u8> {
        let language = self.told.language;
        let found = find::tasks(all, given, language).map_err(|sentence| {
            tell(&sentence);
            USAGE
        })?;
        for task in &found {
            let id = name(task);
            let wrong = if task.profile != self.profile {
                Line::OtherProfile { id: &id, profile: &task.profile }
            } else if task.origin != self.origin && !task.stage.is_in_line() {
                Line::OtherPlace { id: &id, origin: &task.origin }
            } else {
                continue;
            };
            tell(&wrong.say(language));
            return Err(USAGE);
        }
        Ok(found)
    }

    async fn list(&mut self, all: &[TaskRecord], args: &ListArgs) -> Result<u8, u8> {
        let language = self.told.language;
        let now = (self.now)();
        let recent = |task: &&TaskRecord| {
            args.all || !task.stage.is_final() || task.times.created > now.wall_ms - LISTED
        };
        let found: Vec<&TaskRecord> = all.iter().filter(recent).collect();
        if found.is_empty() && !self.told.json {
            tell(&Line::NoTasks.say(language));
        }
        let text = if self.told.json {
            a_line_each(found.iter().map(|task| value(task, language)))
        } else if io::stdout().is_terminal() {
            let row = |task: &&TaskRecord| for_eyes(fields(task, now, state(task, language)));
            table(&found.iter().map(row).collect::<Vec<_>>())
        } else {
            lines(&found.iter().map(|task| fields(task, now, word(task))).collect::<Vec<_>>())
        };
        self.bench.print(&text).await.map(|()| 0)
    }

    async fn show(&mut self, all: &[TaskRecord], given: &str) -> Result<u8, u8> {
        let language = self.told.language;
        let task = find::task(all, given, language).map_err(|sentence| {
            tell(&sentence);
            USAGE
        })?;
        let text = if self.told.json {
            format!("{:#}\n", whole_value(task, language))
        } else {
            details(task, (self.now)(), language)
        };
        self.bench.print(&text).await.map(|()| 0)
    }

    async fn wait(
        &mut self,
        all: &[TaskRecord],
        given: &[String],
        timeout: Option<u64>,
    ) -> Result<u8, u8> {
        let found = self.named(all, given)?;
        self.bench.begin(timeout.map(Duration::from_secs));
        let wait = Wait::new(self.told, found.iter().map(|task| task.key));
        Ok(wait.run(&mut self.bench).await)
    }

    async fn cancel(&mut self, all: &[TaskRecord], given: &[String]) -> Result<u8, u8> {
        let found = self.named(all, given)?;
        let language = self.told.language;
        let mut code = 0;
        let mut keys = Vec::new();
        for task in &found {
            if task.stage.is_in_line() || task.stage == Stage::Following {
                keys.push(task.key);
                continue;
            }
            let state = state(task, language);
            tell(&Line::NothingToCancel { id: &name(task), state: &state }.say(language));
            code = FAILED;
        }
        if keys.is_empty() {
            return Ok(code);
        }
        self.bench.begin(None);
        for key in keys {
            let changed = self.change(key, TaskCommand::Cancel(key)).await?;
            let canceled =
                |task: &TaskRecord| matches!(task.stage, Stage::Canceled | Stage::Refused);
            if changed.is_none_or(|task| !canceled(&task)) {
                code = FAILED;
            }
        }
        Ok(code)
    }

    /// Asks for a change of one task and prints how it is then; `None` where it did not change.
    async fn change(
        &mut self,
        key: TaskKey,
        command: TaskCommand,
    ) -> Result<Option<TaskRecord>, u8> {
        let changed = account::change(&mut self.bench, key, command, self.told).await?;
        if let Some(task) = &changed {
            let language = self.told.language;
            let line = if self.told.json {
                format!("{}\n", value(task, language))
            } else {
                format!("{}\t{}\n", name(task), word(task))
            };
            self.bench.print(&line).await?;
        }
        Ok(changed)
    }

    async fn download(
        &mut self,
        all: &[TaskRecord],
        given: &[String],
        timeout: Option<u64>,
    ) -> Result<u8, u8> {
        let found = self.named(all, given)?;
        let language = self.told.language;
        let mut keys = Vec::new();
        let mut code = 0;
        self.bench.begin(timeout.map(Duration::from_secs));
        for task in &found {
            let missing =
                task.assets.iter().any(|asset| !matches!(asset.state, AssetState::Saved { .. }));
            let made = matches!(task.stage, Stage::Saved | Stage::Saving | Stage::Expired);
            if !made || task.assets.is_empty() {
                let state = state(task, language);
                tell(&Line::NothingToFetch { id: &name(task), state: &state }.say(language));
                code = FAILED;
                continue;
            }
            if missing && task.stage != Stage::Saving {
                let command = TaskCommand::Download(task.key);
                account::change(&mut self.bench, task.key, command, self.told).await?;
            }
            keys.push(task.key);
        }
        let waited = self.wait_again(keys).await;
        Ok(if waited == 0 { code } else { waited })
    }

    /// Waits for tasks of which the service has told already: it is asked for all of them once more.
    async fn wait_again(&mut self, keys: Vec<TaskKey>) -> u8 {
        let Ok(all) = self.bench.read().await else { return FAILED };
        let mut wait = Wait::new(self.told, keys);
        for task in all {
            let event = crate::domain::tasks::book::TaskEvent::Changed(Box::new(task));
            if let Err(code) = wait.take(event, &mut self.bench).await {
                return code;
            }
        }
        wait.run(&mut self.bench).await
    }

    async fn settle(
        &mut self,
        all: &[TaskRecord],
        args: &crate::cli::task::SettleArgs,
    ) -> Result<u8, u8> {
        let language = self.told.language;
        let found = self.named(all, std::slice::from_ref(&args.id))?;
        let Some(task) = found.first() else { return Err(USAGE) };
        if task.stage != Stage::Maybe {
            let state = state(task, language);
            tell(&Line::NothingToSettle { id: &name(task), state: &state }.say(language));
            return Ok(FAILED);
        }
        let verdict = match args.is.as_deref().map(TaskId::new) {
            Some(Some(id)) => Verdict::IsThis(id),
            Some(None) => {
                let given = args.is.as_deref().unwrap_or_default();
                tell(&Line::NoTask(&sanitize::line(given)).say(language));
                return Err(USAGE);
            }
            None if args.again => Verdict::SendAgain,
            None => Verdict::Drop,
        };
        self.bench.begin(None);
        let command = TaskCommand::Decide { key: task.key, verdict };
        Ok(u8::from(self.change(task.key, command).await?.is_none()))
    }
}

#[cfg(test)]
mod testing;
