//! Reading `input` and `parameters` of a native body with the documented refusals.
//! It refuses to complain of keys it does not know: callers send some.

use serde_json::{Map, Value};

use crate::sim::models::Model;
use crate::sim::refusal::{self, Refusal};
use crate::sim::request::missing;
use crate::sim::visit::Visit;
use crate::sim::{Shared, uploads};

/// The longest `data:` URL, in bytes.
const MAX_DATA: usize = 10_485_760;

/// The two halves of a body.
pub(super) struct Fields<'a> {
    pub(super) input: &'a Map<String, Value>,
    parameters: Option<&'a Map<String, Value>>,
}

fn get<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    map.get(key).filter(|value| !value.is_null())
}

impl<'a> Fields<'a> {
    pub(super) fn read(body: &'a Value) -> Result<Self, Refusal> {
        let input = body
            .get("input")
            .and_then(Value::as_object)
            .ok_or_else(|| Refusal::of(&refusal::NO_INPUT))?;
        let parameters = match body.get("parameters") {
            None | Some(Value::Null) => None,
            Some(Value::Object(map)) => Some(map),
            Some(_) => return Err(missing("parameters")),
        };
        Ok(Self { input, parameters })
    }

    fn parameter(&self, key: &str) -> Option<&'a Value> {
        get(self.parameters?, key)
    }

    /// A text of the input that is there and not empty, cut silently after `most` letters.
    pub(super) fn text(&self, key: &str, most: usize) -> Result<Option<String>, Refusal> {
        match get(self.input, key) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.chars().take(most).collect())),
            Some(_) => Err(missing(key)),
        }
    }

    pub(super) fn word(&self, key: &str) -> Result<Option<&'a str>, Refusal> {
        self.parameter(key).map(|value| value.as_str().ok_or_else(|| missing(key))).transpose()
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Refusal> {
        self.parameter(key).map(|value| value.as_bool().ok_or_else(|| missing(key))).transpose()
    }

    pub(super) fn whole(&self, key: &str) -> Result<Option<i64>, Refusal> {
        self.parameter(key).map(|value| value.as_i64().ok_or_else(|| missing(key))).transpose()
    }

    /// A number within a range, refused as the service words it.
    pub(super) fn within(&self, key: &str, low: i64, high: i64) -> Result<Option<u64>, Refusal> {
        let number = self.whole(key)?;
        if number.is_some_and(|number| !(low..=high).contains(&number)) {
            return Err(Refusal::parameter(format!("Range of {key} should be [{low}, {high}]")));
        }
        Ok(number.map(i64::unsigned_abs))
    }

    /// The seed, documented as 0 to 2147483647.
    pub(super) fn seed(&self) -> Result<Option<u64>, Refusal> {
        self.within("seed", 0, 2_147_483_647)
    }

    /// `W*H`: `None` when it is not there, `Err` when it is no size at all.
    pub(super) fn size(&self) -> Result<Option<(u32, u32)>, Refusal> {
        let Some(text) = self.word("size")? else {
            return Ok(None);
        };
        let side = |text: &str| text.trim().parse::<u32>().ok().filter(|side| *side > 0);
        let size = text.split_once(['*', 'x']).and_then(|(w, h)| Some((side(w)?, side(h)?)));
        size.map(Some).ok_or_else(|| missing("size"))
    }

    /// Looks at every link of the input: keys that end with `url`, lists of them, images, media.
    pub(super) fn check_links(
        &self,
        sim: &Shared,
        visit: &Visit,
        model: &Model,
    ) -> Result<(), Refusal> {
        for (key, value) in self.input {
            let named = key.ends_with("url") || key.ends_with("urls");
            if !named && !matches!(key.as_str(), "images" | "media" | "messages") {
                continue;
            }
            links(value, named || key == "images", &mut |link| {
                check_link(sim, visit, model, link)
            })?;
        }
        Ok(())
    }
}

/// Calls `each` for every link within a value; plain texts are links when `plain`.
fn links(
    value: &Value,
    plain: bool,
    each: &mut impl FnMut(&str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match value {
        Value::String(text) if plain && !text.is_empty() => each(text),
        Value::Array(list) => list.iter().try_for_each(|item| links(item, plain, each)),
        Value::Object(map) => map.iter().try_for_each(|(key, value)| match key.as_str() {
            "url" | "image" => links(value, true, each),
            "content" => links(value, false, each),
            _ => Ok(()),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Whether a link can be followed. Nothing is fetched from other machines: they are taken on trust.
fn check_link(sim: &Shared, visit: &Visit, model: &Model, link: &str) -> Result<(), Refusal> {
    if link.starts_with("http://") || link.starts_with("https://") {
        return Ok(());
    }
    if link.starts_with("oss://") {
        return uploads::resolve(sim, visit, model.id, link).map(|_| ());
    }
    if link.starts_with("data:") && link.contains(";base64,") {
        if link.len() > MAX_DATA {
            return Err(Refusal::parameter(
                "Exceeded limit on max bytes per data-uri item : 10485760'.",
            ));
        }
        return Ok(());
    }
    Err(Refusal::text(
        &refusal::URL,
        "Required URL is missing or invalid, please check the request URL.",
    ))
}
