//! Where the reader is: following the end, or at a fixed row that arriving text never moves; and
//! which message is meant. It refuses to know how high anything is: moves are kept as wishes, and
//! the painter, who knows the rows, answers with the place they led to.

use crate::domain::conversations::{Part, Spot};
use crate::domain::ids::MessageId;

/// The first row shown: row `row` of message `entry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Place {
    /// Index of the message.
    pub entry: usize,
    /// Row within the message, its head included.
    pub row: usize,
}

/// A place as it was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Where; it holds at the width it was painted at.
    pub place: Place,
    /// That width; 0 if it was never painted.
    pub width: u16,
    /// The same place for every other width, and for another start of the program.
    pub spot: Option<Spot>,
}

/// What the reader looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Position {
    /// The end, and what comes after it.
    #[default]
    End,
    /// A fixed place.
    At(Seen),
}

impl Position {
    /// A place that was kept without a screen.
    #[must_use]
    pub fn of(spot: Option<Spot>) -> Self {
        let seen = |spot| Seen { spot: Some(spot), ..Seen::default() };
        spot.map_or(Self::End, |spot| Self::At(seen(spot)))
    }

    /// The head of a message, so many rows into it: the first one is blank.
    #[must_use]
    pub fn head(message: MessageId, rows: u32) -> Self {
        Self::of(Some(Spot { message, part: Part::Head, piece: 0, letters: 0, rows }))
    }

    /// To be kept; `None` at the end.
    #[must_use]
    pub fn spot(&self) -> Option<Spot> {
        match self {
            Self::End => None,
            Self::At(seen) => seen.spot,
        }
    }
}

/// A wish to go somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// So many rows down; negative is up.
    Rows(i32),
    /// So many half pages down; negative is up.
    HalfPages(i32),
    /// So many questions on; negative is back.
    Questions(i32),
    /// To the first message.
    Top,
    /// So far that this message, by its index, is in sight: whole, or its head at the top.
    Message(usize),
    /// So far that the sentence of this message which is heard is in sight.
    Heard(usize),
}

/// The reader's place and the wishes not yet carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scroll {
    position: Position,
    moves: Vec<Move>,
    /// The message that is marked; `None` is the last one.
    mark: Option<usize>,
}

impl Scroll {
    /// Where the reader was when the last frame was painted.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Wishes since then, in order.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// The message the reader has marked, by its index; `None` is the last one, also of those to
    /// come. What is marked is in sight: the painter sees to it.
    #[must_use]
    pub fn mark(&self) -> Option<usize> {
        self.mark
    }

    /// Marks a message.
    pub fn set_mark(&mut self, mark: Option<usize>) {
        self.mark = mark;
    }

    /// Adds a wish; rows in a row add up, so a burst of keys costs one move.
    pub fn wish(&mut self, wish: Move) {
        if let (Some(Move::Rows(rows)), Move::Rows(more)) = (self.moves.last_mut(), wish) {
            *rows = rows.saturating_add(more);
            return;
        }
        self.moves.push(wish);
    }

    /// To the end, and follow it.
    pub fn to_end(&mut self) {
        self.moves.clear();
        self.position = Position::End;
        self.mark = None;
    }

    /// The painter carried the wishes out, or somebody knows better.
    pub fn arrived(&mut self, position: Position) {
        self.moves.clear();
        self.position = position;
    }
}
