//! One piece of text made into sound: found, or reserved, asked for, settled and kept. It refuses to
//! ask again where that could be paid twice, and to play.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rust_decimal::Decimal;
use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::cache::{Key, LONGEST, Sound};
use crate::api::chat::Flow;
use crate::api::diagnose::{Asked, Purpose, diagnose};
use crate::api::error::ApiError;
use crate::api::region::Endpoint;
use crate::api::retry::{Decision, Tried, decide};
use crate::api::speech::{self, SpeechStream};
use crate::catalog::speech::Spoken;
use crate::domain::audio::RATE;
use crate::domain::ids::{EntryId, SpeechId};
use crate::domain::ledger::{Estimate, Outcome, Settlement, Spending, Units, Verdict};
use crate::domain::models::Surface;
use crate::domain::money::Money;
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind, SpeechNotice};
use crate::domain::speech::aloud::Manner;
use crate::domain::speech::{PcmFormat, SpeechChunk, SpeechRequest, SpeechUsage};
use crate::service::ledger::ends::unanswered;
use crate::text::aloud::billed;

/// Which piece of what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) speech: SpeechId,
    pub(super) piece: usize,
    /// Its number among all that were asked for: a piece may be wanted again.
    pub(super) number: u64,
}

/// What there is to say of it. `Whole` and `Failed` are the last word; after a stop there may be none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Got {
    /// More samples.
    Samples(Vec<u8>),
    /// All of it was there already, and these are its samples.
    Kept(Sound),
    /// That was all, for this.
    Whole(Bill),
    /// There is no more, or nothing. What came is good.
    Failed(Bill, Box<Notice>),
}

/// What a piece cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bill {
    /// `None` where no price is known.
    pub(super) money: Option<Money>,
    /// The service did not say what was used.
    pub(super) estimated: bool,
}

/// Pieces that are being asked for, so that none is paid twice at once.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>);

impl Flights {
    /// Waits until nobody else asks for it.
    async fn enter(&self, key: &Key) -> OwnedMutexGuard<()> {
        let one = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody waits for.
            all.retain(|_, one| Arc::strong_count(one) > 1);
            all.entry(key.clone()).or_default().clone()
        };
        one.lock_owned().await
    }
}

/// Makes one piece of text into sound. `wanted` is cancelled when nobody waits for it any more: what
/// was not asked for by then is not, and what was asked for, and paid, is still kept.
pub(super) struct Fetch {
    pub(super) shared: Arc<Shared>,
    pub(super) ticket: Ticket,
    pub(super) manner: Manner,
    pub(super) text: String,
    pub(super) wanted: CancellationToken,
    pub(super) out: mpsc::Sender<(Ticket, Got)>,
}

/// What came of one request.
#[derive(Default)]
struct Answer {
    sound: Vec<u8>,
    usage: Option<SpeechUsage>,
    request_id: Option<String>,
    first: Option<Duration>,
}

/// Why a request did not end well.
enum Broken {
    /// The program ends.
    Interrupted,
    Api(ApiError),
    Told(Notice),
}

impl Fetch {
    pub(super) async fn run(self) {
        let deps = &self.shared.deps;
        let key = Key::new(&deps.endpoint.origin(), &self.manner, &self.text);
        let _alone = self.shared.flights.enter(&key).await;
        if let Some(sound) = deps.cache.find(&key).await {
            return self.tell(Got::Kept(sound)).await;
        }
        let endpoint = tokio::select! {
            biased;
            () = self.wanted.cancelled() => return,
            endpoint = deps.keys.unlock(&deps.endpoint) => endpoint,
        };
        match endpoint {
            Ok(endpoint) => self.ask(&endpoint, &key).await,
            Err(fault) => {
                let notice = Notice::new(NoticeKind::Key(fault));
                self.failed(Bill::default(), notice).await;
            }
        }
    }

    /// Nobody listens when this fails: nobody waits for it any more.
    async fn tell(&self, got: Got) {
        drop(self.out.send((self.ticket, got)).await);
    }

    async fn failed(&self, bill: Bill, notice: Notice) {
        self.tell(Got::Failed(bill, Box::new(notice))).await;
    }

    /// Asks until there is sound or nothing more is to be tried.
    async fn ask(&self, endpoint: &Endpoint, key: &Key) {
        let deps = &self.shared.deps;
        let (mut tries, mut waited) = (0, Duration::ZERO);
        loop {
            if self.wanted.is_cancelled() || self.shared.cancel.is_cancelled() {
                return;
            }
            let estimate = self.estimate();
            let (entry, guess) = (estimate.id, estimate.money);
            if let Err(notice) = self.reserve(estimate).await {
                return self.failed(Bill::default(), notice).await;
            }
            tries += 1;
            let began = Instant::now();
            let mut answer = Answer::default();
            let asked = tokio::select! {
                biased;
                () = self.shared.cancel.cancelled() => Err(Broken::Interrupted),
                asked = self.stream(endpoint, &mut answer) => asked,
            };
            let outcome = outcome(&asked, !answer.sound.is_empty());
            let bill = self.settle(entry, guess, outcome, &answer, began).await;
            let broken = match asked {
                Ok(()) if answer.sound.is_empty() => {
                    Broken::Told(Notice::new(NoticeKind::EmptyAnswer))
                }
                Ok(()) => {
                    let sound = Arc::new(answer.sound);
                    // In memory before it is told: whoever wants it again finds it.
                    let keeping = deps.cache.keep(key, &sound);
                    tokio::join!(keeping, self.tell(Got::Whole(bill)));
                    return;
                }
                Err(broken) => broken,
            };
            let error = match broken {
                Broken::Interrupted => return,
                Broken::Told(notice) => return self.failed(bill, notice).await,
                Broken::Api(error) => error,
            };
            let output = !answer.sound.is_empty();
            let so_far = Tried { tries, waited, output, random: self.shared.random() };
            match decide(&error, so_far) {
                Decision::GiveUp => {
                    let notice = self.explain(&error, endpoint, tries, &answer);
                    return self.failed(bill, notice).await;
                }
                Decision::After(wait) => {
                    tracing::info!(%error, ?wait, "speech is asked for again");
                    waited += wait;
                    tokio::select! {
                        biased;
                        () = self.shared.cancel.cancelled() => return,
                        () = self.wanted.cancelled() => return,
                        () = sleep(wait) => {}
                    }
                }
            }
        }
    }

    /// Reads one answer to its end.
    async fn stream(&self, endpoint: &Endpoint, answer: &mut Answer) -> Result<(), Broken> {
        let request = SpeechRequest {
            model: self.manner.model.clone(),
            text: self.text.clone(),
            voice: self.manner.voice.clone(),
            language: self.manner.language.clone(),
            instructions: self.manner.instructions.clone(),
            optimize: None,
        };
        let began = Instant::now();
        let opened = speech::open(&self.shared.deps.client, endpoint, &request).await;
        let mut stream: SpeechStream = opened.map_err(Broken::Api)?;
        let mut chunks = Vec::new();
        loop {
            let flow = stream.read(&mut chunks).await;
            for chunk in chunks.drain(..) {
                match chunk {
                    SpeechChunk::Opened { request_id } => answer.request_id = request_id,
                    SpeechChunk::Usage(usage) => answer.usage = Some(usage),
                    SpeechChunk::Finished { .. } => {}
                    SpeechChunk::Format(format) if format == PcmFormat::SERVICE => {}
                    SpeechChunk::Format(format) => {
                        let kind = NoticeKind::Speech(SpeechNotice::Format(format));
                        return Err(Broken::Told(Notice::new(kind)));
                    }
                    SpeechChunk::Pcm(samples) => {
                        if answer.sound.len() + samples.len() > LONGEST {
                            let kind = NoticeKind::Speech(SpeechNotice::TooLong);
                            return Err(Broken::Told(Notice::new(kind)));
                        }
                        answer.first.get_or_insert_with(|| began.elapsed());
                        answer.sound.extend_from_slice(&samples);
                        self.tell(Got::Samples(samples)).await;
                    }
                }
            }
            match flow {
                Ok(Flow::More) => {}
                Ok(Flow::End) => return Ok(()),
                Err(error) => return Err(Broken::Api(error)),
            }
        }
    }

    fn estimate(&self) -> Estimate {
        let deps = &self.shared.deps;
        let characters = billed(&self.text) as u64;
        let model = &self.manner.model;
        let guess = Spoken::guess(characters);
        let cost = deps.catalog.get().speech_cost(deps.figures, model, &guess);
        let (money, price) = cost.map(|cost| (cost.money, cost.price)).unzip();
        Estimate {
            id: self.shared.entry(),
            profile: deps.profile.clone(),
            spending: Spending::Speech,
            model: model.clone(),
            surface: Surface::Native,
            money,
            price,
            subject: None,
            fingerprint: None,
            lasting: false,
        }
    }

    async fn reserve(&self, estimate: Estimate) -> Result<(), Notice> {
        let deps = &self.shared.deps;
        let budget = |notice| Err(Notice::new(NoticeKind::Budget(notice)));
        match deps.ledger.reserve(estimate, deps.gate).await? {
            Verdict::Granted { .. } => Ok(()),
            Verdict::OverBudget(reached) => budget(BudgetNotice::Over(Box::new(reached))),
            Verdict::Loop { times } => budget(BudgetNotice::Loop { times }),
        }
    }

    /// Books what a request came to, and tells it.
    async fn settle(
        &self,
        id: EntryId,
        guess: Option<Money>,
        outcome: Outcome,
        answer: &Answer,
        began: Instant,
    ) -> Bill {
        let deps = &self.shared.deps;
        let usage = answer.usage.unwrap_or_default();
        let samples = answer.sound.len() as u64 / 2;
        let seconds = Decimal::from(samples) / Decimal::from(RATE);
        // Of a stream that was cut, what the service counts is not known before its end.
        let whole = outcome == Outcome::Done;
        let spoken = Spoken {
            characters: usage.characters,
            seconds: (whole && samples > 0).then_some(seconds),
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
        };
        let cost = deps.catalog.get().speech_cost(deps.figures, &self.manner.model, &spoken);
        let money = cost.map(|cost| cost.money).filter(|_| outcome.is_paid());
        let estimated = outcome.is_paid() && money.is_none() && guess.is_some();
        let settlement = Settlement {
            id,
            outcome,
            units: Units {
                input: usage.input_tokens,
                output: usage.output_tokens,
                characters: usage.characters,
                duration: Some(Duration::from_micros(samples * 1_000_000 / u64::from(RATE))),
                ..Units::default()
            },
            money,
            estimated,
            answered: None,
            request_id: answer.request_id.clone(),
            first: answer.first,
            total: Some(began.elapsed()),
        };
        if let Err(notice) = deps.ledger.settle(settlement).await {
            // What was reserved goes on counting: that is on the safe side.
            tracing::warn!(?notice, "what speech cost was not written down");
        }
        let money = if outcome.is_paid() { money.or(guess) } else { None };
        Bill { money, estimated }
    }

    fn explain(
        &self,
        error: &ApiError,
        endpoint: &Endpoint,
        tries: u32,
        answer: &Answer,
    ) -> Notice {
        let deps = &self.shared.deps;
        let Manner { model, voice, .. } = &self.manner;
        let voices = deps.catalog.get().likely_voices(model, voice);
        let url = endpoint.native_call(speech::PATH);
        let asked = Asked {
            request_id: answer.request_id.as_deref(),
            tries,
            purpose: Purpose::Speech,
            url: url.as_ref(),
            voice: Some(voice),
            voices: &voices,
            ..Asked::chat(model, endpoint, &deps.catalog)
        };
        diagnose(error, &asked)
    }
}

/// Whether, and how far, a request is paid.
fn outcome(asked: &Result<(), Broken>, output: bool) -> Outcome {
    match asked {
        Ok(()) => Outcome::Done,
        Err(_) if output => Outcome::Partial,
        Err(Broken::Interrupted | Broken::Told(_)) => Outcome::Unknown,
        Err(Broken::Api(error)) => unanswered(error),
    }
}
