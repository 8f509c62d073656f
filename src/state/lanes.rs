//! One question to several models: which are asked, their answers side by side, and the one with
//! which the conversation goes on. The answers are branches like any others; it refuses to know
//! how they are painted.

use super::chat::{Chat, Entry, Lane};
use super::focus::{Overlay, Pane};
use super::models::Said;
use super::picker::Picker;
use super::policy::{effects_of, stopped_effects};
use super::{AppState, Effects};
use crate::action::{Chat as ChatAction, Lanes as Action, List};
use crate::catalog::models::ModelRow;
use crate::domain::chat::{Role, Usage};
use crate::domain::conversations::StoreCommand;
use crate::domain::ids::MessageId;
use crate::domain::models::{ModelId, Purpose};
use crate::domain::money::Money;
use crate::domain::notice::{Level, Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::Effect;

/// At most so many models are asked at once, and so many answers stand side by side.
pub const MOST: usize = 4;
/// Rows a page moves by, until the painter has told how many are shown.
const PAGE: usize = 10;

/// Answers side by side while they are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    question: MessageId,
    /// The marked answer among those that are shown; nothing is typed.
    pub picker: Picker,
    /// First rows of the answers that do not follow their end.
    tops: Vec<(MessageId, usize)>,
    /// The last row the marked answer can begin with, and how many are in sight.
    last: usize,
    page: usize,
}

impl Lanes {
    fn new(question: MessageId, chat: &Chat) -> Self {
        let (tops, picker) = (Vec::new(), Picker::default());
        let mut lanes = Self { question, picker, tops, last: 0, page: PAGE };
        lanes.count(chat);
        lanes
    }

    /// The question all of them answer.
    #[must_use]
    pub fn question<'a>(&self, chat: &'a Chat) -> Option<&'a Entry> {
        chat.message(self.question)
    }

    /// The answers that are shown: all there are, or those around the marked one.
    #[must_use]
    pub fn shown<'a>(&self, chat: &'a Chat) -> Vec<&'a Entry> {
        let all: Vec<&Entry> = answers(chat, self.question).collect();
        let marked = all.iter().position(|entry| chat.index(entry.id()).is_some()).unwrap_or(0);
        let from = (marked / MOST * MOST).min(all.len().saturating_sub(MOST));
        all.into_iter().skip(from).take(MOST).collect()
    }

    /// The marked answer: the one whose branch is shown.
    #[must_use]
    pub fn marked(&self, chat: &Chat) -> Option<MessageId> {
        answers(chat, self.question).map(Entry::id).find(|id| chat.index(*id).is_some())
    }

    /// The first row of an answer; `None` follows its end.
    #[must_use]
    pub fn top(&self, answer: MessageId) -> Option<usize> {
        self.tops.iter().find(|(known, _)| *known == answer).map(|(_, top)| *top)
    }

    /// Brings the mark of the list up to date.
    fn count(&mut self, chat: &Chat) {
        let shown = self.shown(chat);
        let marked = shown.iter().position(|entry| chat.index(entry.id()).is_some());
        self.picker.set_rows(shown.len());
        self.picker.mark(marked.unwrap_or(0));
    }

    /// The painter tells of the marked answer: its last first row, and the rows in sight.
    pub fn painted(&mut self, last: usize, page: usize) {
        (self.last, self.page) = (last, page);
    }

    fn scroll(&mut self, answer: MessageId, action: ChatAction) {
        let (page, last) = (self.page.max(2) - 1, self.last);
        let top = self.top(answer).unwrap_or(last).min(last);
        let top = match action {
            ChatAction::LineUp => top.saturating_sub(1),
            ChatAction::LineDown => top + 1,
            ChatAction::HalfUp => top.saturating_sub(page.div_ceil(2)),
            ChatAction::HalfDown => top + page.div_ceil(2),
            ChatAction::PageUp => top.saturating_sub(page),
            ChatAction::PageDown => top + page,
            ChatAction::Top => 0,
            ChatAction::End => last,
            ChatAction::Stop
            | ChatAction::Continue
            | ChatAction::SendNow
            | ChatAction::Reasoning
            | ChatAction::MessageBefore
            | ChatAction::MessageAfter
            | ChatAction::QuestionBefore
            | ChatAction::QuestionAfter => return,
        };
        self.tops.retain(|(known, _)| *known != answer);
        // At its end it follows what comes.
        if top < last {
            self.tops.push((answer, top));
        }
    }
}

fn answers(chat: &Chat, question: MessageId) -> impl Iterator<Item = &Entry> {
    chat.following(question).filter(|entry| entry.role() == Role::Assistant)
}

impl AppState {
    pub(super) fn on_lanes(&mut self, action: Action, now: Now) -> Effects {
        match action {
            Action::Compare => {
                let marks = self.conversations.shown().compare.clone();
                self.pick_models(marks, None, now);
                Vec::new()
            }
            Action::Open => self.open_lanes(now),
            Action::Before => self.step_lane(-1),
            Action::After => self.step_lane(1),
            Action::Pick => self.pick_lane(),
        }
    }

    /// The models the next question goes to.
    #[must_use]
    pub fn asked_models(&self) -> Vec<ModelId> {
        let chat = self.conversations.shown();
        if chat.compare.is_empty() {
            return vec![chat.conversation().model.clone()];
        }
        chat.compare.clone()
    }

    /// What it will cost at least to ask the models that are to be compared: all that is sent to
    /// each of them, and nothing of what they will say. `None` where a price is not known.
    #[must_use]
    pub fn comparing_costs(&self) -> Option<Money> {
        let chat = self.conversations.shown();
        let catalog = self.catalog.get();
        let figures = self.settings.figures;
        let before = chat.sums().usage.map_or(0, |usage| usage.total());
        let usage = Usage { input: before + self.composer.tokens(), ..Usage::default() };
        let mut sum: Option<Money> = None;
        for model in &chat.compare {
            let attached = chat.attached.iter().map(|of| catalog.weigh(figures, model, of).1);
            let of_it = attached.flatten().chain([catalog.cost(figures, model, &usage, false)?]);
            for cost in of_it {
                sum = Some(sum.map_or(Some(cost), |sum| sum.plus(cost))?);
            }
        }
        sum
    }

    /// The words after `/compare`: models, or `off`.
    pub(super) fn compare_words(&mut self, rest: &str, now: Now) -> Effects {
        if matches!(rest, "off" | "no" | "关") {
            self.conversations.shown_mut().compare.clear();
            return Vec::new();
        }
        let words = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、'));
        let models = words.filter(|word| !word.is_empty()).map(ModelId::new).collect();
        self.compare(models, now);
        Vec::new()
    }

    /// The next question goes to all of these models, unless something is wrong with them: then
    /// the list of models says what.
    pub(super) fn compare(&mut self, models: Vec<ModelId>, now: Now) {
        let mut all: Vec<ModelId> = Vec::new();
        for model in models {
            if !all.contains(&model) {
                all.push(model);
            }
        }
        let catalog = self.catalog.get();
        let purpose = |id: &ModelId| catalog.model_row(id).map(ModelRow::purpose);
        let other = |id: &&ModelId| purpose(id).is_some_and(|purpose| purpose != Purpose::Chat);
        let said = match (all.len(), all.iter().find(other)) {
            (_, Some(id)) => {
                purpose(id).map(|purpose| Said::NotForChat(id.as_str().to_owned(), purpose))
            }
            (2..=MOST, None) => None,
            (_, None) => Some(Said::MarkSome),
        };
        if said.is_some() {
            all.retain(|id| !other(&id));
            all.truncate(MOST);
            return self.pick_models(all, said, now);
        }
        self.conversations.shown_mut().compare = all;
        self.focus.overlay = None;
        self.focus.pane = Pane::Composer;
    }

    /// A comparison is asked for when nothing else arrives. Tells whether it has to wait.
    pub(super) fn comparing_waits(&mut self, now: Now) -> bool {
        let chat = self.conversations.shown();
        let waits = !chat.compare.is_empty() && !chat.all_running().is_empty();
        if waits {
            self.notices.tell(Notice::new(NoticeKind::StillAnswering), now);
        }
        waits
    }

    /// Asks a question of all models that are to be compared; `None` if there are none.
    pub(super) fn ask_lanes(&mut self, text: &str, now: Now) -> Option<Effects> {
        let models = std::mem::take(&mut self.conversations.shown_mut().compare);
        if models.is_empty() {
            return None;
        }
        self.restore = false;
        self.quit_until = None;
        self.notices.dismiss_if(|kind| kind.level() < Level::Error || !kind.is_of_store());
        let question = self.ids.message();
        let lanes = models.into_iter().map(|model| {
            let (answer, turn) = (self.ids.message(), self.ids.turn());
            Lane { model, answer, turn }
        });
        let lanes = lanes.collect();
        let (attachments, forget) = self.take_attached();
        let chat = self.conversations.shown_mut();
        let asked = chat.ask_all((text, attachments), question, lanes, now);
        let lanes = Lanes::new(question, chat);
        self.follow(now);
        self.focus.overlay = Some(Overlay::Lanes(Box::new(lanes)));
        let mut effects: Effects =
            asked.into_iter().flat_map(|(turn, asked)| effects_of(turn, asked)).collect();
        effects.extend(forget);
        Some(effects)
    }

    fn lanes(&mut self) -> Option<&mut Lanes> {
        match &mut self.focus.overlay {
            Some(Overlay::Lanes(lanes)) => Some(lanes),
            Some(_) | None => None,
        }
    }

    /// The answers beside the one that is meant.
    fn open_lanes(&mut self, now: Now) -> Effects {
        let chat = self.conversations.shown();
        let at = match self.focus.pane {
            Pane::Transcript => chat.current(),
            Pane::Composer => chat.entries().len().checked_sub(1),
        };
        let question = at.and_then(|at| chat.question_at(at)).map(Entry::id);
        match question.filter(|question| answers(chat, *question).count() > 1) {
            Some(question) => {
                let lanes = Lanes::new(question, chat);
                self.focus.overlay = Some(Overlay::Lanes(Box::new(lanes)));
            }
            None => self.notices.tell(Notice::new(NoticeKind::NothingThere), now),
        }
        Vec::new()
    }

    /// Esc while answers arrive side by side stops all of them, and they stay in sight.
    pub(super) fn lanes_run(&self) -> bool {
        matches!(self.focus.overlay, Some(Overlay::Lanes(_)))
            && !self.conversations.shown().all_running().is_empty()
    }

    /// Another answer is marked: its branch is the one that is shown.
    fn step_lane(&mut self, by: isize) -> Effects {
        let Some(Overlay::Lanes(lanes)) = &mut self.focus.overlay else { return Vec::new() };
        let chat = self.conversations.shown_mut();
        let Some(save) = lanes.marked(chat).and_then(|marked| chat.step(marked, by)) else {
            return Vec::new();
        };
        lanes.count(chat);
        let mut effects = vec![Effect::Store(save)];
        effects.extend(self.wanted_colours());
        effects
    }

    /// The conversation goes on with the marked answer and its model; those that still arrive
    /// beside it are stopped, and all stay as branches.
    fn pick_lane(&mut self) -> Effects {
        let Some(Overlay::Lanes(lanes)) = self.focus.overlay.take() else { return Vec::new() };
        let chat = self.conversations.shown_mut();
        let Some(marked) = lanes.marked(chat) else { return Vec::new() };
        let mut effects = stopped_effects(chat.stop(Some(marked)));
        if let Some(model) = chat.asked_of(marked).cloned() {
            chat.set_model(model);
        }
        chat.scroll.to_end();
        let save = StoreCommand::SaveConversation(chat.conversation().clone());
        effects.push(Effect::Store(save));
        effects.extend(self.wanted_colours());
        self.focus.pane = Pane::Composer;
        effects
    }

    /// The marked answer is moved in; `false` if none is open.
    pub(super) fn scroll_lane(&mut self, action: ChatAction) -> bool {
        let Some(Overlay::Lanes(lanes)) = &mut self.focus.overlay else { return false };
        if let Some(marked) = lanes.marked(self.conversations.shown()) {
            lanes.scroll(marked, action);
        }
        true
    }

    /// A row of the list of answers is marked or taken, where they are a list; `None` if they are
    /// not open.
    pub(super) fn on_lanes_list(&mut self, action: List) -> Option<Effects> {
        let marked = isize::try_from(self.lanes()?.picker.marked()).unwrap_or(0);
        Some(match action {
            List::Up | List::PageUp => self.step_lane(-1),
            List::Down | List::PageDown => self.step_lane(1),
            List::First => self.step_lane(-marked),
            List::Last => Vec::new(),
            List::Accept => self.pick_lane(),
        })
    }

    /// Esc: the next question goes to one model again. Tells whether it would have gone to more.
    pub(super) fn leave_comparing(&mut self) -> bool {
        !std::mem::take(&mut self.conversations.shown_mut().compare).is_empty()
    }
}
