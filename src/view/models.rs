//! Paints the model picker: a row of figures for each model, and below all that is known of the
//! marked one. It refuses to choose.
//!
//! ```text
//!  ● qwen-plus            Qwen text      ¥0.8/2   1M  T··JS
//!    qwen-max             Qwen text     ¥2.4/9.6  32K ···JS  † 2026-07-13
//!    wan2.5-t2v-preview   Wan video      ¥0.3/s       ·VA··  making videos
//! ```

mod details;

use std::borrow::Cow;

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::widgets::list::{self, Laid, Line, List};
use crate::action::{Action, Context, List as ListAction, Models as ModelsAction};
use crate::catalog::Catalog;
use crate::catalog::models::ModelRow;
use crate::catalog::tag::Tag;
use crate::domain::day::Day;
use crate::domain::models::{Ability, ModelId, Purpose};
use crate::domain::settings::Language;
use crate::layout::Area;
use crate::state::models::{Models, Row, Said, ends};
use crate::text::rows::{Ink, plain};
use crate::theme::Role;
use crate::words::lanes::Lanes;
use crate::words::models::Models as Words;

/// Days before the last one in which a model is marked.
const SOON: i64 = 60;
/// Abilities that have a mark.
const MARKS: [Ability; 5] =
    [Ability::Thinking, Ability::Vision, Ability::Audio, Ability::Json, Ability::Search];

/// What a row and the details are painted from.
struct Sight<'a> {
    scene: &'a Scene<'a>,
    catalog: &'a Catalog,
    models: &'a Models,
    language: Language,
    today: Day,
}

impl Sight<'_> {
    fn say(&self, words: Words<'_>) -> Cow<'static, str> {
        words.say(self.language)
    }

    /// Where requests go, if it is a region that `row` is not served in.
    fn elsewhere(&self, row: &ModelRow) -> Option<&str> {
        let place = &self.scene.state.settings().place;
        let known = self.catalog.model_rows().iter().flat_map(|row| &row.regions);
        let here = place.region.as_str();
        let is_region = known.into_iter().any(|region| region == here);
        let served = row.regions.is_empty() || row.regions.iter().any(|region| region == here);
        (is_region && !served && !place.simulator).then_some(here)
    }
}

/// Cells of the columns; 0 leaves one out.
struct Columns {
    id: u16,
    family: u16,
    price: u16,
    context: u16,
    marks: u16,
    limits: u16,
    own: u16,
}

impl Columns {
    /// Those that fit; the id and the price stay longest.
    fn of(width: u16, language: Language) -> Self {
        let marks = match language {
            Language::En => 5,
            Language::ZhCn => 9,
        };
        match width {
            0..56 => Self { id: 22, family: 0, price: 12, context: 0, marks: 0, limits: 0, own: 0 },
            56..100 => Self { id: 28, family: 0, price: 12, context: 5, marks, limits: 0, own: 0 },
            100..150 => {
                Self { id: 36, family: 16, price: 12, context: 5, marks, limits: 0, own: 0 }
            }
            150.. => Self { id: 38, family: 20, price: 12, context: 5, marks, limits: 22, own: 20 },
        }
    }
}

/// Paints it.
pub(super) fn paint(scene: &Scene<'_>, area: Area, models: &Models, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let catalog = scene.state.catalog();
    let today = Day::of(scene.now);
    let sight = Sight { scene, catalog: &catalog, models, language, today };
    let title = match (&models.pinning, models.chat_only) {
        (Some(alias), _) => Words::TitlePin(alias),
        (None, true) => Words::TitleChat,
        (None, false) => Words::Title,
    };
    let said = models.said.as_ref().map(|said| sight.say(said_words(said)));
    let details = details_height(area, models.picker.rows());
    let marked = models.marks.len();
    let title = match marked {
        0 => sight.say(title),
        _ => Lanes::Marked(marked).say(language).into(),
    };
    // Among snapshots no other id can be typed.
    let placeholder = models.pinning.is_none().then(|| sight.say(Words::Placeholder));
    let placeholder = placeholder.unwrap_or_default();
    let empty = sight.say(Words::Nothing);
    let list = List {
        // Where there is no room for details, the title is what is read.
        title: said.as_deref().filter(|_| details == 0).unwrap_or(&title),
        picker: &models.picker,
        prompt: "›",
        placeholder: &placeholder,
        empty: &empty,
        all: models.all(),
        details,
    };
    let columns = Columns::of(area.width, language);
    let laid = list::paint(scene, area, &list, buffer, |at, line| match &models.rows()[at] {
        Row::Typed(id) => {
            line.text("  ", 2, Role::Text).text(&sight.say(Words::Use(id)), u16::MAX, Role::Text);
        }
        Row::Known(id, found) => {
            if let Some(row) = catalog.model_row(&ModelId::new(id)) {
                model(&sight, &columns, row, found, line);
            }
        }
    });
    below(&sight, laid.details, buffer);
    laid
}

fn said_words(said: &Said) -> Words<'_> {
    match said {
        Said::NotForChat(id, purpose) => Words::NotForChat(id, *purpose),
        Said::NoSnapshots(id) => Words::NoSnapshots(id),
        Said::MarkSome => Words::MarkSome,
    }
}

/// The same on every row, so that the list stays where it is while the mark moves; rows that a
/// short list leaves empty are the details'.
fn details_height(area: Area, rows: usize) -> u16 {
    let empty = usize::from(area.height).saturating_sub(rows + 3);
    match area.height {
        0..14 => 0,
        14..18 => 5,
        18..30 => 9,
        30.. => empty.clamp(12, 22) as u16,
    }
}

fn model(
    sight: &Sight<'_>,
    columns: &Columns,
    row: &ModelRow,
    found: &[u32],
    line: &mut Line<'_, '_>,
) {
    let Sight { models, catalog, .. } = sight;
    let sign = match () {
        () if models.marks.iter().any(|marked| marked.as_str() == row.id) => "✓ ",
        () if models.current.as_str() == row.id => "● ",
        () if models.is_recent(&row.id) => "○ ",
        () => "  ",
    };
    let over = ends(row, sight.today).is_some_and(|days| days < 0);
    let usable = row.purpose() == Purpose::Chat && !over && sight.elsewhere(row).is_none();
    let role = if usable { Role::Text } else { Role::Muted };
    let mut edge = line.width() - line.left() + 2;
    line.text(sign, 2, Role::Model).found(&row.id, found, columns.id, role);
    edge += columns.id + 1;
    line.to(edge);
    if columns.family > 0 {
        let family = catalog.family(&row.family);
        let name = family.map_or(row.family.as_str(), |family| match sight.language {
            Language::En => &family.en,
            Language::ZhCn => &family.zh,
        });
        line.column(name, columns.family, Role::Muted).gap(1);
    }
    let figures = sight.scene.state.settings().figures;
    let price = catalog.tag(figures, row).map(|tag| price(&tag, sight.language));
    line.right(&price.unwrap_or_default(), columns.price, role).gap(1);
    if columns.context > 0 {
        let tokens = catalog.model(&ModelId::new(&row.id)).and_then(|model| model.context_tokens);
        line.right(&tokens.map(size).unwrap_or_default(), columns.context, Role::Muted).gap(1);
    }
    if columns.marks > 0 {
        line.column(&marks(sight, row), columns.marks, role).gap(2);
    }
    if columns.limits > 0 {
        let id = ModelId::new(&row.id);
        let limits = sight.scene.state.limits_of(&id, sight.scene.now);
        let rpm = limits.requests.map(|limit| limit.rate.amount);
        let rpm = rpm.map(|rpm| format!("{} RPM", crate::words::grouped(rpm)));
        // What is left says more, once something is used.
        let said = super::meters::headroom(sight.scene, &id).or(rpm).unwrap_or_default();
        line.column(&said, columns.limits, Role::Muted).gap(1);
        let own = super::meters::habit_short(sight.scene, &id);
        line.column(&own, columns.own, Role::Muted).gap(1);
    }
    let (note, role) = note(sight, row);
    let room = line.left().saturating_sub(1);
    line.text(&note, room, role);
}

/// What speaks against a model, else what it is for.
fn note(sight: &Sight<'_>, row: &ModelRow) -> (String, Role) {
    let last = row.retires.as_deref().unwrap_or_default();
    match ends(row, sight.today) {
        Some(days) if days < 0 => return (format!("† {last}"), Role::Warning),
        Some(days) if days <= SOON => return (format!("! {last}"), Role::Warning),
        Some(_) | None => {}
    }
    if row.purpose() != Purpose::Chat {
        return (sight.say(Words::For(row.purpose())).into_owned(), Role::Muted);
    }
    let role = if sight.elsewhere(row).is_some() { Role::Warning } else { Role::Muted };
    let mut parts = Vec::new();
    if !row.regions.is_empty() {
        parts.push(row.regions.join(", "));
    }
    if !last.is_empty() {
        parts.push(last.to_owned());
    }
    (parts.join("  "), role)
}

/// The first price of a model: `¥0.8/2` for input and output, `¥0.3/s` for what is not tokens.
fn price(tag: &Tag, language: Language) -> String {
    let about = if tag.borrowed { "≈" } else { "" };
    let amounts = [tag.input, tag.output].into_iter().flatten();
    let amounts: Vec<String> = amounts.map(|amount| amount.normalize().to_string()).collect();
    let unit = Words::PerShort(tag.unit).say(language);
    format!("{about}{}{}{unit}", tag.currency.sign(), amounts.join("/"))
}

/// Tokens in few letters: `1M`, `256K`, `30.7K`.
fn size(tokens: u64) -> String {
    match tokens {
        0..1_000 => tokens.to_string(),
        _ if tokens >= 1_000_000 && tokens.is_multiple_of(1_000_000) => {
            format!("{}M", tokens / 1_000_000)
        }
        _ if tokens.is_multiple_of(1 << 20) => format!("{}M", tokens >> 20),
        _ if tokens.is_multiple_of(1024) => format!("{}K", tokens / 1024),
        _ => format!("{}K", tokens / 1000),
    }
}

/// One mark for each ability: a letter, a dot for none, a question mark where nobody tells.
fn marks(sight: &Sight<'_>, row: &ModelRow) -> String {
    let widths = sight.scene.widths;
    let mark = |ability| {
        let mark = sight.say(Words::Mark(ability));
        let sign = match sight.catalog.can(row, ability) {
            Some(true) => return mark.into_owned(),
            Some(false) => "·",
            None => "?",
        };
        // As wide as the mark, so that columns of marks stay columns.
        let cells = widths.text(&mark);
        format!("{sign}{}", " ".repeat(cells.saturating_sub(widths.text(sign))))
    };
    MARKS.map(mark).concat()
}

/// Paints what is known of the marked row.
fn below(sight: &Sight<'_>, area: Area, buffer: &mut Buffer) {
    let Scene { theme, widths, .. } = *sight.scene;
    let mut y = area.y;
    let mut lines = details::lines(sight, area.height >= 12);
    if let Some(said) = &sight.models.said {
        lines.insert(0, (sight.say(said_words(said)).into_owned(), Role::Warning));
    }
    let room = area.width.saturating_sub(2).max(1);
    let mut rows = Vec::new();
    for (text, role) in &lines {
        let text = crate::text::sanitize::block(text);
        let mut wrapped = Vec::new();
        plain(&text, room, widths, Ink::default(), &mut wrapped);
        rows.extend(wrapped.into_iter().map(|row| (row.text, *role)));
    }
    let height = usize::from(area.height);
    if rows.len() > height && height > 0 {
        let hidden = rows.len() - height + 1;
        rows.truncate(height - 1);
        rows.push((sight.say(Words::More(hidden)).into_owned().into(), Role::Muted));
    }
    for (text, role) in rows {
        Pen::row(buffer, area, y, widths).skip(1).write_cut(&text, room, theme.style(role));
        y += 1;
    }
}

/// The hints of the footer.
pub(super) fn hints(
    scene: &Scene<'_>,
    models: &Models,
) -> Vec<(Context, Action, Cow<'static, str>)> {
    let language = scene.state.settings().language;
    let pin = if models.pinning.is_some() { Words::Unpin } else { Words::Pin };
    let comparing = !models.marks.is_empty();
    let accept =
        if comparing { Lanes::AskThem.say(language).into() } else { Words::Accept.say(language) };
    let mark = Lanes::Mark.say(language).into();
    vec![
        (Context::List, Action::List(ListAction::Accept), accept),
        (Context::Models, Action::Models(ModelsAction::Mark), mark),
        (Context::Models, Action::Models(ModelsAction::Pin), pin.say(language)),
        (Context::Models, Action::Models(ModelsAction::Keep), Words::Keep.say(language)),
        (Context::Models, Action::Models(ModelsAction::Kinds), Words::Kinds.say(language)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (tokens, shown) in [
            (512, "512"),
            (30_720, "30K"),
            (32_768, "32K"),
            (129_024, "126K"),
            (131_072, "128K"),
            (1_000_000, "1M"),
            (1_048_576, "1M"),
            (10_000_000, "10M"),
            (997_952, "997K"),
        ] {
            assert_eq!(size(tokens), shown);
        }
    }
}
