//! `lian chat`: one question, the answer on stdout as it comes, the same engine as the
//! workbench. It refuses to keep anything: nothing is stored.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::cli::chat::ChatArgs;
use crate::config::Config;
use crate::domain::chat::{
    ChatCommand, ChatRequest, FinishReason, PromptMessage, Role, TurnEnd, TurnEvent, TurnTiming,
    Usage,
};
use crate::domain::ids::IdSource;
use crate::domain::money::Money;
use crate::domain::notice::{InputNotice, Notice, NoticeKind};
use crate::domain::settings::Language;
use crate::event::ServiceEvent;
use crate::service::chat::{self, Deps};
use crate::text::secrets;
use crate::words;

/// Exit code for a reader that went away, as the shell counts SIGPIPE.
const BROKEN_PIPE: u8 = 141;

/// The question from the argument and from stdin. `None`: there is nothing to ask.
pub fn prompt(args: &ChatArgs) -> io::Result<Option<String>> {
    let piped = !io::stdin().is_terminal();
    let argument = args.prompt.as_deref();
    let read = argument == Some("-") || piped;
    let mut text = argument.filter(|text| *text != "-").unwrap_or_default().to_owned();
    if read {
        let mut input = Vec::new();
        io::stdin().read_to_end(&mut input)?;
        let input = String::from_utf8_lossy(&input);
        if !text.is_empty() && !input.trim().is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(input.trim_end());
    }
    Ok((!text.trim().is_empty()).then_some(text))
}

/// Asks and prints. Returns the exit code.
pub async fn run(config: &Config, deps: Deps, args: &ChatArgs, question: String) -> u8 {
    let settings = &config.settings;
    let found = secrets::find(&question);
    if !found.is_empty() {
        // Nobody is there to be asked: it is said and goes out.
        let kind = NoticeKind::Input(InputNotice::Secrets { found });
        tell(&words::tell(settings.language, &kind).sentence);
    }
    let mut messages = Vec::new();
    if let Some(system) = &settings.system {
        messages.push(PromptMessage { role: Role::System, text: system.clone(), partial: false });
    }
    messages.push(PromptMessage { role: Role::User, text: question, partial: false });
    let request =
        ChatRequest { model: settings.model.clone(), messages, params: settings.params.clone() };
    let turn = IdSource::new(deps.seed).turn();
    // A slow reader of stdout fills this channel, then the socket: memory stays flat.
    let (out, mut events) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let catalog = deps.catalog.clone();
    let handle = chat::spawn(deps, out, cancel.clone());
    drop(handle.try_send(ChatCommand::Start { turn, request }));
    let mut printer = Printer {
        out: Vec::new(),
        json: args.json,
        quiet: args.plain || args.json,
        language: settings.language,
        received: false,
    };
    let mut signals = Signals::new();
    let mut code = None;
    loop {
        let event = tokio::select! {
            biased;
            signal = signals.next() => {
                code = Some(signal);
                drop(handle.try_send(ChatCommand::Cancel(turn)));
                continue;
            }
            event = events.recv() => event,
        };
        let event = match event {
            Some(ServiceEvent::Chat(event)) => event,
            Some(_) => continue,
            None => return code.unwrap_or(1),
        };
        let ended = match event.what {
            TurnEvent::Ended { end, usage, finish, timing } => {
                let cost = usage.and_then(|usage| {
                    let thought = usage.reasoning.is_some_and(|tokens| tokens > 0);
                    catalog.get().cost(settings.figures, &settings.model, &usage, thought)
                });
                Some((printer.ended(&end, usage, finish, timing, cost), end))
            }
            other => {
                printer.event(other);
                None
            }
        };
        let before = code;
        match deliver(std::mem::take(&mut printer.out), &mut signals, &mut code).await {
            Delivered::Whole if code == before => {}
            Delivered::Whole => drop(handle.try_send(ChatCommand::Cancel(turn))),
            Delivered::Not => return code.unwrap_or(BROKEN_PIPE),
        }
        if let Some((ended, end)) = ended {
            if let TurnEnd::Failed(notice) = end {
                tell(&words::line(settings.language, &notice));
            }
            return code.unwrap_or(ended);
        }
    }
}

/// How a write to stdout went.
enum Delivered {
    /// All of it is out.
    Whole,
    /// The reader went away, or a signal came and still nobody reads.
    Not,
}

/// After a signal a reader is given this long to take what is being written.
const PATIENCE: Duration = Duration::from_millis(500);

/// Writes to stdout. A reader that stands still must not keep signals from ending us, so the wait is
/// made in a thread of its own. A signal meanwhile sets the exit code.
async fn deliver(bytes: Vec<u8>, signals: &mut Signals, code: &mut Option<u8>) -> Delivered {
    if bytes.is_empty() {
        return Delivered::Whole;
    }
    let mut write = tokio::task::spawn_blocking(move || {
        let mut out = io::stdout().lock();
        out.write_all(&bytes).and_then(|()| out.flush())
    });
    let done = if code.is_none() {
        tokio::select! {
            done = &mut write => Some(done),
            signal = signals.next() => {
                *code = Some(signal);
                None
            }
        }
    } else {
        None
    };
    let done = match done {
        Some(done) => done,
        None => match tokio::time::timeout(PATIENCE, write).await {
            Ok(done) => done,
            Err(_) => return Delivered::Not,
        },
    };
    match done {
        Ok(Ok(())) => Delivered::Whole,
        Ok(Err(_)) | Err(_) => Delivered::Not,
    }
}

/// Turns events into what is printed.
struct Printer {
    /// For stdout, not written yet.
    out: Vec<u8>,
    json: bool,
    quiet: bool,
    language: Language,
    received: bool,
}

impl Printer {
    fn event(&mut self, event: TurnEvent) {
        match event {
            TurnEvent::Opened { model, request_id } => {
                let model = model.map(|model| model.to_string());
                self.line(&json!({"type": "opened", "model": model, "request_id": request_id}));
            }
            TurnEvent::Delta { text, reasoning } => {
                if !reasoning.is_empty() {
                    self.line(&json!({"type": "reasoning", "text": reasoning}));
                }
                if !text.is_empty() {
                    self.received = true;
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
            TurnEvent::Ended { .. } => {}
        }
    }

    /// Prints the end and tells the exit code. The sentence of a failure comes after it, on stderr.
    fn ended(
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
            let value = end_value(status, notice, usage, finish, timing, cost, self.language);
            self.line(&value);
        } else if self.received {
            self.write(b"\n");
        }
        code
    }

    fn line(&mut self, value: &Value) {
        if self.json {
            self.write(format!("{value}\n").as_bytes());
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }
}

fn tell(text: &str) {
    drop(writeln!(io::stderr(), "lian: {text}"));
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
        "error": notice.map(|notice| json!({
            "message": words::tell(language, &notice.kind).sentence,
            "next": words::tell(language, &notice.kind).next,
            "detail": notice.detail, "request_id": notice.request_id,
        })),
    })
}

/// Ctrl-C and SIGTERM as exit codes.
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) -> u8 {
        let wait = async |signal: &mut Option<tokio::signal::unix::Signal>| match signal {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        };
        tokio::select! {
            () = wait(&mut self.interrupt) => 130,
            () = wait(&mut self.terminate) => 143,
        }
    }
}
