//! What there is to say of the tasks on the screen and of what is done outside for them. It refuses
//! sentences.

use super::{Class, Exit, Fault, Level};

/// What there is to say of a task in the list, or of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrandNotice {
    /// Tasks stand in line now.
    InLine {
        /// How many.
        count: usize,
    },
    /// A task is done and on disk.
    Saved {
        /// What was made.
        title: String,
        /// Its first file.
        path: String,
    },
    /// A task came to nothing; the notice's detail says why.
    NotMade {
        /// What was to be made.
        title: String,
    },
    /// A task may exist, and the user has to say what it is.
    Undecided {
        /// What was to be made.
        title: String,
    },
    /// What was wanted cannot be done with a task that has come so far.
    NotNow,
    /// Somebody else made the task: what it was made from is not known here.
    NotOurs,
    /// There is no file on disk yet.
    NoFile,
    /// There is no desktop to show a file on.
    NoDesktop {
        /// The file.
        path: String,
    },
    /// A program could not be started, or ended badly.
    Program {
        /// Which.
        program: String,
    },
    /// The catalog knows no model that makes this.
    NoModel,
}

impl ErrandNotice {
    pub(super) const fn class(&self) -> Class {
        match self {
            Self::InLine { .. } | Self::Saved { .. } | Self::NotNow | Self::NoFile => {
                Class::of(Level::Info)
            }
            Self::NotOurs | Self::NoDesktop { .. } | Self::Undecided { .. } => {
                Class::of(Level::Warning)
            }
            Self::NotMade { .. } => Class::error(None, Exit::Failed),
            Self::Program { .. } | Self::NoModel => Class::error(Some(Fault::You), Exit::Failed),
        }
    }
}
