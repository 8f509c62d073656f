//! The form for a video or a picture: typed, chosen, switched, checked, priced, sent - one task or
//! a batch - and given back when it was not taken.

use lian::domain::errands::{Errand, ErrandEvent};
use lian::domain::jobs::{Media, Value};
use lian::domain::ledger::Standing;
use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::settings::{Budget, Language, Settings};
use lian::domain::tasks::book::{Order, TaskCommand, TaskEvent};
use lian::effect::Effect;
use lian::event::ServiceEvent;

use crate::harness::{Harness, settings};
use crate::tasks::{commands, says};

/// The wishes that were sent.
fn orders(h: &mut Harness) -> Vec<Order> {
    let submit = |command| match command {
        TaskCommand::Submit { orders, .. } => Some(orders),
        _ => None,
    };
    commands(h).into_iter().filter_map(submit).flatten().collect()
}

fn looks(h: &mut Harness) -> Vec<String> {
    let look = |effect| match effect {
        Effect::Errand(Errand::Look { path }) => Some(path),
        _ => None,
    };
    h.effects().into_iter().filter_map(look).collect()
}

/// To the row of a field.
fn go_to(h: &mut Harness, name: &str) {
    for _ in 0..30 {
        if h.rows().iter().any(|row| row.contains(&format!("▸ {name}"))) {
            return;
        }
        h.key("down");
    }
    panic!("no row {name}: {}", h.screen());
}

#[test]
fn a_video_is_two_enters_away_and_the_price_is_seen_before() {
    let mut h = Harness::with(settings(), (80, 24));
    h.keys("/video a paper boat<enter>");
    assert!(h.screen().contains("New video"), "{}", h.screen());
    assert!(h.screen().contains("≈ ¥") && h.screen().contains(" s of "), "{}", h.screen());
    assert!(commands(&mut h).iter().all(|command| *command == TaskCommand::List));
    h.keys("<enter>");
    let sent = orders(&mut h);
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].title.as_str(), sent[0].batch), ("a paper boat", None));
    assert!(sent[0].price.is_some() && sent[0].tag.is_some());
    assert!(h.screen().contains("The task is in line."), "{}", h.screen());
}

#[test]
fn without_words_the_prompt_is_typed_first() {
    let mut h = Harness::with(settings(), (80, 24));
    h.key("alt+6");
    h.paste("灯笼漂过河面").keys("<enter>");
    assert!(h.rows().iter().any(|row| row.contains("▸ Send")), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(orders(&mut h)[0].title, "灯笼漂过河面");
    h.key("alt+7");
    assert!(h.screen().contains("New picture"), "{}", h.screen());
    h.keys("<esc><esc>");
    assert!(!h.screen().contains("New picture"));
}

#[test]
fn what_is_spent_and_the_limit_stand_beside_the_price() {
    let budget = Budget { day: Some("20".parse().unwrap()), ..Budget::default() };
    let mut h = Harness::with(Settings { budget, ..settings() }, (120, 40));
    h.keys("/video a boat<enter>");
    assert!(h.effects().iter().any(|e| matches!(e, Effect::Errand(Errand::Spent(_)))));
    let standing = Standing { day: "0.43".parse().unwrap(), ..Standing::default() };
    h.says(ServiceEvent::Errand(ErrandEvent::Spent(standing)));
    assert!(h.screen().contains("today ¥0.43 of ¥20.00"), "{}", h.screen());
    h.keys("<enter>");
    let sent = commands(&mut h);
    let [TaskCommand::Submit { gate, .. }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(gate.caps.day, Some("20".parse().unwrap()));
}

#[test]
fn several_lines_are_several_tasks_after_a_question() {
    let mut h = Harness::with(settings(), (80, 24));
    h.key("alt+6");
    h.paste("a boat\n\n  a cat  \na dog").keys("<enter>");
    assert!(h.screen().contains("Send 3 tasks"), "{}", h.screen());
    h.keys("<enter>");
    assert!(orders(&mut h).is_empty() && h.screen().contains("3 tasks · ¥"), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.screen().contains("New video"), "the form is still there: {}", h.screen());
    h.keys("<enter><enter>");
    let sent = orders(&mut h);
    let titles: Vec<_> = sent.iter().map(|order| order.title.as_str()).collect();
    assert_eq!(titles, ["a boat", "a cat", "a dog"]);
    assert!(sent[0].batch.is_some() && sent.iter().all(|order| order.batch == sent[0].batch));
    // The other way: one task with all lines.
    h.key("alt+6");
    h.paste("one\ntwo").keys("<enter><enter><down><enter>");
    let sent = orders(&mut h);
    assert_eq!((sent.len(), sent[0].title.as_str(), sent[0].batch), (1, "one two", None));
}

#[test]
fn faults_are_said_beside_the_field_and_nothing_is_sent() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("/video a boat<enter>");
    h.effects();
    // What is typed and is no value stays and is said.
    go_to(&mut h, "seed");
    h.keys("many<enter>");
    assert!(h.screen().contains("seed is a whole number, not many"), "{}", h.screen());
    h.keys("<alt+enter>");
    assert!(orders(&mut h).is_empty());
    h.keys("<backspace>");
    assert!(!h.screen().contains("whole number, not"), "{}", h.screen());
    h.keys("41<enter><alt+enter>");
    assert_eq!(orders(&mut h)[0].form.get("seed"), Some(&Value::Whole(41)));
    // What is missing is said once it was to be sent.
    h.key("alt+6");
    h.keys("<esc>");
    assert!(!h.screen().contains("must be given"));
    h.keys("<alt+enter>");
    assert!(h.screen().contains("prompt must be given"), "{}", h.screen());
    assert!(orders(&mut h).is_empty());
}

#[test]
fn values_are_chosen_and_stepped_and_the_price_follows() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("/video a boat<enter>");
    go_to(&mut h, "size");
    h.keys("<enter>832<enter>");
    assert!(h.screen().contains("832*480"), "{}", h.screen());
    assert!(h.screen().contains("480P"), "{}", h.screen());
    h.keys("<right>");
    let first = h.screen();
    h.keys("<left>");
    assert_ne!(first, h.screen());
    go_to(&mut h, "prompt_extend");
    h.keys("<enter>");
    assert!(h.rows().iter().any(|row| row.contains("prompt_extend") && row.contains("off")));
    h.keys("<space>");
    assert!(h.rows().iter().any(|row| row.contains("prompt_extend") && row.contains("on")));
    h.keys("<alt+enter>");
    let sent = orders(&mut h);
    assert_eq!(sent[0].form.get("prompt_extend"), Some(&Value::Flag(true)));
}

#[test]
fn another_model_keeps_what_fits_it() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("/video a boat<enter>");
    go_to(&mut h, "model");
    h.keys("<enter>i2v<enter>");
    assert!(h.rows().iter().any(|row| row.contains("▸ model") && row.contains("i2v")));
    assert!(h.screen().contains("a boat"), "{}", h.screen());
    h.keys("<right><left>");
    assert!(h.rows().iter().any(|row| row.contains("▸ model") && row.contains("i2v")));
}

#[test]
fn files_are_looked_at_before_they_are_sent() {
    let mut h = Harness::with(settings(), (120, 40));
    h.keys("/video a boat<enter>");
    go_to(&mut h, "model");
    h.keys("<enter>wan2.5-i2v<enter>");
    h.effects();
    go_to(&mut h, "image");
    h.paste("/nowhere/a.png").keys("<enter>");
    assert_eq!(looks(&mut h), ["/nowhere/a.png"]);
    let told = |path: &str, bytes| {
        ServiceEvent::Errand(ErrandEvent::Looked { path: path.to_owned(), bytes })
    };
    h.says(told("/nowhere/a.png", None));
    assert!(h.screen().contains("There is no file /nowhere/a.png"), "{}", h.screen());
    h.keys("<alt+enter>");
    assert!(orders(&mut h).is_empty());
    go_to(&mut h, "image");
    h.keys("<backspace>").paste("/home/me/huge.png").keys("<enter>");
    h.says(told("/home/me/huge.png", Some(1 << 40)));
    assert!(h.screen().contains("MiB; it may have"), "{}", h.screen());
    go_to(&mut h, "image");
    h.keys("<backspace>").paste("/home/me/cat.gif").keys("<enter>");
    assert!(h.screen().contains("cannot be gif"), "{}", h.screen());
    go_to(&mut h, "image");
    h.keys("<backspace>").paste("/home/me/cat.png").keys("<enter>");
    h.says(told("/home/me/cat.png", Some(1_000)));
    h.keys("<alt+enter>");
    let path = "/home/me/cat.png".to_owned();
    let file = Value::Media(vec![Media::File { path, bytes: Some(1_000) }]);
    assert_eq!(orders(&mut h)[0].form.get("image"), Some(&file));
}

#[test]
fn what_was_not_taken_is_there_again() {
    let mut h = Harness::with(settings(), (80, 24));
    h.keys("/video a boat<enter><enter>");
    let sent = orders(&mut h);
    let notice = Notice::new(NoticeKind::StoreFailed);
    says(&mut h, TaskEvent::NotTaken { orders: sent.clone(), notice });
    assert!(h.screen().contains("a boat"), "{}", h.screen());
    h.keys("<esc>");
    let refused = Effect::Task(TaskCommand::Submit {
        orders: sent,
        gate: lian::domain::ledger::Gate::default(),
    });
    h.says(ServiceEvent::Refused(refused));
    assert!(h.screen().contains("New video") && h.screen().contains("a boat"));
}

#[test]
fn pastes_into_the_form_are_harmless() {
    let mut h = Harness::with(settings(), (80, 24));
    h.key("alt+6");
    h.paste("evil \u{1b}]0;x\u{7} \u{202e}boat").keys("<enter>");
    let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!h.screen().chars().any(bad), "{}", h.screen());
    h.keys("<enter>");
    assert!(!orders(&mut h)[0].title.chars().any(bad));
}

#[test]
fn the_form_at_three_sizes_in_two_languages() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(80, 24), (120, 40), (200, 60)] {
            let mut h = Harness::with(Settings { language, ..settings() }, size);
            h.keys("/video a paper boat<enter>");
            insta::assert_snapshot!(format!("form_{name}_{}x{}", size.0, size.1), h.screen());
        }
    }
}
