//! The meters: what is used of limits and money as it moves, whether a message fits, messages that
//! wait until they do, questions before more is spent, the view over the whole screen.

use std::time::Duration;

use lian::domain::chat::{ChatCommand, TurnEvent};
use lian::domain::ids::EntryId;
use lian::domain::ledger::{Cap, Outcome, Reached, Spending, Units};
use lian::domain::meters::count::{
    By, Entry, Habit, Learned, LimitKind, MetersCommand, MetersEvent, Span, Sum,
};
use lian::domain::meters::limits::Amounts;
use lian::domain::meters::{Quota, Quotas, Rate};
use lian::domain::models::{ModelId, Surface};
use lian::domain::money::{Currency, Money};
use lian::domain::notice::{BudgetNotice, Notice, NoticeKind, Throttle};
use lian::domain::settings::{Budget, Figures, Language, Limits, Pace, Settings};
use lian::effect::Effect;
use lian::event::ServiceEvent;

use lian::theme::Theme;

use crate::harness::{Harness, settings};

/// Half past ten in Beijing on a day of May 2026.
const MORNING: i64 = 1_779_935_400_000;

fn seed() -> Settings {
    Settings { figures: Figures::Seed, ..settings() }
}

fn paced(pace: Pace, rpm: u64) -> Settings {
    let own = Amounts { requests: Some(rpm), ..Amounts::default() };
    Settings { limits: Limits { pace, own }, ..seed() }
}

fn harness(settings: Settings, size: (u16, u16)) -> Harness {
    let mut h = Harness::bare(settings, size);
    h.now.wall_ms = MORNING;
    h.start(None);
    h
}

/// A request so many seconds ago, settled a second later with so many tokens.
fn entry(h: &Harness, id: i64, seconds_ago: i64, tokens: u64) -> Entry {
    let at_ms = h.now.wall_ms - seconds_ago * 1_000;
    Entry {
        id: EntryId(id),
        at_ms,
        settled_ms: Some(at_ms + 1_000),
        profile: "default".to_owned(),
        spending: Spending::Chat,
        model: ModelId::new("qwen-plus"),
        answered: None,
        surface: Surface::Compat,
        outcome: Some(Outcome::Done),
        units: Units { input: Some(tokens), output: Some(0), ..Units::default() },
        money: None,
        estimated: false,
        price: None,
        mine: false,
        first: None,
        total: None,
        subject: None,
        request_id: None,
    }
}

fn meters(h: &mut Harness, event: MetersEvent) {
    h.says(ServiceEvent::Meters(Box::new(event)));
}

fn entries(h: &mut Harness, entries: Vec<Entry>) {
    meters(h, MetersEvent::Entries(entries));
}

fn yuan(cents: i64) -> Money {
    Money { amount: rust_decimal::Decimal::new(cents, 2), currency: Currency::Cny }
}

fn today(h: &mut Harness, day: i64, month: i64) {
    let units = Units {
        input: Some(80_000),
        output: Some(8_000),
        cached: Some(49_600),
        ..Units::default()
    };
    let sum = Sum {
        key: "qwen-plus".to_owned(),
        requests: 40,
        units,
        money: vec![yuan(day)],
        saved: vec![yuan(3)],
        ..Sum::default()
    };
    let (day, month, session) = (vec![yuan(day)], vec![yuan(month)], vec![yuan(1)]);
    meters(h, MetersEvent::Today { models: vec![sum], day, month, session });
}

/// The strip's first row.
fn strip(h: &Harness) -> String {
    h.row(1)
}

#[test]
fn they_move_while_an_answer_streams_and_the_ledger_takes_its_place() {
    let mut h = harness(seed(), (100, 24));
    assert!(strip(&h).contains("RPM ▕░░░░░░░░▏ 0/200"), "{}", strip(&h));
    h.ask("Explain the async task pattern");
    assert!(strip(&h).contains("1/200"), "{}", strip(&h));
    let before = strip(&h);
    h.delta(&"word ".repeat(400));
    assert_ne!(strip(&h), before, "text alone moves them");
    assert!(strip(&h).contains("508/200K"), "{}", strip(&h));
    h.done();
    assert!(strip(&h).contains("1.4K/200K"), "what was used takes the estimate's place");
    // The ledger tells of the same request: it is counted once.
    let mut told = entry(&h, 1, 0, 1_400);
    told.mine = true;
    entries(&mut h, vec![told]);
    assert!(strip(&h).contains(" 1/200") && strip(&h).contains("1.4K/200K"), "{}", strip(&h));
    h.pass(62_000);
    h.keys("x");
    assert!(strip(&h).contains(" 0/200") && strip(&h).contains(" 0/200K"), "{}", strip(&h));
}

#[test]
fn requests_of_other_programs_count_and_those_of_others_do_not() {
    let mut h = harness(seed(), (100, 24));
    let mut all: Vec<Entry> = (1..=170).map(|id| entry(&h, id, 20, 100)).collect();
    all.push(Entry { profile: "work".to_owned(), ..entry(&h, 500, 5, 1) });
    all.push(Entry { model: ModelId::new("qwen-max"), ..entry(&h, 501, 5, 1) });
    all.push(Entry { outcome: Some(Outcome::Refused), ..entry(&h, 502, 5, 1) });
    entries(&mut h, all);
    assert!(strip(&h).contains("170/200!"), "near without a colour: {}", strip(&h));
    assert!(strip(&h).contains("17K/200K"), "{}", strip(&h));
    // A clock that is set back or forward leaves nobody standing.
    for jump in [-7_200_000, 7_200_000] {
        h.now.wall_ms += jump;
        h.keys("x");
        assert!(strip(&h).contains(" 0/200"), "{}", strip(&h));
        h.now.wall_ms -= jump;
    }
}

#[test]
fn the_window_counts_what_arrives_and_what_is_written_at_length() {
    let mut h = harness(seed(), (100, 24));
    h.exchange("one", "two");
    assert!(strip(&h).contains(" 1.4K/1M"), "{}", strip(&h));
    h.keys("a word");
    assert!(strip(&h).contains(" 1.4K/1M"), "a key moves no meter: {}", strip(&h));
    h.paste(&"word ".repeat(2_000));
    assert!(strip(&h).contains(" 3.9K/1M"), "{}", strip(&h));
}

#[test]
fn two_answers_at_once_are_settled_one_by_one() {
    let mut h = harness(seed(), (100, 24));
    h.ask("one");
    h.keys("<ctrl+n>");
    h.ask("two");
    h.delta(&"word ".repeat(400));
    assert!(strip(&h).contains(" 2/200"), "{}", strip(&h));
    let before = strip(&h);
    let mut running = entry(&h, 2, 0, 0);
    (running.mine, running.settled_ms, running.outcome) = (true, None, None);
    running.subject = Some(h.turn().0);
    entries(&mut h, vec![running.clone()]);
    assert_eq!(strip(&h), before, "what runs is counted once, by what arrived of it");
    let settled_ms = Some(h.now.wall_ms);
    let units = Units { input: Some(2_000), output: Some(9_000), ..Units::default() };
    entries(&mut h, vec![Entry { settled_ms, units, ..running }]);
    assert!(strip(&h).contains(" 2/200") && strip(&h).contains("11K/200K"), "{}", strip(&h));
    h.delta(&"word ".repeat(400));
    assert!(strip(&h).contains("11K/200K"), "that answer is over: {}", strip(&h));
}

#[test]
fn the_first_frame_reads_no_catalog() {
    let mut h = Harness::bare(seed(), (100, 24));
    assert_eq!(strip(&h), "");
    h.start(None);
    assert!(strip(&h).contains("RPM"), "{}", strip(&h));
}

#[test]
fn nothing_wakes_anybody_while_nothing_moves() {
    let mut h = harness(seed(), (100, 24));
    let all = vec![entry(&h, 1, 5, 900)];
    entries(&mut h, all);
    today(&mut h, 43, 100);
    meters(&mut h, MetersEvent::Quotas { quotas: Quotas::NotServed, at_ms: MORNING });
    h.pass(10_000);
    assert_eq!(h.state.deadline(h.now), None);
    h.keys("<alt+4>").pass(10_000);
    assert_eq!(h.state.deadline(h.now), None, "the view is still as well");
}

#[test]
fn beside_the_message_stands_whether_it_fits_and_what_it_costs() {
    let mut h = harness(paced(Pace::Advise, 2), (100, 24));
    h.keys("Explain the async task pattern");
    assert!(h.find("fits now · ≥ ¥0.0000064 · 8 tok").is_some(), "{}", h.screen());
    let all = vec![entry(&h, 1, 53, 10), entry(&h, 2, 5, 10)];
    entries(&mut h, all);
    assert!(h.find("fits in 7 s (RPM)").is_some(), "{}", h.screen());
    h.pass(3_000);
    assert!(h.find("fits in 4 s (RPM)").is_some(), "it is counted down: {}", h.screen());
    h.pass(4_000);
    assert!(h.find("fits now").is_some(), "{}", h.screen());
    // The user's own history counts letters better than a guess, and knows what answers cost.
    let habit = Habit {
        model: ModelId::new("qwen-plus"),
        answers: 12,
        first_p50: Some(Duration::from_millis(400)),
        first_p95: Some(Duration::from_millis(1_300)),
        speed_p50: Some(5_830),
        cost: Some(yuan(2)),
        characters_per_token: Some(300),
    };
    meters(&mut h, MetersEvent::Habits(vec![habit]));
    assert!(h.find("fits now · ≈ ¥0.02 · 10 tok").is_some(), "{}", h.screen());
    // Off says nothing of it; a model that nobody limits neither.
    let mut h = harness(paced(Pace::Off, 2), (100, 24));
    h.keys("Explain");
    assert!(h.find("fits").is_none() && h.find("2 tok").is_some(), "{}", h.screen());
}

#[test]
fn enforced_it_waits_until_it_fits_with_a_countdown() {
    let mut h = harness(paced(Pace::Enforce, 1), (100, 24));
    let all = vec![entry(&h, 1, 50, 10)];
    entries(&mut h, all);
    h.keys("wait for me<enter>");
    assert_eq!(h.turns().len(), 0, "it is not sent");
    assert!(h.find("goes out in 10 s (RPM)").is_some(), "{}", h.screen());
    assert!(h.find("1  wait for me").is_some(), "it stands in the queue: {}", h.screen());
    h.pass(4_000);
    assert!(h.find("goes out in 6 s (RPM)").is_some(), "{}", h.screen());
    // A second one does not overtake it.
    h.keys("and me<enter>");
    assert_eq!(h.turns().len(), 0);
    h.effects();
    h.pass(6_000);
    let requests = h.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].messages.last().unwrap().text, "wait for me");
    // The second waits behind the answer, and then for its own place in the minute.
    h.delta("here").done();
    assert_eq!(h.turns().len(), 1);
    assert!(h.find("goes out in 60 s (RPM)").is_some(), "{}", h.screen());
    h.pass(60_000);
    assert_eq!(h.turns().len(), 2);
}

#[test]
fn a_message_that_waits_is_taken_back_or_sent_at_once() {
    let full = || {
        let mut h = harness(paced(Pace::Enforce, 1), (100, 24));
        let all = vec![entry(&h, 1, 10, 10)];
        entries(&mut h, all);
        h.keys("wait for me<enter>");
        assert!(h.find("goes out in 50 s").is_some(), "{}", h.screen());
        h
    };
    let mut h = full();
    // Two of them: the first comes back, the second waits for a word.
    h.keys("and me<enter><esc>");
    assert_eq!(h.state.composer().text(), "wait for me");
    h.keys("<ctrl+u>").pass(60_000);
    assert_eq!(h.turns().len(), 0, "it is not sent by itself any more");
    assert_eq!(h.state.deadline(h.now), None);
    let mut h = full();
    h.keys("<alt+n>");
    assert_eq!(h.turns().len(), 1);
    // Less was used than it looked like: it goes out at once.
    let mut h = full();
    let gone = Entry { outcome: Some(Outcome::Unsent), ..entry(&h, 1, 10, 10) };
    entries(&mut h, vec![gone]);
    assert_eq!(h.turns().len(), 1);
}

#[test]
fn the_countdown_after_a_429_says_which_limit() {
    let mut h = harness(seed(), (100, 24));
    h.ask("too much");
    let notice = Notice::new(NoticeKind::Throttled { kind: Throttle::Tokens, tries: 1 });
    let (wait, attempt) = (Duration::from_secs(7), 2);
    h.turn_says(h.turn(), TurnEvent::Waiting { notice, wait, attempt });
    assert!(h.find("tokens a minute · ").is_some(), "{}", h.screen());
    let learned = Learned {
        model: ModelId::new("qwen-plus"),
        profile: "default".to_owned(),
        kind: LimitKind::Tokens,
        amount: 90_000,
        at_ms: h.now.wall_ms,
    };
    meters(&mut h, MetersEvent::Learned(vec![learned]));
    assert!(strip(&h).contains("/90K"), "{}", strip(&h));
}

#[test]
fn a_budget_is_in_the_header_and_its_end_is_told_once() {
    let budget = Budget { day: Some("20".parse().unwrap()), ..Budget::default() };
    let mut h = harness(Settings { budget, ..seed() }, (100, 24));
    today(&mut h, 43, 900);
    assert!(h.row(0).contains("¥0.43 / ¥20.00 today"), "{}", h.row(0));
    today(&mut h, 1_700, 1_700);
    assert!(h.row(0).contains("¥17.00 / ¥20.00! today"), "{}", h.row(0));
    assert!(
        h.find("The budget of the day is nearly used: ¥17.00 of ¥20.00.").is_some(),
        "{}",
        h.screen()
    );
    h.keys("<esc>");
    today(&mut h, 1_750, 1_750);
    assert!(h.find("nearly used").is_none(), "once is enough: {}", h.screen());
    today(&mut h, 2_050, 2_050);
    assert!(h.row(0).contains("¥20.50 / ¥20.00!! today"), "{}", h.row(0));
}

/// A question that the ledger did not let pass.
fn stopped(why: BudgetNotice) -> Harness {
    let budget = Budget { loop_after: Some(3), ..Budget::default() };
    let mut h = harness(Settings { budget, ..seed() }, (80, 24));
    h.ask("one too many");
    assert_eq!(gates(&mut h), [(false, Some(3))]);
    h.fails(NoticeKind::Budget(why));
    assert_eq!(gates(&mut h), [], "nothing goes out by itself");
    h
}

/// Under which conditions questions went out: beyond the limits, after how many a loop is one.
fn gates(h: &mut Harness) -> Vec<(bool, Option<u32>)> {
    let gate = |effect| match effect {
        Effect::Chat(ChatCommand::Start { purse, .. }) => Some(purse.gate),
        _ => None,
    };
    let gates = h.effects().into_iter().filter_map(gate);
    gates.map(|gate| (gate.override_caps, gate.loop_after)).collect()
}

#[test]
fn beyond_the_budget_nothing_goes_out_unless_it_is_typed() {
    let reached =
        Reached { cap: Cap::Day, spent: yuan(1_999), limit: yuan(2_000), asked: yuan(12) };
    let over = || BudgetNotice::Over(Box::new(reached));
    let mut h = stopped(over());
    assert!(h.find("An answer for about ¥0.12 would go beyond the limit of ¥20.00").is_some());
    insta::assert_snapshot!("meters_ask_en_80x24", h.screen());
    h.keys("<enter>");
    assert_eq!(h.turns().len(), 1, "Enter alone leaves it");
    assert_eq!(h.state.composer().text(), "one too many", "the message is back");
    let mut h = stopped(over());
    h.keys("ye<down><enter>");
    assert_eq!(h.turns().len(), 1, "half a word is none");
    h.keys("s<enter>");
    assert_eq!(h.turns().len(), 2);
    assert!(h.state.composer().is_empty(), "the question is where it was");
    let mut effects = h.effects();
    effects.retain(|effect| matches!(effect, Effect::Chat(ChatCommand::Start { .. })));
    let [Effect::Chat(ChatCommand::Start { request, purse, .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((purse.gate.override_caps, purse.gate.loop_after), (true, None));
    assert_eq!(request.messages.last().unwrap().text, "one too many");
    h.delta("An answer.").done();
    h.ask("the next");
    assert_eq!(gates(&mut h), [(false, Some(3))], "it holds once");
}

#[test]
fn a_loop_is_asked_about_and_leaving_it_is_marked() {
    let mut h = stopped(BudgetNotice::Loop { times: 3 });
    assert!(h.find("The same was sent 3 times within a minute").is_some(), "{}", h.screen());
    h.keys("<esc>");
    assert_eq!((h.turns().len(), h.state.composer().text().as_str()), (1, "one too many"));
    let mut h = stopped(BudgetNotice::Loop { times: 3 });
    h.keys("<down><enter>");
    assert_eq!(h.turns().len(), 2);
    assert_eq!(gates(&mut h), [(false, None)], "a loop lets no budget pass");
}

fn sum(key: &str, requests: u64, cents: i64) -> Sum {
    let units = Units {
        input: Some(requests * 1_200),
        output: Some(requests * 400),
        cached: Some(requests * 300),
        ..Units::default()
    };
    Sum { key: key.to_owned(), requests, units, money: vec![yuan(cents)], ..Sum::default() }
}

/// A busy hour, a month, limits from several sides.
fn busy(language: Language, size: (u16, u16)) -> Harness {
    let (day, month) = (Some("20".parse().unwrap()), Some("300".parse().unwrap()));
    let budget = Budget { day, month, ..Budget::default() };
    let mut h = harness(Settings { language, budget, ..seed() }, size);
    h.exchange("你好", "你好！有什么可以帮你？");
    let all = (0..180).map(|n| entry(&h, n, n * 17 % 3_500, 300 + n as u64 * 40)).collect();
    entries(&mut h, all);
    let quota = Quota {
        model: ModelId::new("qwen-plus"),
        requests: None,
        tokens: None,
        day_tokens: Some(1_000_000),
        running: None,
        queued: None,
    };
    let told = Quotas::Told(vec![quota]);
    meters(&mut h, MetersEvent::Quotas { quotas: told, at_ms: MORNING - 720_000 });
    let learned = Learned {
        model: ModelId::new("qwen-plus"),
        profile: "default".to_owned(),
        kind: LimitKind::Requests,
        amount: 5,
        at_ms: MORNING - 60_000,
    };
    meters(&mut h, MetersEvent::Learned(vec![learned]));
    today(&mut h, 1_243, 4_210);
    let habit = Habit {
        model: ModelId::new("qwen-plus"),
        answers: 200,
        first_p50: Some(Duration::from_millis(420)),
        first_p95: Some(Duration::from_millis(1_310)),
        speed_p50: Some(5_830),
        cost: Some(yuan(2)),
        characters_per_token: Some(170),
    };
    meters(&mut h, MetersEvent::Habits(vec![habit]));
    h
}

fn tables(h: &mut Harness) {
    let rows = vec![
        sum("2026-05-28", 40, 1_243),
        sum("2026-05-27", 90, 2_100),
        sum("2026-05-26", 30, 867),
    ];
    meters(h, MetersEvent::Table { by: By::Day, span: Span::Month, rows });
    let mut rows = vec![sum("qwen-max", 12, 900), sum("qwen-plus", 40, 343)];
    rows.push(Sum { money: Vec::new(), unpriced: 3, estimated: 1, ..sum("my-own:7b", 3, 0) });
    meters(h, MetersEvent::Table { by: By::Model, span: Span::Today, rows });
    let rows = vec![sum("qwen-plus", 400, 3_430)];
    meters(h, MetersEvent::Table { by: By::Model, span: Span::All, rows });
}

#[test]
fn the_strip_at_every_size() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(60, 14), (80, 24), (120, 40), (200, 60)] {
            let mut h = busy(language, size);
            h.keys("Explain 异步任务");
            let rows = h.rows();
            let title = rows.iter().rev().nth(2).cloned().unwrap_or_default();
            let shown = format!("{}\n…\n{title}", rows[..4].join("\n"));
            insta::assert_snapshot!(format!("meters_strip_{name}_{}x{}", size.0, size.1), shown);
        }
    }
}

#[test]
fn the_view_at_every_size() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(80, 24), (120, 40), (200, 60)] {
            let mut h = busy(language, size);
            h.keys("<alt+4>");
            tables(&mut h);
            insta::assert_snapshot!(
                format!("meters_view_{name}_{}x{}", size.0, size.1),
                h.screen()
            );
            if size.1 == 24 {
                h.keys("G");
                insta::assert_snapshot!(format!("meters_view_end_{name}_80x24"), h.screen());
            }
        }
    }
}

#[test]
fn the_view_asks_for_what_it_shows_and_only_while_it_is_open() {
    let table = |by, span| Effect::Meters(MetersCommand::Table { by, span });
    let mut h = busy(Language::En, (100, 60));
    h.effects();
    h.keys("<alt+4>");
    let all = [(By::Model, Span::Today), (By::Day, Span::Month), (By::Model, Span::All)];
    assert_eq!(h.effects(), all.map(|(by, span)| table(by, span)));
    assert!(h.find("by model · today").is_some() && h.find("adding up …").is_some());
    h.keys("b");
    assert_eq!(h.effects(), [table(By::Day, Span::Today)]);
    h.keys("<tab>s<space>");
    assert!(h.find("by profile · all").is_some(), "{}", h.screen());
    h.effects();
    h.keys("bb");
    assert!(h.find("by model · all").is_some(), "{}", h.screen());
    h.effects();
    h.keys("r");
    assert_eq!(h.effects(), [Effect::Meters(MetersCommand::Quotas)]);
    // A request that ends has the open tables put together again; else nobody asks.
    let all = vec![entry(&h, 900, 0, 5)];
    entries(&mut h, all);
    assert_eq!(h.effects().len(), 2, "the table of all is one of the three");
    h.keys("q");
    assert!(h.find("by model").is_none(), "{}", h.screen());
    let all = vec![entry(&h, 901, 0, 5)];
    entries(&mut h, all);
    assert_eq!(h.effects(), []);
    // By its name as well.
    h.keys("/meters<enter>");
    assert!(h.find("Use and limits").is_some(), "{}", h.screen());
}

#[test]
fn every_limit_names_its_source_and_age() {
    let mut h = busy(Language::En, (140, 60));
    h.keys("<alt+4>");
    assert!(h.find("learned from a 429, 1m ago").is_some(), "{}", h.screen());
    assert!(h.find("told by the service, 12m ago").is_some(), "{}", h.screen());
    assert!(h.find("seed 20").is_some(), "{}", h.screen());
    assert!(h.find("Counted on this machine only").is_some(), "{}", h.screen());
    // A year later the figures of the catalog are marked as old.
    h.now.wall_ms += 365 * 86_400_000;
    h.keys("<lt>");
    assert!(h.find("older than half a year").is_some(), "{}", h.screen());
    let rate = Rate { amount: 1, seconds: 1 };
    let quota = Quota {
        model: ModelId::new("qwen-plus"),
        requests: Some(rate),
        tokens: None,
        day_tokens: None,
        running: None,
        queued: None,
    };
    let told = Quotas::Told(vec![quota]);
    let at_ms = h.now.wall_ms;
    meters(&mut h, MetersEvent::Quotas { quotas: told, at_ms });
    assert!(h.find("in 1 s").is_some(), "slices of seconds are shown: {}", h.screen());
}

#[test]
fn without_colours_it_says_the_same() {
    let mut h = busy(Language::En, (120, 40));
    h.theme = Theme::shipped("mono").unwrap();
    h.cold = true;
    h.frame();
    let plain = h.screen();
    h.theme = Theme::shipped("default").unwrap();
    h.frame();
    assert_eq!(h.screen(), plain);
    let all = (0..9).map(|n| entry(&h, 2_000 + n, 1, 10)).collect();
    entries(&mut h, all);
    assert!(strip(&h).contains("!!"), "over the limit is a sign: {}", strip(&h));
}

#[test]
fn in_columns_they_stand_beside_the_conversation() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        let mut h = busy(language, (150, 40));
        h.keys("<alt+l>");
        assert!(!strip(&h).contains("RPM"), "{}", h.screen());
        insta::assert_snapshot!(format!("meters_columns_{name}_150x40"), h.screen());
        h.ask("more");
        let before = h.screen();
        h.delta(&"word ".repeat(2_000));
        let rpm = |screen: &str| screen.lines().find(|row| row.contains("TPM")).map(str::to_owned);
        assert_ne!(rpm(&h.screen()), rpm(&before), "they move there too");
    }
}

#[test]
fn the_picker_knows_how_a_model_has_done() {
    let mut h = busy(Language::En, (170, 40));
    h.keys("<alt+m>");
    assert!(h.find("first token 0.4 s, 95 % within 1.3 s · 58 tok/s · ¥0.02 an answer").is_some());
    let row = h.rows()[h.find("▸ ● qwen-plus").unwrap()].clone();
    assert!(row.contains("0.4s 58/s ¥0.02") && row.contains("RPM free"), "{row}");
    let mut h = busy(Language::ZhCn, (80, 40));
    h.keys("<alt+m>");
    assert!(h.find("首字 0.4 秒").is_some(), "{}", h.screen());
}
