//! What the user did, from the terminal's events to our own words.
//! It refuses to know what a key means, and to pass on what no key table can name.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::Stream;
use futures_util::task::AtomicWaker;

use super::sane;
use super::screen::Gone;
use crate::input::key::{Code, Key};
use crate::input::{Input, Pointer, PointerKind, Size};

/// The stream of what the user does. One for the whole life of the screen; drop it before another
/// program gets the terminal. Poll it from one task only: the reader wakes who asked first.
#[derive(Debug)]
pub struct Events<S = EventStream> {
    stream: S,
    /// What came after a burst of resizes.
    held: Option<io::Result<Event>>,
    size: Option<Size>,
    bell: Arc<Bell>,
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
        Self::over(EventStream::new(), size)
    }
}

impl<S: Stream<Item = io::Result<Event>> + Unpin> Events<S> {
    fn over(stream: S, size: Size) -> Self {
        // The first look tells the reader whom to wake.
        let bell = Bell { rang: AtomicBool::new(true), waiting: AtomicWaker::new() };
        Self { stream, held: None, size: Some(size), bell: Arc::new(bell) }
    }

    /// The next thing that the user did; `None` and errors mean that nothing will come any more.
    /// Nothing is lost if the wait is given up.
    pub async fn next(&mut self) -> Option<Result<Input, Gone>> {
        loop {
            let event = match self.held.take() {
                Some(event) => event,
                None => poll_fn(|context| self.look(context)).await?,
            };
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
    use futures_util::stream;

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
}
