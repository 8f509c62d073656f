//! An accepted chat request is answered here, whichever surface it came by: the words are found,
//! counted, and told by the writer of that surface. It refuses to know paths and rules.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response};
use tokio::time::Instant;

use super::answer::{self, Answer};
use super::pace::Pace;
use super::refusal::reply;
use super::request::{Call, Form, Native};
use super::scenario::{Garbage, Rule};
use super::script::Script;
use super::stream::{self, Active, Stream};
use super::usage::Bill;
use super::visit::Visit;
use super::wire::{Frame, compat, native};
use super::{Shared, rng, unix_seconds};

/// What each field is stained with when a rule wants terminal escapes everywhere.
const STAIN: &str = "\u{1b}]0;taken\u{7}\u{1b}[31m";

/// Answers a call.
pub(super) async fn tell(sim: &Arc<Shared>, visit: Visit, call: &Call) -> Response<Body> {
    let rule = Arc::clone(&visit.rule);
    let seed = rng::hash(sim.options.seed, &call.seed.to_le_bytes());
    let answers = (0..call.choices).map(|n| compose(sim, &rule, call, seed ^ u64::from(n)));
    let script = Script::new(call, answers.collect());
    let mut prompt = sim.cache.count(call, Instant::now());
    prompt.text += answer::read_tokens(script.sources());
    let spent = script.spent();
    let tokens = prompt.total() + spent.reasoning + spent.text;
    sim.limits.spend(visit.account, call.model.id, tokens, Instant::now());
    let searched = call.search.map(|search| search.strategy);
    let bill = Bill::new(call.model, prompt, call.thinking, searched);
    let teller = Teller { call, rule: &rule, script: &script, bill, visit: &visit };
    let rate = rule.rate.or(sim.options.rate);
    let pace = Pace::new(call.model.id, rate, sim.options.time_scale, seed);
    let first_byte = sim.scaled(rule.first_byte());
    if call.stream {
        let frame = teller.frame();
        let stream = Stream {
            frame,
            speech: call.speech.clone(),
            script,
            pace,
            line: visit.line.clone(),
            request_id: visit.request_id.clone(),
            first_byte,
            active: Active::new(&sim.active),
            rule,
        };
        return headed(call, reply(200, STREAM, &visit.request_id, stream.body()));
    }
    if let Some(refusal) = rule.midway() {
        return visit.refuse(&refusal);
    }
    let active = Active::new(&sim.active);
    let tokens = script.steps.iter().filter(|step| step.is_token()).count();
    tokio::time::sleep(pace.end(tokens) + first_byte).await;
    drop(active);
    let body = stream::whole(teller.whole(), &rule, &visit.line);
    headed(call, reply(200, "application/json", &visit.request_id, body))
}

/// The content type of a stream.
pub(super) const STREAM: &str = "text/event-stream;charset=UTF-8";

/// Native answers say whether they are finished when their headers are sent.
fn headed(call: &Call, mut response: Response<Body>) -> Response<Body> {
    if matches!(call.form, Form::Native(_)) {
        let finished = if call.stream { "false" } else { "true" };
        response.headers_mut().insert("x-dashscope-finished", HeaderValue::from_static(finished));
    }
    response
}

/// What the writers of both surfaces are made of.
struct Teller<'a> {
    call: &'a Call,
    rule: &'a Rule,
    script: &'a Script,
    bill: Bill,
    visit: &'a Visit,
}

impl Teller<'_> {
    fn stained(&self, text: &str) -> String {
        let polluted = self.rule.garbage == Some(Garbage::Escapes);
        format!("{text}{}", if polluted { STAIN } else { "" })
    }

    fn compat(&self) -> compat::Head {
        compat::Head {
            id: self.stained(&format!("chatcmpl-{}", self.visit.request_id)),
            model: self.stained(self.call.model.id),
            created: unix_seconds(),
        }
    }

    fn native(&self, form: Native) -> native::Head {
        let media = self.call.messages.iter().flat_map(|message| &message.media);
        let sizes = media.filter_map(|media| media.size).filter(|_| form.sizes).collect();
        let sources = self.call.search.filter(|search| search.sources).map(|search| {
            native::Sources { found: self.script.sources().to_vec(), first: search.first }
        });
        native::Head {
            request_id: self.stained(&self.visit.request_id),
            form: Native { incremental: form.incremental && !self.rule.cumulative, ..form },
            bill: (!self.rule.no_usage).then_some(self.bill),
            sizes,
            sources,
        }
    }

    fn frame(&self) -> Frame {
        match self.call.form {
            Form::Compat { include_usage } => {
                let bill = (include_usage && !self.rule.no_usage).then_some(self.bill);
                Frame::Compat(compat::Frame::new(&self.compat(), self.call.thinking, bill))
            }
            Form::Native(form) => {
                let (thinking, endless) = (self.call.thinking, self.rule.no_done);
                Frame::Native(native::Frame::new(self.native(form), thinking, endless))
            }
        }
    }

    /// The body of an answer that is not streamed.
    fn whole(&self) -> Vec<u8> {
        let (spent, wholes) = (self.script.spent(), self.script.wholes());
        match self.call.form {
            Form::Compat { .. } => {
                let usage = (!self.rule.no_usage).then(|| self.bill.compat(&spent));
                compat::completion(&self.compat(), &wholes, usage)
            }
            Form::Native(form) => native::completion(&self.native(form), &wholes, &spent),
        }
    }
}

/// The words of one choice: what the rule or the options prescribe, or the simulator's own.
fn compose(sim: &Shared, rule: &Rule, call: &Call, seed: u64) -> Answer {
    if rule.empty {
        return Answer::default();
    }
    let mut answer = if let Some(tokens) = rule.tokens.or(sim.options.tokens) {
        answer::measured(call, seed, tokens as usize)
    } else {
        answer::compose(call, seed)
    };
    if rule.garbage == Some(Garbage::Escapes) {
        answer::hostile().clone_into(&mut answer.text);
        answer::hostile().clone_into(&mut answer.reasoning);
        answer.calls.clear();
    }
    if let Some(text) = &rule.answer {
        answer.calls.clear();
        answer.text = answer::after_partial(call, text);
    }
    if let Some(reasoning) = &rule.reasoning {
        answer.reasoning.clone_from(reasoning);
    }
    answer
}
