//! Makes what goes with a question ready to be sent: small files into the request, large ones into
//! the service's storage, once. It refuses to send a path of this machine, and to leave out a
//! thing of the question that is asked without saying so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::fs::File;

use super::uploads::{Uploads, hash};
use crate::api::client::ApiClient;
use crate::api::error::ApiError;
use crate::api::region::Endpoint;
use crate::api::upload;
use crate::catalog::Catalog;
use crate::domain::attachments::{AttachNotice, Attachment, Medium, Source};
use crate::domain::chat::ChatRequest;
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::text::sanitize;

/// The largest file that goes into the request itself: as base64 it stays below the 10 MB that
/// the service takes (wire multimodal.md).
pub const INLINE: u64 = 7_500_000;
/// All files of one request together; what is beyond is uploaded.
const INLINE_ALL: u64 = 15_000_000;

/// Whatever is needed to upload.
#[derive(Debug)]
pub struct Means<'a> {
    /// Makes the calls.
    pub client: &'a ApiClient,
    /// Where to, with the key.
    pub endpoint: &'a Endpoint,
    /// Knows what models take.
    pub catalog: &'a Catalog,
    /// Knows what is uploaded already.
    pub uploads: &'a Uploads,
}

/// Why a thing cannot be sent.
#[derive(Debug)]
pub enum Fault {
    /// Something to tell as it is.
    Told(Notice),
    /// A call failed.
    Api {
        /// The thing.
        name: String,
        /// How.
        error: ApiError,
    },
}

/// Makes every message ready. A thing of an earlier message that is gone, or that this model
/// cannot take, is named in its place; one of the last message is a fault.
pub async fn ready(request: &mut ChatRequest, means: &Means<'_>) -> Result<(), Fault> {
    let model = request.model.clone();
    let senses = means.catalog.senses(&model);
    let last = request.messages.len().saturating_sub(1);
    let mut inline = INLINE_ALL;
    for (at, message) in request.messages.iter_mut().enumerate() {
        let asked = at == last;
        for attachment in std::mem::take(&mut message.attachments) {
            let taken = asked || senses.takes(attachment.medium) != Some(false);
            let name = attachment.name.clone();
            let medium = attachment.medium.name();
            let ready = if taken {
                Some(bring(attachment, &model, &mut inline, means).await)
            } else {
                None
            };
            match ready {
                Some(Ok(ready)) => message.attachments.push(ready),
                Some(Err(fault)) if asked => return Err(fault),
                Some(Err(Fault::Api { name, error })) => return Err(Fault::Api { name, error }),
                None | Some(Err(Fault::Told(_))) => {
                    message.text = format!("[{medium}: {name}]\n{}", message.text);
                }
            }
        }
    }
    Ok(())
}

/// Makes one thing ready: its bytes as an address while `inline` has room for them, else the place in
/// the temporary storage they were put to.
pub(in crate::service) async fn bring(
    attachment: Attachment,
    model: &ModelId,
    inline: &mut u64,
    means: &Means<'_>,
) -> Result<Attachment, Fault> {
    let source = match &attachment.source {
        Source::Url(_) | Source::Urls(_) => return Ok(attachment),
        Source::File(path) => Source::Url(file(&attachment, path, model, inline, means).await?),
        Source::Files(paths) => {
            let mut urls = Vec::with_capacity(paths.len());
            for path in paths {
                urls.push(file(&attachment, path, model, inline, means).await?);
            }
            Source::Urls(urls)
        }
    };
    Ok(Attachment { source, ..attachment })
}

/// The address of a file: its bytes, or where they were put.
async fn file(
    of: &Attachment,
    path: &str,
    model: &ModelId,
    inline: &mut u64,
    means: &Means<'_>,
) -> Result<String, Fault> {
    let told = |error: std::io::Error| {
        let path = sanitize::line(path);
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => AttachNotice::NotThere { path },
            _ => AttachNotice::Unreadable { path },
        };
        let notice = Notice::new(NoticeKind::Attach(kind));
        Fault::Told(notice.with_detail(sanitize::line(&error.to_string())))
    };
    let length = tokio::fs::metadata(path).await.map_err(told)?.len();
    // It may have been changed since it was looked at, into something else even.
    let mime = if of.medium == Medium::Frames { mime_of(path).await } else { of.mime.clone() };
    if length <= INLINE.min(*inline) {
        *inline -= length;
        let bytes = tokio::fs::read(path).await.map_err(told)?;
        return Ok(format!("data:{mime};base64,{}", STANDARD.encode(bytes)));
    }
    if means.endpoint.native().is_none() {
        let kind = AttachNotice::TooLarge { name: of.name.clone(), bytes: length, most: INLINE };
        return Err(Fault::Told(Notice::new(NoticeKind::Attach(kind))));
    }
    upload(of, (path, &mime, length), model, means, told).await
}

async fn upload(
    of: &Attachment,
    (path, mime, length): (&str, &str, u64),
    model: &ModelId,
    means: &Means<'_>,
    told: impl Fn(std::io::Error) -> Fault,
) -> Result<String, Fault> {
    let Means { client, endpoint, uploads, .. } = means;
    let api = |error| Fault::Api { name: of.name.clone(), error };
    let opened = File::open(path).await.map_err(&told)?.into_std().await;
    // Reading a gigabyte takes its time.
    let hashed = tokio::task::spawn_blocking(move || hash(opened)).await;
    let hash = hashed.map_err(|error| told(std::io::Error::other(error)))?.map_err(&told)?;
    let origin = endpoint.origin();
    if let Some(url) = uploads.find(&hash, model.as_str(), &origin) {
        return Ok(url);
    }
    let policy = upload::policy(client, endpoint, model).await.map_err(api)?;
    if length > policy.most {
        let (name, most) = (of.name.clone(), policy.most);
        let kind = AttachNotice::TooLarge { name, bytes: length, most };
        return Err(Fault::Told(Notice::new(NoticeKind::Attach(kind))));
    }
    let opened = File::open(path).await.map_err(&told)?;
    let put = upload::put(client, endpoint, &policy, (path, mime), opened, length);
    let url = put.await.map_err(api)?;
    uploads.keep(&hash, model.as_str(), &origin, &url);
    Ok(url)
}

/// The media type of a frame; each may be another.
async fn mime_of(path: &str) -> String {
    let path = std::path::PathBuf::from(path);
    let looked = tokio::task::spawn_blocking(move || super::look::file(&path)).await;
    looked.ok().and_then(Result::ok).map(|found| found.mime).unwrap_or_default()
}

#[cfg(test)]
mod tests;
