//! What speech costs, by the price rows in force: the documentation bills characters, an audit
//! seconds, older models tokens. It refuses to count what the service has counted already.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::prices::{Mode, Part, PriceRow};
use super::{Catalog, alias};
use crate::domain::ledger::PriceTag;
use crate::domain::models::ModelId;
use crate::domain::money::{Money, Unit};
use crate::domain::settings::Figures;

/// Tokens of a second of sound (wire tts.md).
const TOKENS_A_SECOND: u32 = 50;
/// Characters, as they are billed, that are read in a second at least: slower than any voice reads.
const SLOWEST: u32 = 6;

/// What was, or will be, spoken. `None` is what nobody has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spoken {
    /// Characters, a Han one as two.
    pub characters: Option<u64>,
    /// Seconds of sound.
    pub seconds: Option<Decimal>,
    /// Tokens of the text.
    pub input_tokens: Option<u64>,
    /// Tokens of the sound.
    pub output_tokens: Option<u64>,
}

impl Spoken {
    /// What a text of so many characters comes to at most, before it was spoken.
    #[must_use]
    pub fn guess(characters: u64) -> Self {
        let seconds = (Decimal::from(characters) / Decimal::from(SLOWEST)).ceil();
        let tokens = (seconds * Decimal::from(TOKENS_A_SECOND)).to_u64();
        Self {
            characters: Some(characters),
            seconds: Some(seconds),
            input_tokens: Some(characters),
            output_tokens: tokens,
        }
    }
}

/// An amount and where its price is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechCost {
    /// How much.
    pub money: Money,
    /// The row.
    pub price: PriceTag,
}

impl Catalog {
    /// What something spoken costs. `None` where no row tells, or where what the row bills was not
    /// counted. The rows are the model's own, else its alias', in the set asked for, else in the
    /// documentation's.
    #[must_use]
    pub fn speech_cost(
        &self,
        figures: Figures,
        model: &ModelId,
        spoken: &Spoken,
    ) -> Option<SpeechCost> {
        let sets: &[Figures] = match figures {
            Figures::Documented => &[Figures::Documented],
            Figures::Seed => &[Figures::Seed, Figures::Documented],
        };
        let alias = alias::of(model.as_str()).map(|alias| ModelId::new(&alias.id));
        let ids = [Some(model.clone()), alias];
        let found = sets.iter().find_map(|&figures| {
            let rows = ids.iter().flatten().map(|id| self.price_rows(figures, id));
            let rows = rows.filter(|rows| rows.iter().any(|row| row.mode == Mode::Ordinary));
            rows.map(|rows| (figures, rows)).next()
        });
        let (figures, rows) = found?;
        let ordinary = || rows.iter().filter(|row| row.mode == Mode::Ordinary);
        let first = ordinary().next()?;
        let amount = match first.unit {
            Unit::TenThousandCharacters => {
                let price = first.input.or(first.output)?;
                price.checked_mul(spoken.characters?.into())?.checked_div(10_000.into())?
            }
            Unit::Second => first.output.or(first.input)?.checked_mul(spoken.seconds?)?,
            Unit::MillionTokens => {
                let price = |part: Part, of: fn(&PriceRow) -> Option<Decimal>| {
                    let fits = |row: &&PriceRow| row.part == part || row.part == Part::All;
                    ordinary().filter(fits).find_map(of)
                };
                let text = price(Part::Text, |row| row.input)?;
                let sound = price(Part::Audio, |row| row.output)?;
                let text = text.checked_mul(spoken.input_tokens?.into())?;
                let sound = sound.checked_mul(spoken.output_tokens?.into())?;
                text.checked_add(sound)?.checked_div(1_000_000.into())?
            }
            Unit::Image | Unit::Call => return None,
        };
        let money = Money { amount: amount.normalize(), currency: first.currency() };
        let price = PriceTag { figures, source: first.source.clone(), as_of: first.as_of.clone() };
        Some(SpeechCost { money, price })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(figures: Figures, model: &str, spoken: &Spoken) -> Option<(String, Figures)> {
        let catalog = Catalog::shipped().unwrap();
        let cost = catalog.speech_cost(figures, &ModelId::new(model), spoken)?;
        Some((cost.money.amount.to_string(), cost.price.figures))
    }

    #[test]
    fn each_set_bills_in_its_own_unit() {
        let (documented, seed) = (Figures::Documented, Figures::Seed);
        let spoken = Spoken {
            characters: Some(195),
            seconds: Some("12.5".parse().unwrap()),
            input_tokens: Some(100),
            output_tokens: Some(625),
        };
        let is = |amount: &str, figures| Some((amount.to_owned(), figures));
        assert_eq!(cost(documented, "qwen3-tts-flash", &spoken), is("0.0156", documented));
        assert_eq!(
            cost(documented, "qwen3-tts-flash-2025-11-27", &spoken),
            is("0.0156", documented)
        );
        assert_eq!(cost(seed, "qwen3-tts-flash", &spoken), is("0.125", seed));
        assert_eq!(cost(seed, "qwen3-tts-instruct-flash", &spoken), is("0.0156", documented));
        assert_eq!(cost(documented, "qwen-tts", &spoken), is("0.00641", documented));
        assert_eq!(cost(documented, "nobody-tts", &spoken), None);
        let uncounted = Spoken { characters: None, ..spoken };
        assert_eq!(cost(documented, "qwen3-tts-flash", &uncounted), None);
    }

    #[test]
    fn a_guess_is_enough_for_every_unit() {
        let guess = Spoken::guess(600);
        for (figures, model) in
            [(Figures::Documented, "qwen3-tts-flash"), (Figures::Seed, "qwen3-tts-flash")]
        {
            assert!(cost(figures, model, &guess).is_some(), "{model}");
        }
        assert_eq!(cost(Figures::Documented, "qwen-tts", &guess).unwrap().0, "0.05096");
    }
}
