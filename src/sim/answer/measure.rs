//! Answers for measuring: so many tokens of mixed markdown, about 3.1 bytes each, with everything a
//! terminal finds hard. It refuses to be interesting.

use super::{Answer, after_partial, compose};
use crate::sim::request::Call;
use crate::sim::rng::Rng;
use crate::sim::tokens;

const HEADINGS: &[&str] =
    &["Measured answer", "On throughput", "宽度与换行", "What a frame costs", "Notes", "流式渲染"];

const BLOCKS: &[&str] = &[
    "The simulator fills this paragraph with plain words, so that a terminal has to wrap them, scroll them and keep **bold**, *italic* and `code` apart. It goes on a little, as answers do, because wrapping only shows its character when sentences have room enough to break somewhere inconvenient.\n\n",
    "| 名称 | example | 宽度 |\n|---|---|---|\n| 拉丁字母 | letters | 一列 |\n| 汉字 | 模拟器 | 两列 |\n| 表情 | rocket 🚀 | 两列 |\n| 组合字符 | combining é | 一列 |\n\n",
    "```rust\nfn measure(answer: &str) -> usize {\n    let mut columns = 0;\n    for cluster in answer.graphemes(true) {\n        columns += cluster.width();\n    }\n    columns\n}\n```\n\n",
    "终端里的一个汉字占两格，所以换行的位置要按宽度来算，标点也一样。模拟器把这些字一个一个地发出来，看看画面会不会抖动，滚动是否平稳，光标有没有停在该停的地方。\n\n",
    "```python\ndef throughput(tokens: int, seconds: float) -> float:\n    \"\"\"Tokens per second, as the status line shows them.\"\"\"\n    if seconds <= 0:\n        return float(tokens)\n    return tokens / seconds\n```\n\n",
    "- first things first\n  - nested, with `inline code`\n    - deeper: 第三层列表\n- [x] finished 🎉\n- [ ] still waiting\n\n",
    "> Quoted text keeps its bar when it wraps, and every line of it counts.\n> 引用的第二行也要对齐，不能多出一格。\n\n",
    "1. Collect everything that arrived since the previous frame.\n2. Paint only whatever changed.\n3. Write once, and wait for the clock.\n\n",
    "| # | a | b | ok |\n|--:|:-:|:-:|:-:|\n| 1 | 汉 | 2 | ✅ |\n| 2 | é | 1 | ✅ |\n| 3 | 🚀 | 2 | ❌ |\n| 4 | — | 0 | ✅ |\n\n",
    "Emoji come along too: 👍 🙂 🐼 🌏 🧪 — with ~~old~~ and [new links](https://example.com/).\n\n",
    "Long answers should cost no more per token than short ones. Whoever scrolls back while text keeps arriving must find the same lines in the same places, undisturbed by whatever happens further below.\n\n",
];

/// An answer of exactly so many tokens of text; reasoning comes on top where the model thinks.
pub(in crate::sim) fn measured(call: &Call, seed: u64, size: usize) -> Answer {
    let mut answer = compose(call, seed);
    answer.calls.clear();
    answer.text = after_partial(call, &text(seed, size));
    answer
}

fn text(seed: u64, size: usize) -> String {
    let mut rng = Rng::new(seed);
    let mut text = String::with_capacity(size * 4);
    let start = rng.below(BLOCKS.len());
    let mut section = 0;
    // A token has 3.1 bytes on average, so this is surely enough to cut from.
    while text.len() < size * 4 + 256 {
        if section % 6 == 0 {
            let title = HEADINGS[rng.below(HEADINGS.len())];
            text.extend(["## ", &(section / 6 + 1).to_string(), " ", title, "\n\n"]);
        }
        text.push_str(BLOCKS[(section + start) % BLOCKS.len()]);
        section += 1;
    }
    let end = tokens::pieces(&text).take(size).map(str::len).sum();
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_exact_and_a_token_has_about_three_bytes() {
        for size in [1, 10, 333, 2_000, 20_000] {
            let text = text(1, size);
            assert_eq!(tokens::count(&text), size);
            if size >= 2_000 {
                let per_thousand = text.len() * 1000 / size;
                assert!((3_050..3_250).contains(&per_thousand), "{per_thousand}");
            }
        }
        let text = text(1, 2_000);
        for part in ["## ", "```rust", "```python", "| 汉字 |", "🚀", "终端"] {
            assert!(text.contains(part), "{part}");
        }
    }
}
