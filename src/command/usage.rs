//! `lian usage`: what was used and what it cost, from this machine's ledger, for eyes, pipes and
//! status lines. It refuses to write anything, and to ask anybody.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::config::Answer;
use crate::cli::usage::UsageArgs;
use crate::config::{self, Flags};
use crate::domain::day::Day;
use crate::domain::ledger::{Cap, Spending};
use crate::domain::meters::count::{By, Span};
use crate::domain::money::{Currency, Money};
use crate::domain::settings::{Language, Settings};
use crate::service::ledger::alone::Alone;
use crate::service::ledger::report::{Line, Report, total};
use crate::text::sanitize;
use crate::text::width::Widths;
use crate::words::{self, grouped, usage::Usage as Words};

/// Exit code for a configuration that is wrong.
const CONFIGURATION: u8 = 6;
/// Exit code for a ledger that cannot be read.
const FAILED: u8 = 1;
/// Prices that are older than so many days are called old.
const OLD: i64 = 90;
/// A free quota lasts so many days at most.
const FREE: i64 = 90;
/// Columns a key may take in a table.
const KEY: usize = 40;

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
            Some(limit) => format!("{money}/{:.2}", limit.round_dp(2)),
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

fn amounts(sums: &[Money], join: &str) -> String {
    let one = |money: &Money| format!("{} {}", money.amount.normalize(), money.currency.code());
    sums.iter().map(one).collect::<Vec<_>>().join(join)
}

/// One row for programs: nothing where nothing is known.
fn fields(line: &Line) -> [String; 11] {
    let Line { sum, price } = line;
    let count = |n: Option<u64>| n.unwrap_or(0).to_string();
    [
        sanitize::line(&sum.key),
        sum.requests.to_string(),
        sum.failed.to_string(),
        count(sum.units.input),
        count(sum.units.output),
        count(sum.units.cached),
        amounts(&sum.money, ", "),
        amounts(&sum.saved, ", "),
        sum.unpriced.to_string(),
        sum.estimated.to_string(),
        price.as_ref().map(|(_, as_of)| as_of.clone()).unwrap_or_default(),
    ]
}

const NAMES: [&str; 11] = [
    "key",
    "requests",
    "failed",
    "input",
    "output",
    "cached",
    "money",
    "saved",
    "unpriced",
    "estimated",
    "price_as_of",
];

fn csv(lines: &[Line]) -> String {
    let quoted = |field: String| {
        // A text that a spreadsheet would take for a formula is none.
        let guard = if field.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
        if guard.is_empty() && !field.contains([',', '"', '\n', '\r']) {
            return field;
        }
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    };
    let mut out = format!("{}\r\n", NAMES.join(","));
    for line in lines {
        out.push_str(&fields(line).map(quoted).join(","));
        out.push_str("\r\n");
    }
    out
}

fn value(line: &Line, now_ms: i64) -> Value {
    let Line { sum, price } = line;
    let money = |all: &[Money]| -> Vec<Value> {
        let one = |money: &Money| {
            let amount = money.amount.normalize().to_string();
            json!({"amount": amount, "currency": money.currency.code()})
        };
        all.iter().map(one).collect()
    };
    let units = &sum.units;
    json!({
        "key": sanitize::line(&sum.key),
        "requests": sum.requests,
        "failed": sum.failed,
        "input": units.input,
        "output": units.output,
        "cached": units.cached,
        "reasoning": units.reasoning,
        "characters": units.characters,
        "seconds": units.duration.map(|time| time.as_secs_f64()),
        "pieces": units.pieces,
        "money": money(&sum.money),
        "saved": money(&sum.saved),
        "unpriced": sum.unpriced,
        "estimated": sum.estimated,
        "price_source": price.as_ref().map(|(source, _)| source),
        "price_as_of": price.as_ref().map(|(_, as_of)| as_of),
        "price_is_old": price.as_ref().and_then(|(_, as_of)| age(as_of, now_ms)).map(|d| d > OLD),
    })
}

/// Days since a price was true.
fn age(as_of: &str, now_ms: i64) -> Option<i64> {
    let now = crate::domain::time::Now { wall_ms: now_ms, ..crate::domain::time::Now::default() };
    Day::parse(as_of).map(|day| day.until(Day::of(now)))
}

/// A table with what there is to say below it.
fn for_eyes(lines: &[Line], by: By, settings: &Settings, report: &Report, now_ms: i64) -> String {
    let language = settings.language;
    let say = |words: Words<'_>| words.say(language).into_owned();
    let mut out = if lines.is_empty() {
        format!("{}\n", say(Words::Nothing))
    } else {
        let head = match by {
            By::Model => Words::Model,
            By::Day => Words::Day,
            By::Profile => Words::Profile,
            By::Subject => Words::Subject,
        };
        let mut rows = vec![
            [
                head,
                Words::Requests,
                Words::Failed,
                Words::Input,
                Words::Output,
                Words::Cached,
                Words::Money,
                Words::Saved,
                Words::AsOf,
            ]
            .map(say),
        ];
        let named = |line: &Line| {
            let mut cells = cells(line, language, now_ms);
            if by == By::Subject {
                cells[0] = kind(&line.sum.key, language).unwrap_or(std::mem::take(&mut cells[0]));
            }
            cells
        };
        rows.extend(lines.iter().map(named));
        if lines.len() > 1 {
            rows.push(cells(&all(lines, say(Words::Total)), language, now_ms));
        }
        columns(&rows)
    };
    for words in remarks(lines, now_ms) {
        let _ = writeln!(out, "{}", words.say(language));
    }
    for (cap, spent, limit) in limits(report, settings, now_ms) {
        let (spent, limit) = (spent.to_string(), limit.to_string());
        let words = Words::Limit { cap, spent: &spent, limit: &limit };
        let _ = writeln!(out, "{}", words.say(language));
    }
    let _ = writeln!(out, "{}", Words::ThisMachine.say(language));
    out
}

/// All rows as one.
fn all(lines: &[Line], key: String) -> Line {
    let mut all = Line::default();
    all.sum.key = key;
    let plus = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    };
    for line in lines {
        let (sum, more) = (&mut all.sum, &line.sum);
        sum.requests += more.requests;
        sum.failed += more.failed;
        sum.unpriced += more.unpriced;
        sum.estimated += more.estimated;
        sum.units.input = plus(sum.units.input, more.units.input);
        sum.units.output = plus(sum.units.output, more.units.output);
        sum.units.cached = plus(sum.units.cached, more.units.cached);
        for (to, from) in [(&mut sum.money, &more.money), (&mut sum.saved, &more.saved)] {
            for money in from {
                match to.iter_mut().find(|known| known.currency == money.currency) {
                    Some(known) => known.amount = known.amount.saturating_add(money.amount),
                    None => to.push(*money),
                }
            }
        }
    }
    all
}

fn cells(line: &Line, language: Language, now_ms: i64) -> [String; 9] {
    let Line { sum, price } = line;
    let count = |n: Option<u64>| n.map(grouped).unwrap_or_default();
    let money = |all: &[Money]| all.iter().map(Money::to_string).collect::<Vec<_>>().join(" + ");
    let mut cost = money(&sum.money);
    if cost.is_empty() && sum.unpriced > 0 {
        cost = Words::NoPrice.say(language).into_owned();
    }
    if sum.estimated > 0 {
        cost.insert(0, '~');
    }
    if sum.unpriced > 0 {
        cost.push('*');
    }
    [
        shortened(&sanitize::line(&sum.key)),
        grouped(sum.requests),
        if sum.failed > 0 { grouped(sum.failed) } else { String::new() },
        count(sum.units.input),
        count(sum.units.output),
        count(sum.units.cached),
        cost,
        money(&sum.saved),
        match price {
            Some((_, as_of)) if age(as_of, now_ms).is_some_and(|days| days > OLD) => {
                format!("{as_of}!")
            }
            Some((_, as_of)) => as_of.clone(),
            None => String::new(),
        },
    ]
}

/// What requests that are for no conversation and no task are called.
fn kind(key: &str, language: Language) -> Option<String> {
    let spending = Spending::ALL.into_iter().find(|spending| spending.name() == key)?;
    Some(Words::Kind(spending).say(language).into_owned())
}

/// The beginning of a key that fits into its column.
fn shortened(text: &str) -> String {
    let widths = Widths::default();
    if widths.text(text) <= KEY {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut columns = 1;
    for cluster in widths.clusters(text) {
        columns += cluster.cells;
        if columns > KEY {
            break;
        }
        out.push_str(cluster.text);
    }
    out.push('…');
    out
}

/// Rows in columns: the key begins at the left, figures end below each other, a column without any
/// figure is left out.
fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let widths = Widths::default();
    let width = |column: usize| rows.iter().map(|row| widths.text(&row[column])).max().unwrap_or(0);
    let shown: Vec<(usize, usize)> = (0..N)
        .filter(|column| rows.iter().skip(1).any(|row| !row[*column].is_empty()))
        .map(|column| (column, width(column)))
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, width) in &shown {
            let cell = &row[*column];
            let blanks = " ".repeat(width - widths.text(cell));
            let left = *column == 0;
            let (before, after) = if left { ("", &*blanks) } else { (&*blanks, "") };
            line.extend([before, cell, after, "  "]);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// What the marks in the table mean, and which prices are old.
fn remarks(lines: &[Line], now_ms: i64) -> Vec<Words<'_>> {
    let sum = |of: fn(&Line) -> u64| lines.iter().map(of).fold(0, u64::saturating_add);
    let (estimated, unpriced) = (sum(|line| line.sum.estimated), sum(|line| line.sum.unpriced));
    let oldest = lines.iter().filter_map(|line| line.price.as_ref()).map(|(_, as_of)| as_of).min();
    let stale = oldest.and_then(|as_of| {
        age(as_of, now_ms).filter(|days| *days > OLD).map(|days| Words::Stale { as_of, days })
    });
    let estimated = (estimated > 0).then_some(Words::Estimated(estimated));
    let unpriced = (unpriced > 0).then_some(Words::Unpriced(unpriced));
    estimated.into_iter().chain(unpriced).chain(stale).collect()
}

/// How far the limits of days and months are used, a row a currency that was spent.
fn limits(report: &Report, settings: &Settings, now_ms: i64) -> Vec<(Cap, Money, Money)> {
    let profile = Some(settings.place.profile.as_str());
    let budget = settings.budget;
    let spans = [(Cap::Day, budget.day, Span::Today), (Cap::Month, budget.month, Span::Month)];
    let mut rows = Vec::new();
    for (cap, limit, span) in spans {
        let Some(limit) = limit else { continue };
        let Ok(lines) = report.table(By::Model, span, profile, now_ms) else { continue };
        let mut sums = total(&lines);
        if sums.is_empty() {
            sums.push(Money { amount: Decimal::ZERO, currency: Currency::default() });
        }
        let limit = |spent: &Money| Money { amount: limit, ..*spent };
        rows.extend(sums.iter().map(|spent| (cap, *spent, limit(spent))));
    }
    rows
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
    use crate::domain::meters::count::Sum;

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

    #[test]
    fn a_table_of_values_quotes_what_would_break_it() {
        let sum = Sum { key: "=1+1, \"so\"".to_owned(), ..Sum::default() };
        let text = csv(&[Line { sum, price: None }]);
        assert!(text.starts_with("key,requests,failed,"), "{text}");
        assert!(text.contains("\"'=1+1, \"\"so\"\"\",0,0,"), "{text}");
    }

    #[test]
    fn prices_grow_old() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert_eq!(age("2026-05", at("2026-05-31T00:00:00Z")), Some(30));
        assert_eq!(age("soon", 0), None);
        let price = Some(("market".into(), "2026-05-01".into()));
        let lines = [Line { price, ..Line::default() }];
        let told = remarks(&lines, at("2026-11-28T00:00:00Z"));
        assert_eq!(told, [Words::Stale { as_of: "2026-05-01", days: 211 }]);
        assert_eq!(remarks(&lines, at("2026-06-01T00:00:00Z")), []);
    }
}
