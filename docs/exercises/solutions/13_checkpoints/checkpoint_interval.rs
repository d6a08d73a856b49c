//! How long between two checkpoints? Saving takes s seconds, and the machine fails once in m
//! seconds on average.
//!
//!     loss per second = s / t + (t / 2) / m        saving, and half an interval at a failure
//!
//! Page: docs/en/13-checkpoints.md, exercise 5

/// The part of the time that is lost, saving every `t` seconds.
fn loss(t: f64, s: f64, m: f64) -> f64 {
    s / t + t / 2.0 / m
}

/// The interval `t` that loses least.
fn best_interval(s: f64, m: f64) -> f64 {
    (2.0 * s * m).sqrt() // -s / t^2 + 1 / (2 m) = 0
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: f64 = 86_400.0;

    #[test]
    fn five_milliseconds_and_one_failure_a_day() {
        let t = best_interval(0.005, DAY);
        assert!((t - 29.4).abs() < 0.01, "{t}");
    }

    #[test]
    fn no_other_interval_loses_less() {
        for (s, m) in [(0.005, DAY), (10.0, 3_600.0), (1.0, 7.0 * DAY)] {
            let best = best_interval(s, m);
            for factor in [0.01, 0.5, 0.9, 1.1, 2.0, 100.0] {
                assert!(loss(best * factor, s, m) > loss(best, s, m), "{s} {m} {factor}");
            }
        }
    }

    #[test]
    fn a_minute_between_saves_of_a_second() {
        // 1 / 60 for saving, and 30 s of 3600 s at the failure
        assert!((loss(60.0, 1.0, 3_600.0) - (1.0 / 60.0 + 30.0 / 3_600.0)).abs() < 1e-12);
    }
}
