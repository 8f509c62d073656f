//! What can go wrong on the way to a key. It refuses to hold any key and any sentence.

/// Why there is no key although a place was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFault {
    /// The program of the key command does not exist or cannot be started.
    CommandMissing {
        /// The program.
        program: String,
    },
    /// It ended with an error.
    CommandFailed {
        /// The program.
        program: String,
        /// Its exit code; `None` after a signal.
        code: Option<i32>,
    },
    /// It did not end in time and was stopped.
    CommandHung {
        /// The program.
        program: String,
        /// How long it was given.
        seconds: u64,
    },
    /// It printed nothing.
    CommandSilent {
        /// The program.
        program: String,
    },
    /// It printed more than one line.
    CommandTalkative {
        /// The program.
        program: String,
        /// How many lines.
        lines: usize,
    },
    /// What was found holds spaces or other characters that no key has.
    NotAKey {
        /// Where it was found.
        source: String,
    },
    /// Others may read the file with the keys.
    FileOpen {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// The file with the keys cannot be read.
    FileUnreadable {
        /// The file.
        path: String,
    },
    /// A line of the file with the keys is not a profile and its key.
    FileWrong {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// The keyring has an error other than that there is no key in it.
    Keyring,
}
