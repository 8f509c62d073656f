//! The worker that colours code: takes lines of code blocks, answers with runs of roles.
//! It refuses to be needed: what does not fit its inbox, its budget or its grammars stays plain.
//!
//! Its thread begins with the first command and ends some time after the last one, and all that
//! the grammars took goes with it: compiled, a language takes ten to thirty megabytes. (The thread is named `lian-highlight`; a panic of the regex
//! engine is caught here and costs one block its colours.)

#![expect(clippy::disallowed_methods, reason = "the budget of a block is time")]

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::domain::ids::MessageId;
use crate::effect::HighlightCommand;
use crate::event::{HighlightEvent, ServiceEvent};
use crate::text::highlight::{Engine, Parser, Runs, plain};

/// Commands that may wait. A full inbox refuses: the command comes back, and a block with a gap
/// stays plain from there.
/// The name of the worker's thread: panics there are caught, the panic hook must leave them alone.
pub const THREAD: &str = "lian-highlight";

const INBOX: usize = 64;

/// Open blocks whose state is kept, the ones used last.
const BLOCKS: usize = 8;

/// Lines of one event.
const BATCH: usize = 64;

/// How long finished lines may wait for more.
const BATCH_TIME: Duration = Duration::from_millis(25);

/// Bytes of a line beyond which it stays plain.
const LONG: usize = 2 * 1024;

/// What one block, and the worker, may cost.
#[derive(Debug, Clone, Copy)]
struct Budget {
    /// Lines of a block that are coloured.
    lines: usize,
    /// Time for the lines of one block.
    time: Duration,
    /// More time for the first block of a language, whose expressions are compiled then.
    warm_up: Duration,
    /// Languages that are held at once.
    grammars: usize,
    /// How long to wait for more work before everything is given back.
    idle: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            lines: 2_000,
            time: Duration::from_millis(300),
            warm_up: Duration::from_millis(700),
            grammars: 4,
            idle: Duration::from_secs(20),
        }
    }
}

/// The way to the worker. Dropping it ends the thread without waiting for it.
#[derive(Debug)]
pub struct Handle {
    inbox: Arc<Inbox>,
    out: Sender<ServiceEvent>,
    budget: Budget,
}

/// Makes the worker; its thread begins with the first command. Events go to `out`; while that
/// channel is full the worker waits, and its inbox fills.
#[must_use = "dropping the handle ends the worker"]
pub fn spawn(out: Sender<ServiceEvent>) -> Handle {
    spawn_with(Budget::default(), out)
}

fn spawn_with(budget: Budget, out: Sender<ServiceEvent>) -> Handle {
    Handle { inbox: Arc::default(), out, budget }
}

impl Handle {
    /// Hands lines over without waiting; gives them back if the inbox is full or no thread can
    /// be had.
    ///
    /// # Errors
    /// The command itself. Lines of that block that come later stay plain unless it is sent
    /// again first.
    pub fn try_send(&self, command: HighlightCommand) -> Result<(), HighlightCommand> {
        let mut state = self.inbox.lock();
        if state.queue.len() >= INBOX || state.closed {
            return Err(command);
        }
        if !state.running {
            let worker = Worker::new(Arc::clone(&self.inbox), self.out.clone(), self.budget);
            let thread = std::thread::Builder::new().name(THREAD.to_owned());
            if thread.spawn(move || worker.run()).is_err() {
                return Err(command);
            }
            state.running = true;
        }
        state.queue.push_back(command);
        self.inbox.wake.notify_one();
        Ok(())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.inbox.lock().closed = true;
        self.inbox.wake.notify_one();
    }
}

/// A queue of our own instead of a channel: the thread must be able to end when nothing is in it
/// without losing what is put there at that moment.
#[derive(Debug, Default)]
struct Inbox {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<HighlightCommand>,
    running: bool,
    closed: bool,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that waits; `None` when it is time to end, which is noted under the same lock.
    fn take(&self, idle: Duration) -> Option<VecDeque<HighlightCommand>> {
        let wait = |state: &mut State| state.queue.is_empty() && !state.closed;
        let (mut state, _) = self
            .wake
            .wait_timeout_while(self.lock(), idle, wait)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed || state.queue.is_empty() {
            state.running = false;
            return None;
        }
        Some(std::mem::take(&mut state.queue))
    }
}

/// Where an open block has got to.
struct Block {
    message: MessageId,
    number: usize,
    /// The line that must come next.
    next: usize,
    /// Lines that may still be coloured.
    lines: usize,
    /// Time that is left.
    time: Duration,
    /// `None` once the block stays plain.
    parser: Option<Parser>,
}

struct Worker {
    inbox: Arc<Inbox>,
    out: Sender<ServiceEvent>,
    budget: Budget,
    engine: Option<Engine>,
    /// Grammars that the engine has compiled.
    used: BTreeSet<String>,
    /// Open blocks, the one used last at the end.
    blocks: Vec<Block>,
    ready: Option<HighlightEvent>,
    since: Instant,
}

impl Worker {
    fn new(inbox: Arc<Inbox>, out: Sender<ServiceEvent>, budget: Budget) -> Self {
        Self {
            inbox,
            out,
            budget,
            engine: None,
            used: BTreeSet::new(),
            blocks: Vec::new(),
            ready: None,
            since: Instant::now(),
        }
    }

    fn run(mut self) {
        while let Some(commands) = self.inbox.take(self.budget.idle) {
            for command in &commands {
                self.handle(command);
            }
            self.emit();
        }
        drop(self);
        give_back();
    }

    fn handle(&mut self, command: &HighlightCommand) {
        let Some(mut block) = self.find(command) else { return };
        for line in &command.lines {
            let number = block.next;
            block.next += 1;
            let Some(runs) = self.line(&mut block, line) else { break };
            self.collect(&block, number, runs);
        }
        block.next = command.first_line + command.lines.len();
        self.blocks.push(block);
        if self.blocks.len() > BLOCKS {
            self.blocks.remove(0);
        }
    }

    /// Takes the command's block out of the known ones, or begins it. `None`: it stays plain,
    /// because lines are missing.
    fn find(&mut self, command: &HighlightCommand) -> Option<Block> {
        let known = self
            .blocks
            .iter()
            .position(|block| (block.message, block.number) == (command.message, command.block))
            .map(|at| self.blocks.remove(at));
        if command.first_line == 0 {
            return Some(self.begin(command));
        }
        known.filter(|block| block.next == command.first_line)
    }

    fn begin(&mut self, command: &HighlightCommand) -> Block {
        let mut time = self.budget.time;
        let engine = self.engine.get_or_insert_default();
        if let Some(name) = engine.grammar(&command.language)
            && !self.used.contains(name)
        {
            let name = name.to_owned();
            time += self.budget.warm_up;
            if self.used.len() >= self.budget.grammars {
                // Compiled expressions cannot be given back one by one. Open blocks go on in
                // the new engine.
                self.used.clear();
                *engine = Engine::new();
                give_back();
            }
            self.used.insert(name);
        }
        Block {
            message: command.message,
            number: command.block,
            next: 0,
            lines: self.budget.lines,
            time,
            parser: engine.begin(&command.language),
        }
    }

    /// The runs of a line; `None` when the block stays plain from here.
    fn line(&mut self, block: &mut Block, line: &str) -> Option<Runs> {
        let parser = block.parser.as_mut()?;
        if block.lines == 0 || block.time.is_zero() {
            block.parser = None;
            return None;
        }
        block.lines -= 1;
        if line.len() > LONG {
            // The state stays where it was: one line of data must not end the colours.
            return Some(plain(line));
        }
        let start = Instant::now();
        let engine = self.engine.get_or_insert_default();
        let runs = catch_unwind(AssertUnwindSafe(|| engine.line(parser, line)));
        block.time = block.time.saturating_sub(start.elapsed());
        match runs {
            Ok(Ok(runs)) => Some(runs),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a grammar failed");
                block.parser = None;
                None
            }
            Err(_panic) => {
                tracing::warn!("a grammar panicked");
                // It may be broken in any way.
                self.engine = None;
                self.used.clear();
                block.parser = None;
                None
            }
        }
    }

    /// Puts a line to those that will be sent together.
    fn collect(&mut self, block: &Block, number: usize, runs: Runs) {
        let fits = self.ready.as_ref().is_some_and(|event| {
            (event.message, event.block) == (block.message, block.number)
                && event.first_line + event.lines.len() == number
                && event.lines.len() < BATCH
                && self.since.elapsed() < BATCH_TIME
        });
        if !fits {
            self.emit();
            self.since = Instant::now();
        }
        let event = self.ready.get_or_insert_with(|| HighlightEvent {
            message: block.message,
            block: block.number,
            first_line: number,
            lines: Vec::new(),
        });
        event.lines.push(runs);
    }

    fn emit(&mut self) {
        if let Some(event) = self.ready.take()
            && self.out.blocking_send(ServiceEvent::Highlight(event)).is_err()
        {
            // Nobody is there any more.
            self.inbox.lock().closed = true;
        }
    }
}

/// Asks the allocator to return to the system what was freed: grammars are many small pieces,
/// which it would keep.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "malloc_trim has no safe counterpart in std")]
fn give_back() {
    // SAFETY: the call takes no pointer and may be made at any time from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::domain::chat::CodeRole;

    /// Long enough for any machine.
    const CAP: Duration = Duration::from_secs(60);

    /// A budget that no slow machine uses up.
    fn generous() -> Budget {
        Budget { time: CAP, idle: CAP, ..Budget::default() }
    }

    fn command(
        block: usize,
        language: &str,
        first_line: usize,
        lines: &[&str],
    ) -> HighlightCommand {
        HighlightCommand {
            message: MessageId(1),
            block,
            language: language.into(),
            first_line,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    fn next(events: &mut Receiver<ServiceEvent>) -> HighlightEvent {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let event = runtime
            .block_on(async { tokio::time::timeout(CAP, events.recv()).await })
            .expect("the worker answers")
            .expect("the worker lives");
        match event {
            ServiceEvent::Highlight(event) => event,
            other => panic!("{other:?}"),
        }
    }

    /// The events of block `block` until line `until` is there, as lines in order.
    fn lines(events: &mut Receiver<ServiceEvent>, block: usize, until: usize) -> Vec<Runs> {
        let mut all: Vec<Runs> = Vec::new();
        while all.len() < until {
            let event = next(events);
            assert_eq!((event.block, event.first_line), (block, all.len()));
            assert!(event.lines.len() <= BATCH);
            all.extend(event.lines);
        }
        all
    }

    const CODE: [&str; 4] = ["/* a", "b */ {", "\"x\": 1", "}"];

    #[test]
    fn lines_one_by_one_are_as_all_at_once() {
        let (out, mut events) = channel(64);
        let handle = spawn_with(generous(), out);
        handle.try_send(command(0, "jsonc", 0, &CODE)).unwrap();
        let whole = lines(&mut events, 0, CODE.len());
        for (number, line) in CODE.iter().enumerate() {
            handle.try_send(command(1, "jsonc", number, &[line])).unwrap();
        }
        assert_eq!(lines(&mut events, 1, CODE.len()), whole);
        assert_eq!(whole[0], [(4, CodeRole::Comment)]);
        for (line, runs) in CODE.iter().zip(&whole) {
            assert_eq!(runs.iter().map(|run| run.0 as usize).sum::<usize>(), line.len());
        }
    }

    #[test]
    fn unknown_languages_and_gaps_are_not_answered() {
        let (out, mut events) = channel(64);
        let handle = spawn_with(generous(), out);
        handle.try_send(command(0, "nosuch", 0, &CODE)).unwrap();
        handle.try_send(command(0, "nosuch", 4, &CODE)).unwrap();
        handle.try_send(command(1, "json", 3, &CODE)).unwrap();
        handle.try_send(command(2, "json", 0, &["1"])).unwrap();
        handle.try_send(command(2, "json", 2, &["1"])).unwrap();
        handle.try_send(command(3, "json", 0, &["null"])).unwrap();
        assert_eq!(next(&mut events).block, 2);
        assert_eq!(next(&mut events).block, 3);
        assert!(events.try_recv().is_err());
    }

    #[test]
    fn a_huge_line_is_plain_and_the_next_one_is_not() {
        let (out, mut events) = channel(64);
        let handle = spawn_with(generous(), out);
        let huge = "1".repeat(1 << 20);
        handle.try_send(command(0, "json", 0, &["[", &huge, "1]"])).unwrap();
        let found = lines(&mut events, 0, 3);
        assert_eq!(found[1], [(1 << 20, CodeRole::Plain)]);
        assert_eq!(found[2][0], (1, CodeRole::Constant));
    }

    #[test]
    fn the_budget_of_lines_ends_the_colours() {
        let (out, mut events) = channel(64);
        let handle = spawn_with(Budget { lines: 2, ..generous() }, out);
        handle.try_send(command(0, "json", 0, &CODE)).unwrap();
        handle.try_send(command(0, "json", 4, &CODE)).unwrap();
        handle.try_send(command(1, "json", 0, &["1"])).unwrap();
        assert_eq!(lines(&mut events, 0, 2).len(), 2);
        assert_eq!(next(&mut events).block, 1);
    }

    #[test]
    fn the_budget_of_time_ends_the_colours() {
        let (out, mut events) = channel(64);
        let least = Duration::from_nanos(1);
        let budget = Budget { time: least, warm_up: Duration::ZERO, ..generous() };
        let handle = spawn_with(budget, out);
        handle.try_send(command(0, "json", 0, &CODE)).unwrap();
        handle.try_send(command(1, "json", 0, &["1"])).unwrap();
        assert_eq!(next(&mut events).lines.len(), 1);
        assert_eq!(next(&mut events).block, 1);
    }

    #[test]
    fn blocks_and_grammars_beyond_the_caps_are_let_go() {
        let (out, mut events) = channel(64);
        let handle = spawn_with(Budget { grammars: 1, ..generous() }, out);
        handle.try_send(command(0, "jsonc", 0, &["/*"])).unwrap();
        assert_eq!(next(&mut events).block, 0);
        // Another grammar drops the first one's; the open block goes on all the same.
        handle.try_send(command(1, "diff", 0, &["+a"])).unwrap();
        assert_eq!(next(&mut events).lines, [[(2, CodeRole::Inserted)]]);
        handle.try_send(command(0, "jsonc", 1, &["a"])).unwrap();
        assert_eq!(next(&mut events).lines, [[(1, CodeRole::Comment)]]);
        for block in 2..2 + BLOCKS {
            handle.try_send(command(block, "diff", 0, &["-a"])).unwrap();
            assert_eq!(next(&mut events).block, block);
        }
        handle.try_send(command(0, "jsonc", 2, &["a"])).unwrap();
        handle.try_send(command(99, "diff", 0, &["-a"])).unwrap();
        assert_eq!(next(&mut events).block, 99);
    }

    #[test]
    fn an_idle_worker_ends_and_begins_again() {
        let (out, mut events) = channel(64);
        let handle = spawn_with(Budget { idle: Duration::from_millis(1), ..generous() }, out);
        assert!(!handle.inbox.lock().running, "nothing runs before the first command");
        for round in 0..3 {
            handle.try_send(command(round, "json", 0, &["1"])).unwrap();
            assert_eq!(next(&mut events).block, round);
            let start = Instant::now();
            while handle.inbox.lock().running {
                assert!(start.elapsed() < CAP);
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn a_full_inbox_gives_the_command_back() {
        let (out, mut events) = channel(1);
        let handle = spawn_with(generous(), out);
        // Nobody takes the events: the worker waits, and the inbox fills.
        let start = Instant::now();
        let mut block = 0;
        let refused = loop {
            assert!(start.elapsed() < CAP);
            match handle.try_send(command(block, "json", 0, &["1"])) {
                Ok(()) => block += 1,
                Err(back) => break back,
            }
        };
        assert_eq!(refused, command(block, "json", 0, &["1"]));
        for expected in 0..block {
            assert_eq!(next(&mut events).block, expected);
        }
    }
}
