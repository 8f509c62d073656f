//! What the simulator says: texts of its own, chosen and filled by the question, the same for the
//! same seed, model and messages. It refuses to know anything, and says in every answer what it is.

mod attached;
mod measure;
mod phrases;
mod question;
mod schema;
mod small;
mod sources;
mod tools;
mod words;

use super::request::{Call, Format, Message, Role};
use super::rng::{self, Rng};
use super::tokens;
use super::wire::ToolCall;
use phrases::Language;
use question::{Intent, Question};

pub(super) use measure::measured;
pub(super) use sources::{Source, read_tokens};

/// One answer before any limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) reasoning: String,
    pub(super) text: String,
    pub(super) calls: Vec<ToolCall>,
    /// What a search found, if one was asked for.
    pub(super) sources: Vec<Source>,
}

/// The conversation up to the question that is to be answered, and what was said in answer already.
struct Thread<'a> {
    messages: &'a [Message],
    said: Option<&'a str>,
}

/// Finds out whether a new answer is wanted or the rest of an old one.
fn thread(call: &Call) -> Thread<'_> {
    let messages = call.messages.as_slice();
    if let [before @ .., last] = messages
        && last.role == Role::Assistant
        && last.partial
    {
        return Thread { messages: before, said: Some(&last.text) };
    }
    if let [before @ .., answer, last] = messages
        && last.role == Role::User
        && answer.role == Role::Assistant
        && question::asks_to_go_on(&last.text)
    {
        return Thread { messages: before, said: Some(&answer.text) };
    }
    Thread { messages, said: None }
}

/// The seed of an answer: everything that it depends on.
fn seed_of(call: &Call, messages: &[Message], seed: u64) -> u64 {
    let start = rng::hash(seed, call.model.id.as_bytes());
    messages.iter().fold(start, |state, message| {
        let state = rng::hash(state, message.role.word().as_bytes());
        let state = rng::hash(state, message.text.as_bytes());
        message.media.iter().fold(state, |state, media| rng::hash(state, &media.mark.to_le_bytes()))
    })
}

/// The rest of `text` if the conversation holds its beginning already.
pub(super) fn after_partial(call: &Call, text: &str) -> String {
    let said = thread(call).said.filter(|said| !said.is_empty());
    let rest = said.and_then(|said| text.strip_prefix(said)).filter(|rest| !rest.is_empty());
    match (said, rest) {
        (Some(_), Some(rest)) => rest.to_owned(),
        (Some(said), None) => Language::of(said).section("continue", 0).to_owned(),
        (None, _) => text.to_owned(),
    }
}

/// The simulator's own answer.
pub(super) fn compose(call: &Call, seed: u64) -> Answer {
    let thread = thread(call);
    let question = Question::new(thread.messages);
    let mut rng = Rng::new(seed_of(call, thread.messages, seed));
    let mut answer = Answer::default();
    if call.thinking {
        answer.reasoning =
            fill(&question, call, question.language.section("reasoning", rng.below(8)));
    }
    answer.calls = tools::calls(call, &question, &mut rng);
    if !answer.calls.is_empty() {
        return answer;
    }
    let text = match &call.format {
        Format::Text => prose(call, &question, &mut rng),
        Format::JsonObject => schema::object(&question, call),
        Format::JsonSchema(wanted) => schema::instance(wanted, &question, "").to_string(),
    };
    answer.text = after_partial(call, &text);
    if let Some(search) = &call.search {
        answer.sources = sources::find(&question, &mut rng);
        if let Some(citation) = search.citations {
            answer.text = sources::cite(&answer.text, citation, answer.sources.len());
        }
    }
    answer
}

fn prose(call: &Call, question: &Question<'_>, rng: &mut Rng) -> String {
    let name = match &question.intent {
        Intent::Section(name) => name,
        Intent::Sum(_) => "sum",
        Intent::ToolResult(_) => "tool",
        Intent::Media(_) => "image",
    };
    fill(question, call, question.language.section(name, rng.below(8)))
}

/// Puts the question's words into a text.
fn fill(question: &Question<'_>, call: &Call, template: &str) -> String {
    let detail = match &question.intent {
        Intent::Section(_) => String::new(),
        Intent::Sum(text) | Intent::ToolResult(text) => text.clone(),
        Intent::Media(attached) => attached.short.clone(),
    };
    let list = match &question.intent {
        Intent::Media(attached) => attached.list.as_str(),
        Intent::Section(_) | Intent::Sum(_) | Intent::ToolResult(_) => "",
    };
    let recall = question.earlier.as_deref().map_or_else(String::new, |earlier| {
        question.language.section("recall", 0).replace("{earlier}", earlier)
    });
    let size = tokens::count(question.text).to_string();
    let (a, b) = question.sides();
    let values = [
        ("{topic}", question.topic.as_str()),
        ("{question}", &question.short),
        ("{model}", call.model.id),
        ("{recall}", &recall),
        ("{tokens}", &size),
        ("{a}", &a),
        ("{b}", &b),
        ("{sum}", &detail),
        ("{result}", &detail),
        ("{media}", &detail),
        ("{list}", list),
    ];
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    // One pass, so that a question with braces in it is not filled in turn.
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((key, value)) = values.iter().find(|(key, _)| rest.starts_with(key)) {
            out.push_str(value);
            rest = &rest[key.len()..];
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// A text full of what a terminal must never be given raw.
pub(super) const fn hostile() -> &'static str {
    "This simulator answer tries to take over the terminal: \u{1b}[2J\u{1b}[H\u{1b}[31mred\u{1b}[0m, \
     \u{1b}]0;a new title\u{7}, \u{1b}]52;c;bGlhbg==\u{7}, \u{1b}]8;;http://example.invalid/\u{1b}\\a link\u{1b}]8;;\u{1b}\\, \
     \u{1b}P+q544e\u{1b}\\, \u{9b}5m, \u{9d}0;again\u{9c}, \u{1b}[?1049h\u{1b}[?25l\u{1b}c, \u{8}\u{8}\u{7f}\u{0}, \
     \u{202e}sdrawkcab\u{202c}, \u{2066}isolate\u{2069}, \u{200b}zero\u{feff}width, \rover the line, &#27;[7mentity&#x1b;[0m.\n\n\
     | \u{1b}[1mcell\u{1b}[0m | 表\u{1b}[5m格 |\n|---|---|\n| \u{1b}7 | \u{1b}8 |\n\n```\u{1b}[41mrust\n\u{1b}[9999;9999Hfn main() {}\u{1b}[6n\n```\n\n\
     [link \u{1b}[4m](http://example.invalid/\u{1b}[2J) and that was all.\n"
}

#[cfg(test)]
mod tests;
