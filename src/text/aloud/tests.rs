//! Reading aloud: what is read of every kind of markdown, and that it does not depend on how the
//! source arrived. It refuses to test where sentences end: the cutter beside it does.

use proptest::prelude::*;

use super::*;

fn read(source: &str) -> Vec<String> {
    read_all(source, 600, CodeBlocks::Skip).into_iter().map(|sentence| sentence.text).collect()
}

/// Every line of these is a sentence.
fn reads(source: &str, sentences: &[&str]) {
    assert_eq!(read(source), sentences, "{source:?}");
}

#[test]
fn no_syntax_is_read() {
    reads("**Bold**, *it*, ~~old~~ and `code()` here.", &["Bold, it, old and code() here."]);
    reads(
        "snake_case stays, _this_ goes, 2 * 3 = 6, 2*3.",
        &["snake_case stays, this goes, 2 * 3 = 6, 2*3."],
    );
    reads("这是**重点**，`let x`也读。", &["这是重点，let x也读。"]);
    reads("a \\*star\\* &amp; &#20013; ~5", &["a *star* & 中 ~5"]);
    reads("x<br>y <b>z</b> 1 < 2 <!-- no", &["x", "y z 1 < 2 <!-- no"]);
    reads("<!-- not\n\nthis --> but this", &["but this"]);
}

#[test]
fn blocks_end_sentences() {
    reads("# Title\nText goes\non. More", &["Title", "Text goes on.", "More"]);
    reads("## 标题 ##\n中文换行\n接着。", &["标题", "中文换行接着。"]);
    reads("Head\n====\n\nbody\n\n---\n\nend", &["Head", "body", "end"]);
    reads("> quoted\n> on\n\nafter", &["quoted on", "after"]);
    reads("one\\\ntwo", &["one", "two"]);
}

#[test]
fn lists_are_read_item_by_item() {
    reads("- a\n- [x] b\n  more\n\n* c\n+ d", &["a", "b more", "c", "d"]);
    reads("1. 苹果。\n2. 梨\n10) kiwi", &["1. 苹果。", "2. 梨", "10) kiwi"]);
    reads("- a\n\n    still a\n\n      deeper", &["a", "still a", "deeper"]);
}

#[test]
fn tables_are_read_row_by_row() {
    reads(
        "| Model | Price |\n|---|:-:|\n| plus | 0.8 |\n| max | |\n\nEnd.",
        &["Model, Price", "plus, 0.8", "max", "End."],
    );
    reads("| 模型 | 价格 |\n|--|--|\n| 通义 | 八毛 |", &["模型，价格", "通义，八毛"]);
    reads("a | b\n--|--\n1 | 2\n3 | 4\n\nend", &["a, b", "1, 2", "3, 4", "end"]);
}

#[test]
fn links_are_read_by_their_text() {
    reads("See [the *docs*](https://a.b/c_(d) \"t\") and ![图](x.png).", &["See the docs and 图."]);
    reads(
        "At https://help.aliyun.com/zh/a?b=c. Next www.w3.org/x，好",
        &["At help.aliyun.com.", "Next w3.org，好"],
    );
    reads("<https://x.org/y> and <a@b.c>", &["x.org and a@b.c"]);
    reads(
        "It is so [1][2], see [note][n] and arr[0].[^3]\n\n[n]: https://x.y\n[^3]: A note.",
        &["It is so, see note and arr0.", "A note."],
    );
    reads("[https://x.y/z](https://x.y/z) http", &["x.y http"]);
}

#[test]
fn code_blocks_are_passed_over_or_announced() {
    let source = "Before:\n```rust\nfn main() {}\n~~~\n```\nAfter.\n\n    indented();\n    more();\n\nEnd.\n\n- item\n  ```\n  x\n  ```\n> ```\n> y\nout";
    reads(source, &["Before:", "After.", "End.", "item", "out"]);
    let announced = CodeBlocks::Announce { text: "Code.".to_owned() };
    let all = read_all(source, 600, announced);
    let texts: Vec<_> = all.iter().map(|sentence| sentence.text.as_str()).collect();
    let code = "Code.";
    assert_eq!(texts, ["Before:", code, "After.", code, "End.", "item", code, code, "out"]);
    assert_eq!(&source[all[1].source.clone()], "```rust");
}

#[test]
fn only_code_and_only_pictures_say_nothing() {
    for nothing in [
        "```\nls\n```",
        "```sh\nls",
        "    ls -la\n",
        "🎉🎉 👍🏽\n",
        "---\n***\n",
        "",
        "\n \n",
        "[a]: http://b.c",
    ] {
        reads(nothing, &[]);
    }
}

#[test]
fn a_sentence_is_given_as_soon_as_it_is_known() {
    let mut reader = Reader::new(600, CodeBlocks::Skip);
    assert!(reader.push("你好").is_empty());
    assert!(reader.push("。").is_empty(), "a closing quote may follow");
    let first = reader.push("世");
    assert_eq!(first, [Sentence { text: "你好。".to_owned(), source: 0..9 }]);
    assert!(reader.push("界 **is").is_empty());
    assert_eq!(reader.push(" b**.\n\n").len(), 1, "no end of the answer is needed");
    assert!(reader.finish().is_empty());
}

#[test]
fn ranges_name_what_is_read() {
    let source = "**好。** see [a b](http://x.y) now. `Z`";
    let all = read_all(source, 600, CodeBlocks::Skip);
    let ranges: Vec<_> = all.iter().map(|sentence| &source[sentence.source.clone()]).collect();
    assert_eq!(ranges, ["好。", "see [a b](http://x.y) now.", "Z"]);
}

#[test]
fn a_hundred_thousand_characters_take_a_moment_however_they_come() {
    // What is looked for and never comes is given up: else all of it stays open, and is read anew
    // with every letter.
    for part in [
        "一句话。An [unclosed `thing ",
        "```",
        "((((",
        "[",
        "<a ",
        "&",
        "- ",
        "> ",
        "*",
        "https://x",
    ] {
        let source = part.repeat(100_000 / part.chars().count());
        let all = read_all(&source, 600, CodeBlocks::Skip);
        let mut reader = Reader::new(600, CodeBlocks::Skip);
        let mut pieces = 0;
        let mut most = 0;
        for c in source.chars() {
            pieces += reader.push(c.encode_utf8(&mut [0; 4])).len();
            most = most.max(reader.rest.len() + reader.cutter_open());
        }
        pieces += reader.finish().len();
        assert_eq!(pieces, all.len(), "{part}");
        assert!(most < 8 * FAR, "{part}: {most} bytes were open");
    }
}

impl Reader {
    fn cutter_open(&self) -> usize {
        self.cutter.open()
    }
}

/// Sources full of what decides something.
fn sources() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "word",
        "中文字",
        " ",
        "\n",
        "\n\n",
        "。",
        ". ",
        "! ",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "```",
        "```\n",
        "~~~\n",
        "# ",
        "## ",
        " ##\n",
        "- ",
        "1. ",
        "12) ",
        "> ",
        "| ",
        "|---|\n",
        " | ",
        "[",
        "](",
        ")",
        "]",
        "[1]",
        "[^n]: ",
        "[ref_2]",
        "![",
        "<b>",
        "</p>",
        "<!--",
        "-->",
        "<",
        "&amp;",
        "&#27;",
        "&",
        "https://a.b/c",
        "www.x.y",
        "\\",
        "\\\n",
        "    ",
        "\t",
        "---\n",
        "===\n",
        "👍🏽",
        "1\u{fe0f}\u{20e3}",
        "e\u{301}",
        "3.14",
        "e.g. ",
        "…",
        "”",
        "\r\n",
        "- [ ] ",
        "$",
        "h",
        "w",
        "“",
        "，",
        "one, two",
        "\u{202e}",
    ]);
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_cut_of_the_source_gives_the_same(
        source in sources(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        most in 8_usize..80,
        announce in any::<bool>(),
    ) {
        let blocks = if announce {
            CodeBlocks::Announce { text: "Code.".to_owned() }
        } else {
            CodeBlocks::Skip
        };
        let whole = read_all(&source, most, blocks.clone());
        let mut at: Vec<usize> =
            cuts.iter().map(|cut| crate::text::boundary(&source, cut.index(source.len() + 1))).collect();
        at.sort_unstable();
        let mut reader = Reader::new(most, blocks.clone());
        let mut parts = Vec::new();
        let mut from = 0;
        for to in at.into_iter().chain([source.len()]) {
            parts.extend(reader.push(&source[from..to]));
            from = to;
        }
        parts.extend(reader.finish());
        prop_assert_eq!(&parts, &whole);
        let mut reader = Reader::new(most, blocks);
        let mut letters = Vec::new();
        for c in source.chars() {
            letters.extend(reader.push(c.encode_utf8(&mut [0; 4])));
        }
        letters.extend(reader.finish());
        prop_assert_eq!(&letters, &whole);
    }

    #[test]
    fn pieces_are_short_and_clean_and_their_ranges_go_on(source in sources(), most in 8_usize..80) {
        let mut end = 0;
        for Sentence { text, source: range } in read_all(&source, most, CodeBlocks::Skip) {
            prop_assert!(billed(&text) <= most, "{} > {}", text, most);
            prop_assert!(text.chars().any(char::is_alphanumeric) && text.trim() == text);
            prop_assert_eq!(crate::text::sanitize::line(&text), text);
            prop_assert!(end <= range.start && range.start < range.end, "{:?} after {}", range, end);
            prop_assert!(source.get(range.clone()).is_some());
            end = range.end;
        }
    }
}
