//! What an answer will say, token by token, after every limit of the request was applied.
//! It refuses to know time and bytes; `stream` and `chat` turn it into them.

use std::ops::Range;

use super::answer::{Answer, Source};
use super::request::Call;
use super::usage::Spent;
use super::wire::{Delta, ToolCall, Whole};
use super::{speech, tokens};

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) choice: u8,
    /// Nothing but the end of its choice comes behind it.
    pub(super) last: bool,
    part: Part,
    reasoning: usize,
    text: usize,
}

/// A choice up to and with some step.
#[derive(Debug, Clone, Default)]
pub(super) struct SoFar<'a> {
    pub(super) text: &'a str,
    pub(super) reasoning: &'a str,
    /// Each call and its arguments until now.
    pub(super) calls: Vec<(&'a ToolCall, &'a str)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Role,
    Reasoning(Range<usize>),
    Text(Range<usize>),
    CallStart {
        role: bool,
        index: usize,
        arguments: Range<usize>,
    },
    CallMore {
        index: usize,
        arguments: Range<usize>,
    },
    /// This part of the text is spoken.
    Speech(Range<usize>),
    End,
}

impl Step {
    /// It carries a token of the answer.
    pub(super) const fn is_token(&self) -> bool {
        matches!(self.part, Part::Reasoning(_) | Part::Text(_) | Part::CallMore { .. })
    }

    /// Adds what it says to what was said before it.
    pub(super) const fn count(&self, spent: &mut Spent) {
        spent.reasoning += self.reasoning;
        spent.text += self.text;
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
}

impl Script {
    /// One answer per choice that was asked for.
    pub(super) fn new(call: &Call, answers: Vec<Answer>) -> Self {
        let mut script = Self { choices: Vec::new(), steps: Vec::new(), thinking: call.thinking };
        let aloud = call.speech.is_some() && !call.thinking;
        let mut lanes = Vec::new();
        for (index, mut answer) in (0u8..).zip(answers) {
            let finish = limit(call, &mut answer);
            let mut lane = script.lane(&answer, aloud);
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

    /// The steps of one choice.
    fn lane(&self, answer: &Answer, aloud: bool) -> Vec<Step> {
        let step = |part, reasoning, text| Step { choice: 0, last: false, part, reasoning, text };
        let mut steps = Vec::new();
        if self.thinking || answer.calls.is_empty() {
            steps.push(step(Part::Role, 0, 0));
        }
        if self.thinking {
            let pieces = ranges(&answer.reasoning).into_iter();
            steps.extend(pieces.map(|piece| step(Part::Reasoning(piece), 1, 0)));
        }
        let sentences = if aloud { speech::sentences(&answer.text) } else { Vec::new() };
        let mut spoken = sentences.into_iter().peekable();
        for piece in ranges(&answer.text) {
            let end = piece.end;
            steps.push(step(Part::Text(piece), 0, 1));
            while let Some(sentence) = spoken.next_if(|sentence| sentence.end <= end) {
                steps.push(step(Part::Speech(sentence), 0, 0));
            }
        }
        for (index, call) in answer.calls.iter().enumerate() {
            let pieces = ranges(&call.arguments);
            let role = steps.is_empty();
            // The first call announces itself alone, the next ones bring their first piece along.
            let with = if index == 0 { 0 } else { pieces.first().map_or(0, |piece| piece.end) };
            let cost = 8 + tokens::count(&call.name) + usize::from(with > 0);
            steps.push(step(Part::CallStart { role, index, arguments: 0..with }, 0, cost));
            let rest = pieces.into_iter().filter(|piece| piece.start >= with);
            steps.extend(rest.map(|arguments| step(Part::CallMore { index, arguments }, 0, 1)));
        }
        if let Some(last) = steps.last_mut() {
            last.last = true;
        }
        steps.push(step(Part::End, 0, 0));
        steps
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
            // What is heard is made when it is due.
            Part::Speech(_) => Delta::Audio(&[]),
            Part::End => return (Delta::End, Some(finish)),
        };
        (delta, None)
    }

    /// The sentence that a step speaks.
    pub(super) fn spoken(&self, step: &Step) -> Option<&str> {
        match &step.part {
            Part::Speech(range) => {
                self.answer(step.choice).map(|answer| &answer.text[range.clone()])
            }
            Part::Role
            | Part::Reasoning(_)
            | Part::Text(_)
            | Part::CallStart { .. }
            | Part::CallMore { .. }
            | Part::End => None,
        }
    }

    /// Its choice up to and with this step, for a service that repeats itself.
    pub(super) fn so_far(&self, step: &Step) -> SoFar<'_> {
        let Some(answer) = self.answer(step.choice) else {
            return SoFar::default();
        };
        let all = SoFar { text: &answer.text, reasoning: &answer.reasoning, calls: Vec::new() };
        let calls = |index: usize, end: usize| {
            let done = answer.calls.iter().take(index).map(|call| (call, &*call.arguments));
            let open = answer.calls.get(index).map(|call| (call, &call.arguments[..end]));
            done.chain(open).collect()
        };
        match &step.part {
            Part::Role => SoFar::default(),
            Part::Reasoning(range) => {
                SoFar { reasoning: &answer.reasoning[..range.end], ..SoFar::default() }
            }
            Part::Text(range) | Part::Speech(range) => {
                SoFar { text: &answer.text[..range.end], ..all }
            }
            Part::CallStart { index, arguments, .. } | Part::CallMore { index, arguments } => {
                SoFar { calls: calls(*index, arguments.end), ..all }
            }
            Part::End => SoFar { calls: calls(answer.calls.len(), 0), ..all },
        }
    }

    fn answer(&self, choice: u8) -> Option<&Answer> {
        self.choices.get(usize::from(choice)).map(|choice| &choice.answer)
    }

    /// Why a choice ends.
    pub(super) fn finish(&self, choice: u8) -> &'static str {
        self.choices.get(usize::from(choice)).map_or("stop", |choice| choice.finish)
    }

    /// What was found before the first choice was written.
    pub(super) fn sources(&self) -> &[Source] {
        self.answer(0).map_or(&[], |answer| &answer.sources)
    }

    /// What all of it counts; speech is counted when it is heard.
    pub(super) fn spent(&self) -> Spent {
        let mut spent = Spent::default();
        self.steps.iter().for_each(|step| step.count(&mut spent));
        spent
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
