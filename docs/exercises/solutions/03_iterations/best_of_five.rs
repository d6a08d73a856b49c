//! The best of several equals looks better than it is.
//!
//! Each of k learning rates reads an image with the same chance p. Each is measured on n
//! images, and the best is reported. How much does it flatter itself, on average?
//!
//! Page: docs/en/03-iterations.md, exercise 3

/// The mean, over `trials`, of the best of `k` measured accuracies in percent. `lucky()`
/// says whether one image is read rightly; a measurement asks it for `n` images.
fn mean_best(k: usize, n: usize, trials: usize, mut lucky: impl FnMut() -> bool) -> f64 {
    let mut sum = 0.0;
    for _ in 0..trials {
        let mut best = 0;
        for _ in 0..k {
            let right = (0..n).filter(|_| lucky()).count();
            best = best.max(right);
        }
        sum += 100.0 * best as f64 / n as f64;
    }
    sum / trials as f64
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws that are right with a chance of 92 %.
    fn chance(seed: u64) -> impl FnMut() -> bool {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) as f64) < 0.92 * (1u64 << 31) as f64
        }
    }

    #[test]
    fn by_hand() {
        // Three measurements of two images each, twice: 1, 2, 0 right and then 1, 1, 0.
        let mut draws = [1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0].into_iter();
        assert_eq!(mean_best(3, 2, 2, || draws.next() == Some(1)), 75.0);
        assert_eq!(draws.next(), None, "k n draws a trial");
    }

    #[test]
    fn a_single_one_is_measured_rightly_on_average() {
        let mean = mean_best(1, 1_000, 300, chance(1));
        assert!((mean - 92.0).abs() < 0.25, "{mean}");
    }

    #[test]
    fn the_best_of_five_is_a_point_too_high() {
        // 1.16 standard deviations of sqrt(92 x 8 / 1000) = 0.86 points
        let mean = mean_best(5, 1_000, 300, chance(2));
        assert!((mean - 93.0).abs() < 0.25, "{mean}");
    }
}
