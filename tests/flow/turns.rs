//! Turns: the queue, another answer, another question, branches, a copy from here.

use lian::domain::chat::{ChatCommand, ChatRequest, MessageState, Role};
use lian::domain::conversations::{Queued, StoreCommand};
use lian::domain::ids::MessageId;
use lian::domain::notice::NoticeKind;
use lian::domain::settings::{Language, Settings};
use lian::effect::Effect;
use proptest::prelude::*;

use crate::harness::{Harness, complete, settings};

/// What is sent, as short as it can be told.
fn sent(request: &ChatRequest) -> Vec<&str> {
    request.messages.iter().map(|message| message.text.as_str()).collect()
}

/// The texts of the queue as the store knows it.
fn queued(commands: &[StoreCommand]) -> Option<Vec<String>> {
    commands.iter().rev().find_map(|command| match command {
        StoreCommand::SaveQueue { queue, .. } => {
            Some(queue.iter().map(|message| message.text.clone()).collect())
        }
        _ => None,
    })
}

/// The texts of the conversation that is shown.
fn shown(h: &Harness) -> Vec<String> {
    let entries = h.state.conversations().shown().entries();
    entries.iter().map(|entry| entry.text().to_owned()).collect()
}

// --- the queue

#[test]
fn messages_wait_in_sight_and_are_sent_in_order() {
    let mut h = Harness::new();
    h.ask("one");
    h.delta("Some text").effects();
    h.keys("two<enter>three<enter>draft");
    assert_eq!(queued(&h.stored()).unwrap(), ["two", "three"]);
    assert!(h.find(" 1  two").is_some() && h.find(" 2  three").is_some(), "{}", h.screen());
    assert_eq!(h.state.composer().text(), "draft");
    h.done();
    assert!(h.find(" 1  three").is_some() && h.find(" 2  three").is_none(), "{}", h.screen());
    let effects = h.effects();
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Chat(ChatCommand::Start { request, .. }) => Some(request),
        _ => None,
    });
    assert_eq!(sent(request.unwrap()), ["one", "Some text", "two"]);
    h.delta("second").done();
    assert_eq!(sent(&h.requests()[0]).last(), Some(&"three"));
    assert!(h.state.conversations().shown().queue.is_empty());
    assert_eq!(h.state.composer().text(), "draft");
}

#[test]
fn a_waiting_message_that_goes_out_does_not_move_the_reader() {
    let mut h = Harness::new();
    h.ask("one");
    h.keys("two<enter>").delta(&"line\n\n".repeat(60)).keys("<pageup><pageup>");
    let shown = h.rows()[2..15].to_vec();
    h.done().delta("second answer");
    assert_eq!(h.rows()[2..15], shown);
    h.keys("<alt+end>");
    assert!(h.find("second answer").is_some(), "{}", h.screen());
}

#[test]
fn many_waiting_messages_leave_room_for_the_conversation() {
    let mut h = Harness::new();
    h.ask("one");
    for n in 2..9 {
        h.keys(&format!("m{n}<enter>"));
    }
    assert!(h.find("and 4 more; Alt+W lists them").is_some(), "{}", h.screen());
    h.resize(40, 8);
    assert!(h.find("one").is_some(), "{}", h.screen());
}

#[test]
fn a_waiting_message_is_cleaned_before_it_is_shown() {
    let mut h = Harness::new();
    h.ask("one");
    h.paste("two\nlines\tof \u{202e}text").keys("<enter>");
    assert!(h.find(" 1  two lines of text").is_some(), "{}", h.screen());
}

#[test]
fn up_takes_the_last_one_back_and_enter_puts_it_where_it_was() {
    let mut h = Harness::new();
    h.ask("one");
    h.keys("two<enter>three<enter>");
    h.effects();
    h.keys("<up>");
    assert_eq!(h.state.composer().text(), "three");
    let stored = h.stored();
    assert_eq!(queued(&stored).unwrap(), ["two"]);
    let draft = stored.iter().position(|c| matches!(c, StoreCommand::SaveDraft { .. }));
    let queue = stored.iter().position(|c| matches!(c, StoreCommand::SaveQueue { .. }));
    assert!(draft < queue, "a kill in between loses nothing");
    h.keys("!<enter><alt+e><ctrl+u>2<enter>");
    assert_eq!(queued(&h.stored()).unwrap(), ["two", "2"]);
    // Only an empty composer: within a text Up moves the caret or walks the history.
    h.keys("text<up>");
    assert_eq!(queued(&h.stored()), None);
}

#[test]
fn the_list_moves_removes_and_takes_back() {
    let mut h = Harness::new();
    h.ask("one");
    h.keys("two<enter>three<enter>four<enter>");
    h.keys("<alt+w>");
    assert!(h.find("Messages that wait").is_some(), "{}", h.screen());
    h.keys("<down><alt+up>");
    assert_eq!(queued(&h.stored()).unwrap(), ["three", "two", "four"]);
    h.keys("<down><alt+d>");
    assert_eq!(queued(&h.stored()).unwrap(), ["three", "four"]);
    h.keys("<up><enter>");
    assert_eq!(h.state.composer().text(), "three");
    assert!(h.find("Messages that wait").is_none(), "the list is closed");
    // The answer ends while the first is being changed: the second does not overtake it.
    h.effects();
    h.done();
    assert_eq!(h.requests(), []);
    assert!(h.find("Alt+G").is_some(), "{}", h.screen());
    h.keys("!<enter>");
    assert_eq!(sent(&h.requests()[0]).last(), Some(&"three!"));
    h.delta("answer").done();
    assert_eq!(sent(&h.requests()[0]).last(), Some(&"four"));
    // What was removed is in the history.
    h.keys("<alt+2>i<up><up>");
    assert_eq!(h.state.composer().text(), "two");
}

#[test]
fn a_failed_answer_holds_the_queue_until_a_word() {
    let mut h = Harness::new();
    h.ask("one");
    h.keys("two<enter>").delta("half");
    h.effects();
    h.fails(NoticeKind::Cut);
    assert_eq!(h.requests(), []);
    assert!(h.find("1 message waits; Alt+G sends it").is_some(), "{}", h.screen());
    h.keys("<alt+g>");
    assert_eq!(sent(&h.requests()[0]), ["one", "half", "two"]);
    assert!(h.find("waits").is_none(), "{}", h.screen());
}

#[test]
fn a_stopped_answer_holds_the_queue_and_going_on_does_not_send_it() {
    let mut h = Harness::new();
    h.ask("one");
    h.keys("two<enter>").delta("half").keys("<esc>");
    assert!(h.find("1 message waits").is_some(), "{}", h.screen());
    h.effects();
    h.keys("<alt+c>").delta(" and half").done();
    let requests = h.requests();
    assert_eq!(requests.len(), 1, "only the rest of the answer: {requests:?}");
    h.keys("<alt+g>").delta("second").done();
    assert_eq!(sent(&h.requests()[0]).last(), Some(&"two"));
}

#[test]
fn waiting_for_the_service_is_no_reason_to_hold() {
    let mut h = Harness::new();
    let first = h.ask("one");
    h.keys("two<enter>");
    let notice = lian::domain::notice::Notice::new(NoticeKind::Throttled {
        kind: lian::domain::notice::Throttle::Requests,
        tries: 0,
    });
    let wait = std::time::Duration::from_secs(9);
    let event = lian::domain::chat::TurnEvent::Waiting { notice, wait, attempt: 2 };
    h.turn_says(first, event).keys("<alt+n>");
    h.effects();
    h.delta("answer").done();
    assert_eq!(sent(&h.requests()[0]).last(), Some(&"two"));
}

#[test]
fn nothing_to_send_or_to_take_back_is_said() {
    for key in ["<alt+g>", "<alt+e>"] {
        let mut h = Harness::new();
        h.keys(key);
        assert!(h.find("There is nothing to go on with").is_some(), "{key}\n{}", h.screen());
    }
}

#[test]
fn the_queue_speaks_chinese() {
    let mut h = Harness::with(Settings { language: Language::ZhCn, ..settings() }, (80, 24));
    h.ask("一");
    h.keys("二<enter><esc>");
    assert!(h.find("1 条消息在等待；Alt+G 发送").is_some(), "{}", h.screen());
}

// --- another answer

#[test]
fn an_answer_is_asked_again_and_the_old_one_stays() {
    let mut h = Harness::new();
    h.exchange("question", "alpha");
    h.effects();
    h.keys("<alt+2>r");
    assert_eq!(sent(&h.requests()[0]), ["question"]);
    h.delta("omega").done();
    assert!(h.find("‹2/2›").is_some() && h.find("alpha").is_none(), "{}", h.screen());
    h.keys("<lt>");
    assert!(h.find("‹1/2›").is_some() && h.find("alpha").is_some(), "{}", h.screen());
    assert!(h.find("omega").is_none());
    h.keys(">");
    assert!(h.find("omega").is_some(), "{}", h.screen());
    h.keys("<left>").effects();
    h.keys("inext<enter>");
    let requests = h.requests();
    assert_eq!(sent(&requests[0]), ["question", "alpha", "next"], "only the path is sent");
}

#[test]
fn the_branch_that_is_shown_is_stored() {
    let mut h = Harness::new();
    h.exchange("question", "first");
    h.keys("<alt+2>r").delta("second").done();
    h.effects();
    h.keys("<lt>");
    let leaf = h.state.conversations().shown().entries().last().unwrap().id();
    let stored = h.stored();
    let mut heads = stored.iter().filter_map(|command| match command {
        StoreCommand::SaveConversation(head) => head.leaf,
        _ => None,
    });
    assert_eq!(heads.next_back(), Some(leaf));
}

#[test]
fn another_seed_is_sent_and_shown() {
    let mut h = Harness::new();
    h.exchange("question", "first");
    h.effects();
    h.keys("<alt+2>R");
    let seed = h.requests()[0].params.seed.expect("a seed");
    assert!(seed < 1 << 31);
    h.delta("second").fails(NoticeKind::Cut);
    h.resize(120, 24);
    assert!(h.find(&format!("seed {seed}")).is_some(), "{}", h.screen());
    // The rest of that answer is asked with the same seed, the next question without.
    h.keys("<alt+c>");
    assert_eq!(h.requests()[0].params.seed, Some(seed));
    h.delta(".").done().keys("i").ask("next");
    assert_eq!(h.requests()[0].params.seed, None);
}

#[test]
fn one_answer_at_a_time() {
    for key in ["r", "R"] {
        let mut h = Harness::new();
        h.ask("question");
        h.delta("text").effects();
        h.keys("<alt+2>").keys(key);
        assert_eq!(h.requests(), []);
        assert!(h.find("An answer is still arriving").is_some(), "{}", h.screen());
        h.done();
        assert!(h.find("An answer is still arriving").is_none(), "what is over is not said");
    }
}

#[test]
fn an_earlier_answer_is_asked_again_where_the_reader_is() {
    let mut h = Harness::new();
    h.exchange("one", "first").exchange("two", "second");
    h.effects();
    h.keys("<alt+2>{{{");
    h.keys("r");
    assert_eq!(sent(&h.requests()[0]), ["one"]);
    h.delta("other").done();
    assert_eq!(shown(&h), ["one", "other"]);
    h.keys("<lt>");
    assert_eq!(shown(&h), ["one", "first", "two", "second"], "what was below is below again");
}

#[test]
fn a_branch_streams_on_while_another_is_read_and_the_queue_waits_for_eyes() {
    let mut h = Harness::new();
    h.exchange("question", "first");
    h.keys("<alt+2>r");
    let turn = h.turn();
    h.delta("sec").keys("inext<enter><alt+2><lt>");
    assert_eq!(shown(&h), ["question", "first"]);
    h.delta("ond").effects();
    h.turn_says(turn, complete());
    assert_eq!(h.requests(), [], "what was written for one branch is not sent in another");
    h.keys(">");
    assert_eq!(shown(&h), ["question", "second"]);
    h.keys("<alt+g>");
    assert_eq!(sent(&h.requests()[0]), ["question", "second", "next"]);
}

// --- another question

#[test]
fn a_question_is_changed_and_becomes_a_branch() {
    let mut h = Harness::new();
    h.exchange("one", "first").exchange("two", "second");
    h.keys("draft<alt+2>e");
    assert_eq!(h.state.composer().text(), "two");
    assert!(h.find("Change the question").is_some(), "{}", h.screen());
    h.effects();
    h.keys("!<enter>");
    assert_eq!(sent(&h.requests()[0]), ["one", "first", "two!"]);
    assert_eq!(h.state.composer().text(), "draft", "what was being written is there again");
    h.delta("third").done();
    let row = h.find("‹2/2›").unwrap() as u16;
    assert!(h.row(row).contains("You"), "{}", h.screen());
    h.keys("<alt+2>{<lt>");
    assert_eq!(shown(&h), ["one", "first", "two", "second"]);
    h.keys(">");
    assert_eq!(shown(&h), ["one", "first", "two!", "third"]);
}

#[test]
fn the_first_question_can_be_changed_too() {
    let mut h = Harness::new();
    h.exchange("one", "first").exchange("two", "second");
    h.keys("<alt+2>{{{e").effects();
    h.keys("!<enter>");
    assert_eq!(sent(&h.requests()[0]), ["one!"]);
}

#[test]
fn esc_leaves_the_change_and_the_draft_is_there_again() {
    let mut h = Harness::new();
    h.exchange("one", "first");
    h.keys("draft<alt+2>e more<esc>");
    assert_eq!(h.state.composer().text(), "draft");
    assert!(h.find("Change the question").is_none(), "{}", h.screen());
    h.effects();
    h.keys("<enter>");
    assert_eq!(sent(&h.requests()[0]), ["one", "first", "draft"]);
}

#[test]
fn the_hints_of_a_change_name_keys_that_do_what_they_say() {
    let mut h = Harness::new();
    h.ask("one");
    h.delta("text").keys("<alt+2>e!");
    assert!(h.find("Esc leaves it").is_some() && h.find("Esc stop").is_none(), "{}", h.screen());
    assert!(h.find("Enter queue").is_none() && h.find("Alt+. stop").is_some(), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.find("Esc stop").is_some() && h.find("Enter queue").is_some(), "{}", h.screen());
}

#[test]
fn a_change_can_be_written_but_not_sent_while_an_answer_arrives() {
    let mut h = Harness::new();
    h.ask("one");
    h.delta("text").keys("<alt+2>e!").effects();
    h.keys("<enter>");
    assert_eq!((h.requests(), h.state.composer().text()), (vec![], "one!".to_owned()));
    assert!(h.find("An answer is still arriving").is_some(), "{}", h.screen());
    // Another conversation does not know of it, this one still does.
    h.keys("<ctrl+n>").keys("<alt+pageup>");
    assert_eq!(h.state.composer().text(), "one!");
    h.done().effects();
    h.keys("<enter>");
    assert_eq!(sent(&h.requests()[0]), ["one!"]);
}

// --- a copy from here

#[test]
fn a_conversation_is_copied_from_here() {
    let mut h = Harness::new();
    h.exchange("one", "first").exchange("two", "second");
    h.keys("<alt+2>").effects();
    h.keys("{{f");
    let stored = h.stored();
    assert!(h.find("copied from here").is_some(), "{}", h.screen());
    let copies: Vec<_> = stored
        .iter()
        .filter_map(|command| match command {
            StoreCommand::SaveMessage { message, conversation } => Some((conversation, message)),
            _ => None,
        })
        .collect();
    let texts: Vec<_> = copies.iter().map(|(_, message)| message.text.clone()).collect();
    assert_eq!(texts, shown(&h));
    assert!(texts.len() < 4 && !texts.is_empty(), "{texts:?}");
    let costs = copies.iter().filter_map(|(_, m)| m.facts.as_ref()?.cost);
    assert_eq!(costs.count(), 0, "it was paid for once");
    h.ask("three");
    let id = h.state.conversations().shown().conversation().id;
    assert!(copies.iter().all(|(home, _)| **home == id));
    h.keys("<alt+pageup>");
    assert_eq!(shown(&h), ["one", "first", "two", "second"], "the old one is as it was");
}

#[test]
fn a_copy_from_a_question_has_it_in_the_composer() {
    let mut h = Harness::new();
    h.exchange("one", "first").exchange("two", "second");
    h.keys("draft<alt+2>{f");
    assert_eq!(
        (shown(&h), h.state.composer().text()),
        (vec!["one".into(), "first".into()], "two".into())
    );
    h.keys("<alt+pageup>");
    assert_eq!(h.state.composer().text(), "draft");
}

fn valid(h: &Harness) -> Result<(), TestCaseError> {
    let chat = h.state.conversations().shown();
    let mut parent = None;
    for entry in chat.entries() {
        prop_assert_eq!(entry.parent(), parent, "what is shown is a path");
        parent = Some(entry.id());
        let (at, of) = chat.siblings(entry.id());
        prop_assert!(at >= 1 && at <= of);
        let running = chat.running().is_some_and(|running| running.answer == entry.id());
        prop_assert_eq!(entry.state() == MessageState::Streaming, running);
    }
    let roles: Vec<_> = chat.entries().iter().map(lian::state::chat::Entry::role).collect();
    for (at, role) in roles.iter().enumerate() {
        prop_assert_eq!(*role, if at % 2 == 0 { Role::User } else { Role::Assistant });
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is asked, asked again, changed and looked at: what is shown is a path, and what
    /// is sent is what is shown.
    #[test]
    fn any_sequence_of_turns_shows_a_path(
        steps in prop::collection::vec(prop::sample::select(&[
            "ix<enter>", "<alt+2>r", "<alt+2>R", "<alt+2>[e", "<enter>", "<esc>", "<alt+2><lt>",
            "<alt+2>>", "<alt+2>[", "<alt+2>]", "<alt+2>K", "<alt+2>J", "<alt+2>f", "<alt+c>",
            "<alt+g>", "<alt+e>", "<alt+pageup>", "text", "done", "fail", "<alt+.>", "<ctrl+n>",
        ][..]), 1..60)
    ) {
        let mut h = Harness::new();
        h.exchange("a", "b");
        h.effects();
        for step in steps {
            match step {
                "text" => h.delta("word "),
                "done" => h.done(),
                "fail" => h.fails(NoticeKind::Cut),
                keys => h.keys(keys),
            };
            valid(&h)?;
            for request in h.requests() {
                let path_of = |chat: &lian::state::chat::Chat| {
                    let texts: Vec<_> = chat.entries().iter().map(|e| e.text().to_owned()).collect();
                    request.messages.iter().all(|message| texts.contains(&message.text))
                };
                prop_assert!(h.state.conversations().all().any(path_of), "{:?}", request);
            }
        }
    }
}

/// What a queue looks like in the store's answer.
pub(crate) fn waits(id: i64, text: &str) -> Queued {
    Queued { id: MessageId(id), text: text.to_owned(), attachments: Vec::new() }
}
