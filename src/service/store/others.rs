//! What other running programs do to the conversations of this one: notices that one has moved
//! on, and keeps two answers apart where both programs write to the same message. It refuses to
//! overwrite a word that this program has not read.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::facts;
use super::instances;
use crate::domain::chat::Message;
use crate::domain::ids::{ConversationId, MessageId};

/// What this program knows of its conversations as they are on disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Others {
    /// Grows with every message that is written to a conversation, by whomever.
    revisions: HashMap<ConversationId, i64>,
    /// Messages that are kept under another id, because theirs is another program's.
    renamed: HashMap<MessageId, MessageId>,
}

impl Others {
    /// A conversation was read.
    pub(super) fn read(&mut self, db: &Connection, home: ConversationId) -> rusqlite::Result<()> {
        if let Some(revision) = revision(db, home)? {
            self.revisions.insert(home, revision);
        }
        Ok(())
    }

    /// A conversation is written to. Tells whether somebody else was there since we looked;
    /// `more`: with messages, which the others will notice in turn.
    pub(super) fn write(
        &mut self,
        db: &Connection,
        home: ConversationId,
        more: bool,
    ) -> rusqlite::Result<bool> {
        let Some(found) = revision(db, home)? else { return Ok(false) };
        let moved = self.revisions.get(&home).is_some_and(|known| *known != found);
        let now = found + i64::from(more);
        if more {
            db.prepare_cached("UPDATE conversations SET revision = ?2 WHERE id = ?1")?
                .execute([home.0, now])?;
        }
        self.revisions.insert(home, now);
        Ok(moved)
    }

    /// The id a message has on disk.
    pub(super) fn id(&self, id: MessageId) -> MessageId {
        self.renamed.get(&id).copied().unwrap_or(id)
    }

    /// Looks whether a message may be written over the row that has its id. If that row holds
    /// what this program never read, the message gets an id of its own and stands beside it.
    pub(super) fn part(
        &mut self,
        db: &Connection,
        dir: &Path,
        me: i64,
        message: &Message,
    ) -> rusqlite::Result<()> {
        let row = db
            .prepare_cached(
                "SELECT text, reasoning, state, writer FROM messages
                 WHERE id = ?1 AND writer IS NOT NULL AND writer != ?2",
            )?
            .query_row([self.id(message.id).0, me], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            })
            .optional()?;
        let Some((text, reasoning, state, writer)) = row else { return Ok(()) };
        let arriving = state == facts::STREAMING && instances::is_alive(dir, writer);
        let contained =
            message.text.starts_with(&text) && message.reasoning.starts_with(&reasoning);
        if arriving || !contained {
            let other = free_id(db, message.id)?;
            self.renamed.insert(message.id, other);
        }
        Ok(())
    }
}

fn revision(db: &Connection, home: ConversationId) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT revision FROM conversations WHERE id = ?1")?
        .query_row([home.0], |row| row.get(0))
        .optional()
}

/// An id near this one that no message has.
fn free_id(db: &Connection, near: MessageId) -> rusqlite::Result<MessageId> {
    let mut id = near.0;
    loop {
        id = if id == i64::MAX { 0 } else { id + 1 };
        let taken =
            db.prepare_cached("SELECT 1 FROM messages WHERE id = ?1")?.exists(params![id])?;
        if !taken {
            return Ok(MessageId(id));
        }
    }
}
