//! What is kept: partial answers, troubles of the store, refused commands, what a start brings
//! back.

use lian::domain::chat::{AnswerFacts, Message, MessageState, Role};
use lian::domain::conversations::{Conversation, SavedConversation, StoreCommand, StoreEvent};
use lian::domain::ids::{ConversationId, MessageId};
use lian::domain::models::ModelId;
use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::settings::Settings;
use lian::effect::Effect;
use lian::event::ServiceEvent;

use crate::harness::{Harness, Inbox, delta, settings};
use crate::typing::drafts;

fn store(event: StoreEvent) -> ServiceEvent {
    ServiceEvent::Store(event)
}

fn trouble() -> ServiceEvent {
    let kind = NoticeKind::DiskFull { path: "/data/lian".to_owned() };
    store(StoreEvent::Trouble(Notice::new(kind)))
}

/// What an earlier program left: a question, half an answer, a draft.
pub(crate) fn left(draft: &str) -> ServiceEvent {
    let message = |id, role, text: &str, state| Message {
        id: MessageId(id),
        parent: (id > 1).then(|| MessageId(id - 1)),
        role,
        text: text.to_owned(),
        attachments: Vec::new(),
        reasoning: String::new(),
        state,
        created_ms: 0,
        facts: None,
    };
    let mut answer = message(2, Role::Assistant, "Half an answ", MessageState::Partial);
    let notice = Some(Notice::new(NoticeKind::Interrupted));
    answer.facts = Some(AnswerFacts { notice, ..AnswerFacts::default() });
    let last = SavedConversation {
        conversation: Conversation {
            id: ConversationId(9),
            title: "old".to_owned(),
            model: ModelId::new("qwen-max"),
            created_ms: 0,
            updated_ms: 0,
            leaf: Some(MessageId(2)),
            params: None,
        },
        messages: vec![message(1, Role::User, "old question", MessageState::Complete), answer],
        draft: draft.to_owned(),
        attached: Vec::new(),
        queue: Vec::new(),
        place: None,
    };
    let history = vec!["old question".to_owned()];
    store(StoreEvent::Restored { last: Some(Box::new(last)), history })
}

#[test]
fn a_start_asks_the_store_and_brings_everything_back() {
    let mut h = Harness::new();
    assert_eq!(h.effects()[0], Effect::Store(StoreCommand::Restore));
    h.says(left("half a question"));
    for text in ["old question", "Half an answ", "unfinished", "half a question", "qwen-max"] {
        assert!(h.find(text).is_some(), "{text}\n{}", h.screen());
    }
    assert!(h.find("Back in your last conversation (2 messages)").is_some(), "{}", h.screen());
    assert!(h.find("Alt+C goes on from here").is_some(), "{}", h.screen());
    assert!(h.find("lian ended while this answer was arriving").is_some(), "{}", h.screen());
    h.keys("<alt+c>");
    let request = h.requests().remove(0);
    assert_eq!(request.model.as_str(), "qwen-max");
    assert!(request.messages.last().unwrap().partial);
    h.delta("er.").done();
    assert!(h.find("Half an answer.").is_some(), "{}", h.screen());
}

#[test]
fn a_model_from_the_command_line_holds_for_what_comes_back() {
    let given = Settings { model_given: true, ..settings() };
    let mut h = Harness::with(given, (80, 24));
    h.says(left(""));
    h.ask("next");
    assert_eq!(h.requests().remove(0).model.as_str(), "qwen-plus");
}

#[test]
fn what_the_user_began_is_not_pushed_aside() {
    let mut h = Harness::new();
    h.keys("typed early");
    h.says(left("old draft"));
    assert_eq!(h.state.composer().text(), "typed early", "the draft does not replace it");
    let mut h = Harness::new();
    h.ask("asked early");
    h.says(left("old draft"));
    assert!(h.find("asked early").is_some() && h.find("old question").is_none(), "{}", h.screen());
    assert!(h.state.composer().is_empty());
    let mut h = Harness::new();
    h.keys("<ctrl+n>").says(left("old draft"));
    assert!(h.find("old question").is_none(), "{}", h.screen());
}

#[test]
fn nothing_left_is_a_welcome() {
    let mut h = Harness::new();
    h.says(store(StoreEvent::Restored { last: None, history: Vec::new() }));
    assert!(h.find("A new conversation").is_some(), "{}", h.screen());
}

#[test]
fn a_question_of_the_command_line_is_asked_at_once() {
    let mut h = Harness::bare(settings(), (80, 24));
    h.start(Some("what is SSE?"));
    assert_eq!(h.requests()[0].messages[0].text, "what is SSE?");
    h.says(left("old draft"));
    assert!(h.find("what is SSE?").is_some() && h.find("old question").is_none(), "{}", h.screen());
    h.keys("<up>");
    assert_eq!(h.state.composer().text(), "old question", "but the history is there");
}

fn appended(commands: Vec<StoreCommand>) -> Vec<String> {
    let text = |command| match command {
        StoreCommand::AppendText { text, reasoning, .. } => Some(reasoning + &text),
        _ => None,
    };
    commands.into_iter().filter_map(text).collect()
}

#[test]
fn arriving_text_goes_to_the_store_five_times_a_second_at_most() {
    let mut h = Harness::new();
    h.ask("question");
    h.effects();
    for _ in 0..50 {
        h.delta("x").pass(20);
    }
    let texts = appended(h.stored());
    assert!((4..=5).contains(&texts.len()), "{texts:?}");
    h.pass(200);
    let rest = appended(h.stored());
    assert_eq!(texts.concat() + &rest.concat(), "x".repeat(50), "nothing is left behind");
}

#[test]
fn a_pause_does_not_keep_text_from_the_store() {
    let mut h = Harness::new();
    h.ask("question");
    h.turn_says(h.turn(), delta("", "hm. "));
    h.effects();
    h.delta("one").pass(199);
    assert_eq!(appended(h.stored()), [] as [&str; 0]);
    h.pass(1);
    assert_eq!(appended(h.stored()), ["hm. one"]);
}

#[test]
fn a_whole_answer_is_stored_whole() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("The answer.");
    h.effects();
    h.done();
    let stored = h.stored();
    let [StoreCommand::SaveMessage { message, .. }] = &stored[..] else { panic!("{stored:?}") };
    assert_eq!((message.text.as_str(), message.state), ("The answer.", MessageState::Complete));
    assert!(message.facts.as_ref().is_some_and(|facts| facts.cost.is_some()));
    h.pass(1_000);
    assert_eq!(h.stored(), [], "and not again in pieces");
}

#[test]
fn the_end_leaves_nothing_unsaved() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("some text").keys("and a draft");
    h.effects();
    let last = h.state.last_words(h.now);
    let command = |effect| match effect {
        Effect::Store(command) => Some(command),
        _ => None,
    };
    let last: Vec<_> = last.into_iter().filter_map(command).collect();
    assert_eq!(drafts(&last), ["and a draft"]);
    assert_eq!(appended(last), ["some text"]);
}

#[test]
fn trouble_with_the_store_is_said_and_taken_back() {
    let mut h = Harness::new();
    h.says(trouble());
    assert!(h.find("/data/lian is full").is_some(), "{}", h.screen());
    h.keys("<ctrl+c>").pass(3_000);
    h.ask("question");
    h.says(trouble());
    h.pass(60_000);
    assert!(h.find("/data/lian is full").is_some(), "it stays until it is over\n{}", h.screen());
    h.says(store(StoreEvent::Recovered));
    assert!(h.find("/data/lian is full").is_none(), "{}", h.screen());
    assert!(h.find("Conversations are saved again").is_some(), "{}", h.screen());
    h.pass(6_000);
    assert!(h.find("Conversations are saved again").is_none());
}

#[test]
fn a_question_does_not_hide_trouble_with_the_store() {
    let mut h = Harness::new();
    h.says(trouble());
    h.ask("question");
    assert!(h.find("/data/lian is full").is_some(), "{}", h.screen());
}

#[test]
fn a_full_chat_service_is_busy_and_loses_nothing() {
    let mut h = Harness::new();
    h.full = Some(Inbox::Chat);
    h.ask("question");
    assert!(h.find("lian is busy").is_some(), "{}", h.screen());
    assert!(h.find("question").is_some() && !h.state.answering());
    h.full = None;
    h.keys("<alt+c>");
    assert_eq!(h.requests()[0].messages[0].text, "question");
    h.delta("Here.").done();
    assert!(h.find("Here.").is_some() && h.find("busy").is_none(), "{}", h.screen());
}

#[test]
fn a_full_store_gets_everything_later_in_the_same_order() {
    let script = |h: &mut Harness, full: bool| {
        h.effects();
        h.full = full.then_some(Inbox::Store);
        h.ask("one");
        h.delta("first answer").pass(300);
        h.done().keys("draft").pass(300);
        h.full = None;
        h.pass(1_000);
        h.stored()
    };
    let usual = script(&mut Harness::new(), false);
    let late = script(&mut Harness::new(), true);
    assert_eq!(late, usual);
    assert!(!late.is_empty());
}

#[test]
fn the_end_hands_over_what_the_store_refused() {
    let mut h = Harness::new();
    h.effects();
    h.full = Some(Inbox::Store);
    h.ask("one");
    assert_eq!(h.stored(), []);
    let last = h.state.last_words(h.now);
    assert!(last.len() >= 4, "{last:?}");
}
