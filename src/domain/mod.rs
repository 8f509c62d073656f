//! Facts that every room agrees on: ids, conversations, models, money, notices, settings.
//! It refuses IO, clocks, wire field names, colours and sentences.

pub mod chat;
pub mod conversations;
pub mod copy;
pub mod day;
pub mod export;
pub mod ids;
pub mod keys;
pub mod models;
pub mod money;
pub mod notice;
pub mod params;
pub mod settings;
pub mod speech;
pub mod time;
