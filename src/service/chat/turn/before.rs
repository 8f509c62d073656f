//! What a turn does before a request goes out: its files made ready, the surface chosen, and both
//! once more where a refusal that cost nothing asks for it. It refuses to send.

use tokio_util::sync::CancellationToken;

use super::Turn;
use crate::api::chat::surface::{Route, choose, instead};
use crate::api::error::ApiError;
use crate::domain::attachments::{AttachNotice, Attachment};
use crate::domain::chat::{ChatRequest, TurnEnd};
use crate::domain::notice::{Notice, NoticeKind};
use crate::service::attachments::send::{Fault, Means, ready};

impl Turn {
    /// Puts files into the request or into the service's storage, once. Answers with the end of the
    /// turn where that is not possible.
    pub(super) async fn prepare(&mut self, stop: &CancellationToken) -> Option<TurnEnd> {
        if self.ready.is_some() {
            return None;
        }
        let shared = self.shared.clone();
        let catalog = shared.deps.catalog.get();
        let mut request = self.request.clone();
        let means = Means {
            client: &shared.deps.client,
            endpoint: &self.endpoint,
            catalog: &catalog,
            uploads: &shared.deps.uploads,
        };
        let done = tokio::select! {
            biased;
            () = shared.shutdown.cancelled() => return Some(self.stopped()),
            () = stop.cancelled() => return Some(self.stopped()),
            done = ready(&mut request, &means) => done,
        };
        match done {
            Ok(()) => {
                self.ready = Some(request);
                None
            }
            Err(Fault::Told(notice)) => Some(TurnEnd::Failed(notice)),
            Err(Fault::Api { name, error }) => {
                // What the service says of itself is said as ever; the rest is about the file.
                let notice = self.notice(&error, 1);
                let own = matches!(error, ApiError::Status(_) | ApiError::Garbled { .. });
                let kind = NoticeKind::Attach(AttachNotice::NotUploaded { name });
                let keyed = matches!(
                    notice.kind,
                    NoticeKind::KeyMissing { .. } | NoticeKind::KeyRejected { .. }
                );
                Some(TurnEnd::Failed(if own && !keyed {
                    Notice { kind, ..notice }
                } else {
                    notice
                }))
            }
        }
    }

    /// The service does not find what was uploaded for an earlier question: it is uploaded anew,
    /// once.
    pub(super) fn upload_again(&mut self, error: &ApiError) -> bool {
        let lost = error.refusal().is_some_and(|refusal| {
            let message = refusal.message.to_ascii_lowercase();
            refusal.code.eq_ignore_ascii_case("InvalidParameter.DataInspection")
                || message.contains("unable to download the media")
                || message.contains("url does not appear to be valid")
        });
        if self.output || self.reloaded || !lost {
            return false;
        }
        let urls: Vec<String> = self.ready.iter().flat_map(stored).collect();
        if urls.is_empty() {
            return false;
        }
        self.shared.deps.uploads.forget(&urls);
        self.reloaded = true;
        self.ready = None;
        true
    }

    /// Where the question goes now.
    pub(super) fn route(&mut self) -> Route {
        if let Some(route) = self.routes.last() {
            return *route;
        }
        let route = choose(&self.request, &self.endpoint, &self.shared.deps.catalog.get());
        self.routes.push(route);
        route
    }

    /// The place refused the question without any cost and another may serve it: each is tried
    /// once.
    pub(super) fn elsewhere(&mut self, error: &ApiError) -> bool {
        if self.output {
            return false;
        }
        let catalog = self.shared.deps.catalog.get();
        let next = instead(error, &self.request, &self.endpoint, &catalog, &self.routes);
        if let Some(next) = next {
            tracing::info!(turn = %self.id, ?next, %error, "asked elsewhere");
            self.routes.push(next);
        }
        next.is_some()
    }
}

/// What of a request lies in the service's storage because we put it there.
fn stored(request: &ChatRequest) -> Vec<String> {
    let all = request.messages.iter().flat_map(|message| &message.attachments);
    let urls = all.flat_map(Attachment::urls);
    urls.filter(|url| url.starts_with("oss://")).cloned().collect()
}
