//! The shape of the database as numbered steps, and the way from any older shape to ours.
//! It refuses to go backwards and to touch what it does not know.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::StoreError;
use super::place;

mod sums;

/// Written into the file's header, so that a database of another program is recognised.
pub(super) const APPLICATION_ID: i64 = 0x6c69_616e;

/// Steps from version n to n + 1. A step that was ever released is never changed.
pub(super) const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE instances (
    id INTEGER PRIMARY KEY,
    pid INTEGER NOT NULL,
    lock TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    model TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    holder INTEGER
) STRICT;
CREATE INDEX conversations_by_use ON conversations (updated_ms);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    state TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    facts TEXT
) STRICT;
CREATE INDEX messages_in_order ON messages (conversation, position);
CREATE TABLE pieces (
    number INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL
) STRICT;
CREATE INDEX pieces_of_message ON pieces (message, number);
CREATE TABLE drafts (
    conversation INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE history (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    added_ms INTEGER NOT NULL
) STRICT;
",
    TREE,
    LEDGER,
    TASKS,
    ATTACHMENTS,
    sums::METERS,
];

/// Messages become a tree, of which a conversation shows one branch; heads tell what the list
/// shows without a look at the messages. `money_sum_*` are ours (`cost`): exact decimals.
const TREE: &str = "
ALTER TABLE messages ADD COLUMN parent INTEGER;
ALTER TABLE messages ADD COLUMN writer INTEGER;
UPDATE messages SET parent = chain.before FROM (
    SELECT id, lag(id) OVER (PARTITION BY conversation ORDER BY position, created_ms, id) AS before
    FROM messages
) AS chain WHERE chain.id = messages.id;
ALTER TABLE conversations ADD COLUMN leaf INTEGER;
ALTER TABLE conversations ADD COLUMN params TEXT;
ALTER TABLE conversations ADD COLUMN place TEXT;
ALTER TABLE conversations ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN deleted_ms INTEGER;
ALTER TABLE conversations ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN cost_cny TEXT NOT NULL DEFAULT '0';
ALTER TABLE conversations ADD COLUMN cost_usd TEXT NOT NULL DEFAULT '0';
ALTER TABLE conversations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET
    messages = (SELECT count(*) FROM messages WHERE conversation = conversations.id),
    cost_cny = (SELECT money_sum_cny(facts) FROM messages WHERE conversation = conversations.id),
    cost_usd = (SELECT money_sum_usd(facts) FROM messages WHERE conversation = conversations.id);
CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    writer INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_in_order ON queue (conversation, position);
";

/// Every request that costs money. Amounts are millionths of a millionth of a unit of the currency;
/// `counts` is what it adds to the sums: the reserved amount, later the real one, or nothing.
const LEDGER: &str = "
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    profile TEXT NOT NULL,
    spending TEXT NOT NULL,
    model TEXT NOT NULL,
    answered TEXT,
    surface TEXT NOT NULL,
    session INTEGER NOT NULL,
    holder INTEGER,
    state TEXT NOT NULL,
    reserved INTEGER,
    cost INTEGER,
    counts INTEGER NOT NULL,
    currency TEXT,
    figures TEXT,
    price_source TEXT,
    price_as_of TEXT,
    estimated INTEGER NOT NULL DEFAULT 0,
    subject INTEGER,
    fingerprint INTEGER,
    settled_ms INTEGER,
    outcome TEXT,
    request_id TEXT,
    first_ms INTEGER,
    total_ms INTEGER,
    input INTEGER,
    output INTEGER,
    cached INTEGER,
    reasoning INTEGER,
    characters INTEGER,
    duration_ms INTEGER,
    pieces INTEGER,
    resolution TEXT
) STRICT;
CREATE INDEX ledger_by_sum ON ledger (profile, currency, at_ms, counts);
CREATE INDEX ledger_by_session ON ledger (session, profile, currency, counts);
CREATE INDEX ledger_by_time ON ledger (at_ms, fingerprint);
CREATE INDEX ledger_open ON ledger (holder) WHERE state = 'open';
";

/// Tasks from the wish to the file, and who of several processes is at work on them. `revision`
/// grows with every change to any of them, so that others read only what is new.
const TASKS: &str = "
CREATE TABLE tasks (
    key INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    origin TEXT NOT NULL,
    model TEXT NOT NULL,
    title TEXT NOT NULL,
    form TEXT NOT NULL,
    batch INTEGER,
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    sender INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    not_before_ms INTEGER,
    remote TEXT,
    status TEXT,
    created_ms INTEGER NOT NULL,
    sent_ms INTEGER,
    answered_ms INTEGER,
    submitted_ms INTEGER,
    scheduled_ms INTEGER,
    ended_ms INTEGER,
    saved_ms INTEGER,
    asked_ms INTEGER,
    request_id TEXT,
    price TEXT,
    cost TEXT,
    entry INTEGER,
    adopted INTEGER NOT NULL DEFAULT 0,
    rewritten TEXT,
    assets TEXT NOT NULL DEFAULT '[]',
    notice TEXT,
    review TEXT,
    raw TEXT NOT NULL DEFAULT '',
    hidden INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tasks_by_remote ON tasks (origin, remote) WHERE remote IS NOT NULL;
CREATE INDEX tasks_by_revision ON tasks (revision);
CREATE INDEX tasks_in_line ON tasks (stage, position);
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
";

/// What goes with a question, with one that waits, and with one that is being written.
const ATTACHMENTS: &str = "
ALTER TABLE messages ADD COLUMN attachments TEXT;
ALTER TABLE queue ADD COLUMN attachments TEXT;
ALTER TABLE conversations ADD COLUMN attached TEXT;
";

/// The version of the file, checked: it is ours, and not newer than we are. Only reads.
pub(super) fn check(db: &Connection, known: usize) -> Result<i64, StoreError> {
    // One snapshot for all three answers: another process may be making the tables just now.
    let _snapshot = if db.is_autocommit() { Some(db.unchecked_transaction()?) } else { None };
    let pragma = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let found = pragma("user_version")?;
    let known = i64::try_from(known).unwrap_or(i64::MAX);
    let application = pragma("application_id")?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(StoreError::Foreign);
    }
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    Ok(found)
}

/// Brings the database to our version. A database with data in it is copied to a file beside it
/// first; without that copy nothing is changed.
pub(super) fn migrate(
    db: &mut Connection,
    path: &Path,
    steps: &[&str],
    now_ms: i64,
) -> Result<(), StoreError> {
    if usize::try_from(check(db, steps.len())?).is_ok_and(|version| version == steps.len()) {
        return Ok(());
    }
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let found = check(&change, steps.len())?;
    let version = usize::try_from(found).unwrap_or(0);
    if version == steps.len() {
        return Ok(());
    }
    if version > 0 {
        back_up(path, found, now_ms)?;
    }
    for step in &steps[version..] {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    change.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    change.commit()?;
    Ok(())
}

/// Copies the database through a second connection, while the first one holds the write lock:
/// the copy is exactly what is about to be changed.
fn back_up(path: &Path, version: i64, now_ms: i64) -> Result<(), StoreError> {
    let copy = path.with_file_name(format!("lian-v{version}-{now_ms}.db"));
    // An empty file is accepted as target and keeps its permissions.
    drop(place::make_file(&copy)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags)?;
    let copied = reader.execute("VACUUM INTO ?1", [copy.to_string_lossy()]);
    if let Err(error) = copied {
        // Half a copy helps nobody, and on a full disk it is in the way.
        let _ = std::fs::remove_file(&copy);
        return Err(error.into());
    }
    Ok(())
}
