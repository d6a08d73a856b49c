//! What this machine can do: the rate of a large matrix product.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{Error, Float, Result, dot, init, seeded};
use ndarray::Array2;

use crate::stopwatch::seconds;

/// Rows and columns of both factors.
const SIDE: usize = 512;
/// How long each rate is measured. The best counts, not the median: this is the
/// yardstick, and whatever else the machine is doing only makes it shorter.
const AT_IT: Duration = Duration::from_millis(400);

/// The measured rates, in GFLOP/s, by the number of threads.
pub struct Rates(BTreeMap<usize, f64>);

impl Rates {
    /// Measures the rate for one thread and for each number of `threads`.
    ///
    /// # Errors
    /// If so many threads cannot be started.
    pub fn measure(threads: impl IntoIterator<Item = usize>) -> Result<Rates> {
        let threads: BTreeSet<usize> = [1].into_iter().chain(threads).collect();
        let rates = threads.into_iter().map(|threads| Ok((threads, product_rate(threads)?)));
        Ok(Rates(rates.collect::<Result<_>>()?))
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

/// GFLOP/s of the product of two matrices of 512 by 512, one on each of
/// `threads` at the same time.
///
/// # Errors
/// If so many threads cannot be started.
pub fn product_rate(threads: usize) -> Result<f64> {
    pool(threads)?.install(|| {
        let mut rng = seeded(1);
        let a: Array2<Float> = init::normal((SIDE, SIDE), &mut rng);
        let b: Array2<Float> = init::normal((SIDE, SIDE), &mut rng);
        let mut products = || {
            rayon::broadcast(|_| black_box(dot(&a, &b)));
        };
        let start = Instant::now();
        products(); // warm-up
        let mut best = f64::INFINITY;
        while best.is_infinite() || start.elapsed() < AT_IT {
            best = best.min(seconds(&mut products));
        }
        Ok(2.0 * (threads * SIDE.pow(3)) as f64 / best / 1e9)
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
