//! Which of the service's two surfaces answered a question, and why that one.
//! It refuses to choose (`api` does, from the model, the parameters and the endpoint).

use super::models::Surface;

/// The way a question went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Via {
    /// The surface.
    pub surface: Surface,
    /// Why this one.
    pub why: Why,
}

impl Via {
    /// The compatible surface, as most questions.
    pub const USUAL: Self = Self { surface: Surface::Compat, why: Why::Usual };

    /// The way most questions go: nothing about it is worth a word.
    #[must_use]
    pub fn is_usual(self) -> bool {
        self.why == Why::Usual
    }
}

/// Why a question went to a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// The compatible surface does all that is asked for.
    Usual,
    /// The model is served on the native surface alone.
    NativeModel,
    /// The model is served on the compatible surface alone, though another was wanted.
    CompatModel,
    /// Only the native surface tells the sources of a search.
    Sources,
    /// The raw parameters hold something that the compatible surface drops.
    Parameters,
    /// Speech in an answer is documented on the compatible surface alone.
    Voice,
    /// Going on from the beginning of an answer is documented on the compatible surface alone.
    GoOn,
    /// The server has no native surface, though it was wanted.
    NoNative,
    /// The profile names the surface.
    Profile,
    /// The compatible surface said that it does not serve the model.
    CompatRefused,
    /// The native surface is not served at that address.
    NativeRefused,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Usual,
        Self::NativeModel,
        Self::CompatModel,
        Self::Sources,
        Self::Parameters,
        Self::Voice,
        Self::GoOn,
        Self::NoNative,
        Self::Profile,
        Self::CompatRefused,
        Self::NativeRefused,
    ];

    /// Its word in JSON and on disk; a word that was ever released stays.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::NativeModel => "native_model",
            Self::CompatModel => "compat_model",
            Self::Sources => "sources",
            Self::Parameters => "parameters",
            Self::Voice => "voice",
            Self::GoOn => "go_on",
            Self::NoNative => "no_native",
            Self::Profile => "profile",
            Self::CompatRefused => "compat_refused",
            Self::NativeRefused => "native_refused",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == word)
    }
}

/// A page the service found while it searched the web. Texts are clean, the address is http(s).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSource {
    /// The number the answer may refer to it by, from 1.
    pub index: u32,
    /// Its title; never empty.
    pub title: String,
    /// Its address.
    pub url: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_word_of_its_own() {
        for why in Why::ALL {
            assert_eq!(Why::named(why.name()), Some(why));
        }
        assert_eq!(Why::named("other"), None);
    }
}
