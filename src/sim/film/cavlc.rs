//! Residuals as H.264's context adaptive variable length codes (clause 9.2), for the two kinds of
//! block that a flat picture has. It refuses all contexts but the emptiest, the only one that occurs.

use super::bits::Bits;

/// A code: its length and its value.
type Code = (u8, u8);

/// Which block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// The 16 means of a macroblock's luma.
    Luma,
    /// The 4 means of one chroma plane.
    Chroma,
}

/// Table 9-5 for an empty neighbourhood, by the number of levels and of trailing ones.
const LUMA_TOKEN: [[Code; 4]; 17] = [
    [(1, 1), (0, 0), (0, 0), (0, 0)],
    [(6, 5), (2, 1), (0, 0), (0, 0)],
    [(8, 7), (6, 4), (3, 1), (0, 0)],
    [(9, 7), (8, 6), (7, 5), (5, 3)],
    [(10, 7), (9, 6), (8, 5), (6, 3)],
    [(11, 7), (10, 6), (9, 5), (7, 4)],
    [(13, 15), (11, 6), (10, 5), (8, 4)],
    [(13, 11), (13, 14), (11, 5), (9, 4)],
    [(13, 8), (13, 10), (13, 13), (10, 4)],
    [(14, 15), (14, 14), (13, 9), (11, 4)],
    [(14, 11), (14, 10), (14, 13), (13, 12)],
    [(15, 15), (15, 14), (14, 9), (14, 12)],
    [(15, 11), (15, 10), (15, 13), (14, 8)],
    [(16, 15), (15, 1), (15, 9), (15, 12)],
    [(16, 11), (16, 14), (16, 13), (15, 8)],
    [(16, 7), (16, 10), (16, 9), (16, 12)],
    [(16, 4), (16, 6), (16, 5), (16, 8)],
];

/// Table 9-5 for chroma means.
const CHROMA_TOKEN: [[Code; 4]; 5] = [
    [(2, 1), (0, 0), (0, 0), (0, 0)],
    [(6, 7), (1, 1), (0, 0), (0, 0)],
    [(6, 4), (6, 6), (3, 1), (0, 0)],
    [(6, 3), (7, 3), (7, 2), (6, 5)],
    [(6, 2), (8, 3), (8, 2), (7, 0)],
];

/// Tables 9-7 and 9-8: by the number of levels less one, then by the zeros before the last level.
const LUMA_ZEROS: [&[Code]; 15] = [
    &[
        (1, 1),
        (3, 3),
        (3, 2),
        (4, 3),
        (4, 2),
        (5, 3),
        (5, 2),
        (6, 3),
        (6, 2),
        (7, 3),
        (7, 2),
        (8, 3),
        (8, 2),
        (9, 3),
        (9, 2),
        (9, 1),
    ],
    &[
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (4, 5),
        (4, 4),
        (4, 3),
        (4, 2),
        (5, 3),
        (5, 2),
        (6, 3),
        (6, 2),
        (6, 1),
        (6, 0),
    ],
    &[
        (4, 5),
        (3, 7),
        (3, 6),
        (3, 5),
        (4, 4),
        (4, 3),
        (3, 4),
        (3, 3),
        (4, 2),
        (5, 3),
        (5, 2),
        (6, 1),
        (5, 1),
        (6, 0),
    ],
    &[
        (5, 3),
        (3, 7),
        (4, 5),
        (4, 4),
        (3, 6),
        (3, 5),
        (3, 4),
        (4, 3),
        (3, 3),
        (4, 2),
        (5, 2),
        (5, 1),
        (5, 0),
    ],
    &[
        (4, 5),
        (4, 4),
        (4, 3),
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (4, 2),
        (5, 1),
        (4, 1),
        (5, 0),
    ],
    &[(6, 1), (5, 1), (3, 7), (3, 6), (3, 5), (3, 4), (3, 3), (3, 2), (4, 1), (3, 1), (6, 0)],
    &[(6, 1), (5, 1), (3, 5), (3, 4), (3, 3), (2, 3), (3, 2), (4, 1), (3, 1), (6, 0)],
    &[(6, 1), (4, 1), (5, 1), (3, 3), (2, 3), (2, 2), (3, 2), (3, 1), (6, 0)],
    &[(6, 1), (6, 0), (4, 1), (2, 3), (2, 2), (3, 1), (2, 1), (5, 1)],
    &[(5, 1), (5, 0), (3, 1), (2, 3), (2, 2), (2, 1), (4, 1)],
    &[(4, 0), (4, 1), (3, 1), (3, 2), (1, 1), (3, 3)],
    &[(4, 0), (4, 1), (2, 1), (1, 1), (3, 1)],
    &[(3, 0), (3, 1), (1, 1), (2, 1)],
    &[(2, 0), (2, 1), (1, 1)],
    &[(1, 0), (1, 1)],
];

/// Table 9-9.
const CHROMA_ZEROS: [&[Code]; 3] =
    [&[(1, 1), (2, 1), (3, 1), (3, 0)], &[(1, 1), (2, 1), (2, 0)], &[(1, 1), (1, 0)]];

/// Table 9-10: by the zeros that are left less one (more than six are alike), then by the run.
const RUNS: [&[Code]; 7] = [
    &[(1, 1), (1, 0)],
    &[(1, 1), (2, 1), (2, 0)],
    &[(2, 3), (2, 2), (2, 1), (2, 0)],
    &[(2, 3), (2, 2), (2, 1), (3, 1), (3, 0)],
    &[(2, 3), (2, 2), (3, 3), (3, 2), (3, 1), (3, 0)],
    &[(2, 3), (3, 0), (3, 1), (3, 3), (3, 2), (3, 5), (3, 4)],
    &[
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (3, 2),
        (3, 1),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
        (8, 1),
        (9, 1),
        (10, 1),
        (11, 1),
    ],
];

fn code(bits: &mut Bits, code: Option<&Code>) {
    if let Some((length, value)) = code {
        bits.put(u32::from(*value), u32::from(*length));
    }
}

/// Writes a block; `levels` are in scan order, 16 of luma or 4 of chroma.
pub(super) fn write(bits: &mut Bits, block: Block, levels: &[i32]) {
    // From the last level to the first, each with the zeros right before it.
    let mut found: Vec<(i32, usize)> = Vec::new();
    let mut zeros = 0;
    for level in levels {
        if *level == 0 {
            zeros += 1;
        } else {
            found.push((*level, zeros));
            zeros = 0;
        }
    }
    found.reverse();
    let total = found.len();
    let ones = found.iter().take(3).take_while(|(level, _)| level.abs() == 1).count();
    let token = match block {
        Block::Luma => LUMA_TOKEN.get(total).and_then(|row| row.get(ones)),
        Block::Chroma => CHROMA_TOKEN.get(total).and_then(|row| row.get(ones)),
    };
    code(bits, token);
    if total == 0 {
        return;
    }
    for (level, _) in &found[..ones] {
        bits.put(u32::from(*level < 0), 1);
    }
    rest(bits, &found[ones..], total, ones);
    let mut left: usize = found.iter().map(|(_, run)| run).sum();
    if total < levels.len() {
        let table = match block {
            Block::Luma => LUMA_ZEROS.get(total - 1),
            Block::Chroma => CHROMA_ZEROS.get(total - 1),
        };
        code(bits, table.and_then(|row| row.get(left)));
    }
    for (_, run) in &found[..total - 1] {
        if left == 0 {
            break;
        }
        code(bits, RUNS.get(left.min(7) - 1).and_then(|row| row.get(*run)));
        left -= run;
    }
}

/// The levels after the trailing ones, with a suffix that grows with them.
fn rest(bits: &mut Bits, levels: &[(i32, usize)], total: usize, ones: usize) {
    let mut suffix = u32::from(total > 10 && ones < 3);
    for (index, (level, _)) in levels.iter().enumerate() {
        let mut code = 2 * level.unsigned_abs() - if *level > 0 { 2 } else { 1 };
        if index == 0 && ones < 3 {
            // It cannot be one, or it would be a trailing one.
            code -= 2;
        }
        if suffix == 0 && code < 14 {
            bits.put(1, code + 1);
        } else if suffix == 0 && code < 30 {
            bits.put(1, 15);
            bits.put(code - 14, 4);
        } else if suffix == 0 {
            bits.put(1, 16);
            bits.put(code - 30, 12);
        } else if code < 15 << suffix {
            bits.put(1, (code >> suffix) + 1);
            bits.put(code, suffix);
        } else {
            bits.put(1, 16);
            bits.put(code - (15 << suffix), 12);
        }
        suffix = suffix.max(1);
        if level.unsigned_abs() > 3 << (suffix - 1) && suffix < 6 {
            suffix += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code of the tables is never the beginning of another in its row.
    fn prefix_free(row: &[Code]) {
        let codes: Vec<String> = row
            .iter()
            .filter(|(length, _)| *length > 0)
            .map(|(length, value)| format!("{value:0width$b}", width = usize::from(*length)))
            .collect();
        for (index, code) in codes.iter().enumerate() {
            for (other_index, other) in codes.iter().enumerate() {
                assert!(
                    index == other_index || !other.starts_with(code.as_str()),
                    "{code} {other}"
                );
            }
        }
    }

    #[test]
    fn the_tables_can_be_read_back() {
        prefix_free(&LUMA_TOKEN.concat());
        prefix_free(&CHROMA_TOKEN.concat());
        for row in LUMA_ZEROS.iter().chain(&CHROMA_ZEROS).chain(&RUNS) {
            prefix_free(row);
        }
        for (index, row) in LUMA_ZEROS.iter().enumerate() {
            assert_eq!(row.len(), 16 - index);
        }
    }
}
