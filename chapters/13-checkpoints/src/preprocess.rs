//! A user's own picture, made to look like one of MNIST's.
//!
//! MNIST's digits were cut out, fitted into 20 x 20 pixels with their proportions kept, and
//! placed in 28 x 28 with their centre of mass in the middle; a network trained on them fails
//! on others. Y. LeCun and others, "The MNIST database of handwritten digits", 1998.

use datasets::images::SIDE;
use ndarray::{Array2, Array3, ArrayRef2, Axis, s};

const BOX: usize = 20; // the longer side of a digit
const MIDDLE: f64 = 14.0; // where the centre of mass of MNIST's digits is, give or take half a pixel
const FAINTEST: f64 = 0.1; // a smaller difference between pen and paper, from 0 to 1, is no ink
const MIN_TRANSPARENT: f64 = 0.02; // the share of transparent pixels from which a picture has no paper
const NEAR: f64 = 0.1; // of a side: so far away the light is about the same
const SPECK: f64 = 0.05; // strokes with a smaller share of the largest one's area are dirt

/// The ink `(H, W)` at each pixel of `picture (H, W, 4)`, from 0 to 1: the difference between
/// its colour and that of the paper there, without specks. `None` if nothing is drawn.
pub fn ink(picture: &Array3<f64>) -> Option<Array2<f64>> {
    let (h, w, _) = picture.dim();
    let opacity = picture.index_axis(Axis(2), 3);
    let clear = opacity.iter().filter(|&&a| a < 0.5).count() as f64;
    let is_transparent = clear > MIN_TRANSPARENT * (h * w) as f64;
    // First what lies along the border is the paper, then all that is not ink.
    let mut paper = Array2::from_shape_fn((h, w), |(i, j)| match is_transparent {
        true => opacity[[i, j]].round(),
        false => f64::from(i == 0 || j == 0 || i + 1 == h || j + 1 == w),
    });
    let mut ink = Array2::zeros((h, w));
    for _ in 0..2 {
        let count = sum_near(paper.clone()) + f64::MIN_POSITIVE;
        ink.fill(0.0);
        for colour in picture.axis_iter(Axis(2)).take(3) {
            let apart = sum_near(&paper * &colour) / &count - colour;
            ink.zip_mut_with(&apart, |ink: &mut f64, v| *ink = ink.max(v.abs()));
        }
        ink *= &opacity;
        let [_, threshold, _] = otsu(&ink);
        paper = ink.mapv(|v| f64::from(v <= threshold));
    }
    if is_transparent && ink.iter().all(|&v| v < FAINTEST) {
        ink = opacity.to_owned(); // one colour on a transparent ground: all of it is ink
    }
    let [paper, threshold, pen] = otsu(&ink);
    if pen - paper < FAINTEST {
        return None;
    }
    let strokes = strokes(&ink, (paper + threshold) / 2.0, threshold);
    Some(strokes * ink.mapv(|v| ((v - paper) / (pen - paper)).clamp(0.0, 1.0)))
}

/// For each pixel the sum over all of `a (H, W)`, of which the far ones count little.
fn sum_near(mut a: Array2<f64>) -> Array2<f64> {
    for axis in [Axis(0), Axis(1)] {
        let share = (-1.0 / (NEAR * a.len_of(axis) as f64)).exp(); // from pixel to pixel
        for mut lane in a.lanes_mut(axis) {
            let add = |sum: f64, v: &mut f64| {
                *v += share * sum;
                *v
            };
            lane.iter_mut().fold(0.0, add);
            lane.iter_mut().rev().fold(0.0, add);
        }
    }
    a
}

/// The threshold that parts `ink (H, W)` into two groups whose means are furthest apart for
/// their sizes, between the two means; zeros if there is nothing to part. N. Otsu, "A threshold
/// selection method from gray-level histograms", 1979.
fn otsu(ink: &Array2<f64>) -> [f64; 3] {
    let mut values: Vec<f64> = ink.iter().copied().collect();
    values.sort_unstable_by(f64::total_cmp);
    let (mut below, mut above, mut best) = (0.0, values.iter().sum::<f64>(), (0.0, [0.0; 3]));
    for k in 1..values.len() {
        (below, above) = (below + values[k - 1], above - values[k - 1]);
        let (n0, n1) = (k as f64, (values.len() - k) as f64);
        let between = n0 * n1 * (above / n1 - below / n0).powi(2);
        if between > best.0 && values[k - 1] < values[k] {
            best = (between, [below / n0, (values[k - 1] + values[k]) / 2.0, above / n1]);
        }
    }
    best.1
}

/// 1 at the pixels of strokes, else 0: connected pixels above `weak`, some of them above
/// `strong`, without strokes that are much smaller than the largest.
fn strokes(ink: &Array2<f64>, weak: f64, strong: f64) -> Array2<f64> {
    let (h, w) = ink.dim();
    let mut strokes = Array2::zeros((h, w)); // the number of each, from 1
    let mut areas = vec![0.0];
    for (start, _) in ink.indexed_iter().filter(|(_, v)| **v > strong) {
        let (number, mut area, mut edge) = (areas.len(), 0.0, vec![start]);
        while let Some((i, j)) = edge.pop() {
            if strokes[[i, j]] == 0 && ink[[i, j]] > weak {
                strokes[[i, j]] = number;
                area += ink[[i, j]];
                let columns = j.saturating_sub(1)..w.min(j + 2);
                let rows = i.saturating_sub(1)..h.min(i + 2);
                edge.extend(rows.flat_map(|i| columns.clone().map(move |j| (i, j))));
            }
        }
        areas.push(area);
    }
    let largest = areas.iter().copied().fold(0.0, f64::max);
    strokes.mapv(|number| f64::from(areas[number] > SPECK * largest))
}

/// Cuts out `ink (H, W)`, fits it into 20 x 20, and centres it by mass: `(28, 28)`. Panics
/// if there is no ink.
pub fn to_mnist(ink: &ArrayRef2<f64>) -> Array2<f64> {
    let inked = |lane: ndarray::ArrayView1<f64>| lane.iter().any(|&v| v > 0.0);
    let rows: Vec<usize> = (0..ink.nrows()).filter(|&i| inked(ink.row(i))).collect();
    let columns: Vec<usize> = (0..ink.ncols()).filter(|&j| inked(ink.column(j))).collect();
    let (top, bottom) = (rows[0], rows[rows.len() - 1] + 1);
    let (left, right) = (columns[0], columns[columns.len() - 1] + 1);
    let digit = ink.slice(s![top..bottom, left..right]); // (H, W)

    let longer = digit.nrows().max(digit.ncols()) as f64;
    let fitted = |side: usize| ((side as f64 * BOX as f64 / longer).round() as usize).max(1);
    let (h, w) = (fitted(digit.nrows()), fitted(digit.ncols()));
    // (h, w) = (h, H)(H, W)(W, w)
    let mut small = shares(h, digit.nrows()).dot(&digit).dot(&shares(w, digit.ncols()).t());
    small /= small.fold(0.0, |most: f64, &v| most.max(v)); // a thin pen has become pale, and MNIST's ink is not

    let mass = small.sum();
    let row = small.indexed_iter().map(|((i, _), v)| i as f64 * v).sum::<f64>() / mass;
    let column = small.indexed_iter().map(|((_, j), v)| j as f64 * v).sum::<f64>() / mass;
    let first = |centre: f64, side: usize| {
        (MIDDLE - centre).round().clamp(0.0, (SIDE - side) as f64) as usize
    };
    let (top, left) = (first(row, h), first(column, w));
    let mut field = Array2::zeros((SIDE, SIDE));
    field.slice_mut(s![top..top + h, left..left + w]).assign(&small);
    field
}

/// Which share of each of `new` pixels every one of `old` covers, if they fill the same line:
/// `(new, old)`. A product with it shrinks or stretches.
fn shares(new: usize, old: usize) -> Array2<f64> {
    let length = old as f64 / new as f64;
    Array2::from_shape_fn((new, old), |(i, k)| {
        let (i, k) = (i as f64 * length, k as f64);
        (((i + length).min(k + 1.0) - i.max(k)) / length).max(0.0)
    })
}
