//! An accepted answer while it is read: every wait under a deadline, every byte counted after
//! decompression. It refuses to know what the bytes mean; the parser tells it of progress.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use reqwest::tls::TlsInfo;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use super::client::{Deadlines, Limits};
use super::error::{ApiError, while_reading};
use super::inspector::Tap;
use crate::text::sanitize;

/// So many bytes count as progress even if no line was completed by them.
const PROGRESS: usize = 1024;
/// An error body is awaited no longer than this.
const ERROR_BODY_WAIT: Duration = Duration::from_secs(10);

/// The answer to one request. [`Reply::chunk`] may be dropped and called again at any await.
#[derive(Debug)]
pub struct Reply {
    response: reqwest::Response,
    request_id: Option<String>,
    deadlines: Deadlines,
    limits: Limits,
    started: Instant,
    /// Bytes read, decompressed.
    total: u64,
    /// Bytes since the last progress.
    since: usize,
    /// The last event or piece, once there was one.
    progress: Option<Instant>,
    /// When the model said that it stopped.
    finished: Option<Instant>,
    /// Never later than the deadline that is due first. It is not moved for each event: when it
    /// fires early it is set to what is due then.
    timer: Pin<Box<Sleep>>,
    /// Who notes what comes.
    tap: Option<Tap>,
}

impl Reply {
    pub(super) fn new(
        response: reqwest::Response,
        started: Instant,
        deadlines: Deadlines,
        limits: Limits,
    ) -> Self {
        let request_id = response
            .headers()
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
            .map(sanitize::line)
            .filter(|id| !id.is_empty());
        let timer = Box::pin(sleep_until(started + deadlines.first_byte.min(deadlines.overall)));
        Self {
            response,
            request_id,
            deadlines,
            limits,
            started,
            total: 0,
            since: 0,
            progress: None,
            finished: None,
            timer,
            tap: None,
        }
    }

    /// What comes is noted from now on.
    pub(super) fn noted_by(mut self, tap: Option<Tap>) -> Self {
        if let Some(tap) = &tap {
            tap.answers(self.status(), self.headers());
        }
        self.tap = tap;
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The certificate that secured it, in DER, where the client was made to tell.
    pub(super) fn certificate(&self) -> Option<&[u8]> {
        self.response.extensions().get::<TlsInfo>()?.peer_certificate()
    }

    /// The `x-request-id` header, sanitized.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Size limits in force.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The next bytes, decompressed; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            tokio::select! {
                biased;
                chunk = self.response.chunk() => {
                    let chunk = chunk.map_err(|error| while_reading(&error))?;
                    return chunk.map(|bytes| self.count(bytes)).transpose();
                }
                () = self.timer.as_mut() => {
                    let (due, error) = self.due();
                    if due <= Instant::now() {
                        return Err(error);
                    }
                    self.timer.as_mut().reset(due);
                }
            }
        }
    }

    /// Something whole arrived: the answer is alive.
    pub fn progressed(&mut self) {
        self.since = 0;
        let first = self.progress.replace(Instant::now()).is_none();
        if first {
            let (due, _) = self.due();
            self.timer.as_mut().reset(due);
        }
    }

    /// The model said that it stopped; from now on only a short while is waited.
    pub fn finishing(&mut self) {
        if self.finished.is_none() {
            self.finished = Some(Instant::now());
            let (due, _) = self.due();
            self.timer.as_mut().reset(due);
        }
    }

    fn count(&mut self, bytes: Bytes) -> Result<Bytes, ApiError> {
        if let Some(tap) = &self.tap {
            tap.more(&bytes);
        }
        self.total += bytes.len() as u64;
        if self.total > self.limits.answer {
            return Err(ApiError::TooLarge { cap: self.limits.answer });
        }
        // A body that is always ready would never let the timer have its turn.
        if Instant::now() >= self.started + self.deadlines.overall {
            return Err(ApiError::Overall { after: self.deadlines.overall });
        }
        self.since += bytes.len();
        if self.since >= PROGRESS {
            self.progressed();
        }
        Ok(bytes)
    }

    /// The deadline that is due first, and what it means.
    fn due(&self) -> (Instant, ApiError) {
        let Deadlines { first_byte, idle, overall, after_finish, .. } = self.deadlines;
        let whole = (self.started + overall, ApiError::Overall { after: overall });
        let next = match (self.finished, self.progress) {
            (Some(at), _) => (at + after_finish, ApiError::Idle { after: after_finish }),
            (None, Some(at)) => (at + idle, ApiError::Idle { after: idle }),
            (None, None) => (self.started + first_byte, ApiError::FirstByte { after: first_byte }),
        };
        if whole.0 < next.0 { whole } else { next }
    }

    /// What an error body holds, as far as it comes in time and fits.
    pub(super) async fn error_body(mut self) -> Vec<u8> {
        let mut body = Vec::new();
        let until = Instant::now() + ERROR_BODY_WAIT.min(self.deadlines.idle);
        while body.len() < self.limits.error_body {
            match timeout_at(until, self.response.chunk()).await {
                Ok(Ok(Some(bytes))) => body.extend_from_slice(&bytes),
                Ok(Ok(None) | Err(_)) | Err(_) => break,
            }
        }
        body.truncate(self.limits.error_body);
        if let Some(tap) = &self.tap {
            tap.more(&body);
        }
        body
    }
}
