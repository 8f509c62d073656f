//! What goes with the question of `lian chat`: each thing looked at, judged, and told of with its
//! size and price before anything is sent. It refuses to send what the model would refuse.

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::domain::attachments::{AttachNotice, Attachment, Unfitting, misfit};
use crate::domain::money::Money;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::Settings;
use crate::service::attachments::look::{Base, look};
use crate::words;

/// A thing with what it is expected to be.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) attachment: Attachment,
    tokens: Option<u64>,
    price: Option<Money>,
}

/// Looks at all of them, or tells the first thing that is wrong.
pub(super) fn all(
    typed: &[String],
    base: &Base,
    settings: &Settings,
    catalog: &Catalog,
) -> Result<Vec<Looked>, String> {
    let wrong = |notice: &Notice| words::line(settings.language, notice);
    let found = typed.iter().map(|typed| look(typed, base)).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|notice| wrong(&notice))?;
    let model = &settings.model;
    if let Some((at, why)) = misfit(&found, &catalog.senses(model)) {
        let others = catalog.able_to_take(&found, model);
        let unfitting = Unfitting {
            name: found[at].name.clone(),
            model: model.to_string(),
            why,
            others: others.iter().map(ToString::to_string).collect(),
        };
        let kind = AttachNotice::Misfit(Box::new(unfitting));
        return Err(wrong(&Notice::new(NoticeKind::Attach(kind))));
    }
    let looked = |attachment: Attachment| {
        let (tokens, price) = catalog.weigh(settings.figures, model, &attachment);
        Looked { attachment, tokens, price }
    };
    Ok(found.into_iter().map(looked).collect())
}

impl Looked {
    /// One line for people.
    pub(super) fn line(&self, settings: &Settings) -> String {
        let Self { attachment, tokens, price } = self;
        words::attachments::describe(settings.language, attachment, *tokens, *price)
    }

    /// The same for programs.
    pub(super) fn value(&self) -> Value {
        let Attachment { medium, name, mime, bytes, pixels, plays, .. } = &self.attachment;
        json!({
            "type": "attachment", "kind": medium.name(), "name": name,
            "mime": if mime.is_empty() { Value::Null } else { json!(mime) },
            "bytes": bytes,
            "width": pixels.map(|(width, _)| width), "height": pixels.map(|(_, height)| height),
            "seconds": plays.map(|plays| plays.as_secs_f64()),
            "tokens": self.tokens,
            "cost": self.price.map(|price| json!({
                "amount": price.amount.to_string(), "currency": price.currency.sign(),
            })),
        })
    }
}
