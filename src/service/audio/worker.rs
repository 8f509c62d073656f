//! The work of the sound service: hands samples to a sink, keeps them until they were heard, and goes on
//! at the next sink when one dies, hangs or talks nonsense. It refuses to know what a sink is made of.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::Deps;
use super::find::{self, Candidate};
use super::sink::{Ask, Said, Sink};
use super::speech::Speech;
use crate::domain::audio::{AudioCommand, AudioEvent, AudioNews, FaultKind, SinkFault, SinkName};
use crate::domain::ids::SpeechId;

/// So many ids of what is over are remembered, so that a late command does nothing.
const PAST: usize = 64;

/// The sink there is now.
struct Place {
    /// Its number among the candidates.
    index: usize,
    sink: Sink,
    /// What it is called.
    name: SinkName,
    opened: bool,
}

/// See the header.
pub(super) struct Worker {
    deps: Deps,
    out: mpsc::Sender<AudioEvent>,
    /// What this machine has; looked for when something is spoken for the first time.
    candidates: Option<Vec<Candidate>>,
    /// When each of them failed.
    resting: Vec<Option<Instant>>,
    place: Option<Place>,
    said: Option<mpsc::Receiver<Said>>,
    /// Samples that were handed to the sink over its life.
    handed: u64,
    /// Underruns of the sink over its life.
    underruns: u64,
    speech: Option<Speech>,
    /// What was opened before the one before it was whole.
    next: Option<SpeechId>,
    /// What was paused before its beginning came.
    early: Vec<SpeechId>,
    /// What is over.
    past: VecDeque<SpeechId>,
    /// The last fall that was told.
    told: Option<(SinkName, SinkFault)>,
}

impl Worker {
    /// At rest: nothing was looked for, nothing is started.
    pub(super) fn new(deps: Deps, out: mpsc::Sender<AudioEvent>) -> Self {
        Self {
            deps,
            out,
            candidates: None,
            resting: Vec::new(),
            place: None,
            said: None,
            handed: 0,
            underruns: 0,
            speech: None,
            next: None,
            early: Vec::new(),
            past: VecDeque::new(),
            told: None,
        }
    }

    /// Runs until nobody asks any more and what was opened is over.
    pub(super) async fn run(
        mut self,
        mut feeds: mpsc::Receiver<AudioCommand>,
        mut controls: mpsc::Receiver<AudioCommand>,
    ) {
        loop {
            if self.speech.is_none()
                && let Some(next) = self.next.take()
            {
                self.open(next).await;
            }
            let deadline = self.deadline();
            let (ahead, ask) = match &self.place {
                Some(place) => (place.sink.ahead, Some(place.sink.ask.clone())),
                None => (None, None),
            };
            let more = self.speech.as_ref().is_some_and(|speech| speech.has_more(ahead));
            let all = ahead.is_none() && self.place.is_some();
            let hungry = self.speech.as_ref().is_none_or(|speech| speech.is_hungry(all));
            tokio::select! {
                biased;
                Some(command) = controls.recv() => self.control(command).await,
                said = said(&mut self.said) => self.hear(said).await,
                () = due(deadline) => self.fall(SinkFault::silent(FaultKind::Slow)).await,
                Some(permit) = room(ask), if more => self.hand(permit),
                command = feeds.recv(), if hungry => match command {
                    Some(command) => self.feed(command).await,
                    None => match &mut self.speech {
                        Some(speech) => speech.whole = true,
                        None => return,
                    },
                },
            }
        }
    }

    /// When the sink has to have done something.
    fn deadline(&mut self) -> Option<Instant> {
        let patience = &self.deps.patience;
        let place = self.place.as_ref()?;
        let speech = self.speech.as_mut()?;
        if let Some(asked) = speech.stopping {
            return Some(asked + patience.silence);
        }
        if !place.opened {
            return Some(speech.since + place.sink.opens);
        }
        if speech.is_expected(place.sink.ahead) {
            return Some(speech.since + patience.play);
        }
        speech.since = Instant::now();
        None
    }

    async fn tell(&self, speech: SpeechId, what: AudioNews) {
        // Nobody listens when this fails: the program is ending.
        drop(self.out.send(AudioEvent { speech, what }).await);
    }

    async fn feed(&mut self, command: AudioCommand) {
        match (command, &mut self.speech) {
            (AudioCommand::Open(id), None) => self.open(id).await,
            (AudioCommand::Open(id), Some(speech)) => {
                speech.whole = true;
                self.next = Some(id);
            }
            (AudioCommand::Samples(id, bytes), Some(speech)) if speech.id == id => {
                speech.take(&bytes);
            }
            (AudioCommand::Drain(id), Some(speech)) if speech.id == id => speech.whole = true,
            // Of something that is over; the others go the other way.
            (
                AudioCommand::Samples(..)
                | AudioCommand::Drain(_)
                | AudioCommand::Pause(_)
                | AudioCommand::Resume(_)
                | AudioCommand::Stop(_),
                _,
            ) => {}
        }
    }

    async fn control(&mut self, command: AudioCommand) {
        let now = self.speech.as_ref().map(|speech| speech.id);
        match command {
            AudioCommand::Pause(id) if now == Some(id) => self.pause().await,
            AudioCommand::Resume(id) if now == Some(id) => self.resume().await,
            AudioCommand::Stop(id) if now == Some(id) => self.stop().await,
            AudioCommand::Stop(id) if !self.past.contains(&id) => {
                // Its samples are still on their way.
                self.forget(id);
                if self.next == Some(id) {
                    self.next = None;
                }
                self.tell(id, AudioNews::Stopped { played: 0 }).await;
            }
            // Its beginning is still on its way.
            AudioCommand::Pause(id) if !self.past.contains(&id) && self.early.len() < PAST => {
                self.early.push(id);
            }
            AudioCommand::Resume(id) => self.early.retain(|early| *early != id),
            // Of something that is over; the others go the other way.
            AudioCommand::Pause(_)
            | AudioCommand::Stop(_)
            | AudioCommand::Open(_)
            | AudioCommand::Samples(..)
            | AudioCommand::Drain(_) => {}
        }
    }

    async fn open(&mut self, id: SpeechId) {
        if self.past.contains(&id) {
            return;
        }
        let mut speech = Speech::new(id);
        speech.paused = self.early.contains(&id);
        self.early.retain(|early| *early != id);
        let paused = speech.paused;
        self.speech = Some(speech);
        match &self.place {
            Some(place) if place.opened => {
                let sink = place.name.clone();
                if let Some(speech) = &mut self.speech {
                    speech.hand_over(self.handed);
                }
                self.tell(id, AudioNews::Opened { sink }).await;
            }
            // It begins when it goes on.
            Some(_) | None if paused => {}
            Some(_) | None => self.begin().await,
        }
    }

    /// Begins at the first sink that is not resting.
    async fn begin(&mut self) {
        let candidates = match self.candidates.take() {
            Some(candidates) => candidates,
            None => self.look().await,
        };
        self.resting.resize(candidates.len(), None);
        let rest = self.deps.patience.rest;
        let rested = |since: &Option<Instant>| since.is_none_or(|since| since.elapsed() >= rest);
        let index = self.resting.iter().position(rested);
        self.candidates = Some(candidates);
        match index {
            Some(index) => self.start(index),
            None => self.give_up().await,
        }
    }

    /// Looks for what this machine has. A search path may lead over a network.
    async fn look(&self) -> Vec<Candidate> {
        let deps = self.deps.clone();
        let look =
            move || find::candidates(&deps.choices, deps.beside.as_deref(), deps.path.as_ref());
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }

    fn start(&mut self, index: usize) {
        let candidate = self.candidates.as_ref().and_then(|candidates| candidates.get(index));
        let Some(candidate) = candidate else { return };
        let (sink, said) = Sink::start(candidate, &self.deps);
        let name = candidate.name();
        tracing::info!(?name, "sound goes there");
        (self.handed, self.underruns) = (0, 0);
        self.place = Some(Place { index, sink, name, opened: false });
        self.said = Some(said);
        if let Some(speech) = &mut self.speech {
            speech.hand_over(0);
        }
    }

    async fn give_up(&mut self) {
        let Some(speech) = &mut self.speech else { return };
        let id = speech.id;
        let (from, why) = match speech.fault.take() {
            Some((from, why)) => (Some(from), why),
            None => (None, SinkFault::silent(FaultKind::NoSink)),
        };
        self.end(id, AudioNews::Failed { from, why }).await;
    }

    /// The last word on what is spoken; the next one begins.
    async fn end(&mut self, id: SpeechId, what: AudioNews) {
        self.speech = None;
        self.forget(id);
        if self.place.as_ref().is_none_or(|place| !place.sink.stays) {
            self.leave();
        }
        self.tell(id, what).await;
    }

    fn forget(&mut self, id: SpeechId) {
        if self.past.len() == PAST {
            self.past.pop_front();
        }
        self.past.push_back(id);
    }

    /// Drops the sink, and what it has still to say.
    fn leave(&mut self) {
        (self.place, self.said) = (None, None);
    }

    /// Hands the next piece to the sink.
    fn hand(&mut self, permit: mpsc::OwnedPermit<Ask>) {
        let (Some(place), Some(speech)) = (&self.place, &mut self.speech) else { return };
        let ask = match speech.next(place.sink.ahead) {
            Some(samples) => {
                self.handed += samples.len() as u64 / 2;
                Ask::Samples(samples)
            }
            None => Ask::Drain,
        };
        // The permit gives back the way to the sink, which the place has, too.
        drop(permit.send(ask));
    }

    /// Asks the sink for something that cannot wait.
    async fn ask(&mut self, ask: Ask) {
        let Some(place) = &self.place else { return };
        match place.sink.ask.try_send(ask) {
            // One that has ended says so by itself.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.fall(SinkFault::silent(FaultKind::Slow)).await;
            }
        }
    }

    async fn pause(&mut self) {
        let Some(speech) = &mut self.speech else { return };
        if speech.paused || speech.stopping.is_some() {
            return;
        }
        speech.paused = true;
        match &self.place {
            Some(place) if place.sink.pauses => self.ask(Ask::Pause).await,
            // What it has is handed over again to the one that goes on.
            Some(_) | None => self.leave(),
        }
    }

    async fn resume(&mut self) {
        let Some(speech) = &mut self.speech else { return };
        if !speech.paused {
            return;
        }
        speech.paused = false;
        speech.since = Instant::now();
        match &self.place {
            Some(_) => self.ask(Ask::Resume).await,
            None => self.begin().await,
        }
    }

    async fn stop(&mut self) {
        let Some(speech) = &mut self.speech else { return };
        if speech.stopping.is_some() {
            return;
        }
        speech.stopping = Some(Instant::now());
        match &self.place {
            Some(place) if place.opened => self.ask(Ask::Stop).await,
            // Nothing is heard of it yet, or it is paused without a sink.
            Some(_) | None => {
                self.leave();
                self.stopped().await;
            }
        }
    }

    async fn stopped(&mut self) {
        let Some(speech) = &self.speech else { return };
        let (id, played) = (speech.id, speech.played);
        self.end(id, AudioNews::Stopped { played }).await;
    }

    async fn hear(&mut self, said: Option<Said>) {
        let said = said.unwrap_or(Said::Failed(SinkFault::silent(FaultKind::Ended)));
        let Some(speech) = &mut self.speech else {
            // Nothing is spoken: a player that ends now is begun anew when it is needed.
            if let Said::Failed(fault) = said {
                tracing::info!(?fault, "the sink has ended");
                self.leave();
            }
            return;
        };
        let id = speech.id;
        match said {
            Said::Opened(name) => self.opened(id, name).await,
            Said::Played(count) => self.heard(id, count).await,
            Said::Underruns(count) => {
                speech.underruns += count.saturating_sub(self.underruns);
                self.underruns = count;
                let count = speech.underruns;
                self.tell(id, AudioNews::Underruns { count }).await;
            }
            Said::Stopped if speech.stopping.is_some() => self.stopped().await,
            Said::Drained if speech.drained => {
                self.heard(id, u64::MAX).await;
                let played = self.speech.as_ref().map_or(0, |speech| speech.played);
                self.end(id, AudioNews::Drained { played }).await;
            }
            Said::Stopped | Said::Drained => {
                self.fall(SinkFault::silent(FaultKind::Garbage)).await;
            }
            Said::Failed(fault) => self.fall(fault).await,
        }
    }

    async fn opened(&mut self, id: SpeechId, name: SinkName) {
        let (Some(place), Some(speech)) = (&mut self.place, &mut self.speech) else { return };
        if place.opened {
            return self.fall(SinkFault::silent(FaultKind::Garbage)).await;
        }
        (place.opened, place.name) = (true, name.clone());
        speech.since = Instant::now();
        self.tell(id, AudioNews::Opened { sink: name }).await;
    }

    /// The sink says what is behind it. Only now it has proved itself, and if it is not the one that
    /// was meant, that is told once.
    async fn heard(&mut self, id: SpeechId, count: u64) {
        let (Some(place), Some(speech)) = (&self.place, &mut self.speech) else { return };
        let fault = speech.fault.clone();
        if !speech.heard(count) {
            return;
        }
        let (played, to) = (speech.played, place.name.clone());
        if place.index == 0 {
            self.told = None;
        }
        if fault.is_some() && fault != self.told {
            self.told.clone_from(&fault);
            if let Some((from, why)) = fault {
                self.tell(id, AudioNews::FellBack { from, why, to }).await;
            }
        }
        self.tell(id, AudioNews::Position { played }).await;
    }

    /// The sink is given up; the next one goes on where this one was last heard.
    async fn fall(&mut self, why: SinkFault) {
        let Some(place) = self.place.take() else { return };
        self.said = None;
        tracing::warn!(name = ?place.name, ?why, "the sink is given up");
        if let Some(since) = self.resting.get_mut(place.index) {
            *since = Some(Instant::now());
        }
        drop(place.sink);
        let Some(speech) = &mut self.speech else { return };
        if speech.stopping.is_some() {
            return self.stopped().await;
        }
        if speech.is_over() {
            let (id, played) = (speech.id, speech.played);
            return self.end(id, AudioNews::Drained { played }).await;
        }
        speech.fault.get_or_insert((place.name, why));
        if !speech.paused {
            self.begin().await;
        }
    }
}

/// Waits for a deadline, if there is one.
async fn due(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// What the sink says next; nothing, for ever, if there is none. `None` is its end.
async fn said(said: &mut Option<mpsc::Receiver<Said>>) -> Option<Said> {
    match said {
        Some(said) => said.recv().await,
        None => std::future::pending().await,
    }
}

/// Room at the sink for one request; nothing, for ever, if there is none.
async fn room(ask: Option<mpsc::Sender<Ask>>) -> Option<mpsc::OwnedPermit<Ask>> {
    match ask {
        // One that has ended says so by itself, and is not to be asked in a circle before it does.
        Some(ask) => match ask.reserve_owned().await {
            Ok(permit) => Some(permit),
            Err(_) => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}
