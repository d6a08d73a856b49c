//! What this machine can do: the rate of a large matrix product.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{Error, Float, Result, dot, init, seeded};
use ndarray::Array2;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::stopwatch::{seconds, time};

/// Rows and columns of both factors.
const SIDE: usize = 512;
/// How long each rate is measured at the start. There the best counts, not the
/// median: whatever else the machine is doing only makes it smaller.
const AT_IT: Duration = Duration::from_millis(400);

/// Two matrices of 512 by 512, to be multiplied over and over.
struct Yardstick {
    pool: ThreadPool,
    a: Array2<Float>,
    b: Array2<Float>,
    /// The best rate at the start, in GFLOP/s.
    best: f64,
}

/// The measured rates, in GFLOP/s, by the number of threads.
pub struct Rates(BTreeMap<usize, Yardstick>);

impl Rates {
    /// Measures the rate for one thread and for each number of `threads`.
    ///
    /// # Errors
    /// If so many threads cannot be started.
    pub fn measure(threads: impl IntoIterator<Item = usize>) -> Result<Rates> {
        let threads: BTreeSet<usize> = [1].into_iter().chain(threads).collect();
        let rates = threads.into_iter().map(|threads| Ok((threads, Yardstick::new(threads)?)));
        Ok(Rates(rates.collect::<Result<_>>()?))
    }

    /// What the machine can do now with so many threads: the median over `limit`,
    /// in GFLOP/s.
    ///
    /// # Panics
    /// If it was not measured at the start.
    pub fn now(&self, threads: usize, limit: Duration) -> f64 {
        let yardstick = &self.0[&threads];
        yardstick.rate(time(limit, || yardstick.products()).median)
    }

    /// Pairs of threads and the best GFLOP/s at the start, in order.
    pub fn all(&self) -> impl Iterator<Item = (usize, f64)> {
        self.0.iter().map(|(&threads, yardstick)| (threads, yardstick.best))
    }
}

impl Yardstick {
    fn new(threads: usize) -> Result<Yardstick> {
        let mut rng = seeded(1);
        let a = init::normal((SIDE, SIDE), &mut rng);
        let b = init::normal((SIDE, SIDE), &mut rng);
        let mut yardstick = Yardstick { pool: pool(threads)?, a, b, best: 0.0 };
        yardstick.products(); // warm-up
        let start = Instant::now();
        while yardstick.best == 0.0 || start.elapsed() < AT_IT {
            let rate = yardstick.rate(seconds(&mut || yardstick.products()));
            yardstick.best = yardstick.best.max(rate);
        }
        Ok(yardstick)
    }

    /// A product on each thread at the same time.
    fn products(&self) {
        self.pool.broadcast(|_| black_box(dot(&self.a, &self.b)));
    }

    /// GFLOP/s, if the products take so many seconds.
    fn rate(&self, seconds: f64) -> f64 {
        2.0 * (self.pool.current_num_threads() * SIDE.pow(3)) as f64 / seconds / 1e9
    }
}

/// Threads to race on.
///
/// # Errors
/// If they cannot be started.
pub(crate) fn pool(threads: usize) -> Result<ThreadPool> {
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
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
        for (threads, best) in rates.all() {
            let now = rates.now(threads, Duration::ZERO); // one product on each thread
            assert!(best > 0.01 && now > 0.01, "{threads}: {best}, {now}");
        }
    }
}
