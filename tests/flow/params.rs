//! The drawer of parameters, what is said before something the service would refuse is sent, and
//! answers in JSON.

use lian::domain::chat::{ChatParams, FinishReason, TurnEnd, TurnEvent, TurnTiming};
use lian::domain::conversations::{SavedConversation, StoreCommand, StoreEvent};
use lian::domain::models::ModelId;
use lian::domain::settings::{Language, Settings};
use lian::event::ServiceEvent;
use lian::input::PointerKind;

use crate::harness::{Harness, numbered, settings};

fn of(params: ChatParams) -> Harness {
    Harness::with(Settings { params, ..settings() }, (80, 24))
}

fn on_model(model: &str) -> Harness {
    Harness::with(Settings { model: ModelId::new(model), ..settings() }, (80, 24))
}

fn json_mode() -> Harness {
    of(ChatParams { json: true, ..ChatParams::default() })
}

/// The row of the drawer with this name.
fn row(h: &Harness, name: &str) -> String {
    let at = h.find(&format!(" {name} ")).unwrap_or_else(|| panic!("{name}:\n{}", h.screen()));
    h.row(at as u16)
}

#[test]
fn a_number_is_typed_checked_and_sent() {
    let mut h = Harness::new();
    h.keys("<alt+o>");
    assert!(h.find("─ Parameters").is_some(), "{}", h.screen());
    assert!(row(&h, "Temperature").ends_with("0 ≤ x < 2"), "{}", h.screen());
    assert!(row(&h, "Temperature").contains("service's choice"));
    h.keys("<down><down><down><down>2<enter>");
    assert!(h.find("This is outside of the range. (0 ≤ x < 2)").is_some(), "{}", h.screen());
    h.keys("<backspace>warm<enter>");
    assert!(h.find("This is no number.").is_some(), "{}", h.screen());
    // The caret is in the value, for input methods.
    let at = h.find("▸ Temperature").unwrap() as u16;
    assert_eq!(h.cursor(), Some((3 + 21 + 4, at)));
    h.keys("<ctrl+u>0.7<enter>");
    assert!(row(&h, "Temperature").contains(" 0.7 "), "{}", h.screen());
    assert_eq!(h.find("no number"), None);
    h.keys("<esc>");
    assert!(h.row(0).contains("qwen-plus   T 0.7"), "{}", h.screen());
    h.ask("why?");
    assert_eq!(h.requests()[0].params.temperature, Some(0.7));
    // It is for the conversation: a new one begins with the settings.
    h.done().keys("<ctrl+n>");
    assert!(!h.row(0).contains("T 0.7"));
    h.ask("why?");
    assert_eq!(h.requests()[0].params, ChatParams::default());
}

#[test]
fn switches_turn_and_everything_can_be_taken_back() {
    let mut h = Harness::new();
    h.keys("<alt+o>");
    assert!(row(&h, "Thinking").contains("service's choice (off)"), "{}", h.screen());
    h.keys("<space>");
    assert!(row(&h, "Thinking").contains(" on "), "{}", h.screen());
    h.keys("<space>");
    assert!(row(&h, "Thinking").contains(" off "), "{}", h.screen());
    h.keys("<space>");
    assert!(row(&h, "Thinking").contains("choice (off)"), "{}", h.screen());
    h.keys("<right><down><right>");
    assert!(row(&h, "Thinking budget").contains(" 4096 "), "{}", h.screen());
    h.keys("<right><down><enter>");
    assert!(row(&h, "Thinking budget").contains(" 5120 "), "{}", h.screen());
    assert!(h.row(0).contains("think · budget 5,120 · search"), "{}", h.screen());
    h.keys("<backspace><up><delete><up><delete>");
    assert_eq!(h.row(0).find("think"), None, "{}", h.screen());
    // Esc in a value takes back what was typed, as the footer says, and only then closes.
    h.keys("<down><down><down><down>1.5");
    assert!(h.find("Esc leave it").is_some() && h.find("Esc close").is_none(), "{}", h.screen());
    h.key("esc");
    assert!(h.find("Esc close").is_some(), "{}", h.screen());
    assert!(row(&h, "Temperature").contains("service's choice"), "{}", h.screen());
    h.keys("<right><right><left>");
    assert!(row(&h, "Temperature").contains(" 0.7 "), "{}", h.screen());
    h.keys("<esc>");
    assert_eq!(h.find("─ Parameters"), None);
}

#[test]
fn what_the_model_does_not_take_says_why() {
    let mut h = on_model("qwen3-coder-plus");
    h.keys("<alt+o>");
    assert!(row(&h, "Thinking").ends_with("not taken by this model"), "{}", h.screen());
    assert!(row(&h, "Thinking budget").ends_with("not taken by this model"));
    assert!(row(&h, "Max tokens").ends_with("1 – 65,536"), "{}", h.screen());
    let mut h = on_model("qvq-max");
    h.keys("<alt+o>");
    assert!(row(&h, "Thinking").ends_with("this model always thinks"), "{}", h.screen());
    assert!(row(&h, "JSON mode").ends_with("not taken by this model"));
    // What nobody knows is not refused.
    let mut h = on_model("some-new-model");
    h.keys("<alt+o>");
    assert!(!h.screen().contains("not taken"), "{}", h.screen());
}

#[test]
fn the_next_message_alone_may_differ() {
    let mut h = of(ChatParams { temperature: Some(0.2), ..ChatParams::default() });
    h.keys("<alt+o><tab>");
    assert!(h.find("the next message only").is_some(), "{}", h.screen());
    h.keys("<down><down><down><down>1.1<enter><esc>");
    assert!(h.find("next message: T 1.1").is_some(), "{}", h.screen());
    assert!(h.row(0).contains("T 0.2"));
    h.ask("one");
    assert_eq!(h.find("next message"), None, "{}", h.screen());
    h.done().ask("two");
    let sent: Vec<_> = h.requests().iter().map(|request| request.params.temperature).collect();
    assert_eq!(sent, [Some(1.1), Some(0.2)]);
    // Set back to what holds anyway: nothing is left.
    h.done().keys("<alt+o><tab><down><down><down><down><delete>");
    assert!(h.find("next message: ").is_none());
    h.keys("<esc>");
    assert!(h.find("next message: service's choice").is_some(), "{}", h.screen());
    h.keys("<alt+o><tab><down><down><down><down>.2<enter><esc>");
    assert_eq!(h.find("next message"), None, "{}", h.screen());
}

#[test]
fn instructions_keep_their_lines() {
    let mut h = Harness::new();
    h.keys("/system<enter>");
    assert!(h.find("▸ Instructions").is_some(), "{}", h.screen());
    h.paste("Be short.\r\n用中文回答。").keys("<alt+enter>三行<enter>");
    assert!(row(&h, "Instructions").contains("Be short.⏎用中文回答。⏎三行"), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.row(0).contains("instructions"), "{}", h.screen());
    h.ask("why?");
    let request = &h.requests()[0];
    assert_eq!(request.messages[0].text, "Be short.\n用中文回答。\n三行");
    // Words after the command are the instructions.
    h.done().keys("/system Be a poet<enter>");
    assert_eq!(h.find("─ Parameters"), None, "{}", h.screen());
    h.ask("why?");
    assert_eq!(h.requests()[0].messages[0].text, "Be a poet");
    h.done().keys("<alt+i><ctrl+u><enter><esc>").ask("why?");
    assert_eq!(h.requests()[0].messages[0].text, "why?", "{}", h.screen());
}

#[test]
fn raw_json_is_an_object_or_nothing() {
    let mut h = Harness::new();
    h.keys("/params extra<enter>");
    assert!(h.find("▸ Raw JSON").is_some(), "{}", h.screen());
    h.keys("<enter>[1]<enter>");
    assert!(h.find("but no object").is_some(), "{}", h.screen());
    h.keys("<ctrl+u>{\"a\" 1}<enter>");
    assert!(h.find("no JSON from line 1, column 6").is_some(), "{}", h.screen());
    h.keys("<ctrl+u>{\"tools\": []}<enter><esc>").ask("why?");
    assert_eq!(h.requests()[0].params.extra.as_deref(), Some("{\"tools\": []}"));
}

#[test]
fn commands_and_keys_switch_at_once() {
    let mut h = Harness::new();
    h.keys("/think<enter>");
    assert!(h.row(0).contains("think"), "{}", h.screen());
    h.keys("<alt+k>");
    assert!(h.row(0).contains("no thinking"), "{}", h.screen());
    h.keys("/think on<enter>/search<enter>");
    assert!(h.row(0).contains("think · search"), "{}", h.screen());
    h.keys("<alt+/>");
    assert!(!h.row(0).contains("search"), "{}", h.screen());
    h.ask("why?");
    assert_eq!(h.requests()[0].params.thinking, Some(true));
}

#[test]
fn a_change_is_kept_with_its_conversation() {
    let mut h = Harness::new();
    h.keys("<alt+k>");
    assert!(h.stored().iter().all(|c| !matches!(c, StoreCommand::SaveConversation(_))));
    h.exchange("one", "answer");
    h.effects();
    h.keys("<alt+/>");
    let head = h.stored().into_iter().rev().find_map(|command| match command {
        StoreCommand::SaveConversation(head) => Some(head),
        _ => None,
    });
    let head = head.expect("its head is saved");
    assert_eq!(head.params.as_deref(), Some(r#"{"search":true,"thinking":true}"#));
    // It comes back with them, whatever the settings say by then.
    let saved = SavedConversation {
        conversation: head,
        messages: Vec::new(),
        draft: String::new(),
        attached: Vec::new(),
        queue: Vec::new(),
        place: None,
    };
    let mut h = of(ChatParams { temperature: Some(1.0), ..ChatParams::default() });
    let last = Some(Box::new(saved));
    h.says(ServiceEvent::Store(StoreEvent::Restored { last, history: Vec::new() }));
    assert!(h.row(0).contains("think · search") && !h.row(0).contains("T 1"), "{}", h.screen());
}

#[test]
fn json_mode_without_the_word_asks_first() {
    let mut h = json_mode();
    h.keys("three colours<enter>");
    assert!(h.find("Before this is sent").is_some(), "{}", h.screen());
    assert!(h.find("the word JSON must stand").is_some(), "{}", h.screen());
    assert!(h.requests().is_empty());
    // The message stays where it was.
    h.keys("<esc>");
    assert!(h.find("three colours").is_some(), "{}", h.screen());
    h.keys("<enter><enter>");
    let requests = h.requests();
    assert_eq!(requests[0].messages[0].text, "three colours\n\nAnswer in JSON.");
    assert!(requests[0].params.json);
    // It stands in the conversation from now on.
    h.done().keys("and shapes<enter>");
    assert_eq!(h.requests().len(), 1, "{}", h.screen());
}

#[test]
fn it_speaks_the_language_of_the_question() {
    let params = ChatParams { json: true, ..ChatParams::default() };
    let settings = Settings { params, language: Language::ZhCn, ..settings() };
    let mut h = Harness::with(settings, (80, 24));
    h.paste("三种颜色").keys("<enter>");
    assert!(h.find("JSON 模式要求对话里出现 JSON 这个词").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(h.requests()[0].messages[0].text, "三种颜色\n\n请用 JSON 回答。");
}

#[test]
fn one_conflict_after_the_other() {
    let params = ChatParams { json: true, thinking: Some(true), ..ChatParams::default() };
    let mut h = of(params);
    h.keys("colours<enter>");
    assert!(h.find("no JSON mode while the model thinks").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert!(h.find("the word JSON must stand").is_some(), "{}", h.screen());
    h.keys("<down><enter>");
    let request = h.requests().remove(0);
    assert_eq!((request.params.thinking, request.params.json), (Some(false), false));
    assert_eq!(request.messages[0].text, "colours");
    // The choice holds: nobody is asked twice.
    h.done().keys("more<enter>");
    assert_eq!(h.requests().len(), 1);
}

#[test]
fn it_may_be_sent_all_the_same() {
    let mut h = json_mode();
    h.keys("colours<enter><up><enter>");
    let request = h.requests().remove(0);
    assert!(request.params.json && request.messages[0].text == "colours");
    assert!(h.find("colours").is_some(), "{}", h.screen());
}

#[test]
fn a_parameter_the_model_does_not_take_is_named_and_left_out() {
    let mut h = Harness::with(
        Settings {
            model: ModelId::new("qwen3-coder-plus"),
            params: ChatParams {
                thinking: Some(true),
                temperature: Some(3.0),
                ..ChatParams::default()
            },
            ..settings()
        },
        (80, 24),
    );
    h.keys("why?<enter>");
    assert!(h.find("qwen3-coder-plus does not take “Thinking”.").is_some(), "{}", h.screen());
    assert!(h.find("▸ Send without “Thinking”").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert!(h.find("“Temperature” is outside").is_some(), "{}", h.screen());
    // By the mouse as well: the marked row is taken.
    let at = h.find("▸").unwrap() as u16;
    h.mouse(PointerKind::Press, 10, at);
    assert_eq!(h.requests()[0].params, ChatParams::default(), "{}", h.screen());
}

#[test]
fn a_budget_without_thinking_offers_thinking() {
    let mut h = of(ChatParams { thinking_budget: Some(100), ..ChatParams::default() });
    h.keys("why?<enter>");
    assert!(h.find("thinking is off").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(h.requests()[0].params.thinking, Some(true));
}

#[test]
fn two_ways_to_steer_are_only_hinted_at() {
    let params = ChatParams { temperature: Some(0.5), top_p: Some(0.5), ..ChatParams::default() };
    let mut h = of(params);
    h.keys("/params temp<enter>");
    assert!(h.find("Temperature and top_p are both set").is_some(), "{}", h.screen());
    h.keys("<esc>why?<enter>");
    assert_eq!(h.requests().len(), 1);
}

fn ends_as_json(h: &mut Harness) {
    let what = TurnEvent::Ended {
        end: TurnEnd::Complete,
        usage: None,
        finish: Some(FinishReason::Stop),
        timing: TurnTiming::default(),
    };
    h.turn_says(h.turn(), what);
}

#[test]
fn an_answer_in_json_is_set_in_and_kept_as_it_came() {
    let mut h = json_mode();
    h.ask("colours as JSON");
    let raw = "{\"red\":[255,0,0],\"note\":\"*not* `markdown`\"}";
    for piece in ["{\"red\":[255,", "0,0],\"note\":\"*not* ", "`markdown`\"}"] {
        h.delta(piece);
    }
    assert!(h.find("*not* `markdown`").is_some(), "{}", h.screen());
    h.effects();
    ends_as_json(&mut h);
    assert!(h.find("valid JSON").is_some(), "{}", h.screen());
    assert!(h.find("\"note\": \"*not* `markdown`\"").is_some(), "{}", h.screen());
    let saved = h.stored().into_iter().find_map(|command| match command {
        StoreCommand::SaveMessage { message, .. } => Some(message),
        _ => None,
    });
    let saved = saved.expect("the answer is saved");
    assert_eq!(saved.text, raw, "byte by byte");
    assert!(saved.facts.is_some_and(|facts| facts.json));
    // It goes back to the model as it came.
    h.ask("again");
    assert_eq!(h.requests()[0].messages[1].text, raw);
}

#[test]
fn an_answer_that_is_no_json_says_where() {
    let mut h = json_mode();
    h.ask("colours as JSON");
    h.delta("{\n  \"red\": blue\n}");
    ends_as_json(&mut h);
    assert!(h.find("not valid JSON at 2:10").is_some(), "{}", h.screen());
    assert!(h.find("\"red\": blue").is_some(), "{}", h.screen());
    h.ask("again");
    h.delta("```json\n[1]\n```");
    ends_as_json(&mut h);
    assert!(h.find("valid JSON, but in a code block").is_some(), "{}", h.screen());
}

#[test]
fn a_long_answer_in_json_is_folded() {
    let mut h = json_mode();
    h.ask("numbers as JSON");
    let list = numbered(60, |i| if i < 60 { format!("{i},") } else { "60".to_owned() });
    h.delta(&format!("[{list}]"));
    ends_as_json(&mut h);
    assert!(h.find("▸ 52 more lines").is_some(), "{}", h.screen());
    assert_eq!(h.find(" 40,"), None, "{}", h.screen());
    h.keys("<alt+t>");
    assert!(h.find(" 14,").is_some(), "its head comes to the top: {}", h.screen());
    h.keys("<alt+end>");
    assert!(h.find(" 60").is_some() && h.find("▾ all lines").is_some(), "{}", h.screen());
    h.keys("<alt+t>");
    assert!(h.find("▸ 52 more lines").is_some(), "{}", h.screen());
}

fn call(index: u32, name: Option<&str>, arguments: &str) -> TurnEvent {
    TurnEvent::ToolCall { index, name: name.map(str::to_owned), arguments: arguments.to_owned() }
}

#[test]
fn calls_of_tools_are_told_apart_however_they_come() {
    let mut h = Harness::with(settings(), (80, 40));
    let turn = h.ask("weather?");
    h.turn_says(turn, call(0, Some("get_weather"), "{\"city\":"));
    h.turn_says(turn, call(1, Some("run"), "```\n# not a heading"));
    h.turn_says(turn, call(0, None, "\"杭州\",\"days\":[1,2]}"));
    let (end, finish) = (TurnEnd::Complete, Some(FinishReason::ToolCalls));
    let timing = TurnTiming::default();
    h.effects();
    h.turn_says(turn, TurnEvent::Ended { end, usage: None, finish, timing });
    assert!(h.find("asks for a tool (lian runs none)").is_some(), "{}", h.screen());
    let (first, second) = (h.find("get_weather").unwrap(), h.find("   run").unwrap());
    assert!(first < h.find("\"city\": \"杭州\",").unwrap(), "{}", h.screen());
    assert!(h.find("\"days\": [").unwrap() < second, "{}", h.screen());
    assert!(second < h.find("# not a heading").unwrap(), "{}", h.screen());
    let saved = h.stored();
    let whole = |command: &StoreCommand| matches!(command, StoreCommand::SaveMessage { message, .. } if message.text.ends_with("# not a heading\n```"));
    assert!(saved.iter().any(whole), "{saved:?}");
}

#[test]
fn a_call_instead_of_json_is_no_json() {
    let mut h = json_mode();
    let turn = h.ask("weather as JSON?");
    h.turn_says(turn, call(0, Some("get_weather"), "{}"));
    ends_as_json(&mut h);
    assert!(h.find("get_weather").is_some() && h.find("valid JSON").is_none(), "{}", h.screen());
}

#[test]
fn another_answer_keeps_what_holds_for_the_next_message() {
    let mut h = Harness::new();
    h.exchange("one", "answer");
    h.effects();
    h.keys("<alt+o><tab><down><down><down><down>1.1<enter><esc>");
    h.keys("/regenerate<enter>").done();
    h.ask("two");
    let sent: Vec<_> = h.requests().iter().map(|request| request.params.temperature).collect();
    assert_eq!(sent, [None, Some(1.1)], "{}", h.screen());
}

#[test]
fn a_question_of_the_command_line_is_asked_about_too() {
    let params = ChatParams { json: true, ..ChatParams::default() };
    let mut h = Harness::bare(Settings { params, ..settings() }, (80, 24));
    h.start(Some("three colours"));
    assert!(h.find("the word JSON must stand").is_some(), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.find("three colours").is_some(), "{}", h.screen());
}
