//! Questions asked before, and where the user is among them. It refuses to search: the overlay of
//! the history does.

/// Questions asked before.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Oldest first.
    entries: Vec<String>,
    /// Which entry is shown; `None` while the user's own draft is.
    at: Option<usize>,
    /// The draft that was there before going back.
    draft: String,
}

/// What to show now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// An earlier question.
    Entry(String),
    /// The user's own draft again.
    Draft(String),
}

impl History {
    pub(super) fn of(entries: Vec<String>) -> Self {
        Self { entries, ..Self::default() }
    }

    /// Oldest first.
    pub(super) fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Something else is written: the place among the questions is left.
    pub(super) fn leave(&mut self) {
        self.at = None;
    }

    /// Remembers a question; the same twice in a row is one.
    pub(super) fn add(&mut self, text: &str) {
        if self.entries.last().is_none_or(|last| last != text) {
            self.entries.push(text.to_owned());
        }
    }

    /// To the question before; `draft` is what is written now.
    pub(super) fn back(&mut self, draft: impl FnOnce() -> String) -> Option<Shown> {
        let at = match self.at {
            None => self.entries.len().checked_sub(1),
            Some(at) => at.checked_sub(1),
        }?;
        if self.at.is_none() {
            self.draft = draft();
        }
        self.at = Some(at);
        self.entries.get(at).cloned().map(Shown::Entry)
    }

    /// To the next question, and after the last one to the draft.
    pub(super) fn forward(&mut self) -> Option<Shown> {
        let next = self.at? + 1;
        if let Some(entry) = self.entries.get(next) {
            self.at = Some(next);
            return Some(Shown::Entry(entry.clone()));
        }
        self.at = None;
        Some(Shown::Draft(std::mem::take(&mut self.draft)))
    }
}
