//! The main view as a reader sees it: one settled conversation at three sizes in two languages, and
//! its looks in every shipped theme. A visible change comes with its snapshot.

use lian::domain::chat::CodeRole;
use lian::domain::settings::{Language, Place, Settings};
use lian::effect::Effect;
use lian::event::{HighlightEvent, ServiceEvent};
use lian::theme::{SHIPPED, Theme};

use crate::harness::{Harness, delta, settings};

const QUESTION: &str = "Which regions serve qwen-plus, and how do I call it? 请简短回答。";

const ANSWER: &str = "\
## Regions

`qwen-plus` is served in **two** regions; *keys* are [per region](https://example.com/keys):

| Region | 地域 | Latency |
|:-------|:----:|--------:|
| cn-beijing | 华北2（北京） | 40 ms |
| ap-southeast-1 | 新加坡 | 180 ms |

1. Set `DASHSCOPE_API_KEY`.
2. Ask:
   - with `lian chat`, or
   - from Rust:

```rust
// 一个请求
let answer = client.ask(\"你好\", 2048).await?;
```

> Prices differ by region.
> 价格以控制台为准。

- [x] key
- [ ] quota

That is all. 就这些 👍
";

/// Roles for the two lines of code above, as the highlight worker would give them.
fn roles(line: &str) -> Vec<(u32, CodeRole)> {
    let Some((before, rest)) = line.split_once('"') else {
        return vec![(line.len() as u32, CodeRole::Comment)];
    };
    let (string, after) = rest.split_once('"').unwrap_or((rest, ""));
    let parts = [
        ("let".len(), CodeRole::Keyword),
        (before.len() - "let".len(), CodeRole::Plain),
        (string.len() + 2, CodeRole::String),
        (after.len(), CodeRole::Operator),
    ];
    parts.map(|(bytes, role)| (bytes as u32, role)).to_vec()
}

/// A settled conversation with colours in its code.
fn settled(language: Language, size: (u16, u16)) -> Harness {
    let mut h = Harness::with(Settings { language, ..settings() }, size);
    h.exchange("你好", "你好！有什么可以帮你？");
    h.ask(QUESTION);
    h.turn_says(h.turn(), delta("", "The user wants regions. 简短。"));
    h.delta(ANSWER).done();
    for effect in h.effects() {
        if let Effect::Highlight(command) = effect {
            let (message, block, first_line) = (command.message, command.block, command.first_line);
            let lines = command.lines.iter().map(|line| roles(line)).collect();
            h.says(ServiceEvent::Highlight(HighlightEvent { message, block, first_line, lines }));
        }
    }
    h
}

/// The frame below its size.
fn framed(h: &Harness) -> String {
    let (width, height) = (h.buffer().area.width, h.buffer().area.height);
    format!("{width}x{height}\n{}", h.screen())
}

#[test]
fn the_main_view() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        for size in [(20, 5), (80, 24), (120, 40)] {
            let h = settled(language, size);
            insta::assert_snapshot!(format!("main_{name}_{}x{}", size.0, size.1), framed(&h));
        }
    }
}

#[test]
fn the_looks_of_every_theme() {
    for (name, _) in SHIPPED {
        let mut h = settled(Language::En, (80, 40));
        h.theme = Theme::shipped(name).unwrap();
        h.cold = true;
        h.keys("draft");
        let mut text = String::new();
        for (row, styles) in h.rows().iter().zip(h.styles().lines()) {
            text.push_str(row);
            if !styles.is_empty() {
                text.push_str("\n        ");
                text.push_str(styles);
            }
            text.push('\n');
        }
        insta::assert_snapshot!(format!("looks_{name}"), text);
    }
}

#[test]
fn an_answer_on_its_way() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        let mut h = settled(language, (80, 24));
        h.ask("And the price?");
        h.turn_says(h.turn(), delta("", "Prices are per token."));
        h.delta("The price is **per tok").keys("next question");
        insta::assert_snapshot!(format!("streaming_{name}_80x24"), framed(&h));
        h.keys("<esc>");
        insta::assert_snapshot!(format!("stopped_{name}_80x24"), framed(&h));
    }
}

#[test]
fn the_first_screen_and_the_help() {
    for (language, name) in [(Language::En, "en"), (Language::ZhCn, "zh")] {
        let (profile, region) = ("demo".to_owned(), String::new());
        let place = Place { simulator: true, profile, region, ..settings().place };
        let mut h = Harness::with(Settings { language, place, ..settings() }, (80, 24));
        insta::assert_snapshot!(format!("welcome_{name}_80x24"), framed(&h));
        h.keys("?");
        insta::assert_snapshot!(format!("help_{name}_80x24"), framed(&h));
        h.keys("<esc>").resize(20, 5);
        insta::assert_snapshot!(format!("welcome_{name}_20x5"), framed(&h));
    }
}
