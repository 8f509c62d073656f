//! Taking text out: copies byte for byte, links, the source view, files, notices for support, and
//! the word to somebody who is looking elsewhere.

use std::time::Duration;

use lian::action::Action;
use lian::domain::chat::TurnEnd;
use lian::domain::copy::{Clipboard, Copied, CopyCommand, LIMIT};
use lian::domain::export::{ExportCommand, Format};
use lian::domain::models::Surface;
use lian::domain::notice::{Exchange, Notice, NoticeKind, Throttle};
use lian::domain::settings::{Language, Notify, Settings};
use lian::effect::{Effect, TerminalCommand};
use lian::event::ServiceEvent;

use crate::harness::{Harness, complete, ended, numbered, settings};

const ANSWER: &str = "# 标题 👩‍💻\n\ncafé naïve\t**粗体** [文档](https://help.aliyun.com/a?b=1)\n\n\
                      ```rust\nfn main() {\n\tlet 变量 = \"a\";\n}\n```\n\nlast line  ";

/// What was sent to the terminal's clipboard.
fn sent(h: &mut Harness) -> Vec<String> {
    let text = |effect| match effect {
        Effect::Terminal(TerminalCommand::Clipboard(text)) => Some(text),
        _ => None,
    };
    h.effects().into_iter().filter_map(text).collect()
}

fn exported(h: &mut Harness) -> Vec<ExportCommand> {
    let command = |effect| match effect {
        Effect::Export(command) => Some(command),
        _ => None,
    };
    h.effects().into_iter().filter_map(command).collect()
}

fn talk() -> Harness {
    let mut h = Harness::new();
    h.exchange("第一个问题", ANSWER).exchange("second", "short answer");
    h.effects();
    h
}

#[test]
fn a_message_is_copied_byte_for_byte() {
    let mut h = talk();
    h.keys("<alt+2>y");
    assert_eq!(sent(&mut h), ["short answer"]);
    assert!(h.find("The message was sent to the terminal's clipboard (12 characters).").is_some());
    h.keys("{{y");
    assert_eq!(sent(&mut h), [ANSWER]);
    h.keys("{y");
    assert_eq!(sent(&mut h), ["第一个问题"]);
    // Keys between two frames act on what they mark.
    h.hidden = true;
    h.keys("}y");
    assert_eq!(sent(&mut h), [ANSWER]);
}

#[test]
fn from_the_message_the_last_answer_is_copied() {
    let mut h = talk();
    h.keys("/copy<enter>");
    assert_eq!(sent(&mut h), ["short answer"]);
    h.keys("my draft<ctrl+o>");
    assert_eq!(sent(&mut h), ["short answer"]);
    assert!(h.find("my draft").is_some());
    // An answer of which nothing came is none.
    h.keys("<ctrl+u>").ask("third");
    h.fails(NoticeKind::Garbled).effects();
    h.keys("<ctrl+o>");
    assert_eq!(sent(&mut h), ["short answer"]);
}

#[test]
fn code_is_copied_without_its_fence() {
    let code = "fn main() {\n\tlet 变量 = \"a\";\n}";
    let mut h = talk();
    h.keys("<alt+2>Y");
    assert_eq!(sent(&mut h), [code], "the last answer has none: the one before");
    h.keys("<alt+1>/copy code<enter>");
    assert_eq!(sent(&mut h), [code]);
    assert!(h.find("The code was sent").is_some(), "{}", h.screen());
    let mut h = Harness::new();
    h.exchange("q", "no code").keys("<alt+2>Y");
    assert!(sent(&mut h).is_empty() && h.find("There is no code to copy.").is_some());
}

#[test]
fn a_link_is_chosen_and_a_single_one_is_not() {
    let mut h = talk();
    h.keys("<alt+2>l");
    assert_eq!(sent(&mut h), ["https://help.aliyun.com/a?b=1"]);
    h.exchange("more", "<https://a.org> and [Bailian](https://bailian.cn/x) https://c.net");
    h.effects();
    h.keys("<alt+2>l");
    assert!(h.find("▸ https://a.org").is_some(), "{}", h.screen());
    h.keys("bail");
    assert!(h.find("▸ https://bailian.cn/x").is_some(), "{}", h.screen());
    h.keys("<enter>");
    assert_eq!(sent(&mut h), ["https://bailian.cn/x"]);
    assert_eq!(h.find("https://a.org\n"), None);
    h.keys("l<esc>");
    assert!(sent(&mut h).is_empty());
}

#[test]
fn the_whole_conversation_has_headings() {
    let mut h = talk();
    h.keys("<alt+2>A");
    let text = format!(
        "## You\n\n第一个问题\n\n## qwen-plus\n\n{ANSWER}\n\n## You\n\nsecond\n\n## qwen-plus\n\nshort answer"
    );
    assert_eq!(sent(&mut h), [text]);
}

#[test]
fn what_no_terminal_takes_is_refused_with_its_size() {
    let mut h = Harness::new();
    h.exchange("q", &"字".repeat(LIMIT / 3 + 1)).effects();
    h.keys("<ctrl+o>");
    assert!(sent(&mut h).is_empty());
    let shown = h.screen();
    assert!(shown.contains("74,997 bytes") && shown.contains("/export"), "{shown}");
    let mut h = Harness::new();
    h.exchange("q", &"字".repeat(LIMIT / 3)).effects();
    h.keys("<ctrl+o>");
    assert_eq!(sent(&mut h).len(), 1);
}

#[test]
fn a_program_gets_the_text_and_tmux_may_give_it_back() {
    let to = Clipboard::Command(vec!["wl-copy".to_owned()]);
    let mut h = Harness::with(Settings { clipboard: to.clone(), ..settings() }, (80, 24));
    h.exchange("q", "answer").effects();
    h.keys("<ctrl+o>");
    let command = CopyCommand { what: Copied::Message, text: "answer".to_owned(), to };
    assert_eq!(h.effects(), [Effect::Copy(command)]);
    assert_eq!(h.find("was sent"), None, "nobody took it yet");
    let tmux = Settings { clipboard: Clipboard::Tmux, ..settings() };
    let mut h = Harness::with(tmux, (80, 24));
    h.exchange("q", "answer").effects();
    h.keys("<ctrl+o>");
    let back = h.effects().pop().unwrap();
    h.says(ServiceEvent::Refused(back));
    assert_eq!(sent(&mut h), ["answer"]);
    let off = Settings { clipboard: Clipboard::Off, ..settings() };
    let mut h = Harness::with(off, (80, 24));
    h.exchange("q", "answer").effects();
    h.keys("<ctrl+o>");
    assert!(h.effects().is_empty() && h.find("switched off").is_some(), "{}", h.screen());
}

#[test]
fn the_source_is_shown_from_the_first_column_on() {
    let mut h = talk();
    h.resize(80, 40);
    h.keys("<alt+2>M");
    let rows = h.rows();
    for line in ["# 标题 👩‍💻", "```rust", "fn main() {", "last line", "第一个问题"] {
        assert!(rows.iter().any(|row| row == line), "{line}\n{}", h.screen());
    }
    assert!(rows.iter().any(|row| row.contains("**粗体** [文档](https://help.aliyun.com/a?b=1)")));
    assert!(h.find("source text").is_some(), "the header says it");
    h.keys("M");
    assert!(h.find("```rust").is_none() && h.find("**粗体**").is_none(), "{}", h.screen());
}

#[test]
fn the_source_of_an_answer_grows_as_it_comes() {
    let (mut warm, mut cold) = (Harness::new(), Harness::new());
    cold.cold = true;
    for h in [&mut warm, &mut cold] {
        h.keys("/raw<enter>").ask("q");
    }
    for piece in ["# Ti", "tle\n\nfirst ", "line\nsec", "ond `x`\n\n", "```\ncode\n", "```\nend"] {
        warm.delta(piece);
        cold.delta(piece);
        assert_eq!(warm.screen(), cold.screen());
    }
    warm.done();
    assert!(warm.rows().iter().any(|row| row == "second `x`"), "{}", warm.screen());
}

#[test]
fn the_source_view_keeps_the_place() {
    let mut h = Harness::new();
    let answer = numbered(60, |n| format!("**paragraph {n}** of `many` words\n\n"));
    h.exchange("question", &answer).keys("<alt+2><pageup><pageup>");
    let number = |h: &Harness| {
        let row = h.rows().into_iter().find(|row| row.contains("paragraph")).unwrap();
        let digits = row.split("paragraph ").nth(1).unwrap();
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse::<i32>().unwrap()
    };
    let before = number(&h);
    for _ in 0..5 {
        h.keys("M");
        assert!(number(&h).abs_diff(before) <= 1, "{before}\n{}", h.screen());
    }
    h.keys("k");
    assert!(number(&h).abs_diff(before) <= 2, "{before}\n{}", h.screen());
}

#[test]
fn an_export_holds_what_is_shown() {
    let mut h = Harness::with(Settings { system: Some("Be brief".into()), ..settings() }, (80, 24));
    h.keys("/export<enter>");
    assert!(exported(&mut h).is_empty() && h.find("nothing to export yet").is_some());
    h.exchange("问题", ANSWER);
    h.ask("again");
    h.fails(NoticeKind::Garbled).effects();
    h.keys("/export /tmp/a b.json<enter>");
    let command = exported(&mut h).pop().unwrap();
    assert_eq!(command.to.as_deref(), Some("/tmp/a b.json"));
    assert_eq!(command.format, Format::Markdown, "the ending decides when it is written");
    let transcript = *command.transcript;
    assert_eq!(transcript.system.as_deref(), Some("Be brief"));
    assert_eq!(transcript.messages.len(), 4);
    assert_eq!(transcript.messages[1].text, ANSWER);
    assert!(transcript.remarks[1].is_empty() && transcript.remarks[3].contains("not an answer"));
    h.keys("<alt+2>E<ctrl+e>");
    let formats: Vec<_> = exported(&mut h).iter().map(|command| command.format).collect();
    assert_eq!(formats, [Format::Markdown, Format::Json]);
}

#[test]
fn words_after_a_command_that_mean_nothing_are_a_message() {
    let mut h = talk();
    h.keys("/copy that for me<enter>");
    assert!(sent(&mut h).is_empty());
    assert_eq!(h.state.composer().text(), "/copy that for me");
}

#[test]
fn what_was_told_can_be_read_again_and_copied() {
    let mut h = Harness::new();
    h.ask("question");
    let notice = Notice::new(NoticeKind::RequestRefused { status: 400 })
        .with_detail("temperature is wrong; key sk-0123456789abcdef")
        .with_request_id(Some("req-42".to_owned()));
    h.turn_says(h.turn(), ended(TurnEnd::Failed(notice)));
    h.keys("<alt+c>").done();
    h.keys("<alt+c>");
    assert!(h.find("There is nothing to go on with").is_some());
    h.keys("<alt+j>");
    assert!(h.find("What lian said").is_some(), "{}", h.screen());
    assert!(h.find("▸ 14:01  There is nothing to go on").is_some(), "{}", h.screen());
    h.keys("j");
    for part in ["Cause: temperature is wrong", "Request id: req-42", "Model: qwen-plus", "Next: "]
    {
        assert!(h.find(part).is_some(), "{part}\n{}", h.screen());
    }
    h.effects();
    h.keys("<enter>y");
    let text = sent(&mut h).pop().unwrap();
    for part in ["HTTP 400", "temperature is wrong", "req-42", "qwen-plus", "1970-01-01T14:01"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("0123456789"), "{text}");
    assert_eq!(h.cursor(), None, "nothing is typed here");
    h.keys("q");
    assert_eq!(h.find("What lian said"), None);
    // The one that is shown is copied without the list; the news of a copy is not what is meant.
    h.keys("<alt+2>n");
    let text = sent(&mut h).pop().unwrap();
    assert!(text.starts_with("There is nothing to go on with here."), "{text}");
}

#[test]
fn a_limit_is_copied_with_the_text_that_asks_for_more() {
    let mut h = Harness::new();
    h.ask("how fast?");
    h.turn_says(h.turn(), complete());
    h.ask("and now?");
    let notice = Notice::new(NoticeKind::Throttled { kind: Throttle::Requests, tries: 4 })
        .with_request_id(Some("req-9".to_owned()))
        .with_exchange(Exchange {
            url: "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions".to_owned(),
            surface: Some(Surface::Compat),
            region: Some("cn-beijing".to_owned()),
            workspace: None,
            status: 429,
            code: "limit_requests".to_owned(),
            message: "Requests rate limit exceeded".to_owned(),
        });
    h.turn_says(h.turn(), ended(TurnEnd::Failed(notice)));
    h.effects();
    h.keys("<alt+j>");
    assert!(h.find("On the side of: the account").is_some(), "{}", h.screen());
    h.keys("y");
    let text = sent(&mut h).pop().unwrap();
    for part in [
        "HTTP status: 429",
        "Code: limit_requests",
        "Request id: req-9",
        "模型：qwen-plus",
        "地域：cn-beijing",
        // Of the answer before, and of the catalog.
        "Typical prompt: 1,000 tokens",
        "Typical answer: 400 tokens",
        "RPM",
        "Purpose: ____",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Limit now: ____") && !text.contains("how fast"), "{text}");
}

#[test]
fn the_list_of_notices_speaks_chinese_and_fits_every_screen() {
    for (width, height) in [(20, 5), (33, 8), (80, 24), (160, 50)] {
        let zh = Settings { language: Language::ZhCn, ..settings() };
        let mut h = Harness::with(zh, (width, height));
        h.keys("<alt+j>");
        assert!(h.find("还没有").is_some(), "{}", h.screen());
        h.keys("q<alt+c><alt+n><alt+j>");
        assert!(h.find("▸").is_some(), "{}", h.screen());
        h.keys("jjkG<enter>g<pagedown>y");
        assert!(h.find("▸").is_some(), "{width}x{height}\n{}", h.screen());
    }
}

/// Ends the last turn after so many seconds and answers with what a desktop is told.
fn told(h: &mut Harness, seconds: u64, end: TurnEnd) -> Option<(Notify, String)> {
    h.pass(seconds * 1_000);
    h.effects();
    h.turn_says(h.turn(), ended(end));
    h.effects().into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalCommand::Notify { way, text }) => Some((way, text)),
        _ => None,
    })
}

fn focus(h: &mut Harness, focused: bool) {
    let now = h.now;
    h.state.on_action(Action::Focused(focused), now);
}

#[test]
fn the_end_of_a_long_answer_is_told_to_who_looks_elsewhere() {
    let mut h = Harness::new();
    h.ask("how\tlong is it?");
    assert_eq!(told(&mut h, 60, TurnEnd::Complete), None, "the terminal has the focus");
    focus(&mut h, false);
    h.ask("and now?");
    let expected = (Notify::Auto, "lian: answered - how long is it?".to_owned());
    assert_eq!(told(&mut h, 10, TurnEnd::Complete), Some(expected));
    h.ask("short");
    assert_eq!(told(&mut h, 9, TurnEnd::Complete), None);
    h.ask("fails");
    let failed = TurnEnd::Failed(Notice::new(NoticeKind::Cut));
    assert!(told(&mut h, 30, failed).unwrap().1.starts_with("lian: failed"));
    h.ask("stopped");
    h.pass(20_000).keys("<esc>");
    assert_eq!(told(&mut h, 1, TurnEnd::Stopped), None, "whoever stopped it was there");
    h.ask("comes back");
    h.pass(20_000);
    focus(&mut h, true);
    assert_eq!(told(&mut h, 1, TurnEnd::Complete), None);
    let off = Settings { notify: Notify::Off, notify_after: Duration::from_secs(1), ..settings() };
    let mut h = Harness::with(off, (80, 24));
    focus(&mut h, false);
    h.ask("q");
    assert_eq!(told(&mut h, 60, TurnEnd::Complete), None);
}
