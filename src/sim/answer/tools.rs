//! Whether the question wants one of the tools that were offered, and the calls if it does.
//! It goes by words in common between question and tool; it refuses to call anything itself.

use serde_json::{Map, Value, json};

use super::question::Question;
use super::schema;
use crate::sim::request::{Call, Role, Tool, ToolChoice};
use crate::sim::rng::Rng;
use crate::sim::wire::ToolCall;

/// Words of tools and what people say in Chinese when they want one.
const WORDS: &[(&str, &[&str])] = &[
    ("weather", &["天气", "气温", "下雨", "温度"]),
    ("time", &["几点", "时间"]),
    ("date", &["日期", "几号", "星期"]),
    ("calc", &["计算", "算一下", "等于"]),
    ("translate", &["翻译"]),
    ("mail", &["邮件"]),
    ("file", &["文件"]),
    ("read", &["读取", "打开"]),
    ("find", &["查找", "搜索", "查一下"]),
    ("query", &["查询", "查一下"]),
    ("stock", &["股票", "股价"]),
    ("price", &["价格", "多少钱"]),
    ("map", &["地图", "路线"]),
    ("image", &["图片", "画"]),
    ("news", &["新闻"]),
    ("order", &["订单"]),
];

/// Words that say nothing about a tool.
const EMPTY: &[&str] = &[
    "the", "get", "for", "and", "with", "from", "this", "that", "given", "current", "user", "use",
    "when", "what", "you", "are", "tool", "function", "returns", "return", "into",
];

/// The calls of an answer; none if it is to be a text.
pub(super) fn calls(call: &Call, question: &Question<'_>, rng: &mut Rng) -> Vec<ToolCall> {
    let last_is_tool = call.messages.last().is_some_and(|message| message.role == Role::Tool);
    let tool = match &call.tool_choice {
        ToolChoice::None => None,
        ToolChoice::Function(name) => call.tools.iter().find(|tool| tool.name == *name),
        ToolChoice::Auto if last_is_tool => None,
        ToolChoice::Auto => call.tools.iter().find(|tool| wanted(tool, question.text)),
    };
    let Some(tool) = tool else {
        return Vec::new();
    };
    let places = schema::places(question.text);
    let several = if call.parallel_tools { places.len().clamp(1, 4) } else { 1 };
    (0..several)
        .map(|index| ToolCall {
            id: format!("call_{:016x}{:06x}", rng.next(), rng.next() & 0xff_ffff),
            name: tool.name.clone(),
            arguments: spaced(&arguments(tool, question, places.get(index).copied())),
        })
        .collect()
}

fn wanted(tool: &Tool, question: &str) -> bool {
    let question = question.to_lowercase();
    let about = format!("{} {}", tool.name, tool.description).to_lowercase();
    let shared =
        about.split(|c: char| !c.is_alphanumeric()).filter(|word| word.is_ascii()).any(|word| {
            word.len() >= 3
                && !EMPTY.contains(&word)
                && question.split(|c: char| !c.is_ascii_alphanumeric()).any(|own| own == word)
        });
    let translated = WORDS.iter().any(|(word, chinese)| {
        (about.contains(word) || chinese.iter().any(|word| about.contains(word)))
            && chinese.iter().any(|word| question.contains(word))
    });
    shared || translated
}

fn arguments(tool: &Tool, question: &Question<'_>, place: Option<&str>) -> Value {
    let mut value = schema::instance(&tool.parameters, question, "");
    if !value.is_object() {
        value = Value::Object(Map::new());
    }
    if let (Some(object), Some(place)) = (value.as_object_mut(), place) {
        for key in ["city", "location", "place"] {
            if object.get(key).is_some_and(Value::is_string) {
                object.insert(key.to_owned(), json!(place));
            }
        }
    }
    value
}

/// JSON with a space after each colon and comma, as models write it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let fields: Vec<String> = object
                .iter()
                .map(|(key, value)| format!("{}: {}", json!(key), spaced(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
