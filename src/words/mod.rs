//! Every sentence a user reads, by kind and arguments, in every language of the interface. The
//! compiler makes each language complete: every match is without a wildcard. It refuses
//! decisions; what to say is decided in `state`, `api` and `service`.

pub mod account;
pub mod aloud;
pub mod attachments;
pub mod budget;
pub mod conversations;
pub mod copy;
pub mod doctor;
pub mod embeddings;
mod en;
pub mod errands;
pub mod export;
pub mod history;
mod input;
pub mod inspector;
pub mod jobs;
mod keys;
pub mod lanes;
pub mod media;
pub mod meters;
pub mod models;
pub mod notices;
pub mod palette;
pub mod params;
pub mod paste;
pub mod plain;
pub mod quota;
pub mod request;
pub mod route;
pub mod settings;
pub mod side;
pub mod speak;
pub mod speech;
pub mod support;
pub mod surface;
pub mod task_form;
pub mod task_line;
pub mod tasks;
pub mod tasks_pane;
pub mod turns;
pub mod usage;
pub mod vi;
mod zh_cn;

use std::borrow::Cow;
use std::time::Duration;

use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::Language;

/// A sentence, why it came to that, and what to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub sentence: Cow<'static, str>,
    /// What to do; empty where there is nothing to do.
    pub next: Cow<'static, str>,
}

/// A sentence and what to do now.
fn told(sentence: impl Into<Cow<'static, str>>, next: impl Into<Cow<'static, str>>) -> Told {
    Told { sentence: sentence.into(), next: next.into() }
}

/// Short texts of the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Phrase<'a> {
    /// Who wrote a question.
    You,
    /// Title of the composer.
    Message,
    /// Shown in the empty composer.
    Placeholder,
    /// First line of an empty conversation.
    WelcomeTitle,
    /// Further lines of an empty conversation.
    WelcomeLines {
        /// The model questions go to.
        model: &'a str,
        /// Requests go to the simulator.
        simulator: bool,
    },
    /// An answer has been asked for and nothing came yet.
    Asking,
    /// An answer is arriving.
    Answering,
    /// The folded reasoning.
    Reasoning {
        /// Characters of it.
        chars: usize,
        /// It is still arriving.
        running: bool,
        /// It is open.
        open: bool,
    },
    /// Time to the first token.
    FirstToken(Duration),
    /// Tokens per second.
    Speed(f64),
    /// Output tokens.
    Tokens(u64),
    /// Input tokens that came from the cache.
    Cached(u64),
    /// Mark of an unfinished answer.
    Unfinished,
    /// Mark of an answer of which nothing came.
    NoAnswer,
    /// The output limit was reached.
    CutAtLimit,
    /// The model wants a tool.
    WantsTool,
    /// The key that goes on with an unfinished answer.
    GoOn {
        /// The key.
        key: &'a str,
    },
    /// The key that asks again where nothing came.
    AskAgain {
        /// The key.
        key: &'a str,
    },
    /// A countdown before another try.
    TryAgainIn {
        /// Whole seconds left.
        seconds: u64,
        /// Number of the coming try.
        attempt: u32,
    },
    /// More text below.
    MoreBelow,
    /// Requests go to the embedded simulator.
    Simulator,
    /// The set of prices in force.
    SeedPrices,
    /// Title of the help.
    Help,
    /// A context's title in the help.
    ContextTitle(&'a str),
    /// The id to quote to support.
    RequestId(&'a str),
    /// Which of how many conversations.
    Which(usize, usize),
    /// The screen is too small for anything but this.
    TooSmall,
    /// Footer: what the key of an action does, in a word or two.
    Hint(Hint),
}

/// Hints of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Send.
    Send,
    /// New line.
    Newline,
    /// Stop the answer.
    Stop,
    /// Help.
    Help,
    /// Quit.
    Quit,
    /// New conversation.
    New,
    /// Scroll.
    Scroll,
    /// To the end.
    End,
    /// Write.
    Write,
    /// Questions back and forth.
    Questions,
    /// Reasoning.
    Reasoning,
    /// Close.
    Close,
    /// Send now.
    SendNow,
    /// Enter queues the message.
    Queue,
    /// Ask the same again.
    Again,
    /// Change a question.
    Change,
    /// All conversations.
    Conversations,
    /// All commands.
    Palette,
    /// Copy the message.
    Copy,
    /// Take back the message that waits.
    TakeBack,
    /// Read it aloud.
    Aloud,
}

/// Says a short text.
#[must_use]
pub fn say(language: Language, phrase: Phrase<'_>) -> Cow<'static, str> {
    match language {
        Language::En => en::phrase(phrase),
        Language::ZhCn => zh_cn::phrase(phrase),
    }
}

/// Says a notice.
#[must_use]
pub fn tell(language: Language, kind: &NoticeKind) -> Told {
    match kind {
        NoticeKind::Copy(notice) => return copy::tell(language, notice),
        NoticeKind::Export(notice) => return export::tell(language, notice),
        NoticeKind::Attach(notice) => return attachments::tell(language, notice),
        NoticeKind::Account(notice) => return account::tell(language, notice),
        NoticeKind::Request(notice) => return request::tell(language, notice),
        NoticeKind::Route(notice) => return route::tell(language, notice),
        NoticeKind::Media(notice) => return media::tell(language, notice),
        NoticeKind::Task(notice) => return tasks::tell(language, notice),
        NoticeKind::Download(notice) => return tasks::download(language, notice),
        NoticeKind::Errand(notice) => return errands::tell(language, notice),
        NoticeKind::Aloud(notice) => return aloud::tell(language, notice),
        NoticeKind::Budget(notice) => return budget::tell(language, notice),
        NoticeKind::Speech(notice) => return speak::tell(language, notice),
        _ => {}
    }
    let (sentence, next) = match language {
        Language::En => en::notice(kind),
        Language::ZhCn => zh_cn::notice(kind),
    };
    Told { sentence, next }
}

/// A notice in one line: sentence, next step, the other side's words, request id.
#[must_use]
pub fn line(language: Language, notice: &Notice) -> String {
    let Told { sentence, next } = tell(language, &notice.kind);
    // Chinese sentences follow each other without a space and take brackets of their own.
    let (space, brackets) = match language {
        Language::En => (" ", [" (", ")", " [", "]"]),
        Language::ZhCn => ("", ["（", "）", "［", "］"]),
    };
    let mut line = sentence.into_owned();
    if let Some(detail) = &notice.detail {
        line.push_str(brackets[0]);
        line.push_str(detail);
        line.push_str(brackets[1]);
    }
    if !next.is_empty() {
        line.push_str(space);
        line.push_str(&next);
    }
    if let Some(id) = &notice.request_id {
        line.push_str(brackets[2]);
        line.push_str(&say(language, Phrase::RequestId(id)));
        line.push_str(brackets[3]);
    }
    line
}

/// What an action does, by its name; `english` is the doc beside the action.
#[must_use]
pub fn action(language: Language, name: &str, english: &'static str) -> &'static str {
    match language {
        Language::En => english,
        Language::ZhCn => zh_cn::action(name).unwrap_or(english),
    }
}

/// The chat commands' exit line for a headless run that was cut, and other sentences of the
/// command line, share the notices; nothing else is said on stderr.
#[must_use]
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.1}") } else { format!("{seconds:.0}") }
}

/// A number with thousands set apart.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(seconds(Duration::from_millis(432)), "0.4");
        assert_eq!(seconds(Duration::from_secs(61)), "61");
    }

    #[test]
    fn a_line_has_all_parts() {
        let notice = Notice::new(NoticeKind::Arrears { source: String::new() })
            .with_detail("Access denied")
            .with_request_id(Some("abc-1".into()));
        let line = line(Language::En, &notice);
        assert!(line.contains("(Access denied)") && line.ends_with("[request id abc-1]"), "{line}");
    }
}
