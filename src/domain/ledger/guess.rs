//! What a question may cost before it is answered, and what an answer used where the service did
//! not say or cannot be believed. It refuses prices: those are rows of the catalog.

use crate::domain::chat::Usage;

/// Output of a model nobody has asked yet, in tokens.
const USUAL: u64 = 1_000;
/// The same where it reasons first.
const USUAL_THINKING: u64 = 4_000;
/// From so many answers on a model has a habit.
const ENOUGH: usize = 5;
/// No request has more tokens: the largest context window is a hundredth of it.
const MOST: u64 = 100_000_000;

/// Output tokens to reserve: what was asked for at most; else what nine of ten of the latest
/// answers of this model stayed below; else what is usual. Never more than the model gives.
#[must_use]
pub fn output(
    most: Option<u64>,
    mut latest: Vec<u64>,
    thinking: bool,
    largest: Option<u64>,
) -> u64 {
    let tokens = most.unwrap_or_else(|| {
        latest.sort_unstable();
        let usual = if thinking { USUAL_THINKING } else { USUAL };
        if latest.len() < ENOUGH {
            return usual;
        }
        latest.get(latest.len() * 9 / 10).copied().unwrap_or(usual).max(1)
    });
    tokens.min(largest.unwrap_or(u64::MAX))
}

/// What an answer used: the service's word, with our own guess in the place of what is missing,
/// nothing where something was, or beyond every request there is. Tells whether anything is a
/// guess. `guess` is what was sent and what has arrived.
#[must_use]
pub fn judge(told: Option<Usage>, guess: Usage) -> (Usage, bool) {
    let Some(told) = told else { return (guess, true) };
    let part = |told: u64, guess: u64| {
        let odd = told > MOST || (told == 0 && guess > 0);
        if odd { (guess, true) } else { (told, false) }
    };
    let (input, guessed_input) = part(told.input, guess.input);
    let (output, guessed_output) = part(told.output, guess.output);
    let usage = Usage {
        input,
        output,
        cached: told.cached.filter(|cached| *cached <= input),
        reasoning: told.reasoning.filter(|reasoning| *reasoning <= output),
        media: told.media,
    };
    (usage, guessed_input || guessed_output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_comes_before_habit_and_habit_before_the_usual() {
        assert_eq!(output(Some(50), vec![9; 9], false, None), 50);
        assert_eq!(output(Some(9_000), vec![], false, Some(8_192)), 8_192);
        assert_eq!(output(None, vec![], false, None), USUAL);
        assert_eq!(output(None, vec![7; 4], true, None), USUAL_THINKING, "four are no habit");
        let latest = vec![10, 900, 20, 30, 40, 50, 60, 70, 80, 90];
        assert_eq!(output(None, latest, false, None), 900);
        assert_eq!(output(None, vec![0; 9], false, None), 1);
    }

    #[test]
    fn the_services_word_counts_unless_it_cannot_be() {
        let usage = |input, output| Usage { input, output, ..Usage::default() };
        let guess = usage(100, 20);
        assert_eq!(judge(Some(usage(90, 25)), guess), (usage(90, 25), false));
        assert_eq!(judge(None, guess), (guess, true));
        assert_eq!(judge(Some(usage(0, 25)), guess), (usage(100, 25), true));
        assert_eq!(judge(Some(usage(90, 0)), guess), (usage(90, 20), true));
        assert_eq!(judge(Some(usage(u64::MAX, 25)), guess), (usage(100, 25), true));
        assert_eq!(judge(Some(usage(90, 0)), usage(100, 0)), (usage(90, 0), false), "no answer");
        let cached = Usage { cached: Some(91), reasoning: Some(26), ..usage(90, 25) };
        assert_eq!(judge(Some(cached), guess), (usage(90, 25), false), "more than all is none");
    }
}
