//! Faults by script: a TOML file of rules that says which request goes wrong and how.
//! It owns reading and matching; it refuses to act, which `visit` and `stream` do.
//!
//! # The file
//!
//! A list of `[[rule]]` tables. For every request the first rule that matches is taken.
//!
//! ```toml
//! [[rule]]                      # the second question to any qwen-plus is throttled
//! model = "qwen-plus*"          # which model; * is any text, ? any letter; default all
//! path = "*/chat/completions"   # which path; default all
//! call = 2                      # the n-th request that model and path match; or "2-4", "3-"
//! status = 429
//! code = "limit_burst_rate"     # any documented code; status and text follow from it
//! retry_after = 2               # seconds, or the text of the header
//! ```
//!
//! Which request: `model`, `path`, `call` (a number or a range), `every = 3` (each third one). Whoever
//! asks for the account's limits does so beside its work: only a rule with a `path` is for that.
//! A rule counts what its model and path match, whether or not an earlier rule took it.
//!
//! What happens, any of:
//!
//! | key | meaning |
//! |---|---|
//! | `status`, `code`, `message`, `retry_after` | an error in the documented envelope |
//! | `redirect = "URL"` | 302 (or `status`) to another place |
//! | `delay_ms` | silence before the headers |
//! | `first_byte_ms` | silence between the headers and the first byte |
//! | `slow_bytes_per_s` | everything, headers too, dribbles out |
//! | `cut_after_tokens`, `cut_after_bytes` | the answer ends early; how: `cut` = `"reset"` (TCP reset), `"drop"` (closed within the body), `"clean"` (a whole body without its end) |
//! | `stall_after_tokens` | silence with an open connection |
//! | `garbage` | `"not_json"`, `"binary"`, `"bad_utf8"`, `"long_line"` (1 MB) in the midst of the stream after `after_tokens` (3); `"html"` instead of the answer; `"escapes"`: terminal escapes in every field |
//! | `error_event = "CODE"` | a documented error in the midst of the stream, after `after_tokens`; its text is `message` |
//! | `empty`, `no_usage`, `no_done`, `cumulative` = `true` | no text at all; no usage; no `[DONE]` (natively: no finish reason); every delta repeats all before it |
//! | `audio` | speech: `"bad_base64"` (one piece, after `after_tokens`, cannot be decoded), `"odd_chunks"` (pieces end within a sample), `"riff"` (the stream begins with the header of a file) |
//! | `starve_ms` | speech: silence before every piece after the first `after_tokens` |
//! | `answer`, `reasoning` | this text instead of the simulator's own |
//! | (speech) | a token of `cut_after_tokens`, `after_tokens` and so on is a piece of sound; `answer` is what is said instead; `no_done` keeps back the last event |
//! | `tokens`, `rate` | as the options of `lian sim`, for this rule only |
//! | `lose = "before"`, `"after"` | creating a task: no reply, the connection is reset before or after the task was made |
//! | `accept_first = true` | creating a task: it is made, and then `status` or `code` is answered |
//! | `no_task_id = true` | creating a task: the reply has no id |
//! | `task` | the task that is created: `"pending"` never begins, `"running"` never ends (but fails after three hours), `"vanishes"` is unknown from the middle of its run on |
//! | `task_code`, `task_message` | the task that is created fails with any code |
//! | `partly = N` | so many of the pictures of the task that is created fail, with `task_code` |
//! | `task_s` | the task that is created runs for so many seconds |
//! | `no_url = true`, `url_field = "NAME"`, `file_name = "NAME"` | the task that is created succeeds without a link; with it in another field; with another last part of its path, such as `"..%2f..%2fetc"` |
//! | `usage` | `"documented"` or `"recorded"`: the other form of usage of the models that have two |
//! | `task_status = "WORD"` | asking for a task: this is its status, whatever it is; `"UNKNOWN"` in its own short form |
//! | `expired`, `no_range`, `etag_changes` = `true` | downloads: 403 as if the link were old; every range is ignored; another ETag each time |
//! | `content_length = N` | downloads: the header claims N bytes, whatever there is |
//! | `gzip_bomb_mb` | an answer that is small on the wire and this large when unpacked |

mod read;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use super::refusal::{self, Kind, Refusal};
use read::Calls;

/// Why a scenario file cannot be used.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// It cannot be read.
    #[error("cannot read the scenario {file}: {source}")]
    Read {
        /// The file as it was named.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is wrong.
    #[error("{file}, line {line}: {message}")]
    Line {
        /// The file as it was named.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong, with the valid choices.
        message: String,
    },
}

/// How an answer is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cut {
    #[default]
    Reset,
    Drop,
    Clean,
}

/// What comes instead of sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Garbage {
    NotJson,
    Html,
    Binary,
    LongLine,
    BadUtf8,
    Escapes,
}

/// When the reply to a new task is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lost {
    /// Before the task was made.
    Before,
    /// When it was.
    After,
}

/// What becomes of a task that does not simply run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    /// It never begins.
    Pending,
    /// It runs until the service gives up, after three hours.
    Running,
    /// In the midst of its run it is not known any more.
    Vanishes,
}

/// Which of the two known forms the usage of a video has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UsageForm {
    /// `video_duration`, `video_ratio`, `video_count`.
    Documented,
    /// `SR`, `duration`, `video_count`.
    Recorded,
}

/// What is wrong with streamed sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Audio {
    BadBase64,
    OddChunks,
    Riff,
}

/// One rule as the file has it.
#[expect(clippy::struct_excessive_bools, reason = "the file has them as keys of their own")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    model: Option<String>,
    path: Option<String>,
    call: Option<Calls>,
    every: Option<u64>,
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    retry_after: Option<read::Header>,
    pub(super) redirect: Option<String>,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    first_byte_ms: u64,
    pub(super) slow_bytes_per_s: Option<u32>,
    pub(super) cut_after_tokens: Option<usize>,
    pub(super) cut_after_bytes: Option<usize>,
    #[serde(default)]
    pub(super) cut: Cut,
    pub(super) stall_after_tokens: Option<usize>,
    pub(super) garbage: Option<Garbage>,
    pub(super) audio: Option<Audio>,
    #[serde(default)]
    starve_ms: u64,
    after_tokens: Option<usize>,
    error_event: Option<String>,
    #[serde(default)]
    pub(super) empty: bool,
    #[serde(default)]
    pub(super) no_usage: bool,
    #[serde(default)]
    pub(super) no_done: bool,
    #[serde(default)]
    pub(super) cumulative: bool,
    pub(super) answer: Option<String>,
    pub(super) reasoning: Option<String>,
    pub(super) tokens: Option<u32>,
    pub(super) rate: Option<f64>,
    pub(super) gzip_bomb_mb: Option<usize>,
    #[serde(default)]
    pub(super) expired: bool,
    #[serde(default)]
    pub(super) no_range: bool,
    #[serde(default)]
    pub(super) etag_changes: bool,
    pub(super) content_length: Option<usize>,
    pub(super) lose: Option<Lost>,
    #[serde(default)]
    pub(super) accept_first: bool,
    #[serde(default)]
    pub(super) no_task_id: bool,
    pub(super) task: Option<Fate>,
    pub(super) task_code: Option<String>,
    task_message: Option<String>,
    pub(super) task_s: Option<f64>,
    pub(super) task_status: Option<String>,
    pub(super) partly: Option<u32>,
    #[serde(default)]
    pub(super) no_url: bool,
    pub(super) url_field: Option<String>,
    pub(super) file_name: Option<String>,
    pub(super) usage: Option<UsageForm>,
}

fn kind(code: &str) -> Option<&'static Kind> {
    refusal::ALL.iter().find(|kind| kind.compat == code || kind.native == code)
}

impl Rule {
    /// The error to answer with, if this rule is one.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        if self.redirect.is_some() || (self.status.is_none() && self.code.is_none()) {
            return None;
        }
        let by_code = self.code.as_deref().and_then(kind);
        let by_status = || refusal::ALL.iter().find(|kind| Some(kind.status) == self.status);
        let mut refusal = Refusal::of(by_code.or_else(by_status).unwrap_or(&refusal::INTERNAL));
        if let Some(status) = self.status {
            refusal.status = status;
        }
        if let (None, Some(code)) = (by_code, &self.code) {
            refusal.compat = code.as_str().into();
            refusal.native = code.as_str().into();
            refusal.class = code.as_str().into();
        }
        if let Some(message) = &self.message {
            refusal.message = message.as_str().into();
            refusal.native_message = message.as_str().into();
        }
        refusal.retry_after = self.retry_after.as_ref().map(|header| header.0.as_str().into());
        Some(refusal)
    }

    /// The error for the midst of a stream, if there is one.
    pub(super) fn midway(&self) -> Option<Refusal> {
        let kind = kind(self.error_event.as_deref()?)?;
        // In the midst of an answer it is the answer that was looked at, not the question.
        let usual = kind.message.replacen("Input data", "Output data", 1);
        Some(Refusal::text(kind, self.message.as_deref().unwrap_or(&usual)))
    }

    /// Code and text with which a task or a part of it fails; the text follows from a documented
    /// code.
    pub(super) fn task_failure(&self) -> (String, String) {
        let code = self.task_code.as_deref().unwrap_or(refusal::INTERNAL_TIMEOUT.native);
        let usual = kind(code).map_or("The task failed.", |kind| kind.message);
        (code.to_owned(), self.task_message.as_deref().unwrap_or(usual).to_owned())
    }

    /// Status of a redirect.
    pub(super) fn redirect_status(&self) -> u16 {
        self.status.unwrap_or(302)
    }

    /// After how many tokens `garbage` and `error_event` come.
    pub(super) fn after_tokens(&self) -> usize {
        self.after_tokens.unwrap_or(3)
    }

    /// Silence before the headers.
    pub(super) const fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// Silence before a piece of speech.
    pub(super) const fn starve(&self) -> Duration {
        Duration::from_millis(self.starve_ms)
    }

    /// Silence after the headers.
    pub(super) const fn first_byte(&self) -> Duration {
        Duration::from_millis(self.first_byte_ms)
    }

    fn fits(&self, model: &str, path: &str) -> bool {
        let glob = |pattern: &Option<String>, text: &str| {
            pattern.as_deref().is_none_or(|pattern| matches(pattern, text))
        };
        let aside = path.ends_with("/quotas") || path.ends_with("/models/limits");
        glob(&self.model, model) && glob(&self.path, path) && (self.path.is_some() || !aside)
    }

    fn due(&self, call: u64) -> bool {
        self.call.is_none_or(|calls| calls.holds(call))
            && self.every.is_none_or(|every| call.is_multiple_of(every))
    }
}

/// Whether a text fits a pattern with `*` and `?`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[derive(Debug)]
struct Counted {
    rule: Arc<Rule>,
    calls: AtomicU64,
}

/// The rules of one file and how often each was reached.
#[derive(Debug, Default)]
pub struct Scenario {
    rules: Vec<Counted>,
}

impl Scenario {
    /// The rule for a request, which it counts. A path without a model has the model `""`.
    pub(super) fn pick(&self, model: &str, path: &str) -> Option<Arc<Rule>> {
        let mut picked = None;
        for counted in &self.rules {
            if counted.rule.fits(model, path) {
                let call = counted.calls.fetch_add(1, Ordering::Relaxed) + 1;
                if picked.is_none() && counted.rule.due(call) {
                    picked = Some(Arc::clone(&counted.rule));
                }
            }
        }
        picked
    }
}

#[cfg(test)]
mod tests;
