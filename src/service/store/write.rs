//! Puts what waits into an open transaction. It refuses to begin or end one.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::others::Others;
use super::pending::{Change, HISTORY, Pending};
use super::{attachments, cost, facts, heads, read};
use crate::domain::chat::{Message, MessageState};
use crate::domain::conversations::{Queued, Spot};
use crate::domain::ids::{ConversationId, MessageId};

/// Who writes, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    /// The instance that holds whatever it writes to.
    pub(super) me: i64,
    /// Milliseconds since 1970 (UTC).
    pub(super) now_ms: i64,
}

/// Writes everything that waits. Tells which conversations others have written to meanwhile.
pub(super) fn all(
    db: &Connection,
    dir: &Path,
    pending: &Pending,
    others: &mut Others,
    stamp: Stamp,
) -> rusqlite::Result<Vec<ConversationId>> {
    let mut moved = Vec::new();
    let mut homes: Vec<ConversationId> = Vec::new();
    for (id, change) in &pending.messages {
        match change {
            Change::Whole(home, message) => {
                heads::touch(db, *home, stamp)?;
                if !homes.contains(home) {
                    homes.push(*home);
                }
                others.part(db, dir, stamp.me, message)?;
                whole(db, *home, message, others, stamp)?;
            }
            Change::More { text, reasoning } => more(db, others.id(*id), text, reasoning)?,
        }
    }
    // After the messages: the leaf may have got another id.
    for conversation in &pending.conversations {
        let leaf = conversation.leaf.map(|leaf| others.id(leaf));
        heads::save(db, conversation, leaf, stamp)?;
        if !homes.contains(&conversation.id) && others.write(db, conversation.id, false)? {
            moved.push(conversation.id);
        }
    }
    for home in homes {
        if others.write(db, home, true)? {
            moved.push(home);
        }
    }
    for (home, title) in &pending.titles {
        heads::rename(db, *home, title)?;
    }
    for (home, text) in &pending.drafts {
        draft(db, *home, text, stamp)?;
    }
    for (home, attached) in &pending.attached {
        heads::touch(db, *home, stamp)?;
        db.prepare_cached("UPDATE conversations SET attached = ?2 WHERE id = ?1")?
            .execute(params![home.0, attachments::to_json(attached)])?;
    }
    for (home, queued) in &pending.queues {
        queue(db, dir, *home, queued, stamp)?;
    }
    for (home, spot) in &pending.places {
        place(db, *home, spot.as_ref(), others)?;
    }
    for (home, deleted) in &pending.deleted {
        heads::set_deleted(db, *home, *deleted, stamp)?;
    }
    questions(db, pending, stamp)?;
    Ok(moved)
}

fn whole(
    db: &Connection,
    home: ConversationId,
    message: &Message,
    others: &Others,
    stamp: Stamp,
) -> rusqlite::Result<()> {
    let id = others.id(message.id);
    let before = db
        .prepare_cached("SELECT facts FROM messages WHERE id = ?1")?
        .query_row([id.0], |row| row.get::<_, Option<String>>(0))
        .optional()?;
    if before.is_none() {
        db.prepare_cached("UPDATE conversations SET messages = messages + 1 WHERE id = ?1")?
            .execute([home.0])?;
    }
    let before = before.flatten().map(|json| facts::from_json(&json));
    cost::change(db, home, before.as_ref(), message.facts.as_ref())?;
    forget_pieces(db, id)?;
    db.prepare_cached(
        "INSERT INTO messages
         (id, conversation, position, role, text, reasoning, state, created_ms, facts, parent, writer,
         attachments)
         VALUES (?1, ?2,
         (SELECT coalesce(max(position), -1) + 1 FROM messages WHERE conversation = ?2),
         ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET role = excluded.role, text = excluded.text,
         reasoning = excluded.reasoning, state = excluded.state,
         created_ms = excluded.created_ms, facts = excluded.facts, writer = excluded.writer,
         attachments = excluded.attachments",
    )?
    .execute(params![
        id.0,
        home.0,
        facts::role_word(message.role),
        message.text,
        message.reasoning,
        facts::state_word(message.state),
        message.created_ms,
        message.facts.as_ref().and_then(facts::to_json),
        message.parent.map(|parent| others.id(parent).0),
        stamp.me,
        attachments::to_json(&message.attachments),
    ])?;
    if message.state != MessageState::Streaming {
        // It was waiting in the queue under the id it has now.
        db.prepare_cached("DELETE FROM queue WHERE id = ?1")?.execute([id.0])?;
    }
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
    heads::touch(db, home, stamp)?;
    db.prepare_cached(
        "INSERT INTO drafts (conversation, text, updated_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (conversation) DO UPDATE SET text = excluded.text,
         updated_ms = excluded.updated_ms",
    )?
    .execute(params![home.0, text, stamp.now_ms])?;
    Ok(())
}

/// Replaces what waits of this program and of dead ones; what another one has queued is its own.
fn queue(
    db: &Connection,
    dir: &Path,
    home: ConversationId,
    queued: &[Queued],
    stamp: Stamp,
) -> rusqlite::Result<()> {
    for (id, writer) in read::queue_writers(db, home)? {
        if !read::is_other(dir, Some(writer), Some(stamp.me)) {
            db.prepare_cached("DELETE FROM queue WHERE id = ?1")?.execute([id])?;
        }
    }
    if queued.is_empty() {
        return Ok(());
    }
    heads::touch(db, home, stamp)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO queue (id, conversation, position, text, writer, attachments)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET position = excluded.position, text = excluded.text,
         attachments = excluded.attachments",
    )?;
    for (position, message) in (0_i64..).zip(queued) {
        let attached = attachments::to_json(&message.attachments);
        insert.execute(params![
            message.id.0,
            home.0,
            position,
            message.text,
            stamp.me,
            attached
        ])?;
    }
    Ok(())
}

fn place(
    db: &Connection,
    home: ConversationId,
    spot: Option<&Spot>,
    others: &Others,
) -> rusqlite::Result<()> {
    let spot = spot.map(|spot| Spot { message: others.id(spot.message), ..*spot });
    db.prepare_cached("UPDATE conversations SET place = ?2 WHERE id = ?1")?
        .execute(params![home.0, spot.map(|spot| facts::spot_text(&spot))])?;
    Ok(())
}

fn questions(db: &Connection, pending: &Pending, stamp: Stamp) -> rusqlite::Result<()> {
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

fn question(db: &Connection, text: &str, stamp: Stamp) -> rusqlite::Result<()> {
    // The newest row may be another program's; equal neighbours are left out all the same.
    db.prepare_cached(
        "INSERT INTO history (text, added_ms) SELECT ?1, ?2 WHERE NOT EXISTS
         (SELECT 1 FROM (SELECT text FROM history ORDER BY number DESC LIMIT 1) WHERE text = ?1)",
    )?
    .execute(params![text, stamp.now_ms])?;
    Ok(())
}
