//! What reading aloud costs before it is asked for: the price of so much, and a guess for a text. It
//! refuses to be used for money that was spent.

use crate::catalog::Catalog;
use crate::catalog::prices::{Mode, Part};
use crate::catalog::speech::Spoken;
use crate::domain::models::ModelId;
use crate::domain::money::{Money, Unit};
use crate::domain::settings::Figures;

/// The price of the sound of a model, and what it is for.
#[must_use]
pub fn rate(catalog: &Catalog, figures: Figures, model: &ModelId) -> Option<(Money, Unit)> {
    let (_, rows) = catalog.price_list(figures, model);
    let ordinary = || rows.iter().filter(|row| row.mode == Mode::Ordinary);
    let row = ordinary().find(|row| row.part == Part::Audio && row.output.is_some());
    let row = row.or_else(|| ordinary().find(|row| row.part == Part::All))?;
    let amount = if row.part == Part::Audio { row.output } else { row.input.or(row.output) };
    Some((Money { amount: amount?, currency: row.currency() }, row.unit))
}

/// What so many billed characters will cost at most.
#[must_use]
pub fn guess(
    catalog: &Catalog,
    figures: Figures,
    model: &ModelId,
    characters: u64,
) -> Option<Money> {
    let guess = Spoken::guess(characters);
    catalog.speech_cost(figures, model, &guess).map(|cost| cost.money)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(figures: Figures, model: &str, characters: u64) -> String {
        let catalog = Catalog::embedded();
        let money = guess(&catalog, figures, &ModelId::new(model), characters);
        money.map_or("none".to_owned(), |money| money.to_string())
    }

    #[test]
    fn every_way_of_billing_gives_a_guess() {
        assert_eq!(guessed(Figures::Documented, "qwen3-tts-flash", 10_000), "¥0.80");
        assert_eq!(guessed(Figures::Documented, "qwen3-tts-flash-2025-11-27", 500), "¥0.04");
        assert_eq!(guessed(Figures::Seed, "qwen3-tts-flash", 600), "¥1.00");
        assert_eq!(guessed(Figures::Documented, "qwen-tts", 1_000), "¥0.085");
        assert_eq!(guessed(Figures::Documented, "nobody-knows", 1_000), "none");
    }
}
