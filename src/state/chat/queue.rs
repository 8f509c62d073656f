//! Messages that wait until the answer before them is there: in order, changed at will, held back
//! when something went wrong. It refuses to send: it hands the next one over.

use crate::domain::conversations::Queued;
use crate::domain::ids::MessageId;

/// The messages of one conversation that wait.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    waiting: Vec<Queued>,
    held: bool,
    /// Where a message was taken back to be changed; it returns there.
    hole: Option<usize>,
}

impl Queue {
    /// What the store kept: nothing is arriving now, so nothing goes out by itself.
    #[must_use]
    pub fn restored(waiting: Vec<Queued>) -> Self {
        Self { held: !waiting.is_empty(), waiting, hole: None }
    }

    /// The messages that wait, the next one first.
    #[must_use]
    pub fn waiting(&self) -> &[Queued] {
        &self.waiting
    }

    /// Nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// They wait for a word of the user, not for an answer.
    #[must_use]
    pub fn held(&self) -> bool {
        self.held
    }

    /// Adds one at the end, or where the last one was taken back from.
    pub fn push(&mut self, message: Queued) {
        let at = self.hole.take().unwrap_or(usize::MAX).min(self.waiting.len());
        self.waiting.insert(at, message);
    }

    /// The next one was taken back to be changed: those behind it must not overtake it.
    #[must_use]
    pub fn lacks_first(&self) -> bool {
        self.hole == Some(0)
    }

    /// The answer ended badly: what waits may not fit any more. Tells whether something waits.
    pub fn hold(&mut self) -> bool {
        self.held = !self.waiting.is_empty();
        self.held
    }

    /// It goes on by itself again.
    pub fn release(&mut self) {
        self.held = false;
        self.hole = None;
    }

    /// What was taken back is sent: what waited for it goes on.
    pub fn filled(&mut self) {
        if self.hole.take() == Some(0) {
            self.held = false;
        }
    }

    /// The next one, if it may be sent.
    pub fn pop(&mut self) -> Option<Queued> {
        (!self.held && !self.waiting.is_empty()).then(|| self.waiting.remove(0))
    }

    /// Takes one out to be changed.
    pub fn take_back(&mut self, id: MessageId) -> Option<Queued> {
        let at = self.waiting.iter().position(|message| message.id == id)?;
        self.hole = Some(at);
        self.take(id)
    }

    /// Takes one out.
    pub fn take(&mut self, id: MessageId) -> Option<Queued> {
        let at = self.waiting.iter().position(|message| message.id == id)?;
        let message = self.waiting.remove(at);
        self.held &= !self.waiting.is_empty();
        Some(message)
    }

    /// Moves one by so many places; it stays at the ends. Answers with its place.
    pub fn shift(&mut self, id: MessageId, by: isize) -> Option<usize> {
        let at = self.waiting.iter().position(|message| message.id == id)?;
        let to = at.saturating_add_signed(by).min(self.waiting.len() - 1);
        let message = self.waiting.remove(at);
        self.waiting.insert(to, message);
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(texts: &[&str]) -> Queue {
        let mut queue = Queue::default();
        for (id, text) in (1..).zip(texts) {
            queue.push(Queued {
                id: MessageId(id),
                text: (*text).to_owned(),
                attachments: Vec::new(),
            });
        }
        queue
    }

    fn texts(queue: &Queue) -> Vec<&str> {
        queue.waiting().iter().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn they_go_in_order_unless_they_are_held() {
        let mut queue = queue(&["a", "b"]);
        assert_eq!(queue.pop().unwrap().text, "a");
        assert!(queue.hold());
        assert_eq!(queue.pop(), None);
        queue.release();
        assert_eq!(queue.pop().unwrap().text, "b");
        assert!(!queue.hold(), "nothing waits, nothing is held");
    }

    #[test]
    fn they_are_moved_and_taken_out() {
        let mut queue = queue(&["a", "b", "c"]);
        assert_eq!(queue.shift(MessageId(3), -1), Some(1));
        assert_eq!(texts(&queue), ["a", "c", "b"]);
        assert_eq!(queue.shift(MessageId(1), 9), Some(2));
        assert_eq!(texts(&queue), ["c", "b", "a"]);
        assert_eq!(queue.shift(MessageId(9), 1), None);
        queue.hold();
        for id in [1, 2, 3] {
            queue.take(MessageId(id)).unwrap();
        }
        assert!(!queue.held(), "an empty queue holds nothing back");
    }
}
