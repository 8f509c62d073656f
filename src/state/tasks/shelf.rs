//! The tasks in their orders: one for the list, kept sorted and filtered, one for the strip. A
//! change moves one row by bisection; nothing is sorted again but when the order or the words
//! change. It refuses to know what any task means to the user.

use std::collections::HashMap;

use crate::domain::ids::TaskKey;
use crate::domain::tasks::TaskStatus;
use crate::domain::tasks::book::{Stage, TaskRecord};

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// What is under way first.
    State,
    /// By the model's id.
    Model,
    /// The newest first.
    #[default]
    Age,
    /// The dearest first.
    Price,
    /// What expires next first.
    Expiry,
}

/// How much of a file has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arriving {
    /// Which part.
    pub part: u32,
    /// Bytes on disk.
    pub done: u64,
    /// Bytes in all, where the server told.
    pub total: Option<u64>,
    /// Bytes a second.
    pub speed: u64,
}

/// Where a row of the list belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    number: i64,
    text: Box<str>,
    second: i64,
    key: TaskKey,
}

/// Where a row of the strip belongs: what needs somebody, what runs, what waits, what is over.
type StripPlace = (u8, i64, TaskKey);

/// Ranks of the strip from this one on are of tasks that are over.
const OVER: u8 = 6;

/// A task with what is kept beside it.
#[derive(Debug)]
struct Entry {
    record: TaskRecord,
    arriving: Option<Arriving>,
    /// What is searched, in small letters.
    text: String,
    place: Place,
    strip: StripPlace,
    listed: bool,
}

/// All tasks.
#[derive(Debug, Default)]
pub struct Shelf {
    tasks: HashMap<TaskKey, Entry>,
    list: Vec<Place>,
    strip: Vec<StripPlace>,
    sort: Sort,
    backwards: bool,
    words: Vec<String>,
    /// Rows that were compared or searched since the start.
    looked_at: u64,
}

/// The stage as people think of it: what is at the service is running or not yet.
fn strip_rank(task: &TaskRecord) -> u8 {
    match task.stage {
        Stage::Maybe => 0,
        Stage::Following => match task.status {
            Some(TaskStatus::Pending) | None => 2,
            Some(
                TaskStatus::Running
                | TaskStatus::Suspended
                | TaskStatus::Succeeded
                | TaskStatus::Failed
                | TaskStatus::Canceled
                | TaskStatus::Unknown
                | TaskStatus::Other(_),
            ) => 1,
        },
        Stage::Saving => 1,
        Stage::Sending => 3,
        Stage::Waiting => 4,
        Stage::Paused => 5,
        Stage::Failed | Stage::Refused | Stage::Expired | Stage::Lost => OVER,
        Stage::Saved => OVER + 1,
        Stage::Canceled => OVER + 2,
    }
}

/// When a task was over, as far as that is known.
#[must_use]
pub fn over_ms(task: &TaskRecord) -> i64 {
    let times = &task.times;
    times.ended.or(times.saved).or(times.answered).unwrap_or(times.created)
}

fn strip_place(task: &TaskRecord) -> StripPlace {
    let rank = strip_rank(task);
    let order = match rank {
        _ if rank >= OVER => over_ms(task).saturating_neg(),
        4 | 5 => task.position,
        _ => task.times.created,
    };
    (rank, order, task.key)
}

impl Sort {
    fn place(self, task: &TaskRecord) -> Place {
        let newest = task.times.created.saturating_neg();
        let (number, text) = match self {
            Self::State => (i64::from(strip_rank(task)), ""),
            Self::Model => (0, task.model.as_str()),
            Self::Age => (newest, ""),
            Self::Price => {
                let price = task.cost.or(task.price).map_or(0, |money| {
                    let micro = money.amount.checked_mul(1_000_000.into());
                    micro.and_then(|micro| i64::try_from(micro.trunc()).ok()).unwrap_or(i64::MAX)
                });
                (price.saturating_neg(), "")
            }
            Self::Expiry => (task.expires_ms().unwrap_or(i64::MAX), ""),
        };
        Place { number, text: text.into(), second: newest, key: task.key }
    }
}

/// What is searched of a task.
fn text_of(task: &TaskRecord) -> String {
    let id = task.remote.as_ref().map_or("", |id| id.as_str());
    let files: Vec<&str> = task.saved().collect();
    format!("{} {} {} {id} {}", task.title, task.model, task.stage.name(), files.join(" "))
        .to_lowercase()
}

impl Shelf {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// A task.
    #[must_use]
    pub fn get(&self, key: TaskKey) -> Option<&TaskRecord> {
        self.tasks.get(&key).map(|entry| &entry.record)
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = &TaskRecord> {
        self.tasks.values().map(|entry| &entry.record)
    }

    /// How much of its file has arrived.
    #[must_use]
    pub fn arriving(&self, key: TaskKey) -> Option<Arriving> {
        self.tasks.get(&key)?.arriving
    }

    /// Rows of the list.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.list.len()
    }

    /// The task in a row of the list, from 0.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&TaskRecord> {
        let last = self.list.len().checked_sub(1)?;
        let at = if self.backwards { last.checked_sub(row)? } else { row };
        self.get(self.list.get(at)?.key)
    }

    /// The row a task is in.
    pub fn row_of(&mut self, key: TaskKey) -> Option<usize> {
        let place = &self.tasks.get(&key).filter(|entry| entry.listed)?.place;
        let at = search(&self.list, place, &mut self.looked_at).ok()?;
        Some(if self.backwards { self.list.len() - 1 - at } else { at })
    }

    /// What it is sorted by, and whether the other way round.
    #[must_use]
    pub fn sort(&self) -> (Sort, bool) {
        (self.sort, self.backwards)
    }

    /// Rows that were compared or searched since the start: what a change costs, in rows.
    #[must_use]
    pub fn looked_at(&self) -> u64 {
        self.looked_at
    }

    /// The strip: what is not over in the order of what matters, then what was over since a
    /// moment (milliseconds since 1970, UTC), the newest first. At most so many.
    #[must_use]
    pub fn strip(&self, since_ms: i64, most: usize) -> Vec<&TaskRecord> {
        let open = self.strip.partition_point(|place| place.0 < OVER);
        let mut keys: Vec<TaskKey> =
            self.strip[..open].iter().take(most).map(|place| place.2).collect();
        // Each rank of those that are over is sorted: the newest of their heads is next.
        let mut heads = [OVER, OVER + 1, OVER + 2].map(|rank| self.of_rank(rank, since_ms));
        while keys.len() < most {
            let newest = heads.iter_mut().filter(|head| !head.is_empty());
            let Some(head) = newest.min_by_key(|head| head[0].1) else { break };
            keys.push(head[0].2);
            *head = &head[1..];
        }
        keys.into_iter().filter_map(|key| self.get(key)).collect()
    }

    /// Those that are at the service, whatever else there is.
    pub fn under_way(&self) -> impl Iterator<Item = &TaskRecord> {
        let from = self.strip.partition_point(|place| place.0 < 1);
        let to = self.strip.partition_point(|place| place.0 < 3);
        self.strip[from..to].iter().filter_map(|place| self.get(place.2))
    }

    /// Those of a rank that were over since a moment.
    fn of_rank(&self, rank: u8, since_ms: i64) -> &[StripPlace] {
        let from = self.strip.partition_point(|place| place.0 < rank);
        let to = self
            .strip
            .partition_point(|place| (place.0, place.1) <= (rank, since_ms.saturating_neg()));
        self.strip.get(from..to).unwrap_or_default()
    }

    /// How many there are of each kind, those that are over since a moment only.
    #[must_use]
    pub fn counts(&self, since_ms: i64) -> Counts {
        let open = |rank: u8| {
            let before = |rank: u8| self.strip.partition_point(|place| place.0 < rank);
            before(rank + 1) - before(rank)
        };
        Counts {
            undecided: open(0),
            running: open(1),
            waiting: open(2) + open(3) + open(4),
            paused: open(5),
            failed: self.of_rank(OVER, since_ms).len(),
            saved: self.of_rank(OVER + 1, since_ms).len(),
            canceled: self.of_rank(OVER + 2, since_ms).len(),
        }
    }

    /// Puts a task in, in the place of what was known of it; tells what that was.
    pub fn put(&mut self, record: TaskRecord) -> Option<TaskRecord> {
        let before = self.take(record.key);
        let (place, strip, text) =
            (self.sort.place(&record), strip_place(&record), text_of(&record));
        let listed = fits(&text, &self.words, &mut self.looked_at);
        insert(&mut self.strip, strip, &mut self.looked_at);
        if listed {
            insert(&mut self.list, place.clone(), &mut self.looked_at);
        }
        // What arrives belongs to a task whose files are on their way.
        let arriving = before
            .as_ref()
            .and_then(|entry| entry.arriving)
            .filter(|_| record.stage == Stage::Saving);
        let key = record.key;
        self.tasks.insert(key, Entry { record, arriving, text, place, strip, listed });
        before.map(|entry| entry.record)
    }

    /// Takes a task out.
    pub fn remove(&mut self, key: TaskKey) -> Option<TaskRecord> {
        self.take(key).map(|entry| entry.record)
    }

    fn take(&mut self, key: TaskKey) -> Option<Entry> {
        let entry = self.tasks.remove(&key)?;
        if let Ok(at) = search(&self.strip, &entry.strip, &mut self.looked_at) {
            self.strip.remove(at);
        }
        if entry.listed
            && let Ok(at) = search(&self.list, &entry.place, &mut self.looked_at)
        {
            self.list.remove(at);
        }
        Some(entry)
    }

    /// A file is arriving. No row moves by it.
    pub fn arrives(&mut self, key: TaskKey, arriving: Arriving) {
        if let Some(entry) = self.tasks.get_mut(&key) {
            entry.arriving = Some(arriving);
        }
    }

    /// Sorts by something, or the other way round if it is sorted by that already.
    pub fn sort_by(&mut self, sort: Sort) {
        if self.sort == sort {
            self.backwards = !self.backwards;
            return;
        }
        (self.sort, self.backwards) = (sort, false);
        for entry in self.tasks.values_mut() {
            entry.place = sort.place(&entry.record);
        }
        self.list_again();
    }

    /// Shows only tasks with all these words.
    pub fn filter(&mut self, query: &str) {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        if words == self.words {
            return;
        }
        self.words = words;
        for entry in self.tasks.values_mut() {
            entry.listed = fits(&entry.text, &self.words, &mut self.looked_at);
        }
        self.list_again();
    }

    fn list_again(&mut self) {
        let listed = self.tasks.values().filter(|entry| entry.listed);
        self.list = listed.map(|entry| entry.place.clone()).collect();
        self.looked_at += self.list.len() as u64;
        self.list.sort_unstable();
    }
}

/// How many tasks there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// They may exist; the user decides.
    pub undecided: usize,
    /// They run, or their files arrive.
    pub running: usize,
    /// They wait, here or there.
    pub waiting: usize,
    /// They are held.
    pub paused: usize,
    /// They came to nothing.
    pub failed: usize,
    /// They are on disk.
    pub saved: usize,
    /// They were canceled.
    pub canceled: usize,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn all(self) -> usize {
        let open = self.undecided + self.running + self.waiting + self.paused;
        open + self.failed + self.saved + self.canceled
    }
}

fn fits(text: &str, words: &[String], looked_at: &mut u64) -> bool {
    *looked_at += u64::from(!words.is_empty());
    words.iter().all(|word| text.contains(word))
}

fn search<T: Ord>(rows: &[T], place: &T, looked_at: &mut u64) -> Result<usize, usize> {
    rows.binary_search_by(|row| {
        *looked_at += 1;
        row.cmp(place)
    })
}

fn insert<T: Ord>(rows: &mut Vec<T>, place: T, looked_at: &mut u64) {
    if let Err(at) = search(rows, &place, looked_at) {
        rows.insert(at, place);
    }
}
