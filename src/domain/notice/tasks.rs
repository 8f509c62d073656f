//! What there is to say of tasks and of the files they made. It refuses sentences.

use super::{Class, Exit, Fault, Level};

/// What there is to say of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskNotice {
    /// The catalog does not say what the model takes.
    NoSchema {
        /// The model.
        model: String,
    },
    /// The service accepted the request and named no task.
    NoId,
    /// A file of this machine could not be brought to the service.
    NotUploaded {
        /// Its path.
        path: String,
    },
    /// It failed, and the service did not say why.
    FailedWithoutWord,
    /// It is done, and no address of a file was anywhere in the answer.
    NoFile,
    /// Only a task that has not begun can be canceled.
    TooLateToCancel,
    /// The answer to its request was lost; it was found among the account's tasks.
    Found,
    /// The program ended while its request was under way.
    Interrupted,
    /// The service does not know its id any more, and no end of it was seen.
    Vanished,
    /// Its files were not fetched before the service forgot them.
    Expired,
    /// Some of its parts failed; why the first did is the notice's detail.
    Partly {
        /// Parts that were made.
        made: u64,
        /// Parts in all.
        of: u64,
    },
    /// The service has not begun it for an unusually long time.
    StillPending {
        /// For so many minutes.
        minutes: u64,
    },
}

impl TaskNotice {
    pub(super) const fn class(&self) -> Class {
        match self {
            Self::NoSchema { .. } | Self::NotUploaded { .. } => {
                Class::error(Some(Fault::You), Exit::Failed)
            }
            Self::NoId
            | Self::FailedWithoutWord
            | Self::NoFile
            | Self::Vanished
            | Self::Partly { .. } => Class::error(Some(Fault::Service), Exit::Failed),
            Self::Expired => Class::error(None, Exit::Failed),
            Self::TooLateToCancel | Self::Interrupted | Self::StillPending { .. } => {
                Class::of(Level::Warning)
            }
            Self::Found => Class::of(Level::Info),
        }
    }
}

/// What there is to say of a file on its way to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadNotice {
    /// It is larger than what is free.
    NoRoom {
        /// The directory.
        dir: String,
        /// Bytes of the file.
        bytes: u64,
    },
    /// Nothing can be written there.
    Unwritable {
        /// The directory.
        dir: String,
    },
    /// It ended after another number of bytes than was told.
    WrongLength {
        /// Bytes that came.
        got: u64,
        /// Bytes that were told.
        told: u64,
    },
    /// Its checksum is another one than was told.
    WrongSum,
    /// Nothing came.
    Empty,
    /// The server wants it to be fetched elsewhere, which is not followed.
    Elsewhere {
        /// Scheme, host and port.
        to: String,
    },
    /// It stopped coming.
    Interrupted {
        /// What happened.
        why: String,
    },
}

impl DownloadNotice {
    pub(super) const fn class(&self) -> Class {
        match self {
            Self::NoRoom { .. } | Self::Unwritable { .. } => Class::error(None, Exit::Failed),
            Self::WrongLength { .. } | Self::WrongSum | Self::Empty | Self::Interrupted { .. } => {
                Class::error(Some(Fault::Network), Exit::Failed)
            }
            Self::Elsewhere { .. } => Class::error(Some(Fault::Service), Exit::Failed),
        }
    }
}
