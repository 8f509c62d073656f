//! The keys in force: the table with the user's changes. It resolves a key in a list of
//! contexts and lists the keys of an action for hints and help. It refuses files.

use std::collections::HashMap;

use super::bindings::BINDINGS;
use super::key::Key;
use crate::action::{Action, Context};

/// Keys to actions, by context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    by_key: HashMap<(Context, Key), Action>,
    /// In table order, for help.
    rows: Vec<(Context, Vec<Key>, Action)>,
}

/// A change the user made: these keys, in this context, for the action of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it holds.
    pub context: Context,
    /// The action.
    pub action: Action,
    /// Its keys from now on; none switches it off.
    pub keys: Vec<Key>,
}

/// Two actions on one key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} is bound to both {first} and {second} in {context}")]
pub struct Conflict {
    /// The key.
    pub key: Key,
    /// Where.
    pub context: &'static str,
    /// One action's name.
    pub first: &'static str,
    /// The other's.
    pub second: &'static str,
}

impl Default for KeyMap {
    fn default() -> Self {
        let rows = BINDINGS
            .iter()
            .map(|row| {
                // The table's own test proves that every spelling parses.
                let keys = row.keys.iter().filter_map(|key| key.parse().ok()).collect();
                (row.context, keys, row.action.clone())
            })
            .collect();
        Self::of(rows)
    }
}

impl KeyMap {
    fn of(rows: Vec<(Context, Vec<Key>, Action)>) -> Self {
        let mut by_key = HashMap::new();
        for (context, keys, action) in &rows {
            for key in keys {
                by_key.insert((*context, *key), action.clone());
            }
        }
        Self { by_key, rows }
    }

    /// The defaults with the user's changes. A default key that the user gives to another action
    /// moves there; two changes of the user on one key are a conflict.
    pub fn with(changes: &[Change]) -> Result<Self, Conflict> {
        let mut owner: HashMap<(Context, Key), &Action> = HashMap::new();
        for change in changes {
            for key in &change.keys {
                if let Some(first) = owner.insert((change.context, *key), &change.action)
                    && first != &change.action
                {
                    return Err(Conflict {
                        key: *key,
                        context: change.context.name(),
                        first: first.name().unwrap_or_default(),
                        second: change.action.name().unwrap_or_default(),
                    });
                }
            }
        }
        let mut rows = Self::default().rows;
        for (context, keys, _) in &mut rows {
            keys.retain(|key| !owner.contains_key(&(*context, *key)));
        }
        for change in changes {
            let row = rows.iter_mut().find(|r| r.0 == change.context && r.2 == change.action);
            match row {
                Some(row) => row.1.clone_from(&change.keys),
                None => rows.push((change.context, change.keys.clone(), change.action.clone())),
            }
        }
        Ok(Self::of(rows))
    }

    /// What a key means: the first context that binds it decides.
    #[must_use]
    pub fn resolve(&self, contexts: &[Context], key: Key) -> Option<&Action> {
        contexts.iter().find_map(|context| self.by_key.get(&(*context, key)))
    }

    /// The first key of an action in a context, for hints.
    #[must_use]
    pub fn hint(&self, context: Context, action: &Action) -> Option<Key> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.0 == context && row.2 == *action).and_then(|row| row.1.first().copied())
    }

    /// All rows of a context in table order: keys and action.
    pub fn rows(&self, context: Context) -> impl Iterator<Item = (&[Key], &Action)> {
        self.rows.iter().filter(move |row| row.0 == context).map(|row| (&*row.1, &row.2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{App, Chat, Composer, Edit};

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_context_wins() {
        let map = KeyMap::default();
        let empty = [Context::EmptyComposer, Context::Composer, Context::Global];
        assert_eq!(map.resolve(&empty, key("?")), Some(&Action::App(App::Help)));
        let filled = [Context::Composer, Context::Global];
        assert_eq!(map.resolve(&filled, key("?")), None);
        assert_eq!(
            map.resolve(&filled, key("enter")),
            Some(&Action::Composer(Composer::Edit(Edit::Send)))
        );
        assert_eq!(map.resolve(&filled, key("pageup")), Some(&Action::Chat(Chat::PageUp)));
    }

    #[test]
    fn a_changed_key_moves() {
        let change = Change {
            context: Context::Composer,
            action: Action::Composer(Composer::Edit(Edit::Newline)),
            keys: vec![key("enter")],
        };
        let map = KeyMap::with(&[change]).unwrap();
        assert_eq!(
            map.resolve(&[Context::Composer], key("enter")),
            Some(&Action::Composer(Composer::Edit(Edit::Newline)))
        );
        assert_eq!(map.resolve(&[Context::Composer], key("alt+enter")), None);
        assert_eq!(
            map.hint(Context::Composer, &Action::Composer(Composer::Edit(Edit::Send))),
            None
        );
    }

    #[test]
    fn two_changes_on_one_key_are_named() {
        let on = |edit| Change {
            context: Context::Composer,
            action: Action::Composer(Composer::Edit(edit)),
            keys: vec![key("ctrl+o")],
        };
        let conflict = KeyMap::with(&[on(Edit::Send), on(Edit::Newline)]).unwrap_err();
        assert_eq!(conflict.to_string(), "ctrl+o is bound to both send and newline in composer");
    }
}
