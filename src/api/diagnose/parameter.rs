//! Which parameter a message is about, and what it should be: read from the sentences of errors.md
//! and of the validators behind them. It refuses to guess: a sentence of another shape names none.

use crate::api::error::Refusal;
use crate::domain::notice::Demand;

/// Longest name and longest range that are repeated.
const LONGEST: usize = 80;

/// The parameter's name on the wire and what the service wants of it.
pub(super) fn read(refusal: &Refusal) -> Option<(String, Demand)> {
    let message = refusal.message.trim().trim_end_matches(['.', '。']);
    let found = in_range(message)
        .or_else(|| restricted(message))
        .or_else(|| validated(message))
        .or_else(|| missing(message))
        .or_else(|| not_taken(message));
    let found = found.or_else(|| {
        // The envelope names the parameter where the sentence does not.
        let name = refusal.param.clone()?;
        Some((name, Demand::Other))
    });
    found.filter(|(name, demand)| {
        let text = match demand {
            Demand::Range(text) | Demand::Only(text) => text.as_str(),
            Demand::Nothing | Demand::Some | Demand::Other => "",
        };
        is_name(name) && name.len() <= LONGEST && text.chars().count() <= LONGEST
    })
}

/// A name as parameters have: letters, digits, `_`, `.`; nothing else is repeated as one.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-')
}

/// The last word, in lower case: the service writes `Temperature` for `temperature`.
fn name(words: &str) -> String {
    let last = words.split_whitespace().next_back().unwrap_or_default();
    last.trim_matches(['\'', '"', '`', '(', ')']).to_ascii_lowercase()
}

/// The text after `mark`, whatever the case of either.
fn split<'a>(message: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    // Only ASCII changes, so that places stay the same.
    let at = message.to_ascii_lowercase().find(mark)?;
    Some((&message[..at], &message[at + mark.len()..]))
}

/// `Range of top_p should be (0.0, 1.0]`, `Temperature should be in [0.0, 2.0)`,
/// `Repetition_penalty should be greater than 0.0`, `.. be greater than or equal to 0`,
/// `The thinking_budget parameter must be a positive integer and not greater than 38912`.
fn in_range(message: &str) -> Option<(String, Demand)> {
    let range = |text: &str| Demand::Range(text.trim().to_owned());
    if let Some((of, rest)) = split(message, " should be in ").or_else(|| {
        let rest = split(message, "range of ")?.1;
        split(rest, " should be ")
    }) && rest.trim_start().starts_with(['[', '('])
    {
        return Some((name(of), range(rest)));
    }
    for (mark, sign) in [
        (" be greater than or equal to ", "≥"),
        (" be less than or equal to ", "≤"),
        (" be greater than ", ">"),
        (" be less than ", "<"),
    ] {
        let Some((of, bound)) = split(message, mark) else { continue };
        let of = of.trim_end();
        let of = ["should", "must"].iter().find_map(|word| of.strip_suffix(word)).unwrap_or(of);
        let (bound, path) = bound.split_once(": ").unwrap_or((bound, ""));
        // `Input should be greater than 0: parameters.top_k` names it behind.
        let name = if path.is_empty() { name(of) } else { leaf(path) };
        return Some((name, range(&format!("{sign} {}", bound.trim()))));
    }
    let (of, most) = split(message, " parameter must be a positive integer")?;
    let demand = split(most, "not greater than ")
        .map_or(Demand::Other, |(_, most)| range(&format!("[1, {}]", most.trim())));
    Some((name(of), demand))
}

/// `The value of the enable_thinking parameter is restricted to True`,
/// `tool_choice is one of the strings that should be ["none", "auto"]`,
/// `'purpose' must be 'file-extract'`, `temperature must be Float`,
/// `Tool names are not allowed to be [search]`, `The size is not match 1280*720`.
fn restricted(message: &str) -> Option<(String, Demand)> {
    let only = |text: &str| Demand::Only(text.trim().to_owned());
    if let Some((of, value)) = split(message, " parameter is restricted to ") {
        return Some((name(of), only(value)));
    }
    if let Some((of, values)) = split(message, " is one of the strings that should be ") {
        return Some((name(of), only(values)));
    }
    if let Some((of, value)) = split(message, " must be ")
        && !of.trim().contains(' ')
        && !value.trim().contains(' ')
    {
        return Some((name(of), only(value.trim().trim_matches('\''))));
    }
    if split(message, "tool names are not allowed to be ").is_some() {
        return Some(("tools".to_owned(), Demand::Other));
    }
    let (of, _) = split(message, " is not match")?;
    Some((name(of), Demand::Other))
}

/// Validators put the place behind: `Input should be 'a' or 'b': parameters.size`, and
/// `2.5 is greater than the maximum of 2 - 'temperature'`.
fn validated(message: &str) -> Option<(String, Demand)> {
    if let Some((said, path)) = message.rsplit_once(": ")
        && (path.starts_with("parameters.") || path.starts_with("input."))
    {
        let values = split(said, "input should be ").map(|(_, values)| values.trim().to_owned());
        return Some((leaf(path), values.map_or(Demand::Other, Demand::Only)));
    }
    let (said, quoted) = message.rsplit_once(" - '")?;
    let most = split(said, "the maximum of ").map(|(_, most)| format!("≤ {}", most.trim()));
    let least = split(said, "the minimum of ").map(|(_, least)| format!("≥ {}", least.trim()));
    let demand = most.or(least).map_or(Demand::Other, Demand::Range);
    Some((leaf(quoted.trim_end_matches('\'')), demand))
}

/// The last part of a path.
fn leaf(path: &str) -> String {
    name(path.rsplit('.').next().unwrap_or(path))
}

/// `Required parameter(text) missing or invalid, please check the request parameters`.
fn missing(message: &str) -> Option<(String, Demand)> {
    let (_, rest) = split(message, "required parameter(")?;
    let (name, _) = rest.split_once(')')?;
    Some((name.trim().to_owned(), Demand::Some))
}

/// `This model does not support enable_search`, `The tool call is not supported`.
fn not_taken(message: &str) -> Option<(String, Demand)> {
    if split(message, "the tool call is not supported").is_some() {
        return Some(("tools".to_owned(), Demand::Nothing));
    }
    let (_, what) = split(message, " does not support ")?;
    // Several words are a thing the model cannot do, not a parameter.
    let known = !what.trim().contains(' ') && what.contains('_');
    known.then(|| (name(what), Demand::Nothing))
}

/// The first whole number after `mark`, in a message of limits: `not be larger than 10.`
pub(super) fn number_after(message: &str, mark: &str) -> Option<u64> {
    let (_, rest) = split(message, mark)?;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The upper end of a range in a message: `Range of input length should be [1, 600]`.
pub(super) fn upper_end(message: &str) -> Option<u64> {
    let (_, rest) = message.split_once('[')?;
    let (_, upper) = rest.split_once(',')?;
    let end = upper.find([']', ')'])?;
    upper[..end].trim().parse().ok()
}

/// Values a message lists in single quotes: `Input should be 'Cherry', 'Serena' or 'Ethan'`.
pub(super) fn quoted(message: &str) -> Vec<String> {
    message.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> Option<(String, Demand)> {
        read(&Refusal { message: message.to_owned(), ..Refusal::default() })
    }

    #[test]
    fn every_shape_of_sentence_names_its_parameter() {
        let range = |text: &str| Demand::Range(text.to_owned());
        let only = |text: &str| Demand::Only(text.to_owned());
        for (message, name, demand) in [
            ("Range of top_p should be (0.0, 1.0]", "top_p", range("(0.0, 1.0]")),
            ("Range of max_tokens should be [1, 8192]", "max_tokens", range("[1, 8192]")),
            ("Range of seed should be [0, 9223372036854775807]", "seed", {
                range("[0, 9223372036854775807]")
            }),
            ("Temperature should be in [0.0, 2.0)", "temperature", range("[0.0, 2.0)")),
            ("temperature must be Float", "temperature", only("Float")),
            ("Presence_penalty should be in [-2.0, 2.0]", "presence_penalty", {
                range("[-2.0, 2.0]")
            }),
            ("Repetition_penalty should be greater than 0.0", "repetition_penalty", {
                range("> 0.0")
            }),
            ("Parameter top_k be greater than or equal to 0", "top_k", range("≥ 0")),
            (
                "The thinking_budget parameter must be a positive integer and not greater than 38912",
                "thinking_budget",
                range("[1, 38912]"),
            ),
            (
                "The value of the enable_thinking parameter is restricted to True.",
                "enable_thinking",
                only("True"),
            ),
            (
                "tool_choice is one of the strings that should be [\"none\", \"auto\"]",
                "tool_choice",
                only("[\"none\", \"auto\"]"),
            ),
            ("'purpose' must be 'file-extract'", "purpose", only("file-extract")),
            (
                "Required parameter(text) missing or invalid, please check the request parameters.",
                "text",
                Demand::Some,
            ),
            ("This model does not support enable_search.", "enable_search", Demand::Nothing),
            (
                "The model qwen-max does not support enable_thinking.",
                "enable_thinking",
                Demand::Nothing,
            ),
            ("The tool call is not supported.", "tools", Demand::Nothing),
            ("Tool names are not allowed to be [search]", "tools", Demand::Other),
            ("The size is not match 1280*720", "size", Demand::Other),
            ("Input should be 'a' or 'b': parameters.size", "size", only("'a' or 'b'")),
            ("Input should be greater than 0: parameters.duration", "duration", range("> 0")),
            ("2.5 is greater than the maximum of 2 - 'temperature'", "temperature", range("≤ 2")),
        ] {
            assert_eq!(of(message), Some((name.to_owned(), demand)), "{message}");
        }
    }

    #[test]
    fn other_sentences_name_none() {
        for message in [
            "",
            "no",
            "current user api does not support http call.",
            "The model does not support vision",
            "Range of should be",
            "Range of input length should be",
            "should be in [",
            "Required parameter(a b) missing",
            "It must be about time: really",
        ] {
            assert_eq!(of(message), None, "{message}");
        }
        let refusal = Refusal { param: Some("purpose".into()), ..Refusal::default() };
        assert_eq!(read(&refusal), Some(("purpose".into(), Demand::Other)));
    }

    #[test]
    fn figures_are_read_from_sentences() {
        let batch = "Value error, batch size is invalid, it should not be larger than 10.: x";
        assert_eq!(number_after(batch, "larger than "), Some(10));
        assert_eq!(number_after("larger than ever", "larger than "), None);
        assert_eq!(upper_end("Range of input length should be [1, 600]"), Some(600));
        assert_eq!(upper_end("[1, x"), None);
        assert_eq!(
            quoted("Input should be 'Cherry' or 'Eldric Sage': p"),
            ["Cherry", "Eldric Sage"]
        );
    }
}
