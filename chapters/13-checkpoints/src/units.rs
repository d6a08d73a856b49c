//! How different the hidden units are.

use common::Real;
use ndarray::{Array1, Array2, ArrayRef2};

/// What is left of a column after the others are taken out counts as nothing below
/// this part of the longest column: rounding leaves that much.
const NOTHING: f64 = 1e-5;

/// The largest difference between two units in one of their weights: `w (D, H)`, a
/// column for each unit. Exactly 0 if all units are the same.
pub fn spread<F: Real>(w: &ArrayRef2<F>) -> f64 {
    let of_row = |row: ndarray::ArrayView1<F>| {
        let row = row.mapv(|v| -> f64 { v.into() });
        let (low, high) =
            (row.fold(f64::MAX, |a, &b| a.min(b)), row.fold(f64::MIN, |a, &b| a.max(b)));
        high - low
    };
    w.rows().into_iter().map(of_row).fold(0.0, f64::max)
}

/// The rank of `w (D, H)`: how many units' worth there is in it. Gram and Schmidt:
/// take the longest column, subtract from every column its part in that direction,
/// and again, until nothing is left.
pub fn rank<F: Real>(w: &ArrayRef2<F>) -> usize {
    let w: Array2<f64> = w.mapv(Into::into);
    let mut columns: Vec<Array1<f64>> = w.columns().into_iter().map(|c| c.to_owned()).collect();
    let longest = |columns: &[Array1<f64>]| {
        let lengths = columns.iter().map(|c| c.dot(c).sqrt());
        lengths.enumerate().fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
    };
    let (_, first) = longest(&columns);
    for rank in 0..columns.len() {
        let (at, length) = longest(&columns);
        if length <= NOTHING * first {
            return rank;
        }
        let direction = &columns[at] / length;
        for column in &mut columns {
            let part = column.dot(&direction);
            column.scaled_add(-part, &direction);
        }
    }
    columns.len()
}

/// Units that differ from all before them, in any bit.
pub fn different<F: Real>(w: &Array2<F>) -> usize {
    let is_new = |k: &usize| (0..*k).all(|before| w.column(before) != w.column(*k));
    (0..w.ncols()).filter(is_new).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn three_units_of_which_one_is_twice_another_have_rank_two() {
        let w = array![[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [0.0, 0.0, 5.0]];
        assert_eq!((rank(&w), spread(&w), different(&w)), (2, 5.0, 3));
    }

    #[test]
    fn units_that_are_all_the_same_have_rank_one_and_no_spread() {
        let w = array![[0.1f32, 0.1, 0.1], [7.0, 7.0, 7.0]];
        assert_eq!((rank(&w), spread(&w), different(&w)), (1, 0.0, 1));
        assert_eq!(rank(&Array2::<f32>::zeros((3, 3))), 0);
    }
}
