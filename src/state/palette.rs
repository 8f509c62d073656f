//! The palette: every action that has a name, found by its words; and commands, which are actions
//! found by a short name after `/`. It refuses to do them: it answers with the action.

use super::picker::Picker;
use crate::action::{Action, COMMANDS};
use crate::domain::settings::Language;
use crate::text::fuzzy::{self, Match};
use crate::words;

/// What the palette offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Every action.
    Actions,
    /// Those with a command's name; words after it are for the list it opens.
    Commands,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// What it is called after `/`.
    pub command: Option<&'static str>,
    /// What it does, in the language of the interface.
    pub label: &'static str,
    /// What is searched. It begins with the command or the label: whichever is shown first.
    text: String,
}

/// The palette while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// The words and the mark.
    pub picker: Picker,
    /// What is offered.
    pub offer: Offer,
    entries: Vec<Entry>,
    found: Vec<Match>,
}

impl Palette {
    /// Opens it.
    #[must_use]
    pub fn new(offer: Offer, language: Language) -> Self {
        let entries = match offer {
            Offer::Actions => {
                let commands = COMMANDS.iter().map(|(_, action)| action.clone());
                let offered = Action::named().filter(Action::offered);
                // What has a command is asked for most: it comes first, in the commands' order.
                let rest = offered.filter(|action| !COMMANDS.iter().any(|(_, of)| of == action));
                let entries = commands.chain(rest).filter_map(|action| {
                    let command = COMMANDS.iter().find(|(_, of)| *of == action);
                    Entry::new(action, command.map(|(name, _)| *name), offer, language)
                });
                entries.collect::<Vec<_>>()
            }
            Offer::Commands => COMMANDS
                .iter()
                .filter_map(|(name, action)| {
                    Entry::new(action.clone(), Some(name), offer, language)
                })
                .collect(),
        };
        let mut palette = Self { picker: Picker::default(), offer, entries, found: Vec::new() };
        palette.narrow();
        palette
    }

    /// The rows that fit the words, best first, each with the characters that were found.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&Entry, &[u32])> {
        self.found.iter().map(|found| (&self.entries[found.index], &*found.at))
    }

    /// Rows without words.
    #[must_use]
    pub fn all(&self) -> usize {
        self.entries.len()
    }

    /// Finds the rows that fit the words.
    pub fn narrow(&mut self) {
        let query = match self.offer {
            Offer::Actions => self.picker.query(),
            Offer::Commands => split(self.picker.query()).0,
        };
        self.found = fuzzy::rank(query, self.entries.iter().map(|entry| entry.text.as_str()));
        if self.offer == Offer::Commands && !query.is_empty() {
            // Whoever types a whole name means it, whatever longer one begins with it; names that
            // only hold these letters come last.
            self.found.sort_by_key(|found| {
                let name = self.entries[found.index].command.unwrap_or_default();
                if name.starts_with(query) { name.len() } else { usize::MAX }
            });
        }
        self.picker.set_rows(self.found.len());
    }

    /// The action of a row, and the words that follow the command's name.
    #[must_use]
    pub fn take(&self, row: usize) -> Option<(Action, String)> {
        let entry = &self.entries[self.found.get(row)?.index];
        let rest = match self.offer {
            Offer::Actions => "",
            Offer::Commands => split(self.picker.query()).1,
        };
        Some((entry.action.clone(), rest.to_owned()))
    }

    /// What was typed after `/` is no command: then it is the beginning of a message.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.offer == Offer::Commands && (self.found.is_empty() || self.holds_path())
    }

    /// A slash among the words is one of a path, unless it comes after the name of a command.
    #[must_use]
    pub fn holds_path(&self) -> bool {
        let query = self.picker.query();
        let (name, _) = split(query);
        query.contains('/') && !COMMANDS.iter().any(|(known, _)| *known == name)
    }
}

impl Entry {
    fn new(
        action: Action,
        command: Option<&'static str>,
        offer: Offer,
        language: Language,
    ) -> Option<Self> {
        let (name, english) = (action.name()?, action.doc()?);
        let label = words::action(language, name, english);
        let text = match (offer, command) {
            (Offer::Commands, Some(command)) => command.to_owned(),
            (Offer::Actions | Offer::Commands, _) => {
                let english = if label == english { "" } else { english };
                format!("{label} {english} {name} /{}", command.unwrap_or(""))
            }
        };
        Some(Self { action, command, label, text })
    }
}

/// A command's name and what follows it.
fn split(query: &str) -> (&str, &str) {
    let query = query.trim_start();
    query.split_once(' ').map_or((query, ""), |(name, rest)| (name, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{App, Composer, Conversations};

    fn palette(offer: Offer, language: Language, typed: &str) -> Palette {
        let mut palette = Palette::new(offer, language);
        for c in typed.chars() {
            palette.picker.on_edit(&Composer::Insert(c));
            palette.narrow();
        }
        palette
    }

    fn best(offer: Offer, language: Language, typed: &str) -> Action {
        palette(offer, language, typed).take(0).unwrap().0
    }

    #[test]
    fn actions_are_found_in_both_languages_and_by_their_names() {
        let new = Action::Conversations(Conversations::New);
        assert_eq!(best(Offer::Actions, Language::En, "new conv"), new);
        assert_eq!(best(Offer::Actions, Language::ZhCn, "新对话"), new);
        assert_eq!(best(Offer::Actions, Language::ZhCn, "new_conv"), new);
        assert_eq!(best(Offer::Actions, Language::En, "/quit"), Action::App(App::Quit));
    }

    #[test]
    fn every_offered_action_is_there() {
        let offered = Action::named().filter(Action::offered).count();
        assert_eq!(Palette::new(Offer::Actions, Language::En).rows().len(), offered);
    }

    #[test]
    fn a_whole_command_is_meant_though_a_longer_one_begins_with_it() {
        for (name, action) in COMMANDS {
            assert_eq!(best(Offer::Commands, Language::En, name), *action, "{name}");
        }
    }

    #[test]
    fn what_is_asked_for_most_comes_first_and_quitting_is_not_among_it() {
        for offer in [Offer::Actions, Offer::Commands] {
            assert_eq!(best(offer, Language::En, ""), Action::Conversations(Conversations::New));
        }
        let rows = palette(Offer::Commands, Language::En, "");
        let last = rows.take(COMMANDS.len() - 1).map(|(action, _)| action);
        assert_eq!(last, Some(Action::App(App::Quit)));
    }

    #[test]
    fn a_command_takes_words_with_it() {
        let palette = palette(Offer::Commands, Language::En, "new  of cats ");
        let new = Action::Conversations(Conversations::New);
        assert_eq!(palette.take(0), Some((new, "of cats".to_owned())));
    }

    #[test]
    fn what_is_no_command_is_a_message() {
        assert!(palette(Offer::Commands, Language::En, "usr/bin").is_message());
        assert!(palette(Offer::Commands, Language::En, "zzz").is_message());
        assert!(!palette(Offer::Commands, Language::En, "q").is_message());
        assert!(!palette(Offer::Actions, Language::En, "zzz").is_message());
    }
}
