//! Hands each effect to its room. Downward sends never wait: what an inbox refuses comes back as
//! an event, so that nothing is lost and the loop never stands still.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::{self, Sender};
use tokio_util::sync::CancellationToken;

use super::clock::{CLOCKS, wall_ms};
use crate::domain::settings::Settings;
use crate::domain::speech::aloud::SpeechCommand;
use crate::domain::tasks::book::TaskEvent;
use crate::effect::{EditorCommand, Effect, ScreenCommand, SettingsCommand, TerminalCommand};
use crate::event::ServiceEvent;
use crate::service::attachments::look::Base;
use crate::service::ledger::Ledger;
use crate::service::tasks::setup::Setup;
use crate::service::{
    attachments, chat, clipboard, doctor, errands, export, highlight, meters, speech, store, tasks,
};

/// The ways to the services.
#[derive(Debug)]
pub(super) struct Services {
    chat: chat::Handle,
    store: store::Handle,
    ledger: Ledger,
    highlight: highlight::Handle,
    clipboard: clipboard::Handle,
    export: export::Handle,
    /// Absent until the first frame was painted.
    tasks: Option<tasks::Handle>,
    errands: Option<errands::Handle>,
    meters: Option<meters::Handle>,
    /// Absent until then, too.
    speech: Option<speech::Handle>,
    attachments: attachments::Handle,
    doctor: doctor::Handle,
    cancel: CancellationToken,
}

/// What the service that reads aloud needs.
#[derive(Debug)]
pub(super) struct SpeechSetup {
    /// Client, endpoint, keys, catalog.
    pub(super) chat: chat::Deps,
    /// Prices, budget, places where sound goes.
    pub(super) settings: Settings,
    /// What can be thrown away at any time.
    pub(super) cache: Option<PathBuf>,
    /// The data directory.
    pub(super) data: PathBuf,
}

/// What is for the loop itself.
#[expect(clippy::large_enum_variant, reason = "one for each effect, and it is moved once")]
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    /// Nothing.
    Nothing,
    /// The screen.
    Screen(ScreenCommand),
    /// The terminal around it.
    Terminal(TerminalCommand),
    /// The user's editor.
    Editor(EditorCommand),
    /// The settings.
    Settings(SettingsCommand),
    /// The end.
    Quit,
    /// An inbox was full.
    Refused(Effect),
}

/// Keeps the order of one step's writes, and of its commands to the reader: an inbox has room again
/// at any moment, and what was refused must not be overtaken by what comes after it.
#[derive(Debug, Default)]
pub(super) struct Order {
    store_full: bool,
    speech_full: bool,
}

impl Order {
    /// Carries one effect out, unless it comes after a refused one of its kind.
    pub(super) fn keep(
        &mut self,
        effect: Effect,
        perform: impl FnOnce(Effect) -> Wanted,
    ) -> Wanted {
        let late = match effect {
            Effect::Store(_) => self.store_full,
            Effect::Speech(_) => self.speech_full,
            _ => false,
        };
        if late {
            return Wanted::Refused(effect);
        }
        let wanted = perform(effect);
        self.store_full |= matches!(wanted, Wanted::Refused(Effect::Store(_)));
        self.speech_full |= matches!(wanted, Wanted::Refused(Effect::Speech(_)));
        wanted
    }
}

impl Services {
    /// Starts them; none touches a file or a socket before it is asked for something.
    pub(super) fn start(
        mut deps: chat::Deps,
        data: PathBuf,
        files: Base,
        gather: doctor::Gather,
        out: &Sender<ServiceEvent>,
    ) -> Self {
        let cancel = CancellationToken::new();
        let store = store::spawn(store::Deps { dir: data, now: wall_ms }, out.clone());
        let ledger = Ledger::new(store.desk());
        deps.ledger = Some(ledger.clone());
        Self {
            chat: chat::spawn(deps, out.clone(), cancel.child_token()),
            store,
            ledger,
            highlight: highlight::spawn(out.clone()),
            clipboard: clipboard::spawn(out.clone(), cancel.child_token()),
            export: export::spawn(out.clone(), cancel.child_token()),
            tasks: None,
            errands: None,
            meters: None,
            speech: None,
            attachments: attachments::spawn(files, out.clone(), cancel.child_token()),
            doctor: doctor::spawn(gather, out.clone(), cancel.child_token()),
            cancel,
        }
    }

    /// Starts the services of tasks. They look at the disk at once, so the first frame comes
    /// before them.
    pub(super) fn begin_tasks(&mut self, setup: Setup, out: &Sender<ServiceEvent>) {
        let (profile, data) = (setup.profile.clone(), setup.data.clone());
        // Not the seed of the state: two sources of one seed make the same keys.
        let seed = super::launch::seed();
        let ledger = self.ledger.clone();
        let deps =
            tasks::Deps { ledger: ledger.clone(), ..setup.deps(self.store.desk(), CLOCKS, seed) };
        let meters = meters::Deps {
            client: deps.client.clone(),
            endpoint: deps.endpoint.clone(),
            keys: deps.keys.clone(),
            catalog: deps.catalog.clone(),
            figures: deps.figures,
            desk: deps.desk.clone(),
            profile: profile.clone(),
            data: data.clone(),
            now: wall_ms,
        };
        self.meters = Some(meters::spawn(meters, out.clone(), self.cancel.child_token()));
        // When it is full the service waits; it is emptied into the loop's own channel.
        let (told, events) = mpsc::channel(TASK_EVENTS);
        self.tasks = Some(tasks::spawn(deps, told, self.cancel.child_token()));
        tokio::spawn(pass_on(events, out.clone()));
        let deps = errands::Deps { ledger, profile, data };
        self.errands = Some(errands::spawn(deps, out.clone(), self.cancel.child_token()));
    }

    /// The files of the configuration say something else.
    pub(super) fn heed(&self, settings: &Settings) {
        if let Some(tasks) = &self.tasks {
            tasks.heed(settings);
        }
    }

    /// Starts the service that reads aloud. It touches nothing before it is asked to.
    pub(super) fn begin_speech(&mut self, setup: SpeechSetup, out: &Sender<ServiceEvent>) {
        let SpeechSetup { chat, settings, cache, data } = setup;
        let ledger = self.ledger.clone();
        let ear = speech::Ear::of(&settings, &data);
        let deps = speech::Deps::of(&chat, &settings, ledger, cache.as_deref(), ear);
        self.speech = Some(speech::spawn(deps, out.clone(), self.cancel.child_token()));
    }

    /// Hands a command to a service that may not have begun.
    #[expect(clippy::result_large_err, reason = "the effect comes back whole, nothing is lost")]
    fn task(&self, effect: Effect) -> Result<(), Effect> {
        match (effect, &self.tasks, &self.errands) {
            (Effect::Task(command), Some(tasks), _) => {
                tasks.try_send(command).map_err(Effect::Task)
            }
            (Effect::Errand(errand), _, Some(errands)) => {
                errands.try_send(errand).map_err(Effect::Errand)
            }
            (Effect::Meters(command), ..) => match &self.meters {
                Some(meters) => meters.try_send(command).map_err(Effect::Meters),
                None => Err(Effect::Meters(command)),
            },
            (effect, ..) => Err(effect),
        }
    }

    /// Hands a command to the service that reads aloud, if it has begun.
    #[expect(clippy::result_large_err, reason = "the effect comes back whole, nothing is lost")]
    fn aloud(&self, command: SpeechCommand) -> Result<(), Effect> {
        match &self.speech {
            Some(speech) => speech.try_send(command).map_err(Effect::Speech),
            None => Err(Effect::Speech(command)),
        }
    }

    /// Carries one effect out or hands it on.
    pub(super) fn perform(&self, effect: Effect) -> Wanted {
        let refused = match effect {
            Effect::Chat(command) => self.chat.try_send(command).map_err(Effect::Chat),
            Effect::Store(command) => self.store.try_send(command).map_err(Effect::Store),
            Effect::Highlight(command) => {
                self.highlight.try_send(command).map_err(Effect::Highlight)
            }
            Effect::Task(_) | Effect::Errand(_) | Effect::Meters(_) => self.task(effect),
            Effect::Copy(command) => self.clipboard.try_send(command).map_err(Effect::Copy),
            Effect::Doctor(command) => self.doctor.try_send(command).map_err(Effect::Doctor),
            Effect::Export(command) => self.export.try_send(command).map_err(Effect::Export),
            Effect::Attach(command) => self.attachments.try_send(command).map_err(Effect::Attach),
            Effect::Speech(command) => self.aloud(command),
            Effect::Terminal(command) => return Wanted::Terminal(command),
            Effect::Screen(command) => return Wanted::Screen(command),
            Effect::Editor(command) => return Wanted::Editor(command),
            Effect::Settings(command) => return Wanted::Settings(command),
            Effect::Quit => return Wanted::Quit,
        };
        match refused {
            Ok(()) => Wanted::Nothing,
            Err(effect) => Wanted::Refused(effect),
        }
    }

    /// Tells the producers to stop.
    pub(super) fn stop(&self) {
        self.cancel.cancel();
    }

    /// Waits until every turn has said its last word.
    pub(super) async fn stopped(&self) {
        self.chat.ended().await;
        if let Some(tasks) = &self.tasks {
            tasks.ended().await;
        }
        if let Some(speech) = &self.speech {
            speech.ended().await;
        }
    }

    /// Waits for the store's last acknowledgement.
    pub(super) fn close(self, patience: Duration) -> store::Closed {
        self.store.close(patience)
    }
}

/// Events of the task service that may wait.
const TASK_EVENTS: usize = 64;

/// Passes on what the task service says. At the end nobody listens: it is emptied all the same, so
/// that the service can say its last word.
async fn pass_on(mut events: mpsc::Receiver<TaskEvent>, out: Sender<ServiceEvent>) {
    while let Some(event) = events.recv().await {
        drop(out.send(ServiceEvent::Task(Box::new(event))).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversations::StoreCommand;

    #[test]
    fn a_write_never_overtakes_a_refused_one() {
        let note = |text: &str| Effect::Store(StoreCommand::AddHistory(text.to_owned()));
        let mut order = Order::default();
        assert_eq!(order.keep(note("1"), Wanted::Refused), Wanted::Refused(note("1")));
        // There is room again, but it is not yet the turn of the second.
        assert_eq!(order.keep(note("2"), |_| Wanted::Nothing), Wanted::Refused(note("2")));
        assert_eq!(order.keep(Effect::Quit, |_| Wanted::Quit), Wanted::Quit);
    }

    #[test]
    fn sentences_never_overtake_the_beginning_of_their_speech() {
        use crate::domain::ids::SpeechId;
        use crate::domain::speech::aloud::SpeechCommand;
        let play = Effect::Speech(SpeechCommand::Play { speech: SpeechId(1) });
        let end = Effect::Speech(SpeechCommand::Finish(SpeechId(1)));
        let mut order = Order::default();
        assert_eq!(order.keep(play.clone(), Wanted::Refused), Wanted::Refused(play));
        assert_eq!(order.keep(end.clone(), |_| Wanted::Nothing), Wanted::Refused(end));
    }
}
