//! From what was typed to a value of a field: sizes with any cross, words in any case, numbers as
//! people write them. It refuses to look at files.

use super::{Fault, Field, Kind, MAX_SEED, Media, Size, Value};

/// `1280*720`, also with `x` or `×`.
pub(super) fn size(text: &str) -> Option<Size> {
    let (width, height) = text.trim().split_once(['*', 'x', 'X', '×'])?;
    let side = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n > 0);
    Some((side(width)?, side(height)?))
}

/// A size as it is sent.
pub(super) fn written((width, height): Size) -> String {
    format!("{width}*{height}")
}

impl Field {
    /// Reads what was typed; blank leaves the choice to the service. Whether the value is allowed
    /// is for `Job::check` to say; here only what cannot be one is refused.
    pub fn read(&self, typed: &str) -> Result<Option<Value>, Fault> {
        let bare = typed.trim();
        if bare.is_empty() {
            return Ok(None);
        }
        let field = || self.name.clone();
        let given = || bare.to_owned();
        Ok(Some(match &self.kind {
            Kind::Text { .. } => Value::Text(typed.trim_end().to_owned()),
            Kind::Choice(choices) => {
                let same = choices.iter().find(|choice| choice.eq_ignore_ascii_case(bare));
                Value::Text(same.cloned().unwrap_or_else(given))
            }
            Kind::Whole { min, max } => whole(bare, (*min, *max), field)?,
            Kind::Seed => whole(bare, (0, MAX_SEED), field)?,
            Kind::OneOf(all) => {
                let ends = (all.iter().min(), all.iter().max());
                let ends = (ends.0.copied().unwrap_or(0), ends.1.copied().unwrap_or(0));
                whole(bare, ends, field)?
            }
            Kind::Flag => match bare.to_lowercase().as_str() {
                "on" | "true" | "yes" | "1" | "开" | "是" => Value::Flag(true),
                "off" | "false" | "no" | "0" | "关" | "否" => Value::Flag(false),
                _ => return Err(Fault::NotFlag { field: field(), given: given() }),
            },
            Kind::Size(sizes) => {
                let word = sizes.words.iter().find(|word| word.eq_ignore_ascii_case(bare));
                match (word, size(bare)) {
                    (Some(word), _) => Value::Text(word.clone()),
                    (None, Some(size)) => Value::Text(written(size)),
                    (None, None) => {
                        return Err(Fault::NotSize { field: field(), given: given() });
                    }
                }
            }
            Kind::Media(_) => {
                let lines = typed.lines().filter(|line| !line.trim().is_empty());
                Value::Media(lines.map(Media::new).collect())
            }
        }))
    }
}

/// A whole number. One that has no room is out of every range.
fn whole(bare: &str, (min, max): (u64, u64), field: impl Fn() -> String) -> Result<Value, Fault> {
    let digits = bare.replace([',', '_', '，'], "");
    match digits.parse() {
        Ok(number) => Ok(Value::Whole(number)),
        Err(_) if digits.parse::<i128>().is_ok() => Err(Fault::Range { field: field(), min, max }),
        Err(_) => Err(Fault::NotWhole { field: field(), given: bare.to_owned() }),
    }
}
