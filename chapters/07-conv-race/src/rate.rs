//! What this machine can do: the rate of a large matrix product.

use std::collections::BTreeMap;
use std::hint::black_box;

use common::{Error, Float, Result, dot, init, seeded};
use ndarray::Array2;

use crate::stopwatch::seconds;

/// Rows and columns of the factors.
const SIDE: usize = 1024;
/// Rows that `dot` hands to a thread at a time.
const PIECE: usize = 256;
/// The best of so many counts: this is the yardstick, not a contestant.
const ROUNDS: usize = 5;

/// The measured rates, in GFLOP/s, by the number of threads.
pub struct Rates(BTreeMap<usize, f64>);

impl Rates {
    /// Measures the rate for one thread and for each number of `threads`.
    ///
    /// # Errors
    /// If so many threads cannot be started.
    pub fn measure(threads: impl IntoIterator<Item = usize>) -> Result<Rates> {
        let mut rates = BTreeMap::new();
        for threads in [1].into_iter().chain(threads) {
            if !rates.contains_key(&threads) {
                rates.insert(threads, product_rate(threads)?);
            }
        }
        Ok(Rates(rates))
    }

    /// The rate with so many threads.
    ///
    /// # Panics
    /// If it was not measured.
    pub fn with(&self, threads: usize) -> f64 {
        self.0[&threads]
    }

    /// Pairs of threads and GFLOP/s, in order.
    pub fn all(&self) -> impl Iterator<Item = (usize, f64)> {
        self.0.iter().map(|(&threads, &rate)| (threads, rate))
    }
}

/// GFLOP/s of a product of 1,024 rows and more by 1,024 columns, with as many
/// rows as keep all `threads` equally busy.
///
/// # Errors
/// If so many threads cannot be started.
pub fn product_rate(threads: usize) -> Result<f64> {
    pool(threads)?.install(|| {
        let rows = (SIDE / PIECE).div_ceil(threads) * threads * PIECE;
        let mut rng = seeded(1);
        let a: Array2<Float> = init::normal((rows, SIDE), &mut rng);
        let b: Array2<Float> = init::normal((SIDE, SIDE), &mut rng);
        let mut product = || {
            black_box(dot(&a, &b));
        };
        product(); // warm-up
        let best = (0..ROUNDS).map(|_| seconds(&mut product)).fold(f64::INFINITY, f64::min);
        Ok(2.0 * (rows * SIDE * SIDE) as f64 / best / 1e9)
    })
}

/// Threads to race on.
///
/// # Errors
/// If they cannot be started.
pub(crate) fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        Error::new(format!(
            "--threads: {threads} threads cannot be started ({error}); ask for fewer"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_measured_once_for_each_number_of_threads() {
        let rates = Rates::measure([2, 1, 2]).unwrap();
        assert_eq!(rates.all().map(|(threads, _)| threads).collect::<Vec<_>>(), [1, 2]);
        assert!(rates.all().all(|(threads, rate)| rate > 0.01 && rate == rates.with(threads)));
    }
}
