//! The inspector: raw request and answer of the message one is at, each try of its own, both
//! sides, found and copied, on every screen and in both languages.

use std::time::Duration;

use lian::domain::chat::{ChatCommand, TurnEvent};
use lian::domain::ids::TurnId;
use lian::domain::inspector::{Came, Exchange, Inspected, Outcome, Part, Raw, Sent};
use lian::domain::models::ModelId;
use lian::domain::notice::{Notice, NoticeKind, Throttle};
use lian::domain::settings::{Language, Settings};
use lian::domain::surface::Via;
use lian::effect::{Effect, TerminalCommand};
use lian::event::ServiceEvent;
use lian::input::PointerKind;

use crate::harness::{Harness, numbered, settings};

fn raw(text: &str) -> Raw {
    Raw { bytes: text.len() as u64, parts: vec![Part::Text(text.to_owned())] }
}

fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A try that was throttled.
fn refused(turn: TurnId) -> Exchange {
    let body =
        r#"{"model":"qwen-plus","messages":[{"role":"user","content":"你好"}],"stream":true}"#;
    Exchange {
        turn,
        attempt: 1,
        model: ModelId::new("qwen-plus"),
        via: Via::USUAL,
        sent_ms: (14 * 60 + 1) * 60_000 + 7_000,
        sent: Some(Sent {
            method: "POST".to_owned(),
            url: "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions".to_owned(),
            headers: pairs(&[
                ("accept", "text/event-stream, application/json"),
                ("authorization", "Bearer sk-***"),
            ]),
            body: raw(body),
        }),
        came: Some(Came {
            status: 429,
            after: Duration::from_millis(120),
            headers: pairs(&[("retry-after", "2"), ("x-request-id", "req-1")]),
            body: raw(r#"{"error":{"code":"limit_requests","message":"slow down"}}"#),
        }),
        took: Duration::from_millis(130),
        outcome: Outcome::Failed(Notice::new(NoticeKind::Throttled {
            kind: Throttle::Requests,
            tries: 0,
        })),
    }
}

/// The try after it, with an answer of many events.
fn answered(turn: TurnId) -> Exchange {
    let mut body = numbered(60, |n| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"word {n}\"}}}}]}}\n\n")
    });
    body.push_str("data: [DONE]\n\n");
    let mut sent = refused(turn).sent.unwrap();
    sent.body = Raw {
        bytes: 41_000,
        parts: vec![
            Part::Text(r#"{"url":"data:image/png;base64,iVBORw0K"#.to_owned()),
            Part::Data { bytes: 30_000 },
            Part::Text(r#"","n":1}"#.to_owned()),
        ],
    };
    Exchange {
        attempt: 2,
        sent: Some(sent),
        came: Some(Came {
            status: 200,
            after: Duration::from_millis(300),
            headers: pairs(&[("content-type", "text/event-stream"), ("x-request-id", "req-2")]),
            body: raw(&body),
        }),
        took: Duration::from_millis(1_800),
        outcome: Outcome::Whole,
        ..refused(turn)
    }
}

/// The turns that are asked about now.
fn asked(h: &mut Harness) -> Vec<TurnId> {
    let ask = |effect| match effect {
        Effect::Chat(ChatCommand::Inspect(turns)) => Some(turns),
        _ => None,
    };
    h.effects().into_iter().filter_map(ask).next_back().expect("the service is asked")
}

fn tell(h: &mut Harness, turns: Vec<TurnId>, exchanges: Vec<Exchange>) {
    h.says(ServiceEvent::Inspected(Inspected { turns, exchanges }));
}

/// Open over an answer that took two tries.
fn open(language: Language, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(Settings { language, ..settings() }, size);
    h.exchange("你好", "answer");
    let turn = h.turn();
    h.keys("<alt+2>J");
    assert_eq!(asked(&mut h), [turn]);
    tell(&mut h, vec![turn], vec![refused(turn), answered(turn)]);
    h
}

fn framed(h: &Harness) -> String {
    let (width, height) = (h.buffer().area.width, h.buffer().area.height);
    format!("{width}x{height}\n{}", h.screen())
}

#[test]
fn both_sides_of_every_try_are_shown() {
    let mut h = open(Language::En, (80, 24));
    assert!(h.find("Request 2 of 2").is_some() && h.find("HTTP 200").is_some(), "{}", h.screen());
    assert!(h.find("data: {\"choices\"").is_some() && h.find("14:01:07").is_some());
    h.keys("<tab>");
    assert!(h.find("POST https://dashscope").is_some(), "{}", h.screen());
    assert!(h.find("authorization: Bearer sk-***").is_some(), "{}", h.screen());
    // A body is set in, and a picture is one word.
    assert!(
        h.find("  \"url\": \"data:image/png;base64,iVBORw0K…⟨30,000 bytes of data⟩\"").is_some()
    );
    h.keys("[");
    assert!(h.find("Request 1 of 2").is_some() && h.find("\"content\": \"你好\"").is_some());
    h.keys("<tab>");
    assert!(h.find("HTTP 429").is_some() && h.find("limit_requests").is_some(), "{}", h.screen());
    assert!(h.find("retry-after: 2").is_some());
    h.keys("[]]]");
    assert!(h.find("Request 2 of 2").is_some(), "it ends at the last one");
    h.keys("q");
    assert!(h.find("Request 2").is_none() && h.find("answer").is_some(), "{}", h.screen());
}

#[test]
fn it_looks_well_on_every_screen() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(40, 12), (80, 24), (120, 40)] {
            let mut h = open(language, size);
            insta::assert_snapshot!(format!("came_{name}_{}x{}", size.0, size.1), framed(&h));
            h.keys("[<tab>");
            insta::assert_snapshot!(format!("sent_{name}_{}x{}", size.0, size.1), framed(&h));
        }
    }
    // Nothing is too small for it.
    open(Language::En, (20, 5)).resize(3, 2).resize(0, 0);
}

#[test]
fn it_scrolls_with_keys_and_wheel_and_stops_at_the_end() {
    let mut h = open(Language::En, (80, 24));
    let first = h.screen();
    h.keys("<pagedown>");
    assert!(h.find("HTTP 200").is_none(), "{}", h.screen());
    h.keys("<pageup>");
    assert_eq!(h.screen(), first);
    h.keys("Gjjj");
    let last = h.screen();
    assert!(h.find("[DONE]").is_some() && h.find("100%").is_some(), "{last}");
    h.keys("k");
    assert_ne!(h.screen(), last, "one step back is seen at once");
    h.keys("g").mouse(PointerKind::WheelDown, 5, 5);
    assert_ne!(h.screen(), first);
    h.mouse(PointerKind::WheelUp, 5, 5);
    assert_eq!(h.screen(), first);
}

#[test]
fn words_leave_only_the_lines_that_have_them() {
    let mut h = open(Language::En, (80, 24));
    h.keys("/");
    assert!(h.cursor().is_some() && h.find("Only lines with these words").is_some());
    h.keys("WORD 3");
    assert!(h.find("word 3\"").is_some() && h.find("word 39").is_some(), "{}", h.screen());
    assert!(h.find("word 4\"").is_none() && h.find("HTTP").is_none(), "{}", h.screen());
    h.keys("<enter>y");
    let copied = h.effects().into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalCommand::Clipboard(text)) => Some(text),
        _ => None,
    });
    assert_eq!(copied.expect("a copy").lines().count(), 11, "3 and 30 to 39");
    h.keys("/zzz");
    assert!(h.find("No line has that in it").is_some(), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.find("HTTP 200").is_some(), "the words are gone, it stays open\n{}", h.screen());
    h.keys("<esc>");
    assert!(h.find("HTTP 200").is_none());
}

#[test]
fn all_of_a_side_is_copied_without_the_key() {
    let mut h = open(Language::En, (80, 24));
    h.keys("<tab>y");
    let copied = h.effects().into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalCommand::Clipboard(text)) => Some(text),
        _ => None,
    });
    let copied = copied.expect("a copy");
    assert!(copied.starts_with("POST https://") && copied.ends_with("\"n\": 1\n}"), "{copied}");
    assert!(copied.contains("authorization: Bearer sk-***"));
}

#[test]
fn hostile_bytes_are_shown_and_do_no_harm() {
    let mut h = Harness::new();
    h.exchange("q", "a");
    let turn = h.turn();
    h.keys("<alt+2>J");
    let turns = asked(&mut h);
    let mut hostile = answered(turn);
    let came = hostile.came.as_mut().unwrap();
    came.body = raw("<html>\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil\u{9b}31m\0 \u{fffd} 你好");
    came.headers = pairs(&[("x-evil\u{1b}[31m", "\u{1b}[2J\r\nx")]);
    tell(&mut h, turns, vec![hostile]);
    let screen = h.screen();
    let harmless = |c: char| c == '\n' || (!c.is_control() && c != '\u{202e}');
    assert!(screen.chars().all(harmless), "{screen:?}");
    assert!(h.find("⟨1B⟩]0;owned⟨7⟩⟨1B⟩[2J⟨202E⟩evil").is_some(), "{screen}");
    h.keys("y");
    let copied = h.effects().into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalCommand::Clipboard(text)) => Some(text),
        _ => None,
    });
    assert!(copied.expect("a copy").chars().all(harmless));
}

#[test]
fn it_is_for_the_marked_answer_and_for_the_last_one_from_the_message() {
    let mut h = Harness::new();
    h.exchange("first", "answer 1");
    let first = h.turn();
    h.ask("second");
    h.fails(NoticeKind::Cut);
    let second = h.turn();
    h.keys("<alt+2>{{J");
    assert_eq!(asked(&mut h), [first]);
    h.keys("J{J");
    assert_eq!(asked(&mut h), [first], "a question means its answer");
    h.keys("q<alt+1>/inspect<enter>");
    assert_eq!(asked(&mut h), [second], "an answer that failed counts too");
    // Going on with it adds a turn to the same answer.
    h.keys("<esc><alt+c>");
    let third = h.turn();
    h.keys("<alt+2>J");
    assert_eq!(asked(&mut h), [second, third]);
}

#[test]
fn while_it_is_open_it_follows_what_happens() {
    let mut h = Harness::new();
    let turn = h.ask("q");
    h.keys("<alt+2>J");
    let turns = asked(&mut h);
    let running = Exchange { came: None, outcome: Outcome::Running, ..answered(turn) };
    tell(&mut h, turns.clone(), vec![running]);
    assert!(h.find("Nothing has come back yet").is_some(), "{}", h.screen());
    let notice = Notice::new(NoticeKind::Throttled { kind: Throttle::Requests, tries: 0 });
    let wait = Duration::from_secs(2);
    h.turn_says(turn, TurnEvent::Waiting { notice, wait, attempt: 2 });
    assert_eq!(asked(&mut h), turns);
    tell(&mut h, turns.clone(), vec![refused(turn)]);
    assert!(h.find("HTTP 429").is_some(), "{}", h.screen());
    h.keys("r");
    assert_eq!(asked(&mut h), turns);
    h.done();
    assert_eq!(asked(&mut h), turns);
    tell(&mut h, turns.clone(), vec![refused(turn), answered(turn)]);
    assert!(h.find("Request 2 of 2").is_some(), "{}", h.screen());
    // What is told late about another answer is not shown.
    tell(&mut h, vec![TurnId(1)], Vec::new());
    assert!(h.find("Request 2 of 2").is_some(), "{}", h.screen());
}

#[test]
fn of_what_is_not_remembered_it_says_so() {
    let mut h = Harness::new();
    h.keys("<alt+2>J");
    assert!(h.find("There is nothing to").is_some(), "{}", h.screen());
    h.exchange("q", "a");
    h.keys("<alt+2>J");
    let turns = asked(&mut h);
    tell(&mut h, turns, Vec::new());
    assert!(h.find("keeps the last 32").is_some(), "{}", h.screen());
}

#[test]
fn a_long_line_is_filled_row_by_row_and_all_of_it_is_reached() {
    let mut h = Harness::new();
    h.exchange("q", "a");
    let turn = h.turn();
    h.keys("<alt+2>J");
    let turns = asked(&mut h);
    let mut long = answered(turn);
    let line = numbered(1_000, |n| format!("{n:05}"));
    long.came.as_mut().unwrap().body = raw(&format!("{line}\nlast line"));
    tell(&mut h, turns, vec![long]);
    let digits = |h: &Harness| -> Vec<String> {
        let rows = h.rows().into_iter().skip(5);
        rows.map(|row| row.trim().to_owned())
            .filter(|row| !row.is_empty() && row.chars().all(|c| c.is_ascii_digit()))
            .collect()
    };
    let mut all = String::new();
    loop {
        let rows = digits(&h);
        let (last, full) = rows.split_last().expect("rows");
        assert!(full.iter().all(|row| row.len() == 78), "{}", h.screen());
        let shown = [full.concat(), last.clone()].concat();
        // A page keeps something of the one before.
        let known = (0..=shown.len()).rev().find(|n| all.ends_with(&shown[..*n])).unwrap();
        assert!(all.is_empty() || known > 0, "nothing is skipped\n{}", h.screen());
        all.push_str(&shown[known..]);
        if h.find("last line").is_some() {
            break;
        }
        h.keys("<pagedown>");
    }
    assert_eq!(all, line);
}
