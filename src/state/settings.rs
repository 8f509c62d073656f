//! Settings that change while the program runs: the theme that is being tried, files that were
//! read again, the place of the key. It refuses to read or write any file.

use std::time::Duration;

use super::{AppState, Effects};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::{Place, Settings, SettingsEvent, SettingsNotice};
use crate::domain::time::Now;
use crate::effect::{Effect, SettingsCommand};

/// A theme that was looked at this long is the chosen one.
const SETTLE: Duration = Duration::from_millis(800);

/// A choice that was not written down yet.
#[derive(Debug, Default)]
pub(super) struct Choice {
    write_at: Option<Duration>,
}

impl AppState {
    /// Shows the next theme at once; it is written down when nobody goes on looking.
    pub(super) fn next_theme(&mut self, now: Now) -> Effects {
        let themes = &self.settings.themes;
        let at = themes.iter().position(|name| *name == self.settings.theme);
        let next = at.map_or(0, |at| (at + 1) % themes.len().max(1));
        let Some(name) = themes.get(next).cloned() else { return Vec::new() };
        self.settings.theme.clone_from(&name);
        self.choice.write_at = Some(now.since_start + SETTLE);
        let held_by = self.settings.theme_held_by.clone();
        self.tell_settings(SettingsNotice::Theme { name: name.clone(), held_by }, now);
        vec![Effect::Settings(SettingsCommand::ShowTheme(name))]
    }

    /// When the choice is to be written down.
    pub(super) fn choice_deadline(&self) -> Option<Duration> {
        self.choice.write_at
    }

    /// Writes the choice down if it has stood long enough, or at the end.
    pub(super) fn keep_choice(&mut self, now: Now, at_once: bool) -> Effects {
        if !self.choice.write_at.is_some_and(|at| at_once || at <= now.since_start) {
            return Vec::new();
        }
        self.choice.write_at = None;
        vec![Effect::Settings(SettingsCommand::KeepTheme(self.settings.theme.clone()))]
    }

    pub(super) fn on_settings(&mut self, event: SettingsEvent, now: Now) -> Effects {
        match event {
            SettingsEvent::KeyFound { source } => {
                self.settings.place.key = Some(source);
                Vec::new()
            }
            SettingsEvent::Changed { settings, later, more } => {
                self.take_over(*settings, later, more, now);
                self.wanted_posters()
            }
        }
    }

    /// What the files say now. Where requests go stays: answers are on their way there.
    fn take_over(&mut self, fresh: Settings, later: bool, more: bool, now: Now) {
        self.notices.dismiss_if(|kind| *kind == NoticeKind::Settings(SettingsNotice::Wrong));
        let before = std::mem::replace(&mut self.settings, fresh);
        let Place { profile, region, simulator, key, .. } = before.place.clone();
        let production = self.settings.place.production;
        self.settings.place = Place { profile, region, simulator, production, key };
        if later {
            self.settings.place.production = before.place.production;
            self.settings.budget = before.budget;
        }
        self.settings.model_given = before.model_given;
        if self.settings.pictures != before.pictures {
            self.tasks.forget_posters();
        }
        if self.choice.write_at.is_some() {
            // The reader is choosing; what the file said before is no answer to that.
            self.settings.theme.clone_from(&before.theme);
        }
        if later || more || self.settings != before {
            self.tell_settings(SettingsNotice::Changed { later }, now);
        }
    }

    fn tell_settings(&mut self, notice: SettingsNotice, now: Now) {
        self.notices.tell(Notice::new(NoticeKind::Settings(notice)), now);
    }
}
