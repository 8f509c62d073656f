//! Pictures of results: which are asked for, and which are kept. It refuses to make one and to know
//! how a terminal shows it.

use super::super::focus::Overlay;
use super::super::{AppState, Effects};
use super::board::Page;
use crate::domain::errands::{Errand, Poster};
use crate::domain::ids::TaskKey;
use crate::domain::settings::Pictures;
use crate::domain::tasks::book::AssetState;
use crate::effect::Effect;

/// Pictures for terminals that show pictures, kept at once: of at most 0.7 MB each.
const STILLS: usize = 16;

impl AppState {
    /// Asks for the small pictures of the result that is shown and of the next one.
    pub(in crate::state) fn wanted_posters(&mut self) -> Effects {
        let Some(Overlay::Tasks(board)) = &self.focus.overlay else { return Vec::new() };
        let Page::Review { keys, at } = &board.page else { return Vec::new() };
        if self.settings.pictures == Pictures::Off {
            return Vec::new();
        }
        let form = self.settings.pictures.form();
        let mut effects = Vec::new();
        for key in keys.iter().skip(*at).take(2) {
            if self.tasks.posters.contains_key(key) {
                continue;
            }
            let assets = self.tasks.shelf.get(*key).map(|task| task.assets.as_slice());
            let saved = assets.unwrap_or_default().iter().find_map(|asset| match &asset.state {
                AssetState::Saved { path, .. } => Some((path.clone(), asset.kind)),
                AssetState::Wanted | AssetState::Failed(_) | AssetState::Expired => None,
            });
            // None can be made until one is told.
            self.tasks.posters.insert(*key, None);
            if let Some((path, kind)) = saved {
                effects.push(Effect::Errand(Errand::Poster { key: *key, path, kind, form }));
            }
        }
        effects
    }

    /// A small picture came, or none can be made. Of those with many bytes only some are kept: the
    /// ones that are nearest in the review.
    pub(super) fn poster_came(&mut self, key: TaskKey, poster: Option<Poster>) {
        let page = match &self.focus.overlay {
            Some(Overlay::Tasks(board)) => Some(&board.page),
            Some(_) | None => None,
        };
        let far = |key: &TaskKey| match page {
            Some(Page::Review { keys, at }) => {
                keys.iter().position(|other| other == key).map_or(usize::MAX, |of| of.abs_diff(*at))
            }
            Some(_) | None => usize::MAX,
        };
        let posters = &mut self.tasks.posters;
        posters.insert(key, poster);
        let large = |poster: &Option<Poster>| poster.as_ref().is_some_and(|p| p.still().is_some());
        let all = posters.iter().filter(|(_, poster)| large(poster)).map(|(key, _)| *key);
        let mut all: Vec<TaskKey> = all.collect();
        all.sort_by_key(far);
        for key in all.iter().skip(STILLS) {
            // It is asked for again when it is to be seen.
            posters.remove(key);
        }
    }
}
