//! Errands: small things that are done outside for tasks and their files. It owns their shapes; it
//! refuses to do any of them and to know a program by its name.

use std::sync::Arc;

use super::ids::TaskKey;
use super::ledger::Standing;
use super::money::Currency;
use super::pictures::{Form, Still};
use super::tasks::FileKind;

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Tell how large a file is.
    Look {
        /// Its path, as typed.
        path: String,
    },
    /// Show a file with the program of the desktop.
    Open {
        /// Its path.
        path: String,
    },
    /// Show the directory a file is in.
    Reveal {
        /// The file's path.
        path: String,
    },
    /// Run the user's program for a task that ended, once on this machine.
    Ended {
        /// The program and its arguments; it is run without a shell.
        words: Vec<String>,
        /// What ended.
        facts: Box<EndFacts>,
    },
    /// Take a small picture out of a video or a picture.
    Poster {
        /// Of which task.
        key: TaskKey,
        /// Its file.
        path: String,
        /// What that is.
        kind: FileKind,
        /// In which form a picture of it is wanted besides; `None` where none can be shown.
        form: Option<Form>,
    },
    /// Tell what was spent in this currency.
    Spent(Currency),
}

/// What a program is told of a task that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndFacts {
    /// Which task.
    pub key: TaskKey,
    /// Its id at the service.
    pub id: String,
    /// How it ended, in one word of [`super::tasks::book::Stage::name`].
    pub stage: &'static str,
    /// Its model.
    pub model: String,
    /// Its prompt in one clean line.
    pub title: String,
    /// Its files on disk.
    pub files: Vec<String>,
}

/// What came of an errand. One that comes to nothing but trouble is told by a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrandEvent {
    /// A file was looked at.
    Looked {
        /// Its path, as typed.
        path: String,
        /// Bytes; `None` where there is no such file that can be read.
        bytes: Option<u64>,
    },
    /// A small picture is there.
    Poster {
        /// Of which task.
        key: TaskKey,
        /// The picture; `None` where none could be made.
        poster: Option<Poster>,
    },
    /// What was spent.
    Spent(Standing),
}

/// Columns of pixels of a small picture.
pub const POSTER_WIDTH: u16 = 96;
/// Rows of pixels of a small picture; two of them make a row of cells.
pub const POSTER_HEIGHT: u16 = 54;

/// A small picture of [`POSTER_WIDTH`] by [`POSTER_HEIGHT`] pixels, three bytes each (red, green,
/// blue), row by row. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poster {
    rgb: Arc<[u8]>,
    still: Option<Still>,
}

impl Poster {
    /// Bytes of every small picture.
    pub const BYTES: usize = POSTER_WIDTH as usize * POSTER_HEIGHT as usize * 3;

    /// Takes the bytes of one; `None` if they are fewer or more.
    #[must_use]
    pub fn new(rgb: &[u8]) -> Option<Self> {
        (rgb.len() == Self::BYTES).then(|| Self { rgb: rgb.into(), still: None })
    }

    /// The same with a picture for terminals that show pictures, if there is one.
    #[must_use]
    pub fn with_still(self, still: Option<Still>) -> Self {
        Self { still, ..self }
    }

    /// The picture for terminals that show pictures.
    #[must_use]
    pub fn still(&self) -> Option<&Still> {
        self.still.as_ref()
    }

    /// The colour of a pixel; black outside.
    #[must_use]
    pub fn at(&self, x: u16, y: u16) -> [u8; 3] {
        let at = (usize::from(y) * usize::from(POSTER_WIDTH) + usize::from(x)) * 3;
        match self.rgb.get(at..at + 3) {
            Some(&[red, green, blue]) if x < POSTER_WIDTH => [red, green, blue],
            Some(_) | None => [0, 0, 0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_is_whole_or_none() {
        assert_eq!(Poster::new(&[0; 12]), None);
        let mut bytes = vec![0; Poster::BYTES];
        let last = Poster::BYTES - 3;
        bytes[last..].copy_from_slice(&[1, 2, 3]);
        let poster = Poster::new(&bytes).unwrap();
        assert_eq!(poster.at(POSTER_WIDTH - 1, POSTER_HEIGHT - 1), [1, 2, 3]);
        assert_eq!(poster.at(POSTER_WIDTH, 0), [0, 0, 0]);
        assert_eq!(poster.at(0, POSTER_HEIGHT), [0, 0, 0]);
    }
}
