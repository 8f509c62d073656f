//! Reading: scrolling, following the end, questions, another width, the help.

use lian::domain::chat::TurnEvent;
use lian::domain::surface::Via;
use proptest::prelude::*;

use crate::harness::{Harness, delta, numbered, settings};

/// A conversation of some questions, each with an answer of thirty numbered paragraphs.
fn long(questions: usize) -> Harness {
    let mut h = Harness::new();
    for question in 1..=questions {
        let answer = numbered(30, |n| format!("answer {question}.{n}\n\n"));
        h.exchange(&format!("question {question}"), &answer);
    }
    h
}

/// The first row of the conversation, marked or not.
fn top(h: &Harness) -> String {
    h.row(3).replacen('▎', " ", 1)
}

#[test]
fn a_page_keeps_one_row_in_sight() {
    let mut h = long(1);
    let first = top(&h);
    h.keys("<pageup>");
    assert_eq!(h.row(19), first, "the row at the top is among the last\n{}", h.screen());
    assert!(h.find("more below").is_some());
    h.keys("<pagedown>");
    assert_eq!(top(&h), first);
    assert!(h.find("more below").is_none(), "{}", h.screen());
}

#[test]
fn to_the_beginning_and_to_the_end() {
    let mut h = long(2);
    let end = h.screen();
    h.keys("<alt+2><home>");
    assert_eq!(top(&h), " You  14:01", "{}", h.screen());
    assert_eq!(h.row(4), "▎  question 1");
    h.keys("<pageup><up>k");
    assert_eq!(h.row(4), "▎  question 1", "there is nothing above");
    h.keys("G<alt+1>");
    assert_eq!(h.screen(), end);
    h.keys("<pageup><alt+end>");
    assert_eq!(h.screen(), end);
}

#[test]
fn home_and_end_belong_to_the_message_while_it_is_written() {
    let mut h = long(1);
    let shown = h.rows()[..21].to_vec();
    h.keys("abc<home>x<end>y");
    assert_eq!(h.state.composer().text(), "xabcy");
    assert_eq!(h.rows()[..21], shown);
}

#[test]
fn questions_are_jumped_to() {
    let mut h = long(3);
    for question in ["question 3", "question 2", "question 1", "question 1"] {
        h.keys("<alt+up>");
        assert!(h.row(4).trim() == question || h.row(5).trim() == question, "{}", h.screen());
    }
    for question in ["question 2", "question 3"] {
        h.keys("<alt+down>");
        assert!(h.row(4).trim() == question || h.row(5).trim() == question, "{}", h.screen());
    }
    h.keys("<alt+down>");
    assert!(h.find("more below").is_none(), "after the last question comes the end");
}

#[test]
fn lines_and_half_pages() {
    let mut h = long(1);
    h.keys("<alt+2>");
    let end = h.rows()[3..21].to_vec();
    h.keys("k");
    assert_eq!(h.rows()[4..21], end[..17]);
    h.keys("j");
    assert_eq!(h.rows()[3..21], end);
    h.keys("u");
    assert_eq!(h.rows()[11..21], end[..10]);
    h.keys("d");
    assert_eq!(h.rows()[3..21], end);
}

#[test]
fn many_wishes_before_one_frame_are_all_carried_out() {
    let mut slow = long(2);
    let mut fast = long(2);
    let script = "<alt+2>kkk<pageup>jj<alt+up>kk";
    slow.keys(script);
    fast.hidden = true;
    fast.keys(script);
    fast.hidden = false;
    fast.frame();
    assert_eq!(fast.screen(), slow.screen());
}

#[test]
fn arriving_text_never_moves_the_reader() {
    let mut h = long(1);
    h.ask("more");
    h.delta("Something. ").keys("<pageup>");
    let shown = h.rows()[2..21].to_vec();
    for _ in 0..50 {
        h.delta("new paragraph\n\n");
        assert_eq!(h.rows()[2..21], shown);
    }
    h.done();
    assert_eq!(h.rows()[2..21], shown);
    assert!(h.find("more below").is_some());
}

#[test]
fn the_reader_stays_within_the_answer_that_arrives() {
    let mut h = Harness::new();
    h.ask("question");
    h.turn_says(h.turn(), delta("", "thinking"));
    for n in 0..40 {
        h.delta(&format!("paragraph {n}\n\n"));
    }
    h.keys("<pageup><pageup>");
    let shown = h.rows()[2..21].to_vec();
    for n in 40..80 {
        h.delta(&format!("paragraph {n}\n"));
        assert_eq!(h.rows()[2..21], shown);
    }
}

#[test]
fn who_follows_the_end_keeps_following() {
    let mut h = Harness::new();
    h.ask("question");
    for n in 0..60 {
        h.delta(&format!("paragraph {n}\n\n"));
        let shown = h.find(&format!("paragraph {n}"));
        assert!(shown.is_some(), "{n}\n{}", h.screen());
    }
    h.keys("<pageup><pagedown>").delta("and on");
    assert!(h.find("and on").is_some(), "coming back to the end follows it again");
}

#[test]
fn asking_leads_to_the_end() {
    let mut h = long(1);
    h.keys("<pageup><pageup>");
    h.ask("next");
    assert!(h.find("next").is_some() && h.find("more below").is_none(), "{}", h.screen());
}

#[test]
fn another_width_keeps_the_place() {
    let mut h = Harness::new();
    let answer = numbered(40, |n| format!("paragraph {n} {}\n\n", "with many words ".repeat(9)));
    h.exchange("question", &answer);
    h.keys("<pageup><pageup>");
    let number = |h: &Harness| {
        let row = h.rows().into_iter().find(|row| row.contains("paragraph")).unwrap();
        row.trim_start_matches('▎').trim().split(' ').nth(1).unwrap().parse::<u32>().unwrap()
    };
    let before = number(&h);
    for width in [40, 120, 60, 33, 100, 80] {
        h.resize(width, 24);
        assert!(number(&h).abs_diff(before) <= 1, "{width}: {before}\n{}", h.screen());
        h.keys("<alt+2>jk");
        assert!(number(&h).abs_diff(before) <= 1, "{width}: {before}\n{}", h.screen());
    }
}

#[test]
fn a_resize_at_the_end_does_not_pull_a_later_reader_back() {
    let mut h = long(2);
    h.resize(60, 24).resize(80, 24).keys("<pageup><pageup>");
    let shown = h.screen();
    h.frame();
    assert_eq!(h.screen(), shown);
}

#[test]
fn reasoning_opened_while_the_window_changes_begins_at_its_head() {
    let mut h = Harness::new();
    h.ask("question");
    h.turn_says(h.turn(), delta(&"text ".repeat(900), &"thought ".repeat(200)));
    h.hidden = true;
    h.resize(60, 24).keys("<alt+t>");
    h.hidden = false;
    h.frame();
    assert!(h.row(4).contains("qwen-plus  14:01"), "{}", h.screen());
}

#[test]
fn another_width_at_the_end_stays_at_the_end() {
    let mut h = long(2);
    for (width, height) in [(40, 10), (120, 40), (20, 5), (80, 24)] {
        h.resize(width, height);
        assert!(h.find("answer 2.30").is_some(), "{}", h.screen());
    }
}

#[test]
fn the_help_opens_scrolls_and_closes() {
    for (open, close) in [("?", "?"), ("<f1>", "q"), ("<alt+h>", "<esc>"), ("?", "<enter>")] {
        let mut h = Harness::new();
        let before = h.screen();
        h.keys(open);
        assert_eq!(h.row(0), " Keys", "{}", h.screen());
        assert_eq!(h.cursor(), None);
        let first = h.row(2);
        h.keys("jj");
        assert_eq!(h.row(0), first, "{}", h.screen());
        h.keys("<end>");
        let end = h.screen();
        assert!(end.contains("To the end, and follow it"), "{end}");
        h.keys("j<pagedown>");
        assert_eq!(h.screen(), end, "there is nothing below");
        h.keys("k");
        assert_ne!(h.screen(), end, "and the way back begins at once");
        h.keys("g");
        assert_eq!(h.row(0), " Keys");
        h.keys(close);
        assert_eq!(h.screen(), before, "{open} {close}");
    }
}

#[test]
fn the_help_shows_every_key_of_the_table() {
    let editing = lian::domain::settings::Editing::Vi;
    let mut h =
        Harness::with(lian::domain::settings::Settings { editing, ..settings() }, (100, 400));
    h.keys("?");
    let screen = h.screen();
    for binding in lian::input::bindings::BINDINGS {
        let doc = binding.action.doc().unwrap();
        for key in binding.keys {
            let key = lian::view::show_key(key.parse().unwrap());
            let row = |row: &str| row.contains(doc) && row.contains(&key);
            assert!(screen.lines().any(row), "{key} {doc}\n{screen}");
        }
    }
}

#[test]
fn a_question_mark_within_a_message_is_text() {
    let mut h = Harness::new();
    h.keys("why?");
    assert_eq!(h.state.composer().text(), "why?");
}

#[test]
fn the_help_is_read_to_the_last_word_on_a_narrow_screen() {
    let mut h = Harness::with(settings(), (40, 12));
    h.keys("<f1>");
    let y = h.find("Close what").unwrap();
    let column = h.row(y as u16).find("Close").unwrap();
    let told: Vec<String> =
        h.rows()[y..].iter().map(|row| row.chars().skip(column).collect()).collect();
    let told = told.iter().map(|row| row.trim()).collect::<Vec<_>>().join(" ");
    assert!(told.starts_with("Close what is open, or stop the answer "), "{}", h.screen());
}

#[test]
fn the_key_of_the_reasoning_is_named_where_there_is_some() {
    let mut h = Harness::with(settings(), (160, 24));
    h.exchange("one", "first").keys("<alt+2>");
    assert!(h.row(23).contains(" y copy"), "{}", h.screen());
    assert!(!h.row(23).contains(" t reasoning"), "{}", h.screen());
    let turn = h.keys("<alt+1>").ask("two");
    h.turn_says(turn, delta("second", "because")).done().keys("<alt+2>");
    assert!(h.row(23).contains(" t reasoning"), "{}", h.screen());
}

#[test]
fn text_goes_on_arriving_under_the_help() {
    let mut h = Harness::new();
    h.ask("question");
    h.keys("<f1>").delta("Meanwhile.");
    assert!(h.find("Meanwhile.").is_none());
    h.keys("<esc>");
    assert!(h.find("Meanwhile.").is_some(), "{}", h.screen());
    assert!(h.state.answering(), "Esc closed the help and nothing else");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever arrives in whatever pieces: rows the reader looks at stay.
    #[test]
    fn no_text_moves_the_reader(
        pieces in prop::collection::vec(
            prop::sample::select(&["word ", "\n", "\n\n", "- item\n", "中文。", "| a | b |\n|---|---|\n", "```\n", "# h\n"][..]),
            1..60,
        ),
        up in 1_usize..30,
    ) {
        let mut h = long(1);
        h.ask("question");
        h.keys("<alt+2>");
        for _ in 0..up {
            h.keys("k");
        }
        // What was already whole does not change; the answer's own rows below still may.
        let whole = h.find("question").unwrap_or(21).max(2);
        let shown = h.rows()[2..whole].to_vec();
        let events = pieces.iter().map(|text| delta(text, ""));
        let first = TurnEvent::Opened { model: None, request_id: None, via: Via::USUAL };
        for event in std::iter::once(first).chain(events) {
            h.turn_says(h.turn(), event);
            prop_assert_eq!(&h.rows()[2..whole], &shown[..]);
        }
    }
}

#[test]
fn the_hint_to_fold_comes_with_the_first_word_of_reasoning() {
    let mut h = Harness::new();
    h.resize(140, 24);
    let turn = h.ask("why");
    h.keys("<alt+2>");
    h.turn_says(turn, delta("", ""));
    assert_eq!(h.find("t reasoning"), None, "{}", h.screen());
    // Only text of the answer arrives, which otherwise leaves these rows alone.
    h.turn_says(turn, delta("", "because"));
    assert!(h.find("t reasoning").is_some(), "{}", h.screen());
}
