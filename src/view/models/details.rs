//! All that is known of one model, line by line: what speaks against it first, prices of files and
//! caches last, for they are many. It refuses to wrap and to paint.

use rust_decimal::Decimal;

use super::{SOON, Sight};
use crate::catalog::limits::Limit;
use crate::catalog::models::{ModelRow, Stream};
use crate::catalog::prices::{Mode, Part, PriceRow};
use crate::domain::models::{Ability, ModelId, Purpose};
use crate::domain::settings::{Figures, Language};
use crate::state::models::{Row, ends, is_old};
use crate::theme::Role;
use crate::view::meters;
use crate::words::meters::Meters as Own;
use crate::words::models::Models as Words;

type Lines = Vec<(String, Role)>;

/// The lines for the marked row; `roomy` where what the marks mean can stand high up.
pub(super) fn lines(sight: &Sight<'_>, roomy: bool) -> Lines {
    match sight.models.marked() {
        None => Vec::new(),
        Some(Row::Typed(id)) => typed(sight, id),
        Some(Row::Known(id, _)) => {
            let row = sight.catalog.model_row(&ModelId::new(id));
            row.map(|row| known(sight, row, roomy)).unwrap_or_default()
        }
    }
}

fn typed(sight: &Sight<'_>, id: &str) -> Lines {
    let mut lines = vec![(sight.say(Words::Unlisted).into_owned(), Role::Text)];
    let near = sight.catalog.near(id);
    if !near.is_empty() {
        lines.push((sight.say(Words::Near(&near.join(", "))).into_owned(), Role::Muted));
    }
    lines
}

fn known(sight: &Sight<'_>, row: &ModelRow, roomy: bool) -> Lines {
    let legend = || (sight.say(Words::Legend).into_owned(), Role::Muted);
    let mut lines = vec![(head(sight, row), Role::Text)];
    lines.extend(warnings(sight, row).map(|text| (text, Role::Warning)));
    lines.push((abilities(sight, row), Role::Text));
    lines.extend(roomy.then(legend));
    lines.extend(limits(sight, row).map(|text| (text, Role::Text)));
    lines.extend(own(sight, row).map(|text| (text, Role::Text)));
    let (ordinary, special) = prices(sight, row);
    lines.extend(ordinary);
    lines.extend(row.note.clone().map(|note| (note, Role::Muted)));
    let source = sight.catalog.source(&row.source);
    lines.push((dated(sight, source, &row.as_of), Role::Muted));
    lines.extend((!roomy).then(legend));
    lines.extend(special);
    lines
}

/// `source, date`, and whether that is long ago.
fn dated(sight: &Sight<'_>, source: &str, as_of: &str) -> String {
    let mut text = sight.say(Words::Source(source, as_of)).into_owned();
    if is_old(as_of, sight.today) {
        text = joined(&[text, sight.say(Words::Old).into_owned()]);
    }
    text
}

/// The set that figures are of, unless their source has the same name.
fn set(sight: &Sight<'_>, figures: Figures, source: &str) -> Option<String> {
    let set = sight.say(Words::Set(figures)).into_owned();
    (set != source).then_some(set)
}

fn joined(parts: &[String]) -> String {
    parts.join(" · ")
}

/// The id in full, its family, what it takes and gives, where.
fn head(sight: &Sight<'_>, row: &ModelRow) -> String {
    let family = sight.catalog.family(&row.family);
    let family = family.map_or(row.family.as_str(), |family| match sight.language {
        Language::En => &family.en,
        Language::ZhCn => &family.zh,
    });
    let mut parts = vec![row.id.clone()];
    if sight.models.current.as_str() == row.id {
        parts.push(sight.say(Words::Current).into_owned());
    }
    parts.push(family.to_owned());
    parts.push(sight.say(Words::For(row.purpose())).into_owned());
    parts.push(row.modality.replace("->", " → "));
    if !row.regions.is_empty() {
        parts.push(sight.say(Words::Regions(&row.regions.join(", "))).into_owned());
    }
    joined(&parts)
}

/// What speaks against it.
fn warnings(sight: &Sight<'_>, row: &ModelRow) -> impl Iterator<Item = String> {
    let last = row.retires.as_deref().unwrap_or_default();
    let end = match ends(row, sight.today) {
        Some(days) if days < 0 => Some(sight.say(Words::Ended(last))),
        Some(days) if days <= SOON => Some(sight.say(Words::Ends(last, days))),
        Some(_) | None => None,
    };
    let end = end.map(|end| {
        let instead = sight.catalog.instead(row).join(", ");
        if instead.is_empty() {
            return end.into_owned();
        }
        format!("{end} {}", sight.say(Words::Instead(&instead)))
    });
    let here = sight.elsewhere(row).map(|here| {
        let regions = row.regions.join(", ");
        sight.say(Words::NotHere { here, regions: &regions }).into_owned()
    });
    end.into_iter().chain(here)
}

fn abilities(sight: &Sight<'_>, row: &ModelRow) -> String {
    let mut parts = Vec::new();
    if let Some(model) = sight.catalog.model(&ModelId::new(&row.id)) {
        parts.extend(model.context_tokens.map(|n| sight.say(Words::Context(n)).into_owned()));
        parts.extend(model.max_output.map(|n| sight.say(Words::Answer(n)).into_owned()));
    }
    if row.purpose() == Purpose::Chat {
        parts.push(sight.say(Words::Thinking(row.thinking())).into_owned());
        let others = Ability::ALL.into_iter().filter(|ability| *ability != Ability::Thinking);
        let able = others.filter(|ability| sight.catalog.can(row, *ability) == Some(true));
        parts.extend(able.map(|ability| sight.say(Words::Can(ability)).into_owned()));
    }
    if row.stream == Stream::Always {
        parts.push(sight.say(Words::StreamOnly).into_owned());
    }
    if row.async_only {
        parts.push(sight.say(Words::Tasks).into_owned());
    }
    joined(&parts)
}

fn limits(sight: &Sight<'_>, row: &ModelRow) -> Option<String> {
    let figures = sight.scene.state.settings().figures;
    let Limit { row: limit, basis } = sight.catalog.limits(figures, &ModelId::new(&row.id))?;
    let mut parts = Vec::new();
    parts.extend(limit.rpm.map(|n| sight.say(Words::Requests(n)).into_owned()));
    parts.extend(limit.tpm.map(|n| sight.say(Words::Tokens(n)).into_owned()));
    parts.extend(limit.running.map(|n| sight.say(Words::Running(n)).into_owned()));
    if let Some(alias) = &basis.alias {
        parts.push(sight.say(Words::As(alias.as_str())).into_owned());
    }
    parts.extend(set(sight, basis.figures, &limit.source));
    parts.push(dated(sight, &limit.source, &limit.as_of));
    Some(format!("{}  {}", sight.say(Words::Limits), joined(&parts)))
}

/// How it has done for this user, and what is left of its limits; `None` where it was not used.
fn own(sight: &Sight<'_>, row: &ModelRow) -> Option<String> {
    let model = ModelId::new(&row.id);
    let habit = meters::habit(sight.scene, &model);
    let room = meters::headroom(sight.scene, &model);
    let parts: Vec<String> = habit.into_iter().chain(room).collect();
    let name = Own::Own.say(sight.language);
    (!parts.is_empty()).then(|| format!("{name}  {}", joined(&parts)))
}

/// A line that says where the prices are from, and one for each tier; then those of files and
/// caches.
fn prices(sight: &Sight<'_>, row: &ModelRow) -> (Lines, Lines) {
    let figures = sight.scene.state.settings().figures;
    let (basis, rows) = sight.catalog.price_list(figures, &ModelId::new(&row.id));
    let Some(first) = rows.first() else {
        return (vec![(sight.say(Words::NoPrice).into_owned(), Role::Muted)], Vec::new());
    };
    let mut parts = vec![sight.say(Words::Per(first.unit)).into_owned()];
    if let Some(alias) = &basis.alias {
        parts.push(sight.say(Words::As(alias.as_str())).into_owned());
    }
    parts.extend(set(sight, basis.figures, &first.source));
    parts.push(dated(sight, &first.source, &first.as_of));
    let mut lines = vec![(format!("{}  {}", sight.say(Words::Prices), joined(&parts)), Role::Text)];
    let mut special = Vec::new();
    for row in rows {
        let line = format!("  {}", tier(sight, first, row));
        match row.mode {
            Mode::Ordinary => lines.push((line, Role::Text)),
            Mode::ExplicitCache | Mode::Batch => special.push((line, Role::Muted)),
        }
    }
    (lines, special)
}

/// One price row: `≤ 128K · thinking · in ¥0.8 · out ¥8 · cached ¥0.16`.
fn tier(sight: &Sight<'_>, first: &PriceRow, row: &PriceRow) -> String {
    let mut parts = Vec::new();
    match (row.above, row.up_to) {
        (0, None) => {}
        (above, None) => parts.push(format!("> {}", super::size(above))),
        (0, Some(to)) => parts.push(format!("≤ {}", super::size(to))),
        (above, Some(to)) => {
            parts.push(format!("{} – {}", super::size(above), super::size(to)));
        }
    }
    let mut word = |words: Words<'_>| parts.push(sight.say(words).into_owned());
    match row.mode {
        Mode::Ordinary => {}
        Mode::Batch => word(Words::Batch),
        Mode::ExplicitCache => word(Words::ExplicitCache),
    }
    match row.thinking {
        Some(true) => word(Words::WithThinking),
        Some(false) => word(Words::WithoutThinking),
        None => {}
    }
    match row.sound {
        Some(true) => word(Words::WithSound),
        Some(false) => word(Words::WithoutSound),
        None => {}
    }
    match row.part {
        Part::All => {}
        Part::Text => word(Words::OfText),
        Part::TextOfMixed => word(Words::OfMixed),
        Part::NoAudio => word(Words::OfSilent),
        Part::Image => word(Words::OfPictures),
        Part::Audio => word(Words::OfSound),
    }
    if row.unit != first.unit {
        word(Words::Per(row.unit));
    }
    parts.extend([&row.resolution, &row.quality, &row.region].into_iter().flatten().cloned());
    let amounts =
        [(Words::Input, row.input), (Words::Output, row.output), (Words::Cached, row.cached)];
    for (name, amount) in amounts {
        parts.extend(amount.map(|amount| {
            let amount: Decimal = amount.normalize();
            format!("{} {}{amount}", sight.say(name), row.currency().sign())
        }));
    }
    parts.extend(row.note.clone());
    joined(&parts)
}
