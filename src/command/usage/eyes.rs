//! Rows of use for eyes: a table, what its marks mean, and how far limits are used. It refuses to
//! show a column in which nothing stands.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::{OLD, age};
use crate::domain::ledger::{Cap, Spending};
use crate::domain::meters::count::{By, Span};
use crate::domain::money::{Currency, Money};
use crate::domain::settings::{Language, Settings};
use crate::service::ledger::report::{Line, Report, total};
use crate::text::sanitize;
use crate::text::width::Widths;
use crate::words::{grouped, usage::Usage as Words};

/// Columns a key may take in a table.
const KEY: usize = 40;

/// A table with what there is to say below it.
pub(super) fn for_eyes(
    lines: &[Line],
    by: By,
    settings: &Settings,
    report: &Report,
    now_ms: i64,
) -> String {
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
pub(super) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

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
