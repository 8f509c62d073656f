//! A chat request as either surface accepts it, or the documented refusal of it.
//! It owns the rules and their order; it refuses to answer and ignores every key it does not know.

mod limits;
mod messages;
mod native;
mod options;
mod parts;
mod search;

use serde_json::{Map, Value};

use super::media::Reader;
use super::models::{self, Model, Route};
use super::refusal::{self, Refusal};
use super::speech::{self, Speech};
use parts::Dialect;

pub(super) use messages::{Message, Role};
pub(super) use native::{Path, model, neither};
pub(super) use search::{Citation, Search};

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

/// What a native answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `output.text`
    Text,
    /// `output.choices`
    Message,
    /// The same with lists of parts in the messages.
    Parts,
}

/// How a native answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Native {
    pub(super) shape: Shape,
    /// An event has only what is new; otherwise it repeats all before it.
    pub(super) incremental: bool,
    /// `vl_enable_image_hw_output`: the answer tells the sizes of the pictures.
    pub(super) sizes: bool,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Compat {
        /// An event with the usage ends a stream.
        include_usage: bool,
    },
    Native(Native),
}

/// What the headers of a request say about its body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// The answer is to be streamed; only native requests say so here.
    pub(super) streams: bool,
    /// Links of uploaded files are allowed.
    pub(super) resolves: bool,
}

/// An accepted request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) model: &'static Model,
    pub(super) messages: Vec<Message>,
    pub(super) stream: bool,
    pub(super) form: Form,
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
    pub(super) search: Option<Search>,
    /// The answer is spoken too.
    pub(super) speech: Option<Speech>,
}

/// A documented refusal of one parameter.
pub(super) fn missing(name: &str) -> Refusal {
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
    /// Reads a body of the compatible surface. The model is looked at first, as the service's
    /// gateway does.
    pub(super) fn compat(body: &Value, manner: Manner) -> Result<Self, Refusal> {
        let body = body.as_object().ok_or_else(|| Refusal::of(&refusal::PARAMETER))?;
        let model = find_model(body)?;
        let fine = flag(body, "vl_high_resolution_images")?.unwrap_or(false);
        let reader = Reader { model, resolves: manner.resolves };
        let dialect = Dialect { reader, native: false, fine };
        let messages = messages::read(get(body, "messages"), &dialect)?;
        let stream = flag(body, "stream")?.unwrap_or(false);
        let include_usage = body
            .get("stream_options")
            .and_then(|options| options.get("include_usage"))
            .and_then(Value::as_bool)
            .unwrap_or(false);
        Self::with_options(body, model, messages, stream, Form::Compat { include_usage })
    }

    /// Reads what both surfaces call by the same names.
    fn with_options(
        options: &Map<String, Value>,
        model: &'static Model,
        messages: Vec<Message>,
        stream: bool,
        form: Form,
    ) -> Result<Self, Refusal> {
        options::check_streaming(options, model, stream)?;
        let thinking = options::thinking(options, model, stream)?;
        let format = options::format(options, &messages, thinking)?;
        let numbers = limits::read(options, model)?;
        let tools = options::tools(options, model)?;
        let search = search::read(options, model)?;
        Ok(Self {
            model,
            messages,
            stream,
            form,
            thinking,
            thinking_budget: numbers.thinking_budget,
            max_text: numbers.max_text,
            max_total: numbers.max_total,
            stop: options::stop(options)?,
            choices: numbers.choices,
            seed: numbers.seed,
            tools,
            tool_choice: options::tool_choice(options)?,
            parallel_tools: flag(options, "parallel_tool_calls")?.unwrap_or(false),
            format,
            search,
            speech: speech::read(options, model)?,
        })
    }
}

/// The compatible surface knows no such model.
pub(super) fn no_model(id: &str) -> Refusal {
    let text = format!("The model `{id}` does not exist or you do not have access to it.");
    Refusal::text(&refusal::NO_MODEL, text)
}

/// The compatible surface does not have this model, or not at this path.
pub(super) fn not_compat(id: &str) -> Refusal {
    let text = format!("Unsupported model {id} for OpenAI compatibility mode.");
    Refusal::text(&refusal::NOT_COMPAT, text)
}

fn find_model(body: &Map<String, Value>) -> Result<&'static Model, Refusal> {
    let id = match get(body, "model") {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => return Err(Refusal::of(&refusal::REQUEST)),
    };
    let model = models::find(id).ok_or_else(|| no_model(id))?;
    match model.route {
        Route::Chat | Route::Multi => Ok(model),
        Route::Embed | Route::Vision | Route::Rerank | Route::Native => Err(not_compat(id)),
        Route::Realtime => Err(Refusal::parameter("current user api does not support http call.")),
    }
}

#[cfg(test)]
mod tests;
