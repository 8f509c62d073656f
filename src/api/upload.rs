//! Files into the service's temporary storage (wire multimodal.md, "Local file upload"): a permission
//! for one model, then the file to the storage itself. It refuses to send the key there, and to go
//! to a host that a permission has no business with.

use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use tokio::fs::File;
use url::Url;

use super::call::Call;
use super::client::ApiClient;
use super::error::ApiError;
use super::loose::{Count, Object, Text};
use super::region::{Endpoint, is_loopback, origin_text};
use crate::domain::models::{ModelId, Surface};
use crate::text::sanitize;

/// The call below the base URL of the native surface.
const PATH: &str = "/uploads";

/// A permission to put files where one model finds them. It holds for some minutes.
#[expect(clippy::struct_field_names, reason = "the storage calls its document so")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    host: Url,
    dir: String,
    policy: String,
    signature: String,
    access_key_id: String,
    acl: String,
    forbid_overwrite: String,
    /// The largest file it takes, in bytes.
    pub most: u64,
}

#[derive(Debug, Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    data: Object<Data<'a>>,
}

#[derive(Debug, Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    policy: Text<'a>,
    #[serde(borrow, default)]
    signature: Text<'a>,
    #[serde(borrow, default)]
    upload_dir: Text<'a>,
    #[serde(borrow, default)]
    upload_host: Text<'a>,
    #[serde(default)]
    max_file_size_mb: Count,
    #[serde(borrow, default)]
    oss_access_key_id: Text<'a>,
    #[serde(borrow, default)]
    x_oss_object_acl: Text<'a>,
    /// A string, not a flag.
    #[serde(borrow, default)]
    x_oss_forbid_overwrite: Text<'a>,
}

/// Asks for a permission; what is put there is for this model alone.
pub async fn policy(
    client: &ApiClient,
    endpoint: &Endpoint,
    model: &ModelId,
) -> Result<Policy, ApiError> {
    let call =
        Call::get(Surface::Native, PATH).with("action", "getPolicy").with("model", model.as_str());
    let document = client.document(endpoint, call).await?;
    let answer: Answer<'_> = document.fields()?;
    let data = answer.data.0.ok_or_else(|| incomplete("data"))?;
    let need = |text: &Text<'_>, name: &'static str| {
        text.get().map(str::to_owned).ok_or_else(|| incomplete(name))
    };
    let or = |text: &Text<'_>, usual: &str| text.get().unwrap_or(usual).to_owned();
    Ok(Policy {
        host: host(&need(&data.upload_host, "upload_host")?, endpoint)?,
        dir: need(&data.upload_dir, "upload_dir")?,
        policy: need(&data.policy, "policy")?,
        signature: need(&data.signature, "signature")?,
        access_key_id: need(&data.oss_access_key_id, "oss_access_key_id")?,
        acl: or(&data.x_oss_object_acl, "private"),
        forbid_overwrite: or(&data.x_oss_forbid_overwrite, "true"),
        most: data.max_file_size_mb.0.unwrap_or(100) << 20,
    })
}

fn incomplete(name: &str) -> ApiError {
    ApiError::Garbled { detail: format!("the upload permission has no {name}") }
}

/// Files of users go over a secured connection, or to this machine if the service is on it.
fn host(text: &str, endpoint: &Endpoint) -> Result<Url, ApiError> {
    let bad = |detail: String| ApiError::Garbled { detail: sanitize::line(&detail) };
    let url = Url::parse(text).map_err(|error| bad(format!("upload_host: {error}")))?;
    let here = endpoint.native().is_some_and(is_loopback);
    if url.scheme() == "https" || (url.scheme() == "http" && here && is_loopback(&url)) {
        return Ok(url);
    }
    Err(bad(format!("files are not sent to {}", origin_text(&url))))
}

/// Puts a file of that length there under a name like its own. Answers with its address, which is
/// found only with the header that resolves it.
pub async fn put(
    client: &ApiClient,
    endpoint: &Endpoint,
    policy: &Policy,
    (name, mime): (&str, &str),
    file: File,
    length: u64,
) -> Result<String, ApiError> {
    let name = plain(name);
    let key = format!("{}/{name}", policy.dir.trim_end_matches('/'));
    let setup = |error: reqwest::Error| ApiError::Setup { detail: error.to_string() };
    let part = Part::stream_with_length(Body::from(file), length).file_name(name);
    let part = if mime.is_empty() { part } else { part.mime_str(mime).map_err(setup)? };
    let form = Form::new()
        .text("OSSAccessKeyId", policy.access_key_id.clone())
        .text("Signature", policy.signature.clone())
        .text("policy", policy.policy.clone())
        .text("x-oss-object-acl", policy.acl.clone())
        .text("x-oss-forbid-overwrite", policy.forbid_overwrite.clone())
        .text("key", key.clone())
        .text("success_action_status", "200")
        // The storage reads no field behind the file.
        .part("file", part);
    client.form(endpoint, &policy.host, form).await?;
    Ok(format!("oss://{key}"))
}

/// A name that no storage trips over, and that says no more of its owner than its end.
fn plain(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let good = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(good).collect();
    let from = name.len().saturating_sub(80);
    let name = name[from..].trim_start_matches('.');
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests;
