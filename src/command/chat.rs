//! `lian chat`: one question, the answer on stdout as it comes, the same engine as the
//! workbench. It refuses to keep anything: nothing is stored.

mod attach;
mod deliver;
mod print;
pub(super) mod sound;

use std::io::{self, IsTerminal as _, Read as _};

use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::cli::chat::ChatArgs;
use crate::config::Config;
use crate::domain::chat::{
    ChatCommand, ChatParams, ChatRequest, PromptMessage, Role, TurnEnd, TurnEvent,
};
use crate::domain::ids::IdSource;
use crate::domain::notice::{InputNotice, NoticeKind};
use crate::domain::params::{Conflict, conflicts, says_json};
use crate::domain::settings::Settings;
use crate::event::ServiceEvent;
use crate::service::attachments::look::Base;
use crate::service::chat::{self, Deps};
use crate::text::json::{asks_for_json, object};
use crate::text::secrets;
use crate::words;
use crate::words::attachments::Speech;
use crate::words::params::{Params, with_brackets};
use attach::Looked;
pub(super) use deliver::{Delivered, Signals, deliver};
pub(super) use print::error_value;
use print::{Printer, tell};
use sound::Wav;

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
    params.top_k = args.top_k.or(params.top_k);
    params.presence_penalty = args.presence_penalty.or(params.presence_penalty);
    params.repetition_penalty = args.repetition_penalty.or(params.repetition_penalty);
    params.voice = voice(settings, args, &params, catalog)?;
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

/// Where the names of files begin.
fn base() -> Base {
    let home = super::env("HOME").map(std::path::PathBuf::from);
    Base { cwd: std::env::current_dir().unwrap_or_default(), home }
}

/// The voice to ask for, if the answer is to be spoken, or a sentence why it cannot be.
fn voice(
    settings: &Settings,
    args: &ChatArgs,
    params: &ChatParams,
    catalog: &Catalog,
) -> Result<Option<String>, String> {
    if args.audio_out.is_none() {
        return Ok(None);
    }
    let model = settings.model.as_str();
    let wrong = |said: Speech<'_>| Err(said.say(settings.language).into_owned());
    if catalog.senses(&settings.model).speaks == Some(false) {
        return wrong(Speech::Mute { model });
    }
    if params.thinking == Some(true) {
        return wrong(Speech::Thinks);
    }
    let usual = catalog.default_voice(&settings.model).map(|voice| voice.id.as_str());
    match args.voice.as_deref().or(usual) {
        Some(voice) => Ok(Some(voice.to_owned())),
        None => wrong(Speech::NoVoice { model }),
    }
}

/// What is asked, with what goes with it told of already; or a sentence why it cannot be asked.
fn request(
    settings: &Settings,
    args: &ChatArgs,
    question: String,
    catalog: &Catalog,
) -> Result<(ChatRequest, Vec<Looked>), String> {
    let mut messages = Vec::new();
    if let Some(system) = &settings.system {
        messages.push(PromptMessage::text(Role::System, system));
    }
    let looked = attach::all(&args.attach, &base(), settings, catalog)?;
    let attachments = looked.iter().map(|looked| looked.attachment.clone()).collect();
    let asked = PromptMessage::text(Role::User, question);
    messages.push(PromptMessage { attachments, ..asked });
    let params = params(settings, args, &messages, catalog)?;
    Ok((ChatRequest { model: settings.model.clone(), messages, params }, looked))
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
    let (request, looked) = match request(settings, args, question, &deps.catalog.get()) {
        Ok(asked) => asked,
        Err(sentence) => {
            tell(&sentence);
            return USAGE;
        }
    };
    let extra = request.params.extra.as_deref();
    let json = request.params.json || extra.is_some_and(asks_for_json);
    let mut printer = Printer {
        out: Vec::new(),
        json: args.json,
        quiet: args.plain || args.json,
        language: settings.language,
        received: false,
        checked: json.then(String::new),
        sources: Vec::new(),
    };
    for looked in &looked {
        printer.line(&looked.value());
        if !printer.quiet {
            tell(&looked.line(settings));
        }
    }
    let turn = IdSource::new(deps.seed).turn();
    // A slow reader of stdout fills this channel, then the socket: memory stays flat.
    let (out, mut events) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let catalog = deps.catalog.clone();
    let handle = chat::spawn(deps, out, cancel.clone());
    drop(handle.try_send(ChatCommand::Start { turn, request }));
    let mut wav = args.audio_out.clone().map(Wav::new);
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
                let spoken = wav.as_mut().map_or(0, |wav| finish_sound(wav, &mut printer));
                let ended = printer.ended(&end, usage, finish, timing, cost);
                Some((if ended == 0 { spoken } else { ended }, end))
            }
            TurnEvent::Audio(samples) => {
                if !keep_sound(&mut wav, &samples, &printer) {
                    code.get_or_insert(1);
                    drop(handle.try_send(ChatCommand::Cancel(turn)));
                }
                None
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
            printer.tell_sources();
            match end {
                TurnEnd::Failed(notice) => tell(&words::line(settings.language, &notice)),
                TurnEnd::Complete => ended = printer.judge(ended),
                TurnEnd::Stopped => {}
            }
            return code.unwrap_or(ended);
        }
    }
}

/// Writes more of the spoken answer. `false`: it cannot be written, which is said once.
fn keep_sound(wav: &mut Option<Wav>, samples: &[u8], printer: &Printer) -> bool {
    let Some(open) = wav else { return true };
    let Err(error) = open.push(samples) else { return true };
    let (file, said) = (open.path(), error.to_string());
    tell(&Speech::Failed { file: &file, said: &said }.say(printer.language));
    *wav = None;
    false
}

/// Ends the file of the spoken answer and tells of it. Returns the exit code.
fn finish_sound(wav: &mut Wav, printer: &mut Printer) -> u8 {
    let (file, seconds) = (wav.path(), wav.seconds());
    let (said, code) = match wav.finish() {
        Ok(true) => {
            printer.line(&json!({"type": "audio", "file": file, "seconds": seconds}));
            (Speech::Written { file: &file, seconds }.say(printer.language), 0)
        }
        Ok(false) => (Speech::None.say(printer.language), 1),
        Err(error) => {
            let said = error.to_string();
            (Speech::Failed { file: &file, said: &said }.say(printer.language), 1)
        }
    };
    if code > 0 || !printer.quiet {
        tell(&said);
    }
    code
}
