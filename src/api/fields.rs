//! Fields of a JSON value, read forgivingly: null, blank and absent are one, numbers may be in
//! quotes, texts are sanitized as they are taken. It refuses to know any field's name.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::domain::time::from_beijing;
use crate::text::sanitize;

/// Larger numbers are mistakes of the sender; moments in milliseconds have thirteen digits.
const LARGEST: u64 = 1_000_000_000_000_000;
/// Longer texts are cut here, in characters; prompts have 5,000 at most.
const LONGEST: usize = 20_000;

/// The value of a field; `None` for null.
pub(super) fn at<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).filter(|value| !value.is_null())
}

/// One line of text: a string or a number. Nothing for the rest and for blanks.
pub(super) fn line(value: &Value, key: &str) -> Option<String> {
    let text = match at(value, key)? {
        Value::String(text) => cut(&sanitize::line(text)).trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Text of any number of lines.
pub(super) fn block(value: &Value, key: &str) -> Option<String> {
    let text = at(value, key)?.as_str()?;
    let text = cut(&sanitize::block(text)).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

/// A decimal that is not negative: a number of any kind, in quotes or not.
pub(super) fn decimal(value: &Value, key: &str) -> Option<Decimal> {
    to_decimal(at(value, key)?)
}

/// A value as a decimal that is not negative.
pub(super) fn to_decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let number =
        text.parse::<Decimal>().ok().or_else(|| Decimal::from_scientific(&text).ok())?.normalize();
    let fits = !number.is_sign_negative() && number <= Decimal::from(LARGEST);
    fits.then_some(number).or_else(|| number.is_zero().then_some(Decimal::ZERO))
}

/// A count: a whole number from 0 up, in quotes or not; fractions are rounded.
pub(super) fn count(value: &Value, key: &str) -> Option<u64> {
    u64::try_from(decimal(value, key)?.round()).ok()
}

/// A flag: true or false, in quotes or as 1 and 0.
pub(super) fn flag(value: &Value, key: &str) -> Option<bool> {
    match at(value, key)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        other => match u8::try_from(to_decimal(other)?).ok()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
    }
}

/// A moment in milliseconds since 1970 (UTC): Beijing local time, or a number of milliseconds or
/// seconds.
pub(super) fn moment(value: &Value, key: &str) -> Option<i64> {
    let field = at(value, key)?;
    if let Some(text) = field.as_str()
        && let Some(ms) = from_beijing(text)
    {
        return Some(ms);
    }
    let number = i64::try_from(to_decimal(field)?.trunc()).ok().filter(|n| *n > 0)?;
    // Seconds until the year 5138 are fewer than milliseconds since 1973.
    Some(if number < 100_000_000_000 { number * 1000 } else { number })
}

/// The elements of a list; none if it is no list.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// An address of a file: http or https, as it came, for its signature must stay what it is.
/// Nothing else is ever followed.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let clean = !text.is_empty()
        && text.len() <= 8192
        && !text.chars().any(char::is_whitespace)
        && sanitize::line(text) == text;
    let url = url::Url::parse(text).ok().filter(|_| clean)?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (web && url.username().is_empty() && url.password().is_none()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_of_every_kind() {
        for (json, want) in [
            (json!(5), Some("5")),
            (json!(5.0), Some("5")),
            (json!("5"), Some("5")),
            (json!(" 5.04 "), Some("5.04")),
            (json!(5.04), Some("5.04")),
            (json!(1e-7), Some("0.0000001")),
            (json!("1e2"), Some("100")),
            (json!(-0.0), Some("0")),
            (json!(-1), None),
            (json!(1e300), None),
            (json!("many"), None),
            (json!("NaN"), None),
            (json!(true), None),
            (json!([5]), None),
            (json!(null), None),
        ] {
            let value = json!({ "n": json });
            assert_eq!(decimal(&value, "n").map(|n| n.to_string()).as_deref(), want, "{value}");
        }
        assert_eq!(count(&json!({"n": "4.6"}), "n"), Some(5));
        assert_eq!(count(&json!({}), "n"), None);
    }

    #[test]
    fn flags_texts_and_moments() {
        for (json, want) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!(1), Some(true)),
            (json!("0"), Some(false)),
            (json!(2), None),
            (json!(null), None),
        ] {
            assert_eq!(flag(&json!({ "f": json }), "f"), want);
        }
        assert_eq!(line(&json!({"t": " a\u{1b}[2J\nb "}), "t").as_deref(), Some("a[2J b"));
        assert_eq!(line(&json!({"t": 720}), "t").as_deref(), Some("720"));
        assert_eq!(line(&json!({"t": "  "}), "t"), None);
        assert_eq!(block(&json!({"t": "a\u{202e}\nb"}), "t").as_deref(), Some("a\nb"));
        assert_eq!(moment(&json!({"m": "1970-01-01 08:00:01"}), "m"), Some(1000));
        assert_eq!(moment(&json!({"m": 1_795_341_600_125_i64}), "m"), Some(1_795_341_600_125));
        assert_eq!(moment(&json!({"m": "1795341600"}), "m"), Some(1_795_341_600_000));
        assert_eq!(moment(&json!({"m": "soon"}), "m"), None);
        assert_eq!(list(&json!({"l": 3}), "l").count(), 0);
    }

    #[test]
    fn only_web_addresses_count_and_stay_as_they_are() {
        let signed = "http://h.example/a%20b.mp4?Expires=1&Signature=a%2Bb%3D";
        assert_eq!(address(signed).as_deref(), Some(signed));
        for bad in [
            "",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "oss://a/b",
            "/relative",
            "http://",
            "https://user:pw@h.example/",
            "https://h.example/a b",
            "https://h.example/\u{1b}[2J",
            "https://h.example/\u{202e}4pm",
        ] {
            assert_eq!(address(bad), None, "{bad:?}");
        }
    }
}
