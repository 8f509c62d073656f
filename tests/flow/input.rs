//! What helps to write a message: the search among earlier questions, folded pastes, the editor,
//! the warning before a key is sent.

use lian::domain::conversations::{StoreCommand, StoreEvent};
use lian::domain::notice::{InputNotice, Notice, NoticeKind};
use lian::domain::settings::{Language, Settings};
use lian::effect::{EditorCommand, Effect};
use lian::event::{EditorEvent, ServiceEvent};
use lian::input::PointerKind;

use crate::harness::{Harness, numbered, settings};
use crate::typing::drafts;

/// The composer's row on a screen of 80 by 24 while it holds one.
const ROW: u16 = 22;
const KEY: &str = "sk-0123456789abcdef0123";

fn remembering(history: &[&str]) -> Harness {
    let mut h = Harness::new();
    let history = history.iter().map(|text| (*text).to_owned()).collect();
    h.says(ServiceEvent::Store(StoreEvent::Restored { last: None, history }));
    h.effects();
    h
}

fn lines(count: usize) -> String {
    numbered(count, |n| format!("line {n}\n"))
}

fn asked(h: &mut Harness) -> String {
    let request = h.requests().remove(0);
    request.messages.last().unwrap().text.clone()
}

// --- history

#[test]
fn an_earlier_question_is_found_and_taken_but_not_sent() {
    let mut h = remembering(&["解释异步任务", "what is a token?", "fix\nthis\nplease", "other"]);
    h.keys("<ctrl+r>");
    let first = h.find("▸ other").expect("the latest is marked");
    assert_eq!(h.row(first as u16 + 1), "   fix ⏎ this ⏎ please", "{}", h.screen());
    h.keys("异步");
    assert!(h.find("▸ 解释异步任务").is_some(), "{}", h.screen());
    h.keys("<ctrl+u>plfix");
    assert_eq!(h.find("▸"), None, "letters in another order find nothing");
    h.keys("<ctrl+u>fix ple");
    assert!(h.find("▸ fix ⏎ this ⏎ please").is_some(), "{}", h.screen());
    // The whole of it is shown below.
    assert!(h.rows().iter().any(|row| row == " this"), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(h.requests(), []);
    assert_eq!(h.state.composer().text(), "fix\nthis\nplease");
    h.keys("<enter>");
    assert_eq!(asked(&mut h), "fix\nthis\nplease");
}

#[test]
fn leaving_the_search_leaves_the_draft() {
    let mut h = remembering(&["old", "older"]);
    h.keys("my draft<ctrl+r>old<esc>");
    assert_eq!(h.row(ROW), " my draft", "{}", h.screen());
    // What is taken in its place can be undone.
    h.keys("<ctrl+r><ctrl+r><enter>");
    assert_eq!(h.state.composer().text(), "old");
    h.keys("<alt+u><alt+u>");
    assert_eq!(h.state.composer().text(), "my draft");
    h.pass(1_000);
    assert!(drafts(&h.stored()).ends_with(&["my draft"]));
}

#[test]
fn what_is_asked_now_is_found_too_and_once() {
    let mut h = remembering(&["same", "else", "same"]);
    h.exchange("brand new", "yes").keys("<ctrl+r>");
    assert!(h.find("▸ brand new").is_some(), "{}", h.screen());
    let rows = h.rows().iter().filter(|row| row.trim() == "same").count();
    assert_eq!(rows, 1, "{}", h.screen());
    h.keys("zzz");
    assert!(h.find("No such question").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert!(h.state.composer().is_empty());
}

#[test]
fn the_search_is_a_command_and_takes_words_with_it() {
    let mut h = remembering(&["about cats", "about dogs"]);
    h.keys("/history cats<enter>");
    assert!(h.find("▸ about cats").is_some() && h.find("dogs").is_none(), "{}", h.screen());
    let row = h.find("▸").unwrap() as u16;
    h.mouse(PointerKind::Press, 10, row);
    assert_eq!(h.state.composer().text(), "about cats");
}

#[test]
fn the_search_speaks_chinese() {
    let settings = Settings { language: Language::ZhCn, ..settings() };
    let mut h = Harness::with(settings, (80, 24));
    h.exchange("你好", "好").keys("<ctrl+r>");
    assert!(h.find("以前的提问").is_some() && h.find("放进消息里").is_some(), "{}", h.screen());
}

// --- folded pastes

#[test]
fn a_large_paste_is_one_token_and_sent_whole() {
    let mut h = Harness::new();
    h.keys("look: ").paste(&lines(11)).keys(" ok?");
    assert_eq!(h.row(ROW), " look: [paste 1: 11 lines, 79 characters] ok?", "{}", h.screen());
    assert!(h.find("· 23 tok").is_some(), "the title counts all of it\n{}", h.screen());
    assert_eq!(h.state.composer().text(), format!("look: {} ok?", lines(11)));
    h.effects();
    h.keys("<enter>");
    assert_eq!(asked(&mut h), format!("look: {} ok?", lines(11)));
}

#[test]
fn a_long_line_is_folded_and_a_small_paste_is_not() {
    let mut h = Harness::new();
    h.paste(&"字".repeat(1_501));
    assert_eq!(h.row(ROW), " [paste 1: 1 line, 1,501 characters]", "{}", h.screen());
    let mut h = Harness::new();
    h.paste(&"a".repeat(40)).paste("\nb\nc");
    assert_eq!(h.row(ROW), " c", "{}", h.screen());
}

#[test]
fn the_token_is_one_step_and_one_letter_to_delete() {
    let mut h = Harness::new();
    h.keys("a").paste(&lines(20)).paste(&lines(30)).keys("z");
    let end = h.cursor().unwrap().0;
    h.keys("<left><left><left>");
    assert_eq!(h.cursor(), Some((2, ROW)), "over two tokens\n{}", h.screen());
    h.keys("<right><right><right>");
    assert_eq!(h.cursor().unwrap().0, end);
    h.keys("<left><backspace>");
    assert_eq!(h.state.composer().text(), format!("a{}z", lines(20)));
    h.keys("<alt+u>");
    assert_eq!(h.state.composer().text(), format!("a{}{}z", lines(20), lines(30)), "undone");
    h.keys("<ctrl+home><right><delete>");
    assert_eq!(h.state.composer().text(), format!("a{}z", lines(30)));
    h.keys("<ctrl+e><left><ctrl+w>");
    assert_eq!(h.state.composer().text(), "az");
    h.keys("<ctrl+y>");
    assert_eq!(h.state.composer().text(), format!("a{}z", lines(30)), "put back");
    // The rows above and below never lead into it.
    h.keys("<ctrl+j>0123456789<up>x");
    assert!(h.state.composer().text().contains(&lines(30)), "{}", h.screen());
}

#[test]
fn whoever_types_the_same_characters_has_typed_characters() {
    let mut h = Harness::new();
    h.paste(&lines(11));
    h.keys("[paste 1: 11 lines, 79 characters]");
    let mark = h.state.composer().area().lines()[0].chars().next().unwrap();
    let close = lian::state::composer::pastes::bracket(mark);
    assert_eq!(close, Some('['), "a mark is there");
    h.keys(&format!("{mark}paste{mark}")).paste(&format!("{mark}x{mark}"));
    let text = h.state.composer().text();
    assert_eq!(text.matches("line 11").count(), 1);
    assert!(!text.contains(mark), "no mark is ever sent");
    assert!(text.contains("[paste 1: 11 lines, 79 characters]"));
}

#[test]
fn a_paste_is_looked_into_and_unfolded() {
    let mut h = Harness::new();
    h.paste(&format!("first \x1b[31mred\n{}", lines(60))).keys("<alt+v>");
    assert!(h.find("Paste: 61 lines").is_some(), "{}", h.screen());
    assert!(h.find("first [31mred").is_some() && h.find("line 60").is_none(), "{}", h.screen());
    h.keys("G");
    assert!(h.find("line 60").is_some() && h.find("100%").is_some(), "{}", h.screen());
    h.keys("k");
    assert_eq!(h.find("100%"), None, "{}", h.screen());
    h.keys("g");
    assert!(h.find("first").is_some() && h.find(" 0%").is_some(), "{}", h.screen());
    h.paste("not into the void").keys("q");
    assert!(h.find("[paste 1: 61 lines").is_some(), "{}", h.screen());
    let text = h.state.composer().text();
    h.keys("<alt+z>");
    assert_eq!(h.find("[paste 1"), None, "{}", h.screen());
    assert_eq!(h.state.composer().text(), text);
    h.keys("<alt+u><alt+u>");
    assert!(h.find("[paste 1: 61 lines").is_some(), "{}", h.screen());
}

#[test]
fn a_paste_too_long_to_unfold_says_so_and_none_too() {
    let mut h = Harness::new();
    h.keys("<alt+v>");
    assert!(h.find("no folded paste").is_some(), "{}", h.screen());
    h.paste(&"x".repeat(30_000)).keys("<alt+z>");
    assert!(h.find("too long to be unfolded").is_some(), "{}", h.screen());
    assert!(h.find("[paste 1").is_some());
}

#[test]
fn folded_pastes_survive_the_way_through_drafts_and_history() {
    let mut h = Harness::new();
    h.exchange("first", "answer");
    h.keys("see ").paste(&lines(40)).keys(" and tell");
    let row = h.row(ROW);
    h.keys("<ctrl+n>");
    assert!(drafts(&h.stored()).contains(&format!("see {} and tell", lines(40)).as_str()));
    assert_eq!(h.find("[paste"), None);
    h.keys("<alt+pageup>");
    assert_eq!(h.row(ROW), row, "as it was before\n{}", h.screen());
    h.keys("<enter>").done().keys("<up>");
    assert_eq!(h.row(ROW), row, "from the history too\n{}", h.screen());
    // Blank lines at the end of a message are not sent.
    h.keys("<ctrl+u>").paste(&lines(50)).keys("<enter>").done().keys("<up>");
    assert!(h.find("[paste 1: 50 lines").is_some(), "{}", h.screen());
}

#[test]
fn a_huge_draft_from_the_store_is_folded_and_a_written_one_is_not() {
    let draft = |text: String| {
        let mut h = Harness::new();
        h.says(crate::keeping::left(&text));
        assert_eq!(h.state.composer().text(), text);
        h
    };
    assert!(draft(lines(300)).find("[paste 1: 300 lines").is_some());
    assert!(draft(lines(30)).find("[paste").is_none());
}

#[test]
fn five_megabytes_of_anything_can_be_pasted() {
    // Every byte there is, as a terminal hands it over.
    let mut seed = 7_u64;
    let bytes: Vec<u8> = (0..5 << 20)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        })
        .collect();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut h = Harness::new();
    h.paste(&text);
    assert!(h.find("[paste 1: ").is_some(), "{}", h.screen());
    let kept = h.state.composer().text();
    assert!(kept.len() > 4 << 20);
    assert!(!kept.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
    // The composer goes on as if nothing were in it.
    for _ in 0..200 {
        h.keys("x<left><right>");
    }
    h.keys("<alt+v>G<pageup>gjjj<esc>");
    assert_eq!(h.state.composer().text().len(), kept.len() + 200);
}

// --- the editor

#[test]
fn the_editor_gets_the_text_and_its_text_comes_back() {
    let mut h = Harness::new();
    h.keys("my draft").effects();
    h.key("ctrl+g");
    let command = EditorCommand { text: "my draft".to_owned() };
    assert_eq!(h.effects(), [Effect::Editor(command)]);
    let text = "better\x1b[2J text\n两行\n".to_owned();
    h.says(ServiceEvent::Editor(EditorEvent::Edited(text)));
    assert_eq!(h.state.composer().text(), "better[2J text\n两行");
    assert_eq!(h.row(ROW), " 两行", "{}", h.screen());
    assert_eq!(h.requests(), [], "it is not sent");
    h.keys("<alt+u><alt+u>");
    assert_eq!(h.state.composer().text(), "my draft", "an undo away");
}

#[test]
fn the_editor_sees_folded_pastes_whole_and_they_fold_again() {
    let mut h = Harness::new();
    h.keys("a ").paste(&lines(20)).effects();
    h.key("ctrl+g");
    let text = format!("a {}", lines(20));
    assert_eq!(h.effects(), [Effect::Editor(EditorCommand { text: text.clone() })]);
    h.says(ServiceEvent::Editor(EditorEvent::Edited(format!("about {text}more\n"))));
    assert!(h.find("[paste 1: 20 lines").is_some(), "{}", h.screen());
    assert_eq!(h.state.composer().text(), format!("about {text}more"));
}

#[test]
fn an_editor_that_fails_leaves_the_draft_and_says_why() {
    let failed = |notice| EditorEvent::Failed(Notice::new(NoticeKind::Input(notice)));
    let program = || "vim".to_owned();
    for (event, said) in [
        (failed(InputNotice::EditorFailed { program: program(), code: Some(1) }), "exit code 1"),
        (failed(InputNotice::EditorNotFound { program: program() }), "cannot be started"),
        (failed(InputNotice::NoEditor { said: None }), "Set VISUAL or EDITOR"),
        (EditorEvent::Edited(" \n".to_owned()), "left the file empty"),
    ] {
        let mut h = Harness::new();
        h.keys("my draft<ctrl+g>").says(ServiceEvent::Editor(event));
        assert!(h.find(said).is_some(), "{said}\n{}", h.screen());
        assert_eq!(h.state.composer().text(), "my draft");
    }
}

#[test]
fn answers_go_on_while_the_editor_is_open() {
    let mut h = Harness::new();
    h.ask("question");
    h.delta("begin ").keys("next<ctrl+g>").delta("and end").done();
    h.says(ServiceEvent::Editor(EditorEvent::Edited("next one\n".to_owned())));
    assert!(h.find("begin and end").is_some(), "{}", h.screen());
    assert_eq!(h.row(ROW), " next one");
}

// --- keys that are about to be sent

#[test]
fn what_looks_like_a_key_waits_for_a_second_enter() {
    let mut h = Harness::new();
    h.keys(&format!("why does {KEY} fail<enter>"));
    assert_eq!(h.requests(), []);
    assert!(h.find("looks like a key: API key sk-…23").is_some(), "{}", h.screen());
    let notice = h.rows().join(" ").matches(KEY).count();
    assert_eq!(notice, 1, "the key stands in the composer alone\n{}", h.screen());
    h.keys("<enter>");
    assert_eq!(asked(&mut h), format!("why does {KEY} fail"));
    // Another text is another question.
    h.done().keys(&format!("and {KEY}<enter>"));
    assert_eq!(h.requests(), []);
    // The same text again was warned about before.
    h.keys("<ctrl+u>").keys(&format!("why does {KEY} fail<enter>"));
    assert_eq!(h.requests().len(), 1);
}

#[test]
fn a_key_within_a_folded_paste_is_found() {
    let mut h = Harness::new();
    h.paste(&format!("{}export DASHSCOPE_API_KEY={KEY}\n", lines(12))).effects();
    h.keys("<enter>");
    assert_eq!(h.requests(), []);
    h.keys("<enter>");
    assert_eq!(h.requests().len(), 1);
}

#[test]
fn a_key_on_the_command_line_waits_in_the_composer() {
    let mut h = Harness::bare(settings(), (80, 24));
    h.start(Some(&format!("use {KEY}")));
    assert_eq!(h.requests(), []);
    assert!(h.find("looks like a key").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(asked(&mut h), format!("use {KEY}"));
}

#[test]
fn words_are_no_keys() {
    let mut h = Harness::new();
    h.keys("is scikit-learn or sk-learn-something-long better?<enter>");
    assert_eq!(h.requests().len(), 1);
}

// --- drafts

#[test]
fn every_conversation_keeps_its_own_draft() {
    let mut h = Harness::new();
    h.exchange("one", "answer").keys("draft one<ctrl+n>");
    h.exchange("two", "answer").keys("draft two<alt+pageup>");
    assert_eq!(h.row(ROW), " draft one", "{}", h.screen());
    h.keys("!<alt+pagedown>");
    assert_eq!(h.row(ROW), " draft two", "{}", h.screen());
    let stored = h.stored();
    let saved: Vec<_> = stored
        .iter()
        .filter_map(|command| match command {
            StoreCommand::SaveDraft { conversation, text } => Some((*conversation, text.as_str())),
            _ => None,
        })
        .collect();
    let of = |draft| saved.iter().find(|(_, text)| *text == draft).unwrap().0;
    let (first, second) = (of("draft one"), of("draft two"));
    let last = |id| saved.iter().rfind(|(of, _)| *of == id).unwrap().1;
    assert_eq!(last(first), "draft one!");
    assert_ne!(first, second, "{saved:?}");
    assert_eq!(last(second), "draft two");
}
