//! Which task is meant: by lian's key, the service's id, or the beginning of either. It refuses to
//! guess between two.

use crate::domain::settings::Language;
use crate::domain::tasks::book::TaskRecord;
use crate::words::task_line::Line;

/// What people see of a task's name: the service's id, or our key as long as there is none.
pub(super) fn name(task: &TaskRecord) -> String {
    task.remote.as_ref().map_or_else(|| task.key.to_string(), ToString::to_string)
}

/// The tasks that are named, each once, or a sentence why one cannot be told.
pub(super) fn tasks(
    all: &[TaskRecord],
    given: &[String],
    language: Language,
) -> Result<Vec<TaskRecord>, String> {
    let mut found: Vec<TaskRecord> = Vec::new();
    for given in given {
        let task = task(all, given, language)?;
        if found.iter().all(|other| other.key != task.key) {
            found.push(task.clone());
        }
    }
    Ok(found)
}

/// The one task that is named.
pub(super) fn task<'a>(
    all: &'a [TaskRecord],
    given: &str,
    language: Language,
) -> Result<&'a TaskRecord, String> {
    let given = given.trim();
    let shown = crate::text::sanitize::line(given);
    let names = |task: &TaskRecord| [task.key.to_string(), name(task)];
    let whole = all.iter().find(|task| names(task).iter().any(|name| name == given));
    if let Some(task) = whole {
        return Ok(task);
    }
    let begins =
        |task: &&TaskRecord| !given.is_empty() && names(task).iter().any(|n| n.starts_with(given));
    let fit: Vec<&TaskRecord> = all.iter().filter(begins).collect();
    match fit.as_slice() {
        [] => Err(Line::NoTask(&shown).say(language).into_owned()),
        [only] => Ok(only),
        several => {
            let ids = several.iter().take(5).map(|task| name(task)).collect::<Vec<_>>().join(", ");
            Err(Line::Several { given: &shown, ids: &ids }.say(language).into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::record;
    use super::*;
    use crate::domain::tasks::TaskId;

    #[test]
    fn a_task_is_found_by_a_beginning_that_only_it_has() {
        let mut one = record(0x0123_4567_89ab_cdef);
        let mut two = record(0x0123_ffff_0000_0000);
        one.remote = TaskId::new("86ecf553-d340-4e21-af6e-a0c6a421c010");
        two.remote = None;
        let all = [one.clone(), two.clone()];
        let key = |given: &str| task(&all, given, Language::En).map(|task| task.key.0);
        assert_eq!(key("86ec"), Ok(one.key.0));
        assert_eq!(key("01234"), Ok(one.key.0));
        assert_eq!(key(" 0123ffff00000000 "), Ok(two.key.0));
        let several = key("0123").unwrap_err();
        assert!(several.contains("86ecf553") && several.contains("0123ffff"), "{several}");
        assert!(key("9").unwrap_err().starts_with("there is no task 9"));
        assert!(key("").is_err(), "nothing is the beginning of everything");
        let given = ["86".to_owned(), "0123456789abcdef".to_owned()];
        assert_eq!(tasks(&all, &given, Language::En).unwrap().len(), 1, "named twice is once");
        // What is given comes back without what could drive a terminal.
        assert!(!key("\u{1b}]0;x").unwrap_err().contains('\u{1b}'));
    }
}
