//! Rows of a terminal as plain data: text, runs of ink, and a hash by which a painter sees that a
//! row did not change. It refuses colours, cells and scrolling.

mod ink;
mod layout;
mod table;
mod tail;

pub use ink::{Flow, Ink, InkRole, Run};
pub use layout::{lay_out, plain};
pub use tail::Tail;

/// One row, at most as wide as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Clean text without tabs and line ends.
    pub text: Box<str>,
    /// Its ink; the lengths add up to the text's.
    pub runs: Box<[Run]>,
    /// Of text and ink: rows with different hashes differ; rows with equal ones are taken as equal.
    pub hash: u64,
}

/// Collects one row after another.
#[derive(Debug, Default)]
pub(super) struct Builder {
    text: String,
    runs: Vec<Run>,
}

impl Builder {
    pub(super) fn push(&mut self, text: &str, ink: Ink) {
        self.text.push_str(text);
        ink::push_run(&mut self.runs, text.len(), ink);
    }

    pub(super) fn blanks(&mut self, cells: usize, ink: Ink) {
        self.text.extend(std::iter::repeat_n(' ', cells));
        ink::push_run(&mut self.runs, cells, ink);
    }

    /// The row so far; the builder is empty again.
    pub(super) fn row(&mut self) -> Row {
        let hash = hash(&self.text, &self.runs);
        let row = Row { text: self.text.as_str().into(), runs: self.runs.as_slice().into(), hash };
        self.text.clear();
        self.runs.clear();
        row
    }
}

/// A short multiply-and-fold hash: rows are hashed once for each layout, and nobody gains
/// anything by making two of them collide.
fn hash(text: &str, runs: &[Run]) -> u64 {
    const K: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let mix = |state: u64, word: u64| {
        let wide = u128::from(state ^ word).wrapping_mul(K) ^ u128::from(word);
        (wide >> 64) as u64 ^ wide as u64
    };
    let mut state = mix(0x51_7c_c1_b7_27_22_0a_95, text.len() as u64);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    state = mix(state, u64::from_le_bytes(last));
    for run in runs {
        state = mix(state, u64::from(run.len) << 32 | u64::from(code(run.ink)));
    }
    state
}

/// A number for each ink.
fn code(ink: Ink) -> u32 {
    let role = match ink.role {
        InkRole::Text => 0,
        InkRole::Muted => 1,
        InkRole::InlineCode => 2,
        InkRole::CodeFrame => 3,
        InkRole::Link => 4,
        InkRole::LinkTarget => 5,
        InkRole::Quote => 6,
        InkRole::Marker => 7,
        InkRole::TableFrame => 8,
        InkRole::TableHead => 9,
        InkRole::Rule => 10,
        InkRole::TaskDone => 11,
        InkRole::TaskOpen => 12,
        InkRole::Heading(level) => 0x100 + u32::from(level),
        InkRole::Code(role) => 0x200 + role as u32,
    };
    let bits = [ink.bold, ink.italic, ink.strike, ink.underline];
    bits.iter().fold(role, |sum, bit| sum << 1 | u32::from(*bit))
}

#[cfg(test)]
mod tests;
