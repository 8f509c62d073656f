//! Paints the findings of an examination as a list, the marked one whole below it. It refuses to
//! know what a finding means.

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use super::widgets::list::{self, Laid, List};
use crate::action::{Action, Context, List as ListAction};
use crate::domain::doctor::{Check, Name, Outcome};
use crate::layout::Area;
use crate::state::doctor::Examination;
use crate::text::rows::{Ink, plain};
use crate::theme::Role;
use crate::words::doctor::{Doctor as Words, mark, next, sentence};

/// Rows for the marked one below the list.
const DETAILS: u16 = 6;

/// Paints it.
pub(super) fn paint(
    scene: &Scene<'_>,
    area: Area,
    examination: &Examination,
    buffer: &mut Buffer,
) -> Laid {
    let language = scene.state.settings().language;
    let say = |words: Words<'_>| words.say(language);
    let title = say(Words::Title);
    let state = if examination.running { say(Words::Looking) } else { verdict(scene, examination) };
    let list = List {
        title: &title,
        picker: &examination.picker,
        prompt: "›",
        placeholder: &state,
        empty: if examination.running { "" } else { &state },
        all: examination.checks().len(),
        details: DETAILS,
    };
    let rows: Vec<&Check> = examination.rows().collect();
    let labels = Name::ALL.map(|name| scene.widths.text(&say(Words::Name(name))) as u16);
    let column = labels.into_iter().max().unwrap_or(0);
    let laid = list::paint(scene, area, &list, buffer, |at, line| {
        let check = rows[at];
        let role = role(check.outcome);
        line.column(mark(check.outcome, false), 2, role);
        line.column(&say(Words::Name(check.name)), column + 2, Role::Text);
        let room = line.left();
        line.text(&sentence(language, check), room, role);
    });
    if let Some(check) = examination.marked().filter(|_| laid.details.height > 0) {
        whole(scene, laid.details, check, buffer);
    }
    laid
}

fn role(outcome: Outcome) -> Role {
    match outcome {
        Outcome::Ok => Role::Info,
        Outcome::Warn => Role::Warning,
        Outcome::Fail(_) => Role::Error,
        Outcome::Skipped | Outcome::Unknown => Role::Muted,
    }
}

fn verdict(scene: &Scene<'_>, examination: &Examination) -> String {
    let checks = examination.checks();
    let count = |is: fn(&Check) -> bool| checks.iter().filter(|check| is(check)).count();
    let first = checks.iter().find(|check| check.trouble().is_some());
    let words = Words::Verdict {
        failed: count(|check| check.trouble().is_some()),
        warned: count(|check| check.outcome == Outcome::Warn),
        first: first.map(|check| check.name),
    };
    words.say(scene.state.settings().language)
}

/// Sentence and next step.
fn whole(scene: &Scene<'_>, area: Area, check: &Check, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let mut parts = vec![(sentence(language, check), role(check.outcome))];
    let step = check.trouble().is_some() || check.outcome == Outcome::Warn || check.next.is_some();
    parts.extend(next(language, check).filter(|_| step).map(|next| (next, Role::Text)));
    let width = super::text_width(area.width);
    let mut y = area.y;
    for (text, role) in parts {
        let mut rows = Vec::new();
        plain(&text, width, scene.widths, Ink::default(), &mut rows);
        for row in rows {
            if y >= area.bottom() {
                return;
            }
            let mut pen = Pen::row(buffer, area, y, scene.widths);
            pen.skip(super::indent(area.width)).write(&row.text, scene.theme.style(role));
            y += 1;
        }
    }
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, String)> {
    let copy = Words::Copy.say(scene.state.settings().language);
    vec![(Context::List, Action::List(ListAction::Accept), copy)]
}
