//! Where one decision ends and the next begins, as lines in a plane.

use std::ops::RangeInclusive;

/// Cells along each side of the plane that is searched.
const CELLS: usize = 40;

/// The line where `f(x, y)` is 0 within `xs` by `ys`, in pieces of two points, a gap
/// (NaN) behind each. The plane is cut into cells; where the sign of `f` changes
/// along two edges of a cell, a straight piece joins the two places; with four
/// changes, in a saddle, there are two pieces.
pub fn zero_line(
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
            let around = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
            let mut places = Vec::new();
            for k in 0..4 {
                let (a, b) = (around[k], around[(k + 1) % 4]);
                let (at_a, at_b) = (values[a.0][a.1], values[b.0][b.1]);
                if (at_a < 0.0) != (at_b < 0.0) {
                    let part = at_a / (at_a - at_b); // where a straight line crosses 0
                    let (a, b) = (corner(a.0, a.1), corner(b.0, b.1));
                    places.push((a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1)));
                }
            }
            for pair in places.chunks_exact(2) {
                pieces.extend(pair);
                pieces.push((f64::NAN, f64::NAN));
            }
        }
    }
    pieces
}
