//! Who issued a server's certificate and until when it holds, read out of its DER for people to
//! see. It refuses to judge a certificate: rustls has done that before anything comes here.

use crate::text::sanitize;

/// What there is to say of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The organization that issued it, or the issuer's common name; sanitized.
    pub issuer: String,
    /// The end of its last second, in seconds since 1970 (UTC).
    pub until_s: i64,
}

/// Longer names are cut here, in characters.
const LONGEST: usize = 80;

const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;

/// The organization and the common name in a name (X.520), as DER writes their ids.
const ORGANIZATION: [u8; 3] = [0x55, 0x04, 0x0a];
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];

/// Reads a certificate (RFC 5280, 4.1); `None` where it is not one.
#[must_use]
pub fn read(der: &[u8]) -> Option<Certificate> {
    let (whole, _) = inside(der, SEQUENCE)?;
    let (fields, _) = inside(whole, SEQUENCE)?;
    let fields = inside(fields, VERSION).map_or(fields, |(_, rest)| rest);
    let (_, fields) = inside(fields, INTEGER)?;
    let (_, fields) = inside(fields, SEQUENCE)?;
    let (issuer, fields) = inside(fields, SEQUENCE)?;
    let (validity, _) = inside(fields, SEQUENCE)?;
    let (_, _, last) = element(validity)?;
    let (kind, last, _) = element(last)?;
    Some(Certificate { issuer: name(issuer)?, until_s: time(kind, last)? })
}

/// The first element: its kind, what is in it, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // So many bytes of length follow; no certificate needs more than four.
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.is_empty() || digits.len() > 4 {
            return None;
        }
        (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((kind, content, after))
}

/// What is in the first element, if it is of this kind, and what follows it.
fn inside(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    element(bytes).and_then(|(kind, content, rest)| (kind == wanted).then_some((content, rest)))
}

/// The organization in a name, else its common name.
fn name(mut parts: &[u8]) -> Option<String> {
    let (mut organization, mut common) = (None, None);
    while let Some((part, rest)) = inside(parts, SET) {
        parts = rest;
        let (pair, _) = inside(part, SEQUENCE)?;
        let (id, value) = inside(pair, OID)?;
        let (_, value, _) = element(value)?;
        let text = || {
            let text = sanitize::line(&String::from_utf8_lossy(value));
            Some(text.chars().take(LONGEST).collect::<String>())
        };
        if id == ORGANIZATION {
            organization = text();
        } else if id == COMMON_NAME {
            common = text();
        }
    }
    organization.or(common).filter(|name| !name.trim().is_empty())
}

/// Seconds since 1970 of a time in either of its spellings.
fn time(kind: u8, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let (year, at) = match kind {
        // Two digits of the year: 50 and above are of the last century.
        UTC_TIME => {
            (number(0, 2).map(|year| if year < 50 { 2000 + year } else { 1900 + year })?, 2)
        }
        GENERALIZED_TIME => (number(0, 4)?, 4),
        _ => return None,
    };
    let two = |place: usize| {
        let from = at + 2 * place;
        number(from, from + 2).and_then(|number| i8::try_from(number).ok())
    };
    let date = jiff::civil::DateTime::new(year, two(0)?, two(1)?, two(2)?, two(3)?, two(4)?, 0);
    let zoned = date.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::testing::sample;

    #[test]
    fn issuer_and_end_are_read() {
        let found = read(&sample("tls/server.der")).expect("a certificate");
        assert_eq!(found.issuer, "lian test authority");
        assert!(found.until_s > 1_795_000_000, "{found:?}");
    }

    #[test]
    fn half_a_certificate_and_a_changed_one_do_no_harm() {
        let whole = sample("tls/server.der");
        for end in 0..whole.len() {
            // Cut behind the dates the reader would be content, but the outer length is wrong.
            assert_eq!(read(&whole[..end]), None, "{end}");
        }
        for at in 0..whole.len() {
            for value in [0, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = whole.clone();
                changed[at] = value;
                if let Some(found) = read(&changed) {
                    assert!(!found.issuer.chars().any(char::is_control), "{found:?}");
                }
            }
        }
    }

    #[test]
    fn both_spellings_of_a_time() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(GENERALIZED_TIME, b"20261122120000Z"), Some(1_795_348_800));
        assert_eq!(time(UTC_TIME, b"261122120000Z"), Some(1_795_348_800));
        for wrong in [&b"261322120000Z"[..], b"261122120000", b"", b"Z", b"26112212000\xffZ"] {
            assert_eq!(time(UTC_TIME, wrong), None, "{wrong:?}");
        }
    }
}
