//! Pieces of JSON that forgive: a value of another kind than expected counts as absent instead
//! of spoiling the whole event, and texts are lent where they can be. It refuses to know any
//! field names.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::{MapAccessDeserializer, SeqAccessDeserializer},
};

/// Larger counts are mistakes of the sender and are ignored: no request has a billion tokens.
const LARGEST_COUNT: u64 = 1_000_000_000;

/// A text; `None` for null, for other kinds, and when absent. A list of parts (as in
/// multimodal messages) gives the text of its parts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(pub Option<Cow<'a, str>>);

impl Text<'_> {
    /// The text, where it holds at least one character.
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

/// A count; `None` for null, negative, fractional beyond reason, huge or not a number.
/// Floats and numbers in quotes are accepted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count(pub Option<u64>);

/// An object, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object<T>(pub Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// A list, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Says "absent" for every kind of value a visitor does not ask for.
macro_rules! absent {
    ($value:expr; $($kind:ident)*) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
        $(absent!(@ $kind $value);)*
    };
    (@ unit $value:expr) => {
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ bool $value:expr) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ numbers $value:expr) => {
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ str $value:expr) => {
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ seq $value:expr) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
    (@ map $value:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
}

struct TextVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    absent!(Text(None); unit bool numbers map);

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut all = String::new();
        while let Some(part) = seq.next_element::<Object<Part<'de>>>()? {
            if let Some(part) = part.0
                && let Some(text) = part.text.get()
            {
                all.push_str(text);
            }
        }
        Ok(Text(Some(Cow::Owned(all))))
    }
}

#[derive(serde::Deserialize)]
struct Part<'a> {
    #[serde(borrow, default)]
    text: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor(PhantomData))
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    absent!(Count(None); unit bool seq map);

    fn visit_u64<E: Error>(self, n: u64) -> Result<Count, E> {
        Ok(Count((n <= LARGEST_COUNT).then_some(n)))
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Count, E> {
        Ok(Count(u64::try_from(n).ok().filter(|n| *n <= LARGEST_COUNT)))
    }

    #[expect(
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the range was checked, and the limit is far below 2^52"
    )]
    fn visit_f64<E: Error>(self, n: f64) -> Result<Count, E> {
        let fits = n >= 0.0 && n <= LARGEST_COUNT as f64;
        Ok(Count(fits.then(|| n.round() as u64)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
        text.trim().parse::<f64>().map_or(Ok(Count(None)), |n| self.visit_f64(n))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(CountVisitor)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    absent!(Object(None); unit bool numbers str seq);

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Object(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    absent!(List(Vec::new()); unit bool numbers str map);

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(List)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ListVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Option<String> {
        serde_json::from_str::<Text<'_>>(json).expect("never an error").0.map(Cow::into_owned)
    }

    fn count(json: &str) -> Option<u64> {
        serde_json::from_str::<Count>(json).expect("never an error").0
    }

    #[test]
    fn texts_of_every_kind() {
        assert_eq!(text(r#""a\n你""#).as_deref(), Some("a\n你"));
        assert_eq!(
            text(r#"[{"type":"text","text":"a"},{"x":1},7,{"text":"b"}]"#).as_deref(),
            Some("ab")
        );
        for other in ["null", "7", "-7", "0.5", "true", r#"{"a":{"b":[]}}"#] {
            assert_eq!(text(other), None, "{other}");
        }
        let plain: Text<'_> = serde_json::from_str(r#""lent""#).expect("a text");
        assert!(matches!(plain.0, Some(Cow::Borrowed("lent"))), "no copy without escapes");
    }

    #[test]
    fn counts_of_every_kind() {
        for (json, want) in [
            ("0", Some(0)),
            ("17", Some(17)),
            ("17.0", Some(17)),
            (r#""17""#, Some(17)),
            (r#"" 17.0 ""#, Some(17)),
            ("-1", None),
            ("-0.5", None),
            ("1e300", None),
            ("18446744073709551615", None),
            ("1000000001", None),
            (r#""NaN""#, None),
            (r#""many""#, None),
            ("null", None),
            ("[1]", None),
            (r#"{"n":1}"#, None),
        ] {
            assert_eq!(count(json), want, "{json}");
        }
    }

    #[test]
    fn objects_and_lists_forgive_other_kinds() {
        for other in ["null", "1", "\"a\"", "true", "[{}]"] {
            let got: Object<Part<'_>> = serde_json::from_str(other).expect("never an error");
            assert!(got.0.is_none(), "{other}");
        }
        for other in ["null", "1", "\"a\"", "true", "{\"a\":[1]}"] {
            let got: List<Count> = serde_json::from_str(other).expect("never an error");
            assert!(got.0.is_empty(), "{other}");
        }
        let got: List<Object<Part<'_>>> = serde_json::from_str("[null,{},1]").expect("a list");
        assert_eq!(got.0.len(), 3);
    }
}
