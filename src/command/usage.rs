//! `lian usage`: what was used and what it cost, from this machine's ledger, for eyes, pipes and
//! status lines. It refuses to write anything, and to ask anybody.

mod eyes;
mod machine;

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::json;

use eyes::{columns, for_eyes};
use machine::{csv, fields, value};

use super::config::Answer;
use crate::cli::usage::UsageArgs;
use crate::config::{self, Flags};
use crate::domain::day::Day;
use crate::domain::meters::count::{By, Span};
use crate::domain::money::{Currency, Money};
use crate::domain::settings::{Language, Settings};
use crate::service::ledger::alone::Alone;
use crate::service::ledger::report::{Line, Report, total};
use crate::text::sanitize;
use crate::words::{self, grouped, usage::Usage as Words};

/// Exit code for a configuration that is wrong.
const CONFIGURATION: u8 = 6;
/// Exit code for a ledger that cannot be read.
const FAILED: u8 = 1;
/// Prices that are older than so many days are called old.
const OLD: i64 = 90;
/// A free quota lasts so many days at most.
const FREE: i64 = 90;

/// Reads the ledger and answers. `now_ms` is the moment in milliseconds since 1970 (UTC), `table`
/// tells that eyes will read it.
pub async fn run(args: &UsageArgs, flags: &Flags, table: bool, now_ms: i64) -> Answer {
    let config = match config::load(flags, &super::env) {
        Ok(config) => config,
        Err(_) if args.line => return Answer::default(),
        Err(error) => {
            return Answer {
                err: vec![error.to_string()],
                code: CONFIGURATION,
                ..Answer::default()
            };
        }
    };
    let settings = &config.settings;
    let dir = &config.paths.data;
    let report = match Report::open(dir) {
        // An older lian made it: it is brought up to date by opening it once.
        Ok(None) if !args.line => {
            let books = Alone::in_dir(dir.clone());
            let profile = settings.place.profile.clone();
            let known = books.ledger().standing(profile, Currency::default()).await;
            books.close().await;
            known.and_then(|_| Report::open(dir))
        }
        report => report,
    };
    let report = match report {
        Ok(Some(report)) => report,
        Ok(None) => return Answer::default(),
        Err(_) if args.line => return Answer::default(),
        Err(notice) => return failed(settings.language, &notice),
    };
    let told = if args.line {
        Ok(line(&report, settings, now_ms).unwrap_or_default())
    } else if args.free {
        free(&report, settings, args, now_ms)
    } else {
        rows(&report, settings, args, table, now_ms)
    };
    match told {
        Ok(out) => Answer { out, ..Answer::default() },
        Err(notice) => failed(settings.language, &notice),
    }
}

fn failed(language: Language, notice: &crate::domain::notice::Notice) -> Answer {
    Answer { err: vec![words::line(language, notice)], code: FAILED, ..Answer::default() }
}

/// Today in one short line, e.g. `¥0.43/20.00 · 88K tok`; nothing where nothing was used and no
/// limit is set.
fn line(report: &Report, settings: &Settings, now_ms: i64) -> Option<String> {
    let profile = Some(settings.place.profile.as_str());
    let lines = report.table(By::Model, Span::Today, profile, now_ms).ok()?;
    let limit = settings.budget.day;
    if lines.is_empty() && limit.is_none() {
        return None;
    }
    let mut sums = total(&lines);
    if sums.is_empty() {
        sums.push(Money { amount: Decimal::ZERO, currency: Currency::default() });
    }
    let mut parts: Vec<String> = sums
        .iter()
        .map(|money| match limit {
            Some(limit) => format!("{money}/{}", unsigned(limit, money.currency)),
            None => money.to_string(),
        })
        .collect();
    let of = |line: &Line| {
        let units = &line.sum.units;
        units.input.unwrap_or(0).saturating_add(units.output.unwrap_or(0))
    };
    let tokens = lines.iter().map(of).fold(0, u64::saturating_add);
    parts.push(format!("{} tok", short(tokens)));
    Some(format!("{}\n", parts.join(" · ")))
}

/// An amount without its currency's sign, which stands before another one; a small one never reads
/// as nothing.
fn unsigned(amount: Decimal, currency: Currency) -> String {
    let shown = Money { amount, currency }.to_string();
    shown.strip_prefix(currency.sign()).unwrap_or(&shown).to_owned()
}

/// A count in four characters or so: `931`, `88K`, `1.2M`.
fn short(count: u64) -> String {
    let scaled = |unit: u64, sign: char| {
        let tenths = count / (unit / 10);
        if tenths < 100 && !tenths.is_multiple_of(10) {
            format!("{}.{}{sign}", tenths / 10, tenths % 10)
        } else {
            format!("{}{sign}", tenths / 10)
        }
    };
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => scaled(1_000, 'K'),
        1_000_000..1_000_000_000 => scaled(1_000_000, 'M'),
        _ => scaled(1_000_000_000, 'G'),
    }
}

type Told = Result<String, crate::domain::notice::Notice>;

fn rows(report: &Report, settings: &Settings, args: &UsageArgs, table: bool, now_ms: i64) -> Told {
    let by = match args.by.as_str() {
        "day" => By::Day,
        "profile" => By::Profile,
        "subject" => By::Subject,
        _ => By::Model,
    };
    let span = match args.span.as_str() {
        "month" => Span::Month,
        "all" => Span::All,
        _ => Span::Today,
    };
    let whose = (!args.all_profiles && by != By::Profile).then_some(&*settings.place.profile);
    let lines = report.table(by, span, whose, now_ms)?;
    let mut out = String::new();
    if args.json {
        for line in &lines {
            let _ = writeln!(out, "{}", value(line, now_ms));
        }
        return Ok(out);
    }
    if args.csv {
        return Ok(csv(&lines));
    }
    if !table {
        for line in &lines {
            let _ =
                writeln!(out, "{}", fields(line).map(|field| field.replace('\t', " ")).join("\t"));
        }
        return Ok(out);
    }
    Ok(for_eyes(&lines, by, settings, report, now_ms))
}

/// Days since a price was true.
fn age(as_of: &str, now_ms: i64) -> Option<i64> {
    let now = crate::domain::time::Now { wall_ms: now_ms, ..crate::domain::time::Now::default() };
    Day::parse(as_of).map(|day| day.until(Day::of(now)))
}

/// What was used of each model here, since when, and how long a free quota may last at most.
fn free(report: &Report, settings: &Settings, args: &UsageArgs, now_ms: i64) -> Told {
    let profile = settings.place.profile.as_str();
    let language = settings.language;
    let first = report.first_asked(profile)?;
    let lines = report.table(By::Model, Span::All, Some(profile), now_ms)?;
    let mut rows = vec![
        [Words::Model, Words::Input, Words::Output, Words::Since, Words::Left]
            .map(|words| words.say(language).into_owned()),
    ];
    let mut out = String::new();
    for (model, since) in first {
        let beijing = |ms| crate::domain::time::Now {
            wall_ms: ms,
            utc_offset_min: 480,
            ..Default::default()
        };
        let (begin, today) = (Day::of(beijing(since)), Day::of(beijing(now_ms)));
        let left = FREE - begin.until(today);
        let units = lines.iter().find(|line| line.sum.key == model).map(|line| &line.sum.units);
        let count = |of: fn(&crate::domain::ledger::Units) -> Option<u64>| units.and_then(of);
        let (input, output) = (count(|units| units.input), count(|units| units.output));
        if args.json {
            let value = json!({
                "model": model, "input": input, "output": output, "since": begin.to_string(),
                "days_left_at_most": left.max(0),
            });
            let _ = writeln!(out, "{value}");
            continue;
        }
        let left = if left > 0 { Words::AtMost(left) } else { Words::Over };
        rows.push([
            sanitize::line(&model),
            input.map(grouped).unwrap_or_default(),
            output.map(grouped).unwrap_or_default(),
            begin.to_string(),
            left.say(language).into_owned(),
        ]);
    }
    if args.json {
        return Ok(out);
    }
    let body = if rows.len() == 1 {
        format!("{}\n", Words::Nothing.say(language))
    } else {
        columns(&rows)
    };
    Ok(format!("{body}{}\n", Words::Free.say(language)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_limit_never_reads_as_nothing() {
        let of = |amount: &str| unsigned(amount.parse().unwrap(), Currency::Cny);
        assert_eq!(
            (of("20"), of("0.004"), of("0")),
            ("20.00".into(), "0.004".into(), "0.00".into())
        );
    }

    #[test]
    fn counts_are_short() {
        for (count, text) in [
            (0, "0"),
            (931, "931"),
            (1_000, "1K"),
            (1_250, "1.2K"),
            (9_990, "9.9K"),
            (88_420, "88K"),
            (1_234_567, "1.2M"),
            (2_000_000_000, "2G"),
        ] {
            assert_eq!(short(count), text);
        }
    }
}
