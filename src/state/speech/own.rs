//! The sound of one answer that its own model spoke, kept to be heard again for nothing. It refuses
//! more than a bounded length: beyond it the answer is read like any other.

use crate::domain::ids::MessageId;

/// Bytes of sound that are kept: about five and a half minutes.
const MOST: usize = 16 << 20;

/// See the header. The sound of another answer takes the place of the one before.
#[derive(Debug, Default)]
pub(super) struct OwnSound {
    message: Option<MessageId>,
    pcm: Vec<u8>,
    /// It grew beyond what is kept.
    over: bool,
    /// All of it is there.
    whole: bool,
}

impl OwnSound {
    /// More of an answer's sound: whole samples.
    pub(super) fn push(&mut self, message: MessageId, pcm: &[u8]) {
        if self.message != Some(message) {
            *self = Self { message: Some(message), ..Self::default() };
        }
        self.over |= self.pcm.len() + pcm.len() > MOST;
        if self.over {
            self.pcm = Vec::new();
        } else {
            self.pcm.extend_from_slice(pcm);
        }
    }

    /// The answer has ended.
    pub(super) fn end(&mut self, message: MessageId) {
        self.whole |= self.message == Some(message);
    }

    /// An answer has sound of its own, kept or not.
    pub(super) fn has(&self, message: MessageId) -> bool {
        self.message == Some(message) && (self.over || !self.pcm.is_empty())
    }

    /// What there is of an answer's sound from its beginning, and whether that is all of it.
    pub(super) fn of(&self, message: MessageId) -> Option<(&[u8], bool)> {
        let kept = self.message == Some(message) && !self.over && !self.pcm.is_empty();
        kept.then_some((&*self.pcm, self.whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_is_kept_and_never_too_much() {
        let mut own = OwnSound::default();
        let (a, b) = (MessageId(1), MessageId(2));
        own.push(a, &[1, 0]);
        own.push(a, &[2, 0]);
        assert_eq!(own.of(a), Some((&[1, 0, 2, 0][..], false)));
        own.end(b);
        own.end(a);
        assert_eq!(own.of(a), Some((&[1, 0, 2, 0][..], true)));
        own.push(b, &[3, 0]);
        assert_eq!((own.of(a), own.has(a), own.has(b)), (None, false, true));
        own.push(b, &vec![0; MOST]);
        assert_eq!((own.of(b), own.has(b)), (None, true));
        own.push(b, &[4, 0]);
        assert_eq!(own.of(b), None, "an end without its beginning is not kept");
        assert_eq!(own.pcm.capacity(), 0);
    }
}
