//! Hands each effect to its room. Downward sends never wait: what an inbox refuses comes back as
//! an event, so that nothing is lost and the loop never stands still.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::clock::wall_ms;
use crate::effect::{EditorCommand, Effect, ScreenCommand, SettingsCommand, TerminalCommand};
use crate::event::ServiceEvent;
use crate::service::attachments::look::Base;
use crate::service::{attachments, chat, clipboard, doctor, export, highlight, store};

/// The ways to the services.
#[derive(Debug)]
pub(super) struct Services {
    chat: chat::Handle,
    store: store::Handle,
    highlight: highlight::Handle,
    clipboard: clipboard::Handle,
    export: export::Handle,
    attachments: attachments::Handle,
    doctor: doctor::Handle,
    cancel: CancellationToken,
}

/// What is for the loop itself.
#[expect(clippy::large_enum_variant, reason = "one for each effect, and it is moved once")]
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    /// Nothing.
    Nothing,
    /// The screen.
    Screen(ScreenCommand),
    /// The terminal around it.
    Terminal(TerminalCommand),
    /// The user's editor.
    Editor(EditorCommand),
    /// The settings.
    Settings(SettingsCommand),
    /// The end.
    Quit,
    /// An inbox was full.
    Refused(Effect),
}

/// Keeps the order of one step's writes: the store makes room at any moment, and what was refused
/// must not be overtaken by what comes after it.
#[derive(Debug, Default)]
pub(super) struct Order {
    store_full: bool,
}

impl Order {
    /// Carries one effect out, unless it is a write after a refused one.
    pub(super) fn keep(
        &mut self,
        effect: Effect,
        perform: impl FnOnce(Effect) -> Wanted,
    ) -> Wanted {
        if self.store_full && matches!(effect, Effect::Store(_)) {
            return Wanted::Refused(effect);
        }
        let wanted = perform(effect);
        self.store_full |= matches!(wanted, Wanted::Refused(Effect::Store(_)));
        wanted
    }
}

impl Services {
    /// Starts them; none touches a file or a socket before it is asked for something.
    pub(super) fn start(
        deps: chat::Deps,
        data: PathBuf,
        files: Base,
        gather: doctor::Gather,
        out: &Sender<ServiceEvent>,
    ) -> Self {
        let cancel = CancellationToken::new();
        Self {
            chat: chat::spawn(deps, out.clone(), cancel.child_token()),
            store: store::spawn(store::Deps { dir: data, now: wall_ms }, out.clone()),
            highlight: highlight::spawn(out.clone()),
            clipboard: clipboard::spawn(out.clone(), cancel.child_token()),
            export: export::spawn(out.clone(), cancel.child_token()),
            attachments: attachments::spawn(files, out.clone(), cancel.child_token()),
            doctor: doctor::spawn(gather, out.clone(), cancel.child_token()),
            cancel,
        }
    }

    /// Carries one effect out or hands it on.
    pub(super) fn perform(&self, effect: Effect) -> Wanted {
        let refused = match effect {
            Effect::Chat(command) => self.chat.try_send(command).map_err(Effect::Chat),
            Effect::Store(command) => self.store.try_send(command).map_err(Effect::Store),
            Effect::Highlight(command) => {
                self.highlight.try_send(command).map_err(Effect::Highlight)
            }
            Effect::Copy(command) => self.clipboard.try_send(command).map_err(Effect::Copy),
            Effect::Doctor(command) => self.doctor.try_send(command).map_err(Effect::Doctor),
            Effect::Export(command) => self.export.try_send(command).map_err(Effect::Export),
            Effect::Attach(command) => self.attachments.try_send(command).map_err(Effect::Attach),
            Effect::Terminal(command) => return Wanted::Terminal(command),
            Effect::Screen(command) => return Wanted::Screen(command),
            Effect::Editor(command) => return Wanted::Editor(command),
            Effect::Settings(command) => return Wanted::Settings(command),
            Effect::Quit => return Wanted::Quit,
        };
        match refused {
            Ok(()) => Wanted::Nothing,
            Err(effect) => Wanted::Refused(effect),
        }
    }

    /// Tells the producers to stop.
    pub(super) fn stop(&self) {
        self.cancel.cancel();
    }

    /// Waits until every turn has said its last word.
    pub(super) async fn stopped(&self) {
        self.chat.ended().await;
    }

    /// Waits for the store's last acknowledgement.
    pub(super) fn close(self, patience: Duration) -> store::Closed {
        self.store.close(patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversations::StoreCommand;

    #[test]
    fn a_write_never_overtakes_a_refused_one() {
        let note = |text: &str| Effect::Store(StoreCommand::AddHistory(text.to_owned()));
        let mut order = Order::default();
        assert_eq!(order.keep(note("1"), Wanted::Refused), Wanted::Refused(note("1")));
        // There is room again, but it is not yet the turn of the second.
        assert_eq!(order.keep(note("2"), |_| Wanted::Nothing), Wanted::Refused(note("2")));
        assert_eq!(order.keep(Effect::Quit, |_| Wanted::Quit), Wanted::Quit);
    }
}
