//! What an answer will say, token by token, after every limit of the request was applied.
//! It refuses to know time and bytes; `stream` and `chat` turn it into them.

use std::ops::Range;

use super::answer::Answer;
use super::request::Call;
use super::tokens;
use super::wire::{Delta, ToolCall, Whole};

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) choice: u8,
    part: Part,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Role,
    Reasoning(Range<usize>),
    Text(Range<usize>),
    CallStart { role: bool, index: usize, arguments: Range<usize> },
    CallMore { index: usize, arguments: Range<usize> },
    End,
}

impl Step {
    /// It carries a token of the answer.
    pub(super) const fn is_token(&self) -> bool {
        matches!(self.part, Part::Reasoning(_) | Part::Text(_) | Part::CallMore { .. })
    }
}

/// One choice of an answer.
#[derive(Debug, Clone)]
struct Choice {
    answer: Answer,
    finish: &'static str,
}

/// A whole answer, ready to be told.
#[derive(Debug, Clone)]
pub(super) struct Script {
    choices: Vec<Choice>,
    pub(super) steps: Vec<Step>,
    thinking: bool,
    reasoning_tokens: usize,
    text_tokens: usize,
}

impl Script {
    /// One answer per choice that was asked for.
    pub(super) fn new(call: &Call, answers: Vec<Answer>) -> Self {
        let mut script = Self {
            choices: Vec::new(),
            steps: Vec::new(),
            thinking: call.thinking,
            reasoning_tokens: 0,
            text_tokens: 0,
        };
        let mut lanes = Vec::new();
        for (index, mut answer) in (0u8..).zip(answers) {
            let finish = limit(call, &mut answer);
            let mut lane = script.lane(&answer);
            for step in &mut lane {
                step.choice = index;
            }
            lanes.push(lane.into_iter());
            script.choices.push(Choice { answer, finish });
        }
        // Several choices arrive interleaved.
        while !lanes.is_empty() {
            for lane in &mut lanes {
                script.steps.extend(lane.next());
            }
            lanes.retain(|lane| !lane.as_slice().is_empty());
        }
        script
    }

    /// The steps of one choice, and its tokens counted.
    fn lane(&mut self, answer: &Answer) -> Vec<Step> {
        let mut parts = Vec::new();
        if self.thinking || answer.calls.is_empty() {
            parts.push(Part::Role);
        }
        if self.thinking {
            let pieces = ranges(&answer.reasoning);
            self.reasoning_tokens += pieces.len();
            parts.extend(pieces.into_iter().map(Part::Reasoning));
        }
        let pieces = ranges(&answer.text);
        self.text_tokens += pieces.len();
        parts.extend(pieces.into_iter().map(Part::Text));
        for (index, call) in answer.calls.iter().enumerate() {
            let pieces = ranges(&call.arguments);
            self.text_tokens += 8 + tokens::count(&call.name) + pieces.len();
            let role = parts.is_empty();
            // The first call announces itself alone, the next ones bring their first piece along.
            let with = if index == 0 { 0 } else { pieces.first().map_or(0, |piece| piece.end) };
            parts.push(Part::CallStart { role, index, arguments: 0..with });
            let rest = pieces.into_iter().filter(|piece| piece.start >= with);
            parts.extend(rest.map(|arguments| Part::CallMore { index, arguments }));
        }
        parts.push(Part::End);
        parts.into_iter().map(|part| Step { choice: 0, part }).collect()
    }

    /// The delta of a step, and the finish reason if it ends its choice.
    pub(super) fn delta(&self, step: &Step) -> (Delta<'_>, Option<&'static str>) {
        let Some(Choice { answer, finish }) = self.choices.get(usize::from(step.choice)) else {
            return (Delta::End, Some("stop"));
        };
        let arguments = |index: usize, range: &Range<usize>| {
            answer.calls.get(index).and_then(|call| call.arguments.get(range.clone())).unwrap_or("")
        };
        let delta = match &step.part {
            Part::Role => Delta::Role,
            Part::Reasoning(range) => Delta::Reasoning(&answer.reasoning[range.clone()]),
            Part::Text(range) => Delta::Text(&answer.text[range.clone()]),
            Part::CallStart { role, index, arguments: range } => Delta::CallStart {
                role: *role,
                index: *index,
                call: &answer.calls[*index],
                arguments: arguments(*index, range),
            },
            Part::CallMore { index, arguments: range } => {
                Delta::CallMore { index: *index, arguments: arguments(*index, range) }
            }
            Part::End => return (Delta::End, Some(finish)),
        };
        (delta, None)
    }

    /// The text of its choice up to and with this step, for a service that repeats itself.
    pub(super) fn so_far(&self, step: &Step) -> Option<&str> {
        match &step.part {
            Part::Text(range) => self
                .choices
                .get(usize::from(step.choice))
                .map(|choice| &choice.answer.text[..range.end]),
            Part::Role
            | Part::Reasoning(_)
            | Part::CallStart { .. }
            | Part::CallMore { .. }
            | Part::End => None,
        }
    }

    /// Reasoning tokens, if the model thinks, and all others.
    pub(super) fn tokens(&self) -> (Option<usize>, usize) {
        (self.thinking.then_some(self.reasoning_tokens), self.text_tokens)
    }

    /// All choices as they stand in an answer that is not streamed.
    pub(super) fn wholes(&self) -> Vec<Whole<'_>> {
        self.choices
            .iter()
            .map(|choice| Whole {
                text: &choice.answer.text,
                reasoning: self.thinking.then_some(choice.answer.reasoning.as_str()),
                calls: &choice.answer.calls,
                finish: choice.finish,
            })
            .collect()
    }
}

fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    tokens::pieces(text)
        .map(|piece| {
            let start = at;
            at += piece.len();
            start..at
        })
        .collect()
}

/// Cuts a text after so many tokens; whether something was cut, and how many are left.
fn cut(text: &mut String, most: Option<usize>) -> (bool, usize) {
    let Some(most) = most else {
        return (false, tokens::count(text));
    };
    let mut pieces = tokens::pieces(text);
    let (mut bytes, mut kept) = (0, 0);
    for piece in pieces.by_ref().take(most) {
        bytes += piece.len();
        kept += 1;
    }
    let was_cut = bytes < text.len();
    text.truncate(bytes);
    (was_cut, kept)
}

/// Applies stop texts and limits; gives the finish reason.
fn limit(call: &Call, answer: &mut Answer) -> &'static str {
    if let Some(at) = call.stop.iter().filter_map(|stop| answer.text.find(stop.as_str())).min() {
        answer.text.truncate(at);
    }
    let budget = call.thinking_budget.into_iter().chain(call.max_total).min();
    let (_, thought) = if call.thinking { cut(&mut answer.reasoning, budget) } else { (false, 0) };
    let left = call.max_total.map(|most| most.saturating_sub(thought));
    let most = left.into_iter().chain(call.max_text).min();
    let (was_cut, _) = cut(&mut answer.text, most);
    let calls: &[ToolCall] = &answer.calls;
    match (was_cut, calls.is_empty()) {
        (true, _) => "length",
        (false, true) => "stop",
        (false, false) => "tool_calls",
    }
}
