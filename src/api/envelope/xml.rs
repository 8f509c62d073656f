//! Errors of the storage for files, which speaks XML: `<Error><Code>..</Code><Message>..`.
//! It refuses to be a parser of XML: three flat elements are all there is to know.

use super::clean;
use crate::api::error::Refusal;

/// The error in a document of the storage; `None` if the text is something else.
pub(super) fn read(text: &str) -> Option<Refusal> {
    if !text.starts_with('<') {
        return None;
    }
    let code = between(text, "code")?;
    Some(Refusal {
        code,
        message: between(text, "message").unwrap_or_default(),
        request_id: between(text, "requestid").filter(|id| !id.is_empty()),
        envelope: true,
        storage: true,
        ..Refusal::default()
    })
}

/// The text of the first element of that name (given in lower case), cleaned. Nothing if the
/// element does not end.
pub(super) fn between(text: &str, name: &str) -> Option<String> {
    // Only ASCII changes, so that places stay the same.
    let lower = text.to_ascii_lowercase();
    let from = lower.find(&format!("<{name}>"))? + name.len() + 2;
    let to = from + lower[from..].find(&format!("</{name}>"))?;
    Some(clean(&entities(&text[from..to])))
}

/// The five entities every XML document may use, `&amp;` last.
fn entities(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}
