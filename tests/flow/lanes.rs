//! One question to several models: how they are marked, how their answers come side by side, how
//! one is picked, and what is left of the others.

use std::time::Duration;

use lian::domain::chat::{ChatCommand, Message, TurnEnd, TurnEvent, TurnTiming, Usage};
use lian::domain::conversations::{SavedConversation, StoreCommand, StoreEvent};
use lian::domain::ids::TurnId;
use lian::domain::notice::{Notice, NoticeKind, Throttle};
use lian::domain::settings::{Language, Settings};
use lian::effect::Effect;
use lian::event::ServiceEvent;

use crate::harness::{Harness, complete, delta, ended, numbered, settings};

/// Three models asked the same; the turns in their order.
fn asked(language: Language, size: (u16, u16)) -> (Harness, Vec<TurnId>) {
    let mut h = Harness::with(Settings { language, ..settings() }, size);
    h.keys("/compare qwen-plus qwen-max qwen-flash<enter>");
    h.paste("What is an async task? 请简短回答。").keys("<enter>");
    let turns = h.turns().to_vec();
    assert_eq!(turns.len(), 3);
    (h, turns)
}

/// A good end with figures of its own.
fn well(first_ms: u64, output: u64) -> TurnEvent {
    TurnEvent::Ended {
        end: TurnEnd::Complete,
        usage: Some(Usage { input: 20, output, ..Usage::default() }),
        finish: None,
        timing: TurnTiming {
            first_token: Some(Duration::from_millis(first_ms)),
            streaming: Some(Duration::from_secs(2)),
            attempts: 1,
        },
    }
}

fn framed(h: &Harness) -> String {
    let (width, height) = (h.buffer().area.width, h.buffer().area.height);
    format!("{width}x{height}\n{}", h.screen())
}

fn cancelled(h: &mut Harness) -> Vec<TurnId> {
    let cancel = |effect| match effect {
        Effect::Chat(ChatCommand::Cancel(turn)) => Some(turn),
        _ => None,
    };
    h.effects().into_iter().filter_map(cancel).collect()
}

/// The messages as the store has them after these commands.
fn kept(commands: Vec<StoreCommand>) -> SavedConversation {
    let mut messages: Vec<Message> = Vec::new();
    let mut head = None;
    for command in commands {
        match command {
            StoreCommand::SaveConversation(conversation) => head = Some(conversation),
            StoreCommand::SaveMessage { message, .. } => {
                match messages.iter_mut().find(|known| known.id == message.id) {
                    Some(known) => *known = *message,
                    None => messages.push(*message),
                }
            }
            StoreCommand::AppendText { message, text, reasoning } => {
                let known = messages.iter_mut().find(|known| known.id == message).unwrap();
                known.text.push_str(&text);
                known.reasoning.push_str(&reasoning);
            }
            _ => {}
        }
    }
    SavedConversation {
        conversation: head.expect("a head"),
        messages,
        draft: String::new(),
        attached: Vec::new(),
        queue: Vec::new(),
        place: None,
    }
}

#[test]
fn models_are_marked_in_the_list_and_asked_at_once() {
    let mut h = Harness::with(settings(), (120, 40));
    h.exchange("before", "said");
    h.effects();
    h.keys("<alt+m>qwen-max<space>");
    assert!(h.find("✓ qwen-max").is_some(), "{}", h.screen());
    h.keys("<ctrl+u>qwen-flash<space><enter>");
    assert!(h.find("to 2 models: qwen-max · qwen-flash").is_some(), "{}", h.screen());
    h.ask("the question");
    let requests = h.requests();
    let models: Vec<_> = requests.iter().map(|request| request.model.as_str()).collect();
    assert_eq!(models, ["qwen-max", "qwen-flash"]);
    assert_eq!(requests[0].messages, requests[1].messages);
    assert_eq!(requests[0].messages.len(), 3, "what was said before goes along");
    assert!(h.find("2 answers").is_some() && h.find("to 2 models").is_none(), "{}", h.screen());
    // Only this question went to both.
    for turn in h.turns().to_vec().split_off(1) {
        h.turn_says(turn, delta("text", "")).turn_says(turn, complete());
    }
    h.keys("<enter>");
    h.ask("another");
    assert_eq!(h.requests().len(), 1);
}

#[test]
fn answers_stream_side_by_side_and_do_not_mix() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    for n in 1..=3 {
        for (turn, name) in turns.iter().zip(["one", "two", "three"]) {
            h.turn_says(*turn, delta(&format!("{name}{n} "), ""));
        }
    }
    let row = h.rows().into_iter().find(|row| row.contains("one1")).expect("a row");
    let parts: Vec<_> = row.split('│').map(str::trim).collect();
    assert_eq!(parts, ["one1 one2 one3", "two1 two2 two3", "three1 three2 three3"]);
    h.turn_says(turns[1], well(300, 100));
    assert!(h.find("first token 0.3 s · 50 tok/s").is_some(), "{}", h.screen());
    assert!(h.find("100 tok").is_some() && h.find("¥0.00").is_some(), "{}", h.screen());
    let head = h.rows().into_iter().find(|row| row.contains("qwen-max")).unwrap();
    assert_eq!(head.matches("answering").count(), 2, "{head}");
}

#[test]
fn on_a_narrow_screen_they_stand_below_each_other() {
    let (mut h, turns) = asked(Language::En, (80, 24));
    for (turn, name) in turns.iter().zip(["one", "two", "three"]) {
        h.turn_says(*turn, delta(&format!("text {name}"), ""));
    }
    let rows: Vec<_> = ["one", "two", "three"].map(|name| h.find(&format!("text {name}"))).into();
    assert!(rows.windows(2).all(|pair| pair[0] < pair[1]) && rows[0].is_some(), "{}", h.screen());
    // Where even that is too much, the marked one has the room.
    h.resize(40, 12);
    assert!(h.find("text one").is_some() && h.find("text two").is_none(), "{}", h.screen());
    h.keys("l");
    assert!(h.find("text two").is_some() && h.find("text one").is_none(), "{}", h.screen());
    for size in [(20, 5), (3, 2), (1, 1), (0, 0), (200, 60)] {
        h.resize(size.0, size.1);
    }
    assert!(h.find("text three").is_some(), "{}", h.screen());
}

#[test]
fn they_look_well_on_every_screen() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(80, 24), (120, 40), (200, 60)] {
            let (mut h, turns) = asked(language, size);
            let text = "An **async task** is a job:\n\n1. it is sent,\n2. it is asked for.\n\n异步任务先提交，再查询。\n";
            h.turn_says(turns[0], delta(text, "")).turn_says(turns[0], well(420, 120));
            h.turn_says(turns[1], delta("", "The user wants a short answer."));
            let failed = TurnEnd::Failed(Notice::new(NoticeKind::Cut));
            h.turn_says(turns[2], delta("A task that", "")).turn_says(turns[2], ended(failed));
            let at = format!("lanes_{name}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(at, framed(&h));
        }
    }
}

#[test]
fn one_that_fails_does_not_disturb_the_others() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    let notice = Notice::new(NoticeKind::Throttled { kind: Throttle::Requests, tries: 0 });
    let wait = Duration::from_secs(5);
    h.turn_says(turns[0], TurnEvent::Waiting { notice, wait, attempt: 2 });
    assert!(h.find("next try (2)").is_some() && h.find("in 5 s").is_some(), "{}", h.screen());
    h.pass(2_000);
    assert!(h.find("in 3 s").is_some(), "{}", h.screen());
    let failed = TurnEnd::Failed(Notice::new(NoticeKind::ServerFailed { status: 500 }));
    h.turn_says(turns[0], ended(failed));
    h.turn_says(turns[1], delta("goes on", "")).turn_says(turns[1], complete());
    assert!(h.find("no answer").is_some() && h.find("goes on").is_some(), "{}", h.screen());
    h.turn_says(turns[2], delta("this too", ""));
    assert!(h.find("this too").is_some() && h.state.answering());
    h.turn_says(turns[2], complete());
    assert!(!h.state.answering());
}

#[test]
fn esc_stops_all_and_then_closes() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    h.turn_says(turns[0], delta("first half", ""));
    h.turn_says(turns[1], complete());
    h.effects();
    h.keys("<esc>");
    assert_eq!(cancelled(&mut h), [turns[0], turns[2]]);
    assert!(h.find("first half").is_some() && h.find("unfinished").is_some(), "{}", h.screen());
    h.turn_says(turns[0], delta(" and more", ""));
    assert!(h.find("and more").is_none(), "late words are dropped");
    h.keys("<esc>");
    assert!(h.find("3 answers").is_none() && h.find("first half").is_some(), "{}", h.screen());
}

#[test]
fn the_picked_one_goes_on_and_the_others_stay_as_branches() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    for (turn, name) in turns.iter().zip(["one", "two", "three"]) {
        h.turn_says(*turn, delta(&format!("answer {name}"), ""));
    }
    h.turn_says(turns[0], complete()).turn_says(turns[1], complete());
    h.effects();
    // The third still arrives and is not wanted.
    h.keys("l<enter>");
    assert_eq!(cancelled(&mut h), [turns[2]]);
    assert!(h.find("answer two").is_some() && h.find("‹2/3›").is_some(), "{}", h.screen());
    assert!(h.row(0).contains("qwen-max"), "{}", h.row(0));
    h.ask("and then?");
    let request = h.requests().remove(0);
    assert_eq!(request.model.as_str(), "qwen-max");
    let said: Vec<_> = request.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(said[1..], ["answer two", "and then?"]);
    h.delta("then").done();
    h.keys("<alt+2>{{<lt>");
    assert!(h.find("answer one").is_some() && h.find("‹1/3›").is_some(), "{}", h.screen());
    h.keys("|");
    assert!(h.find("3 answers").is_some() && h.find("answer three").is_some(), "{}", h.screen());
}

#[test]
fn picking_one_that_still_arrives_lets_it_go_on() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    h.turn_says(turns[2], delta("the best", ""));
    h.effects();
    h.keys("ll<enter>");
    assert_eq!(cancelled(&mut h), turns[..2]);
    h.turn_says(turns[2], delta(" of all", "")).turn_says(turns[2], complete());
    assert!(h.find("the best of all").is_some() && !h.state.answering(), "{}", h.screen());
}

#[test]
fn a_restart_shows_all_answers_as_branches() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    for (turn, name) in turns.iter().zip(["one", "two", "three"]) {
        h.turn_says(*turn, delta(&format!("answer {name}"), ""));
        h.turn_says(*turn, delta(", in pieces", ""));
        h.pass(300);
    }
    h.turn_says(turns[1], complete());
    h.keys("l");
    let mut commands = h.stored();
    commands.extend(h.state.last_words(h.now).into_iter().filter_map(|effect| match effect {
        Effect::Store(command) => Some(command),
        _ => None,
    }));
    let last = Some(Box::new(kept(commands)));
    let mut again = Harness::new();
    again.says(ServiceEvent::Store(StoreEvent::Restored { last, history: Vec::new() }));
    assert!(again.find("answer two, in pieces").is_some(), "{}", again.screen());
    assert!(again.find("‹2/3›").is_some(), "{}", again.screen());
    again.keys("<alt+2><lt>");
    assert!(again.find("answer one, in pieces").is_some(), "{}", again.screen());
    again.keys(">>");
    assert!(again.find("answer three, in pieces").is_some(), "{}", again.screen());
    again.resize(120, 40).keys("|");
    assert!(again.find("answer one").is_some() && again.find("answer two").is_some());
}

#[test]
fn what_cannot_be_compared_is_said() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("/compare qwen-plus<enter>");
    assert!(h.find("Two to four models").is_some(), "{}", h.screen());
    h.keys("<esc>/compare qwen-plus, qwen-plus<enter>");
    assert!(h.find("Two to four models").is_some(), "the same twice is one\n{}", h.screen());
    h.keys("<esc>/compare qwen-plus wan2.5-t2v-preview<enter>");
    assert!(h.find("wan2.5-t2v-preview is for something else").is_some(), "{}", h.screen());
    h.keys("<esc>/compare a b c d e<enter>");
    assert!(h.find("Two to four models").is_some(), "{}", h.screen());
    h.keys("<esc>/compare my-own other-one<enter>");
    assert!(h.find("to 2 models: my-own · other-one").is_some(), "any id may be asked");
    h.keys("<esc>");
    assert!(h.find("to 2 models").is_none(), "{}", h.screen());
    h.keys("/compare qwen-plus qwen-max<enter>/compare off<enter>");
    assert!(h.find("to 2 models").is_none(), "{}", h.screen());
    // Answers to one question there are none of yet.
    h.exchange("q", "a").keys("<alt+2>|");
    assert!(h.find("There is nothing").is_some(), "{}", h.screen());
}

#[test]
fn a_fifth_model_and_one_for_pictures_are_not_marked() {
    let mut h = Harness::with(settings(), (120, 40));
    // Between two words a blank is a blank.
    h.keys("<alt+m>通义 max");
    assert!(h.find(" marked;").is_none() && h.find("通义 max").is_some(), "{}", h.screen());
    h.keys("<space><space>");
    assert!(h.find("1 marked; 2 to 4 are asked at once").is_some(), "{}", h.screen());
    h.keys("<space><ctrl+u>wan2.5-t2v-plus<space>");
    assert!(h.find("is for something else").is_some(), "{}", h.screen());
    for model in ["m-1", "m-2", "m-3", "m-4", "m-5"] {
        h.keys("<ctrl+u>").paste(model).key("alt+>").keys("<space>");
    }
    assert!(h.find("4 marked; 2 to 4 are asked at once").is_some(), "{}", h.screen());
    assert!(h.find("Two to four models").is_some(), "{}", h.screen());
}

#[test]
fn the_price_before_sending_is_the_sum() {
    let mut h = Harness::with(settings(), (120, 40));
    let price = |h: &Harness| {
        let row = h.rows().into_iter().find(|row| row.contains("≥ ¥"))?;
        let rest = row.split("≥ ¥").nth(1)?.split_whitespace().next()?.to_owned();
        rest.parse::<rust_decimal::Decimal>().ok()
    };
    let text = numbered(4_000, |n| format!("word {n} "));
    let mut of = |models: &str| {
        h.keys(&format!("/compare {models}<enter>")).paste(&text);
        let price = price(&h).unwrap_or_else(|| panic!("no price\n{}", h.screen()));
        h.keys("<esc><ctrl+u><ctrl+u>").keys("<backspace>");
        price
    };
    let (plus, max) = ("qwen-plus qwen-turbo", "qwen-max qwen-turbo");
    let all = of("qwen-plus qwen-max qwen-turbo");
    let (plus, max) = (of(plus), of(max));
    assert!(all > plus && all > max && all < plus + max, "{all} {plus} {max}");
}

#[test]
fn a_comparison_waits_for_the_answer_that_arrives() {
    let mut h = Harness::new();
    h.ask("first");
    h.keys("/compare qwen-plus qwen-max<enter>second<enter>");
    assert_eq!(h.turns().len(), 1);
    assert_eq!(h.state.composer().text(), "second", "{}", h.screen());
    h.done().keys("<enter>");
    assert_eq!(h.turns().len(), 3);
}

#[test]
fn each_answer_is_moved_in_by_itself_and_follows_its_end() {
    let (mut h, turns) = asked(Language::En, (120, 24));
    for (turn, name) in turns.iter().zip(["one", "two", "three"]) {
        h.turn_says(*turn, delta(&numbered(40, |n| format!("{name} {n}\n\n")), ""));
    }
    assert!(h.find("one 40").is_some() && h.find("two 40").is_some(), "{}", h.screen());
    h.keys("g");
    assert!(h.find("one 1 ").is_some() && h.find("two 40").is_some(), "{}", h.screen());
    h.turn_says(turns[0], delta("one more\n\n", "")).turn_says(turns[1], delta("two more\n\n", ""));
    assert!(h.find("one 1 ").is_some() && h.find("one more").is_none(), "{}", h.screen());
    assert!(h.find("two more").is_some());
    h.keys("<pagedown>");
    assert!(h.find("one 1 ").is_none() && h.find("one 11 ").is_some(), "{}", h.screen());
    h.keys("G");
    h.turn_says(turns[0], delta("one last\n\n", ""));
    assert!(h.find("one last").is_some(), "at its end it follows again\n{}", h.screen());
}

#[test]
fn a_warm_painter_paints_them_as_a_cold_one() {
    let (mut warm, turns) = asked(Language::En, (120, 24));
    let (mut cold, others) = asked(Language::En, (120, 24));
    cold.cold = true;
    let same = |warm: &Harness, cold: &Harness| {
        assert_eq!(warm.buffer(), cold.buffer(), "{}\n{}", warm.screen(), cold.screen());
    };
    for n in 0..30 {
        let text = format!("- line {n} with `code`\n");
        warm.turn_says(turns[n % 3], delta(&text, ""));
        cold.turn_says(others[n % 3], delta(&text, ""));
        same(&warm, &cold);
    }
    for key in ["l", "g", "j", "tab", "k", "esc", "esc", "alt+2", "|", "h"] {
        warm.key(key);
        cold.key(key);
        same(&warm, &cold);
    }
}

#[test]
fn another_conversation_is_not_covered_by_them() {
    let (mut h, turns) = asked(Language::En, (120, 40));
    h.keys("<ctrl+n>");
    assert!(h.find("A new conversation").is_some(), "{}", h.screen());
    h.turn_says(turns[0], delta("goes on", "")).turn_says(turns[0], complete());
    h.turn_says(turns[1], complete()).turn_says(turns[2], complete());
    assert!(!h.state.answering());
    h.keys("<alt+pageup>");
    assert!(h.find("goes on").is_some() && h.find("‹1/3›").is_some(), "{}", h.screen());
}
