//! Downloads: whole files, ranges and conditions as object storage answers them, and their faults.
//! It refuses to know what a file is.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;

use super::{Closed, File};
use crate::sim::guest::Guest;
use crate::sim::{Shared, clock, stream};

/// `GET` and `HEAD /results/…`
pub(in crate::sim) async fn serve(State(sim): State<Arc<Shared>>, guest: Guest) -> Response<Body> {
    if guest.method != Method::GET && guest.method != Method::HEAD {
        return guest.refuse(405, "MethodNotAllowed", "The specified method is not allowed.");
    }
    let query = guest.uri.query().unwrap_or_default();
    let file = match sim.results.get(guest.uri.path(), query, Instant::now()) {
        Ok(_) if guest.rule.expired => return refuse(&guest, Closed::Expired),
        Ok(file) => file,
        Err(closed) => return refuse(&guest, closed),
    };
    let etag = etag(&sim, &guest, &file);
    if let Some(response) = conditions(&guest, &etag) {
        return response;
    }
    tokio::time::sleep(sim.scaled(guest.rule.first_byte())).await;
    answer(&guest, &file, &etag)
}

fn refuse(guest: &Guest, closed: Closed) -> Response<Body> {
    match closed {
        Closed::Unsigned => guest.refuse(
            403,
            "AccessDenied",
            "You have no right to access this object because of bucket acl.",
        ),
        Closed::UnknownKey => guest.refuse(
            403,
            "InvalidAccessKeyId",
            "The OSS Access Key Id you provided does not exist in our records.",
        ),
        Closed::WrongSignature => guest.refuse(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ),
        Closed::Expired => guest.refuse(403, "AccessDenied", "Request has expired."),
        Closed::Gone => guest.refuse(404, "NoSuchKey", "The specified key does not exist."),
    }
}

/// The quoted tag; by script another one each time, as if the file had been replaced.
fn etag(sim: &Shared, guest: &Guest, file: &File) -> String {
    if guest.rule.etag_changes {
        return format!("\"{}\"", sim.ids.next().replace('-', "").to_uppercase());
    }
    format!("\"{}\"", file.etag)
}

/// Whether a list of tags holds this one.
fn lists(headers: &HeaderMap, name: &str, etag: &str) -> Option<bool> {
    let list = headers.get(name)?.to_str().ok()?;
    Some(list.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag))
}

fn conditions(guest: &Guest, etag: &str) -> Option<Response<Body>> {
    if lists(&guest.headers, "if-match", etag) == Some(false) {
        let message = "At least one of the pre-conditions you specified did not hold.";
        return Some(guest.refuse(412, "PreconditionFailed", message));
    }
    (lists(&guest.headers, "if-none-match", etag) == Some(true)).then(|| {
        let mut response = guest.reply(304, "", "");
        set(&mut response, "etag", etag);
        response
    })
}

/// The bytes asked for: `None` is all of them.
///
/// The storage ignores a range that does not lie within the file, unless `x-oss-range-behavior:
/// standard` asks for HTTP's own rules.
fn range(headers: &HeaderMap, len: usize) -> Result<Option<(usize, usize)>, ()> {
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let standard = header("x-oss-range-behavior") == Some("standard");
    let Some((from, to)) = header("range")
        .and_then(|value| value.trim().strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<usize>();
    let (from, to) = match (number(from), number(to)) {
        (Ok(from), Ok(to)) => (from, to),
        (Ok(from), Err(_)) if to.trim().is_empty() => (from, len.saturating_sub(1)),
        (Err(_), Ok(last)) if from.trim().is_empty() && last > 0 => {
            (len.saturating_sub(last), len.saturating_sub(1))
        }
        _ => return Ok(None),
    };
    if from <= to && to < len {
        return Ok(Some((from, to)));
    }
    match (standard, from <= to, from < len) {
        (true, true, true) => Ok(Some((from, len - 1))),
        (true, true, false) => Err(()),
        _ => Ok(None),
    }
}

fn set(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn answer(guest: &Guest, file: &File, etag: &str) -> Response<Body> {
    let (rule, len) = (&guest.rule, file.bytes.len());
    let modified = clock::http_date(file.made_ms);
    let still = guest.headers.get("if-range").is_none_or(|value| {
        value.as_bytes() == etag.as_bytes() || value.as_bytes() == modified.as_bytes()
    });
    let range = if rule.no_range || !still { Ok(None) } else { range(&guest.headers, len) };
    let mut response = match range {
        Err(()) => {
            let mut response =
                guest.refuse(416, "InvalidRange", "The requested range cannot be satisfied.");
            set(&mut response, "content-range", &format!("bytes */{len}"));
            return response;
        }
        Ok(Some((from, to))) => {
            let part = file.bytes.slice(from..=to);
            let size = part.len();
            let mut response = guest.reply(206, file.content_type, body(guest, part));
            set(&mut response, "content-range", &format!("bytes {from}-{to}/{len}"));
            set(&mut response, "content-length", &rule.content_length.unwrap_or(size).to_string());
            response
        }
        Ok(None) => {
            let all = file.bytes.clone();
            let mut response = guest.reply(200, file.content_type, body(guest, all));
            set(&mut response, "content-length", &rule.content_length.unwrap_or(len).to_string());
            set(&mut response, "content-md5", &STANDARD.encode(*md5::compute(&file.bytes)));
            response
        }
    };
    if !rule.no_range {
        set(&mut response, "accept-ranges", "bytes");
    }
    set(&mut response, "etag", etag);
    set(&mut response, "last-modified", &modified);
    response
}

/// The bytes with what befalls them on the way. Where the header claims more than there is, the
/// connection breaks after the last byte; where it claims less, the rest is never sent.
fn body(guest: &Guest, bytes: Bytes) -> Body {
    let rule = &guest.rule;
    if rule.content_length.is_none() || rule.cut_after_bytes.is_some() {
        return stream::whole(bytes.to_vec(), rule, &guest.line);
    }
    let missing = rule.content_length.is_some_and(|claimed| claimed > bytes.len());
    let ending = missing.then_some(());
    // A stream, for its size is not known to whoever writes the header.
    Body::from_stream(futures_util::stream::unfold(
        (Some(bytes), ending),
        async |state| match state {
            (Some(bytes), ending) => Some((Ok(bytes), (None, ending))),
            (None, Some(())) => {
                tokio::time::sleep(stream::BEFORE_CUT).await;
                Some((Err(io::Error::from(io::ErrorKind::UnexpectedEof)), (None, None)))
            }
            (None, None) => None,
        },
    ))
}
