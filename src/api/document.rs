//! An answer that is one JSON document: read whole under its cap, with the error that an accepted
//! answer can hold told apart. It refuses to know any endpoint; each reads its own fields.

use serde::Deserialize;
use serde_json::Value;

use super::envelope;
use super::error::ApiError;
use super::reply::Reply;
use crate::text::sanitize;

/// A document as it came, valid JSON and no error.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// As it came, for whoever wants to look at it; not sanitized.
    pub raw: String,
    /// The id to quote to support: the body's, else the header's.
    pub request_id: Option<String>,
    value: Value,
}

impl Document {
    /// Reads an accepted answer to its end.
    pub(super) async fn read(reply: Reply) -> Result<Self, ApiError> {
        let (bytes, header_id) = Self::bytes(reply).await?;
        Self::parse(&bytes, header_id.as_deref())
    }

    /// Reads an accepted answer to its end, and lets nobody judge it: its bytes, and the id of the
    /// header.
    pub(super) async fn bytes(mut reply: Reply) -> Result<(Vec<u8>, Option<String>), ApiError> {
        let cap = reply.limits().document;
        let header_id = reply.request_id().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(piece) = reply.chunk().await? {
            if (bytes.len() + piece.len()) as u64 > cap {
                return Err(ApiError::TooLarge { cap });
            }
            bytes.extend_from_slice(&piece);
        }
        Ok((bytes, header_id))
    }

    /// Reads a whole body. An error inside an accepted answer is an error (wire errors.md:
    /// status 200 with a non-empty `code`).
    pub(super) fn parse(bytes: &[u8], header_id: Option<&str>) -> Result<Self, ApiError> {
        let document = Self::unjudged(bytes, header_id)?;
        match envelope::in_answer(&document.value, header_id) {
            Some(refusal) => Err(ApiError::Stream(Box::new(refusal))),
            None => Ok(document),
        }
    }

    /// Reads a whole body that may hold an error where the endpoint knows better than the code
    /// beside it: a task that failed is an answer.
    pub(super) fn unjudged(bytes: &[u8], header_id: Option<&str>) -> Result<Self, ApiError> {
        let raw = String::from_utf8_lossy(bytes);
        let text = raw.trim_start_matches('\u{feff}').trim();
        if text.starts_with('<') {
            return Err(ApiError::WebPage);
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            if error.is_eof() {
                return ApiError::Cut { detail: "the document ended early".to_owned() };
            }
            let head: String = text.chars().take(80).collect();
            ApiError::Garbled { detail: sanitize::line(&format!("{error}: {head}")) }
        })?;
        let request_id = envelope::request_id(&value).or_else(|| header_id.map(str::to_owned));
        Ok(Self { raw: text.to_owned(), request_id, value })
    }

    /// The fields an endpoint asks for. Its structs are made of forgiving pieces (`loose`), so
    /// that only a document of quite another shape is an error.
    pub fn fields<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        serde_json::from_str(&self.raw)
            .map_err(|error| ApiError::Garbled { detail: sanitize::line(&error.to_string()) })
    }

    /// The document as a value, for what no struct is worth.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_errors_and_pages_are_told_apart() {
        let read = |text: &str| Document::parse(text.as_bytes(), Some("h-1"));
        let document = read("\u{feff} {\"output\":{\"a\":1},\"request_id\":\"r-1\"} ").unwrap();
        assert_eq!(document.request_id.as_deref(), Some("r-1"));
        assert_eq!(document.value()["output"]["a"], 1);
        assert_eq!(read("{}").unwrap().request_id.as_deref(), Some("h-1"));
        let error = read(r#"{"code":"InvalidParameter","message":"no","request_id":"r-2"}"#);
        let Err(ApiError::Stream(refusal)) = error else { panic!("{error:?}") };
        assert_eq!((refusal.code.as_str(), refusal.message.as_str()), ("InvalidParameter", "no"));
        assert_eq!(read("<html>"), Err(ApiError::WebPage));
        assert!(matches!(read("{\"output\":"), Err(ApiError::Cut { .. })));
        assert!(matches!(read("nonsense \u{1b}[31m"), Err(ApiError::Garbled { .. })));
        let failed = r#"{"output":{"task_status":"FAILED","code":"X","message":"y"},"code":"","message":""}"#;
        assert!(read(failed).is_ok(), "empty fields beside an answer are no error");
    }
}
