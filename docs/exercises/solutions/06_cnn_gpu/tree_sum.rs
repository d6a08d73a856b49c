//! A sum by 8 threads at once, as a workgroup does it in its shared memory.
//!
//!     rounds with apart = half, half / 2, ..., 1:
//!         each thread t < apart:  shared[t] = shared[t] + shared[t + apart]
//!     the sum is shared[0]
//!
//! The order of the additions is fixed by the length, so every run gives the same bits.
//!
//! Page: docs/en/06-cnn-gpu.md

/// The sum of `shared`, whose length is a power of 2, in rounds of additions.
fn tree_sum(shared: &mut [f32]) -> f32 {
    let mut apart = shared.len() / 2;
    while apart > 0 {
        for t in 0..apart {
            shared[t] += shared[t + apart]; // the threads of a round, in any order
        }
        // Here a workgroup waits for all its threads: a barrier.
        apart /= 2;
    }
    shared[0]
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_numbers_in_three_rounds() {
        let mut shared = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        assert_eq!(tree_sum(&mut shared), 36.0);
        // After the first round 6 8 10 12, after the second 16 20, then 36
        assert_eq!(shared, [36.0, 20.0, 10.0, 12.0, 5.0, 6.0, 7.0, 8.0]);
    }

    #[test]
    fn a_single_number_is_its_sum() {
        assert_eq!(tree_sum(&mut [7.0]), 7.0);
    }

    /// One after the other, the sum of a million tenths in f32 is wrong in the third digit.
    #[test]
    fn a_tree_rounds_less() {
        let n = 1 << 20;
        let tenths = f64::from(0.1f32) * n as f64;
        let one_by_one: f32 = vec![0.1f32; n].iter().sum();
        let as_a_tree = tree_sum(&mut vec![0.1f32; n]);
        assert!((f64::from(one_by_one) / tenths - 1.0).abs() > 1e-3);
        assert!((f64::from(as_a_tree) / tenths - 1.0).abs() < 1e-6, "{as_a_tree}");
    }
}
