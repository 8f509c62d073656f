//! The little the simulator can work out: a sum of two numbers. It refuses everything longer.

/// The sum in a short text such as `what is 12 * 7?`, worked out.
pub(super) fn sum(text: &str) -> Option<String> {
    let text = text.trim();
    if text.chars().count() > 40 {
        return None;
    }
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (left, rest) = number(&text[start..])?;
    let rest = rest.trim_start();
    let operator = rest.chars().next()?;
    let (right, rest) = number(rest[operator.len_utf8()..].trim_start())?;
    // Dates, versions and longer sums are none of ours.
    let more = rest
        .trim_start_matches([' ', '=', '?', '？', '.', '。', '等', '于', '多', '少', '几', '是']);
    if !more.is_empty() || text[..start].contains(['-', '.', '/']) {
        return None;
    }
    let (sign, result) = match operator {
        '+' => ('+', left.checked_add(right)?.to_string()),
        '-' | '−' => ('−', left.checked_sub(right)?.to_string()),
        '*' | '×' | 'x' => ('×', left.checked_mul(right)?.to_string()),
        '/' | '÷' if right == 0 => ('÷', "∞?".to_owned()),
        '/' | '÷' if left % right == 0 => ('÷', (left / right).to_string()),
        '/' | '÷' => ('÷', format!("{}, rest {}", left / right, left % right)),
        _ => return None,
    };
    Some(format!("{left} {sign} {right} = {result}"))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        for (text, expected) in [
            ("2+2?", Some("2 + 2 = 4")),
            ("What is 12 * 7?", Some("12 × 7 = 84")),
            ("17 乘", None),
            ("100 / 7 = ?", Some("100 ÷ 7 = 14, rest 2")),
            ("1+1等于几？", Some("1 + 1 = 2")),
            ("3 - 5", Some("3 − 5 = -2")),
            ("1/0", Some("1 ÷ 0 = ∞?")),
            ("9223372036854775807 + 1", None),
            ("version 1.2-3", None),
            ("2 + 2 + 2", None),
            ("on 2026-11-22", None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(sum(text).as_deref(), expected, "{text}");
        }
    }
}
