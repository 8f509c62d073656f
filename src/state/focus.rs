//! Which pane has the focus and which overlay is open; from both follow the contexts in which a
//! key is looked up. It refuses to know what the panes hold.

use super::attachments::{Files, Unfit};
use super::conflicts::Ask;
use super::conversations::Browser;
use super::copy::Links;
use super::doctor::Examination;
use super::history::History;
use super::inspector::Inspector;
use super::lanes::Lanes;
use super::meters::ask::SpendAsk;
use super::meters::panel::Panel;
use super::models::Models;
use super::notices::History as Told;
use super::palette::Palette;
use super::params::Drawer;
use super::paste::PasteView;
use super::picker::Picker;
use super::queue::QueueList;
use super::tasks::ask::TaskAsk;
use super::tasks::board::Board;
use super::tasks::form::TaskForm;
use super::voices::Voices;
use crate::action::{Chat, Context};

/// Panes that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The message being written.
    #[default]
    Composer,
    /// The conversation.
    Transcript,
}

/// What lies over the panes, with what it holds while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The keys; `top` is the first row shown.
    Help {
        /// First row shown.
        top: u16,
    },
    /// All commands.
    Palette(Palette),
    /// Links to copy.
    Links(Links),
    /// What was told.
    Notices(Told),
    /// Whether all is well.
    Doctor(Box<Examination>),
    /// Earlier questions.
    History(History),
    /// A folded paste.
    Paste(PasteView),
    /// What went over the wire for an answer.
    Inspector(Box<Inspector>),
    /// Several answers to one question.
    Lanes(Box<Lanes>),
    /// The models.
    Models(Models),
    /// The parameters.
    Params(Drawer),
    /// What stands in the way of sending.
    Ask(Ask),
    /// All conversations.
    Conversations(Box<Browser>),
    /// The messages that wait to be sent.
    Queue(QueueList),
    /// The tasks.
    Tasks(Box<Board>),
    /// A form for a task.
    TaskForm(Box<TaskForm>),
    /// What has to be decided about tasks.
    TaskAsk(Box<TaskAsk>),
    /// What was used and may be.
    Meters(Panel),
    /// What has to be decided before more is spent.
    SpendAsk(Box<SpendAsk>),
    /// Files to attach.
    Files(Files),
    /// What goes with the message does not fit the model.
    Unfit(Unfit),
    /// The voices.
    Voices(Box<Voices>),
}

impl Overlay {
    /// The contexts in force while it is open, most special first.
    const fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help { .. } => &[Context::Help, Context::Global],
            Self::Palette(_)
            | Self::Links(_)
            | Self::Doctor(_)
            | Self::Ask(_)
            | Self::Files(_)
            | Self::Unfit(_)
            | Self::SpendAsk(_)
            | Self::TaskAsk(_) => &[Context::List, Context::Global],
            Self::Notices(_) => &[Context::Notices, Context::Global],
            Self::History(_) => &[Context::History, Context::List, Context::Global],
            Self::Paste(_) => &[Context::Paste, Context::Global],
            Self::Lanes(_) => &[Context::Lanes, Context::Global],
            // Words are typed with the keys of a list.
            Self::Inspector(inspector) if inspector.typing => &[Context::List, Context::Global],
            Self::Inspector(_) => &[Context::Inspector, Context::Global],
            Self::Models(_) => &[Context::Models, Context::List, Context::Global],
            // A value is typed with the keys of the message.
            Self::Params(drawer) if drawer.field.is_some() => &[Context::Composer, Context::Global],
            Self::Voices(_) => &[Context::Voices, Context::List, Context::Global],
            Self::Params(_) => &[Context::Params, Context::List, Context::Global],
            Self::Conversations(_) => &[Context::Conversations, Context::List, Context::Global],
            Self::Queue(_) => &[Context::Queue, Context::List, Context::Global],
            Self::Meters(_) => &[Context::Meters, Context::Global],
            Self::Tasks(board) => board.contexts(),
            Self::TaskForm(form) => form.contexts(),
        }
    }

    /// Its words and mark, if it is a list one picks from.
    #[must_use]
    pub fn picker(&self) -> Option<&Picker> {
        match self {
            Self::Help { .. } | Self::Paste(_) | Self::Meters(_) => None,
            Self::SpendAsk(ask) => Some(&ask.picker),
            Self::Palette(palette) => Some(&palette.picker),
            Self::Inspector(inspector) => inspector.picker(),
            Self::Lanes(lanes) => Some(&lanes.picker),
            Self::Links(links) => Some(&links.picker),
            Self::Doctor(examination) => Some(&examination.picker),
            Self::Notices(history) => Some(&history.picker),
            Self::History(history) => Some(&history.picker),
            Self::Models(models) => Some(&models.picker),
            Self::Params(drawer) => Some(&drawer.picker),
            Self::Ask(ask) => Some(&ask.picker),
            Self::Conversations(browser) => Some(&browser.picker),
            Self::Queue(list) => Some(&list.picker),
            Self::Tasks(board) => board.picker(),
            Self::TaskForm(form) => Some(form.picker()),
            Self::TaskAsk(ask) => Some(&ask.picker),
            Self::Files(files) => Some(&files.picker),
            Self::Unfit(unfit) => Some(&unfit.picker),
            Self::Voices(voices) => Some(&voices.picker),
        }
    }

    /// The same, to change them.
    pub fn picker_mut(&mut self) -> Option<&mut Picker> {
        match self {
            Self::Help { .. } | Self::Paste(_) | Self::Meters(_) => None,
            Self::SpendAsk(ask) => Some(&mut ask.picker),
            Self::Palette(palette) => Some(&mut palette.picker),
            Self::Inspector(inspector) => inspector.picker_mut(),
            Self::Lanes(lanes) => Some(&mut lanes.picker),
            Self::Links(links) => Some(&mut links.picker),
            Self::Doctor(examination) => Some(&mut examination.picker),
            Self::Notices(history) => Some(&mut history.picker),
            Self::History(history) => Some(&mut history.picker),
            Self::Models(models) => Some(&mut models.picker),
            Self::Params(drawer) => Some(&mut drawer.picker),
            Self::Ask(ask) => Some(&mut ask.picker),
            Self::Conversations(browser) => Some(&mut browser.picker),
            Self::Queue(list) => Some(&mut list.picker),
            Self::Tasks(board) => board.picker_mut(),
            Self::TaskForm(form) => Some(form.picker_mut()),
            Self::TaskAsk(ask) => Some(&mut ask.picker),
            Self::Files(files) => Some(&mut files.picker),
            Self::Unfit(unfit) => Some(&mut unfit.picker),
            Self::Voices(voices) => Some(&mut voices.picker),
        }
    }
}

/// Where the rows of a list are on the screen, for the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListPlace {
    /// The screen row of the first row shown.
    pub y: u16,
    /// Which row of the list that is, from 0.
    pub first: usize,
    /// Rows that fit.
    pub height: u16,
}

/// The focus.
#[derive(Debug, Default)]
pub struct Focus {
    /// The pane keys go to when nothing lies over it.
    pub pane: Pane,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// First row of the composer's pane on the screen, for the mouse.
    pub composer_top: u16,
    /// Where the rows of the open list are.
    pub list: ListPlace,
    /// Messages are shown as they came.
    pub source: bool,
}

impl Focus {
    /// The contexts in force, most special first.
    #[must_use]
    pub fn contexts(&self, composer_empty: bool) -> &'static [Context] {
        match (&self.overlay, self.pane) {
            (Some(overlay), _) => overlay.contexts(),
            (None, Pane::Composer) if composer_empty => {
                &[Context::EmptyComposer, Context::Composer, Context::Global]
            }
            (None, Pane::Composer) => &[Context::Composer, Context::Global],
            (None, Pane::Transcript) => &[Context::Transcript, Context::Global],
        }
    }

    /// To the other pane; with two panes forward and backward are the same.
    pub fn step(&mut self) {
        self.pane = match self.pane {
            Pane::Composer => Pane::Transcript,
            Pane::Transcript => Pane::Composer,
        };
    }

    /// Opens or closes the help.
    pub fn toggle_help(&mut self) {
        self.overlay = match self.overlay {
            Some(Overlay::Help { .. }) => None,
            Some(_) | None => Some(Overlay::Help { top: 0 }),
        };
    }

    /// The wheel turned in the help.
    pub fn wheel_help(&mut self, up: bool) {
        for _ in 0..super::WHEEL {
            self.scroll_help(if up { Chat::LineUp } else { Chat::LineDown });
        }
    }

    /// Moves in the help; the painter limits it to what there is.
    pub fn scroll_help(&mut self, action: Chat) {
        let Some(Overlay::Help { top }) = &mut self.overlay else {
            return;
        };
        *top = match action {
            Chat::LineUp => top.saturating_sub(1),
            Chat::LineDown => top.saturating_add(1),
            Chat::HalfUp => top.saturating_sub(5),
            Chat::HalfDown => top.saturating_add(5),
            Chat::PageUp => top.saturating_sub(10),
            Chat::PageDown => top.saturating_add(10),
            Chat::Top => 0,
            Chat::End => u16::MAX,
            Chat::Stop
            | Chat::Continue
            | Chat::SendNow
            | Chat::Reasoning
            | Chat::QuestionBefore
            | Chat::QuestionAfter
            | Chat::MessageBefore
            | Chat::MessageAfter => *top,
        };
    }

    /// The painter tells the last row or piece a shown text can begin with.
    pub fn limit_paste(&mut self, last: usize) {
        match &mut self.overlay {
            Some(Overlay::Paste(paste)) => paste.pieces.limit(last),
            Some(Overlay::Tasks(board)) => board.limit(last),
            Some(Overlay::Lanes(lanes)) => lanes.painted(last, usize::from(self.list.height)),
            Some(Overlay::Inspector(inspector)) => {
                inspector.pieces.limit(last);
                inspector.pieces.seen(usize::from(self.list.height));
            }
            Some(Overlay::Meters(panel)) => panel.limit(last),
            Some(_) | None => {}
        }
    }

    /// The painter tells the last row the help can begin with.
    pub fn limit_help(&mut self, last: u16) {
        if let Some(Overlay::Help { top }) = &mut self.overlay {
            *top = (*top).min(last);
        }
    }
}
