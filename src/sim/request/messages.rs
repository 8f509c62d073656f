//! The messages of a request: their order, their content and their size.
//! It keeps the text; of images and sound it only keeps how many there were.

use serde_json::{Map, Value};

use super::{Refusal, get, missing};
use crate::sim::models::Model;
use crate::sim::tokens;

/// The most bytes of one `data:` URL.
const MAX_DATA_URI: usize = 10_485_760;
/// What an image or a sound counts, in tokens; a guess, as their size is not looked at.
const MEDIA_TOKENS: usize = 256;

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
    /// How many images, videos and sounds it holds.
    pub(in crate::sim) media: usize,
    /// The answer goes on from here.
    pub(in crate::sim) partial: bool,
    /// It asked for tools.
    calls_tools: bool,
}

impl Message {
    /// What it costs as input.
    pub(in crate::sim) fn tokens(&self) -> usize {
        4 + tokens::count(&self.text) + self.media * MEDIA_TOKENS
    }
}

pub(super) fn read(body: &Map<String, Value>, model: &Model) -> Result<Vec<Message>, Refusal> {
    let list =
        get(body, "messages").and_then(Value::as_array).ok_or_else(|| missing("messages"))?;
    if list.is_empty() {
        return Err(Refusal::parameter(
            "<400> InternalError.Algo.InvalidParameter: [] is too short - 'messages'",
        ));
    }
    let messages: Vec<Message> = list.iter().map(message).collect::<Result<_, _>>()?;
    check_order(&messages)?;
    let size: usize = messages.iter().map(Message::tokens).sum();
    if let Some(most) = model.context
        && size as u64 > most
    {
        return Err(Refusal::parameter(format!("Range of input length should be [1, {most}]")));
    }
    Ok(messages)
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

fn message(value: &Value) -> Result<Message, Refusal> {
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
        text: String::new(),
        media: 0,
        partial: value.get("partial").and_then(Value::as_bool).unwrap_or(false),
        calls_tools,
    };
    match value.get("content") {
        Some(Value::String(text)) => message.text.clone_from(text),
        Some(Value::Array(parts)) => {
            for part in parts {
                read_part(part, &mut message)?;
            }
        }
        None | Some(Value::Null) if role == Role::Assistant => {}
        None | Some(Value::Null) => {
            return Err(Refusal::parameter("The content field is a required field."));
        }
        Some(_) => return Err(Refusal::parameter("input content must be a string.")),
    }
    Ok(message)
}

fn read_part(part: &Value, message: &mut Message) -> Result<(), Refusal> {
    let url = |key: &str, inner: &str| {
        part.get(key).and_then(|value| value.get(inner)).and_then(Value::as_str)
    };
    let source = match part.get("type").and_then(Value::as_str) {
        Some("text") => {
            let text = part.get("text").and_then(Value::as_str);
            message.text.push_str(text.ok_or_else(|| missing("messages.content.text"))?);
            return Ok(());
        }
        Some("image_url") => url("image_url", "url"),
        Some("video_url") => url("video_url", "url"),
        Some("input_audio") => url("input_audio", "data"),
        Some("video") if part.get("video").is_some_and(Value::is_array) => Some(""),
        _ => None,
    };
    let source = source.ok_or_else(|| missing("messages.content"))?;
    if source.starts_with("data:") && source.len() > MAX_DATA_URI {
        return Err(Refusal::parameter(format!(
            "Exceeded limit on max bytes per data-uri item : {MAX_DATA_URI}'."
        )));
    }
    message.media += 1;
    Ok(())
}
