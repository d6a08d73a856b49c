//! The examples that two networks disagree on: the sign test, McNemar's in its exact form.
//!
//!     b: only the first is right;  c: only the second is right
//!     p = 2 sum over k <= min(b, c) of C(b + c, k) / 2^(b + c),   at most 1
//!
//! Page: docs/en/11-iris.md, exercise 6

/// How likely a share as uneven as `b` to `c` is, if both networks are equally good.
fn sign_test(b: u32, c: u32) -> f64 {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn five_to_none_are_not_yet_a_difference_and_six_are() {
        // 2 / 2^5 and 2 / 2^6
        assert!(close(sign_test(5, 0), 0.0625));
        assert!(close(sign_test(0, 6), 0.03125));
    }

    #[test]
    fn as_python_has_it() {
        // 2 * sum(math.comb(13, k) for k in range(4)) / 2 ** 13
        assert!(close(sign_test(3, 10), 0.09228515625));
        assert!(close(sign_test(10, 3), 0.09228515625));
    }

    #[test]
    fn an_even_share_is_no_evidence() {
        assert!(close(sign_test(8, 8), 1.0));
        assert!(close(sign_test(0, 0), 1.0));
    }
}
