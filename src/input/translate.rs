//! One input becomes one action, or nothing. It refuses state: the contexts are an argument.

use super::keymap::KeyMap;
use super::{Input, PointerKind};
use crate::action::{Action, Composer, Context};

/// What the user meant by an input in these contexts (most special first).
#[must_use]
pub fn translate(input: Input, contexts: &[Context], keys: &KeyMap) -> Option<Action> {
    match input {
        Input::Key(key) => {
            if let Some(action) = keys.resolve(contexts, key) {
                return Some(action.clone());
            }
            let text = contexts.iter().any(|context| context.takes_text());
            let typed = key.typed().filter(|_| text)?;
            Some(Action::Composer(Composer::Insert(typed)))
        }
        Input::Paste(text) => {
            // Wherever the focus is, a paste is meant for the message, unless nothing is typed here.
            let hides = [
                Context::Help,
                Context::Notices,
                Context::Paste,
                Context::Inspector,
                Context::Lanes,
                Context::Tasks,
                Context::TaskReview,
            ];
            let hidden = contexts.iter().any(|context| hides.contains(context));
            (!hidden).then_some(Action::Composer(Composer::Paste(text)))
        }
        Input::Mouse(pointer) => Some(match pointer.kind {
            PointerKind::Press => Action::Press { column: pointer.column, row: pointer.row },
            PointerKind::WheelUp => Action::Wheel { up: true },
            PointerKind::WheelDown => Action::Wheel { up: false },
        }),
        Input::Focus(focused) => Some(Action::Focused(focused)),
        // The screen's business; the loop handles it before anything is translated.
        Input::Resize(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::key::{Code, Key};

    #[test]
    fn text_only_where_it_is_taken() {
        let keys = KeyMap::default();
        let x = Input::Key(Key::plain(Code::Char('x')));
        assert_eq!(
            translate(x.clone(), &[Context::Composer, Context::Global], &keys),
            Some(Action::Composer(Composer::Insert('x')))
        );
        assert_eq!(translate(x, &[Context::Transcript, Context::Global], &keys), None);
    }

    #[test]
    fn unbound_chords_are_nothing() {
        let keys = KeyMap::default();
        let chord = Input::Key("ctrl+alt+x".parse().unwrap());
        assert_eq!(translate(chord, &[Context::Composer, Context::Global], &keys), None);
    }
}
