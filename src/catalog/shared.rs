//! The catalog in force, handed to everybody who asks it: the shipped rows until the user's own
//! were read. It refuses to read them; `config` does, in a thread of its own.

use std::sync::{Arc, OnceLock};

use super::Catalog;

/// A handle to the catalog in force; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<OnceLock<Arc<Catalog>>>);

impl Shared {
    /// The catalog in force.
    #[must_use]
    pub fn get(&self) -> Arc<Catalog> {
        self.0.get().map_or_else(Catalog::embedded, Arc::clone)
    }

    /// Puts a catalog in force. Once: a second one changes nothing, so that figures do not change
    /// under those who have seen them.
    pub fn put(&self, catalog: Catalog) {
        drop(self.0.set(Arc::new(catalog)));
    }
}
