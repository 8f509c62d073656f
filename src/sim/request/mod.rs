//! A chat request as the compatible surface accepts it, or the documented refusal of it.
//! It owns the rules and their order; it refuses to answer and ignores every key it does not know.

mod limits;
mod messages;

use serde_json::{Map, Value};

use super::models::{self, Model, Route, Streaming, Thinking};
use super::refusal::{self, Refusal};

pub(super) use messages::{Message, Role};

/// A tool that the client offers.
#[derive(Debug, Clone)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) description: String,
    /// JSON schema of the arguments.
    pub(super) parameters: Value,
}

/// Whether a tool is to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ToolChoice {
    Auto,
    None,
    Function(String),
}

/// The form of the answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Format {
    Text,
    JsonObject,
    /// With the schema.
    JsonSchema(Value),
}

/// An accepted request.
#[expect(clippy::struct_excessive_bools, reason = "the wire has them as flags of their own")]
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) model: &'static Model,
    pub(super) messages: Vec<Message>,
    pub(super) stream: bool,
    pub(super) include_usage: bool,
    pub(super) thinking: bool,
    /// Most tokens of reasoning.
    pub(super) thinking_budget: Option<usize>,
    /// Most tokens of text (`max_tokens`).
    pub(super) max_text: Option<usize>,
    /// Most tokens of reasoning and text (`max_completion_tokens`).
    pub(super) max_total: Option<usize>,
    pub(super) stop: Vec<String>,
    pub(super) choices: u8,
    pub(super) seed: u64,
    pub(super) tools: Vec<Tool>,
    pub(super) tool_choice: ToolChoice,
    pub(super) parallel_tools: bool,
    pub(super) format: Format,
}

/// A documented refusal of one parameter.
fn missing(name: &str) -> Refusal {
    Refusal::parameter(format!(
        "Required parameter({name}) missing or invalid, please check the request parameters."
    ))
}

/// The value of a key, with JSON null as absent.
fn get<'a>(body: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    body.get(key).filter(|value| !value.is_null())
}

fn flag(body: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    get(body, key).map(|value| value.as_bool().ok_or_else(|| missing(key))).transpose()
}

impl Call {
    /// Reads a body. The model is looked at first, as the service's gateway does.
    pub(super) fn read(body: &Value) -> Result<Self, Refusal> {
        let body = body.as_object().ok_or_else(|| Refusal::of(&refusal::PARAMETER))?;
        let model = find_model(body)?;
        let messages = messages::read(body, model)?;
        let stream = flag(body, "stream")?.unwrap_or(false);
        let include_usage = body
            .get("stream_options")
            .and_then(|options| options.get("include_usage"))
            .and_then(Value::as_bool)
            .unwrap_or(false);
        check_streaming(body, model, stream)?;
        let thinking = thinking(body, model, stream)?;
        let format = format(body, &messages, thinking)?;
        let numbers = limits::read(body, model)?;
        let tools = tools(body, model)?;
        if flag(body, "enable_search")? == Some(true) && !model.search {
            return Err(Refusal::parameter("This model does not support enable_search."));
        }
        Ok(Self {
            model,
            messages,
            stream,
            include_usage,
            thinking,
            thinking_budget: numbers.thinking_budget,
            max_text: numbers.max_text,
            max_total: numbers.max_total,
            stop: stop(body)?,
            choices: numbers.choices,
            seed: numbers.seed,
            tools,
            tool_choice: tool_choice(body)?,
            parallel_tools: flag(body, "parallel_tool_calls")?.unwrap_or(false),
            format,
        })
    }
}

fn find_model(body: &Map<String, Value>) -> Result<&'static Model, Refusal> {
    let id = match get(body, "model") {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => return Err(Refusal::of(&refusal::REQUEST)),
    };
    let model = models::find(id).ok_or_else(|| {
        Refusal::text(
            &refusal::NO_MODEL,
            format!("The model `{id}` does not exist or you do not have access to it."),
        )
    })?;
    match model.route {
        Route::Chat => Ok(model),
        Route::Embed | Route::Native => Err(Refusal::text(
            &refusal::NOT_COMPAT,
            format!("Unsupported model {id} for OpenAI compatibility mode."),
        )),
        Route::Realtime => Err(Refusal::parameter("current user api does not support http call.")),
    }
}

fn check_streaming(body: &Map<String, Value>, model: &Model, stream: bool) -> Result<(), Refusal> {
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
fn thinking(body: &Map<String, Value>, model: &Model, stream: bool) -> Result<bool, Refusal> {
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

fn format(
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

fn tools(body: &Map<String, Value>, model: &Model) -> Result<Vec<Tool>, Refusal> {
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

fn tool_choice(body: &Map<String, Value>) -> Result<ToolChoice, Refusal> {
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

fn stop(body: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
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

#[cfg(test)]
mod tests;
