//! Reads the user's own rows of the catalog after the first frame, in a thread of its own, and puts
//! them in force. It refuses to hold up anything: until then the shipped rows are asked.

use std::path::PathBuf;

use tokio::sync::mpsc::Sender;

use crate::catalog::{Catalog, Shared};
use crate::config::models;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::SettingsNotice;
use crate::event::{ModelsEvent, ServiceEvent};
use crate::text::sanitize;

/// Reads them. `config` is the configuration file; what there is to say goes to `out`.
pub fn load(config: PathBuf, shared: Shared, out: Sender<ServiceEvent>) {
    tokio::task::spawn_blocking(move || {
        // The shipped rows are read here too, so that nobody waits for them later.
        drop(Catalog::embedded());
        let (mine, faults) = models::catalog(&config);
        if let Some(catalog) = mine {
            shared.put(catalog);
            // Nobody listens at the end of the program.
            drop(out.blocking_send(ServiceEvent::Models(ModelsEvent::Loaded)));
        }
        if let Some(notice) = notice(&faults) {
            drop(out.blocking_send(ServiceEvent::Notice(notice)));
        }
    });
}

/// One notice for all files that count for nothing; `None` if all do.
#[must_use]
pub fn notice(faults: &[models::Fault]) -> Option<Notice> {
    let told: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.place, fault.reason)).collect();
    let detail = sanitize::line(&told.join("; "));
    let kind = NoticeKind::Settings(SettingsNotice::CatalogWrong);
    (!faults.is_empty()).then(|| Notice::new(kind).with_detail(detail))
}
