//! The measuring itself: each row starts its own program and simulator and gives back plain
//! figures. It refuses to print them.
#![expect(clippy::disallowed_methods, reason = "a clock, and answers that are kept on request")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::child::Child;
use crate::plan::{Plan, Row, Subject};
use crate::process::{self, Memory, Usage};
use crate::simulator::Simulator;

/// A program has said all it wanted.
const SILENCE: Duration = Duration::from_millis(700);
/// Where nobody listens: starts and idling need no simulator.
const NOWHERE: &str = "http://127.0.0.1:9";
/// Keys that no answer of the simulator contains; each comes once in so many.
const LETTERS: [char; 32] = [
    'а', 'б', 'в', 'г', 'д', 'е', 'ж', 'з', 'и', 'й', 'к', 'л', 'м', 'н', 'о', 'п', 'р', 'с', 'т',
    'у', 'ф', 'х', 'ц', 'ч', 'ш', 'щ', 'ъ', 'ы', 'ь', 'э', 'ю', 'я',
];

/// Everything measured of one program.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) start: Option<Start>,
    pub(crate) idle: Option<Idle>,
    pub(crate) slow: Option<Stream>,
    pub(crate) fast: Option<Stream>,
    pub(crate) long: Option<Stream>,
    pub(crate) echo: Option<Echo>,
    pub(crate) burst: Option<Burst>,
}

/// Medians over the starts.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) bytes: usize,
    pub(crate) questions: usize,
}

#[derive(Debug)]
pub(crate) struct Idle {
    pub(crate) memory: Memory,
    pub(crate) bytes_per_key: f64,
    pub(crate) cpu_per_key: Duration,
    /// Wake-ups by thread, those with none left out.
    pub(crate) wakeups: BTreeMap<String, u64>,
    pub(crate) cpu: Duration,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) tokens: u32,
    pub(crate) bytes: usize,
    pub(crate) reads: usize,
    /// Calls of `write` to anything.
    pub(crate) writes: u64,
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// Of the first quarter and of the last.
    pub(crate) quarters: (Duration, Duration),
    pub(crate) memory: Memory,
}

#[derive(Debug)]
pub(crate) struct Echo {
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

#[derive(Debug)]
pub(crate) struct Burst {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) bytes: usize,
    pub(crate) memory: Memory,
    pub(crate) page_bytes: usize,
    pub(crate) page_cpu: Duration,
}

/// Measures every row that is wanted, for every program.
pub(crate) fn measure(plan: &Plan) -> anyhow::Result<Vec<(Subject, Figures)>> {
    let mut all = Vec::new();
    for subject in &plan.subjects {
        let figures = figures(plan, *subject).with_context(|| subject.name())?;
        all.push((*subject, figures));
    }
    Ok(all)
}

fn figures(plan: &Plan, subject: Subject) -> anyhow::Result<Figures> {
    let when = |row, run: &dyn Fn() -> anyhow::Result<Stream>| {
        if plan.wants(row) { run().map(Some) } else { Ok(None) }
    };
    let mut figures = Figures {
        slow: when(Row::Slow, &|| stream(plan, subject, plan.slow, 100))?,
        fast: when(Row::Fast, &|| stream(plan, subject, plan.fast, 1_000))?,
        long: when(Row::Long, &|| stream(plan, subject, plan.long, 1_000))?,
        ..Figures::default()
    };
    if plan.wants(Row::Start) {
        figures.start = Some(start(plan, subject)?);
    }
    if plan.wants(Row::Idle) {
        figures.idle = Some(idle(plan, subject)?);
    }
    if plan.wants(Row::Echo) {
        figures.echo = Some(echo(plan, subject)?);
    }
    if plan.wants(Row::Burst) {
        figures.burst = Some(burst(plan, subject)?);
    }
    Ok(figures)
}

fn start(plan: &Plan, subject: Subject) -> anyhow::Result<Start> {
    let (mut walls, mut cpus, mut bytes, mut questions) = (vec![], vec![], vec![], 0);
    for number in 0..plan.starts {
        let child = Child::start(plan, subject, NOWHERE)?;
        let wall = child.at_prompt()?.duration_since(child.started);
        child.quiet(Duration::from_millis(200))?;
        // The first one fills the system's caches.
        if number > 0 {
            walls.push(wall);
            cpus.push(child.usage()?.cpu);
            bytes.push(child.log().mark().bytes);
            questions += child.log().questions();
        }
    }
    let (wall, cpu) = (share(&mut walls, 50), share(&mut cpus, 50));
    Ok(Start { wall, cpu, bytes: share(&mut bytes, 50), questions })
}

fn idle(plan: &Plan, subject: Subject) -> anyhow::Result<Idle> {
    let mut child = Child::ready(plan, subject, NOWHERE)?;
    let memory = process::memory(child.pid)?;
    let keys = plan.keys.min(100);
    let (before, begin) = (child.usage()?, child.log().mark());
    for key in ('a'..='z').cycle().take(keys) {
        let sent = child.send(key.encode_utf8(&mut [0; 4]))?;
        Child::rest_until(sent + Duration::from_millis(15));
    }
    child.quiet(SILENCE)?;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred bytes and keys")]
    let bytes_per_key = (child.log().mark().bytes - begin.bytes) as f64 / keys as f64;
    let cpu_per_key = child.usage()?.since(before).cpu / u32::try_from(keys)?;
    // What was typed is saved a moment later; only then is there nothing to do.
    child.quiet(Duration::from_secs(2))?;
    let (quiet, mark) = (child.usage()?, child.log().mark());
    let before = process::switches(child.pid)?;
    Child::rest_until(Instant::now() + plan.idle);
    let after = process::switches(child.pid)?;
    let wakeups = after.into_iter().filter_map(|(thread, count)| {
        let more = count - before.get(&thread).copied().unwrap_or(0);
        (more > 0).then_some((thread, more))
    });
    let wakeups = wakeups.collect();
    let cpu = child.usage()?.since(quiet).cpu;
    let bytes = child.log().mark().bytes - mark.bytes;
    Ok(Idle { memory, bytes_per_key, cpu_per_key, wakeups, cpu, bytes })
}

fn stream(plan: &Plan, subject: Subject, tokens: u32, rate: u32) -> anyhow::Result<Stream> {
    let simulator = Simulator::start(tokens, rate)?;
    let mut child = Child::ready(plan, subject, &simulator.origin)?;
    let (before, mark) = (child.usage()?, child.log().mark());
    let asked = child.send("go\r")?;
    let quarter = Duration::from_secs(1) * tokens / rate / 4;
    let mut at = [Usage::default(); 3];
    for (usage, quarters) in at.iter_mut().zip([1, 3, 4]) {
        Child::rest_until(asked + quarter * quarters);
        *usage = child.usage()?;
    }
    let wall = child.quiet(SILENCE)?.duration_since(asked);
    let after = child.usage()?;
    if let Some(dir) = &plan.save {
        let file = dir.join(format!("{}-{tokens}-{rate}", subject.short()));
        std::fs::write(file, &child.log().bytes()[mark.bytes..])?;
    }
    let log = child.log().mark();
    Ok(Stream {
        tokens,
        bytes: log.bytes - mark.bytes,
        reads: log.reads - mark.reads,
        writes: after.since(before).writes,
        wall,
        cpu: after.since(before).cpu,
        quarters: (at[0].since(before).cpu, at[2].since(at[1]).cpu),
        memory: process::memory(child.pid)?,
    })
}

fn echo(plan: &Plan, subject: Subject) -> anyhow::Result<Echo> {
    // An answer that outlasts the keys, of which one comes every 51 ms or so.
    let tokens = u32::try_from(plan.keys * 7 + 200)?;
    let simulator = Simulator::start(tokens, 100)?;
    let mut child = Child::ready(plan, subject, &simulator.origin)?;
    let asked = child.send("go\r")?;
    Child::rest_until(asked + Duration::from_millis(500));
    let mut times = Vec::new();
    for (i, letter) in LETTERS.iter().cycle().take(plan.keys).enumerate() {
        if i > 0 && i % 96 == 0 {
            // The row is full: it is emptied, so that every key lands in the first one.
            let sent = child.send("\x15")?;
            Child::rest_until(sent + Duration::from_millis(50));
        }
        let letter = letter.to_string();
        let mark = child.log().mark();
        let sent = child.send(&letter)?;
        times.push(child.wait_for(letter.as_bytes(), mark)?.duration_since(sent));
        // Not in step with the frames.
        let pause = 30 + (i as u64 * 17) % 43;
        Child::rest_until(sent + Duration::from_millis(pause));
    }
    Ok(Echo { median: share(&mut times, 50), p99: share(&mut times, 99) })
}

fn burst(plan: &Plan, subject: Subject) -> anyhow::Result<Burst> {
    let simulator = Simulator::start(plan.long, 0)?;
    let mut child = Child::ready(plan, subject, &simulator.origin)?;
    let (before, mark) = (child.usage()?, child.log().mark());
    let asked = child.send("go\r")?;
    let wall = child.quiet(SILENCE)?.duration_since(asked);
    let (after, end) = (child.usage()?, child.log().mark());
    let memory = process::memory(child.pid)?;
    // The floor has no pages to turn.
    for _ in 0..if subject == Subject::Floor { 0 } else { plan.pages } {
        let sent = child.send("\x1b[5~")?;
        Child::rest_until(sent + Duration::from_millis(40));
    }
    child.quiet(Duration::from_millis(300))?;
    Ok(Burst {
        wall,
        cpu: after.since(before).cpu,
        bytes: end.bytes - mark.bytes,
        memory,
        page_bytes: child.log().mark().bytes - end.bytes,
        page_cpu: child.usage()?.since(after).cpu,
    })
}

/// The value below which so many of a hundred are; the least one of an empty list.
fn share<T: Ord + Copy + Default>(values: &mut [T], of_100: usize) -> T {
    values.sort_unstable();
    let at = (values.len() * of_100 / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or_default()
}
