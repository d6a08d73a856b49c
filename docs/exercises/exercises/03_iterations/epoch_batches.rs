//! An epoch: every example once, in random order, in batches.
//!
//!     order (N,) = a permutation of 0..N
//!     batches    = order, cut every B; the last one may be short
//!
//! Shuffle as Fisher and Yates: for i from N - 1 down to 1, swap order[i] with order[j],
//! where j is drawn from 0..=i.
//!
//! Page: docs/en/03-iterations.md

/// The batches of one epoch of `n` examples, each of `size` rows but for a shorter last one.
/// `random_below(m)` draws from `0..m`.
fn epoch(n: usize, size: usize, mut random_below: impl FnMut(usize) -> usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..n).collect();
    // TODO: shuffle it, then cut it.
    vec![order]
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator (an LCG, its upper bits), seeded.
    fn random(seed: u64) -> impl FnMut(usize) -> usize {
        let mut state = seed;
        move |m| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) as usize * m) >> 31
        }
    }

    #[test]
    fn every_example_comes_once_and_none_is_lost_in_a_short_batch() {
        let batches = epoch(103, 10, random(1));
        let lengths: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert_eq!(lengths, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3]);
        let mut all = batches.concat();
        assert_ne!(all, Vec::from_iter(0..103), "not shuffled");
        all.sort();
        assert_eq!(all, Vec::from_iter(0..103));
    }

    #[test]
    fn a_swap_with_itself_is_allowed() {
        // The largest j that may be drawn is i: everything stays in its place.
        assert_eq!(epoch(4, 4, |m| m - 1), [[0, 1, 2, 3]]);
        // Always 0: 0123 -> 3120 -> 2130 -> 1230
        assert_eq!(epoch(4, 4, |_| 0), [[1, 2, 3, 0]]);
    }

    #[test]
    fn all_six_orders_of_three_are_equally_likely() {
        let (mut counts, mut draw) = (std::collections::BTreeMap::new(), random(2));
        for _ in 0..6_000 {
            *counts.entry(epoch(3, 3, &mut draw).concat()).or_insert(0) += 1;
        }
        // Five standard deviations of a binomial number: 5 sqrt(6000 / 6 x 5 / 6) = 144
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|&count: &i32| (count - 1000).abs() < 144), "{counts:?}");
    }
}
