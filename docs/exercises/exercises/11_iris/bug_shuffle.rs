//! Find the bug: after this shuffle a network learns its training set by heart, slowly, and
//! reads the test set no better than by chance.
//!
//!     row order[n] of x and label order[n] belong together, before and after
//!
//! Page: docs/en/11-iris.md

use ndarray::prelude::*;

/// `x (N, D)` and its `labels (N,)` in the given order.
fn shuffled(x: &Array2<f64>, labels: &[usize], order: &[usize]) -> (Array2<f64>, Vec<usize>) {
    // TODO
    let x = x.select(Axis(0), order);
    let mut moved = labels.to_vec();
    for (n, &from) in order.iter().enumerate() {
        moved[from] = labels[n];
    }
    (x, moved)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_keeps_its_label() {
        let x = array![[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]; // column 0 is the label
        let (x, labels) = shuffled(&x, &[0, 1, 2, 3], &[2, 0, 3, 1]);
        assert_eq!(labels, [2, 0, 3, 1]);
        for (row, &label) in x.rows().into_iter().zip(&labels) {
            assert_eq!(row[0], label as f64);
        }
    }

    #[test]
    fn a_part_can_be_chosen_as_well() {
        let (x, labels) = shuffled(&array![[5.0], [6.0], [7.0]], &[50, 60, 70], &[2, 1]);
        assert_eq!((x, labels), (array![[7.0], [6.0]], vec![70, 60]));
    }
}
