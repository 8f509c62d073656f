//! lian: a terminal workbench for Alibaba Cloud Bailian (DashScope).

pub mod api;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod domain;
pub mod effect;
pub mod event;
pub mod input;
pub mod service;
pub mod sim;
pub mod terminal;
pub mod text;
