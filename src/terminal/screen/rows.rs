//! A set of screen rows, one bit each: which rows a frame may have changed.
//! It refuses to know what is in them.

/// Rows of a screen, or all of them whatever its height.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowSet {
    all: bool,
    words: Vec<u64>,
}

impl RowSet {
    /// No row.
    #[must_use]
    pub const fn none() -> Self {
        Self { all: false, words: Vec::new() }
    }

    /// Every row: for a painter that does not know what it changed.
    #[must_use]
    pub const fn all() -> Self {
        Self { all: true, words: Vec::new() }
    }

    /// Adds one row, counted from 0 at the top.
    pub fn insert(&mut self, row: u16) {
        let word = usize::from(row / 64);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (row % 64);
    }

    /// Adds the rows from `top` up to, without, `bottom`.
    pub fn insert_range(&mut self, top: u16, bottom: u16) {
        for row in top..bottom {
            self.insert(row);
        }
    }

    /// Whether `row` is in the set.
    #[must_use]
    pub fn contains(&self, row: u16) -> bool {
        self.all
            || self.words.get(usize::from(row / 64)).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Whether no row is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.words.iter().all(|word| *word == 0)
    }

    /// Takes every row out, keeping the memory.
    pub fn clear(&mut self) {
        self.all = false;
        self.words.fill(0);
    }
}

impl FromIterator<u16> for RowSet {
    fn from_iter<T: IntoIterator<Item = u16>>(rows: T) -> Self {
        let mut set = Self::none();
        for row in rows {
            set.insert(row);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_and_out() {
        let mut set: RowSet = [0, 63, 64, 200].into_iter().collect();
        assert!([0, 63, 64, 200].iter().all(|row| set.contains(*row)));
        assert!([1, 62, 65, 199, 201, 9_999].iter().all(|row| !set.contains(*row)));
        set.clear();
        assert!(set.is_empty() && !set.contains(64));
        set.insert_range(2, 4);
        assert!(!set.contains(1) && set.contains(2) && set.contains(3) && !set.contains(4));
        assert!(RowSet::all().contains(u16::MAX) && !RowSet::all().is_empty());
    }
}
