//! The client of the service: one endpoint a file, request and wire structs in, domain types
//! out, every text sanitized on the way. It refuses channels, state and sentences; `diagnose`
//! says what an error is, `words` says it to the user.

pub mod call;
pub mod certificate;
pub mod chat;
pub mod client;
pub mod diagnose;
pub mod doctor;
pub mod document;
pub mod embeddings;
mod envelope;
pub mod error;
mod fields;
pub mod files;
pub mod images;
pub mod inspector;
pub mod jobs;
mod loose;
pub mod meters;
mod pcm;
pub mod proxy;
pub mod region;
pub mod reply;
pub mod rerank;
mod results;
pub mod retry;
pub mod speech;
pub mod sse;
pub mod stream;
pub mod tasks;
pub mod upload;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
pub(crate) mod testing;
