//! Heads of conversations: the list, titles, what is put aside, the search for a text. It refuses
//! to read messages for the list, however long a conversation is.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Row, params};

use super::write::Stamp;
use super::{cost, instances};
use crate::domain::conversations::{Conversation, ConversationRow};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::models::ModelId;

/// Conversations that are put aside are kept so long: thirty days.
const KEPT_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// A search that takes longer answers with what it has: others wait for the store.
const SEARCH: Duration = Duration::from_millis(250);

/// The columns [`head`] reads, in its order.
pub(super) const COLUMNS: &str =
    "c.id, c.title, c.model, c.created_ms, c.updated_ms, c.leaf, c.params";

/// A head from the first columns of a row.
pub(super) fn head(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        title: row.get(1)?,
        model: ModelId::new(row.get_ref(2)?.as_str()?),
        created_ms: row.get(3)?,
        updated_ms: row.get(4)?,
        leaf: row.get::<_, Option<i64>>(5)?.map(MessageId),
        params: row.get(6)?,
    })
}

/// All conversations with something in them, the one used last first.
pub(super) fn list(
    db: &Connection,
    dir: &Path,
    me: Option<i64>,
) -> rusqlite::Result<Vec<ConversationRow>> {
    let mut query = db.prepare(&format!(
        "SELECT {COLUMNS}, c.messages, c.cost_cny, c.cost_usd, c.holder FROM conversations AS c
         WHERE c.deleted_ms IS NULL
         AND (c.messages > 0 OR EXISTS (SELECT 1 FROM drafts WHERE conversation = c.id))
         ORDER BY c.updated_ms DESC, c.id"
    ))?;
    let mut alive = std::collections::HashMap::new();
    let mut elsewhere = |holder: Option<i64>| {
        let other = holder.filter(|id| Some(*id) != me);
        // Asking costs a look at a file: once for each program is enough.
        other.is_some_and(|id| *alive.entry(id).or_insert_with(|| instances::is_alive(dir, id)))
    };
    query
        .query_map([], |row| {
            Ok(ConversationRow {
                conversation: head(row)?,
                messages: usize::try_from(row.get::<_, i64>(7)?).unwrap_or(0),
                cost: cost::sums(row, 8, 9)?,
                elsewhere: elsewhere(row.get(10)?),
            })
        })?
        .collect()
}

/// Inserts or replaces a head. A title that was given stays.
pub(super) fn save(
    db: &Connection,
    conversation: &Conversation,
    leaf: Option<MessageId>,
    stamp: Stamp,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO conversations
         (id, title, model, created_ms, updated_ms, holder, leaf, params)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET
         title = CASE named WHEN 0 THEN excluded.title ELSE title END,
         model = excluded.model, created_ms = excluded.created_ms, holder = excluded.holder,
         leaf = coalesce(excluded.leaf, leaf), params = coalesce(excluded.params, params),
         updated_ms = max(updated_ms, excluded.updated_ms)",
    )?
    .execute(params![
        conversation.id.0,
        conversation.title,
        conversation.model.as_str(),
        conversation.created_ms,
        conversation.updated_ms,
        stamp.me,
        leaf.map(|leaf| leaf.0),
        conversation.params,
    ])?;
    Ok(())
}

/// Marks a conversation as used now, and makes an empty head where none was saved yet: a message
/// is not refused for that. One that was put aside is back: somebody writes in it.
pub(super) fn touch(db: &Connection, home: ConversationId, stamp: Stamp) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO conversations (id, title, model, created_ms, updated_ms, holder)
         VALUES (?1, '', '', ?2, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, deleted_ms = NULL,
         updated_ms = max(updated_ms, excluded.updated_ms)",
    )?
    .execute([home.0, stamp.now_ms, stamp.me])?;
    Ok(())
}

/// Gives a title that stays.
pub(super) fn rename(db: &Connection, home: ConversationId, title: &str) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE conversations SET title = ?2, named = 1 WHERE id = ?1")?
        .execute(params![home.0, title])?;
    Ok(())
}

/// Puts a conversation aside or takes it back.
pub(super) fn set_deleted(
    db: &Connection,
    home: ConversationId,
    deleted: bool,
    stamp: Stamp,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE conversations SET deleted_ms = ?2 WHERE id = ?1")?
        .execute(params![home.0, deleted.then_some(stamp.now_ms)])?;
    Ok(())
}

/// Forgets what was put aside long ago.
pub(super) fn purge(db: &Connection, now_ms: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM conversations WHERE deleted_ms < ?1", [now_ms - KEPT_MS])?;
    Ok(())
}

/// Conversations with this text in one of their messages, as many as are found in time.
pub(super) fn search(db: &Connection, text: &str) -> rusqlite::Result<Vec<ConversationId>> {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    let begin = Instant::now();
    let mut query = db.prepare_cached(
        "SELECT c.id, EXISTS (SELECT 1 FROM messages AS m
         WHERE m.conversation = c.id AND m.text LIKE ?1 ESCAPE '\\')
         FROM conversations AS c WHERE c.deleted_ms IS NULL ORDER BY c.updated_ms DESC",
    )?;
    let mut found = Vec::new();
    let mut rows = query.query([pattern])?;
    while let Some(row) = rows.next()? {
        if row.get(1)? {
            found.push(ConversationId(row.get(0)?));
        }
        if begin.elapsed() > SEARCH {
            break;
        }
    }
    Ok(found)
}
