//! Money on the screen's side of the ledger: every way of asking carries who pays and how much at
//! most, and what a limit stops is said where the answer would be.

use lian::domain::chat::ChatCommand;
use lian::domain::ledger::{Cap, Gate, Purse, Reached};
use lian::domain::money::{Currency, Money};
use lian::domain::notice::{BudgetNotice, NoticeKind};
use lian::domain::settings::{Budget, Language, Settings};
use lian::effect::Effect;

use crate::harness::{Harness, settings};

fn budget() -> Budget {
    Budget { day: Some("20".parse().unwrap()), loop_after: Some(20), ..Budget::default() }
}

/// The purses of what was asked.
fn purses(h: &mut Harness) -> Vec<Purse> {
    let purse = |effect| match effect {
        Effect::Chat(ChatCommand::Start { purse, .. }) => Some(purse),
        _ => None,
    };
    h.effects().into_iter().filter_map(purse).collect()
}

#[test]
fn every_way_of_asking_carries_who_pays() {
    let mut h = Harness::with(Settings { budget: budget(), ..settings() }, (80, 24));
    let mut subjects = Vec::new();
    let mut check = |h: &mut Harness, way: &str| {
        let purses = purses(h);
        let [purse] = &purses[..] else { panic!("{way}: {purses:?}") };
        assert_eq!(purse.profile, settings().place.profile, "{way}");
        assert_eq!(purse.gate, Gate { override_caps: false, ..budget().gate() }, "{way}");
        subjects.push(purse.subject.expect("an answer"));
    };
    h.keys("one<enter>");
    check(&mut h, "a question");
    h.delta("text").fails(NoticeKind::Cut);
    h.key("alt+c");
    check(&mut h, "the rest of an answer");
    h.keys("two<enter>");
    h.delta(" more").done();
    check(&mut h, "a message that waited");
    h.delta("text").done();
    h.keys("<alt+2>r");
    check(&mut h, "another answer");
    assert_eq!(subjects[0], subjects[1], "the same answer goes on");
    assert!(subjects[1] != subjects[2] && subjects[2] != subjects[3], "{subjects:?}");
}

#[test]
fn what_a_limit_stops_is_said_with_limit_and_next_step() {
    let money = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::Cny };
    let (spent, limit, asked) = (money("19.90"), money("20"), money("0.25"));
    let reached = Reached { cap: Cap::Day, spent, limit, asked };
    for (language, words) in [
        (Language::En, ["of the day has", "¥19.90 of ¥20.00", "¥0.25", "[budget]"]),
        (Language::ZhCn, ["今日预算只剩", "¥19.90", "¥0.25", "[budget]"]),
    ] {
        let mut h = Harness::with(Settings { language, ..settings() }, (120, 40));
        h.keys("too dear<enter>").fails(NoticeKind::Budget(BudgetNotice::Over(Box::new(reached))));
        // The question what to do is over it.
        h.keys("<esc>");
        for part in words {
            assert!(h.screen().contains(part), "{part}: {}", h.screen());
        }
    }
}
