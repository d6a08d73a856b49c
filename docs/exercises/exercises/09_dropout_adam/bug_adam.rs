//! Find the bug: Adam whose first step makes every weight NaN, and from then on everything.
//!
//!     w = w - rate (v / (1 - b1^i)) / (sqrt(s / (1 - b2^i)) + e),   i = 1, 2, 3, ...
//!
//! Page: docs/en/09-dropout-adam.md

/// The weight after training with Adam: `gradient(w)` is the slope at `w`.
fn train(mut w: f64, steps: usize, rate: f64, gradient: impl Fn(f64) -> f64) -> f64 {
    let (b1, b2, e) = (0.9f64, 0.999f64, 1e-8);
    let (mut v, mut s) = (0.0, 0.0);
    // TODO
    for i in 0..steps {
        let dw = gradient(w);
        v = b1 * v + (1.0 - b1) * dw;
        s = b2 * s + (1.0 - b2) * dw * dw;
        let corrected_v = v / (1.0 - b1.powi(i as i32));
        let corrected_s = s / (1.0 - b2.powi(i as i32));
        w -= rate * corrected_v / (corrected_s.sqrt() + e);
    }
    w
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_as_long_as_the_rate() {
        let w = train(3.0, 1, 0.1, |w| 2.0 * w);
        assert!((w - 2.9).abs() < 1e-6, "{w}");
    }

    #[test]
    fn it_gets_down_a_parabola() {
        let w = train(3.0, 2_000, 0.01, |w| 2.0 * (w - 1.0));
        assert!((w - 1.0).abs() < 1e-3, "{w}");
    }

    /// A correction that is left out, or lags by a step, shows in the second step.
    #[test]
    fn the_second_step_is_as_long_too_where_the_slope_is_steady() {
        let w = train(0.0, 2, 0.1, |_| -7.0);
        assert!((w - 0.2).abs() < 1e-6, "{w}");
    }
}
