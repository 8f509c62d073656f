//! The table: each figure with its goal and a column for every program measured. It refuses to
//! measure and to judge.

use std::io::Write as _;
use std::time::Duration;

use crate::plan::{Plan, Subject};
use crate::rows::{Figures, Stream};

/// A line of the table: what it is, the goal, how to write it down.
type Line = (&'static str, &'static str, fn(&Figures) -> Option<String>);

const LINES: &[Line] = &[
    ("bytes per token at 100 tok/s", "<= 10 (14)", |f| per_token(f.slow.as_ref())),
    ("bytes per token at 1,000 tok/s", "<= 5.5", |f| per_token(f.fast.as_ref())),
    ("reads of the terminal per second at 100", "<= 30", |f| f.slow.as_ref().map(reads)),
    ("  all calls of write per second", "", |f| f.slow.as_ref().map(writes)),
    ("CPU us per token at 100", "<= 130", |f| cpu_per_token(f.slow.as_ref())),
    ("CPU us per token at 1,000", "<= 50", |f| cpu_per_token(f.fast.as_ref())),
    ("  in the long answer", "", |f| cpu_per_token(f.long.as_ref())),
    ("  long answer against short", "<= 1.05", |f| {
        let of = |stream: &Stream| stream.cpu.as_secs_f64() / f64::from(stream.tokens);
        Some(format!("{:.2}", of(f.long.as_ref()?) / of(f.fast.as_ref()?)))
    }),
    ("  last quarter against first", "<= 1.05", |f| {
        let (first, last) = f.long.as_ref()?.quarters;
        Some(format!("{:.2}", last.as_secs_f64() / first.as_secs_f64()))
    }),
    ("  frames per second of it", "30", |f| f.long.as_ref().map(reads)),
    ("bytes per token of it", "", |f| per_token(f.long.as_ref())),
    ("key echo while streaming p50, ms", "<= 0.5", |f| Some(ms(f.echo.as_ref()?.median))),
    ("key echo while streaming p99, ms", "<= 2", |f| Some(ms(f.echo.as_ref()?.p99))),
    ("bytes per key", "<= 8", |f| Some(format!("{:.1}", f.idle.as_ref()?.bytes_per_key))),
    ("CPU us per key", "", |f| Some(f.idle.as_ref()?.cpu_per_key.as_micros().to_string())),
    ("exec to prompt, ms (the floor is the rig)", "<= floor + 5", |f| {
        Some(ms(f.start.as_ref()?.wall))
    }),
    ("  CPU ms", "<= 8", |f| Some(ms(f.start.as_ref()?.cpu))),
    ("  bytes", "<= 1,500", |f| Some(f.start.as_ref()?.bytes.to_string())),
    ("questions to the terminal at start", "0", |f| Some(f.start.as_ref()?.questions.to_string())),
    ("idle: wake-ups", "0", |f| Some(f.idle.as_ref()?.wakeups.values().sum::<u64>().to_string())),
    ("idle: CPU ms", "0", |f| Some(ms(f.idle.as_ref()?.cpu))),
    ("idle: bytes", "0", |f| Some(f.idle.as_ref()?.bytes.to_string())),
    ("RSS at prompt, MB", "<= 8", |f| Some(mb(f.idle.as_ref()?.memory.resident))),
    ("  of it not backed by a file", "", |f| Some(mb(f.idle.as_ref()?.memory.own))),
    ("RSS after the long answer, MB", "<= 12", |f| Some(mb(f.long.as_ref()?.memory.resident))),
    ("  of it not backed by a file", "", |f| Some(mb(f.long.as_ref()?.memory.own))),
    ("  peak", "", |f| Some(mb(f.long.as_ref()?.memory.peak))),
    ("burst: wall s", "<= 0.1", |f| Some(format!("{:.3}", f.burst.as_ref()?.wall.as_secs_f64()))),
    ("burst: CPU ms", "<= 60", |f| Some(ms(f.burst.as_ref()?.cpu))),
    ("burst: bytes", "<= 11,000", |f| Some(f.burst.as_ref()?.bytes.to_string())),
    ("burst: RSS after, MB", "<= 12", |f| Some(mb(f.burst.as_ref()?.memory.resident))),
    ("pages up: bytes", "<= 110,000", |f| Some(f.burst.as_ref()?.page_bytes.to_string())),
    ("pages up: CPU ms", "<= 30", |f| Some(ms(f.burst.as_ref()?.page_cpu))),
];

fn per_token(stream: Option<&Stream>) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "at most megabytes")]
    stream.map(|stream| format!("{:.1}", stream.bytes as f64 / f64::from(stream.tokens)))
}

fn cpu_per_token(stream: Option<&Stream>) -> Option<String> {
    let us = |stream: &Stream| stream.cpu.as_secs_f64() * 1e6 / f64::from(stream.tokens);
    stream.map(|stream| format!("{:.1}", us(stream)))
}

fn reads(stream: &Stream) -> String {
    rate(stream.reads as u64, stream.wall)
}

fn writes(stream: &Stream) -> String {
    rate(stream.writes, stream.wall)
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn rate(count: u64, wall: Duration) -> String {
    format!("{:.1}", count as f64 / wall.as_secs_f64())
}

fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

#[expect(clippy::cast_precision_loss, reason = "at most gigabytes")]
fn mb(kb: u64) -> String {
    format!("{:.1}", kb as f64 / 1024.0)
}

/// Prints the table, without lines that nobody measured.
pub(crate) fn print(plan: &Plan, all: &[(Subject, Figures)]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\n{} tokens at 100/s, {} and {} at 1,000/s, burst of {}; {} starts, {} keys, {} pages; 120x40\n",
        plan.slow,
        plan.fast,
        plan.long,
        plan.long,
        plan.starts - 1,
        plan.keys,
        plan.pages
    )?;
    write!(out, "| {:<42} | {:>12} |", "figure", "goal")?;
    for (subject, _) in all {
        write!(out, " {:>16} |", subject.name())?;
    }
    write!(out, "\n|:{:-<42}-|-{:->12}:|", "", "")?;
    for _ in all {
        write!(out, "-{:->16}:|", "")?;
    }
    writeln!(out)?;
    for (name, goal, value) in LINES {
        let values: Vec<_> = all.iter().map(|(_, figures)| value(figures)).collect();
        if values.iter().all(Option::is_none) {
            continue;
        }
        write!(out, "| {name:<42} | {goal:>12} |")?;
        for value in values {
            write!(out, " {:>16} |", value.as_deref().unwrap_or("-"))?;
        }
        writeln!(out)?;
    }
    for (subject, figures) in all {
        let Some(idle) = figures.idle.as_ref().filter(|idle| !idle.wakeups.is_empty()) else {
            continue;
        };
        writeln!(out, "\nwoken while idle ({}): {:?}", subject.name(), idle.wakeups)?;
    }
    Ok(())
}
