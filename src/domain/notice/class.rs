//! What follows from a kind of notice: how loud it is and with which code a headless command ends.
//! It refuses sentences and everything that depends on the notice's arguments.

use super::{InputNotice, Level, NoticeKind};
use crate::domain::settings::SettingsNotice;

impl NoticeKind {
    /// How loud it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Copy(notice) => notice.level(),
            Self::Export(notice) => notice.level(),
            Self::Stopped
            | Self::QuitAgain { .. }
            | Self::NothingThere
            | Self::Mouse { .. }
            | Self::TooNarrow { .. }
            | Self::StillAnswering
            | Self::Deleted { .. }
            | Self::Forked
            | Self::Resumed { .. }
            | Self::Input(InputNotice::NoPaste)
            | Self::Settings(
                SettingsNotice::KeyVariable { .. }
                | SettingsNotice::Changed { .. }
                | SettingsNotice::Theme { .. }
                | SettingsNotice::DefaultModel { .. },
            )
            | Self::StoreRecovered => Level::Info,
            Self::Throttled { tries: 0, .. }
            | Self::StoreOnNetwork { .. }
            | Self::Interrupted
            | Self::Input(_)
            | Self::MovedOn
            | Self::ArrivingElsewhere
            | Self::ConversationGone
            | Self::Busy => Level::Warning,
            Self::KeyMissing { .. }
            | Self::KeyRejected { .. }
            | Self::PermissionDenied
            | Self::Arrears
            | Self::FreeQuotaUsedUp { .. }
            | Self::ModelUnknown { .. }
            | Self::ModelNotOnSurface { .. }
            | Self::RequestRefused { .. }
            | Self::TooLong { .. }
            | Self::ContentRefused { .. }
            | Self::NotTheService { .. }
            | Self::Throttled { .. }
            | Self::Key(_)
            | Self::Settings(
                SettingsNotice::Wrong | SettingsNotice::CatalogWrong | SettingsNotice::Unwritten,
            )
            | Self::ServerFailed { .. }
            | Self::DnsFailed { .. }
            | Self::ConnectionRefused { .. }
            | Self::TlsFailed { .. }
            | Self::ConnectFailed { .. }
            | Self::ConnectTimeout { .. }
            | Self::FirstByteTimeout { .. }
            | Self::Stalled { .. }
            | Self::OverallTimeout { .. }
            | Self::Cut
            | Self::Garbled
            | Self::TooLarge { .. }
            | Self::EmptyAnswer
            | Self::Redirected { .. }
            | Self::StoreUnwritable { .. }
            | Self::DiskFull { .. }
            | Self::StoreUnreadable { .. }
            | Self::StoreFailed
            | Self::Crashed { .. } => Level::Error,
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

    /// The exit code of a headless command that ends with this (product.md, command line).
    /// `received` tells whether any byte of the answer had arrived.
    #[must_use]
    pub const fn exit_code(&self, received: bool) -> u8 {
        match self {
            Self::KeyMissing { .. }
            | Self::KeyRejected { .. }
            | Self::PermissionDenied
            | Self::Arrears
            | Self::FreeQuotaUsedUp { .. } => 3,
            Self::Key(_) => 6,
            Self::Throttled { .. } => 4,
            Self::ContentRefused { .. } => 7,
            Self::DnsFailed { .. }
            | Self::ConnectionRefused { .. }
            | Self::TlsFailed { .. }
            | Self::ConnectFailed { .. }
            | Self::ConnectTimeout { .. }
            | Self::FirstByteTimeout { .. }
            | Self::Stalled { .. }
            | Self::OverallTimeout { .. }
            | Self::Cut
                if !received =>
            {
                5
            }
            Self::Stopped => 130,
            _ => 1,
        }
    }
}
