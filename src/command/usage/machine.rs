//! Rows of use for programs: fields between tabs, comma-separated values, JSON. It refuses to leave
//! out a column because nothing is in it.

use serde_json::{Value, json};

use super::{OLD, age};
use crate::domain::money::Money;
use crate::service::ledger::report::Line;
use crate::text::sanitize;

fn amounts(sums: &[Money], join: &str) -> String {
    let one = |money: &Money| format!("{} {}", money.amount.normalize(), money.currency.code());
    sums.iter().map(one).collect::<Vec<_>>().join(join)
}

/// One row for programs: nothing where nothing is known.
pub(super) fn fields(line: &Line) -> [String; 11] {
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

pub(super) fn csv(lines: &[Line]) -> String {
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

pub(super) fn value(line: &Line, now_ms: i64) -> Value {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::meters::count::Sum;

    #[test]
    fn a_table_of_values_quotes_what_would_break_it() {
        let sum = Sum { key: "=1+1, \"so\"".to_owned(), ..Sum::default() };
        let text = csv(&[Line { sum, price: None }]);
        assert!(text.starts_with("key,requests,failed,"), "{text}");
        assert!(text.contains("\"'=1+1, \"\"so\"\"\",0,0,"), "{text}");
    }
}
