//! From the id of a snapshot to the alias it was cut from.
//! It knows only how ids are spelled; whether there is such an alias is for the rows to say.

/// An alias that an id can be derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    /// Its id.
    pub(super) id: String,
    /// The id asked about carries a date: it is pinned and has limits of its own.
    pub(super) dated: bool,
}

/// The alias of `id`: without `-2025-09-11`, `-0112` or `-latest`. A region at the end stays, for
/// `qwen-plus-2025-12-01-us` is a snapshot of `qwen-plus-us`, with prices in another currency.
pub(super) fn of(id: &str) -> Option<Alias> {
    let (body, region) = id.strip_suffix("-us").map_or((id, ""), |body| (body, "-us"));
    let (base, dated) = match body.strip_suffix("-latest") {
        Some(base) => (base, false),
        None => (without_date(body)?, true),
    };
    (!base.is_empty()).then(|| Alias { id: format!("{base}{region}"), dated })
}

fn without_date(body: &str) -> Option<&str> {
    let (rest, day) = body.rsplit_once('-')?;
    if is_number(day, 4) {
        // `-0112` is a month and a day; `-2507` is a generation of open models and stays.
        return is_day(&day[..2], &day[2..]).then_some(rest);
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    (is_number(day, 2) && is_number(month, 2) && is_number(year, 4) && is_day(month, day))
        .then_some(rest)
}

fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_day(month: &str, day: &str) -> bool {
    ("01"..="12").contains(&month) && ("01"..="31").contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_latest_are_taken_off() {
        let check = |id: &str| of(id).map(|alias| (alias.id, alias.dated));
        let some = |id: &str, dated| Some((id.to_owned(), dated));
        assert_eq!(check("qwen-plus-2025-09-11"), some("qwen-plus", true));
        assert_eq!(check("qwen-plus-0112"), some("qwen-plus", true));
        assert_eq!(check("qwen-max-latest"), some("qwen-max", false));
        assert_eq!(check("qwen-plus-2025-12-01-us"), some("qwen-plus-us", true));
    }

    #[test]
    fn other_ids_have_none() {
        for id in [
            "qwen-plus",
            "qwen-plus-us",
            "qwen3-235b-a22b-thinking-2507",
            "qwen3-max-preview",
            "qwen-plus-2025-13-01",
            "-latest",
            "-2025-09-11",
            "2025-09-11",
            "千问-２０２５-09-11",
            "",
        ] {
            assert_eq!(of(id), None, "{id}");
        }
    }
}
