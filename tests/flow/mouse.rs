//! The mouse, and the pane beside the conversation on a wide screen.

use lian::domain::settings::Settings;
use lian::effect::{Effect, ScreenCommand};
use lian::input::PointerKind;

use crate::harness::{Harness, numbered, settings};

#[test]
fn f9_gives_the_mouse_to_the_terminal_and_takes_it_back() {
    let mut h = Harness::new();
    h.effects();
    h.key("f9");
    assert_eq!(h.effects(), [Effect::Screen(ScreenCommand::Mouse(false))]);
    assert!(h.find("drag to select text").is_some(), "{}", h.screen());
    h.key("f9");
    assert_eq!(h.effects(), [Effect::Screen(ScreenCommand::Mouse(true))]);
}

#[test]
fn the_wheel_scrolls_three_rows_in_the_conversation_and_in_the_help() {
    let mut h = Harness::new();
    h.exchange("q", &numbered(60, |i| format!("row {i}\n\n")));
    let top = |h: &Harness| h.rows().iter().position(|row| row.contains("row 60")).unwrap();
    let before = top(&h);
    h.mouse(PointerKind::WheelUp, 5, 5);
    assert_eq!(h.find("row 60"), None);
    h.mouse(PointerKind::WheelDown, 5, 5);
    assert_eq!(top(&h), before);
    h.key("f1");
    let first = h.row(3);
    h.mouse(PointerKind::WheelDown, 5, 5);
    assert_eq!(h.row(0), first, "{}", h.screen());
}

#[test]
fn a_wide_screen_can_show_what_is_open_beside_the_conversation() {
    let columns = Settings { columns: true, ..settings() };
    let mut h = Harness::with(columns, (160, 30));
    h.exchange("What is a paper boat", "A boat of paper.");
    assert!(h.find("│ This conversation").is_some(), "{}", h.screen());
    let side = h.find("model      qwen-plus").unwrap();
    // The conversation is beside it, in the same rows.
    assert!(h.row(side as u16).starts_with("   What is a paper boat"), "{}", h.screen());
    h.keys("<ctrl+n>");
    h.ask("Second question");
    let first = h.find("  What is a paper boat").unwrap();
    assert!(
        h.row(first as u16 + 1).ends_with("▸ Second question                    ●"),
        "{}",
        h.screen()
    );
    // One key takes it away, and text has the whole width again.
    h.keys("<alt+l>");
    assert_eq!(h.find("This conversation"), None);
}

#[test]
fn a_narrow_screen_stays_in_rows_and_says_why() {
    let mut h = Harness::with(settings(), (120, 30));
    h.keys("<alt+l>");
    assert_eq!(h.find("This conversation"), None);
    assert!(h.find("140 columns").is_some(), "{}", h.screen());
    h.resize(140, 30);
    assert!(h.find("This conversation").is_some(), "{}", h.screen());
}

#[test]
fn text_that_arrives_beside_the_side_pane_never_moves_it() {
    let columns = Settings { columns: true, ..settings() };
    let mut h = Harness::with(columns, (150, 16));
    h.ask("count");
    for i in 1..80 {
        h.delta(&format!("row {i}\n\n"));
        // The harness compares every frame with one painted from nothing.
        assert!(h.row(2).contains("│ This conversation"), "{}", h.screen());
    }
}
