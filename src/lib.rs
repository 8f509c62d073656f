//! lian: a terminal workbench for Alibaba Cloud Bailian (DashScope).

pub mod cli;
pub mod command;
pub mod domain;
pub mod effect;
pub mod event;
pub mod input;
pub mod sim;
