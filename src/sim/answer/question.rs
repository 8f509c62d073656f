//! What a conversation asks for: its language, its subject and which of the simulator's texts fits.
//! It looks for words; it refuses to understand.

use super::attached::Attached;
use super::phrases::Language;
use super::{small, words};
use crate::sim::request::{Message, Role};
use crate::sim::tokens::is_cjk;

/// What kind of answer fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    /// A text of this name.
    Section(&'static str),
    /// A small sum, with its result.
    Sum(String),
    /// What a tool gave back.
    ToolResult(String),
    /// Pictures, videos or sounds.
    Media(Attached),
}

/// The question to answer.
#[derive(Debug, Clone)]
pub(super) struct Question<'a> {
    pub(super) text: &'a str,
    pub(super) language: Language,
    pub(super) intent: Intent,
    /// A few words on what it is about, safe within a line of markdown.
    pub(super) topic: String,
    /// Its beginning, safe within a line of markdown.
    pub(super) short: String,
    /// The question before it, if there was one.
    pub(super) earlier: Option<String>,
}

impl<'a> Question<'a> {
    pub(super) fn new(messages: &'a [Message]) -> Self {
        let mut users = messages.iter().rev().filter(|message| message.role == Role::User);
        let last = users.next();
        let text = last.map_or("", |message| message.text.trim());
        let language = Language::of(text);
        let earlier =
            users.next().map(|message| inline(&message.text, 40)).filter(|t| !t.is_empty());
        let intent = match messages.last() {
            Some(message) if message.role == Role::Tool => {
                Intent::ToolResult(inline(&message.text, 300))
            }
            _ => match last {
                Some(message) if !message.media.is_empty() => {
                    Intent::Media(Attached::new(&message.media, language))
                }
                _ => intent(text),
            },
        };
        let short = match inline(text, 80) {
            empty if empty.is_empty() => "…".to_owned(),
            short => short,
        };
        Self { text, language, intent, topic: topic(text, language), short, earlier }
    }

    /// The two things a comparison is about.
    pub(super) fn sides(&self) -> (String, String) {
        let words: &[&str] = match self.language {
            Language::English => &[" versus ", " vs. ", " vs ", " or ", " and ", " with ", " to "],
            Language::Chinese => &["还是", "和", "与", "跟", "、", " vs "],
        };
        let halves = words.iter().find_map(|word| self.topic.split_once(word));
        let (a, b) = halves.unwrap_or(("A", "B"));
        let side = |text: &str| text.trim().trim_matches(['?', '？', ',', '，']).trim().to_owned();
        (side(a), side(b))
    }
}

/// Whether a message only says “go on”.
pub(super) fn asks_to_go_on(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['.', '!', '。', '！', '…']).to_lowercase();
    ["continue", "go on", "please continue", "more", "继续", "请继续", "接着说", "继续说", "接着写"]
        .contains(&text.as_str())
}

/// A piece of foreign text that cannot break the line of markdown around it.
fn inline(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let kept = text.chars().filter(|c| !"`*_[]<>|~\\#{}\"“”".contains(*c)).map(clean);
    let line: String = kept.collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}

fn intent(text: &str) -> Intent {
    if let Some(sum) = small::sum(text) {
        return Intent::Sum(sum);
    }
    let text = &text.to_lowercase();
    if text.is_empty() {
        return Intent::Section("greeting");
    }
    let han = text.chars().filter(|c| is_cjk(*c)).count();
    let few = text.split_whitespace().count() + han / 2 <= 4;
    let name = words::first("short", text)
        .filter(|_| few)
        .or_else(|| words::first("self", text))
        .or_else(|| code(text))
        .or_else(|| words::first("subject", text))
        .or_else(|| words::first("kind", text));
    Intent::Section(name.unwrap_or("default"))
}

/// The program to show, if code is wanted.
fn code(text: &str) -> Option<&'static str> {
    words::first("verb", text)?;
    // Subjects have code of their own, but “stream” is also a word of programs.
    if words::first("subject", text).is_some_and(|subject| subject != "streaming") {
        return None;
    }
    let code = words::first("code", text)?;
    Some(match (code, words::first("program", text)) {
        ("code-rust", Some("reverse")) => "code-rust-reverse",
        ("code-rust", Some("fibonacci")) => "code-rust-fibonacci",
        ("code-python", Some("reverse")) => "code-python-reverse",
        ("code-python", Some("fibonacci")) => "code-python-fibonacci",
        _ => code,
    })
}

fn topic(text: &str, language: Language) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let end = line.find(['?', '？', '。']).unwrap_or(line.len());
    let line = inline(&line[..end], 120);
    let rest = words::subject(&line);
    let topic = match language {
        Language::English => rest.split_whitespace().take(9).collect::<Vec<_>>().join(" "),
        Language::Chinese => rest.chars().take(24).collect(),
    };
    match (topic.is_empty(), language) {
        (false, _) => topic,
        (true, Language::English) => "that".to_owned(),
        (true, Language::Chinese) => "这件事".to_owned(),
    }
}
