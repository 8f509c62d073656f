//! The answer of `lian chat` as it is printed: text on stdout, the rest on stderr, or everything as
//! JSON lines. It refuses to write to stdout itself; `deliver` does.

use std::io::{self, Write as _};

use serde_json::{Value, json};

use crate::domain::chat::{FinishReason, TurnEnd, TurnEvent, TurnTiming, Usage};
use crate::domain::money::Money;
use crate::domain::notice::{Fault, Notice};
use crate::domain::settings::Language;
use crate::domain::surface::WebSource;
use crate::text::json::{Checked, check};
use crate::words;
use crate::words::params::Params;

/// Turns events into what is printed.
pub(super) struct Printer {
    /// For stdout, not written yet.
    pub(super) out: Vec<u8>,
    pub(super) json: bool,
    pub(super) quiet: bool,
    pub(super) language: Language,
    pub(super) received: bool,
    /// The answer so far, where it is to be JSON.
    pub(super) checked: Option<String>,
    /// Pages the service found.
    pub(super) sources: Vec<WebSource>,
}

impl Printer {
    pub(super) fn event(&mut self, event: TurnEvent) {
        match event {
            TurnEvent::Opened { model, request_id, via } => {
                let model = model.map(|model| model.to_string());
                let said = words::surface::via(self.language, via);
                self.line(&json!({
                    "type": "opened", "model": model, "request_id": request_id,
                    "surface": via.surface.name(), "why": via.why.name(), "because": said,
                }));
                if let Some(said) = said.filter(|_| !self.quiet) {
                    tell(&said);
                }
            }
            TurnEvent::Sources(sources) => {
                let list: Vec<Value> = sources.iter().map(source_value).collect();
                self.line(&json!({"type": "sources", "sources": list}));
                self.sources = sources;
            }
            TurnEvent::Delta { text, reasoning } => {
                if !reasoning.is_empty() {
                    self.line(&json!({"type": "reasoning", "text": reasoning}));
                }
                if !text.is_empty() {
                    self.received = true;
                    if let Some(checked) = &mut self.checked {
                        checked.push_str(&text);
                    }
                    self.line(&json!({"type": "text", "text": text}));
                    if !self.json {
                        self.write(text.as_bytes());
                    }
                }
            }
            TurnEvent::ToolCall { index, name, arguments } => {
                let call = json!({"type": "tool_call", "index": index, "name": name, "arguments": arguments});
                self.line(&call);
                if !self.json {
                    self.received = true;
                    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
                    self.write(format!("{name}{arguments}").as_bytes());
                }
            }
            TurnEvent::Waiting { notice, wait, attempt } => {
                let seconds = wait.as_secs_f64();
                self.line(&json!({
                    "type": "waiting", "seconds": seconds, "attempt": attempt,
                    "reason": words::line(self.language, &notice),
                }));
                if !self.quiet {
                    let seconds = wait.as_millis().div_ceil(1000) as u64;
                    let again = words::Phrase::TryAgainIn { seconds, attempt };
                    tell(&format!(
                        "{} {}",
                        words::line(self.language, &notice),
                        words::say(self.language, again)
                    ));
                }
            }
            TurnEvent::Audio(_) | TurnEvent::Ended { .. } => {}
        }
    }

    /// Prints the end and tells the exit code. The sentence of a failure comes after it, on stderr.
    pub(super) fn ended(
        &mut self,
        end: &TurnEnd,
        usage: Option<Usage>,
        finish: Option<FinishReason>,
        timing: TurnTiming,
        cost: Option<Money>,
    ) -> u8 {
        let (status, notice, code) = match end {
            TurnEnd::Complete => ("complete", None, 0),
            TurnEnd::Stopped => ("stopped", None, 130),
            TurnEnd::Failed(notice) => {
                ("failed", Some(notice), notice.kind.exit_code(self.received))
            }
        };
        if self.json {
            let mut value = end_value(status, notice, usage, finish, timing, cost, self.language);
            if let Some(text) = &self.checked {
                value["valid_json"] = json!(check(text) == Checked::Valid);
            }
            self.line(&value);
        } else if self.received {
            self.write(b"\n");
        }
        code
    }

    /// The pages the answer rests on, below it.
    pub(super) fn tell_sources(&self) {
        if self.quiet || self.sources.is_empty() {
            return;
        }
        tell(words::surface::sources(self.language));
        for source in &self.sources {
            drop(writeln!(io::stderr(), "  {}. {} {}", source.index, source.title, source.url));
        }
    }

    /// A whole answer that was to be JSON and is none is a failure: who reads it would stumble.
    pub(super) fn judge(&self, code: u8) -> u8 {
        let said = match self.checked.as_deref().map(check) {
            None | Some(Checked::Valid) => return code,
            Some(Checked::Fenced) => Params::FencedJson,
            Some(Checked::Invalid { line, column }) => Params::InvalidJson { line, column },
        };
        tell(&said.say(self.language));
        code.max(1)
    }

    pub(super) fn line(&mut self, value: &Value) {
        if self.json {
            self.write(format!("{value}\n").as_bytes());
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }
}

pub(super) fn tell(text: &str) {
    drop(writeln!(io::stderr(), "lian: {text}"));
}

fn source_value(source: &WebSource) -> Value {
    json!({"index": source.index, "title": source.title, "url": source.url})
}

/// The last line of `--json`. Times in seconds, money as a decimal in quotes.
fn end_value(
    status: &str,
    notice: Option<&Notice>,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    timing: TurnTiming,
    cost: Option<Money>,
    language: Language,
) -> Value {
    let finish = finish.map(|finish| match finish {
        FinishReason::Stop => "stop".to_owned(),
        FinishReason::Length => "length".to_owned(),
        FinishReason::ToolCalls => "tool_calls".to_owned(),
        FinishReason::Other(word) => word,
    });
    json!({
        "type": "end",
        "status": status,
        "finish": finish,
        "usage": usage.map(|usage| json!({
            "input": usage.input, "output": usage.output,
            "cached": usage.cached, "reasoning": usage.reasoning,
        })),
        "first_token_s": timing.first_token.map(|time| time.as_secs_f64()),
        "streaming_s": timing.streaming.map(|time| time.as_secs_f64()),
        "requests": timing.attempts,
        "cost": cost.map(|cost| json!({
            "amount": cost.amount.to_string(), "currency": cost.currency.sign(),
        })),
        "error": notice.map(|notice| error_value(notice, language)),
    })
}

/// A failure in JSON.
pub(in crate::command) fn error_value(notice: &Notice, language: Language) -> Value {
    json!({
        "message": words::tell(language, &notice.kind).sentence,
        "next": words::tell(language, &notice.kind).next,
        "detail": notice.detail, "request_id": notice.request_id,
        "fault": notice.kind.fault().map(Fault::name),
        "status": notice.exchange.as_ref().map(|exchange| exchange.status).filter(|s| *s > 0),
        "code": notice.exchange.as_ref().map(|exchange| &exchange.code).filter(|c| !c.is_empty()),
    })
}
