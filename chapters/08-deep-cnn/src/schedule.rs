//! How the learning rate changes while training goes on, as a factor of the
//! largest.

/// Steps: all of it for the first half of training, a third of it for the next
/// quarter, a tenth for the last. `done` is the share of training that is over,
/// from 0 to 1.
pub fn steps(done: f64) -> f64 {
    match done {
        ..0.5 => 1.0,
        ..0.75 => 0.3,
        _ => 0.1,
    }
}

/// One cycle: up in a straight line until the share `warm` of training is over,
/// from a tenth of it to all of it, then down in a straight line to nothing. L. N.
/// Smith, N. Topin, "Super-convergence: very fast training of neural networks
/// using large learning rates", 2019.
pub fn one_cycle(done: f64, warm: f64) -> f64 {
    let done = done.clamp(0.0, 1.0);
    if done < warm { 0.1 + 0.9 * done / warm } else { (1.0 - done) / (1.0 - warm) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_down_at_a_half_and_at_three_quarters() {
        assert_eq!([0.0, 0.499, 0.5, 0.749, 0.75, 1.0].map(steps), [1.0, 1.0, 0.3, 0.3, 0.1, 0.1]);
    }

    #[test]
    fn one_cycle_has_its_peak_where_the_warming_ends() {
        let rates: Vec<f64> = (0..=100).map(|k| one_cycle(k as f64 / 100.0, 0.2)).collect();
        assert_eq!((rates[0], rates[20], rates[100]), (0.1, 1.0, 0.0));
        assert!(rates[..=20].is_sorted() && rates[20..].iter().rev().is_sorted());
    }
}
