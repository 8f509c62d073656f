//! Reads what a start needs: the conversation to go on with and the history of questions.
//! It refuses to begin transactions; taking a conversation must happen inside one.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::write::{self, Stamp};
use super::{facts, instances};
use crate::domain::chat::{AnswerFacts, Message, MessageState};
use crate::domain::conversations::{Conversation, SavedConversation};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::models::ModelId;
use crate::domain::notice::{Notice, NoticeKind};

/// Questions that a start gets.
const RECENT: i64 = 500;

/// The newest conversation with something in it that no living program holds, as it is.
pub(super) fn newest(
    db: &Connection,
    dir: &Path,
    me: Option<i64>,
) -> rusqlite::Result<Option<SavedConversation>> {
    find(db, dir, me)?.map(|(head, _)| load(db, head)).transpose()
}

/// The same, taken for this program; answers that were arriving when their program died are
/// marked as interrupted.
pub(super) fn take_newest(
    db: &Connection,
    dir: &Path,
    stamp: Stamp,
) -> rusqlite::Result<Option<SavedConversation>> {
    let Some((head, holder)) = find(db, dir, Some(stamp.me))? else { return Ok(None) };
    db.execute("UPDATE conversations SET holder = ?2 WHERE id = ?1", [head.id.0, stamp.me])?;
    let mut saved = load(db, head)?;
    if holder != Some(stamp.me) {
        for message in &mut saved.messages {
            if message.state == MessageState::Streaming {
                interrupt(db, message)?;
            }
        }
    }
    Ok(Some(saved))
}

/// The latest questions, oldest first.
pub(super) fn history(db: &Connection) -> rusqlite::Result<Vec<String>> {
    db.prepare(
        "SELECT text FROM (SELECT number, text FROM history ORDER BY number DESC LIMIT ?1)
         ORDER BY number",
    )?
    .query_map([RECENT], |row| row.get(0))?
    .collect()
}

/// The newest free conversation and who held it last.
fn find(
    db: &Connection,
    dir: &Path,
    me: Option<i64>,
) -> rusqlite::Result<Option<(Conversation, Option<i64>)>> {
    let mut query = db.prepare(
        "SELECT id, title, model, created_ms, updated_ms, holder FROM conversations AS c
         WHERE EXISTS (SELECT 1 FROM messages WHERE conversation = c.id)
         OR EXISTS (SELECT 1 FROM drafts WHERE conversation = c.id)
         ORDER BY updated_ms DESC, id",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let holder: Option<i64> = row.get(5)?;
        let taken = holder.is_some_and(|id| Some(id) != me && instances::is_alive(dir, id));
        if !taken {
            return Ok(Some((head(row)?, holder)));
        }
    }
    Ok(None)
}

fn head(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        title: row.get(1)?,
        model: ModelId::new(row.get_ref(2)?.as_str()?),
        created_ms: row.get(3)?,
        updated_ms: row.get(4)?,
    })
}

fn load(db: &Connection, conversation: Conversation) -> rusqlite::Result<SavedConversation> {
    let id = conversation.id.0;
    let mut messages = db
        .prepare(
            "SELECT id, role, text, reasoning, state, created_ms, facts FROM messages
             WHERE conversation = ?1 ORDER BY position, created_ms, id",
        )?
        .query_map([id], message)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut pieces =
        db.prepare("SELECT text, reasoning FROM pieces WHERE message = ?1 ORDER BY number")?;
    for message in &mut messages {
        let mut rows = pieces.query([message.id.0])?;
        while let Some(row) = rows.next()? {
            message.text.push_str(row.get_ref(0)?.as_str()?);
            message.reasoning.push_str(row.get_ref(1)?.as_str()?);
        }
    }
    let draft = db
        .query_row("SELECT text FROM drafts WHERE conversation = ?1", [id], |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    Ok(SavedConversation { conversation, messages, draft })
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: MessageId(row.get(0)?),
        role: facts::role(row.get_ref(1)?.as_str()?),
        text: row.get(2)?,
        reasoning: row.get(3)?,
        state: facts::state(row.get_ref(4)?.as_str()?),
        created_ms: row.get(5)?,
        facts: row.get::<_, Option<String>>(6)?.map(|json| facts::from_json(&json)),
    })
}

/// Ends a message whose program died while it arrived, here and on disk.
fn interrupt(db: &Connection, message: &mut Message) -> rusqlite::Result<()> {
    let empty = message.text.is_empty() && message.reasoning.is_empty();
    message.state = if empty { MessageState::Failed } else { MessageState::Partial };
    let known = message.facts.take().unwrap_or_default();
    let notice = Some(Notice::new(NoticeKind::Interrupted));
    message.facts = Some(AnswerFacts { notice, ..known });
    write::forget_pieces(db, message.id)?;
    db.execute(
        "UPDATE messages SET text = ?2, reasoning = ?3, state = ?4, facts = ?5 WHERE id = ?1",
        params![
            message.id.0,
            message.text,
            message.reasoning,
            facts::state_word(message.state),
            message.facts.as_ref().and_then(facts::to_json),
        ],
    )?;
    Ok(())
}
