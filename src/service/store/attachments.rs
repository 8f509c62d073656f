//! What goes with a question as JSON, in the store's own names; and notices about it. It refuses to
//! fail on what a newer program wrote: a thing it does not know is left out.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::attachments::{AttachNotice, Attachment, Medium, Source};

/// To JSON; nothing where there is nothing.
pub(super) fn to_json(all: &[Attachment]) -> Option<String> {
    if all.is_empty() {
        return None;
    }
    let rows: Vec<Row> = all.iter().map(Row::from).collect();
    serde_json::to_string(&rows).ok()
}

/// From JSON.
pub(super) fn from_json(json: Option<&str>) -> Vec<Attachment> {
    let rows: Vec<serde_json::Value> =
        json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let row = |value| serde_json::from_value::<Row>(value).ok()?.attachment();
    rows.into_iter().filter_map(row).collect()
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Row {
    kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    urls: Vec<String>,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    mime: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pixels: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plays_ms: Option<u64>,
}

impl From<&Attachment> for Row {
    fn from(of: &Attachment) -> Self {
        let Attachment { medium, source, name, mime, bytes, pixels, plays } = of.clone();
        let (files, urls) = match source {
            Source::File(file) => (vec![file], Vec::new()),
            Source::Files(files) => (files, Vec::new()),
            Source::Url(url) => (Vec::new(), vec![url]),
            Source::Urls(urls) => (Vec::new(), urls),
        };
        let plays_ms = plays.map(|plays| u64::try_from(plays.as_millis()).unwrap_or(u64::MAX));
        Self { kind: medium.name().to_owned(), files, urls, name, mime, bytes, pixels, plays_ms }
    }
}

impl Row {
    fn attachment(mut self) -> Option<Attachment> {
        let medium = Medium::named(&self.kind)?;
        let source = match (medium, self.files.len(), self.urls.len()) {
            (_, 0, 0) => return None,
            (Medium::Frames, 0, _) => Source::Urls(self.urls),
            (Medium::Frames, _, _) => Source::Files(self.files),
            (_, 0, _) => Source::Url(self.urls.swap_remove(0)),
            (_, _, _) => Source::File(self.files.swap_remove(0)),
        };
        Some(Attachment {
            medium,
            source,
            name: self.name,
            mime: self.mime,
            bytes: self.bytes,
            pixels: self.pixels,
            plays: self.plays_ms.map(Duration::from_millis),
        })
    }
}

/// A notice that an answer can end with; the others are said before anything is asked.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct NoticeRow {
    what: String,
    name: String,
    bytes: u64,
    most: u64,
}

pub(super) mod notice {
    use super::{AttachNotice, Deserialize, Deserializer, NoticeRow, Serialize, Serializer};
    use serde::de::Error as _;

    pub(in super::super) fn serialize<S: Serializer>(
        notice: &AttachNotice,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let row = |what: &str, name: &str| NoticeRow {
            what: what.to_owned(),
            name: name.to_owned(),
            ..NoticeRow::default()
        };
        match notice {
            AttachNotice::NotThere { path } => row("not_there", path),
            AttachNotice::Unreadable { path } => row("unreadable", path),
            AttachNotice::UnknownKind { name } => row("unknown_kind", name),
            AttachNotice::NotUploaded { name } => row("not_uploaded", name),
            AttachNotice::TooLarge { name, bytes, most } => {
                NoticeRow { bytes: *bytes, most: *most, ..row("too_large", name) }
            }
            AttachNotice::Misfit(unfitting) => row("misfit", &unfitting.name),
            AttachNotice::TooMany { .. } => row("too_many", ""),
        }
        .serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<AttachNotice, D::Error> {
        let NoticeRow { what, name, bytes, most } = NoticeRow::deserialize(from)?;
        Ok(match what.as_str() {
            "not_there" => AttachNotice::NotThere { path: name },
            "unreadable" => AttachNotice::Unreadable { path: name },
            "unknown_kind" => AttachNotice::UnknownKind { name },
            "not_uploaded" => AttachNotice::NotUploaded { name },
            "too_large" => AttachNotice::TooLarge { name, bytes, most },
            _ => return Err(D::Error::custom("no notice of an answer")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_back_as_they_were() {
        let of = |medium, source| Attachment {
            medium,
            source,
            name: "名.png".into(),
            mime: "image/png".into(),
            bytes: Some(3),
            pixels: Some((4, 5)),
            plays: Some(Duration::from_millis(6)),
        };
        let text = |text: &str| text.to_owned();
        let all = vec![
            of(Medium::Image, Source::File(text("/a"))),
            of(Medium::Video, Source::Url(text("https://h.example/v"))),
            of(Medium::Frames, Source::Files(vec![text("/1"), text("/2")])),
            of(Medium::Frames, Source::Urls(vec![text("u")])),
        ];
        let json = to_json(&all).unwrap();
        assert_eq!(from_json(Some(&json)), all);
        assert_eq!(to_json(&[]), None);
        assert_eq!(from_json(None), []);
        let newer = r#"[{"kind":"smell","files":["/x"]},{"kind":"image"},7,
            {"kind":"image","files":["/a"],"name":"a","weight":1}]"#;
        assert_eq!(from_json(Some(newer)).len(), 1);
        assert_eq!(from_json(Some("nonsense")), []);
    }
}
