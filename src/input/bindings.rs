//! The table of keys: context, keys, action. Dispatch, help, the README's key block and the
//! parser of `[keys]` derive from it. It refuses behaviour.

use crate::action::{
    Action, App, Attach, Chat, Composer, Context, Conversations, Copying, Draft, Edit, Export,
    Focus, Inspector, Lanes, List, Meters, Models, Notices, Params, Speech, Tasks, Turns, Vi,
};

/// One row of the table: in this context these keys mean that.
#[derive(Debug)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// Spellings as [`crate::input::key::Key`] reads them; the first is the one hints show.
    pub keys: &'static [&'static str],
    /// What is meant.
    pub action: Action,
}

const fn row(context: Context, keys: &'static [&'static str], action: Action) -> Binding {
    Binding { context, keys, action }
}

const fn edit(keys: &'static [&'static str], edit: Edit) -> Binding {
    row(Context::Composer, keys, Action::Composer(Composer::Edit(edit)))
}

const fn chat(keys: &'static [&'static str], chat: Chat) -> Binding {
    row(Context::Transcript, keys, Action::Chat(chat))
}

const fn copying(keys: &'static [&'static str], copying: Copying) -> Binding {
    row(Context::Transcript, keys, Action::Copying(copying))
}

const fn notices(keys: &'static [&'static str], list: List) -> Binding {
    row(Context::Notices, keys, Action::List(list))
}

const fn turns(keys: &'static [&'static str], turns: Turns) -> Binding {
    row(Context::Transcript, keys, Action::Turns(turns))
}

const fn stored(keys: &'static [&'static str], action: Conversations) -> Binding {
    row(Context::Conversations, keys, Action::Conversations(action))
}

const fn queue(keys: &'static [&'static str], turns: Turns) -> Binding {
    row(Context::Queue, keys, Action::Turns(turns))
}

const fn list(keys: &'static [&'static str], list: List) -> Binding {
    row(Context::List, keys, Action::List(list))
}

const fn query(keys: &'static [&'static str], edit: Edit) -> Binding {
    row(Context::List, keys, Action::Composer(Composer::Edit(edit)))
}

const fn vi(keys: &'static [&'static str], vi: Vi) -> Binding {
    row(Context::ViNormal, keys, Action::Vi(vi))
}

const fn paste(keys: &'static [&'static str], chat: Chat) -> Binding {
    row(Context::Paste, keys, Action::Chat(chat))
}

const fn lanes(keys: &'static [&'static str], action: Action) -> Binding {
    row(Context::Lanes, keys, action)
}

const fn inspector(keys: &'static [&'static str], action: Action) -> Binding {
    row(Context::Inspector, keys, action)
}

const fn tasks(keys: &'static [&'static str], tasks: Tasks) -> Binding {
    row(Context::Tasks, keys, Action::Tasks(tasks))
}

const fn task_list(keys: &'static [&'static str], list: List) -> Binding {
    row(Context::Tasks, keys, Action::List(list))
}

const fn meters(keys: &'static [&'static str], action: Action) -> Binding {
    row(Context::Meters, keys, action)
}

const fn review(keys: &'static [&'static str], action: Action) -> Binding {
    row(Context::TaskReview, keys, action)
}

const fn speech(keys: &'static [&'static str], speech: Speech) -> Binding {
    row(Context::Speech, keys, Action::Speech(speech))
}

const fn voices(keys: &'static [&'static str], speech: Speech) -> Binding {
    row(Context::Voices, keys, Action::Speech(speech))
}

const fn global(keys: &'static [&'static str], action: Action) -> Binding {
    row(Context::Global, keys, action)
}

/// The defaults. Never the only key of an action: Ctrl+S and Ctrl+Q (flow control), Ctrl+H
/// (Backspace), Ctrl+M (Enter), Ctrl+I (Tab), Ctrl+A and Ctrl+B (screen and tmux).
pub const BINDINGS: &[Binding] = &[
    edit(&["enter"], Edit::Send),
    edit(&["alt+enter", "shift+enter", "ctrl+j"], Edit::Newline),
    edit(&["backspace"], Edit::DeleteBefore),
    edit(&["delete", "ctrl+d"], Edit::DeleteAfter),
    edit(&["ctrl+w", "alt+backspace", "ctrl+backspace"], Edit::DeleteWordBefore),
    edit(&["alt+d", "ctrl+delete"], Edit::DeleteWordAfter),
    edit(&["ctrl+u"], Edit::DeleteToHead),
    edit(&["ctrl+k"], Edit::DeleteToEnd),
    edit(&["left"], Edit::Left),
    edit(&["right", "ctrl+f"], Edit::Right),
    edit(&["up"], Edit::Up),
    edit(&["down"], Edit::Down),
    edit(&["alt+left", "ctrl+left", "alt+b"], Edit::WordLeft),
    edit(&["alt+right", "ctrl+right", "alt+f"], Edit::WordRight),
    edit(&["home", "ctrl+a"], Edit::Head),
    edit(&["end", "ctrl+e"], Edit::End),
    edit(&["ctrl+home", "alt+<"], Edit::First),
    edit(&["ctrl+end", "alt+>"], Edit::Last),
    edit(&["ctrl+_", "alt+u"], Edit::Undo),
    edit(&["alt+r"], Edit::Redo),
    edit(&["ctrl+y"], Edit::PutBack),
    row(Context::Composer, &["ctrl+g"], Action::Draft(Draft::Editor)),
    row(Context::Composer, &["alt+v"], Action::Draft(Draft::Inspect)),
    row(Context::Composer, &["alt+z"], Action::Draft(Draft::Unfold)),
    row(Context::Composer, &["@"], Action::Attach(Attach::Here)),
    row(Context::Composer, &["alt+-"], Action::Attach(Attach::Remove)),
    row(Context::EmptyComposer, &["backspace"], Action::Attach(Attach::Remove)),
    row(Context::EmptyComposer, &["?"], Action::App(App::Help)),
    row(Context::EmptyComposer, &["ctrl+d"], Action::App(App::Quit)),
    row(Context::EmptyComposer, &["/"], Action::App(App::Commands)),
    row(Context::ViInsert, &["esc"], Action::Vi(Vi::Normal)),
    vi(&["i", "insert"], Vi::Insert),
    vi(&["a"], Vi::Append),
    vi(&["I"], Vi::InsertHead),
    vi(&["A"], Vi::AppendEnd),
    vi(&["o"], Vi::OpenBelow),
    vi(&["O"], Vi::OpenAbove),
    vi(&["h", "left", "backspace"], Vi::Left),
    vi(&["l", "right", "space"], Vi::Right),
    vi(&["j", "down"], Vi::Down),
    vi(&["k", "up"], Vi::Up),
    vi(&["w"], Vi::WordNext),
    vi(&["b"], Vi::WordBefore),
    vi(&["e"], Vi::WordEnd),
    vi(&["0", "home"], Vi::Head),
    vi(&["^"], Vi::First),
    vi(&["$", "end"], Vi::End),
    vi(&["g"], Vi::Go),
    vi(&["G"], Vi::Bottom),
    vi(&["x", "delete"], Vi::DeleteLetter),
    vi(&["d"], Vi::Delete),
    vi(&["D"], Vi::DeleteToEnd),
    vi(&["c"], Vi::Change),
    vi(&["C"], Vi::ChangeToEnd),
    vi(&["y"], Vi::Yank),
    vi(&["p"], Vi::Put),
    vi(&["P"], Vi::PutBefore),
    vi(&["u"], Vi::Undo),
    vi(&["ctrl+r"], Vi::Redo),
    chat(&["k", "up"], Chat::LineUp),
    chat(&["j", "down"], Chat::LineDown),
    chat(&["u", "ctrl+u"], Chat::HalfUp),
    chat(&["d", "ctrl+d"], Chat::HalfDown),
    chat(&["g", "home"], Chat::Top),
    chat(&["G", "end"], Chat::End),
    chat(&["["], Chat::QuestionBefore),
    chat(&["]"], Chat::QuestionAfter),
    chat(&["{", "shift+up"], Chat::MessageBefore),
    chat(&["}", "shift+down"], Chat::MessageAfter),
    chat(&["t", "space"], Chat::Reasoning),
    copying(&["y"], Copying::Message),
    copying(&["Y"], Copying::Code),
    copying(&["l"], Copying::Link),
    copying(&["A"], Copying::Conversation),
    copying(&["M"], Copying::Source),
    row(Context::Transcript, &["E"], Action::Export(Export::Markdown)),
    row(Context::Transcript, &["ctrl+e"], Action::Export(Export::Json)),
    row(Context::Transcript, &["C"], Action::Lanes(Lanes::Compare)),
    row(Context::Transcript, &["|"], Action::Lanes(Lanes::Open)),
    row(Context::Transcript, &["J"], Action::Inspector(Inspector::Open)),
    row(Context::Transcript, &["N"], Action::Notices(Notices::Open)),
    row(Context::Transcript, &["n"], Action::Notices(Notices::Copy)),
    chat(&["c"], Chat::Continue),
    turns(&["r"], Turns::Regenerate),
    turns(&["R"], Turns::Reseed),
    turns(&["e"], Turns::Edit),
    turns(&["<", "left"], Turns::BranchBefore),
    turns(&[">", "right"], Turns::BranchAfter),
    turns(&["f"], Turns::Fork),
    row(Context::Transcript, &["s"], Action::Speech(Speech::Speak)),
    row(Context::Transcript, &["S"], Action::Speech(Speech::Auto)),
    row(Context::Transcript, &["V"], Action::Speech(Speech::Voices)),
    row(Context::Transcript, &["?"], Action::App(App::Help)),
    row(Context::Transcript, &["enter", "i"], Action::Focus(Focus::Composer)),
    list(&["up", "ctrl+p"], List::Up),
    list(&["down", "ctrl+n"], List::Down),
    list(&["pageup"], List::PageUp),
    list(&["pagedown"], List::PageDown),
    list(&["alt+<", "ctrl+home"], List::First),
    list(&["alt+>", "ctrl+end"], List::Last),
    list(&["enter"], List::Accept),
    stored(&["alt+r"], Conversations::Rename),
    stored(&["alt+d"], Conversations::Delete),
    stored(&["alt+u"], Conversations::Undelete),
    queue(&["alt+up", "shift+up"], Turns::QueueUp),
    queue(&["alt+down", "shift+down"], Turns::QueueDown),
    queue(&["alt+d", "delete"], Turns::QueueRemove),
    query(&["backspace"], Edit::DeleteBefore),
    query(&["delete", "ctrl+d"], Edit::DeleteAfter),
    query(&["ctrl+w", "alt+backspace", "ctrl+backspace"], Edit::DeleteWordBefore),
    query(&["ctrl+u"], Edit::DeleteToHead),
    query(&["ctrl+k"], Edit::DeleteToEnd),
    query(&["left"], Edit::Left),
    query(&["right", "ctrl+f"], Edit::Right),
    query(&["home", "ctrl+a"], Edit::Head),
    query(&["end", "ctrl+e"], Edit::End),
    notices(&["up", "k"], List::Up),
    notices(&["down", "j"], List::Down),
    notices(&["pageup"], List::PageUp),
    notices(&["pagedown"], List::PageDown),
    notices(&["home", "g"], List::First),
    notices(&["end", "G"], List::Last),
    notices(&["enter"], List::Accept),
    row(Context::Notices, &["y"], Action::Notices(Notices::Copy)),
    row(Context::Notices, &["q", "N"], Action::Notices(Notices::Open)),
    row(Context::History, &["ctrl+r"], Action::List(List::Down)),
    row(Context::Paste, &["q", "enter"], Action::App(App::Back)),
    paste(&["k", "up"], Chat::LineUp),
    paste(&["j", "down"], Chat::LineDown),
    paste(&["u", "ctrl+u"], Chat::HalfUp),
    paste(&["d", "ctrl+d"], Chat::HalfDown),
    paste(&["g", "home"], Chat::Top),
    paste(&["G", "end"], Chat::End),
    row(Context::Paste, &["z", "alt+z"], Action::Draft(Draft::Unfold)),
    lanes(&["left", "h", "<", "backtab"], Action::Lanes(Lanes::Before)),
    lanes(&["right", "l", ">", "tab"], Action::Lanes(Lanes::After)),
    lanes(&["enter"], Action::Lanes(Lanes::Pick)),
    lanes(&["y"], Action::Copying(Copying::Message)),
    lanes(&["q"], Action::App(App::Back)),
    lanes(&["k", "up"], Action::Chat(Chat::LineUp)),
    lanes(&["j", "down"], Action::Chat(Chat::LineDown)),
    lanes(&["u", "ctrl+u"], Action::Chat(Chat::HalfUp)),
    lanes(&["d", "ctrl+d"], Action::Chat(Chat::HalfDown)),
    lanes(&["g", "home"], Action::Chat(Chat::Top)),
    lanes(&["G", "end"], Action::Chat(Chat::End)),
    inspector(&["tab", "left", "right"], Action::Inspector(Inspector::Side)),
    inspector(&["[", "<"], Action::Inspector(Inspector::Before)),
    inspector(&["]", ">"], Action::Inspector(Inspector::After)),
    inspector(&["/"], Action::Inspector(Inspector::Find)),
    inspector(&["y"], Action::Inspector(Inspector::Copy)),
    inspector(&["r"], Action::Inspector(Inspector::Again)),
    inspector(&["q", "J"], Action::Inspector(Inspector::Open)),
    inspector(&["k", "up"], Action::Chat(Chat::LineUp)),
    inspector(&["j", "down"], Action::Chat(Chat::LineDown)),
    inspector(&["u", "ctrl+u"], Action::Chat(Chat::HalfUp)),
    inspector(&["d", "ctrl+d"], Action::Chat(Chat::HalfDown)),
    inspector(&["g", "home"], Action::Chat(Chat::Top)),
    inspector(&["G", "end"], Action::Chat(Chat::End)),
    row(Context::Models, &["tab", "alt+a"], Action::Models(Models::Kinds)),
    row(Context::Models, &["alt+enter", "alt+s"], Action::Models(Models::Keep)),
    row(Context::Models, &["ctrl+t", "alt+d"], Action::Models(Models::Pin)),
    row(Context::Models, &["space"], Action::Models(Models::Mark)),
    row(Context::Params, &["space"], Action::List(List::Accept)),
    row(Context::Params, &["tab"], Action::Params(Params::Scope)),
    meters(&["k", "up"], Action::List(List::Up)),
    meters(&["j", "down"], Action::List(List::Down)),
    meters(&["ctrl+u", "pageup"], Action::List(List::PageUp)),
    meters(&["ctrl+d", "pagedown"], Action::List(List::PageDown)),
    meters(&["g", "home"], Action::List(List::First)),
    meters(&["G", "end"], Action::List(List::Last)),
    meters(&["b", "tab"], Action::Meters(Meters::By)),
    meters(&["s", "space"], Action::Meters(Meters::Span)),
    meters(&["r"], Action::Meters(Meters::Ask)),
    meters(&["q"], Action::App(App::Back)),
    task_list(&["k", "up"], List::Up),
    task_list(&["j", "down"], List::Down),
    task_list(&["ctrl+u", "pageup"], List::PageUp),
    task_list(&["ctrl+d", "pagedown"], List::PageDown),
    task_list(&["g", "home"], List::First),
    task_list(&["G", "end"], List::Last),
    task_list(&["enter"], List::Accept),
    tasks(&["d"], Tasks::Details),
    tasks(&["J"], Tasks::Raw),
    tasks(&["/"], Tasks::Filter),
    tasks(&["space"], Tasks::Mark),
    tasks(&["*"], Tasks::MarkAll),
    tasks(&["c"], Tasks::Cancel),
    tasks(&["r"], Tasks::Retry),
    tasks(&["e"], Tasks::Edit),
    tasks(&["o"], Tasks::View),
    tasks(&["O"], Tasks::Reveal),
    tasks(&["y"], Tasks::CopyPath),
    tasks(&["x", "delete"], Tasks::Forget),
    tasks(&["D"], Tasks::Download),
    tasks(&["p"], Tasks::Pause),
    tasks(&["P"], Tasks::First),
    tasks(&["a"], Tasks::Adopt),
    tasks(&["v"], Tasks::Review),
    tasks(&["n"], Tasks::Video),
    tasks(&["i"], Tasks::Image),
    tasks(&["S"], Tasks::SortState),
    tasks(&["M"], Tasks::SortModel),
    tasks(&["A"], Tasks::SortAge),
    tasks(&["C"], Tasks::SortPrice),
    tasks(&["E"], Tasks::SortExpiry),
    row(Context::Tasks, &["q"], Action::App(App::Back)),
    row(Context::TaskForm, &["alt+enter", "alt+s"], Action::Tasks(Tasks::Submit)),
    row(Context::TaskForm, &["tab"], Action::List(List::Down)),
    row(Context::TaskForm, &["backtab"], Action::List(List::Up)),
    review(&["j", "l", "right", "down", "space"], Action::List(List::Down)),
    review(&["k", "h", "left", "up"], Action::List(List::Up)),
    review(&["a", "y"], Action::Tasks(Tasks::Accept)),
    review(&["x", "n"], Action::Tasks(Tasks::Reject)),
    review(&["u"], Action::Tasks(Tasks::Unjudge)),
    review(&["r"], Action::Tasks(Tasks::Retry)),
    review(&["o", "enter"], Action::Tasks(Tasks::View)),
    review(&["p"], Action::Tasks(Tasks::CopyPath)),
    review(&["q"], Action::App(App::Back)),
    speech(&["space", "p"], Speech::Pause),
    speech(&[","], Speech::Before),
    speech(&["."], Speech::After),
    speech(&[";"], Speech::Again),
    speech(&["x"], Speech::Stop),
    voices(&["space"], Speech::Hear),
    voices(&["alt+enter", "alt+s"], Speech::Keep),
    voices(&["alt+f"], Speech::Favour),
    voices(&["tab"], Speech::ModelAfter),
    voices(&["backtab"], Speech::ModelBefore),
    voices(&["alt+l"], Speech::Language),
    row(Context::Help, &["q", "?", "enter"], Action::App(App::Help)),
    row(Context::Help, &["k", "up"], Action::Chat(Chat::LineUp)),
    row(Context::Help, &["j", "down"], Action::Chat(Chat::LineDown)),
    row(Context::Help, &["g", "home"], Action::Chat(Chat::Top)),
    row(Context::Help, &["G", "end"], Action::Chat(Chat::End)),
    global(&["esc"], Action::App(App::Back)),
    global(&["ctrl+c"], Action::App(App::Interrupt)),
    global(&["pageup"], Action::Chat(Chat::PageUp)),
    global(&["pagedown"], Action::Chat(Chat::PageDown)),
    global(&["alt+up"], Action::Chat(Chat::QuestionBefore)),
    global(&["alt+down"], Action::Chat(Chat::QuestionAfter)),
    global(&["alt+end"], Action::Chat(Chat::End)),
    global(&["alt+t"], Action::Chat(Chat::Reasoning)),
    global(&["alt+c"], Action::Chat(Chat::Continue)),
    global(&["ctrl+o"], Action::Copying(Copying::Message)),
    global(&["alt+j"], Action::Notices(Notices::Open)),
    global(&["alt+n"], Action::Chat(Chat::SendNow)),
    global(&["alt+."], Action::Chat(Chat::Stop)),
    global(&["ctrl+n"], Action::Conversations(Conversations::New)),
    global(&["alt+m"], Action::Models(Models::Open)),
    global(&["alt+s"], Action::Conversations(Conversations::List)),
    global(&["alt+w"], Action::Turns(Turns::Queue)),
    global(&["alt+e"], Action::Turns(Turns::QueueEdit)),
    global(&["alt+g"], Action::Turns(Turns::QueueSend)),
    global(&["alt+pageup"], Action::Conversations(Conversations::Before)),
    global(&["alt+pagedown"], Action::Conversations(Conversations::After)),
    global(&["tab"], Action::Focus(Focus::Next)),
    global(&["backtab"], Action::Focus(Focus::Previous)),
    global(&["alt+1"], Action::Focus(Focus::Composer)),
    global(&["alt+2"], Action::Focus(Focus::Transcript)),
    global(&["alt+3"], Action::Tasks(Tasks::Open)),
    global(&["alt+4"], Action::Meters(Meters::Open)),
    global(&["alt+6"], Action::Tasks(Tasks::Video)),
    global(&["alt+7"], Action::Tasks(Tasks::Image)),
    global(&["ctrl+p", "alt+p"], Action::App(App::Palette)),
    row(Context::Transcript, &[":", "/"], Action::App(App::Commands)),
    global(&["alt+o"], Action::Params(Params::Drawer)),
    global(&["alt+i"], Action::Params(Params::System)),
    global(&["alt+k"], Action::Params(Params::Thinking)),
    global(&["alt+/"], Action::Params(Params::Search)),
    global(&["alt+a"], Action::Attach(Attach::Files)),
    global(&["alt+'"], Action::Speech(Speech::Speak)),
    global(&["alt+;"], Action::Speech(Speech::Voices)),
    global(&["alt+8"], Action::Speech(Speech::Before)),
    global(&["alt+9"], Action::Speech(Speech::Pause)),
    global(&["alt+0"], Action::Speech(Speech::After)),
    global(&["f9", "alt+x"], Action::App(App::Mouse)),
    global(&["alt+l"], Action::App(App::Layout)),
    global(&["f1", "alt+h"], Action::App(App::Help)),
    global(&["f8"], Action::App(App::Doctor)),
    global(&["ctrl+r"], Action::Draft(Draft::History)),
    global(&["ctrl+l"], Action::App(App::Redraw)),
    global(&["alt+y"], Action::App(App::NextTheme)),
    global(&["ctrl+z"], Action::App(App::Suspend)),
    global(&["alt+q"], Action::App(App::Quit)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::key::Key;
    use std::collections::HashSet;

    #[test]
    fn every_key_is_spelled_right_and_bound_once_in_its_context() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for text in binding.keys {
                let key: Key = text.parse().unwrap();
                assert_eq!(&key.to_string(), text);
                assert!(
                    seen.insert((binding.context, key)),
                    "{text} twice in {:?}",
                    binding.context
                );
            }
        }
    }

    #[test]
    fn every_named_action_has_a_key() {
        for action in Action::named() {
            assert!(BINDINGS.iter().any(|b| b.action == action), "{:?}", action.name());
        }
    }

    #[test]
    fn no_action_hangs_on_a_key_that_terminals_take() {
        let taken = ["ctrl+s", "ctrl+q", "ctrl+h", "ctrl+m", "ctrl+i", "ctrl+a", "ctrl+b"];
        for action in Action::named() {
            let mut keys = BINDINGS.iter().filter(|b| b.action == action).flat_map(|b| b.keys);
            assert!(keys.any(|key| !taken.contains(key)), "{:?}", action.name());
        }
    }
}
