//! JSON as people and models write it: whether a text is JSON and where it stops being so, the same
//! over several lines, and that line by line while it arrives. It refuses to know what is in it.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::domain::params::Fault;

/// What was found out about an answer that was to be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It is JSON and nothing else.
    Valid,
    /// It is JSON between the fences of a code block, which a program has to take off.
    Fenced,
    /// It is none; where it stops being so, from 1.
    Invalid {
        /// Line.
        line: usize,
        /// Column, in characters.
        column: usize,
    },
}

/// Whether a text is one JSON value.
#[must_use]
pub fn check(text: &str) -> Checked {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Checked::Valid,
        Err(_) if unfenced(text).is_some_and(valid) => Checked::Fenced,
        Err(error) => {
            let (line, column) = place(text, &error);
            Checked::Invalid { line, column }
        }
    }
}

fn valid(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Where an error is, with columns as an editor counts them.
fn place(text: &str, error: &serde_json::Error) -> (usize, usize) {
    let line = error.line().max(1);
    let bytes = error.column();
    let text = text.split('\n').nth(line - 1).unwrap_or_default();
    let before = text.char_indices().take_while(|(at, _)| at + 1 < bytes).count();
    (line, before + 1)
}

/// What is between the fences of a text that is one code block.
#[must_use]
pub fn unfenced(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("```")?.strip_suffix("```")?;
    let (info, body) = inner.split_once('\n')?;
    (!info.contains('`') && !body.contains("\n```")).then(|| body.trim())
}

/// The same value over several lines; the order of keys, numbers and texts stay as they are
/// written. `None` if it is no JSON.
#[must_use]
pub fn pretty(text: &str) -> Option<String> {
    let text = if valid(text) { text } else { unfenced(text).filter(|inner| valid(inner))? };
    Some(Printer::default().push(text))
}

/// Whether a text is one JSON object.
pub fn object(text: &str) -> Result<(), Fault> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_)) => Ok(()),
        Ok(_) => Err(Fault::NotObject),
        Err(error) => {
            let (line, column) = place(text, &error);
            Err(Fault::NotJson { line, column })
        }
    }
}

/// Whether an object that is merged over a request asks for an answer in JSON.
#[must_use]
pub fn asks_for_json(extra: &str) -> bool {
    let value: Value = serde_json::from_str(extra).unwrap_or_default();
    let kind = value.pointer("/response_format/type").and_then(Value::as_str);
    matches!(kind, Some("json_object" | "json_schema"))
}

/// Deeper than this nothing is set in further.
const DEEPEST: usize = 40;

/// Sets JSON in over several lines while it arrives. What turns out to be none comes out as it is
/// from there on.
#[derive(Debug, Clone, Default)]
pub struct Printer {
    depth: usize,
    /// Within a text in quotes; the last character may be a backslash.
    quoted: Option<Escaped>,
    /// An open bracket whose next line has not begun: it may be empty.
    opened: bool,
    state: State,
    /// Within a number or one of the three words.
    bare: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escaped {
    No,
    Yes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Nothing but blanks yet.
    #[default]
    Before,
    /// Within the value.
    Within,
    /// The value is whole.
    After,
    /// It is no JSON.
    Broken,
}

impl Printer {
    /// Takes a piece and tells what to write for it.
    pub fn push(&mut self, piece: &str) -> String {
        let mut out = String::with_capacity(piece.len() + piece.len() / 4);
        for c in piece.chars() {
            self.take(c, &mut out);
        }
        out
    }

    /// A whole object or list has come.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.state == State::After
    }

    /// It is no JSON.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    fn take(&mut self, c: char, out: &mut String) {
        match (self.state, self.quoted) {
            (State::Broken, _) => out.push(c),
            (_, Some(escaped)) => {
                out.push(c);
                self.quoted = match (escaped, c) {
                    (Escaped::No, '"') => None,
                    (Escaped::No, '\\') => Some(Escaped::Yes),
                    (Escaped::No | Escaped::Yes, _) => Some(Escaped::No),
                };
                if c.is_control() {
                    // A line end within quotes: whatever this is, it is not JSON.
                    self.state = State::Broken;
                } else if self.quoted.is_none() && self.depth == 0 {
                    self.state = State::After;
                }
            }
            (_, None) => self.outside(c, out),
        }
    }

    /// Outside of quotes blanks are ours.
    fn outside(&mut self, c: char, out: &mut String) {
        if matches!(c, ' ' | '\t' | '\n' | '\r') {
            self.bare = false;
            return;
        }
        let fits = self.state != State::After
            && match c {
                '{' | '[' | '"' => !self.bare,
                '}' | ']' | ',' | ':' => self.depth > 0,
                _ => c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'),
            };
        if !fits {
            self.begin_line(out);
            self.state = State::Broken;
            out.push(c);
            return;
        }
        self.state = State::Within;
        if !matches!(c, '}' | ']') {
            self.begin_line(out);
        }
        self.bare = false;
        match c {
            '{' | '[' => {
                out.push(c);
                self.depth += 1;
                self.opened = true;
            }
            '}' | ']' => {
                self.depth -= 1;
                if !std::mem::take(&mut self.opened) {
                    self.newline(out);
                }
                out.push(c);
                if self.depth == 0 {
                    self.state = State::After;
                }
            }
            ',' => {
                out.push(c);
                self.newline(out);
            }
            ':' => out.push_str(": "),
            '"' => {
                out.push(c);
                self.quoted = Some(Escaped::No);
            }
            _ => {
                out.push(c);
                self.bare = true;
            }
        }
    }

    /// After an open bracket the next line begins with the first thing in it.
    fn begin_line(&mut self, out: &mut String) {
        if std::mem::take(&mut self.opened) {
            self.newline(out);
        }
    }

    fn newline(&self, out: &mut String) {
        out.push('\n');
        for _ in 0..self.depth.min(DEEPEST) {
            out.push_str("  ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_are_checked() {
        assert_eq!(check(r#"{"a": 1}"#), Checked::Valid);
        assert_eq!(check("\n [1, 2] \n"), Checked::Valid);
        assert_eq!(check("```json\n{\"a\": 1}\n```"), Checked::Fenced);
        assert_eq!(check("{\n  \"名字\": 千问}"), Checked::Invalid { line: 2, column: 9 });
        assert_eq!(check("Here: {}"), Checked::Invalid { line: 1, column: 1 });
        assert!(matches!(check(""), Checked::Invalid { line: 1, .. }));
        assert!(matches!(check("{\"a\": 1"), Checked::Invalid { line: 1, .. }));
        assert!(matches!(check("```json\n{\n```"), Checked::Invalid { .. }));
    }

    #[test]
    fn objects_are_told_from_others() {
        assert_eq!(object("{}"), Ok(()));
        assert_eq!(object("[1]"), Err(Fault::NotObject));
        assert_eq!(object("{\"a\" 1}"), Err(Fault::NotJson { line: 1, column: 6 }));
        assert!(asks_for_json(r#"{"response_format": {"type": "json_schema"}}"#));
        assert!(!asks_for_json(r#"{"response_format": {"type": "text"}}"#) && !asks_for_json("{"));
    }

    #[test]
    fn it_is_set_in_and_nothing_is_lost() {
        let text = r#"{"b":[1,2.50,{}],"a":"x, y: {\"z\"}","e":[],"n":null}"#;
        let set = "{\n  \"b\": [\n    1,\n    2.50,\n    {}\n  ],\n  \"a\": \"x, y: {\\\"z\\\"}\",\n  \"e\": [],\n  \"n\": null\n}";
        assert_eq!(pretty(text).unwrap(), set);
        assert_eq!(pretty("```\n[1]\n```").unwrap(), "[\n  1\n]");
        assert_eq!(pretty("[1"), None);
    }

    #[test]
    fn what_is_no_json_comes_out_as_it_is() {
        for text in ["plain words, of a kind", "`code`\n```\nmore", "* not\n* json"] {
            let mut printer = Printer::default();
            let shown = printer.push(text);
            assert!(printer.is_broken(), "{text}");
            let bare = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(bare(&shown), bare(text));
        }
        let mut printer = Printer::default();
        assert_eq!(printer.push("{} and more"), "{}and more");
        assert!(printer.is_broken() && !printer.is_whole());
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("\\PC{0,5}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// However the text is cut, what is written is the same value, and the same text as at once.
        #[test]
        fn pieces_make_the_same(value in value(), every in 1_usize..7) {
            let text = value.to_string();
            let whole = pretty(&text).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Value>(&whole).unwrap(), &value);
            let mut printer = Printer::default();
            let chars: Vec<char> = text.chars().collect();
            let mut out = String::new();
            for piece in chars.chunks(every) {
                out.push_str(&printer.push(&piece.iter().collect::<String>()));
            }
            prop_assert_eq!(out, whole);
            prop_assert!(!printer.is_broken());
        }
    }
}
