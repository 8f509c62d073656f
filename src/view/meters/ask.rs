//! Paints what has to be decided before more is spent: why nothing was sent, and the two ways. It
//! refuses to have an opinion.

use ratatui::buffer::Buffer;

use crate::action::{Action, Context, List as ListAction};
use crate::layout::Area;
use crate::state::focus::ListPlace;
use crate::state::meters::ask::{SEND, SpendAsk, Stop};
use crate::text::rows::{Ink, Row, plain};
use crate::theme::Role;
use crate::view::Scene;
use crate::view::canvas::Pen;
use crate::view::widgets::list::{self, List};
use crate::words::meters::{Hint, Meters};

/// Rows for the question.
const ROWS: u16 = 4;

/// Paints it; the caret is where the answer is typed.
pub(in crate::view) fn paint(
    scene: &Scene<'_>,
    area: Area,
    ask: &SpendAsk,
    buffer: &mut Buffer,
) -> (ListPlace, Option<(u16, u16)>) {
    let language = scene.state.settings().language;
    let told = match &ask.stop {
        Stop::OverBudget(reached) => Meters::AskBudget(reached).say(language),
        Stop::Loop { times } => Meters::AskLoop(*times).say(language),
    };
    let send = if ask.is_typed() { Meters::SendTyped } else { Meters::Send };
    let list = List {
        title: &Meters::AskTitle.say(language),
        picker: &ask.picker,
        prompt: if ask.is_typed() { "›" } else { "!" },
        placeholder: "",
        empty: "",
        all: ask.picker.rows(),
        details: ROWS,
    };
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let cells = line.left();
        let (way, role) =
            if at == SEND { (&send, Role::Text) } else { (&Meters::Leave, Role::Muted) };
        line.text(&way.say(language), cells, role);
    });
    let mut rows: Vec<Row> = Vec::new();
    plain(&told, area.width.saturating_sub(2).max(1), scene.widths, Ink::default(), &mut rows);
    let style = scene.theme.style(Role::Warning);
    for (y, row) in (laid.details.y..laid.details.bottom()).zip(rows) {
        Pen::row(buffer, laid.details, y, scene.widths).skip(1).write(&row.text, style);
    }
    (laid.place, ask.is_typed().then_some(laid.caret))
}

/// The hints of the footer.
pub(in crate::view) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, String)> {
    let choose = Meters::Hint(Hint::Choose).say(scene.state.settings().language);
    vec![(Context::List, Action::List(ListAction::Accept), choose)]
}
