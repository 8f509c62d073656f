//! Whole walks through the program without a terminal: keys and events go in, screens and effects
//! come out. The state, the key map and the painter are the real ones; sockets, files and clocks
//! stay outside.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod answers;
mod attachments;
mod conversations;
mod copy;
mod doctor;
mod harness;
mod input;
mod inspector;
mod keeping;
mod lanes;
mod letters;
mod many;
mod marking;
mod meters;
mod models;
mod money;
mod mouse;
mod palette;
mod params;
mod reading;
mod script;
mod sentences;
mod settings;
mod snapshots;
mod speech;
mod task_form;
mod tasks;
mod turns;
mod typing;
mod vi;
mod voices;
mod ways_out;
