//! What a model takes beside text, and how much of it, from its row and its id. It refuses to
//! guess what rows could tell: of an id nobody knows nothing is refused.

use std::time::Duration;

use super::Catalog;
use crate::domain::attachments::{Attachment, Medium, Senses};
use crate::domain::chat::{MediaTokens, Usage};
use crate::domain::models::{ModelId, Purpose};
use crate::domain::money::Money;
use crate::domain::settings::Figures;

impl Catalog {
    /// What a model takes beside text (wire multimodal.md; the numbers follow generations).
    #[must_use]
    pub fn senses(&self, id: &ModelId) -> Senses {
        let model = self.model_like(id);
        let kinds = model.as_ref().and_then(|model| model.modality.split_once("->"));
        let of = |kinds: &str, kind: &str| kinds.split('/').any(|known| known == kind);
        let takes = |kind: &str| kinds.map(|(input, _)| of(input, kind));
        let id = id.as_str();
        let omni = id.contains("omni");
        // Older families cut pictures into smaller squares and shrink them further.
        let old =
            ["qwen-vl", "qwen2", "qvq", "qwen-omni-turbo"].iter().any(|it| id.starts_with(it));
        let (patch, most_patches) = if old { (28, 1280) } else { (32, 2560) };
        let many = ["qwen2.5-vl", "qwen3-vl"].iter().any(|it| id.starts_with(it));
        let flash = id.starts_with("qwen3-omni-flash");
        let minutes = |n: u64| Some(Duration::from_secs(60 * n));
        Senses {
            image: takes("image"),
            video: takes("video"),
            audio: takes("audio"),
            speaks: kinds.map(|(_, output)| of(output, "audio")),
            patch,
            most_patches,
            one_kind: flash || id.starts_with("qwen-omni-turbo"),
            frames: (4, if many { 512 } else { 80 }),
            heard: match () {
                () if id.starts_with("qwen-omni-turbo") => Some(250),
                () if flash => Some(125),
                () if omni => Some(70),
                () => None,
            },
            hears: match () {
                () if flash => Some(Duration::from_secs(150)),
                () if id.starts_with("qwen3.5-omni") => minutes(180),
                () => None,
            },
            sees: match () {
                () if flash => Some(Duration::from_secs(150)),
                () if id.starts_with("qwen3.5-omni") => minutes(60),
                () => None,
            },
        }
    }

    /// About how many tokens a thing will be for a model, and what those will cost.
    #[must_use]
    pub fn weigh(
        &self,
        figures: Figures,
        id: &ModelId,
        of: &Attachment,
    ) -> (Option<u64>, Option<Money>) {
        let tokens = self.senses(id).tokens(of);
        let cost = tokens.and_then(|input| {
            let media = match of.medium {
                Medium::Image => MediaTokens { image: tokens, ..MediaTokens::default() },
                Medium::Video | Medium::Frames => {
                    MediaTokens { video: tokens, ..MediaTokens::default() }
                }
                Medium::Audio => MediaTokens { heard: tokens, ..MediaTokens::default() },
            };
            self.cost(figures, id, &Usage { input, media, ..Usage::default() }, false)
        });
        (tokens, cost)
    }

    /// Models of conversations that take all of these, the nearest to `id` first: its own family,
    /// then models that see, then those that hear; what is about to retire comes last.
    #[must_use]
    pub fn able_to_take(&self, all: &[Attachment], id: &ModelId) -> Vec<ModelId> {
        const FAMILIES: [&str; 3] = ["qwen-vl", "qwen-text", "qwen-omni"];
        let family = self.model_like(id).map(|model| model.family);
        let only_images = all.iter().all(|of| of.medium == Medium::Image);
        let takes = |row: &&super::models::ModelRow| {
            row.purpose() == Purpose::Chat
                && row.gives("text")
                && FAMILIES.contains(&row.family.as_str())
                && all.iter().all(|of| row.takes(of.medium.input()))
                && !row.id.bytes().rev().take(4).all(|byte| byte.is_ascii_digit())
                && row.like.is_none()
        };
        let mut rows: Vec<_> = self.model_rows().iter().filter(takes).collect();
        rows.sort_by_key(|row| {
            // For pictures alone the models made for them are the cheapest that see well.
            let made_for_it = only_images && row.family == "qwen-vl";
            let same = family.as_deref() == Some(row.family.as_str());
            let place = FAMILIES.iter().position(|family| *family == row.family);
            (row.retires.is_some(), !made_for_it, !same, place, !row.id.ends_with("-plus"))
        });
        rows.into_iter().take(3).map(|row| ModelId::new(&row.id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attachments::Source;

    fn id(id: &str) -> ModelId {
        ModelId::new(id)
    }

    fn of(medium: Medium) -> Attachment {
        Attachment {
            medium,
            source: Source::Url("https://h.example/a".to_owned()),
            name: "a".to_owned(),
            mime: String::new(),
            bytes: None,
            pixels: None,
            plays: None,
        }
    }

    #[test]
    fn senses_follow_rows_and_generations() {
        let catalog = Catalog::embedded();
        let plus = catalog.senses(&id("qwen-plus"));
        assert_eq!((plus.image, plus.audio, plus.speaks), (Some(false), Some(false), Some(false)));
        let vl = catalog.senses(&id("qwen3-vl-plus"));
        assert_eq!((vl.image, vl.video, vl.audio), (Some(true), Some(true), Some(false)));
        assert_eq!((vl.patch, vl.frames, vl.one_kind), (32, (4, 512), false));
        assert_eq!(catalog.senses(&id("qwen-vl-max")).patch, 28);
        let omni = catalog.senses(&id("qwen3-omni-flash"));
        assert_eq!((omni.speaks, omni.one_kind, omni.heard), (Some(true), true, Some(125)));
        assert_eq!(omni.hears, Some(Duration::from_secs(150)));
        assert_eq!(catalog.senses(&id("qwen3.5-omni-plus")).heard, Some(70));
        let unknown = catalog.senses(&id("llama3:8b"));
        assert_eq!((unknown.image, unknown.audio), (None, None));
    }

    #[test]
    fn a_picture_has_its_price_before_it_is_sent() {
        let catalog = Catalog::embedded();
        let of = Attachment { pixels: Some((640, 480)), ..of(Medium::Image) };
        let estimate = |model: &str| catalog.weigh(Figures::Documented, &id(model), &of);
        let (tokens, cost) = estimate("qwen3-omni-flash");
        assert_eq!(tokens, Some(302));
        assert_eq!(cost.map(|cost| cost.amount.to_string()).as_deref(), Some("0.0009966"));
        assert!(estimate("qwen3-vl-plus").1.is_some());
        assert_eq!(estimate("llama3:8b"), (Some(302), None));
    }

    #[test]
    fn whoever_cannot_see_is_told_who_can() {
        let catalog = Catalog::embedded();
        let first = |all: &[Attachment]| catalog.able_to_take(all, &id("qwen-plus"));
        assert_eq!(first(&[of(Medium::Image)])[0], id("qwen3-vl-plus"));
        let heard = first(&[of(Medium::Audio), of(Medium::Image)]);
        assert!(heard.iter().all(|id| id.as_str().contains("omni")), "{heard:?}");
        assert!(heard.len() <= 3 && !heard.is_empty());
    }
}
