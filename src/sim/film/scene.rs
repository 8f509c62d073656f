//! A scene by seed: a sky, a sun, hills, and balls that wander; and the picture it is drawn into.
//! It refuses to know files; a picture is luma by blocks of 4 pixels and chroma by blocks of 8.

use std::f64::consts::TAU;

use super::Wish;
use crate::sim::rng::Rng;

/// A macroblock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) column: usize,
    pub(super) row: usize,
}

/// Luma and chroma (blue, red) in rows of whole macroblocks: 4 by 4 and 2 by 2 values in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    columns: usize,
    pub(super) luma: Vec<u8>,
    pub(super) chroma: [Vec<u8>; 2],
}

impl Picture {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        let plane = vec![128; columns * rows * 4];
        Self { columns, luma: vec![0; columns * rows * 16], chroma: [plane.clone(), plane] }
    }

    /// The ranges of a macroblock in a plane with `side` values a row of it.
    fn lines(
        &self,
        spot: Spot,
        side: usize,
    ) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let wide = self.columns * side;
        let first = spot.row * side * wide + spot.column * side;
        (0..side).map(move |line| first + line * wide..first + line * wide + side)
    }

    /// Whether a macroblock looks the same in both.
    pub(super) fn same(&self, other: &Self, spot: Spot) -> bool {
        self.lines(spot, 4).all(|line| self.luma[line.clone()] == other.luma[line])
            && self.lines(spot, 2).all(|line| {
                (0..2).all(|plane| {
                    self.chroma[plane][line.clone()] == other.chroma[plane][line.clone()]
                })
            })
    }

    /// Takes a macroblock from another picture of the same size.
    pub(super) fn copy(&mut self, from: &Self, spot: Spot) {
        for line in self.lines(spot, 4) {
            self.luma[line.clone()].copy_from_slice(&from.luma[line]);
        }
        for line in self.lines(spot, 2) {
            for plane in 0..2 {
                self.chroma[plane][line.clone()].copy_from_slice(&from.chroma[plane][line.clone()]);
            }
        }
    }
}

/// Red, green and blue from 0 to 1.
type Colour = [f64; 3];

fn mix(a: Colour, b: Colour, share: f64) -> Colour {
    std::array::from_fn(|part| a[part] + (b[part] - a[part]) * share)
}

/// A colour by hue, saturation and brightness, each from 0 to 1.
fn colour(hue: f64, saturation: f64, value: f64) -> Colour {
    [0.0, 2.0 / 3.0, 1.0 / 3.0].map(|turn| {
        let wave = ((hue + turn).fract() * 6.0 - 3.0).abs() - 1.0;
        value * (1.0 - saturation * (1.0 - wave.clamp(0.0, 1.0)))
    })
}

/// Luma, blue and red difference after BT.601, as video has them.
fn video([red, green, blue]: Colour) -> [u8; 3] {
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    [
        16.0 + 219.0 * luma,
        128.0 + 224.0 * (blue - luma) / 1.772,
        128.0 + 224.0 * (red - luma) / 1.402,
    ]
    .map(|value| value.round().clamp(0.0, 255.0) as u8)
}

/// The red, green and blue of a block of 4 by 4 pixels.
pub(super) fn rgb(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
    let wide = picture.columns * 4;
    let luma = (f64::from(picture.luma[y * wide + x]) - 16.0) / 219.0;
    let [blue, red] = [0, 1].map(|plane| {
        (f64::from(picture.chroma[plane][y / 2 * (wide / 2) + x / 2]) - 128.0) / 224.0
    });
    let (red, blue) = (luma + 1.402 * red, luma + 1.772 * blue);
    let green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
    [red, green, blue].map(|value| (value * 255.0).round().clamp(0.0, 255.0) as u8)
}

/// A ball and its way, in shares of the picture's smaller side.
#[derive(Debug)]
struct Ball {
    radius: f64,
    colour: Colour,
    reach: [f64; 2],
    turns: [f64; 2],
    phase: [f64; 2],
}

#[derive(Debug)]
struct Hill {
    base: f64,
    height: f64,
    waves: f64,
    phase: f64,
    colour: Colour,
}

/// All that is to be seen, in pixels of a picture `width` by `height`.
#[derive(Debug)]
pub(super) struct Scene {
    width: f64,
    height: f64,
    columns: usize,
    rows: usize,
    sky: [Colour; 2],
    sun: ([f64; 2], f64, Colour),
    hills: Vec<Hill>,
    balls: Vec<Ball>,
    watermark: bool,
    background: Picture,
    /// The colour behind each block of 4 by 4 pixels.
    colours: Vec<Colour>,
}

impl Scene {
    pub(super) fn new(wish: Wish) -> Self {
        let mut rng = Rng::new(wish.seed);
        let mut between = |low: f64, high: f64| low + (high - low) * rng.unit();
        let hue = between(0.0, 1.0);
        let sky = [
            colour(hue, between(0.45, 0.8), between(0.35, 0.75)),
            colour(hue + between(0.04, 0.16), between(0.15, 0.45), between(0.85, 1.0)),
        ];
        let sun = (
            [between(0.15, 0.85), between(0.15, 0.4)],
            between(0.06, 0.12),
            colour(hue + 0.5, 0.25, 1.0),
        );
        let hills = [0.62, 0.74, 0.86].map(|base| Hill {
            base: base + between(-0.03, 0.03),
            height: between(0.03, 0.1),
            waves: between(0.7, 2.6),
            phase: between(0.0, TAU),
            colour: colour(
                hue + between(0.25, 0.4),
                between(0.35, 0.7),
                1.05 - base + between(0.0, 0.2),
            ),
        });
        let balls = [0.11, 0.065, 0.045].map(|radius| Ball {
            radius: radius + between(-0.01, 0.01),
            colour: colour(hue + between(0.35, 0.65), between(0.6, 0.95), between(0.8, 1.0)),
            reach: [between(0.25, 0.4), between(0.15, 0.33)],
            turns: [between(0.12, 0.3), between(0.2, 0.45)],
            phase: [between(0.0, TAU), between(0.0, TAU)],
        });
        let (columns, rows) = (wish.width.div_ceil(16) as usize, wish.height.div_ceil(16) as usize);
        let mut scene = Self {
            width: f64::from(wish.width),
            height: f64::from(wish.height),
            columns,
            rows,
            sky,
            sun,
            hills: hills.into(),
            balls: balls.into(),
            watermark: wish.watermark,
            background: Picture::new(columns, rows),
            colours: Vec::new(),
        };
        let wide = columns * 4;
        let blocks = 0..wide * rows * 4;
        scene.colours =
            blocks.map(|at| scene.behind(middle(at % wide), middle(at / wide))).collect();
        let mut picture = Picture::new(columns, rows);
        for row in 0..rows {
            for column in 0..columns {
                fill(&mut picture, Spot { column, row }, |x, y| scene.colours[y * wide + x]);
            }
        }
        scene.background = picture;
        scene
    }

    /// The picture without its balls.
    pub(super) fn still(&self) -> Picture {
        self.background.clone()
    }

    fn unit(&self) -> f64 {
        self.width.min(self.height)
    }

    /// Everything that stays, at a point in pixels.
    fn behind(&self, x: f64, y: f64) -> Colour {
        let mut at = mix(self.sky[0], self.sky[1], (y / self.height).clamp(0.0, 1.0));
        let (place, radius, colour) = self.sun;
        let far = (x - place[0] * self.width).hypot(y - place[1] * self.height);
        at = mix(at, colour, cover(radius * self.unit() - far));
        for hill in &self.hills {
            let wave = (hill.waves * TAU * x / self.width + hill.phase).sin();
            let top = (hill.base - hill.height * wave) * self.height;
            at = mix(at, hill.colour, cover(y - top));
        }
        if self.watermark && self.in_watermark(x, y) {
            at = mix(at, [1.0; 3], 0.8);
        }
        at
    }

    /// The letters AI in the lower right corner, 5 by 7 blocks each.
    fn in_watermark(&self, x: f64, y: f64) -> bool {
        const ROWS: [&[u8]; 7] = [
            b" ###  ###",
            b"#   #  # ",
            b"#   #  # ",
            b"#####  # ",
            b"#   #  # ",
            b"#   #  # ",
            b"#   # ###",
        ];
        let (column, row) = ((x - self.width + 52.0) / 4.0, (y - self.height + 44.0) / 4.0);
        if column < 0.0 || row < 0.0 {
            return false;
        }
        ROWS.get(row as usize).and_then(|line| line.get(column as usize)) == Some(&b'#')
    }

    fn place(&self, ball: &Ball, now: f64) -> [f64; 2] {
        let side = [self.width, self.height];
        std::array::from_fn(|axis| {
            let angle = TAU * ball.turns[axis] * now + ball.phase[axis];
            side[axis] * (0.5 + ball.reach[axis] * angle.sin())
        })
    }

    /// The macroblocks that balls cover at a moment, in seconds.
    pub(super) fn touched(&self, now: f64) -> Vec<Spot> {
        let mut spots = Vec::new();
        for ball in &self.balls {
            let [x, y] = self.place(ball, now);
            let reach = ball.radius * self.unit() + 4.0;
            let span = |middle: f64, most: usize| {
                let first = ((middle - reach) / 16.0).max(0.0) as usize;
                let last = ((middle + reach) / 16.0).max(0.0) as usize;
                first..(last + 1).min(most)
            };
            for row in span(y, self.rows) {
                spots.extend(span(x, self.columns).map(|column| Spot { column, row }));
            }
        }
        spots
    }

    /// Takes the balls of a moment out of a picture.
    pub(super) fn clear(&self, picture: &mut Picture, now: f64) {
        for spot in self.touched(now) {
            picture.copy(&self.background, spot);
        }
    }

    /// Draws the balls of a moment over a still picture.
    pub(super) fn draw(&self, picture: &mut Picture, now: f64) {
        let places: Vec<([f64; 2], &Ball)> =
            self.balls.iter().map(|ball| (self.place(ball, now), ball)).collect();
        for spot in self.touched(now) {
            fill(picture, spot, |column, row| {
                let mut at = self.colours[row * self.columns * 4 + column];
                let (x, y) = (middle(column), middle(row));
                for (place, ball) in &places {
                    let (right, down) = (x - place[0], y - place[1]);
                    let radius = ball.radius * self.unit();
                    let inside = radius - right.hypot(down);
                    // A light from above left makes it round.
                    let light = (0.35 * (right + down) / radius).clamp(-0.5, 0.5);
                    let shade = mix(
                        ball.colour,
                        if light < 0.0 { [1.0; 3] } else { [0.0; 3] },
                        light.abs(),
                    );
                    at = mix(at, shade, cover(inside));
                }
                at
            });
        }
    }
}

/// How much of a block of 4 pixels is covered when its middle is so far inside an edge.
fn cover(inside: f64) -> f64 {
    (inside / 4.0 + 0.5).clamp(0.0, 1.0)
}

/// Draws one macroblock from the colours of its blocks.
fn fill(picture: &mut Picture, spot: Spot, colour: impl Fn(usize, usize) -> Colour) {
    let mut sums = [[0u32; 2]; 4];
    let wide = picture.columns * 4;
    for place in 0..16 {
        let (x, y) = (spot.column * 4 + place % 4, spot.row * 4 + place / 4);
        let [luma, blue, red] = video(colour(x, y));
        picture.luma[y * wide + x] = luma;
        let quarter = &mut sums[place / 8 * 2 + place % 4 / 2];
        quarter[0] += u32::from(blue);
        quarter[1] += u32::from(red);
    }
    for (place, sum) in sums.into_iter().enumerate() {
        let at = (spot.row * 2 + place / 2) * (wide / 2) + spot.column * 2 + place % 2;
        for (plane, sum) in picture.chroma.iter_mut().zip(sum) {
            plane[at] = ((sum + 2) / 4) as u8;
        }
    }
}

/// The middle of a block of 4 pixels.
fn middle(block: usize) -> f64 {
    f64::from(u32::try_from(block).unwrap_or(u32::MAX)) * 4.0 + 2.0
}
