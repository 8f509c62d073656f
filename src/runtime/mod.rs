//! The loop: waits for one thing, passes it through one door of the state, carries out the
//! effects, paints if a frame is due. The only place that sees everything; it refuses decisions
//! about features.
//!
//! Channels: services send up into one channel of 64 events and wait when it is full (a slow
//! screen slows the sockets); commands go down into bounded inboxes and come back when those are
//! full.

mod clock;
#[cfg(debug_assertions)]
mod drill;
mod editor;
mod examine;
mod frame;
mod launch;
mod painter;
mod perform;
mod pictures;
mod plain;
mod reload;
mod shutdown;
mod signals;

pub use launch::launch;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::mpsc::{self, Receiver};

use crate::config::{Config, Flags};
use crate::domain::ids::IdSource;
use crate::domain::settings::SettingsEvent;
use crate::effect::{Effect, ScreenCommand, SettingsCommand};
use crate::event::{EditorEvent, ServiceEvent};
use crate::input::keymap::KeyMap;
use crate::input::{Input, translate::translate};
use crate::service::attachments::look::Base;
use crate::service::tasks::setup::Setup;
use crate::service::{self, chat::Deps, log::Hidden};
use crate::sim;
use crate::state::AppState;
use crate::terminal::caps::Caps;
use crate::terminal::events::Events;
use crate::terminal::rescue;
use crate::terminal::screen::Gone;
use crate::theme::Theme;
use clock::Clock;
use frame::FrameClock;
use painter::Painter;
use perform::{Order, Services, SpeechSetup, Wanted};
use reload::{Choice, Reload, Update};
use signals::{Signal, Signals};

/// Events that may wait on their way up.
const CHANNEL: usize = 64;
/// At most so many events are taken in one step, or as many as fit into [`DRAIN_FOR`].
const DRAIN: usize = 64;
/// Keys wait no longer than this for events to be taken in.
const DRAIN_FOR: Duration = Duration::from_millis(4);
/// Without a terminal a running answer is given this long to finish.
const ORPHAN: Duration = Duration::from_secs(600);

/// What the workbench starts with.
#[derive(Debug)]
pub struct Start {
    /// The configuration.
    pub config: Config,
    /// What the configuration was read with, to read it again.
    pub flags: Flags,
    /// For the chat service.
    pub deps: Deps,
    /// What the terminal can do.
    pub caps: Caps,
    /// A question to ask at once.
    pub prompt: Option<String>,
    /// The simulator, if it runs in this process.
    pub simulator: Option<sim::Server>,
    /// Random, for ids.
    pub seed: u64,
    /// Lines that are only ever added instead of a screen.
    pub plain: bool,
    /// Learns keys, so that no log shows them.
    pub hidden: Hidden,
}

/// How the workbench ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The exit code.
    pub code: u8,
    /// A sentence for the shell, if something is left to say.
    pub farewell: Option<String>,
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Quit,
    Signal(u8),
    HungUp,
    Panicked,
}

/// Something that happened.
#[expect(clippy::large_enum_variant, reason = "one at a time, and it is moved once")]
enum Happening {
    Input(Option<Result<Input, Gone>>),
    Signal(Signal),
    Event(Option<ServiceEvent>),
    Update(Update),
    Deadline,
    Frame,
    Writable,
    Edited(EditorEvent),
}

struct Runtime {
    state: AppState,
    keys: KeyMap,
    clock: Clock,
    frames: FrameClock,
    services: Services,
    events: Receiver<ServiceEvent>,
    /// `None` once the terminal is gone.
    painter: Option<Painter>,
    input: Option<Events>,
    signals: Signals,
    /// While it has the terminal, nothing is painted and no key read.
    editor: Option<editor::Open>,
    /// Where files for the editor may lie.
    private: Vec<PathBuf>,
    reload: Reload,
    /// The theme that is not shipped, if the configuration names one.
    own_theme: Option<(String, Theme)>,
    /// What the terminal can do, where lines are added instead of a screen painted.
    lines: Option<Caps>,
    /// When a program without a terminal gives up.
    give_up: Option<Duration>,
    reason: Option<Reason>,
}

/// Runs the workbench on a terminal that is there. Returns after the terminal was given back.
pub async fn run(start: Start) -> std::io::Result<Ended> {
    let Start { config, flags, deps, caps, prompt, simulator, seed, plain, hidden } = start;
    let gather = examine::gather(flags.clone(), caps, hidden);
    let reload = Reload::start(flags, &config);
    let Config { mut settings, theme, keys, paths, target, .. } = config;
    settings.pictures = pictures::resolved(settings.pictures, caps);
    let connect = target.deadlines.connect;
    let home = crate::command::env("HOME").map(PathBuf::from);
    let files = Base { cwd: std::env::current_dir().unwrap_or_default(), home };
    let tasks = Setup::new(&deps, &settings, connect, paths.data.clone(), files.clone());
    let aloud = SpeechSetup {
        chat: deps.clone(),
        settings: settings.clone(),
        cache: paths.cache.clone(),
        data: paths.data.clone(),
    };
    let mut clock = Clock::new();
    let now = clock.now();
    let language = settings.language;
    let mouse = settings.mouse;
    let (out, events) = mpsc::channel(CHANNEL);
    let own_theme = Some((settings.theme.clone(), theme.clone()));
    let catalog = deps.catalog.clone();
    let state = AppState::new(settings, IdSource::new(seed), now).with_catalog(catalog.clone());
    let (endpoint, api_keys) = (deps.endpoint.clone(), deps.keys.clone());
    let signals = Signals::new()?;
    let (painter, plain) = if plain {
        (None, Some(plain::Plain::new(theme)?))
    } else {
        (Some(Painter::enter(caps, theme, mouse)?), None)
    };
    let mut runtime = Runtime {
        state,
        keys,
        clock,
        frames: FrameClock::default(),
        services: Services::start(deps, paths.data, files, gather, &out),
        events,
        input: painter.as_ref().map(|painter| Events::new(painter.size())),
        painter,
        lines: plain.is_some().then_some(caps),
        signals,
        editor: None,
        private: editor::dirs(&paths.state),
        reload,
        own_theme,
        give_up: None,
        reason: None,
    };
    // The first frame waits for nothing: everything that costs time comes after it.
    runtime.paint();
    runtime.services.begin_tasks(tasks, &out);
    runtime.services.begin_speech(aloud, &out);
    service::models::load(paths.config, catalog, out.clone());
    // A key command may take its time; the simulator's key is no news.
    if simulator.is_none() {
        api_keys.announce(endpoint, out.clone());
    }
    drop(out);
    let effects = runtime.state.start(prompt.as_deref(), now);
    runtime.perform(effects);
    runtime.frames.at_once(now.since_start);
    // The panic hook gives the terminal back; the state is still here, and what arrived is saved.
    let until_the_end = async {
        match plain {
            Some(plain) => runtime.lines_until_the_end(plain).await,
            None => runtime.until_the_end().await,
        }
    };
    let reason = AssertUnwindSafe(until_the_end).catch_unwind().await;
    let reason = reason.unwrap_or(Reason::Panicked);
    let ended = runtime.shut_down(reason, language).await;
    if let Some(simulator) = simulator {
        // It has nothing to save; what still streams is cut.
        drop(tokio::time::timeout(Duration::from_millis(200), simulator.shutdown()).await);
    }
    Ok(ended)
}

impl Runtime {
    async fn until_the_end(&mut self) -> Reason {
        loop {
            if let Some(reason) = self.reason {
                return reason;
            }
            match self.wait().await {
                Happening::Input(input) => self.on_input(input),
                Happening::Signal(signal) => self.on_signal(signal),
                Happening::Event(Some(event)) => self.on_events(event),
                // Every service is gone, which only happens at the end.
                Happening::Event(None) => return Reason::Quit,
                Happening::Update(update) => self.on_update(update),
                Happening::Deadline => self.on_time(),
                Happening::Frame => self.paint(),
                Happening::Edited(event) => self.edited(event),
                Happening::Writable => {
                    if let Some(Err(_)) = self.painter.as_mut().map(Painter::flush) {
                        self.hang_up();
                    }
                }
            }
        }
    }

    /// Waits for one thing, input first.
    async fn wait(&mut self) -> Happening {
        let now = self.clock.now();
        let painter = self.painter.as_ref().filter(|_| self.editor.is_none());
        let blocked = painter.is_some_and(Painter::blocked);
        // While the terminal takes nothing a frame would only add to what waits.
        let frame = self.frames.due().filter(|_| !blocked && painter.is_some());
        let frame = frame.map(|at| self.clock.instant(at));
        let deadline = self.state.deadline(now).into_iter().chain(self.give_up).min();
        let deadline = deadline.map(|at| self.clock.instant(at));
        if frame.is_some_and(|at| at <= self.clock.instant(now.since_start)) {
            return Happening::Frame;
        }
        tokio::select! {
            biased;
            input = next_input(self.input.as_mut()) => Happening::Input(input),
            signal = self.signals.next() => Happening::Signal(signal),
            event = editor::ended(self.editor.as_mut()) => Happening::Edited(event),
            () = sleep_until(frame) => Happening::Frame,
            () = writable(painter.filter(|_| blocked)) => Happening::Writable,
            event = self.events.recv() => Happening::Event(event),
            update = self.reload.next() => Happening::Update(update),
            () = sleep_until(deadline) => Happening::Deadline,
        }
    }

    fn on_input(&mut self, input: Option<Result<Input, Gone>>) {
        let now = self.clock.now();
        match input {
            Some(Ok(Input::Resize(size))) => {
                if let Some(painter) = &mut self.painter {
                    painter.resize(size);
                }
            }
            Some(Ok(input)) => {
                if let Some(action) = translate(input, self.state.contexts(), &self.keys) {
                    let effects = self.state.on_action(action, now);
                    self.perform(effects);
                }
            }
            Some(Err(_)) | None => {
                self.hang_up();
                return;
            }
        }
        self.frames.at_once(now.since_start);
    }

    /// Takes in what has arrived, as far as keys allow.
    fn on_events(&mut self, first: ServiceEvent) {
        let begin = self.clock.now();
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(event) = next {
            let now = self.clock.now();
            let effects = self.state.on_service(event, now);
            self.perform(effects);
            taken += 1;
            let late = now.since_start.saturating_sub(begin.since_start) > DRAIN_FOR;
            next = if taken < DRAIN && !late { self.events.try_recv().ok() } else { None };
        }
        self.frames.soon(begin.since_start);
        self.end_if_orphaned();
    }

    fn on_time(&mut self) {
        let now = self.clock.now();
        let effects = self.state.on_time(now);
        self.perform(effects);
        self.frames.soon(now.since_start);
        self.end_if_orphaned();
    }

    fn on_signal(&mut self, signal: Signal) {
        match signal {
            // They are for the editor that has the terminal.
            Signal::Interrupt | Signal::Continue if self.editor.is_some() => {}
            Signal::Stop if self.editor.is_some() => drop(rescue::stop()),
            Signal::Interrupt => self.reason = Some(Reason::Signal(130)),
            Signal::Terminate => self.reason = Some(Reason::Signal(143)),
            Signal::HangUp => self.hang_up(),
            Signal::Panicked => self.reason = Some(Reason::Panicked),
            Signal::Stop => self.suspend(),
            Signal::Continue => {
                if rescue::resumed().is_ok() {
                    self.repaint();
                }
            }
        }
    }

    /// Carries out effects; what is refused goes back in at once.
    fn perform(&mut self, effects: Vec<Effect>) {
        let mut order = Order::default();
        for effect in effects {
            match order.keep(effect, |effect| self.services.perform(effect)) {
                Wanted::Nothing => {}
                Wanted::Screen(ScreenCommand::Redraw) => {
                    #[cfg(debug_assertions)]
                    drill::panic_if_asked();
                    self.repaint();
                }
                Wanted::Screen(ScreenCommand::Mouse(on)) => {
                    let done = self.painter.as_mut().map(|painter| painter.set_mouse(on));
                    if let Some(Err(Gone(_))) = done {
                        self.hang_up();
                    }
                }
                Wanted::Screen(ScreenCommand::Suspend) => self.suspend(),
                Wanted::Terminal(command) => {
                    if let Some(caps) = self.lines {
                        plain::tell(&painter::said(caps, &command));
                    } else if let Some(Err(_)) = self.painter.as_mut().map(|p| p.tell(&command)) {
                        self.hang_up();
                    }
                }
                Wanted::Editor(command) => self.open_editor(command),
                Wanted::Settings(SettingsCommand::ShowTheme(name)) => self.show_theme(&name),
                Wanted::Settings(SettingsCommand::KeepTheme(name)) => {
                    self.reload.keep(Choice::Theme(name));
                }
                Wanted::Settings(SettingsCommand::KeepModel(id)) => {
                    let profile = self.state.settings().place.profile.clone();
                    self.reload.keep(Choice::Model { profile, id });
                }
                Wanted::Settings(SettingsCommand::KeepVoice(voice)) => {
                    self.reload.keep(Choice::Voice(*voice));
                }
                Wanted::Settings(SettingsCommand::KeepFavourites(voices)) => {
                    self.reload.keep(Choice::Favourites(voices));
                }
                Wanted::Quit => self.reason = Some(Reason::Quit),
                Wanted::Refused(effect) => {
                    let now = self.clock.now();
                    let more = self.state.on_service(ServiceEvent::Refused(effect), now);
                    self.perform(more);
                }
            }
        }
    }

    /// Takes over what the files say now.
    fn on_update(&mut self, update: Update) {
        let now = self.clock.now();
        let reload::Fresh { mut settings, theme, keys, later, more } = match update {
            Update::Tell(notice) => return self.on_events(ServiceEvent::Notice(*notice)),
            Update::Fresh(fresh) => *fresh,
        };
        let name = settings.theme.clone();
        self.own_theme = Some((name.clone(), theme.clone()));
        self.keys = keys;
        if let Some(painter) = &self.painter {
            settings.pictures = painter.pictures(settings.pictures);
        }
        self.services.heed(&settings);
        let settings = Box::new(settings);
        self.on_events(ServiceEvent::Settings(SettingsEvent::Changed { settings, later, more }));
        // While another theme is being tried the file's waits.
        let wanted = self.state.settings().theme == name;
        if let Some(painter) = &mut self.painter {
            painter.look(wanted.then_some(theme));
        }
        self.frames.soon(now.since_start);
    }

    fn show_theme(&mut self, name: &str) {
        let own = self.own_theme.as_ref().filter(|(own, _)| own == name);
        let theme = own.map(|(_, theme)| theme.clone()).or_else(|| Theme::shipped(name).ok());
        if let Some(painter) = &mut self.painter {
            painter.look(theme);
        }
    }

    fn suspend(&mut self) {
        if rescue::suspend().is_err() {
            self.hang_up();
            return;
        }
        self.repaint();
    }

    /// Forgets what the terminal shows and paints everything, at the size it has now.
    fn repaint(&mut self) {
        let now = self.clock.now();
        if let Some(painter) = &mut self.painter {
            painter.invalidate();
            self.frames.at_once(now.since_start);
        }
    }

    fn paint(&mut self) {
        let now = self.clock.now();
        self.frames.painted(now.since_start);
        let painter = self.painter.as_mut().filter(|_| self.editor.is_none());
        let Some(painter) = painter else { return };
        match painter.paint(&self.state, &self.keys, now) {
            Ok(painted) => self.state.note_painted(&painted),
            Err(Gone(_)) => self.hang_up(),
        }
    }

    /// The terminal is gone, or we were told so. With no answer running the program ends; else it
    /// finishes and stores the answer without a screen.
    fn hang_up(&mut self) {
        if self.painter.take().is_none() {
            return;
        }
        self.input = None;
        // SIGHUP can be sent by anybody while the terminal is alive; a dead one takes nothing.
        rescue::restore();
        tracing::info!("the terminal is gone");
        if let Err(error) = crate::terminal::hangup::detach() {
            tracing::warn!(%error, "could not let go of the terminal");
        }
        self.give_up = Some(self.clock.now().since_start + ORPHAN);
        self.end_if_orphaned();
    }

    fn end_if_orphaned(&mut self) {
        let Some(give_up) = self.give_up else { return };
        if !self.state.answering() || give_up <= self.clock.now().since_start {
            self.reason = Some(Reason::HungUp);
        }
    }
}

async fn next_input(events: Option<&mut Events>) -> Option<Result<Input, Gone>> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn writable(painter: Option<&Painter>) {
    match painter {
        Some(painter) => painter.writable().await,
        None => std::future::pending().await,
    }
}
