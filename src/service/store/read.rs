//! Reads conversations: the one to go on with at a start, or one that is opened; and the history of
//! questions. It refuses to begin transactions; taking a conversation must happen inside one.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::write::{self, Stamp};
use super::{attachments, facts, heads, instances};
use crate::domain::chat::{AnswerFacts, Message, MessageState};
use crate::domain::conversations::{Conversation, Queued, SavedConversation};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::notice::{Notice, NoticeKind};

/// Questions that a start gets.
const RECENT: i64 = 500;

/// The newest conversation with something in it that no living program holds, as it is.
pub(super) fn newest(
    db: &Connection,
    dir: &Path,
    me: Option<i64>,
) -> rusqlite::Result<Option<SavedConversation>> {
    let Some(id) = find(db, dir, me)? else { return Ok(None) };
    look(db, dir, id, me)
}

/// The same, taken for this program.
pub(super) fn take_newest(
    db: &Connection,
    dir: &Path,
    stamp: Stamp,
) -> rusqlite::Result<Option<SavedConversation>> {
    let Some(id) = find(db, dir, Some(stamp.me))? else { return Ok(None) };
    take(db, dir, id, stamp)
}

/// A conversation, taken for this program unless a living one holds it; answers that were
/// arriving when their program died are marked as interrupted.
pub(super) fn take(
    db: &Connection,
    dir: &Path,
    id: ConversationId,
    stamp: Stamp,
) -> rusqlite::Result<Option<SavedConversation>> {
    let Some((head, holder)) = head_of(db, id)? else { return Ok(None) };
    if !is_other(dir, holder, Some(stamp.me)) {
        db.execute("UPDATE conversations SET holder = ?2 WHERE id = ?1", [id.0, stamp.me])?;
    }
    let mut loaded = load(db, dir, head, Some(stamp.me))?;
    for at in loaded.dead {
        interrupt(db, &mut loaded.saved.messages[at])?;
    }
    Ok(Some(loaded.saved))
}

/// A conversation as it is on disk, nothing taken and nothing marked.
pub(super) fn look(
    db: &Connection,
    dir: &Path,
    id: ConversationId,
    me: Option<i64>,
) -> rusqlite::Result<Option<SavedConversation>> {
    let Some((head, _)) = head_of(db, id)? else { return Ok(None) };
    Ok(Some(load(db, dir, head, me)?.saved))
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

/// A living program that is not this one.
pub(super) fn is_other(dir: &Path, id: Option<i64>, me: Option<i64>) -> bool {
    id.is_some_and(|id| Some(id) != me && instances::is_alive(dir, id))
}

/// The messages that wait in a conversation and who put them there.
pub(super) fn queue_writers(
    db: &Connection,
    home: ConversationId,
) -> rusqlite::Result<Vec<(i64, i64)>> {
    db.prepare_cached("SELECT id, writer FROM queue WHERE conversation = ?1")?
        .query_map([home.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The newest free conversation.
fn find(db: &Connection, dir: &Path, me: Option<i64>) -> rusqlite::Result<Option<ConversationId>> {
    let mut query = db.prepare(
        "SELECT id, holder FROM conversations AS c WHERE deleted_ms IS NULL AND (messages > 0
         OR EXISTS (SELECT 1 FROM drafts WHERE conversation = c.id))
         ORDER BY updated_ms DESC, id",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        if !is_other(dir, row.get(1)?, me) {
            return Ok(Some(ConversationId(row.get(0)?)));
        }
    }
    Ok(None)
}

fn head_of(
    db: &Connection,
    id: ConversationId,
) -> rusqlite::Result<Option<(Conversation, Option<i64>)>> {
    db.query_row(
        &format!("SELECT {}, c.holder FROM conversations AS c WHERE c.id = ?1", heads::COLUMNS),
        [id.0],
        |row| Ok((heads::head(row)?, row.get(7)?)),
    )
    .optional()
}

struct Loaded {
    saved: SavedConversation,
    /// Messages that were arriving in a program that has died.
    dead: Vec<usize>,
}

fn load(
    db: &Connection,
    dir: &Path,
    conversation: Conversation,
    me: Option<i64>,
) -> rusqlite::Result<Loaded> {
    let id = conversation.id;
    let mut dead = Vec::new();
    let mut messages: Vec<Message> = Vec::new();
    let mut alive: HashMap<i64, bool> = HashMap::new();
    let mut query = db.prepare(
        "SELECT id, role, text, reasoning, state, created_ms, facts, parent, writer, attachments
         FROM messages WHERE conversation = ?1 ORDER BY position, created_ms, id",
    )?;
    let mut rows = query.query([id.0])?;
    while let Some(row) = rows.next()? {
        let mut found = message(row)?;
        // Only a message that is arriving has pieces.
        if found.state == MessageState::Streaming {
            add_pieces(db, &mut found)?;
            let writer: Option<i64> = row.get(8)?;
            let mut other =
                |id: i64| *alive.entry(id).or_insert_with(|| is_other(dir, Some(id), me));
            if writer.is_some_and(&mut other) {
                elsewhere(&mut found);
            } else if writer.is_none() || writer != me {
                dead.push(messages.len());
            }
        }
        messages.push(found);
    }
    let draft = db
        .query_row("SELECT text FROM drafts WHERE conversation = ?1", [id.0], |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    let place = db
        .query_row("SELECT place FROM conversations WHERE id = ?1", [id.0], |row| {
            row.get::<_, Option<String>>(0)
        })?
        .and_then(|text| facts::spot(&text));
    let attached =
        db.query_row("SELECT attached FROM conversations WHERE id = ?1", [id.0], |row| {
            row.get::<_, Option<String>>(0)
        })?;
    let attached = attachments::from_json(attached.as_deref());
    let queue = queue(db, dir, id, me)?;
    let saved = SavedConversation { conversation, messages, draft, attached, queue, place };
    Ok(Loaded { saved, dead })
}

fn add_pieces(db: &Connection, message: &mut Message) -> rusqlite::Result<()> {
    let mut pieces =
        db.prepare_cached("SELECT text, reasoning FROM pieces WHERE message = ?1 ORDER BY number")?;
    let mut rows = pieces.query([message.id.0])?;
    while let Some(row) = rows.next()? {
        message.text.push_str(row.get_ref(0)?.as_str()?);
        message.reasoning.push_str(row.get_ref(1)?.as_str()?);
    }
    Ok(())
}

/// What waits in a conversation, but not what another living program will send.
fn queue(
    db: &Connection,
    dir: &Path,
    home: ConversationId,
    me: Option<i64>,
) -> rusqlite::Result<Vec<Queued>> {
    let mut query = db.prepare(
        "SELECT id, text, writer, attachments FROM queue AS q WHERE conversation = ?1
         AND NOT EXISTS (SELECT 1 FROM messages WHERE id = q.id) ORDER BY position, id",
    )?;
    let mut rows = query.query([home.0])?;
    let mut queue = Vec::new();
    while let Some(row) = rows.next()? {
        if !is_other(dir, row.get(2)?, me) {
            queue.push(Queued {
                id: MessageId(row.get(0)?),
                text: row.get(1)?,
                attachments: attachments::from_json(row.get_ref(3)?.as_str_or_null()?),
            });
        }
    }
    Ok(queue)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: MessageId(row.get(0)?),
        role: facts::role(row.get_ref(1)?.as_str()?),
        text: row.get(2)?,
        reasoning: row.get(3)?,
        state: facts::state(row.get_ref(4)?.as_str()?),
        created_ms: row.get(5)?,
        facts: row.get_ref(6)?.as_str_or_null()?.map(facts::from_json),
        parent: row.get::<_, Option<i64>>(7)?.map(MessageId),
        attachments: attachments::from_json(row.get_ref(9)?.as_str_or_null()?),
    })
}

/// A message that arrives in another program is shown as far as it has come; on disk it is left
/// to that program.
fn elsewhere(message: &mut Message) {
    message.state = MessageState::Partial;
    let known = message.facts.take().unwrap_or_default();
    let notice = Some(Notice::new(NoticeKind::ArrivingElsewhere));
    message.facts = Some(AnswerFacts { notice, ..known });
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
