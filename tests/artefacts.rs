//! Files that people read and the program must agree with: the README's keys, the example
//! configuration, the themes, messages for wrong configurations, the changelog, `--help`. It
//! refuses to judge prose.

#![expect(clippy::expect_used, reason = "a test that cannot read its files has failed")]
#![expect(clippy::disallowed_methods, reason = "files are what is tested")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use lian::action::{Action, Context};
use lian::cli::Cli;
use lian::config::{EXAMPLE, file::File, options::SETTINGS};
use lian::domain::settings::Language;
use lian::input::bindings::BINDINGS;
use lian::theme::{SHIPPED, Theme};
use lian::words::{Phrase, say};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Files of a folder with this ending, by name.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == ending)).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// The README's tables of keys: one for each context.
fn keys() -> String {
    let mut text = String::new();
    for context in Context::ALL {
        let title = say(Language::En, Phrase::ContextTitle(context.name()));
        let name = context.name();
        write!(
            text,
            "\n**{title}** (`[keys.{name}]`)\n\n| Keys | What they do | Name |\n|---|---|---|\n"
        )
        .expect("text");
        for binding in BINDINGS.iter().filter(|binding| binding.context == context) {
            let (Some(name), Some(doc)) = (binding.action.name(), binding.action.doc()) else {
                panic!("an action in the table has a name: {:?}", binding.action);
            };
            let keys: Vec<_> = binding.keys.iter().map(|key| format!("`{key}`")).collect();
            writeln!(text, "| {} | {doc} | `{name}` |", keys.join(" ")).expect("text");
        }
    }
    text.push('\n');
    text
}

/// The README's table of settings with their flags and variables.
fn settings() -> String {
    let mut text = "\n| setting | flag | variables |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let flag = setting.flag.map_or_else(String::new, |flag| format!("`{flag}`"));
        let variables: Vec<_> = setting.variables.iter().map(|v| format!("`{v}`")).collect();
        let key = setting.key.replace('*', "NAME");
        writeln!(text, "| `{key}` | {flag} | {} |", variables.join(", ")).expect("text");
    }
    text.push('\n');
    text
}

/// Compares a part of the README, or writes it. One after the other: both parts are in one file.
fn readme_holds(name: &str, part: &str) {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = root().join("README.md");
    let readme = read(&path);
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let begin = readme.find(&begin).expect("the README marks where it begins") + begin.len();
    let end = begin + readme[begin..].find(&end).expect("the README marks where it ends");
    if std::env::var_os("UPDATE_README").is_some() {
        let text = format!("{}{part}{}", &readme[..begin], &readme[end..]);
        std::fs::write(&path, text).expect("the README can be written");
        return;
    }
    assert!(
        readme[begin..end] == *part,
        "the README's {name} are not those of the table; run UPDATE_README=1 cargo test --test artefacts"
    );
}

#[test]
fn the_readme_has_the_table_of_settings() {
    readme_holds("settings", &settings());
}

#[test]
fn the_readme_has_the_table_of_keys() {
    let keys = keys();
    readme_holds("keys", &keys);
    for action in Action::named() {
        let name = action.name().expect("a name");
        assert!(keys.contains(&format!("`{name}`")), "{name} is not in the README");
    }
}

#[test]
fn the_example_names_every_context_and_real_actions() {
    let (_, keys) = EXAMPLE.split_once("# Keys, by context").expect("the example explains keys");
    for context in Context::ALL {
        let name = context.name();
        let words = |c: char| !c.is_ascii_lowercase() && c != '_';
        assert!(keys.split(words).any(|word| word == name), "{name} is not in the example");
    }
    let (_, rows) = keys.split_once("[keys.composer]\n").expect("the example shows a context");
    let rows: Vec<_> = rows.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    assert!(!rows.is_empty(), "the example shows bindings");
    for row in rows {
        let (name, keys) = row.split_once(" = ").expect("an action and its keys");
        let of = |binding: &&lian::input::bindings::Binding| {
            binding.context == Context::Composer && binding.action.name() == Some(name)
        };
        let binding = BINDINGS.iter().find(of);
        let binding = binding.unwrap_or_else(|| panic!("{name} is no action of the composer"));
        assert_eq!(keys, format!("{:?}", binding.keys), "{name} has other keys by default");
    }
}

#[test]
fn every_theme_file_is_shipped_and_fills_every_role() {
    let found: BTreeSet<_> = files("themes", "toml").iter().map(|path| stem(path)).collect();
    let shipped: BTreeSet<_> = SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, shipped);
    for path in files("themes", "toml") {
        if let Err(error) = Theme::parse(&read(&path)) {
            panic!("{}: {error}", path.display());
        }
        assert!(EXAMPLE.contains(&stem(&path)), "{} is not in the example", path.display());
    }
}

/// Beside each wrong configuration stands what is said of it: the message begins with the first
/// line and holds all others.
#[test]
fn wrong_configurations_are_answered_with_place_and_choices() {
    let wrong = files("tests/bad-configs", "toml");
    assert!(!wrong.is_empty());
    let answered: Vec<_> =
        files("tests/bad-configs", "txt").iter().map(|path| stem(path)).collect();
    assert_eq!(answered, wrong.iter().map(|path| stem(path)).collect::<Vec<_>>());
    let mut faults = String::new();
    for path in wrong {
        let name = path.file_name().expect("a name").to_string_lossy();
        let expected = read(&path.with_extension("txt"));
        let Err(error) = File::parse(&read(&path), &name) else {
            panic!("{name} is taken as right");
        };
        let said = error.to_string();
        let mut lines = expected.lines();
        let begins = lines.next().is_some_and(|first| said.starts_with(first));
        if !begins || !lines.all(|line| said.contains(line)) {
            writeln!(faults, "{said}\n  but expected was\n{expected}").expect("text");
        }
        assert!(!said.contains("sk-secret"), "{name}: what may be a key is not repeated: {said}");
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn the_changelog_has_a_place_for_what_comes() {
    let changelog = read(&root().join("CHANGELOG.md"));
    let (_, rest) = changelog.split_once("\n## [Unreleased]\n").expect("an Unreleased section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    assert!(section.contains("\n- "), "something is in it");
}

/// Every command below this one with its own name, and the command itself.
fn all(command: &clap::Command) -> Vec<clap::Command> {
    let mut found = vec![command.clone()];
    found.extend(command.get_subcommands().flat_map(all));
    found
}

#[test]
fn every_help_builds_and_explains_every_argument() {
    let mut cli = Cli::command();
    cli.clone().debug_assert();
    cli.build();
    let commands = all(&cli);
    assert!(commands.len() > 2, "there are subcommands");
    for mut command in commands {
        let name = command.get_name().to_owned();
        assert!(command.get_about().is_some(), "{name} says what it is");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{name}: {} is explained", argument.get_id());
        }
        assert!(!command.render_long_help().to_string().is_empty());
        assert!(!command.render_help().to_string().is_empty());
    }
}
