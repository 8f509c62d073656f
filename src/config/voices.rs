//! What the user chose of voices, written into the user's file. It refuses to know which voices
//! there are.

use std::path::Path;

use super::edit::{self, EditError};

/// Writes the model and the voice that read aloud from now on. Returns whether anything changed.
///
/// # Errors
/// Where the file is wrong or cannot be written; see [`EditError`].
pub fn keep(config: &Path, model: &str, voice: &str) -> Result<bool, EditError> {
    let model = edit::set(config, &["speech", "model"], model)?;
    Ok(edit::set(config, &["speech", "voice"], voice)? || model)
}

/// Writes all voices that come first in their list. Returns whether anything changed.
///
/// # Errors
/// Where the file is wrong or cannot be written; see [`EditError`].
pub fn keep_favourites(config: &Path, voices: &[String]) -> Result<bool, EditError> {
    let voices = voices.iter().cloned().map(toml::Value::String).collect();
    let voices = edit::written(&toml::Value::Array(voices));
    edit::set(config, &["speech", "favourites"], voices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;

    #[test]
    fn what_was_chosen_stands_in_the_file_and_the_rest_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "theme = \"dark\" # mine\n").unwrap();
        assert!(keep(&path, "qwen-tts", "Jada").unwrap());
        assert!(keep(&path, "qwen-tts", "Sunny").unwrap());
        assert!(!keep(&path, "qwen-tts", "Sunny").unwrap(), "nothing to change");
        assert!(keep_favourites(&path, &["Eldric Sage".into(), "Kiki".into()]).unwrap());
        let file = File::read(&path, true).unwrap();
        assert_eq!(file.get(&["speech", "voice"]).and_then(|v| v.as_str()), Some("Sunny"));
        assert_eq!(file.get(&["speech", "model"]).and_then(|v| v.as_str()), Some("qwen-tts"));
        let favoured = file.get(&["speech", "favourites"]).and_then(|v| v.as_array()).unwrap();
        assert_eq!(favoured.len(), 2);
        assert!(keep_favourites(&path, &[]).unwrap());
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("# mine") && text.contains("favourites = []"), "{text}");
    }
}
