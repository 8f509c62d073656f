//! Asking for one task, listing them, canceling one.
//! It refuses to know how a reply is written.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::http::Response;
use tokio::time::Instant;

use super::{State, Task, make, reply};
use crate::sim::ask::Ask;
use crate::sim::limits::Door;
use crate::sim::refusal::{self, Refusal};
use crate::sim::request::missing;
use crate::sim::{Shared, clock, stream};

const JSON: &str = "application/json;charset=UTF-8";

/// The key and the rate of this door.
fn admit(sim: &Shared, ask: &Ask, door: Door) -> Result<(), Refusal> {
    ask.visit.admit()?;
    sim.limits.knock(ask.account(), door, "", Instant::now())
}

fn answer(ask: &Ask, body: Vec<u8>) -> Response<Body> {
    let body = stream::whole(body, &ask.visit.rule, &ask.visit.line);
    refusal::reply(200, JSON, &ask.visit.request_id, body)
}

/// `GET /api/v1/tasks/{id}`
pub(super) async fn one(
    Extract(sim): Extract<Arc<Shared>>,
    Path(id): Path<String>,
    ask: Ask,
) -> Response<Body> {
    if let Err(refusal) = admit(&sim, &ask, Door::Query) {
        return ask.visit.refuse(&refusal);
    }
    tokio::time::sleep(sim.scaled(ask.visit.rule.first_byte())).await;
    let now = Instant::now();
    let request_id = ask.visit.request_id.as_str();
    let found = sim.tasks.find(&sim, ask.account(), &id, now);
    if ask.visit.rule.task_status.as_deref() == Some("UNKNOWN") {
        return answer(&ask, reply::unknown(request_id, &id));
    }
    let Some((mut task, state)) = found else {
        return answer(&ask, reply::unknown(request_id, &id));
    };
    if state == State::Succeeded && task.parts.is_none() {
        make_parts(&sim, &mut task).await;
    }
    let word = ask.visit.rule.task_status.as_deref().unwrap_or(state.word());
    answer(&ask, reply::task(&sim, &ask, &task, state, word, now))
}

/// Makes the results away from the threads that serve, for it takes a while.
async fn make_parts(sim: &Arc<Shared>, task: &mut Task) {
    let (shared, copy) = (Arc::clone(sim), task.clone());
    let made = tokio::task::spawn_blocking(move || make::parts(&shared, &copy)).await;
    if let Ok(parts) = made {
        task.parts = Some(sim.tasks.keep(&task.id, Arc::new(parts)));
    }
}

/// The page that a list asks for.
struct Page {
    number: u64,
    size: u64,
}

fn page(ask: &Ask) -> Result<Page, Refusal> {
    let read = |name: &str, usual: u64, most: u64| match ask.query(name) {
        None => Ok(usual),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (1..=most).contains(number))
            .ok_or_else(|| missing(name)),
    };
    Ok(Page { number: read("page_no", 1, 1_000_000)?, size: read("page_size", 10, 100)? })
}

/// The window that a list asks for, in milliseconds since 1970: at most a day, by default the last.
fn window(sim: &Shared, ask: &Ask, now: Instant) -> Result<(u64, u64), Refusal> {
    const DAY_MS: u64 = 24 * 3600 * 1000;
    let read = |name: &str| {
        let text = ask.query(name);
        text.map(|text| clock::read_compact(&text).ok_or_else(|| missing(name))).transpose()
    };
    // A whole second is meant: the stamp has none smaller.
    let from = read("start_time")?;
    let to = read("end_time")?.map(|to| to + 999);
    let to = to.unwrap_or_else(|| from.map_or(sim.clock.wall_ms(now), |from| from + DAY_MS));
    let from = from.unwrap_or(to.saturating_sub(DAY_MS));
    if from > to {
        return Err(missing("start_time"));
    }
    if to - from > DAY_MS + 999 {
        return Err(missing("end_time"));
    }
    Ok((from, to))
}

/// `GET /api/v1/tasks`
pub(super) async fn list(Extract(sim): Extract<Arc<Shared>>, ask: Ask) -> Response<Body> {
    let now = Instant::now();
    let asked =
        admit(&sim, &ask, Door::List).and_then(|()| Ok((page(&ask)?, window(&sim, &ask, now)?)));
    let (page, (from, to)) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return ask.visit.refuse(&refusal),
    };
    let is = |name: &str, value: &str| ask.query(name).is_none_or(|wanted| wanted == value);
    let tasks: Vec<(Task, State)> = sim
        .tasks
        .all(&sim, ask.account(), now)
        .into_iter()
        .filter(|(task, state)| {
            let made = sim.clock.wall_ms(task.submitted);
            is("task_id", &task.id)
                && is("model_name", task.job.model.id)
                && is("status", state.word())
                && (from..=to).contains(&made)
        })
        .collect();
    let skipped = usize::try_from((page.number - 1) * page.size).unwrap_or(usize::MAX);
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let shown = tasks.iter().skip(skipped).take(size);
    answer(&ask, reply::list(&sim, &ask, shown, tasks.len() as u64, page.number, page.size))
}

/// `POST /api/v1/tasks/{id}/cancel`
pub(super) async fn cancel(
    Extract(sim): Extract<Arc<Shared>>,
    Path(id): Path<String>,
    ask: Ask,
) -> Response<Body> {
    if let Err(refusal) = admit(&sim, &ask, Door::Cancel) {
        return ask.visit.refuse(&refusal);
    }
    let request_id = ask.visit.request_id.as_str();
    if sim.tasks.cancel(&sim, ask.account(), &id, Instant::now()) {
        return answer(&ask, reply::canceled(request_id));
    }
    let body = stream::whole(reply::not_pending(request_id), &ask.visit.rule, &ask.visit.line);
    refusal::reply(400, JSON, request_id, body)
}
