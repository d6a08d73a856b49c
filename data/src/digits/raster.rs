//! Draws the path with a round pen and places the picture as in MNIST: 20 pixels
//! for the longer side, then centred by mass.

use std::array::from_fn;

use super::random::{Random, sine};
use crate::images::SIDE;

/// The longer side of the ink, in pixels.
const INK_SIDE: f32 = 20.0;
/// The 20 pixels are drawn in the middle of the 28, and may then be shifted by
/// this margin.
const MARGIN: usize = 4;

/// Half-width of the pen in pixels: median, deviation of the logarithm, limits.
const WIDTH: (f32, f32) = (1.2, 0.32);
const WIDTH_LIMITS: (f32, f32) = (0.7, 2.4);
/// A factor for the 1, whose straight stroke is scaled up less than others.
const WIDTH_OF_ONE: f32 = 1.13;
/// The greatest half-width, relative to the deviation across the path: a slim 8
/// drawn with a thick pen would have no holes.
const WIDTH_OF_SLIM: f32 = 0.5;
/// Relative change of the width along the path.
const PRESSURE: f32 = 0.12;

/// The widest pen covers at most 10 pixels of a row; 12 are a whole number of
/// vector registers.
const PEN: usize = 12;
/// One picture, with columns to spare for a pen at its right edge.
type Canvas = [[f32; SIDE + PEN]; SIDE];

/// Draws the path of `digit` into `image`, row by row, white on black.
pub(super) fn draw(path: &mut [[f32; 2]], digit: usize, random: &mut Random, image: &mut [u8]) {
    fit(path, INK_SIDE);
    let width = (WIDTH.0 * random.scale(WIDTH.1)).clamp(WIDTH_LIMITS.0, WIDTH_LIMITS.1);
    let width = match digit {
        1 => width * WIDTH_OF_ONE,
        _ => width.min(WIDTH_OF_SLIM * deviation_across(path)),
    };
    let softness = 0.8 + 0.7 * random.uniform();
    let waves = 0.5 + 2.5 * random.uniform();
    let phase = random.uniform();

    let longer = INK_SIDE - 2.0 * width;
    // Whole pixels, so that one edge of the ink meets the edge of a pixel.
    let [left, top] = fit(path, longer)
        .map(|side| MARGIN as f32 + width + (0.5 * (longer - side)) as usize as f32);
    let mut canvas: Canvas = [[f32::MIN; SIDE + PEN]; SIDE];
    for (i, [x, y]) in path.iter().enumerate() {
        let pressure = PRESSURE * sine(phase + waves * i as f32 / path.len() as f32);
        let half = width * (1.0 + pressure);
        draw_pen(&mut canvas, left + x, top + y, half, softness);
    }

    let pixel = |depth: f32| {
        let cover = (depth / softness + 0.5).clamp(0.0, 1.0);
        (cover * 255.0 + 0.5) as u8
    };
    centre(&canvas.map(|row| from_fn(|j| pixel(row[j]))), image);
}

/// The standard deviation of the path across its main direction.
fn deviation_across(path: &[[f32; 2]]) -> f32 {
    let n = path.len() as f32;
    let [mean_x, mean_y] = [0, 1].map(|axis| path.iter().map(|p| p[axis]).sum::<f32>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for [x, y] in path {
        let (x, y) = (x - mean_x, y - mean_y);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    // The smaller eigenvalue of the covariance matrix.
    let half_gap = 0.5 * (xx - yy);
    let smaller = 0.5 * (xx + yy) - (half_gap * half_gap + xy * xy).sqrt();
    (smaller.max(0.0) / n).sqrt()
}

/// Scales and moves the path so that its longer side is `side` and both sides
/// begin at 0. Returns both sides.
fn fit(path: &mut [[f32; 2]], side: f32) -> [f32; 2] {
    let [left, top] = [0, 1].map(|axis| path.iter().map(|p| p[axis]).fold(f32::MAX, f32::min));
    let [right, bottom] = [0, 1].map(|axis| path.iter().map(|p| p[axis]).fold(f32::MIN, f32::max));
    let scale = side / (right - left).max(bottom - top);
    for [x, y] in path {
        *x = (*x - left) * scale;
        *y = (*y - top) * scale;
    }
    [(right - left) * scale, (bottom - top) * scale]
}

/// Draws the round pen at (x, y): each pixel keeps its greatest depth inside the
/// pen's edge, in pixels.
fn draw_pen(canvas: &mut Canvas, x: f32, y: f32, half: f32, softness: f32) {
    let reach = half + 0.5 * softness + 0.5;
    let left = (x - reach).max(0.0) as usize;
    let top = (y - reach).max(0.0) as usize;
    let bottom = (((y + reach) as usize) + 1).min(SIDE);
    let dx = |i: usize| (left + i) as f32 + 0.5 - x;
    let squares: [f32; PEN] = from_fn(|i| dx(i) * dx(i));
    for (i, row) in canvas.iter_mut().enumerate().take(bottom).skip(top) {
        let dy = i as f32 + 0.5 - y;
        for (pixel, square) in row[left..left + PEN].iter_mut().zip(&squares) {
            let depth = half - (square + dy * dy).sqrt();
            *pixel = if depth > *pixel { depth } else { *pixel };
        }
    }
}

/// Copies `sheet` into `image`, shifted by whole pixels so that the centre of mass
/// lies on pixel (14, 14), or as near as the margins allow.
fn centre(sheet: &[[u8; SIDE]; SIDE], image: &mut [u8]) {
    let (mut mass, mut mass_x, mut mass_y) = (0, 0, 0);
    for (y, row) in sheet.iter().enumerate() {
        for (x, &pixel) in row.iter().enumerate() {
            let weight = u32::from(pixel);
            mass += weight;
            mass_x += weight * x as u32;
            mass_y += weight * y as u32;
        }
    }
    // The pixel that is shifted to 0, within the margins.
    let first = |sum: u32| {
        let centre = (2 * sum + mass) / (2 * mass); // rounded
        let margin = MARGIN as isize;
        (centre as isize - SIDE as isize / 2).clamp(-margin, margin)
    };
    let (left, top) = (first(mass_x), first(mass_y));
    for (y, row) in image.chunks_exact_mut(SIDE).enumerate() {
        let Some(from) = sheet.get((y as isize + top) as usize) else { continue };
        for (x, pixel) in row.iter_mut().enumerate() {
            *pixel = *from.get((x as isize + left) as usize).unwrap_or(&0);
        }
    }
}
