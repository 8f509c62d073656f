//! Sixel, the pictures of DEC's terminals: bands of six rows, one colour at a time, with run
//! lengths. It refuses palettes made to measure: even steps of each colour are enough for a preview.

/// Most bytes of a picture: with the fewest colours every picture of 640 by 360 stays near it.
const LIMIT: usize = 300 * 1024;
/// Steps of each of red, green and blue, the finest first.
const STEPS: [u8; 4] = [6, 4, 3, 2];

/// The bytes that show a picture at the cursor. `rgb` is of `from` columns and rows; on the screen
/// it is of `to` columns and rows of pixels. Nothing if there are fewer pixels than said.
pub(super) fn bytes(rgb: &[u8], from: (u16, u16), to: (u16, u16)) -> Vec<u8> {
    if rgb.len() < usize::from(from.0) * usize::from(from.1) * 3 {
        return Vec::new();
    }
    let mut out = Vec::new();
    for steps in STEPS {
        out = encoded(rgb, from, to, steps);
        if out.len() <= LIMIT {
            break;
        }
    }
    out
}

/// The number of a colour when there are so many steps.
fn number(rgb: [u8; 3], steps: u8) -> u8 {
    let last = u16::from(steps - 1);
    let step = |value: u8| ((u16::from(value) * last + 127) / 255) as u8;
    let [red, green, blue] = rgb.map(step);
    (red * steps + green) * steps + blue
}

fn encoded(rgb: &[u8], from: (u16, u16), to: (u16, u16), steps: u8) -> Vec<u8> {
    let (width, height) = (usize::from(to.0), usize::from(to.1));
    let (from_width, from_height) = (usize::from(from.0), usize::from(from.1));
    let number_at = |x: usize, y: usize| {
        let at = (y * from_height / height * from_width + x * from_width / width) * 3;
        match rgb.get(at..at + 3) {
            Some(&[red, green, blue]) => number([red, green, blue], steps),
            Some(_) | None => 0,
        }
    };
    // What is not drawn stays as it is; pixels are square.
    let mut out = format!("\x1bP0;1;0q\"1;1;{width};{height}").into_bytes();
    let colours = usize::from(steps).pow(3);
    palette(steps, &mut out);
    // For every colour and column which of the six rows have it.
    let mut masks = vec![0_u8; colours * width];
    for top in (0..height).step_by(6) {
        masks.fill(0);
        let mut used = vec![false; colours];
        for y in top..height.min(top + 6) {
            for x in 0..width {
                let colour = usize::from(number_at(x, y));
                masks[colour * width + x] |= 1 << (y - top);
                used[colour] = true;
            }
        }
        let mut first = true;
        for colour in (0..colours).filter(|colour| used[*colour]) {
            if !first {
                out.push(b'$');
            }
            first = false;
            out.extend_from_slice(format!("#{colour}").as_bytes());
            runs(&masks[colour * width..][..width], &mut out);
        }
        out.push(b'-');
    }
    out.extend_from_slice(b"\x1b\\");
    out
}

/// All colours, in percent.
fn palette(steps: u8, out: &mut Vec<u8>) {
    let last = u32::from(steps - 1);
    let percent = |step: u8| (u32::from(step) * 100 + last / 2) / last;
    for red in 0..steps {
        for green in 0..steps {
            for blue in 0..steps {
                let number = u32::from((red * steps + green) * steps + blue);
                let [red, green, blue] = [red, green, blue].map(percent);
                out.extend_from_slice(format!("#{number};2;{red};{green};{blue}").as_bytes());
            }
        }
    }
}

/// One colour of a band; what is empty at its end is left out.
fn runs(masks: &[u8], out: &mut Vec<u8>) {
    let end = masks.iter().rposition(|mask| *mask != 0).map_or(0, |last| last + 1);
    for run in masks[..end].chunk_by(|a, b| a == b) {
        let letter = b'?' + run[0];
        if run.len() > 3 {
            out.extend_from_slice(format!("!{}", run.len()).as_bytes());
            out.push(letter);
        } else {
            out.extend(std::iter::repeat_n(letter, run.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// What a terminal shows: the colour of every pixel in percent, row by row.
    fn shown(bytes: &[u8]) -> (usize, Vec<[u32; 3]>) {
        let text = std::str::from_utf8(bytes).unwrap();
        let text = text.strip_prefix("\x1bP0;1;0q\"1;1;").unwrap().strip_suffix("\x1b\\").unwrap();
        let end = text.find('#').unwrap();
        let (width, height) = text[..end].split_once(';').unwrap();
        let (width, height): (usize, usize) = (width.parse().unwrap(), height.parse().unwrap());
        let mut pixels = vec![None; width * height];
        let mut colours = HashMap::new();
        let (mut x, mut top, mut colour, mut times) = (0, 0, 0, 1);
        let mut rest = &text[end..];
        let number = |rest: &mut &str| {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, tail) = rest.split_at(end);
            *rest = tail;
            digits.parse::<u32>().unwrap()
        };
        while let Some(c) = rest.chars().next() {
            rest = &rest[1..];
            match c {
                '#' => {
                    colour = number(&mut rest);
                    if rest.starts_with(';') {
                        let part = |rest: &mut &str| {
                            *rest = &rest[1..];
                            number(rest)
                        };
                        assert_eq!(part(&mut rest), 2, "colours are red, green, blue");
                        let parts = [(); 3].map(|()| part(&mut rest));
                        colours.insert(colour, parts);
                    }
                }
                '!' => times = number(&mut rest) as usize,
                '$' => x = 0,
                '-' => (x, top) = (0, top + 6),
                '?'..='~' => {
                    let mask = c as u8 - b'?';
                    for x in x..x + times {
                        for row in (0..6).filter(|row| mask & (1 << row) != 0) {
                            let pixel = &mut pixels[(top + row) * width + x];
                            assert_eq!(*pixel, None, "drawn once");
                            *pixel = Some(colours[&colour]);
                        }
                    }
                    (x, times) = (x + times, 1);
                }
                other => panic!("{other:?}"),
            }
        }
        (width, pixels.into_iter().map(|pixel| pixel.expect("every pixel is drawn")).collect())
    }

    #[test]
    fn a_terminal_shows_the_nearest_of_the_palette() {
        // 40 x 13 pixels: runs, a last band that is not whole, and every kind of colour.
        let (width, height) = (40_u16, 13_u16);
        let pixel = |x: u16, y: u16| match y {
            0..4 => [255, 0, (x / 20 * 255) as u8],
            _ => [(x * 6) as u8, (y * 19) as u8, (x * y % 256) as u8],
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb: Vec<u8> = places.clone().flat_map(|(x, y)| pixel(x, y)).collect();
        let (columns, pixels) = shown(&bytes(&rgb, (width, height), (width, height)));
        assert_eq!((columns, pixels.len()), (40, 520));
        for ((x, y), percent) in places.zip(pixels) {
            let near = pixel(x, y).map(|value| (f64::from(value) / 51.0).round() as u32 * 20);
            assert_eq!(percent, near, "{x} {y}");
        }
    }

    #[test]
    fn it_is_shown_in_the_size_that_fits() {
        let rgb = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
        let (width, pixels) = shown(&bytes(&rgb, (2, 2), (4, 8)));
        assert_eq!(width, 4);
        let (red, green) = ([100, 0, 0], [0, 100, 0]);
        assert_eq!(pixels[..8], [red, red, green, green, red, red, green, green]);
        assert_eq!(pixels[16..20], [[0, 0, 100], [0, 0, 100], [100; 3], [100; 3]]);
        assert_eq!(bytes(&rgb[1..], (2, 2), (4, 8)), b"", "pixels are missing");
    }

    #[test]
    fn even_noise_is_bounded() {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let rgb: Vec<u8> = (0..640 * 360 * 3).map(|_| next()).collect();
        let out = bytes(&rgb, (640, 360), (640, 360));
        assert!(out.len() < LIMIT + LIMIT / 10, "{}", out.len());
        shown(&out);
    }
}
