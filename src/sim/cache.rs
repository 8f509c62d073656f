//! The implicit context cache: which beginnings of prompts were seen within the last minutes.
//! It keeps hashes of blocks of tokens, never text.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::media::Kind;
use super::request::Call;
use super::usage::Prompt;
use super::{rng, tokens};

/// Tokens of one block.
const BLOCK: usize = 64;
/// A shorter common beginning is not read from the cache.
const SMALLEST: usize = 256;
/// How long a beginning is remembered after its last use.
const LIFE: Duration = Duration::from_secs(300);
/// Blocks remembered at most; then the older half is dropped.
const MOST: usize = 65_536;

/// The cache of one server.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<u64, Instant>>);

impl Cache {
    /// Counts a prompt, says how much of it was known at `now`, and remembers it.
    pub(super) fn count(&self, call: &Call, now: Instant) -> Prompt {
        let tools: usize = call
            .tools
            .iter()
            .map(|tool| {
                let schema = tool.parameters.to_string();
                8 + [&tool.name, &tool.description, &schema]
                    .map(|text| tokens::count(text))
                    .iter()
                    .sum::<usize>()
            })
            .sum();
        let blocks = blocks(call);
        let mut prompt = Prompt { text: tools + 2, ..Prompt::default() };
        for message in &call.messages {
            prompt.text += message.tokens();
            for media in &message.media {
                *match media.kind {
                    Kind::Image => &mut prompt.image,
                    Kind::Video | Kind::Frames(_) => &mut prompt.video,
                    Kind::Audio => &mut prompt.audio,
                } += media.tokens;
            }
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |seen: &Instant| now.saturating_duration_since(*seen) < LIFE;
        let hits = blocks.iter().take_while(|block| known.get(block).is_some_and(fresh)).count();
        if known.len() + blocks.len() > MOST {
            let mut ages: Vec<Instant> = known.values().copied().collect();
            ages.sort_unstable();
            if let Some(middle) = ages.get(ages.len() / 2).copied() {
                known.retain(|_, seen| *seen > middle);
            }
        }
        known.extend(blocks.iter().take(MOST / 2).map(|block| (*block, now)));
        let cached = (hits * BLOCK).min(prompt.total());
        prompt.cached = if cached < SMALLEST { 0 } else { cached };
        prompt
    }
}

/// A hash for each whole block of the prompt; each covers everything before it.
fn blocks(call: &Call) -> Vec<u64> {
    let mut blocks = Vec::new();
    let mut state = rng::hash(0, call.model.id.as_bytes());
    let mut filled = 0;
    for message in &call.messages {
        state = rng::hash(state, message.role.word().as_bytes());
        for media in &message.media {
            state = rng::hash(state, &media.mark.to_le_bytes());
        }
        for piece in tokens::pieces(&message.text) {
            state = rng::hash(state, piece.as_bytes());
            filled += 1;
            if filled % BLOCK == 0 {
                blocks.push(state);
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::request::Manner;

    fn call(model: &str, system: &str, user: &str) -> Call {
        Call::compat(
            &json!({"model": model, "messages": [
            {"role": "system", "content": system}, {"role": "user", "content": user}]}),
            Manner::default(),
        )
        .unwrap()
    }

    #[tokio::test]
    async fn a_long_common_beginning_is_cached_for_minutes() {
        let cache = Cache::default();
        let now = Instant::now();
        let long = "a sentence that says something ".repeat(100);
        let first = cache.count(&call("qwen-plus", &long, "one"), now);
        assert_eq!(first.cached, 0);
        let second = cache.count(&call("qwen-plus", &long, "two"), now + Duration::from_secs(60));
        assert!(second.cached >= 256 && second.cached <= second.total(), "{second:?}");
        assert_eq!(cache.count(&call("qwen-max", &long, "two"), now).cached, 0);
        let late = cache.count(&call("qwen-plus", &long, "two"), now + Duration::from_secs(420));
        assert_eq!(late.cached, 0);
        let short = "few words ".repeat(20);
        cache.count(&call("qwen-plus", &short, "one"), now);
        assert_eq!(cache.count(&call("qwen-plus", &short, "one"), now).cached, 0);
    }
}
