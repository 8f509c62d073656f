//! How processes tell each other that something in the store changed: small files that are written
//! to and watched. It refuses timers: where nothing changes nobody wakes up.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use crate::service::private;

/// Bells of a data directory: one to ring, and perhaps others to hear.
pub(super) struct Bell {
    path: PathBuf,
    heard: Arc<Notify>,
    /// Watching ends with it. `None` where the system cannot watch: then the lease's tick looks.
    watcher: Option<notify::RecommendedWatcher>,
}

impl Bell {
    /// Begins to listen to the bell `file` and to `others`. The directory is made if it is not
    /// there.
    pub(super) fn hang(dir: &Path, file: &str, others: &[&str]) -> Self {
        let path = dir.join(file);
        let heard = Arc::new(Notify::new());
        let all: Vec<PathBuf> = [file].iter().chain(others).map(|file| dir.join(file)).collect();
        let watcher = watch(dir, &all, &heard)
            .map_err(|error| tracing::warn!(%error, file, "what other processes do comes late"))
            .ok();
        Self { path, heard, watcher }
    }

    /// Whether the system tells of changes by itself.
    pub(super) const fn watches(&self) -> bool {
        self.watcher.is_some()
    }

    /// Waits until somebody rang, perhaps this process itself. Rings while nobody waited are one.
    pub(super) async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Rings.
    pub(super) fn ring(&self) {
        ring(&self.path);
    }
}

/// Rings the bell at that path.
pub(super) fn ring(path: &Path) {
    // Whoever does not hear it finds out at the next tick.
    let rung = open(path).and_then(|mut file| file.write_all(b"!"));
    if let Err(error) = rung {
        tracing::debug!(%error, "the bell did not ring");
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    private::make_file(path, File::options().write(true))
}

fn watch(
    dir: &Path,
    paths: &[PathBuf],
    heard: &Arc<Notify>,
) -> Result<notify::RecommendedWatcher, notify::Error> {
    private::make_dir(dir)?;
    for path in paths {
        drop(open(path)?);
    }
    let heard = Arc::clone(heard);
    let mut watcher = notify::recommended_watcher(move |event: Result<notify::Event, _>| {
        // Opening and closing the file is no ring.
        if event.is_ok_and(|event| event.kind.is_modify()) {
            heard.notify_one();
        }
    })?;
    for path in paths {
        watcher.watch(path, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_ring_is_heard_by_all_and_rings_before_anybody_waits_are_one() {
        let dir = tempfile::TempDir::new().unwrap();
        let one = Bell::hang(dir.path(), "a.bell", &[]);
        let two = Bell::hang(dir.path(), "b.bell", &["a.bell"]);
        assert!(one.watches() && two.watches());
        one.ring();
        one.ring();
        let cap = Duration::from_secs(30);
        tokio::time::timeout(cap, one.heard()).await.expect("heard by the one who rang");
        tokio::time::timeout(cap, two.heard()).await.expect("heard by the other");
    }
}
