//! A conversation as Markdown: the front matter, the headings, the texts as they came; and the name
//! of a file made from a title. It refuses files and secrets: whoever writes one hides them first.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::chat::{Message, Role};
use crate::domain::export::Transcript;
use crate::domain::money::Money;

/// Most characters of a name made from a title.
const LONGEST: usize = 60;
/// Most bytes of it: names may not be longer than 255.
const BYTES: usize = 180;

/// The whole file. `hidden` is how many texts were left out of it.
#[must_use]
pub fn markdown(of: &Transcript, hidden: usize) -> String {
    let mut out = String::new();
    front_matter(of, &mut out);
    let title = match of.conversation.title.trim() {
        "" => of.labels.untitled,
        title => title,
    };
    line(&mut out, format_args!("# {}", title.replace('\n', " ")));
    if let Some(system) = &of.system {
        section(&mut out, of.labels.system, system);
    }
    for (i, message) in of.messages.iter().enumerate() {
        let reasoning = message.reasoning.trim_matches('\n');
        section(&mut out, &heading(of, message), "");
        if !reasoning.is_empty() {
            let label = of.labels.reasoning;
            line(
                &mut out,
                format_args!(
                    "\n<details>\n<summary>{label}</summary>\n\n{reasoning}\n\n</details>"
                ),
            );
        }
        if !message.text.is_empty() {
            line(&mut out, format_args!("\n{}", message.text.trim_end_matches('\n')));
        }
        for attachment in &message.attachments {
            let (kind, name) = (attachment.medium.name(), bare(&attachment.name));
            line(&mut out, format_args!("\n- {kind}: {name}"));
        }
        let sources = message.facts.iter().flat_map(|facts| &facts.sources);
        for (at, source) in sources.enumerate() {
            let before = if at == 0 { "\n" } else { "" };
            let (index, title) = (source.index, bare(&source.title));
            line(&mut out, format_args!("{before}{index}. [{title}](<{}>)", source.url));
        }
        if let Some(remark) = of.remarks.get(i).filter(|remark| !remark.is_empty()) {
            line(&mut out, format_args!("\n> {}", remark.replace('\n', " ")));
        }
    }
    if hidden > 0 {
        line(&mut out, format_args!("\n---\n\n{} {hidden}", of.labels.hidden));
    }
    out
}

/// The messages alone, to be pasted somewhere.
#[must_use]
pub fn pasted(of: &Transcript) -> String {
    let mut out = String::new();
    for message in of.messages.iter().filter(|message| !message.text.is_empty()) {
        section(&mut out, &who(of, message), &message.text);
    }
    out.trim_matches('\n').to_owned()
}

/// A text that cannot end the link it stands in.
fn bare(text: &str) -> String {
    text.replace(['[', ']', '<', '>'], " ").trim().to_owned()
}

fn section(out: &mut String, heading: &str, text: &str) {
    line(out, format_args!("\n## {heading}"));
    if !text.is_empty() {
        line(out, format_args!("\n{}", text.trim_end_matches('\n')));
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn who(of: &Transcript, message: &Message) -> String {
    match message.role {
        Role::System => of.labels.system.to_owned(),
        Role::User => of.labels.you.to_owned(),
        Role::Assistant => {
            let model = message.facts.as_ref().and_then(|facts| facts.model.as_ref());
            model.unwrap_or(&of.conversation.model).to_string()
        }
    }
}

fn heading(of: &Transcript, message: &Message) -> String {
    let mut parts = vec![who(of, message), stamp(message.created_ms, of, "%Y-%m-%d %H:%M")];
    if let Some(facts) = &message.facts {
        parts.extend(facts.usage.map(|usage| format!("{} tok", usage.output)));
        parts.extend(facts.cost.map(|cost| cost.to_string()));
    }
    parts.join(" · ")
}

fn front_matter(of: &Transcript, out: &mut String) {
    let head = &of.conversation;
    line(out, format_args!("---"));
    line(out, format_args!("title: {}", quoted(&head.title)));
    line(out, format_args!("model: {}", quoted(head.model.as_str())));
    line(out, format_args!("created: {}", iso(head.created_ms, of.utc_offset_min)));
    line(out, format_args!("updated: {}", iso(head.updated_ms, of.utc_offset_min)));
    line(out, format_args!("exported: {}", iso(of.now_ms, of.utc_offset_min)));
    line(out, format_args!("messages: {}", of.messages.len()));
    let usage = of.messages.iter().filter_map(|message| message.facts.as_ref()?.usage);
    if let Some(usage) = usage.reduce(crate::domain::chat::Usage::plus) {
        line(out, format_args!("input_tokens: {}", usage.input));
        line(out, format_args!("output_tokens: {}", usage.output));
    }
    let costs = costs(of);
    if !costs.is_empty() {
        let costs: Vec<_> = costs.iter().map(ToString::to_string).collect();
        line(out, format_args!("cost: {}", quoted(&costs.join(" + "))));
    }
    line(out, format_args!("---\n"));
}

/// What all answers cost together, an amount for each currency.
#[must_use]
pub fn costs(of: &Transcript) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for cost in of.messages.iter().filter_map(|message| message.facts.as_ref()?.cost) {
        match sums.iter_mut().find(|sum| sum.currency == cost.currency) {
            Some(sum) => *sum = sum.plus(cost).unwrap_or(*sum),
            None => sums.push(cost),
        }
    }
    sums
}

/// A text between double quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A moment with its offset, `2026-01-31T14:01:00+08:00`.
#[must_use]
pub fn iso(ms: i64, utc_offset_min: i32) -> String {
    formatted(ms, utc_offset_min, "%Y-%m-%dT%H:%M:%S%:z")
}

fn stamp(ms: i64, of: &Transcript, format: &str) -> String {
    formatted(ms, of.utc_offset_min, format)
}

fn formatted(ms: i64, utc_offset_min: i32, format: &str) -> String {
    let offset = jiff::tz::Offset::from_seconds(utc_offset_min.saturating_mul(60));
    let offset = offset.unwrap_or(jiff::tz::Offset::UTC);
    let moment = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.to_zoned(offset.to_time_zone()).strftime(format).to_string()
}

/// The name of a file made from a title, without its ending: letters and digits of every script,
/// all else is a dash, so that it is no path and hides nothing.
#[must_use]
pub fn file_name(title: &str) -> String {
    let mut name = String::new();
    for cluster in title.graphemes(true).take(LONGEST) {
        let letter = cluster.chars().next().is_some_and(char::is_alphanumeric);
        if letter && name.len() + cluster.len() <= BYTES {
            name.push_str(cluster);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "conversation".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_keep_letters_of_every_script() {
        assert_eq!(file_name("异步任务 怎么用？"), "异步任务-怎么用");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name(".hidden  file…"), "hidden-file");
        assert_eq!(file_name("👩‍💻 !?"), "conversation");
        assert_eq!(file_name("नमस्ते café"), "नमस्ते-café");
        assert_eq!(file_name(""), "conversation");
    }

    #[test]
    fn moments_have_their_offset() {
        assert_eq!(iso(0, 480), "1970-01-01T08:00:00+08:00");
        assert_eq!(iso(0, -210), "1969-12-31T20:30:00-03:30");
        assert_eq!(quoted("a \"b\" \\\n\u{7}c"), "\"a \\\"b\\\" \\\\\\nc\"");
    }

    proptest! {
        #[test]
        fn no_title_makes_a_path(title in "(?s).{0,200}") {
            let name = file_name(&title);
            prop_assert!(!name.is_empty() && name.len() <= BYTES);
            prop_assert!(!name.contains(['/', '\\', '\0', '\n', ' ', '~', '$', '*', ':']));
            prop_assert!(!name.starts_with(['.', '-']));
        }
    }
}
