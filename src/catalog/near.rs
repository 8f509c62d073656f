//! Which model ids look like one that nobody knows.
//! It measures spelling only; it has no opinion on which model would be better.

use super::alias;

/// Three suggestions fit into one sentence.
const MOST: usize = 3;

/// Ids of `known` that resemble `id`: best first, three at most, never `id` itself. `relative` is
/// the id that a row of the catalog names as the nearest, whatever the spelling.
pub(super) fn near<'a>(
    known: impl Iterator<Item = &'a str>,
    id: &str,
    relative: Option<&str>,
) -> Vec<String> {
    let wanted = spelled(id);
    if wanted.is_empty() {
        return Vec::new();
    }
    let alias = alias::of(&wanted).map(|alias| alias.id);
    let mut found: Vec<(usize, &str)> = known
        .filter(|candidate| *candidate != id.trim())
        .filter_map(|candidate| {
            if [alias.as_deref(), relative].contains(&Some(candidate)) {
                return Some((0, candidate));
            }
            score(&wanted, candidate).map(|score| (score, candidate))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.len().cmp(&b.1.len())).then(a.1.cmp(b.1)));
    found.into_iter().take(MOST).map(|(_, id)| id.to_owned()).collect()
}

/// Small letters and hyphens, as all ids are spelled.
fn spelled(id: &str) -> String {
    let separate = |c: char| c.is_whitespace() || matches!(c, '_' | '/' | ':');
    id.trim().to_lowercase().replace(separate, "-")
}

/// Lower is nearer; `None` is too far to be worth saying. Ids that begin alike are of one family,
/// so the same number of wrong letters weighs less there.
fn score(wanted: &str, candidate: &str) -> Option<usize> {
    let distance = distance(wanted, candidate);
    let longest = wanted.chars().count().max(candidate.chars().count());
    let shared = wanted.chars().zip(candidate.chars()).take_while(|(a, b)| a == b).count();
    (distance <= 2 || distance * 4 <= longest && shared >= 3)
        .then(|| (distance * 4).saturating_sub(shared / 4) + 1)
}

/// Letters to insert, delete, change or swap with their neighbour to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 8] = [
        "qwen-plus",
        "qwen-plus-latest",
        "qwen-max",
        "qwen3-max",
        "qwen-turbo",
        "wan2.5-t2v-preview",
        "wan2.5-t2v-plus",
        "text-embedding-v4",
    ];

    fn first(id: &str) -> Option<String> {
        near(KNOWN.into_iter(), id, None).into_iter().next()
    }

    #[test]
    fn slips_of_the_finger_are_found() {
        for (typed, meant) in [
            ("qwne-plus", "qwen-plus"),
            ("qwenplus", "qwen-plus"),
            ("Qwen Plus", "qwen-plus"),
            ("qwen_max", "qwen-max"),
            ("qwen-trubo", "qwen-turbo"),
            ("text-embeding-v4", "text-embedding-v4"),
            ("qwen-plus-2031-02-03", "qwen-plus"),
        ] {
            assert_eq!(first(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn nothing_is_said_where_nothing_is_near() {
        for id in ["", "   ", "gpt-4o", "llama", "千问", "\u{1b}[31m"] {
            assert_eq!(first(id), None, "{id:?}");
        }
    }

    #[test]
    fn at_most_three_and_never_itself() {
        let found = near(KNOWN.into_iter(), "qwen-plus", Some("wan2.5-t2v-plus"));
        assert_eq!(found[0], "wan2.5-t2v-plus", "the row knows better than the spelling");
        assert!(found.len() <= 3, "{found:?}");
        assert!(!found.contains(&"qwen-plus".to_owned()), "{found:?}");
    }

    #[test]
    fn the_distance_counts_swaps_once() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abcd", "acbd"), 1);
        assert_eq!(distance("千问", "问千"), 1);
        assert_eq!(distance("same", "same"), 0);
    }
}
