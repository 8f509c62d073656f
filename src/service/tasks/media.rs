//! Files of this machine in a form, brought to where the service can read them: small pictures in
//! the request itself, everything else into its temporary storage (wire video.md, `img_url`). It
//! refuses to send a form that still names a file of this machine.

use super::Deps;
use super::send::explain;
use crate::api::region::Endpoint;
use crate::domain::attachments::{Medium, Source};
use crate::domain::jobs::{Form, Media, Value};
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};
use crate::service::attachments::look;
use crate::service::attachments::send::{Fault, INLINE, Means, bring};

/// The call that asks for leave to upload.
const UPLOADS: &str = "/uploads";

/// The form with every file of this machine in the service's reach.
pub(super) async fn bring_up(
    deps: &Deps,
    endpoint: &Endpoint,
    model: &ModelId,
    form: &Form,
) -> Result<Form, Notice> {
    let mut ready = form.clone();
    for value in ready.values.values_mut() {
        let Value::Media(files) = value else { continue };
        for file in files {
            if let Media::File { path, .. } = file {
                *file = Media::Url(address(deps, endpoint, model, path).await?);
            }
        }
    }
    Ok(ready)
}

async fn address(
    deps: &Deps,
    endpoint: &Endpoint,
    model: &ModelId,
    path: &str,
) -> Result<String, Notice> {
    let (base, typed) = (deps.files.clone(), path.to_owned());
    let looked = tokio::task::spawn_blocking(move || look::look(&typed, &base)).await;
    let unreadable = || {
        let path = path.to_owned();
        Notice::new(NoticeKind::Task(TaskNotice::NotUploaded { path }))
    };
    let found = looked.map_err(|_| unreadable())??;
    // Only pictures are documented to come within the request.
    let mut inline = if found.medium == Medium::Image { INLINE } else { 0 };
    let means = Means {
        client: &deps.client,
        endpoint,
        catalog: &deps.catalog.get(),
        uploads: &deps.uploads,
    };
    match bring(found, model, &mut inline, &means).await {
        Ok(ready) => match ready.source {
            Source::Url(url) => Ok(url),
            Source::Urls(_) | Source::File(_) | Source::Files(_) => Err(unreadable()),
        },
        Err(Fault::Told(notice)) => Err(notice),
        Err(Fault::Api { error, .. }) => Err(explain(deps, endpoint, model, UPLOADS, &error)),
    }
}
