//! The palette, commands after a slash, and what every list has in common.

use lian::domain::settings::Language;
use lian::effect::Effect;
use lian::input::PointerKind;

use crate::harness::{Harness, settings};

#[test]
fn an_action_is_found_by_its_words_and_done() {
    let mut h = Harness::new();
    h.exchange("one", "answer").keys("<ctrl+p>");
    assert!(h.find("Everything lian can do").is_some(), "{}", h.screen());
    h.keys("new conv");
    let row = h.find("▸ Begin a new conversation").unwrap();
    assert!(h.row(row as u16).ends_with("Ctrl+N"), "{}", h.screen());
    // The caret is where words go, for input methods.
    assert_eq!(h.cursor(), Some((3 + 8, 2)));
    h.key("enter");
    assert!(h.find("A new conversation").is_some(), "{}", h.screen());
    assert_eq!(h.find("Everything lian"), None);
}

#[test]
fn it_speaks_chinese() {
    let mut h = Harness::with(
        lian::domain::settings::Settings { language: Language::ZhCn, ..settings() },
        (80, 24),
    );
    h.keys("<ctrl+p>退出");
    assert!(h.find("▸ 退出").is_some(), "{}", h.screen());
    h.effects();
    h.key("enter");
    assert!(h.effects().contains(&Effect::Quit));
}

#[test]
fn what_fits_nothing_says_so_and_escape_gives_the_message_back() {
    let mut h = Harness::new();
    h.keys("my draft<ctrl+p>zzzz");
    assert!(h.find("Nothing is called that").is_some(), "{}", h.screen());
    h.keys("<enter><esc>");
    assert!(h.find("my draft").is_some() && h.find("zzzz").is_none(), "{}", h.screen());
}

#[test]
fn a_slash_in_an_empty_message_lists_commands() {
    let mut h = Harness::new();
    h.keys("/");
    assert!(h.find("▸ /new").is_some(), "{}", h.screen());
    h.effects();
    h.keys("q<enter>");
    assert!(h.effects().contains(&Effect::Quit));
    // Within a message it is a letter.
    let mut h = Harness::new();
    h.keys("a/b");
    assert!(h.find("a/b").is_some() && h.find("/help").is_none());
    // Deleting the slash leaves.
    let mut h = Harness::new();
    h.keys("/<backspace>");
    assert_eq!(h.find("/help"), None);
}

#[test]
fn labels_stand_apart_from_commands_and_have_the_room_of_a_narrow_screen() {
    let mut h = Harness::new();
    h.keys("<ctrl+p>side pane");
    let row = h.find("▸ Side pane").map(|y| h.row(y as u16)).unwrap_or_default();
    assert!(row.contains("… /layout") && row.ends_with("Alt+L"), "{row}");
    let mut h = Harness::with(settings(), (40, 12));
    h.keys("<ctrl+p>begin new");
    let row = h.find("▸ Begin a new conversation").map(|y| h.row(y as u16)).unwrap_or_default();
    assert!(row.ends_with("Ctrl+N"), "{}", h.screen());
    let mut h = Harness::with(settings(), (20, 5));
    h.keys("<ctrl+p>");
    assert!(h.find("▸ Begin a new co…").is_some(), "{}", h.screen());
}

#[test]
fn a_path_is_no_command() {
    let mut h = Harness::new();
    h.keys("/usr/bin is full");
    assert!(h.find("/usr/bin is full").is_some(), "{}", h.screen());
    let mut h = Harness::new();
    h.keys("/zzz<enter>top");
    assert!(h.find("/zzztop").is_some(), "{}", h.screen());
}

#[test]
fn the_mouse_marks_takes_and_turns() {
    let mut h = Harness::new();
    h.keys("<ctrl+p>");
    let first = h.find("▸").unwrap() as u16;
    h.mouse(PointerKind::Press, 10, first + 2);
    assert_eq!(h.find("▸"), Some(usize::from(first) + 2));
    h.mouse(PointerKind::WheelUp, 10, first);
    assert_eq!(h.find("▸"), Some(usize::from(first) + 1));
    h.keys("quit");
    h.effects();
    h.mouse(PointerKind::Press, 10, first);
    assert!(h.effects().contains(&Effect::Quit), "{}", h.screen());
}

#[test]
fn the_marked_row_stays_in_sight_on_every_screen() {
    for (width, height) in [(20, 5), (40, 10), (80, 24), (200, 60)] {
        let mut h = Harness::with(settings(), (width, height));
        h.keys("<ctrl+p>");
        for step in 0..60 {
            assert!(h.find("▸").is_some(), "{width}x{height} step {step}\n{}", h.screen());
            h.key(if step % 7 == 0 { "pagedown" } else { "down" });
        }
    }
}

#[test]
fn a_key_of_the_conversation_is_shown_with_the_way_there() {
    let mut h = Harness::with(settings(), (100, 40));
    h.keys("<ctrl+p>same question");
    let row = h.find("Ask the same question again").unwrap();
    assert!(h.row(row as u16).ends_with("Alt+2 r"), "{}", h.screen());
    // A key that holds in a list alone does nothing here, so it is not shown.
    h.keys("<esc><ctrl+p>pin the model");
    let row = h.find("Pin the model").unwrap();
    assert!(h.row(row as u16).trim_end().ends_with("/pin"), "{}", h.screen());
}
