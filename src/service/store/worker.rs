//! The store's thread: takes commands, decides when to write, says what happened.
//! It refuses to lose what it was given while the program runs, and to wake up for nothing.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::base::{Base, FILE};
use super::desk::Job;
use super::error::StoreError;
use super::instances::{self, Instance};
use super::others::Others;
use super::pending::{Patience, Pending};
use super::write::Stamp;
use super::{Closed, Deps, Options, heads, read, write};
use crate::domain::conversations::{SavedConversation, StoreCommand, StoreEvent};
use crate::domain::ids::ConversationId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::event::ServiceEvent;

/// Events that may wait for the loop; the oldest go first beyond it.
const OUTBOX: usize = 64;

/// How long to wait before events are offered again to a loop that had no room.
const OFFER: Duration = Duration::from_millis(20);

/// The first wait after a failed write; each further one is twice as long.
const FIRST_RETRY: Duration = Duration::from_millis(500);

/// The longest wait between tries.
const LAST_RETRY: Duration = Duration::from_secs(60);

/// Writing does not work at present.
#[derive(Debug)]
struct Trouble {
    notice: Notice,
    /// The loop knows of it, not only whoever asked.
    told: bool,
    wait: Duration,
    next: Instant,
}

/// All that the thread owns.
pub(super) struct Worker {
    deps: Deps,
    options: Options,
    out: Sender<ServiceEvent>,
    outbox: VecDeque<ServiceEvent>,
    base: Option<Base>,
    instance: Option<Instance>,
    pending: Pending,
    others: Others,
    due: Option<Instant>,
    trouble: Option<Trouble>,
    told_network: bool,
    /// The file was found damaged: it is examined before it is written again.
    damaged: bool,
}

impl Worker {
    pub(super) fn new(deps: Deps, options: Options, out: Sender<ServiceEvent>) -> Self {
        Self {
            deps,
            options,
            out,
            outbox: VecDeque::new(),
            base: None,
            instance: None,
            pending: Pending::default(),
            others: Others::default(),
            due: None,
            trouble: None,
            told_network: false,
            damaged: false,
        }
    }

    /// Works until the handle is gone.
    pub(super) fn run(mut self, inbox: &Receiver<Job>) -> Closed {
        loop {
            let next = match self.wait() {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => inbox.recv_timeout(wait),
            };
            match next {
                Ok(job) => {
                    self.take_up(job);
                    // A burst becomes one transaction; bounded, so that a flood cannot hold
                    // the first of it back.
                    for job in inbox.try_iter().take(super::INBOX) {
                        self.take_up(job);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.finish(),
            }
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.save(false);
            }
            self.deliver();
        }
    }

    /// How long to sleep; `None` until the next command.
    fn wait(&self) -> Option<Duration> {
        let now = Instant::now();
        let due = self.due.map(|due| due.saturating_duration_since(now));
        let offer = (!self.outbox.is_empty()).then_some(OFFER);
        due.into_iter().chain(offer).min()
    }

    fn take_up(&mut self, job: Job) {
        match job {
            Job::Command(command) => self.handle(command),
            Job::Ask(question) => question.answer(self),
        }
    }

    /// The database, opened if it was not.
    pub(super) fn opened(&mut self) -> Result<(&mut Base, &Path, Stamp), StoreError> {
        let stamp = self.open()?;
        let closed = || StoreError::ReadOnly;
        Ok((self.base.as_mut().ok_or_else(closed)?, &self.deps.dir, stamp))
    }

    /// What an asker is told of a fault; the trouble is noted as that of any write.
    pub(super) fn refuse(&mut self, error: &StoreError) -> Notice {
        self.fail(error, true);
        error.notice(&self.deps.dir, &self.deps.dir.join(FILE))
    }

    fn handle(&mut self, command: StoreCommand) {
        match self.pending.take(command) {
            Ok(patience) => self.arm(patience),
            Err(StoreCommand::Restore) => self.restore(),
            Err(StoreCommand::List) => self.list(),
            Err(StoreCommand::Open(id)) => self.open_one(id),
            Err(StoreCommand::Search(text)) => self.search(text),
            Err(_flush) => {
                if self.save(true) {
                    self.say(StoreEvent::Flushed);
                } else if let Some(trouble) = &mut self.trouble {
                    // A flush is a question and gets an answer even if the trouble is known.
                    trouble.told = true;
                    let notice = trouble.notice.clone();
                    self.say(StoreEvent::Trouble(notice));
                }
            }
        }
    }

    /// Sets the alarm for the next write, if something waits.
    fn arm(&mut self, patience: Patience) {
        if self.pending.is_empty() {
            return;
        }
        let at = match (&self.trouble, patience) {
            (Some(trouble), _) => trouble.next,
            (None, Patience::None) => Instant::now(),
            (None, Patience::Some) => Instant::now() + self.options.merge,
        };
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Writes what waits; tells of trouble and of its end. `durable`: wait for the disk.
    fn save(&mut self, durable: bool) -> bool {
        self.due = None;
        if self.pending.is_empty() && !durable {
            return true;
        }
        match self.write(durable) {
            Ok(()) => {
                self.recover();
                true
            }
            Err(error) => {
                self.fail(&error, durable);
                false
            }
        }
    }

    /// Something was written: if there was trouble, it is over.
    fn recover(&mut self) {
        if self.trouble.take().is_some() {
            self.say(StoreEvent::Recovered);
        }
    }

    fn write(&mut self, durable: bool) -> Result<(), StoreError> {
        let stamp = self.open()?;
        let (Some(base), Some(instance)) = (&mut self.base, &self.instance) else {
            return Ok(());
        };
        if durable {
            base.wait_for_disk(true)?;
        }
        let change = base.write()?;
        // What is learnt counts only if it is on disk as well.
        let mut others = self.others.clone();
        let moved = write::all(&change, &self.deps.dir, &self.pending, &mut others, stamp)?;
        if durable {
            // Something is always written, or the disk would not be asked about the log.
            instance.touch(&change, stamp.now_ms)?;
        }
        change.commit()?;
        self.pending = Pending::default();
        self.others = others;
        if durable {
            base.wait_for_disk(false)?;
        }
        for home in moved {
            self.say(StoreEvent::MovedOn(home));
        }
        Ok(())
    }

    /// Notes a fault. The connection is given up: after a full disk, a vanished directory or
    /// another file in its place only a fresh one is to be trusted.
    fn fail(&mut self, error: &StoreError, asked: bool) {
        tracing::warn!(%error, "the store could not write");
        self.base = None;
        self.damaged |= error.is_damage();
        let notice = error.notice(&self.deps.dir, &self.deps.dir.join(FILE));
        // Whoever asked is answered, and may keep it to himself: the first write of the store's own
        // that fails is told all the same.
        let told = self.trouble.as_ref().is_some_and(|trouble| trouble.told);
        if !asked && !told {
            self.say(StoreEvent::Trouble(notice.clone()));
        }
        let told = told || !asked;
        let wait = match &self.trouble {
            None => FIRST_RETRY,
            // Being asked is no reason to try less often by oneself.
            Some(trouble) if asked => trouble.wait,
            Some(trouble) => (trouble.wait * 2).min(LAST_RETRY),
        };
        self.trouble = Some(Trouble { notice, told, wait, next: Instant::now() + wait });
        self.arm(Patience::Some);
    }

    /// Opens the database if it is not, and makes this program known in it.
    fn open(&mut self) -> Result<Stamp, StoreError> {
        let now_ms = (self.deps.now)();
        if self.base.is_none() {
            let mut base = Base::open(&self.deps.dir, &self.options, now_ms)?;
            if self.damaged {
                base.examine()?;
                self.damaged = false;
            }
            if self.instance.as_ref().is_none_or(|instance| !instance.is_visible()) {
                self.instance = Some(Instance::new(&self.deps.dir)?);
            }
            if let Some(instance) = &self.instance {
                let change = base.write()?;
                instance.register(&change, now_ms)?;
                instances::clean(&change, &self.deps.dir, Some(instance.id))?;
                heads::purge(&change, now_ms)?;
                change.commit()?;
            }
            if base.on_network && !self.told_network {
                self.told_network = true;
                let path = self.deps.dir.display().to_string();
                let notice = Notice::new(NoticeKind::StoreOnNetwork { path });
                self.push(ServiceEvent::Notice(notice));
            }
            self.base = Some(base);
        }
        let me = self.instance.as_ref().map_or(0, |instance| instance.id);
        Ok(Stamp { me, now_ms })
    }

    /// Answers a start. Whatever can be read is answered, whatever cannot is said.
    fn restore(&mut self) {
        // What was given before must be in the answer.
        self.save(false);
        let (last, history) = match self.take() {
            Ok(found) => {
                if self.pending.is_empty() {
                    self.recover();
                }
                found
            }
            Err(error) => {
                if self.trouble.is_none() {
                    self.fail(&error, false);
                }
                self.look(&error)
            }
        };
        self.say(StoreEvent::Restored { last: last.map(Box::new), history });
    }

    fn take(&mut self) -> Result<(Option<SavedConversation>, Vec<String>), StoreError> {
        let stamp = self.open()?;
        let Some(base) = &mut self.base else { return Ok((None, Vec::new())) };
        let change = base.write()?;
        let last = read::take_newest(&change, &self.deps.dir, stamp)?;
        if let Some(last) = &last {
            self.others.read(&change, last.conversation.id)?;
        }
        change.commit()?;
        let history = read::history(base.db())?;
        Ok((last, history))
    }

    /// Reads without writing, where writing failed for a reason that leaves reading possible.
    fn look(&self, error: &StoreError) -> (Option<SavedConversation>, Vec<String>) {
        if !error.may_still_read() {
            return (None, Vec::new());
        }
        let Ok(db) = Base::look(&self.deps.dir, &self.options) else {
            return (None, Vec::new());
        };
        let me = self.instance.as_ref().map(|instance| instance.id);
        let last = read::newest(&db, &self.deps.dir, me).unwrap_or_default();
        (last, read::history(&db).unwrap_or_default())
    }

    /// Answers with the heads of all conversations; with none if they cannot be read.
    fn list(&mut self) {
        self.save(false);
        let rows = self.reading(|worker, _| {
            let me = worker.instance.as_ref().map(|instance| instance.id);
            let Some(base) = &worker.base else { return Ok(Vec::new()) };
            Ok(heads::list(base.db(), &worker.deps.dir, me)?)
        });
        let rows = rows.or_else(|| {
            let db = Base::look(&self.deps.dir, &self.options).ok()?;
            heads::list(&db, &self.deps.dir, None).ok()
        });
        self.say(StoreEvent::Listed(rows.unwrap_or_default()));
    }

    /// Answers with one conversation and takes it for this program.
    fn open_one(&mut self, id: ConversationId) {
        self.save(false);
        let found = self.reading(|worker, stamp| {
            let Some(base) = &mut worker.base else { return Ok(None) };
            let change = base.write()?;
            let found = read::take(&change, &worker.deps.dir, id, stamp)?;
            worker.others.read(&change, id)?;
            change.commit()?;
            Ok(found)
        });
        let found = found.unwrap_or_else(|| {
            let db = Base::look(&self.deps.dir, &self.options).ok()?;
            read::look(&db, &self.deps.dir, id, None).ok()?
        });
        self.say(match found {
            Some(found) => StoreEvent::Opened(Box::new(found)),
            None => StoreEvent::Gone(id),
        });
    }

    /// Answers with the conversations that have a text in them.
    fn search(&mut self, query: String) {
        self.save(false);
        let found = self.reading(|worker, _| match &worker.base {
            Some(base) => Ok(heads::search(base.db(), &query)?),
            None => Ok(Vec::new()),
        });
        self.say(StoreEvent::Found { query, conversations: found.unwrap_or_default() });
    }

    /// Opens the database if it is not and reads; a fault is told once.
    fn reading<T>(
        &mut self,
        read: impl FnOnce(&mut Self, Stamp) -> Result<T, StoreError>,
    ) -> Option<T> {
        match self.open().and_then(|stamp| read(self, stamp)) {
            Ok(found) => Some(found),
            Err(error) => {
                if self.trouble.is_none() {
                    self.fail(&error, false);
                }
                None
            }
        }
    }

    fn say(&mut self, event: StoreEvent) {
        self.push(ServiceEvent::Store(event));
    }

    fn push(&mut self, event: ServiceEvent) {
        if self.outbox.len() == OUTBOX {
            self.outbox.pop_front();
        }
        self.outbox.push_back(event);
    }

    /// Hands events up without waiting: a slow screen must not keep text from the disk.
    fn deliver(&mut self) {
        while let Some(event) = self.outbox.pop_front() {
            match self.out.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.outbox.push_front(event);
                    return;
                }
                Err(TrySendError::Closed(_)) => self.outbox.clear(),
            }
        }
    }

    /// The handle is gone: the last write, then everything is given free.
    fn finish(mut self) -> Closed {
        let saved = self.save(false);
        let closed = match self.trouble.take() {
            Some(trouble) if !saved || !self.pending.is_empty() => Closed::Unsaved(trouble.notice),
            Some(_) | None => Closed::Saved,
        };
        if let (Some(base), Some(instance)) = (&mut self.base, &self.instance) {
            let left = base.write().and_then(|change| {
                instance.leave(&change)?;
                change.commit()
            });
            if let Err(error) = left {
                tracing::warn!(%error, "the store could not sign off");
            }
        }
        if let Some(base) = self.base.take() {
            base.close();
        }
        self.deliver();
        closed
    }
}
