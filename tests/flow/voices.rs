//! The list of voices: finding, hearing, choosing, favouring, on every screen.

use lian::domain::money::{Currency, Money};
use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::settings::{Figures, Language, Settings, Speech as Usual};
use lian::domain::speech::aloud::{SpeechCommand, SpeechEnd, SpeechEvent, SpeechNews};
use lian::effect::{Effect, KeptVoice, SettingsCommand};
use lian::event::ServiceEvent;

use crate::harness::{Harness, settings};
use crate::speech::{begun, commands};

/// A program with an answer and the list open.
fn open(settings: Settings, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(settings, size);
    h.exchange("one", "First answer.");
    h.effects();
    h.key("alt+;");
    h
}

/// What the next answer is read by.
fn reader(h: &mut Harness) -> (String, String, Option<String>) {
    h.effects();
    h.key("alt+'");
    let (_, manner) = begun(&commands(h));
    (manner.model.to_string(), manner.voice, manner.language)
}

fn usual(model: &str, voice: &str) -> (String, String, Option<String>) {
    (model.to_owned(), voice.to_owned(), None)
}

#[test]
fn a_voice_is_found_by_its_name_or_its_dialect_and_taken() {
    let mut h = open(settings(), (80, 24));
    assert!(h.find("Voices of qwen3-tts-flash").is_some(), "{}", h.screen());
    assert!(h.find("▸ ●   Cherry").is_some(), "{}", h.screen());
    h.keys("cantonese");
    assert!(h.find("▸     Rocky").is_some() && h.find("Kiki").is_some(), "{}", h.screen());
    assert_eq!(h.find("Ethan"), None);
    h.key("enter");
    assert!(h.find("Rocky reads in this conversation.").is_some(), "{}", h.screen());
    assert_eq!(reader(&mut h), usual("qwen3-tts-flash", "Rocky"));
    // In a new conversation the usual one reads.
    h.key("ctrl+n");
    h.exchange("two", "Second answer.");
    assert_eq!(reader(&mut h), usual("qwen3-tts-flash", "Cherry"));
    // By a name after the command, in Chinese too.
    h.keys("/voice 四川话<enter>");
    assert!(h.find("Sunny").is_some() && h.find("Eric").is_some(), "{}", h.screen());
}

#[test]
fn a_voice_is_heard_by_one_key_and_silent_by_the_same() {
    let mut h = open(settings(), (80, 24));
    h.keys("rocky ");
    let heard = commands(&mut h);
    let (speech, manner) = begun(&heard);
    assert_eq!((manner.voice.as_str(), manner.language), ("Rocky", None));
    let SpeechCommand::Say { sentences, .. } = &heard[1] else { panic!("{heard:?}") };
    assert!(sentences[0].text.contains("我哋"), "its dialect is heard: {sentences:?}");
    assert_eq!(heard[2], SpeechCommand::Finish(speech));
    assert!(h.find("▶ heard now").is_some(), "{}", h.screen());
    h.keys(" ");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
    assert_eq!(h.find("heard now"), None);
    // A voice of every language speaks that of the interface, and says so on the wire.
    h.key("ctrl+u").keys("ethan ");
    let (speech, manner) = begun(&commands(&mut h));
    assert_eq!(manner.language.as_deref(), Some("English"));
    // What is heard belongs to the list.
    h.key("esc");
    assert_eq!(commands(&mut h), [SpeechCommand::Stop(speech)]);
}

#[test]
fn hearing_costs_little_and_says_how_much() {
    let mut h = open(settings(), (120, 40));
    assert!(h.find("¥0.80 per 10,000 characters").is_some(), "{}", h.screen());
    assert!(h.find("to hear it ≈ ¥0.0046, once").is_some(), "{}", h.screen());
    h.keys(" ");
    let (speech, _) = begun(&commands(&mut h));
    let money = Some(Money { amount: "0.0044".parse().unwrap(), currency: Currency::Cny });
    let what = SpeechNews::Spent { money, estimated: false, kept: 0 };
    h.says(ServiceEvent::Speech(SpeechEvent { speech, what }));
    let failed = SpeechEnd::Failed(Notice::new(NoticeKind::ServerFailed { status: 500 }));
    h.says(ServiceEvent::Speech(SpeechEvent { speech, what: SpeechNews::Ended(failed) }));
    assert!(h.find("The service failed").is_some(), "in sight above the list: {}", h.screen());
    h.key("down");
    h.keys(" ");
    assert_eq!(h.find("The service failed"), None, "{}", h.screen());
    // Other prices are said as they are.
    let h = open(Settings { figures: Figures::Seed, ..settings() }, (120, 40));
    assert!(h.find("¥0.01 a second of sound").is_some(), "{}", h.screen());
}

#[test]
fn other_models_have_voices_of_their_own() {
    let mut h = open(settings(), (80, 24));
    h.key("tab");
    assert_eq!(h.find("Voices of qwen3-tts-flash  "), None, "{}", h.screen());
    h.key("backtab");
    assert!(h.find("Voices of qwen3-tts-flash  ").is_some(), "{}", h.screen());
    for _ in 0..9 {
        if h.find("Voices of qwen-tts  ").is_some() {
            break;
        }
        h.key("tab");
    }
    h.keys("jada<enter>");
    assert_eq!(reader(&mut h), usual("qwen-tts", "Jada"));
}

#[test]
fn the_default_is_kept_in_the_file() {
    let mut h = open(settings(), (80, 24));
    h.keys("dylan<alt+enter>");
    let kept = KeptVoice { model: "qwen3-tts-flash".to_owned(), voice: "Dylan".to_owned() };
    let keep = SettingsCommand::KeepVoice(Box::new(kept));
    assert!(h.effects().contains(&Effect::Settings(keep)));
    assert!(h.find("Dylan (qwen3-tts-flash) reads wherever").is_some(), "{}", h.screen());
    h.key("ctrl+n");
    h.exchange("two", "Second answer.");
    assert_eq!(reader(&mut h), usual("qwen3-tts-flash", "Dylan"));
}

#[test]
fn favourites_come_first() {
    let speech = Usual { favourites: vec!["Kiki".to_owned()], ..Usual::default() };
    let mut h = open(Settings { speech, ..settings() }, (80, 24));
    let kiki = h.find("★ Kiki").expect("a favourite");
    assert!(kiki < h.find("Cherry").unwrap(), "{}", h.screen());
    h.keys("roy<alt+f>");
    let keep = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Effect::Settings(SettingsCommand::KeepFavourites(names))
    };
    assert_eq!(h.effects(), [keep(&["Kiki", "Roy"])]);
    assert!(h.find("▸   ★ Roy").is_some(), "the mark stays on it: {}", h.screen());
    h.key("alt+f");
    assert_eq!(h.effects(), [keep(&["Kiki"])]);
}

#[test]
fn the_language_goes_round() {
    let mut h = open(settings(), (120, 40));
    assert!(h.find("language found out by the service").is_some(), "{}", h.screen());
    h.keys("<alt+l><alt+l><alt+l>");
    assert!(h.find("reads in German").is_some(), "{}", h.screen());
    assert!(h.find("Hallo! Das Wetter").is_some(), "{}", h.screen());
    h.key("enter");
    let (_, voice, language) = reader(&mut h);
    assert_eq!((voice.as_str(), language.as_deref()), ("Cherry", Some("German")));
    // A voice of a dialect is not asked for German.
    h.keys("<esc><alt+;>rocky<enter>");
    assert_eq!(reader(&mut h), usual("qwen3-tts-flash", "Rocky"));
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
            let speech = Usual { favourites: vec!["Rocky".to_owned()], ..Usual::default() };
            let mut h = open(Settings { language, speech, ..settings() }, size);
            h.keys("<down><down> ");
            insta::assert_snapshot!(format!("voices_{name}_{}x{}", size.0, size.1), framed(&h));
        }
    }
    let h = open(settings(), (40, 12));
    insta::assert_snapshot!("voices_en_40x12", framed(&h));
}
