//! Mean and median of measured times. One interruption in ten runs moves the mean by as much
//! as it lasted, divided by ten; the median does not notice.
//!
//! Page: docs/en/07-conv-race.md, exercise 3

/// The median of `times`: the one in the middle, or the mean of the two in the middle.
/// `None` without times, or if one of them is not a number.
fn median(times: &[f64]) -> Option<f64> {
    if times.is_empty() || times.iter().any(|time| time.is_nan()) {
        return None;
    }
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    Some((sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0) // twice the same, if n is odd
}

/// How far the times typically are from their median: the median of the distances.
fn spread(times: &[f64]) -> Option<f64> {
    let middle = median(times)?;
    median(&times.iter().map(|time| (time - middle).abs()).collect::<Vec<_>>())
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_and_even() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[10.0, 1.0, 2.0, 4.0]), Some(3.0));
        assert_eq!(median(&[7.0]), Some(7.0));
    }

    #[test]
    fn without_times_or_with_nan_there_is_no_median() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[1.0, f64::NAN, 2.0]), None);
        assert_eq!(spread(&[]), None);
    }

    #[test]
    fn an_interruption_does_not_move_it() {
        let mut times = [10.0, 10.2, 9.9, 10.1, 10.0, 9.8, 10.1, 10.0, 9.9];
        let (before, apart) = (median(&times), spread(&times).unwrap());
        times[4] = 1_000.0;
        assert_eq!(median(&times), before);
        assert!((apart - 0.1).abs() < 1e-9 && (spread(&times).unwrap() - 0.1).abs() < 1e-9);
    }
}
