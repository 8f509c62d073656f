//! Own figures for a text that asks the service for higher limits. It refuses to count them (the
//! ledger and the meters do) and to guess those that are not known.

/// What was measured here and what the catalog says; every figure may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnFigures {
    /// The most requests in one minute.
    pub peak_rpm: Option<u64>,
    /// The most tokens in one minute.
    pub peak_tpm: Option<u64>,
    /// Tokens of a typical prompt.
    pub prompt_tokens: Option<u64>,
    /// Tokens of a typical answer.
    pub answer_tokens: Option<u64>,
    /// Requests a minute the account may make now.
    pub limit_rpm: Option<u64>,
    /// Tokens a minute the account may use now.
    pub limit_tpm: Option<u64>,
    /// Tasks the account may run at once.
    pub limit_tasks: Option<u64>,
}

impl OwnFigures {
    /// A typical count: the one in the middle, which a single huge prompt does not move. `None` of
    /// no counts.
    #[must_use]
    pub fn typical(counts: impl IntoIterator<Item = u64>) -> Option<u64> {
        let mut counts: Vec<u64> = counts.into_iter().collect();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typical_count_is_the_middle_one() {
        assert_eq!(OwnFigures::typical([]), None);
        assert_eq!(OwnFigures::typical([7]), Some(7));
        assert_eq!(OwnFigures::typical([900_000, 10, 30]), Some(30));
    }
}
