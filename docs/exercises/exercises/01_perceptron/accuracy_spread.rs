//! By how much does an accuracy scatter, for no other reason than which images were tested?
//!
//! A network reads each image rightly with a chance of p. The number of right answers of n
//! is binomial, with the variance n p (1 - p).
//!
//! Page: docs/en/01-perceptron.md, exercise 5

/// The standard deviation, in points, of an accuracy of `p` percent on `n` images.
fn spread(p: f64, n: f64) -> f64 {
    // TODO: of the share in percent, not of the number of right answers.
    todo!()
}

/// By how many of its standard deviations the difference of two accuracies in percent, each
/// measured on `n` images of its own, is away from 0.
fn standard_deviations_apart(p1: f64, p2: f64, n: f64) -> f64 {
    // TODO: the variances of independent numbers add up in their difference.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_right_of_a_hundred_is_uncertain_by_five_points() {
        assert!((spread(50.0, 100.0) - 5.0).abs() < 1e-12);
        assert!((spread(90.0, 10_000.0) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn four_times_the_images_halve_it() {
        assert!((spread(86.64, 10_000.0) / spread(86.64, 40_000.0) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_two_published_accuracies_cannot_be_told_apart() {
        let apart = standard_deviations_apart(86.64, 87.08, 10_000.0);
        assert!((apart - 0.92).abs() < 0.01, "{apart}");
        assert_eq!(apart, standard_deviations_apart(87.08, 86.64, 10_000.0));
    }
}
