//! What the user did, from the terminal's events to our own words.
//! It refuses to know what a key means, and to pass on what no key table can name.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::Stream;
use futures_util::task::AtomicWaker;

use super::bursts::Burst;
use super::sane;
use super::screen::Gone;
use crate::input::key::{Code, Key};
use crate::input::{Input, Pointer, PointerKind, Size};

/// The stream of what the user does. One for the whole life of the screen; drop it before another
/// program gets the terminal. Poll it from one task only: the reader wakes who asked first.
#[derive(Debug)]
pub struct Events<S = Keys> {
    stream: S,
    /// What came after a burst of resizes or of keys.
    held: Option<io::Result<Event>>,
    /// Keys that came at once.
    burst: Burst,
    size: Option<Size>,
    bell: Arc<Bell>,
}

/// The terminal library's stream. It hands on one event for each wake-up of its thread, even where
/// more have been read already: with no time at all to wait, its reader does not look into its own
/// buffer. A moment of time is enough for that, and nobody notices it.
#[derive(Debug)]
pub struct Keys(EventStream);

/// Longer than it takes to look into a buffer, shorter than a system call or two.
const MOMENT: Duration = Duration::from_micros(5);

impl Stream for Keys {
    type Item = io::Result<Event>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Event>>> {
        // The same two calls as the stream's own, which for that reason may stand beside it.
        match crossterm::event::poll(MOMENT) {
            Ok(true) => Poll::Ready(Some(crossterm::event::read())),
            Ok(false) => Pin::new(&mut self.0).poll_next(context),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }
}

/// Rings when the reader has something. Looking costs a lock that the reader's thread holds while it
/// sleeps, thousands of instructions in vain: nobody looks before it rang.
#[derive(Debug)]
struct Bell {
    rang: AtomicBool,
    waiting: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rang.store(true, Ordering::SeqCst);
        self.waiting.wake();
    }
}

impl Events {
    /// Starts reading. `size` is what the painter believes; a resize to the same is not told.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self::over(Keys(EventStream::new()), size)
    }
}

impl<S: Stream<Item = io::Result<Event>> + Unpin> Events<S> {
    fn over(stream: S, size: Size) -> Self {
        // The first look tells the reader whom to wake.
        let bell = Bell { rang: AtomicBool::new(true), waiting: AtomicWaker::new() };
        Self { stream, held: None, burst: Burst::default(), size: Some(size), bell: Arc::new(bell) }
    }

    /// The next thing that the user did; `None` and errors mean that nothing will come any more.
    /// Nothing is lost if the wait is given up.
    pub async fn next(&mut self) -> Option<Result<Input, Gone>> {
        loop {
            if let Some(input) = self.burst.next() {
                return Some(Ok(input));
            }
            if !self.burst.is_empty() {
                self.gather().await;
                self.burst.settle();
                continue;
            }
            let event = match self.held.take() {
                Some(event) => event,
                None => poll_fn(|context| self.look(context)).await?,
            };
            let Some(event) = self.keep_back(event) else { continue };
            let input = match event.map(translate) {
                Ok(Some(input)) => input,
                Ok(None) => continue,
                Err(error) => return Some(Err(Gone(error))),
            };
            let Input::Resize(first) = input else { return Some(Ok(input)) };
            let size = self.last_of_burst(first).await;
            if self.size != Some(size) {
                self.size = Some(size);
                return Some(Ok(Input::Resize(size)));
            }
        }
    }

    /// Takes a key that may be a part of a paste; gives back everything else.
    fn keep_back(&mut self, event: io::Result<Event>) -> Option<io::Result<Event>> {
        let Ok(Event::Key(pressed)) = &event else { return Some(event) };
        let Some(key) = key_of(*pressed) else { return Some(event) };
        self.burst.take(key).err().map(|_| event)
    }

    /// Takes the keys that have arrived already, and where they look like a paste those that follow
    /// at once. If the wait is given up, it goes on where it was.
    async fn gather(&mut self) {
        while self.held.is_none() && !self.burst.is_full() {
            let mut event = self.arrived().await;
            if event.is_none() {
                let Some(until) = self.burst.wait() else { return };
                let next = poll_fn(|context| self.look(context));
                event = tokio::time::timeout_at(until, next).await.ok().flatten();
            }
            let Some(event) = event else { return };
            self.held = self.keep_back(event);
        }
    }

    /// Takes the resizes that have arrived already; only the last counts.
    async fn last_of_burst(&mut self, first: Size) -> Size {
        let mut size = first;
        while let Some(event) = self.arrived().await {
            match event {
                Ok(Event::Resize(width, height)) => size = sane(width, height),
                other => {
                    self.held = Some(other);
                    break;
                }
            }
        }
        size
    }

    /// An event that is there already.
    async fn arrived(&mut self) -> Option<io::Result<Event>> {
        poll_fn(|context| {
            Poll::Ready(match self.look(context) {
                Poll::Ready(event) => event,
                Poll::Pending => None,
            })
        })
        .await
    }

    /// The next event, asked for in the name of the bell: the reader keeps the first waker it gets.
    fn look(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Event>>> {
        self.bell.waiting.register(context.waker());
        if !self.bell.rang.swap(false, Ordering::SeqCst) {
            return Poll::Pending;
        }
        let waker = Waker::from(self.bell.clone());
        let event = Pin::new(&mut self.stream).poll_next(&mut Context::from_waker(&waker));
        if event.is_ready() {
            // There may be more, of which it would not tell again.
            self.bell.rang.store(true, Ordering::SeqCst);
        }
        event
    }
}

/// One event in our words; `None` if it is nothing to us.
#[must_use]
pub fn translate(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) => key_of(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Mouse(mouse) => pointer(mouse).map(Input::Mouse),
        Event::Resize(width, height) => Some(Input::Resize(sane(width, height))),
        Event::FocusGained => Some(Input::Focus(true)),
        Event::FocusLost => Some(Input::Focus(false)),
    }
}

fn pointer(mouse: MouseEvent) -> Option<Pointer> {
    let kind = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => PointerKind::Press,
        MouseEventKind::ScrollUp => PointerKind::WheelUp,
        MouseEventKind::ScrollDown => PointerKind::WheelDown,
        _ => return None,
    };
    Some(Pointer { kind, column: mouse.column, row: mouse.row })
}

fn key_of(event: KeyEvent) -> Option<Key> {
    let held = event.modifiers;
    if event.kind == KeyEventKind::Release
        || held.intersects(KeyModifiers::SUPER | KeyModifiers::HYPER)
    {
        return None;
    }
    let shift = held.contains(KeyModifiers::SHIFT);
    let mut key = Key {
        code: code_of(event.code)?,
        ctrl: held.contains(KeyModifiers::CONTROL) || event.code == KeyCode::Null,
        alt: held.intersects(KeyModifiers::ALT | KeyModifiers::META),
        shift,
    };
    match key.code {
        Code::Char(c) => {
            key.shift = false;
            key = character(key, c, shift)?;
        }
        Code::Tab if shift => key = Key { code: Code::BackTab, shift: false, ..key },
        Code::BackTab => key.shift = false,
        _ => {}
    }
    Some(key)
}

/// Characters with their modifiers, as the many keyboards mean them.
fn character(key: Key, c: char, shift: bool) -> Option<Key> {
    if c.is_control() {
        return None;
    }
    let typed = |c| Key::plain(Code::Char(c));
    Some(match (key.ctrl, key.alt, c) {
        // The byte 0x08 is Ctrl+H and, on many terminals, the backspace key.
        (true, alt, 'h') if !shift => Key { alt, ..Key::plain(Code::Backspace) },
        // 0x1c to 0x1f come as Ctrl with a digit; the keys in front of people say something else.
        (true, alt, '4'..='7') => {
            let mark = match c {
                '4' => '\\',
                '5' => ']',
                '6' => '^',
                _ => '_',
            };
            Key { ctrl: true, alt, ..typed(mark) }
        }
        // AltGr may come as Ctrl+Alt: what it types is text.
        (true, true, c) if !c.is_ascii_alphanumeric() && c != ' ' => typed(c),
        (_, _, c) if shift => {
            let mut upper = c.to_uppercase();
            let single = upper.next().filter(|_| upper.next().is_none());
            Key { code: Code::Char(single.unwrap_or(c)), ..key }
        }
        _ => key,
    })
}

fn code_of(code: KeyCode) -> Option<Code> {
    Some(match code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Null => Code::Char(' '),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::*;

    const START: Size = Size { width: 80, height: 24 };

    fn named(code: KeyCode, held: KeyModifiers) -> Option<String> {
        match translate(Event::Key(KeyEvent::new(code, held))) {
            Some(Input::Key(key)) => Some(key.to_string()),
            Some(other) => panic!("{other:?}"),
            None => None,
        }
    }

    #[test]
    fn keys_get_their_names() {
        const NONE: KeyModifiers = KeyModifiers::NONE;
        const CTRL: KeyModifiers = KeyModifiers::CONTROL;
        const ALT: KeyModifiers = KeyModifiers::ALT;
        const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
        for (code, held, name) in [
            (KeyCode::Char('x'), NONE, "x"),
            (KeyCode::Char('X'), SHIFT, "X"),
            (KeyCode::Char('x'), SHIFT, "X"),
            (KeyCode::Char('炼'), NONE, "炼"),
            (KeyCode::Char('ß'), SHIFT, "ß"),
            (KeyCode::Char('x'), ALT, "alt+x"),
            (KeyCode::Char('X'), ALT | SHIFT, "alt+X"),
            (KeyCode::Char('p'), CTRL, "ctrl+p"),
            (KeyCode::Char('p'), CTRL | SHIFT, "ctrl+P"),
            (KeyCode::Char('x'), CTRL | ALT, "ctrl+alt+x"),
            (KeyCode::Char('j'), CTRL, "ctrl+j"),
            (KeyCode::Enter, NONE, "enter"),
            (KeyCode::Enter, SHIFT, "shift+enter"),
            (KeyCode::Enter, ALT, "alt+enter"),
            (KeyCode::Enter, CTRL, "ctrl+enter"),
            (KeyCode::Char('h'), CTRL, "backspace"),
            (KeyCode::Char('h'), CTRL | ALT, "alt+backspace"),
            (KeyCode::Backspace, ALT, "alt+backspace"),
            (KeyCode::Backspace, CTRL, "ctrl+backspace"),
            (KeyCode::Char(' '), CTRL, "ctrl+space"),
            (KeyCode::Null, NONE, "ctrl+space"),
            (KeyCode::Char('4'), CTRL, "ctrl+\\"),
            (KeyCode::Char('7'), CTRL, "ctrl+_"),
            (KeyCode::Char('@'), CTRL | ALT, "@"),
            (KeyCode::Char('€'), CTRL | ALT, "€"),
            (KeyCode::BackTab, SHIFT, "backtab"),
            (KeyCode::Tab, SHIFT, "backtab"),
            (KeyCode::Tab, NONE, "tab"),
            (KeyCode::Left, CTRL | SHIFT, "ctrl+shift+left"),
            (KeyCode::F(9), NONE, "f9"),
        ] {
            assert_eq!(named(code, held).as_deref(), Some(name), "{code:?} {held:?}");
        }
        for (code, held) in [
            (KeyCode::Char('c'), KeyModifiers::SUPER),
            (KeyCode::CapsLock, NONE),
            (KeyCode::Char('\u{9b}'), NONE),
            (KeyCode::Menu, NONE),
        ] {
            assert_eq!(named(code, held), None, "{code:?}");
        }
    }

    #[test]
    fn releases_are_nothing_and_repeats_are_presses() {
        let event = |kind| {
            let code = KeyCode::Char('x');
            translate(Event::Key(KeyEvent::new_with_kind(code, KeyModifiers::NONE, kind)))
        };
        assert_eq!(event(KeyEventKind::Release), None);
        assert_eq!(event(KeyEventKind::Repeat), event(KeyEventKind::Press));
    }

    #[test]
    fn the_mouse_presses_and_turns_its_wheel() {
        let event = |kind| {
            let held = KeyModifiers::NONE;
            translate(Event::Mouse(MouseEvent { kind, column: 3, row: 4, modifiers: held }))
        };
        let at = |kind| Some(Input::Mouse(Pointer { kind, column: 3, row: 4 }));
        assert_eq!(event(MouseEventKind::Down(MouseButton::Left)), at(PointerKind::Press));
        assert_eq!(event(MouseEventKind::ScrollUp), at(PointerKind::WheelUp));
        assert_eq!(event(MouseEventKind::ScrollDown), at(PointerKind::WheelDown));
        assert_eq!(event(MouseEventKind::Down(MouseButton::Right)), None);
        assert_eq!(event(MouseEventKind::Moved), None);
    }

    async fn all(events: Vec<io::Result<Event>>) -> Vec<Option<Input>> {
        let mut events = Events::over(stream::iter(events), START);
        let mut out = Vec::new();
        while let Some(input) = events.next().await {
            out.push(input.ok());
        }
        out
    }

    const fn resized(width: u16, height: u16) -> Input {
        Input::Resize(Size { width, height })
    }

    #[tokio::test]
    async fn of_a_storm_of_resizes_the_last_counts() {
        let key = || Ok(Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
        let size = |w, h| Ok(Event::Resize(w, h));
        let esc = Input::Key(Key::plain(Code::Esc));
        let storm = vec![size(90, 30), size(91, 30), size(100, 40), key(), size(100, 40), key()];
        assert_eq!(
            all(storm).await,
            [Some(resized(100, 40)), Some(esc.clone()), Some(esc.clone())]
        );
        let there_and_back = vec![size(90, 30), size(80, 24), key()];
        assert_eq!(all(there_and_back).await, [Some(esc)]);
        assert_eq!(all(vec![size(90, 30), size(0, 0), size(0, 9)]).await, []);
        let broken = vec![size(90, 30), Err(io::ErrorKind::Other.into())];
        assert_eq!(all(broken).await, [Some(resized(90, 30)), None]);
    }

    #[tokio::test]
    async fn pastes_and_focus_pass() {
        let events = vec![Ok(Event::Paste("一\n二".into())), Ok(Event::FocusLost)];
        let expected = [Some(Input::Paste("一\n二".into())), Some(Input::Focus(false))];
        assert_eq!(all(events).await, expected);
    }

    fn typed(text: &str) -> Vec<io::Result<Event>> {
        let code = |c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        text.chars().map(|c| Ok(Event::Key(KeyEvent::new(code(c), KeyModifiers::NONE)))).collect()
    }

    /// Inputs in short: keys as they are typed, pastes in brackets.
    fn short(inputs: Vec<Option<Input>>) -> String {
        let one = |input| match input {
            Some(Input::Key(key)) if key == Key::plain(Code::Enter) => "⏎".to_owned(),
            Some(Input::Key(key)) => key.to_string(),
            Some(Input::Paste(text)) => format!("[{text}]"),
            other => format!("{other:?}"),
        };
        inputs.into_iter().map(one).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn enter_within_what_arrives_at_once_is_a_line_end() {
        for (arrives, means) in [
            ("x", "x"),
            ("\n", "⏎"),
            ("hello there\n", "hello there⏎"),
            ("yes\nno", "yes⏎no"),
            ("fn main() {\n}", "[fn main() {\n}]"),
            ("one line\ntwo lines\n", "[one line\ntwo lines]⏎"),
            ("\n\n\n\n\n\n\n\n\n", "⏎⏎⏎⏎⏎⏎⏎⏎⏎"),
            ("第一行很长啊\n第二行", "[第一行很长啊\n第二行]"),
        ] {
            let inputs = short(all(typed(arrives)).await);
            assert_eq!(inputs.replace("space", " "), means, "{arrives:?}");
        }
        let mut tabs = typed("target:");
        tabs.extend(typed("\n"));
        tabs.push(Ok(Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE))));
        tabs.extend(typed("cargo build"));
        assert_eq!(short(all(tabs).await), "[target:\n\tcargo build]");
        let mut keys = typed("abcdefgh\nij");
        keys.insert(4, Ok(Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE))));
        assert_eq!(short(all(keys).await), "abcdescefgh⏎ij", "a key that types nothing ends it");
    }

    /// A terminal whose events come in parts with pauses between them.
    fn parts(parts: Vec<(u64, Vec<io::Result<Event>>)>) -> impl Stream<Item = io::Result<Event>> {
        let parts = stream::iter(parts).then(|(ms, part)| async move {
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
            stream::iter(part)
        });
        parts.flatten()
    }

    async fn told(stream: impl Stream<Item = io::Result<Event>>) -> String {
        let mut events = Events::over(Box::pin(stream), START);
        let mut out = Vec::new();
        loop {
            // The wait is given up again and again, as the loop does when other things happen.
            let next = tokio::time::timeout(std::time::Duration::from_millis(3), events.next());
            match next.await {
                Ok(Some(input)) => out.push(input.ok()),
                Ok(None) => return short(out).replace("space", " "),
                Err(_) => {}
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_paste_in_parts_is_one_and_a_send_after_a_pause_is_none_of_it() {
        let lines =
            vec![(0, typed("first line\n")), (10, typed("second line\n")), (10, typed("x"))];
        assert_eq!(told(parts(lines)).await, "[first line\nsecond line\nx]");
        let later = vec![(0, typed("first line\n")), (50, typed("second line\n"))];
        assert_eq!(told(parts(later)).await, "first line⏎second line⏎");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn nothing_is_lost_and_typing_stays_typing(
            text in "[a-z汉\n]{0,60}",
            cuts in proptest::collection::vec((0_u64..60, 1_usize..12), 0..12),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let mut rest: Vec<char> = text.chars().collect();
            let (mut pieces, mut alone) = (Vec::new(), Vec::new());
            for c in &rest {
                alone.push((30, typed(&c.to_string())));
            }
            for (ms, length) in cuts {
                let part: String = rest.drain(..length.min(rest.len())).collect();
                pieces.push((ms, typed(&part)));
            }
            pieces.push((0, typed(&rest.into_iter().collect::<String>())));
            let bare = |told: String| told.replace(['[', ']'], "").replace('⏎', "\n");
            runtime.block_on(async {
                proptest::prop_assert_eq!(bare(told(parts(pieces)).await), text.clone());
                // Typed one by one, every character is a key.
                let keys = told(parts(alone)).await;
                proptest::prop_assert!(!keys.contains('['), "{keys}");
                proptest::prop_assert_eq!(bare(keys), text);
                Ok(())
            })?;
        }
    }
}
