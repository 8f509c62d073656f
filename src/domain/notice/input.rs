//! What there is to say while a message is written, and what in it looks like a key. It refuses
//! sentences (`words`), and more of a key than tells which one it is.

use crate::domain::ledger::Reached;

/// What there is to say while a message is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputNotice {
    /// The message holds what looks like keys; it waits for a second Enter.
    Secrets {
        /// What each is and looks like, redacted.
        found: Vec<Secret>,
    },
    /// There is no folded paste in the message.
    NoPaste,
    /// The paste is too long to be worked on in the composer.
    PasteTooLong,
    /// Neither `VISUAL` nor `EDITOR` names an editor, or the name cannot be read.
    NoEditor {
        /// What the variable says, if anything.
        said: Option<String>,
    },
    /// The editor could not be started.
    EditorNotFound {
        /// Its program.
        program: String,
    },
    /// The editor ended in another way than well.
    EditorFailed {
        /// Its program.
        program: String,
        /// Its exit code; `None` if a signal ended it.
        code: Option<i32>,
    },
    /// The screen reads whole lines: no other program can have the terminal.
    EditorNotHere,
    /// The editor left nothing in the file.
    EditorEmpty,
    /// The file for the editor could not be written or read.
    EditorFile,
    /// What was spent comes near a limit of the budget.
    NearCap(Box<Reached>),
}

/// Kinds of text that look like a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// `sk-…`: an API key of a model service.
    ApiKey,
    /// `LTAI…`: the id of an Alibaba Cloud access key.
    AlibabaAccessKey,
    /// `AKIA…`: the id of an AWS access key.
    AwsAccessKey,
    /// A block `-----BEGIN … PRIVATE KEY-----`.
    PrivateKey,
    /// The value of a variable whose name says that it is a key.
    Variable,
}

/// One text that looks like a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it looks like.
    pub kind: SecretKind,
    /// Its first three and last two characters at most.
    pub shown: String,
}
