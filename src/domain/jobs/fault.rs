//! What can be wrong with a form, typed. It refuses sentences; `words` has them.

use super::{Free, Value};

/// What is wrong with a form. Fields are named by [`super::Field::name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The model has no such field.
    NoField {
        /// Its name.
        field: String,
    },
    /// It must be filled in.
    Missing {
        /// Which field.
        field: String,
    },
    /// It holds a value of another kind.
    WrongKind {
        /// Which field.
        field: String,
    },
    /// The text is too long.
    TooLong {
        /// Which field.
        field: String,
        /// Characters it has.
        chars: u64,
        /// Characters it may have.
        max: u32,
    },
    /// It is none of those to choose from.
    NoChoice {
        /// Which field.
        field: String,
        /// What was given.
        given: String,
        /// What there is.
        choices: Vec<String>,
    },
    /// It is no whole number.
    NotWhole {
        /// Which field.
        field: String,
        /// What was given.
        given: String,
    },
    /// The number is out of range.
    Range {
        /// Which field.
        field: String,
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// It is neither on nor off.
    NotFlag {
        /// Which field.
        field: String,
        /// What was given.
        given: String,
    },
    /// It is no size.
    NotSize {
        /// Which field.
        field: String,
        /// What was given.
        given: String,
    },
    /// The size is outside of the limits.
    SizeRange {
        /// Which field.
        field: String,
        /// The limits.
        free: Free,
    },
    /// Too many files.
    TooMany {
        /// Which field.
        field: String,
        /// How many there may be.
        most: u32,
    },
    /// A file is too large.
    TooLarge {
        /// Which field.
        field: String,
        /// Bytes it has.
        bytes: u64,
        /// Bytes it may have.
        max: u64,
    },
    /// A file is of a format the model does not read.
    Format {
        /// Which field.
        field: String,
        /// What it is.
        given: String,
        /// What there is.
        formats: Vec<String>,
    },
    /// These files do not go together.
    Combination {
        /// What was given.
        given: Vec<String>,
        /// What goes together.
        sets: Vec<Vec<String>>,
    },
    /// Too few or too many files of several fields together.
    Together {
        /// The fields.
        fields: Vec<String>,
        /// So many at least.
        min: u32,
        /// So many at most.
        max: u32,
    },
    /// It counts only while another field is so.
    Needs {
        /// Which field.
        field: String,
        /// The other one.
        other: String,
        /// The value that one must have.
        value: Value,
    },
}
