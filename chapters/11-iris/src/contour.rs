//! Where a function of two variables is zero.

use std::ops::RangeInclusive;

const CELLS: usize = 40; // along each axis

/// The line where `f(x, y)` is 0 within `xs` by `ys`, by marching squares: pieces of two
/// points, each followed by a gap (NaN). Where the sign of `f` changes along two edges of
/// a cell, a piece joins them; with four changes there are two pieces.
pub fn zero_contour(
    xs: RangeInclusive<f64>,
    ys: RangeInclusive<f64>,
    f: impl Fn(f64, f64) -> f64,
) -> Vec<(f64, f64)> {
    let along = |range: &RangeInclusive<f64>, k: usize| {
        range.start() + (range.end() - range.start()) * k as f64 / CELLS as f64
    };
    let corner = |i: usize, j: usize| (along(&xs, i), along(&ys, j));
    let values: Vec<Vec<f64>> = (0..=CELLS)
        .map(|i| (0..=CELLS).map(|j| f(corner(i, j).0, corner(i, j).1)).collect())
        .collect();
    let mut pieces = Vec::new();
    for i in 0..CELLS {
        for j in 0..CELLS {
            let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
            let mut crossings = Vec::new();
            for k in 0..4 {
                let (a, b) = (corners[k], corners[(k + 1) % 4]);
                let (at_a, at_b) = (values[a.0][a.1], values[b.0][b.1]);
                if (at_a < 0.0) != (at_b < 0.0) {
                    let part = at_a / (at_a - at_b); // by linear interpolation
                    let (a, b) = (corner(a.0, a.1), corner(b.0, b.1));
                    crossings.push((a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1)));
                }
            }
            for pair in crossings.chunks_exact(2) {
                pieces.extend(pair);
                pieces.push((f64::NAN, f64::NAN));
            }
        }
    }
    pieces
}
