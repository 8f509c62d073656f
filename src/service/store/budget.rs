//! What is kept of the budget's notices on an answer, with the names they have on disk. It refuses
//! every other notice (`facts`).

use serde::{Deserialize, Serialize};

use crate::domain::ledger::{Cap, Reached};
use crate::domain::money::{Currency, Money};
use crate::domain::notice::BudgetNotice;

#[derive(Serialize, Deserialize)]
struct Row {
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reached: Option<ReachedRow>,
    #[serde(default)]
    times: u32,
}

#[derive(Serialize, Deserialize)]
struct ReachedRow {
    cap: String,
    spent: String,
    limit: String,
    asked: String,
    currency: String,
}

impl From<&Reached> for ReachedRow {
    fn from(reached: &Reached) -> Self {
        let Reached { cap, spent, limit, asked } = *reached;
        let text = |money: Money| money.amount.to_string();
        Self {
            cap: cap.name().to_owned(),
            spent: text(spent),
            limit: text(limit),
            asked: text(asked),
            currency: limit.currency.code().to_owned(),
        }
    }
}

impl ReachedRow {
    fn reached(&self) -> Option<Reached> {
        let currency = [Currency::Cny, Currency::Usd];
        let currency = currency.into_iter().find(|one| one.code() == self.currency)?;
        let money = |text: &str| Some(Money { amount: text.parse().ok()?, currency });
        Some(Reached {
            cap: Cap::ALL.into_iter().find(|cap| cap.name() == self.cap)?,
            spent: money(&self.spent)?,
            limit: money(&self.limit)?,
            asked: money(&self.asked)?,
        })
    }
}

/// For `#[serde(with)]`.
pub(super) mod notice {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{BudgetNotice, Row};

    pub(in super::super) fn serialize<S: Serializer>(
        notice: &BudgetNotice,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let row = |what: &str| Row { what: what.to_owned(), reached: None, times: 0 };
        match notice {
            BudgetNotice::Over(reached) => {
                Row { reached: Some((&**reached).into()), ..row("over") }
            }
            BudgetNotice::Near(reached) => {
                Row { reached: Some((&**reached).into()), ..row("near") }
            }
            BudgetNotice::Loop { times } => Row { times: *times, ..row("loop") },
            BudgetNotice::Uncounted => row("uncounted"),
        }
        .serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BudgetNotice, D::Error> {
        let Row { what, reached, times } = Row::deserialize(from)?;
        let reached = || {
            let reached = reached.as_ref().and_then(super::ReachedRow::reached);
            reached.map(Box::new).ok_or_else(|| D::Error::custom("no limit"))
        };
        Ok(match what.as_str() {
            "over" => BudgetNotice::Over(reached()?),
            "near" => BudgetNotice::Near(reached()?),
            "loop" => BudgetNotice::Loop { times },
            "uncounted" => BudgetNotice::Uncounted,
            _ => return Err(D::Error::custom("an unknown notice")),
        })
    }
}
