//! Reads the user's own rows of the catalog after the first frame, in a thread of its own, and puts
//! them in force. It refuses to hold up anything: until then the shipped rows are asked.

use std::path::PathBuf;

use tokio::sync::mpsc::Sender;

use crate::catalog::Shared;
use crate::config::models;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::SettingsNotice;
use crate::event::{ModelsEvent, ServiceEvent};
use crate::text::sanitize;

/// Reads them. `config` is the configuration file; what there is to say goes to `out`.
pub fn load(config: PathBuf, shared: Shared, out: Sender<ServiceEvent>) {
    tokio::task::spawn_blocking(move || {
        // Without rows of one's own nothing is read: the shipped rows wait for the first question,
        // which reads them off the loop, or for the list of models. Idle memory stays small.
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests have files of their own")]
mod tests {
    use super::*;
    use crate::domain::models::ModelId;
    use crate::domain::settings::Figures;

    #[tokio::test]
    async fn rows_come_into_force_and_faults_are_told_once() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        let row = "model = \"qwen-plus\", rpm = 7, source = \"me\", as_of = \"2027-01\"";
        write("limits.toml", &format!("documented = [ {{ {row} }} ]"));
        write("models.toml", "models = 3\n");
        write("prices.toml", "\n\nseed = [ \u{1b}[31m\n");
        let shared = Shared::default();
        let (out, mut events) = tokio::sync::mpsc::channel(8);
        load(dir.path().join("config.toml"), shared.clone(), out);
        assert_eq!(events.recv().await, Some(ServiceEvent::Models(ModelsEvent::Loaded)));
        let limit = shared.get().limits(Figures::Documented, &ModelId::new("qwen-plus")).unwrap();
        assert_eq!(limit.row.rpm, Some(7));
        let Some(ServiceEvent::Notice(notice)) = events.recv().await else { panic!("a notice") };
        assert_eq!(notice.kind, NoticeKind::Settings(SettingsNotice::CatalogWrong));
        let detail = notice.detail.unwrap();
        assert!(
            detail.contains("models.toml:1: ") && detail.contains("prices.toml:3: "),
            "{detail}"
        );
        assert!(!detail.contains('\u{1b}'), "{detail}");
        assert_eq!(events.recv().await, None, "one notice for all of them");
    }
}
