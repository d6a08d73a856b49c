//! How different the hidden units are: from a start at zero, without dropout, all of them
//! stay the same.

use common::Real;
use ndarray::{Array1, Array2, ArrayRef2, ArrayView1};

/// A column counts as zero below this share of the longest one: rounding leaves that much.
const TOLERANCE: f64 = 1e-5;

/// The largest difference between two columns of `w (D, H)` in one row: between two units
/// in one of their weights. Exactly 0 if all units are the same.
pub fn largest_difference<F: Real>(w: &ArrayRef2<F>) -> f64 {
    let w = w.mapv(Into::<f64>::into);
    let difference = |row: ArrayView1<f64>| {
        row.fold(f64::MIN, |a, &b| a.max(b)) - row.fold(f64::MAX, |a, &b| a.min(b))
    };
    w.rows().into_iter().map(difference).fold(0.0, f64::max)
}

/// The rank of `w (D, H)`, by Gram and Schmidt: take the longest column, subtract from
/// every column its part in that direction, and repeat until all are zero.
pub fn rank<F: Real>(w: &ArrayRef2<F>) -> usize {
    let columns = w.columns().into_iter().map(|column| column.mapv(Into::into));
    let mut columns: Vec<Array1<f64>> = columns.collect();
    let longest = |columns: &[Array1<f64>]| {
        let lengths = columns.iter().map(|c| c.dot(c).sqrt());
        lengths.enumerate().fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
    };
    let (_, first) = longest(&columns);
    for rank in 0..columns.len() {
        let (k, length) = longest(&columns);
        if length <= TOLERANCE * first {
            return rank;
        }
        let direction = &columns[k] / length;
        for column in &mut columns {
            let part = column.dot(&direction);
            column.scaled_add(-part, &direction);
        }
    }
    columns.len()
}

/// Columns of `w (D, H)` that differ from all before them, in any bit.
pub fn distinct_units<F: Real>(w: &Array2<F>) -> usize {
    let is_new = |k: &usize| (0..*k).all(|before| w.column(before) != w.column(*k));
    (0..w.ncols()).filter(is_new).count()
}
