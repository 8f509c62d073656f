//! Files as they come to lie on the disk: names, forms, what is left out, what is never lost.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::*;
use crate::domain::chat::AnswerFacts;
use crate::domain::conversations::Conversation;
use crate::domain::export::Labels;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::models::ModelId;

fn message(id: i64, role: Role, text: &str) -> Message {
    Message {
        id: MessageId(id),
        parent: None,
        role,
        text: text.to_owned(),
        attachments: Vec::new(),
        reasoning: String::new(),
        state: MessageState::Complete,
        created_ms: 60_000,
        facts: None,
    }
}

fn transcript(title: &str) -> Transcript {
    let mut answer = message(2, Role::Assistant, "回答 👩‍💻\n\n```sh\nls\n```\n");
    answer.reasoning = "想一想".to_owned();
    answer.facts = Some(AnswerFacts {
        model: Some(ModelId::new("qwen-plus-2025-09-11")),
        first_token: Some(Duration::from_millis(500)),
        usage: Some(Usage {
            input: 10,
            output: 20,
            cached: None,
            reasoning: Some(5),
            ..Usage::default()
        }),
        cost: Some(Money { amount: "0.0012".parse().unwrap(), currency: Currency::Cny }),
        request_id: Some("req-1".to_owned()),
        finish: Some(FinishReason::Stop),
        ..AnswerFacts::default()
    });
    let mut conversation = Conversation {
        id: ConversationId(0xabc),
        title: title.to_owned(),
        model: ModelId::new("qwen-plus"),
        created_ms: 0,
        updated_ms: 60_000,
        leaf: None,
        params: None,
    };
    conversation.title.push('？');
    Transcript {
        conversation,
        system: Some("Be brief.".to_owned()),
        messages: vec![message(1, Role::User, "my key is sk-0123456789abcdef, ok?"), answer],
        remarks: vec![String::new(), "Stopped.".to_owned()],
        labels: Labels {
            you: "You",
            system: "Instructions",
            reasoning: "Reasoning",
            untitled: "Conversation",
            hidden: "Left out:",
        },
        now_ms: 120_000,
        utc_offset_min: 480,
    }
}

fn command(title: &str, format: Format, to: &Path) -> ExportCommand {
    let to = Some(to.display().to_string());
    ExportCommand { transcript: Box::new(transcript(title)), format, to }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_markdown_file_has_all_of_it_but_the_key() {
    let dir = tempfile::TempDir::new().unwrap();
    let (path, hidden) = write(command("异步 任务", Format::Markdown, dir.path())).unwrap();
    assert_eq!(path, dir.path().join("异步-任务.md"));
    assert_eq!(hidden, 1);
    let text = read(&path);
    let expected = "---\n\
        title: \"异步 任务？\"\n\
        model: \"qwen-plus\"\n\
        created: 1970-01-01T08:00:00+08:00\n\
        updated: 1970-01-01T08:01:00+08:00\n\
        exported: 1970-01-01T08:02:00+08:00\n\
        messages: 2\n\
        input_tokens: 10\n\
        output_tokens: 20\n\
        cost: \"¥0.0012\"\n\
        ---\n\n\
        # 异步 任务？\n\n\
        ## Instructions\n\n\
        Be brief.\n\n\
        ## You · 1970-01-01 08:01\n\n\
        my key is sk-***, ok?\n\n\
        ## qwen-plus-2025-09-11 · 1970-01-01 08:01 · 20 tok · ¥0.0012\n\n\
        <details>\n<summary>Reasoning</summary>\n\n想一想\n\n</details>\n\n\
        回答 👩‍💻\n\n```sh\nls\n```\n\n\
        > Stopped.\n\n\
        ---\n\n\
        Left out: 1\n";
    assert_eq!(text, expected);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "a conversation is for its owner alone");
}

#[test]
fn a_json_file_has_the_names_of_the_readme() {
    let dir = tempfile::TempDir::new().unwrap();
    let (path, hidden) = write(command("t", Format::Json, dir.path())).unwrap();
    assert_eq!((path.file_name().unwrap().to_str(), hidden), (Some("t.json"), 1));
    let value: Value = serde_json::from_str(&read(&path)).unwrap();
    assert_eq!(value["schema"], "lian.conversation/1");
    assert_eq!(value["conversation"]["id"], "0000000000000abc");
    assert_eq!(value["conversation"]["created"], "1970-01-01T08:00:00+08:00");
    assert_eq!(value["system"], "Be brief.");
    assert_eq!(value["hidden"], 1);
    assert_eq!(value["messages"][0]["text"], "my key is sk-***, ok?");
    let answer = &value["messages"][1];
    assert_eq!(answer["role"], "assistant");
    assert_eq!(answer["text"], "回答 👩‍💻\n\n```sh\nls\n```\n");
    assert_eq!(answer["reasoning"], "想一想");
    assert_eq!(answer["usage"]["output"], 20);
    assert_eq!(answer["cost"], json!({ "amount": "0.0012", "currency": "CNY" }));
    assert_eq!((&answer["finish"], &answer["request_id"]), (&json!("stop"), &json!("req-1")));
    let readme = include_str!("../../../README.md");
    for (table, names) in
        [("", &value), ("conversation.", &value["conversation"]), ("messages[].", answer)]
    {
        for name in names.as_object().unwrap().keys() {
            let known = ["`", "."].map(|end| readme.contains(&format!("`{table}{name}{end}")));
            assert!(known.contains(&true), "the README lacks {table}{name}");
        }
    }
}

#[test]
fn nothing_is_written_over() {
    let dir = tempfile::TempDir::new().unwrap();
    std::fs::write(dir.path().join("notes.md"), "mine").unwrap();
    let wanted = dir.path().join("notes.md");
    let names: Vec<_> = (0..3)
        .map(|_| write(command("t", Format::Markdown, &wanted)).unwrap().0)
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["notes-2.md", "notes-3.md", "notes-4.md"]);
    assert_eq!(read(&wanted), "mine");
    // A link that leads elsewhere is a name that is taken.
    let outside = dir.path().join("outside");
    std::os::unix::fs::symlink(&outside, dir.path().join("link.md")).unwrap();
    let (path, _) = write(command("t", Format::Markdown, &dir.path().join("link.md"))).unwrap();
    assert!(path.ends_with("link-2.md") && !outside.exists());
}

#[test]
fn the_ending_of_a_name_decides() {
    let named = |to: &str, format| place(Some(to), format, "标题");
    assert_eq!(named("a.json", Format::Markdown), ("a.json".into(), Format::Json));
    assert_eq!(named("a.MD", Format::Json), ("a.MD".into(), Format::Markdown));
    assert_eq!(named("a.b", Format::Markdown), ("a.b.md".into(), Format::Markdown));
    assert_eq!(named("no-such-dir/", Format::Json), ("no-such-dir/标题.json".into(), Format::Json));
    assert_eq!(place(None, Format::Json, "../x"), ("x.json".into(), Format::Json));
    assert_eq!(
        place(Some("  "), Format::Markdown, ""),
        ("conversation.md".into(), Format::Markdown)
    );
}

#[tokio::test]
async fn what_cannot_be_written_is_told_with_the_systems_words() {
    let dir = tempfile::TempDir::new().unwrap();
    let (out, mut events) = mpsc::channel(4);
    let handle = spawn(out, CancellationToken::new());
    let wanted = dir.path().join("no/such/place.md");
    handle.try_send(command("t", Format::Markdown, &wanted)).unwrap();
    let Some(ServiceEvent::Notice(notice)) = events.recv().await else { panic!("a notice") };
    let path = wanted.display().to_string();
    assert_eq!(notice.kind, NoticeKind::Export(ExportNotice::Failed { path }));
    assert!(notice.detail.unwrap().contains("No such file"));
    handle.try_send(command("t", Format::Markdown, dir.path())).unwrap();
    let Some(ServiceEvent::Notice(notice)) = events.recv().await else { panic!("a notice") };
    let path = dir.path().join("t.md").display().to_string();
    assert_eq!(notice.kind, NoticeKind::Export(ExportNotice::Written { path, hidden: 1 }));
}
