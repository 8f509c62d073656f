//! What the service can mean by a refusal, as far as the user or a retry cares, and whether trying
//! again helps. It refuses codes and texts (`table` knows those) and everything about one request.

use std::time::Duration;

use crate::domain::notice::{FileFault, Side, Throttle};

/// What the service means by a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    // --- key, workspace, account
    /// The key is missing or unknown.
    Key,
    /// The key may not act in the workspace.
    WorkspaceDenied,
    /// There is no such workspace.
    WorkspaceUnknown,
    /// The RAM user of the key lacks a policy.
    Ram,
    /// The key may not do this.
    Permission,
    /// An application may not be used.
    App,
    /// The service or the model is not activated.
    Unpurchased,
    /// A bill is open.
    Arrears,
    /// The free quota is used up.
    FreeQuota,
    /// The free quota is used up and nothing else may be used.
    FreeTierOnly,
    // --- model and surface
    /// No such model, or not for this account.
    ModelUnknown,
    /// Served by the native surface alone.
    NativeOnly,
    /// Served by a WebSocket alone.
    SocketOnly,
    /// The path does not belong to the model.
    WrongPath,
    /// The header for tasks is missing.
    AsyncMissing,
    /// The header for tasks must not be there.
    AsyncUnwanted,
    /// The path is not served there.
    NoPath,
    // --- the request
    /// A parameter; which one and what it should be stands in the message.
    Parameter,
    /// JSON mode without the word.
    JsonWord,
    /// JSON mode while thinking.
    JsonWhileThinking,
    /// It has to be a stream, or another form of one.
    Unstreamed,
    /// The body or the method is not understood.
    Malformed,
    /// There is no question.
    NoQuestion,
    /// Results of tools out of order.
    ToolOrder,
    /// The voice is none of the model's.
    Voice,
    /// Too many texts at once.
    Batch,
    /// More input than the model takes.
    TooLong,
    /// More bytes than the service takes.
    BodyTooLarge,
    /// What it points at does not exist.
    Gone,
    /// The task runs already, or has ended.
    NotPending,
    /// Not possible on that thing.
    Unsupported,
    /// It exists already.
    Conflict,
    /// Refused for a reason nobody knows here.
    Refused,
    // --- files
    /// An address nobody can read.
    BadUrl,
    /// The file's host was too slow for the service.
    HostSlow,
    /// The file's host refused the service.
    HostRefused,
    /// The file could not be fetched for inspection.
    Unreadable,
    /// A file inside the request is too large.
    InlineTooLarge,
    /// The file itself is wrong.
    File(FileFault),
    /// The leave to upload ran out: ask for a new one.
    UploadExpired,
    /// A signed address ran out.
    LinkExpired,
    /// No such file.
    FileGone,
    /// The clock of this machine is wrong.
    Clock,
    /// The storage refuses for another reason.
    Storage,
    // --- content
    /// The content inspection refused.
    Content(Side),
    /// It may belong to somebody else.
    Infringement(Side),
    /// A rule of the workspace blocks a word.
    Rule,
    /// A rule of the workspace answers instead.
    FaqRule,
    // --- time and room
    /// Too much at once; passes.
    Throttled(Throttle),
    /// The service failed.
    Server,
    /// The service took too long.
    TimedOut,
    /// A task took longer than a task may.
    TaskTimedOut,
    /// The service saw the connection end.
    Disconnected,
}

/// Whether the same request made again may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before something was changed.
    Never,
    /// Once more; the first wait is up to this.
    Once(Duration),
    /// Some more times with growing waits; the first is up to this.
    Waiting(Duration),
}

impl Kind {
    /// The service may have done what was asked all the same: what costs money must not be asked
    /// again before somebody has looked.
    #[must_use]
    pub const fn leaves_it_open(self) -> bool {
        matches!(self, Self::Server | Self::TimedOut | Self::TaskTimedOut | Self::Disconnected)
    }

    /// Whether trying again helps. Throttling that passes by time is waited for, a failure of the
    /// service is tried once more. Not blindly: free quota and bills do not come back by waiting,
    /// and concurrency frees up when a task ends, which can take minutes.
    #[must_use]
    pub const fn retry(self) -> Retry {
        match self {
            Self::Throttled(Throttle::Requests) => Retry::Waiting(Duration::from_secs(1)),
            Self::Throttled(Throttle::Burst | Throttle::Capacity | Throttle::Generic) => {
                Retry::Waiting(Duration::from_secs(2))
            }
            // Tokens are counted by the minute.
            Self::Throttled(Throttle::Tokens) => Retry::Waiting(Duration::from_secs(5)),
            Self::Server | Self::TimedOut => Retry::Once(Duration::from_secs(1)),
            Self::Throttled(Throttle::Concurrency)
            | Self::Key
            | Self::WorkspaceDenied
            | Self::WorkspaceUnknown
            | Self::Ram
            | Self::Permission
            | Self::App
            | Self::Unpurchased
            | Self::Arrears
            | Self::FreeQuota
            | Self::FreeTierOnly
            | Self::ModelUnknown
            | Self::NativeOnly
            | Self::SocketOnly
            | Self::WrongPath
            | Self::AsyncMissing
            | Self::AsyncUnwanted
            | Self::NoPath
            | Self::Parameter
            | Self::JsonWord
            | Self::JsonWhileThinking
            | Self::Unstreamed
            | Self::Malformed
            | Self::NoQuestion
            | Self::ToolOrder
            | Self::Voice
            | Self::Batch
            | Self::TooLong
            | Self::BodyTooLarge
            | Self::Gone
            | Self::NotPending
            | Self::Unsupported
            | Self::Conflict
            | Self::Refused
            | Self::BadUrl
            | Self::HostSlow
            | Self::HostRefused
            | Self::Unreadable
            | Self::InlineTooLarge
            | Self::File(_)
            | Self::UploadExpired
            | Self::LinkExpired
            | Self::FileGone
            | Self::Clock
            | Self::Storage
            | Self::Content(_)
            | Self::Infringement(_)
            | Self::Rule
            | Self::FaqRule
            | Self::TaskTimedOut
            | Self::Disconnected => Retry::Never,
        }
    }
}
