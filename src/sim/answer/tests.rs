//! Answers: their language, their markdown, their honesty.

#![expect(clippy::needless_pass_by_value, reason = "literals of JSON read best without a `&`")]

use serde_json::{Value, json};

use super::*;
use crate::sim::request::Manner;

fn call_with(model: &str, messages: Value, more: Value) -> Call {
    let mut body = json!({"model": model, "messages": messages, "stream": true});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    Call::compat(&body, Manner::default()).unwrap()
}

fn ask(text: &str) -> Answer {
    let call = call_with("qwen-plus", json!([{"role": "user", "content": text}]), json!({}));
    compose(&call, 1)
}

fn intent(text: &str) -> Intent {
    let call = call_with("qwen-plus", json!([{"role": "user", "content": text}]), json!({}));
    Question::new(&call.messages).intent
}

const QUESTIONS: &[&str] = &[
    "hi",
    "thanks!",
    "who are you?",
    "Explain the async task pattern",
    "what is streaming?",
    "Why do I get 429?",
    "how does the context cache work",
    "thinking mode?",
    "how do I generate a video?",
    "text to speech",
    "what are embeddings",
    "why is unicode hard in terminals",
    "explain ownership in Rust",
    "write a Rust function that reverses a string",
    "fibonacci in rust, show code",
    "write a parser in rust",
    "reverse a string, python code",
    "python fibonacci function",
    "write a script to rename files",
    "show me a curl example",
    "give me a json example",
    "write an sql query for orders",
    "markdown please",
    "list five tips for hiking",
    "compare tea and coffee",
    "summarize this text",
    "tell me a story about a cat",
    "a poem about rain",
    "translate good night",
    "2+2",
    "why is the sky blue",
    "why do cats purr",
    "what is Raft?",
    "I like trains",
    "你好",
    "谢谢",
    "你是谁？",
    "解释一下异步任务模式",
    "什么是流式输出",
    "为什么会限流？",
    "上下文缓存怎么计费",
    "思考模式怎么打开",
    "怎么生成视频",
    "语音合成",
    "向量是什么",
    "终端里全角字符的宽度",
    "解释一下所有权",
    "用 Rust 写一个反转字符串的函数",
    "用 Rust 写斐波那契",
    "用 Rust 写一个解析器",
    "用 Python 反转字符串的代码",
    "用 Python 写斐波那契",
    "写一段代码重命名文件",
    "写一个 bash 脚本",
    "给我一个 JSON 示例",
    "写一条 SQL 查询语句",
    "markdown 示例",
    "列出五条徒步建议",
    "茶和咖啡的区别",
    "总结一下这段话",
    "讲个猫的故事",
    "写一首关于雨的诗",
    "翻译：晚安",
    "1+1等于几",
    "天空为什么是蓝色的",
    "为什么猫会打呼噜",
    "什么是 Raft",
    "我喜欢火车",
];

#[test]
fn every_answer_says_what_it_is_in_the_language_of_the_question() {
    for question in QUESTIONS {
        let text = ask(question).text;
        let chinese = question.chars().any(tokens::is_cjk);
        let word = if chinese { "模拟器" } else { "imulator" };
        assert!(text.contains(word), "{question}: {text}");
        assert!(!chinese || !text.contains("imulator"), "{question}: {text}");
        for key in [
            "{topic}",
            "{question}",
            "{model}",
            "{recall}",
            "{tokens}",
            "{a}",
            "{b}",
            "{sum}",
            "%%",
        ] {
            assert!(!text.contains(key), "{question}: {text}");
        }
    }
}

#[test]
fn every_text_is_reached_by_some_question() {
    let mut reached: Vec<String> = QUESTIONS
        .iter()
        .map(|question| match intent(question) {
            Intent::Section(name) => format!("{name} {:?}", Language::of(question)),
            other => format!("{other:?}"),
        })
        .collect();
    reached.sort();
    for language in [Language::English, Language::Chinese] {
        for name in language.names() {
            let spoken =
                ["sum", "tool", "image", "continue", "reasoning", "recall"].contains(&name);
            let key = format!("{name} {language:?}");
            assert!(spoken || reached.contains(&key), "{key} is never said");
        }
    }
    assert_eq!(Language::English.names(), Language::Chinese.names());
}

#[test]
fn the_texts_of_both_languages_never_hold_another_section() {
    for language in [Language::English, Language::Chinese] {
        for name in language.names() {
            assert!(!language.section(name, 0).is_empty(), "{name}");
        }
    }
}

#[test]
fn answers_depend_on_seed_model_and_messages_only() {
    assert_eq!(ask("I like trains"), ask("I like trains"));
    let call =
        call_with("qwen-plus", json!([{"role": "user", "content": "I like trains"}]), json!({}));
    let texts: std::collections::HashSet<String> =
        (0..20).map(|seed| compose(&call, seed).text).collect();
    assert!(texts.len() > 1);
}

#[test]
fn the_async_pattern_is_told_right() {
    for question in ["Explain the async task pattern of DashScope", "请解释异步任务模式"] {
        let text = ask(question).text;
        for fact in [
            "X-DashScope-Async: enable",
            "/api/v1/tasks/{task_id}",
            "PENDING",
            "RUNNING",
            "SUCCEEDED",
            "FAILED",
            "CANCELED",
            "UNKNOWN",
            "24",
        ] {
            assert!(text.contains(fact), "{fact}: {text}");
        }
    }
}

#[test]
fn topics_are_picked_up_and_cannot_break_the_markdown() {
    for (question, topic) in [
        ("What is Raft consensus?", "Raft consensus"),
        ("Please explain the halting problem in detail.", "the halting problem"),
        ("什么是量子纠缠？", "量子纠缠"),
        ("请帮我解释一下**区块链**的原理", "区块链"),
        ("compare `tea` | and <coffee>", "tea and coffee"),
        ("???", "that"),
    ] {
        let call =
            call_with("qwen-plus", json!([{"role": "user", "content": question}]), json!({}));
        assert_eq!(Question::new(&call.messages).topic, topic, "{question}");
    }
    let text = ask("compare tea and coffee").text;
    assert!(text.contains("| question | tea | coffee |"), "{text}");
    let text = ask("what is {question} {model}").text;
    assert!(text.contains("question model"), "{text}");
}

#[test]
fn a_partial_answer_is_continued_where_it_stopped() {
    let question = json!({"role": "user", "content": "Explain the async task pattern"});
    let whole = ask("Explain the async task pattern").text;
    for (at, _) in whole.char_indices().skip(1).step_by(97) {
        let (head, tail) = whole.split_at(at);
        let partial = json!([question, {"role": "assistant", "content": head, "partial": true}]);
        assert_eq!(compose(&call_with("qwen-plus", partial, json!({})), 1).text, tail);
        let asked = json!([question, {"role": "assistant", "content": head}, {"role": "user", "content": "continue"}]);
        assert_eq!(compose(&call_with("qwen-plus", asked, json!({})), 1).text, tail);
    }
    let foreign = json!([question, {"role": "assistant", "content": "Something else entirely", "partial": true}]);
    let text = compose(&call_with("qwen-plus", foreign, json!({})), 1).text;
    assert!(text.contains("simulator") && text.starts_with(" …"), "{text}");
}

#[test]
fn later_questions_remember_earlier_ones() {
    let messages = json!([{"role": "user", "content": "I like trains"}, {"role": "assistant", "content": "Good."},
        {"role": "user", "content": "and I like boats"}]);
    let text = compose(&call_with("qwen-plus", messages, json!({})), 1).text;
    assert!(text.contains("Earlier you asked about “I like trains”"), "{text}");
}

#[test]
fn thinking_models_think_in_the_language_of_the_question() {
    let messages = |text: &str| json!([{"role": "user", "content": text}]);
    let think = |text| compose(&call_with("qwq-plus", messages(text), json!({})), 1).reasoning;
    assert!(think("What is Raft?").contains("What is Raft?"));
    assert!(think("什么是量子纠缠？").contains("量子纠缠"));
    assert!(ask("What is Raft?").reasoning.is_empty());
}

fn weather(question: &str, more: Value) -> Vec<ToolCall> {
    let mut options = json!({"tools": [{"type": "function", "function": {"name": "get_weather",
        "description": "Get the current weather of a city", "parameters": {"type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
        "required": ["city"]}}}]});
    for (key, value) in more.as_object().unwrap() {
        options[key] = value.clone();
    }
    compose(&call_with("qwen-plus", json!([{"role": "user", "content": question}]), options), 1)
        .calls
}

#[test]
fn a_tool_is_called_when_the_question_wants_it() {
    let calls = weather("What is the weather in Chengdu?", json!({}));
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].name.as_str(), calls[0].arguments.as_str()),
        ("get_weather", r#"{"city": "Chengdu"}"#)
    );
    assert!(calls[0].id.starts_with("call_") && calls[0].id.len() == 27, "{}", calls[0].id);
    assert_eq!(weather("北京今天天气怎么样？", json!({}))[0].arguments, r#"{"city": "北京"}"#);
    let both =
        weather("Compare the weather in Xi'an and Chengdu", json!({"parallel_tool_calls": true}));
    let cities: Vec<&str> = both.iter().map(|call| call.arguments.as_str()).collect();
    assert_eq!(cities, [r#"{"city": "Xi'an"}"#, r#"{"city": "Chengdu"}"#]);
    assert!(weather("Tell me a joke", json!({})).is_empty());
    assert!(weather("What is the weather in Chengdu?", json!({"tool_choice": "none"})).is_empty());
    let forced = json!({"tool_choice": {"type": "function", "function": {"name": "get_weather"}}});
    assert_eq!(weather("Tell me a joke", forced).len(), 1);
}

#[test]
fn the_result_of_a_tool_is_told() {
    let messages = json!([{"role": "user", "content": "What is the weather in Chengdu?"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "call_1", "type": "function",
            "function": {"name": "get_weather", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "22 degrees, sunny"}]);
    let answer = compose(&call_with("qwen-plus", messages, json!({})), 1);
    assert!(
        answer.text.contains("> 22 degrees, sunny") && answer.calls.is_empty(),
        "{}",
        answer.text
    );
}

#[test]
fn json_modes_give_json_of_the_wanted_shape() {
    let messages = json!([{"role": "user", "content": "Reply in JSON: what is Raft?"}]);
    let call = call_with(
        "qwen-plus",
        messages.clone(),
        json!({"response_format": {"type": "json_object"}}),
    );
    let value: Value = serde_json::from_str(&compose(&call, 1).text).unwrap();
    assert_eq!(value["source"], "lian simulator");
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 18},
        "kind": {"enum": ["cat", "dog"]}, "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2},
        "deep": {"type": "object", "properties": {"ok": {"type": "boolean"}}}}});
    let format = json!({"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}});
    let value: Value =
        serde_json::from_str(&compose(&call_with("qwen-plus", messages, format), 1).text).unwrap();
    assert!(value["name"].is_string() && value["deep"]["ok"].is_boolean(), "{value}");
    assert_eq!((value["age"].clone(), value["kind"].clone()), (json!(18), json!("cat")));
    assert_eq!(value["tags"].as_array().unwrap().len(), 2);
}

#[test]
fn attachments_are_named_not_seen() {
    // The header of a picture of 640 by 480 pixels.
    let png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAoAAAAHg";
    let ask = |text: &str| {
        let messages = json!([{"role": "user", "content": [{"type": "text", "text": text},
            {"type": "image_url", "image_url": {"url": png}},
            {"type": "image_url", "image_url": {"url": "https://example.com/my_cat.png"}}]}]);
        compose(&call_with("qwen3-vl-plus", messages, json!({})), 1).text
    };
    let text = ask("What is this?");
    assert!(text.contains("**2 images**") && text.contains("cannot see"), "{text}");
    assert!(
        text.contains("- image 1: PNG, 640 × 480 pixels, landscape, 24 bytes, 302 tokens\n"),
        "{text}"
    );
    assert!(
        text.contains("- image 2: `my_cat.png`, by its link, counted as 922 tokens\n"),
        "{text}"
    );
    let text = ask("这是什么？");
    assert!(text.contains("**2 张图片**") && text.contains("看不见"), "{text}");
    assert!(text.contains("- 图片 1：PNG，640 × 480 像素，横向，24 字节，302 token\n"), "{text}");
}

#[test]
fn a_search_finds_what_cannot_be_mistaken_for_real_and_marks_it() {
    let messages = json!([{"role": "user", "content": "Explain the async task pattern"}]);
    let search = json!({"enable_search": true, "search_options": {"enable_source": true,
        "enable_citation": true, "citation_format": "[ref_<number>]"}});
    let answer = compose(&call_with("qwen-plus", messages.clone(), search), 1);
    assert_eq!(answer.sources.len(), 5);
    for (index, source) in (1..).zip(&answer.sources) {
        assert_eq!(source.index, index);
        assert!(
            source.url.contains("example.") && source.title.contains("async task"),
            "{source:?}"
        );
    }
    for mark in ["[ref_1]", "[ref_2]"] {
        assert_eq!(answer.text.matches(mark).count(), 1, "{}", answer.text);
    }
    let plain = compose(&call_with("qwen-plus", messages, json!({})), 1);
    assert!(plain.sources.is_empty() && !plain.text.contains("[ref_"));
    assert_eq!(
        answer.text.replace("[ref_1]", "").replace("[ref_2]", "").replace("[ref_3]", ""),
        plain.text
    );
}
