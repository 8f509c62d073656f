//! Rows: user text, marks on narrow screens, headings without colour, code as it will be copied.

use proptest::prelude::*;

use super::*;
use crate::domain::chat::CodeRole;
use crate::text::markdown::{Body, Document};
use crate::text::width::Widths;

fn rows(source: &str, width: u16, widths: Widths) -> Vec<Row> {
    let mut doc = Document::new();
    doc.push(source);
    doc.finish();
    let mut out = Vec::new();
    for piece in doc.pieces() {
        lay_out(piece, width, widths, &mut out);
    }
    out
}

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|r| &*r.text).collect()
}

#[test]
fn user_text_keeps_its_lines() {
    let mut out = Vec::new();
    plain("a\n\n  b\u{1b}[0m\n", 20, Widths::default(), Ink::of(InkRole::Text), &mut out);
    assert_eq!(texts(&out), ["a", "", "  b[0m", ""]);
    out.clear();
    plain("", 20, Widths::default(), Ink::default(), &mut out);
    assert_eq!(texts(&out), [""]);
    out.clear();
    plain("text", 0, Widths::default(), Ink::default(), &mut out);
    assert!(out.is_empty());
}

#[test]
fn marks_leave_room_for_text() {
    let deep = rows("- a\n  - b\n    - c\n      - some text\n", 12, Widths::default());
    assert_eq!(texts(&deep), ["• a", "  • b", "    • c", "    • some", "      text"]);
    assert_eq!(texts(&rows("- a\n", 1, Widths::default())), ["a"]);
    assert_eq!(texts(&rows("10. a b\n\n> q q\n", 6, Widths::default())), ["a b", "", "│ q q"]);
}

#[test]
fn wide_ambiguous_characters_are_not_drawn_with() {
    let wide = Widths { ambiguous_wide: true };
    let source = "# T\n> q\n- [x] i\n- j\n\n| a—b |\n|---|\n| c |\n\n---\n```\nx\n```\n";
    let drawn = rows(source, 30, wide);
    for row in &drawn {
        assert!(!row.text.chars().any(|c| "│─═╭╰•┌└".contains(c)), "{}", row.text);
    }
    assert_eq!(drawn.iter().map(|r| wide.text(&r.text)).filter(|w| *w == 8).count(), 5);
}

#[test]
fn headings_differ_without_colour() {
    let looks: Vec<(Ink, usize)> = (1..5)
        .map(|level| rows(&format!("{} T\n", "#".repeat(level)), 20, Widths::default()))
        .map(|rows| (Ink { role: InkRole::Text, ..rows[0].runs[0].ink }, rows.len()))
        .collect();
    for (i, look) in looks.iter().enumerate() {
        assert!(!looks[..i].contains(look), "level {}", i + 1);
    }
}

#[test]
fn code_has_no_gutter_and_takes_colours() {
    let mut doc = Document::new();
    doc.push("```\n\tlet a = 1;\n```\n");
    doc.set_code_colours(
        0,
        0,
        vec![vec![(1, CodeRole::Plain), (3, CodeRole::Keyword), (99, CodeRole::Constant)]],
    );
    let mut out = Vec::new();
    doc.pieces().iter().for_each(|p| lay_out(p, 30, Widths::default(), &mut out));
    assert_eq!(texts(&out), ["╭─", "      let a = 1;", "╰─"]);
    let roles: Vec<(u32, InkRole)> = out[1].runs.iter().map(|r| (r.len, r.ink.role)).collect();
    assert_eq!(
        roles,
        [
            (2, InkRole::Text),
            (4, InkRole::Code(CodeRole::Plain)),
            (3, InkRole::Code(CodeRole::Keyword)),
            (7, InkRole::Code(CodeRole::Constant)),
        ]
    );
}

#[test]
fn the_hash_sees_text_and_ink() {
    let a = rows("some text\n", 40, Widths::default());
    let b = rows("some **text**\n", 40, Widths::default());
    let c = rows("some texts\n", 40, Widths::default());
    assert_eq!(a[0].hash, rows("some text\n", 40, Widths::default())[0].hash);
    assert!(a[0].text == b[0].text && a[0].hash != b[0].hash && a[0].hash != c[0].hash);
}

#[test]
fn rows_below_the_cap_keep_the_columns() {
    let mut source = String::from("| n | text |\n|--|--|\n");
    for i in 0..70_u8 {
        source.extend(["| ", &i.to_string(), " | row |\n"]);
    }
    source.push_str("| 1000000 | long |\n\nend\n");
    let out = rows(&source, 40, Widths::default());
    assert_eq!(out[1].text.len(), out[60].text.len());
    assert_eq!(Widths::default().text(&out[1].text), Widths::default().text(&out[72].text));
    assert_eq!(&*out[out.len() - 3].text, "└────┴──────┘");
    let mut streamed = Document::new();
    for line in source.split_inclusive('\n') {
        streamed.push(line);
    }
    assert!(streamed.pieces().iter().any(|p| matches!(p.body, Body::TableRow { .. })));
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_too_wide(
        words in prop::collection::vec("[a-z]{1,9}|[一-三]{1,4}|👍🏽|“x”，", 1..30),
        head in prop::sample::select(vec!["", "# ", "- ", "> ", "1. ", "> - "]),
        width in 2u16..40,
        wide: bool,
    ) {
        let source = format!("{head}{}\n", words.join(" "));
        let widths = Widths { ambiguous_wide: wide };
        let out = rows(&source, width, widths);
        let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric() || "👍🏽“”，".contains(*c)).collect::<String>();
        let body = source.strip_prefix(head).unwrap_or_default();
        let mut shown: String = out.iter().map(|r| letters(&r.text)).collect();
        if head == "1. " && shown.starts_with('1') {
            shown.remove(0);
        }
        prop_assert_eq!(shown, letters(body));
        for row in &out {
            prop_assert!(widths.text(&row.text) <= usize::from(width), "{:?}", row.text);
        }
    }
}
