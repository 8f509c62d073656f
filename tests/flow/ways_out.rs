//! Stopping, going back, quitting: what Esc, Ctrl+C and Ctrl+D end, and how an unfinished answer
//! goes on.

use lian::domain::chat::{ChatCommand, MessageState, TurnEnd};
use lian::domain::conversations::StoreCommand;
use lian::effect::{Effect, ScreenCommand};

use crate::harness::{Harness, complete, delta, ended};

fn quits(h: &mut Harness) -> bool {
    h.effects().contains(&Effect::Quit)
}

#[test]
fn esc_undoes_the_nearest_thing_first() {
    let mut h = Harness::new();
    h.exchange("one", &"line\n\n".repeat(40));
    let turn = h.ask("two");
    h.delta("text").keys("<alt+2><pageup>rix<f1>");
    h.effects();
    h.keys("<esc>");
    assert!(h.find("Keys").is_none(), "first the help");
    assert_eq!(h.effects(), []);
    h.keys("<esc>");
    assert!(h.effects().contains(&Effect::Chat(ChatCommand::Cancel(turn))), "then the answer");
    assert!(h.find("An answer is still arriving").is_some(), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.find("An answer is still arriving").is_none(), "then the notice");
    h.keys("<alt+2><pageup>");
    assert!(h.find("more below").is_some(), "{}", h.screen());
    h.keys("<esc>y");
    assert!(h.find("more below").is_none(), "then place and focus");
    assert_eq!(h.state.composer().text(), "xy", "what was written stays all the way");
    h.keys("<esc><esc><esc>");
    assert!(!quits(&mut h), "Esc never quits");
}

#[test]
fn ctrl_c_twice_quits() {
    let mut h = Harness::new();
    h.keys("<ctrl+c>");
    assert!(!quits(&mut h));
    assert!(h.find("Press Ctrl+C again to quit").is_some(), "{}", h.screen());
    h.pass(1_999).keys("<ctrl+c>");
    assert!(quits(&mut h));
}

#[test]
fn ctrl_c_twice_with_two_seconds_between_does_not_quit() {
    let mut h = Harness::new();
    h.keys("<ctrl+c>").pass(2_000);
    assert!(h.find("Press Ctrl+C again").is_none(), "the notice goes with the offer");
    h.keys("<ctrl+c>");
    assert!(!quits(&mut h));
    h.pass(500).keys("<ctrl+c>");
    assert!(quits(&mut h));
}

#[test]
fn the_first_ctrl_c_stops_the_answer() {
    let mut h = Harness::new();
    let turn = h.ask("question");
    h.delta("Some").keys("<ctrl+c>");
    assert!(h.effects().contains(&Effect::Chat(ChatCommand::Cancel(turn))));
    assert!(h.find("Stopped.").is_some() && h.find("unfinished").is_some(), "{}", h.screen());
    assert!(!h.state.answering());
}

#[test]
fn ctrl_d_quits_only_while_nothing_is_written() {
    let mut h = Harness::new();
    h.keys("ab<left><left><ctrl+d>");
    assert!(!quits(&mut h));
    assert_eq!(h.state.composer().text(), "b", "it deletes after the caret");
    h.keys("<ctrl+d><ctrl+d>");
    assert!(quits(&mut h));
    assert!(h.state.quitting());
}

#[test]
fn the_screen_can_be_painted_again_and_left() {
    let mut h = Harness::new();
    h.effects();
    h.keys("<ctrl+l><ctrl+z>");
    let wanted = [ScreenCommand::Redraw, ScreenCommand::Suspend].map(Effect::Screen);
    assert_eq!(h.effects(), wanted);
}

#[test]
fn esc_stops_and_late_text_is_dropped() {
    let mut h = Harness::new();
    let turn = h.ask("question");
    h.delta("Half an ");
    h.effects();
    h.keys("<esc>");
    let effects = h.effects();
    assert_eq!(effects[0], Effect::Chat(ChatCommand::Cancel(turn)));
    let saved = effects.iter().find_map(|effect| match effect {
        Effect::Store(StoreCommand::SaveMessage { message, .. }) => Some(message),
        _ => None,
    });
    let saved = saved.expect("what arrived is stored at once");
    assert_eq!((saved.text.as_str(), saved.state), ("Half an ", MessageState::Partial));
    h.turn_says(turn, delta("answer nobody wants", ""));
    assert!(h.find("nobody").is_none(), "{}", h.screen());
    h.turn_says(turn, ended(TurnEnd::Stopped));
    assert!(h.find("unfinished").is_some() && h.find("Stopped.").is_some(), "{}", h.screen());
    assert!(h.find("Alt+C goes on from here").is_some(), "{}", h.screen());
    let StoreCommand::SaveMessage { message, .. } = h.stored().remove(0) else {
        panic!("the message is stored again with what the service told at the end")
    };
    assert_eq!(message.text, "Half an ");
}

#[test]
fn a_stop_is_final_even_if_the_answer_was_just_done() {
    let mut h = Harness::new();
    let turn = h.ask("question");
    h.delta("All of it").keys("<esc>").turn_says(turn, complete());
    assert!(h.find("unfinished").is_some(), "{}", h.screen());
}

#[test]
fn a_stopped_answer_leaves_nothing_to_wake_for() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("Half").keys("<esc>");
    assert_eq!(h.state.deadline(h.now), None);
    h.pass(10_000);
}

#[test]
fn text_of_a_stopped_answer_is_not_stored_in_the_next() {
    let mut h = Harness::new();
    let first = h.ask("one");
    h.delta("first answer").keys("<esc>");
    h.ask("two");
    h.delta("second");
    h.effects();
    h.turn_says(first, ended(TurnEnd::Stopped)).pass(200);
    let appended: Vec<_> = h.stored().into_iter().filter_map(appended).collect();
    assert_eq!(appended, ["second"], "and the late end of the first loses nothing of the second");
}

fn appended(command: StoreCommand) -> Option<String> {
    match command {
        StoreCommand::AppendText { text, .. } => Some(text),
        _ => None,
    }
}

#[test]
fn an_unfinished_answer_goes_on_in_the_same_message() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("One, two, ").keys("<esc>");
    h.turn_says(h.turn(), ended(TurnEnd::Stopped));
    h.effects();
    h.keys("<alt+c>");
    let request = h.requests().remove(0);
    let last = request.messages.last().unwrap();
    assert_eq!((last.text.as_str(), last.partial), ("One, two, ", true));
    assert_eq!(request.messages.len(), 2);
    assert!(h.find("goes on from here").is_none() && h.find("answering").is_some());
    h.delta("three.").done();
    assert!(h.find("One, two, three.").is_some(), "{}", h.screen());
    assert!(h.find("unfinished").is_none() && h.find("Stopped.").is_none(), "{}", h.screen());
    assert_eq!(h.state.conversations().shown().entries().len(), 2);
}

#[test]
fn figures_of_a_continued_answer_belong_together() {
    let mut h = Harness::with(crate::harness::settings(), (120, 24));
    h.ask("question");
    // A service that counts what it sent before it failed.
    let failed =
        TurnEnd::Failed(lian::domain::notice::Notice::new(lian::domain::notice::NoticeKind::Cut));
    let lian::domain::chat::TurnEvent::Ended { usage, timing, .. } = complete() else { panic!() };
    h.delta("One, ");
    let turn = h.turn();
    let what = lian::domain::chat::TurnEvent::Ended { end: failed, usage, finish: None, timing };
    h.turn_says(turn, what).keys("<alt+c>").delta("two.").done();
    assert!(h.find("800 tok").is_some(), "{}", h.screen());
    assert!(h.find("50 tok/s").is_some(), "400 in 8 s, twice, is no 100\n{}", h.screen());
}
