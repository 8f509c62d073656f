//! The state of the program and its three doors: what the user meant, what the world said, what
//! time it is. Each answers with effects. It refuses IO, clocks, layout and paint.

pub mod attachments;
pub mod chat;
pub mod composer;
pub mod conflicts;
pub mod conversations;
pub mod copy;
pub mod doctor;
mod draft;
pub mod field;
pub mod focus;
pub mod history;
pub mod inspector;
mod keeping;
pub mod lanes;
pub mod meters;
pub mod models;
pub mod notices;
mod notify;
mod outbox;
mod overlays;
pub mod palette;
pub mod params;
pub mod paste;
pub mod picker;
pub mod pieces;
mod policy;
mod purse;
pub mod queue;
pub mod scroll;
mod settings;
pub mod speech;
pub mod tasks;
mod turns;
pub mod vi;
pub mod voices;

use std::time::Duration;

use chat::Chat;
use composer::Composer;
use conversations::Conversations;
use focus::{Focus, ListPlace, Overlay};
use notices::Notices;
use outbox::Outbox;
use scroll::Position;

use crate::action::{Action, Composer as ComposerAction, Context, Edit, Focus as FocusAction};
use crate::catalog::Shared;
use crate::domain::chat::{ChatEvent, TurnEvent};
use crate::domain::conversations::{Conversation, StoreCommand, StoreEvent};
use crate::domain::ids::{ConversationId, IdSource};
use crate::domain::params::Conflict;
use crate::domain::settings::Settings;
use crate::domain::tasks::book::TaskCommand;
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::event::{ModelsEvent, ServiceEvent};

/// Effects of one step, in the order they must be carried out.
pub type Effects = Vec<Effect>;

/// A draft waits at most this long before it is handed to the store.
const SAVE_DRAFT_AFTER: Duration = Duration::from_millis(250);

/// The reader's place waits at most this long before it is handed to the store.
const SAVE_PLACE_AFTER: Duration = Duration::from_secs(1);

/// The one owner of all state.
#[derive(Debug)]
pub struct AppState {
    settings: Settings,
    ids: IdSource,
    focus: Focus,
    composer: Composer,
    conversations: Conversations,
    notices: Notices,
    outbox: Outbox,
    catalog: Shared,
    tasks: tasks::Tasks,
    meters: meters::Meters,
    /// Until when another Ctrl+C quits.
    quit_until: Option<Duration>,
    /// Since when the draft differs from the stored one.
    draft_since: Option<Duration>,
    /// Since when the reader's place differs from the stored one.
    place_since: Option<Duration>,
    /// A conversation that was asked of the store, to be shown when it comes.
    opening: Option<ConversationId>,
    /// Conversations that were deleted since the start, the last one last.
    deleted: Vec<ConversationId>,
    /// A conversation from the store may take the place of the empty one at the start.
    restore: bool,
    /// The end of the program was asked for.
    quitting: bool,
    /// The terminal window has the focus.
    focused: bool,
    screen: Screen,
    happened: u64,
    /// Conflicts with which the message that is being sent goes out all the same.
    passed: Vec<Conflict>,
    /// Whether what goes with the message is to be sent though the model cannot take it.
    fit: attachments::Fit,
    choice: settings::Choice,
    speech: speech::Speech,
}

/// How the screen is used.
#[derive(Debug)]
struct Screen {
    /// The mouse is ours.
    mouse: bool,
    /// The side pane is wanted.
    columns: bool,
    /// Columns, as it was painted last.
    width: u16,
}

/// Rows the wheel moves by.
const WHEEL: u16 = 3;

/// What the painter found out: the places of things on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Painted {
    /// Where the scroll wishes led to.
    pub position: Position,
    /// The message that is marked; `None` is the last one.
    pub mark: Option<usize>,
    /// Rows of the help that do not fit.
    pub help_top: u16,
    /// The last row the shown paste can begin with.
    pub paste_top: usize,
    /// First row of the composer's pane, for the mouse.
    pub composer_top: u16,
    /// Where the rows of the open list are.
    pub list: ListPlace,
    /// Columns of the screen.
    pub width: u16,
}

impl AppState {
    /// A state with one empty conversation.
    #[must_use]
    pub fn new(settings: Settings, mut ids: IdSource, now: Now) -> Self {
        let chat = new_chat(&settings, &mut ids, now);
        let (language, editing) = (settings.language, settings.editing);
        let screen = Screen { mouse: settings.mouse, columns: settings.columns, width: 0 };
        Self {
            screen,
            settings,
            ids,
            focus: Focus::default(),
            composer: Composer::new(language, editing),
            conversations: Conversations::new(chat),
            notices: Notices::default(),
            outbox: Outbox::default(),
            catalog: Shared::default(),
            tasks: tasks::Tasks::default(),
            meters: meters::Meters::default(),
            quit_until: None,
            draft_since: None,
            place_since: None,
            opening: None,
            deleted: Vec::new(),
            restore: false,
            quitting: false,
            focused: true,
            happened: 0,
            passed: Vec::new(),
            fit: attachments::Fit::default(),
            choice: settings::Choice::default(),
            speech: speech::Speech::default(),
        }
    }

    /// A number that grows with everything that happens but text that arrives: while it stays, what
    /// surrounds the conversation stays.
    #[must_use]
    pub fn happened(&self) -> u64 {
        self.happened
    }

    /// The first effects: what the store knows is asked for; a question given on the command line
    /// is asked in a conversation of its own.
    pub fn start(&mut self, prompt: Option<&str>, now: Now) -> Effects {
        self.happened += 1;
        let mut effects =
            vec![Effect::Store(StoreCommand::Restore), Effect::Task(TaskCommand::List)];
        match prompt {
            // What looks like a key waits in the composer for an Enter of its own.
            Some(prompt) if self.hold_secrets(prompt, now) || self.ask_first(prompt) => {
                self.composer.set(prompt);
            }
            Some(prompt) => effects.extend(self.ask(prompt, now)),
            None => self.restore = true,
        }
        self.out(effects, now)
    }

    /// The user meant something.
    pub fn on_action(&mut self, action: Action, now: Now) -> Effects {
        self.happened += 1;
        let effects = match action {
            Action::App(action) => self.on_app(action, now),
            Action::Chat(action) => self.on_chat(action, now),
            Action::Composer(action) if self.list_is_open() => self.on_query(&action, now),
            Action::Composer(action) => self.on_composer(action, now),
            Action::Draft(action) => self.on_draft(action, now),
            Action::Attach(action) => self.on_attach(action, now),
            Action::Vi(action) => self.on_vi(action, now),
            Action::List(action) => self.on_list(action, now),
            Action::Params(action) => self.on_params(action),
            Action::Tasks(action) => self.on_tasks(action, now),
            Action::Meters(action) => self.on_meters(action),
            Action::Conversations(action) => self.on_conversations(action, now),
            Action::Copying(action) => self.on_copying(action, now),
            Action::Export(action) => self.on_export(action, None, now),
            Action::Notices(action) => self.on_notices(action, now),
            Action::Inspector(action) => self.on_inspector(action, now),
            Action::Models(action) => self.on_models(action, now),
            Action::Turns(action) => self.on_turns(action, now),
            Action::Lanes(action) => self.on_lanes(action, now),
            Action::Speech(action) => self.on_speech(action, now),
            Action::Focus(action) => {
                self.on_focus(action);
                Vec::new()
            }
            Action::Press { row, .. } => self.on_press(row, now),
            Action::Wheel { up } => self.on_wheel(up, now),
            Action::Focused(focused) => {
                self.focused = focused;
                Vec::new()
            }
        };
        self.out(effects, now)
    }

    /// The world said something.
    pub fn on_service(&mut self, event: ServiceEvent, now: Now) -> Effects {
        self.happened += u64::from(!self.is_more_text(&event));
        let effects = match event {
            ServiceEvent::Chat(event) => self.on_turn(event.turn, event.what, now),
            ServiceEvent::Inspected(told) => self.inspected(told),
            ServiceEvent::Store(event) => self.on_store(event, now),
            ServiceEvent::Highlight(event) => {
                for chat in self.conversations.all_mut() {
                    if chat.coloured(&event) {
                        break;
                    }
                }
                Vec::new()
            }
            ServiceEvent::Task(event) => self.on_task(*event, now),
            ServiceEvent::Meters(event) => self.on_meters_event(*event, now),
            ServiceEvent::Errand(event) => self.on_errand(event),
            ServiceEvent::Models(ModelsEvent::Loaded) => self.models_loaded(),
            ServiceEvent::Settings(event) => self.on_settings(event, now),
            ServiceEvent::Notice(notice) => {
                self.on_notice(notice, now);
                Vec::new()
            }
            ServiceEvent::Editor(event) => self.on_editor(event, now),
            ServiceEvent::Attach(event) => self.on_attach_event(event, now),
            ServiceEvent::Doctor(event) => self.on_doctor(event),
            ServiceEvent::Speech(event) => self.on_speech_event(event, now),
            ServiceEvent::Refused(effect) => self.on_refused(effect, now),
        };
        self.out(effects, now)
    }

    /// Only text of an answer arrived. The first after a wait ends the wait, which is more.
    fn is_more_text(&self, event: &ServiceEvent) -> bool {
        let ServiceEvent::Chat(ChatEvent { what: TurnEvent::Delta { .. }, .. }) = event else {
            return false;
        };
        let mut running = self.conversations.all().flat_map(Chat::all_running);
        running.all(|running| running.waiting.is_none())
    }

    /// A deadline passed.
    pub fn on_time(&mut self, now: Now) -> Effects {
        self.happened += 1;
        self.notices.on_time(now);
        if self.quit_until.is_some_and(|until| until <= now.since_start) {
            self.quit_until = None;
        }
        let mut effects = [self.outbox.retry(now), self.speech_on_time(now)].concat();
        effects.extend(self.save_now(now, false));
        effects.extend(self.keep_choice(now, false));
        effects.extend(self.search_now(now));
        effects.extend(self.release_held(now));
        self.out(effects, now)
    }

    /// When [`AppState::on_time`] wants to be called next; `None` while nothing waits.
    #[must_use]
    pub fn deadline(&self, now: Now) -> Option<Duration> {
        let draft = self.draft_since.map(|since| since + SAVE_DRAFT_AFTER);
        let chats = self.conversations.all().filter_map(Chat::save_deadline);
        let running = self.conversations.shown().all_running().iter();
        let waits = running.filter_map(|running| running.waiting.as_ref());
        // A visible countdown moves once a second, on the second.
        let ticks = waits.filter(|wait| wait.until > now.since_start).map(|wait| {
            let left = wait.until.saturating_sub(now.since_start);
            let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
            now.since_start + if part.is_zero() { Duration::from_secs(1) } else { part }
        });
        let tick = ticks.min();
        let choice = self.choice_deadline();
        let place = self.place_since.map(|since| since + SAVE_PLACE_AFTER);
        let search = self.search_deadline();
        let tasks = self.tasks_deadline(now);
        let notices = self.notices.deadline();
        let others = [notices, self.outbox.deadline(), draft, tick, choice, place, search, tasks];
        let others = others.into_iter().chain([self.meters_deadline(now), self.speech_deadline()]);
        others.flatten().chain(chats).min()
    }

    /// Everything that is not stored yet, for the end of the program.
    pub fn last_words(&mut self, now: Now) -> Effects {
        let mut effects = self.save_now(now, true);
        effects.extend(self.keep_choice(now, true));
        effects.extend(self.outbox.all().into_iter().map(Effect::Store));
        effects
    }

    /// The painter tells what it found out.
    pub fn note_painted(&mut self, painted: &Painted) {
        let scroll = &mut self.conversations.shown_mut().scroll;
        scroll.arrived(painted.position);
        scroll.set_mark(painted.mark);
        self.focus.limit_help(painted.help_top);
        self.focus.list = painted.list;
        self.focus.limit_paste(painted.paste_top);
        self.focus.composer_top = painted.composer_top;
        self.screen.width = painted.width;
        if let Some(picker) = self.focus.overlay.as_mut().and_then(Overlay::picker_mut) {
            picker.set_page(usize::from(painted.list.height));
        }
    }

    /// The contexts keys are looked up in, most special first.
    #[must_use]
    pub fn contexts(&self) -> &'static [Context] {
        vi::contexts(self.plain_contexts(), self.composer.mode())
    }

    /// An answer is arriving somewhere.
    #[must_use]
    pub fn answering(&self) -> bool {
        self.conversations.all().any(|chat| chat.running().is_some())
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The side pane is wanted beside the conversation.
    #[must_use]
    pub fn columns(&self) -> bool {
        self.screen.columns
    }

    /// The focus.
    #[must_use]
    pub fn focus(&self) -> &Focus {
        &self.focus
    }

    /// The message being written.
    #[must_use]
    pub fn composer(&self) -> &Composer {
        &self.composer
    }

    /// The open conversations.
    #[must_use]
    pub fn conversations(&self) -> &Conversations {
        &self.conversations
    }

    /// The message that is acted upon, by its index in the conversation that is shown: the marked
    /// one while the reader is there, else the last answer that has come to something.
    #[must_use]
    pub fn current_message(&self) -> Option<usize> {
        let chat = self.conversations.shown();
        let answered = |entry: &chat::Entry| {
            entry.role() == crate::domain::chat::Role::Assistant && !entry.text().is_empty()
        };
        match self.focus.pane {
            focus::Pane::Transcript => chat.current(),
            focus::Pane::Composer => chat.entries().iter().rposition(answered),
        }
    }

    /// What the user is being told.
    #[must_use]
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    fn on_composer(&mut self, action: ComposerAction, now: Now) -> Effects {
        // A paste finds the composer from anywhere.
        self.focus.pane = focus::Pane::Composer;
        let up = action == ComposerAction::Edit(Edit::Up);
        if up && self.composer.is_empty() && !self.conversations.shown().queue.is_empty() {
            // What waits is nearer than what was sent long ago.
            return self.queue_edit(now);
        }
        match attachments::look_at_paste(&action) {
            Some(effects) => effects,
            None => self.write(action, now),
        }
    }

    /// Writes into the message, whatever the text looks like.
    fn write(&mut self, action: ComposerAction, now: Now) -> Effects {
        self.focus.pane = focus::Pane::Composer;
        match self.composer.on_action(action) {
            composer::Outcome::Moved => Vec::new(),
            composer::Outcome::Changed => {
                self.draft_since.get_or_insert(now.since_start);
                Vec::new()
            }
            composer::Outcome::Send(text) if self.hold_secrets(&text, now) => Vec::new(),
            composer::Outcome::Send(text) => self.send(&text, now),
        }
    }

    fn on_focus(&mut self, action: FocusAction) {
        match action {
            FocusAction::Next | FocusAction::Previous => self.focus.step(),
            FocusAction::Transcript => self.focus.pane = focus::Pane::Transcript,
            FocusAction::Composer => self.focus.pane = focus::Pane::Composer,
        }
    }

    fn on_store(&mut self, event: StoreEvent, now: Now) -> Effects {
        match event {
            StoreEvent::Restored { last, history } => {
                self.composer.set_history(history);
                self.restored(last.map(|last| *last), now)
            }
            StoreEvent::Flushed => Vec::new(),
            StoreEvent::Listed(rows) => {
                self.listed(rows);
                Vec::new()
            }
            StoreEvent::Opened(saved) => self.opened(*saved, now),
            StoreEvent::Gone(id) => {
                self.gone(id, now);
                Vec::new()
            }
            StoreEvent::Found { query, conversations } => {
                self.found_texts(&query, conversations);
                Vec::new()
            }
            StoreEvent::MovedOn(id) => {
                self.moved_on(id, now);
                Vec::new()
            }
            StoreEvent::Trouble(notice) => {
                self.notices.tell(notice, now);
                Vec::new()
            }
            StoreEvent::Recovered => self.recovered(now),
        }
    }
}

/// An empty conversation with the defaults of the settings.
fn new_chat(settings: &Settings, ids: &mut IdSource, now: Now) -> Chat {
    let conversation = Conversation {
        id: ids.conversation(),
        title: String::new(),
        model: settings.model.clone(),
        created_ms: now.wall_ms,
        updated_ms: now.wall_ms,
        leaf: None,
        params: None,
    };
    Chat::new(conversation, settings.params.clone(), settings.system.clone())
}
