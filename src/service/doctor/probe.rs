//! One small real request on each surface, for those who want to see the whole way work. What it
//! costs is known before and passes the ledger; it refuses to be made without being asked for.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::{Deps, Out, Ready, trouble};
use crate::api::chat::surface::{Place, choose};
use crate::api::chat::{Flow, open};
use crate::api::error::ApiError;
use crate::catalog::Catalog;
use crate::domain::chat::{ChatChunk, ChatParams, ChatRequest, PromptMessage, Role, Usage};
use crate::domain::doctor::finding::{Finding, ProbeFinding, ServiceFinding};
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::domain::ids::IdSource;
use crate::domain::ledger::{
    Estimate, Gate, Outcome, PriceTag, Settlement, Spending, Units, Verdict,
};
use crate::domain::models::{ModelId, Surface, Thinking};
use crate::domain::money::Money;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::{Budget, Figures};
use crate::service::ledger::Ledger;
use crate::service::ledger::ends::unanswered;
use crate::service::store;

/// A cheap model that every region serves.
const CHEAP: &str = "qwen-flash";
const QUESTION: &str = "Say ok.";
/// Tokens of the question with what stands around it, with room to spare.
const INPUT: u64 = 20;
/// A model that is woken first takes longer than a free call.
const PATIENCE: Duration = Duration::from_secs(60);
/// The store is waited for so long at the end.
const CLOSING: Duration = Duration::from_secs(5);

/// Real requests that are ready to be made.
pub struct Probe {
    ready: Ready,
    catalog: std::sync::Arc<Catalog>,
    model: ModelId,
    figures: Figures,
    budget: Budget,
    /// Where the ledger is.
    data: PathBuf,
    seed: u64,
}

impl Probe {
    pub(super) fn new(deps: &Deps, ready: Ready, catalog: std::sync::Arc<Catalog>) -> Option<Self> {
        let config = deps.loaded.as_ref().ok()?;
        let settings = &config.settings;
        let cheap = ModelId::new(CHEAP);
        let own = settings.model_given
            || config.target.plan.is_some()
            || ready.endpoint.native().is_none()
            || catalog.model(&cheap).is_none();
        Some(Self {
            model: if own { settings.model.clone() } else { cheap },
            figures: settings.figures,
            budget: settings.budget,
            data: config.paths.data.clone(),
            seed: deps.seed,
            catalog,
            ready,
        })
    }

    /// Which model is asked.
    #[must_use]
    pub const fn model(&self) -> &ModelId {
        &self.model
    }

    /// How many requests are made.
    #[must_use]
    pub fn times(&self) -> usize {
        1 + usize::from(self.ready.endpoint.native().is_some())
    }

    /// What all of them cost at most, where a price is known.
    #[must_use]
    pub fn price(&self) -> Option<Money> {
        let one = self.cost(&Usage { input: INPUT, output: 1, ..Usage::default() })?;
        if self.times() == 1 { Some(one) } else { one.plus(one) }
    }

    fn cost(&self, usage: &Usage) -> Option<Money> {
        self.catalog.cost(self.figures, &self.model, usage, false)
    }

    /// Makes them and tells what came of each.
    pub async fn run(self, out: &mpsc::Sender<Check>) {
        let out = Out(out);
        // What the store has to say besides its answers is for a screen.
        let (events, _nobody) = mpsc::channel(1);
        let deps = store::Deps { dir: self.data.clone(), now: wall_ms };
        let store = store::spawn(deps, events);
        let ledger = Ledger::new(store.desk());
        let mut ids = IdSource::new(self.seed);
        out.tell(self.ask(Surface::Compat, &ledger, &mut ids).await).await;
        let native = if self.ready.endpoint.native().is_some() {
            self.ask(Surface::Native, &ledger, &mut ids).await
        } else {
            Check::skipped(Name::ProbeNative, ServiceFinding::NoNative)
        };
        out.tell(native).await;
        // It has answered already: nothing is lost if it does not end in time.
        drop(tokio::task::spawn_blocking(move || store.close(CLOSING)).await);
    }

    /// One request, counted before and after.
    async fn ask(&self, surface: Surface, ledger: &Ledger, ids: &mut IdSource) -> Check {
        let name = match surface {
            Surface::Compat => Name::ProbeCompat,
            Surface::Native => Name::ProbeNative,
        };
        let estimate = self.estimate(surface, ids);
        let id = estimate.id;
        let gate = Gate { caps: self.budget.caps(), ..Gate::default() };
        match ledger.reserve(estimate, gate).await {
            Ok(Verdict::Granted { .. }) => {}
            Ok(Verdict::OverBudget(reached)) => {
                let (spent, limit) = (reached.spent, reached.limit);
                return Check::warn(name, ProbeFinding::OverBudget { spent, limit });
            }
            Ok(Verdict::Loop { .. }) => {
                return Check::warn(name, Notice::new(NoticeKind::Busy)).with_next(Next::TryLater);
            }
            // Nothing is sent that was not counted.
            Err(notice) => return Check::fail(name, Trouble::Setup, notice),
        }
        let answer = timeout(PATIENCE, self.answer(surface)).await;
        let (check, settled) = match answer {
            Ok(Ok(answer)) => self.answered(name, &answer),
            Ok(Err((error, usage))) => {
                let notice = self.ready.notice(&error);
                let outcome = unanswered(&error);
                let money = usage.and_then(|usage| self.cost(&usage));
                (
                    Check::fail(name, trouble(&notice), notice),
                    Settled { outcome, usage, money, first: None },
                )
            }
            Err(_) => {
                let late = Finding::Late(PATIENCE);
                let settled =
                    Settled { outcome: Outcome::Unknown, usage: None, money: None, first: None };
                let check = Check::fail(name, Trouble::Network, late);
                (check.with_next(Next::TryLater), settled)
            }
        };
        // What cannot be settled goes on counting with what was reserved.
        drop(ledger.settle(settled.settlement(id)).await);
        check
    }

    fn estimate(&self, surface: Surface, ids: &mut IdSource) -> Estimate {
        let price = self.catalog.price(self.figures, &self.model, INPUT, false);
        Estimate {
            id: ids.entry(),
            profile: self.ready.profile.clone(),
            spending: Spending::Chat,
            model: self.model.clone(),
            surface,
            money: self.cost(&Usage { input: INPUT, output: 1, ..Usage::default() }),
            price: price.map(|price| PriceTag {
                figures: price.basis.figures,
                source: price.source,
                as_of: price.as_of,
            }),
            subject: None,
            fingerprint: None,
            lasting: false,
        }
    }

    fn answered(&self, name: Name, answer: &Answer) -> (Check, Settled) {
        let Answer { first, usage } = *answer;
        let cost = usage.and_then(|usage| self.cost(&usage));
        let found =
            ProbeFinding::Answered { model: self.model.to_string(), first_token: first, cost };
        let settled = Settled { outcome: Outcome::Done, usage, money: cost, first: Some(first) };
        (Check::ok(name, found), settled)
    }

    /// Asks and reads the answer to its end.
    async fn answer(&self, surface: Surface) -> Result<Answer, (ApiError, Option<Usage>)> {
        let able = self.catalog.model_like(&self.model).map(|model| model.thinking);
        let params = ChatParams {
            max_tokens: Some(1),
            thinking: matches!(able, Some(Thinking::Optional { .. })).then_some(false),
            ..ChatParams::default()
        };
        let request = ChatRequest {
            model: self.model.clone(),
            messages: vec![PromptMessage::text(Role::User, QUESTION)],
            params,
        };
        let place = match surface {
            Surface::Compat => Place::Compat,
            Surface::Native => {
                let native = self.ready.endpoint.clone().with_surface(Some(Surface::Native));
                choose(&request, &native, &self.catalog).place
            }
        };
        let begun = Instant::now();
        let stream = open(&self.ready.client, &self.ready.endpoint, &request, place).await;
        let mut stream = stream.map_err(|error| (error, None))?;
        let (mut first, mut usage) = (None, None);
        let mut chunks = Vec::new();
        loop {
            let flow = stream.read(&mut chunks).await;
            for chunk in chunks.drain(..) {
                match chunk {
                    ChatChunk::Text(_)
                    | ChatChunk::Reasoning(_)
                    | ChatChunk::ToolCall { .. }
                    | ChatChunk::Audio(_)
                    | ChatChunk::Finished(_) => {
                        first.get_or_insert_with(|| begun.elapsed());
                    }
                    ChatChunk::Usage(found) => usage = Some(found),
                    ChatChunk::Opened { .. } | ChatChunk::Sources(_) => {}
                }
            }
            match flow {
                Ok(Flow::More) => {}
                Ok(Flow::End) => {
                    let first = first.unwrap_or_else(|| begun.elapsed());
                    return Ok(Answer { first, usage });
                }
                Err(error) => return Err((error, usage)),
            }
        }
    }
}

/// What an answer tells.
struct Answer {
    first: Duration,
    usage: Option<Usage>,
}

/// How a request ended, for the ledger.
struct Settled {
    outcome: Outcome,
    usage: Option<Usage>,
    money: Option<Money>,
    first: Option<Duration>,
}

impl Settled {
    fn settlement(self, id: crate::domain::ids::EntryId) -> Settlement {
        let units = self.usage.map_or_else(Units::default, |usage| Units {
            input: Some(usage.input),
            output: Some(usage.output),
            cached: usage.cached,
            reasoning: usage.reasoning,
            ..Units::default()
        });
        Settlement {
            id,
            outcome: self.outcome,
            units,
            money: self.money,
            estimated: false,
            answered: None,
            request_id: None,
            first: self.first,
            total: None,
        }
    }
}

/// Milliseconds since 1970 (UTC), for the store.
#[expect(clippy::disallowed_methods, reason = "a service has a clock")]
pub(super) fn wall_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
