//! A learning rate that warms up and then falls.
//!
//!     step i = 0, 1, ... of `steps` steps, the first `warmup` of which warm up
//!
//!     i < warmup:   rate = peak (i + 1) / warmup
//!     else:         rate = peak (1 + cos(pi p)) / 2,   p = (i - warmup) / (steps - warmup)
//!
//! Page: docs/en/03-iterations.md

/// The learning rate of step `i`: a line up to `peak`, then half a cosine down to 0.
fn rate(i: usize, steps: usize, warmup: usize, peak: f64) -> f64 {
    // TODO
    peak
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn it_warms_up_in_a_line() {
        assert!(close(rate(0, 100, 10, 0.5), 0.05));
        assert!(close(rate(4, 100, 10, 0.5), 0.25));
        assert!(close(rate(9, 100, 10, 0.5), 0.5));
    }

    #[test]
    fn it_falls_along_a_cosine() {
        assert!(close(rate(10, 100, 10, 0.5), 0.5));
        // A third of the way: cos(60 degrees) = 1/2
        assert!(close(rate(40, 100, 10, 0.5), 0.375));
        assert!(close(rate(55, 100, 10, 0.5), 0.25));
        assert!(rate(99, 100, 10, 0.5) > 0.0 && rate(99, 100, 10, 0.5) < 0.0002);
    }

    #[test]
    fn without_a_warm_up_it_starts_at_the_peak() {
        assert!(close(rate(0, 50, 0, 0.1), 0.1));
        assert!((0..49).all(|i| rate(i + 1, 50, 0, 0.1) < rate(i, 50, 0, 0.1)));
    }
}
