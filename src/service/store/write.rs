//! Puts what waits into an open transaction. It refuses to begin or end one.

use rusqlite::{Connection, params};

use super::facts;
use super::pending::{Change, HISTORY, Pending};
use crate::domain::chat::Message;
use crate::domain::conversations::Conversation;
use crate::domain::ids::{ConversationId, MessageId};

/// Who writes, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    /// The instance that holds whatever it writes to.
    pub(super) me: i64,
    /// Milliseconds since 1970 (UTC).
    pub(super) now_ms: i64,
}

/// Writes everything that waits.
pub(super) fn all(db: &Connection, pending: &Pending, stamp: Stamp) -> rusqlite::Result<()> {
    for conversation in &pending.conversations {
        head(db, conversation, stamp)?;
    }
    for (id, change) in &pending.messages {
        match change {
            Change::Whole(home, message) => whole(db, *home, message, stamp)?,
            Change::More { text, reasoning } => more(db, *id, text, reasoning)?,
        }
    }
    for (home, text) in &pending.drafts {
        draft(db, *home, text, stamp)?;
    }
    for text in &pending.history {
        question(db, text, stamp)?;
    }
    if !pending.history.is_empty() {
        db.execute(
            "DELETE FROM history WHERE number <=
             (SELECT number FROM history ORDER BY number DESC LIMIT 1 OFFSET ?1)",
            [i64::try_from(HISTORY).unwrap_or(i64::MAX)],
        )?;
    }
    Ok(())
}

fn head(db: &Connection, conversation: &Conversation, stamp: Stamp) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO conversations (id, title, model, created_ms, updated_ms, holder)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, model = excluded.model,
         created_ms = excluded.created_ms, holder = excluded.holder,
         updated_ms = max(updated_ms, excluded.updated_ms)",
    )?
    .execute(params![
        conversation.id.0,
        conversation.title,
        conversation.model.as_str(),
        conversation.created_ms,
        conversation.updated_ms,
        stamp.me,
    ])?;
    Ok(())
}

/// Marks a conversation as used now, and makes an empty head where none was saved yet: a message
/// is not refused for that.
fn touch(db: &Connection, home: ConversationId, stamp: Stamp) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO conversations (id, title, model, created_ms, updated_ms, holder)
         VALUES (?1, '', '', ?2, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET holder = excluded.holder,
         updated_ms = max(updated_ms, excluded.updated_ms)",
    )?
    .execute([home.0, stamp.now_ms, stamp.me])?;
    Ok(())
}

fn whole(
    db: &Connection,
    home: ConversationId,
    message: &Message,
    stamp: Stamp,
) -> rusqlite::Result<()> {
    touch(db, home, stamp)?;
    forget_pieces(db, message.id)?;
    db.prepare_cached(
        "INSERT INTO messages
         (id, conversation, position, role, text, reasoning, state, created_ms, facts)
         VALUES (?1, ?2,
         (SELECT coalesce(max(position), -1) + 1 FROM messages WHERE conversation = ?2),
         ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET role = excluded.role, text = excluded.text,
         reasoning = excluded.reasoning, state = excluded.state,
         created_ms = excluded.created_ms, facts = excluded.facts",
    )?
    .execute(params![
        message.id.0,
        home.0,
        facts::role_word(message.role),
        message.text,
        message.reasoning,
        facts::state_word(message.state),
        message.created_ms,
        message.facts.as_ref().and_then(facts::to_json),
    ])?;
    Ok(())
}

/// Pieces are rows of their own until the message is saved whole: growing one value would write
/// all of it again four times a second, which a long answer cannot afford.
fn more(db: &Connection, id: MessageId, text: &str, reasoning: &str) -> rusqlite::Result<()> {
    let rows = db
        .prepare_cached(
            "INSERT INTO pieces (message, text, reasoning)
             SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM messages WHERE id = ?1)",
        )?
        .execute(params![id.0, text, reasoning])?;
    if rows == 0 {
        tracing::warn!(message = %id, "text for a message that was never saved is dropped");
    }
    Ok(())
}

pub(super) fn forget_pieces(db: &Connection, id: MessageId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM pieces WHERE message = ?1")?.execute([id.0])?;
    Ok(())
}

fn draft(db: &Connection, home: ConversationId, text: &str, stamp: Stamp) -> rusqlite::Result<()> {
    if text.is_empty() {
        db.execute("DELETE FROM drafts WHERE conversation = ?1", [home.0])?;
        return Ok(());
    }
    touch(db, home, stamp)?;
    db.prepare_cached(
        "INSERT INTO drafts (conversation, text, updated_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (conversation) DO UPDATE SET text = excluded.text,
         updated_ms = excluded.updated_ms",
    )?
    .execute(params![home.0, text, stamp.now_ms])?;
    Ok(())
}

fn question(db: &Connection, text: &str, stamp: Stamp) -> rusqlite::Result<()> {
    // The newest row may be another program's; equal neighbours are left out all the same.
    db.prepare_cached(
        "INSERT INTO history (text, added_ms) SELECT ?1, ?2 WHERE NOT EXISTS
         (SELECT 1 FROM (SELECT text FROM history ORDER BY number DESC LIMIT 1) WHERE text = ?1)",
    )?
    .execute(params![text, stamp.now_ms])?;
    Ok(())
}
