//! The money of a turn: each request is reserved in the ledger before it leaves and settled when
//! its end is known, a repeated one as a request of its own. It refuses to write while an answer
//! arrives, and to let a request pass that a limit does not allow.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::Ordering;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Shared, Turn};
use crate::api::diagnose::{Kind, kind};
use crate::api::error::ApiError;
use crate::domain::attachments::Medium;
use crate::domain::chat::{ChatRequest, MediaTokens, TurnEnd, Usage};
use crate::domain::ids::{EntryId, IdSource};
use crate::domain::ledger::{Outcome, Purse, Settlement, Units, Verdict, guess};
use crate::domain::models::{ModelId, Surface};
use crate::domain::notice::{BudgetNotice, Notice, NoticeKind, Throttle};
use crate::event::ServiceEvent;
use crate::service::ledger::question::{Question, Reckoned, Refused, saved, tag};
use crate::service::ledger::{Ledger, ends};
use crate::text::estimate::Tally;

/// A request that was reserved and has not ended.
#[derive(Debug, Clone, Copy)]
struct Open {
    id: EntryId,
    /// What was sent, in tokens as guessed.
    input: u64,
    media: MediaTokens,
    /// It may have left this machine.
    sent: bool,
    thinking: bool,
}

/// What the ledger has to know of a turn.
#[derive(Debug)]
pub(super) struct Books {
    purse: Purse,
    ids: IdSource,
    open: Option<Open>,
    /// Ends that are known and not written yet, in order.
    due: Vec<(Settlement, Reckoned)>,
    /// What has arrived of the answer, for where the service does not count.
    pub(super) output: Tally,
    /// The model that answers, by its own word.
    pub(super) answered: Option<ModelId>,
}

impl Books {
    pub(super) fn new(purse: Purse, random: u64) -> Self {
        Self {
            purse,
            ids: IdSource::new(random.rotate_left(23)),
            open: None,
            due: Vec::new(),
            output: Tally::default(),
            answered: None,
        }
    }

    /// Writes the ends that are known. What cannot be written goes on counting as it was reserved.
    pub(super) async fn settle(&mut self, shared: &Shared) {
        let Some(ledger) = &shared.deps.ledger else { return };
        for (settlement, reckoned) in self.due.drain(..) {
            if let Err(notice) = ledger.answered(settlement, reckoned).await {
                tracing::warn!(?notice, "a request stays reserved in the ledger");
            }
        }
    }
}

impl Turn {
    /// Counts the request that is about to be sent. Answers with the end of the turn where it may
    /// not be sent.
    pub(super) async fn reserve(&mut self, stop: &CancellationToken) -> Option<TurnEnd> {
        let shared = self.shared.clone();
        let ledger = shared.deps.ledger.as_ref()?;
        self.books.settle(&shared).await;
        let question = self.question();
        let caps = question.purse.gate.caps;
        self.books.output = Tally::default();
        let thinking = question.thinks(&shared.deps.catalog.get());
        let (id, input, media) = (question.id, question.tokens, question.media);
        self.books.open = Some(Open { id, input, media, sent: false, thinking });
        let asked = ledger.ask(question, shared.deps.catalog.get());
        let verdict = tokio::select! {
            biased;
            () = shared.shutdown.cancelled() => return Some(self.stopped()),
            () = stop.cancelled() => return Some(self.stopped()),
            verdict = asked => verdict,
        };
        let notice = match verdict {
            Ok(verdict @ Verdict::Granted { .. }) => {
                if let Some(open) = &mut self.books.open {
                    open.sent = true;
                }
                self.warn(ledger, &verdict).await;
                return None;
            }
            Ok(Verdict::OverBudget(reached)) => budget(BudgetNotice::Over(Box::new(reached))),
            Ok(Verdict::Loop { times }) => budget(BudgetNotice::Loop { times }),
            Err(why) if caps.is_empty() => {
                self.books.open = None;
                self.uncounted(why).await;
                return None;
            }
            // With a limit nothing may be sent that is not on disk.
            Err(why) => why,
        };
        self.books.open = None;
        Some(TurnEnd::Failed(notice))
    }

    async fn warn(&self, ledger: &Ledger, verdict: &Verdict) {
        let Purse { profile, gate, .. } = &self.books.purse;
        if let Some(reached) = ledger.news(profile, &gate.caps, verdict) {
            let notice = budget(BudgetNotice::Near(Box::new(reached)));
            drop(self.shared.out.send(ServiceEvent::Notice(notice)).await);
        }
    }

    /// No limit is set and the ledger cannot be written: it is told once, and the question goes
    /// out.
    async fn uncounted(&self, why: Notice) {
        if self.shared.uncounted.swap(true, Ordering::Relaxed) {
            return;
        }
        let sentence = why.detail.unwrap_or_else(|| format!("{:?}", why.kind));
        let notice = budget(BudgetNotice::Uncounted).with_detail(sentence);
        drop(self.shared.out.send(ServiceEvent::Notice(notice)).await);
    }

    /// The request as far as its price depends on it.
    fn question(&mut self) -> Question {
        let surface = self.route().via().surface;
        let catalog = self.shared.deps.catalog.get();
        let request = &self.request;
        let weighed = weigh(request, &catalog.senses(&request.model));
        let mut purse = self.books.purse.clone();
        if self.timing.attempts > 0 {
            // Asked again because of a refusal: that is bounded elsewhere and no loop.
            purse.gate.loop_after = None;
        }
        let params = &request.params;
        // The largest answer does not hold for reasoning, which has a measure of its own.
        let reasoning = params.thinking_budget.filter(|_| params.thinking != Some(false));
        let most = params
            .max_tokens
            .map(|most| u64::from(most).saturating_add(u64::from(reasoning.unwrap_or(0))));
        Question {
            id: self.books.ids.entry(),
            purse,
            model: request.model.clone(),
            surface,
            fingerprint: fingerprint(request, surface),
            tokens: weighed.tokens,
            media: weighed.media,
            letters: weighed.letters,
            most,
            thinking: params.thinking,
            spoken: params.voice.is_some(),
        }
    }

    /// A try ended with an error: whether it is paid follows from what came before.
    pub(super) fn book_error(&mut self, error: &ApiError) {
        let outcome = if self.output { Outcome::Partial } else { ends::unanswered(error) };
        let throttle = error.refusal().and_then(|refusal| match kind(refusal) {
            Kind::Throttled(throttle) => Some(throttle),
            _ => None,
        });
        self.book(outcome, throttle.filter(|_| !self.output));
    }

    /// The turn is over: whatever is still open ended with it.
    pub(super) fn close_books(&mut self, end: &TurnEnd) {
        let outcome = match end {
            TurnEnd::Complete => Outcome::Done,
            TurnEnd::Failed(notice) if notice.kind == NoticeKind::EmptyAnswer => Outcome::Done,
            TurnEnd::Stopped | TurnEnd::Failed(_) if self.output => Outcome::Partial,
            TurnEnd::Stopped | TurnEnd::Failed(_) => Outcome::Unknown,
        };
        self.book(outcome, None);
    }

    /// Notes how the open request ended.
    fn book(&mut self, outcome: Outcome, throttle: Option<Throttle>) {
        let Some(open) = self.books.open.take() else { return };
        let outcome = if open.sent { outcome } else { Outcome::Unsent };
        let now = Instant::now();
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        let (first, total) = (self.timing.first_token, since(self.sent_at));
        let heard = matches!(outcome, Outcome::Done | Outcome::Partial);
        let (units, money, estimated, more) = if heard {
            self.reckon(&open)
        } else {
            (Units::default(), None, false, Reckoned::default())
        };
        let catalog = self.shared.deps.catalog.get();
        let (figures, model) = (self.books.purse.figures, &self.request.model);
        let refused = throttle.map(|throttle| Refused::of(throttle, &catalog, figures, model));
        let settlement = Settlement {
            id: open.id,
            outcome,
            units,
            money,
            estimated,
            answered: self.books.answered.take(),
            request_id: self.request_id.clone(),
            first: first.filter(|_| heard),
            total: total.filter(|_| open.sent && outcome != Outcome::Unsent),
        };
        self.books.due.push((settlement, Reckoned { refused, ..more }));
    }

    /// What an answer used and cost: by the service's word where it can be believed.
    fn reckon(&self, open: &Open) -> (Units, Option<crate::domain::money::Money>, bool, Reckoned) {
        let output = self.books.output.tokens();
        let media = open.media;
        let sent = Usage { input: open.input, output, media, ..Usage::default() };
        let (usage, estimated) = guess::judge(self.usage, sent);
        let catalog = self.shared.deps.catalog.get();
        let thinking = match self.usage.and_then(|usage| usage.reasoning) {
            Some(reasoning) => reasoning > 0,
            None => open.thinking,
        };
        let figures = self.books.purse.figures;
        let price = catalog.price(figures, &self.request.model, usage.input, thinking);
        let units = Units {
            input: Some(usage.input),
            output: Some(usage.output),
            cached: usage.cached,
            reasoning: usage.reasoning,
            ..Units::default()
        };
        let more = Reckoned {
            price: price.as_ref().map(tag),
            saved: price.as_ref().and_then(|price| saved(price, &usage)),
            refused: None,
        };
        (units, price.and_then(|price| price.cost(&usage)), estimated, more)
    }
}

fn budget(notice: BudgetNotice) -> Notice {
    Notice::new(NoticeKind::Budget(notice))
}

/// A prompt in tokens, as guessed.
struct Weighed {
    tokens: u64,
    media: MediaTokens,
    letters: Option<u64>,
}

fn weigh(request: &ChatRequest, senses: &crate::domain::attachments::Senses) -> Weighed {
    let mut text = Tally::default();
    let mut media = MediaTokens::default();
    let mut plain = true;
    let mut seen = 0_u64;
    for message in &request.messages {
        text.push(&message.text);
        for attachment in &message.attachments {
            plain = false;
            let tokens = senses.tokens(attachment).unwrap_or(0);
            seen = seen.saturating_add(tokens);
            let place = match attachment.medium {
                Medium::Image => &mut media.image,
                Medium::Video | Medium::Frames => &mut media.video,
                Medium::Audio => &mut media.heard,
            };
            *place = Some(place.unwrap_or(0).saturating_add(tokens));
        }
    }
    Weighed {
        tokens: text.tokens().saturating_add(seen),
        media,
        letters: plain.then(|| text.characters()),
    }
}

/// Feeds a hasher with what is written to it.
struct Print(DefaultHasher);

impl std::fmt::Write for Print {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The same for the same question to the same model with the same parameters.
fn fingerprint(request: &ChatRequest, surface: Surface) -> i64 {
    let mut print = Print(DefaultHasher::new());
    surface.hash(&mut print.0);
    // All of a request can be written down; a hasher takes everything.
    let _ = write!(print, "{request:?}");
    (print.0.finish() >> 1).cast_signed()
}

#[cfg(test)]
mod tests;
