//! lian: a terminal workbench for Alibaba Cloud Bailian (DashScope).

pub mod api;
pub mod catalog;
pub mod domain;
pub mod effect;
pub mod event;
pub mod input;
pub mod service;
pub mod terminal;
pub mod text;
