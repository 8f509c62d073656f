//! Which rows belong together: the snapshots of an alias, newest first, and what could take the
//! place of a model that ends. It knows ids and rows, and refuses dates of today.

use super::models::ModelRow;
use super::{Catalog, alias, near};
use crate::domain::models::Purpose;

/// Suggestions that fit into a sentence.
const MOST: usize = 2;

impl Catalog {
    /// The alias an id is a snapshot or the `-latest` of, if there is a row of it.
    #[must_use]
    pub fn alias_of(&self, id: &str) -> Option<&ModelRow> {
        self.models.row(&alias::of(id)?.id)
    }

    /// An id with a date: it is pinned and stays what it is.
    #[must_use]
    pub fn is_pinned(id: &str) -> bool {
        alias::of(id).is_some_and(|alias| alias.dated)
    }

    /// The snapshots of an alias, newest first. An id without a year (`-0112`) names a day of a
    /// year nobody wrote down: those come after the others, newest day first.
    #[must_use]
    pub fn snapshots(&self, id: &str) -> Vec<&ModelRow> {
        let of = |row: &&ModelRow| alias::of(&row.id).is_some_and(|a| a.dated && a.id == id);
        let mut rows: Vec<_> = self.models.rows().iter().filter(of).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.id.len(), row.id.as_str())));
        rows
    }

    /// What could take the place of a model that ends: of the same purpose, not ending itself and
    /// no other form of it; of its own family and spelled alike first. Two at most.
    #[must_use]
    pub fn instead(&self, row: &ModelRow) -> Vec<&str> {
        let fits = |other: &&ModelRow| {
            other.id != row.id
                && other.retires.is_none()
                && other.purpose() == row.purpose()
                && (row.purpose() != Purpose::Chat || other.takes("image") || !row.takes("image"))
                && other.regions.is_empty()
                && alias::of(&other.id).is_none()
        };
        let others: Vec<_> = self.models.rows().iter().filter(fits).collect();
        let family = || others.iter().filter(|other| other.family == row.family);
        let ids = family().map(|other| other.id.as_str());
        let alike = near::near(ids, &row.id, row.like.as_deref());
        let found = alike.iter().filter_map(|id| others.iter().find(|other| other.id == *id));
        // Of the rest those that take no more kinds of input than needed, as the file has them.
        let same = others.iter().filter(|other| other.modality == row.modality);
        let mut ids: Vec<&str> = Vec::new();
        for other in found.chain(family()).chain(same) {
            if !ids.contains(&other.id.as_str()) {
                ids.push(&other.id);
            }
        }
        ids.truncate(MOST);
        ids
    }
}
