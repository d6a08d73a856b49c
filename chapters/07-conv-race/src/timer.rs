//! Then timed: after a warm-up, several times, within a time limit, and beside a large
//! matrix product and what the arithmetic could do at most.

use std::hint::black_box;
use std::time::{Duration, Instant};

use common::fast::{peak_flops, simd_level};
use common::{Error, Float, Result, dot, init, seeded};
use ndarray::Array2;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde::Serialize;

/// More samples than this would not change the median.
const MAX_SAMPLES: usize = 31;
/// Seconds that a sample should take at least: reading the clock costs some 50 ns.
const MIN_SAMPLE: f64 = 50e-6;
/// Runs that should fit into a time limit, with the warm-up.
const RUNS: f64 = 4.0;

/// Seconds of a run.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    pub median: f64,
    pub low: f64,       // a quarter of the samples were faster
    pub high: f64,      // a quarter of the samples were slower
    pub samples: usize, // without the warm-up
}

impl Timing {
    /// The median and the quartiles of at least one sample.
    pub fn of(mut samples: Vec<f64>) -> Timing {
        samples.sort_by(f64::total_cmp);
        let quantile = |part: f64| {
            let place = part * (samples.len() - 1) as f64;
            let (below, above) = (samples[place.floor() as usize], samples[place.ceil() as usize]);
            below + (above - below) * place.fract()
        };
        let (low, median, high) = (quantile(0.25), quantile(0.5), quantile(0.75));
        Timing { median, low, high, samples: samples.len() }
    }
}

/// Times `run`: once to warm up, then as often as `limit` allows, and at least once. What
/// takes longer than `limit` runs once in all. What takes microseconds runs several times
/// for each sample.
pub fn time(limit: Duration, mut run: impl FnMut()) -> Timing {
    let warm_up = seconds(&mut run);
    if warm_up > limit.as_secs_f64() {
        return Timing::of(vec![warm_up]);
    }
    let runs = (MIN_SAMPLE / warm_up.max(1e-9)).ceil().max(1.0) as usize;
    let start = Instant::now();
    let mut samples = Vec::with_capacity(MAX_SAMPLES);
    while samples.is_empty() || samples.len() < MAX_SAMPLES && start.elapsed() < limit {
        let sample = seconds(|| (0..runs).for_each(|_| run()));
        samples.push(sample / runs as f64);
    }
    Timing::of(samples)
}

/// How many of `batch` images can be timed within `limit`: all, or as many as allow a
/// few runs; and about how many seconds one image takes. `run(n)` does the work for `n`
/// images and returns its seconds.
pub fn affordable_images(
    batch: usize,
    limit: Duration,
    mut run: impl FnMut(usize) -> f64,
) -> (usize, f64) {
    let budget = limit.as_secs_f64() / RUNS;
    let mut images = 1;
    loop {
        let mut seconds = run(images).max(1e-9);
        if budget < seconds && seconds < limit.as_secs_f64() {
            seconds = seconds.min(run(images)); // the first may have been disturbed
        }
        let growth = (budget / seconds).min(8.0); // few images are a rough estimate
        let more = (images as f64 * growth) as usize;
        if images == batch || growth < 1.5 {
            return (images.min(more.max(1)), seconds / images as f64);
        }
        images = more.min(batch);
    }
}

/// Seconds that `run` takes.
pub fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

/// Rows and columns of both factors.
const SIDE: usize = 512;
/// How long each peak is measured. The best product counts, not the median: other
/// programs on the machine only slow it down.
const PEAK_TIME: Duration = Duration::from_millis(400);

/// The library whose matrix product is the yardstick: under `dot`, and faster than the
/// product of lesson 05 and than ndarray's own.
pub const LIBRARY: &str = "gemm";
/// Steps of each sum of fused multiply-adds between two looks at the clock.
const ROUNDS: usize = 20_000;

/// The best rates on a number of threads, in 10^9 operations a second.
#[allow(missing_docs)]
#[derive(Serialize)]
pub struct Peak {
    pub threads: usize,
    pub gflops: f64,       // of a large matrix product
    pub limit_gflops: f64, // of the arithmetic
    pub lanes: usize,      // numbers in a vector
}

/// A product of two matrices, on each of some threads at the same time.
pub struct Matmul {
    a: Array2<Float>, // (512, 512)
    b: Array2<Float>, // (512, 512)
    one_thread: ThreadPool,
}

impl Matmul {
    /// With numbers from N(0, 1).
    pub fn new() -> Result<Matmul> {
        let mut rng = seeded(1);
        let mut normal = || init::normal((SIDE, SIDE), &mut rng);
        Ok(Matmul { a: normal(), b: normal(), one_thread: thread_pool(1)? })
    }

    /// The best rates on `threads` threads.
    pub fn peak(&self, threads: usize) -> Result<Peak> {
        let lanes = simd_level::lanes() * size_of::<f32>() / size_of::<Float>();
        let (gflops, limit_gflops) = thread_pool(threads)?.install(|| {
            let product = best(PEAK_TIME, || self.run(threads));
            let limits = peak_flops::SUMS.map(|sums| {
                let operations = (2 * sums * ROUNDS * threads) as f64;
                operations / best(PEAK_TIME / 4, || multiply_adds(sums)) / 1e9
            });
            (gflops(threads, product), limits.into_iter().fold(0.0, f64::max))
        });
        Ok(Peak { threads, gflops, limit_gflops, lanes })
    }

    /// The rate at this moment in GFLOP/s, the median within `limit`: on one thread, or
    /// on all `threads` of the calling pool.
    pub fn rate(&self, threads: usize, limit: Duration) -> f64 {
        gflops(threads, time(limit, || self.run(threads)).median)
    }

    fn run(&self, threads: usize) {
        let product = || black_box(dot(&self.a, &self.b));
        if threads == 1 {
            self.one_thread.install(product); // a product alone would use the whole pool
        } else {
            rayon::broadcast(|_| product());
        }
    }
}

/// Fused multiply-adds on each thread of the calling pool.
fn multiply_adds(sums: usize) {
    let (a, b) = black_box((0.5, 1.0)); // sums near 2
    rayon::broadcast(|_| black_box(peak_flops::multiply_adds::<Float>(sums, ROUNDS, a, b)));
}

/// The least seconds of `run` within `limit`, after a warm-up.
fn best(limit: Duration, mut run: impl FnMut()) -> f64 {
    run();
    let start = Instant::now();
    let mut best = f64::INFINITY;
    while best.is_infinite() || start.elapsed() < limit {
        best = best.min(seconds(&mut run));
    }
    best
}

/// The rate of a product on each of `threads` threads.
fn gflops(threads: usize, seconds: f64) -> f64 {
    2.0 * (threads * SIDE.pow(3)) as f64 / seconds / 1e9
}

/// A pool of so many threads, or an error if they cannot be started.
pub fn thread_pool(threads: usize) -> Result<ThreadPool> {
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        Error::new(format!(
            "--threads: {threads} threads cannot be started ({error}); ask for fewer"
        ))
    })
}
