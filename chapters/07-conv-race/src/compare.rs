//! Equal first: what a rung finds beside what the judge finds.

use common::Float;

use crate::shape::{Pass, Shape};

/// The largest difference between two results, relative to the judge's largest
/// number; infinite if either holds something that is no number.
///
/// # Panics
/// If they have different lengths.
pub fn difference(judge: &[Float], rung: &[Float]) -> f64 {
    assert!(judge.len() == rung.len(), "{} numbers and {}", judge.len(), rung.len());
    let (mut scale, mut most) = (0.0f64, 0.0f64);
    for (&a, &b) in judge.iter().zip(rung) {
        let (a, b) = (f64::from(a), f64::from(b));
        if !(a - b).is_finite() {
            return f64::INFINITY;
        }
        scale = scale.max(a.abs());
        most = most.max((a - b).abs());
    }
    if most == 0.0 { 0.0 } else { most / scale }
}

/// How far two rungs that are both right may be apart.
///
/// They add the same numbers in different orders. Each addition rounds by up to
/// half of the machine's epsilon, up as often as down, so the error of a sum of
/// `n` terms grows about like the root of `n`. We allow sixteen times that for
/// the longest sum of the pass; a forgotten row or a wrong index is off by
/// hundreds of times more.
pub fn tolerance(pass: Pass, shape: &Shape) -> f64 {
    16.0 * f64::from(Float::EPSILON) * (pass.longest_sum(shape) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_relative_to_the_judges_largest_number() {
        assert_eq!(difference(&[4.0, -8.0, 0.0], &[4.0, -8.0, 2.0]), 0.25);
        assert_eq!(difference(&[0.0, 0.0], &[0.0, 0.0]), 0.0);
        assert_eq!(difference(&[0.0], &[1e-9]), f64::INFINITY);
    }

    #[test]
    fn what_is_no_number_is_infinitely_wrong_even_beside_its_like() {
        for bad in [Float::NAN, Float::INFINITY] {
            assert_eq!(difference(&[1.0, 2.0], &[1.0, bad]), f64::INFINITY);
            assert_eq!(difference(&[1.0, bad], &[1.0, bad]), f64::INFINITY);
        }
    }
}
