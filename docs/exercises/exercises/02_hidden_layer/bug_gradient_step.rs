//! Find the bug: one step of gradient descent. Its gradient check passed, since that called
//! `backward` alone; and yet the network learns worse than it should.
//!
//!     w = w - rate dw, for all parameters at once, all gradients taken at the old ones
//!
//! Page: docs/en/02-hidden-layer.md

use ndarray::prelude::*;

/// `x (N, D)`, `w1 (D, H)`, `w2 (H, M)`: a network `y = relu(x w1) w2` without biases and
/// with the loss `sum of (y - t)^2 / 2`.
#[derive(Clone, Debug, PartialEq)]
struct Network {
    w1: Array2<f64>,
    w2: Array2<f64>,
}

impl Network {
    /// One step on the batch `x (N, D)`, `t (N, M)`.
    fn step(&mut self, x: &Array2<f64>, t: &Array2<f64>, rate: f64) {
        let h = x.dot(&self.w1).mapv(|z| z.max(0.0)); // (N, H)
        let y = h.dot(&self.w2); // (N, M)
        // TODO: every line here is right. Are they in the right order?
        let dy = &y - t; // (N, M)
        let dw2 = h.t().dot(&dy); // (H, M)
        self.w2.scaled_add(-rate, &dw2);
        let dh = dy.dot(&self.w2.t()); // (N, H)
        let dz = dh * h.mapv(|h| f64::from(h > 0.0)); // (N, H)
        let dw1 = x.t().dot(&dz); // (D, H)
        self.w1.scaled_add(-rate, &dw1);
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    fn loss(network: &Network, x: &Array2<f64>, t: &Array2<f64>) -> f64 {
        let apart = x.dot(&network.w1).mapv(|z| z.max(0.0)).dot(&network.w2) - t;
        (&apart * &apart).sum() / 2.0
    }

    #[test]
    fn a_step_is_the_rate_times_the_gradient_of_both_weights() {
        let (x, t) = (numbers((6, 4), 1), numbers((6, 3), 2));
        let before = Network { w1: numbers((4, 5), 3), w2: numbers((5, 3), 4) };
        let slope1 = numerical_gradient(&before.w1, |w1| {
            loss(&Network { w1: w1.clone(), w2: before.w2.clone() }, &x, &t)
        });
        let slope2 = numerical_gradient(&before.w2, |w2| {
            loss(&Network { w1: before.w1.clone(), w2: w2.clone() }, &x, &t)
        });
        let mut after = before.clone();
        after.step(&x, &t, 0.1);
        assert_close(&((&before.w2 - &after.w2) / 0.1), &slope2, 1e-7);
        assert_close(&((&before.w1 - &after.w1) / 0.1), &slope1, 1e-7);
    }
}
