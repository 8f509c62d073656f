//! From the words of the configuration to where copied text goes, how the end of an answer is
//! told, how pictures are shown and whether messages wait for limits. It refuses to read a file; `options` has judged the words already.

use crate::domain::copy::Clipboard;
use crate::domain::settings::{Notify, Pace, Pictures};

/// `clipboard`. `in_tmux` decides what "auto" is.
#[must_use]
pub fn clipboard(value: Option<&toml::Value>, in_tmux: bool) -> Clipboard {
    match value {
        Some(toml::Value::Array(words)) => {
            let words = words.iter().filter_map(|word| word.as_str().map(str::to_owned));
            Clipboard::Command(words.collect())
        }
        Some(toml::Value::String(word)) if word == "off" => Clipboard::Off,
        Some(toml::Value::String(word)) if word == "osc52" => Clipboard::Terminal,
        Some(_) | None if in_tmux => Clipboard::Tmux,
        Some(_) | None => Clipboard::Terminal,
    }
}

/// `notify`.
#[must_use]
pub fn notify(word: Option<&str>) -> Notify {
    match word {
        Some("osc9") => Notify::Osc9,
        Some("osc99") => Notify::Osc99,
        Some("osc777") => Notify::Osc777,
        Some("bell") => Notify::Bell,
        Some("off") => Notify::Off,
        Some(_) | None => Notify::Auto,
    }
}

/// `pictures`.
#[must_use]
pub fn pictures(word: Option<&str>) -> Pictures {
    match word {
        Some("blocks") => Pictures::Blocks,
        Some("kitty") => Pictures::Kitty,
        Some("iterm2") => Pictures::Iterm2,
        Some("sixel") => Pictures::Sixel,
        Some("off") => Pictures::Off,
        Some(_) | None => Pictures::Auto,
    }
}

/// `limits.pace`.
#[must_use]
pub fn pace(word: Option<&str>) -> Pace {
    match word {
        Some("off") => Pace::Off,
        Some("enforce") => Pace::Enforce,
        Some(_) | None => Pace::Advise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::options::setting;

    fn parsed(text: &str, in_tmux: bool) -> Result<Clipboard, String> {
        let table: toml::Table = format!("clipboard = {text}").parse().unwrap();
        let value = &table["clipboard"];
        setting(&["clipboard"]).unwrap().check(value)?;
        Ok(clipboard(Some(value), in_tmux))
    }

    #[test]
    fn words_and_programs() {
        assert_eq!(parsed("\"auto\"", false), Ok(Clipboard::Terminal));
        assert_eq!(parsed("\"auto\"", true), Ok(Clipboard::Tmux));
        assert_eq!(parsed("\"osc52\"", true), Ok(Clipboard::Terminal));
        assert_eq!(parsed("\"off\"", false), Ok(Clipboard::Off));
        let words = vec!["xclip".to_owned(), "-i".to_owned()];
        assert_eq!(parsed("[\"xclip\", \"-i\"]", false), Ok(Clipboard::Command(words.clone())));
        for wrong in ["\"xclip\"", "[]", "[\"\"]", "[1]", "true"] {
            assert!(parsed(wrong, false).unwrap_err().contains("\"osc52\""), "{wrong}");
        }
        // A variable holds no list: a word that is none of the choices is a program.
        let read = |text: &str| setting(&["clipboard"]).unwrap().read(text).unwrap();
        assert_eq!(clipboard(Some(&read("xclip -i")), false), Clipboard::Command(words));
        assert_eq!(clipboard(Some(&read("off")), false), Clipboard::Off);
    }

    #[test]
    fn every_way_of_the_table_is_known() {
        let super::super::options::Kind::Choice(words) = setting(&["notify"]).unwrap().kind else {
            panic!("notify is a choice");
        };
        let mut known: Vec<_> = words.iter().map(|word| notify(Some(word))).collect();
        known.dedup();
        assert_eq!(known.len(), words.len(), "{known:?}");
        let super::super::options::Kind::Choice(words) = setting(&["pictures"]).unwrap().kind
        else {
            panic!("pictures is a choice");
        };
        let mut known: Vec<_> = words.iter().map(|word| pictures(Some(word))).collect();
        known.dedup();
        assert_eq!(known.len(), words.len(), "{known:?}");
        let super::super::options::Kind::Choice(words) = setting(&["limits", "pace"]).unwrap().kind
        else {
            panic!("pace is a choice");
        };
        let known: Vec<_> = words.iter().map(|word| pace(Some(word))).collect();
        assert_eq!(known, [Pace::Off, Pace::Advise, Pace::Enforce]);
    }
}
