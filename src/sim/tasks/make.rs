//! Making what a task was asked for, and putting it where links point.
//! It refuses to be quick: callers do this away from the threads that serve.

use std::time::Duration;

use super::job::{Pictures, Product};
use super::{Part, Task, vectors};
use crate::sim::results::DAY;
use crate::sim::{Shared, film, rng};

/// How long the link of a batch of vectors opens, as recorded.
const BATCH: Duration = Duration::from_secs(3 * 24 * 3600);

/// What a part says that failed for no better reason, and a task that ran for too long.
pub(super) fn timeout() -> (String, String) {
    let kind = &crate::sim::refusal::INTERNAL_TIMEOUT;
    (kind.native.to_owned(), kind.message.to_owned())
}

/// The results of a task; where a rule lets some fail, the last ones do.
pub(super) fn parts(sim: &Shared, task: &Task) -> Vec<Part> {
    let put = |usual: &str, kind: &'static str, bytes: Vec<u8>, life: Duration| {
        let name = task.rule.file_name.as_deref().unwrap_or(usual);
        let ends = task.ended.unwrap_or(task.submitted) + sim.scaled(life);
        Some(sim.results.put_until(sim, name, kind, bytes, ends))
    };
    match &task.job.product {
        Product::Film(wanted) => {
            let bytes = film::film(wanted.wish, wanted.seconds);
            vec![put(&format!("{}.mp4", task.id), "video/mp4", bytes, DAY)]
        }
        Product::Pictures(wanted) | Product::Choices(wanted) => {
            let failed = task.rule.partly.unwrap_or(0).min(wanted.count);
            (0..wanted.count)
                .map(|number| {
                    let name = match number {
                        0 => format!("{}.png", task.id),
                        _ => format!("{}-{number}.png", task.id),
                    };
                    (number < wanted.count - failed)
                        .then(|| put(&name, "image/png", picture(wanted, number), DAY))
                        .flatten()
                })
                .collect()
        }
        Product::Vectors(lines) => {
            let bytes = vectors::pack(task.job.model, lines);
            vec![put(&format!("{}.txt.gz", task.id), "application/gzip", bytes, BATCH)]
        }
    }
}

/// The `number`th picture: the same wish, another scene.
fn picture(wanted: &Pictures, number: u32) -> Vec<u8> {
    let seed = rng::hash(wanted.wish.seed, &number.to_le_bytes());
    film::picture(film::Wish { seed, ..wanted.wish })
}

/// All pictures of a request, as files.
pub(super) fn pictures(wanted: &Pictures) -> Vec<Vec<u8>> {
    (0..wanted.count).map(|number| picture(wanted, number)).collect()
}
