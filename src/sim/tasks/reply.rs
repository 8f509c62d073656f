//! The replies about tasks, byte for byte as recorded and documented, with every model's own usage.
//! It refuses to decide what they say.

use tokio::time::Instant;

use super::job::{Film, Meter, Product};
use super::{Part, State, Task, make};
use crate::sim::Shared;
use crate::sim::ask::Ask;
use crate::sim::ordered::{Json, object};
use crate::sim::scenario::UsageForm;

/// A task that is not known, any more or to this key.
pub(super) fn unknown(request_id: &str, id: &str) -> Vec<u8> {
    let output = object([("task_id", id.into()), ("task_status", "UNKNOWN".into())]);
    object([("request_id", request_id.into()), ("output", output)]).bytes()
}

/// The reply to a cancel that worked.
pub(super) fn canceled(request_id: &str) -> Vec<u8> {
    object([("request_id", request_id.into())]).bytes()
}

/// The reply to one that did not.
pub(super) fn not_pending(request_id: &str) -> Vec<u8> {
    object([
        ("request_id", request_id.into()),
        ("code", "UnsupportedOperation".into()),
        (
            "message",
            "Failed to cancel the task, please confirm if the task is in PENDING status.".into(),
        ),
    ])
    .bytes()
}

/// A task as it is; `word` is the status as it is told.
pub(super) fn task(
    sim: &Shared,
    ask: &Ask,
    task: &Task,
    state: State,
    word: &str,
    now: Instant,
) -> Vec<u8> {
    let mut output = object([
        ("task_id", task.id.as_str().into()),
        ("task_status", word.into()),
        ("submit_time", sim.clock.stamp(task.submitted).into()),
        ("scheduled_time", sim.clock.stamp(task.scheduled).into()),
    ]);
    let finished = matches!(state, State::Succeeded | State::Failed | State::Canceled);
    if finished && let Some(ended) = task.ended {
        output.push("end_time", sim.clock.stamp(ended));
    }
    let mut usage = None;
    match state {
        State::Failed => {
            let (code, message) = task.failure().unwrap_or_else(make::timeout);
            output.push("code", code);
            output.push("message", message);
        }
        State::Succeeded => {
            results(&mut output, task, &ask.origin(sim));
            usage = (!task.rule.no_usage).then(|| self::usage(task));
        }
        State::Pending | State::Running | State::Canceled | State::Gone => {}
    }
    let total = task.job.parts();
    if total > 0 && matches!(state, State::Running | State::Succeeded | State::Failed) {
        let done = if state == State::Failed { 0 } else { task.done(now) };
        let failed = if finished { total - done } else { 0 };
        output.push(
            "task_metrics",
            object([
                ("TOTAL", total.into()),
                ("SUCCEEDED", done.into()),
                ("FAILED", failed.into()),
            ]),
        );
    }
    let mut body =
        object([("request_id", ask.visit.request_id.as_str().into()), ("output", output)]);
    if let Some(usage) = usage {
        body.push("usage", usage);
    }
    body.bytes()
}

/// The prompts and the links of a task that succeeded.
fn results(output: &mut Json, task: &Task, origin: &str) {
    let job = &task.job;
    let none = Vec::new();
    let parts: &[Part] = task.parts.as_deref().unwrap_or(&none);
    let first = || parts.first().and_then(Option::as_ref).map(|link| link.at(origin));
    let field =
        |usual: &'static str| task.rule.url_field.clone().unwrap_or_else(|| usual.to_owned());
    match &job.product {
        Product::Film(_) => {
            prompts(output, task);
            if let Some(url) = first().filter(|_| !task.rule.no_url) {
                output.push(field("video_url"), url);
            }
        }
        Product::Vectors(_) => {
            if let Some(url) = first().filter(|_| !task.rule.no_url) {
                output.push(field("url"), url);
            }
        }
        Product::Pictures(pictures) => {
            let items = parts.iter().map(|part| {
                let mut item = Json::Object(Vec::new());
                match part {
                    None => failed(&mut item, task),
                    Some(link) => {
                        if pictures.prompts {
                            prompts(&mut item, task);
                        }
                        if !task.rule.no_url {
                            item.push(field("url"), link.at(origin));
                        }
                    }
                }
                item
            });
            output.push("results", items.collect::<Vec<_>>());
        }
        Product::Choices(_) => {
            let items = parts.iter().map(|part| {
                let mut content = Json::Object(Vec::new());
                match part {
                    None => failed(&mut content, task),
                    Some(link) if !task.rule.no_url => {
                        content.push(field("image"), link.at(origin));
                    }
                    Some(_) => {}
                }
                choice(content)
            });
            output.push("finished", true);
            output.push("choices", items.collect::<Vec<_>>());
        }
    }
}

/// One answer with one part, as pictures are handed over in messages.
pub(super) fn choice(content: Json) -> Json {
    let message = object([("role", "assistant".into()), ("content", Json::List(vec![content]))]);
    object([("finish_reason", "stop".into()), ("message", message)])
}

fn failed(item: &mut Json, task: &Task) {
    let (code, message) = match task.rule.task_code {
        Some(_) => task.rule.task_failure(),
        None => make::timeout(),
    };
    item.push("code", code);
    item.push("message", message);
}

fn prompts(item: &mut Json, task: &Task) {
    if let Some(prompt) = &task.job.prompt {
        item.push("orig_prompt", prompt.as_str());
    }
    if let Some(prompt) = &task.job.extended {
        item.push("actual_prompt", prompt.as_str());
    }
}

fn usage(task: &Task) -> Json {
    match &task.job.product {
        Product::Film(film) => film_usage(film, task.rule.usage),
        Product::Pictures(_) | Product::Choices(_) => {
            let parts = task.parts.as_deref().map_or(&[][..], Vec::as_slice);
            object([("image_count", (parts.iter().flatten().count() as u64).into())])
        }
        Product::Vectors(lines) => object([("total_tokens", lines.tokens.into())]),
    }
}

fn film_usage(film: &Film, form: Option<UsageForm>) -> Json {
    let seconds = || Json::from(film.seconds);
    let size = format!("{}*{}", film.wish.width, film.wish.height);
    let meter = match (form, film.meter) {
        (Some(UsageForm::Documented), Meter::Recorded) => Meter::Ratio,
        (Some(UsageForm::Recorded), Meter::Ratio) => Meter::Recorded,
        (_, meter) => meter,
    };
    match meter {
        Meter::Ratio => object([
            ("video_duration", seconds()),
            ("video_ratio", size.into()),
            ("video_count", 1u32.into()),
        ]),
        Meter::Recorded => object([
            ("SR", film.lines.into()),
            ("duration", seconds()),
            ("video_count", 1u32.into()),
        ]),
        Meter::Sized => object([
            ("duration", seconds()),
            ("size", size.into()),
            ("input_video_duration", 0u32.into()),
            ("output_video_duration", seconds()),
            ("video_count", 1u32.into()),
            ("SR", film.lines.into()),
        ]),
        Meter::Unsized { audio } => {
            let mut usage = object([
                ("duration", seconds()),
                ("input_video_duration", 0u32.into()),
                ("output_video_duration", seconds()),
                ("video_count", 1u32.into()),
            ]);
            if let Some(audio) = audio {
                usage.push("audio", audio);
            }
            usage.push("SR", film.lines);
            usage
        }
        Meter::Aspect(ratio) => object([
            ("duration", seconds()),
            ("input_video_duration", 0u32.into()),
            ("output_video_duration", seconds()),
            ("video_count", 1u32.into()),
            ("ratio", ratio.into()),
            ("SR", film.lines.into()),
        ]),
    }
}

/// A page of a list: flat, without `output`.
pub(super) fn list<'a>(
    sim: &Shared,
    ask: &Ask,
    tasks: impl Iterator<Item = &'a (Task, State)>,
    total: u64,
    number: u64,
    size: u64,
) -> Vec<u8> {
    let items = tasks.map(|(task, state)| item(sim, task, *state)).collect::<Vec<_>>();
    object([
        ("total", total.into()),
        ("data", items.into()),
        ("total_page", total.div_ceil(size).into()),
        ("page_no", number.into()),
        ("request_id", ask.visit.request_id.as_str().into()),
        ("page_size", size.into()),
    ])
    .bytes()
}

fn item(sim: &Shared, task: &Task, state: State) -> Json {
    let account = task.account.number();
    let caller = format!("1{:015}", account % 1_000_000_000_000_000);
    let model = task.job.model.id;
    let mut item = object([
        ("api_key_id", (account % 9_000_000 + 1_000).to_string().into()),
        ("caller_parent_id", caller.clone().into()),
        ("caller_uid", caller.into()),
    ]);
    let finished = matches!(state, State::Succeeded | State::Failed | State::Canceled);
    if finished && let Some(ended) = task.ended {
        item.push("end_time", sim.clock.wall_ms(ended));
    }
    item.push("gmt_create", sim.clock.wall_ms(task.submitted));
    item.push("model_name", model);
    item.push("region", "cn-beijing");
    item.push("request_id", task.request_id.as_str());
    item.push("start_time", sim.clock.wall_ms(task.scheduled));
    item.push("status", state.word());
    item.push("task_id", task.id.as_str());
    let key = format!("apikey:v1:{}:{model}", task.job.service.name());
    item.push("user_api_unique_key", key);
    item
}
