//! What a web search finds here: pages under names that are reserved for examples, about the subject
//! of the question. It refuses to look anything up, and to name a site that exists.

use serde::Serialize;

use super::phrases::Language;
use super::question::Question;
use crate::sim::request::Citation;
use crate::sim::rng::{self, Rng};
use crate::sim::tokens;

/// Pages found by one search.
const FOUND: usize = 5;
/// Marks in one text.
const MARKS: usize = 3;
/// Tokens of a page as the model reads it, beside its title.
const PAGE: usize = 96;

/// A page, with keys in the order of the recordings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::sim) struct Source {
    site_name: &'static str,
    icon: &'static str,
    pub(super) index: usize,
    pub(super) title: String,
    pub(super) url: String,
}

const SITES: [(&str, &str, &str); FOUND] = [
    ("Example Encyclopedia", "模拟百科", "https://example.com/wiki/"),
    ("Example News", "模拟新闻", "https://news.example.com/"),
    ("Example Forum", "模拟论坛", "https://forum.example.org/t/"),
    ("Example Handbook", "模拟手册", "https://docs.example.net/guide/"),
    ("Example Journal", "模拟期刊", "https://journal.example.org/article/"),
];

/// Searches.
pub(super) fn find(question: &Question<'_>, rng: &mut Rng) -> Vec<Source> {
    let page = rng::hash(rng.next(), question.topic.as_bytes()) >> 24;
    let topic = &question.topic;
    SITES
        .iter()
        .zip(1..)
        .map(|((english, chinese, site), index)| {
            let (site_name, title) = match question.language {
                Language::English => (*english, format!("{topic} – {english} (simulated)")),
                Language::Chinese => (*chinese, format!("{topic} - {chinese}（模拟）")),
            };
            let url = format!("{site}{:x}", page + index as u64);
            Source { site_name, icon: "", index, title, url }
        })
        .collect()
}

/// What reading the pages costs as input.
pub(in crate::sim) fn read_tokens(sources: &[Source]) -> usize {
    sources.iter().map(|source| PAGE + tokens::count(&source.title)).sum()
}

/// Puts marks behind the first paragraphs that end in a sentence.
pub(super) fn cite(text: &str, citation: Citation, found: usize) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let (mut number, mut code) = (0, false);
    for line in text.split_inclusive('\n') {
        let words = line.trim_end();
        code ^= words.starts_with("```");
        out.push_str(words);
        let sentence =
            words.ends_with(['.', '。', '!', '！']) && !words.starts_with(['|', '#', '>']);
        if sentence && !code && number < found.min(MARKS) {
            number += 1;
            let before = match citation {
                Citation::Number => "[",
                Citation::Reference => "[ref_",
            };
            out.extend([before, &number.to_string(), "]"]);
        }
        out.push_str(&line[words.len()..]);
    }
    out
}
