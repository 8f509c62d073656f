//! Which models the simulator serves and by what rules, read from `models.txt` beside this file.
//! It refuses to know the client's catalog: the two are written apart so that they can disagree.

use std::sync::OnceLock;

/// Where a model is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Chat of text on both surfaces.
    Chat,
    /// Chat on both surfaces, natively at `multimodal-generation`.
    Multi,
    /// Embeddings of text on both surfaces.
    Embed,
    /// Embeddings of text, images and videos, native only.
    Vision,
    /// Sorting by relevance.
    Rerank,
    /// Another path of the native surface.
    Native,
    /// Only a web socket.
    Realtime,
}

/// Whether a model reasons before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    /// It cannot.
    Never,
    /// When asked to.
    Off,
    /// Unless asked not to.
    On,
    /// It cannot do otherwise.
    Always,
}

/// Which answers must be streamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Streaming {
    /// None.
    Any,
    /// Those with thinking.
    Thinking,
    /// All.
    Always,
}

/// The form of native answers when none is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usual {
    /// `output.text`, of the older models.
    Text,
    /// `output.choices`.
    Message,
}

/// Which media a model takes besides text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Takes {
    pub(super) image: bool,
    pub(super) video: bool,
    pub(super) audio: bool,
}

/// One model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    pub(super) id: &'static str,
    pub(super) route: Route,
    pub(super) thinking: Thinking,
    pub(super) streaming: Streaming,
    /// Largest prompt in tokens, where known.
    pub(super) context: Option<u64>,
    /// Largest answer in tokens, where known.
    pub(super) output: Option<u64>,
    pub(super) tools: bool,
    pub(super) search: bool,
    pub(super) takes: Takes,
    /// It can answer aloud.
    pub(super) speaks: bool,
    pub(super) usual: Usual,
}

/// Every model, in the order of the file.
pub(super) fn all() -> &'static [Model] {
    static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
    MODELS.get_or_init(|| include_str!("models.txt").lines().filter_map(line).collect())
}

/// The model with this id.
pub(super) fn find(id: &str) -> Option<&'static Model> {
    all().iter().find(|model| model.id == id)
}

/// One line of the file; a comment or a broken line is none (a test reads them all).
fn line(line: &'static str) -> Option<Model> {
    if line.starts_with('#') {
        return None;
    }
    let mut columns = line.split_whitespace();
    let id = columns.next()?;
    let route = match columns.next()? {
        "chat" => Route::Chat,
        "multi" => Route::Multi,
        "embed" => Route::Embed,
        "vision" => Route::Vision,
        "rerank" => Route::Rerank,
        "native" => Route::Native,
        "realtime" => Route::Realtime,
        _ => return None,
    };
    let thinking = match columns.next()? {
        "never" => Thinking::Never,
        "off" => Thinking::Off,
        "on" => Thinking::On,
        "always" => Thinking::Always,
        _ => return None,
    };
    let streaming = match columns.next()? {
        "any" => Streaming::Any,
        "thinking" => Streaming::Thinking,
        "always" => Streaming::Always,
        _ => return None,
    };
    let context = columns.next()?.parse().ok();
    let output = columns.next()?.parse().ok();
    let abilities = columns.next()?;
    let has = |name| abilities.split(',').any(|ability| ability == name);
    Some(Model {
        id,
        route,
        thinking,
        streaming,
        context,
        output,
        tools: has("tools"),
        search: has("search"),
        takes: Takes { image: has("image"), video: has("video"), audio: has("audio") },
        speaks: has("speaks"),
        usual: if has("plain") { Usual::Text } else { Usual::Message },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_model() {
        let lines = include_str!("models.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), all().len());
        let ids: std::collections::HashSet<_> = all().iter().map(|model| model.id).collect();
        assert_eq!(ids.len(), all().len());
    }

    #[test]
    fn the_rules_of_the_well_known() {
        for (id, route, thinking, streaming) in [
            ("qwen-plus", Route::Chat, Thinking::Off, Streaming::Any),
            ("qwen-max", Route::Chat, Thinking::Never, Streaming::Any),
            ("qwen3.5-plus", Route::Multi, Thinking::On, Streaming::Any),
            ("qwen3-8b", Route::Chat, Thinking::On, Streaming::Thinking),
            ("qwen3-30b-a3b-thinking-2507", Route::Chat, Thinking::Always, Streaming::Thinking),
            ("qwq-plus", Route::Chat, Thinking::Always, Streaming::Always),
            ("qwen3-omni-flash", Route::Multi, Thinking::Off, Streaming::Always),
            ("wan2.5-t2v-preview", Route::Native, Thinking::Never, Streaming::Any),
            ("qwen3-tts-flash", Route::Native, Thinking::Never, Streaming::Any),
            ("qwen3-tts-flash-realtime", Route::Realtime, Thinking::Never, Streaming::Any),
            ("text-embedding-v4", Route::Embed, Thinking::Never, Streaming::Any),
        ] {
            let model = find(id).unwrap_or_else(|| panic!("{id}"));
            assert_eq!(
                (model.route, model.thinking, model.streaming),
                (route, thinking, streaming),
                "{id}"
            );
        }
        assert!(find("no-such-model").is_none());
        let vision = find("qwen3-vl-plus").unwrap();
        assert!(vision.takes.image && vision.takes.video && !vision.takes.audio && !vision.speaks);
        let omni = find("qwen3-omni-flash").unwrap();
        assert!(omni.takes.audio && omni.speaks && !find("qwen3.8-omni-flash").unwrap().speaks);
        let usual = |id| find(id).unwrap().usual;
        assert_eq!((usual("qwen-plus"), usual("qwen-max")), (Usual::Text, Usual::Text));
        assert_eq!((usual("qwen3-max"), usual("qwen-long")), (Usual::Message, Usual::Message));
        assert_eq!((usual("qwen3-vl-plus"), usual("qwq-plus")), (Usual::Message, Usual::Message));
    }
}
