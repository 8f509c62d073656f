//! Where copied text goes and how the end of an answer is told: the words of the configuration for
//! it. It refuses to read a file.

use crate::domain::copy::Clipboard;
use crate::domain::settings::Notify;

/// `clipboard`: a word, or a program with its arguments. `in_tmux` decides what "auto" is.
pub fn clipboard(value: &toml::Value, in_tmux: bool) -> Result<Clipboard, String> {
    let wrong = || {
        "clipboard is \"auto\", \"osc52\", \"off\" or a program with its arguments, \
         [\"wl-copy\"]"
            .to_owned()
    };
    match value {
        toml::Value::String(word) => match word.as_str() {
            "auto" if in_tmux => Ok(Clipboard::Tmux),
            "auto" | "osc52" => Ok(Clipboard::Terminal),
            "off" => Ok(Clipboard::Off),
            _ => Err(wrong()),
        },
        toml::Value::Array(words) => {
            let words = words.iter().map(|word| word.as_str().map(str::to_owned));
            let words: Option<Vec<String>> = words.collect();
            let named = |words: &Vec<String>| words.first().is_some_and(|word| !word.is_empty());
            words.filter(named).map(Clipboard::Command).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// `notify`.
pub fn notify(word: &str) -> Result<Notify, String> {
    match word {
        "auto" => Ok(Notify::Auto),
        "osc9" => Ok(Notify::Osc9),
        "osc99" => Ok(Notify::Osc99),
        "osc777" => Ok(Notify::Osc777),
        "bell" => Ok(Notify::Bell),
        "off" => Ok(Notify::Off),
        other => Err(format!(
            "unknown notify {other:?}; it is \"auto\", \"osc9\", \"osc99\", \"osc777\", \"bell\" or \"off\""
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, in_tmux: bool) -> Result<Clipboard, String> {
        let table: toml::Table = format!("clipboard = {text}").parse().unwrap();
        clipboard(&table["clipboard"], in_tmux)
    }

    #[test]
    fn words_and_programs() {
        assert_eq!(parsed("\"auto\"", false), Ok(Clipboard::Terminal));
        assert_eq!(parsed("\"auto\"", true), Ok(Clipboard::Tmux));
        assert_eq!(parsed("\"osc52\"", true), Ok(Clipboard::Terminal));
        assert_eq!(parsed("\"off\"", false), Ok(Clipboard::Off));
        let words = vec!["xclip".to_owned(), "-i".to_owned()];
        assert_eq!(parsed("[\"xclip\", \"-i\"]", false), Ok(Clipboard::Command(words)));
        for wrong in ["\"xclip\"", "[]", "[\"\"]", "[1]", "true"] {
            assert!(parsed(wrong, false).unwrap_err().contains("\"osc52\""), "{wrong}");
        }
        assert_eq!(notify("osc777"), Ok(Notify::Osc777));
        assert!(notify("loud").unwrap_err().contains("\"bell\""));
    }
}
