//! The workbench without a screen: lines in, lines out, the same state and services. Screen
//! readers read what is added; nothing is ever painted over. It refuses to know what is said: that
//! is `view::plain`'s.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use tokio::sync::mpsc::{self, Receiver};

use super::signals::Signal;
use super::{Happening, Reason, Runtime};
use crate::action::{Action, App, COMMANDS, Composer, Edit, List};
use crate::state::focus::Overlay;
use crate::state::picker::Picker;
use crate::theme::Theme;
use crate::view::Scene;
use crate::view::plain::Speaker;
use crate::words::plain::Plain as Words;

/// Lines that may wait to be taken; whoever types more waits.
const LINES: usize = 16;

/// What the plain screen holds besides the state.
pub(super) struct Plain {
    theme: Theme,
    speaker: Speaker,
    lines: Receiver<String>,
    /// Lines of a message that goes on.
    begun: String,
}

impl Plain {
    /// Begins to read lines; the terminal's own editing is on.
    pub(super) fn new(theme: Theme) -> io::Result<Self> {
        let (send, lines) = mpsc::channel(LINES);
        std::thread::Builder::new().name("lian-lines".to_owned()).spawn(move || {
            // A read cannot be cancelled: the thread ends with the process, or with its input.
            for line in io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if send.blocking_send(line).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { theme, speaker: Speaker::default(), lines, begun: String::new() })
    }
}

impl Runtime {
    /// Takes lines until the end.
    pub(super) async fn lines_until_the_end(&mut self, mut plain: Plain) -> Reason {
        let hello = plain.speaker.hello(&self.scene(&plain.theme));
        print(&hello);
        loop {
            if let Some(reason) = self.reason {
                return reason;
            }
            let text = plain.speaker.say(&self.scene(&plain.theme));
            print(&text);
            let happening = tokio::select! {
                biased;
                line = plain.lines.recv() => {
                    match line {
                        Some(line) => self.on_line(&mut plain, &line),
                        None => return Reason::Quit,
                    }
                    continue;
                }
                happening = self.wait() => happening,
            };
            match happening {
                Happening::Signal(Signal::Interrupt) => self.act(Action::App(App::Interrupt)),
                Happening::Signal(Signal::HangUp) => return Reason::HungUp,
                Happening::Signal(signal) => self.on_signal(signal),
                Happening::Event(Some(event)) => self.on_events(event),
                Happening::Event(None) => return Reason::Quit,
                Happening::Update(update) => self.on_update(update),
                Happening::Deadline => self.on_time(),
                // There is no screen and no reader of keys.
                Happening::Input(_)
                | Happening::Frame
                | Happening::Writable
                | Happening::Edited(_) => {}
            }
        }
    }

    fn scene<'a>(&'a mut self, theme: &'a Theme) -> Scene<'a> {
        let now = self.clock.now();
        let widths =
            crate::text::width::Widths { ambiguous_wide: self.state.settings().ambiguous_wide };
        Scene { state: &self.state, keys: &self.keys, theme, widths, now }
    }

    fn act(&mut self, action: Action) {
        let now = self.clock.now();
        let effects = self.state.on_action(action, now);
        self.perform(effects);
    }

    /// A line is a number or words for the list that is open, a command, or a message.
    fn on_line(&mut self, plain: &mut Plain, line: &str) {
        if self.state.focus().overlay.is_some() {
            self.on_pick(line.trim());
        } else if let Some(line) = line.strip_suffix('\\') {
            plain.begun.push_str(line);
            plain.begun.push('\n');
        } else {
            let text = std::mem::take(&mut plain.begun) + line;
            match text.strip_prefix('/') {
                Some(rest) if rest.starts_with('/') => self.send(rest),
                Some(rest) => self.on_command(rest),
                None => self.send(&text),
            }
        }
    }

    fn send(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.act(Action::Composer(Composer::Paste(text.to_owned())));
            self.act(Action::Composer(Composer::Edit(Edit::Send)));
        } else if !self.state.composer().is_empty() {
            // What was held back to be looked at is sent by another Enter.
            self.act(Action::Composer(Composer::Edit(Edit::Send)));
        }
    }

    fn on_command(&mut self, text: &str) {
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        let Some((_, action)) = COMMANDS.iter().find(|(known, _)| *known == name) else {
            let words = Words::NoCommand { name: &crate::text::sanitize::line(name) };
            print(&format!("{}\n", words.say(self.state.settings().language)));
            return;
        };
        // Keys mean nothing here: help is the list of commands.
        let help = *action == Action::App(App::Help);
        let action = if help { Action::App(App::Commands) } else { action.clone() };
        let now = self.clock.now();
        let effects = self.state.on_command(action, rest.trim(), now);
        self.perform(effects);
    }

    /// A line is the value that is asked for, `-` is none, an empty line leaves it as it is.
    fn on_value(&mut self, line: &str) {
        if line.is_empty() {
            return self.act(Action::App(App::Back));
        }
        self.state.empty_value();
        if line != "-" {
            self.act(Action::Composer(Composer::Paste(line.to_owned())));
        }
        self.act(Action::Composer(Composer::Edit(Edit::Send)));
    }

    /// Marks and takes a row by its number, narrows the list by words, or closes what is open.
    fn on_pick(&mut self, line: &str) {
        if self.state.typing_value() {
            return self.on_value(line);
        }
        let rows = self.state.focus().overlay.as_ref().and_then(Overlay::picker).map(Picker::rows);
        match (rows, line.parse::<usize>()) {
            (Some(rows), Ok(number)) if (1..=rows).contains(&number) => {
                self.act(Action::List(List::First));
                for _ in 1..number {
                    self.act(Action::List(List::Down));
                }
                self.act(Action::List(List::Accept));
            }
            (Some(_), _) if !line.is_empty() => {
                self.act(Action::Composer(Composer::Edit(Edit::End)));
                self.act(Action::Composer(Composer::Edit(Edit::DeleteToHead)));
                self.act(Action::Composer(Composer::Paste(line.to_owned())));
            }
            _ => self.act(Action::App(App::Back)),
        }
    }
}

/// Writes to the terminal, which is line by line here: whoever stops it wants us to wait.
/// Tells the terminal something that is no text; where there is none nobody would take it.
pub(super) fn tell(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    if out.is_terminal() {
        drop(out.write_all(bytes).and_then(|()| out.flush()));
    }
}

fn print(text: &str) {
    if !text.is_empty() {
        let mut out = io::stdout().lock();
        // A terminal that is gone is told by its hang-up.
        drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    }
}
