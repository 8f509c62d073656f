//! lian: a terminal workbench for Alibaba Cloud Bailian (DashScope). This page is the map of the
//! house.
//!
//! Three rules explain most of it:
//!
//! 1. Everything that happens is a value: what the user **meant** is an [`action::Action`], what
//!    the world **said** an [`event::ServiceEvent`], what we **ask** of the world an
//!    [`effect::Effect`].
//! 2. One task owns all state and never waits for IO ([`runtime`]); everything else is an actor
//!    with a bounded inbox ([`service`]).
//! 3. A feature keeps the same file name in every room: `chat.rs` in [`domain`], [`api`],
//!    [`service`], [`state`], [`view`] and [`cli`]. To find a line you need a feature and a room.
//!
//! ```text
//! terminal -> input -> Action ------v
//!                                 AppState -> view -> terminal::screen
//! api -> service -> ServiceEvent ---^  |
//!           ^------ Effect <- perform -+
//! ```
//!
//! | room | lives here | never here |
//! |---|---|---|
//! | [`domain`] | what all agree on: messages, models, money, notices, settings | IO, clocks, wire names, sentences |
//! | [`catalog`] | dated data on models, prices, limits, voices, jobs, embeddings | constants of the service in code |
//! | [`words`] | every sentence a user reads, in every language | decisions |
//! | [`text`] | letters: sanitizing, width, wrapping, markdown as it streams, code roles | colours |
//! | [`action`], [`event`], [`effect`] | the three kinds of values | behaviour |
//! | [`input`] | keys, the table of bindings, from input to action | state |
//! | [`state`] | decides; three doors: `on_action`, `on_service`, `on_time` | IO, tokio, paint |
//! | [`view`] | paints borrowed state into cells | changes, IO |
//! | [`layout`], [`theme`] | rectangles; roles and their looks | panes |
//! | [`terminal`] | the fewest bytes to the next frame; entering, leaving, losing the terminal | what is drawn |
//! | [`api`] | one endpoint a file: request, wire, typed errors, diagnosis | channels, sentences |
//! | [`player`] | the framed protocol between `lian` and `lian-player` | devices, processes |
//! | [`service`] | actors: chat, tasks, downloads, attachments, doctor, audio, store, ledger, log | the application's state |
//! | [`config`] | flags, environment, files, profiles | decisions |
//! | [`cli`], [`command`] | arguments; headless twins of the panes | the screen |
//! | [`runtime`] | the loop, the start, the end; the only place that sees everything | decisions about features |
//! | [`sim`] | an HTTP server that speaks as the service does | any code of the client |
//!
//! `tests/layering.rs` holds the table of who may import whom and fails with a sentence.
//!
//! A typed `x` walks: [`terminal::events`] → [`input::translate`] → [`state::AppState::on_action`]
//! → [`state::composer`] → [`view::View::render`] → [`terminal::screen`]. A token walks:
//! [`api::sse`] → [`api::chat`] → [`service::chat`] → [`state::chat`] → [`text::markdown`] →
//! [`view`] → [`terminal::screen`].

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
pub mod player;
pub mod runtime;
pub mod service;
pub mod sim;
pub mod state;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod view;
pub mod words;
