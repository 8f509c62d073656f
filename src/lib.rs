//! lian: a terminal workbench for Alibaba Cloud Bailian (DashScope).

pub mod domain;
pub mod effect;
pub mod event;
pub mod input;
pub mod text;
