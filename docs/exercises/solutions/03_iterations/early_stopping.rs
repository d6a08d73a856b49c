//! When to stop: at the best validation accuracy, once `patience` points in a row have not
//! been better.
//!
//! Page: docs/en/03-iterations.md, exercise 5

/// The iteration of the best accuracy of `points (iteration, accuracy)`, once `patience`
/// points in a row have not been better than it; `None` while there is hope.
fn stop_at(points: &[(usize, f64)], patience: usize) -> Option<usize> {
    let (mut best, mut waited) = (*points.first()?, 0);
    for &point in &points[1..] {
        if point.1 > best.1 {
            (best, waited) = (point, 0);
        } else {
            waited += 1; // no better, and NaN comes here too
        }
        if waited == patience {
            return Some(best.0);
        }
    }
    None
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVE: [(usize, f64); 6] =
        [(100, 80.0), (200, 85.0), (300, 84.9), (400, 86.0), (500, 85.0), (600, 86.0)];

    #[test]
    fn patience_overlooks_one_bad_point_but_not_two() {
        assert_eq!(stop_at(&CURVE, 1), Some(200));
        assert_eq!(stop_at(&CURVE, 2), Some(400)); // 600 is as good as 400, not better
        assert_eq!(stop_at(&CURVE, 3), None);
    }

    #[test]
    fn bad_points_count_only_in_a_row() {
        let teeth = [(1, 5.0), (2, 4.0), (3, 6.0), (4, 5.0), (5, 7.0), (6, 6.0), (7, 8.0)];
        assert_eq!(stop_at(&teeth, 2), None);
    }

    #[test]
    fn a_network_that_has_diverged_is_stopped() {
        let diverged = [(1, 50.0), (2, f64::NAN), (3, f64::NAN), (4, f64::NAN)];
        assert_eq!(stop_at(&diverged, 3), Some(1));
        assert_eq!(stop_at(&[], 1), None);
    }
}
