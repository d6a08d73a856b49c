//! The same convolution in four ways, with 1 to 64 filters: when do tiles pay?

use std::hint::black_box;
use std::time::Instant;

use cnn_naive::Window;
use cnn_naive::network::{FILTER, SIDE};
use common::plot::Curve;
use common::{Error, Float, Result, init, seeded};
use ndarray::Array4;

use crate::conv;
use crate::fast::{self, rows};

/// The numbers of filters.
const FILTERS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Each time is the shortest of so many: other programs only make it longer.
const REPEATS: usize = 5;
/// The columns of [`Benchmark::rows`].
pub const COLUMNS: [&str; 5] = ["filters", "plain loops", "rows", "im2col", "tiles"];

/// The times of the four ways, on one thread.
#[derive(Clone, Debug)]
pub struct Benchmark {
    images: usize,
    /// For each number of filters, that number and four times in milliseconds.
    pub rows: Vec<[f64; 5]>,
}

impl Benchmark {
    /// Convolves `images` images of 28 by 28 with filters of 5 by 5. (Of noise,
    /// since `common::dot` is faster where pixels are 0.) Fails if a thread cannot
    /// be started.
    pub fn run(images: usize) -> Result<Benchmark> {
        let mut rng = seeded(1);
        let mut noise = |n: usize, side: usize| -> Array4<Float> {
            let noise = init::normal((n * side, side), &mut rng);
            noise.into_shape_with_order((n, 1, side, side)).expect("as many numbers")
        };
        let x = noise(images, SIDE); // (N, 1, 28, 28)
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| {
            Error::new(format!("a thread to measure on cannot be started: {error}"))
        })?;
        let row = |filters| {
            let w = noise(filters, FILTER); // (FN, 1, 5, 5)
            let ways = [cnn_naive::conv::forward, rows::forward, conv::forward, fast::forward];
            let [loops, rows, im2col, tiles] =
                pool.install(|| ways.map(|way| shortest(|| way(&x, &w, Window::default()))));
            [filters as f64, loops, rows, im2col, tiles]
        };
        Ok(Benchmark { images, rows: FILTERS.into_iter().map(row).collect() })
    }

    /// A table of the times, with the rate of the last way.
    pub fn table(&self) -> String {
        let mut lines = format!(
            "{} images of 28 x 28 by filters of 5 x 5, forward, one thread, milliseconds:\n\
             filters  plain loops     rows   im2col    tiles   GFLOP/s of the tiles",
            self.images
        );
        for [filters, loops, rows, im2col, tiles] in &self.rows {
            let multiplications = (self.images * (SIDE - FILTER + 1).pow(2) * FILTER.pow(2)) as f64;
            let gflops = 2.0 * multiplications * filters / 1e9 / (tiles / 1e3);
            lines += &format!(
                "\n{filters:7} {loops:12.2} {rows:8.2} {im2col:8.2} {tiles:8.2} {gflops:10.1}"
            );
        }
        lines
    }

    /// A curve for each way: milliseconds against filters.
    pub fn curves(&self) -> Vec<Curve> {
        let curve = |way: usize| {
            let points: Vec<(f64, f64)> = self.rows.iter().map(|row| (row[0], row[way])).collect();
            Curve::new(COLUMNS[way], &points).line_and_dots()
        };
        (1..5).map(curve).collect()
    }
}

/// Milliseconds of the fastest of several calls.
fn shortest(call: impl Fn() -> Array4<Float>) -> f64 {
    let time = || {
        let start = Instant::now();
        black_box(call());
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..REPEATS).map(|_| time()).fold(f64::INFINITY, f64::min)
}
