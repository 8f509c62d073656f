//! `lian video create` and `lian image create`: flags become wishes, money and wish are on disk
//! before a request leaves, the id comes on stdout, with `--wait` the file. It refuses to send
//! anything a second time.

mod form;
mod sending;

use std::io::{self, Read as _};
use std::time::Duration;

use serde_json::json;

use super::task::{Bench, Deps, Told, money, tell};
use crate::catalog::Catalog;
use crate::cli::jobs::CreateArgs;
use crate::config::Config;
use crate::domain::ids::IdSource;
use crate::domain::jobs::{Form, Job, Makes};
use crate::domain::ledger::{Caps, Gate};
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::domain::settings::{Language, Settings};
use crate::domain::tasks::book::{Order, TaskCommand};
use crate::service::attachments::look::Base;
use crate::text::sanitize;
use crate::words::jobs::Jobs;
use crate::words::task_line::Line;
use sending::Sending;

/// Exit code of what failed.
const FAILED: u8 = 1;
/// Exit code for what cannot be asked.
const USAGE: u8 = 2;
/// Exit code where a limit of the budget, or the fuse, stopped it.
const BUDGET: u8 = 8;
/// The same wish so often within a minute looks like a loop.
const LOOP: u32 = 3;

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
        for sentence in &sentences {
            tell(sentence);
        }
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
    let (profile, rush) = (deps.setup.profile.clone(), deps.setup.rush);
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
    let sending = Sending::new(told, profile, &orders, args.wait, rush);
    bench.send(TaskCommand::Submit { orders, gate });
    let code = sending.run(&mut bench, args.wait).await;
    bench.close().await;
    code
}
