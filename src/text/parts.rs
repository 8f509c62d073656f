//! What can be taken out of a text in markdown: its blocks of code and its links, exactly as they
//! stand there. It refuses to be called for every token: it reads the whole text.

use comrak::nodes::NodeValue;
use comrak::{Arena, Node, Options, parse_document};

use super::sanitize;

/// A link of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says; empty where it says only its address.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// The blocks of code in their order, without fences, marks of lists and the last line end.
#[must_use]
pub fn code_blocks(text: &str) -> Vec<String> {
    let arena = Arena::new();
    let mut blocks = Vec::new();
    for node in parse_document(&arena, text, &options()).descendants() {
        if let NodeValue::CodeBlock(block) = &node.data().value {
            let code = block.literal.strip_suffix('\n').unwrap_or(&block.literal);
            if !code.trim().is_empty() {
                blocks.push(code.to_owned());
            }
        }
    }
    blocks
}

/// The links in their order, each address once.
#[must_use]
pub fn links(text: &str) -> Vec<Link> {
    let arena = Arena::new();
    let mut links: Vec<Link> = Vec::new();
    for node in parse_document(&arena, text, &options()).descendants() {
        let (NodeValue::Link(link) | NodeValue::Image(link)) = &node.data().value else { continue };
        let said = sanitize::line(&said(node));
        let mut url = sanitize::line(&link.url);
        if said == url || url.ends_with(&said) {
            // A bare address ends where Chinese goes on without a blank.
            let end = url.find(ends_address).unwrap_or(url.len());
            url.truncate(end);
        }
        if url.is_empty() || url.starts_with('#') || links.iter().any(|known| known.url == url) {
            continue;
        }
        let text = if link.url.contains(&said) { String::new() } else { said };
        links.push(Link { text, url });
    }
    links
}

/// Signs that no address holds but that follow one in Chinese.
fn ends_address(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '；'
            | '：'
            | '！'
            | '？'
            | '（'
            | '）'
            | '《'
            | '》'
            | '、'
            | '“'
            | '”'
            | '」'
            | '】'
    )
}

/// The letters of a node.
fn said(node: Node<'_>) -> String {
    let mut text = String::new();
    for inner in node.descendants() {
        match &inner.data().value {
            NodeValue::Text(part) => text.push_str(part),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

fn options<'c>() -> Options<'c> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_taken_byte_for_byte() {
        let text = "before\n\n```rust\n\tlet 变量 = \"👩‍💻\";  \n\n}\n```\n\n- item\n\n  ~~~\n  a\n    b\n  ~~~\n\n> ```\n> quoted\n> ```\n\nafter";
        let code = code_blocks(text);
        assert_eq!(code, ["\tlet 变量 = \"👩‍💻\";  \n\n}", "a\n  b", "quoted"]);
        let long = "x".repeat(20_000);
        assert_eq!(code_blocks(&format!("```\n{long}\n```")), [long]);
    }

    #[test]
    fn a_block_that_is_still_open_counts_and_an_empty_one_does_not() {
        assert_eq!(code_blocks("```sh\ncargo te"), ["cargo te"]);
        assert!(code_blocks("```\n\n```").is_empty());
        assert!(code_blocks("no `code` block").is_empty());
    }

    #[test]
    fn links_of_all_kinds_once_each() {
        let text = "[文档](https://help.aliyun.com/a?b=1&c=2 \"t\"), <https://x.org/>, \
                    见 https://example.com/路径。后面 and [same](https://x.org/) ![img](https://i.org/a.png) \
                    [ref][1] [here](#top) www.w3.org\n\n[1]: https://ref.org";
        let links = links(text);
        let urls: Vec<_> = links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(
            urls,
            [
                "https://help.aliyun.com/a?b=1&c=2",
                "https://x.org/",
                "https://example.com/路径",
                "https://i.org/a.png",
                "https://ref.org",
                "http://www.w3.org"
            ]
        );
        assert_eq!((links[0].text.as_str(), links[1].text.as_str()), ("文档", ""));
    }
}
