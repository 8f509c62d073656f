//! An answer from the question to its figures: text as it comes, reasoning, tools, waiting,
//! failing.

use std::time::Duration;

use lian::domain::chat::{FinishReason, TurnEnd, TurnEvent, TurnTiming, Usage};
use lian::domain::models::ModelId;
use lian::domain::notice::{Notice, NoticeKind, Throttle};
use lian::domain::settings::{Language, Settings};
use lian::domain::surface::Via;
use lian::effect::Effect;
use lian::event::{HighlightEvent, ServiceEvent};
use lian::state::focus::Overlay;
use lian::words;
use proptest::prelude::*;

use crate::harness::{Harness, complete, delta, ended, settings};
use crate::sentences::every_notice;

fn waiting(seconds: u64) -> TurnEvent {
    let kind = NoticeKind::Throttled { kind: Throttle::Requests, tries: 0 };
    let wait = Duration::from_secs(seconds);
    TurnEvent::Waiting { notice: Notice::new(kind), wait, attempt: 2 }
}

#[test]
fn delta_reaches_screen() {
    let mut h = Harness::new();
    h.ask("question");
    assert!(h.find("waiting for the first word").is_some(), "{}", h.screen());
    h.delta("The answer");
    assert_eq!(h.find("The answer"), Some(7), "{}", h.screen());
    h.delta(" goes on");
    assert_eq!(h.changed(), &[1, 7], "the row that grew, and the meters\n{}", h.screen());
    assert!(h.find("answering").is_some());
    h.done();
    assert!(h.find("answering").is_none());
}

#[test]
fn a_question_is_sent_with_all_that_came_before() {
    let system = Some("Be brief.".to_owned());
    let mut h = Harness::with(Settings { system, ..settings() }, (80, 24));
    h.exchange("one", "first");
    h.ask("two");
    h.fails(NoticeKind::Cut);
    h.effects();
    h.ask("three");
    let request = h.requests().remove(0);
    let texts: Vec<_> = request.messages.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(texts, ["Be brief.", "one", "first", "two", "three"], "no empty answers");
    assert!(request.messages.iter().all(|m| !m.partial));
    assert_eq!(request.model.as_str(), "qwen-plus");
}

#[test]
fn figures_stand_beside_a_whole_answer() {
    let mut h = Harness::with(settings(), (120, 24));
    h.ask("question");
    let model = Some(ModelId::new("qwen-plus-2025-07-28"));
    h.turn_says(
        h.turn(),
        TurnEvent::Opened { model, request_id: Some("r-1".to_owned()), via: Via::USUAL },
    );
    h.delta("Yes.");
    let usage =
        Usage { input: 1_000, output: 400, cached: Some(256), reasoning: None, ..Usage::default() };
    let timing = TurnTiming {
        first_token: Some(Duration::from_millis(420)),
        streaming: Some(Duration::from_secs(8)),
        attempts: 1,
    };
    let (end, finish) = (TurnEnd::Complete, Some(FinishReason::Stop));
    h.turn_says(h.turn(), TurnEvent::Ended { end, usage: Some(usage), finish, timing });
    let head = h.rows()[h.find("qwen-plus-2025-07-28").expect("the model that answered")].clone();
    for figure in ["first token 0.4 s", "50 tok/s", "400 tok", "256 cached", "¥0.00"] {
        assert!(head.contains(figure), "{figure} is missing in {head:?}");
    }
    h.resize(40, 24);
    let head = h.rows()[h.find("qwen-plus-2025").unwrap()].clone();
    assert!(!head.contains('¥'), "what does not fit is left out whole: {head:?}");
}

#[test]
fn the_two_sets_of_prices_give_two_costs_or_say_nothing() {
    for figures in
        [lian::domain::settings::Figures::Documented, lian::domain::settings::Figures::Seed]
    {
        let mut h = Harness::with(Settings { figures, ..settings() }, (120, 24));
        h.exchange("question", "Yes.");
        assert!(h.find("¥0.00").is_some(), "{}", h.screen());
        let model = ModelId::new("no-such-model");
        let mut h = Harness::with(Settings { figures, model, ..settings() }, (120, 24));
        h.exchange("question", "Yes.");
        assert!(h.find("¥").is_none(), "an unknown price is not shown as free\n{}", h.screen());
    }
}

#[test]
fn reasoning_is_folded_and_opens() {
    let mut h = Harness::new();
    h.ask("question");
    h.turn_says(h.turn(), delta("", "Let me think about it. "));
    assert!(h.find("▸ Reasoning… 23 characters").is_some(), "{}", h.screen());
    assert!(h.find("Let me think").is_none());
    h.keys("<alt+t>");
    assert!(h.find("▾ Reasoning").is_some() && h.find("Let me think").is_some(), "{}", h.screen());
    h.turn_says(h.turn(), delta("", "A new thought."));
    assert!(h.find("A new thought.").is_some(), "{}", h.screen());
    h.delta("So: yes.").done();
    assert!(h.find("▾ Reasoning 37 characters").is_some(), "{}", h.screen());
    h.keys("<alt+t>");
    assert!(h.find("▸ Reasoning 37").is_some() && h.find("A new thought.").is_none());
    assert!(h.find("So: yes.").is_some());
}

#[test]
fn a_tool_call_is_shown_as_code_and_said_to_be_one() {
    let mut h = Harness::new();
    h.ask("weather?");
    let call = |name: Option<&str>, arguments: &str| TurnEvent::ToolCall {
        index: 0,
        name: name.map(str::to_owned),
        arguments: arguments.to_owned(),
    };
    let turn = h.turn();
    h.turn_says(turn, call(Some("get_weather"), ""));
    h.turn_says(turn, call(None, "{\"city\":"));
    h.turn_says(turn, call(None, " \"杭州\"}"));
    assert_eq!(h.find("get_weather"), Some(7), "{}", h.screen());
    assert_eq!(h.find("\"city\": \"杭州\""), Some(11), "{}", h.screen());
    h.turn_says(turn, call(Some("get_time"), "{}"));
    assert_eq!(h.find("get_time"), Some(15), "a block of its own\n{}", h.screen());
    h.delta("And some words.");
    assert_eq!(h.find("   And some words."), Some(20), "{}", h.screen());
    let timing = TurnTiming::default();
    let (end, finish) = (TurnEnd::Complete, Some(FinishReason::ToolCalls));
    h.turn_says(turn, TurnEvent::Ended { end, usage: None, finish, timing });
    assert!(h.find("asks for a tool").is_some(), "{}", h.screen());
}

#[test]
fn code_is_coloured_when_the_colours_come() {
    use lian::domain::chat::CodeRole;
    let mut h = Harness::new();
    h.exchange("code?", "```rust\nfn main() {}\n```\n");
    let wanted = h.effects().into_iter().find_map(|effect| match effect {
        Effect::Highlight(command) => Some(command),
        _ => None,
    });
    let wanted = wanted.expect("colours are asked for");
    assert_eq!((wanted.language.as_str(), wanted.lines.len()), ("rust", 1));
    let (message, block, first_line) = (wanted.message, wanted.block, wanted.first_line);
    let lines = vec![vec![(2, CodeRole::Keyword), (10, CodeRole::Plain)]];
    let before = h.styles();
    h.says(ServiceEvent::Highlight(HighlightEvent { message, block, first_line, lines }));
    assert_ne!(h.styles(), before);
    let row = h.find("fn main").unwrap();
    assert!(h.styles().lines().nth(row).unwrap().contains("magenta bold"), "{}", h.styles());
}

#[test]
fn waiting_counts_down_and_can_be_cut_short() {
    let mut h = Harness::new();
    let first = h.ask("question");
    h.turn_says(first, waiting(3));
    assert!(h.find("The service asks to wait").is_some(), "{}", h.screen());
    assert!(h.find("next try (2) in 3 s").is_some(), "{}", h.screen());
    assert!(h.find("send now").is_some(), "the footer names the key\n{}", h.screen());
    h.pass(1_000);
    assert!(h.find("next try (2) in 2 s").is_some(), "{}", h.screen());
    h.pass(1_400);
    assert!(h.find("next try (2) in 1 s").is_some(), "{}", h.screen());
    h.effects();
    h.keys("<alt+n>");
    let effects = h.effects();
    let cancel = lian::domain::chat::ChatCommand::Cancel(first);
    assert_eq!(effects[0], Effect::Chat(cancel));
    assert_ne!(h.turn(), first, "it is a new turn");
    assert!(h.find("next try").is_none(), "{}", h.screen());
    h.turn_says(first, ended(TurnEnd::Stopped));
    h.delta("It worked.").done();
    assert!(h.find("It worked.").is_some() && h.find("unfinished").is_none(), "{}", h.screen());
}

#[test]
fn a_try_that_works_ends_the_waiting() {
    let mut h = Harness::new();
    h.ask("question");
    h.turn_says(h.turn(), waiting(3));
    h.pass(3_000);
    assert!(h.find("in 0 s").is_some(), "the try is being made\n{}", h.screen());
    h.turn_says(h.turn(), TurnEvent::Opened { model: None, request_id: None, via: Via::USUAL });
    assert!(h.find("next try").is_none(), "{}", h.screen());
}

#[test]
fn nothing_to_send_now_or_to_continue_is_said() {
    for key in ["<alt+n>", "<alt+c>"] {
        let mut h = Harness::new();
        h.keys(key);
        assert!(h.find("There is nothing to go on with").is_some(), "{key}\n{}", h.screen());
        h.pass(6_000);
        assert!(h.find("There is nothing").is_none(), "it goes by itself");
    }
}

/// The rows of the conversation as one text, whatever the wrapping.
fn words_of(h: &Harness) -> String {
    h.screen().split_whitespace().collect()
}

#[test]
fn every_failure_says_what_happened_and_what_to_do() {
    for language in [Language::En, Language::ZhCn] {
        // An answer of another program is not ours to go on with.
        for kind in every_notice().into_iter().filter(|k| *k != NoticeKind::ArrivingElsewhere) {
            let mut h = Harness::with(Settings { language, ..settings() }, (100, 30));
            h.ask("question");
            h.fails(kind.clone());
            if matches!(h.state.focus().overlay, Some(Overlay::SpendAsk(_))) {
                // The question what to do is over it.
                h.keys("<esc>");
            }
            let shown = words_of(&h);
            let told = words::tell(language, &kind);
            for part in [&told.sentence, &told.next] {
                let part: String = part.split_whitespace().collect();
                assert!(shown.contains(&part), "{kind:?}: {part}\n{}", h.screen());
            }
            let again = words::say(language, words::Phrase::AskAgain { key: "Alt+C" });
            assert!(h.find(&again).is_some(), "{kind:?}\n{}", h.screen());
            let no_answer = words::say(language, words::Phrase::NoAnswer);
            assert!(h.find(&no_answer).is_some(), "{kind:?}\n{}", h.screen());
        }
    }
}

#[test]
fn detail_and_request_id_are_shown() {
    let mut h = Harness::new();
    h.ask("question");
    let notice = Notice::new(NoticeKind::RequestRefused { status: 400 })
        .with_detail("temperature should be in [0.0, 2.0)")
        .with_request_id(Some("0f5b-11".to_owned()));
    h.turn_says(h.turn(), ended(TurnEnd::Failed(notice)));
    let shown = words_of(&h);
    assert!(shown.contains("(temperatureshouldbein[0.0,2.0))"), "{}", h.screen());
    assert!(shown.contains("[requestid0f5b-11]"), "{}", h.screen());
}

#[test]
fn an_empty_answer_is_no_success() {
    let mut h = Harness::new();
    h.ask("question");
    h.fails(NoticeKind::EmptyAnswer);
    assert!(h.find("no answer").is_some(), "{}", h.screen());
    assert!(h.find("without a word").is_some(), "{}", h.screen());
    h.effects();
    h.keys("<alt+c>");
    let request = h.requests().remove(0);
    assert_eq!(request.messages.len(), 1, "the empty answer is not sent");
}

#[test]
fn a_cut_answer_keeps_what_arrived() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("Half an ans");
    h.fails(NoticeKind::Cut);
    assert!(h.find("Half an ans").is_some() && h.find("unfinished").is_some(), "{}", h.screen());
    assert!(h.find("Alt+C goes on from here").is_some(), "{}", h.screen());
}

#[test]
fn an_answer_at_the_output_limit_says_so() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("Long text");
    let (end, finish) = (TurnEnd::Complete, Some(FinishReason::Length));
    let timing = TurnTiming::default();
    h.turn_says(h.turn(), TurnEvent::Ended { end, usage: None, finish, timing });
    assert!(h.find("ends at the output limit").is_some(), "{}", h.screen());
}

#[test]
fn only_the_last_answer_offers_to_go_on() {
    let mut h = Harness::new();
    h.ask("one");
    h.delta("Half");
    h.fails(NoticeKind::Cut);
    assert!(h.find("goes on from here").is_some());
    h.ask("two");
    assert!(h.find("goes on from here").is_none(), "{}", h.screen());
}

#[test]
fn events_of_unknown_turns_change_nothing() {
    let mut h = Harness::new();
    h.exchange("question", "answer");
    let before = h.screen();
    let unknown = lian::domain::ids::TurnId(1);
    h.turn_says(unknown, delta("ghost", "")).turn_says(unknown, complete());
    assert_eq!(h.screen(), before);
}

const ANSWER: &str = "# 标题 Heading\n\nA paragraph with **bold**, `code` and [a link](https://x.y).\n\
    Second line 中文。\n\n- one\n- two\n  - 三\n\n1. first\n2. second\n\n\
    | a | 表头 |\n|---|--:|\n| 1 | 二 |\n| 3 | 四五六 |\n\n\
    ```rust\nfn main() { println!(\"你好\"); }\n```\n\n> quote\n> more 👨‍👩‍👧\n\n---\n\nThe end. e\u{301}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However the network cuts an answer, it looks the same in the end.
    #[test]
    fn cuts_do_not_matter(cuts in prop::collection::vec(1_usize..40, 0..60), width in 20_u16..130) {
        let mut whole = Harness::with(settings(), (width, 50));
        whole.exchange("question", ANSWER);
        let mut cut = Harness::with(settings(), (width, 50));
        cut.ask("question");
        let mut rest = ANSWER;
        for chars in cuts {
            let at = rest.char_indices().nth(chars).map_or(rest.len(), |(at, _)| at);
            let (piece, tail) = rest.split_at(at);
            cut.delta(piece);
            rest = tail;
        }
        cut.delta(rest).done();
        prop_assert_eq!(whole.screen(), cut.screen());
        prop_assert_eq!(whole.styles(), cut.styles());
    }
}
