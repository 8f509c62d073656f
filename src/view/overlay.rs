//! What lies over the panes: each kind is handed to its painter, and the frame learns where its list
//! and its caret are. It refuses to paint anything itself.

use ratatui::layout::Rect;

use super::{
    Scene, View, attachments, conversations, copy, doctor, help, history, inspector, lanes, meters,
    models, notices, palette, params, paste, queue, task_form, tasks, voices,
};
use crate::layout::Area;
use crate::state::Painted;
use crate::state::focus::Overlay;

impl View {
    /// Paints what lies over the panes and tells where the caret is, if it has one.
    pub(super) fn overlay(
        &mut self,
        scene: &Scene<'_>,
        overlay: &Overlay,
        painted: &mut Painted,
    ) -> Option<(u16, u16)> {
        let Rect { width, height, .. } = self.buffer.area;
        let whole = Area { x: 0, y: 0, width, height };
        // Where one is and what the keys do stays in sight.
        let (top, bottom) = (self.panes.header.bottom(), self.panes.footer.height);
        let list = Area { y: top, height: height.saturating_sub(top + bottom), ..whole };
        let laid = match overlay {
            Overlay::Help { top } => {
                painted.help_top = help::paint(scene, whole, *top, &mut self.buffer);
                return None;
            }
            Overlay::Palette(palette) => palette::paint(scene, list, palette, &mut self.buffer),
            Overlay::History(history) => history::paint(scene, list, history, &mut self.buffer),
            Overlay::Paste(paste) => {
                painted.paste_top = paste::paint(scene, list, paste, &mut self.buffer);
                return None;
            }
            Overlay::Lanes(lanes) => {
                let Self { buffer, lanes: rows, .. } = self;
                let shown = lanes::paint(scene, list, lanes, rows, buffer);
                painted.paste_top = shown.last;
                painted.list = shown.place;
                return None;
            }
            Overlay::Inspector(inspector) => {
                let shown = inspector::paint(scene, list, inspector, &mut self.buffer);
                painted.paste_top = shown.last;
                painted.list = shown.place;
                return shown.caret;
            }
            Overlay::Models(models) => models::paint(scene, list, models, &mut self.buffer),
            Overlay::Voices(voices) => voices::paint(scene, list, voices, &mut self.buffer),
            Overlay::Params(drawer) => {
                let (laid, caret) = params::paint(scene, list, drawer, &mut self.buffer);
                painted.list = laid.place;
                return caret;
            }
            Overlay::Ask(ask) => {
                painted.list = params::paint_ask(scene, list, ask, &mut self.buffer).place;
                return None;
            }
            Overlay::Conversations(browser) => {
                conversations::paint(scene, list, browser, &mut self.buffer)
            }
            Overlay::Files(files) => attachments::files(scene, list, files, &mut self.buffer),
            Overlay::Unfit(unfit) => {
                painted.list = attachments::unfit(scene, list, unfit, &mut self.buffer).place;
                return None;
            }
            Overlay::Queue(waiting) => queue::paint(scene, list, waiting, &mut self.buffer),
            Overlay::Tasks(board) => {
                let shown = tasks::paint(scene, list, board, &mut self.buffer);
                self.still = shown.still;
                painted.paste_top = shown.last_top;
                painted.list = shown.place;
                return shown.caret;
            }
            Overlay::TaskForm(form) => {
                let (place, caret) = task_form::paint(scene, list, form, &mut self.buffer);
                painted.list = place;
                return caret;
            }
            Overlay::Meters(panel) => {
                painted.paste_top = meters::paint(scene, list, *panel, &mut self.buffer);
                return None;
            }
            Overlay::SpendAsk(ask) => {
                let (place, caret) = meters::paint_ask(scene, list, ask, &mut self.buffer);
                painted.list = place;
                return caret;
            }
            Overlay::TaskAsk(ask) => {
                let (place, caret) = tasks::paint_ask(scene, list, ask, &mut self.buffer);
                painted.list = place;
                return caret;
            }
            Overlay::Links(links) => copy::paint(scene, list, links, &mut self.buffer),
            Overlay::Doctor(examination) => {
                doctor::paint(scene, list, examination, &mut self.buffer)
            }
            Overlay::Notices(history) => {
                painted.list = notices::history(scene, list, history, &mut self.buffer).place;
                return None;
            }
        };
        painted.list = laid.place;
        Some(laid.caret)
    }
}
