//! The screen as lines that are only ever added, for screen readers and terminals without a
//! cursor: what is new since the last time it was asked. It refuses to print and to read keys.

use super::message::figure_phrases;
use super::{Scene, View};
use crate::domain::chat::{MessageState, Role};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::notice::Notice;
use crate::state::chat::{Entry, Waiting};
use crate::state::focus::Overlay;
use crate::words::params::Params;
use crate::words::plain::Plain;
use crate::words::{self, Phrase, say};

/// Columns a list is laid out for.
const WIDTH: u16 = 100;
/// Rows of a list that are read out at once.
const ROWS: u16 = 20;

/// What has been said already.
#[derive(Debug, Default)]
pub struct Speaker {
    shown: Option<ConversationId>,
    answer: Option<Answer>,
    overlay: Option<Overlay>,
    /// Answers stood side by side.
    beside: bool,
    notice: Option<Notice>,
    waiting: Option<Waiting>,
    /// A message waits until it fits.
    held: bool,
    /// Things with the message that were said.
    attached: usize,
}

/// The answer that is being said.
#[derive(Debug)]
struct Answer {
    id: MessageId,
    /// Bytes of it that were said.
    said: usize,
    reasoning: bool,
    over: bool,
}

impl Speaker {
    /// The first lines.
    pub fn hello(&mut self, scene: &Scene<'_>) -> String {
        let head = scene.state.conversations().shown().conversation();
        self.shown = Some(head.id);
        let (model, settings) = (head.model.to_string(), scene.state.settings());
        let simulator = settings.place.simulator;
        lines(&Plain::Hello { model: &model, simulator }.say(settings.language))
    }

    /// What is new, in whole lines; empty if nothing is.
    pub fn say(&mut self, scene: &Scene<'_>) -> String {
        let mut out = String::new();
        self.conversation(scene, &mut out);
        self.answer(scene, &mut out);
        self.waiting(scene, &mut out);
        self.held(scene, &mut out);
        self.attached(scene, &mut out);
        let notice = scene.state.notices().shown();
        if notice != self.notice.as_ref() {
            self.notice = notice.cloned();
            if let Some(notice) = notice {
                out.push_str(&lines(&words::line(scene.state.settings().language, notice)));
            }
        }
        let overlay = scene.state.focus().overlay.as_ref();
        // Findings are read out once, when all of them are there.
        let whole = |o: &&Overlay| !matches!(o, Overlay::Doctor(looking) if looking.running);
        // So are answers side by side.
        let answering = !scene.state.conversations().shown().all_running().is_empty();
        let whole = |o: &&Overlay| whole(o) && !(answering && matches!(o, Overlay::Lanes(_)));
        let overlay = overlay.filter(whole);
        if overlay != self.overlay.as_ref() {
            self.overlay = overlay.cloned();
            if let Some(overlay) = overlay {
                out.push_str(&read_out(scene, overlay));
            }
        }
        out
    }

    /// What goes with the message being written, when it comes.
    fn attached(&mut self, scene: &Scene<'_>, out: &mut String) {
        let all = &scene.state.conversations().shown().attached;
        let language = scene.state.settings().language;
        for of in all.iter().skip(self.attached) {
            let said = words::attachments::describe(language, of, None, None);
            out.push_str(&lines(&format!("+ {said}")));
        }
        self.attached = all.len();
    }

    fn conversation(&mut self, scene: &Scene<'_>, out: &mut String) {
        let chat = scene.state.conversations().shown();
        let head = chat.conversation();
        if self.shown == Some(head.id) {
            return;
        }
        self.shown = Some(head.id);
        let (title, messages) = (head.title.as_str(), chat.entries().len());
        let words = Plain::Conversation { title, messages };
        out.push_str(&lines(&words.say(scene.state.settings().language)));
        // What it holds already was said when it came, or can be copied and exported.
        self.answer = chat.entries().last().filter(|_| chat.running().is_none()).map(|entry| {
            Answer { id: entry.id(), said: entry.text().len(), reasoning: true, over: true }
        });
    }

    fn answer(&mut self, scene: &Scene<'_>, out: &mut String) {
        let chat = scene.state.conversations().shown();
        let Some(entry) = chat.entries().last().filter(|e| e.role() == Role::Assistant) else {
            return;
        };
        let language = scene.state.settings().language;
        let streaming = entry.state() == MessageState::Streaming;
        let beside = matches!(scene.state.focus().overlay, Some(Overlay::Lanes(_)));
        if std::mem::replace(&mut self.beside, beside) || beside {
            // It is, or was, read out together with the others.
            let (id, said) = (entry.id(), entry.text().len());
            self.answer = Some(Answer { id, said, reasoning: true, over: !streaming });
            return;
        }
        if self.answer.as_ref().is_none_or(|answer| answer.id != entry.id()) {
            self.answer = Some(Answer { id: entry.id(), said: 0, reasoning: false, over: false });
            let model = entry.facts().and_then(|facts| facts.model.as_ref());
            let model = model.unwrap_or(&chat.conversation().model).to_string();
            out.push_str(&lines(&Plain::Answer { model: &model }.say(language)));
        }
        let Some(answer) = &mut self.answer else { return };
        // An answer that goes on was over before.
        answer.over &= !streaming;
        if answer.over {
            return;
        }
        if entry.reasoning_chars() > 0 && entry.text().is_empty() && !answer.reasoning {
            answer.reasoning = true;
            out.push_str(&lines(&Plain::Reasoning.say(language)));
        }
        let new = entry.text().get(answer.said..).unwrap_or_default();
        // Half a line would be read out in the middle of a word.
        let whole = if streaming { new.rfind('\n').map_or(0, |at| at + 1) } else { new.len() };
        out.push_str(&new[..whole]);
        answer.said += whole;
        if !streaming {
            answer.over = true;
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&lines(&end_of(scene, entry)));
        }
    }

    fn waiting(&mut self, scene: &Scene<'_>, out: &mut String) {
        let running = scene.state.conversations().shown().running();
        let waiting = running.and_then(|running| running.waiting.as_ref());
        if waiting == self.waiting.as_ref() {
            return;
        }
        self.waiting = waiting.cloned();
        if let Some(waiting) = waiting {
            let language = scene.state.settings().language;
            let seconds = super::seconds_left(waiting.until, scene.now);
            let when = Phrase::TryAgainIn { seconds, attempt: waiting.attempt };
            let why = words::line(language, &waiting.notice);
            out.push_str(&lines(&format!("{why} {}", say(language, when))));
        }
    }
}

impl Speaker {
    /// A message begins to wait until it fits; its countdown is not read out.
    fn held(&mut self, scene: &Scene<'_>, out: &mut String) {
        let held = scene.state.held();
        let before = std::mem::replace(&mut self.held, held.is_some());
        if let Some(held) = held.filter(|_| !before) {
            let seconds = super::seconds_left(held.until, scene.now);
            let words = words::meters::Meters::GoesIn(seconds, held.kind);
            out.push_str(&lines(&words.say(scene.state.settings().language)));
        }
    }
}

/// Why an answer ended early, and its figures.
fn end_of(scene: &Scene<'_>, entry: &Entry) -> String {
    let language = scene.state.settings().language;
    let Some(facts) = entry.facts() else { return String::new() };
    let mut parts = Vec::new();
    match entry.state() {
        MessageState::Streaming | MessageState::Complete => {}
        MessageState::Partial => parts.push(say(language, Phrase::Unfinished).into_owned()),
        MessageState::Failed => parts.push(say(language, Phrase::NoAnswer).into_owned()),
    }
    parts.extend(super::message::json_mark(entry).map(|(said, _)| said.say(language).into_owned()));
    parts.extend(figure_phrases(facts).map(|phrase| say(language, phrase).into_owned()));
    parts.extend(facts.cost.map(|cost| cost.to_string()));
    parts.extend(facts.via.and_then(|via| words::surface::via(language, via)));
    let mut text = parts.join(" · ");
    for source in &facts.sources {
        text.push('\n');
        text.push_str(&source.index.to_string());
        for part in [". ", &source.title, " ", &source.url] {
            text.push_str(part);
        }
    }
    if let Some(notice) = &facts.notice {
        text.push('\n');
        text.push_str(&words::line(language, notice));
    }
    text
}

/// What lies over the panes, row by row; the rows of a list with numbers.
fn read_out(scene: &Scene<'_>, overlay: &Overlay) -> String {
    let language = scene.state.settings().language;
    if let Overlay::Lanes(lanes) = overlay {
        let pick = lines(&Plain::Pick { more: 0 }.say(language));
        return super::lanes::read_out(scene, lanes) + &pick;
    }
    let picker = overlay.picker();
    // Room for everything of a text, and for a page of a list.
    let height = if picker.is_some() { ROWS + 16 } else { 400 };
    let mut view = View::default();
    let picture = view.render(scene, WIDTH, height);
    let place = picture.painted.list;
    let left = picker.map_or(0, |picker| picker.rows().saturating_sub(place.first));
    let rows = left.min(usize::from(place.height.min(ROWS))) as u16;
    let mut out = String::new();
    for y in 0..height - 1 {
        let text: String = (0..WIDTH).map(|x| picture.buffer[(x, y)].symbol()).collect();
        let text = text.trim_end().trim_start_matches([' ', '▸', '─']);
        let in_list = y >= place.y && y < place.y + place.height && place.height > 0;
        if y == 0 && picker.is_some() || text.is_empty() || in_list && y >= place.y + rows {
            continue;
        }
        if in_list {
            let number = place.first + usize::from(y - place.y) + 1;
            out.push_str(&number.to_string());
            out.push_str(". ");
        }
        out.push_str(text.trim_end_matches(['─', ' ']));
        out.push('\n');
    }
    if scene.state.typing_value() {
        out.push_str(&lines(&Params::TypeValue.say(language)));
    } else if picker.is_some() {
        let more = left - usize::from(rows);
        out.push_str(&lines(&Plain::Pick { more }.say(language)));
    }
    out
}

/// A text with a line end, unless it is empty.
fn lines(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{}\n", text.trim_end()) }
}
