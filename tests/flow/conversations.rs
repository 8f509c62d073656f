//! The list of conversations: found, opened, renamed, deleted and taken back; the place and the
//! queue that come back with one; another lian in the same one.

use lian::domain::chat::{Message, MessageState, Role};
use lian::domain::conversations::{
    Conversation, ConversationRow, Part, SavedConversation, Spot, StoreCommand, StoreEvent,
};
use lian::domain::ids::{ConversationId, MessageId};
use lian::domain::models::ModelId;
use lian::domain::money::{Currency, Money};
use lian::domain::settings::{Language, Settings};
use lian::event::ServiceEvent;

use crate::harness::{Harness, complete, delta, numbered, settings};
use crate::turns::waits;

fn head(id: i64, title: &str) -> Conversation {
    Conversation {
        id: ConversationId(id),
        title: title.to_owned(),
        model: ModelId::new("qwen-max"),
        created_ms: 0,
        updated_ms: 0,
        leaf: None,
        params: None,
    }
}

fn row(id: i64, title: &str) -> ConversationRow {
    let cost = vec![Money { amount: "0.12".parse().unwrap(), currency: Currency::Cny }];
    ConversationRow { conversation: head(id, title), messages: 4, cost, elsewhere: false }
}

fn store(event: StoreEvent) -> ServiceEvent {
    ServiceEvent::Store(event)
}

fn list(h: &mut Harness, rows: Vec<ConversationRow>) {
    h.keys("<alt+s>").says(store(StoreEvent::Listed(rows)));
}

fn message(id: i64, text: &str) -> Message {
    Message {
        id: MessageId(id),
        parent: (id > 1).then(|| MessageId(id - 1)),
        role: if id % 2 == 1 { Role::User } else { Role::Assistant },
        text: text.to_owned(),
        attachments: Vec::new(),
        reasoning: String::new(),
        state: MessageState::Complete,
        created_ms: 0,
        facts: None,
    }
}

fn saved(id: i64, texts: &[&str]) -> SavedConversation {
    SavedConversation {
        conversation: head(id, texts.first().unwrap_or(&"")),
        messages: (1..).zip(texts).map(|(id, text)| message(id, text)).collect(),
        draft: String::new(),
        attached: Vec::new(),
        queue: Vec::new(),
        place: None,
    }
}

fn opened(h: &mut Harness, saved: SavedConversation) {
    h.says(store(StoreEvent::Opened(Box::new(saved))));
}

#[test]
fn the_list_shows_what_is_stored_and_opens_a_row() {
    let mut h = Harness::with(settings(), (120, 30));
    h.exchange("here", "answer").keys("draft").effects();
    h.keys("<alt+s>");
    assert!(h.find("Reading").is_some(), "{}", h.screen());
    assert!(h.stored().contains(&StoreCommand::List));
    h.says(store(StoreEvent::Listed(vec![row(1, "About SSE"), row(2, "百炼的限流")])));
    let first = h.find("▸").unwrap() as u16;
    for part in ["About SSE", "qwen-max", "4", "¥0.12", "00:00"] {
        assert!(h.row(first).contains(part), "{part}\n{}", h.screen());
    }
    h.keys("限流<enter>");
    assert!(h.stored().contains(&StoreCommand::Open(ConversationId(2))));
    opened(&mut h, saved(2, &["什么是限流？", "每分钟的请求数。"]));
    assert!(h.find("每分钟的请求数").is_some(), "{}", h.screen());
    assert!(h.state.composer().is_empty(), "the draft stays with its conversation");
    h.keys("<alt+pageup>");
    assert_eq!(h.state.composer().text(), "draft");
}

#[test]
fn what_was_said_is_found_too() {
    let mut h = Harness::new();
    list(&mut h, vec![row(1, "one"), row(2, "two")]);
    h.effects();
    h.keys("backoff");
    assert!(h.find("No conversation has these words").is_some(), "{}", h.screen());
    assert_eq!(h.stored(), [], "not at every letter");
    h.pass(200);
    let search = StoreCommand::Search("backoff".to_owned());
    assert_eq!(h.stored(), [search]);
    let conversations = vec![ConversationId(2)];
    let found = |query: &str| StoreEvent::Found {
        query: query.to_owned(),
        conversations: conversations.clone(),
    };
    h.says(store(found("back")));
    assert!(h.find("▸").is_none(), "an old answer is not for these words");
    h.says(store(found("backoff")));
    assert!(h.find("▸").is_some_and(|row| h.row(row as u16).contains("two")), "{}", h.screen());
}

#[test]
fn an_answer_that_arrives_behind_the_list_is_marked() {
    let mut h = Harness::new();
    let first = h.ask("first");
    let id = h.state.conversations().shown().conversation().id;
    h.keys("<ctrl+n>");
    assert!(h.row(0).contains("1 more answering"), "{}", h.screen());
    h.ask("second");
    list(&mut h, vec![row(id.0, "first"), row(5, "other")]);
    assert!(h.find("● first").is_some(), "{}", h.screen());
    h.turn_says(first, delta("gone on", "")).turn_says(first, complete());
    assert!(h.find("● first").is_none(), "{}", h.screen());
    // It is open: showing it asks nothing of the store.
    h.effects();
    h.keys("<enter>");
    assert!(h.find("gone on").is_some(), "{}", h.screen());
    assert!(!h.stored().iter().any(|c| matches!(c, StoreCommand::Open(_))));
}

#[test]
fn a_title_is_given_in_the_list() {
    let mut h = Harness::new();
    list(&mut h, vec![row(1, "one"), row(2, "two")]);
    h.effects();
    h.keys("<down><alt+r>");
    assert!(h.find("Title › two").is_some(), "{}", h.screen());
    h.keys("<ctrl+u>second<enter>");
    let (conversation, title) = (ConversationId(2), "second".to_owned());
    assert_eq!(h.stored(), [StoreCommand::Rename { conversation, title }]);
    assert!(h.find("▸   second").is_some(), "{}", h.screen());
    h.keys("<alt+r>no<esc>");
    assert!(h.find("▸   second").is_some(), "Esc leaves the title\n{}", h.screen());
    assert_eq!(h.stored(), []);
    h.keys("<esc>");
    assert!(h.find("second").is_none(), "the next one closes the list");
}

#[test]
fn deleting_asks_and_can_be_taken_back() {
    let mut h = Harness::new();
    list(&mut h, vec![row(1, "one"), row(2, "two")]);
    h.effects();
    for away in ["<esc>", "<down><up>", "x<backspace>"] {
        h.keys("<alt+d>");
        assert!(h.find("Delete \"one\"?").is_some(), "{away}\n{}", h.screen());
        h.keys(away);
        assert!(h.find("Delete").is_none(), "{away}\n{}", h.screen());
        assert!(h.find("one").is_some(), "{}", h.screen());
    }
    assert!(!h.stored().iter().any(|c| matches!(c, StoreCommand::SetDeleted { .. })));
    h.keys("<alt+d><enter>");
    let set = |deleted| StoreCommand::SetDeleted { conversation: ConversationId(1), deleted };
    assert_eq!(h.stored(), [set(true)]);
    assert!(h.find("one").is_none() && h.find("▸   two").is_some(), "{}", h.screen());
    assert!(h.find("take back").is_some(), "{}", h.screen());
    h.keys("<alt+u>");
    assert_eq!(h.stored(), [set(false), StoreCommand::List]);
    h.keys("<alt+u>");
    assert_eq!(h.stored(), [], "there is nothing more to take back");
}

#[test]
fn a_long_title_leaves_the_question_whole() {
    for width in [30, 40, 80] {
        let mut h = Harness::with(settings(), (width, 24));
        list(&mut h, vec![row(1, &"a very long title ".repeat(8))]);
        h.keys("<alt+d>");
        let asked = h.find("Delete \"a very").map(|y| h.row(y as u16)).unwrap_or_default();
        assert!(asked.contains("…\"?"), "{width}\n{}", h.screen());
    }
}

#[test]
fn deleting_what_is_shown_stops_it_and_shows_another() {
    let mut h = Harness::new();
    h.exchange("first", "answer");
    h.keys("<ctrl+n>");
    let turn = h.ask("second");
    let id = h.state.conversations().shown().conversation().id;
    list(&mut h, vec![row(id.0, "second")]);
    h.effects();
    h.keys("<alt+d><enter><esc>");
    let effects = h.effects();
    let cancel = lian::domain::chat::ChatCommand::Cancel(turn);
    assert!(effects.contains(&lian::effect::Effect::Chat(cancel)), "{effects:?}");
    assert!(h.find("first").is_some() && !h.state.answering(), "{}", h.screen());
    assert!(h.find("is deleted").is_some(), "{}", h.screen());
    // The last one makes room for a new one.
    let id = h.state.conversations().shown().conversation().id;
    list(&mut h, vec![row(id.0, "first")]);
    h.keys("<alt+d><enter><esc>");
    assert!(h.find("A new conversation").is_some(), "{}", h.screen());
}

#[test]
fn a_conversation_that_is_gone_is_said() {
    let mut h = Harness::new();
    list(&mut h, vec![row(1, "one")]);
    h.keys("<enter>").says(store(StoreEvent::Gone(ConversationId(1))));
    assert!(h.find("cannot be read any more").is_some(), "{}", h.screen());
    // What nobody waits for any more does not push itself forward.
    h.says(store(StoreEvent::Opened(Box::new(saved(1, &["late"])))));
    assert!(h.find("late").is_none());
}

#[test]
fn the_list_speaks_chinese_on_a_narrow_screen() {
    let mut h = Harness::with(Settings { language: Language::ZhCn, ..settings() }, (40, 20));
    list(&mut h, vec![row(1, "一"), row(2, "")]);
    assert!(h.find("尚未发送").is_some() && h.find("4 条消息").is_some(), "{}", h.screen());
    h.keys("<alt+d>");
    assert!(h.find("删除“一”？").is_some(), "{}", h.screen());
}

// --- what comes back

fn long() -> SavedConversation {
    let text = numbered(60, |n| format!("paragraph {n} {}\n\n", "with many words ".repeat(9)));
    saved(9, &["question", &text])
}

/// The number of the first paragraph on the screen.
fn first_paragraph(h: &Harness) -> Option<u32> {
    let row = h.rows().into_iter().find(|row| row.contains("paragraph"))?;
    row.trim().split(' ').nth(1)?.parse().ok()
}

/// The place that was stored last; it must have been.
fn place_of(commands: &[StoreCommand]) -> Option<Spot> {
    let place = commands.iter().rev().find_map(|command| match command {
        StoreCommand::SavePlace { place, .. } => Some(place),
        _ => None,
    });
    *place.expect("the place is stored")
}

fn restored(saved: SavedConversation, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(settings(), size);
    let last = Some(Box::new(saved));
    h.says(store(StoreEvent::Restored { last, history: Vec::new() }));
    h
}

#[test]
fn the_place_comes_back_at_any_width() {
    let mut h = restored(long(), (80, 24));
    h.keys("<pageup><pageup><pageup><pageup>").pass(1_000);
    let before = first_paragraph(&h).unwrap();
    assert!(before < 50, "{}", h.screen());
    let place = place_of(&h.stored());
    assert!(place.is_some_and(|spot| spot.part == Part::Body));
    for width in [80, 40, 120, 33] {
        let again = restored(SavedConversation { place, ..long() }, (width, 24));
        let now = first_paragraph(&again).unwrap();
        assert!(now.abs_diff(before) <= 1, "{width}: {before}\n{}", again.screen());
    }
    h.keys("<alt+end>").pass(1_000);
    assert_eq!(place_of(&h.stored()), None, "the end is the end again");
    // A message that is not there is no place.
    let gone = Spot { message: MessageId(77), ..place.unwrap() };
    let h = restored(SavedConversation { place: Some(gone), ..long() }, (80, 24));
    assert!(h.find("paragraph 60").is_some(), "{}", h.screen());
}

#[test]
fn the_place_holds_through_a_change_of_width_while_another_conversation_is_shown() {
    let mut h = restored(long(), (80, 24));
    h.keys("<pageup><pageup><pageup>");
    let before = first_paragraph(&h).unwrap();
    h.keys("<ctrl+n>").resize(40, 24).keys("<alt+pageup>");
    // The new one was empty: the way back is the list.
    if first_paragraph(&h).is_none() {
        h.keys("<alt+pagedown>");
    }
    assert!(first_paragraph(&h).unwrap().abs_diff(before) <= 1, "{before}\n{}", h.screen());
    h.cold = true;
    h.resize(100, 24);
    assert!(first_paragraph(&h).unwrap().abs_diff(before) <= 1, "{before}\n{}", h.screen());
}

#[test]
fn the_end_of_the_program_stores_the_place() {
    let mut h = restored(long(), (80, 24));
    h.keys("<pageup>").effects();
    let last = h.state.last_words(h.now);
    let stored: Vec<_> = last
        .into_iter()
        .filter_map(|effect| match effect {
            lian::effect::Effect::Store(command) => Some(command),
            _ => None,
        })
        .collect();
    assert!(place_of(&stored).is_some(), "{stored:?}");
}

#[test]
fn a_queue_that_comes_back_waits_for_a_word() {
    let queue = vec![waits(50, "next"), waits(51, "after")];
    let mut h = restored(SavedConversation { queue, ..saved(9, &["one", "first"]) }, (80, 24));
    assert!(h.find("2 messages wait; Alt+G sends them").is_some(), "{}", h.screen());
    h.effects();
    h.keys("<alt+g>");
    assert_eq!(h.requests()[0].messages.last().unwrap().text, "next");
    h.delta("answer").done();
    assert_eq!(h.requests()[0].messages.last().unwrap().text, "after");
}

#[test]
fn branches_come_back() {
    let mut saved = saved(9, &["one", "first", "two", "second"]);
    let mut other = message(6, "other");
    other.parent = Some(MessageId(1));
    saved.messages.push(other);
    saved.conversation.leaf = Some(MessageId(4));
    let mut h = restored(saved, (80, 24));
    assert!(h.find("second").is_some() && h.find("‹1/2›").is_some(), "{}", h.screen());
    h.keys("<alt+2>{{>");
    assert!(h.find("other").is_some() && h.find("second").is_none(), "{}", h.screen());
}

// --- another lian

#[test]
fn another_lian_in_this_conversation_is_said_and_its_messages_come_with_opening_it_again() {
    let mut h = restored(saved(9, &["one", "first"]), (80, 24));
    h.says(store(StoreEvent::MovedOn(ConversationId(9))));
    assert!(h.find("Another lian writes to this conversation").is_some(), "{}", h.screen());
    list(&mut h, vec![row(9, "one")]);
    h.effects();
    h.keys("<enter>");
    assert!(h.stored().contains(&StoreCommand::Open(ConversationId(9))));
    let mut both = saved(9, &["one", "first", "theirs"]);
    both.conversation.leaf = Some(MessageId(3));
    opened(&mut h, both);
    assert!(h.find("theirs").is_some(), "{}", h.screen());
    assert_eq!(h.state.conversations().count(), (1, 1), "it is not open twice");
    assert!(h.find("Another lian").is_none(), "now it is seen");
}

#[test]
fn it_is_not_read_again_while_an_answer_arrives() {
    let mut h = restored(saved(9, &["one", "first"]), (80, 24));
    h.ask("two");
    h.delta("arriving").says(store(StoreEvent::MovedOn(ConversationId(9))));
    list(&mut h, vec![row(9, "one")]);
    h.effects();
    h.keys("<enter>");
    assert!(!h.stored().iter().any(|c| matches!(c, StoreCommand::Open(_))));
    assert!(h.find("arriving").is_some(), "{}", h.screen());
}

// --- ten thousand messages

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "it tells how long it took and decides nothing by it"
)]
fn ten_thousand_messages_and_five_streams_leave_the_rest_as_it_is() {
    // With the pane that shows what the conversation cost.
    let mut h = Harness::with(Settings { columns: true, ..settings() }, (160, 40));
    let answer = format!("# Head\n\n{}\n\n- a\n- b\n", "with many words ".repeat(20));
    let texts: Vec<String> =
        (0..10_000).map(|n| if n % 2 == 0 { format!("q{n}") } else { answer.clone() }).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    list(&mut h, vec![row(9, "many")]);
    h.keys("<enter>");
    let many = saved(9, &texts);
    let begin = std::time::Instant::now();
    opened(&mut h, many);
    let shown = begin.elapsed();
    assert!(h.find("q9998").is_some(), "{}", h.screen());
    let mut turns = vec![h.ask("in the long one")];
    for n in 0..4 {
        h.keys("<ctrl+n>");
        turns.push(h.ask(&format!("stream {n}")));
    }
    let begin = std::time::Instant::now();
    for n in 0..200 {
        for turn in &turns {
            h.turn_says(*turn, delta(&format!("word{n} "), ""));
        }
    }
    let streamed = begin.elapsed() / 1_000;
    let begin = std::time::Instant::now();
    h.keys("echo");
    let echo = begin.elapsed() / 4;
    assert_eq!(h.state.composer().text(), "echo");
    let begin = std::time::Instant::now();
    h.keys("<alt+pageup><alt+pageup><alt+pageup><alt+pageup>");
    let switch = begin.elapsed() / 4;
    assert!(h.find("in the long one").is_some() && h.find("word199").is_some(), "{}", h.screen());
    // In the long one itself: what arrives there and what is typed there.
    let begin = std::time::Instant::now();
    for n in 200..400 {
        h.turn_says(turns[0], delta(&format!("word{n} "), ""));
    }
    let streamed_there = begin.elapsed() / 200;
    let begin = std::time::Instant::now();
    h.keys("echo there");
    let echo_there = begin.elapsed() / 10;
    assert!(h.find("word399").is_some() && h.find("echo there").is_some(), "{}", h.screen());
    h.keys("<ctrl+u>");
    // Told, not judged: machines differ, and this is a build for tests.
    println!(
        "10,000 messages, 5 streams: shown {shown:?}, piece {streamed:?}, key {echo:?}, switch {switch:?}; \
         in the long one: piece {streamed_there:?}, key {echo_there:?}"
    );
    h.keys("<alt+2>g");
    assert!(h.find("q0").is_some(), "{}", h.screen());
}
