//! The real binary in a real terminal: what it shows, what it takes, how it leaves, and what it
//! survives. Each file holds one kind of promise; they refuse to look inside the program.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot set up its world has failed")]
#![expect(clippy::disallowed_methods, reason = "tests have clocks and files of their own")]

mod harness;

mod bad_input;
mod basics;
mod copy;
mod crash;
mod disk;
mod faults;
mod flood;
mod frames;
mod hangup;
mod hostile;
mod input;
mod inspector;
mod leaving;
mod pictures;
mod plain;
mod restart;
mod settings;
mod sizes;
mod speech;
mod suspend;
