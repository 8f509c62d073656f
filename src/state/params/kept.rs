//! The parameters of a conversation as the store keeps them: one JSON object with stable names. It
//! refuses to fail: what it does not know or cannot read is left out.

use serde_json::{Map, Value as Json, json};

use crate::domain::models::ModelId;
use crate::domain::params::{Able, ChatParams, Kind, Param, Value};
use crate::state::speech::Choice;

/// Parameters and instructions as a text.
#[must_use]
pub fn to_text(params: &ChatParams, system: Option<&str>) -> String {
    let mut object = Map::new();
    for (param, value) in params.set_ones() {
        let value = match value {
            Value::Flag(on) => json!(on),
            Value::Whole(n) => json!(n),
            Value::Real(n) => json!(n),
            Value::Text(text) => json!(text),
            Value::Texts(texts) => json!(texts),
        };
        object.insert(param.name().to_owned(), value);
    }
    if let Some(system) = system {
        object.insert(Param::System.name().to_owned(), json!(system));
    }
    Json::Object(object).to_string()
}

/// The text of a conversation whose parameters follow the settings.
pub const INHERITED: &str = "{\"inherited\":true}";

/// The same text with who reads aloud.
#[must_use]
pub fn with_speech(text: &str, choice: &Choice) -> String {
    let mut object = match serde_json::from_str(text) {
        Ok(Json::Object(object)) => object,
        Ok(_) | Err(_) => Map::new(),
    };
    let model = choice.model.as_ref().map(|model| json!(model.as_str()));
    let parts = [
        ("model", model),
        ("voice", choice.voice.as_ref().map(|voice| json!(voice))),
        ("language", choice.language.as_ref().map(|language| json!(language))),
        ("auto", choice.auto.map(|auto| json!(auto))),
    ];
    let parts = parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let speech: Map<String, Json> = parts.collect();
    if speech.is_empty() {
        object.remove("speech");
    } else {
        object.insert("speech".to_owned(), Json::Object(speech));
    }
    Json::Object(object).to_string()
}

/// Who reads aloud, from a text.
#[must_use]
pub fn speech(text: &str) -> Choice {
    let Ok(Json::Object(object)) = serde_json::from_str(text) else { return Choice::default() };
    let of = |name: &str| object.get("speech").and_then(|speech| speech.get(name));
    let text = |name: &str| of(name).and_then(Json::as_str).map(str::to_owned);
    Choice {
        model: text("model").map(|id| ModelId::new(&id)),
        voice: text("voice"),
        language: text("language"),
        auto: of("auto").and_then(Json::as_bool),
    }
}

/// Parameters and instructions from a text; `None` if it is no object, or says that they follow the
/// settings.
#[must_use]
pub fn from_text(text: &str) -> Option<(ChatParams, Option<String>)> {
    let Ok(Json::Object(object)) = serde_json::from_str(text) else { return None };
    if object.get("inherited").and_then(Json::as_bool) == Some(true) {
        return None;
    }
    let mut params = ChatParams::default();
    let text = |value: &Json| value.as_str().map(str::to_owned);
    for param in Param::ALL {
        let Some(value) = object.get(param.name()) else { continue };
        let value = match param.kind(&Able::default()) {
            Kind::Switch => value.as_bool().map(Value::Flag),
            Kind::Whole { .. } => value.as_u64().map(Value::Whole),
            Kind::Real { .. } => value.as_f64().map(Value::Real),
            Kind::Text | Kind::Object => text(value).map(Value::Text),
            Kind::Lines => {
                let texts = value.as_array().map(|list| list.iter().filter_map(text).collect());
                texts.filter(|texts: &Vec<String>| !texts.is_empty()).map(Value::Texts)
            }
        };
        params.set(param, value);
    }
    let system = object.get(Param::System.name()).and_then(text);
    Some((params, system.filter(|system| !system.trim().is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_do_not_change() {
        let params = ChatParams {
            thinking: Some(false),
            thinking_budget: Some(1),
            search: Some(true),
            temperature: Some(0.7),
            top_p: Some(1.0),
            top_k: Some(2),
            max_tokens: Some(3),
            seed: Some(4),
            stop: vec!["END".into()],
            presence_penalty: Some(-1.5),
            repetition_penalty: Some(1.25),
            json: true,
            extra: Some("{}".into()),
            voice: None,
        };
        let text = to_text(&params, Some("简短\n回答"));
        let stored = r#"{"extra":"{}","json":true,"max_tokens":3,"presence_penalty":-1.5,"repetition_penalty":1.25,"search":true,"seed":4,"stop":["END"],"system":"简短\n回答","temperature":0.7,"thinking":false,"thinking_budget":1,"top_k":2,"top_p":1.0}"#;
        assert_eq!(
            serde_json::from_str::<Json>(&text).unwrap(),
            serde_json::from_str::<Json>(stored).unwrap()
        );
        assert_eq!(from_text(stored), Some((params, Some("简短\n回答".to_owned()))));
        assert_eq!(to_text(&ChatParams::default(), None), "{}");
        assert_eq!(from_text("{}"), Some((ChatParams::default(), None)));
    }

    #[test]
    fn a_voice_is_kept_with_parameters_and_without() {
        let choice = Choice {
            model: Some(ModelId::new("qwen-tts")),
            voice: Some("Eldric Sage".into()),
            language: None,
            auto: Some(false),
        };
        let own = to_text(&ChatParams { seed: Some(4), ..ChatParams::default() }, None);
        let text = with_speech(&own, &choice);
        assert_eq!((speech(&text), from_text(&text)), (choice.clone(), from_text(&own)));
        let text = with_speech(INHERITED, &choice);
        assert_eq!((speech(&text), from_text(&text)), (choice, None));
        // Parameters of its own take the place of those that follow the settings.
        let own = with_speech(&own, &speech(&text));
        assert!(from_text(&own).is_some(), "{own}");
        assert!(!with_speech(&own, &Choice::default()).contains("speech"));
        assert_eq!(speech("{\"speech\": 3}"), Choice::default());
        assert_eq!(speech("[]"), Choice::default());
    }

    #[test]
    fn what_is_unknown_or_of_another_kind_is_left_out() {
        let text = r#"{"seed": 7, "depth": 3, "temperature": "warm", "top_k": -1, "stop": [1, "a"], "system": " "}"#;
        let (params, system) = from_text(text).unwrap();
        let expected =
            ChatParams { seed: Some(7), stop: vec!["a".into()], ..ChatParams::default() };
        assert_eq!((params, system), (expected, None));
        for text in ["", "[]", "null", "{", "\u{0}"] {
            assert_eq!(from_text(text), None);
        }
    }

    proptest! {
        #[test]
        fn any_object_is_read(text in "\\{(\"(seed|stop|json|extra|top_p)\":(1|\"a\"|\\[\\]|null|-2\\.5),){0,4}\"x\":0\\}") {
            prop_assert!(from_text(&text).is_some());
        }
    }
}
