//! `lian chat`: one question, the answer on stdout as it comes, the same engine as the
//! workbench. It refuses to keep anything: nothing is stored.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::cli::chat::ChatArgs;
use crate::config::Config;
use crate::domain::chat::{
    ChatCommand, ChatParams, ChatRequest, FinishReason, PromptMessage, Role, TurnEnd, TurnEvent,
    TurnTiming, Usage,
};
use crate::domain::ids::IdSource;
use crate::domain::money::Money;
use crate::domain::notice::{Fault, InputNotice, Notice, NoticeKind};
use crate::domain::params::{Conflict, conflicts, says_json};
use crate::domain::settings::{Language, Settings};
use crate::event::ServiceEvent;
use crate::service::chat::{self, Deps};
use crate::text::json::{Checked, asks_for_json, check, object};
use crate::text::secrets;
use crate::words;
use crate::words::params::{Params, with_brackets};

/// Exit code for a reader that went away, as the shell counts SIGPIPE.
pub(super) const BROKEN_PIPE: u8 = 141;

/// Exit code for what cannot be asked.
const USAGE: u8 = 2;

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

/// The parameters of the settings with those of the command line over them, or a sentence why they
/// cannot be sent: nobody is there to be asked.
fn params(
    settings: &Settings,
    args: &ChatArgs,
    messages: &[PromptMessage],
    catalog: &Catalog,
) -> Result<ChatParams, String> {
    let mut params = settings.params.clone();
    if args.no_think {
        params.thinking = Some(false);
    }
    params.thinking_budget = args.think_budget.or(params.thinking_budget);
    params.temperature = args.temperature.or(params.temperature);
    params.top_p = args.top_p.or(params.top_p);
    params.max_tokens = args.max_tokens.or(params.max_tokens);
    params.seed = args.seed.or(params.seed);
    params.json |= args.json_mode;
    if !args.stop.is_empty() {
        params.stop.clone_from(&args.stop);
    }
    if let Some(extra) = &args.param {
        let wrong = |fault| Params::Fault(fault).say(settings.language);
        object(extra).map_err(|fault| format!("--param: {}", wrong(fault)))?;
        params.extra = Some(extra.clone());
    }
    let able = catalog.able(&settings.model);
    let says = || messages.iter().any(|message| says_json(&message.text));
    match conflicts(&params, &able, says).first() {
        None => Ok(params),
        Some(conflict) => {
            let model = settings.model.as_str();
            let mut told = Params::Conflict(*conflict, model).say(settings.language).into_owned();
            if let Conflict::OutOfRange(param) = conflict {
                let range = Params::Range(param.kind(&able)).say(settings.language);
                told = with_brackets(settings.language, &told, &range);
            }
            Err(told)
        }
    }
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
    let params = match params(settings, args, &messages, &deps.catalog.get()) {
        Ok(params) => params,
        Err(sentence) => {
            tell(&sentence);
            return USAGE;
        }
    };
    let json = params.json || params.extra.as_deref().is_some_and(asks_for_json);
    let checked = json.then(String::new);
    let request = ChatRequest { model: settings.model.clone(), messages, params };
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
        checked,
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
        if let Some((mut ended, end)) = ended {
            match end {
                TurnEnd::Failed(notice) => tell(&words::line(settings.language, &notice)),
                TurnEnd::Complete => ended = printer.judge(ended),
                TurnEnd::Stopped => {}
            }
            return code.unwrap_or(ended);
        }
    }
}

/// How a write to stdout went.
pub(super) enum Delivered {
    /// All of it is out.
    Whole,
    /// The reader went away, or a signal came and still nobody reads.
    Not,
}

/// After a signal a reader is given this long to take what is being written.
const PATIENCE: Duration = Duration::from_millis(500);

/// Writes to stdout. A reader that stands still must not keep signals from ending us, so the wait is
/// made in a thread of its own. A signal meanwhile sets the exit code.
pub(super) async fn deliver(
    bytes: Vec<u8>,
    signals: &mut Signals,
    code: &mut Option<u8>,
) -> Delivered {
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
    /// The answer so far, where it is to be JSON.
    checked: Option<String>,
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

    /// A whole answer that was to be JSON and is none is a failure: who reads it would stumble.
    fn judge(&self, code: u8) -> u8 {
        let said = match self.checked.as_deref().map(check) {
            None | Some(Checked::Valid) => return code,
            Some(Checked::Fenced) => Params::FencedJson,
            Some(Checked::Invalid { line, column }) => Params::InvalidJson { line, column },
        };
        tell(&said.say(self.language));
        code.max(1)
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
            "fault": notice.kind.fault().map(Fault::name),
            "status": notice.exchange.as_ref().map(|exchange| exchange.status).filter(|s| *s > 0),
            "code": notice.exchange.as_ref().map(|exchange| &exchange.code).filter(|c| !c.is_empty()),
        })),
    })
}

/// Ctrl-C and SIGTERM as exit codes.
pub(super) struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    pub(super) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    pub(super) async fn next(&mut self) -> u8 {
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
