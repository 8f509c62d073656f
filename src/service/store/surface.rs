//! The way an answer came, its sources and its tokens beside text, as JSON in the facts of an
//! answer. It refuses to fail on what a newer program wrote: an unknown word is left out.

use serde::{Deserialize, Serialize};

use crate::domain::chat::MediaTokens;
use crate::domain::models::Surface;
use crate::domain::surface::{Via, WebSource, Why};

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct ViaRow {
    surface: String,
    why: String,
}

impl From<Via> for ViaRow {
    fn from(via: Via) -> Self {
        Self { surface: via.surface.name().to_owned(), why: via.why.name().to_owned() }
    }
}

impl ViaRow {
    pub(super) fn via(self) -> Option<Via> {
        let surfaces = [Surface::Compat, Surface::Native];
        let surface = surfaces.into_iter().find(|surface| surface.name() == self.surface)?;
        Some(Via { surface, why: Why::named(&self.why)? })
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct SourceRow {
    index: u32,
    title: String,
    url: String,
}

impl From<&WebSource> for SourceRow {
    fn from(source: &WebSource) -> Self {
        let WebSource { index, title, url } = source.clone();
        Self { index, title, url }
    }
}

impl From<SourceRow> for WebSource {
    fn from(row: SourceRow) -> Self {
        Self { index: row.index, title: row.title, url: row.url }
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct MediaTokensRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heard: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spoken: Option<u64>,
}

impl MediaTokensRow {
    /// Nothing where there were no such tokens.
    pub(super) fn of(media: MediaTokens) -> Option<Self> {
        let MediaTokens { image, video, heard, spoken } = media;
        (media != MediaTokens::default()).then_some(Self { image, video, heard, spoken })
    }
}

impl From<MediaTokensRow> for MediaTokens {
    fn from(row: MediaTokensRow) -> Self {
        let MediaTokensRow { image, video, heard, spoken } = row;
        Self { image, video, heard, spoken }
    }
}
