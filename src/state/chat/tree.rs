//! The messages of a conversation as a tree, of which one path is shown. It owns which child of a
//! message was last looked at; it refuses to know what the messages say.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::entry::Entry;
use super::sums::Sums;
use crate::domain::chat::Message;
use crate::domain::ids::MessageId;

/// A tree of messages; the path from its root to one leaf is at hand as a slice, everything else
/// lies aside, so that what is long costs nothing while it is not shown.
#[derive(Debug, Default)]
pub(super) struct Tree {
    path: Vec<Entry>,
    /// Where each message of the path is in it.
    places: HashMap<MessageId, usize>,
    aside: HashMap<MessageId, Entry>,
    /// Messages by the one they follow, in the order they were added.
    children: HashMap<Option<MessageId>, Vec<MessageId>>,
    /// The child that was shown last where there are several.
    chosen: HashMap<Option<MessageId>, MessageId>,
    /// The figures of the path, while they hold.
    sums: OnceCell<Sums>,
}

impl Tree {
    /// A tree of stored messages, shown down to `leaf`, or to the newest if that is not there.
    pub(super) fn new(mut messages: Vec<Message>, leaf: Option<MessageId>) -> Self {
        let mut at = HashMap::with_capacity(messages.len());
        for (i, message) in messages.iter_mut().enumerate() {
            // A parent comes before its children: anything else would be a circle or an orphan.
            message.parent = message.parent.filter(|parent| at.contains_key(parent));
            at.insert(message.id, i);
        }
        let newest = messages.last().map(|message| message.id);
        let mut shown = HashSet::new();
        let mut next = leaf.filter(|leaf| at.contains_key(leaf)).or(newest);
        while let Some(id) = next {
            shown.insert(id);
            next = at.get(&id).and_then(|i| messages[*i].parent);
        }
        let mut tree = Self::default();
        for message in messages {
            let id = message.id;
            tree.children.entry(message.parent).or_default().push(id);
            let entry = Entry::new(message);
            if shown.contains(&id) {
                tree.push(entry);
            } else {
                tree.aside.insert(id, entry);
            }
        }
        // Below the stored leaf there may be more: a path always ends where nothing follows.
        tree.descend();
        tree
    }

    /// The messages that are shown, from the first to the last.
    pub(super) fn path(&self) -> &[Entry] {
        &self.path
    }

    /// A message of the path.
    pub(super) fn path_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.path.get_mut(index)
    }

    /// The messages of the path, to change them.
    pub(super) fn all_shown_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Entry> {
        self.path.iter_mut()
    }

    /// Where a message is on the path.
    pub(super) fn index(&self, id: MessageId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// Any message, shown or not.
    pub(super) fn get(&self, id: MessageId) -> Option<&Entry> {
        match self.places.get(&id) {
            Some(at) => self.path.get(*at),
            None => self.aside.get(&id),
        }
    }

    /// Any message, shown or not.
    pub(super) fn get_mut(&mut self, id: MessageId) -> Option<&mut Entry> {
        match self.places.get(&id) {
            Some(at) => self.path.get_mut(*at),
            None => self.aside.get_mut(&id),
        }
    }

    /// The figures of the messages that are shown.
    pub(super) fn sums(&self) -> &Sums {
        self.sums.get_or_init(|| Sums::of(&self.path))
    }

    /// The figures of a message changed.
    pub(super) fn forget_sums(&mut self) {
        self.sums.take();
    }

    /// Whether the figures are kept; for tests.
    #[cfg(test)]
    pub(super) fn keeps_sums(&self) -> bool {
        self.sums.get().is_some()
    }

    /// The last message that is shown.
    pub(super) fn leaf(&self) -> Option<MessageId> {
        self.path.last().map(Entry::id)
    }

    /// Adds a message after the one it names, which must be shown, and shows it.
    pub(super) fn add(&mut self, entry: Entry) {
        let parent = entry.message.parent.filter(|parent| self.places.contains_key(parent));
        let keep = parent.map_or(0, |parent| self.places[&parent] + 1);
        self.cut(keep);
        let mut entry = entry;
        entry.message.parent = parent;
        self.children.entry(parent).or_default().push(entry.id());
        self.push(entry);
    }

    /// The messages that follow one, in the order they were added.
    pub(super) fn following(&self, id: MessageId) -> impl Iterator<Item = &Entry> {
        let all = self.children.get(&Some(id)).map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(|child| self.get(*child))
    }

    /// Which of its siblings a message is, from 1, and how many there are.
    pub(super) fn siblings(&self, id: MessageId) -> (usize, usize) {
        let Some(entry) = self.get(id) else { return (1, 1) };
        let all = self.children.get(&entry.message.parent).map_or(&[][..], Vec::as_slice);
        match all {
            [] | [_] => (1, 1),
            all => (all.iter().position(|of| *of == id).map_or(1, |at| at + 1), all.len()),
        }
    }

    /// Shows the sibling `by` places further in the place of a message that is shown, and below it
    /// what was shown there last. Answers with the sibling; `None` if there is none.
    pub(super) fn step(&mut self, id: MessageId, by: isize) -> Option<MessageId> {
        let at = self.index(id)?;
        let all = self.children.get(&self.path[at].message.parent)?;
        let next = all.iter().position(|of| *of == id)?.checked_add_signed(by)?;
        let sibling = *all.get(next)?;
        self.cut(at);
        let entry = self.aside.remove(&sibling)?;
        self.push(entry);
        self.descend();
        Some(sibling)
    }

    /// Goes down from the last message that is shown to where nothing follows.
    fn descend(&mut self) {
        loop {
            let leaf = self.leaf();
            let Some(all) = self.children.get(&leaf) else { return };
            let chosen = self.chosen.get(&leaf).filter(|id| self.aside.contains_key(id));
            let Some(next) = chosen.or_else(|| all.last()).copied() else { return };
            let Some(entry) = self.aside.remove(&next) else { return };
            self.push(entry);
        }
    }

    fn push(&mut self, entry: Entry) {
        self.forget_sums();
        self.places.insert(entry.id(), self.path.len());
        self.path.push(entry);
    }

    /// Puts everything from a place on aside, and remembers that it was shown.
    fn cut(&mut self, keep: usize) {
        self.forget_sums();
        for entry in self.path.drain(keep.min(self.path.len())..) {
            let id = entry.id();
            self.places.remove(&id);
            self.chosen.insert(entry.message.parent, id);
            self.aside.insert(id, entry);
        }
    }

    /// Whether the tree holds together; for tests.
    #[cfg(test)]
    pub(super) fn check(&self) {
        let mut parent = None;
        for (at, entry) in self.path.iter().enumerate() {
            assert_eq!(entry.message.parent, parent, "the path is a path");
            assert_eq!(self.places.get(&entry.id()), Some(&at));
            assert!(!self.aside.contains_key(&entry.id()));
            parent = Some(entry.id());
        }
        assert_eq!(self.places.len(), self.path.len());
        assert!(!self.children.contains_key(&parent), "the path ends where nothing follows");
        assert_eq!(*self.sums(), Sums::of(&self.path), "figures are those of the path");
        let known: usize = self.children.values().map(Vec::len).sum();
        assert_eq!(known, self.path.len() + self.aside.len(), "every message has one place");
        for (parent, all) in &self.children {
            assert!(parent.is_none_or(|parent| self.get(parent).is_some()));
            for id in all {
                assert_eq!(self.get(*id).unwrap().message.parent, *parent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::{AnswerFacts, MessageState, Role};
    use crate::domain::money::{Currency, Money};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn message(id: i64, parent: Option<i64>) -> Message {
        Message {
            id: MessageId(id),
            parent: parent.map(MessageId),
            role: if id % 2 == 0 { Role::User } else { Role::Assistant },
            text: String::new(),
            attachments: Vec::new(),
            reasoning: String::new(),
            state: MessageState::Complete,
            created_ms: 0,
            // Figures of its own, so that no two paths have the same.
            facts: Some(AnswerFacts {
                cost: Some(Money {
                    amount: Decimal::from(1_i64 << (id % 60)),
                    currency: Currency::Cny,
                }),
                ..AnswerFacts::default()
            }),
        }
    }

    fn ids(tree: &Tree) -> Vec<i64> {
        tree.path().iter().map(|entry| entry.id().0).collect()
    }

    #[test]
    fn a_stored_leaf_is_shown_and_the_others_are_found_beside_it() {
        let messages = vec![
            message(0, None),
            message(1, Some(0)),
            message(2, Some(1)),
            message(3, Some(2)),
            message(5, Some(0)),
        ];
        let mut tree = Tree::new(messages.clone(), Some(MessageId(3)));
        tree.check();
        assert_eq!(ids(&tree), [0, 1, 2, 3]);
        assert_eq!(tree.siblings(MessageId(1)), (1, 2));
        assert_eq!(tree.siblings(MessageId(0)), (1, 1));
        assert_eq!(tree.step(MessageId(1), 1), Some(MessageId(5)));
        assert_eq!(ids(&tree), [0, 5]);
        assert_eq!(tree.step(MessageId(5), 1), None);
        assert_eq!(tree.step(MessageId(5), -1), Some(MessageId(1)));
        assert_eq!(ids(&tree), [0, 1, 2, 3], "what was below is below again");
        tree.check();
        assert_eq!(ids(&Tree::new(messages, None)), [0, 5], "without a leaf the newest is shown");
    }

    #[test]
    fn circles_and_orphans_are_no_trap() {
        let messages = vec![message(0, Some(2)), message(2, Some(0)), message(4, Some(99))];
        for leaf in [None, Some(MessageId(0)), Some(MessageId(2)), Some(MessageId(7))] {
            let tree = Tree::new(messages.clone(), leaf);
            tree.check();
            assert!(!tree.path().is_empty());
        }
    }

    proptest! {
        /// Whatever is added and whichever branch is looked at: it stays a tree, and what is shown
        /// is a path of it; and so does what comes back from the store.
        #[test]
        fn any_sequence_keeps_a_tree(steps in prop::collection::vec((0_u8..4, any::<prop::sample::Index>(), any::<bool>()), 1..60)) {
            let mut tree = Tree::default();
            let mut stored: Vec<Message> = Vec::new();
            for (kind, index, forward) in steps {
                let path = ids(&tree);
                let id = stored.len() as i64;
                let at = (!path.is_empty()).then(|| path[index.index(path.len())]);
                match (kind, at) {
                    (0 | 1, _) | (_, None) => {
                        let new = message(id, path.last().copied());
                        stored.push(new.clone());
                        tree.add(Entry::new(new));
                    }
                    (2, Some(at)) => {
                        // A branch beside a message that is shown.
                        let parent = tree.get(MessageId(at)).unwrap().message.parent;
                        let new = message(id, parent.map(|parent| parent.0));
                        stored.push(new.clone());
                        tree.add(Entry::new(new));
                    }
                    (_, Some(at)) => {
                        tree.step(MessageId(at), if forward { 1 } else { -1 });
                    }
                }
                tree.check();
                let again = Tree::new(stored.clone(), tree.leaf());
                again.check();
                prop_assert_eq!(ids(&again), ids(&tree));
            }
        }
    }
}
