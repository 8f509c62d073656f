//! What the user wishes of tasks, one key a wish: what is possible becomes a command to the
//! service, what costs or cannot be taken back is asked first. It refuses to guess: where a wish
//! does not fit the task it says so.

use super::super::focus::Overlay;
use super::super::{AppState, Effects};
use super::ask::Question;
use super::board::Page;
use super::shelf::Sort;
use crate::action::Tasks as Wish;
use crate::domain::copy::Copied;
use crate::domain::errands::Errand;
use crate::domain::ids::TaskKey;
use crate::domain::jobs::Makes;
use crate::domain::notice::{ErrandNotice, Notice, NoticeKind};
use crate::domain::tasks::book::{AssetState, Review, Stage, TaskCommand, TaskRecord};
use crate::domain::time::Now;
use crate::effect::Effect;

impl AppState {
    pub(in crate::state) fn on_tasks(&mut self, wish: Wish, now: Now) -> Effects {
        match wish {
            Wish::Open => self.toggle_board(),
            Wish::Video => return self.open_form(Makes::Video, None, now),
            Wish::Image => return self.open_form(Makes::Image, None, now),
            Wish::Submit => return self.submit_form(now),
            Wish::Details => self.show_details(),
            Wish::Raw => self.show_raw(),
            Wish::Filter => {
                if let Some(board) = self.board().filter(|board| board.page == Page::List) {
                    board.typing = true;
                }
            }
            Wish::Mark => self.toggle_mark(),
            Wish::MarkAll => self.toggle_marks(),
            Wish::Cancel => self.wish_cancel(now),
            Wish::Retry => self.wish_retry(now),
            Wish::Edit => return self.wish_edit(now),
            Wish::View | Wish::Reveal => return self.wish_view(wish == Wish::Reveal, now),
            Wish::CopyPath => {
                let paths: Vec<String> = self
                    .wanted_tasks()
                    .iter()
                    .flat_map(|task| task.saved())
                    .map(str::to_owned)
                    .collect();
                return self.copy(Copied::Path, paths.join("\n"), now);
            }
            Wish::Forget => {
                let keys: Vec<TaskKey> = self.wanted_tasks().iter().map(|task| task.key).collect();
                if !keys.is_empty() {
                    self.ask_about(Question::Forget { keys });
                }
            }
            Wish::Download => return self.wish_download(now),
            Wish::Pause => return self.wish_pause(now),
            Wish::First => return self.wish_first(now),
            Wish::Adopt => return self.wish_adopt(),
            Wish::Review => {
                let effects = self.begin_review();
                let begun = self.board().is_some_and(|b| matches!(b.page, Page::Review { .. }));
                if !begun {
                    self.say(ErrandNotice::NotNow, now);
                }
                return effects;
            }
            Wish::SortState => self.sort_tasks(Sort::State),
            Wish::SortModel => self.sort_tasks(Sort::Model),
            Wish::SortAge => self.sort_tasks(Sort::Age),
            Wish::SortPrice => self.sort_tasks(Sort::Price),
            Wish::SortExpiry => self.sort_tasks(Sort::Expiry),
            Wish::Accept => return self.judge(Some(Review::Accepted)),
            Wish::Reject => return self.judge(Some(Review::Rejected)),
            Wish::Unjudge => return self.judge(None),
        }
        Vec::new()
    }

    /// What follows a command's name: the prompt, or the words of the list.
    pub(in crate::state) fn task_words(&mut self, wish: Wish, words: &str, now: Now) -> Effects {
        match wish {
            Wish::Video => self.open_form(Makes::Video, Some(words), now),
            Wish::Image => self.open_form(Makes::Image, Some(words), now),
            _ => {
                let effects = self.on_tasks(wish, now);
                if let Some(picker) = self.focus.overlay.as_mut().and_then(Overlay::picker_mut) {
                    picker.set_query(words);
                    self.board_narrowed();
                }
                effects
            }
        }
    }

    pub(super) fn say(&mut self, notice: ErrandNotice, now: Now) {
        self.notices.tell(Notice::new(NoticeKind::Errand(notice)), now);
    }

    fn sort_tasks(&mut self, sort: Sort) {
        let marked = self.marked_task();
        self.tasks.shelf.sort_by(sort);
        self.board_moved(marked);
    }

    /// The wanted tasks at some stages; where there is none that is said.
    fn wanted_at(&mut self, fits: impl Fn(&TaskRecord) -> bool, now: Now) -> Vec<TaskRecord> {
        let wanted = self.wanted_tasks();
        let some = !wanted.is_empty();
        let found: Vec<TaskRecord> = wanted.into_iter().filter(|t| fits(t)).cloned().collect();
        if found.is_empty() && some {
            self.say(ErrandNotice::NotNow, now);
        }
        found
    }

    fn wish_cancel(&mut self, now: Now) {
        let open = |task: &TaskRecord| {
            matches!(task.stage, Stage::Waiting | Stage::Paused | Stage::Following)
        };
        let tasks = self.wanted_at(open, now);
        if tasks.is_empty() {
            return;
        }
        let sent = tasks.iter().filter(|task| task.stage == Stage::Following).count();
        let keys = tasks.iter().map(|task| task.key).collect();
        self.ask_about(Question::Cancel { keys, sent });
    }

    fn wish_download(&mut self, now: Now) -> Effects {
        let missing = |task: &TaskRecord| {
            let open = matches!(task.stage, Stage::Saved | Stage::Saving | Stage::Expired);
            let saved = |state: &AssetState| matches!(state, AssetState::Saved { .. });
            open && task.assets.iter().any(|asset| !saved(&asset.state))
        };
        let tasks = self.wanted_at(missing, now);
        tasks.iter().map(|task| Effect::Task(TaskCommand::Download(task.key))).collect()
    }

    /// Those that wait are held; if none does, those that are held go on.
    fn wish_pause(&mut self, now: Now) -> Effects {
        let line = |task: &TaskRecord| matches!(task.stage, Stage::Waiting | Stage::Paused);
        let tasks = self.wanted_at(line, now);
        let paused = tasks.iter().any(|task| task.stage == Stage::Waiting);
        let from = if paused { Stage::Waiting } else { Stage::Paused };
        let keys: Vec<TaskKey> =
            tasks.iter().filter(|task| task.stage == from).map(|task| task.key).collect();
        if keys.is_empty() {
            return Vec::new();
        }
        vec![Effect::Task(TaskCommand::SetPaused { keys, paused })]
    }

    fn wish_first(&mut self, now: Now) -> Effects {
        let line = |task: &TaskRecord| matches!(task.stage, Stage::Waiting | Stage::Paused);
        let tasks = self.wanted_at(line, now);
        // The last one that is put first is the first.
        tasks.iter().rev().map(|task| Effect::Task(TaskCommand::First(task.key))).collect()
    }

    fn wish_adopt(&mut self) -> Effects {
        match self.board().map(|board| &board.page) {
            Some(Page::Account(_)) => self.adopt(None),
            Some(_) => self.look_around(),
            None => Vec::new(),
        }
    }

    fn wish_view(&mut self, directory: bool, now: Now) -> Effects {
        let path =
            self.wanted_tasks().iter().find_map(|task| task.saved().next().map(str::to_owned));
        let Some(path) = path else {
            self.say(ErrandNotice::NoFile, now);
            return Vec::new();
        };
        let errand = if directory { Errand::Reveal { path } } else { Errand::Open { path } };
        vec![Effect::Errand(errand)]
    }

    /// A result is judged, and the next one is shown.
    fn judge(&mut self, review: Option<Review>) -> Effects {
        let Some(key) = self.marked_task() else { return Vec::new() };
        let mut effects = vec![Effect::Task(TaskCommand::Review { key, review })];
        if let Some(board) = self.board()
            && let Page::Review { keys, at } = &mut board.page
            && review.is_some()
        {
            *at = (*at + 1).min(keys.len().saturating_sub(1));
        }
        effects.extend(self.wanted_posters());
        effects
    }
}
