//! Answers read aloud: begun, followed, paused, silenced, by themselves; the bar and the sentence that
//! is heard, on every screen.

use std::time::Duration;

use lian::action::{Action, Speech as Wish};
use lian::domain::audio::{FaultKind, SinkFault, SinkName};
use lian::domain::chat::{ChatCommand, TurnEvent};
use lian::domain::conversations::{SavedConversation, StoreCommand, StoreEvent};
use lian::domain::ids::SpeechId;
use lian::domain::models::ModelId;
use lian::domain::money::{Currency, Money, Unit};
use lian::domain::notice::{AloudNotice, Before, FellBack, Notice, NoticeKind, OtherVoice};
use lian::domain::settings::{Language, Settings, Speech as Usual};
use lian::domain::speech::aloud::{Manner, SpeechCommand, SpeechEnd, SpeechEvent, SpeechNews};
use lian::effect::Effect;
use lian::event::ServiceEvent;
use lian::state::chat::Entry;

use crate::harness::{Harness, Inbox, numbered, settings};

const ANSWER: &str = "\
# 潮汐 Tides

The moon **pulls** the sea, and it follows. Twice a day it *rises*.

```rust
let tide = moon.pull();
```

- 月亮每天绕地球一圈。大海因此涨落。
- That is all.
";

/// Commands to the reader since they were last asked for.
pub(crate) fn commands(h: &mut Harness) -> Vec<SpeechCommand> {
    let speech = |effect| match effect {
        Effect::Speech(command) => Some(command),
        _ => None,
    };
    h.effects().into_iter().filter_map(speech).collect()
}

/// What was begun last.
pub(crate) fn begun(commands: &[SpeechCommand]) -> (SpeechId, Manner) {
    let begin = |command: &SpeechCommand| match command {
        SpeechCommand::Begin { speech, manner } => Some((*speech, manner.clone())),
        _ => None,
    };
    commands.iter().rev().find_map(begin).expect("something was begun")
}

/// The sentences that were handed on.
fn sentences(commands: &[SpeechCommand]) -> Vec<String> {
    let said = |command: &SpeechCommand| match command {
        SpeechCommand::Say { sentences, .. } => sentences.clone(),
        _ => Vec::new(),
    };
    commands.iter().flat_map(said).map(|sentence| sentence.text).collect()
}

fn news(h: &mut Harness, speech: SpeechId, what: SpeechNews) {
    h.says(ServiceEvent::Speech(SpeechEvent { speech, what }));
}

fn device() -> SinkName {
    SinkName::Device { device: "Speakers".to_owned(), by: "lian-player".to_owned() }
}

fn yuan(amount: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::Cny }
}

/// A program with an answer that is being read.
fn reading(settings: Settings, size: (u16, u16)) -> (Harness, SpeechId) {
    let mut h = Harness::with(settings, size);
    h.exchange("Why are there tides?", ANSWER);
    h.effects();
    h.key("alt+'");
    let (speech, _) = begun(&commands(&mut h));
    (h, speech)
}

/// As far as the second sentence.
fn in_the_midst(settings: Settings, size: (u16, u16)) -> (Harness, SpeechId) {
    let (mut h, speech) = reading(settings, size);
    news(&mut h, speech, SpeechNews::Opened { sink: device() });
    news(&mut h, speech, SpeechNews::Sentence(1));
    let (played, known) = (Duration::from_secs(4), Duration::from_secs(9));
    news(&mut h, speech, SpeechNews::Position { played, known });
    let spent = SpeechNews::Spent { money: Some(yuan("0.0021")), estimated: false, kept: 1 };
    news(&mut h, speech, spent);
    (h, speech)
}

/// The text that is underlined.
fn underlined(h: &Harness) -> String {
    use ratatui::style::Modifier;
    let buffer = h.buffer();
    let cell = |x, y| &buffer[(x, y)];
    let mut text = String::new();
    for y in 2..buffer.area.height.saturating_sub(4) {
        for x in 0..buffer.area.width {
            if cell(x, y).modifier.contains(Modifier::UNDERLINED) {
                text.push_str(cell(x, y).symbol());
            }
        }
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_last_answer_is_read_without_its_code_and_marks() {
    let mut h = Harness::new();
    h.exchange("Why are there tides?", ANSWER);
    h.effects();
    h.key("alt+'");
    let commands = commands(&mut h);
    let (speech, manner) = begun(&commands);
    let usual = Manner {
        model: ModelId::new("qwen3-tts-flash"),
        voice: "Cherry".to_owned(),
        language: None,
        instructions: None,
    };
    assert_eq!(manner, usual);
    let said = sentences(&commands);
    assert_eq!(said[1], "The moon pulls the sea, and it follows.", "{said:?}");
    assert!(said.contains(&"大海因此涨落。".to_owned()), "{said:?}");
    assert!(said.iter().all(|text| !text.contains("moon.pull") && !text.contains("**")));
    assert_eq!(commands.last(), Some(&SpeechCommand::Finish(speech)));
    let row = h.find("▶ Cherry").expect("the bar is there");
    assert!(h.rows()[row].contains("Esc be silent"), "{}", h.screen());
}

#[test]
fn the_marked_answer_is_read_and_the_same_key_is_silence() {
    let mut h = Harness::new();
    h.exchange("one", "First answer.").exchange("two", "Second answer.");
    h.effects();
    h.keys("<tab>{{s");
    let begun_one = commands(&mut h);
    assert_eq!(sentences(&begun_one), ["First answer."]);
    h.keys("s");
    let (speech, _) = begun(&begun_one);
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    assert_eq!(h.find("▶ Cherry"), None, "{}", h.screen());
    // A question means the answer to it.
    h.keys("}}{s");
    assert_eq!(sentences(&commands(&mut h)), ["Second answer."]);
}

#[test]
fn esc_is_silence_first_and_the_answer_arrives_on() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("One sentence. And another ");
    h.effects();
    h.key("alt+'");
    let (speech, _) = begun(&commands(&mut h));
    h.key("esc");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    assert!(h.state.answering(), "the answer goes on");
    h.delta("one.\n");
    assert_eq!(commands(&mut h), [], "what was silenced stays silent");
    h.key("esc");
    let cancelled = |effect: &Effect| matches!(effect, Effect::Chat(ChatCommand::Cancel(_)));
    assert!(h.effects().iter().any(cancelled));
}

#[test]
fn ctrl_c_and_the_end_are_silence_too() {
    let (mut h, speech) = reading(settings(), (80, 24));
    h.key("ctrl+c");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    let (mut h, speech) = reading(settings(), (80, 24));
    h.key("alt+q");
    assert_eq!(h.effects(), [Effect::Speech(SpeechCommand::Stop(speech)), Effect::Quit]);
}

#[test]
fn an_answer_that_arrives_is_followed_sentence_by_sentence() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("First sent");
    h.effects();
    h.key("alt+'");
    let first = commands(&mut h);
    let (speech, _) = begun(&first);
    assert!(sentences(&first).is_empty(), "{first:?}");
    h.delta("ence. Second");
    assert_eq!(sentences(&commands(&mut h)), ["First sentence."]);
    let bar = h.find("▶ Cherry").unwrap();
    assert!(h.rows()[bar].contains("0/1+"), "{}", h.screen());
    h.delta(" one");
    assert_eq!(commands(&mut h), []);
    h.done();
    let last = commands(&mut h);
    assert_eq!(sentences(&last), ["Second one"]);
    assert_eq!(last.last(), Some(&SpeechCommand::Finish(speech)));
    assert!(h.rows()[bar].contains("0/2 "), "{}", h.screen());
}

#[test]
fn what_is_read_falls_silent_when_it_goes() {
    // The answer is stopped while it is read.
    let mut h = Harness::new();
    h.ask("question");
    h.delta("One sentence. ");
    h.effects();
    h.key("alt+'");
    let (speech, _) = begun(&commands(&mut h));
    h.key("alt+.");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    // It is asked for again: another answer stands in its place.
    let (mut h, speech) = reading(settings(), (80, 24));
    h.keys("<tab>r");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    h.delta("Another.").done();
    h.keys("s");
    let (speech, _) = begun(&commands(&mut h));
    h.keys("<lt>");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)], "another branch is shown");
}

#[test]
fn before_answers_are_read_by_themselves_their_price_is_said() {
    let mut h = Harness::with(settings(), (120, 40));
    h.exchange("one", "First.");
    h.effects();
    h.keys("<tab>S");
    assert!(h.find("for ¥0.80 per 10,000 characters").is_some(), "{}", h.screen());
    assert_eq!(h.effects(), [], "nothing is on yet");
    h.keys("S");
    assert!(h.find("read aloud by themselves").is_some(), "{}", h.screen());
    let stored = h.stored();
    let kept = stored.iter().any(|command| {
        matches!(command, StoreCommand::SaveConversation(c)
            if c.params.as_deref().is_some_and(|text| text.contains("\"auto\":true")))
    });
    assert!(kept, "{stored:?}");
    h.ask("two");
    h.delta("Second answer. It");
    let first = commands(&mut h);
    assert_eq!(sentences(&first), ["Second answer."]);
    h.delta(" goes on.").done();
    assert_eq!(sentences(&commands(&mut h)), ["It goes on."]);
    // A new answer takes the place of the one before.
    h.ask("three");
    h.delta("Third. ");
    let (third, _) = begun(&commands(&mut h));
    assert_ne!(third, begun(&first).0);
    // Off again, without a question.
    h.keys("<esc>/auto-speak off<enter>");
    h.delta("More. ").done();
    h.ask("four");
    h.delta("Fourth.").done();
    assert_eq!(sentences(&commands(&mut h)), Vec::<String>::new());
}

#[test]
fn one_that_was_silenced_is_not_begun_again_by_itself() {
    let speech = Usual { auto: true, ..Usual::default() };
    let mut h = Harness::with(Settings { speech, ..settings() }, (80, 24));
    h.ask("question");
    h.delta("One. Two. ");
    let (speech, _) = begun(&commands(&mut h));
    h.key("esc");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    h.delta("Three. ").done();
    assert_eq!(commands(&mut h), []);
    // What failed is not tried again at every piece of text either.
    h.ask("again");
    h.delta("One. Two. ");
    let (speech, _) = begun(&commands(&mut h));
    news(&mut h, speech, SpeechNews::Ended(SpeechEnd::Failed(Notice::new(NoticeKind::Busy))));
    h.delta("Three. ").done();
    assert_eq!(commands(&mut h), []);
}

#[test]
fn blocks_of_code_are_announced_where_that_is_wanted() {
    let sound = lian::domain::settings::Sound { announce_code: true, ..Default::default() };
    let mut h = Harness::with(Settings { sound, ..settings() }, (80, 24));
    h.exchange("Why are there tides?", ANSWER);
    h.effects();
    h.key("alt+'");
    let all = commands(&mut h);
    let said = sentences(&all);
    let at = said.iter().position(|text| text == "A block of code.").expect("it is said");
    // Nothing on the screen reads so: its head is what is marked.
    news(&mut h, begun(&all).0, SpeechNews::Sentence(at));
    assert_eq!(underlined(&h), "rust");
}

#[test]
fn code_alone_is_not_begun_by_itself() {
    let speech = Usual { auto: true, ..Usual::default() };
    let mut h = Harness::with(Settings { speech, ..settings() }, (80, 24));
    h.ask("question");
    h.delta("```rust\nfn main() {}\n").delta("```\n");
    assert_eq!(commands(&mut h), []);
    h.delta("And a word.").done();
    let all = commands(&mut h);
    assert_eq!(sentences(&all), ["And a word."]);
    // Begun by hand before there was a word, it ends without a trace.
    let mut h = Harness::new();
    h.ask("question");
    h.delta("```rust\nfn main() {}\n");
    h.effects();
    h.keys("<tab>s");
    let (speech, _) = begun(&commands(&mut h));
    h.delta("```\n").done();
    assert_eq!(commands(&mut h), [SpeechCommand::Finish(speech)]);
    news(&mut h, speech, SpeechNews::Ended(SpeechEnd::Whole));
    assert_eq!(h.find("Cherry"), None, "{}", h.screen());
}

#[test]
fn only_code_and_only_emoji_are_nothing_to_read() {
    for answer in ["```rust\nfn main() {}\n```\n", "👍 🎉\n", "   \n"] {
        let mut h = Harness::new();
        h.exchange("question", answer);
        h.effects();
        h.keys("<tab>s");
        assert_eq!(commands(&mut h), [], "{answer:?}");
        assert_eq!(h.find("▶ Cherry"), None);
        let said = "Nothing in this message can be read aloud. Code and emoji are passed over.";
        assert!(h.find(said).is_some(), "{answer:?}: {}", h.screen());
    }
    let mut h = Harness::new();
    h.keys("<tab>s").keys("<alt+9>");
    assert_eq!(commands(&mut h), []);
}

#[test]
fn a_voice_of_another_model_is_never_asked_for() {
    let speech = Usual { voice: Some("Serena".to_owned()), ..Usual::default() };
    let mut h = Harness::with(Settings { speech, ..settings() }, (80, 24));
    h.exchange("question", "An answer.");
    h.effects();
    h.key("alt+'");
    assert_eq!(begun(&commands(&mut h)).1.voice, "Cherry");
    assert!(h.find("qwen3-tts-flash has no voice Serena; Cherry reads.").is_some());
    // Said once; spelled otherwise it is meant all the same.
    let speech = Usual { voice: Some("cherry".to_owned()), ..Usual::default() };
    let mut h = Harness::with(Settings { speech, ..settings() }, (80, 24));
    h.exchange("question", "An answer.");
    h.effects();
    h.key("alt+'");
    assert_eq!(begun(&commands(&mut h)).1.voice, "Cherry");
    assert_eq!(h.find("has no voice"), None, "{}", h.screen());
    // A model nobody knows a voice of is not asked at all.
    let speech = Usual { model: ModelId::new("my-tts"), ..Usual::default() };
    let mut h = Harness::with(Settings { speech, ..settings() }, (80, 24));
    h.exchange("question", "An answer.");
    h.effects();
    h.key("alt+'");
    assert_eq!(commands(&mut h), []);
    assert!(h.find("No voice of my-tts is known.").is_some(), "{}", h.screen());
}

#[test]
fn sentences_are_skipped_and_heard_again() {
    let (mut h, speech) = in_the_midst(settings(), (80, 24));
    h.effects();
    let jump = |sentence| SpeechCommand::Jump { speech, sentence };
    h.keys("<tab>.");
    assert_eq!(commands(&mut h), [jump(2)]);
    assert_eq!(underlined(&h), "Twice a day it rises.");
    h.keys(",;,");
    assert_eq!(commands(&mut h), [jump(1), jump(1), jump(0)]);
    h.keys(" ");
    assert_eq!(commands(&mut h), [SpeechCommand::Pause(speech)]);
    assert!(h.find("‖ Cherry  paused").is_some(), "{}", h.screen());
    h.keys("p");
    assert_eq!(commands(&mut h), [SpeechCommand::Resume(speech)]);
    // Whoever goes to a sentence wants to hear it.
    h.keys(" .");
    let wanted = [SpeechCommand::Pause(speech), jump(1), SpeechCommand::Resume(speech)];
    assert_eq!(commands(&mut h), wanted);
    // From the message with Alt; past the last sentence it is silent.
    h.keys("<tab><alt+0><alt+0><alt+0><alt+0><alt+0>");
    let last = commands(&mut h);
    assert_eq!(last.last(), Some(&SpeechCommand::Stop(speech)), "{last:?}");
    h.keys("<alt+8>");
    assert!(h.find("Nothing is being read aloud.").is_some(), "{}", h.screen());
}

#[test]
fn the_sentence_that_is_heard_is_underlined_and_nothing_else() {
    let (mut h, speech) = in_the_midst(settings(), (80, 24));
    assert_eq!(underlined(&h), "The moon pulls the sea, and it follows.");
    for (at, text) in
        [(2, "Twice a day it rises."), (3, "月亮每天绕地球一圈。"), (4, "大海因此涨落。")]
    {
        news(&mut h, speech, SpeechNews::Sentence(at));
        assert_eq!(underlined(&h).replace(' ', ""), text.replace(' ', ""), "{}", h.screen());
    }
    news(&mut h, speech, SpeechNews::Ended(SpeechEnd::Whole));
    assert_eq!(underlined(&h), "");
}

#[test]
fn a_cold_frame_is_the_same_as_a_warm_one() {
    let run = |cold: bool| {
        let mut frames = Vec::new();
        let (mut h, speech) = in_the_midst(settings(), (60, 20));
        h.cold = cold;
        for at in 0..6 {
            news(&mut h, speech, SpeechNews::Sentence(at));
            frames.push((h.screen(), h.styles()));
            h.keys("<tab>M");
            frames.push((h.screen(), h.styles()));
            h.keys("M<tab>").resize(60 + 7 * (at as u16 % 2), 20);
            frames.push((h.screen(), h.styles()));
        }
        h.ask("more");
        for piece in ["A new ans", "wer comes. ", "And **goes", " on** here.\n"] {
            h.delta(piece);
            frames.push((h.screen(), h.styles()));
        }
        frames
    };
    let (warm, cold) = (run(false), run(true));
    for (at, (warm, cold)) in warm.iter().zip(&cold).enumerate() {
        assert_eq!(warm, cold, "frame {at}");
    }
}

#[test]
fn the_view_goes_along_for_those_who_follow() {
    let long = numbered(60, |n| format!("Sentence number {n} is here.\n\n"));
    let mut h = Harness::new();
    h.exchange("question", &long);
    h.effects();
    h.key("alt+'");
    let (speech, _) = begun(&commands(&mut h));
    news(&mut h, speech, SpeechNews::Sentence(0));
    assert_eq!(underlined(&h), "Sentence number 1 is here.", "{}", h.screen());
    news(&mut h, speech, SpeechNews::Sentence(30));
    assert_eq!(underlined(&h), "Sentence number 31 is here.", "{}", h.screen());
    // Who goes elsewhere stays there.
    h.keys("<tab>g");
    let before = h.row(2);
    news(&mut h, speech, SpeechNews::Sentence(40));
    assert_eq!((h.row(2), underlined(&h)), (before, String::new()));
    // Going to a sentence is asking for it.
    h.keys(".");
    assert_eq!(underlined(&h), "Sentence number 42 is here.", "{}", h.screen());
    news(&mut h, speech, SpeechNews::Sentence(59));
    assert_eq!(underlined(&h), "Sentence number 60 is here.");
    // To the end is elsewhere too.
    h.keys("<alt+8>G");
    news(&mut h, speech, SpeechNews::Sentence(3));
    assert_eq!(underlined(&h), "", "{}", h.screen());
}

#[test]
fn another_conversation_reads_on_and_the_bar_says_so() {
    let (mut h, speech) = in_the_midst(settings(), (120, 40));
    h.effects();
    h.key("ctrl+n");
    assert_eq!(commands(&mut h), []);
    assert!(h.find("in \"Why are there tides?\"").is_some(), "{}", h.screen());
    news(&mut h, speech, SpeechNews::Sentence(2));
    assert_eq!(underlined(&h), "");
    h.key("alt+pageup");
    assert_eq!(h.find("in \"Why are there tides?\""), None, "{}", h.screen());
    assert_eq!(underlined(&h), "Twice a day it rises.");
    // When it is deleted it falls silent.
    h.effects();
    h.keys("<alt+s>");
    let rows: Vec<_> =
        h.state.conversations().all().map(|chat| chat.conversation().clone()).collect();
    let listed =
        rows.into_iter().map(|conversation| lian::domain::conversations::ConversationRow {
            conversation,
            messages: 2,
            cost: Vec::new(),
            elsewhere: false,
        });
    h.says(ServiceEvent::Store(StoreEvent::Listed(listed.collect())));
    h.keys("tides<alt+d><enter>");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)], "{}", h.screen());
}

#[test]
fn where_the_sound_goes_instead_is_said_once_with_a_next_step() {
    for (language, sentence, next) in [
        (
            Language::En,
            "Speakers (by lian-player) did not take the sound: the device went away",
            "`sinks` in [speech]",
        ),
        (Language::ZhCn, "Speakers（lian-player）没有接收声音：设备断开了", "sinks"),
    ] {
        let (mut h, speech) = in_the_midst(Settings { language, ..settings() }, (120, 40));
        let to = SinkName::File { path: "/home/me/speech/tides.wav".to_owned() };
        let why = SinkFault { kind: FaultKind::DeviceLost, said: "unplugged".to_owned() };
        news(&mut h, speech, SpeechNews::FellBack { from: device(), why, to });
        assert!(h.find(sentence).is_some() && h.find(next).is_some(), "{}", h.screen());
        assert!(h.find("unplugged").is_some());
        let bar = h.rows().into_iter().find(|row| row.contains("▶ Cherry")).unwrap();
        assert!(bar.contains("/home/me/speech/tides.wav"), "{bar}");
    }
}

#[test]
fn a_failure_is_told_once_and_the_text_stays() {
    let (mut h, speech) = in_the_midst(settings(), (80, 24));
    let kind = NoticeKind::ServerFailed { status: 500 };
    news(&mut h, speech, SpeechNews::Ended(SpeechEnd::Failed(Notice::new(kind))));
    assert!(h.find("The service failed").is_some(), "{}", h.screen());
    assert_eq!(h.find("▶ Cherry"), None);
    assert!(h.find("Twice a day it rises.").is_some());
    // What it says after its last word is nobody's.
    news(&mut h, speech, SpeechNews::Sentence(3));
    assert_eq!((h.find("▶ Cherry"), underlined(&h)), (None, String::new()));
}

#[test]
fn what_it_cost_is_shown_for_a_while_after_the_end() {
    let (mut h, speech) = in_the_midst(settings(), (120, 40));
    assert!(h.find("¥0.0021 / ≈ ¥0.00").is_some(), "{}", h.screen());
    let spent = SpeechNews::Spent { money: Some(yuan("0.0098")), estimated: false, kept: 1 };
    news(&mut h, speech, spent);
    news(&mut h, speech, SpeechNews::Ended(SpeechEnd::Whole));
    let bar = h.rows().into_iter().find(|row| row.contains("✓ Cherry  read")).unwrap();
    assert!(bar.contains("¥0.0098") && bar.contains("1 cached") && !bar.contains('≈'), "{bar}");
    h.pass(5_000);
    assert_eq!(h.find("Cherry"), None, "{}", h.screen());
    assert_eq!(h.state.deadline(h.now), None, "nothing waits");
}

#[test]
fn the_order_holds_when_the_reader_has_no_room() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("One. Two. ");
    h.effects();
    h.full = Some(Inbox::Speech);
    h.key("alt+'");
    h.delta("Three. ");
    assert_eq!(commands(&mut h), []);
    h.full = None;
    h.delta("Four. Fi");
    assert_eq!(commands(&mut h), [], "it does not overtake");
    h.pass(100);
    let all = commands(&mut h);
    assert!(matches!(all[0], SpeechCommand::Begin { .. }), "{all:?}");
    assert_eq!(sentences(&all), ["One.", "Two.", "Three.", "Four."]);
}

#[test]
fn a_model_with_a_voice_of_its_own_is_asked_to_speak_and_heard() {
    let omni = ModelId::new("qwen3-omni-flash");
    let speech = Usual { auto: true, ..Usual::default() };
    let mut h = Harness::with(Settings { model: omni.clone(), speech, ..settings() }, (80, 24));
    h.keys("question<enter>");
    let effects = h.effects();
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Chat(ChatCommand::Start { request, .. }) => request.params.voice.clone(),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some("Cherry"));
    h.delta("Spoken words. ");
    assert_eq!(commands(&mut h), [], "nobody else reads them");
    h.turn_says(h.turn(), TurnEvent::Audio(vec![1, 0, 2, 0]));
    h.turn_says(h.turn(), TurnEvent::Audio(vec![3, 0]));
    h.done();
    let heard = commands(&mut h);
    let SpeechCommand::Play { speech } = heard[0] else { panic!("{heard:?}") };
    let samples = |pcm: &[u8]| SpeechCommand::Samples { speech, pcm: pcm.to_vec() };
    assert_eq!(
        heard[1..],
        [samples(&[1, 0, 2, 0]), samples(&[3, 0]), SpeechCommand::Finish(speech)]
    );
    assert!(h.find("▶ qwen3-omni-flash").is_some(), "{}", h.screen());
    h.keys("<tab>.");
    assert!(h.find("its sound is one piece").is_some(), "{}", h.screen());
    // Heard again it costs nothing: the sound is still there.
    news(&mut h, speech, SpeechNews::Ended(SpeechEnd::Whole));
    h.keys("s");
    let again = commands(&mut h);
    let SpeechCommand::Play { speech } = again[0] else { panic!("{again:?}") };
    let pcm = vec![1, 0, 2, 0, 3, 0];
    assert_eq!(again[1..], [SpeechCommand::Samples { speech, pcm }, SpeechCommand::Finish(speech)]);
}

#[test]
fn an_answer_that_brought_no_sound_after_all_is_read() {
    let omni = ModelId::new("qwen3-omni-flash");
    let speech = Usual { auto: true, ..Usual::default() };
    let mut h = Harness::with(Settings { model: omni, speech, ..settings() }, (80, 24));
    h.exchange("question", "Only text came.");
    assert_eq!(sentences(&commands(&mut h)), ["Only text came."]);
    // Unasked a model is not made to speak, which would cost.
    let mut h =
        Harness::with(Settings { model: ModelId::new("qwen3-omni-flash"), ..settings() }, (80, 24));
    h.keys("question<enter>");
    assert_eq!(h.requests()[0].params.voice, None);
}

#[test]
fn the_choice_comes_back_with_its_conversation() {
    let mut h = Harness::new();
    h.exchange("one", "First answer.");
    h.effects();
    h.keys("<alt+;>dylan<enter>");
    let stored = h.stored();
    let saved = stored.into_iter().find_map(|command| match command {
        StoreCommand::SaveConversation(conversation) => Some(conversation),
        _ => None,
    });
    let conversation = saved.expect("it is kept");
    let messages = h.state.conversations().shown().entries().iter().map(Entry::to_message);
    let last = SavedConversation {
        conversation,
        messages: messages.collect(),
        draft: String::new(),
        attached: Vec::new(),
        queue: Vec::new(),
        place: None,
    };
    let mut h = Harness::new();
    let event = StoreEvent::Restored { last: Some(Box::new(last)), history: Vec::new() };
    h.says(ServiceEvent::Store(event));
    h.effects();
    h.key("alt+'");
    assert_eq!(begun(&commands(&mut h)).1.voice, "Dylan");
    // Its parameters still follow the settings.
    assert!(h.state.conversations().shown().params == settings().params);
}

#[test]
fn every_wish_has_a_key() {
    for wish in Wish::ALL {
        let action = Action::Speech(*wish);
        assert!(lian::input::bindings::BINDINGS.iter().any(|b| b.action == action), "{wish:?}");
    }
}

/// One notice of every kind, with every argument that changes the sentence.
pub(crate) fn every_notice() -> Vec<AloudNotice> {
    let (model, voice) = (ModelId::new("qwen3-tts-flash"), "Cherry".to_owned());
    let before = |rate| Before { model: model.clone(), voice: voice.clone(), rate };
    let money = yuan("0.8");
    let units = [Unit::TenThousandCharacters, Unit::MillionTokens, Unit::Second];
    let priced = units.map(|unit| AloudNotice::Before(Box::new(before(Some((money, unit))))));
    let instead = "Ethan".to_owned();
    let other = OtherVoice { voice: voice.clone(), model: model.clone(), instead };
    let mut all = vec![
        AloudNotice::Nothing,
        AloudNotice::Silent,
        AloudNotice::OnePiece,
        AloudNotice::Before(Box::new(before(None))),
        AloudNotice::Auto { on: true },
        AloudNotice::Auto { on: false },
        AloudNotice::NotOfModel(Box::new(other)),
        AloudNotice::NoVoice { model: model.clone() },
        AloudNotice::Chosen { voice: voice.clone() },
        AloudNotice::Default { voice: voice.clone(), model: model.clone() },
    ];
    all.extend(priced);
    let file = |path: &str| SinkName::File { path: path.to_owned() };
    let by =
        |device: &str, by: &str| SinkName::Device { device: device.to_owned(), by: by.to_owned() };
    let program = SinkName::Program { name: "aplay".to_owned() };
    let places = [by("", "lian-player"), by("Speakers", "lian-player"), by("", "ssh"), program];
    let whys = [
        FaultKind::NoDevice,
        FaultKind::DeviceLost,
        FaultKind::Slow,
        FaultKind::Format,
        FaultKind::Garbage,
        FaultKind::Ended,
        FaultKind::NotStarted,
        FaultKind::NotWritten,
        FaultKind::NoSink,
    ];
    for (at, why) in whys.into_iter().enumerate() {
        let to = file(if at % 2 == 0 { "" } else { "/tmp/a.wav" });
        let fell = FellBack { from: places[at % places.len()].clone(), why, to };
        all.push(AloudNotice::FellBack(Box::new(fell)));
    }
    all
}

/// The frame below its size.
fn framed(h: &Harness) -> String {
    let (width, height) = (h.buffer().area.width, h.buffer().area.height);
    format!("{width}x{height}\n{}", h.screen())
}

#[test]
fn snapshots() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(80, 24), (120, 40), (200, 60)] {
            let (h, _) = in_the_midst(Settings { language, ..settings() }, size);
            insta::assert_snapshot!(format!("bar_{name}_{}x{}", size.0, size.1), framed(&h));
        }
    }
    let (mut h, _) = in_the_midst(settings(), (80, 24));
    insta::assert_snapshot!("heard_styles_80x24", h.styles());
    h.keys("<tab> ");
    insta::assert_snapshot!("paused_en_80x24", framed(&h));
    h.resize(40, 12);
    insta::assert_snapshot!("paused_en_40x12", framed(&h));
    h.resize(20, 5);
    insta::assert_snapshot!("paused_en_20x5", framed(&h));
}
