//! Money in decimal, with its currency; never a float.
//! It refuses to know any price: those are dated rows in `catalog`.

use std::fmt;

use rust_decimal::Decimal;

/// The currencies the catalog has prices in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Currency {
    /// Renminbi, mainland prices.
    #[default]
    Cny,
    /// US dollars, international prices.
    Usd,
}

impl Currency {
    /// Its code (ISO 4217) in JSON and in the store.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Usd => "USD",
        }
    }

    /// The sign written before an amount.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Cny => "¥",
            Self::Usd => "$",
        }
    }
}

/// What one price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A million tokens.
    MillionTokens,
    /// Ten thousand characters of speech.
    TenThousandCharacters,
    /// One picture.
    Image,
    /// One second of sound or video.
    Second,
    /// One call.
    Call,
}

impl Unit {
    /// Its word in JSON and in the files of the catalog.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MillionTokens => "1M tokens",
            Self::TenThousandCharacters => "10k characters",
            Self::Image => "image",
            Self::Second => "second",
            Self::Call => "call",
        }
    }
}

/// An amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// How much, in units of the currency (yuan, dollars).
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// Of two amounts in one currency; `None` if the currencies differ or the sum has no room.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let amount = self.amount.checked_add(other.amount)?;
        (self.currency == other.currency).then_some(Self { amount, ..self })
    }
}

impl fmt::Display for Money {
    /// Two decimals from one unit up; below that as many as show two significant digits,
    /// so that an answer for a tenth of a cent does not read as free.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.amount;
        let places = if amount.is_zero() || amount.abs() >= Decimal::ONE {
            2
        } else {
            let mut places = 2;
            let mut scaled = amount.abs();
            let tenth = Decimal::new(1, 1);
            while scaled < tenth && places < 8 {
                scaled *= Decimal::TEN;
                places += 1;
            }
            places
        };
        let rounded = amount.round_dp(places);
        let least = if places > 2 { rounded.normalize() } else { rounded };
        write!(f, "{}", self.currency.sign())?;
        if least.scale() < 2 { write!(f, "{least:.2}") } else { write!(f, "{least}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_amounts_keep_two_significant_digits() {
        let show = |text: &str| {
            Money { amount: text.parse().expect("a decimal"), currency: Currency::Cny }.to_string()
        };
        assert_eq!(show("0"), "¥0.00");
        assert_eq!(show("0.43"), "¥0.43");
        assert_eq!(show("20"), "¥20.00");
        assert_eq!(show("0.001034"), "¥0.001");
        assert_eq!(show("0.00123"), "¥0.0012");
        assert_eq!(show("0.0000456"), "¥0.000046");
        assert_eq!(show("1.239"), "¥1.24");
    }
}
