//! Where figures come from: `limits.txt` beside this file, or a file of the user's.
//! It refuses the client's catalog: the two are written apart so that they can disagree.
#![expect(clippy::disallowed_methods, reason = "the simulator reads its own file of limits")]

use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;
use thiserror::Error;

use super::{Figures, Limits, Rows, Slice};
use crate::sim::scenario::matches;

/// Why a file of limits cannot be used.
#[derive(Debug, Error)]
pub enum LimitsError {
    /// It cannot be read.
    #[error(
        "cannot read the limits {file}: {source}; valid are `off`, `documented`, `seed` or a file"
    )]
    Read {
        /// The file as it was named.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is wrong.
    #[error("{file}, line {line}: {message}")]
    Line {
        /// The file as it was named.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

struct Row {
    seed: bool,
    model: &'static str,
    figures: Figures,
}

fn parse_slice(text: &str) -> Option<Slice> {
    let (most, seconds) = text.split_once('/')?;
    let slice = Slice { most: most.trim().parse().ok()?, seconds: seconds.trim().parse().ok()? };
    (slice.most > 0 && (1..=60).contains(&slice.seconds)).then_some(slice)
}

/// One line of the file; a comment or a broken line is none (a test reads them all).
fn row(line: &'static str) -> Option<Row> {
    let mut columns = line.split_whitespace();
    let seed = match columns.next()? {
        "seed" => true,
        "documented" => false,
        _ => return None,
    };
    let model = columns.next()?;
    let figures = Figures {
        rpm: columns.next()?.parse().ok(),
        tpm: columns.next()?.parse().ok(),
        running: columns.next()?.parse().ok(),
        waiting: columns.next()?.parse().ok(),
        calls: columns.next().map(parse_slice)?,
        tokens: columns.next().map(parse_slice)?,
    };
    Some(Row { seed, model, figures })
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| include_str!("limits.txt").lines().filter_map(row).collect())
}

fn find(seed: bool, model: &str) -> Option<Figures> {
    rows().iter().find(|row| row.seed == seed && row.model == model).map(|row| row.figures)
}

/// Whether an id ends with a date, which makes it a snapshot.
fn is_dated(model: &str) -> bool {
    let tail = model.get(model.len().saturating_sub(11)..).unwrap_or_default();
    tail.char_indices()
        .all(|(at, c)| if matches!(at, 0 | 5 | 8) { c == '-' } else { c.is_ascii_digit() })
        && tail.len() == 11
}

/// The documented figures of a model. The seed's names of 2.5 count as the documented ones, and
/// snapshots have the small figures that most of them are documented with.
pub(super) fn documented(model: &str) -> Figures {
    let official = match model {
        "wan2.5-t2v-plus" => "wan2.5-t2v-preview",
        "wan2.5-i2v-plus" => "wan2.5-i2v-preview",
        other => other,
    };
    let small = || Figures { rpm: Some(60), tpm: Some(100_000), ..Figures::default() };
    find(false, official).or_else(|| is_dated(model).then(small)).unwrap_or_default()
}

/// The figures of a fresh workspace.
pub(super) fn seed(model: &str) -> Figures {
    find(true, model).unwrap_or_default()
}

/// Every model with figures of a profile, in the order of the file.
pub(super) fn listed(seed: bool) -> impl Iterator<Item = (&'static str, Figures)> {
    rows().iter().filter(move |row| row.seed == seed).map(|row| (row.model, row.figures))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    limit: Vec<Limit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    model: String,
    rpm: Option<u64>,
    tpm: Option<u64>,
    running: Option<usize>,
    waiting: Option<usize>,
    calls: Option<Part>,
    tokens: Option<Part>,
}

/// A slice as the file has it: `"5/1"` is five in a second.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Part(Slice);

impl TryFrom<String> for Part {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_slice(&text).map(Self).ok_or_else(|| {
            format!("`{text}` is not a number in seconds such as \"5/1\", at most 60 seconds")
        })
    }
}

impl Rows {
    pub(super) fn find(&self, model: &str) -> Option<Figures> {
        self.0.iter().find(|(pattern, _)| matches(pattern, model)).map(|(_, figures)| *figures)
    }
}

impl Limits {
    /// The limits by name: `off`, `documented`, `seed`, or a file of `[[limit]]` tables.
    pub fn named(name: &str) -> Result<Self, LimitsError> {
        match name {
            "off" => Ok(Self::Off),
            "documented" => Ok(Self::Documented),
            "seed" => Ok(Self::Seed),
            file => {
                let text = std::fs::read_to_string(Path::new(file))
                    .map_err(|source| LimitsError::Read { file: file.to_owned(), source })?;
                Self::parse(file, &text)
            }
        }
    }

    /// Reads a text; `file` is its name in errors. Each table names a `model` (`*` is any text) and
    /// any of `rpm`, `tpm`, `running`, `waiting`, `calls = "5/1"`, `tokens = "100000/6"`.
    pub fn parse(file: &str, text: &str) -> Result<Self, LimitsError> {
        let parsed: File = toml::from_str(text).map_err(|error| LimitsError::Line {
            file: file.to_owned(),
            line: error
                .span()
                .map_or(1, |span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1),
            message: error.message().trim().replace('\n', "; "),
        })?;
        let rows = parsed.limit.into_iter().map(|limit| {
            let figures = Figures {
                rpm: limit.rpm,
                tpm: limit.tpm,
                running: limit.running,
                waiting: limit.waiting,
                calls: limit.calls.map(|part| part.0),
                tokens: limit.tokens.map(|part| part.0),
            };
            (limit.model, figures)
        });
        Ok(Self::Rows(Rows(rows.collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_row() {
        let lines = include_str!("limits.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), rows().len());
        for row in rows() {
            assert_ne!(row.figures, Figures::default(), "{}", row.model);
        }
    }

    #[test]
    fn figures_of_the_well_known() {
        assert_eq!((seed("qwen-plus").rpm, seed("qwen-plus").tpm), (Some(200), Some(200_000)));
        assert_eq!(seed("wan2.5-t2v-plus").running, Some(5));
        assert_eq!(documented("qwen-plus").rpm, Some(30_000));
        for model in ["wan2.5-t2v-preview", "wan2.5-t2v-plus", "wan2.5-i2v-plus"] {
            let figures = documented(model);
            assert_eq!((figures.running, figures.calls), (Some(5), parse_slice("5/1")), "{model}");
        }
        assert_eq!(documented("wan2.2-t2v-plus").running, Some(2));
        let batch = documented("text-embedding-async-v2");
        assert_eq!(
            (batch.running, batch.waiting, batch.calls),
            (Some(3), Some(50), parse_slice("1/1"))
        );
        assert_eq!(documented("qwen-max-2025-01-25").rpm, Some(60));
        assert_eq!(documented("no-such-model"), Figures::default());
    }

    #[test]
    fn files_are_read_and_their_mistakes_named() {
        let text = "[[limit]]\nmodel = \"qwen-*\"\nrpm = 5\ncalls = \"2/1\"\n";
        let Ok(Limits::Rows(rows)) = Limits::parse("l.toml", text) else { panic!() };
        assert_eq!(rows.find("qwen-plus").unwrap().rpm, Some(5));
        assert_eq!(rows.find("wan2.6-t2v"), None);
        for (text, line, word) in [
            ("[[limit]]\nrpm = 5\n", 1, "model"),
            ("[[limit]]\nmodel = \"x\"\nrpn = 5\n", 3, "`rpm`"),
            ("[[limit]]\nmodel = \"x\"\ncalls = \"often\"\n", 3, "5/1"),
        ] {
            let error = Limits::parse("l.toml", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("l.toml, line {line}: ")), "{error}");
            assert!(error.contains(word), "{error}");
        }
        let error = Limits::named("/no/such/file").unwrap_err().to_string();
        assert!(error.contains("`documented`"), "{error}");
    }
}
