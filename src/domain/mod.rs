//! Facts that every room agrees on: ids, conversations, models, money, notices, settings.
//! It refuses IO, clocks, wire field names, colours and sentences.

pub mod attachments;
pub mod audio;
pub mod chat;
pub mod conversations;
pub mod copy;
pub mod day;
pub mod doctor;
pub mod embeddings;
pub mod errands;
pub mod export;
pub mod ids;
pub mod inspector;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod meters;
pub mod models;
pub mod money;
pub mod notice;
pub mod params;
pub mod pictures;
pub mod rerank;
pub mod settings;
pub mod speech;
pub mod surface;
pub mod tasks;
pub mod time;
