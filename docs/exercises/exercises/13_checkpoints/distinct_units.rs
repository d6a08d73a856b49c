//! How many different hidden units does a network have? Units that start alike stay alike.
//!
//!     unit j: column j of w1 (D, H), b1 (1, H), and row j of w2 (H, M)
//!
//! Page: docs/en/13-checkpoints.md, exercise 3

use ndarray::prelude::*;

/// How many units of the hidden layer differ from all units before them, bit by bit or more.
fn distinct_units(w1: &Array2<f64>, b1: &Array2<f64>, w2: &Array2<f64>) -> usize {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::numbers;

    /// 20 steps of `y = relu(x w1 + b1) w2` with the loss `sum of (y - t)^2 / 2`.
    fn train(mut w1: Array2<f64>, mut w2: Array2<f64>) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
        let (x, t) = (numbers((8, 3), 1), numbers((8, 2), 2));
        let mut b1 = Array2::from_elem((1, w1.ncols()), 0.1);
        for _ in 0..20 {
            let h = (x.dot(&w1) + &b1).mapv(|z| z.max(0.0)); // (N, H)
            let dy = h.dot(&w2) - &t; // (N, M)
            let dz = dy.dot(&w2.t()) * h.mapv(|h| f64::from(h > 0.0)); // (N, H)
            w2.scaled_add(-0.01, &h.t().dot(&dy));
            w1.scaled_add(-0.01, &x.t().dot(&dz));
            b1.scaled_add(-0.01, &dz.sum_axis(Axis(0)).insert_axis(Axis(0)));
        }
        (w1, b1, w2)
    }

    #[test]
    fn counted_by_hand() {
        let (w1, b1) = (array![[1.0, 1.0, 2.0, 1.0]], array![[0.0, 0.0, 0.0, 0.0]]);
        assert_eq!(distinct_units(&w1, &b1, &array![[5.0], [5.0], [5.0], [5.0]]), 2);
        assert_eq!(distinct_units(&w1, &b1, &array![[5.0], [6.0], [5.0], [5.0]]), 3);
        assert_eq!(distinct_units(&w1, &array![[0.0, 0.0, 0.0, 1.0]], &Array2::zeros((4, 1))), 3);
    }

    #[test]
    fn units_that_start_alike_stay_alike_and_one_layer_of_random_numbers_parts_them() {
        let constant = |shape: (usize, usize)| Array2::from_elem(shape, 0.3);
        for (w1, w2, units) in [
            (constant((3, 6)), constant((6, 2)), 1),
            (numbers((3, 6), 3), constant((6, 2)), 6),
            (constant((3, 6)), numbers((6, 2), 4), 6),
        ] {
            let (w1, b1, w2) = train(w1, w2);
            assert_eq!(distinct_units(&w1, &b1, &w2), units);
        }
    }
}
