//! The current message: which one is marked, how the mark moves, where it goes when it is scrolled
//! away.

use crate::harness::{Harness, numbered};

/// Three short exchanges.
fn short() -> Harness {
    let mut h = Harness::new();
    for n in 1..=3 {
        h.exchange(&format!("question {n}"), &format!("answer {n}"));
    }
    h
}

/// The rows with the mark.
fn marked(h: &Harness) -> Vec<String> {
    let rows = h.rows().into_iter();
    rows.filter_map(|row| Some(row.strip_prefix('▎')?.trim().to_owned())).collect()
}

fn text(h: &Harness) -> String {
    marked(h).into_iter().rfind(|text| !text.is_empty()).unwrap_or_default()
}

#[test]
fn only_the_reader_sees_a_mark_and_it_begins_at_the_last_message() {
    let mut h = short();
    assert!(marked(&h).is_empty(), "{}", h.screen());
    h.keys("<alt+2>");
    assert_eq!(text(&h), "answer 3");
    assert_eq!(marked(&h).len(), 2, "head and text, no blank row\n{}", h.screen());
    h.keys("<alt+1>");
    assert!(marked(&h).is_empty(), "{}", h.screen());
}

#[test]
fn it_goes_message_by_message_and_stays_at_the_ends() {
    let mut h = short();
    h.keys("<alt+2>");
    for expected in ["question 3", "answer 2", "question 2"] {
        h.keys("{");
        assert_eq!(text(&h), expected, "{}", h.screen());
    }
    h.keys("<shift+down>");
    assert_eq!(text(&h), "answer 2");
    h.keys("{{{{{{{{");
    assert_eq!(text(&h), "question 1");
    h.keys("}}}}}}}}}}");
    assert_eq!(text(&h), "answer 3");
    // What comes to the end is marked again without a key.
    h.keys("<alt+1>").exchange("question 4", "answer 4").keys("<alt+2>");
    assert_eq!(text(&h), "answer 4", "{}", h.screen());
}

#[test]
fn it_brings_its_message_into_sight() {
    let mut h = Harness::new();
    for n in 1..=3 {
        h.exchange(&format!("question {n}"), &numbered(30, |row| format!("answer {n}.{row}\n\n")));
    }
    h.keys("<alt+2>{");
    assert_eq!(h.row(3), "▎You  14:01", "{}", h.screen());
    assert_eq!(h.row(4), "▎  question 3");
    h.keys("{");
    assert!(h.row(3).starts_with("▎qwen-plus"), "{}", h.screen());
    assert!(h.find("▎  answer 2.1").is_some(), "{}", h.screen());
}

#[test]
fn a_mark_that_is_scrolled_away_goes_on_with_what_is_in_sight() {
    let mut h = Harness::new();
    h.exchange("question 1", &numbered(30, |row| format!("answer 1.{row}\n\n")));
    h.exchange("question 2", &numbered(30, |row| format!("answer 2.{row}\n\n")));
    h.keys("<alt+2>g}");
    assert!(h.find("▎  answer 1.1").is_some(), "{}", h.screen());
    h.keys("[");
    assert_eq!(text(&h), "question 1", "a jump to a question takes the mark along");
    h.keys("<pagedown><pagedown>");
    assert!(text(&h).starts_with("answer 1."), "{}", h.screen());
    h.keys("G");
    assert!(text(&h).starts_with("answer 2.30"), "{}", h.screen());
}

#[test]
fn a_warm_painter_paints_marks_as_a_cold_one() {
    let mut warm = short();
    let mut cold = short();
    cold.cold = true;
    for key in ["alt+2", "{", "{", "k", "}", "g", "]", "alt+1", "alt+2", "G"] {
        warm.key(key);
        cold.key(key);
        assert_eq!(warm.screen(), cold.screen(), "{key}");
        assert_eq!(warm.styles(), cold.styles(), "{key}");
    }
}
