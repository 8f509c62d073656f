//! What follows from a kind of notice, in one table: how loud it is, on whose side the fault is,
//! and with which code a headless command ends (product.md, command line). It refuses sentences.

use super::{InputNotice, Level, NoticeKind, Side, Throttle};
use crate::domain::settings::SettingsNotice;

/// On whose side something has to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// What was asked, or how this program was set up.
    You,
    /// The account: its bills, permissions and limits.
    Account,
    /// The service.
    Service,
    /// What lies between, or the host of a file.
    Network,
    /// This program, or something that changes its requests on their way.
    Program,
}

impl Fault {
    /// Its word in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Account => "account",
            Self::Service => "service",
            Self::Network => "network",
            Self::Program => "program",
        }
    }
}

/// How a headless command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// The request or the task failed.
    Failed,
    /// Authentication, permission, bills.
    Access,
    /// Still throttled after all tries.
    Throttled,
    /// The network; after the first byte it is a plain failure.
    Network,
    /// The configuration.
    Configuration,
    /// The content was refused.
    Content,
    /// A limit of the budget, or what looks like a loop.
    Budget,
    /// The user stopped it.
    Stopped,
}

impl Exit {
    /// The code. `received` tells whether any byte of the answer had arrived.
    #[must_use]
    pub const fn code(self, received: bool) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Access => 3,
            Self::Throttled => 4,
            Self::Network if received => 1,
            Self::Network => 5,
            Self::Configuration => 6,
            Self::Content => 7,
            Self::Budget => 8,
            Self::Stopped => 130,
        }
    }
}

/// What follows from a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// How loud.
    pub level: Level,
    /// On whose side; `None` where nobody is at fault or nobody knows.
    pub fault: Option<Fault>,
    /// How a headless command ends.
    pub exit: Exit,
}

impl Class {
    /// An error.
    pub(super) const fn error(fault: Option<Fault>, exit: Exit) -> Self {
        Self { level: Level::Error, fault, exit }
    }

    /// Something that is no failure of a request.
    pub(super) const fn of(level: Level) -> Self {
        Self { level, fault: None, exit: Exit::Failed }
    }
}

impl Side {
    /// On whose side the fault is when the content of this side is refused.
    pub(super) const fn fault(self) -> Option<Fault> {
        match self {
            Self::Input => Some(Fault::You),
            Self::Output => Some(Fault::Service),
            Self::Unknown => None,
        }
    }
}

impl NoticeKind {
    /// How loud it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.class().level
    }

    /// On whose side something has to change; `None` where nobody is at fault or nobody knows.
    #[must_use]
    pub const fn fault(&self) -> Option<Fault> {
        self.class().fault
    }

    /// The exit code of a headless command that ends with this (product.md, command line).
    /// `received` tells whether any byte of the answer had arrived.
    #[must_use]
    pub const fn exit_code(&self, received: bool) -> u8 {
        self.class().exit.code(received)
    }

    /// What follows from it.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Copy(notice) => Class::of(notice.level()),
            Self::Export(notice) => Class::of(notice.level()),
            Self::Attach(notice) => Class::of(notice.level()),
            Self::Account(notice) => notice.class(),
            Self::Request(notice) => notice.class(),
            Self::Route(notice) => notice.class(),
            Self::Media(notice) => notice.class(),
            Self::Task(notice) => notice.class(),
            Self::Download(notice) => notice.class(),
            Self::Errand(notice) => notice.class(),
            Self::Aloud(notice) => Class::of(notice.level()),
            Self::Budget(notice) => notice.class(),
            Self::Speech(notice) => notice.class(),
            Self::KeyMissing { .. } | Self::KeyRejected { .. } => {
                Class::error(Some(Fault::You), Exit::Access)
            }
            Self::Key(_) => Class::error(Some(Fault::You), Exit::Configuration),
            Self::PermissionDenied | Self::Arrears { .. } | Self::FreeQuotaUsedUp { .. } => {
                Class::error(Some(Fault::Account), Exit::Access)
            }
            Self::ModelUnknown { .. }
            | Self::ModelNotOnSurface { .. }
            | Self::TooLong { .. }
            | Self::NotTheService { .. }
            | Self::Redirected { .. } => Class::error(Some(Fault::You), Exit::Failed),
            Self::ContentRefused { side } => Class::error(side.fault(), Exit::Content),
            Self::Throttled { kind, tries } => Class {
                level: if *tries == 0 { Level::Warning } else { Level::Error },
                fault: Some(kind.fault()),
                exit: Exit::Throttled,
            },
            Self::ServerFailed { .. } | Self::EmptyAnswer | Self::TooLarge { .. } => {
                Class::error(Some(Fault::Service), Exit::Failed)
            }
            Self::Garbled => Class::error(Some(Fault::Network), Exit::Failed),
            Self::DnsFailed { .. }
            | Self::ConnectionRefused { .. }
            | Self::TlsFailed { .. }
            | Self::ConnectFailed { .. }
            | Self::ConnectTimeout { .. }
            | Self::FirstByteTimeout { .. }
            | Self::Stalled { .. }
            | Self::OverallTimeout { .. }
            | Self::Cut => Class::error(Some(Fault::Network), Exit::Network),
            Self::Crashed { .. } => Class::error(Some(Fault::Program), Exit::Failed),
            // An unknown code: nobody is blamed on a guess. And what this machine lacks.
            Self::RequestRefused { .. }
            | Self::StoreUnwritable { .. }
            | Self::DiskFull { .. }
            | Self::StoreUnreadable { .. }
            | Self::StoreFailed => Class::error(None, Exit::Failed),
            Self::Stopped => Class { level: Level::Info, fault: None, exit: Exit::Stopped },
            Self::QuitAgain { .. }
            | Self::NothingThere
            | Self::Mouse { .. }
            | Self::TooNarrow { .. }
            | Self::StillAnswering
            | Self::Deleted { .. }
            | Self::Forked
            | Self::Resumed { .. }
            | Self::Input(InputNotice::NoPaste)
            | Self::StoreRecovered => Class::of(Level::Info),
            Self::StoreOnNetwork { .. }
            | Self::Interrupted
            | Self::Input(_)
            | Self::MovedOn
            | Self::ArrivingElsewhere
            | Self::ConversationGone
            | Self::Busy => Class::of(Level::Warning),
            Self::Settings(notice) => Class::of(of_settings(notice)),
        }
    }

    /// It speaks of the store on this machine.
    #[must_use]
    pub const fn is_of_store(&self) -> bool {
        matches!(
            self,
            Self::StoreUnwritable { .. }
                | Self::DiskFull { .. }
                | Self::StoreUnreadable { .. }
                | Self::StoreFailed
                | Self::StoreOnNetwork { .. }
        )
    }
}

impl Throttle {
    /// On whose side it is.
    const fn fault(self) -> Fault {
        match self {
            Self::Requests | Self::Burst | Self::Tokens | Self::Concurrency | Self::Generic => {
                Fault::Account
            }
            Self::Capacity => Fault::Service,
        }
    }

    /// A higher limit of the account would help.
    #[must_use]
    pub const fn can_be_raised(self) -> bool {
        match self {
            Self::Requests | Self::Burst | Self::Tokens | Self::Concurrency | Self::Generic => true,
            Self::Capacity => false,
        }
    }
}

const fn of_settings(notice: &SettingsNotice) -> Level {
    match notice {
        SettingsNotice::KeyVariable { .. }
        | SettingsNotice::Changed { .. }
        | SettingsNotice::Theme { .. }
        | SettingsNotice::DefaultModel { .. } => Level::Info,
        SettingsNotice::Wrong | SettingsNotice::CatalogWrong | SettingsNotice::Unwritten => {
            Level::Error
        }
    }
}
