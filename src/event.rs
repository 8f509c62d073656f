//! What the world said: one value for everything that services report to the loop.
//! It refuses wishes (`action`) and commands (`effect`).

use crate::domain::attachments::AttachEvent;
use crate::domain::chat::{ChatEvent, CodeRole};
use crate::domain::conversations::StoreEvent;
use crate::domain::doctor::DoctorEvent;
use crate::domain::errands::ErrandEvent;
use crate::domain::ids::MessageId;
use crate::domain::notice::Notice;
use crate::domain::settings::SettingsEvent;
use crate::domain::speech::aloud::SpeechEvent;
use crate::domain::tasks::book::TaskEvent;
use crate::effect::Effect;

/// Something a service has to say. Plain data: it can be logged, compared and replayed.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceEvent {
    /// An answer went on or ended.
    Chat(ChatEvent),
    /// The store read or wrote.
    Store(StoreEvent),
    /// A task went on, or there is something to say of it.
    Task(Box<TaskEvent>),
    /// Something was done outside.
    Errand(ErrandEvent),
    /// Colours for code are ready.
    Highlight(HighlightEvent),
    /// A thing that may go with a question was looked at.
    Attach(AttachEvent),
    /// The user's editor ended.
    Editor(EditorEvent),
    /// An examination went on.
    Doctor(DoctorEvent),
    /// Something is read aloud, and there is something to say of it.
    Speech(SpeechEvent),
    /// The catalog of models changed.
    Models(ModelsEvent),
    /// On the settings.
    Settings(SettingsEvent),
    /// Something to tell that belongs to no pane.
    Notice(Notice),
    /// A service could not take this: its inbox was full. The loop gives it back so that
    /// nothing typed is lost.
    Refused(Effect),
}

/// How the user's editor ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditorEvent {
    /// Well: this is the text now; not sanitized yet.
    Edited(String),
    /// In another way: the text is as it was.
    Failed(Notice),
}

/// What the reader of the user's own catalog says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelsEvent {
    /// The user's own rows are in force.
    Loaded,
}

/// Colours for lines of one code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HighlightEvent {
    /// The message the block is in.
    pub message: MessageId,
    /// Number of the code block in the message, from 0.
    pub block: usize,
    /// Number of the first line coloured here, from 0.
    pub first_line: usize,
    /// For each line, runs of (length in bytes, role) that cover it from its start.
    pub lines: Vec<Vec<(u32, CodeRole)>>,
}
