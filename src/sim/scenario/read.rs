//! Reading a scenario file and saying in one sentence, with its line, what is wrong with it.
#![expect(clippy::disallowed_methods, reason = "the simulator reads its own scenario file")]

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use toml::Spanned;

use super::{Counted, Rule, Scenario, ScenarioError, kind};
use crate::sim::refusal;

/// Which calls a rule is for, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Calls {
    from: u64,
    to: u64,
}

impl Calls {
    pub(super) const fn holds(self, call: u64) -> bool {
        self.from <= call && call <= self.to
    }

    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let calls = match text.split_once('-') {
            None => number(text).map(|n| Self { from: n, to: n })?,
            Some((from, "")) => Self { from: number(from)?, to: u64::MAX },
            Some((from, to)) => Self { from: number(from)?, to: number(to)? },
        };
        (calls.from >= 1 && calls.from <= calls.to).then_some(calls)
    }
}

/// The text of a header, which may be written as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header(pub(super) String);

struct NumberOrText(&'static str);

impl Visitor<'_> for NumberOrText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }
}

const CALLS: &str = "a number such as 2 or a range such as \"2-4\" or \"3-\"";

impl<'de> Deserialize<'de> for Calls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(NumberOrText(CALLS))?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("`call = {text}` is not {CALLS}")))
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text =
            deserializer.deserialize_any(NumberOrText("seconds or the text of the header"))?;
        if text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("a header holds printable ASCII only"))
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<Rule>>,
}

impl Scenario {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScenarioError::Read { file: file.clone(), source })?;
        Self::parse(&file, &text)
    }

    /// Reads a text; `file` is its name in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let wrong = |at: usize, message: String| ScenarioError::Line {
            file: file.to_owned(),
            line: text.get(..at).unwrap_or(text).matches('\n').count() + 1,
            message,
        };
        let parsed: File = toml::from_str(text).map_err(|error| {
            wrong(
                error.span().map_or(0, |span| span.start),
                error.message().trim().replace('\n', "; "),
            )
        })?;
        let mut rules = Vec::new();
        for rule in parsed.rule {
            let start = rule.span().start;
            let rule = rule.into_inner();
            check(&rule).map_err(|(key, message)| wrong(line_of(text, start, key), message))?;
            rules.push(Counted { rule: Arc::new(rule), calls: AtomicU64::new(0) });
        }
        Ok(Self { rules })
    }
}

/// Where a key stands within the rule that begins at `start`; the rule itself if it is not found.
fn line_of(text: &str, start: usize, key: &str) -> usize {
    let mut at = start;
    for (number, line) in text.get(start..).unwrap_or_default().split_inclusive('\n').enumerate() {
        let line_start = line.trim_start();
        if number > 0 && line_start.starts_with("[[") {
            break;
        }
        if line_start.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return at;
        }
        at += line.len();
    }
    start
}

/// What the types alone do not say: the key at fault and the sentence.
fn check(rule: &Rule) -> Result<(), (&'static str, String)> {
    if let Some(code) = &rule.code
        && kind(code).is_none()
        && (rule.status.is_none() || rule.message.is_none())
    {
        return Err((
            "code",
            format!(
                "`{code}` is not a documented code, so it needs a status and a message; documented are {}",
                codes()
            ),
        ));
    }
    if let Some(code) = &rule.error_event
        && kind(code).is_none()
    {
        return Err(("error_event", format!("unknown code `{code}`, expected one of {}", codes())));
    }
    if let Some(status) = rule.status {
        let valid = if rule.redirect.is_some() { 300..=399 } else { 400..=599 };
        if !valid.contains(&status) {
            return Err((
                "status",
                format!(
                    "status {status} is not an error; valid are 400 to 599 (300 to 399 with `redirect`)"
                ),
            ));
        }
    }
    if rule.every == Some(0) {
        return Err(("every", "every = 0 matches nothing; valid are 1 and above".to_owned()));
    }
    if rule.slow_bytes_per_s == Some(0) {
        return Err((
            "slow_bytes_per_s",
            "slow_bytes_per_s must be 1 or more; for silence use stall_after_tokens".to_owned(),
        ));
    }
    if rule.rate.is_some_and(|rate| !rate.is_finite() || rate < 0.0) {
        return Err((
            "rate",
            "rate must be 0 (as fast as possible) or more tokens a second".to_owned(),
        ));
    }
    if rule.accept_first && rule.status.is_none() && rule.code.is_none() {
        return Err((
            "accept_first",
            "accept_first needs the status or code to answer once the task is made".to_owned(),
        ));
    }
    if rule.task_s.is_some_and(|seconds| !seconds.is_finite() || seconds < 0.0) {
        return Err(("task_s", "task_s must be 0 or more seconds".to_owned()));
    }
    if rule.file_name.as_deref() == Some("") || rule.url_field.as_deref() == Some("") {
        let key = if rule.url_field.as_deref() == Some("") { "url_field" } else { "file_name" };
        return Err((key, format!("{key} must not be empty; for no link at all use no_url")));
    }
    let printable = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
    if rule.redirect.as_deref().is_some_and(|url| !printable(url)) {
        return Err(("redirect", "redirect must be a URL in printable ASCII".to_owned()));
    }
    if rule.gzip_bomb_mb.is_some_and(|size| size == 0 || size > 1024) {
        return Err(("gzip_bomb_mb", "gzip_bomb_mb must be from 1 to 1024".to_owned()));
    }
    Ok(())
}

fn codes() -> String {
    let codes: Vec<String> = refusal::ALL.iter().map(|kind| format!("`{}`", kind.compat)).collect();
    codes.join(", ")
}
