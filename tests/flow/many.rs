//! Several conversations: one streams on while another is shown.

use lian::domain::chat::TurnEnd;

use crate::harness::{Harness, complete, delta, ended};

#[test]
fn a_stream_goes_on_behind_a_new_conversation() {
    let mut h = Harness::new();
    let first = h.ask("first question");
    h.delta("begun ");
    h.keys("<ctrl+n>");
    assert!(h.find("A new conversation").is_some(), "{}", h.screen());
    assert!(h.find("conversation 2/2").is_some(), "{}", h.screen());
    assert!(h.state.answering());
    let shown = h.rows()[2..].to_vec();
    h.turn_says(first, delta("and gone on", ""));
    assert_eq!(h.rows()[2..], shown, "the other conversation does not show through");
    h.keys("<alt+pageup>");
    assert!(h.find("begun and gone on").is_some(), "{}", h.screen());
    h.turn_says(first, complete());
    assert!(h.find("answering").is_none());
}

#[test]
fn two_answers_at_once_stay_apart() {
    let mut h = Harness::new();
    let first = h.ask("first question");
    h.keys("<ctrl+n>");
    let second = h.ask("second question");
    for _ in 0..3 {
        h.turn_says(first, delta("one ", "")).turn_says(second, delta("two ", ""));
    }
    h.turn_says(first, complete());
    assert!(h.find("two two two").is_some() && h.find("one").is_none(), "{}", h.screen());
    assert!(h.find("answering").is_some());
    h.keys("<alt+pageup>");
    assert!(h.find("one one one").is_some() && h.find("two").is_none(), "{}", h.screen());
    h.keys("<alt+pageup>");
    assert!(h.find("one one one").is_some(), "there is none before the first");
    h.keys("<alt+pagedown><alt+pagedown>");
    assert!(h.find("two two two").is_some(), "{}", h.screen());
}

#[test]
fn each_conversation_keeps_its_place_and_its_draft() {
    let mut h = Harness::new();
    h.exchange("first", &"line\n\n".repeat(40));
    h.keys("<pageup>draft one");
    let first = h.rows();
    h.keys("<ctrl+n>");
    h.exchange("second", "short");
    h.keys("draft two<alt+pageup>");
    assert_eq!(h.rows()[2..], first[2..]);
    h.keys("<alt+pagedown>");
    assert_eq!(h.state.composer().text(), "draft two");
}

#[test]
fn esc_stops_only_what_is_shown() {
    let mut h = Harness::new();
    let first = h.ask("first");
    h.keys("<ctrl+n>");
    h.ask("second");
    h.keys("<esc>");
    assert!(h.state.answering(), "the first goes on");
    h.turn_says(first, delta("text", "")).turn_says(first, ended(TurnEnd::Stopped));
    assert!(!h.state.answering());
}

#[test]
fn ctrl_c_says_that_another_answer_still_arrives() {
    let mut h = Harness::new();
    h.ask("first");
    h.keys("<ctrl+n><ctrl+c>");
    assert!(h.find("Another answer is still arriving").is_some(), "{}", h.screen());
}

#[test]
fn a_new_conversation_begins_with_the_settings_not_with_the_last_one() {
    let mut h = Harness::new();
    h.exchange("first", "text");
    h.keys("<ctrl+n>");
    h.effects();
    h.ask("second");
    let request = h.requests().remove(0);
    assert_eq!(request.messages.len(), 1);
}

#[test]
fn an_empty_conversation_is_new_already() {
    let mut h = Harness::new();
    h.keys("text<ctrl+n><ctrl+n>");
    assert!(h.find("conversation").is_some_and(|row| row > 0), "{}", h.screen());
    assert_eq!(h.state.composer().text(), "text");
}
