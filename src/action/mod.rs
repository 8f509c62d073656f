//! Everything a user can mean, each with a stable `snake_case` name and a one-line doc; and the
//! contexts in which it can be meant. It refuses results (`event`) and keys (`input::bindings`).

mod context;
mod groups;

pub use context::Context;
pub use groups::*;

/// What the user meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The program as a whole.
    App(App),
    /// Which pane has the focus.
    Focus(Focus),
    /// The conversation that is shown.
    Chat(Chat),
    /// The set of conversations.
    Conversations(Conversations),
    /// Text taken out of the conversation.
    Copying(Copying),
    /// The conversation as a file.
    Export(Export),
    /// What lian said.
    Notices(Notices),
    /// What went over the wire for an answer.
    Inspector(Inspector),
    /// The model, and the list it is picked from.
    Models(Models),
    /// The turns of the conversation that is shown.
    Turns(Turns),
    /// Several answers to one question.
    Lanes(Lanes),
    /// The message being written; while a list is open, the words that narrow it down.
    Composer(Composer),
    /// What helps to write the message.
    Draft(Draft),
    /// What goes with the message.
    Attach(Attach),
    /// A command of vi on the message.
    Vi(Vi),
    /// The list that lies over the panes.
    List(List),
    /// The parameters of the conversation that is shown.
    Params(Params),
    /// Videos and pictures that are made at the service.
    Tasks(Tasks),
    /// What is used of limits and budgets.
    Meters(Meters),
    /// What is read aloud.
    Speech(Speech),
    /// The mouse was pressed at a cell.
    Press {
        /// Column from the left, from 0.
        column: u16,
        /// Row from the top, from 0.
        row: u16,
    },
    /// The wheel of the mouse turned by one notch.
    Wheel {
        /// Up, or else down.
        up: bool,
    },
    /// The terminal window got or lost the focus.
    Focused(bool),
}

impl Action {
    /// Its stable name; `None` for actions that carry text or places and cannot be bound.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::App(a) => Some(a.name()),
            Self::Focus(a) => Some(a.name()),
            Self::Chat(a) => Some(a.name()),
            Self::Conversations(a) => Some(a.name()),
            Self::Copying(a) => Some(a.name()),
            Self::Export(a) => Some(a.name()),
            Self::Notices(a) => Some(a.name()),
            Self::Inspector(a) => Some(a.name()),
            Self::Models(a) => Some(a.name()),
            Self::Turns(a) => Some(a.name()),
            Self::Lanes(a) => Some(a.name()),
            Self::Composer(Composer::Edit(a)) => Some(a.name()),
            Self::Draft(a) => Some(a.name()),
            Self::Attach(a) => Some(a.name()),
            Self::Vi(a) => Some(a.name()),
            Self::List(a) => Some(a.name()),
            Self::Params(a) => Some(a.name()),
            Self::Tasks(a) => Some(a.name()),
            Self::Meters(a) => Some(a.name()),
            Self::Speech(a) => Some(a.name()),
            Self::Composer(Composer::Insert(_) | Composer::Paste(_))
            | Self::Press { .. }
            | Self::Wheel { .. }
            | Self::Focused(_) => None,
        }
    }

    /// One line in English; `None` where there is no name.
    #[must_use]
    pub const fn doc(&self) -> Option<&'static str> {
        match self {
            Self::App(a) => Some(a.doc()),
            Self::Focus(a) => Some(a.doc()),
            Self::Chat(a) => Some(a.doc()),
            Self::Conversations(a) => Some(a.doc()),
            Self::Copying(a) => Some(a.doc()),
            Self::Export(a) => Some(a.doc()),
            Self::Notices(a) => Some(a.doc()),
            Self::Inspector(a) => Some(a.doc()),
            Self::Models(a) => Some(a.doc()),
            Self::Turns(a) => Some(a.doc()),
            Self::Lanes(a) => Some(a.doc()),
            Self::Composer(Composer::Edit(a)) => Some(a.doc()),
            Self::Draft(a) => Some(a.doc()),
            Self::Attach(a) => Some(a.doc()),
            Self::Vi(a) => Some(a.doc()),
            Self::List(a) => Some(a.doc()),
            Self::Params(a) => Some(a.doc()),
            Self::Tasks(a) => Some(a.doc()),
            Self::Meters(a) => Some(a.doc()),
            Self::Speech(a) => Some(a.doc()),
            Self::Composer(Composer::Insert(_) | Composer::Paste(_))
            | Self::Press { .. }
            | Self::Wheel { .. }
            | Self::Focused(_) => None,
        }
    }

    /// What is offered by name: all but moves of a caret, a page or a mark, and what opens the
    /// offer itself.
    #[must_use]
    pub const fn offered(&self) -> bool {
        match self {
            Self::App(App::Palette | App::Commands | App::Back | App::Interrupt)
            | Self::Focus(_)
            | Self::Composer(_)
            | Self::Vi(_)
            | Self::List(_)
            | Self::Attach(Attach::Here)
            | Self::Models(Models::Kinds | Models::Mark)
            | Self::Params(Params::Scope)
            | Self::Press { .. }
            | Self::Wheel { .. }
            | Self::Focused(_)
            | Self::Chat(
                Chat::LineUp
                | Chat::LineDown
                | Chat::HalfUp
                | Chat::HalfDown
                | Chat::PageUp
                | Chat::PageDown
                | Chat::MessageBefore
                | Chat::MessageAfter,
            )
            | Self::Conversations(
                Conversations::Rename | Conversations::Delete | Conversations::Undelete,
            )
            | Self::Turns(Turns::QueueUp | Turns::QueueDown | Turns::QueueRemove)
            // These are for the list of voices.
            | Self::Speech(
                Speech::Hear
                | Speech::Keep
                | Speech::Favour
                | Speech::ModelAfter
                | Speech::ModelBefore
                | Speech::Language,
            ) => false,
            // The others are for the task that is marked in the list.
            Self::Meters(action) => matches!(action, Meters::Open),
            Self::Tasks(action) => matches!(action, Tasks::Open | Tasks::Video | Tasks::Image),
            Self::Inspector(action) => matches!(action, Inspector::Open),
            Self::Lanes(action) => matches!(action, Lanes::Compare | Lanes::Open),
            Self::App(_)
            | Self::Chat(_)
            | Self::Conversations(_)
            | Self::Copying(_)
            | Self::Export(_)
            | Self::Notices(_)
            | Self::Turns(_)
            | Self::Models(_)
            | Self::Draft(_)
            | Self::Attach(_)
            | Self::Params(_)
            | Self::Speech(_) => true,
        }
    }

    /// Every action that has a name.
    pub fn named() -> impl Iterator<Item = Self> {
        let app = App::ALL.iter().copied().map(Self::App);
        let focus = Focus::ALL.iter().copied().map(Self::Focus);
        let chat = Chat::ALL.iter().copied().map(Self::Chat);
        let conversations = Conversations::ALL.iter().copied().map(Self::Conversations);
        let copying = Copying::ALL.iter().copied().map(Self::Copying);
        let export = Export::ALL.iter().copied().map(Self::Export);
        let notices = Notices::ALL.iter().copied().map(Self::Notices);
        let inspector = Inspector::ALL.iter().copied().map(Self::Inspector);
        let lanes = Lanes::ALL.iter().copied().map(Self::Lanes);
        let notices = notices.chain(inspector).chain(lanes);
        let conversations = conversations.chain(copying).chain(export).chain(notices);
        let models = Models::ALL.iter().copied().map(Self::Models);
        let turns = Turns::ALL.iter().copied().map(Self::Turns);
        let edit = Edit::ALL.iter().copied().map(|edit| Self::Composer(Composer::Edit(edit)));
        let draft = Draft::ALL.iter().copied().map(Self::Draft);
        let attach = Attach::ALL.iter().copied().map(Self::Attach);
        let draft = draft.chain(attach);
        let vi = Vi::ALL.iter().copied().map(Self::Vi);
        let list = List::ALL.iter().copied().map(Self::List);
        let all = app.chain(focus).chain(chat).chain(conversations).chain(turns).chain(edit);
        let params = Params::ALL.iter().copied().map(Self::Params);
        let tasks = Tasks::ALL.iter().copied().map(Self::Tasks);
        let meters = Meters::ALL.iter().copied().map(Self::Meters);
        let speech = Speech::ALL.iter().copied().map(Self::Speech);
        let all = all.chain(models).chain(draft).chain(vi).chain(list).chain(params);
        all.chain(tasks).chain(meters).chain(speech)
    }
}

/// Names for `/` in an empty message, those asked for most first; what follows the name is put into the list it opens.
pub const COMMANDS: &[(&str, Action)] = &[
    ("new", Action::Conversations(Conversations::New)),
    ("conversations", Action::Conversations(Conversations::List)),
    ("model", Action::Models(Models::Open)),
    ("tasks", Action::Tasks(Tasks::Open)),
    ("meters", Action::Meters(Meters::Open)),
    ("video", Action::Tasks(Tasks::Video)),
    ("image", Action::Tasks(Tasks::Image)),
    ("params", Action::Params(Params::Drawer)),
    ("think", Action::Params(Params::Thinking)),
    ("search", Action::Params(Params::Search)),
    ("system", Action::Params(Params::System)),
    ("regenerate", Action::Turns(Turns::Regenerate)),
    ("compare", Action::Lanes(Lanes::Compare)),
    ("lanes", Action::Lanes(Lanes::Open)),
    ("edit", Action::Turns(Turns::Edit)),
    ("fork", Action::Turns(Turns::Fork)),
    ("queue", Action::Turns(Turns::Queue)),
    ("attach", Action::Attach(Attach::Files)),
    ("speak", Action::Speech(Speech::Speak)),
    ("voice", Action::Speech(Speech::Voices)),
    ("auto-speak", Action::Speech(Speech::Auto)),
    ("history", Action::Draft(Draft::History)),
    ("editor", Action::Draft(Draft::Editor)),
    ("paste", Action::Draft(Draft::Inspect)),
    ("copy", Action::Copying(Copying::Message)),
    ("raw", Action::Copying(Copying::Source)),
    ("export", Action::Export(Export::Markdown)),
    ("stop", Action::Chat(Chat::Stop)),
    ("continue", Action::Chat(Chat::Continue)),
    ("reasoning", Action::Chat(Chat::Reasoning)),
    ("notices", Action::Notices(Notices::Open)),
    ("inspect", Action::Inspector(Inspector::Open)),
    ("doctor", Action::App(App::Doctor)),
    ("pin", Action::Models(Models::Pin)),
    ("default", Action::Models(Models::Keep)),
    ("layout", Action::App(App::Layout)),
    ("mouse", Action::App(App::Mouse)),
    ("redraw", Action::App(App::Redraw)),
    ("help", Action::App(App::Help)),
    ("quit", Action::App(App::Quit)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_snake_case() {
        let mut seen = std::collections::HashSet::new();
        for action in Action::named() {
            let name = action.name().unwrap();
            assert!(seen.insert(name), "{name} twice");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
            assert!(!action.doc().unwrap().ends_with('.'));
        }
    }

    #[test]
    fn commands_are_words_once_for_what_is_offered() {
        let mut seen = std::collections::HashSet::new();
        for (name, action) in COMMANDS {
            assert!(seen.insert(name), "{name} twice");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert!(action.offered(), "{name}");
        }
    }
}
