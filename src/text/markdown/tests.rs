//! The document against comrak's reading of the whole, against every way of cutting, against
//! hostile sources, and its bound on work.

use comrak::nodes::{ListDelimType, ListType, NodeValue, TableAlignment};
use comrak::{Arena, Node, parse_document};
use proptest::prelude::*;

use super::*;
use crate::text::rows::{Flow, Ink, InkRole, Tail, lay_out};
use crate::text::width::Widths;

mod oracle;

use oracle::assert_as_comrak;

fn whole(source: &str) -> Document {
    let mut doc = Document::new();
    doc.push(source);
    doc.finish();
    doc
}

fn shown(doc: &Document, width: u16) -> String {
    let mut rows = Vec::new();
    for piece in doc.pieces() {
        lay_out(piece, width, Widths::default(), &mut rows);
    }
    rows.iter().map(|r| r.text.trim_end().to_owned() + "\n").collect()
}

fn streamed(source: &str, width: u16) -> String {
    let mut doc = Document::new();
    doc.push(source);
    shown(&doc, width)
}

// ---- what it looks like

#[test]
fn a_document() {
    let source = "# Title\n\nSome **bold** and `code`.\nSecond line.\n\n- one\n- two\n  - deep\n\n    more\n3. x\n4. y\n\n\
        > quote\n>\n> - [x] done\n> - [ ] open\n\n```rust\nfn main() {}\n```\n***\n\n| a | 数量 |\n|---|--:|\n| x | 一二三 |\n\n\
        [site](https://a.b/c) https://x.y ![pic](p.png) <b>raw</b>\n";
    insta::assert_snapshot!(shown(&whole(source), 60));
}

#[test]
fn tables_on_narrow_screens() {
    let source =
        "| name | what it does |\n|:-:|---|\n| 甲 | a rather long cell that wraps |\n| b |\n";
    insta::assert_snapshot!(shown(&whole(source), 30) + &shown(&whole(source), 12));
}

#[test]
fn links_name_their_target() {
    for (source, text) in [
        ("[a](https://b.c)", "a (https://b.c)"),
        ("[https://good.com](https://evil.com)", "https://good.com (https://evil.com)"),
        ("<https://b.c>", "https://b.c"),
        ("www.b.c", "www.b.c"),
        ("[x](javascript:alert)", "x (javascript:alert)"),
        ("[a]\n\n[a]: https://b.c", "[a]"),
        ("![alt](https://b.c/d.png)", "[image: alt] (https://b.c/d.png)"),
    ] {
        assert_eq!(shown(&whole(source), 80).trim_end(), text);
    }
    let doc = whole("[a]: https://b.c 'title'\n\n[A]");
    assert_eq!(shown(&doc, 80).trim_end(), "A (https://b.c)");
    let doc = whole("见https://b.c/d，然后");
    let Body::Paragraph(flow) = &doc.pieces()[0].body else { panic!("no paragraph") };
    assert_eq!(flow.runs().len(), 3, "{flow:?}");
    let plain = whole("[x](file:///etc/passwd)");
    let Body::Paragraph(flow) = &plain.pieces()[0].body else { panic!("no paragraph") };
    assert!(flow.runs().iter().all(|r| r.ink == Ink::default()));
}

#[test]
fn chinese_emphasis_and_formulas() {
    assert_eq!(
        shown(&whole("**提示（Notice）：**请看**“引用”**后"), 80).trim_end(),
        "提示（Notice）：请看“引用”后"
    );
    assert_eq!(
        shown(&whole("so \\(a_1 \\cdot b_1\\) is $x\\_y$"), 80).trim_end(),
        "so $a_1 \\cdot b_1$ is $x\\_y$"
    );
    assert_eq!(shown(&whole("so \\(a\\{1\\}\\)"), 80).trim_end(), "so \\(a\\{1\\}\\)");
}

// ---- while it streams

#[test]
fn open_constructs_look_closed() {
    for (source, text) in [
        ("a **bo", "a bo"),
        ("a **bold*", "a bold"),
        ("text\n-", "text"),
        ("text\n\n1", "text"),
        ("- a\n- [", "• a"),
        ("- a\n- [x", "• a"),
        ("- a\n- [x] b", "• a\n☑ b"),
        ("```py\na\n``", "╭─ py\n  a"),
        ("```py\na", "╭─ py\n  a"),
        ("see [x](https://a.", "see x (https://a.)"),
        ("| a |\n|--", "| a |"),
        ("| a |\n|--|\n| b", "┌───┐\n│ a │\n├───┤\n│ b │\n└───┘"),
    ] {
        assert_eq!(streamed(source, 40).trim_end(), text, "{source:?}");
    }
}

#[test]
fn fences_and_items_settle_one_by_one() {
    let mut doc = Document::new();
    doc.push("- a\n- b\n- c");
    assert_eq!((doc.settled(), doc.pieces().len()), (1, 3));
    doc.push("\n\n  ```rust\n  one\n  two\n  thr");
    assert_eq!(doc.settled(), 6);
    assert_eq!(doc.code_blocks().len(), 1);
    assert_eq!((&*doc.code_blocks()[0].language, doc.code_blocks()[0].lines), ("rust", 2));
    assert_eq!(doc.code_lines(0, 1).collect::<Vec<_>>(), ["two"]);
    doc.set_code_colours(0, 1, vec![vec![(3, CodeRole::Keyword)], vec![], vec![]]);
    assert_eq!((doc.touched().len(), &doc.touched()[0]), (1, &(5..6)));
    doc.push("ee\n  ```\nend");
    assert!(doc.code_blocks()[0].closed);
    assert_eq!(doc.code_lines(0, 0).collect::<Vec<_>>(), ["one", "two", "three"]);
    let Body::CodeLine { colours, .. } = &doc.pieces()[5].body else { panic!("no line") };
    assert_eq!(colours.as_deref(), Some(&[(3, CodeRole::Keyword)][..]));
}

#[test]
fn more_may_come_after_the_end() {
    let mut doc = whole("```\ncut");
    doc.push("on **it** goes");
    doc.finish();
    assert_eq!(shown(&doc, 40), "╭─\n  cut\n╰─\n\non it goes\n");
    assert_eq!(doc.source(), "```\ncuton **it** goes");
}

// ---- against comrak

#[test]
fn known_cases_read_as_comrak_reads_them() {
    for source in [
        "a\n\nb\n",
        "> a\nlazy\n> b\n",
        "- a\n\n  b\n- c\n\n\n- d\n",
        "1. a\n2. b\n1) c\n",
        "- a\n * b\n  + c\n",
        "-\n\n  a\n",
        "-\n  a\n",
        "- - 1. a\n",
        "    code\n\n\n    more\n\ntext\n",
        "para\n    not code\n",
        "- a\n\n      code in item\n",
        "> ```\n> a\nb\n",
        "~~~ x\n```\n~~~~\n",
        "a\n===\nb\n---\n---\n",
        "| a | b |\n|---|\n",
        "x\n| a | b |\n|:--|--:|\n| c |\n| d | e | f |\ng\n\nh\n",
        "- | a |\n  |---|\n  | b |\n",
        "a | b\n- | -\n",
        "<div>\n*a*\n\n*b*\n",
        "<!-- x\n\ny -->\nz\n",
        "\ta\n  \tb\n-\tc\n",
        ">\ta\n",
        "1. a\n\n2. b\n   - c\n\n     d\n",
        "- [ ] a\n- [x] b\n\n  c\n1. [X] d\n",
        "# a\n## b #\n#\n",
        "14. a\nb\n15. c\n\nb\n16. d\n",
        "a  \nb\\\nc\n",
        "[a]: /x\n[b]: <y> 'z'\ntext [a]\n",
        "[a]: /x\n===\n",
        "* * *\n- - -\n***a***\n",
        "`a\nb` **c\nd**\n",
        "- a\n> b\n",
        "> - a\n- b\n",
        "| a |\n|---|\n\n    code\n",
        "| a |\n|---|\n    code\n",
        "| a |\n|---|\n- b\n",
    ] {
        assert_as_comrak(source);
    }
}

fn lines() -> impl Strategy<Value = String> {
    let lead = prop::sample::select(vec![
        "", "", "", "", " ", "  ", "   ", "    ", "      ", "> ", ">", "- ", "* ", "1. ", "2) ",
        "> > ", "- - ", "  - ", "\t", "   > ",
    ]);
    let text = prop::sample::select(vec![
        "",
        "",
        "word",
        "two words",
        "# head",
        "#",
        "---",
        "===",
        "***",
        "```",
        "```rust",
        "~~~",
        "- item",
        "-",
        "1. one",
        "7. seven",
        "| a | b |",
        "|---|---|",
        "|:-:|",
        "| c |",
        "a | b",
        "**bold** and *it*",
        "**open",
        "`code`",
        "<div>",
        "</div>",
        "<!-- c",
        "-->",
        "<b>x</b>",
        "> q",
        "[x] task",
        "[ ] task",
        "中文**“引用”**后，",
        "https://a.b/c",
        "[l](http://x)",
        "![i](y)",
        "a\\|b",
        "~~no~~",
        "line  ",
        "back\\",
        "&amp;&#27;",
        "$x_1$",
        "    deep",
        "<pre>",
        "</pre>",
        "_a_b_",
        "* x",
        "+",
        "\tt",
    ]);
    // comrak keeps the blanks before a lazy line and takes them for a cell when a table follows:
    // such lines are left out of the comparison.
    let line = (lead, text).prop_map(|(lead, text): (&str, &str)| {
        let lead = if lead.trim().is_empty() && text.contains('|') { "" } else { lead };
        format!("{lead}{text}\n")
    });
    prop::collection::vec(line, 0..14).prop_map(|lines| lines.concat())
}

/// Cuts of a text at up to a few places.
fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 0..12)
}

fn parts_of<'s>(source: &'s str, cuts: &[prop::sample::Index]) -> Vec<&'s str> {
    let places: Vec<usize> = source.char_indices().map(|(i, _)| i).chain([source.len()]).collect();
    let mut cuts: Vec<usize> = cuts.iter().map(|c| places[c.index(places.len())]).collect();
    cuts.sort_unstable();
    let mut from = 0;
    let mut out = Vec::new();
    for cut in cuts.into_iter().chain([source.len()]) {
        out.push(&source[from..cut]);
        from = cut;
    }
    out
}

fn long_text() -> impl Strategy<Value = String> {
    let bit = prop::sample::select(vec![
        "word ",
        "**b** ",
        "`c` ",
        "**open ",
        "中文。",
        "x",
        "\n",
        "- ",
        "| ",
        "\u{301}",
    ]);
    (prop::collection::vec(bit, 1..60), 1usize..60, any::<bool>()).prop_map(
        |(bits, times, fenced)| {
            let text = bits.concat().repeat(times);
            if fenced { format!("```\n{text}") } else { text }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn reads_as_comrak_reads_the_whole(source in lines()) {
        assert_as_comrak(&source);
    }

    #[test]
    fn cuts_do_not_matter(source in prop_oneof![3 => lines(), 1 => long_text()], cuts in cuts(), width in 1u16..60) {
        let once = whole(&source);
        let mut doc = Document::new();
        let mut settled: Vec<Piece> = Vec::new();
        let mut tail = Tail::new();
        for part in parts_of(&source, &cuts) {
            doc.push(part);
            prop_assert_eq!(&doc.pieces()[..settled.len()], &settled[..], "a settled piece changed");
            prop_assert!(doc.settled() >= settled.len());
            settled = doc.pieces()[..doc.settled()].to_vec();
            // Rows of the open end, resumed, are those of a fresh layout.
            let open = &doc.pieces()[doc.settled()..];
            let mut cold = Vec::new();
            for piece in open {
                lay_out(piece, width, Widths::default(), &mut cold);
            }
            prop_assert_eq!(tail.lay_out(open, width, Widths::default()).0, &cold[..]);
        }
        doc.finish();
        prop_assert_eq!(doc.source(), &source);
        prop_assert_eq!(doc.settled(), doc.pieces().len());
        prop_assert_eq!(doc.pieces(), once.pieces());
        prop_assert_eq!(doc.code_blocks(), once.code_blocks());
    }

    #[test]
    fn nothing_forbidden_comes_out(
        bits in prop::collection::vec(prop_oneof![
            prop::sample::select(vec!["&#27;", "&#x9b;", "&#8238;", "&#8203;", "\\", "\u{1b}", "[31m", "&zwj;", "&shy;", "```", "\n", "| ",
                "|--|\n", "[a](http://x\"&#27;)", "`", "<", "&#x202e;", "\u{200d}", "\u{301}\u{301}\u{301}", "**", "\u{e0041}", "&NewLine;", "&Tab;", "\r", "- "]).prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ], 0..40),
        width in 0u16..50,
    ) {
        let source = bits.concat();
        for (doc, done) in [(whole(&source), true), { let mut d = Document::new(); d.push(&source); (d, false) }] {
            let mut rows = Vec::new();
            for piece in doc.pieces() {
                lay_out(piece, width, Widths::default(), &mut rows);
            }
            for row in &rows {
                prop_assert!(Widths::default().text(&row.text) <= usize::from(width), "{:?} {}", row.text, done);
                prop_assert!(!row.text.chars().any(|c| c.is_control() || crate::text::sanitize::forbidden(c)), "{:?}", row.text);
                prop_assert_eq!(row.runs.iter().map(|r| r.len as usize).sum::<usize>(), row.text.len());
            }
            for block in 0..doc.code_blocks().len() {
                prop_assert!(doc.code_lines(block, 0).all(|l| !l.chars().any(|c| c != '\t' && c.is_control())));
            }
        }
    }
}

#[test]
fn endless_nesting_and_openers_end() {
    for unit in [
        ">", "- ", "1. ", "* ", "[", "](", "`` ` ", "*a _b ", "|", "\t", "<a ", "![", "&#27;",
        "> - ",
    ] {
        let doc = whole(&unit.repeat(3000));
        assert!(doc.pieces().iter().all(|p| p.marks.len() <= 40), "{unit:?}");
        assert!(shown(&doc, 10).lines().all(|row| Widths::default().text(row) <= 10), "{unit:?}");
    }
}

#[test]
fn long_text_is_parted_without_loss() {
    for source in ["word ".repeat(5000), "**b** c\n".repeat(3000)] {
        let doc = whole(&source);
        assert!(doc.pieces().len() > 4);
        let text: String = shown(&doc, 200).replace('\n', " ");
        let words = source.replace("**", "");
        assert_eq!(text.split_whitespace().count(), words.split_whitespace().count());
        assert!(!text.contains('*'), "parted inside emphasis");
    }
    let code = "x".repeat(20_000);
    let doc = whole(&format!("```\n{code}\n```\n"));
    assert_eq!(doc.code_lines(0, 0).collect::<String>(), code);
}

// ---- work

/// Pushes `tokens` small parts and returns the bytes parsed and broken into rows for each quarter.
fn work(part: impl Fn(usize) -> String, head: &str, tokens: usize) -> [u64; 4] {
    let mut doc = Document::new();
    let mut tail = Tail::new();
    doc.push(head);
    let mut quarters = [0; 4];
    let mut before = 0;
    for (quarter, sum) in quarters.iter_mut().enumerate() {
        for i in 0..tokens / 4 {
            doc.push(&part(quarter * tokens / 4 + i));
            tail.lay_out(&doc.pieces()[doc.settled()..], 80, Widths::default());
        }
        let all = doc.parsed() + tail.broken();
        *sum = all - before;
        before = all;
    }
    quarters
}

#[test]
fn work_for_a_token_does_not_grow() {
    type Part = fn(usize) -> String;
    let shapes: [(&str, &str, Part); 9] =
        [
            ("list", "", |i| if i % 8 == 0 { "\n- **item**".into() } else { " word".into() }),
            ("nested list", "- a\n  - b", |i| {
                if i % 8 == 0 { "\n    - `c`".into() } else { " word".into() }
            }),
            ("fence", "```rust\n", |i| if i % 8 == 0 { "\n".into() } else { " word".into() }),
            ("fence in a list", "- a\n\n  ```rust\n", |i| {
                if i % 8 == 0 { "\n  ".into() } else { " word".into() }
            }),
            ("paragraph of one line", "", |_| " *wo* rd".into()),
            ("paragraph of many lines", "", |i| {
                if i % 8 == 0 { "\n`x`".into() } else { " word".into() }
            }),
            ("quote", "> a", |i| if i % 40 == 0 { "\n>\n> **b**".into() } else { " word".into() }),
            ("table", "| a | b |\n|--|--|\n", |i| {
                if i % 8 == 0 { " |\n| `x` ".into() } else { " word".into() }
            }),
            ("line of code", "```\n", |_| "xxxx".into()),
        ];
    for (name, head, part) in shapes {
        let [_, second, third, last] = work(part, head, 4000);
        // A token costs at most a look at the open paragraph, line or table.
        assert!(last / 1000 < 3 * 4096, "{name}: {} bytes a token", last / 1000);
        assert!(last <= second.max(third) * 5 / 4 + 2000, "{name}: {second}, {third}, {last}");
    }
}
