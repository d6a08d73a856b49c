//! What pairs are good for: two methods, tried on the same splits.
//!
//!     var(a - b) = var(a) + var(b) - 2 cov(a, b)
//!     standard error of a mean of n numbers = sqrt(var / n),  var divided by n - 1
//!
//! Page: docs/en/11-iris.md, exercise 5

/// The mean of the differences `a - b` in pairs, and its standard error.
fn paired(a: &[f64], b: &[f64]) -> (f64, f64) {
    // TODO
    todo!()
}

/// The difference of the means of `a` and `b`, and its standard error, as if each had been
/// tried on splits of its own.
fn unpaired(a: &[f64], b: &[f64]) -> (f64, f64) {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 5] = [95.0, 96.0, 94.0, 97.0, 96.0];
    const B: [f64; 5] = [94.0, 96.0, 92.5, 95.0, 95.5];

    #[test]
    fn as_numpy_has_it() {
        // NumPy: d = a - b; d.mean(), d.std(ddof=1) / np.sqrt(5)
        //        np.sqrt(a.var(ddof=1) / 5 + b.var(ddof=1) / 5)
        let ((difference, error), (same, wider)) = (paired(&A, &B), unpaired(&A, &B));
        assert!((difference - 1.0).abs() < 1e-12 && (same - 1.0).abs() < 1e-12);
        assert!((error - 0.353553390593274).abs() < 1e-12, "{error}");
        assert!((wider - 0.803118920210451).abs() < 1e-12, "{wider}");
    }

    #[test]
    fn what_both_have_in_common_falls_out_of_pairs_only() {
        let luck = [0.0, 3.0, -5.0, 8.0, -2.0];
        let lucky = |v: [f64; 5]| std::array::from_fn::<f64, 5, _>(|k| v[k] + luck[k]);
        let (before, after) = (paired(&A, &B), paired(&lucky(A), &lucky(B)));
        assert!((before.1 - after.1).abs() < 1e-12);
        assert!(unpaired(&lucky(A), &lucky(B)).1 > 3.0 * unpaired(&A, &B).1);
    }
}
