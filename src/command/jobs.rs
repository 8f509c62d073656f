//! `lian video create` and `lian image create`: flags become wishes, money and wish are on disk
//! before a request leaves, the id comes on stdout, with `--wait` the file. It refuses to send
//! anything a second time.

mod form;

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::task::{
    Bench, Deps, Heard, Told, Wait, candidates, code_of, money, tell, tell_notice, value,
};
use crate::catalog::Catalog;
use crate::cli::jobs::CreateArgs;
use crate::config::Config;
use crate::domain::ids::{IdSource, TaskKey};
use crate::domain::jobs::{Form, Job, Makes};
use crate::domain::ledger::{Caps, Gate};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::settings::{Language, Settings};
use crate::domain::tasks::book::{Order, Stage, TaskCommand, TaskEvent, TaskRecord};
use crate::service::attachments::look::Base;
use crate::text::sanitize;
use crate::words::jobs::Jobs;
use crate::words::task_line::Line;

/// Exit code of what failed.
const FAILED: u8 = 1;
/// Exit code for what cannot be asked.
const USAGE: u8 = 2;
/// Exit code where a limit of the budget, or the fuse, stopped it.
const BUDGET: u8 = 8;
/// The same wish so often within a minute looks like a loop.
const LOOP: u32 = 3;
/// Tasks that stand in line for so long without one moving wait for room; they need not be watched.
const STANDS: Duration = Duration::from_secs(5);
/// A lost answer is looked for twice, after a second and after ten; what is found later is found by
/// whichever lian runs then.
const LOOKED_FOR: Duration = Duration::from_secs(15);

/// The prompts, each for a task of its own.
fn prompts(args: &CreateArgs, base: &Base, language: Language) -> Result<Vec<String>, String> {
    let Some(file) = &args.prompts else { return Ok(args.prompt.iter().cloned().collect()) };
    let read = if file == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        read_file(&base.cwd.join(file))
    };
    let shown = sanitize::line(file);
    let bytes = read.map_err(|error| format!("{shown}: {error}"))?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let all: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if all.is_empty() {
        return Err(Line::NoPrompts(&shown).say(language).into_owned());
    }
    Ok(all)
}

#[expect(clippy::disallowed_methods, reason = "a command reads the file that was named")]
fn read_file(path: &std::path::Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// The schema of the model that is meant, or a sentence why there is none.
fn job(
    catalog: &Catalog,
    model: Option<&str>,
    makes: Makes,
    language: Language,
) -> Result<Job, String> {
    let alike = || catalog.jobs().iter().filter(|job| job.makes == makes);
    let Some(model) = model else {
        return alike().next().cloned().ok_or_else(|| {
            Line::NoModel { model: "?", makes, others: "" }.say(language).into_owned()
        });
    };
    let shown = sanitize::line(model);
    match catalog.job(&ModelId::new(model)) {
        Some(job) if job.makes == makes => Ok(job),
        Some(job) => {
            Err(Line::Makes { model: &shown, makes: job.makes }.say(language).into_owned())
        }
        None => {
            let others: Vec<&str> = alike().map(|job| job.model.as_str()).collect();
            let others = others.join(", ");
            Err(Line::NoModel { model: &shown, makes, others: &others }.say(language).into_owned())
        }
    }
}

/// Wishes with their prices.
fn orders(
    job: &Job,
    forms: Vec<Form>,
    settings: &Settings,
    catalog: &Catalog,
    ids: &mut IdSource,
) -> Vec<Order> {
    let batch = (forms.len() > 1).then(|| ids.batch());
    forms
        .into_iter()
        .map(|form| {
            let cost = catalog.estimate(settings.figures, job, &form);
            let (price, tag) = cost.map(|cost| (cost.cost, cost.price)).unzip();
            let title = form::title(job, &form);
            let (key, model) = (ids.task(), job.model.clone());
            Order { key, model, title, form, batch, price, tag }
        })
        .collect()
}

/// The sum of prices, if all are known and of one currency.
fn sum(orders: &[Order]) -> Option<Money> {
    let first = orders.first()?.price?;
    orders.iter().skip(1).try_fold(first, |sum, order| sum.plus(order.price?))
}

/// The price, before anything is sent.
fn price(orders: &[Order], job: &Job, settings: &Settings, catalog: &Catalog) -> String {
    let language = settings.language;
    if let [order] = orders {
        let cost = catalog.estimate(settings.figures, job, &order.form);
        let said = match &cost {
            Some(cost) => Jobs::Price {
                cost: cost.cost,
                each: cost.each,
                units: cost.units,
                unit: cost.unit,
                resolution: cost.resolution.as_deref(),
                at_least: cost.at_least,
            }
            .say(language),
            None => Jobs::NoPrice.say(language),
        };
        return format!("{}: {said}", job.model);
    }
    let all = Line::PriceOfAll { count: orders.len(), cost: sum(orders) }.say(language);
    format!("{}: {all}", job.model)
}

/// Sends what the flags say. Returns the exit code.
pub async fn create(
    config: &Config,
    deps: Deps,
    makes: Makes,
    model: Option<&str>,
    args: &CreateArgs,
) -> u8 {
    let settings = &config.settings;
    let told = Told { language: settings.language, json: args.json };
    let catalog = deps.setup.chat.catalog.get();
    let base = deps.setup.files.clone();
    let refused = |sentences: Vec<String>| {
        sentences.iter().for_each(|sentence| tell(sentence));
        USAGE
    };
    let found = job(&catalog, model, makes, told.language).map_err(|sentence| vec![sentence]);
    let found = found.and_then(|job| {
        let prompts = prompts(args, &base, told.language).map_err(|sentence| vec![sentence])?;
        let forms = form::forms(&job, args, &prompts, &base, told.language)?;
        Ok((job, forms))
    });
    let (job, forms) = match found {
        Ok(found) => found,
        Err(sentences) => return refused(sentences),
    };
    if let Err(code) = deps.key(told.language).await {
        return code;
    }
    // The service makes ids from the seed as it is.
    let mut ids = IdSource::new(deps.seed.rotate_left(32) ^ 0x6c69_616e);
    let orders = orders(&job, forms, settings, &catalog, &mut ids);
    let said = price(&orders, &job, settings, &catalog);
    let (profile, rush) = (deps.setup.profile.clone(), deps.setup.rush.max(1));
    let mut bench = Bench::open(deps.setup, deps.clocks, deps.seed, &settings.tasks.on_done);
    let line = json!({
        "type": "price", "model": job.model.as_str(), "tasks": orders.len(),
        "price": sum(&orders).map(money),
    });
    if args.json {
        if let Err(code) = bench.print(&format!("{line}\n")).await {
            return code;
        }
    } else {
        tell(&said);
    }
    let caps = Caps { session: None, day: settings.budget.day, month: settings.budget.month };
    let gate = Gate { caps, override_caps: args.yes, loop_after: (!args.yes).then_some(LOOP) };
    bench.begin(args.timeout.map(Duration::from_secs));
    let keys = orders.iter().map(|order| order.key).collect();
    let sending = Sending {
        told,
        profile,
        of: orders.len(),
        quiet: args.wait,
        stands: STANDS / rush,
        looked_for: LOOKED_FOR / rush,
        keys,
        seen: BTreeMap::new(),
        sent: Vec::new(),
        moved: Instant::now(),
        code: 0,
    };
    bench.send(TaskCommand::Submit { orders, gate });
    let code = sending.run(&mut bench, args.wait).await;
    bench.close().await;
    code
}

/// Tasks on their way to the service.
struct Sending {
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
    /// Until every wish has an id, or is refused, or waits for room.
    async fn run(mut self, bench: &mut Bench, wait: bool) -> u8 {
        while !self.keys.is_empty() {
            if self.stands() && !wait {
                break;
            }
            let done = match bench.next_until(self.soon()).await {
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
    fn soon(&self) -> Option<Instant> {
        let maybe = self.seen.values().any(|task| task.stage == Stage::Maybe);
        Some(self.moved + if maybe { self.looked_for } else { self.stands })
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
        rows: &[crate::domain::tasks::TaskRow],
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
