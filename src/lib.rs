//! lian: a terminal workbench for Alibaba Cloud Bailian (DashScope).

pub mod action;
pub mod api;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod domain;
pub mod effect;
pub mod event;
pub mod input;
pub mod layout;
pub mod runtime;
pub mod service;
pub mod sim;
pub mod state;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod view;
pub mod words;
