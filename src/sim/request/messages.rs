//! The messages of a request: their order, their content and their size.
//! What a part of a message may be is in `parts`; it refuses roles it does not know.

use serde_json::Value;

use super::parts::{self, Dialect};
use super::{Refusal, missing};
use crate::sim::media::Media;
use crate::sim::models::Model;
use crate::sim::tokens;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Role {
    System,
    User,
    Assistant,
    Tool,
}

impl Role {
    pub(in crate::sim) const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// One message.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Message {
    pub(in crate::sim) role: Role,
    /// All text parts together.
    pub(in crate::sim) text: String,
    /// Its images, videos and sounds.
    pub(in crate::sim) media: Vec<Media>,
    /// The answer goes on from here.
    pub(in crate::sim) partial: bool,
    /// It asked for tools.
    calls_tools: bool,
}

impl Message {
    /// A question in words.
    pub(super) fn user(text: &str) -> Self {
        Self {
            role: Role::User,
            text: text.to_owned(),
            media: Vec::new(),
            partial: false,
            calls_tools: false,
        }
    }

    /// What its text costs as input.
    pub(in crate::sim) fn tokens(&self) -> usize {
        4 + tokens::count(&self.text)
    }
}

/// Reads the list of a request.
pub(super) fn read(list: Option<&Value>, dialect: &Dialect<'_>) -> Result<Vec<Message>, Refusal> {
    let list = list.and_then(Value::as_array).ok_or_else(|| missing("messages"))?;
    if list.is_empty() {
        return Err(Refusal::parameter(
            "<400> InternalError.Algo.InvalidParameter: [] is too short - 'messages'",
        ));
    }
    let messages: Vec<Message> =
        list.iter().map(|value| message(value, dialect)).collect::<Result<_, _>>()?;
    check_order(&messages)?;
    check_size(&messages, dialect.reader.model)?;
    Ok(messages)
}

/// Whether a model can read so much.
pub(super) fn check_size(messages: &[Message], model: &Model) -> Result<(), Refusal> {
    let size: usize = messages
        .iter()
        .map(|message| {
            message.tokens() + message.media.iter().map(|media| media.tokens).sum::<usize>()
        })
        .sum();
    match model.context {
        Some(most) if size as u64 > most => {
            Err(Refusal::parameter(format!("Range of input length should be [1, {most}]")))
        }
        _ => Ok(()),
    }
}

fn check_order(messages: &[Message]) -> Result<(), Refusal> {
    let mut open_call = false;
    for message in messages {
        if message.role == Role::Tool && !open_call {
            return Err(Refusal::parameter(
                "messages with role \"tool\" must be a response to a preceeding message with \"tool_calls\"",
            ));
        }
        open_call = message.calls_tools || (message.role == Role::Tool && open_call);
    }
    if messages.iter().any(|message| message.role == Role::User) {
        Ok(())
    } else {
        Err(Refusal::parameter("The input messages do not contain elements with the role of user."))
    }
}

fn message(value: &Value, dialect: &Dialect<'_>) -> Result<Message, Refusal> {
    let role = match value.get("role").and_then(Value::as_str) {
        Some("system" | "developer") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => Role::Tool,
        _ => return Err(missing("messages.role")),
    };
    let calls_tools =
        value.get("tool_calls").and_then(Value::as_array).is_some_and(|calls| !calls.is_empty());
    let mut message = Message {
        role,
        partial: value.get("partial").and_then(Value::as_bool).unwrap_or(false),
        calls_tools,
        ..Message::user("")
    };
    match value.get("content") {
        Some(Value::String(text)) => message.text.clone_from(text),
        Some(Value::Array(list)) => {
            for part in list {
                parts::read(part, dialect, &mut message)?;
            }
            parts::check_mix(&message, dialect)?;
        }
        None | Some(Value::Null) if role == Role::Assistant => {}
        None | Some(Value::Null) => {
            return Err(Refusal::parameter("The content field is a required field."));
        }
        Some(_) => return Err(Refusal::parameter("input content must be a string.")),
    }
    Ok(message)
}
