//! What can go wrong in the store, and which notice it becomes.
//! It refuses sentences: those are in `words`.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::place;
use crate::domain::notice::{Notice, NoticeKind};

/// A fault of the store.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    /// A directory or file could not be made or opened.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite said no.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// A newer program made the file.
    #[error("version {found}, this program knows {known}")]
    Newer {
        /// The file's version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It is a database, but not ours.
    #[error("a database of another program")]
    Foreign,
    /// An examination found damage.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The file can only be read.
    #[error("read-only")]
    ReadOnly,
}

impl StoreError {
    /// For `map_err` on calls that touch `path`.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    /// Whether parts of the file are not what they should be.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_)) || self.code() == Some(ErrorCode::DatabaseCorrupt)
    }

    /// Whether a second look for reading only has a chance.
    pub(super) fn may_still_read(&self) -> bool {
        self.is_damage()
            || matches!(self.kind(Path::new(""), Path::new("")), NoticeKind::StoreUnwritable { .. })
            || matches!(self.code(), Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure))
            || matches!(self, Self::Io { source, .. } if is_full(source))
    }

    /// What the user is told.
    pub(super) fn notice(&self, dir: &Path, file: &Path) -> Notice {
        Notice::new(self.kind(dir, file)).with_detail(self.to_string())
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sql(error) => error.sqlite_error_code(),
            Self::Io { .. }
            | Self::Newer { .. }
            | Self::Foreign
            | Self::Damaged(_)
            | Self::ReadOnly => None,
        }
    }

    fn kind(&self, dir: &Path, file: &Path) -> NoticeKind {
        let full = || NoticeKind::DiskFull { path: dir.display().to_string() };
        let unwritable = || NoticeKind::StoreUnwritable { path: dir.display().to_string() };
        let unreadable = || NoticeKind::StoreUnreadable { path: file.display().to_string() };
        match self {
            Self::Newer { .. } | Self::Foreign | Self::Damaged(_) => unreadable(),
            Self::ReadOnly => unwritable(),
            Self::Io { source, .. } if is_full(source) => full(),
            Self::Io { source, .. } if is_forbidden(source) => unwritable(),
            Self::Io { .. } => NoticeKind::StoreFailed,
            Self::Sql(_) => match self.code() {
                Some(ErrorCode::DiskFull) => full(),
                // SQLite says "full" only for ENOSPC while writing pages; making the shared
                // memory file larger fails with a plain I/O error.
                Some(ErrorCode::SystemIoFailure) if place::is_full(dir) => full(),
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                    unwritable()
                }
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => unreadable(),
                _ => NoticeKind::StoreFailed,
            },
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn is_forbidden(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotFound
            | io::ErrorKind::IsADirectory
    )
}
