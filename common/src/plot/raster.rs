//! A picture of pixels.

use super::font;
use super::ink::{Ink, WHITE, mix};

/// Where a text stands relative to its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    /// Where a text of this width begins.
    pub(super) fn start(self, x: f64, width: f64) -> f64 {
        match self {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        }
    }
}

/// `height` rows of `width` pixels, top row first.
#[derive(Clone, PartialEq)]
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<Ink>,
}

/// Shades between paper and letter: enough to look smooth, few enough for a
/// small palette.
const SHADES: f64 = 12.0;

impl Raster {
    pub(super) fn white(width: usize, height: usize) -> Raster {
        Raster { width, height, pixels: vec![WHITE; width * height] }
    }

    /// Paints a rectangle; what lies outside the picture is left out.
    pub(super) fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, ink: Ink) {
        let right = (x + width).min(self.width);
        if x >= right {
            return;
        }
        for row in y..(y + height).min(self.height) {
            self.pixels[row * self.width + x..row * self.width + right].fill(ink);
        }
    }

    /// A frame one pixel wide.
    pub(super) fn frame(&mut self, x: usize, y: usize, width: usize, height: usize, ink: Ink) {
        self.fill(x, y, width, 1, ink);
        self.fill(x, y + height - 1, width, 1, ink);
        self.fill(x, y, 1, height, ink);
        self.fill(x + width - 1, y, 1, height, ink);
    }

    /// Writes `text` with its baseline at `y`, `size` pixels an em.
    pub(super) fn write(
        &mut self,
        text: &str,
        at: (f64, f64),
        size: f64,
        anchor: Anchor,
        ink: Ink,
    ) {
        // Whole pixels for the position of the text, so that the same word
        // looks the same everywhere; the letters inside are placed finely.
        let x = match anchor {
            Anchor::Start => at.0,
            _ => anchor.start(at.0, font::width(text, size)),
        };
        let (width, height) = (self.width as i64, self.height as i64);
        font::draw(text, size, x.round(), at.1.round(), |x, y, coverage| {
            if x >= 0 && y >= 0 && x < width && y < height {
                let pixel = &mut self.pixels[(y * width + x) as usize];
                *pixel = mix(*pixel, ink, (coverage * SHADES).round() / SHADES);
            }
        });
    }

    /// Half the size: every pixel is the mean of two by two.
    pub(super) fn halved(&self) -> Raster {
        let mut small = Raster::white(self.width / 2, self.height / 2);
        // Rows first: channels side by side are added many at a time.
        let mut sums = vec![0_u16; self.width * 3];
        let pairs = self.pixels.chunks_exact(2 * self.width);
        for (out, pair) in small.pixels.chunks_mut(self.width / 2).zip(pairs) {
            let (upper, lower) = pair.split_at(self.width);
            let channels = upper.as_flattened().iter().zip(lower.as_flattened());
            for (sum, (&a, &b)) in sums.iter_mut().zip(channels) {
                *sum = u16::from(a) + u16::from(b);
            }
            for (pixel, block) in out.iter_mut().zip(sums.chunks_exact(6)) {
                *pixel = std::array::from_fn(|k| ((block[k] + block[k + 3] + 2) / 4) as u8);
            }
        }
        small
    }
}
