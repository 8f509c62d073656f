//! Lists that lie over the panes: what is typed, moved and taken goes to the one that is open. It
//! refuses what a list holds and what its rows mean; each has a file of its own.

use super::attachments::look;
use super::conversations::Asking;
use super::focus::{ListPlace, Overlay, Pane};
use super::palette::{Offer, Palette};
use super::picker::Picked;
use super::scroll::Move;
use super::{AppState, Effects, WHEEL};
use crate::action::{
    Action, Attach, Chat as ChatAction, Composer as ComposerAction, Copying, Edit, Lanes, List,
    Speech,
};
use crate::domain::copy::Copied;
use crate::domain::time::Now;

impl AppState {
    /// Opens the palette, or closes it.
    pub(super) fn toggle_palette(&mut self, offer: Offer) {
        let open = matches!(&self.focus.overlay, Some(Overlay::Palette(p)) if p.offer == offer);
        let palette = || Overlay::Palette(Palette::new(offer, self.settings.language));
        self.focus.overlay = (!open).then(palette);
    }

    /// A list is open that takes what is typed.
    pub(super) fn list_is_open(&self) -> bool {
        self.focus.overlay.as_ref().is_some_and(|overlay| overlay.picker().is_some())
    }

    /// Something was typed while a list is open.
    pub(super) fn on_query(&mut self, action: &ComposerAction, now: Now) -> Effects {
        let taken = self.on_drawer_edit(action).or_else(|| self.on_form_edit(action));
        if let Some(effects) = taken.or_else(|| self.on_inspector_query(action)) {
            return effects;
        }
        self.before_query();
        if self.delete_at(action) {
            return Vec::new();
        }
        let Some(picker) = self.focus.overlay.as_mut().and_then(Overlay::picker_mut) else {
            return Vec::new();
        };
        let empty = picker.query().is_empty();
        if picker.on_edit(action) == Picked::Narrowed {
            self.narrow(now);
            return self.after_narrowing(now);
        }
        let back = *action == ComposerAction::Edit(Edit::DeleteBefore);
        if empty
            && back
            && matches!(&self.focus.overlay, Some(Overlay::Palette(p)) if p.offer == Offer::Commands)
        {
            // The slash itself is deleted.
            self.focus.overlay = None;
        }
        Vec::new()
    }

    /// A path begins with a slash too: the second one shows that no command is meant.
    fn after_narrowing(&mut self, now: Now) -> Effects {
        let path = matches!(
            &self.focus.overlay,
            Some(Overlay::Palette(p)) if p.offer == Offer::Commands && p.holds_path()
        );
        if path { self.write_instead(now) } else { self.follow_files() }
    }

    /// What was typed after `/` becomes the beginning of a message.
    fn write_instead(&mut self, now: Now) -> Effects {
        let Some(Overlay::Palette(palette)) = self.focus.overlay.take() else {
            return Vec::new();
        };
        let text = format!("/{}", palette.picker.query());
        self.write(ComposerAction::Paste(text), now)
    }

    /// Ranks the rows of the open list again.
    fn narrow(&mut self, now: Now) {
        match &mut self.focus.overlay {
            Some(Overlay::Palette(palette)) => palette.narrow(),
            Some(Overlay::History(history)) => history.narrow(),
            Some(Overlay::Models(models)) => models.narrow(&self.catalog.get()),
            // A few ways out are not searched.
            Some(Overlay::Ask(ask)) => ask.picker.set_query(""),
            Some(Overlay::Unfit(unfit)) => unfit.picker.set_query(""),
            Some(Overlay::Files(files)) => files.narrow(),
            Some(Overlay::Voices(voices)) => {
                voices.narrow(&self.catalog.get(), &self.settings.speech.favourites);
            }
            Some(Overlay::Conversations(_)) => self.browser_narrowed(now),
            Some(Overlay::Queue(list)) => {
                list.narrow(self.conversations.shown().queue.waiting());
            }
            Some(Overlay::Links(links)) => links.narrow(),
            Some(Overlay::Inspector(inspector)) => inspector.narrow(),
            Some(Overlay::Tasks(_)) => self.board_narrowed(),
            Some(Overlay::TaskForm(form)) => form.narrow(),
            Some(Overlay::TaskAsk(ask)) => ask.narrow(),
            Some(Overlay::SpendAsk(ask)) => ask.narrow(),
            Some(Overlay::Doctor(examination)) => examination.narrow(),
            Some(
                Overlay::Help { .. }
                | Overlay::Notices(_)
                | Overlay::Paste(_)
                | Overlay::Params(_)
                | Overlay::Lanes(_)
                | Overlay::Meters(_),
            )
            | None => {}
        }
    }

    /// Whoever types on does not want what was asked, unless it is the text that was asked for.
    fn before_query(&mut self) {
        if let Some(Overlay::Conversations(browser)) = &self.focus.overlay
            && matches!(browser.asking(), Some(Asking::Delete(..)))
        {
            self.stop_asking();
        }
    }

    /// The mark of the open list is moved or taken.
    pub(super) fn on_list(&mut self, action: List, now: Now) -> Effects {
        let taken = self.on_drawer_list(action).or_else(|| self.on_task_list(action, now));
        let taken = taken.or_else(|| self.on_inspector_list(action));
        if let Some(effects) = taken.or_else(|| self.on_lanes_list(action)) {
            return effects;
        }
        let meters = self.on_meters_list(action).or_else(|| self.on_spend_list(action, now));
        if let Some(effects) = meters {
            return effects;
        }
        if let Some(Overlay::Palette(palette)) = &self.focus.overlay
            && action == List::Accept
            && palette.is_message()
        {
            return self.write_instead(now);
        }
        if action == List::Accept {
            if let Some(effects) = self.take_typed_file(now) {
                return effects;
            }
            if let Some(effects) = self.answer_asking(now) {
                return effects;
            }
        } else {
            self.stop_asking();
        }
        let Some(picker) = self.focus.overlay.as_mut().and_then(Overlay::picker_mut) else {
            return Vec::new();
        };
        match picker.on_list(action) {
            Picked::Accepted(row) => self.accept(row, now),
            Picked::Moved | Picked::Narrowed => Vec::new(),
        }
    }

    /// A row is taken: the list closes and does what it is for.
    fn accept(&mut self, row: usize, now: Now) -> Effects {
        match self.focus.overlay.take() {
            Some(Overlay::Palette(palette)) => {
                let Some((action, rest)) = palette.take(row) else { return Vec::new() };
                self.run(action, &rest, now)
            }
            Some(Overlay::Links(links)) => {
                self.copy(Copied::Link, links.take(row).unwrap_or_default(), now)
            }
            Some(Overlay::Doctor(examination)) => self.take_finding(examination, now),
            Some(Overlay::Notices(mut history)) => {
                history.whole = !history.whole;
                self.focus.overlay = Some(Overlay::Notices(history));
                Vec::new()
            }
            Some(Overlay::History(history)) => self.take_question(&history, row, now),
            Some(Overlay::Models(models)) if !models.marks.is_empty() => {
                self.compare(models.marks, now);
                Vec::new()
            }
            Some(Overlay::Models(models)) => self.choose_model(models, row),
            Some(Overlay::Conversations(browser)) => self.browser_accept(&browser, row, now),
            Some(Overlay::Queue(list)) => self.queue_accept(&list, row, now),
            Some(Overlay::Ask(ask)) => self.go_way(ask, row, now),
            Some(Overlay::Files(files)) => self.take_file(files, row),
            Some(Overlay::Voices(voices)) => self.choose_voice(&voices, row, now),
            Some(Overlay::Unfit(unfit)) => self.go_fit(unfit, row, now),
            Some(
                Overlay::Help { .. }
                | Overlay::Paste(_)
                | Overlay::Params(_)
                | Overlay::Tasks(_)
                | Overlay::TaskForm(_)
                | Overlay::TaskAsk(_)
                | Overlay::Inspector(_)
                | Overlay::Lanes(_)
                | Overlay::Meters(_)
                | Overlay::SpendAsk(_),
            )
            | None => Vec::new(),
        }
    }

    /// A command by its name, with the words after it, from where there is no list of commands.
    pub fn on_command(&mut self, action: Action, rest: &str, now: Now) -> Effects {
        self.happened += 1;
        let effects = self.run(action, rest, now);
        self.out(effects, now)
    }

    /// Does what a command is for; the words after its name go into the list it opens.
    fn run(&mut self, action: Action, rest: &str, now: Now) -> Effects {
        match action {
            // Their words say which or where.
            Action::Copying(Copying::Message) => {
                return match Self::copying_of(rest) {
                    Some(copying) => self.on_copying(copying, now),
                    None => self.write_words("copy", rest, now),
                };
            }
            Action::Export(export) if !rest.is_empty() => {
                return self.on_export(export, Some(rest), now);
            }
            Action::Tasks(action) if !rest.is_empty() => {
                return self.task_words(action, rest, now);
            }
            Action::Lanes(Lanes::Compare) if !rest.is_empty() => {
                return self.compare_words(rest, now);
            }
            Action::Speech(Speech::Auto) if !rest.is_empty() => {
                return match self.auto_words(rest, now) {
                    Some(effects) => effects,
                    None => self.write_words("auto-speak", rest, now),
                };
            }
            Action::Attach(Attach::Files) if !rest.is_empty() => return look(rest.to_owned()),
            Action::Params(action) if !rest.is_empty() => {
                if let Some(effects) = self.params_words(action, rest) {
                    return effects;
                }
            }
            _ => {}
        }
        let effects = self.on_action(action, now);
        if let Some(picker) = self.focus.overlay.as_mut().and_then(Overlay::picker_mut)
            && !rest.is_empty()
        {
            picker.set_query(rest);
            self.narrow(now);
        }
        effects
    }

    /// No such command after all: its words become the beginning of a message.
    fn write_words(&mut self, name: &str, rest: &str, now: Now) -> Effects {
        self.write(ComposerAction::Paste(format!("/{name} {rest}")), now)
    }

    /// The wheel of the mouse turned.
    pub(super) fn on_wheel(&mut self, up: bool, now: Now) -> Effects {
        if self.scroll_lane(if up { ChatAction::LineUp } else { ChatAction::LineDown }) {
            return Vec::new();
        }
        let scrolls = matches!(
            self.focus.overlay,
            Some(Overlay::Tasks(_) | Overlay::Inspector(_) | Overlay::Meters(_))
        );
        if self.list_is_open() || scrolls {
            return self.on_list(if up { List::Up } else { List::Down }, now);
        }
        if self.focus.overlay.is_some() {
            self.focus.wheel_help(up);
        } else {
            let rows = i32::from(WHEEL);
            let scroll = &mut self.conversations.shown_mut().scroll;
            scroll.wish(Move::Rows(if up { -rows } else { rows }));
        }
        Vec::new()
    }

    /// The mouse was pressed.
    pub(super) fn on_press(&mut self, row: u16, now: Now) -> Effects {
        if self.focus.overlay.is_some() {
            return self.press_list(row, now);
        }
        self.focus.pane =
            if row >= self.focus.composer_top { Pane::Composer } else { Pane::Transcript };
        Vec::new()
    }

    /// The mouse was pressed while an overlay is open: a row is marked, the marked one taken.
    pub(super) fn press_list(&mut self, y: u16, now: Now) -> Effects {
        if matches!(self.focus.overlay, Some(Overlay::Lanes(_))) {
            // They stand side by side: no row is one of them.
            return Vec::new();
        }
        self.stop_asking();
        let ListPlace { y: top, first, height } = self.focus.list;
        let Some(picker) = self.focus.overlay.as_mut().and_then(Overlay::picker_mut) else {
            return Vec::new();
        };
        let row = first + usize::from(y.saturating_sub(top));
        if y < top || y >= top + height || row >= picker.rows() {
            return Vec::new();
        }
        if picker.marked() == row {
            return self.on_list(List::Accept, now);
        }
        picker.mark(row);
        Vec::new()
    }
}
