//! From the words of the configuration to where sound goes: places by name, commands by their words. It
//! refuses to look whether any of them is there.

use super::ConfigError;
use super::layers::Layers;
use super::options::program;
use crate::domain::audio::SinkChoice;
use crate::domain::settings::Sound;

/// What the list may hold, for sentences.
const WANTED: &str = "a list of \"player\", \"programs\", \"file\" and commands that speak the player's \
     protocol: [\"player\", [\"ssh\", \"-T\", \"laptop\", \"lian-player\"], \"file\"]";

/// Where sound goes, from the settings.
pub(super) fn read(layers: &Layers<'_>) -> Result<Sound, ConfigError> {
    let usual = Sound::default();
    let dir = layers.text("speech.dir")?.map(|(dir, _)| dir);
    let code = layers.text("speech.code")?;
    let sinks = layers.value("speech.sinks")?.and_then(|found| sinks(&found.value));
    Ok(Sound {
        sinks: sinks.unwrap_or(usual.sinks),
        dir,
        cache_mb: layers.whole("speech.cache_mb")?.unwrap_or(usual.cache_mb),
        announce_code: code.is_some_and(|(word, _)| word == "announce"),
    })
}

/// The places a value names; `None` if it is wrong.
fn sinks(value: &toml::Value) -> Option<Vec<SinkChoice>> {
    let one = |value: &toml::Value| match value {
        toml::Value::String(word) => match word.as_str() {
            "player" => Some(SinkChoice::Player),
            "programs" => Some(SinkChoice::Programs),
            "file" => Some(SinkChoice::File),
            _ => None,
        },
        toml::Value::Array(words) if program(words) => {
            let words = words.iter().filter_map(toml::Value::as_str).map(str::to_owned);
            Some(SinkChoice::Command(words.collect()))
        }
        _ => None,
    };
    value.as_array()?.iter().map(one).collect()
}

/// Says what is wrong with a value.
pub(super) fn check(value: &toml::Value) -> Result<(), String> {
    let empty = value.as_array().is_some_and(Vec::is_empty);
    if empty {
        return Err(format!("sinks is an empty list, so nothing would be heard; it is {WANTED}"));
    }
    let named = value.as_array().into_iter().flatten();
    if let Some(word) = named.filter_map(toml::Value::as_str).find(|word| {
        let one = toml::Value::Array(vec![(*word).into()]);
        sinks(&one).is_none()
    }) {
        return Err(format!("unknown place {word:?} in sinks; it is {WANTED}"));
    }
    sinks(value).map(drop).ok_or_else(|| format!("sinks must be {WANTED}"))
}

/// A variable's text as a value: one place a line, a line of several words is a command.
pub(super) fn of_lines(text: &str) -> toml::Value {
    let place = |line: &str| {
        let words: Vec<toml::Value> = line.split_whitespace().map(toml::Value::from).collect();
        match words.as_slice() {
            [word] => word.clone(),
            _ => toml::Value::Array(words),
        }
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(place).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;

    fn wrong(text: &str) -> String {
        File::parse(text, "config.toml").unwrap_err().to_string()
    }

    #[test]
    fn places_are_named_or_are_commands() {
        let text = "[speech]\nsinks = [\"player\", [\"ssh\", \"-T\", \"laptop\", \"lian-player\"], \"file\"]";
        let file = File::parse(text, "config.toml").unwrap();
        let ssh = ["ssh", "-T", "laptop", "lian-player"].map(str::to_owned).to_vec();
        let wanted = vec![SinkChoice::Player, SinkChoice::Command(ssh), SinkChoice::File];
        assert_eq!(sinks(file.get(&["speech", "sinks"]).unwrap()), Some(wanted.clone()));
        assert_eq!(sinks(&of_lines("player\nssh -T laptop lian-player\nfile\n")), Some(wanted));
    }

    #[test]
    fn wrong_places_are_told_with_their_line_and_the_choices() {
        for (text, part) in [
            ("sinks = [\"speaker\"]", "config.toml:3: unknown place \"speaker\""),
            ("sinks = []", "config.toml:3: sinks is an empty list"),
            ("sinks = \"player\"", "config.toml:3: sinks must be a list"),
            ("sinks = [[]]", "config.toml:3: sinks must be a list"),
            ("sinks = [[\"ssh\", 1]]", "config.toml:3: sinks must be a list"),
            ("code = \"read\"", "config.toml:3: unknown code \"read\""),
            ("cache_mb = -1", "config.toml:3: cache_mb is -1"),
        ] {
            let said = wrong(&format!("\n[speech]\n{text}\n"));
            assert!(said.contains(part), "{text}: {said}");
        }
        assert!(wrong("[speech]\nsinks = [\"speaker\"]").contains("\"programs\""));
    }
}
