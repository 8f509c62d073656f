//! What waits, repeats or owns a resource: one actor a file, each with a bounded inbox and one
//! shape (`Deps`, `Handle`, `spawn`). It refuses to decide and to paint.

pub mod chat;
