//! Paints the list of links, and messages as they came: their source from the first column on, so
//! that a selection by mouse holds nothing else. It refuses to copy.

use ratatui::buffer::Buffer;

use super::Scene;
use super::widgets::list::{self, Laid, List};
use crate::action::{Action, Context, List as ListAction};
use crate::layout::Area;
use crate::state::copy::Links;
use crate::text::rows::{Ink, Row, plain};
use crate::text::width::Widths;
use crate::theme::Role;
use crate::words::copy::Copy as Words;

/// Paints the links.
pub(super) fn paint(scene: &Scene<'_>, area: Area, links: &Links, buffer: &mut Buffer) -> Laid {
    let language = scene.state.settings().language;
    let list = List {
        title: Words::Links.say(language),
        picker: &links.picker,
        prompt: "›",
        placeholder: Words::Placeholder.say(language),
        empty: Words::NothingFits.say(language),
        all: links.all(),
        details: 0,
    };
    let rows: Vec<_> = links.rows().collect();
    list::paint(scene, area, &list, buffer, |at, line| {
        let (link, found) = rows[at];
        let text = (scene.widths.text(&link.text) as u16).min(line.width() / 3);
        let room = line.left().saturating_sub(text + 3);
        line.found(&link.url, found, room, Role::Link);
        line.gap(2).text(&link.text, text, Role::Muted);
    })
}

/// The hints of the footer.
pub(super) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, &'static str)> {
    let language = scene.state.settings().language;
    vec![(Context::List, Action::List(ListAction::Accept), Words::Take.say(language))]
}

/// Rows of a source that grows: whole lines are laid out once.
#[derive(Debug, Default)]
pub(super) struct Source {
    width: u16,
    /// Bytes of whole lines, and their rows.
    bytes: usize,
    whole: usize,
    rows: Vec<Row>,
}

impl Source {
    /// The rows, as far as they were brought up to date.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Brings the rows up to date.
    pub(super) fn update(&mut self, text: &str, width: u16, widths: Widths) {
        if self.width != width || !text.is_char_boundary(self.bytes) || text.len() < self.bytes {
            *self = Self { width, ..Self::default() };
        }
        self.rows.truncate(self.whole);
        let mut rest = &text[self.bytes..];
        while let Some((line, more)) = rest.split_once('\n') {
            self.line(line, widths);
            rest = more;
            self.whole = self.rows.len();
        }
        self.bytes = text.len() - rest.len();
        if !rest.is_empty() {
            self.line(rest, widths);
        }
    }

    fn line(&mut self, line: &str, widths: Widths) {
        let before = self.rows.len();
        plain(line, self.width, widths, Ink::default(), &mut self.rows);
        if self.rows.len() == before {
            // A line without letters is a row all the same.
            plain(" ", self.width, widths, Ink::default(), &mut self.rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn growing_is_the_same_as_coming_at_once(
            parts in proptest::collection::vec("[a-z 千问。\n#*`]{0,30}", 0..12), width in 1u16..40
        ) {
            let widths = Widths::default();
            let mut grown = Source::default();
            let mut text = String::new();
            for part in &parts {
                text.push_str(part);
                grown.update(&text, width, widths);
            }
            let mut whole = Source::default();
            whole.update(&text, width, widths);
            prop_assert_eq!(grown.rows(), whole.rows());
        }
    }
}
