//! The files of the configuration, read again when they change: a watch on their directories, no
//! timer while nothing happens. It refuses to apply anything; the loop does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::command;
use crate::config::{self, Config, ConfigError, Flags};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::{Settings, SettingsNotice};
use crate::effect::KeptVoice;
use crate::input::keymap::KeyMap;
use crate::text::sanitize;
use crate::theme::Theme;

/// An editor writes in several steps; after the last one this long is waited.
const QUIET: Duration = Duration::from_millis(60);
/// But no longer than this in all.
const AT_MOST: Duration = Duration::from_secs(1);

/// What the files say now.
#[derive(Debug)]
pub(super) struct Fresh {
    /// For the state.
    pub(super) settings: Settings,
    /// The looks.
    pub(super) theme: Theme,
    /// The keys.
    pub(super) keys: KeyMap,
    /// Something that counts from the next start on is another.
    pub(super) later: bool,
    /// Something that the settings do not show is another.
    pub(super) more: bool,
}

/// What there is to do for the loop.
#[derive(Debug)]
pub(super) enum Update {
    /// Take this over.
    Fresh(Box<Fresh>),
    /// Tell this.
    Tell(Box<Notice>),
}

/// The reader of files and the way to it.
#[derive(Debug)]
pub(super) struct Reload {
    updates: Receiver<Update>,
    /// Choices to be written down, one after the other. When it is full (the disk hangs) a choice
    /// counts until the end only.
    choices: Sender<Choice>,
}

/// A choice that is kept for the next start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// The theme.
    Theme(String),
    /// The model that new conversations of a profile begin with.
    Model {
        /// The profile.
        profile: String,
        /// The model's id.
        id: String,
    },
    /// The voice that reads aloud, and the model it is of.
    Voice(KeptVoice),
    /// All voices that are favoured.
    Favourites(Vec<String>),
}

impl Reload {
    /// Starts watching what `config` was read from. Nothing is touched before the task first runs.
    pub(super) fn start(flags: Flags, config: &Config) -> Self {
        // Updates are few; when it is full the reader of files waits.
        let (out, updates) = mpsc::channel(4);
        let (choices, chosen) = mpsc::channel(8);
        let keeper = write_down(config.paths.config.clone(), chosen, out.clone());
        tokio::spawn(keeper);
        let known = Known {
            settings: config.settings.clone(),
            theme: config.theme.clone(),
            keys: config.keys.clone(),
            target: config.target.clone(),
            error: None,
        };
        tokio::spawn(follow(flags, config.files.clone(), known, out));
        Self { updates, choices }
    }

    /// The next thing to do.
    pub(super) async fn next(&mut self) -> Update {
        match self.updates.recv().await {
            Some(update) => update,
            None => std::future::pending().await,
        }
    }

    /// Writes a choice into the user's file.
    pub(super) fn keep(&self, choice: Choice) {
        if self.choices.try_send(choice).is_err() {
            tracing::warn!("a choice could not be written down: another write hangs");
        }
    }
}

/// Writes choices as they come.
async fn write_down(path: PathBuf, mut chosen: Receiver<Choice>, out: Sender<Update>) {
    while let Some(choice) = chosen.recv().await {
        let path = path.clone();
        let write = move || match choice {
            Choice::Theme(name) => config::edit::set(&path, &["theme"], name),
            Choice::Model { profile, id } => config::models::keep_model(&path, &profile, &id),
            Choice::Voice(kept) => config::voices::keep(&path, &kept.model, &kept.voice),
            Choice::Favourites(voices) => config::voices::keep_favourites(&path, &voices),
        };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(write).await {
            tell(SettingsNotice::Unwritten, error.to_string(), &out).await;
        }
    }
}

async fn tell(notice: SettingsNotice, reason: String, out: &Sender<Update>) {
    let notice = Notice::new(NoticeKind::Settings(notice)).with_detail(sanitize::line(&reason));
    // Nobody listens at the end of the program.
    drop(out.send(Update::Tell(Box::new(notice))).await);
}

/// What was read last.
struct Known {
    settings: Settings,
    theme: Theme,
    keys: KeyMap,
    target: config::profile::Target,
    error: Option<String>,
}

impl Known {
    /// What is new in what was read now.
    fn learn(&mut self, loaded: Result<Config, ConfigError>) -> Option<Learnt> {
        let config = match loaded {
            Ok(config) => config,
            Err(error) => {
                let error = error.to_string();
                let known = self.error.replace(error.clone());
                return (known.as_ref() != Some(&error)).then_some(Learnt::Wrong(error));
            }
        };
        let Config { mut settings, theme, keys, target, .. } = config;
        // Which model a conversation has got is decided; a flag of the start is over.
        settings.place.key.clone_from(&self.settings.place.key);
        let later = target != self.target;
        let mended = self.error.take().is_some();
        let renamed = settings.theme != self.settings.theme;
        let more = mended || keys != self.keys || (theme != self.theme && !renamed);
        if !later && !more && settings == self.settings && theme == self.theme {
            return None;
        }
        self.settings.clone_from(&settings);
        self.theme.clone_from(&theme);
        self.keys.clone_from(&keys);
        self.target = target;
        Some(Learnt::Fresh(Box::new(Fresh { settings, theme, keys, later, more })))
    }
}

enum Learnt {
    Fresh(Box<Fresh>),
    Wrong(String),
}

async fn follow(flags: Flags, mut files: Vec<PathBuf>, mut known: Known, out: Sender<Update>) {
    let Some(mut watch) = start_watch(&files).await else { return };
    while watch.changed.recv().await.is_some() {
        settle(&mut watch.changed).await;
        loop {
            // What changes from here on is told by the new watch; directories may be others now.
            let Some(fresh) = start_watch(&files).await else { return };
            watch = fresh;
            let flags = flags.clone();
            let load = move || config::load(&flags, &command::env);
            let Ok(loaded) = tokio::task::spawn_blocking(load).await else { return };
            let read = loaded.as_ref().map_or_else(|_| files.clone(), |found| found.files.clone());
            let sent = match known.learn(loaded) {
                Some(Learnt::Fresh(fresh)) => out.send(Update::Fresh(fresh)).await.is_ok(),
                Some(Learnt::Wrong(reason)) => {
                    tell(SettingsNotice::Wrong, reason, &out).await;
                    true
                }
                None => true,
            };
            if !sent {
                return;
            }
            if read == files {
                break;
            }
            files = read;
        }
    }
}

/// Waits until nobody has written for a moment.
async fn settle(changed: &mut Receiver<()>) {
    let quiet =
        async { while let Ok(Some(())) = tokio::time::timeout(QUIET, changed.recv()).await {} };
    drop(tokio::time::timeout(AT_MOST, quiet).await);
}

/// A watch that rings when one of its files may be another.
struct Watch {
    changed: Receiver<()>,
    _watcher: RecommendedWatcher,
}

async fn start_watch(files: &[PathBuf]) -> Option<Watch> {
    let files = files.to_vec();
    let watch = tokio::task::spawn_blocking(move || Watch::over(&files)).await.ok()?;
    watch.inspect_err(|error| tracing::warn!(%error, "files are not watched")).ok()
}

impl Watch {
    /// Directories are watched, not files: editors put a new file in the place of the old one.
    fn over(files: &[PathBuf]) -> notify::Result<Self> {
        let mut all: Vec<PathBuf> = files.to_vec();
        // The file behind a link is the one that changes.
        all.extend(files.iter().filter_map(|file| file.canonicalize().ok()));
        let dirs: BTreeSet<PathBuf> = all.iter().filter_map(|file| nearest(file)).collect();
        // One ring is enough until it was heard.
        let (ring, changed) = mpsc::channel(1);
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let Ok(event) = event else { return };
                // Reading is no change, least of all our own.
                let about = |path: &PathBuf| all.iter().any(|file| file.starts_with(path));
                if !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(about) {
                    // It has rung already when there is no room.
                    let _ = ring.try_send(());
                }
            })?;
        for dir in dirs {
            watcher.watch(&dir, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { changed, _watcher: watcher })
    }
}

/// The directory of a file, or the nearest one above it that exists.
fn nearest(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|dir| dir.is_dir()).map(Path::to_owned)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests have files of their own")]
mod tests {
    use super::*;

    const CAP: Duration = Duration::from_secs(60);

    fn flags(home: &Path) -> Flags {
        Flags {
            config: Some(home.join("config.toml")),
            data_dir: Some(home.join("data")),
            ..Flags::default()
        }
    }

    struct Rig {
        home: tempfile::TempDir,
        reload: Reload,
    }

    impl Rig {
        fn new(text: &str) -> Self {
            let home = tempfile::tempdir().unwrap();
            std::fs::write(home.path().join("config.toml"), text).unwrap();
            let flags = flags(home.path());
            let config = config::load(&flags, &command::env).unwrap();
            Self { reload: Reload::start(flags, &config), home }
        }

        /// Puts a new file in the place of the old one, again until it is told: the watch may not
        /// stand yet.
        async fn change(&mut self, text: &str) -> Update {
            let path = self.home.path().join("config.toml");
            let until_told = async {
                for round in 0.. {
                    let fresh = self.home.path().join("config.toml~");
                    std::fs::write(&fresh, format!("{text}\n# {round}\n")).unwrap();
                    std::fs::rename(&fresh, &path).unwrap();
                    let told = tokio::time::timeout(Duration::from_millis(500), self.reload.next());
                    if let Ok(update) = told.await {
                        return update;
                    }
                }
                unreachable!("numbers have no end")
            };
            tokio::time::timeout(CAP, until_told).await.expect("a change is told")
        }

        async fn fresh(&mut self, text: &str) -> Fresh {
            match self.change(text).await {
                Update::Fresh(fresh) => *fresh,
                Update::Tell(notice) => panic!("{notice:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_file_that_an_editor_replaces_is_read_again() {
        let mut rig = Rig::new("theme = \"dark\"\n");
        let fresh = rig.fresh("theme = \"light\"").await;
        assert_eq!(fresh.theme, Theme::shipped("light").unwrap());
        assert!(!fresh.later && !fresh.more);
        let fresh = rig.fresh("theme = \"light\"\n[keys.global]\nquit = [\"alt+w\"]").await;
        let quit = crate::action::Action::App(crate::action::App::Quit);
        let hint = fresh.keys.hint(crate::action::Context::Global, &quit);
        assert_eq!(hint.map(|key| key.to_string()).as_deref(), Some("alt+w"));
        assert!(fresh.more);
        let fresh = rig.fresh("[profiles.default]\nregion = \"us-east-1\"").await;
        assert!(fresh.later, "addresses count from the next start on");
    }

    #[tokio::test]
    async fn a_broken_file_is_told_once_and_a_mended_one_is_taken() {
        let mut rig = Rig::new("");
        let Update::Tell(notice) = rig.change("theme = ").await else {
            panic!("a notice");
        };
        assert_eq!(notice.kind, NoticeKind::Settings(SettingsNotice::Wrong));
        let reason = notice.detail.unwrap();
        assert!(reason.contains("config.toml:1: "), "{reason}");
        // The same mistake again is nothing new: what comes next is the mended file.
        let path = rig.home.path().join("config.toml");
        std::fs::write(&path, "theme = \n# more\n").unwrap();
        let fresh = rig.fresh("language = \"zh-CN\"").await;
        assert_eq!(fresh.settings.language, crate::domain::settings::Language::ZhCn);
        assert!(fresh.more, "the mistake is over");
    }

    #[tokio::test]
    async fn a_chosen_theme_is_written_and_what_hinders_it_is_told() {
        let mut rig = Rig::new("theme = \"dark\" # mine\n");
        rig.reload.keep(Choice::Theme("paper".to_owned()));
        let path = rig.home.path().join("config.toml");
        let written = async {
            while std::fs::read_to_string(&path).unwrap() != "theme = \"paper\" # mine\n" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(CAP, written).await.expect("the theme is written");
        std::fs::write(&path, "theme = 3\n").unwrap();
        rig.reload.keep(Choice::Theme("night".to_owned()));
        let told = async {
            loop {
                if let Update::Tell(notice) = rig.reload.next().await
                    && notice.kind == NoticeKind::Settings(SettingsNotice::Unwritten)
                {
                    return notice.detail.unwrap();
                }
            }
        };
        let reason = tokio::time::timeout(CAP, told).await.expect("a notice");
        assert!(reason.contains("config.toml:1: theme is 3"), "{reason}");
    }
}
