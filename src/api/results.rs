//! What a job made and used, found wherever an answer keeps it: every model family of video and
//! images has a place of its own for addresses and its own spelling of usage. It refuses to judge
//! the job; `tasks` and `images` say what became of it.

use serde_json::Value;

use super::fields::{address, at, block, count, decimal, flag, line, list};
use crate::domain::tasks::{
    FileKind, TaskFailure, TaskFile, TaskMetrics, TaskPart, TaskUsage, resolution_of,
};

/// More parts of one answer than this are not followed; the largest documented number is 12.
const MOST: usize = 256;
/// How deep an unknown answer is searched for addresses.
const DEEPEST: usize = 8;
/// Keys that hold one address, and what is behind it where the key tells.
const ADDRESSES: [(&str, Option<FileKind>); 8] = [
    ("video_url", Some(FileKind::Video)),
    ("video", Some(FileKind::Video)),
    ("image_url", Some(FileKind::Image)),
    ("image", Some(FileKind::Image)),
    ("audio_url", Some(FileKind::Audio)),
    ("url", None),
    ("output_url", None),
    ("result_url", None),
];

/// The parts of an `output`, in the order of the answer: `results` (a list, or one object), the
/// fields beside it, the content of `choices`. Where none of these holds an address, the whole of
/// it is searched.
pub(super) fn parts(output: &Value) -> Vec<TaskPart> {
    let mut found = Vec::new();
    match at(output, "results") {
        Some(Value::Array(items)) => items.iter().for_each(|item| part(item, &mut found)),
        Some(Value::Object(_)) => part(&output["results"], &mut found),
        Some(Value::String(text)) => push(text, None, None, &mut found),
        _ => {}
    }
    files(output, &mut found);
    for choice in list(output, "choices") {
        let content = choice.get("message").unwrap_or(choice);
        match at(content, "content") {
            Some(Value::Array(items)) => items.iter().for_each(|item| files(item, &mut found)),
            Some(item @ Value::Object(_)) => files(item, &mut found),
            _ => {}
        }
    }
    if found.is_empty() {
        search(output, 0, &mut found);
    }
    found
}

/// One element of `results`: a file, or why there is none.
fn part(item: &Value, out: &mut Vec<TaskPart>) {
    if let Value::String(text) = item {
        return push(text, None, None, out);
    }
    let before = out.len();
    files(item, out);
    if out.len() == before
        && out.len() < MOST
        && let Some(failure) = failure(item)
    {
        out.push(TaskPart::Failed(failure));
    }
}

/// The addresses that an object holds itself.
fn files(item: &Value, out: &mut Vec<TaskPart>) {
    let prompt = || block(item, "actual_prompt");
    for (key, kind) in ADDRESSES {
        match item.get(key) {
            Some(Value::String(text)) => push(text, kind, prompt(), out),
            // `{"type":"image_url","image_url":{"url":".."}}`
            Some(Value::Object(inner)) => {
                if let Some(text) = inner.get("url").and_then(Value::as_str) {
                    push(text, kind, prompt(), out);
                }
            }
            Some(Value::Array(all)) => {
                all.iter().filter_map(Value::as_str).for_each(|t| push(t, kind, prompt(), out));
            }
            _ => {}
        }
    }
}

fn push(text: &str, kind: Option<FileKind>, prompt: Option<String>, out: &mut Vec<TaskPart>) {
    let Some(url) = address(text) else { return };
    let known = out.iter().any(|part| matches!(part, TaskPart::File(file) if file.url == url));
    if !known && out.len() < MOST {
        let kind = kind.unwrap_or_else(|| by_name(&url));
        out.push(TaskPart::File(TaskFile { url, kind, prompt }));
    }
}

/// What is behind an address, by the end of its path.
fn by_name(url: &str) -> FileKind {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let end = path.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
    match end.map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
        Some("mp4" | "mov" | "webm" | "avi" | "mkv") => FileKind::Video,
        Some("png" | "jpg" | "jpeg" | "webp" | "bmp" | "gif" | "tiff") => FileKind::Image,
        Some("wav" | "mp3" | "pcm" | "opus" | "ogg" | "flac" | "m4a") => FileKind::Audio,
        _ => FileKind::Other,
    }
}

/// Any text below a key that speaks of an address.
fn search(value: &Value, depth: usize, out: &mut Vec<TaskPart>) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match inner {
                    Value::String(text) if key.to_ascii_lowercase().contains("url") => {
                        push(text, None, None, out);
                    }
                    _ => search(inner, depth + 1, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| search(item, depth + 1, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A `code` and a `message`, where there is either.
pub(super) fn failure(value: &Value) -> Option<TaskFailure> {
    let (code, message) = (line(value, "code"), line(value, "message"));
    (code.is_some() || message.is_some()).then(|| TaskFailure {
        code: code.unwrap_or_default(),
        message: message.unwrap_or_default(),
    })
}

/// How the parts ended: `task_metrics`, which synchronous images call `task_metric`.
pub(super) fn metrics(output: &Value) -> Option<TaskMetrics> {
    let metrics = at(output, "task_metrics").or_else(|| at(output, "task_metric"))?;
    let of = |key: &str| count(metrics, key).unwrap_or_default();
    metrics.is_object().then(|| TaskMetrics {
        total: of("TOTAL"),
        succeeded: of("SUCCEEDED"),
        failed: of("FAILED"),
    })
}

/// The usage of an answer in all its spellings. Of several counts of seconds the first above zero
/// counts, for one library fills what is missing with zeros.
pub(super) fn usage(usage: &Value) -> TaskUsage {
    let seconds = ["video_duration", "duration", "output_video_duration"];
    let seconds: Vec<_> = seconds.iter().filter_map(|key| decimal(usage, key)).collect();
    let size = ["video_ratio", "size"].iter().find_map(|key| size(&line(usage, key)?));
    let size = size.or_else(|| {
        let side = |key: &str| u32::try_from(count(usage, key)?).ok().filter(|n| *n > 0);
        Some((side("width")?, side("height")?))
    });
    let of = |keys: &[&str]| keys.iter().find_map(|key| count(usage, key));
    let class = ["SR", "resolution", "video_ratio"];
    let class = class.iter().find_map(|key| class_of(&line(usage, key)?));
    let video = seconds.iter().any(|n| !n.is_zero()) || usage.get("video_count").is_some();
    TaskUsage {
        seconds: seconds.iter().copied().find(|n| !n.is_zero()).or(seconds.first().copied()),
        resolution: class.or_else(|| Some(resolution_of(size.filter(|_| video)?).to_owned())),
        size,
        videos: of(&["video_count"]),
        images: of(&["image_count", "images"]),
        tokens: of(&["total_tokens"]).or_else(|| {
            let part = |key: &str| count(usage, key);
            match (part("input_tokens"), part("output_tokens")) {
                (None, None) => None,
                (a, b) => Some(a.unwrap_or_default().saturating_add(b.unwrap_or_default())),
            }
        }),
        sound: flag(usage, "audio"),
    }
}

/// `1280*720`, also with an x.
fn size(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(['*', 'x', 'X', '×'])?;
    let side = |text: &str| text.trim().parse::<u32>().ok().filter(|n| (1..=100_000).contains(n));
    Some((side(width)?, side(height)?))
}

/// `720`, `720P` and `720p` are one class.
fn class_of(text: &str) -> Option<String> {
    let digits = text.trim().trim_end_matches(['p', 'P']);
    let number: u32 = digits.parse().ok().filter(|n| (100..=10_000).contains(n))?;
    Some(format!("{number}p"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn urls(output: &Value) -> Vec<(String, FileKind)> {
        let parts = parts(output);
        let file = |part: &TaskPart| match part {
            TaskPart::File(file) => Some((file.url.clone(), file.kind)),
            TaskPart::Failed(_) => None,
        };
        parts.iter().filter_map(file).collect()
    }

    #[test]
    fn an_address_is_found_in_every_place() {
        let one = |output: Value, end: &str, kind: FileKind| {
            assert_eq!(urls(&output), [(format!("https://h.example/{end}"), kind)], "{output}");
        };
        let u = |end: &str| format!("https://h.example/{end}");
        one(json!({"video_url": u("a.mp4")}), "a.mp4", FileKind::Video);
        one(json!({"results": [{"url": u("a.png?x=1")}]}), "a.png?x=1", FileKind::Image);
        one(json!({"results": [{"video_url": u("a")}]}), "a", FileKind::Video);
        one(json!({"results": {"video_url": u("a")}}), "a", FileKind::Video);
        one(json!({"url": u("a.txt.gz")}), "a.txt.gz", FileKind::Other);
        one(json!({"output_url": u("a.wav")}), "a.wav", FileKind::Audio);
        let choice = |content: Value| json!({"choices": [{"message": {"content": content}}]});
        one(choice(json!([{"text": "x"}, {"image": u("a")}])), "a", FileKind::Image);
        one(choice(json!([{"video": u("a")}])), "a", FileKind::Video);
        one(choice(json!({"image": u("a")})), "a", FileKind::Image);
        one(
            choice(json!([{"type": "image_url", "image_url": {"url": u("a")}}])),
            "a",
            FileKind::Image,
        );
        one(json!({"anything": {"new": [{"some_url": u("a.mov")}]}}), "a.mov", FileKind::Video);
        // The same address in two places is one file.
        one(json!({"video_url": u("a"), "results": [{"video_url": u("a")}]}), "a", FileKind::Video);
        assert!(urls(&json!({"video_url": "file:///etc/passwd", "url": ""})).is_empty());
        assert!(urls(&json!({"results": 7, "choices": [null, 3, {"message": 1}]})).is_empty());
    }

    #[test]
    fn failed_parts_stay_in_their_places() {
        let output = json!({"results": [
            {"url": "https://h.example/1.png", "orig_prompt": "a", "actual_prompt": "b"},
            {"code": "InternalError.Timeout", "message": "no\u{7}"},
            {"url": "https://h.example/3.png"}, {}, null
        ]});
        let found = parts(&output);
        assert_eq!(found.len(), 3);
        let TaskPart::File(first) = &found[0] else { panic!("{found:?}") };
        assert_eq!(first.prompt.as_deref(), Some("b"));
        let failed =
            TaskFailure { code: "InternalError.Timeout".to_owned(), message: "no".to_owned() };
        assert_eq!(found[1], TaskPart::Failed(failed));
    }

    #[test]
    fn a_flood_of_results_ends() {
        let many: Vec<_> =
            (0..5000).map(|n| json!({"url": format!("https://h.example/{n}")})).collect();
        assert_eq!(parts(&json!({ "results": many })).len(), MOST);
        let mut deep = json!({"a_url": "https://h.example/a"});
        for _ in 0..50 {
            deep = json!({ "in": deep });
        }
        assert!(parts(&deep).is_empty());
    }

    #[test]
    fn usage_is_read_in_every_spelling() {
        let told = |json: Value| {
            let found = usage(&json);
            let seconds = found.seconds.map(|n| n.to_string());
            (seconds, found.resolution, found.size)
        };
        let want = |seconds: &str, class: &str, size: Option<(u32, u32)>| {
            (Some(seconds.to_owned()), Some(class.to_owned()), size)
        };
        assert_eq!(
            told(json!({"video_duration": 5, "video_ratio": "1280*720", "video_count": 1})),
            want("5", "720p", Some((1280, 720)))
        );
        assert_eq!(
            told(json!({"SR": 480, "duration": 5, "video_count": 1})),
            want("5", "480p", None)
        );
        assert_eq!(
            told(json!({"SR": "720", "duration": 5.04, "output_video_duration": 5})),
            want("5.04", "720p", None)
        );
        assert_eq!(
            told(json!({"SR": "1080P", "duration": "10", "size": "1920*1080"})),
            want("10", "1080p", Some((1920, 1080)))
        );
        assert_eq!(
            told(
                json!({"video_duration": 0, "video_ratio": "", "output_video_duration": 4, "SR": 720})
            ),
            want("4", "720p", None)
        );
        assert_eq!(told(json!({"ratio": "16:9"})), (None, None, None));
        assert_eq!(told(json!({"duration": -5, "SR": {}, "size": "a*b"})), (None, None, None));
        assert_eq!(told(json!(null)), (None, None, None));
        let images = usage(&json!({"image_count": "2", "width": 1664, "height": 928}));
        assert_eq!((images.images, images.size), (Some(2), Some((1664, 928))));
        assert_eq!((images.resolution, images.tokens), (None, None));
        assert_eq!(usage(&json!({"input_tokens": 3, "output_tokens": 4})).tokens, Some(7));
        assert_eq!(usage(&json!({"audio": true})).sound, Some(true));
    }
}
