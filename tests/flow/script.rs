//! Random walks: whatever is typed, said and resized in whatever order, no frame panics, a cold
//! cache paints what a warm one paints, and the reader's place holds.

use std::time::Duration;

use lian::domain::chat::{CodeRole, TurnEnd, TurnEvent};
use lian::domain::conversations::StoreEvent;
use lian::domain::notice::{Notice, NoticeKind, Throttle};
use lian::domain::settings::Language;
use lian::effect::Effect;
use lian::event::{HighlightEvent, ServiceEvent};
use lian::input::PointerKind;
use lian::input::bindings::BINDINGS;
use lian::state::scroll::Position;
use proptest::prelude::*;

use crate::harness::{Harness, Inbox, complete, delta, ended, settings};

/// One step of a walk.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A key of the table, by its number.
    Key(usize),
    Type(&'static str),
    Paste(&'static str),
    Ask(&'static str),
    Delta(&'static str),
    Reasoning(&'static str),
    /// Text of a turn that may be over.
    Late(usize, &'static str),
    Tool(bool),
    Waiting,
    End(u8),
    /// Colours for the code that wanted them.
    Colours,
    Press(u16),
    Wheel(bool),
    Pass(u64),
    Resize(u16, u16),
    Trouble,
    Recovered,
    Full(bool),
}

/// Pieces of text with everything that is hard to lay out.
const PIECES: &[&str] = &[
    "word ",
    "一段中文，没有空格的长句子要在任何宽度里换行。",
    "\n",
    "\n\n",
    "# Heading\n\n",
    "- item\n- another\n  - deeper\n\n",
    "1. one\n2. two\n\n",
    "| a | 表头 |\n|---|--:|\n| 1 | 二三四 |\n| long cell here | x |\n\n",
    "```rust\nfn main() { println!(\"你好\"); }\n",
    "```\n",
    "> quoted\n> text\n\n",
    "**bold** and `code` and [link](https://example.com)",
    "👨‍👩‍👧 👍🏽 e\u{301} ❤️",
    "supercalifragilisticexpialidocious-and-a-very-long-word-without-any-break-at-all",
    "---\n",
    "    indented\n\n",
    "<b>html</b> &amp; \\* \t",
];

/// The widths and heights that are asked for.
const SIZES: &[(u16, u16)] =
    &[(80, 24), (20, 5), (40, 10), (120, 40), (200, 60), (61, 17), (33, 8), (5, 3), (1, 1), (0, 0)];

fn step() -> impl Strategy<Value = Step> {
    let piece = || prop::sample::select(PIECES);
    prop_oneof![
        6 => (0..keys().len()).prop_map(Step::Key),
        2 => prop::sample::select(&["x", "你", "two words ", "<lt>"][..]).prop_map(Step::Type),
        1 => piece().prop_map(Step::Paste),
        3 => piece().prop_map(Step::Ask),
        12 => piece().prop_map(Step::Delta),
        2 => piece().prop_map(Step::Reasoning),
        1 => (0_usize..4, piece()).prop_map(|(turn, text)| Step::Late(turn, text)),
        1 => any::<bool>().prop_map(Step::Tool),
        1 => Just(Step::Waiting),
        2 => (0_u8..3).prop_map(Step::End),
        2 => Just(Step::Colours),
        1 => (0_u16..70).prop_map(Step::Press),
        2 => any::<bool>().prop_map(Step::Wheel),
        2 => prop::sample::select(&[1, 40, 200, 1_000, 7_000][..]).prop_map(Step::Pass),
        2 => prop::sample::select(SIZES).prop_map(|(w, h)| Step::Resize(w, h)),
        1 => Just(Step::Trouble),
        1 => Just(Step::Recovered),
        1 => any::<bool>().prop_map(Step::Full),
    ]
}

fn keys() -> Vec<&'static str> {
    BINDINGS.iter().flat_map(|binding| binding.keys).copied().collect()
}

/// A walk of some steps; `true` beside a step paints a frame after it.
fn walk() -> impl Strategy<Value = Vec<(Step, bool)>> {
    prop::collection::vec((step(), prop::bool::weighted(0.8)), 1..50)
}

/// Takes one step. The frame, if one is painted, follows.
fn take(h: &mut Harness, step: &Step) {
    let last = h.turns().last().copied();
    match step {
        Step::Key(at) => drop(h.key(keys()[*at])),
        Step::Type(keys) => drop(h.keys(keys)),
        Step::Paste(text) => drop(h.paste(text)),
        Step::Ask(text) => drop(h.keys("<alt+1>").paste(text).keys("<enter>")),
        Step::Delta(text) => {
            last.map(|turn| h.turn_says(turn, delta(text, "")));
        }
        Step::Reasoning(text) => {
            last.map(|turn| h.turn_says(turn, delta("", text)));
        }
        Step::Late(turn, text) => {
            let turn = h.turns().get(*turn).copied();
            turn.map(|turn| h.turn_says(turn, delta(text, "")));
        }
        Step::Tool(first) => {
            let name = first.then(|| "get_weather".to_owned());
            let arguments = "{\"city\": \"杭州\"".to_owned();
            let what = TurnEvent::ToolCall { index: 0, name, arguments };
            last.map(|turn| h.turn_says(turn, what));
        }
        Step::Waiting => {
            let notice = Notice::new(NoticeKind::Throttled { kind: Throttle::Tokens, tries: 0 });
            let wait = Duration::from_millis(2_300);
            let what = TurnEvent::Waiting { notice, wait, attempt: 2 };
            last.map(|turn| h.turn_says(turn, what));
        }
        Step::End(how) => {
            let what = match how {
                0 => complete(),
                1 => ended(TurnEnd::Stopped),
                _ => ended(TurnEnd::Failed(Notice::new(NoticeKind::Cut))),
            };
            last.map(|turn| h.turn_says(turn, what));
        }
        Step::Colours => colours(h),
        Step::Press(row) => drop(h.mouse(PointerKind::Press, 3, *row)),
        Step::Wheel(up) => {
            let kind = if *up { PointerKind::WheelUp } else { PointerKind::WheelDown };
            h.mouse(kind, 3, 3);
        }
        Step::Pass(ms) => drop(h.pass(*ms)),
        Step::Resize(width, height) => drop(h.resize(*width, *height)),
        Step::Trouble => {
            let notice = Notice::new(NoticeKind::DiskFull { path: "/data/lian".to_owned() });
            h.says(ServiceEvent::Store(StoreEvent::Trouble(notice)));
        }
        Step::Recovered => drop(h.says(ServiceEvent::Store(StoreEvent::Recovered))),
        Step::Full(full) => h.full = full.then_some(Inbox::Store),
    }
}

/// What the highlight worker would answer, each line in one colour.
fn colours(h: &mut Harness) {
    for effect in h.effects() {
        let Effect::Highlight(command) = effect else { continue };
        let lines = command.lines.iter().map(|line| vec![(line.len() as u32, CodeRole::Keyword)]);
        h.says(ServiceEvent::Highlight(HighlightEvent {
            message: command.message,
            block: command.block,
            first_line: command.first_line,
            lines: lines.collect(),
        }));
    }
}

fn harness(language: Language, size: (u16, u16)) -> Harness {
    Harness::with(lian::domain::settings::Settings { language, ..settings() }, size)
}

/// Does the steps; frames are painted where they are asked for.
fn go(h: &mut Harness, steps: &[(Step, bool)]) {
    for (step, frame) in steps {
        h.hidden = true;
        take(h, step);
        h.hidden = false;
        if *frame {
            h.frame();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The harness checks at every frame that changed rows were named and the cursor is inside.
    #[test]
    fn no_walk_panics_at_any_size(steps in walk(), zh in any::<bool>(), at in 0..SIZES.len()) {
        let language = if zh { Language::ZhCn } else { Language::En };
        go(&mut harness(language, SIZES[at]), &steps);
    }

    #[test]
    fn a_cold_cache_paints_the_same_frame(steps in walk()) {
        let mut warm = harness(Language::En, (80, 24));
        let mut cold = harness(Language::En, (80, 24));
        let mut resized = false;
        for step in &steps {
            // Where the reader is at a new width is found through the rows of the old one.
            resized |= matches!(step.0, Step::Resize(..));
            let follows = warm.state.conversations().shown().scroll.position() == Position::End;
            cold.cold = follows || !resized;
            go(&mut warm, std::slice::from_ref(step));
            go(&mut cold, std::slice::from_ref(step));
            resized &= !step.1;
            if warm.buffer() != cold.buffer() {
                prop_assert_eq!(warm.screen(), cold.screen(), "after {:?}", step);
                prop_assert_eq!(warm.styles(), cold.styles(), "after {:?}", step);
            }
            prop_assert_eq!(warm.cursor(), cold.cursor(), "after {:?}", step);
        }
    }
}
