//! Which surface a question goes to, and which path of the native one: from the catalog, the
//! parameters, the endpoint and the profile. Pure, and always with its reason; it refuses to send.

use super::super::diagnose::{Kind, kind};
use super::super::error::ApiError;
use super::super::region::Endpoint;
use crate::catalog::Catalog;
use crate::domain::chat::ChatRequest;
use crate::domain::models::{ModelId, Surface, Surfaces};
use crate::domain::surface::{Via, Why};
use serde_json::Value;

/// The paths of chat on the native surface; each model is served on one (wire chat-native.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Path {
    /// Models of nothing but text.
    Text,
    /// Models that see or hear, and every newer one.
    Multimodal,
}

impl Path {
    /// The call below the native base URL.
    #[must_use]
    pub const fn call(self) -> &'static str {
        match self {
            Self::Text => "/services/aigc/text-generation/generation",
            Self::Multimodal => "/services/aigc/multimodal-generation/generation",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Text => Self::Multimodal,
            Self::Multimodal => Self::Text,
        }
    }
}

/// Where a question can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The compatible surface.
    Compat,
    /// The native surface, on a path.
    Native(Path),
}

impl Place {
    /// The surface it is on.
    #[must_use]
    pub const fn surface(self) -> Surface {
        match self {
            Self::Compat => Surface::Compat,
            Self::Native(_) => Surface::Native,
        }
    }
}

/// Where a question goes, and why there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The place.
    pub place: Place,
    /// The reason.
    pub why: Why,
}

impl Route {
    /// What of it users are told.
    #[must_use]
    pub const fn via(self) -> Via {
        Via { surface: self.place.surface(), why: self.why }
    }
}

/// Chooses for a question that was not sent yet.
#[must_use]
pub fn choose(request: &ChatRequest, endpoint: &Endpoint, catalog: &Catalog) -> Route {
    let served = catalog.model_like(&request.model).map(|model| model.surfaces);
    let wanted = wish(request);
    let compat = |why| Route { place: Place::Compat, why };
    let native = |why| Route { place: Place::Native(path(request, catalog)), why };
    if endpoint.native().is_none() {
        let missed = wanted.is_some() || served == Some(Surfaces::Native);
        return compat(if missed { Why::NoNative } else { Why::Usual });
    }
    match (served, endpoint.surface(), wanted) {
        (Some(Surfaces::Native), _, _) => native(Why::NativeModel),
        (Some(Surfaces::Compat), Some(Surface::Native), _)
        | (Some(Surfaces::Compat), _, Some(_)) => compat(Why::CompatModel),
        (_, Some(Surface::Native), _) => native(Why::Profile),
        (_, Some(Surface::Compat), Some(_)) => compat(Why::Profile),
        (_, Some(Surface::Compat) | None, None) => compat(Why::Usual),
        (_, None, Some(_)) if request.params.voice.is_some() => compat(Why::Voice),
        (_, None, Some(_)) if goes_on(request) => compat(Why::GoOn),
        (_, None, Some(why)) => native(why),
    }
}

/// Chooses again after a refusal that cost nothing: another place that may serve the same
/// question and was not tried. `None` where the refusal is about something else.
#[must_use]
pub fn instead(
    error: &ApiError,
    request: &ChatRequest,
    endpoint: &Endpoint,
    catalog: &Catalog,
    tried: &[Route],
) -> Option<Route> {
    let last = tried.last()?;
    let row = catalog.model_row(&request.model);
    if row.is_some_and(|row| !row.gives("text") || row.async_only) {
        // No place answers a question with such a model.
        return None;
    }
    let refused = error.refusal().map(kind);
    let native_only = row.is_some_and(|row| row.surfaces() == Surfaces::Native);
    let next = match (last.place, refused) {
        (Place::Compat, Some(Kind::NativeOnly)) => {
            endpoint.native()?;
            Route { place: Place::Native(path(request, catalog)), why: Why::CompatRefused }
        }
        (Place::Native(path), Some(Kind::WrongPath)) => {
            Route { place: Place::Native(path.other()), why: last.why }
        }
        // A server that has only the surface everybody else has.
        (Place::Native(_), Some(Kind::NoPath)) if !native_only => {
            Route { place: Place::Compat, why: Why::NativeRefused }
        }
        (Place::Native(_), None) if matches!(error, ApiError::WebPage) && !native_only => {
            Route { place: Place::Compat, why: Why::NativeRefused }
        }
        (Place::Compat | Place::Native(_), _) => return None,
    };
    tried.iter().all(|tried| tried.place != next.place).then_some(next)
}

/// What of a question only the native surface has.
fn wish(request: &ChatRequest) -> Option<Why> {
    let extra = request.params.extra.as_deref();
    let extra = extra.and_then(|extra| serde_json::from_str::<Value>(extra).ok());
    let extra = extra.unwrap_or_default();
    let dropped = ["parameters", "input", "vl_enable_image_hw_output"];
    let of_search =
        ["enable_source", "enable_citation", "citation_format", "prepend_search_result"];
    let options = &extra["search_options"];
    if dropped.iter().any(|key| !extra[*key].is_null())
        || of_search.iter().any(|key| !options[*key].is_null())
    {
        return Some(Why::Parameters);
    }
    let searches = match &extra["enable_search"] {
        Value::Bool(on) => *on,
        _ => request.params.search == Some(true),
    };
    searches.then_some(Why::Sources)
}

fn goes_on(request: &ChatRequest) -> bool {
    request.messages.iter().any(|message| message.partial)
}

/// The path of the native surface that serves a model.
fn path(request: &ChatRequest, catalog: &Catalog) -> Path {
    let attached = request.messages.iter().any(|message| !message.attachments.is_empty());
    if attached || is_multimodal(&request.model, catalog) { Path::Multimodal } else { Path::Text }
}

/// Models that see or hear, and all of generation 3.6 and later, are served on the path of
/// multimodal ones; for an id nobody knows its parts tell.
fn is_multimodal(model: &ModelId, catalog: &Catalog) -> bool {
    let id = model.as_str();
    if generation(id).is_some_and(|of| of >= (3, 6)) {
        return true;
    }
    if let Some(model) = catalog.model_like(model) {
        let (input, output) = model.modality.split_once("->").unwrap_or_default();
        return [input, output]
            .iter()
            .any(|kinds| kinds.split('/').any(|kind| matches!(kind, "image" | "audio" | "video")));
    }
    generation(id) == Some((3, 5))
        || ["-vl", "omni", "qvq", "-ocr", "-tts", "-image"].iter().any(|part| id.contains(part))
}

/// The generation in an id: `qwen3.5-plus` is of (3, 5).
fn generation(id: &str) -> Option<(u32, u32)> {
    let rest = id.strip_prefix("qwen")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (major, minor) = rest[..end].split_once('.').unwrap_or((&rest[..end], "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests;
