//! The numbers of a request and their documented ranges. It refuses everything that is not a number.

use serde_json::{Map, Value};

use super::{Refusal, get};
use crate::sim::models::Model;

/// The largest thinking budget that any model takes.
const MAX_THINKING: i64 = 81_920;

/// The numbers that shape an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub(super) thinking_budget: Option<usize>,
    pub(super) max_text: Option<usize>,
    pub(super) max_total: Option<usize>,
    pub(super) choices: u8,
    pub(super) seed: u64,
}

pub(super) fn read(body: &Map<String, Value>, model: &Model) -> Result<Numbers, Refusal> {
    float(body, "temperature", "Temperature should be in [0.0, 2.0)", |t| (0.0..2.0).contains(&t))?;
    float(body, "top_p", "Range of top_p should be (0.0, 1.0]", |p| p > 0.0 && p <= 1.0)?;
    float(body, "presence_penalty", "Presence_penalty should be in [-2.0, 2.0]", |p| {
        (-2.0..=2.0).contains(&p)
    })?;
    float(body, "repetition_penalty", "Repetition_penalty should be greater than 0.0", |p| {
        p > 0.0
    })?;
    integer(body, "top_k", "Parameter top_k be greater than or equal to 0", 0..=i64::MAX)?;
    let seed =
        integer(body, "seed", "Range of seed should be [0, 9223372036854775807]", 0..=i64::MAX)?;
    let choices = integer(body, "n", "Range of n should be [1, 4]", 1..=4)?;
    let budget = format!(
        "The thinking_budget parameter must be a positive integer and not greater than {MAX_THINKING}"
    );
    let thinking_budget = integer(body, "thinking_budget", &budget, 1..=MAX_THINKING)?;
    let most = model.output.and_then(|tokens| i64::try_from(tokens).ok()).unwrap_or(65_536);
    let range = format!("Range of max_tokens should be [1, {most}]");
    let max_text = integer(body, "max_tokens", &range, 1..=most)?;
    let max_total = integer(body, "max_completion_tokens", &range, 1..=most)?;
    let size = |number: Option<i64>| number.and_then(|n| usize::try_from(n).ok());
    Ok(Numbers {
        thinking_budget: size(thinking_budget),
        max_text: size(max_text),
        max_total: size(max_total),
        choices: choices.and_then(|n| u8::try_from(n).ok()).unwrap_or(1),
        seed: seed.unwrap_or(0).unsigned_abs(),
    })
}

/// A number of any kind; another type has a text of its own.
fn float(
    body: &Map<String, Value>,
    key: &str,
    refusal: &str,
    good: impl Fn(f64) -> bool,
) -> Result<(), Refusal> {
    match get(body, key) {
        None => Ok(()),
        Some(value) => match value.as_f64() {
            None => Err(Refusal::parameter(format!("{key} must be Float"))),
            Some(number) if good(number) => Ok(()),
            Some(_) => Err(Refusal::parameter(refusal)),
        },
    }
}

fn integer(
    body: &Map<String, Value>,
    key: &str,
    refusal: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Option<i64>, Refusal> {
    match get(body, key) {
        None => Ok(None),
        Some(value) => match value.as_i64() {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(Refusal::parameter(refusal)),
        },
    }
}
