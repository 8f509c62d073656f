//! A request with a key and with what its address says, and whose it is: for endpoints that need
//! more than the body. It refuses to decide anything about them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Response, Uri};
use url::form_urlencoded;

use super::visit::Visit;
use super::{Shared, guest, rng};

/// Who asks: all that one key owns. The key itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Account(u64);

impl Account {
    /// The account of the key in the headers; requests without one share an account of their own.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let value = headers.get("authorization").map_or(&[][..], |value| value.as_bytes());
        let key = value.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        Self(rng::hash(0x6c69_616e, key))
    }

    /// A number as ids of accounts and keys are.
    pub(super) const fn number(self) -> u64 {
        self.0
    }
}

/// One request.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) visit: Visit,
    uri: Uri,
}

impl FromRequest<Arc<Shared>> for Ask {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, sim: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        let uri = request.uri().clone();
        let visit = Visit::from_request(request, sim).await?;
        Ok(Self { visit, uri })
    }
}

impl Ask {
    pub(super) const fn account(&self) -> Account {
        self.visit.account
    }

    /// A part of the query that is there and not empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    /// This server as the client reached it.
    pub(super) fn origin(&self, sim: &Shared) -> String {
        guest::origin(sim, &self.visit.headers)
    }
}
