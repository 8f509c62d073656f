//! The examination while its list is open: findings as they come, those that fit what is typed. It
//! refuses to look at anything; closing the list forgets it.

use super::focus::Overlay;
use super::picker::Picker;
use super::{AppState, Effects};
use crate::domain::copy::Copied;
use crate::domain::doctor::{Check, DoctorCommand, DoctorEvent, Name};
use crate::domain::settings::Language;
use crate::domain::time::Now;
use crate::effect::Effect;
use crate::text::fuzzy::{self, Match};
use crate::words::doctor::{Doctor as Words, next, sentence};

/// The list of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// The words and the mark.
    pub picker: Picker,
    /// More will come.
    pub running: bool,
    run: u64,
    language: Language,
    checks: Vec<Check>,
    found: Vec<Match>,
}

impl Examination {
    fn new(run: u64, language: Language) -> Self {
        Self {
            picker: Picker::default(),
            running: true,
            run,
            language,
            checks: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The findings that fit the words.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &Check> {
        self.found.iter().map(|found| &self.checks[found.index])
    }

    /// All findings so far.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The marked one.
    #[must_use]
    pub fn marked(&self) -> Option<&Check> {
        self.rows().nth(self.picker.marked())
    }

    /// Finds those that fit the words.
    pub fn narrow(&mut self) {
        let label = |name: Name| Words::Name(name).say(self.language);
        let text =
            |check: &Check| format!("{} {}", label(check.name), sentence(self.language, check));
        let texts: Vec<String> = self.checks.iter().map(text).collect();
        self.found = fuzzy::rank(self.picker.query(), texts.iter().map(String::as_str));
        self.picker.set_rows(self.found.len());
    }
}

impl AppState {
    /// Opens the list and has everything looked at.
    pub(super) fn examine(&mut self) -> Effects {
        // Grows with every action, so that what an earlier examination still says is known by it.
        let run = self.happened;
        let examination = Examination::new(run, self.settings.language);
        self.focus.overlay = Some(Overlay::Doctor(Box::new(examination)));
        vec![Effect::Doctor(DoctorCommand { run })]
    }

    /// Something was found, or everything was looked at.
    pub(super) fn on_doctor(&mut self, event: DoctorEvent) -> Effects {
        let Some(Overlay::Doctor(examination)) = &mut self.focus.overlay else {
            return Vec::new();
        };
        match event {
            DoctorEvent::Found { run, check } if run == examination.run => {
                examination.checks.push(*check);
                examination.narrow();
            }
            DoctorEvent::Ended { run } if run == examination.run => examination.running = false,
            // Of a list that was closed.
            DoctorEvent::Found { .. } | DoctorEvent::Ended { .. } => {}
        }
        Vec::new()
    }

    /// A row is taken: its sentence and next step are copied, and the list stays.
    pub(super) fn take_finding(&mut self, examination: Box<Examination>, now: Now) -> Effects {
        let language = examination.language;
        let text = examination.marked().map(|check| {
            let name = Words::Name(check.name).say(language);
            let mut lines = vec![format!("{name}: {}", sentence(language, check))];
            lines.extend(next(language, check));
            lines.join("\n")
        });
        self.focus.overlay = Some(Overlay::Doctor(examination));
        self.copy(Copied::Notice, text.unwrap_or_default(), now)
    }
}
