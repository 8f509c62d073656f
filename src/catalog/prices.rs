//! The rows of prices: finding the one that applies, and what a number of tokens costs by it.
//! All of it is decimal; it refuses to guess where a price that is needed has no row.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Basis, CatalogError, alias};
use crate::domain::chat::Usage;
use crate::domain::models::ModelId;
use crate::domain::money::{Currency, Money, Unit};
use crate::domain::settings::Figures;

/// The words for [`Unit`].
#[derive(Deserialize)]
#[serde(remote = "Unit")]
enum UnitWord {
    #[serde(rename = "1M tokens")]
    MillionTokens,
    #[serde(rename = "10k characters")]
    TenThousandCharacters,
    #[serde(rename = "image")]
    Image,
    #[serde(rename = "second")]
    Second,
    #[serde(rename = "call")]
    Call,
}

/// Which kind of request a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// An ordinary request.
    #[default]
    Ordinary,
    /// A file of requests, answered within a day.
    Batch,
    /// A cache the request asks for itself: `input` writes it, `cached` reads it.
    ExplicitCache,
}

/// Which tokens a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// All of them.
    #[default]
    All,
    /// Text, in answers to nothing but text.
    Text,
    /// Text in answers to more than text.
    TextOfMixed,
    /// Everything but sound.
    NoAudio,
    /// Pictures and video.
    Image,
    /// Sound.
    Audio,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum CurrencyWord {
    #[serde(rename = "CNY")]
    Cny,
    #[serde(rename = "USD")]
    Usd,
}

/// One row of `prices.toml`, where the keys are described.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// The model's id.
    pub model: String,
    /// The tier begins after this many input tokens.
    #[serde(default)]
    pub above: u64,
    /// The tier's last number of input tokens; `None` has no end.
    pub up_to: Option<u64>,
    /// Only with or only without reasoning.
    pub thinking: Option<bool>,
    /// For which kind of request.
    #[serde(default)]
    pub mode: Mode,
    /// For which tokens.
    #[serde(default)]
    pub part: Part,
    /// Of a video, e.g. `720p`.
    pub resolution: Option<String>,
    /// Of a video, e.g. `pro`.
    pub quality: Option<String>,
    /// Of a video: with or without sound.
    pub sound: Option<bool>,
    /// What the amounts are for.
    #[serde(with = "UnitWord")]
    pub unit: Unit,
    /// Price of input, in units of the currency.
    #[serde(default, with = "rust_decimal::serde::str_option")]
    pub input: Option<Decimal>,
    /// Price of output, in units of the currency.
    #[serde(default, with = "rust_decimal::serde::str_option")]
    pub output: Option<Decimal>,
    /// Price of input that was read from the cache, in units of the currency.
    #[serde(default, with = "rust_decimal::serde::str_option")]
    pub cached: Option<Decimal>,
    currency: CurrencyWord,
    /// Where it holds, if not in mainland China.
    pub region: Option<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Who says so: a key of the file's sources.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

impl PriceRow {
    /// What the amounts are in.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        match self.currency {
            CurrencyWord::Cny => Currency::Cny,
            CurrencyWord::Usd => Currency::Usd,
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let amounts = [self.input, self.output, self.cached];
        if amounts.iter().all(Option::is_none) {
            Some("has no price")
        } else if amounts.iter().flatten().any(|amount| *amount <= Decimal::ZERO) {
            Some("has a price that is not above zero")
        } else if self.up_to.is_some_and(|end| end <= self.above) {
            Some("has a tier that ends before it begins")
        } else {
            None
        }
    }
}

/// What a million tokens that are no text cost, where that differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaPrice {
    /// Pictures and videos in the input.
    pub image: Option<Decimal>,
    /// Sound in the input.
    pub heard: Option<Decimal>,
    /// Sound in the output.
    pub spoken: Option<Decimal>,
    /// Text written about more than text.
    pub mixed: Option<Decimal>,
}

/// The price of one request, put together from the rows that apply to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// A million input tokens.
    pub input: Option<Decimal>,
    /// A million output tokens, reasoning included.
    pub output: Option<Decimal>,
    /// A million input tokens read from the cache.
    pub cached: Option<Decimal>,
    /// Where tokens of other kinds than text have prices of their own.
    pub media: MediaPrice,
    /// What the amounts are in.
    pub currency: Currency,
    /// Where the rows come from.
    pub basis: Basis,
    /// Who says so.
    pub source: String,
    /// How old the fact is: year-month or year-month-day.
    pub as_of: String,
}

impl Price {
    /// What that many tokens cost. Tokens from the cache cost as much as others where no cached
    /// price is known. `None` where there are tokens of a kind without a price.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> Option<Money> {
        let media = &usage.media;
        let cached = usage.cached.unwrap_or(0).min(usage.input);
        let fresh = usage.input - cached;
        let seen = media.image.unwrap_or(0).saturating_add(media.video.unwrap_or(0)).min(fresh);
        let heard = media.heard.unwrap_or(0).min(fresh - seen);
        let spoken = media.spoken.unwrap_or(0).min(usage.output);
        let written = if seen + heard > 0 { self.media.mixed } else { None };
        let parts = [
            (fresh - seen - heard, self.input),
            (cached, self.cached.or(self.input)),
            (seen, self.media.image.or(self.input)),
            (heard, self.media.heard.or(self.input)),
            (usage.output - spoken, written.or(self.output)),
            (spoken, self.media.spoken.or(self.output)),
        ];
        let amount = parts.into_iter().try_fold(Decimal::ZERO, |sum, (tokens, price)| {
            sum.checked_add(part(tokens, price)?)
        })?;
        Some(Money { amount: amount.normalize(), currency: self.currency })
    }
}

fn part(tokens: u64, per_million: Option<Decimal>) -> Option<Decimal> {
    if tokens == 0 {
        return Some(Decimal::ZERO);
    }
    per_million?.checked_mul(Decimal::from(tokens))?.checked_div(Decimal::from(1_000_000))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    documented: Vec<toml::Spanned<PriceRow>>,
    #[serde(default)]
    seed: Vec<toml::Spanned<PriceRow>>,
    #[serde(default)]
    sources: HashMap<String, String>,
}

type Set = HashMap<String, Vec<PriceRow>>;

/// All rows of both sets, by model.
#[derive(Debug, Clone, Default)]
pub(super) struct Prices {
    documented: Set,
    seed: Set,
    sources: HashMap<String, String>,
}

impl Prices {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let read: File = super::read(file, text)?;
        Ok(Self {
            documented: set(file, text, read.documented)?,
            seed: set(file, text, read.seed)?,
            sources: read.sources,
        })
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.documented.extend(other.documented);
        self.seed.extend(other.seed);
        self.sources.extend(other.sources);
    }

    const fn set(&self, figures: Figures) -> &Set {
        match figures {
            Figures::Documented => &self.documented,
            Figures::Seed => &self.seed,
        }
    }

    pub(super) fn rows(&self, figures: Figures, model: &str) -> &[PriceRow] {
        self.set(figures).get(model).map_or(&[], Vec::as_slice)
    }

    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn all(&self, figures: Figures) -> impl Iterator<Item = &PriceRow> {
        self.set(figures).values().flatten()
    }

    /// The model's own rows in the set asked for, else its alias', else the documentation's.
    pub(super) fn price(
        &self,
        figures: Figures,
        model: &str,
        input_tokens: u64,
        thinking: bool,
    ) -> Option<Price> {
        let alias = alias::of(model);
        let sets: &[Figures] = match figures {
            Figures::Documented => &[Figures::Documented],
            Figures::Seed => &[Figures::Seed, Figures::Documented],
        };
        sets.iter().find_map(|&figures| {
            let find = |id: &str, alias: Option<ModelId>| {
                let rows = self.rows(figures, id);
                compose(rows, input_tokens, thinking, Basis { figures, alias })
            };
            find(model, None).or_else(|| {
                let alias = &alias.as_ref()?.id;
                find(alias, Some(ModelId::new(alias)))
            })
        })
    }
}

fn set(file: &str, text: &str, rows: Vec<toml::Spanned<PriceRow>>) -> Result<Set, CatalogError> {
    let mut set = Set::new();
    for row in rows {
        let at = row.span().start;
        let row = row.into_inner();
        if let Some(fault) = row.fault() {
            return Err(CatalogError::row(file, text, at, row.model, fault));
        }
        set.entry(row.model.clone()).or_default().push(row);
    }
    Ok(set)
}

/// One price of the rows of a model: those of ordinary requests billed by tokens, of the tier the
/// input falls into (of the last one where it is longer than any), with or without reasoning as
/// asked. Where tokens have prices by kind, those of text.
fn compose(rows: &[PriceRow], input_tokens: u64, thinking: bool, basis: Basis) -> Option<Price> {
    let ordinary =
        || rows.iter().filter(|r| r.unit == Unit::MillionTokens && r.mode == Mode::Ordinary);
    let start = ordinary().filter(|r| r.above < input_tokens.max(1)).map(|r| r.above).max()?;
    let tier = || ordinary().filter(|r| r.above == start);
    let pick = |part: Part| {
        let of_part = || tier().filter(move |r| r.part == part);
        of_part()
            .find(|r| r.thinking == Some(thinking))
            .or_else(|| of_part().find(|r| r.thinking.is_none()))
            // A model that only reasons has no other row, whatever was asked.
            .or_else(|| of_part().next())
    };
    let find = |part: Part, of: fn(&PriceRow) -> Option<Decimal>| {
        tier().filter(|r| r.part == part).find_map(of)
    };
    let media = MediaPrice {
        image: find(Part::Image, |r| r.input),
        heard: find(Part::Audio, |r| r.input),
        spoken: find(Part::Audio, |r| r.output),
        mixed: find(Part::TextOfMixed, |r| r.output),
    };
    if let Some(row) = pick(Part::All) {
        return Some(price(row, [row.input, row.output, row.cached], media, basis));
    }
    let text = || tier().filter(|r| matches!(r.part, Part::Text | Part::NoAudio));
    let first = text().next()?;
    let amount = |of: fn(&PriceRow) -> Option<Decimal>| text().find_map(of);
    let amounts = [amount(|r| r.input), amount(|r| r.output), amount(|r| r.cached)];
    Some(price(first, amounts, media, basis))
}

fn price(
    row: &PriceRow,
    [input, output, cached]: [Option<Decimal>; 3],
    media: MediaPrice,
    basis: Basis,
) -> Price {
    Price {
        input,
        output,
        cached,
        media,
        currency: row.currency(),
        basis,
        source: row.source.clone(),
        as_of: row.as_of.clone(),
    }
}
