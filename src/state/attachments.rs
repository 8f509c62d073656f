//! What goes with the message that is being written: picked from a list of files, typed, pasted;
//! taken back; and what is asked before a model gets what it cannot take. It refuses to open
//! files: what a thing is comes as an event.

use super::focus::Overlay;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::action::{Attach as Action, Composer as ComposerAction, Edit};
use crate::domain::attachments::{
    AttachCommand, AttachEvent, AttachNotice, Attachment, PathEntry, Unfitting, Wish,
    looks_like_media, misfit,
};
use crate::domain::conversations::StoreCommand;
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::fuzzy::{self, Match};

/// No more go with one message.
pub const MOST: usize = 32;

/// The list of files while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// What is typed, a path, and the mark.
    pub picker: Picker,
    /// An at sign in the message opened it.
    at: bool,
    /// The directory that is listed, as it is typed.
    dir: String,
    entries: Vec<PathEntry>,
    found: Vec<Match>,
    /// The directory was asked for and has not come.
    pub waits: bool,
}

impl Files {
    /// The rows that fit, best first, with the characters that were found.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&PathEntry, &[u32])> {
        self.found.iter().map(|found| (&self.entries[found.index], &*found.at))
    }

    /// Rows without words.
    #[must_use]
    pub fn all(&self) -> usize {
        self.entries.len()
    }

    /// The directory and the words for its names.
    fn split(&self) -> (&str, &str) {
        let query = self.picker.query();
        let at = query.rfind('/').map_or(0, |at| at + 1);
        if query == "~" { (query, "") } else { query.split_at(at) }
    }

    /// Ranks the names again. Hidden ones are for those who type a dot.
    pub(super) fn narrow(&mut self) {
        let (dir, name) = self.split();
        if dir != self.dir {
            self.found.clear();
            self.picker.set_rows(0);
            return;
        }
        let hidden = name.starts_with('.');
        let names = self.entries.iter().map(|entry| {
            let shown = hidden || !entry.name.starts_with('.');
            if shown { entry.name.as_str() } else { "" }
        });
        let mut found = fuzzy::rank(name, names);
        found.retain(|found| hidden || !self.entries[found.index].name.starts_with('.'));
        self.found = found;
        self.picker.set_rows(self.found.len());
    }

    /// Asks for the directory that is typed, if it is another one.
    fn follow(&mut self) -> Effects {
        let (dir, _) = self.split();
        if dir == self.dir {
            return Vec::new();
        }
        let dir = dir.to_owned();
        self.ask_for(dir)
    }

    fn ask_for(&mut self, dir: String) -> Effects {
        self.dir.clone_from(&dir);
        self.entries.clear();
        self.waits = true;
        self.narrow();
        vec![Effect::Attach(AttachCommand::List { dir })]
    }
}

/// Whether what goes with a message may go to a model that cannot take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fit {
    /// It is asked about first.
    #[default]
    Asked,
    /// The user said that it may.
    Passed,
}

/// A way out when the model cannot take what goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Ask this model instead.
    Model(ModelId),
    /// Send the text alone.
    Remove,
    /// Send it all the same.
    AsItIs,
}

/// What stands in the way of sending what goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The marked way; its words are not used.
    pub picker: Picker,
    /// What stands in the way.
    pub notice: AttachNotice,
    /// The ways out.
    pub ways: Vec<Way>,
    /// The message.
    text: String,
}

impl AppState {
    pub(super) fn on_attach(&mut self, action: Action, now: Now) -> Effects {
        match action {
            Action::Files => self.open_files(false),
            Action::Here if self.list_is_open() => self.on_query(&ComposerAction::Insert('@'), now),
            Action::Here if self.composer.begins_word() => self.open_files(true),
            Action::Here => self.write(ComposerAction::Insert('@'), now),
            Action::Remove => self.remove_attached(now),
        }
    }

    fn open_files(&mut self, at: bool) -> Effects {
        if matches!(self.focus.overlay, Some(Overlay::Files(_))) {
            self.focus.overlay = None;
            return Vec::new();
        }
        let mut files = Files { at, ..Files::default() };
        let effects = files.ask_for(String::new());
        self.focus.overlay = Some(Overlay::Files(files));
        effects
    }

    /// The words of the list changed: another directory may be meant.
    pub(super) fn follow_files(&mut self) -> Effects {
        match &mut self.focus.overlay {
            Some(Overlay::Files(files)) => files.follow(),
            _ => Vec::new(),
        }
    }

    /// The at sign is deleted where nothing is typed after it. Tells whether it was.
    pub(super) fn delete_at(&mut self, action: &ComposerAction) -> bool {
        let back = *action == ComposerAction::Edit(Edit::DeleteBefore);
        let bare = matches!(&self.focus.overlay, Some(Overlay::Files(files))
            if files.at && files.picker.query().is_empty());
        if back && bare {
            self.focus.overlay = None;
        }
        back && bare
    }

    /// Esc: what was typed after the at sign is text after all.
    pub(super) fn leave_files(&mut self, now: Now) -> Option<Effects> {
        let Some(Overlay::Files(files)) = &self.focus.overlay else { return None };
        let typed = files.at.then(|| format!("@{}", files.picker.query()));
        self.focus.overlay = None;
        Some(match typed {
            Some(text) => self.write(ComposerAction::Paste(text), now),
            None => Vec::new(),
        })
    }

    /// Enter where no name fits: an address, a name with blanks, or text after all.
    pub(super) fn take_typed_file(&mut self, now: Now) -> Option<Effects> {
        let Some(Overlay::Files(files)) = &self.focus.overlay else { return None };
        if files.waits || !files.found.is_empty() {
            return None;
        }
        let typed = files.picker.query().trim().to_owned();
        if typed.contains("://") || looks_like_media(&typed) {
            self.focus.overlay = None;
            return Some(look(typed));
        }
        self.leave_files(now)
    }

    /// A row is taken: a directory is opened, a file looked at.
    pub(super) fn take_file(&mut self, mut files: Files, row: usize) -> Effects {
        let Some(entry) = files.found.get(row).map(|found| files.entries[found.index].clone())
        else {
            return Vec::new();
        };
        let path = format!("{}{}", files.dir, entry.name);
        if !entry.dir {
            return look(escaped(&path));
        }
        files.picker.set_query(&format!("{path}/"));
        let effects = files.follow();
        self.focus.overlay = Some(Overlay::Files(files));
        effects
    }

    /// The keeper of files said something.
    pub(super) fn on_attach_event(&mut self, event: AttachEvent, now: Now) -> Effects {
        match event {
            AttachEvent::Listed { dir, entries } => {
                if let Some(Overlay::Files(files)) = &mut self.focus.overlay
                    && files.dir == dir
                {
                    files.entries = entries;
                    files.waits = false;
                    files.narrow();
                }
                Vec::new()
            }
            AttachEvent::Looked { found: Ok(found), .. } => self.attach(found, now),
            AttachEvent::Looked { typed, why: Wish::Pasted, found: Err(_) } => {
                self.write(ComposerAction::Paste(typed), now)
            }
            AttachEvent::Looked { why: Wish::Attach, found: Err(notice), .. } => {
                self.notices.tell(notice, now);
                Vec::new()
            }
        }
    }

    /// The keeper of files had no room: nothing that was pasted is lost.
    pub(super) fn attach_refused(&mut self, command: AttachCommand, now: Now) -> Effects {
        match command {
            AttachCommand::Look { typed, why: Wish::Pasted } => {
                self.write(ComposerAction::Paste(typed), now)
            }
            AttachCommand::Look { why: Wish::Attach, .. } | AttachCommand::List { .. } => {
                self.notices.tell(Notice::new(NoticeKind::Busy), now);
                Vec::new()
            }
        }
    }

    fn attach(&mut self, found: Attachment, now: Now) -> Effects {
        let attached = &mut self.conversations.shown_mut().attached;
        if attached.len() >= MOST {
            let kind = NoticeKind::Attach(AttachNotice::TooMany { most: MOST });
            self.notices.tell(Notice::new(kind), now);
            return Vec::new();
        }
        attached.push(found);
        self.save_attached()
    }

    fn remove_attached(&mut self, now: Now) -> Effects {
        if self.conversations.shown_mut().attached.pop().is_none() {
            self.notices.tell(Notice::new(NoticeKind::NothingThere), now);
            return Vec::new();
        }
        self.save_attached()
    }

    /// What goes with the message, for the store; the conversation must be there first.
    pub(super) fn save_attached(&self) -> Effects {
        let chat = self.conversations.shown();
        let head = chat.conversation().clone();
        let (conversation, attached) = (head.id, chat.attached.clone());
        vec![
            Effect::Store(StoreCommand::SaveConversation(head)),
            Effect::Store(StoreCommand::SaveAttached { conversation, attached }),
        ]
    }

    /// Asks before a model gets what it cannot take. Tells whether it did; then nothing is to be
    /// sent now.
    pub(super) fn ask_fit(&mut self, text: &str) -> bool {
        let passed = std::mem::take(&mut self.fit) == Fit::Passed;
        let chat = self.conversations.shown();
        if passed || chat.attached.is_empty() {
            return false;
        }
        let catalog = self.catalog.get();
        let found = self
            .asked_models()
            .into_iter()
            .find_map(|model| Some((misfit(&chat.attached, &catalog.senses(&model))?, model)));
        let Some(((at, why), model)) = found else { return false };
        // Of several models that are asked none is put in the place of another.
        let others: Vec<ModelId> = catalog
            .able_to_take(&chat.attached, &model)
            .into_iter()
            .filter(|_| chat.compare.is_empty())
            .filter(|id| misfit(&chat.attached, &catalog.senses(id)).is_none())
            .collect();
        let notice = AttachNotice::Misfit(Box::new(Unfitting {
            name: chat.attached[at].name.clone(),
            model: model.to_string(),
            why,
            others: Vec::new(),
        }));
        let ways: Vec<Way> =
            others.into_iter().map(Way::Model).chain([Way::Remove, Way::AsItIs]).collect();
        let picker = Picker::of(ways.len());
        let text = text.to_owned();
        self.focus.overlay = Some(Overlay::Unfit(Unfit { picker, notice, ways, text }));
        true
    }

    /// A way out is taken, and the message goes out.
    pub(super) fn go_fit(&mut self, unfit: Unfit, row: usize, now: Now) -> Effects {
        let Unfit { mut ways, text, .. } = unfit;
        if row >= ways.len() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        match ways.swap_remove(row) {
            Way::Model(id) => self.conversations.shown_mut().set_model(id),
            Way::Remove => {
                self.conversations.shown_mut().attached.clear();
                effects = self.save_attached();
            }
            Way::AsItIs => self.fit = Fit::Passed,
        }
        effects.extend(self.send(&text, now));
        effects
    }
}

/// A name from a list as one types it: what a shell would take for more than a letter is escaped.
fn escaped(path: &str) -> String {
    path.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\"")
}

/// Asks what a thing is; it is attached when the answer comes.
pub(super) fn look(typed: String) -> Effects {
    vec![Effect::Attach(AttachCommand::Look { typed, why: Wish::Attach })]
}

/// A paste that is the name of a media file may be meant as the file, as terminals paste the
/// name of what is dropped on them.
pub(super) fn look_at_paste(action: &ComposerAction) -> Option<Effects> {
    let ComposerAction::Paste(text) = action else { return None };
    let one_line = !text.trim().contains(['\n', '\r']) && text.len() < 4096;
    (one_line && looks_like_media(text.trim())).then(|| {
        let look = AttachCommand::Look { typed: text.clone(), why: Wish::Pasted };
        vec![Effect::Attach(look)]
    })
}
