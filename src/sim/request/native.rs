//! A native chat request: which model may be asked at which path, and what its body says.
//! It refuses with the native texts; what both surfaces share is read by `options` and `limits`.

use serde_json::{Map, Value};

use super::messages::{self, Message};
use super::parts::Dialect;
use super::{Call, Form, Manner, Native, Shape, flag, get, missing};
use crate::sim::media::Reader;
use crate::sim::models::{self, Model, Route, Thinking, Usual};
use crate::sim::refusal::{self, Refusal};

/// The two paths of native chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Path {
    /// `text-generation`
    Text,
    /// `multimodal-generation`
    Multi,
}

/// The model that a native body names. This is asked before anything else of the body is read, and
/// refused in plain JSON even where a stream was asked for.
pub(in crate::sim) fn model(body: &Value) -> Result<&'static Model, Refusal> {
    let body = body.as_object().ok_or_else(|| Refusal::of(&refusal::PARAMETER))?;
    let id = match get(body, "model") {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => return Err(Refusal::of(&refusal::REQUEST)),
    };
    let model = models::find(id).ok_or_else(|| Refusal::parameter("Model not exist."))?;
    if model.route == Route::Realtime {
        return Err(Refusal::parameter("current user api does not support http call."));
    }
    Ok(model)
}

impl Call {
    /// Reads the body of a native chat request to a model of the path.
    pub(in crate::sim) fn native(
        body: &Value,
        model: &'static Model,
        path: Path,
        manner: Manner,
    ) -> Result<Self, Refusal> {
        let input = body
            .get("input")
            .and_then(Value::as_object)
            .ok_or_else(|| Refusal::of(&refusal::NO_INPUT))?;
        let none = Map::new();
        let options = match body.get("parameters") {
            None | Some(Value::Null) => &none,
            Some(options) => options.as_object().ok_or_else(|| missing("parameters"))?,
        };
        let messages = words(input, options, model, path, manner)?;
        let form = form(options, model, path)?;
        let mut call =
            Self::with_options(options, model, messages, manner.streams, Form::Native(form))?;
        check_form(&call, form, options)?;
        if form.shape == Shape::Text {
            call.choices = 1;
        }
        Ok(call)
    }
}

/// A native input without words.
pub(in crate::sim) fn neither() -> Refusal {
    Refusal::parameter("Either \"prompt\" or \"messages\" must exist and cannot both be none")
}

/// The messages, or the prompt as one.
fn words(
    input: &Map<String, Value>,
    options: &Map<String, Value>,
    model: &'static Model,
    path: Path,
    manner: Manner,
) -> Result<Vec<Message>, Refusal> {
    let list = get(input, "messages");
    match get(input, "prompt").and_then(Value::as_str) {
        Some(prompt) if list.is_none() => {
            let messages = vec![Message::user(prompt)];
            messages::check_size(&messages, model)?;
            Ok(messages)
        }
        None if list.is_none() => Err(neither()),
        _ => {
            let fine = flag(options, "vl_high_resolution_images")?.unwrap_or(false);
            let reader = Reader { model, resolves: manner.resolves };
            // The text path has the typed parts, of which its models take text alone.
            messages::read(list, &Dialect { reader, native: path == Path::Multi, fine })
        }
    }
}

fn form(options: &Map<String, Value>, model: &Model, path: Path) -> Result<Native, Refusal> {
    let wish = match get(options, "result_format") {
        None => model.usual,
        Some(Value::String(word)) if word == "message" => Usual::Message,
        Some(Value::String(word)) if word == "text" => Usual::Text,
        Some(_) => return Err(missing("result_format")),
    };
    let shape = match (path, wish) {
        (Path::Multi, _) => Shape::Parts,
        (Path::Text, Usual::Message) => Shape::Message,
        (Path::Text, Usual::Text) => Shape::Text,
    };
    // Models that think unless told not to would refuse every bare request if they repeated
    // themselves by default.
    let usual = matches!(model.thinking, Thinking::On | Thinking::Always);
    Ok(Native {
        shape,
        incremental: flag(options, "incremental_output")?.unwrap_or(usual),
        sizes: flag(options, "vl_enable_image_hw_output")?.unwrap_or(false),
    })
}

/// What the form of an answer does not allow.
fn check_form(call: &Call, form: Native, options: &Map<String, Value>) -> Result<(), Refusal> {
    if call.thinking && form.shape == Shape::Text {
        return Err(Refusal::parameter(
            "The result_format parameter must be \"message\" when enable_thinking is true",
        ));
    }
    if call.thinking && call.stream && !form.incremental {
        let always =
            call.model.thinking == Thinking::Always && get(options, "incremental_output").is_some();
        return Err(Refusal::parameter(if always {
            "The incremental_output parameter of this model cannot be set to False."
        } else {
            "The incremental_output parameter must be \"true\" when enable_thinking is true"
        }));
    }
    if !call.tools.is_empty() && form.shape == Shape::Text {
        return Err(Refusal::parameter(
            "The result_format parameter must be \"message\" when tools is used",
        ));
    }
    Ok(())
}
