//! Rectangles: how a screen of a given size is divided among the panes. It refuses to know what
//! the panes show.
//!
//! Panes are stacked in full-width rows, so that the transcript can be scrolled by the terminal
//! itself, which over SSH costs next to nothing:
//!
//! ```text
//! header      one row
//! meters      one or two rows
//! rule        one row, from 12 rows up
//! transcript  what is left
//! tasks       those under way and those just over, at most a third
//! notice      as many rows as it needs, at most a third
//! queue       messages that wait, at most a third of what is left
//! attached    what goes with the message, at most a quarter of what is left
//! speech      one row while something is read aloud
//! title       one row: the rule above the composer
//! composer    one row per line of text, at most a third
//! footer      one row, from 8 rows up
//! ```
//!
//! On a wide screen the transcript can share its rows with a pane at its side.

/// An area of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// The row after its last one.
    #[must_use]
    pub const fn bottom(self) -> u16 {
        self.y + self.height
    }
}

/// How high the parts with a height of their own would like to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// Rows of the text being written.
    pub composer: u16,
    /// Rows of the meters.
    pub meters: u16,
    /// Rows of the strip of tasks.
    pub tasks: u16,
    /// Rows of the notice.
    pub notice: u16,
    /// Rows of the messages that wait.
    pub queue: u16,
    /// Rows of what goes with the message.
    pub attached: u16,
    /// Rows of what is read aloud.
    pub speech: u16,
    /// The side pane is wanted.
    pub side: bool,
}

/// The panes of the workbench; one that has no room has a height of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panes {
    /// Model, place, what is in force.
    pub header: Area,
    /// What is used of limits.
    pub meters: Area,
    /// The line below them.
    pub rule: Area,
    /// The conversation.
    pub transcript: Area,
    /// Beside the conversation, if wanted and there is room; the column before it is a line.
    pub side: Area,
    /// Tasks under way, and those that are just over.
    pub tasks: Area,
    /// What the user is being told.
    pub notice: Area,
    /// Messages that wait to be sent.
    pub queue: Area,
    /// What goes with the message.
    pub attached: Area,
    /// What is read aloud.
    pub speech: Area,
    /// The line above the composer, with its title.
    pub title: Area,
    /// The message being written.
    pub composer: Area,
    /// Hints.
    pub footer: Area,
}

/// The smallest screen on which the panes are usable.
pub const LEAST: (u16, u16) = (20, 5);

/// Columns a screen needs for a pane beside the conversation.
pub const WIDE: u16 = 140;

/// Columns of the side pane.
const SIDE: u16 = 40;

/// Divides a screen.
#[must_use]
pub fn split(width: u16, height: u16, wish: Wish) -> Panes {
    let header = u16::from(height >= 4);
    let rule = u16::from(height >= 12);
    let footer = u16::from(height >= 8);
    let title = u16::from(height >= 3);
    let third = (height / 3).max(1);
    let mut left = height.saturating_sub(header + rule + footer + title);
    let composer = wish.composer.clamp(1, third).min(left);
    left -= composer;
    // A notice never takes the transcript's last row.
    let notice = wish.notice.min(third.max(2)).min(left.saturating_sub(1));
    left -= notice;
    let meters = wish.meters.min(left.saturating_sub(1).div_ceil(3));
    left -= meters;
    let tasks = wish.tasks.min(left.saturating_sub(1).div_ceil(3));
    left -= tasks;
    let queue = wish.queue.min(left.saturating_sub(1).div_ceil(3));
    left -= queue;
    let attached = wish.attached.min(left.saturating_sub(1).div_ceil(4));
    left -= attached;
    let speech = wish.speech.min(left.saturating_sub(1)).min(1);
    left -= speech;
    let mut y = 0;
    let mut next = |rows: u16| {
        let area = Area { x: 0, y, width, height: rows };
        y += rows;
        area
    };
    let side = if wish.side && width >= WIDE { SIDE } else { 0 };
    let (header, meters, rule) = (next(header), next(meters), next(rule));
    let middle = next(left);
    Panes {
        header,
        meters,
        rule,
        transcript: Area { width: width - side - u16::from(side > 0), ..middle },
        side: Area { x: width - side, width: side, ..middle },
        tasks: next(tasks),
        notice: next(notice),
        queue: next(queue),
        attached: next(attached),
        speech: next(speech),
        title: next(title),
        composer: next(composer),
        footer: next(footer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn panes_fill_the_screen_without_overlap(
            width in 0u16..400, height in 0u16..200, composer in 0u16..60, notice in 0u16..9,
            queue in 0u16..9, tasks in 0u16..9, attached in 0u16..9, meters in 0u16..4,
            speech in 0u16..3, side in any::<bool>()
        ) {
            let wish = Wish { composer, meters, tasks, notice, queue, attached, speech, side };
            let p = split(width, height, wish);
            // The transcript, a line and the side pane share their rows.
            let beside = p.side.width > 0;
            prop_assert_eq!(beside, side && width >= WIDE);
            prop_assert_eq!(p.transcript.width + u16::from(beside) + p.side.width, width);
            prop_assert_eq!((p.side.x + p.side.width, p.side.y), (width, p.transcript.y));
            let p = Panes { transcript: Area { width, ..p.transcript }, ..p };
            let (above, below) = ([p.header, p.meters, p.rule, p.transcript], [p.title, p.composer, p.footer]);
            let between = [p.tasks, p.notice, p.queue, p.attached, p.speech];
            let order = above.into_iter().chain(between).chain(below);
            let mut y = 0;
            for area in order {
                prop_assert_eq!((area.x, area.y, area.width), (0, y, width));
                y = area.bottom();
            }
            prop_assert_eq!(y, height);
            if (width, height) >= LEAST && height >= LEAST.1 {
                prop_assert!(p.transcript.height >= 1 && p.composer.height >= 1);
            }
        }
    }

    #[test]
    fn the_least_screen_shows_question_and_answer() {
        let p = split(20, 5, Wish { composer: 1, ..Wish::default() });
        assert_eq!((p.header.height, p.transcript.height, p.composer.height), (1, 2, 1));
    }
}
