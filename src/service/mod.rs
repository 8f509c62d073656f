//! The actors: whatever waits, repeats or owns a resource, one file each, one shape (`Deps`,
//! `Handle`, `spawn`): a bounded inbox, events upwards. It refuses the application's state and
//! the screen.

pub mod attachments;
pub mod audio;
mod bell;
pub mod chat;
pub mod clipboard;
pub mod connect;
pub mod doctor;
pub mod downloads;
pub mod editor;
pub mod errands;
pub mod export;
pub mod highlight;
pub mod inbox;
pub mod keys;
pub mod ledger;
pub mod log;
pub mod meters;
pub mod models;
mod posters;
mod private;
pub mod speech;
pub mod store;
pub mod tasks;
