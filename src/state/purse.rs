//! Who pays for a question, and how much at most: written into every question that leaves, in the
//! one place all of them pass, so that no way of asking can forget it. It refuses to judge; the
//! ledger does.

use super::meters::ask::Override;
use super::{AppState, Effects};
use crate::domain::chat::ChatCommand;
use crate::domain::ledger::{Gate, Purse};
use crate::domain::settings::{Budget, Figures};
use crate::domain::time::Now;
use crate::effect::Effect;

impl AppState {
    /// Effects on their way out: questions with who pays for them and counted, writes in order.
    pub(super) fn out(&mut self, mut effects: Effects, now: Now) -> Effects {
        let asks = |effect: &Effect| matches!(effect, Effect::Chat(ChatCommand::Start { .. }));
        // What the user let pass holds for the next question, not for whatever happens before it.
        let pass =
            if effects.iter().any(asks) { self.take_override() } else { Override::default() };
        let settings = &self.settings;
        for effect in &mut effects {
            if let Effect::Chat(ChatCommand::Start { purse, .. }) = effect {
                fill(purse, &settings.place.profile, settings.figures, &settings.budget);
                purse.gate.override_caps |= pass.caps;
                purse.gate.loop_after = purse.gate.loop_after.filter(|_| !pass.repeat);
            }
        }
        self.note_started(&effects, now);
        let effects = self.order_speech(effects);
        self.outbox.order(effects)
    }
}

/// Writes the conditions of the settings into a purse. What the user typed for this question alone
/// stays, and so does what it is for.
fn fill(purse: &mut Purse, profile: &str, figures: Figures, budget: &Budget) {
    profile.clone_into(&mut purse.profile);
    purse.figures = figures;
    let override_caps = purse.gate.override_caps;
    purse.gate = Gate { override_caps, ..budget.gate() };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purse_has_the_conditions_of_the_settings_and_keeps_what_was_typed() {
        let day = Some("20".parse().unwrap());
        let budget = Budget { day, loop_after: Some(9), ..Budget::default() };
        for typed in [false, true] {
            let gate = Gate { override_caps: typed, ..Gate::default() };
            let mut purse = Purse { subject: Some(7), gate, ..Purse::default() };
            fill(&mut purse, "work", Figures::Seed, &budget);
            let gate = Gate { override_caps: typed, ..budget.gate() };
            let expected =
                Purse { profile: "work".into(), figures: Figures::Seed, gate, subject: Some(7) };
            assert_eq!(purse, expected);
        }
    }
}
