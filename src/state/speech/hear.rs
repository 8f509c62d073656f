//! What the world says that bears on reading aloud: text and sound of answers that arrive, what the
//! reader says of itself. It refuses what the user means (`wishes`).

use std::time::Duration;

use super::price;
use super::spoken::{By, Spent, Spoken, What};
use crate::catalog::Catalog;
use crate::domain::chat::{ChatCommand, MessageState};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::models::{ModelId, Purpose};
use crate::domain::money::Money;
use crate::domain::notice::{AloudNotice, FellBack, Notice, NoticeKind};
use crate::domain::speech::aloud::{
    Manner, Sentence, SpeechCommand, SpeechEnd, SpeechEvent, SpeechNews,
};
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::state::chat::Chat;
use crate::state::focus::Overlay;
use crate::state::scroll::{Move, Position};
use crate::state::{AppState, Effects};
use crate::text::aloud::{CodeBlocks, Reader};
use crate::words;

/// How long it is shown what something has cost that was heard to its end.
const SHOWN_AFTER: Duration = Duration::from_secs(5);

/// Characters of a piece where it is only asked whether there is one.
const ANY: usize = 500;

/// Bytes of an answer in which words are looked for before it is begun.
const FAR: usize = 4096;

impl AppState {
    /// Text of an answer arrived, or it ended; what can be read of it by now is.
    pub(in crate::state) fn speech_hears(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
        now: Now,
    ) -> Effects {
        if self.speech.reads(message) {
            return self.read_on(conversation, message);
        }
        let ended = self.entry_state(conversation, message) != Some(MessageState::Streaming);
        let own = self.speech.own_voices.contains(&message);
        let waits = own && (self.speech.own.has(message) || !ended);
        if waits || !self.begins_by_itself(conversation, message) {
            return Vec::new();
        }
        let text = self.entry_text(conversation, message).unwrap_or_default();
        // Code alone is nothing to begin with; where there is much of it, nobody looks for ever.
        if text.len() < FAR && !has_words(text) || ended && !has_words(text) {
            return Vec::new();
        }
        self.read_answer(conversation, message, false, now)
    }

    /// An answer's own sound arrived.
    pub(in crate::state) fn speech_sounds(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
        pcm: Vec<u8>,
        now: Now,
    ) -> Effects {
        self.speech.own.push(message, &pcm);
        if self.speech.reads(message) {
            let itself = self.speech.on_mut().filter(|s| matches!(s.by, By::Itself(_)));
            let samples = itself.map(|s| SpeechCommand::Samples { speech: s.id, pcm });
            return samples.into_iter().map(Effect::Speech).collect();
        }
        if !self.begins_by_itself(conversation, message) {
            return Vec::new();
        }
        self.read_answer(conversation, message, false, now)
    }

    /// The last of an answer's sound was there.
    pub(in crate::state) fn speech_sound_ends(&mut self, message: MessageId) -> Effects {
        self.speech.own.end(message);
        if !self.speech.reads(message) {
            return Vec::new();
        }
        let itself = self.speech.on_mut().filter(|s| matches!(s.by, By::Itself(_)) && !s.whole);
        let Some(spoken) = itself else { return Vec::new() };
        spoken.whole = true;
        vec![Effect::Speech(SpeechCommand::Finish(spoken.id))]
    }

    /// Whether an answer that arrives is to be read without a word: where that is wanted, it was not
    /// begun before, and nothing else is being read but an older answer of the same conversation.
    fn begins_by_itself(&self, conversation: ConversationId, message: MessageId) -> bool {
        let Some(chat) = self.conversations.by_id(conversation) else { return false };
        let free = match self.speech.now().filter(|_| self.speech.is_on()).map(|s| &s.what) {
            None => true,
            Some(What::Answer { conversation: other, .. }) => *other == conversation,
            Some(What::Sample { .. }) => false,
        };
        free && self.reads_by_itself(chat)
            && chat.index(message).is_some()
            && !self.speech.begun.contains(&message)
    }

    /// The answers of a conversation are read by themselves.
    #[must_use]
    pub fn reads_by_itself(&self, chat: &Chat) -> bool {
        chat.speech.auto.unwrap_or(self.settings.speech.auto)
    }

    fn entry_state(&self, chat: ConversationId, message: MessageId) -> Option<MessageState> {
        let chat = self.conversations.by_id(chat)?;
        Some(chat.entries().get(chat.index(message)?)?.state())
    }

    fn entry_text(&self, chat: ConversationId, message: MessageId) -> Option<&str> {
        let chat = self.conversations.by_id(chat)?;
        Some(chat.entries().get(chat.index(message)?)?.text())
    }

    /// Begins to read an answer, or to play its own sound. `asked` is false where it begins by
    /// itself.
    pub(super) fn read_answer(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
        asked: bool,
        now: Now,
    ) -> Effects {
        let Some(chat) = self.conversations.by_id(conversation) else { return Vec::new() };
        let title = chat.conversation().title.clone();
        let shown = self.conversations.shown().conversation().id == conversation;
        let follows = asked || (shown && chat.scroll.position() == Position::End);
        let what = What::Answer { conversation, message };
        let own = self.speech.own.of(message).map(|(pcm, whole)| (pcm.to_vec(), whole));
        if let Some((pcm, whole)) = own {
            let by = By::Itself(self.model_of(conversation, message));
            let spoken = Spoken::new(self.ids.speech(), what, by, title);
            self.speech.begun.insert(message);
            return self.play(spoken, pcm, whole);
        }
        let manner = match self.manner(conversation, now) {
            Ok(manner) => manner,
            Err(notice) => {
                self.speech.begun.insert(message);
                self.notices.tell(Notice::new(NoticeKind::Aloud(notice)), now);
                return Vec::new();
            }
        };
        let most = self.catalog.get().longest_piece(&manner.model);
        let by = By::Reader(manner.clone());
        let mut spoken = Spoken::new(self.ids.speech(), what, by, title);
        spoken.reader = Some(Reader::new(most, self.blocks()));
        spoken.follows = follows;
        let speech = spoken.id;
        self.speech.begun.insert(message);
        self.speech.now = Some(spoken);
        let mut effects = vec![Effect::Speech(SpeechCommand::Begin { speech, manner })];
        effects.extend(self.read_on(conversation, message));
        effects
    }

    /// What becomes of blocks of code.
    fn blocks(&self) -> CodeBlocks {
        if self.settings.sound.announce_code {
            let text = words::speak::code_block(self.settings.language).to_owned();
            CodeBlocks::Announce { text }
        } else {
            CodeBlocks::Skip
        }
    }

    fn play(&mut self, mut spoken: Spoken, pcm: Vec<u8>, whole: bool) -> Effects {
        let speech = spoken.id;
        spoken.whole = whole;
        self.speech.now = Some(spoken);
        let mut commands =
            vec![SpeechCommand::Play { speech }, SpeechCommand::Samples { speech, pcm }];
        commands.extend(whole.then_some(SpeechCommand::Finish(speech)));
        commands.into_iter().map(Effect::Speech).collect()
    }

    fn model_of(&self, conversation: ConversationId, message: MessageId) -> ModelId {
        let chat = self.conversations.by_id(conversation);
        let entry = chat.and_then(|chat| chat.entries().get(chat.index(message)?));
        let named = entry.and_then(|entry| entry.facts()?.model.clone());
        named.unwrap_or_else(|| self.conversations.shown().conversation().model.clone())
    }

    /// Hands on what is new of the text that is read.
    fn read_on(&mut self, conversation: ConversationId, message: MessageId) -> Effects {
        let Self { speech, conversations, .. } = self;
        let Some(spoken) = speech.on_mut() else { return Vec::new() };
        let chat = conversations.by_id(conversation);
        let entry = chat.and_then(|chat| chat.entries().get(chat.index(message)?));
        let (Some(entry), Some(mut reader)) = (entry, spoken.reader.take()) else {
            return Vec::new();
        };
        let text = entry.text();
        let mut sentences = reader.push(text.get(spoken.read..).unwrap_or_default());
        spoken.read = text.len();
        if entry.state() == MessageState::Streaming {
            spoken.reader = Some(reader);
        } else {
            sentences.extend(reader.finish());
            spoken.whole = true;
        }
        spoken.take(text, &sentences);
        said(spoken, sentences)
    }

    /// The reader says something of what is read.
    pub(in crate::state) fn on_speech_event(&mut self, event: SpeechEvent, now: Now) -> Effects {
        let Some(spoken) = self.speech.on_mut().filter(|spoken| spoken.id == event.speech) else {
            return Vec::new();
        };
        match event.what {
            SpeechNews::Opened { sink } => spoken.sink = Some(sink),
            SpeechNews::Sentence(at) => {
                spoken.at = Some(at);
                self.follow_sentence();
            }
            SpeechNews::Position { played, known } => {
                (spoken.played, spoken.known) = (played, known);
            }
            SpeechNews::Spent { money, estimated, kept } => {
                spoken.spent = Some(Spent { money, estimated, kept });
            }
            SpeechNews::FellBack { from, why, to } => {
                spoken.sink = Some(to.clone());
                let fell = FellBack { from, why: why.kind, to };
                let kind = NoticeKind::Aloud(AloudNotice::FellBack(Box::new(fell)));
                let notice = Notice::new(kind);
                let notice = match worth_saying(&why.said) {
                    Some(said) => notice.with_detail(said),
                    None => notice,
                };
                self.notices.tell(notice, now);
            }
            SpeechNews::Ended(end) => self.speech_ended(end, now),
        }
        Vec::new()
    }

    fn speech_ended(&mut self, end: SpeechEnd, now: Now) {
        match end {
            SpeechEnd::Whole => {
                // Where nothing was to be read there is nothing to look back on.
                let empty = |spoken: &mut Spoken| {
                    matches!(spoken.by, By::Reader(_)) && spoken.sentences.is_empty()
                };
                self.speech.now.take_if(empty);
                if let Some(spoken) = self.speech.on_mut() {
                    // What it cost is read in peace.
                    spoken.over = Some(now.since_start + SHOWN_AFTER);
                    spoken.played = spoken.known;
                    spoken.paused = false;
                }
            }
            SpeechEnd::Stopped => self.speech.now = None,
            SpeechEnd::Failed(notice) => {
                self.speech.now = None;
                if let Some(Overlay::Voices(voices)) = &mut self.focus.overlay {
                    // The list lies over the place where notices are read.
                    voices.said = Some(notice.clone());
                }
                self.notices.tell(notice, now);
            }
        }
    }

    /// Whoever follows sees the sentence that is heard.
    pub(super) fn follow_sentence(&mut self) {
        let Some(spoken) = self.speech.now.as_ref().filter(|spoken| spoken.follows) else { return };
        let Some(message) = spoken.message() else { return };
        let chat = self.conversations.shown_mut();
        if let Some(at) = chat.index(message) {
            chat.scroll.wish(Move::Heard(at));
        }
    }

    /// The reader went elsewhere in the conversation.
    pub(in crate::state) fn speech_unfollowed(&mut self) {
        if let Some(spoken) = self.speech.on_mut() {
            spoken.follows = false;
        }
    }

    /// When something about what is read changes by itself.
    pub(in crate::state) fn speech_deadline(&self) -> Option<Duration> {
        let over = self.speech.now.as_ref().and_then(|spoken| spoken.over);
        over.into_iter().chain(self.speech.line.deadline()).min()
    }

    /// Time passed.
    pub(in crate::state) fn speech_on_time(&mut self, now: Now) -> Effects {
        let over = |spoken: &mut Spoken| spoken.over.is_some_and(|at| at <= now.since_start);
        self.speech.now.take_if(over);
        self.speech.line.retry(now)
    }

    /// The reader's inbox was full.
    pub(in crate::state) fn speech_refused(&mut self, command: SpeechCommand, now: Now) {
        self.speech.line.refused(command, now);
    }

    /// Where answers are read by themselves and the model can speak, it is asked to.
    pub(super) fn give_voices(&mut self, effects: &mut Effects) {
        for effect in effects {
            let Effect::Chat(ChatCommand::Start { turn, request, .. }) = effect else { continue };
            if request.params.voice.is_some() {
                continue;
            }
            let Some(chat) = self.conversations.all().find(|chat| chat.owns(*turn)) else {
                continue;
            };
            let Some(message) = chat.answer_of(*turn) else { continue };
            let catalog = self.catalog.get();
            if !self.reads_by_itself(chat) || !speaks(&catalog, &request.model) {
                continue;
            }
            let wanted = chat.speech.voice.as_deref().or(self.settings.speech.voice.as_deref());
            let own = wanted.filter(|v| catalog.valid_voice(&request.model, v) == Some(true));
            let usual = || catalog.default_voice(&request.model).map(|voice| voice.id.as_str());
            request.params.voice = own.or_else(usual).map(str::to_owned);
            if request.params.voice.is_some() {
                self.speech.own_voices.insert(message);
            }
        }
    }

    /// What reading this thing will cost, about, as far as its text is known; `None` where it costs
    /// nothing or nobody knows.
    #[must_use]
    pub fn speech_guess(&self, spoken: &Spoken) -> Option<Money> {
        let By::Reader(Manner { model, .. }) = &spoken.by else { return None };
        price::guess(&self.catalog.get(), self.settings.figures, model, spoken.weight)
    }
}

/// The commands for sentences that are new, and for the end.
pub(super) fn said(spoken: &Spoken, sentences: Vec<Sentence>) -> Effects {
    let speech = spoken.id;
    let say = (!sentences.is_empty()).then_some(SpeechCommand::Say { speech, sentences });
    let end = spoken.whole.then_some(SpeechCommand::Finish(speech));
    say.into_iter().chain(end).map(Effect::Speech).collect()
}

/// A program's last words as far as they tell somebody something: one short line, without what the
/// sound library prints for its own makers.
fn worth_saying(said: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let said = said.split("ALSA lib").next().unwrap_or_default().trim();
    let short: String = said.chars().take(LONGEST).collect();
    let cut = if short.len() < said.len() { "…" } else { "" };
    (!short.is_empty()).then(|| format!("{short}{cut}"))
}

/// Something in a text can be read.
pub(super) fn has_words(text: &str) -> bool {
    let mut reader = Reader::new(ANY, CodeBlocks::Skip);
    !reader.push(text).is_empty() || !reader.finish().is_empty()
}

/// A chat model that can answer with a voice of its own.
pub(super) fn speaks(catalog: &Catalog, model: &ModelId) -> bool {
    let row = catalog.model_row(model).filter(|row| row.purpose() == Purpose::Chat);
    row.is_some_and(|row| {
        row.modality.split_once("->").is_some_and(|(_, out)| out.contains("audio"))
    }) && !catalog.voices(model).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_of_the_sound_library_is_not_repeated() {
        assert_eq!(worth_saying(""), None);
        assert_eq!(worth_saying("ALSA lib confmisc.c:855:(parse_card) no card"), None);
        let said = worth_saying("aplay: no device ALSA lib conf.c:5180 error");
        assert_eq!(said.as_deref(), Some("aplay: no device"));
        let long = worth_saying(&"错".repeat(100)).unwrap();
        assert_eq!(long.chars().count(), 81);
    }
}
