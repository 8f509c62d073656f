//! Rules that touch two features at once: sending, stopping, quitting, what the store brought
//! back. It refuses rules of one feature; those live in its own file.

use super::chat::{Asked, Chat, Ended, Waiting};
use super::focus::Overlay;
use super::meters::ask::Stop;
use super::notices::QUIT_WINDOW;
use super::palette::Offer;
use super::scroll::{Move, Position};
use super::{AppState, Effects};
use crate::action::{App, Chat as ChatAction};
use crate::domain::attachments::Attachment;
use crate::domain::chat::{ChatCommand, ChatEvent, TurnEnd, TurnEvent, TurnTiming};
use crate::domain::conversations::StoreCommand;
use crate::domain::ids::TurnId;
use crate::domain::ledger::Purse;
use crate::domain::notice::{Level, Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::{Effect, HighlightCommand, ScreenCommand};
use crate::event::ServiceEvent;
use crate::layout::WIDE;

impl AppState {
    pub(super) fn on_app(&mut self, action: App, now: Now) -> Effects {
        match action {
            App::Interrupt => self.interrupt(now),
            App::Quit => self.quit(),
            App::Redraw => vec![Effect::Screen(ScreenCommand::Redraw)],
            App::Suspend => vec![Effect::Screen(ScreenCommand::Suspend)],
            App::Help => {
                self.focus.toggle_help();
                Vec::new()
            }
            App::Mouse => {
                let on = !self.screen.mouse;
                self.screen.mouse = on;
                self.notices.tell(Notice::new(NoticeKind::Mouse { on }), now);
                vec![Effect::Screen(ScreenCommand::Mouse(on))]
            }
            App::Layout => {
                self.screen.columns = !self.screen.columns;
                if self.screen.columns && self.screen.width < WIDE {
                    self.notices.tell(Notice::new(NoticeKind::TooNarrow { columns: WIDE }), now);
                }
                Vec::new()
            }
            App::Palette => {
                self.toggle_palette(Offer::Actions);
                Vec::new()
            }
            App::Commands => {
                self.toggle_palette(Offer::Commands);
                Vec::new()
            }
            App::Back => self.back(now),
            App::NextTheme => self.next_theme(now),
            App::Doctor => self.examine(),
        }
    }

    /// Ctrl+C stops the answer; twice within the window it quits.
    fn interrupt(&mut self, now: Now) -> Effects {
        if self.quit_until.is_some_and(|until| now.since_start < until) {
            return self.quit();
        }
        let mut effects = self.silence();
        effects.extend(self.stop_answer());
        self.quit_until = Some(now.since_start + QUIT_WINDOW);
        let answering = self.answering();
        self.notices.tell(Notice::new(NoticeKind::QuitAgain { answering }), now);
        effects
    }

    fn quit(&mut self) -> Effects {
        self.quitting = true;
        let mut effects = self.silence();
        effects.push(Effect::Quit);
        effects
    }

    /// The end of the program was asked for.
    #[must_use]
    pub fn quitting(&self) -> bool {
        self.quitting
    }

    /// Esc undoes the nearest thing: overlay, answer, notice, place, focus.
    fn back(&mut self, now: Now) -> Effects {
        if let Some(effects) = self.leave_files(now) {
            return effects;
        }
        if self.lanes_run() {
            return self.stop_answer();
        }
        let left =
            self.leave_field() || self.leave_pins() || self.stop_asking() || self.leave_tasks();
        let left = left || self.leave_inspector();
        if left || self.focus.overlay.take().is_some() {
            return Vec::new();
        }
        if self.composer.forget_command() || self.leave_editing(now) || self.leave_comparing() {
            return Vec::new();
        }
        if let Some(effects) = self.take_back_held(now) {
            return effects;
        }
        if self.speech.is_on() {
            // What is heard is nearer than what is written: the answer goes on arriving.
            return self.silence();
        }
        if self.conversations.shown().running().is_some() {
            return self.stop_answer();
        }
        if !self.notices.dismiss() {
            self.conversations.shown_mut().scroll.to_end();
            self.focus.pane = super::focus::Pane::Composer;
        }
        Vec::new()
    }

    /// The user stops the answer; what waits behind it may not fit any more.
    fn stop_answer(&mut self) -> Effects {
        let arriving = self.conversations.shown().running().map(|running| running.answer);
        let mut effects = self.cancel_answer();
        if arriving.is_some_and(|answer| self.speech.reads(answer)) {
            effects.extend(self.silence());
        }
        if !effects.is_empty() {
            self.hold_queue(self.conversations.shown().conversation().id);
        }
        effects
    }

    fn cancel_answer(&mut self) -> Effects {
        stopped_effects(self.conversations.shown_mut().stop(None))
    }

    pub(super) fn on_chat(&mut self, action: ChatAction, now: Now) -> Effects {
        if let Some(Overlay::Help { .. }) = self.focus.overlay {
            self.focus.scroll_help(action);
            return Vec::new();
        }
        if let Some(Overlay::Paste(paste)) = &mut self.focus.overlay {
            paste.pieces.scroll(action);
            return Vec::new();
        }
        if let Some(Overlay::Inspector(inspector)) = &mut self.focus.overlay {
            inspector.pieces.scroll(action);
            return Vec::new();
        }
        if self.scroll_lane(action) {
            return Vec::new();
        }
        let current = self.current_message();
        let chat = self.conversations.shown_mut();
        let wish = match action {
            ChatAction::Stop => return self.stop_answer(),
            ChatAction::Continue => return self.go_on(now),
            ChatAction::SendNow => return self.send_now(now),
            ChatAction::Reasoning => {
                toggle_reasoning(chat, current);
                return Vec::new();
            }
            ChatAction::End => {
                chat.scroll.to_end();
                self.speech_unfollowed();
                self.place_since.get_or_insert(now.since_start);
                return Vec::new();
            }
            ChatAction::LineUp => Move::Rows(-1),
            ChatAction::LineDown => Move::Rows(1),
            ChatAction::HalfUp => Move::HalfPages(-1),
            ChatAction::HalfDown => Move::HalfPages(1),
            ChatAction::PageUp => Move::HalfPages(-2),
            ChatAction::PageDown => Move::HalfPages(2),
            ChatAction::Top => Move::Top,
            ChatAction::QuestionBefore => Move::Questions(-1),
            ChatAction::QuestionAfter => Move::Questions(1),
            ChatAction::MessageBefore => {
                chat.mark(-1);
                return Vec::new();
            }
            ChatAction::MessageAfter => {
                chat.mark(1);
                return Vec::new();
            }
        };
        chat.scroll.wish(wish);
        self.speech_unfollowed();
        self.place_since.get_or_insert(now.since_start);
        Vec::new()
    }

    /// Enter: the question goes out, or waits until the answer that is arriving is there.
    pub(super) fn send(&mut self, text: &str, now: Now) -> Effects {
        if self.ask_first(text) || self.ask_fit(text) || self.comparing_waits(now) {
            return Vec::new();
        }
        if let Some(editing) = self.conversations.shown().editing.clone() {
            return self.send_edited(text, &editing, now);
        }
        self.composer.sent(text);
        self.draft_since = None;
        let mut effects = if self.conversations.shown().running().is_some() {
            self.enqueue(text)
        } else if let Some(held) = self.hold(text, now) {
            held
        } else {
            self.conversations.shown_mut().queue.filled();
            self.ask(text, now)
        };
        effects.push(Effect::Store(StoreCommand::AddHistory(text.to_owned())));
        effects.push(self.draft_effect());
        effects
    }

    /// What goes with the message that is sent now, and what the store is told of it.
    pub(super) fn take_attached(&mut self) -> (Vec<Attachment>, Effects) {
        let chat = self.conversations.shown_mut();
        let attachments = std::mem::take(&mut chat.attached);
        let (conversation, attached) = (chat.conversation().id, Vec::new());
        let forget = Effect::Store(StoreCommand::SaveAttached { conversation, attached });
        let effects = if attachments.is_empty() { Vec::new() } else { vec![forget] };
        (attachments, effects)
    }

    /// Asks a question in the conversation that is shown.
    pub(super) fn ask(&mut self, text: &str, now: Now) -> Effects {
        if let Some(effects) = self.ask_lanes(text, now) {
            return effects;
        }
        self.restore = false;
        self.quit_until = None;
        self.notices.dismiss_if(|kind| kind.level() < Level::Error || !kind.is_of_store());
        let ids = (self.ids.message(), self.ids.message());
        let turn = self.ids.turn();
        let (attachments, forget) = self.take_attached();
        let asked = self.conversations.shown_mut().ask((text, attachments), ids, turn, now);
        self.follow(now);
        let mut effects = effects_of(turn, asked);
        effects.extend(forget);
        effects
    }

    /// Whoever asks wants to see the answer.
    pub(super) fn follow(&mut self, now: Now) {
        let scroll = &mut self.conversations.shown_mut().scroll;
        if scroll.position() != Position::End || !scroll.moves().is_empty() {
            self.place_since.get_or_insert(now.since_start);
        }
        scroll.to_end();
    }

    pub(super) fn go_on(&mut self, now: Now) -> Effects {
        let turn = self.ids.turn();
        if let Some(asked) = self.conversations.shown_mut().go_on(turn, now) {
            self.follow(now);
            return effects_of(turn, asked);
        }
        self.notices.tell(Notice::new(NoticeKind::NothingThere), now);
        Vec::new()
    }

    /// A turn that waits for the service to take it is asked again at once, as a new turn.
    fn send_now(&mut self, now: Now) -> Effects {
        if let Some(effects) = self.send_held(now) {
            return effects;
        }
        let running = self.conversations.shown().all_running();
        // Of several that run none is hurried: the others would be cut short.
        if !matches!(running, [only] if only.waiting.is_some()) {
            self.notices.tell(Notice::new(NoticeKind::NothingThere), now);
            return Vec::new();
        }
        let mut effects = self.cancel_answer();
        effects.extend(self.go_on(now));
        effects
    }

    /// Something happened to a turn.
    pub(super) fn on_turn(&mut self, turn: TurnId, what: TurnEvent, now: Now) -> Effects {
        self.note_turn(turn, &what, now);
        let Some(chat) = self.conversations.of_turn(turn) else {
            return Vec::new();
        };
        let (of, answer) = (chat.conversation().id, chat.answer_of(turn));
        match what {
            TurnEvent::Opened { model, request_id, via } => {
                chat.opened(turn, model, request_id, via);
                Vec::new()
            }
            TurnEvent::Audio(pcm) => match answer {
                Some(answer) => self.speech_sounds(of, answer, pcm, now),
                None => Vec::new(),
            },
            TurnEvent::Sources(sources) => {
                chat.found(turn, sources);
                Vec::new()
            }
            TurnEvent::Delta { text, reasoning } => {
                let wanted = chat.push_delta(turn, &text, &reasoning, now);
                let mut effects = self.highlights(wanted);
                effects.extend(self.save_answers(now, false));
                let read = answer.map(|answer| self.speech_hears(of, answer, now));
                // What is read shows in the bar, which text alone does not paint again.
                let read = read.filter(|read| !read.is_empty());
                self.happened += u64::from(read.is_some());
                effects.extend(read.into_iter().flatten());
                effects
            }
            TurnEvent::ToolCall { index, name, arguments } => {
                let wanted = chat.push_tool_call(turn, index, name.as_deref(), &arguments, now);
                self.highlights(wanted)
            }
            TurnEvent::Waiting { notice, wait, attempt } => {
                let model = chat.conversation().model.clone();
                self.notices.note(notice.clone(), Some(model), now);
                chat.wait(turn, Waiting { notice, until: now.since_start + wait, attempt });
                self.inspect_again(Some(turn))
            }
            TurnEvent::Ended { end, usage, finish, timing } => {
                let model = chat.model_of(turn).clone();
                let cost = usage.and_then(|usage| {
                    let thought = usage.reasoning.is_some_and(|tokens| tokens > 0);
                    let figures = self.settings.figures;
                    self.catalog.get().cost(figures, &model, &usage, thought)
                });
                let (id, shows) = (chat.conversation().id, chat.shows(turn));
                let well = end == TurnEnd::Complete && shows;
                let over = super::notify::Over::of(chat, turn, &end);
                let stop = Stop::of(&end);
                let how = Ended { end, usage, finish, timing, cost };
                let mut effects: Effects =
                    chat.ended(turn, how).into_iter().map(Effect::Store).collect();
                // An answer in JSON gets its colours when it is whole.
                let wanted = chat.uncoloured();
                effects.extend(over.and_then(|over| self.tell_end(over, now)));
                effects.extend(self.highlights(wanted));
                self.notices.dismiss_if(|kind| *kind == NoticeKind::StillAnswering);
                effects.extend(self.inspect_again(Some(turn)));
                if let Some(answer) = answer {
                    effects.extend(self.speech_sound_ends(answer));
                    effects.extend(self.speech_hears(of, answer, now));
                }
                effects.extend(self.after_answer(id, well, now));
                effects.extend(
                    stop.map(|stop| self.spend_stopped(turn, stop, now)).unwrap_or_default(),
                );
                effects
            }
        }
    }

    /// An inbox was full: what was refused comes back and is kept.
    pub(super) fn on_refused(&mut self, effect: Effect, now: Now) -> Effects {
        match effect {
            Effect::Chat(ChatCommand::Start { turn, .. }) => {
                let end = TurnEnd::Failed(Notice::new(NoticeKind::Busy));
                let timing = TurnTiming::default();
                let what = TurnEvent::Ended { end, usage: None, finish: None, timing };
                self.on_service(ServiceEvent::Chat(ChatEvent { turn, what }), now)
            }
            Effect::Store(command) => {
                self.outbox.refused(command, now);
                Vec::new()
            }
            // A cancel that found no room: late events of the turn are dropped anyway. Colours
            // are a comfort. The screen and the end of the program have no inbox.
            Effect::Chat(ChatCommand::Cancel(_) | ChatCommand::Inspect(_))
            | Effect::Highlight(_)
            | Effect::Screen(_)
            | Effect::Terminal(_)
            | Effect::Editor(_)
            | Effect::Settings(_)
            // What is looked at is looked at again when it is wanted.
            | Effect::Errand(_)
            | Effect::Meters(_)
            | Effect::Quit => Vec::new(),
            Effect::Copy(command) => self.copy_refused(command, now),
            Effect::Task(command) => self.task_refused(command, now),
            Effect::Speech(command) => {
                self.speech_refused(command, now);
                Vec::new()
            }
            Effect::Attach(command) => self.attach_refused(command, now),
            Effect::Export(_) | Effect::Doctor(_) => {
                self.notices.tell(Notice::new(NoticeKind::Busy), now);
                Vec::new()
            }
        }
    }

    pub(super) fn wanted_colours(&mut self) -> Effects {
        let wanted = self.conversations.shown_mut().uncoloured();
        self.highlights(wanted)
    }

    fn highlights(&self, wanted: Vec<HighlightCommand>) -> Effects {
        if !self.settings.highlight {
            return Vec::new();
        }
        wanted.into_iter().map(Effect::Highlight).collect()
    }
}

pub(super) fn effects_of(turn: TurnId, asked: Asked) -> Effects {
    let mut effects: Effects = asked.store.into_iter().map(Effect::Store).collect();
    // Who pays is written into it on its way out (`AppState::fund`).
    let purse = Purse { subject: asked.answer.map(|answer| answer.0), ..Purse::default() };
    effects.push(Effect::Chat(ChatCommand::Start { turn, request: asked.request, purse }));
    effects
}

/// Turns that were stopped are called off, and what they brought is stored.
pub(super) fn stopped_effects(stopped: Vec<(TurnId, StoreCommand)>) -> Effects {
    let effects = |(turn, save)| [Effect::Chat(ChatCommand::Cancel(turn)), Effect::Store(save)];
    stopped.into_iter().flat_map(effects).collect()
}

/// Opens or folds the reasoning of the current message, or of the last answer that has one; of an
/// answer in JSON itself.
fn toggle_reasoning(chat: &mut Chat, current: Option<usize>) {
    let with = |entry: &super::chat::Entry| entry.reasoning_chars() > 0 || entry.is_json();
    let current = current.filter(|at| chat.entries().get(*at).is_some_and(with));
    if let Some(at) = current.or_else(|| chat.entries().iter().rposition(with))
        && let Some(entry) = chat.entry_mut(at)
    {
        let open = if entry.reasoning_chars() > 0 {
            &mut entry.reasoning_open
        } else {
            &mut entry.json_open
        };
        *open = !*open;
        if *open {
            // Whoever opens it wants to read it: its head comes to the top.
            let head = chat.entries().get(at).map(super::chat::Entry::id);
            if let Some(head) = head {
                chat.scroll.arrived(Position::head(head, 0));
            }
        } else {
            chat.scroll.to_end();
        }
    }
}
