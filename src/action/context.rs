//! The contexts in which something can be meant: where keys have a meaning of their own. It refuses
//! keys (`input::bindings`) and what they mean.

/// A part of the screen, or a mode of it, in which keys have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere, after all other contexts.
    Global,
    /// The help overlay is open.
    Help,
    /// A list one picks from lies over the panes; what is typed narrows it down.
    List,
    /// The list of earlier questions is open.
    History,
    /// A folded paste is shown over the panes.
    Paste,
    /// Several answers to one question lie over the panes.
    Lanes,
    /// What went over the wire lies over the panes and nothing is typed.
    Inspector,
    /// The composer has the focus and takes text, where vi's keys are wanted.
    ViInsert,
    /// The composer has the focus, and keys are vi's commands.
    ViNormal,
    /// The model picker is open.
    Models,
    /// The parameters lie over the panes and none is being typed.
    Params,
    /// The list of conversations is open.
    Conversations,
    /// The list of messages that wait is open.
    Queue,
    /// The tasks lie over the panes and nothing is typed.
    Tasks,
    /// The meters lie over the panes.
    Meters,
    /// A form for a task lies over the panes and no value is typed.
    TaskForm,
    /// Results of tasks are looked at one after the other.
    TaskReview,
    /// The composer has the focus and holds no text.
    EmptyComposer,
    /// The composer has the focus.
    Composer,
    /// The transcript has the focus.
    Transcript,
    /// The list of notices lies over the panes; it takes no text.
    Notices,
    /// The transcript has the focus and something is read aloud.
    Speech,
    /// The list of voices is open.
    Voices,
}

impl Context {
    /// All of them, in the order help lists them.
    pub const ALL: [Self; 23] = [
        Self::Global,
        Self::Composer,
        Self::EmptyComposer,
        Self::ViInsert,
        Self::ViNormal,
        Self::Transcript,
        Self::List,
        Self::Notices,
        Self::History,
        Self::Paste,
        Self::Lanes,
        Self::Inspector,
        Self::Models,
        Self::Params,
        Self::Conversations,
        Self::Queue,
        Self::Meters,
        Self::Tasks,
        Self::TaskForm,
        Self::TaskReview,
        Self::Speech,
        Self::Voices,
        Self::Help,
    ];

    /// The name used in the configuration file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Help => "help",
            Self::List => "list",
            Self::History => "history",
            Self::Paste => "paste",
            Self::Lanes => "lanes",
            Self::Inspector => "inspector",
            Self::ViInsert => "vi_insert",
            Self::ViNormal => "vi_normal",
            Self::Models => "models",
            Self::Params => "params",
            Self::Conversations => "conversations",
            Self::Queue => "queue",
            Self::Meters => "meters",
            Self::Tasks => "tasks",
            Self::TaskForm => "task_form",
            Self::TaskReview => "task_review",
            Self::EmptyComposer => "empty_composer",
            Self::Composer => "composer",
            Self::Transcript => "transcript",
            Self::Notices => "notices",
            Self::Speech => "speech",
            Self::Voices => "voices",
        }
    }

    /// A key that types a character and is bound to nothing is text here.
    #[must_use]
    pub const fn takes_text(self) -> bool {
        matches!(self, Self::Composer | Self::List | Self::Params)
    }
}
