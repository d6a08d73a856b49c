//! The chain rule for any number of layers.
//!
//!     values[0] = x,  values[i + 1] = sigmoid(values[i] w_i + b_i),  at last softmax
//!
//!     dz of the last layer = y - t
//!     dw_i = values[i]T dz_i         db_i = the sum of dz_i over the batch
//!     dz_(i-1) = h (1 - h) (dz_i w_iT),   h = values[i]
//!
//! Page: docs/en/02-hidden-layer.md, exercise 6

use ndarray::prelude::*;

type Layer = (Array2<f64>, Array2<f64>); // w (D, M), b (1, M)

/// The values before the first layer and after each: given.
fn forward(x: &Array2<f64>, layers: &[Layer]) -> Vec<Array2<f64>> {
    let mut values = vec![x.clone()];
    for (i, (w, b)) in layers.iter().enumerate() {
        let z = values[i].dot(w) + b; // (N, M)
        values.push(if i == layers.len() - 1 {
            let e = z.mapv(f64::exp);
            &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1))
        } else {
            z.mapv(|z| 1.0 / (1.0 + (-z).exp()))
        });
    }
    values
}

/// The gradients `dw`, `db` of all layers, the first layer's first, of the loss summed over
/// the batch; `values` are those of [`forward`], `t (N, M)` is one-hot.
fn backward(values: &[Array2<f64>], t: &Array2<f64>, layers: &[Layer]) -> Vec<Layer> {
    let mut gradients = Vec::new();
    // TODO: from the last layer to the first.
    gradients
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    fn check(widths: &[usize]) {
        let layers: Vec<Layer> = widths
            .windows(2)
            .zip(1..)
            .map(|(pair, salt)| {
                (numbers((pair[0], pair[1]), salt), numbers((1, pair[1]), 10 + salt))
            })
            .collect();
        let (x, classes) = (numbers((5, widths[0]), 20), *widths.last().unwrap());
        let t = Array2::from_shape_fn((5, classes), |(n, k)| f64::from(n % classes == k));
        let loss = |i: usize, w: &Array2<f64>, b: &Array2<f64>| {
            let mut layers = layers.clone();
            layers[i] = (w.clone(), b.clone());
            -(&t * &forward(&x, &layers).last().unwrap().mapv(f64::ln)).sum()
        };
        let gradients = backward(&forward(&x, &layers), &t, &layers);
        assert_eq!(gradients.len(), layers.len());
        for (i, ((dw, db), (w, b))) in gradients.iter().zip(&layers).enumerate() {
            assert_close(dw, &numerical_gradient(w, |w| loss(i, w, b)), 1e-8);
            assert_close(db, &numerical_gradient(b, |b| loss(i, w, b)), 1e-8);
        }
    }

    #[test]
    fn one_layer() {
        check(&[4, 3]);
    }

    #[test]
    fn two_layers() {
        check(&[4, 6, 3]);
    }

    #[test]
    fn four_layers() {
        check(&[4, 6, 2, 5, 3]);
    }
}
