//! Everything a user can mean, each with a stable `snake_case` name and a one-line doc; and the
//! contexts in which it can be meant. It refuses results (`event`) and keys (`input::bindings`).

/// A part of the screen, or a mode of it, in which keys have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere, after all other contexts.
    Global,
    /// The help overlay is open.
    Help,
    /// A list one picks from lies over the panes; what is typed narrows it down.
    List,
    /// The parameters lie over the panes and none is being typed.
    Params,
    /// The list of conversations is open.
    Conversations,
    /// The list of messages that wait is open.
    Queue,
    /// The composer has the focus and holds no text.
    EmptyComposer,
    /// The composer has the focus.
    Composer,
    /// The transcript has the focus.
    Transcript,
}

impl Context {
    /// All of them, in the order help lists them.
    pub const ALL: [Self; 9] = [
        Self::Global,
        Self::Composer,
        Self::EmptyComposer,
        Self::Transcript,
        Self::List,
        Self::Params,
        Self::Conversations,
        Self::Queue,
        Self::Help,
    ];

    /// The name used in the configuration file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Help => "help",
            Self::List => "list",
            Self::Params => "params",
            Self::Conversations => "conversations",
            Self::Queue => "queue",
            Self::EmptyComposer => "empty_composer",
            Self::Composer => "composer",
            Self::Transcript => "transcript",
        }
    }

    /// A key that types a character and is bound to nothing is text here.
    #[must_use]
    pub const fn takes_text(self) -> bool {
        matches!(self, Self::Composer | Self::List | Self::Params)
    }
}

/// Defines one group of actions: every variant's doc comment is also its help text.
macro_rules! actions {
    ($(#[$meta:meta])* $group:ident { $(#[doc = $doc:literal] $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $group { $(#[doc = $doc] $variant,)* }

        impl $group {
            /// Every action of the group.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name used in the configuration file and the log.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One line in English that says what it does.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

actions! {
    /// Actions on the program as a whole.
    App {
        #[doc = "Stop the answer, or press twice to quit"] Interrupt = "interrupt",
        #[doc = "Quit"] Quit = "quit",
        #[doc = "Paint the screen again"] Redraw = "redraw",
        #[doc = "Suspend to the shell"] Suspend = "suspend",
        #[doc = "Show or hide this help"] Help = "help",
        #[doc = "Leave the mouse to the terminal, or take it"] Mouse = "toggle_mouse",
        #[doc = "Side pane beside the conversation, or everything in rows"] Layout = "toggle_layout",
        #[doc = "All commands, to search and run"] Palette = "palette",
        #[doc = "Commands by their names"] Commands = "commands",
        #[doc = "Close what is open, or stop the answer"] Back = "back",
        #[doc = "Show the next theme"] NextTheme = "next_theme",
    }
}

actions! {
    /// Actions that move the focus between panes.
    Focus {
        #[doc = "Go to the next pane"] Next = "focus_next",
        #[doc = "Go to the previous pane"] Previous = "focus_previous",
        #[doc = "Go to the conversation"] Transcript = "focus_conversation",
        #[doc = "Go to the message"] Composer = "focus_message",
    }
}

actions! {
    /// Actions on the conversation that is shown.
    Chat {
        #[doc = "Stop the answer that is arriving"] Stop = "stop_answer",
        #[doc = "Go on with an unfinished answer"] Continue = "continue_answer",
        #[doc = "Send now instead of waiting"] SendNow = "send_now",
        #[doc = "Show or fold the reasoning"] Reasoning = "toggle_reasoning",
        #[doc = "One line up"] LineUp = "line_up",
        #[doc = "One line down"] LineDown = "line_down",
        #[doc = "Half a page up"] HalfUp = "half_page_up",
        #[doc = "Half a page down"] HalfDown = "half_page_down",
        #[doc = "One page up"] PageUp = "page_up",
        #[doc = "One page down"] PageDown = "page_down",
        #[doc = "To the beginning"] Top = "to_beginning",
        #[doc = "To the end, and follow it"] End = "to_end",
        #[doc = "To the question before"] QuestionBefore = "question_before",
        #[doc = "To the next question"] QuestionAfter = "question_after",
        #[doc = "Mark the message before"] MessageBefore = "message_before",
        #[doc = "Mark the next message"] MessageAfter = "message_after",
    }
}

actions! {
    /// Actions on the set of conversations.
    Conversations {
        #[doc = "Begin a new conversation"] New = "new_conversation",
        #[doc = "To the conversation before"] Before = "conversation_before",
        #[doc = "To the next conversation"] After = "conversation_after",
        #[doc = "All conversations, to search and open"] List = "conversations",
        #[doc = "Give the marked conversation another title"] Rename = "rename_conversation",
        #[doc = "Delete the marked conversation"] Delete = "delete_conversation",
        #[doc = "Take back the conversation deleted last"] Undelete = "undelete_conversation",
    }
}

actions! {
    /// Actions on the turns of the conversation that is shown.
    Turns {
        #[doc = "Ask the same question again"] Regenerate = "regenerate",
        #[doc = "Ask the same question again with another seed"] Reseed = "regenerate_with_seed",
        #[doc = "Change this question and ask it anew"] Edit = "edit_question",
        #[doc = "To the branch before"] BranchBefore = "branch_before",
        #[doc = "To the next branch"] BranchAfter = "branch_after",
        #[doc = "Copy the conversation from here into a new one"] Fork = "fork_conversation",
        #[doc = "The messages that wait to be sent"] Queue = "queue",
        #[doc = "Take the last waiting message back"] QueueEdit = "queue_edit",
        #[doc = "Send the messages that wait"] QueueSend = "queue_send",
        #[doc = "Send the marked message earlier"] QueueUp = "queue_up",
        #[doc = "Send the marked message later"] QueueDown = "queue_down",
        #[doc = "Do not send the marked message"] QueueRemove = "queue_remove",
    }
}

actions! {
    /// Actions on the message being written that carry no text.
    Edit {
        #[doc = "Send the message"] Send = "send",
        #[doc = "Begin a new line"] Newline = "newline",
        #[doc = "Delete before the caret"] DeleteBefore = "delete_before",
        #[doc = "Delete after the caret"] DeleteAfter = "delete_after",
        #[doc = "Delete the word before"] DeleteWordBefore = "delete_word_before",
        #[doc = "Delete the word after"] DeleteWordAfter = "delete_word_after",
        #[doc = "Delete to the beginning of the line"] DeleteToHead = "delete_to_line_begin",
        #[doc = "Delete to the end of the line"] DeleteToEnd = "delete_to_line_end",
        #[doc = "Left"] Left = "left",
        #[doc = "Right"] Right = "right",
        #[doc = "Up, or to the question before"] Up = "up",
        #[doc = "Down, or to the next question"] Down = "down",
        #[doc = "One word left"] WordLeft = "word_left",
        #[doc = "One word right"] WordRight = "word_right",
        #[doc = "To the beginning of the line"] Head = "line_begin",
        #[doc = "To the end of the line"] End = "line_end",
        #[doc = "To the beginning of the message"] First = "message_begin",
        #[doc = "To the end of the message"] Last = "message_end",
        #[doc = "Undo"] Undo = "undo",
        #[doc = "Redo"] Redo = "redo",
        #[doc = "Put back what was deleted last"] PutBack = "put_back",
    }
}

actions! {
    /// Actions on a list one picks from, whatever it holds.
    List {
        #[doc = "To the row above"] Up = "row_up",
        #[doc = "To the row below"] Down = "row_down",
        #[doc = "One page of rows up"] PageUp = "rows_up",
        #[doc = "One page of rows down"] PageDown = "rows_down",
        #[doc = "To the first row"] First = "first_row",
        #[doc = "To the last row"] Last = "last_row",
        #[doc = "Take the marked row"] Accept = "accept",
    }
}

actions! {
    /// Actions on the parameters of a conversation.
    Params {
        #[doc = "Parameters of the conversation"] Drawer = "parameters",
        #[doc = "Set for the conversation, or for the next message only"] Scope = "parameter_scope",
        #[doc = "Instructions above this conversation"] System = "instructions",
        #[doc = "Let the model think first, or not"] Thinking = "toggle_thinking",
        #[doc = "Let the service search the web, or not"] Search = "toggle_search",
    }
}

/// Actions on the message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Composer {
    /// One that has a name and can be bound to a key.
    Edit(Edit),
    /// A character was typed.
    Insert(char),
    /// Text was pasted; not sanitized yet.
    Paste(String),
}

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
    /// The turns of the conversation that is shown.
    Turns(Turns),
    /// The message being written; while a list is open, the words that narrow it down.
    Composer(Composer),
    /// The list that lies over the panes.
    List(List),
    /// The parameters of the conversation that is shown.
    Params(Params),
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
            Self::Turns(a) => Some(a.name()),
            Self::Composer(Composer::Edit(a)) => Some(a.name()),
            Self::List(a) => Some(a.name()),
            Self::Params(a) => Some(a.name()),
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
            Self::Turns(a) => Some(a.doc()),
            Self::Composer(Composer::Edit(a)) => Some(a.doc()),
            Self::List(a) => Some(a.doc()),
            Self::Params(a) => Some(a.doc()),
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
            | Self::List(_)
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
            | Self::Turns(Turns::QueueUp | Turns::QueueDown | Turns::QueueRemove) => false,
            Self::App(_)
            | Self::Chat(_)
            | Self::Conversations(_)
            | Self::Turns(_)
            | Self::Params(_) => true,
        }
    }

    /// Every action that has a name.
    pub fn named() -> impl Iterator<Item = Self> {
        let app = App::ALL.iter().copied().map(Self::App);
        let focus = Focus::ALL.iter().copied().map(Self::Focus);
        let chat = Chat::ALL.iter().copied().map(Self::Chat);
        let conversations = Conversations::ALL.iter().copied().map(Self::Conversations);
        let turns = Turns::ALL.iter().copied().map(Self::Turns);
        let edit = Edit::ALL.iter().copied().map(|edit| Self::Composer(Composer::Edit(edit)));
        let list = List::ALL.iter().copied().map(Self::List);
        let params = Params::ALL.iter().copied().map(Self::Params);
        let lists = edit.chain(list).chain(params);
        app.chain(focus).chain(chat).chain(conversations).chain(turns).chain(lists)
    }
}

/// Names for `/` in an empty message; what follows the name is put into the list it opens.
pub const COMMANDS: &[(&str, Action)] = &[
    ("help", Action::App(App::Help)),
    ("mouse", Action::App(App::Mouse)),
    ("layout", Action::App(App::Layout)),
    ("quit", Action::App(App::Quit)),
    ("redraw", Action::App(App::Redraw)),
    ("stop", Action::Chat(Chat::Stop)),
    ("continue", Action::Chat(Chat::Continue)),
    ("reasoning", Action::Chat(Chat::Reasoning)),
    ("new", Action::Conversations(Conversations::New)),
    ("params", Action::Params(Params::Drawer)),
    ("system", Action::Params(Params::System)),
    ("think", Action::Params(Params::Thinking)),
    ("search", Action::Params(Params::Search)),
    ("conversations", Action::Conversations(Conversations::List)),
    ("fork", Action::Turns(Turns::Fork)),
    ("regenerate", Action::Turns(Turns::Regenerate)),
    ("edit", Action::Turns(Turns::Edit)),
    ("queue", Action::Turns(Turns::Queue)),
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
            assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{name}");
            assert!(action.offered(), "{name}");
        }
    }
}
