//! The files that answers point to: kept in memory for a day, reached by signed links without a key.
//! It owns links, their signatures and their end; it refuses to make files and to answer requests,
//! which `serve` does.

mod serve;

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use tokio::time::Instant;
use url::form_urlencoded;

use super::{Shared, guest, rng};

pub(super) use serve::serve;

/// How long a result can be fetched, by the documentation.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);
/// All files together are never larger, in bytes; the oldest make room.
const MOST_BYTES: usize = 96 * 1024 * 1024;
/// Nor are there ever more of them.
const MOST_FILES: usize = 2048;
/// The `OSSAccessKeyId` of every link.
pub(super) const ACCESS_KEY_ID: &str = "LTAIsimulated0000000";

/// One file.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) bytes: Bytes,
    pub(super) content_type: &'static str,
    pub(super) etag: String,
    /// When it was made, in milliseconds since 1970.
    pub(super) made_ms: u64,
    ends: Instant,
}

#[derive(Debug, Default)]
struct Shelf {
    files: HashMap<String, File>,
    /// The ids, oldest first.
    order: VecDeque<String>,
    bytes: usize,
}

impl Shelf {
    fn drop_oldest(&mut self) -> bool {
        let Some(file) = self.order.pop_front().and_then(|id| self.files.remove(&id)) else {
            return false;
        };
        self.bytes -= file.bytes.len();
        true
    }
}

/// The files of one server.
#[derive(Debug)]
pub(super) struct Results {
    shelf: Mutex<Shelf>,
    secret: hmac::Key,
}

/// A signed link without its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link(String);

impl Link {
    /// The whole URL for a client that reached us at `origin` (scheme, host and port).
    pub(super) fn at(&self, origin: &str) -> String {
        format!("{origin}{}", self.0)
    }
}

/// Why a link opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// No signature at all.
    Unsigned,
    /// Another key id than ours.
    UnknownKey,
    /// The signature belongs to another link.
    WrongSignature,
    /// Its time is over.
    Expired,
    /// It was right, but the file made room for others.
    Gone,
}

impl Results {
    /// The secret is this process's own: the links of another run are wrong here.
    pub(super) fn new(ids: &rng::Ids) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, ids.next().as_bytes());
        Self { shelf: Mutex::default(), secret }
    }

    /// Signs any text, as policies and links are signed.
    pub(super) fn sign(&self, text: &str) -> String {
        STANDARD.encode(hmac::sign(&self.secret, text.as_bytes()))
    }

    /// Whether `signature` is ours for `text`.
    pub(super) fn verify(&self, text: &str, signature: &str) -> bool {
        STANDARD
            .decode(signature)
            .is_ok_and(|tag| hmac::verify(&self.secret, text.as_bytes(), &tag).is_ok())
    }

    /// Keeps a file from now for a day of simulated time.
    ///
    /// `name` is the last part of the path; what cannot stand in a URL is escaped, a `%` is not.
    pub(super) fn put(
        &self,
        sim: &Shared,
        name: &str,
        content_type: &'static str,
        bytes: impl Into<Bytes>,
    ) -> Link {
        self.put_until(sim, name, content_type, bytes, Instant::now() + sim.scaled(DAY))
    }

    /// Keeps a file until `ends`.
    pub(super) fn put_until(
        &self,
        sim: &Shared,
        name: &str,
        content_type: &'static str,
        bytes: impl Into<Bytes>,
        ends: Instant,
    ) -> Link {
        let bytes = bytes.into();
        let now = Instant::now();
        // The storage tags a file with its MD5.
        let etag = format!("{:X}", md5::compute(&bytes));
        let made_ms = sim.clock.wall_ms(now);
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let id = loop {
            let id = sim.ids.next()[..8].to_owned();
            if !shelf.files.contains_key(&id) {
                break id;
            }
        };
        while shelf.files.len() >= MOST_FILES || shelf.bytes + bytes.len() > MOST_BYTES {
            if !shelf.drop_oldest() {
                break;
            }
        }
        let (day, hex) = (sim.clock.day(now), id.as_bytes());
        let path = format!(
            "/results/{}{}/{}/{day}/{id}/{}",
            char::from(hex[0]),
            char::from(hex[1]),
            &id[2..4],
            in_path(name)
        );
        shelf.bytes += bytes.len();
        shelf.order.push_back(id.clone());
        shelf.files.insert(id, File { bytes, content_type, etag, made_ms, ends });
        drop(shelf);
        self.link(&path, sim.clock.wall_s(ends))
    }

    fn link(&self, path: &str, expires: u64) -> Link {
        let signature = self.sign(&canonical(path, &expires.to_string()));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("Expires", &expires.to_string())
            .append_pair("OSSAccessKeyId", ACCESS_KEY_ID)
            .append_pair("Signature", &signature)
            .finish();
        Link(format!("{path}?{query}"))
    }

    /// The file a link points to, by its path and query as they arrived.
    pub(super) fn get(&self, path: &str, query: &str, now: Instant) -> Result<File, Closed> {
        let find = |name: &str| {
            form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, v)| v)
        };
        let (Some(expires), Some(key), Some(signature)) =
            (find("Expires"), find("OSSAccessKeyId"), find("Signature"))
        else {
            return Err(Closed::Unsigned);
        };
        if key != ACCESS_KEY_ID {
            return Err(Closed::UnknownKey);
        }
        if !self.verify(&canonical(path, &expires), &signature) {
            return Err(Closed::WrongSignature);
        }
        let id = path.split('/').nth(5).unwrap_or_default();
        let shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let file = shelf.files.get(id).ok_or(Closed::Gone)?;
        if file.ends <= now { Err(Closed::Expired) } else { Ok(file.clone()) }
    }
}

/// Keeps a file for a day and gives its URL for the client whose request had these headers.
pub(super) fn put(
    sim: &Shared,
    headers: &HeaderMap,
    name: &str,
    content_type: &'static str,
    bytes: impl Into<Bytes>,
) -> String {
    sim.results.put(sim, name, content_type, bytes).at(&guest::origin(sim, headers))
}

/// What a link's signature covers.
fn canonical(path: &str, expires: &str) -> String {
    format!("GET\n\n\n{expires}\n{path}")
}

/// A name as one part of a path: hostile names stay as hostile as a URL can carry them.
fn in_path(name: &str) -> String {
    let mut path = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_graphic()
            && !matches!(byte, b'"' | b'<' | b'>' | b'`' | b'?' | b'#' | b'{' | b'}')
        {
            path.push(char::from(byte));
        } else {
            // Writing to memory does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests;
