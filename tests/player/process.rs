//! The player as a process, spoken to frame by frame. It refuses to wait for ever.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use lian::player::{Answer, Decoder, Format, Frame as _, GREETING, Request};

use crate::server::{CAP, wait_for};

/// The program.
pub(crate) const PLAYER: &str = env!("CARGO_BIN_EXE_lian-player");

pub(crate) struct Player {
    pub(crate) child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<Result<Answer, String>>,
}

impl Player {
    /// Starts it and says hello.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut player = Self::bare(command);
        player.write(&GREETING);
        player.ask(&Request::Format(Format::mono(24_000)));
        player
    }

    /// Starts it.
    pub(crate) fn bare(command: &mut Command) -> Self {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("a player");
        let stdin = child.stdin.take();
        let mut stdout = child.stdout.take().expect("a pipe");
        let (send, answers) = channel();
        std::thread::spawn(move || {
            let (mut decoder, mut found) = (Decoder::default(), Vec::new());
            let mut bytes = [0; 4 << 10];
            while let Ok(count @ 1..) = stdout.read(&mut bytes) {
                let read = decoder.push(&bytes[..count], &mut found);
                let answers = found.drain(..).map(Ok);
                // A test that has ended listens no more.
                answers.for_each(|answer| drop(send.send(answer)));
                if let Err(fault) = read {
                    drop(send.send(Err(fault.to_string())));
                    return;
                }
            }
        });
        Self { child, stdin, answers }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("an open pipe");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("a player that reads");
    }

    pub(crate) fn ask(&mut self, request: &Request) {
        self.write(&request.to_bytes());
    }

    /// Samples in pieces.
    pub(crate) fn samples(&mut self, bytes: &[u8]) {
        bytes.chunks(4_800).for_each(|piece| self.ask(&Request::Samples(piece.to_vec())));
    }

    /// Its next answer.
    pub(crate) fn answer(&self) -> Answer {
        self.answers.recv_timeout(CAP).expect("an answer").expect("nothing but frames")
    }

    /// The answers up to one that is wanted.
    pub(crate) fn until(&self, wanted: impl Fn(&Answer) -> bool) -> Vec<Answer> {
        let mut answers = Vec::new();
        loop {
            answers.push(self.answer());
            if answers.last().is_some_and(&wanted) {
                return answers;
            }
        }
    }

    /// Closes its input and waits for its end: its code, and what is on its standard error. It has
    /// said nothing more but frames.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        drop(self.stdin.take());
        self.ended()
    }

    /// Waits for its end without being asked for it.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let mut status = None;
        wait_for("the player's end", || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        while let Ok(answer) = self.answers.recv() {
            answer.expect("nothing but frames");
        }
        (status.and_then(|status| status.code()), said)
    }

    /// A number of its process, summed over its threads, by the name it has in `/proc`.
    pub(crate) fn switches(&self) -> u64 {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(tasks).expect("a process").flatten();
        let status = tasks.map(|task| std::fs::read_to_string(task.path().join("status")));
        let count = |status: String| {
            let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
            lines.filter_map(|line| line.rsplit('\t').next()?.parse::<u64>().ok()).sum::<u64>()
        };
        status.flatten().map(count).sum()
    }

    /// The time of the processor it took, in hundredths of a second.
    pub(crate) fn time(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.expect("a process");
        let (_, after) = stat.rsplit_once(')').expect("a name");
        let numbers: Vec<&str> = after.split_whitespace().collect();
        [11, 12].iter().filter_map(|at| numbers[*at].parse::<u64>().ok()).sum()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
