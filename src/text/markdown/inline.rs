//! The inside of one block: emphasis, code, links, from comrak's tree to a flow of ink.
//! It refuses block structure: the text it is given is the content of one paragraph, heading or
//! cell, and is kept from becoming anything else. Everything that comes out is cleaned again,
//! since entities and escapes can spell what the door had stopped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use comrak::nodes::{NodeLink, NodeValue};
use comrak::options::BrokenLinkReference;
use comrak::{Arena, Node, Options, ResolvedReference, parse_document};

use crate::text::rows::{Flow, Ink, InkRole};
use crate::text::sanitize::Sanitizer;

/// Characters and words without which text is plain, so that no parser is needed.
const SPECIAL: [bool; 256] = {
    let marks = b"*_~`[<&\\$@";
    let mut table = [false; 256];
    let mut i = 0;
    while i < marks.len() {
        table[marks[i] as usize] = true;
        i += 1;
    }
    table
};
/// Set before text that would begin a block if it stood alone.
const GUARD: &str = "\u{fdd0} ";
/// Link definitions kept for one document.
const MOST_LINKS: usize = 2048;

/// Link definitions seen so far; a reference before its definition stays as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    by_label: HashMap<String, String>,
}

impl Links {
    /// Remembers the definitions that a paragraph begins with.
    pub(super) fn learn(&mut self, paragraph: &str) {
        for (label, url, _) in definitions(paragraph) {
            if self.by_label.len() < MOST_LINKS {
                self.by_label.entry(normal(label)).or_insert_with(|| url.to_owned());
            }
        }
    }
}

/// The definitions that a paragraph begins with: label, address, where the text after it is.
pub(super) fn definitions(paragraph: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (label, url, len) = definition(&paragraph[at..])?;
        at += len;
        Some((label, url, at))
    })
}

fn normal(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// `[label]: address "title"` at the start of a text: label, address, length with the line end.
fn definition(text: &str) -> Option<(&str, &str, usize)> {
    let text_len = text.len();
    let text = text.trim_start_matches(' ').strip_prefix('[')?;
    let mut escaped = false;
    let end = text.find(|c: char| {
        let hit = !escaped && (c == ']' || c == '[');
        escaped = c == '\\' && !escaped;
        hit
    })?;
    let (label, rest) = text.split_at(end);
    let blanks: &[char] = &[' ', '\t', '\n'];
    let rest = rest.strip_prefix("]:")?.trim_start_matches(blanks);
    let (url, rest) = match rest.strip_prefix('<') {
        Some(inner) => inner.split_once('>').filter(|(url, _)| !url.contains('\n'))?,
        None => rest.split_at(rest.find(blanks).unwrap_or(rest.len())),
    };
    if label.trim().is_empty() || url.is_empty() {
        return None;
    }
    let line_end = |rest: &str| {
        let rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() { Some(0) } else { rest.strip_prefix('\n').map(str::len) }
    };
    let title = rest.trim_start_matches(blanks);
    let after_title = match title.bytes().next() {
        Some(quote @ (b'"' | b'\'')) if title.len() < rest.len() => {
            title[1..].find(char::from(quote)).map(|i| &title[i + 2..])
        }
        Some(b'(') if title.len() < rest.len() => title[1..].find(')').map(|i| &title[i + 2..]),
        _ => None,
    };
    let left = after_title.and_then(line_end).or_else(|| line_end(rest))?;
    Some((label, url, text_len - left))
}

/// Turns the text of one block into a flow.
pub(super) struct Inline<'l> {
    links: &'l Links,
    /// Bytes handed to the parser so far.
    pub(super) parsed: u64,
}

impl<'l> Inline<'l> {
    pub(super) const fn new(links: &'l Links) -> Self {
        Self { links, parsed: 0 }
    }

    /// The flow of `text`, whose ink is `base` where markup says nothing else. `alone`: the text is
    /// not the beginning of a paragraph, so it defines no links.
    pub(super) fn flow(&mut self, text: &str, base: Ink, alone: bool) -> Flow {
        let dollars = text.contains('$');
        let mut pen = Pen { flow: Flow::default(), clean: Sanitizer::new(), dollars };
        if is_plain(text) {
            pen.lines(text, base);
            return pen.done();
        }
        let first = text.bytes().next().unwrap_or_default();
        let harmless = first >= 0x80 || first.is_ascii_alphabetic();
        if !harmless && (alone || first != b'[') {
            self.parse(&format!("{GUARD}{text}"), base, &mut pen);
        } else {
            self.parse(text, base, &mut pen);
        }
        pen.done()
    }

    fn parse(&mut self, text: &str, base: Ink, pen: &mut Pen) {
        self.parsed += text.len() as u64;
        let mut options = options();
        let links = self.links;
        if !links.by_label.is_empty() {
            options.parse.broken_link_callback =
                Some(Arc::new(|broken: BrokenLinkReference<'_>| {
                    let url = links.by_label.get(&normal(broken.original))?.clone();
                    Some(ResolvedReference { url, title: String::new() })
                }));
        }
        let arena = Arena::new();
        let root = parse_document(&arena, text, &options);
        let mut blocks = root.children();
        match (blocks.next(), blocks.next()) {
            (None, _) => {}
            (Some(block), None) if matches!(block.data().value, NodeValue::Paragraph) => {
                pen.nodes(block, base);
            }
            // It became something else after all: better as written than wrong.
            _ => pen.lines(text, base),
        }
    }
}

/// The flow of a node of a whole document, to compare with.
#[cfg(test)]
pub(super) fn flow_of(node: Node<'_>, base: Ink, dollars: bool) -> Flow {
    let mut pen = Pen { flow: Flow::default(), clean: Sanitizer::new(), dollars };
    pen.nodes(node, base);
    pen.done()
}

/// What of comrak's extensions is read inside a block.
pub(super) fn options<'c>() -> Options<'c> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.cjk_friendly_emphasis = true;
    options.extension.math_dollars = true;
    options.extension.math_latex = true;
    options
}

/// Whether no parser could find anything in the text.
pub(super) fn is_plain(text: &str) -> bool {
    !text.bytes().any(|b| SPECIAL[usize::from(b)])
        && !text.contains("www.")
        && !text.contains("://")
}

/// Writes the flow; the cleaner goes through the whole text, so nothing hides between two nodes.
struct Pen {
    flow: Flow,
    clean: Sanitizer,
    /// The source has dollars, so formulas stand between them.
    dollars: bool,
}

impl Pen {
    fn put(&mut self, text: &str, ink: Ink) {
        let text = text.strip_prefix(GUARD).unwrap_or(text);
        let mut clean = self.clean.push(text);
        if clean.contains('\t') {
            clean = clean.replace('\t', " ");
        }
        self.flow.push(&clean, ink);
    }

    /// Plain text: blanks around line ends go.
    fn lines(&mut self, text: &str, ink: Ink) {
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                self.put("\n", ink);
            }
            let line = if i > 0 { line.trim_start_matches([' ', '\t']) } else { line };
            self.put(line.trim_end_matches([' ', '\t']), ink);
        }
    }

    fn done(mut self) -> Flow {
        self.flow.trim_end();
        self.flow.shrink();
        self.flow
    }

    fn nodes(&mut self, parent: Node<'_>, ink: Ink) {
        for node in parent.children() {
            self.node(node, ink);
        }
    }

    fn node(&mut self, node: Node<'_>, ink: Ink) {
        match &node.data().value {
            NodeValue::Text(text) => self.put(text, ink),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.put("\n", ink),
            NodeValue::Code(code) => {
                self.put(&code.literal, Ink { role: InkRole::InlineCode, ..ink });
            }
            NodeValue::HtmlInline(html) => {
                let name = html.trim_matches(['<', '>', '/', ' ']);
                self.lines(if name.eq_ignore_ascii_case("br") { "\n" } else { html }, ink);
            }
            NodeValue::Math(math) => {
                let (open, close) = match (self.dollars, math.display_math) {
                    (true, true) => ("$$", "$$"),
                    (true, false) => ("$", "$"),
                    (false, true) => ("\\[", "\\]"),
                    (false, false) => ("\\(", "\\)"),
                };
                self.put(&format!("{open}{}{close}", math.literal), ink);
            }
            NodeValue::Emph => self.nodes(node, Ink { italic: true, ..ink }),
            NodeValue::Strong => self.nodes(node, Ink { bold: true, ..ink }),
            NodeValue::Strikethrough => self.nodes(node, Ink { strike: true, ..ink }),
            NodeValue::Link(link) => self.link(node, link, ink),
            NodeValue::Image(link) => self.image(node, link, ink),
            _ => self.nodes(node, ink),
        }
    }

    fn link(&mut self, node: Node<'_>, link: &NodeLink, ink: Ink) {
        let from = self.flow.text().len();
        if !is_address(&link.url) {
            self.nodes(node, ink);
            self.target(&link.url, ink, from);
            return;
        }
        let text = Ink { role: InkRole::Link, underline: true, ..ink };
        let mut children = node.children();
        if let (Some(only), None) = (children.next(), children.next())
            && let NodeValue::Text(shown) = &only.data().value
            && says(shown, &link.url)
        {
            // Chinese text goes on right behind an address; its punctuation is not part of it.
            let end = shown.find(is_cjk_punctuation).unwrap_or(shown.len());
            self.put(&shown[..end], text);
            self.put(&shown[end..], ink);
            return;
        }
        self.nodes(node, text);
        self.target(&link.url, Ink::of(InkRole::LinkTarget), from);
    }

    /// The address after a link's text that began at byte `from`, unless the text says it already.
    fn target(&mut self, url: &str, ink: Ink, from: usize) {
        let shown = self.flow.text()[from..].to_owned();
        if url.is_empty() || says(&shown, url) {
            return;
        }
        if !shown.is_empty() {
            self.put(" ", Ink { underline: false, ..ink });
        }
        self.put(&format!("({})", url.replace(['\n', '\t'], " ")), ink);
    }

    fn image(&mut self, node: Node<'_>, link: &NodeLink, ink: Ink) {
        let label = Ink { role: InkRole::Muted, ..ink };
        self.put("[image: ", label);
        let from = self.flow.text().len();
        self.nodes(node, ink);
        self.put("]", label);
        let role = if is_address(&link.url) { InkRole::LinkTarget } else { ink.role };
        self.target(&link.url, Ink::of(role), from);
    }
}

/// Whether a link's text names its address.
fn says(text: &str, url: &str) -> bool {
    let bare = url.strip_prefix("http://").or_else(|| url.strip_prefix("mailto:"));
    text == url || Some(text) == bare
}

/// Only these are shown as something to go to.
fn is_address(url: &str) -> bool {
    let scheme = |s: &str| url.get(..s.len()).is_some_and(|head| head.eq_ignore_ascii_case(s));
    ["http://", "https://", "mailto:"].into_iter().any(scheme)
}

const fn is_cjk_punctuation(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{301f}' | '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff3d}' | '\u{201c}' | '\u{201d}' | '\u{2026}')
}

/// The label of a code block: the first word of what is written after the fence, decoded and clean.
pub(super) fn language(info: &str) -> Cow<'_, str> {
    let word = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
    crate::text::sanitize::clean_line(word)
}
