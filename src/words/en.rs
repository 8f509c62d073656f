//! The interface in English.

use std::borrow::Cow;
use std::time::Duration;

use super::{Hint, Phrase, grouped, seconds};
use crate::domain::notice::{NoticeKind, Side, Throttle};

pub(super) fn phrase(phrase: Phrase<'_>) -> Cow<'static, str> {
    Cow::Borrowed(match phrase {
        Phrase::You => "You",
        Phrase::Message => "Message",
        Phrase::Placeholder => "Ask something",
        Phrase::WelcomeTitle => "A new conversation",
        Phrase::WelcomeLines { model, simulator: false } => {
            return format!(
                "Your question goes to {model}.\nEnter sends, Alt+Enter begins a new line, ? shows all keys."
            )
            .into();
        }
        Phrase::WelcomeLines { model, simulator: true } => {
            return format!(
                "This is the simulator: it plays {model}, costs nothing and knows nothing.\nEnter sends, Alt+Enter begins a new line, ? shows all keys."
            )
            .into();
        }
        Phrase::Asking => "waiting for the first word",
        Phrase::Answering => "answering",
        Phrase::Reasoning { chars, running, open } => {
            let mark = if open { '▾' } else { '▸' };
            let dots = if running { "…" } else { "" };
            return format!("{mark} Reasoning{dots} {} characters", grouped(chars as u64)).into();
        }
        Phrase::FirstToken(time) => return format!("first token {} s", seconds(time)).into(),
        Phrase::Speed(rate) => return format!("{rate:.0} tok/s").into(),
        Phrase::Tokens(tokens) => return format!("{} tok", grouped(tokens)).into(),
        Phrase::Cached(tokens) => return format!("{} cached", grouped(tokens)).into(),
        Phrase::Unfinished => "unfinished",
        Phrase::NoAnswer => "no answer",
        Phrase::CutAtLimit => "ends at the output limit",
        Phrase::WantsTool => "asks for a tool (lian runs none)",
        Phrase::AskAgain { key } => return format!("{key} asks again").into(),
        Phrase::GoOn { key } => return format!("{key} goes on from here").into(),
        Phrase::TryAgainIn { seconds, attempt } => {
            return format!("next try ({attempt}) in {seconds} s").into();
        }
        Phrase::MoreBelow => "more below",
        Phrase::Simulator => "simulator",
        Phrase::SeedPrices => "prices: seed",
        Phrase::Help => "Keys",
        Phrase::ContextTitle(name) => match name {
            "composer" => "Writing a message",
            "empty_composer" => "While the message is empty",
            "transcript" => "In the conversation",
            "help" => "In this help",
            "list" => "In a list",
            "notices" => "In the list of notices",
            "history" => "In the list of earlier questions",
            "lanes" => "While answers stand side by side",
            "inspector" => "While looking at a request and its answer",
            "paste" => "While looking into a paste",
            "vi_insert" => "Writing with vi's keys (editing = \"vi\")",
            "vi_normal" => "Commands of vi (editing = \"vi\"); a number before one repeats it",
            "models" => "Among the models",
            "params" => "Among the parameters",
            "conversations" => "In the list of conversations",
            "queue" => "In the list of waiting messages",
            "tasks" => "In the list of tasks",
            "meters" => "In the meters",
            "task_form" => "In the form of a task",
            "task_review" => "While looking at results",
            "speech" => "In the conversation while something is read aloud",
            "voices" => "In the list of voices",
            _ => "Everywhere",
        },
        Phrase::RequestId(id) => return format!("request id {id}").into(),
        Phrase::Which(at, of) => return format!("conversation {at}/{of}").into(),
        Phrase::TooSmall => "Too small",
        Phrase::Hint(hint) => match hint {
            Hint::Send => "send",
            Hint::Newline => "new line",
            Hint::Stop => "stop",
            Hint::Help => "help",
            Hint::Quit => "quit",
            Hint::New => "new",
            Hint::Scroll => "scroll",
            Hint::End => "to the end",
            Hint::Write => "write",
            Hint::Questions => "questions",
            Hint::Reasoning => "reasoning",
            Hint::Close => "close",
            Hint::SendNow => "send now",
            Hint::Queue => "queue",
            Hint::Again => "ask again",
            Hint::Change => "edit",
            Hint::Conversations => "conversations",
            Hint::Palette => "commands",
            Hint::Copy => "copy",
            Hint::TakeBack => "take back",
            Hint::Aloud => "read aloud",
        },
    })
}

fn after(limit: Duration) -> String {
    format!("{} s", seconds(limit))
}

type Sentence = (Cow<'static, str>, Cow<'static, str>);

fn fixed(sentence: &'static str, next: &'static str) -> Sentence {
    (sentence.into(), next.into())
}

fn with(sentence: String, next: &'static str) -> Sentence {
    (sentence.into(), next.into())
}

fn said((sentence, next): (String, String)) -> Sentence {
    (sentence.into(), next.into())
}

pub(super) fn notice(kind: &NoticeKind) -> Sentence {
    match kind {
        NoticeKind::Key(fault) => return said(super::keys::en(fault)),
        NoticeKind::Settings(notice) => return said(super::settings::en(notice)),
        _ => {}
    }
    service(kind).or_else(|| network(kind)).or_else(|| store(kind)).unwrap_or_else(|| machine(kind))
}

fn service(kind: &NoticeKind) -> Option<Sentence> {
    Some(match kind {
        NoticeKind::KeyMissing { origin, variable } => (
            format!("There is no API key for {origin}.").into(),
            format!(
                "Set {}, or try `lian --demo`, which needs none.",
                super::keys::variable(variable)
            )
            .into(),
        ),
        NoticeKind::KeyRejected { origin, source } => with(
            format!("{origin} does not accept the key from {source}."),
            "Check the key; keys work only in their own region (--region) and plan.",
        ),
        NoticeKind::PermissionDenied => fixed(
            "The key is valid but may not use this model.",
            "Grant the model to its workspace in the console, or use another model with -m.",
        ),
        NoticeKind::Arrears { source } => (
            "The service says the account is not in good standing.".into(),
            format!(
                "Pay what is due in the console and wait some minutes; if nothing is due, the key{} may belong to another account.",
                if source.is_empty() { String::new() } else { format!(" from {source}") }
            )
            .into(),
        ),
        NoticeKind::FreeQuotaUsedUp { model } => with(
            format!("The free quota of {model} is used up."),
            "Use another model, or activate paid use of this one in the console.",
        ),
        NoticeKind::ModelUnknown { model, near } if near.is_empty() => with(
            format!("There is no model {model} at this address."),
            "Check the id and the region; each region has models of its own.",
        ),
        NoticeKind::ModelUnknown { model, near } => (
            format!("There is no model {model} at this address.").into(),
            format!("Did you mean {}? Each region has models of its own.", near.join(", ")).into(),
        ),
        NoticeKind::ModelNotOnSurface { model } => with(
            format!("{model} exists but is not a chat model of this surface."),
            "Choose a chat model with -m, for example qwen-plus.",
        ),
        NoticeKind::RequestRefused { status: 0 } => fixed(
            "The service refuses the request as it is.",
            "What it says is in brackets; change that and send again.",
        ),
        NoticeKind::RequestRefused { status } => with(
            format!("The service refuses the request as it is (HTTP {status})."),
            "What it says is in brackets; change that and send again.",
        ),
        NoticeKind::TooLong { model } => with(
            format!("The conversation is longer than {model} can read."),
            "Begin a new conversation (Ctrl+N), or use a model with a larger window.",
        ),
        NoticeKind::ContentRefused { side } => with(
            match side {
                Side::Input => "The service's content inspection refused the question.",
                Side::Output => "The service's content inspection stopped the answer.",
                Side::Unknown => "The service's content inspection refused this.",
            }
            .to_owned(),
            "Say it in another way; sending the same again will not help.",
        ),
        NoticeKind::NotTheService { url } => with(
            format!("{url} is not there."),
            "Check --base-url: it is the scheme, host and port of a DashScope or OpenAI-compatible server.",
        ),
        NoticeKind::Throttled { kind, tries } => throttled(*kind, *tries),
        NoticeKind::ServerFailed { status: 0 } => fixed(
            "The service failed while it was answering.",
            "Try again; if it stays, quote the request id to its support.",
        ),
        NoticeKind::ServerFailed { status } => with(
            format!("The service failed on its side (HTTP {status})."),
            "Try again; if it stays, quote the request id to its support.",
        ),
        _ => return None,
    })
}

fn throttled(kind: Throttle, tries: u32) -> Sentence {
    let what = match kind {
        Throttle::Requests => "too many requests in this minute",
        Throttle::Burst => "the number of requests grew too fast",
        Throttle::Tokens => "too many tokens in this minute",
        Throttle::Concurrency => {
            return fixed(
                "The account has too many tasks or requests running at once.",
                "Wait until one of them ends; lian does not try again by itself.",
            );
        }
        Throttle::Capacity => "it has no room at the moment",
        Throttle::Generic => "too many requests",
    };
    let next = match kind {
        Throttle::Capacity => {
            "Try again in some minutes, or use another model; this is not the account's limit."
        }
        Throttle::Requests
        | Throttle::Burst
        | Throttle::Tokens
        | Throttle::Concurrency
        | Throttle::Generic => {
            "Wait a minute, or use another model; the limits are shared by the whole account."
        }
    };
    match tries {
        0 => with(format!("The service asks to wait: {what}."), ""),
        1 => with(format!("The service refuses for now: {what}."), next),
        tries => with(format!("The service still refuses after {tries} tries: {what}."), next),
    }
}

fn network(kind: &NoticeKind) -> Option<Sentence> {
    Some(match kind {
        NoticeKind::DnsFailed { host } => with(
            format!("The name {host} cannot be resolved."),
            "Check the network, the proxy variables and the spelling of --base-url.",
        ),
        NoticeKind::ConnectionRefused { host } => with(
            format!("Nothing answers at {host}."),
            "Start the server there, or check the port in --base-url.",
        ),
        NoticeKind::TlsFailed { host } => with(
            format!("No secure connection to {host}."),
            "If a company proxy signs with its own certificate, set SSL_CERT_FILE to it.",
        ),
        NoticeKind::ConnectFailed { host } => {
            with(format!("No connection to {host}."), "Check the network and the proxy variables.")
        }
        NoticeKind::ConnectTimeout { host, after: limit } => with(
            format!("No connection to {host} within {}.", after(*limit)),
            "Check the network, the firewall and the proxy variables.",
        ),
        NoticeKind::FirstByteTimeout { after: limit } => with(
            format!(
                "The service took the request but did not begin to answer within {}.",
                after(*limit)
            ),
            "Try again; the request may have been charged.",
        ),
        NoticeKind::Stalled { after: limit } => with(
            format!("The answer stopped coming for {}.", after(*limit)),
            "What arrived is kept.",
        ),
        NoticeKind::OverallTimeout { after: limit } => with(
            format!("The answer was not finished within {}.", after(*limit)),
            "What arrived is kept.",
        ),
        NoticeKind::Cut => {
            fixed("The connection ended before the answer did.", "What arrived is kept.")
        }
        NoticeKind::Garbled => fixed(
            "What came is not an answer of this service.",
            "Check --base-url and any proxy in between.",
        ),
        NoticeKind::TooLarge { cap } => with(
            format!(
                "A piece of the answer was larger than {} bytes and was not read.",
                grouped(*cap)
            ),
            "What arrived before is kept.",
        ),
        NoticeKind::EmptyAnswer => fixed(
            "The service said it was done without a word.",
            "Try again or ask in another way.",
        ),
        NoticeKind::Redirected { to } => with(
            format!(
                "The server sends the request on to {to}; lian does not follow, so the key stays here."
            ),
            "If that address is right, give it as --base-url.",
        ),
        _ => return None,
    })
}

fn store(kind: &NoticeKind) -> Option<Sentence> {
    Some(match kind {
        NoticeKind::StoreUnwritable { path } => with(
            format!("Nothing can be written to {path}; conversations live in memory for now."),
            "Make the directory writable or choose another with --data-dir.",
        ),
        NoticeKind::DiskFull { path } => with(
            format!("The disk with {path} is full; conversations live in memory for now."),
            "Free some room; lian writes again by itself.",
        ),
        NoticeKind::StoreUnreadable { path } => with(
            format!("{path} cannot be read, or a newer lian made it; it is left as it is."),
            "Update lian, or choose another directory with --data-dir.",
        ),
        NoticeKind::StoreFailed => fixed(
            "The conversations could not be saved; they live in memory for now.",
            "lian tries again with the next change.",
        ),
        NoticeKind::StoreRecovered => fixed("Conversations are saved again.", ""),
        NoticeKind::StoreOnNetwork { path } => with(
            format!("{path} is on a network file system, where several lian may be slow."),
            "A local directory is safer: --data-dir.",
        ),
        _ => return None,
    })
}

fn machine(kind: &NoticeKind) -> Sentence {
    match kind {
        NoticeKind::Stopped => fixed("Stopped.", ""),
        NoticeKind::Interrupted => fixed("lian ended while this answer was arriving.", ""),
        NoticeKind::QuitAgain { answering: false } => fixed("Press Ctrl+C again to quit.", ""),
        NoticeKind::QuitAgain { answering: true } => {
            fixed("Another answer is still arriving. Press Ctrl+C again to quit.", "")
        }
        NoticeKind::NothingThere => fixed("There is nothing to go on with here.", ""),
        NoticeKind::Input(notice) => super::input::en(notice),
        NoticeKind::Mouse { on: true } => fixed(
            "The mouse is lian's: the wheel scrolls, a click chooses. Shift selects text.",
            "",
        ),
        NoticeKind::Mouse { on: false } => {
            fixed("The mouse is the terminal's: drag to select text.", "")
        }
        NoticeKind::TooNarrow { columns } => with(
            format!("Side by side takes a screen of {columns} columns; until then it is in rows."),
            "",
        ),
        NoticeKind::StillAnswering => {
            fixed("An answer is still arriving. Let it end first, or stop it with Esc.", "")
        }
        NoticeKind::MovedOn => fixed(
            "Another lian writes to this conversation too; what both write is kept.",
            "Open it again from the list (Alt+S) to see all of it.",
        ),
        NoticeKind::ArrivingElsewhere => fixed("It still arrives in another lian.", ""),
        NoticeKind::Deleted { title } => {
            with(format!("\"{title}\" is deleted. Alt+U in the list (Alt+S) takes it back."), "")
        }
        NoticeKind::ConversationGone => fixed("This conversation cannot be read any more.", ""),
        NoticeKind::Forked => {
            fixed("A new conversation was copied from here; the old one stays as it is.", "")
        }
        NoticeKind::Resumed { messages } => with(
            format!(
                "Back in your last conversation ({messages} messages). Ctrl+N begins a new one."
            ),
            "",
        ),
        NoticeKind::Crashed { report } => with(
            "A part of lian failed; what you wrote is kept.".to_owned() + " Report: " + report,
            "Please send the report; it holds no key and no conversation.",
        ),
        NoticeKind::Busy => fixed("lian is busy; nothing was sent.", "Try again in a moment."),
        // The functions above said these.
        NoticeKind::StoreUnwritable { .. }
        | NoticeKind::DiskFull { .. }
        | NoticeKind::StoreUnreadable { .. }
        | NoticeKind::StoreFailed
        | NoticeKind::StoreRecovered
        | NoticeKind::StoreOnNetwork { .. }
        | NoticeKind::Key(_)
        | NoticeKind::Settings(_)
        | NoticeKind::KeyMissing { .. }
        | NoticeKind::KeyRejected { .. }
        | NoticeKind::PermissionDenied
        | NoticeKind::Arrears { .. }
        | NoticeKind::FreeQuotaUsedUp { .. }
        | NoticeKind::ModelUnknown { .. }
        | NoticeKind::ModelNotOnSurface { .. }
        | NoticeKind::RequestRefused { .. }
        | NoticeKind::TooLong { .. }
        | NoticeKind::ContentRefused { .. }
        | NoticeKind::NotTheService { .. }
        | NoticeKind::Throttled { .. }
        | NoticeKind::ServerFailed { .. }
        | NoticeKind::DnsFailed { .. }
        | NoticeKind::ConnectionRefused { .. }
        | NoticeKind::TlsFailed { .. }
        | NoticeKind::ConnectFailed { .. }
        | NoticeKind::ConnectTimeout { .. }
        | NoticeKind::FirstByteTimeout { .. }
        | NoticeKind::Stalled { .. }
        | NoticeKind::OverallTimeout { .. }
        | NoticeKind::Cut
        | NoticeKind::Garbled
        | NoticeKind::TooLarge { .. }
        | NoticeKind::EmptyAnswer
        | NoticeKind::Redirected { .. }
        // These have files of their own.
        | NoticeKind::Account(_)
        | NoticeKind::Request(_)
        | NoticeKind::Route(_)
        | NoticeKind::Media(_)
        | NoticeKind::Task(_)
        | NoticeKind::Download(_)
        | NoticeKind::Errand(_)
        | NoticeKind::Aloud(_)
        | NoticeKind::Budget(_)
        | NoticeKind::Speech(_)
        | NoticeKind::Copy(_)
        | NoticeKind::Export(_)
        | NoticeKind::Attach(_) => fixed("", ""),
    }
}
