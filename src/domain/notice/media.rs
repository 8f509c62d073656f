//! What there is to say of pictures, sound, videos and files: how the service reads them, and how
//! they travel to its storage and back. It refuses sentences.

use super::{Class, Exit, Fault};

/// What is wrong with a file, as the service says (`InvalidFile.*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFault {
    /// Too many bytes, or too few.
    Size,
    /// A format it does not read.
    Format,
    /// Too long or too short.
    Duration,
    /// Width, height, or their ratio.
    Resolution,
    /// What can be seen or heard in it.
    Content,
    /// Something else.
    Other,
}

/// What is wrong with a file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaNotice {
    /// An address in the request is none the service can read.
    BadUrl,
    /// The file's host did not answer the service in time.
    HostSlow,
    /// The file's host refused the service.
    HostRefused,
    /// The service could not fetch the file to look into it.
    Unreadable,
    /// A file inside the request is larger than one may be there.
    InlineTooLarge {
        /// Bytes it may have, encoded, where the service says so.
        most: Option<u64>,
    },
    /// The file itself.
    File {
        /// What of it.
        fault: FileFault,
    },
    /// The leave to upload ran out before the file had arrived.
    UploadExpired,
    /// The address of a result, or of an upload, ran out.
    LinkExpired,
    /// The storage has no such file.
    FileGone,
    /// The storage says that this machine's clock is wrong.
    Clock,
    /// The storage refuses for another reason.
    StorageRefused {
        /// HTTP status.
        status: u16,
    },
}

impl MediaNotice {
    pub(super) const fn class(&self) -> Class {
        let fault = match self {
            Self::BadUrl | Self::File { .. } | Self::Clock => Some(Fault::You),
            Self::HostSlow | Self::HostRefused | Self::Unreadable | Self::UploadExpired => {
                Some(Fault::Network)
            }
            Self::InlineTooLarge { .. } => Some(Fault::Program),
            Self::StorageRefused { .. } => Some(Fault::Service),
            // Time passed: that is nobody's mistake.
            Self::LinkExpired | Self::FileGone => None,
        };
        Class::error(fault, Exit::Failed)
    }
}
