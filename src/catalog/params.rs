//! What a model takes, from its row. It refuses to guess: where no row tells, nothing is refused,
//! for a list is always older than the service.

use super::Catalog;
use crate::domain::models::{Model, ModelId};
use crate::domain::params::Able;

impl Catalog {
    /// What a model takes, as far as its row or that of its alias tells.
    #[must_use]
    pub fn able(&self, id: &ModelId) -> Able {
        let Some(model) = self.model_like(id) else { return Able::default() };
        Able { thinking: model.thinking, search: search(&model), max_output: model.max_output }
    }
}

/// Families whose documentation leaves no room for a search; of the others some can and for some
/// nobody tells.
fn search(model: &Model) -> Option<bool> {
    let id = model.id.as_str();
    match model.family.as_str() {
        "qwen-text" => Some(!id.contains("-character")),
        "qwen-mt" | "qwen-math" | "qwen-doc" | "embedding" | "mm-embedding" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::models::Thinking;

    #[test]
    fn rows_tell_what_is_taken() {
        let catalog = Catalog::embedded();
        let able = |id: &str| catalog.able(&ModelId::new(id));
        let plus = able("qwen-plus");
        assert_eq!(plus.thinking, Thinking::Optional { on: false });
        assert_eq!((plus.search, plus.max_output), (Some(true), Some(32_768)));
        // A snapshot newer than the rows takes what its alias takes.
        assert_eq!(able("qwen-plus-2026-10-01"), plus);
        assert_eq!(able("qwen3-coder-plus").thinking, Thinking::Never);
        assert_eq!(able("qwen-mt-plus").search, Some(false));
        assert_eq!(able("qwen-plus-character").search, Some(false));
        assert_eq!(able("qvq-max").thinking, Thinking::Always);
        // Of another server's model nobody knows anything, so nothing is refused.
        assert_eq!(able("llama3:8b"), Able::default());
    }
}
