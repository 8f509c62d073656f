//! What the messages that are shown cost and used, added up when it is first asked for and kept
//! until an answer ends or another branch is shown: no key and no piece of text adds up ten
//! thousand messages. It refuses to convert currencies.

use super::entry::Entry;
use crate::domain::chat::Usage;
use crate::domain::money::{Currency, Money};

/// The figures of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    /// Tokens of the last answer that tells: what the next question will carry along.
    pub usage: Option<Usage>,
    /// One amount for each currency that was paid in.
    costs: Vec<Money>,
}

impl Sums {
    pub(super) fn of(path: &[Entry]) -> Self {
        let mut sums = Self::default();
        for facts in path.iter().filter_map(Entry::facts) {
            sums.usage = facts.usage.or(sums.usage);
            let Some(cost) = facts.cost else { continue };
            match sums.costs.iter_mut().find(|sum| sum.currency == cost.currency) {
                Some(sum) => *sum = sum.plus(cost).unwrap_or(*sum),
                None => sums.costs.push(cost),
            }
        }
        sums
    }

    /// What was paid in a currency; `None` if nothing was.
    #[must_use]
    pub fn cost(&self, currency: Currency) -> Option<Money> {
        self.costs.iter().find(|sum| sum.currency == currency).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Chat, Ended};
    use super::*;
    use crate::domain::chat::{ChatParams, TurnEnd, TurnTiming};
    use crate::domain::conversations::Conversation;
    use crate::domain::ids::{ConversationId, MessageId, TurnId};
    use crate::domain::models::ModelId;
    use crate::domain::time::Now;

    fn cost(cents: i64, currency: Currency) -> Money {
        Money { amount: rust_decimal::Decimal::new(cents, 2), currency }
    }

    fn ended(output: u64, cost: Option<Money>) -> Ended {
        let usage = Usage { input: 10, output, ..Usage::default() };
        let timing =
            TurnTiming { streaming: Some(Duration::from_secs(1)), ..TurnTiming::default() };
        Ended { end: TurnEnd::Complete, usage: Some(usage), finish: None, timing, cost }
    }

    /// What is kept is what is there.
    fn check(chat: &Chat) {
        assert_eq!(*chat.sums(), Sums::of(chat.entries()));
    }

    #[test]
    fn they_are_added_up_once_for_each_answer_and_not_for_each_piece() {
        let now = Now::default();
        let head = Conversation {
            id: ConversationId(1),
            title: String::new(),
            model: ModelId::new("m"),
            created_ms: 0,
            updated_ms: 0,
            leaf: None,
            params: None,
        };
        let mut chat = Chat::new(head, ChatParams::default(), None);
        assert_eq!(*chat.sums(), Sums::default());
        for (turn, money) in [
            (1, Some(cost(1, Currency::Cny))),
            (2, Some(cost(20, Currency::Usd))),
            (3, Some(cost(300, Currency::Cny))),
            (4, None),
        ] {
            let ids = (MessageId(2 * turn), MessageId(2 * turn + 1));
            chat.ask(("question", Vec::new()), ids, TurnId(turn), now);
            check(&chat);
            for _ in 0..3 {
                chat.push_delta(TurnId(turn), "piece ", "thought", now);
                assert!(chat.tree.keeps_sums(), "a piece of text adds nothing up");
            }
            chat.ended(TurnId(turn), ended(turn.unsigned_abs(), money));
            check(&chat);
        }
        assert_eq!(chat.sums().cost(Currency::Cny), Some(cost(301, Currency::Cny)));
        assert_eq!(chat.sums().cost(Currency::Usd), Some(cost(20, Currency::Usd)));
        assert_eq!(chat.sums().usage.map(|usage| usage.output), Some(4));
        // An answer that goes on took two requests.
        chat.ask(("question", Vec::new()), (MessageId(20), MessageId(21)), TurnId(5), now);
        chat.push_delta(TurnId(5), "half ", "", now);
        assert_eq!(chat.stop(None).len(), 1);
        chat.go_on(TurnId(6), now).unwrap();
        check(&chat);
        chat.ended(TurnId(6), ended(5, Some(cost(1, Currency::Usd))));
        check(&chat);
        assert_eq!(chat.sums().cost(Currency::Usd), Some(cost(21, Currency::Usd)));
        // A question that waits for its answer leaves them as they are.
        chat.ask(("question", Vec::new()), (MessageId(22), MessageId(23)), TurnId(7), now);
        assert_eq!(chat.sums().usage.map(|usage| usage.output), Some(5));
    }
}
