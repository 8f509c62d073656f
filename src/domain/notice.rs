//! What the user is told: a kind with its arguments, a request id, a detail. The sentences are
//! in `words`, in every language; this file refuses to hold any.

mod account;
mod aloud;
mod budget;
mod class;
mod errands;
mod exchange;
mod input;
mod limits;
mod media;
mod request;
mod route;
mod speech;
mod tasks;

pub use account::AccountNotice;
pub use aloud::{AloudNotice, Before, FellBack, OtherVoice};
pub use budget::BudgetNotice;
pub use class::{Class, Exit, Fault};
pub use errands::ErrandNotice;
pub use exchange::Exchange;
pub use input::{InputNotice, Secret, SecretKind};
pub use limits::OwnFigures;
pub use media::{FileFault, MediaNotice};
pub use request::{Demand, RequestNotice};
pub use route::RouteNotice;
pub use speech::SpeechNotice;
pub use tasks::{DownloadNotice, TaskNotice};

use std::time::Duration;

use super::attachments::AttachNotice;
use super::copy::CopyNotice;
use super::export::ExportNotice;
use super::keys::KeyFault;
use super::settings::SettingsNotice;

/// Something to tell the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened; sentence, cause and next step derive from it.
    pub kind: NoticeKind,
    /// The id to quote to the service's support, where there is one.
    pub request_id: Option<String>,
    /// The other side's own words, sanitized, where they add something.
    pub detail: Option<String>,
    /// The request and its answer as support wants them, where there was a request.
    pub exchange: Option<Box<Exchange>>,
}

impl Notice {
    /// A notice that has only its kind.
    #[must_use]
    pub const fn new(kind: NoticeKind) -> Self {
        Self { kind, request_id: None, detail: None, exchange: None }
    }

    /// Adds the other side's words.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the id to quote to support.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// Adds the request and its answer.
    #[must_use]
    pub fn with_exchange(mut self, exchange: Exchange) -> Self {
        self.exchange = Some(Box::new(exchange));
        self
    }
}

/// How loud a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is limited but goes on.
    Warning,
    /// Something did not happen.
    Error,
}

/// Kinds of throttling that pass by themselves (HTTP 429 and 503). What errors.md lists under 429
/// besides, free quota and bills, does not pass and is no throttling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Throttle {
    /// Requests per minute or second (`Throttling.RateQuota`, `limit_requests`).
    Requests,
    /// The rate grew too fast (`Throttling.BurstRate`, `limit_burst_rate`).
    Burst,
    /// Tokens per minute (`Throttling.AllocationQuota`, `insufficient_quota`).
    Tokens,
    /// Too many tasks or calls at once; passes when one of them ends, not after a while.
    Concurrency,
    /// The service itself has no more room (`ModelServingError`).
    Capacity,
    /// No reason given.
    Generic,
}

/// Which side of the exchange the service's content inspection refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The question.
    Input,
    /// The answer.
    Output,
    /// The service did not say.
    Unknown,
}

/// Everything the program can have to say about itself and the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeKind {
    // --- key and permission
    /// No key was found; `origin` is where it would have been sent.
    KeyMissing {
        /// Scheme, host and port.
        origin: String,
        /// The variable it was looked for in, among other places.
        variable: String,
    },
    /// The service does not know the key. Often the key of another region.
    KeyRejected {
        /// Where it was sent.
        origin: String,
        /// Where the key came from, e.g. the variable's name.
        source: String,
    },
    /// The key is good but may not do this.
    PermissionDenied,
    /// The account owes money, or the key is of an account that does (400 `Arrearage`, 429
    /// `PrepaidBillOverdue` and `PostpaidBillOverdue`).
    Arrears {
        /// Where the key came from; empty where that is not known.
        source: String,
    },
    /// The free quota of the model is used up.
    FreeQuotaUsedUp {
        /// Which model.
        model: String,
    },
    /// A place for the key was named, but it does not give one.
    Key(KeyFault),
    /// On the settings.
    Settings(SettingsNotice),
    // --- model and request
    /// No such model here; `near` are ids of the catalog that look like it.
    ModelUnknown {
        /// The id that was asked for.
        model: String,
        /// Similar ids, best first, at most three.
        near: Vec<String>,
    },
    /// The model exists but not on the chat surface.
    ModelNotOnSurface {
        /// Which model.
        model: String,
    },
    /// The service refuses the request as it is.
    RequestRefused {
        /// HTTP status.
        status: u16,
    },
    /// The conversation is longer than the model's window.
    TooLong {
        /// Which model.
        model: String,
    },
    /// Content inspection refused the question or the answer.
    ContentRefused {
        /// Which of the two.
        side: Side,
    },
    /// The path does not exist at that address.
    NotTheService {
        /// The URL without its query.
        url: String,
    },
    // --- throttling and server
    /// Throttled.
    Throttled {
        /// What kind.
        kind: Throttle,
        /// Requests made before giving up; 0 while more tries follow.
        tries: u32,
    },
    /// The service failed on its side.
    ServerFailed {
        /// HTTP status, or 0 where an event inside the stream said so.
        status: u16,
    },
    // --- network
    /// The name of the host is not known.
    DnsFailed {
        /// The host.
        host: String,
    },
    /// Nobody listens there.
    ConnectionRefused {
        /// Host and port.
        host: String,
    },
    /// No secure connection.
    TlsFailed {
        /// The host.
        host: String,
    },
    /// The connection could not be made for another reason.
    ConnectFailed {
        /// Host and port.
        host: String,
    },
    /// The connection was not made in time.
    ConnectTimeout {
        /// Host and port.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// The request was taken but no answer began in time.
    FirstByteTimeout {
        /// The limit.
        after: Duration,
    },
    /// The answer stopped coming.
    Stalled {
        /// The limit.
        after: Duration,
    },
    /// The answer took longer than a whole answer may.
    OverallTimeout {
        /// The limit.
        after: Duration,
    },
    /// The connection ended before the answer did.
    Cut,
    /// What came is not what the service speaks.
    Garbled,
    /// A line or an answer was larger than any real one.
    TooLarge {
        /// The cap in bytes.
        cap: u64,
    },
    /// The service said "done" without a word.
    EmptyAnswer,
    /// The server wants the request to go elsewhere; it is not followed, the key stays here.
    Redirected {
        /// Scheme, host and port it pointed to.
        to: String,
    },
    // --- this machine
    /// Nothing can be written to the data directory.
    StoreUnwritable {
        /// The directory.
        path: String,
    },
    /// The disk is full.
    DiskFull {
        /// The directory.
        path: String,
    },
    /// The store is damaged or was made by a newer program.
    StoreUnreadable {
        /// The file.
        path: String,
    },
    /// Another fault of the store.
    StoreFailed,
    /// The store works again; what had waited is written.
    StoreRecovered,
    /// The data directory is on a network file system; locking there is weaker.
    StoreOnNetwork {
        /// The directory.
        path: String,
    },
    // --- the program itself
    /// The user stopped the answer.
    Stopped,
    /// The program ended while the answer was arriving.
    Interrupted,
    /// Ctrl+C once: a second one within two seconds quits.
    QuitAgain {
        /// An answer is still arriving.
        answering: bool,
    },
    /// There is nothing that could be continued or sent now.
    NothingThere,
    /// The mouse was taken, or left to the terminal.
    Mouse {
        /// It was taken.
        on: bool,
    },
    /// The screen is too narrow for a pane beside the conversation.
    TooNarrow {
        /// Columns it takes.
        columns: u16,
    },
    /// A question was to be sent while an answer is arriving; it stays in the composer.
    StillAnswering,
    /// Another running program has written to this conversation.
    MovedOn,
    /// The answer is still arriving in another running program.
    ArrivingElsewhere,
    /// A conversation was deleted and can be taken back.
    Deleted {
        /// Its title.
        title: String,
    },
    /// The conversation cannot be read any more.
    ConversationGone,
    /// A conversation was copied up to a message into a new one, which is shown now.
    Forked,
    /// A conversation was brought back from the store.
    Resumed {
        /// How many messages it holds.
        messages: usize,
    },
    /// A part of the program failed; a report was written.
    Crashed {
        /// The report's file.
        report: String,
    },
    /// An inbox was full; the command came back and nothing is lost.
    Busy,
    /// About copying.
    Copy(CopyNotice),
    /// About a file with a conversation.
    Export(ExportNotice),
    /// On things that go with a question.
    Attach(AttachNotice),
    /// About writing a message.
    Input(InputNotice),
    // --- refusals of the service, by what they are about
    /// The key, the workspace, permissions, bills.
    Account(AccountNotice),
    /// The request: its parameters, its content, its time.
    Request(RequestNotice),
    /// The request went the wrong way.
    Route(RouteNotice),
    /// Pictures, sound, videos and files on their way.
    Media(MediaNotice),
    // --- tasks and their files
    /// A task.
    Task(TaskNotice),
    /// A file that a task made, on its way to the disk.
    Download(DownloadNotice),
    /// The tasks on the screen, and what is done outside for them.
    Errand(ErrandNotice),
    /// Reading aloud, on the screen.
    Aloud(AloudNotice),
    /// The budget.
    Budget(BudgetNotice),
    /// Sound of what is spoken.
    Speech(SpeechNotice),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_small_enough_to_be_an_error() {
        // Beyond this a `Result` with it makes every good answer as large as itself.
        assert!(size_of::<Notice>() < 128, "{}", size_of::<Notice>());
    }
}
