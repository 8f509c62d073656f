//! The account's tasks that are not here: listed, taken over. It refuses to take over what was not
//! named.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use tokio::time::Instant;

use super::bench::{Bench, Heard};
use super::find::name;
use super::print::{a_line_each, lines, row_fields, row_value, table, tell, tell_notice, value};
use super::{FAILED, Table, Told, USAGE};
use crate::cli::task::AdoptArgs;
use crate::domain::ids::TaskKey;
use crate::domain::tasks::TaskRow;
use crate::domain::tasks::book::{TaskCommand, TaskEvent, TaskRecord};
use crate::text::sanitize;
use crate::words::jobs::Jobs;
use crate::words::task_line::Line;

/// A question to the service of tasks is answered within this time: a request with its tries, and a
/// transaction.
const ANSWERED: Duration = Duration::from_secs(120);

impl Table {
    /// Prints the tasks of the account that are not here.
    pub(super) async fn list_account(&mut self) -> Result<u8, u8> {
        let (language, now) = (self.told.language, (self.now)());
        self.bench.begin(None);
        let rows = self.strangers().await?;
        if rows.is_empty() && !self.told.json {
            tell(&Line::NoStrangers.say(language));
        }
        let text = if self.told.json {
            a_line_each(rows.iter().map(row_value))
        } else if io::stdout().is_terminal() {
            let row =
                |row: &TaskRow| row_fields(row, now, &Jobs::Status(&row.status).say(language));
            table(&rows.iter().map(row).collect::<Vec<_>>())
        } else {
            let row = |row: &TaskRow| row_fields(row, now, row.status.word());
            lines(&rows.iter().map(row).collect::<Vec<_>>())
        };
        self.bench.print(&text).await?;
        if !rows.is_empty() && !self.told.json && io::stdout().is_terminal() {
            tell(&Line::HowToAdopt.say(language));
        }
        Ok(0)
    }

    /// The account's tasks of the last 24 hours that are not here.
    async fn strangers(&mut self) -> Result<Vec<TaskRow>, u8> {
        self.bench.send(TaskCommand::LookAround);
        let until = Instant::now() + ANSWERED;
        loop {
            match self.bench.next_until(Some(until)).await {
                Heard::Event(TaskEvent::Account(rows)) => return Ok(rows),
                Heard::Event(TaskEvent::Trouble(notice)) => {
                    tell_notice(&notice, self.told.language);
                    return Err(notice.kind.exit_code(false).max(FAILED));
                }
                Heard::Event(_) => {}
                Heard::Signal(code) => return Err(code),
                Heard::Late => return Err(FAILED),
            }
        }
    }

    /// Takes over what is named.
    pub(super) async fn adopt(&mut self, args: &AdoptArgs) -> Result<u8, u8> {
        let language = self.told.language;
        self.bench.begin(args.timeout.map(Duration::from_secs));
        let strangers = self.strangers().await?;
        let mut wanted: Vec<TaskRow> = if args.all { strangers.clone() } else { Vec::new() };
        for given in &args.ids {
            let begins = |row: &&TaskRow| row.id.as_str().starts_with(given.trim());
            let whole = strangers.iter().find(|row| row.id.as_str() == given.trim());
            let fit: Vec<&TaskRow> = strangers.iter().filter(begins).collect();
            let row = match (whole, fit.as_slice()) {
                (Some(row), _) => row,
                (None, [only]) if !given.trim().is_empty() => *only,
                (None, several) => {
                    let given = sanitize::line(given.trim());
                    let ids: Vec<&str> = several.iter().map(|row| row.id.as_str()).collect();
                    let ids = ids.join(", ");
                    let line = if several.is_empty() {
                        Line::NotOfAccount(&given)
                    } else {
                        Line::Several { given: &given, ids: &ids }
                    };
                    tell(&line.say(language));
                    return Err(USAGE);
                }
            };
            if wanted.iter().all(|other| other.id != row.id) {
                wanted.push(row.clone());
            }
        }
        if wanted.is_empty() {
            tell(&Line::NoStrangers.say(language));
            return Ok(0);
        }
        let taken = self.take_over(wanted).await?;
        if args.wait {
            let keys = taken.iter().map(|task| task.key).collect();
            return Ok(self.wait_again(keys).await);
        }
        let out = if self.told.json {
            a_line_each(taken.iter().map(|task| value(task, language)))
        } else {
            a_line_each(taken.iter().map(name))
        };
        self.bench.print(&out).await?;
        Ok(0)
    }

    /// Has them written down, and waits until they are.
    async fn take_over(&mut self, wanted: Vec<TaskRow>) -> Result<Vec<TaskRecord>, u8> {
        let ids: Vec<_> = wanted.iter().map(|row| row.id.clone()).collect();
        self.bench.send(TaskCommand::Adopt(wanted));
        let until = Instant::now() + ANSWERED;
        let mut taken: Vec<TaskRecord> = Vec::new();
        while taken.len() < ids.len() {
            match self.bench.next_until(Some(until)).await {
                Heard::Event(TaskEvent::Changed(task)) => {
                    let is_one = task.remote.as_ref().is_some_and(|id| ids.contains(id));
                    if is_one && taken.iter().all(|other| other.key != task.key) {
                        taken.push(*task);
                    }
                }
                Heard::Event(TaskEvent::Trouble(notice)) => {
                    tell_notice(&notice, self.told.language);
                    return Err(notice.kind.exit_code(false).max(FAILED));
                }
                Heard::Event(_) => {}
                Heard::Signal(code) => return Err(code),
                Heard::Late => return Err(FAILED),
            }
        }
        Ok(taken)
    }
}

/// Asks for a change of one task; how it is then, or `None` where it did not change.
pub(super) async fn change(
    bench: &mut Bench,
    key: TaskKey,
    command: TaskCommand,
    told: Told,
) -> Result<Option<TaskRecord>, u8> {
    // The service tells of every task when it begins: what it says after the answer to a list is
    // what came of the command.
    bench.send(TaskCommand::List);
    bench.send(command);
    bench.send(TaskCommand::List);
    let until = Instant::now() + ANSWERED;
    let mut before: Option<TaskRecord> = None;
    let mut lists = 0;
    loop {
        match bench.next_until(Some(until)).await {
            Heard::Event(TaskEvent::Listed(all)) => {
                lists += 1;
                let now = all.into_iter().find(|task| task.key == key);
                if lists == 1 {
                    before = now;
                    continue;
                }
                let changed = now.filter(|now| {
                    before.as_ref().is_none_or(|b| (b.stage, &b.assets) != (now.stage, &now.assets))
                });
                return Ok(changed);
            }
            Heard::Event(TaskEvent::Trouble(notice)) => tell_notice(&notice, told.language),
            Heard::Event(_) => {}
            Heard::Signal(code) => return Err(code),
            Heard::Late if bench.is_over() => return Err(9),
            Heard::Late => return Err(FAILED),
        }
    }
}
