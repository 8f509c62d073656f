//! A program in a pseudo terminal: its bytes are recorded and fed to an emulator, and tests wait
//! for what it shows. It refuses to sleep: every wait ends with an event or with a failure that
//! prints the screen.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Instant;

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};

use super::{CAP, process};

/// What the terminal shows and what came to that.
struct Shown {
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// Nobody reads: the terminal is slow.
    paused: bool,
    /// The reader is to end.
    closing: bool,
}

struct Shared {
    shown: Mutex<Shown>,
    changed: Condvar,
}

/// A program in a terminal.
pub(crate) struct Term {
    shared: Arc<Shared>,
    /// `None` after the terminal hung up.
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<File>,
    /// Held, so that the terminal and its modes outlive the program.
    slave: Option<Box<dyn SlavePty + Send>>,
    reader: Option<JoinHandle<()>>,
    ended: Receiver<ExitStatus>,
    modes_before: String,
    pid: i32,
    running: bool,
}

/// How a program left its terminal.
pub(crate) struct Left {
    pub(crate) code: u32,
    /// Everything it ever wrote.
    pub(crate) raw: Vec<u8>,
    /// The kernel's modes of the terminal, before the start and after the end.
    pub(crate) modes: (String, String),
    pub(crate) screen: vt100::Screen,
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has rows and columns")
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Term {
    /// Starts a program in a terminal of so many columns and rows.
    pub(crate) fn spawn(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo terminal");
        let modes_before = modes(pair.master.as_ref());
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        let pid = child.process_id().and_then(|pid| i32::try_from(pid).ok()).expect("a process");
        let (tell, ended) = channel();
        std::thread::spawn(move || {
            // The test may have ended before the program did.
            let _ = tell.send(child.wait().expect("the program can be waited for"));
        });
        let shared = Arc::new(Shared {
            shown: Mutex::new(Shown {
                parser: vt100::Parser::new(cells(rows), cells(columns), 0),
                raw: Vec::new(),
                paused: false,
                closing: false,
            }),
            changed: Condvar::new(),
        });
        let reader = open_again(pair.master.as_ref());
        let writer = open_again(pair.master.as_ref());
        let told = Arc::clone(&shared);
        let reader = std::thread::spawn(move || read_all(reader, &told));
        Self {
            shared,
            master: Some(pair.master),
            writer: Some(writer),
            slave: Some(pair.slave),
            reader: Some(reader),
            ended,
            modes_before,
            pid,
            running: true,
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shared.shown.lock().expect("no reader panicked")
    }

    /// The process in the terminal.
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// Types.
    pub(crate) fn keys(&self, keys: &str) {
        let mut writer = self.writer.as_ref().expect("the terminal is there");
        writer.write_all(keys.as_bytes()).expect("keys can be typed");
    }

    /// Waits until the screen satisfies `holds`; `what` is said if it never does.
    pub(crate) fn wait_until(&self, what: &str, mut holds: impl FnMut(&vt100::Screen) -> bool) {
        self.wait(what, |shown| holds(shown.parser.screen()));
    }

    /// Waits until the bytes written so far satisfy `holds`.
    pub(crate) fn wait_raw(&self, what: &str, mut holds: impl FnMut(&[u8]) -> bool) {
        self.wait(what, |shown| holds(&shown.raw));
    }

    fn wait(&self, what: &str, mut holds: impl FnMut(&Shown) -> bool) {
        let deadline = Instant::now() + CAP;
        let mut shown = self.shown();
        while !holds(&shown) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let (bytes, contents) = (shown.raw.len(), shown.parser.screen().contents());
                drop(shown);
                panic!("waited in vain for: {what}\nafter {bytes} bytes the screen is\n{contents}");
            }
            shown = self.shared.changed.wait_timeout(shown, left).expect("no reader panicked").0;
        }
    }

    /// Waits for a text, wherever lines were broken in it.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?}"), |screen| has(screen, text));
    }

    /// Waits until a text is gone.
    pub(crate) fn wait_without(&self, text: &str) {
        self.wait_until(&format!("{text:?} goes"), |screen| !has(screen, text));
    }

    /// Types a question, sends it, and waits for the frame in which it has left the composer: what
    /// the screen showed before it was sent is not taken for what comes afterwards.
    pub(crate) fn ask(&self, question: &str) {
        self.keys(question);
        self.wait_for(question);
        self.wait_without("Ask something");
        self.keys("\r");
        self.wait_for("Ask something");
    }

    /// Waits until no answer is arriving. The last row is painted last: its hint to send comes
    /// back with the frame that shows the end. (In windows wide enough for it, and in English.)
    pub(crate) fn wait_for_end(&self) {
        self.wait_until("the end of the answer", |screen| {
            !has(screen, "answering") && has(screen, "Enter send")
        });
    }

    /// Waits until the screen looks as it did once.
    pub(crate) fn wait_for_picture(&self, wanted: &[String]) {
        let mut seen = Vec::new();
        let holds = |screen: &vt100::Screen| {
            seen = picture(screen);
            seen == wanted
        };
        let waited = std::panic::AssertUnwindSafe(|| self.wait_until("an earlier picture", holds));
        if let Err(panic) = std::panic::catch_unwind(waited) {
            let rows = wanted.iter().zip(&seen).filter(|(wanted, seen)| wanted != seen);
            print_rows(rows);
            std::panic::resume_unwind(panic);
        }
    }

    /// What the screen shows, row by row.
    pub(crate) fn contents(&self) -> String {
        self.shown().parser.screen().contents()
    }

    /// A copy of the screen.
    pub(crate) fn screen(&self) -> vt100::Screen {
        self.shown().parser.screen().clone()
    }

    /// Everything written so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.shown().raw.clone()
    }

    /// Changes the size of the window.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        // The emulator first: what is on its way was painted for the old size, as in real life.
        self.shown().parser.set_size(cells(rows), cells(columns));
        let master = self.master.as_ref().expect("the terminal is there");
        master.resize(size(columns, rows)).expect("a size can be set");
    }

    /// Stops reading, as a terminal behind a slow line does, or reads again.
    pub(crate) fn pause(&self, paused: bool) {
        self.shown().paused = paused;
        self.shared.changed.notify_all();
    }

    /// Sends a signal to the program alone.
    pub(crate) fn signal(&self, signal: i32) {
        process::signal(self.pid, signal);
    }

    /// The terminal goes away, as when its window is closed.
    pub(crate) fn hang_up(&mut self) {
        self.shown().closing = true;
        self.shared.changed.notify_all();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ended well");
        }
        self.writer = None;
        self.master = None;
    }

    /// Waits for the end of the program and gives its exit code.
    pub(crate) fn ended(&mut self) -> u32 {
        let status = match self.ended.recv_timeout(CAP) {
            Ok(status) => status,
            Err(RecvTimeoutError::Timeout) => {
                panic!("the program does not end; the screen is\n{}", self.contents())
            }
            Err(RecvTimeoutError::Disconnected) => panic!("nobody waited for the program"),
        };
        self.running = false;
        assert_eq!(status.signal(), None, "the program was killed\n{}", self.contents());
        status.exit_code()
    }

    /// Waits for the end and for everything that was written before it.
    pub(crate) fn leave(mut self) -> Left {
        let code = self.ended();
        let after = self.master.as_ref().map(|master| modes(master.as_ref())).unwrap_or_default();
        // The last one to hold the other side lets go: the reader comes to its end.
        self.slave = None;
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ended well");
        }
        let shown = self.shown();
        Left {
            code,
            raw: shown.raw.clone(),
            modes: (self.modes_before.clone(), after),
            screen: shown.parser.screen().clone(),
        }
    }

    /// Kills the program without a word, as the kernel does when memory runs out.
    pub(crate) fn kill(&mut self) {
        self.signal(libc::SIGKILL);
        self.ended.recv_timeout(CAP).expect("what is killed ends");
        self.running = false;
    }
}

impl Drop for Term {
    fn drop(&mut self) {
        if self.running {
            process::signal(self.pid, libc::SIGKILL);
        }
        if let Ok(mut shown) = self.shared.shown.lock() {
            shown.closing = true;
        }
        self.shared.changed.notify_all();
    }
}

/// Whether the screen shows a text, wherever lines were broken in it.
pub(crate) fn has(screen: &vt100::Screen, text: &str) -> bool {
    screen.contents().contains(text) || flat(screen).contains(text)
}

/// The screen as one line: every space, of any length, is one space.
pub(crate) fn flat(screen: &vt100::Screen) -> String {
    let (_, columns) = screen.size();
    let rows: Vec<String> = screen.rows(0, columns.get()).collect();
    rows.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What can be seen of a screen: each row's text and how its cells look. An erased cell and a
/// space are the same.
pub(crate) fn picture(screen: &vt100::Screen) -> Vec<String> {
    let (rows, columns) = screen.size();
    let look = |row: u16, column: u16| {
        let Some(cell) = screen.cell(row, column) else { return String::new() };
        let text = if cell.contents().is_empty() { " " } else { cell.contents() };
        let marks = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()];
        let ink = (cell.fgcolor(), cell.bgcolor(), marks);
        // The colour of nothing cannot be seen.
        let plain = (vt100::Color::Default, vt100::Color::Default, [false; 5]);
        let unseen = text == " " && ink.1 == plain.1 && !marks[3] && !marks[4];
        if unseen || ink == plain { text.to_owned() } else { format!("{text}{ink:?}") }
    };
    let row = |row| (0..columns.get()).map(|column| look(row, column)).collect::<String>();
    (0..rows.get()).map(|y| row(y).trim_end().to_owned()).collect()
}

/// Shows the rows that differ, in the test's own output.
#[expect(clippy::print_stdout, reason = "the test's output is shown when it fails")]
fn print_rows<'a>(rows: impl Iterator<Item = (&'a String, &'a String)>) {
    for (wanted, seen) in rows {
        println!("wanted {wanted:?}\nseen   {seen:?}");
    }
}

/// The kernel's modes of a terminal, as text.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

/// The terminal's side of the line once more. Dropping the library's own writer would type a
/// newline and an end of file.
fn open_again(master: &dyn MasterPty) -> File {
    let fd = master.as_raw_fd().expect("a descriptor");
    #[expect(unsafe_code, reason = "the library gives the bare number")]
    // SAFETY: the master is borrowed and open for longer than this borrow of its descriptor.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    File::from(fd.try_clone_to_owned().expect("a descriptor can be duplicated"))
}

/// Reads until the program has gone or the reader is told to end.
fn read_all(mut from: File, shared: &Shared) {
    let mut block = [0; 16 * 1024];
    loop {
        {
            let shown = shared.shown.lock().expect("no test panicked with the lock");
            let shown = shared.changed.wait_while(shown, |shown| shown.paused && !shown.closing);
            if shown.expect("no test panicked with the lock").closing {
                return;
            }
        }
        // Short, to look at the wishes above in between.
        if !process::readable(from.as_fd().as_raw_fd(), 20) {
            continue;
        }
        match from.read(&mut block) {
            Ok(0) | Err(_) => return,
            Ok(count) => {
                let mut shown = shared.shown.lock().expect("no test panicked with the lock");
                shown.raw.extend_from_slice(&block[..count]);
                shown.parser.process(&block[..count]);
                drop(shown);
                shared.changed.notify_all();
            }
        }
    }
}
