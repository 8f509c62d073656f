//! Which task of the account is the one whose answer was lost: the list tells neither prompt nor
//! our request, so only a pair that can be no other is believed. Pure; it refuses to guess.

use crate::domain::ids::TaskKey;
use crate::domain::models::ModelId;
use crate::domain::tasks::{TaskId, TaskRow};

/// The list's times are whole seconds here and there, and requests wait at the gateway.
const SLACK_MS: i64 = 2_000;

/// A request whose answer never came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intent {
    /// Which task it would be.
    pub(super) key: TaskKey,
    /// What was asked.
    pub(super) model: ModelId,
    /// It left then, by the service's clock, in milliseconds since 1970 (UTC).
    pub(super) from_ms: i64,
    /// Waiting for its answer ended then, by the service's clock.
    pub(super) until_ms: i64,
}

/// What the account's list says about one intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// This is it, and nothing else can be.
    Is(TaskRow),
    /// One of these may be it.
    OneOf(Vec<TaskRow>),
    /// Nothing fits: it was never made, or the list does not show it yet.
    Nothing,
}

fn fits(intent: &Intent, row: &TaskRow) -> bool {
    let model = row.model.as_ref().is_none_or(|model| *model == intent.model);
    let when = row
        .created_ms
        .is_none_or(|at| (intent.from_ms - SLACK_MS..=intent.until_ms + SLACK_MS).contains(&at));
    model && when
}

/// Whether the row itself says all that a decision without the user needs.
const fn is_certain(row: &TaskRow) -> bool {
    row.model.is_some() && row.created_ms.is_some()
}

/// Holds every intent against the rows whose ids are not known here.
pub(super) fn search(
    intents: &[Intent],
    rows: &[TaskRow],
    known: &dyn Fn(&TaskId) -> bool,
) -> Vec<(TaskKey, Finding)> {
    let strange: Vec<&TaskRow> = rows.iter().filter(|row| !known(&row.id)).collect();
    intents
        .iter()
        .map(|intent| {
            let mine: Vec<&TaskRow> =
                strange.iter().copied().filter(|row| fits(intent, row)).collect();
            let finding = match mine.as_slice() {
                [] => Finding::Nothing,
                [only]
                    if is_certain(only)
                        && intents.iter().filter(|other| fits(other, only)).count() == 1 =>
                {
                    Finding::Is((*only).clone())
                }
                several => Finding::OneOf(several.iter().map(|row| (*row).clone()).collect()),
            };
            (intent.key, finding)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tasks::TaskStatus;

    fn intent(key: i64, model: &str, from_ms: i64, until_ms: i64) -> Intent {
        Intent { key: TaskKey(key), model: ModelId::new(model), from_ms, until_ms }
    }

    fn row(id: &str, model: Option<&str>, created_ms: Option<i64>) -> TaskRow {
        TaskRow {
            id: TaskId::new(id).unwrap(),
            status: TaskStatus::Running,
            model: model.map(ModelId::new),
            created_ms,
            started_ms: None,
            ended_ms: None,
            region: None,
            request_id: None,
        }
    }

    fn found(intents: &[Intent], rows: &[TaskRow]) -> Vec<Finding> {
        let all = search(intents, rows, &|id| id.as_str() == "known");
        all.into_iter().map(|(_, finding)| finding).collect()
    }

    const T2V: &str = "wan2.5-t2v-preview";

    #[test]
    fn one_intent_and_one_task_that_fit_are_one() {
        let intents = [intent(1, T2V, 100_000, 130_000)];
        let it = row("a", Some(T2V), Some(101_000));
        let others = [
            row("known", Some(T2V), Some(101_000)),
            row("b", Some("wan2.6-t2v"), Some(101_000)),
            row("c", Some(T2V), Some(97_000)),
            row("d", Some(T2V), Some(133_000)),
        ];
        let rows: Vec<_> = others.into_iter().chain([it.clone()]).collect();
        assert_eq!(found(&intents, &rows), [Finding::Is(it)]);
    }

    #[test]
    fn two_that_fit_are_a_question_whichever_side_they_are_on() {
        let a = row("a", Some(T2V), Some(101_000));
        let b = row("b", Some(T2V), Some(102_000));
        let one = [intent(1, T2V, 100_000, 130_000)];
        assert_eq!(
            found(&one, &[a.clone(), b.clone()]),
            [Finding::OneOf(vec![a.clone(), b.clone()])]
        );
        let two = [intent(1, T2V, 100_000, 130_000), intent(2, T2V, 101_000, 131_000)];
        let either = Finding::OneOf(vec![a.clone()]);
        assert_eq!(found(&two, &[a]), [either.clone(), either]);
    }

    #[test]
    fn what_the_list_leaves_out_is_never_taken_as_a_yes() {
        let one = [intent(1, T2V, 100_000, 130_000)];
        let nameless = row("a", None, Some(101_000));
        assert_eq!(found(&one, std::slice::from_ref(&nameless)), [Finding::OneOf(vec![nameless])]);
        let timeless = row("a", Some(T2V), None);
        assert_eq!(found(&one, std::slice::from_ref(&timeless)), [Finding::OneOf(vec![timeless])]);
        assert_eq!(found(&one, &[]), [Finding::Nothing]);
    }
}
