//! Options that both surfaces have under the same names: thinking, the form of the answer, tools and
//! stop texts. It owns their rules and refuses to know where in a body they stand.

use serde_json::{Map, Value};

use super::messages::Message;
use super::{Format, Refusal, Tool, ToolChoice, flag, get, missing};
use crate::sim::models::{Model, Streaming, Thinking};
use crate::sim::refusal;

pub(super) fn check_streaming(
    body: &Map<String, Value>,
    model: &Model,
    stream: bool,
) -> Result<(), Refusal> {
    if stream {
        return Ok(());
    }
    if model.streaming == Streaming::Always {
        return Err(Refusal::parameter(
            "This model only support stream mode, please enable the stream parameter to access the model.",
        ));
    }
    let audio = body
        .get("modalities")
        .and_then(Value::as_array)
        .is_some_and(|kinds| kinds.iter().any(|kind| kind == "audio"));
    if audio {
        return Err(Refusal::parameter("'audio' output only support with stream=true"));
    }
    Ok(())
}

/// Whether this answer is to have reasoning.
pub(super) fn thinking(
    body: &Map<String, Value>,
    model: &Model,
    stream: bool,
) -> Result<bool, Refusal> {
    let asked = flag(body, "enable_thinking")?;
    let thinking = match (model.thinking, asked) {
        (Thinking::Never, Some(true)) => {
            return Err(Refusal::text(
                &refusal::NO_THINKING,
                format!("The model {} does not support enable_thinking.", model.id),
            ));
        }
        (Thinking::Always, Some(false)) => {
            return Err(Refusal::parameter(
                "The value of the enable_thinking parameter is restricted to True.",
            ));
        }
        (Thinking::Never, _) => false,
        (Thinking::Always, _) => true,
        (Thinking::Off, asked) => asked.unwrap_or(false),
        (Thinking::On, asked) => asked.unwrap_or(true),
    };
    if thinking && !stream && model.streaming == Streaming::Thinking {
        return Err(Refusal::parameter(match model.thinking {
            Thinking::Always => "parameter.enable_thinking only support stream call",
            Thinking::Never | Thinking::Off | Thinking::On => {
                "parameter.enable_thinking must be set to false for non-streaming calls"
            }
        }));
    }
    Ok(thinking)
}

pub(super) fn format(
    body: &Map<String, Value>,
    messages: &[Message],
    thinking: bool,
) -> Result<Format, Refusal> {
    let Some(wanted) = get(body, "response_format") else {
        return Ok(Format::Text);
    };
    let format = match wanted.get("type").and_then(Value::as_str) {
        Some("text") => return Ok(Format::Text),
        Some("json_object") => Format::JsonObject,
        Some("json_schema") => {
            let schema = wanted.get("json_schema").and_then(|outer| outer.get("schema"));
            Format::JsonSchema(
                schema.ok_or_else(|| missing("response_format.json_schema"))?.clone(),
            )
        }
        _ => return Err(missing("response_format.type")),
    };
    if thinking {
        return Err(Refusal::parameter(
            "Json mode response is not supported when enable_thinking is true",
        ));
    }
    let named = messages.iter().any(|message| message.text.to_lowercase().contains("json"));
    if format == Format::JsonObject && !named {
        return Err(Refusal::parameter(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        ));
    }
    Ok(format)
}

pub(super) fn tools(body: &Map<String, Value>, model: &Model) -> Result<Vec<Tool>, Refusal> {
    let Some(list) = get(body, "tools") else {
        return Ok(Vec::new());
    };
    let list = list.as_array().ok_or_else(|| missing("tools"))?;
    if !list.is_empty() && !model.tools {
        return Err(Refusal::parameter("The tool call is not supported."));
    }
    list.iter().map(tool).collect()
}

fn tool(value: &Value) -> Result<Tool, Refusal> {
    let function = value.get("function").ok_or_else(|| missing("tools.function"))?;
    let text = |key| function.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = text("name");
    if name.is_empty() {
        return Err(missing("tools.function.name"));
    }
    if name == "search" {
        return Err(Refusal::parameter("Tool names are not allowed to be [search]"));
    }
    let parameters = function.get("parameters").cloned().unwrap_or(Value::Null);
    Ok(Tool { name, description: text("description"), parameters })
}

pub(super) fn tool_choice(body: &Map<String, Value>) -> Result<ToolChoice, Refusal> {
    let refused = || {
        Refusal::parameter("tool_choice is one of the strings that should be [\"none\", \"auto\"]")
    };
    match get(body, "tool_choice") {
        None => Ok(ToolChoice::Auto),
        Some(Value::String(word)) if word == "auto" => Ok(ToolChoice::Auto),
        Some(Value::String(word)) if word == "none" => Ok(ToolChoice::None),
        Some(other) => other
            .get("function")
            .and_then(|function| function.get("name"))
            .and_then(Value::as_str)
            .map(|name| ToolChoice::Function(name.to_owned()))
            .ok_or_else(refused),
    }
}

pub(super) fn stop(body: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let texts: Option<Vec<String>> = match get(body, "stop") {
        None => Some(Vec::new()),
        Some(Value::String(text)) => Some(vec![text.clone()]),
        Some(Value::Array(list)) => {
            list.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        Some(_) => None,
    };
    let texts = texts.ok_or_else(|| missing("stop"))?;
    Ok(texts.into_iter().filter(|text| !text.is_empty()).collect())
}
