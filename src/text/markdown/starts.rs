//! What a line begins: headings, fences, rules, list markers, HTML, rows of tables, definitions.
//! Each function looks at one line from its first text on. It refuses state and nesting.

/// The level of a `#` heading and its text.
pub(super) fn heading(text: &str) -> Option<(u8, &str)> {
    let level = text.bytes().take_while(|b| *b == b'#').count();
    let rest = &text[level..];
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let rest = rest.trim_matches([' ', '\t']);
    let open = rest.trim_end_matches('#');
    let closed = open.is_empty() || open.ends_with([' ', '\t']);
    let text = if closed { open.trim_end_matches([' ', '\t']) } else { rest };
    Some((level as u8, text))
}

/// A line under a paragraph that makes it a heading of the returned level.
pub(super) fn underline(text: &str) -> Option<u8> {
    let text = text.trim_end_matches([' ', '\t']);
    let all = |c: u8| !text.is_empty() && text.bytes().all(|b| b == c);
    if all(b'=') {
        Some(1)
    } else if all(b'-') {
        Some(2)
    } else {
        None
    }
}

/// A line across.
pub(super) fn is_rule(text: &str) -> bool {
    let Some(mark @ (b'*' | b'-' | b'_')) = text.bytes().next() else { return false };
    let mut count = 0;
    for b in text.bytes() {
        match b {
            _ if b == mark => count += 1,
            b' ' | b'\t' => {}
            _ => return false,
        }
    }
    count >= 3
}

/// A fence that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence {
    /// Its character.
    mark: u8,
    /// How many of them.
    len: usize,
    /// Columns that it is set in by; as many are taken from its lines.
    pub(super) indent: usize,
}

/// The beginning of a fence and what is written after it.
pub(super) fn fence(text: &str, indent: usize) -> Option<(Fence, &str)> {
    let mark @ (b'`' | b'~') = text.bytes().next()? else { return None };
    let len = text.bytes().take_while(|b| *b == mark).count();
    let info = &text[len..];
    if len < 3 || (mark == b'`' && info.contains('`')) {
        return None;
    }
    Some((Fence { mark, len, indent }, info.trim_matches([' ', '\t'])))
}

impl Fence {
    /// Whether the text closes it.
    pub(super) fn closes(&self, text: &str) -> bool {
        let len = text.bytes().take_while(|b| *b == self.mark).count();
        len >= self.len && text[len..].trim_matches([' ', '\t']).is_empty()
    }

    /// Whether the text may yet become the line that closes it.
    pub(super) fn may_close(&self, text: &str) -> bool {
        let text = text.trim_matches([' ', '\t']);
        !text.is_empty() && text.bytes().all(|b| b == self.mark)
    }
}

/// The marker of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    /// The bullet, or the character after the number.
    pub(super) mark: u8,
    /// The number of a numbered item.
    pub(super) number: Option<u32>,
    /// Its length in bytes.
    pub(super) len: usize,
}

impl Marker {
    /// Whether an item with this marker goes on a list of items with the other.
    pub(super) const fn continues(&self, other: &Self) -> bool {
        self.mark == other.mark && self.number.is_some() == other.number.is_some()
    }
}

/// The marker that the text begins with. In the middle of a paragraph only items with text, and of
/// numbered ones only the first, begin a list.
pub(super) fn marker(text: &str, in_paragraph: bool) -> Option<Marker> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
    let mark = *bytes.get(digits)?;
    let fits =
        if digits == 0 { matches!(mark, b'*' | b'-' | b'+') } else { matches!(mark, b'.' | b')') };
    let rest = text.get(digits + 1..)?;
    if !fits || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let number = if digits == 0 { None } else { Some(text[..digits].parse().ok()?) };
    let blank = rest.trim_matches([' ', '\t']).is_empty();
    if in_paragraph && (blank || number.is_some_and(|n| n != 1)) {
        return None;
    }
    Some(Marker { mark, number, len: digits + 1 })
}

/// Whether an item's text begins with a box: whether it is done, and what follows.
pub(super) fn task(text: &str) -> Option<(bool, &str)> {
    let rest = text.strip_prefix('[')?;
    let done = match rest.bytes().next()? {
        b' ' => false,
        b'x' | b'X' => true,
        _ => return None,
    };
    let rest = rest[1..].strip_prefix(']')?;
    if !(rest.is_empty() || rest.starts_with([' ', '\t', '\n'])) {
        return None;
    }
    Some((done, rest.trim_start_matches([' ', '\t', '\n'])))
}

/// Kinds of HTML blocks by what ends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Html {
    /// A line with this text in it, in any case.
    Until(&'static str),
    /// One of the ends of `script`, `pre`, `textarea`, `style`.
    UntilClosed,
    /// A blank line.
    UntilBlank,
}

impl Html {
    /// Whether the line is the block's last.
    pub(super) fn ends_with(self, line: &str) -> bool {
        match self {
            Self::Until(end) => line.contains(end),
            Self::UntilClosed => {
                let line = line.to_ascii_lowercase();
                ["</script>", "</pre>", "</textarea>", "</style>"].iter().any(|e| line.contains(e))
            }
            Self::UntilBlank => false,
        }
    }
}

const HTML_BLOCKS: &str = " address article aside base basefont blockquote body caption center col \
    colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form frame frameset \
    h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav noframes ol \
    optgroup option p param search section title summary table tbody td tfoot th thead title tr \
    track ul ";

/// The HTML block that the text begins. `in_paragraph`: it would interrupt one.
pub(super) fn html(text: &str, in_paragraph: bool) -> Option<Html> {
    let rest = text.strip_prefix('<')?;
    for (start, end) in [("!--", "-->"), ("?", "?>"), ("![CDATA[", "]]>")] {
        if rest.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start)) {
            return Some(Html::Until(end));
        }
    }
    if rest.strip_prefix('!').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return Some(Html::Until(">"));
    }
    let (closing, tag) = rest.strip_prefix('/').map_or((false, rest), |r| (true, r));
    let len = tag.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    let (name, after) = tag.split_at(len);
    let name = name.to_ascii_lowercase();
    let parted = |s: &str| s.is_empty() || s.starts_with([' ', '\t', '>']);
    if !closing && matches!(&*name, "script" | "pre" | "textarea" | "style") && parted(after) {
        return Some(Html::UntilClosed);
    }
    if !name.is_empty()
        && HTML_BLOCKS.contains(&format!(" {name} "))
        && (parted(after) || after.starts_with("/>"))
    {
        return Some(Html::UntilBlank);
    }
    (!in_paragraph && is_lone_tag(closing, tag)).then_some(Html::UntilBlank)
}

/// Whether the text after `<` or `</` is one whole tag and nothing more.
fn is_lone_tag(closing: bool, tag: &str) -> bool {
    if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let mut rest = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let blanks: &[char] = &[' ', '\t'];
    loop {
        let next = rest.trim_start_matches(blanks);
        if closing
            || next.len() == rest.len()
            || !next.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':')
        {
            break;
        }
        rest = next.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_:.-".contains(c));
        let Some(value) = rest.trim_start_matches(blanks).strip_prefix('=') else { continue };
        let value = value.trim_start_matches(blanks);
        let end = match value.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => value[1..].find(char::from(quote)).map(|i| i + 2),
            _ => match value.find(|c: char| " \t\"'=<>`".contains(c)).unwrap_or(value.len()) {
                0 => None,
                len => Some(len),
            },
        };
        let Some(end) = end else { return false };
        rest = &value[end..];
    }
    rest = rest.trim_start_matches(blanks);
    if !closing {
        rest = rest.strip_prefix('/').unwrap_or(rest);
    }
    rest.strip_prefix('>').is_some_and(|after| after.trim_matches(blanks).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings() {
        assert_eq!(heading("## Two ##"), Some((2, "Two")));
        assert_eq!(heading("# a#"), Some((1, "a#")));
        assert_eq!(heading("### ###"), Some((3, "")));
        assert_eq!(heading("#"), Some((1, "")));
        assert_eq!(heading("#tag"), None);
        assert_eq!(heading("####### x"), None);
        assert_eq!((underline("=== "), underline("-"), underline("-=")), (Some(1), Some(2), None));
    }

    #[test]
    fn rules_fences_markers() {
        assert!(is_rule("* * *") && is_rule("___") && !is_rule("--") && !is_rule("-*-"));
        let (open, info) = fence("```` rust x ", 0).unwrap();
        assert_eq!(info, "rust x");
        assert!(open.closes("````` ") && !open.closes("```") && !open.closes("```` x"));
        assert!(fence("``` a`b", 0).is_none() && fence("~~~ a`b", 0).is_some());
        assert_eq!(marker("12) x", false).map(|m| (m.number, m.len)), Some((Some(12), 3)));
        assert!(marker("2. x", true).is_none() && marker("-", true).is_none());
        assert!(marker("1234567890. x", false).is_none() && marker("-x", false).is_none());
        assert_eq!(task("[x] done"), Some((true, "done")));
        assert!(task("[x](url)").is_none() && task("[y] z").is_none());
    }

    #[test]
    fn html_blocks() {
        assert_eq!(html("<!-- x", true), Some(Html::Until("-->")));
        assert_eq!(html("</DIV>", true), Some(Html::UntilBlank));
        assert_eq!(html("<pre>", true), Some(Html::UntilClosed));
        assert_eq!(html("<a href='x' b=c>", false), Some(Html::UntilBlank));
        assert_eq!(html("<a href='x'>y", false), None);
        assert_eq!(html("<a>", true), None);
        assert_eq!(html("<https://x.y>", false), None);
        assert!(Html::UntilClosed.ends_with("x</STYLE>"));
    }
}
