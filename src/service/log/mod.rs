//! The log of this process: a file in the state directory, written by a thread of its own that
//! begins with the first line and sleeps without waking in between; and the crash report.
//! It refuses the screen, and it lets no secret through: every event is redacted whole.

#![expect(clippy::disallowed_methods, reason = "the log owns its files")]

mod file;
mod redact;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

pub use redact::{Hidden, MASK, redact};

use super::private;
use file::LogFile;

/// Events that may wait for the disk; beyond it they are dropped and counted in the log.
const QUEUE: usize = 1_024;

/// Bytes of one event that are looked at.
const READ: usize = 64 * 1024;

/// Bytes of one event that are written.
const WRITTEN: usize = 16 * 1024;

/// Bytes left out before the end of an event that was cut, since half a secret may be there.
const MARGIN: usize = 4 * 1024;

/// What the log needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The state directory. It is made (0700) with the first line.
    pub dir: PathBuf,
    /// The value of `LIAN_LOG`: a level for this program, or a list such as
    /// `lian=trace,hyper=debug`, or `off`.
    pub spec: Option<String>,
    /// How often `-v` was given: once for debug, twice for trace. `LIAN_LOG` wins.
    pub verbose: u8,
    /// The start of the program, milliseconds since 1970 (UTC); its date is in the file's name.
    pub now_ms: i64,
}

/// The running log. Dropping it waits shortly for the lines on their way.
#[derive(Debug)]
pub struct Log {
    queue: Arc<Queue>,
}

impl Log {
    /// Where to put secrets that must be hidden by their value.
    #[must_use]
    pub fn hidden(&self) -> &Hidden {
        &self.queue.hidden
    }

    /// Waits until all lines so far are in the file, at most `timeout`.
    pub fn flush(&self, timeout: Duration) {
        let Some(Some(sender)) = self.queue.sender.get() else { return };
        let (done, written) = sync_channel(1);
        if sender.try_send(Job::Flush(done)).is_ok() {
            // Late or not, the program goes on.
            let _ = written.recv_timeout(timeout);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.flush(Duration::from_millis(200));
    }
}

/// Starts the log for the whole process. Nothing is opened before the first line, and no failure
/// is reported: a program that cannot write its log works without one.
#[must_use = "dropping it ends the wait for the last lines"]
pub fn start(options: &Options) -> Log {
    let (subscriber, log) = subscriber(options);
    // Only a second start in one process can fail; the first one's log goes on then.
    let _ = tracing::subscriber::set_global_default(subscriber);
    log
}

fn subscriber(options: &Options) -> (impl Subscriber + Send + Sync + 'static, Log) {
    let (targets, known) = targets(options);
    let queue = Arc::new(Queue::new(options));
    let lines =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Lines(Arc::clone(&queue)));
    if !known {
        queue.put("LIAN_LOG is not understood; the default is used\n".into());
    }
    (tracing_subscriber::registry().with(targets).with(lines), Log { queue })
}

/// What is logged, and whether the wish was understood.
fn targets(options: &Options) -> (Targets, bool) {
    let ours = |level: LevelFilter| {
        let others = if level == LevelFilter::OFF { level } else { LevelFilter::WARN };
        Targets::new().with_default(others).with_target("lian", level)
    };
    let usual = match options.verbose {
        0 => LevelFilter::INFO,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let spec = options.spec.as_deref().map(str::trim).filter(|spec| !spec.is_empty());
    let Some(spec) = spec else { return (ours(usual), true) };
    if let Ok(level) = spec.parse() {
        return (ours(level), true);
    }
    match spec.parse::<Targets>() {
        // A bare word is taken for the name of a module; a level that is misspelt is meant.
        Ok(targets) if spec.contains('=') => (targets, true),
        Ok(_) | Err(_) => (ours(usual), false),
    }
}

enum Job {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The way to the log's thread, which begins with the first line.
struct Queue {
    sender: OnceLock<Option<SyncSender<Job>>>,
    dropped: Arc<AtomicU64>,
    hidden: Hidden,
    dir: PathBuf,
    stem: String,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("stem", &self.stem).finish_non_exhaustive()
    }
}

impl Queue {
    fn new(options: &Options) -> Self {
        let day = stamp(options.now_ms, "%Y-%m-%d");
        Self {
            sender: OnceLock::new(),
            dropped: Arc::default(),
            hidden: Hidden::default(),
            dir: options.dir.clone(),
            stem: format!("lian-{day}-{}", std::process::id()),
        }
    }

    fn put(&self, line: Vec<u8>) {
        let Some(sender) = self.sender.get_or_init(|| self.begin()) else { return };
        // The loop must not wait for the disk.
        if let Err(TrySendError::Full(_)) = sender.try_send(Job::Line(line)) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn begin(&self) -> Option<SyncSender<Job>> {
        let (sender, jobs) = sync_channel(QUEUE);
        let file = LogFile::new(self.dir.clone(), self.stem.clone());
        let (hidden, dropped) = (self.hidden.clone(), Arc::clone(&self.dropped));
        std::thread::Builder::new()
            .name("lian-log".to_owned())
            .spawn(move || write_all(file, &jobs, &hidden, &dropped))
            .ok()
            .map(|_| sender)
    }
}

/// The log's thread: must not log anything itself.
fn write_all(mut file: LogFile, jobs: &Receiver<Job>, hidden: &Hidden, dropped: &AtomicU64) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Line(line) => file.write(presentable(&line, hidden).as_bytes()),
            Job::Flush(done) => {
                let _ = done.try_send(());
            }
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            file.write(format!("{lost} events were dropped: the disk is too slow\n").as_bytes());
        }
    }
}

/// An event as it may be written: without secrets, not too long, ending its line.
fn presentable(event: &[u8], hidden: &Hidden) -> String {
    let cut = event.len() >= READ;
    let mut text = redact(&String::from_utf8_lossy(event), hidden);
    let length = if cut { text.len().saturating_sub(MARGIN) } else { text.len() };
    if cut || length > WRITTEN {
        let mut end = length.min(WRITTEN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("…\n");
    }
    text
}

/// Gives each event a buffer of its own, so that it is redacted in one piece.
#[derive(Clone)]
struct Lines(Arc<Queue>);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { queue: &self.0, event: Vec::new() }
    }
}

/// One event on its way; it is handed over when the writer is dropped.
struct Line<'a> {
    queue: &'a Queue,
    event: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = READ.saturating_sub(self.event.len()).min(bytes.len());
        self.event.extend_from_slice(&bytes[..room]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if !self.event.is_empty() {
            self.queue.put(std::mem::take(&mut self.event));
        }
    }
}

/// What a crash report says.
#[derive(Debug, Clone, Copy)]
pub struct Crash<'a> {
    /// The panic's message and place.
    pub panic: &'a str,
    /// The stack, as text.
    pub backtrace: &'a str,
    /// The program's version.
    pub version: &'a str,
    /// Milliseconds since 1970 (UTC).
    pub now_ms: i64,
}

/// Writes a crash report, redacted, to a new file (0600) in `dir`, and removes all but the ten
/// newest ones.
///
/// # Errors
/// Whatever the file system says; nothing was written then.
pub fn write_crash_report(dir: &Path, crash: &Crash<'_>, hidden: &Hidden) -> io::Result<PathBuf> {
    private::make_dir(dir)?;
    let at = stamp(crash.now_ms, "%Y-%m-%d-%H%M%S");
    let path = dir.join(format!("crash-{at}-{}.txt", std::process::id()));
    file::prune(dir, "crash-", ".txt", file::FILES, &path);
    let mut file = private::make_file(&path, std::fs::File::options().append(true))?;
    let text = format!(
        "lian {}\n{} {}\n{}\n\n{}\n\n{}\n",
        crash.version,
        std::env::consts::OS,
        std::env::consts::ARCH,
        stamp(crash.now_ms, "%Y-%m-%dT%H:%M:%SZ"),
        crash.panic,
        crash.backtrace,
    );
    file.write_all(redact(&text, hidden).as_bytes())?;
    Ok(path)
}

fn stamp(now_ms: i64, format: &str) -> String {
    let at = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    /// Long enough for any machine.
    const CAP: Duration = Duration::from_secs(60);

    fn options(dir: &Path, spec: &str) -> Options {
        Options {
            dir: dir.to_owned(),
            spec: (!spec.is_empty()).then(|| spec.to_owned()),
            verbose: 0,
            now_ms: 0,
        }
    }

    /// What the log holds after `work`.
    fn logged(options: &Options, work: impl FnOnce(&Log)) -> String {
        let (subscriber, log) = subscriber(options);
        tracing::subscriber::with_default(subscriber, || work(&log));
        log.flush(CAP);
        let name = format!("lian-1970-01-01-{}.log", std::process::id());
        std::fs::read_to_string(options.dir.join(name)).unwrap_or_default()
    }

    #[test]
    fn events_are_in_a_file_for_the_owner_alone() {
        let home = TempDir::new().unwrap();
        let dir = home.path().join("state/lian");
        let text = logged(&options(&dir, ""), |_| {
            tracing::info!(answer = 42, "hello");
            tracing::debug!("not wanted");
            tracing::info!(target: "hyper", "not wanted either");
            tracing::warn!(target: "hyper", "other crates may warn");
        });
        assert!(text.contains("hello") && text.contains("answer=42"), "{text}");
        assert!(text.contains("may warn") && !text.contains("not wanted"), "{text}");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        let file = std::fs::read_dir(&dir).unwrap().next().unwrap().unwrap().path();
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn without_an_event_there_is_neither_file_nor_thread() {
        let home = TempDir::new().unwrap();
        let dir = home.path().join("state");
        logged(&options(&dir, "off"), |log| {
            tracing::error!("nobody wants to know");
            assert!(log.queue.sender.get().is_none());
        });
        assert!(!dir.exists());
    }

    #[test]
    fn the_level_is_chosen() {
        let home = TempDir::new().unwrap();
        let level = |spec: &str, verbose| {
            let wish = Options { verbose, ..options(home.path(), spec) };
            let (targets, known) = targets(&wish);
            (targets.would_enable("lian::x", &tracing::Level::DEBUG), known)
        };
        assert_eq!(level("", 0), (false, true));
        assert_eq!(level("", 1), (true, true));
        assert_eq!(level("debug", 0), (true, true));
        assert_eq!(level("warn", 2), (false, true));
        assert_eq!(level("lian=trace,hyper=info", 0), (true, true));
        assert_eq!(level("debgu", 0), (false, false));
    }

    #[test]
    fn secrets_do_not_reach_the_file() {
        let home = TempDir::new().unwrap();
        let text = logged(&options(home.path(), "trace"), |log| {
            log.hidden().add("correct horse");
            tracing::info!(key = "sk-0123456789abcdef", "correct horse battery");
            tracing::info!("to https://h/p?Signature=abc with Authorization: Bearer tok-1");
        });
        for secret in ["0123456789", "correct horse", "Signature", "tok-1"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("battery") && text.contains("https://h/p?***"), "{text}");
    }

    #[test]
    fn an_unwritable_place_stops_nothing() {
        let home = TempDir::new().unwrap();
        let dir = home.path().join("file");
        std::fs::write(&dir, "in the way").unwrap();
        assert_eq!(logged(&options(&dir, ""), |_| tracing::info!("lost")), "");
    }

    #[test]
    fn files_are_bounded_in_number_and_size() {
        let home = TempDir::new().unwrap();
        for number in 0..30 {
            std::fs::write(home.path().join(format!("lian-1969-01-01-{number}.log")), "x").unwrap();
        }
        std::fs::write(home.path().join("lian.db"), "not a log").unwrap();
        let mut file = LogFile::new(home.path().to_owned(), "lian-1970-01-01-1".to_owned());
        let line = vec![b'x'; 512 * 1024];
        for _ in 0..80 {
            file.write(&line);
        }
        let sizes: Vec<u64> = std::fs::read_dir(home.path())
            .unwrap()
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|end| end == "log"))
            .map(|entry| entry.metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), file::FILES);
        assert!(sizes.iter().all(|size| *size <= file::SIZE + line.len() as u64));
        assert!(home.path().join("lian.db").exists());
    }

    #[test]
    fn a_huge_event_is_cut_and_its_end_is_left_out() {
        let hidden = Hidden::default();
        let mut event = b"start ".to_vec();
        event.resize(READ - 20, b'x');
        event.extend_from_slice(b" sk-0123456789abcdef");
        event.truncate(READ);
        let text = presentable(&event, &hidden);
        assert!(text.len() <= WRITTEN + 4 && text.ends_with("…\n"));
        // Even where everything before was masked and little is left.
        let mut event = "sk-0123456789abcdef ".repeat(READ).into_bytes();
        event.truncate(READ);
        assert!(!presentable(&event, &hidden).contains("0123"));
    }

    #[test]
    fn a_crash_report_is_redacted_private_and_bounded() {
        let home = TempDir::new().unwrap();
        let hidden = Hidden::default();
        let mut last = PathBuf::new();
        for number in 0..15 {
            let crash = Crash {
                panic: "the key sk-0123456789abcdef was wrong",
                backtrace: "0: main",
                version: "0.1.0",
                now_ms: number * 1_000,
            };
            last = write_crash_report(home.path(), &crash, &hidden).unwrap();
        }
        let text = std::fs::read_to_string(&last).unwrap();
        assert!(text.contains("0: main") && text.contains("lian 0.1.0"), "{text}");
        assert!(text.contains("1970-01-01T00:00:14Z") && !text.contains("0123456789"), "{text}");
        assert_eq!(std::fs::metadata(&last).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), file::FILES);
    }

    proptest! {
        #[test]
        fn a_key_cut_over_several_writes_is_found(
            before in "[a-z =:]{0,30}", key in "[A-Za-z0-9]{16,40}", after in "[a-z \"]{0,30}",
            cuts in prop::collection::vec(0_usize..100, 0..6),
        ) {
            let text = format!("{before}sk-{key}{after}\n");
            let queue = Queue::new(&options(Path::new("/nonexistent"), ""));
            let mut line = Line { queue: &queue, event: Vec::new() };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut from = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                line.write_all(&text.as_bytes()[from..cut]).unwrap();
                from = cut;
            }
            let event = std::mem::take(&mut line.event);
            let written = presentable(&event, &Hidden::default());
            prop_assert!(!written.contains(&key), "{}", written);
        }
    }
}
