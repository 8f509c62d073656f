//! The terminal's clipboard by `OSC 52`: works over SSH, because the terminal in front of the user
//! does it. It refuses to ask what the clipboard holds and to decide what is too long.

use super::passthrough::Multiplexer;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes that put a text into the clipboard.
///
/// tmux reads the plain sequence where `set-clipboard` is `on`, and passes the wrapped one where
/// `allow-passthrough` is: nobody can tell which from inside, so it gets both, and what it does not
/// know it drops. The text is the same both times.
#[must_use]
pub fn bytes(text: &str, multiplexer: Multiplexer) -> Vec<u8> {
    let mut plain = b"\x1b]52;c;".to_vec();
    base64(text.as_bytes(), &mut plain);
    // BEL, because ESC would have to get through the strings of a multiplexer.
    plain.push(0x07);
    match multiplexer {
        Multiplexer::None => plain,
        Multiplexer::Tmux => {
            let wrapped = multiplexer.wrap(&plain);
            plain.extend_from_slice(&wrapped);
            plain
        }
        Multiplexer::Screen => multiplexer.wrap(&plain),
    }
}

/// Adds bytes as base64 (RFC 4648, with padding).
pub(super) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= three.len() { letter } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(text: &str) -> String {
        let mut out = Vec::new();
        base64(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn base64_is_that_of_everybody() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("千问", "5Y2D6Zeu"),
            ("👩‍💻\n\t", "8J+RqeKAjfCfkrsKCQ=="),
            ("???>>>", "Pz8/Pj4+"),
        ] {
            assert_eq!(coded(text), expected, "{text:?}");
        }
    }

    #[test]
    fn each_multiplexer_gets_what_it_understands() {
        assert_eq!(bytes("foo", Multiplexer::None), b"\x1b]52;c;Zm9v\x07");
        assert_eq!(
            bytes("foo", Multiplexer::Tmux),
            b"\x1b]52;c;Zm9v\x07\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\"
        );
        assert_eq!(bytes("foo", Multiplexer::Screen), b"\x1bP\x1b]52;c;Zm9v\x07\x1b\\");
        let long = bytes(&"x".repeat(10_000), Multiplexer::Screen);
        assert!(long.split(|byte| *byte == 0x1b).all(|part| part.len() < 768));
    }

    #[test]
    fn the_longest_text_is_a_sequence_of_a_hundred_thousand_bytes() {
        let text = "x".repeat(crate::domain::copy::LIMIT);
        assert_eq!(bytes(&text, Multiplexer::None).len(), 100_000);
    }
}
