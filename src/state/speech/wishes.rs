//! What the user means about reading aloud: speak, pause, go to a sentence, be silent, read answers
//! by themselves. It refuses the list of voices (`state::voices`).

use super::spoken::{By, Spoken};
use super::{hear, price};
use crate::action::Speech as Action;
use crate::domain::conversations::StoreCommand;
use crate::domain::ids::ConversationId;
use crate::domain::notice::{AloudNotice, Before, Notice, NoticeKind, OtherVoice};
use crate::domain::speech::aloud::{Manner, SpeechCommand};
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::state::{AppState, Effects};

impl AppState {
    pub(in crate::state) fn on_speech(&mut self, action: Action, now: Now) -> Effects {
        match action {
            Action::Speak => self.speak(now),
            Action::Auto => {
                let on = self.reads_by_itself(self.conversations.shown());
                self.set_auto(!on, now)
            }
            Action::Pause => self.pause(now),
            Action::Before => self.jump(-1, now),
            Action::Again => self.jump(0, now),
            Action::After => self.jump(1, now),
            Action::Stop => {
                if !self.speech.is_on() {
                    return self.say_aloud(AloudNotice::Silent, now);
                }
                self.silence()
            }
            Action::Voices
            | Action::Hear
            | Action::Keep
            | Action::Favour
            | Action::ModelAfter
            | Action::ModelBefore
            | Action::Language => self.on_voices(action, now),
        }
    }

    pub(in crate::state) fn say_aloud(&mut self, notice: AloudNotice, now: Now) -> Effects {
        self.notices.tell(Notice::new(NoticeKind::Aloud(notice)), now);
        Vec::new()
    }

    /// `on` or `off` after the name of the command.
    pub(in crate::state) fn auto_words(&mut self, words: &str, now: Now) -> Option<Effects> {
        match words.to_lowercase().as_str() {
            "on" | "开" => Some(self.set_auto(true, now)),
            "off" | "关" => Some(self.set_auto(false, now)),
            _ => None,
        }
    }

    /// Reads the answer that is meant; one that is being read falls silent.
    fn speak(&mut self, now: Now) -> Effects {
        let meant = self.current_message();
        let chat = self.conversations.shown();
        let conversation = chat.conversation().id;
        let answer = meant.and_then(|at| chat.answer_at(at));
        let Some(answer) = answer else {
            self.notices.tell(Notice::new(NoticeKind::NothingThere), now);
            return Vec::new();
        };
        let (message, text) = (answer.id(), answer.text());
        let arrives = chat.running().is_some_and(|running| running.answer == message);
        if self.speech.reads(message) {
            return self.silence();
        }
        if !arrives && self.speech.own.of(message).is_none() && !hear::has_words(text) {
            return self.say_aloud(AloudNotice::Nothing, now);
        }
        self.read_answer(conversation, message, true, now)
    }

    /// Turns reading by itself on or off. Before the first time it is said what that costs; the
    /// second wish does it.
    fn set_auto(&mut self, on: bool, now: Now) -> Effects {
        if on && !self.speech.priced {
            let notice = match self.price_of_auto(now) {
                Ok(before) => AloudNotice::Before(Box::new(before)),
                Err(notice) => return self.say_aloud(notice, now),
            };
            self.speech.priced = true;
            return self.say_aloud(notice, now);
        }
        let is_price =
            |kind: &NoticeKind| matches!(kind, NoticeKind::Aloud(AloudNotice::Before(_)));
        self.notices.dismiss_if(is_price);
        self.say_aloud(AloudNotice::Auto { on }, now);
        self.conversations.shown_mut().speech.auto = Some(on);
        let mut effects = self.keep_choice_of_voice();
        let conversation = self.conversations.shown().conversation().id;
        let arriving = self.conversations.shown().running().map(|running| running.answer);
        if let Some(answer) = arriving.filter(|_| on) {
            effects.extend(self.speech_hears(conversation, answer, now));
        }
        effects
    }

    fn price_of_auto(&mut self, now: Now) -> Result<Before, AloudNotice> {
        let chat = self.conversations.shown();
        let conversation = chat.conversation().id;
        let model = chat.conversation().model.clone();
        let (catalog, figures) = (self.catalog.get(), self.settings.figures);
        let usual = catalog.default_voice(&model).map(|voice| voice.id.clone());
        if let Some(voice) = usual.filter(|_| hear::speaks(&catalog, &model)) {
            let rate = price::rate(&catalog, figures, &model);
            return Ok(Before { model, voice, rate });
        }
        let Manner { model, voice, .. } = self.manner(conversation, now)?;
        let rate = price::rate(&catalog, figures, &model);
        Ok(Before { model, voice, rate })
    }

    /// Who reads a conversation. A voice that is none of the model's is never asked for: its usual
    /// one takes its place, and that is said once.
    pub(in crate::state) fn manner(
        &mut self,
        conversation: ConversationId,
        now: Now,
    ) -> Result<Manner, AloudNotice> {
        let own = self.conversations.by_id(conversation).map(|chat| chat.speech.clone());
        let own = own.unwrap_or_default();
        let usual = &self.settings.speech;
        let model = own.model.clone().unwrap_or_else(|| usual.model.clone());
        // A voice of the settings is one of their model, not of any other.
        let theirs = usual.voice.clone().filter(|_| model == usual.model);
        let wanted = own.voice.or(theirs);
        let catalog = self.catalog.get();
        let valid = wanted.as_deref().map(|voice| catalog.valid_voice(&model, voice));
        let voice = match (wanted, valid) {
            (Some(voice), Some(Some(true) | None)) => voice,
            (wanted, _) => {
                let meant = wanted.as_deref().and_then(|typed| catalog.voice(&model, typed));
                let instead = meant.or_else(|| catalog.default_voice(&model));
                let Some(instead) = instead.map(|voice| voice.id.clone()) else {
                    return Err(AloudNotice::NoVoice { model });
                };
                if let Some(voice) = wanted.filter(|_| meant.is_none()) {
                    self.not_of_model(voice, &model, &instead, now);
                }
                instead
            }
        };
        let language = own.language.or_else(|| self.settings.speech.language.clone());
        let speaks = |id: &String| {
            let known = catalog.voices(&model).iter().find(|known| known.id == voice);
            known.is_none_or(|known| catalog.languages_of(known).iter().any(|of| of.id == *id))
        };
        let language = language.filter(speaks);
        Ok(Manner { model, voice, language, instructions: None })
    }

    fn not_of_model(
        &mut self,
        voice: String,
        model: &crate::domain::models::ModelId,
        instead: &str,
        now: Now,
    ) {
        let key = Some((voice.clone(), model.clone()));
        if self.speech.told == key {
            return;
        }
        self.speech.told = key;
        let other = OtherVoice { voice, model: model.clone(), instead: instead.to_owned() };
        self.say_aloud(AloudNotice::NotOfModel(Box::new(other)), now);
    }

    /// The choice is kept with the conversation; one without messages is kept with its first.
    pub(in crate::state) fn keep_choice_of_voice(&mut self) -> Effects {
        let chat = self.conversations.shown_mut();
        chat.keep_speech();
        if chat.entries().is_empty() {
            return Vec::new();
        }
        vec![Effect::Store(StoreCommand::SaveConversation(chat.conversation().clone()))]
    }

    fn pause(&mut self, now: Now) -> Effects {
        let Some(spoken) = self.speech.on_mut() else {
            return self.say_aloud(AloudNotice::Silent, now);
        };
        spoken.paused = !spoken.paused;
        let pause = if spoken.paused { SpeechCommand::Pause } else { SpeechCommand::Resume };
        vec![Effect::Speech(pause(spoken.id))]
    }

    /// Reads on from a sentence so many after the one that is heard.
    fn jump(&mut self, by: isize, now: Now) -> Effects {
        let Some(spoken) = self.speech.on_mut() else {
            return self.say_aloud(AloudNotice::Silent, now);
        };
        if matches!(spoken.by, By::Itself(_)) {
            return self.say_aloud(AloudNotice::OnePiece, now);
        }
        let Some(last) = spoken.sentences.len().checked_sub(1) else { return Vec::new() };
        let at = spoken.at.unwrap_or(0);
        let sentence = at.saturating_add_signed(by);
        if sentence > last {
            // Past the last one there is nothing more to hear; of what still arrives there may be.
            return if spoken.whole { self.silence() } else { Vec::new() };
        }
        let effects = go_to(spoken, sentence);
        self.follow_sentence();
        effects
    }
}

/// The reader is told to go on from a sentence, aloud.
fn go_to(spoken: &mut Spoken, sentence: usize) -> Effects {
    let speech = spoken.id;
    spoken.at = Some(sentence);
    // Whoever goes from sentence to sentence wants to see them.
    spoken.follows = true;
    let resume = std::mem::take(&mut spoken.paused).then_some(SpeechCommand::Resume(speech));
    let jump = SpeechCommand::Jump { speech, sentence };
    std::iter::once(jump).chain(resume).map(Effect::Speech).collect()
}
