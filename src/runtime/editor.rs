//! The terminal in the hands of the user's editor: given back before it starts, taken again after
//! it ended, while answers go on arriving. It refuses files and processes (`service::editor`).

use std::path::{Path, PathBuf};

use super::Runtime;
use crate::command::env;
use crate::domain::notice::{InputNotice, Notice, NoticeKind};
use crate::effect::EditorCommand;
use crate::event::{EditorEvent, ServiceEvent};
use crate::service::editor::{self, Job, Session};
use crate::terminal::events::Events;
use crate::terminal::modes::Modes;
use crate::terminal::rescue;

/// An editor that has the terminal.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) session: Session,
    /// What is to be switched on again.
    modes: Modes,
}

/// Where files that nobody else may read can lie, best first: in memory if there is a place.
pub(super) fn dirs(state: &Path) -> Vec<PathBuf> {
    let runtime = env("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute());
    runtime.map(|dir| dir.join("lian")).into_iter().chain([state.join("editor")]).collect()
}

/// The end of the editor, if there is one.
pub(super) async fn ended(open: Option<&mut Open>) -> EditorEvent {
    match open {
        Some(open) => open.session.ended().await,
        None => std::future::pending().await,
    }
}

impl Runtime {
    pub(super) fn open_editor(&mut self, command: EditorCommand) {
        if self.painter.is_none() {
            // Where lines are read, nobody can take the terminal from the reader.
            let notice = Notice::new(NoticeKind::Input(InputNotice::EditorNotHere));
            return self.tell_state(EditorEvent::Failed(notice));
        }
        if self.editor.is_some() {
            return;
        }
        let words = match editor::command(&env) {
            Ok(words) => words,
            Err(notice) => return self.tell_state(EditorEvent::Failed(notice)),
        };
        // The reader of keys must be gone before another program reads them.
        self.input = None;
        let Some(modes) = rescue::restore() else {
            return self.hang_up();
        };
        let dirs = self.private.clone();
        let job = Job { words, text: command.text, dirs, end: rescue::end };
        self.editor = Some(Open { session: Session::start(job), modes });
    }

    /// The editor ended: the terminal is taken again and painted anew.
    pub(super) fn edited(&mut self, event: EditorEvent) {
        let Some(Open { modes, .. }) = self.editor.take() else { return };
        if self.painter.is_some() {
            if rescue::enter(modes).is_err() {
                self.hang_up();
            }
            self.repaint();
            self.input = self.painter.as_ref().map(|painter| Events::new(painter.size()));
        }
        self.tell_state(event);
    }

    fn tell_state(&mut self, event: EditorEvent) {
        let now = self.clock.now();
        let effects = self.state.on_service(ServiceEvent::Editor(event), now);
        self.perform(effects);
        self.frames.at_once(now.since_start);
    }
}
