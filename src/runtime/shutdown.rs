//! The end in good order: producers stop, what arrived goes into the state, the store
//! acknowledges, the terminal is given back; two seconds in all. It refuses to lose anything
//! silently: what could not be saved is said.

use std::time::Duration;

use super::{Ended, Reason, Runtime};
use crate::domain::notice::NoticeKind;
use crate::domain::settings::Language;
use crate::input::Input;
use crate::input::key::Code;
use crate::service::store::Closed;
use crate::terminal::rescue;
use crate::words;

/// For turns to say their last word.
const TURNS: Duration = Duration::from_millis(700);
/// For the store to write.
const STORE: Duration = Duration::from_millis(1200);

impl Runtime {
    /// Ends everything. The terminal is given back before anything is printed.
    pub(super) async fn shut_down(mut self, reason: Reason, language: Language) -> Ended {
        self.services.stop();
        if let Some(editor) = self.editor.take() {
            editor.session.close().await;
        }
        self.last_events().await;
        let now = self.clock.now();
        let effects = self.state.last_words(now);
        self.perform(effects);
        let going_on = self.state.tasks_that_go_on();
        let Self { services, events, input, .. } = self;
        drop(input);
        // From here on nobody takes events: the store must not wait for it.
        drop(events);
        // A panic has given the terminal back already; this is for all the other ways out.
        let closed = tokio::task::spawn_blocking(move || services.close(STORE)).await;
        rescue::restore();
        let farewell = match closed {
            Ok(Closed::Saved) => None,
            Ok(Closed::Unsaved(notice)) => Some(words::line(language, &notice)),
            Ok(Closed::TimedOut) | Err(_) => {
                Some(words::tell(language, &NoticeKind::StoreFailed).sentence.into_owned())
            }
        };
        let farewell =
            [farewell, going_on].into_iter().flatten().reduce(|a, b| format!("{a}\nlian: {b}"));
        let code = match reason {
            Reason::Quit => 0,
            Reason::Signal(code) => code,
            Reason::HungUp => 129,
            Reason::Panicked => 1,
        };
        Ended { code, farewell }
    }

    /// Takes in what the services still say, at most [`TURNS`]. A Ctrl-C meanwhile skips it.
    async fn last_events(&mut self) {
        let deadline = tokio::time::sleep(TURNS);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                biased;
                input = super::next_input(self.input.as_mut()) => match input {
                    Some(Ok(Input::Key(key))) if key.ctrl && key.code == Code::Char('c') => return,
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => self.input = None,
                },
                event = self.events.recv() => match event {
                    Some(event) => {
                        let now = self.clock.now();
                        let effects = self.state.on_service(event, now);
                        self.perform(effects);
                    }
                    None => return,
                },
                () = self.services.stopped() => {
                    while let Ok(event) = self.events.try_recv() {
                        let now = self.clock.now();
                        let effects = self.state.on_service(event, now);
                        self.perform(effects);
                    }
                    return;
                }
                () = &mut deadline => return,
            }
        }
    }
}
