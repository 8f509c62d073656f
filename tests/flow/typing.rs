//! Writing a message: what a key changes, where the caret stands, what is kept of a draft.

use lian::domain::conversations::{StoreCommand, StoreEvent};
use lian::event::ServiceEvent;
use lian::input::PointerKind;

use crate::harness::{Harness, numbered};

/// The composer's row on a screen of 80 by 24 while it holds one.
const ROW: u16 = 22;

/// The drafts among the writes.
pub(crate) fn drafts(stored: &[StoreCommand]) -> Vec<&str> {
    let mut drafts = Vec::new();
    for command in stored {
        if let StoreCommand::SaveDraft { text, .. } = command {
            drafts.push(text.as_str());
        }
    }
    drafts
}

#[test]
fn typing_inserts_at_cursor() {
    let mut h = Harness::new();
    h.keys("ac<left>");
    h.effects();
    h.keys("b");
    assert_eq!(h.row(ROW), " abc");
    assert_eq!(h.changed(), &[ROW], "one row changes\n{}", h.screen());
    assert_eq!(h.cursor(), Some((3, ROW)));
    assert_eq!(h.effects(), [], "a typed character asks nothing of the world");
}

#[test]
fn wide_characters_take_two_columns() {
    for (typed, column) in [
        ("你好", 5),
        ("a你b", 5),
        ("你好<left>", 3),
        ("你好<backspace>", 3),
        ("，。", 5),
        ("👍", 3),
        ("한글", 5),
        ("ｱ", 2),
    ] {
        let mut h = Harness::new();
        h.keys(typed);
        assert_eq!(h.cursor(), Some((column, ROW)), "{typed}\n{}", h.screen());
    }
}

#[test]
fn a_cluster_counts_once_in_the_composer() {
    for (text, column) in [("e\u{301}", 2), ("👍🏽", 3), ("👨‍👩‍👧", 3), ("🇨🇳", 3), ("葛\u{e0100}", 3)]
    {
        let mut h = Harness::new();
        h.paste(text);
        assert_eq!(h.cursor(), Some((column, ROW)), "{text}\n{}", h.screen());
        h.keys("<left>");
        assert_eq!(h.cursor(), Some((1, ROW)), "{text}");
    }
}

#[test]
fn long_text_wraps_and_the_caret_follows() {
    let mut h = Harness::with(crate::harness::settings(), (20, 12));
    h.keys("我们在终端里和大模型谈话吧朋友们");
    assert_eq!(h.rows()[9..11], [" 我们在终端里和大模", " 型谈话吧朋友们"], "{}", h.screen());
    assert_eq!(h.cursor(), Some((15, 10)));
    h.keys("<home>");
    let (x, y) = h.cursor().unwrap();
    assert!(x == 1 && (9..11).contains(&y), "{x},{y}\n{}", h.screen());
}

#[test]
fn a_long_message_scrolls_within_a_third_of_the_screen() {
    let mut h = Harness::new();
    h.paste(&numbered(30, |n| format!("line {n}\n")));
    assert_eq!(h.find("Message"), Some(14), "{}", h.screen());
    assert_eq!(h.row(21), " line 30", "{}", h.screen());
    assert_eq!(h.cursor(), Some((1, 22)));
    h.keys("<ctrl+home>");
    assert_eq!(h.row(15), " line 1", "{}", h.screen());
    assert_eq!(h.cursor(), Some((1, 15)));
}

#[test]
fn newline_keys_and_backslash_begin_a_line() {
    for script in ["a<alt+enter>b", "a<shift+enter>b", "a<ctrl+j>b", "a\\<enter>b"] {
        let mut h = Harness::new();
        h.keys(script);
        assert_eq!(h.state.composer().text(), "a\nb", "{script}");
        assert_eq!(h.rows()[21..23], [" a", " b"], "{script}\n{}", h.screen());
        assert_eq!(h.cursor(), Some((2, 22)));
    }
}

#[test]
fn a_paste_is_one_edit_and_brings_no_controls() {
    let mut h = Harness::new();
    h.paste("one\r\ntwo\x1b[31m\u{7}");
    assert_eq!(h.state.composer().text(), "one\ntwo[31m");
    h.keys("<alt+u>");
    assert_eq!(h.state.composer().text(), "");
}

#[test]
fn drafts_are_saved_within_a_quarter_of_a_second() {
    let mut h = Harness::new();
    h.effects();
    h.keys("half a tho");
    h.pass(249);
    assert_eq!(h.stored(), []);
    h.pass(1);
    let stored = h.stored();
    assert_eq!(drafts(&stored), ["half a tho"]);
    assert!(matches!(stored[0], StoreCommand::SaveConversation(_)), "its head comes first");
    h.pass(10_000);
    assert_eq!(h.stored(), [], "what is saved is saved once");
    h.keys("<left>").pass(10_000);
    assert_eq!(h.stored(), [], "the caret is no draft");
}

#[test]
fn typing_on_does_not_put_off_the_draft() {
    let mut h = Harness::new();
    h.effects();
    for _ in 0..10 {
        h.keys("x").pass(30);
    }
    assert_eq!(drafts(&h.stored()), ["xxxxxxxxx"], "saved at 250 ms although keys go on");
}

#[test]
fn a_sent_question_is_history_and_no_draft_any_more() {
    let mut h = Harness::new();
    h.effects();
    h.keys("first<enter>");
    let stored = h.stored();
    assert!(stored.contains(&StoreCommand::AddHistory("first".to_owned())), "{stored:?}");
    assert_eq!(drafts(&stored), [""]);
    h.done().keys("<up>");
    assert_eq!(h.state.composer().text(), "first");
    h.keys("<down>");
    assert!(h.state.composer().is_empty());
}

#[test]
fn history_of_the_store_is_reached_with_up() {
    let mut h = Harness::new();
    let history = vec!["old".to_owned(), "new".to_owned()];
    h.says(ServiceEvent::Store(StoreEvent::Restored { last: None, history }));
    h.keys("mine<up>");
    assert_eq!(h.row(ROW), " new");
    h.keys("<up>");
    assert_eq!(h.row(ROW), " old");
    h.keys("<down><down>");
    assert_eq!(h.row(ROW), " mine");
}

#[test]
fn an_empty_message_is_not_sent() {
    let mut h = Harness::new();
    h.effects();
    h.keys("<enter>  <enter>");
    assert_eq!(h.requests(), []);
}

#[test]
fn typing_while_an_answer_streams() {
    let mut h = Harness::new();
    h.ask("question");
    h.keys("ne").delta("Some text").keys("xt").delta(" and more.");
    assert_eq!(h.row(ROW), " next", "{}", h.screen());
    assert!(h.find("Some text and more.").is_some(), "{}", h.screen());
    assert_eq!(h.cursor(), Some((5, ROW)));
}

#[test]
fn the_mouse_chooses_the_pane_and_the_wheel_scrolls() {
    let mut h = Harness::new();
    h.exchange("question", &"line\n\n".repeat(40));
    h.mouse(PointerKind::Press, 5, 4);
    h.keys("x");
    assert!(h.state.composer().is_empty(), "the conversation takes no text");
    h.mouse(PointerKind::WheelUp, 5, 4);
    assert!(h.find("more below").is_some(), "{}", h.screen());
    h.mouse(PointerKind::WheelDown, 5, 4);
    assert!(h.find("more below").is_none(), "{}", h.screen());
    h.mouse(PointerKind::Press, 5, ROW);
    h.keys("x");
    assert_eq!(h.row(ROW), " x");
}

#[test]
fn deleted_lines_let_the_others_come_back_into_sight() {
    let mut h = Harness::new();
    h.paste(&numbered(30, |n| format!("line {n}\n")));
    for _ in 0..28 {
        h.keys("<backspace><ctrl+u>");
    }
    assert_eq!(h.state.composer().text(), "line 1\nline 2\n");
    assert_eq!(h.rows()[20..23], [" line 1", " line 2", ""], "{}", h.screen());
    assert_eq!(h.cursor(), Some((1, 22)));
}
