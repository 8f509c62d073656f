//! Typed ids. Each is a random 63-bit number made on this machine, so that several running
//! programs can create conversations and messages in one store without asking it first.
//! It refuses to know where randomness comes from: the seed is given at start.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }
    };
}

id!(
    /// A conversation in the store.
    ConversationId
);
id!(
    /// A message in the store; an answer keeps its id from the first byte to the last.
    MessageId
);
id!(
    /// One running request for an answer. Late events of a cancelled turn are dropped by it.
    TurnId
);
id!(
    /// One thing that is spoken, from its first sample to its last.
    SpeechId
);

id!(
    /// A task in the store, from the moment it was written down: before the service knows of it.
    TaskKey
);
id!(
    /// Tasks that were submitted together.
    BatchId
);
id!(
    /// An entry of the ledger: one request that costs money.
    EntryId
);

/// Makes ids: the splitmix64 sequence from a random seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdSource(u64);

impl IdSource {
    /// `seed` should be random per process; tests give a fixed one.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // The sign bit stays clear, so the number is the same in SQLite and in hexadecimal.
        ((z ^ (z >> 31)) >> 1).cast_signed()
    }

    /// A new conversation.
    pub fn conversation(&mut self) -> ConversationId {
        ConversationId(self.next())
    }

    /// A new message.
    pub fn message(&mut self) -> MessageId {
        MessageId(self.next())
    }

    /// A new task.
    pub fn task(&mut self) -> TaskKey {
        TaskKey(self.next())
    }

    /// A new batch of tasks.
    pub fn batch(&mut self) -> BatchId {
        BatchId(self.next())
    }

    /// A new entry of the ledger.
    pub fn entry(&mut self) -> EntryId {
        EntryId(self.next())
    }

    /// A new turn.
    pub fn turn(&mut self) -> TurnId {
        TurnId(self.next())
    }

    /// A new thing to speak.
    pub fn speech(&mut self) -> SpeechId {
        SpeechId(self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_fit_sqlite() {
        let mut source = IdSource::new(7);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..10_000 {
            let id = source.message();
            assert!(id.0 >= 0, "{id}");
            assert!(seen.insert(id));
        }
    }
}
