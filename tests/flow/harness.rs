//! The program without a terminal: what is typed and said goes in, frames and effects come out,
//! time is an argument. It checks at every frame what the painter relies on, and refuses to know
//! what any test is about.

use std::time::Duration;

use lian::domain::chat::{
    ChatCommand, ChatEvent, ChatParams, ChatRequest, FinishReason, TurnEnd, TurnEvent, TurnTiming,
    Usage,
};
use lian::domain::conversations::StoreCommand;
use lian::domain::ids::{IdSource, TurnId};
use lian::domain::models::ModelId;
use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::pictures::Still;
use lian::domain::settings::{Budget, Figures, Language, Place, Settings};
use lian::domain::time::Now;
use lian::effect::{Effect, SettingsCommand};
use lian::event::ServiceEvent;
use lian::input::key::{Code, Key};
use lian::input::keymap::KeyMap;
use lian::input::{Input, Pointer, PointerKind, translate::translate};
use lian::layout::Area;
use lian::state::AppState;
use lian::text::width::Widths;
use lian::theme::{SHIPPED, Theme};
use lian::view::{Scene, View};
use ratatui::buffer::{Buffer, Cell};

/// Settings of a plain start, in English.
pub(crate) fn settings() -> Settings {
    Settings {
        model: ModelId::new("qwen-plus"),
        model_given: false,
        params: ChatParams::default(),
        system: None,
        place: Place {
            profile: "default".to_owned(),
            region: "cn-beijing".to_owned(),
            simulator: false,
            production: false,
            key: None,
        },
        language: Language::En,
        figures: Figures::Documented,
        highlight: true,
        mouse: true,
        columns: false,
        ambiguous_wide: false,
        clipboard: lian::domain::copy::Clipboard::Terminal,
        notify: lian::domain::settings::Notify::Auto,
        notify_after: Duration::from_secs(10),
        editing: lian::domain::settings::Editing::default(),
        pictures: lian::domain::settings::Pictures::Blocks,
        theme: "default".to_owned(),
        themes: SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect(),
        theme_held_by: None,
        budget: Budget::default(),
        tasks: lian::domain::settings::Tasks::default(),
        limits: lian::domain::settings::Limits::default(),
        speech: lian::domain::settings::Speech::default(),
        sound: lian::domain::settings::Sound::default(),
    }
}

/// The keys of a script: characters stand for themselves, `<enter>`, `<ctrl+c>` are keys as the
/// configuration writes them, `<lt>` is `<`.
pub(crate) fn parse_keys(script: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        if first != '<' {
            keys.push(Key::plain(Code::Char(first)));
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (name, tail) = rest[1..].split_once('>').expect("a key is written <name>");
        rest = tail;
        keys.push(match name {
            "lt" => Key::plain(Code::Char('<')),
            name => name.parse().expect("a key"),
        });
    }
    keys
}

/// So many pieces of text, numbered from 1.
pub(crate) fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (1..=count).map(piece).collect::<Vec<_>>().concat()
}

/// Inboxes that can be full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inbox {
    Chat,
    Store,
    Speech,
}

/// The program.
pub(crate) struct Harness {
    pub(crate) state: AppState,
    pub(crate) keys: KeyMap,
    pub(crate) theme: Theme,
    pub(crate) now: Now,
    /// Forget what is kept between frames before every frame.
    pub(crate) cold: bool,
    /// Steps paint no frame while this is set.
    pub(crate) hidden: bool,
    /// This inbox takes nothing.
    pub(crate) full: Option<Inbox>,
    view: View,
    size: (u16, u16),
    effects: Vec<Effect>,
    started: Vec<TurnId>,
    shown: Buffer,
    cursor: Option<(u16, u16)>,
    changed: Vec<u16>,
    still: Option<(Still, Area)>,
}

impl Harness {
    /// A program that was just started on a screen of 80 by 24, before the store has answered.
    pub(crate) fn new() -> Self {
        Self::with(settings(), (80, 24))
    }

    /// One with other settings on another screen.
    pub(crate) fn with(settings: Settings, size: (u16, u16)) -> Self {
        let mut harness = Self::bare(settings, size);
        harness.start(None);
        harness
    }

    /// One that was not started yet.
    pub(crate) fn bare(settings: Settings, size: (u16, u16)) -> Self {
        let now = Now { wall_ms: (14 * 60 + 1) * 60_000, ..Now::default() };
        let mut harness = Self {
            state: AppState::new(settings, IdSource::new(7), now),
            keys: KeyMap::default(),
            theme: Theme::shipped("default").unwrap(),
            now,
            cold: false,
            hidden: false,
            full: None,
            view: View::default(),
            size,
            effects: Vec::new(),
            started: Vec::new(),
            shown: Buffer::empty(ratatui::layout::Rect::ZERO),
            cursor: None,
            changed: Vec::new(),
            still: None,
        };
        harness.frame();
        harness
    }

    /// The start, with a question from the command line.
    pub(crate) fn start(&mut self, prompt: Option<&str>) {
        let effects = self.state.start(prompt, self.now);
        self.step(effects);
    }

    // --- what goes in

    /// Keys, one after the other: `h.keys("hi<enter>")`.
    pub(crate) fn keys(&mut self, script: &str) -> &mut Self {
        for key in parse_keys(script) {
            self.input(Input::Key(key));
        }
        self
    }

    /// One key as the configuration writes it.
    pub(crate) fn key(&mut self, name: &str) -> &mut Self {
        self.input(Input::Key(name.parse().expect("a key")))
    }

    pub(crate) fn paste(&mut self, text: &str) -> &mut Self {
        self.input(Input::Paste(text.to_owned()))
    }

    pub(crate) fn mouse(&mut self, kind: PointerKind, column: u16, row: u16) -> &mut Self {
        self.input(Input::Mouse(Pointer { kind, column, row }))
    }

    fn input(&mut self, input: Input) -> &mut Self {
        let effects = match translate(input, self.state.contexts(), &self.keys) {
            Some(action) => self.state.on_action(action, self.now),
            None => Vec::new(),
        };
        self.step(effects)
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.size = (width, height);
        self.step(Vec::new())
    }

    pub(crate) fn says(&mut self, event: ServiceEvent) -> &mut Self {
        let effects = self.state.on_service(event, self.now);
        self.step(effects)
    }

    /// Time goes on; deadlines on the way are met, as the loop meets them.
    pub(crate) fn pass(&mut self, ms: u64) -> &mut Self {
        let until = self.now.since_start + Duration::from_millis(ms);
        let mut idle = 0;
        while let Some(at) = self.state.deadline(self.now).filter(|at| *at <= until) {
            idle = if at <= self.now.since_start { idle + 1 } else { 0 };
            assert!(idle < 3, "the deadline {at:?} has passed and stays: the loop would spin");
            self.go_to(at);
            let effects = self.state.on_time(self.now);
            self.step(effects);
        }
        self.go_to(until);
        self.step(Vec::new())
    }

    fn go_to(&mut self, at: Duration) {
        let gone = at.saturating_sub(self.now.since_start);
        self.now.since_start += gone;
        self.now.wall_ms += i64::try_from(gone.as_millis()).unwrap();
    }

    // --- turns

    /// Types a question and sends it.
    pub(crate) fn ask(&mut self, question: &str) -> TurnId {
        self.paste(question).keys("<enter>");
        self.turn()
    }

    /// The turn that was asked for last.
    pub(crate) fn turn(&self) -> TurnId {
        *self.started.last().expect("a turn was asked for")
    }

    /// Every turn that was asked for.
    pub(crate) fn turns(&self) -> &[TurnId] {
        &self.started
    }

    pub(crate) fn turn_says(&mut self, turn: TurnId, what: TurnEvent) -> &mut Self {
        self.says(ServiceEvent::Chat(ChatEvent { turn, what }))
    }

    /// Text of the last turn arrives.
    pub(crate) fn delta(&mut self, text: &str) -> &mut Self {
        self.turn_says(self.turn(), delta(text, ""))
    }

    /// The last turn ends well.
    pub(crate) fn done(&mut self) -> &mut Self {
        self.turn_says(self.turn(), complete())
    }

    /// The last turn fails.
    pub(crate) fn fails(&mut self, kind: NoticeKind) -> &mut Self {
        self.turn_says(self.turn(), ended(TurnEnd::Failed(Notice::new(kind))))
    }

    /// A question and its whole answer.
    pub(crate) fn exchange(&mut self, question: &str, answer: &str) -> &mut Self {
        self.ask(question);
        self.delta(answer).done()
    }

    // --- what comes out

    /// Effects since they were last asked for.
    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Of those the commands for the store; the others are dropped.
    pub(crate) fn stored(&mut self) -> Vec<StoreCommand> {
        let store = |effect| match effect {
            Effect::Store(command) => Some(command),
            _ => None,
        };
        self.effects().into_iter().filter_map(store).collect()
    }

    /// Of those the requests; the others are dropped.
    pub(crate) fn requests(&mut self) -> Vec<ChatRequest> {
        let start = |effect| match effect {
            Effect::Chat(ChatCommand::Start { request, .. }) => Some(request),
            _ => None,
        };
        self.effects().into_iter().filter_map(start).collect()
    }

    /// The whole frame.
    pub(crate) fn buffer(&self) -> &Buffer {
        &self.shown
    }

    /// The picture for the terminal and the room it has, if there is one.
    pub(crate) fn still(&self) -> Option<&(Still, Area)> {
        self.still.as_ref()
    }

    /// The frame's text, trailing blanks trimmed.
    pub(crate) fn screen(&self) -> String {
        self.rows().join("\n")
    }

    /// The frame's rows, trailing blanks trimmed.
    pub(crate) fn rows(&self) -> Vec<String> {
        (0..self.shown.area.height).map(|y| self.row(y)).collect()
    }

    pub(crate) fn row(&self, y: u16) -> String {
        let mut text = String::new();
        let mut x = 0;
        while x < self.shown.area.width {
            let symbol = self.shown[(x, y)].symbol();
            text.push_str(symbol);
            x += (widths().text(symbol) as u16).max(1);
        }
        text.trim_end().to_owned()
    }

    /// The row with this text, from the top.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        self.rows().iter().position(|row| row.contains(text))
    }

    /// For every row its runs of one look: `3+5 cyan bold`, what looks plain is left out.
    pub(crate) fn styles(&self) -> String {
        let rows = (0..self.shown.area.height).map(|y| self.row_styles(y));
        rows.collect::<Vec<_>>().join("\n")
    }

    fn row_styles(&self, y: u16) -> String {
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in 0..self.shown.area.width {
            let look = look(&self.shown[(x, y)]);
            match runs.last_mut() {
                Some((_, cells, of)) if *of == look => *cells += 1,
                _ => runs.push((x, 1, look)),
            }
        }
        let runs = runs.iter().filter(|(.., look)| !look.is_empty());
        let runs = runs.map(|(x, cells, look)| format!("{x}+{cells} {look}"));
        runs.collect::<Vec<_>>().join(" | ")
    }

    pub(crate) fn cursor(&self) -> Option<(u16, u16)> {
        self.cursor
    }

    /// Rows whose cells differ from the frame before.
    pub(crate) fn changed(&self) -> &[u16] {
        &self.changed
    }

    // --- within

    fn step(&mut self, effects: Vec<Effect>) -> &mut Self {
        self.perform(effects);
        if !self.hidden {
            self.frame();
        }
        self
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let full = match &effect {
                Effect::Chat(_) => self.full == Some(Inbox::Chat),
                Effect::Store(_) => self.full == Some(Inbox::Store),
                Effect::Speech(_) => self.full == Some(Inbox::Speech),
                Effect::Highlight(_)
                | Effect::Task(_)
                | Effect::Meters(_)
                | Effect::Errand(_)
                | Effect::Screen(_)
                | Effect::Settings(_)
                | Effect::Terminal(_)
                | Effect::Copy(_)
                | Effect::Export(_)
                | Effect::Doctor(_)
                | Effect::Editor(_)
                | Effect::Attach(_)
                | Effect::Quit => false,
            };
            if let Effect::Settings(SettingsCommand::ShowTheme(name)) = &effect {
                // As the runtime does it.
                self.theme = Theme::shipped(name).expect("a shipped theme");
                self.view.forget();
            }
            if let Effect::Chat(ChatCommand::Start { turn, .. }) = &effect {
                self.started.push(*turn);
            }
            if full {
                let more = self.state.on_service(ServiceEvent::Refused(effect), self.now);
                self.perform(more);
            } else {
                self.effects.push(effect);
            }
        }
    }

    /// Paints, and checks what the terminal's painter trusts: rows that are neither named dirty
    /// nor within the region that moved are as they were.
    pub(crate) fn frame(&mut self) {
        if self.cold {
            self.view.forget();
        }
        let scene = Scene {
            state: &self.state,
            keys: &self.keys,
            theme: &self.theme,
            widths: widths(),
            now: self.now,
        };
        let (width, height) = self.size;
        let picture = self.view.render(&scene, width, height);
        let next = picture.buffer.clone();
        self.still = picture.still.map(|(still, room)| (still.clone(), room));
        assert_eq!((next.area.width, next.area.height), self.size);
        let resized = next.area != self.shown.area;
        let cells = usize::from(width);
        let row = |y: u16| usize::from(y) * cells..usize::from(y + 1) * cells;
        let same = |y: &u16| next.content[row(*y)] == self.shown.content[row(*y)];
        self.changed.clear();
        for y in (0..height).filter(|y| resized || !same(y)) {
            let moved = picture.moved.is_some_and(|(top, end, _)| (top..end).contains(&y));
            assert!(
                resized || moved || picture.dirty.contains(&y),
                "row {y} changed and was not named"
            );
            self.changed.push(y);
        }
        if let Some((top, end, by)) = picture.moved {
            assert!(top < end && end <= height && by != 0, "{:?}", picture.moved);
        }
        assert!(picture.dirty.iter().all(|y| *y < height), "{:?}", picture.dirty);
        if let Some((x, y)) = picture.cursor.filter(|_| width > 0 && height > 0) {
            assert!(x < width && y < height, "the cursor is off the screen: {x},{y}");
        }
        self.cursor = picture.cursor;
        let painted = picture.painted;
        self.shown = next;
        self.state.note_painted(&painted);
    }
}

fn widths() -> Widths {
    Widths::default()
}

/// A cell's look in words, empty if plain.
fn look(cell: &Cell) -> String {
    use ratatui::style::Color;
    let mut words = Vec::new();
    if cell.fg != Color::Reset {
        words.push(cell.fg.to_string().to_lowercase());
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", cell.bg.to_string().to_lowercase()));
    }
    for (name, _) in cell.modifier.iter_names() {
        words.push(name.to_lowercase());
    }
    words.join(" ")
}

/// Text and reasoning that arrived.
pub(crate) fn delta(text: &str, reasoning: &str) -> TurnEvent {
    TurnEvent::Delta { text: text.to_owned(), reasoning: reasoning.to_owned() }
}

/// An end without figures.
pub(crate) fn ended(end: TurnEnd) -> TurnEvent {
    TurnEvent::Ended { end, usage: None, finish: None, timing: TurnTiming::default() }
}

/// A good end with figures.
pub(crate) fn complete() -> TurnEvent {
    TurnEvent::Ended {
        end: TurnEnd::Complete,
        usage: Some(Usage {
            input: 1_000,
            output: 400,
            cached: None,
            reasoning: None,
            ..Usage::default()
        }),
        finish: Some(FinishReason::Stop),
        timing: TurnTiming {
            first_token: Some(Duration::from_millis(420)),
            streaming: Some(Duration::from_secs(8)),
            attempts: 1,
        },
    }
}
