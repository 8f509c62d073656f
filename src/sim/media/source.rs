//! Where a medium comes from: a link, a `data:` URL or an uploaded file.
//! It refuses what the service refuses, and never follows a link.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Kind, MAX_DATA_URI, Media, refused};
use crate::sim::refusal::{self, Refusal};
use crate::sim::rng;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is known of a medium from its URL.
pub(super) struct Found {
    pub(super) bytes: Option<Vec<u8>>,
    name: Option<String>,
    mark: u64,
}

impl Found {
    /// An attachment of which nothing else is known.
    pub(super) fn media(self, kind: Kind) -> Media {
        Media {
            kind,
            format: None,
            bytes: self.bytes.map(|bytes| bytes.len()),
            size: None,
            seconds: None,
            name: self.name,
            tokens: 0,
            mark: self.mark,
        }
    }
}

fn invalid() -> Refusal {
    refused("The provided URL does not appear to be valid. Ensure it is correctly formatted.")
}

/// Looks at a URL of any kind.
pub(super) fn open(url: &str, resolves: bool) -> Result<Found, Refusal> {
    let mark = rng::hash(0, url.as_bytes());
    if let Some(data) = url.strip_prefix("data:") {
        if url.len() > MAX_DATA_URI {
            return Err(Refusal::parameter(format!(
                "Exceeded limit on max bytes per data-uri item : {MAX_DATA_URI}'."
            )));
        }
        let bytes = data.split_once(";base64,").and_then(|(_, data)| BASE64.decode(data).ok());
        return Ok(Found { bytes: Some(bytes.ok_or_else(invalid)?), name: None, mark });
    }
    if url.starts_with("oss://") {
        return uploaded(url, resolves)
            .then(|| Found { bytes: None, name: name(url), mark })
            .ok_or_else(invalid);
    }
    let parsed = url::Url::parse(url).map_err(|_| invalid())?;
    let host = parsed.host_str().unwrap_or_default();
    if !matches!(parsed.scheme(), "http" | "https") || host.is_empty() {
        return Err(invalid());
    }
    // The one name that is promised never to lead anywhere.
    if host == "invalid" || host.ends_with(".invalid") {
        return Err(Refusal::of(&refusal::MEDIA));
    }
    Ok(Found { bytes: None, name: name(parsed.path()), mark })
}

/// Whether an `oss://` link leads to an uploaded file: the request must allow such links.
fn uploaded(url: &str, resolves: bool) -> bool {
    resolves && url.len() > "oss://".len()
}

/// The last part of a path, without what a terminal should not be given.
fn name(path: &str) -> Option<String> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|c| c.is_alphanumeric() || ".-_ ".contains(*c)).take(60).collect();
    (!clean.is_empty()).then_some(clean)
}
