//! Files of this machine in a form, brought to where the service can read them. It refuses to send
//! a form that still names one.

use super::Deps;
use crate::api::region::Endpoint;
use crate::domain::jobs::{Form, Media, Value};
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind, TaskNotice};

/// The form with every file of this machine in the service's reach.
pub(super) async fn bring_up(
    _deps: &Deps,
    _endpoint: &Endpoint,
    _model: &ModelId,
    form: &Form,
) -> Result<Form, Notice> {
    for value in form.values.values() {
        if let Value::Media(files) = value
            && let Some(Media::File { path, .. }) =
                files.iter().find(|file| matches!(file, Media::File { .. }))
        {
            let path = path.clone();
            return Err(Notice::new(NoticeKind::Task(TaskNotice::NotUploaded { path })));
        }
    }
    Ok(form.clone())
}
