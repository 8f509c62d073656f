//! The meters over the whole screen: which table is shown, over which span, from which row on. It
//! refuses the figures, which the painter reads, and asks for tables that nobody looks at.

use super::super::focus::Overlay;
use super::super::{AppState, Effects};
use crate::action::{List, Meters as Wish};
use crate::domain::meters::count::{By, MetersCommand, Span};
use crate::effect::Effect;

/// Rows a page moves by.
const PAGE: usize = 10;

/// The meters while they are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panel {
    /// The rows of the table.
    pub by: By,
    /// Over which span.
    pub span: Span,
    /// The first row shown.
    pub top: usize,
}

impl Panel {
    /// The painter tells the last row that can be the first shown.
    pub fn limit(&mut self, last: usize) {
        self.top = self.top.min(last);
    }

    /// The tables that are in sight: the one that was chosen, money by day, and all a model ever
    /// used, for its free quota.
    fn tables(self) -> Vec<MetersCommand> {
        let mut wanted = vec![(self.by, self.span)];
        for more in [(By::Day, Span::Month), (By::Model, Span::All)] {
            if !wanted.contains(&more) {
                wanted.push(more);
            }
        }
        wanted.into_iter().map(|(by, span)| MetersCommand::Table { by, span }).collect()
    }
}

impl AppState {
    fn panel(&mut self) -> Option<&mut Panel> {
        match &mut self.focus.overlay {
            Some(Overlay::Meters(panel)) => Some(panel),
            Some(_) | None => None,
        }
    }

    /// The tables that are to be put together again; none while nobody looks.
    pub(super) fn wanted_tables(&self) -> Vec<MetersCommand> {
        match &self.focus.overlay {
            Some(Overlay::Meters(panel)) => panel.tables(),
            Some(_) | None => Vec::new(),
        }
    }

    pub(in crate::state) fn on_meters(&mut self, wish: Wish) -> Effects {
        let open = self.panel().map(|panel| *panel);
        match wish {
            Wish::Open => {
                let panel = Panel::default();
                self.focus.overlay = open.is_none().then_some(Overlay::Meters(panel));
                return self.wanted_tables().into_iter().map(Effect::Meters).collect();
            }
            Wish::Ask => return vec![Effect::Meters(MetersCommand::Quotas)],
            Wish::By => {
                if let Some(panel) = self.panel() {
                    panel.by = match panel.by {
                        By::Model => By::Day,
                        By::Day => By::Profile,
                        By::Profile => By::Subject,
                        By::Subject => By::Model,
                    };
                }
            }
            Wish::Span => {
                if let Some(panel) = self.panel() {
                    panel.span = match panel.span {
                        Span::Today => Span::Month,
                        Span::Month => Span::All,
                        Span::All => Span::Today,
                    };
                }
            }
        }
        self.wanted_tables().into_iter().take(1).map(Effect::Meters).collect()
    }

    /// The panel is scrolled; `None` if it is not open.
    pub(in crate::state) fn on_meters_list(&mut self, action: List) -> Option<Effects> {
        let panel = self.panel()?;
        panel.top = match action {
            List::Up => panel.top.saturating_sub(1),
            List::Down => panel.top.saturating_add(1),
            List::PageUp => panel.top.saturating_sub(PAGE),
            List::PageDown => panel.top.saturating_add(PAGE),
            List::First => 0,
            List::Last => usize::MAX / 2,
            List::Accept => panel.top,
        };
        Some(Vec::new())
    }
}
