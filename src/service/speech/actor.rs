//! The work of the speech service: one thing is read at a time; commands, sound and its echoes come
//! in, requests and samples go out. It refuses to wait for any of them while another has something.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::fetch::{Fetch, Got, Ticket};
use super::reading::Reading;
use super::{Ear, Shared};
use crate::domain::audio::{AudioCommand, AudioEvent, AudioNews, FaultKind, SinkFault, SinkName};
use crate::domain::ids::SpeechId;
use crate::domain::notice::{Notice, NoticeKind, RequestNotice, SpeechNotice};
use crate::domain::speech::aloud::{Manner, SpeechCommand, SpeechEnd, SpeechEvent, SpeechNews};
use crate::event::ServiceEvent;
use crate::service::audio;

/// What came of requests that may wait. The actor never stops taking it.
const GOTS: usize = 64;
/// Events of the sound that may wait.
const ECHOES: usize = 64;
/// Voices that are named instead of one that there is not.
const MOST_VOICES: usize = 8;

/// A request that is under way for the reading.
struct Asked {
    ticket: Ticket,
    wanted: CancellationToken,
}

/// What is read now.
struct Now {
    reading: Reading,
    /// What the sound service calls it. A sound that begins anew has a name of its own.
    sound: SpeechId,
    asked: Option<Asked>,
    sink: Option<SinkName>,
}

/// What is handed on next.
enum Step {
    Open,
    Portion(Vec<u8>),
    Drain,
}

/// See the header.
pub(super) struct Actor {
    shared: Arc<Shared>,
    out: mpsc::Sender<ServiceEvent>,
    audio: audio::Handle,
    echoes: mpsc::Receiver<AudioEvent>,
    gots: mpsc::Receiver<(Ticket, Got)>,
    /// For requests to tell what came of them.
    tells: mpsc::Sender<(Ticket, Got)>,
    fetches: JoinSet<()>,
    now: Option<Now>,
    number: u64,
}

impl Actor {
    pub(super) fn new(shared: Shared, ear: Ear, out: mpsc::Sender<ServiceEvent>) -> Self {
        let (tell, echoes) = mpsc::channel(ECHOES);
        let (tells, gots) = mpsc::channel(GOTS);
        let silence = shared.cancel.clone();
        let audio = match ear {
            Ear::Sinks(deps) => audio::spawn(deps, tell, silence),
            Ear::Samples(samples) => audio::tap(samples, tell, silence),
        };
        Self {
            shared: Arc::new(shared),
            out,
            audio,
            echoes,
            gots,
            tells,
            fetches: JoinSet::new(),
            now: None,
            number: 0,
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<SpeechCommand>) {
        let cancel = self.shared.cancel.clone();
        let mut open = true;
        while open || self.now.is_some() {
            self.go_on().await;
            let (audio, step) = (self.audio.clone(), self.step());
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                command = commands.recv(), if open => match command {
                    Some(command) => self.command(command).await,
                    None => open = false,
                },
                Some(echo) = self.echoes.recv() => self.echo(echo).await,
                Some((ticket, got)) = self.gots.recv() => self.got(ticket, got).await,
                Some(_) = self.fetches.join_next() => {}
                handed = hand(&audio, step.as_ref()) => self.handed(step, handed).await,
            }
        }
        self.stop().await;
        // What was asked for is settled, and kept if it comes to its end. Nobody takes it any more.
        drop(self.gots);
        while self.fetches.join_next().await.is_some() {}
    }

    /// Nobody listens when this fails: the program is ending.
    async fn tell(&self, speech: SpeechId, what: SpeechNews) {
        drop(self.out.send(ServiceEvent::Speech(SpeechEvent { speech, what })).await);
    }

    async fn command(&mut self, command: SpeechCommand) {
        match command {
            SpeechCommand::Begin { speech, manner } => self.begin(speech, Some(manner)).await,
            SpeechCommand::Play { speech } => self.begin(speech, None).await,
            SpeechCommand::Say { speech, sentences } => {
                if let Some(now) = self.of(speech) {
                    let texts = sentences.into_iter().map(|sentence| sentence.text);
                    texts.for_each(|text| now.reading.say(text));
                }
            }
            SpeechCommand::Samples { speech, pcm } => {
                if let Some(now) = self.of(speech)
                    && !now.reading.play(&pcm)
                {
                    let kind = NoticeKind::Speech(SpeechNotice::TooLong);
                    now.reading.failure.get_or_insert(Notice::new(kind));
                    now.reading.finish();
                }
            }
            SpeechCommand::Finish(speech) => {
                if let Some(now) = self.of(speech) {
                    now.reading.finish();
                }
            }
            SpeechCommand::Pause(speech) => {
                if let Some(sound) = self.of(speech).map(|now| now.sound) {
                    self.control(AudioCommand::Pause(sound));
                }
            }
            SpeechCommand::Resume(speech) => {
                if let Some(sound) = self.of(speech).map(|now| now.sound) {
                    self.control(AudioCommand::Resume(sound));
                }
            }
            SpeechCommand::Jump { speech, sentence } => self.jump(speech, sentence),
            SpeechCommand::Stop(speech) => {
                if self.of(speech).is_some() {
                    self.stop().await;
                }
            }
        }
    }

    /// What is read, if it is that. Late commands are about something else.
    fn of(&mut self, speech: SpeechId) -> Option<&mut Now> {
        self.now.as_mut().filter(|now| now.reading.id == speech)
    }

    fn sound(&self) -> SpeechId {
        // Ids are never given twice, whatever they are for.
        SpeechId(self.shared.entry().0)
    }

    async fn begin(&mut self, speech: SpeechId, manner: Option<Manner>) {
        self.stop().await;
        if let Some(manner) = &manner
            && let Some(notice) = self.no_voice(manner)
        {
            return self.tell(speech, SpeechNews::Ended(SpeechEnd::Failed(notice))).await;
        }
        let reading = Reading::new(speech, manner);
        self.now = Some(Now { reading, sound: self.sound(), asked: None, sink: None });
    }

    /// A voice that the model certainly has not is not asked for.
    fn no_voice(&self, manner: &Manner) -> Option<Notice> {
        let catalog = self.shared.deps.catalog.get();
        let Manner { model, voice, .. } = manner;
        if catalog.valid_voice(model, voice) != Some(false) {
            return None;
        }
        let near = catalog.likely_voices(model, voice).into_iter().take(MOST_VOICES).collect();
        let voice = Some(crate::text::sanitize::line(voice).into_boxed_str());
        let model = model.as_str().to_owned();
        Some(Notice::new(NoticeKind::Request(RequestNotice::Voice { voice, model, near })))
    }

    /// Something that cannot wait behind samples.
    fn control(&self, command: AudioCommand) {
        if let Err(command) = self.audio.try_send(command) {
            // The sound service is busy; this is not lost for that.
            let audio = self.audio.clone();
            tokio::spawn(async move { drop(audio.send(command).await) });
        }
    }

    fn jump(&mut self, speech: SpeechId, sentence: usize) {
        let fresh = self.sound();
        let Some(now) = self.of(speech) else { return };
        let old = std::mem::replace(&mut now.sound, fresh);
        let opened = now.reading.opened;
        now.reading.jump(sentence);
        let wanted = now.reading.wanted();
        // What is not needed now is still kept if it is paid already.
        if let Some(asked) = now.asked.take_if(|asked| Some(asked.ticket.piece) != wanted) {
            asked.wanted.cancel();
        }
        if opened {
            self.control(AudioCommand::Stop(old));
        }
    }

    /// Silence, and the last word on what was read.
    async fn stop(&mut self) {
        let Some(now) = self.now.take() else { return };
        self.control(AudioCommand::Stop(now.sound));
        self.over(now, SpeechEnd::Stopped).await;
    }

    async fn over(&self, now: Now, end: SpeechEnd) {
        if let Some(asked) = now.asked {
            asked.wanted.cancel();
        }
        self.tell(now.reading.id, SpeechNews::Ended(end)).await;
    }

    /// Ends what is read because of what happened to it.
    async fn end(&mut self, why: Option<Notice>) {
        let Some(mut now) = self.now.take() else { return };
        let failure = now.reading.failure.take().or(why);
        self.over(now, failure.map_or(SpeechEnd::Whole, SpeechEnd::Failed)).await;
    }

    /// Asks for the next piece, and ends what has no sound at all.
    async fn go_on(&mut self) {
        let Some(now) = &mut self.now else { return };
        now.reading.step();
        if now.reading.is_all() && !now.reading.opened {
            return self.end(None).await;
        }
        if now.asked.is_some() {
            return;
        }
        let (Some(piece), Some(manner)) = (now.reading.wanted(), now.reading.manner.clone()) else {
            return;
        };
        self.number += 1;
        let ticket = Ticket { speech: now.reading.id, piece, number: self.number };
        let wanted = CancellationToken::new();
        now.reading.asked(piece);
        now.asked = Some(Asked { ticket, wanted: wanted.clone() });
        let fetch = Fetch {
            shared: self.shared.clone(),
            ticket,
            manner,
            text: now.reading.text(piece).to_owned(),
            wanted,
            out: self.tells.clone(),
        };
        self.fetches.spawn(fetch.run());
    }

    async fn got(&mut self, ticket: Ticket, got: Got) {
        let Some(now) = self.of(ticket.speech) else { return };
        let mine = now.asked.as_ref().is_some_and(|asked| asked.ticket == ticket);
        let spent = !matches!(got, Got::Samples(_));
        if mine {
            if now.reading.got(ticket.piece, got) {
                now.asked = None;
            }
        } else {
            match got {
                // Nobody waits for it any more, but it was paid.
                Got::Whole(bill) | Got::Failed(bill, _) => now.reading.pay(bill),
                Got::Samples(_) | Got::Kept(_) => return,
            }
        }
        if spent {
            let news = now.reading.spent();
            self.tell(ticket.speech, news).await;
        }
    }

    /// What is to be handed on now.
    fn step(&self) -> Option<(SpeechId, Step)> {
        let now = self.now.as_ref()?;
        let reading = &now.reading;
        let step = match reading.portion() {
            Some(_) if !reading.opened => Step::Open,
            Some(portion) => Step::Portion(portion),
            None if reading.is_all() && reading.opened && !reading.drained => Step::Drain,
            None => return None,
        };
        Some((now.sound, step))
    }

    async fn handed(&mut self, step: Option<(SpeechId, Step)>, handed: Result<(), AudioCommand>) {
        let Some(now) = &mut self.now else { return };
        match (handed, step.map(|(_, step)| step)) {
            (Ok(()), Some(Step::Open)) => now.reading.opened = true,
            (Ok(()), Some(Step::Portion(portion))) => now.reading.handed(portion.len()),
            (Ok(()), Some(Step::Drain)) => now.reading.drained = true,
            (Ok(()), None) => {}
            (Err(_), _) => {
                self.end(Some(no_place(None, SinkFault::silent(FaultKind::NoSink)))).await;
            }
        }
    }

    async fn echo(&mut self, echo: AudioEvent) {
        let Some(now) = self.now.as_mut().filter(|now| now.sound == echo.speech) else { return };
        let id = now.reading.id;
        match echo.what {
            AudioNews::Opened { sink } => {
                if now.sink.as_ref() != Some(&sink) {
                    now.sink = Some(sink.clone());
                    self.tell(id, SpeechNews::Opened { sink }).await;
                }
            }
            AudioNews::Position { played } => {
                for news in now.reading.heard(played) {
                    self.tell(id, news).await;
                }
            }
            AudioNews::Underruns { count } => tracing::info!(count, "the sound ran dry"),
            AudioNews::FellBack { from, why, to } => {
                now.sink = Some(to.clone());
                self.tell(id, SpeechNews::FellBack { from, why, to }).await;
            }
            AudioNews::Drained { played } => {
                for news in now.reading.heard(played) {
                    self.tell(id, news).await;
                }
                self.end(None).await;
            }
            // Nobody but us stops it, and what we stop has another name by then.
            AudioNews::Stopped { .. } => self.end(None).await,
            AudioNews::Failed { from, why } => self.end(Some(no_place(from, why))).await,
        }
    }
}

fn no_place(from: Option<SinkName>, why: SinkFault) -> Notice {
    let kind = SpeechNotice::NoPlace { from: from.map(Box::new), why: why.kind };
    let notice = Notice::new(NoticeKind::Speech(kind));
    if why.said.is_empty() { notice } else { notice.with_detail(why.said) }
}

/// Hands a step on when there is room; nothing, for ever, if there is none. May be dropped and called
/// again at any await: what was not taken was not taken at all.
async fn hand(audio: &audio::Handle, step: Option<&(SpeechId, Step)>) -> Result<(), AudioCommand> {
    let Some((sound, step)) = step else { return std::future::pending().await };
    let command = match step {
        Step::Open => AudioCommand::Open(*sound),
        Step::Portion(portion) => AudioCommand::Samples(*sound, portion.clone()),
        Step::Drain => AudioCommand::Drain(*sound),
    };
    audio.send(command).await
}
