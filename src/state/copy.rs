//! Taking text out of the conversation: a message, a block of code, a link, all of it; as a copy or
//! as a file. It refuses to know how text reaches a clipboard or a disk.

use super::chat::Entry;
use super::focus::Overlay;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::action::{Copying, Export};
use crate::domain::chat::Role;
use crate::domain::copy::{Clipboard, Copied, CopyCommand, CopyNotice, LIMIT};
use crate::domain::export::{ExportCommand, ExportNotice, Format, Transcript};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::time::Now;
use crate::effect::{Effect, TerminalCommand};
use crate::text::fuzzy::{self, Match};
use crate::text::parts::{self, Link};
use crate::words;

/// The list of links while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The words and the mark.
    pub picker: Picker,
    all: Vec<Link>,
    found: Vec<Match>,
}

impl Links {
    fn new(all: Vec<Link>) -> Self {
        let mut list = Self { picker: Picker::default(), all, found: Vec::new() };
        list.narrow();
        list
    }

    /// The links that fit the words, best first, each with the characters of its address that
    /// were found.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&Link, &[u32])> {
        self.found.iter().map(|found| (&self.all[found.index], &*found.at))
    }

    /// Rows without words.
    #[must_use]
    pub fn all(&self) -> usize {
        self.all.len()
    }

    /// Finds the links that fit the words.
    pub fn narrow(&mut self) {
        // The address comes first, so that what was found in it can be shown.
        let texts: Vec<_> =
            self.all.iter().map(|link| format!("{} {}", link.url, link.text)).collect();
        self.found = fuzzy::rank(self.picker.query(), texts.iter().map(String::as_str));
        self.picker.set_rows(self.found.len());
    }

    /// The address of a row.
    #[must_use]
    pub fn take(&self, row: usize) -> Option<String> {
        Some(self.all[self.found.get(row)?.index].url.clone())
    }
}

impl AppState {
    /// Messages are shown as they came.
    #[must_use]
    pub fn source(&self) -> bool {
        self.focus.source
    }

    pub(super) fn on_copying(&mut self, action: Copying, now: Now) -> Effects {
        match action {
            Copying::Message => {
                let text = self.current_entry().map(|entry| entry.text().to_owned());
                self.copy(Copied::Message, text.unwrap_or_default(), now)
            }
            Copying::Code => {
                let code = self.last_code();
                self.copy(Copied::Code, code.unwrap_or_default(), now)
            }
            Copying::Link => self.open_links(now),
            Copying::Conversation => {
                let text = crate::text::export::pasted(&self.transcript(now));
                self.copy(Copied::Conversation, text, now)
            }
            Copying::Source => {
                self.focus.source = !self.focus.source;
                Vec::new()
            }
        }
    }

    /// What the words after `/copy` mean; `None` if they mean nothing.
    pub(super) fn copying_of(rest: &str) -> Option<Copying> {
        match rest.to_lowercase().as_str() {
            "code" | "代码" => Some(Copying::Code),
            "link" | "links" | "链接" => Some(Copying::Link),
            "all" | "conversation" | "全部" | "对话" => Some(Copying::Conversation),
            "" | "message" | "消息" => Some(Copying::Message),
            _ => None,
        }
    }

    fn current_entry(&self) -> Option<&Entry> {
        self.conversations.shown().entries().get(self.current_message()?)
    }

    /// The last block of code of the current message, or of the last answer that has one.
    fn last_code(&self) -> Option<String> {
        let last = |entry: &Entry| parts::code_blocks(entry.text()).pop();
        let here = self.current_entry().and_then(last);
        let answers = self.conversations.shown().entries().iter().rev();
        here.or_else(|| answers.filter(|e| e.role() == Role::Assistant).find_map(last))
    }

    /// Lists the links of the current message, or of all if it has none.
    fn open_links(&mut self, now: Now) -> Effects {
        let mut links = self.current_entry().map(|entry| parts::links(entry.text()));
        if links.as_ref().is_none_or(Vec::is_empty) {
            let mut all: Vec<Link> = Vec::new();
            for entry in self.conversations.shown().entries().iter().rev() {
                let new = parts::links(entry.text());
                let known = |link: &Link| all.iter().any(|known| known.url == link.url);
                let new: Vec<_> = new.into_iter().filter(|link| !known(link)).collect();
                all.extend(new);
            }
            links = Some(all);
        }
        match links.unwrap_or_default() {
            links if links.is_empty() => self.copy(Copied::Link, String::new(), now),
            mut links if links.len() == 1 => {
                let url = links.pop().map(|link| link.url).unwrap_or_default();
                self.copy(Copied::Link, url, now)
            }
            links => {
                self.focus.overlay = Some(Overlay::Links(Links::new(links)));
                Vec::new()
            }
        }
    }

    /// Sends a text to the clipboard that is configured.
    pub(super) fn copy(&mut self, what: Copied, text: String, now: Now) -> Effects {
        let (notice, effect) = match &self.settings.clipboard {
            _ if text.is_empty() => (Some(CopyNotice::Nothing { what }), None),
            Clipboard::Off => (Some(CopyNotice::Off), None),
            Clipboard::Terminal => return self.copy_by_terminal(what, text, now),
            to @ (Clipboard::Tmux | Clipboard::Command(_)) => {
                // What became of it is told by whoever gives it to the program.
                (None, Some(Effect::Copy(CopyCommand { what, text, to: to.clone() })))
            }
        };
        if let Some(notice) = notice {
            self.notices.tell(Notice::new(NoticeKind::Copy(notice)), now);
        }
        effect.into_iter().collect()
    }

    fn copy_by_terminal(&mut self, what: Copied, text: String, now: Now) -> Effects {
        let bytes = text.len();
        if bytes > LIMIT {
            let notice = Notice::new(NoticeKind::Copy(CopyNotice::TooLarge { bytes }));
            self.notices.tell(notice, now);
            return Vec::new();
        }
        let characters = text.chars().count();
        let notice = Notice::new(NoticeKind::Copy(CopyNotice::Sent { what, characters }));
        self.notices.tell(notice, now);
        vec![Effect::Terminal(TerminalCommand::Clipboard(text))]
    }

    /// A text came back: tmux takes no text from a program, or the program before it hangs.
    pub(super) fn copy_refused(&mut self, command: CopyCommand, now: Now) -> Effects {
        if command.to == Clipboard::Tmux {
            return self.copy_by_terminal(command.what, command.text, now);
        }
        self.notices.tell(Notice::new(NoticeKind::Busy), now);
        Vec::new()
    }

    pub(super) fn on_export(&mut self, action: Export, to: Option<&str>, now: Now) -> Effects {
        if self.conversations.shown().entries().is_empty() {
            self.notices.tell(Notice::new(NoticeKind::Export(ExportNotice::Empty)), now);
            return Vec::new();
        }
        let format = match action {
            Export::Markdown => Format::Markdown,
            Export::Json => Format::Json,
        };
        let transcript = Box::new(self.transcript(now));
        vec![Effect::Export(ExportCommand { transcript, format, to: to.map(str::to_owned) })]
    }

    /// The conversation that is shown, with all that a file says of it.
    fn transcript(&self, now: Now) -> Transcript {
        let chat = self.conversations.shown();
        let language = self.settings.language;
        let remark = |entry: &Entry| {
            let notice = entry.facts().and_then(|facts| facts.notice.as_ref());
            notice.map(|notice| words::line(language, notice)).unwrap_or_default()
        };
        Transcript {
            conversation: chat.conversation().clone(),
            system: chat.system.clone(),
            messages: chat.entries().iter().map(Entry::to_message).collect(),
            remarks: chat.entries().iter().map(remark).collect(),
            labels: words::export::labels(language),
            now_ms: now.wall_ms,
            utc_offset_min: now.utc_offset_min,
        }
    }
}
