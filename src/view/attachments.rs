//! Paints what goes with a message: a row each above the composer, the list of files, and what is
//! asked where a model cannot take it. It refuses to know what a file holds.

use ratatui::buffer::Buffer;

use super::canvas::Pen;
use super::widgets::list::{self, Laid, List};
use super::{Hints, Scene, show_key};
use crate::action::{Action, App, Attach, Context, List as ListAction};
use crate::catalog::Catalog;
use crate::domain::attachments::Attachment;
use crate::domain::models::ModelId;
use crate::domain::money::Money;
use crate::layout::Area;
use crate::state::attachments::{Files, Unfit, Way};
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::words::attachments::{self as words, Attaching as Words};
use crate::words::params::Params;

/// Things shown above the composer.
const MOST: usize = 4;

/// Rows wanted above the composer.
pub(super) fn height(scene: &Scene<'_>) -> u16 {
    let all = scene.state.conversations().shown().attached.len();
    u16::try_from(all.min(MOST) + usize::from(all > MOST)).unwrap_or(0)
}

/// Paints the rows above the composer, as many as there is room for.
pub(super) fn strip(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let all = &scene.state.conversations().shown().attached;
    let catalog = scene.state.catalog();
    let key = scene.keys.hint(Context::Composer, &Action::Attach(Attach::Remove));
    let key = key.map(show_key).unwrap_or_default();
    // Where they have less room than they want, the last row still says that there are more.
    let room = usize::from(area.height);
    let shown = if all.len() > room { room.saturating_sub(1) } else { room }.min(MOST);
    let mut rows: Vec<(String, Role)> =
        all.iter().take(shown).map(|of| (described(scene, &catalog, of), Role::Accent)).collect();
    if all.len() > shown {
        let more = Words::More { more: all.len() - shown }.say(language);
        rows.push((format!("   {more}"), Role::Muted));
    }
    let last = rows.len().saturating_sub(1);
    for (at, (y, (text, role))) in (area.y..area.bottom()).zip(rows).enumerate() {
        let mut pen = Pen::row(buffer, area, y, scene.widths);
        let hint = Words::TakeBack { key: &key }.say(language);
        let cells = if at == last { scene.widths.text(&hint) as u16 + 3 } else { 0 };
        // The hint is for those who have room for it.
        let hinted = cells > 0 && cells + 30 < pen.left();
        let room = pen.left() - if hinted { cells } else { 0 };
        pen.write_cut(&text, room, scene.theme.style(role));
        if hinted {
            pen.write_cut(&format!("  {hint}"), cells, scene.theme.style(Role::Muted));
        }
    }
}

fn described(scene: &Scene<'_>, catalog: &Catalog, of: &Attachment) -> String {
    let settings = scene.state.settings();
    let model = &scene.state.conversations().shown().conversation().model;
    let (tokens, price) = catalog.weigh(settings.figures, model, of);
    format!(" + {}", words::describe(settings.language, of, tokens, price))
}

/// Paints the list of files.
pub(super) fn files(scene: &Scene<'_>, area: Area, files: &Files, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let empty = if files.waits { Words::Reading } else { Words::NoFile };
    let list = List {
        title: &Words::Title.say(language),
        picker: &files.picker,
        prompt: "@",
        placeholder: &Words::Placeholder.say(language),
        empty: &empty.say(language),
        all: files.all(),
        details: 0,
    };
    let rows: Vec<_> = files.rows().collect();
    list::paint(scene, area, &list, buffer, |at, line| {
        let Some((entry, found)) = rows.get(at) else { return };
        let slash = if entry.dir { "/" } else { "" };
        let role = if entry.dir { Role::Accent } else { Role::Text };
        let room = line.left();
        line.found(&format!("{}{slash}", entry.name), found, room, role);
    })
}

/// Paints what is asked where something does not fit.
pub(super) fn unfit(scene: &Scene<'_>, area: Area, unfit: &Unfit, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let told = words::tell(language, &unfit.notice).sentence;
    let fits = scene.widths.text(&told) + 3 <= usize::from(area.width);
    let list = List {
        title: &Params::Before.say(language),
        picker: &unfit.picker,
        prompt: "!",
        placeholder: &told,
        empty: "",
        all: unfit.ways.len(),
        details: if fits { 0 } else { 3 },
    };
    let catalog = scene.state.catalog();
    let mine =
        input_price(scene, &catalog, &scene.state.conversations().shown().conversation().model);
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let said = match &unfit.ways[at] {
            Way::Model(id) => {
                let price = input_price(scene, &catalog, id);
                Words::OtherModel { model: id.as_str(), price, instead: mine }.say(language)
            }
            Way::Remove => Words::TextAlone.say(language),
            Way::AsItIs => Words::AsItIs.say(language),
        };
        let cells = line.left();
        line.text(&said, cells, Role::Text);
    });
    let mut rows: Vec<Row> = Vec::new();
    plain(&told, area.width.saturating_sub(2).max(1), scene.widths, Ink::default(), &mut rows);
    for (y, row) in (laid.details.y..laid.details.bottom()).zip(rows) {
        Pen::row(buffer, laid.details, y, scene.widths)
            .skip(1)
            .write(&row.text, scene.theme.style(Role::Warning));
    }
    laid
}

/// What a million tokens of input cost.
fn input_price(scene: &Scene<'_>, catalog: &Catalog, model: &ModelId) -> Option<Money> {
    let price = catalog.price(scene.state.settings().figures, model, 1, false)?;
    Some(Money { amount: price.input?, currency: price.currency })
}

/// The hints of the footer below the list of files.
pub(super) fn hints(scene: &Scene<'_>) -> Hints {
    let language = scene.state.settings().language;
    let accept = Action::List(ListAction::Accept);
    vec![
        (Context::List, accept, Words::Take.say(language)),
        (Context::Global, Action::App(App::Back), Words::Back.say(language)),
    ]
}
