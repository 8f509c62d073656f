//! The drawer of parameters: which row is marked, what is being typed, whether it is for the
//! conversation or for the next message alone. It refuses to know which model takes what, and to
//! send anything.

pub mod kept;

use super::field::{Edited, Field};
use super::focus::Overlay;
use super::picker::{Picked, Picker};
use super::{AppState, Effects};
use crate::action::{Composer as ComposerAction, Edit, List, Params as ParamsAction};
use crate::domain::chat::ChatParams;
use crate::domain::conversations::StoreCommand;
use crate::domain::models::Thinking;
use crate::domain::params::{Able, Fault, Kind, Param, Value};
use crate::effect::Effect;
use crate::text::json;

/// What a change holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// The conversation, from now on.
    #[default]
    Conversation,
    /// The next message alone.
    NextMessage,
}

/// The drawer while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawer {
    /// The marked row; its words are not used.
    pub picker: Picker,
    /// What a change holds for.
    pub scope: Scope,
    /// The value that is being typed.
    pub field: Option<Field>,
    /// Why what was typed is no value.
    pub fault: Option<Fault>,
}

impl Default for Drawer {
    fn default() -> Self {
        let picker = Picker::of(Param::ALL.len());
        Self { picker, scope: Scope::default(), field: None, fault: None }
    }
}

impl Drawer {
    /// The marked parameter.
    #[must_use]
    pub fn param(&self) -> Param {
        Param::ALL[self.picker.marked().min(Param::ALL.len() - 1)]
    }

    fn go_to(&mut self, param: Param) {
        let row = Param::ALL.iter().position(|of| *of == param);
        self.picker.mark(row.unwrap_or_default());
    }
}

/// What arrow keys do to a number: how far one step goes, and where it begins.
const fn step(param: Param) -> (f64, f64) {
    match param {
        Param::Temperature => (0.1, 0.7),
        Param::TopP => (0.05, 0.8),
        Param::PresencePenalty => (0.1, 0.0),
        Param::RepetitionPenalty => (0.05, 1.0),
        Param::ThinkingBudget => (1024.0, 4096.0),
        Param::MaxTokens => (256.0, 2048.0),
        Param::TopK => (1.0, 20.0),
        Param::Thinking
        | Param::Search
        | Param::Json
        | Param::Seed
        | Param::Stop
        | Param::System
        | Param::Extra => (1.0, 1.0),
    }
}

/// The value one step further; `None` stays where it is.
fn stepped(param: Param, kind: &Kind, value: Option<&Value>, up: bool) -> Option<Value> {
    let (by, begin) = step(param);
    let to = |from: f64| if up { from + by } else { from - by };
    let next = match (kind, value) {
        (Kind::Switch, _) => Value::Flag(up),
        (Kind::Whole { .. }, Some(Value::Whole(n))) => {
            let by = by as u64;
            Value::Whole(if up { n.saturating_add(by) } else { n.saturating_sub(by) })
        }
        (Kind::Whole { .. }, _) => Value::Whole(begin as u64),
        // Steps of a decimal stay decimal.
        (Kind::Real { .. }, Some(Value::Real(n))) => Value::Real((to(*n) * 100.0).round() / 100.0),
        (Kind::Real { .. }, _) => Value::Real(begin),
        (Kind::Text | Kind::Lines | Kind::Object, _) => return None,
    };
    kind.holds(&next).then_some(next)
}

impl AppState {
    /// What the model of the conversation that is shown takes.
    #[must_use]
    pub fn able(&self) -> Able {
        self.catalog.get().able(&self.conversations.shown().conversation().model)
    }

    /// The parameters the drawer shows.
    #[must_use]
    pub fn drawn_params(&self, scope: Scope) -> &ChatParams {
        let chat = self.conversations.shown();
        match scope {
            Scope::Conversation => &chat.params,
            Scope::NextMessage => chat.next.as_ref().unwrap_or(&chat.params),
        }
    }

    /// What a row of the drawer holds.
    #[must_use]
    pub fn drawn(&self, scope: Scope, param: Param) -> Option<Value> {
        if param == Param::System {
            return self.conversations.shown().system.clone().map(Value::Text);
        }
        self.drawn_params(scope).get(param)
    }

    pub(super) fn on_params(&mut self, action: ParamsAction) -> Effects {
        match action {
            ParamsAction::Drawer => {
                let open = self.drawer().is_some();
                self.focus.overlay = (!open).then(|| Overlay::Params(Drawer::default()));
                Vec::new()
            }
            ParamsAction::System => {
                let mut drawer = Drawer::default();
                drawer.go_to(Param::System);
                self.focus.overlay = Some(Overlay::Params(drawer));
                self.begin_field(None);
                Vec::new()
            }
            ParamsAction::Scope => {
                if let Some(drawer) = self.drawer() {
                    drawer.scope = match drawer.scope {
                        Scope::Conversation => Scope::NextMessage,
                        Scope::NextMessage => Scope::Conversation,
                    };
                }
                Vec::new()
            }
            ParamsAction::Thinking => {
                let params = &self.conversations.shown().params;
                let on = self.able().thinks(params) == Some(true);
                self.put(Scope::Conversation, Param::Thinking, Some(Value::Flag(!on)))
            }
            ParamsAction::Search => {
                let on = self.conversations.shown().params.search == Some(true);
                self.put(Scope::Conversation, Param::Search, (!on).then_some(Value::Flag(true)))
            }
        }
    }

    /// What follows a command's name: a row to go to, instructions, on or off. Tells whether the
    /// words were for us.
    pub(super) fn params_words(&mut self, action: ParamsAction, words: &str) -> Option<Effects> {
        let on = match words.to_lowercase().as_str() {
            "on" | "开" => Some(true),
            "off" | "关" => Some(false),
            _ => None,
        };
        match (action, on) {
            (ParamsAction::Thinking, Some(on)) => {
                Some(self.put(Scope::Conversation, Param::Thinking, Some(Value::Flag(on))))
            }
            (ParamsAction::Search, Some(on)) => {
                let value = on.then_some(Value::Flag(true));
                Some(self.put(Scope::Conversation, Param::Search, value))
            }
            (ParamsAction::System, _) => {
                let text = Value::Text(words.to_owned());
                Some(self.put(Scope::Conversation, Param::System, Some(text)))
            }
            (ParamsAction::Drawer, _) => {
                self.on_params(action);
                let words = words.replace(' ', "_").to_lowercase();
                let found = Param::ALL.into_iter().find(|param| param.name().starts_with(&words));
                if let (Some(drawer), Some(param)) = (self.drawer(), found) {
                    drawer.go_to(param);
                }
                Some(Vec::new())
            }
            (ParamsAction::Thinking | ParamsAction::Search | ParamsAction::Scope, _) => None,
        }
    }

    fn drawer(&mut self) -> Option<&mut Drawer> {
        match &mut self.focus.overlay {
            Some(Overlay::Params(drawer)) => Some(drawer),
            _ => None,
        }
    }

    /// Sets a value and keeps it.
    fn put(&mut self, scope: Scope, param: Param, value: Option<Value>) -> Effects {
        let chat = self.conversations.shown_mut();
        if param == Param::System {
            chat.system = if let Some(Value::Text(text)) = value { Some(text) } else { None };
            return self.keep_params();
        }
        match scope {
            Scope::Conversation => {
                chat.params.set(param, value);
                self.keep_params()
            }
            Scope::NextMessage => {
                let mut next = chat.next.take().unwrap_or_else(|| chat.params.clone());
                next.set(param, value);
                chat.next = (next != chat.params).then_some(next);
                Vec::new()
            }
        }
    }

    /// Changes the parameters the next message would be sent with, where they are set.
    pub(super) fn change_params(&mut self, change: impl FnOnce(&mut ChatParams)) -> Effects {
        let chat = self.conversations.shown_mut();
        if let Some(next) = &mut chat.next {
            change(next);
            return Vec::new();
        }
        change(&mut chat.params);
        self.keep_params()
    }

    /// Parameters belong to the conversation; one without messages is kept with its first.
    fn keep_params(&mut self) -> Effects {
        let chat = self.conversations.shown_mut();
        chat.keep_params();
        if chat.entries().is_empty() {
            return Vec::new();
        }
        vec![Effect::Store(StoreCommand::SaveConversation(chat.conversation().clone()))]
    }

    /// Begins to type a value; `text` takes the place of the one that is there.
    fn begin_field(&mut self, text: Option<&str>) {
        let Some((scope, param)) = self.drawer().map(|drawer| (drawer.scope, drawer.param()))
        else {
            return;
        };
        let kind = param.kind(&self.able());
        let lines = matches!(kind, Kind::Text | Kind::Lines | Kind::Object);
        let value = match self.drawn(scope, param) {
            None => String::new(),
            Some(Value::Texts(texts)) => texts.join("\n"),
            Some(Value::Text(text)) => text,
            Some(Value::Whole(n)) => n.to_string(),
            Some(Value::Real(n)) => n.to_string(),
            Some(Value::Flag(_)) => return,
        };
        if kind == Kind::Switch {
            return;
        }
        if let Some(drawer) = self.drawer() {
            drawer.field = Some(Field::new(text.unwrap_or(&value), lines));
            drawer.fault = None;
        }
    }

    /// Esc in a field: what was typed is forgotten, the value stays. Tells whether there was one.
    pub(super) fn leave_field(&mut self) -> bool {
        let Some(drawer) = self.drawer() else { return false };
        drawer.fault = None;
        drawer.field.take().is_some()
    }

    /// A value is being typed.
    #[must_use]
    pub fn typing_value(&self) -> bool {
        let drawer =
            matches!(&self.focus.overlay, Some(Overlay::Params(drawer)) if drawer.field.is_some());
        drawer || self.filling_in()
    }

    /// Takes away what stands in the value that is being typed.
    pub fn empty_value(&mut self) {
        if let Some(field) = self.drawer().and_then(|drawer| drawer.field.as_mut()) {
            *field = Field::new("", field.has_lines());
        }
        if let Some(field) = self.task_form().and_then(|form| form.field.as_mut()) {
            *field = Field::new("", field.has_lines());
        }
    }

    /// Something was typed while the drawer is open; `None` if it is not.
    pub(super) fn on_drawer_edit(&mut self, action: &ComposerAction) -> Option<Effects> {
        let drawer = self.drawer()?;
        if let Some(field) = &mut drawer.field {
            match field.on_edit(action) {
                Edited::Changed => drawer.fault = None,
                Edited::Moved => {}
                Edited::Taken => return Some(self.take_field()),
            }
            return Some(Vec::new());
        }
        let (scope, param) = (drawer.scope, drawer.param());
        let kind = param.kind(&self.able());
        Some(match action {
            ComposerAction::Edit(Edit::DeleteBefore | Edit::DeleteAfter) => {
                self.put(scope, param, None)
            }
            ComposerAction::Edit(edit @ (Edit::Left | Edit::Right)) => {
                let value = self.drawn(scope, param);
                match stepped(param, &kind, value.as_ref(), *edit == Edit::Right) {
                    Some(value) => self.put(scope, param, Some(value)),
                    None => Vec::new(),
                }
            }
            // Whoever types means the value.
            ComposerAction::Insert(_) | ComposerAction::Paste(_) if kind != Kind::Switch => {
                let keep = matches!(kind, Kind::Text | Kind::Lines | Kind::Object);
                self.begin_field((!keep).then_some(""));
                return self.on_drawer_edit(action);
            }
            ComposerAction::Edit(_) | ComposerAction::Insert(_) | ComposerAction::Paste(_) => {
                Vec::new()
            }
        })
    }

    /// The mark of the drawer is moved, or its row taken; `None` if it is not open.
    pub(super) fn on_drawer_list(&mut self, action: List) -> Option<Effects> {
        let drawer = self.drawer()?;
        if drawer.field.is_some() {
            // The mouse, for the keys of a field are those of the message.
            return Some(if action == List::Accept { self.take_field() } else { Vec::new() });
        }
        if drawer.picker.on_list(action) == Picked::Moved {
            return Some(Vec::new());
        }
        let (scope, param) = (drawer.scope, drawer.param());
        if param.kind(&self.able()) != Kind::Switch {
            self.begin_field(None);
            return Some(Vec::new());
        }
        let on = self.drawn(scope, param).map(|value| value == Value::Flag(true));
        // Off says something only where the service would think by itself.
        let off = (param == Param::Thinking).then_some(Value::Flag(false));
        let next = match on {
            None => Some(Value::Flag(true)),
            Some(true) => off,
            Some(false) => None,
        };
        Some(self.put(scope, param, next))
    }

    /// What was typed is taken if it is a value, else it says why not.
    fn take_field(&mut self) -> Effects {
        let able = self.able();
        let Some(drawer) = self.drawer() else { return Vec::new() };
        let Some(field) = &drawer.field else { return Vec::new() };
        let (scope, param) = (drawer.scope, drawer.param());
        match param.kind(&able).read(field.text(), json::object) {
            Ok(value) => {
                (drawer.field, drawer.fault) = (None, None);
                self.put(scope, param, value)
            }
            Err(fault) => {
                drawer.fault = Some(fault);
                Vec::new()
            }
        }
    }
}

/// A row of the drawer that cannot be set to anything, or to anything else.
#[must_use]
pub fn refused(able: &Able, param: Param) -> bool {
    able.refuses(param) || (param == Param::Thinking && able.thinking == Thinking::Always)
}
