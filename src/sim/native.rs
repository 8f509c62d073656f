//! The native surface of chat: the paths of text and of all media, and who answers at them.
//! It refuses to invent errors or answers; `request` and `tell` know those.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::routing::post;

use super::models::{Model, Route};
use super::refusal::{self, Refusal, reply};
use super::request::{self, Call, Path};
use super::tell::{STREAM, tell};
use super::visit::Visit;
use super::{Shared, chat, tasks, tts, uploads, wire};

/// Every path of this file.
pub(super) fn routes() -> Router<Arc<Shared>> {
    const AIGC: &str = "/api/v1/services/aigc";
    Router::new()
        .route(
            &format!("{AIGC}/text-generation/generation"),
            post(text_generation).fallback(chat::wrong_method),
        )
        .route(
            &format!("{AIGC}/multimodal-generation/generation"),
            post(multimodal_generation).fallback(chat::wrong_method),
        )
}

/// Who answers at `multimodal-generation`, which is not for chat alone.
enum Office {
    Chat,
    /// Pictures that are made while the client waits.
    Picture,
    /// Text to speech.
    Speech,
}

fn office(model: &Model) -> Option<Office> {
    let id = model.id;
    match model.route {
        Route::Multi => Some(Office::Chat),
        Route::Native if id.starts_with("qwen-image") => Some(Office::Picture),
        Route::Native
            if ["wan2.6-t2i", "wan2.6-image", "wan2.7-image"]
                .iter()
                .any(|own| id.starts_with(own)) =>
        {
            Some(Office::Picture)
        }
        Route::Native if tts::is_speech(model) => Some(Office::Speech),
        Route::Chat
        | Route::Embed
        | Route::Vision
        | Route::Rerank
        | Route::Native
        | Route::Realtime => None,
    }
}

/// The model and the path do not match.
pub(super) fn wrong_url() -> Refusal {
    Refusal::parameter("url error, please check url！")
}

/// What the gateway refuses before a body is read any further: these errors are plain JSON even
/// where a stream was asked for.
pub(super) fn gateway(visit: &Visit) -> Result<&'static Model, Refusal> {
    let model = request::model(visit.body()?)?;
    if visit.says("x-dashscope-async", "enable") {
        return Err(refusal::sync_only());
    }
    Ok(model)
}

/// `POST /api/v1/services/aigc/text-generation/generation`
async fn text_generation(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    match gateway(&visit) {
        Ok(model) if model.route == Route::Chat => answer(&sim, visit, model, Path::Text).await,
        Ok(_) => visit.refuse(&wrong_url()),
        Err(refusal) => visit.refuse(&refusal),
    }
}

/// `POST /api/v1/services/aigc/multimodal-generation/generation`
async fn multimodal_generation(State(sim): State<Arc<Shared>>, visit: Visit) -> Response<Body> {
    let model = match gateway(&visit) {
        Ok(model) => model,
        Err(refusal) => return visit.refuse(&refusal),
    };
    match office(model) {
        Some(Office::Chat) => answer(&sim, visit, model, Path::Multi).await,
        Some(Office::Picture) => tasks::pictures_now(&sim, &visit).await,
        Some(Office::Speech) => tts::speech(&sim, visit, model).await,
        None => visit.refuse(&wrong_url()),
    }
}

async fn answer(
    sim: &Arc<Shared>,
    visit: Visit,
    model: &'static Model,
    path: Path,
) -> Response<Body> {
    let manner = visit.manner();
    let call = visit.body().and_then(|body| Call::native(body, model, path, manner));
    match call.and_then(|call| uploads::check(sim, &visit).map(|()| call)) {
        Ok(call) => tell(sim, visit, &call).await,
        Err(refusal) if manner.streams => refused(&visit, &refusal),
        Err(refusal) => visit.refuse(&refusal),
    }
}

/// A body that is refused where a stream was asked for is refused by the stream's only event.
fn refused(visit: &Visit, refusal: &Refusal) -> Response<Body> {
    reply(200, STREAM, &visit.request_id, wire::native::refused(refusal, &visit.request_id))
}
