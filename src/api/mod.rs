//! The client of the service: one endpoint a file, request and wire structs in, domain types
//! out, every text sanitized on the way. It refuses channels, state and sentences; `diagnose`
//! says what an error is, `words` says it to the user.

pub mod call;
pub mod chat;
pub mod client;
pub mod diagnose;
pub mod document;
mod envelope;
pub mod error;
mod fields;
mod loose;
pub mod region;
pub mod reply;
mod results;
pub mod retry;
pub mod sse;
pub mod tasks;

#[cfg(test)]
pub(crate) mod testing;
