//! The house keeps its shape: who may import whom, which crate belongs to which room, and how a
//! file looks. Each fault is one sentence with its place; a new room begins with a row here.

#![expect(clippy::expect_used, reason = "a test that cannot read the sources has failed")]
#![expect(clippy::disallowed_methods, reason = "the sources are what is tested")]

#[path = "layering/house.rs"]
mod house;
#[path = "layering/reader.rs"]
mod reader;

use std::fmt::Write as _;
use std::path::Path;

use reader::{Mention, Source};

/// A room of `src/`, what it may import besides itself, and why no more.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
    why: &'static str,
}

const fn room(name: &'static str, may: &'static [&'static str], why: &'static str) -> Room {
    Room { name, may, why }
}

/// The table. `input::keymap` allows only that part of a room, `*` allows every room.
const TABLE: &[Room] = &[
    room("domain", &[], "facts that all rooms agree on depend on none of them"),
    room("text", &["domain"], "letters know nothing of screens, services or decisions"),
    room("catalog", &["domain"], "dated rows know only what they are about"),
    room("layout", &["domain"], "rectangles do not depend on what is painted into them"),
    room("cli", &["domain"], "arguments are read before anything else exists"),
    room("words", &["domain"], "sentences are chosen by kind, not by looking around"),
    room("action", &["domain"], "what a user can mean does not depend on who does it"),
    room("effect", &["domain"], "a wish does not know who fulfils it"),
    room("event", &["domain", "effect"], "what happened does not know who is told"),
    room("input", &["action", "domain"], "keys name actions, they never do them"),
    room("theme", &["text", "domain"], "a theme fills roles, it does not know where they appear"),
    room(
        "config",
        &["action", "input", "theme", "domain", "catalog"],
        "files and environment are read, not acted upon",
    ),
    room(
        "state",
        // `words` for one thing: the palette searches actions by what they are called.
        &["action", "event", "effect", "domain", "catalog", "text", "layout", "words"],
        "it decides with plain data, and whoever does things is told by effects",
    ),
    room(
        "view",
        &[
            "state",
            "action",
            "input::key",
            "input::keymap",
            "layout",
            "text",
            "theme",
            "words",
            "domain",
            "catalog",
        ],
        "it paints what state holds, without doing or asking anything",
    ),
    room(
        "api",
        &["domain", "catalog", "text"],
        "an endpoint turns bytes into domain values and knows no channel, pane or sentence",
    ),
    room(
        "sim",
        &["domain", "catalog"],
        "it is written from the wire facts alone, so that no mistake of the client is shared",
    ),
    room(
        "terminal",
        &["input", "layout"],
        "it moves cells and keys without knowing what they mean",
    ),
    room(
        "service",
        &["api", "event", "effect", "domain", "catalog", "config", "text", "player"],
        "an actor reports by events and never sees the state or the screen",
    ),
    room("player", &["domain"], "the protocol is spoken by two programs"),
    room("bin", &["player", "domain"], "the player must start where nothing else of lian is"),
    room(
        "command",
        &[
            "cli", "api", "service", "event", "effect", "config", "input", "domain", "catalog",
            "text", "words", "sim",
        ],
        "a headless command has no screen",
    ),
    room("runtime", &["*"], "it is the one place that sees everything"),
    room("main", &["cli", "command", "runtime"], "it parses, starts and returns an exit code"),
    room("lib", &["*"], "it lists the rooms"),
];

/// A crate and the only places that may use it: rooms, or files and folders in a room.
struct Keeper {
    name: &'static str,
    at: &'static [&'static str],
    why: &'static str,
}

const fn keeper(name: &'static str, at: &'static [&'static str], why: &'static str) -> Keeper {
    Keeper { name, at, why }
}

const KEEPERS: &[Keeper] = &[
    keeper("crossterm", &["terminal"], "all others speak of keys and cells in our own words"),
    keeper(
        "ratatui",
        &["terminal", "view", "theme", "layout", "runtime", "state/composer"],
        "only what paints knows cells and styles",
    ),
    keeper(
        "tui_textarea",
        &["state/composer", "view"],
        "the composer alone owns the text area, and only the painter sets its look",
    ),
    keeper(
        "tokio",
        &["api", "service", "sim", "runtime", "command", "terminal", "player", "bin", "main"],
        "whoever decides or paints never waits",
    ),
    keeper("reqwest", &["api"], "only an endpoint touches a socket of the service"),
    keeper(
        "notify",
        &["runtime/reload", "service/bell"],
        "two things are watched: the configuration, and the bell of other processes",
    ),
    keeper("toml_edit", &["config/edit"], "the user's file has one writer, who keeps comments"),
    keeper("keyring", &["service/keys"], "keys come one way, in their order"),
    keeper("cpal", &["bin/lian-player/speaker"], "one file knows the device's library"),
    keeper("rubato", &["bin/lian-player/resample"], "one file changes rates"),
    keeper("rtrb", &["bin/lian-player"], "samples pass between two threads of the player only"),
    keeper("axum", &["sim"], "only the simulator serves"),
    keeper(
        "rusqlite",
        &["service/store", "service/ledger", "service/tasks"],
        "user data has one writer, money one gate; whoever asks the store says it in SQL of its own",
    ),
];

/// What `domain` may use at all, its tests included; `proptest` in tests only.
const PURE: &[&str] = &["std", "core", "alloc", "rust_decimal", "jiff", "thiserror"];

/// Parts of `std` that read the world.
const IMPURE: &[&str] = &["fs", "io", "net", "process", "env", "thread", "os"];

/// Where a line on stdout or stderr is an answer and not soil on the screen.
const SPEAKERS: &[&str] = &["main", "command", "bin"];

/// The faults of one source, as sentences.
///
/// Test modules may import what they like, for a test often stands between two rooms. Two rules
/// hold for them too: `domain` stays pure, and `api` and `sim` never meet, because a test that
/// uses one to check the other would hide the mistake both make.
fn faults(source: &Source, text: &str) -> Vec<String> {
    let (path, room) = (source.name(), source.room());
    let Some(rules) = TABLE.iter().find(|row| row.name == room) else {
        return vec![format!("{path}:1: the room `{room}` has no row in the table")];
    };
    let mentions = match reader::read(source, text) {
        Ok(mentions) => mentions,
        Err(error) => return vec![format!("{path}: cannot be parsed: {error}")],
    };
    let mut faults = Vec::new();
    for mention in &mentions {
        let fault = match mention {
            Mention::Room { path, test, .. } => room_fault(rules, path, *test),
            Mention::Crate { path, test, .. } => crate_fault(source, path, *test),
            Mention::Print { name, test, .. } => (!test && !SPEAKERS.contains(&room.as_str()))
                .then(|| format!("prints with `{name}!`: only main and command speak to a shell")),
        };
        if let Some(fault) = fault {
            faults.push(format!("{path}:{}: {fault}", mention.line()));
        }
    }
    faults.dedup();
    faults
}

fn room_fault(rules: &Room, path: &[String], test: bool) -> Option<String> {
    let to = path.first()?;
    let separate = [("api", "sim"), ("sim", "api")].contains(&(rules.name, to.as_str()));
    if to == rules.name || (test && rules.name != "domain" && !separate) {
        return None;
    }
    let allowed = rules.may.iter().any(|entry| {
        *entry == "*" || entry.split("::").eq(path.iter().take(entry.split("::").count()))
    });
    if allowed {
        return None;
    }
    let whole = path.join("::");
    if !TABLE.iter().any(|row| row.name == to) {
        // A macro or a re-export at the root of the crate: no room of its own.
        return None;
    }
    let list = match rules.may {
        [] => "nothing".to_owned(),
        may => may.join(", "),
    };
    Some(format!("imports `crate::{whole}`, but {} may import {list}: {}", rules.name, rules.why))
}

fn crate_fault(source: &Source, path: &[String], test: bool) -> Option<String> {
    let name = path.first()?.as_str();
    if source.room() == "domain" {
        return domain_fault(path, test);
    }
    if test {
        return None;
    }
    let keeper = KEEPERS.iter().find(|keeper| keeper.name == name)?;
    if keeper.at.iter().any(|place| source.is_in(place)) {
        return None;
    }
    let whole = path.join("::");
    Some(format!("uses `{whole}`, which belongs to {}: {}", keeper.at.join(", "), keeper.why))
}

fn domain_fault(path: &[String], test: bool) -> Option<String> {
    let whole = path.join("::");
    let name = path.first()?.as_str();
    let pure = PURE.contains(&name) || (test && name == "proptest");
    if !pure {
        return reader::is_dependency(name)
            .then(|| format!("uses `{whole}`, but domain may use {}", PURE.join(", ")));
    }
    let second = path.get(1).map_or("", String::as_str);
    (name == "std" && IMPURE.contains(&second))
        .then(|| format!("uses `{whole}`, but domain does no IO and knows no machine"))
}

/// Every file of `src` with its text, by name.
fn sources() -> Vec<(Source, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(root).expect("below the root");
                let name = name.to_str().expect("UTF-8").replace('\\', "/");
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((Source::new(&name), text));
            }
        }
    }
    found.sort_by_key(|(source, _)| source.name());
    assert!(found.len() > 5, "the sources were not found");
    let declared: Vec<_> =
        found.iter().flat_map(|(source, text)| source.declared_for_tests(text)).collect();
    for (source, _) in &mut found {
        source.mark(&declared);
    }
    found
}

fn list(faults: &[String]) -> String {
    faults.iter().fold(String::new(), |mut list, fault| {
        let _ = writeln!(list, "  {fault}");
        list
    })
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let found: Vec<String> =
        sources().iter().flat_map(|(source, text)| faults(source, text)).collect();
    assert!(found.is_empty(), "the table in tests/layering.rs is broken:\n{}", list(&found));
}

/// Said once more, apart from the table, because the worth of every test against the simulator
/// hangs on it.
#[test]
fn the_client_and_the_simulator_never_meet() {
    let mut found = Vec::new();
    for (source, text) in sources() {
        let other = match source.room().as_str() {
            "api" => "sim",
            "sim" => "api",
            _ => continue,
        };
        for mention in reader::read(&source, &text).expect("a source that parses") {
            if let Mention::Room { path: to, line, .. } = mention
                && to.first().is_some_and(|to| to == other)
            {
                found.push(format!("{}:{line}: imports `crate::{}`", source.name(), to.join("::")));
            }
        }
    }
    assert!(found.is_empty(), "api and sim must not share a line:\n{}", list(&found));
}

#[test]
fn every_row_of_the_table_names_rooms_of_the_table() {
    for row in TABLE {
        for entry in row.may.iter().filter(|entry| **entry != "*") {
            let first = entry.split("::").next().expect("a name");
            assert!(TABLE.iter().any(|row| row.name == first), "{}: {entry}", row.name);
        }
    }
}

/// Small sources, each with the faults that must be found in it, as the start of the sentence.
#[test]
fn violations_are_caught() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("src/state/chat.rs", "use crate::domain::chat::Role;", &[]),
        ("src/state/chat.rs", "use crate::api::sse::Decoder;", &["1: imports `crate::api::sse"]),
        (
            "src/state/chat.rs",
            "//! x\nuse crate::{domain::{ids, money::Money}, view::{self, chat}};",
            &["2: imports `crate::view`", "2: imports `crate::view::chat`"],
        ),
        ("src/state/chat.rs", "use super::super::service;", &["1: imports `crate::service`"]),
        ("src/state/mod.rs", "use super::service::chat;", &["1: imports `crate::service::chat`"]),
        ("src/state/chat.rs", "use super::policy; use self::inner::X;", &[]),
        ("src/state/a/b.rs", "mod c { use super::super::super::super::sim::X; }", &["1: imports"]),
        ("src/view/help.rs", "use crate::input::keymap::KeyMap;", &[]),
        (
            "src/view/help.rs",
            "use crate::input::bindings::BINDINGS;",
            &["1: imports `crate::input::bindings"],
        ),
        ("src/view/help.rs", "use crate::input;", &["1: imports `crate::input`"]),
        ("src/view/help.rs", "use crate::input::*;", &["1: imports `crate::input"]),
        ("src/text/wrap.rs", "fn f(a: crate::state::A) {}", &["1: imports `crate::state::A`"]),
        ("src/text/wrap.rs", "fn f() { let _ = crate::view::g(1); }", &["1: imports"]),
        ("src/text/wrap.rs", "fn f() {\n m!(a, { crate::view::g() });\n}", &["2: imports"]),
        ("src/text/wrap.rs", "macro_rules! m { () => { $crate::api::f() } }", &["1: imports"]),
        ("src/text/wrap.rs", "/// [`crate::view`] in a doc is not an import\nfn f() {}", &[]),
        ("src/text/wrap.rs", "pub use crate::theme as colours;", &["1: imports `crate::theme`"]),
        ("src/text/wrap.rs", "impl crate::state::T for X {}", &["1: imports `crate::state::T`"]),
        ("src/text/wrap.rs", "#[cfg(test)]\nmod tests { use crate::view::x; }", &[]),
        ("src/text/wrap.rs", "#[cfg(test)]\nuse crate::view::x;", &[]),
        ("src/text/tests.rs", "use crate::view::x;", &[]),
        ("src/text/wrap.rs", "#[cfg(not(test))]\nuse crate::view::x;", &["2: imports"]),
        ("src/text/wrap.rs", "use ratatui::style::Style;", &["1: uses `ratatui::style::Style`"]),
        ("src/text/wrap.rs", "#[test]\nfn t() { ratatui::init(); }", &[]),
        ("src/domain/chat.rs", "use super::ids;\nuse crate::domain::money;", &[]),
        ("src/domain/chat.rs", "use crate::text::wrap;", &["1: imports `crate::text::wrap`"]),
        ("src/domain/chat.rs", "#[cfg(test)]\nmod tests { use crate::text::a; }", &["2: imports"]),
        ("src/domain/chat.rs", "use std::time::Duration; use std::fs;", &["1: uses `std::fs`"]),
        ("src/domain/chat.rs", "fn f() { std::env::var(\"A\"); }", &["1: uses `std::env::var`"]),
        ("src/domain/chat.rs", "use serde::Serialize;", &["1: uses `serde::Serialize`"]),
        ("src/domain/chat.rs", "use Role::User; fn f() { Role::User; }", &[]),
        ("src/domain/chat.rs", "#[test]\nfn t() { proptest::bits::u8::ANY; }", &[]),
        ("src/api/sse.rs", "use crate::sim::chat;", &["1: imports `crate::sim::chat`"]),
        ("src/sim/chat.rs", "use crate::api::sse;", &["1: imports `crate::api::sse`"]),
        ("src/sim/chat.rs", "#[cfg(test)]\nmod tests { use crate::api::sse; }", &["2: imports"]),
        ("src/sim/chat.rs", "#[cfg(test)]\nmod tests { use reqwest::Client; }", &[]),
        ("src/sim/chat.rs", "use reqwest::Client;", &["1: uses `reqwest::Client`"]),
        ("src/state/composer.rs", "use tui_textarea::TextArea;", &[]),
        ("src/state/composer/edit.rs", "use tui_textarea::TextArea;", &[]),
        ("src/state/chat.rs", "use tui_textarea::TextArea;", &["1: uses `tui_textarea"]),
        ("src/state/chat.rs", "use tokio::sync::mpsc;", &["1: uses `tokio::sync::mpsc`"]),
        ("src/state/chat.rs", "fn f() { tokio::spawn(async {}); }", &["1: uses `tokio::spawn`"]),
        ("src/state/chat.rs", "fn f() { ::tokio::spawn(async {}); }", &["1: uses `tokio::spawn`"]),
        ("src/state/chat.rs", "#[tokio::main]\nasync fn f() {}", &["1: uses `tokio::main`"]),
        ("src/state/chat.rs", "fn f() { tokio::select! {} }", &["1: uses `tokio::select`"]),
        ("src/state/chat.rs", "extern crate reqwest;", &["1: uses `reqwest`"]),
        ("src/view/chat.rs", "use tokio as t;", &["1: uses `tokio`"]),
        ("src/input/key.rs", "use crossterm::event::KeyEvent;", &["1: uses `crossterm::event"]),
        (
            "src/terminal/screen.rs",
            "use crossterm::event::KeyEvent; use ratatui::buffer::Buffer;",
            &[],
        ),
        ("src/terminal/screen.rs", "use crate::view::chat;", &["1: imports `crate::view::chat`"]),
        ("src/service/chat.rs", "use rusqlite::Connection;", &["1: uses `rusqlite::Connection`"]),
        ("src/service/store/mod.rs", "use rusqlite::Connection;", &[]),
        ("src/service/ledger.rs", "use rusqlite::Connection;", &[]),
        ("src/service/chat.rs", "use crate::state::AppState;", &["1: imports `crate::state"]),
        ("src/command/chat.rs", "fn f() { println!(\"a\"); }", &[]),
        ("src/main.rs", "use lian::{cli, runtime}; fn main() { eprintln!(\"a\"); }", &[]),
        ("src/main.rs", "use lian::state::AppState;", &["1: imports `crate::state::AppState`"]),
        ("src/main.rs", "fn main() { lian::api::f() }", &["1: imports `crate::api::f`"]),
        ("src/service/chat.rs", "fn f() { println!(\"a\"); }", &["1: prints with `println!`"]),
        (
            "src/service/chat.rs",
            "fn f() { m!({ std::eprint!(\"a\") }); }",
            &["1: prints with `eprint!`"],
        ),
        ("src/service/chat.rs", "#[test]\nfn t() { println!(\"a\"); }", &[]),
        ("src/runtime/mod.rs", "use crate::{state, view, sim, terminal};", &[]),
        ("src/lib.rs", "pub mod state; pub mod view;", &[]),
        ("src/attic/mod.rs", "", &["1: the room `attic` has no row"]),
        ("src/state/chat.rs", "fn f( {", &[" cannot be parsed"]),
    ];
    for (path, text, expected) in cases {
        let found = faults(&Source::new(path), text);
        let starts: Vec<String> = expected.iter().map(|start| format!("{path}:{start}")).collect();
        let matches = found.len() == starts.len()
            && found.iter().zip(&starts).all(|(fault, start)| fault.starts_with(start));
        assert!(matches, "{path}: {text:?}\n  expected {starts:?}\n  found {found:?}");
    }
}

#[test]
fn modules_declared_for_tests_are_tests() {
    let parent = Source::new("src/text/mod.rs");
    let declared = parent.declared_for_tests("mod wrap;\n#[cfg(test)]\nmod tricks;");
    for (path, test) in [
        ("src/text/tricks.rs", true),
        ("src/text/tricks/deep.rs", true),
        ("src/text/wrap.rs", false),
        ("src/tricks.rs", false),
        ("src/text/tests.rs", true),
    ] {
        let mut source = Source::new(path);
        source.mark(&declared);
        assert_eq!(source.is_test(), test, "{path}");
        assert_eq!(faults(&source, "use crate::view::x;").is_empty(), test, "{path}");
    }
}

#[test]
fn the_sentence_says_who_what_and_why() {
    let found = faults(&Source::new("src/view/chat.rs"), "//! x\n\nuse crate::api::client;");
    assert_eq!(
        found,
        ["src/view/chat.rs:3: imports `crate::api::client`, but view may import state, action, \
             input::key, input::keymap, layout, text, theme, words, domain, catalog: it paints what state \
             holds, without doing or asking anything"]
    );
}
