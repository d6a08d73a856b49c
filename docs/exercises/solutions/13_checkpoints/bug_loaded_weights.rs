//! Find the bug: a network that read 97 % before it was saved reads 10 % after it was loaded.
//! The shapes are right, and no number is lost.
//!
//!     the file holds the numbers of an array row by row
//!
//! Page: docs/en/13-checkpoints.md

use ndarray::prelude::*;

/// The shape of `w (D, M)` and its numbers, row by row.
fn save(w: &Array2<f64>) -> ((usize, usize), Vec<f64>) {
    (w.dim(), w.iter().copied().collect()) // iter goes row by row, however w lies in memory
}

/// The array of that shape from its numbers, row by row.
fn load(shape: (usize, usize), numbers: Vec<f64>) -> Array2<f64> {
    Array2::from_shape_vec(shape, numbers).expect("as many numbers as the shape has places")
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::numbers;

    fn there_and_back(w: &Array2<f64>) -> Array2<f64> {
        let (shape, numbers) = save(w);
        load(shape, numbers)
    }

    #[test]
    fn an_array_comes_back() {
        let w = numbers((3, 4), 1);
        assert_eq!(there_and_back(&w), w);
    }

    #[test]
    fn a_transpose_comes_back() {
        let w = numbers((3, 4), 2).reversed_axes(); // (4, 3), its columns in a row
        assert_eq!(there_and_back(&w), w);
        let square = numbers((3, 3), 3).reversed_axes();
        assert_eq!(there_and_back(&square), square);
    }

    #[test]
    fn a_part_comes_back() {
        let w = numbers((4, 6), 4).slice_move(s![1..3, ..;2]);
        assert_eq!(there_and_back(&w), w);
    }
}
