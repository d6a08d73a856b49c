//! What dropout costs: the mean of a squared error over all masks.
//!
//!     z = sum over j of h_j m_j w_j,      m_j = 0 with a chance of p, else 1 / (1 - p)
//!     E[(z - t)^2] = (h w - t)^2 + p / (1 - p) sum over j of h_j^2 w_j^2
//!
//! Page: docs/en/09-dropout-adam.md, exercise 4

/// The mean of `(z - t)^2` over all masks of `h (H,)`, taken one by one: there are 2^H of
/// them, each with a probability of its own.
fn mean_over_masks(h: &[f64], w: &[f64], t: f64, p: f64) -> f64 {
    let mut mean = 0.0;
    for bits in 0..1usize << h.len() {
        let (mut z, mut probability) = (0.0, 1.0);
        for (j, (h, w)) in h.iter().zip(w).enumerate() {
            let kept = bits >> j & 1 == 1;
            z += if kept { h * w / (1.0 - p) } else { 0.0 };
            probability *= if kept { 1.0 - p } else { p };
        }
        mean += probability * (z - t) * (z - t);
    }
    mean
}

/// The same from the formula.
fn from_formula(h: &[f64], w: &[f64], t: f64, p: f64) -> f64 {
    let products = || h.iter().zip(w).map(|(h, w)| h * w);
    let (z, squares): (f64, f64) = (products().sum(), products().map(|v| v * v).sum());
    (z - t).powi(2) + p / (1.0 - p) * squares
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::numbers;

    #[test]
    fn one_unit_by_hand() {
        // z is 0 or 2 x 3 / 0.5 = 12, each with a chance of a half; t = 4: (16 + 64) / 2
        assert_eq!(mean_over_masks(&[2.0], &[3.0], 4.0, 0.5), 40.0);
        assert_eq!(from_formula(&[2.0], &[3.0], 4.0, 0.5), 4.0 + 36.0);
    }

    #[test]
    fn both_ways_agree_for_eight_units() {
        let (h, w) = (numbers(8, 1).to_vec(), numbers(8, 2).to_vec());
        for p in [0.0, 0.2, 0.75] {
            let (mean, formula) = (mean_over_masks(&h, &w, 0.3, p), from_formula(&h, &w, 0.3, p));
            assert!((mean - formula).abs() < 1e-12, "{p}: {mean} {formula}");
        }
    }
}
