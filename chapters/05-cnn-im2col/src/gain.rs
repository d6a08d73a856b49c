//! What a matrix product gains, and what tiles gain: the same convolution four
//! ways, with more and more filters.

use std::hint::black_box;
use std::time::Instant;

use cnn_naive::Window;
use cnn_naive::network::{FILTER, SIDE};
use common::plot::Curve;
use common::{Error, Float, Result, init, seeded};
use ndarray::Array4;

use crate::conv;
use crate::fast::{self, rows};

/// How many filters.
pub const FILTERS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Each way runs so often; the shortest time counts, for nothing makes a program
/// faster than it is, and much makes it slower.
const RUNS: usize = 5;

/// The names of the ways, in the order of [`Gain::times`].
pub const WAYS: [&str; 4] = ["plain loops", "rows", "im2col", "tiles"];
/// What [`Gain::rows`] holds.
pub const COLUMNS: [&str; 5] = ["filters", "plain loops", "rows", "im2col", "tiles"];

/// Milliseconds for the filters in [`FILTERS`], each way on one thread.
#[derive(Clone, Debug)]
pub struct Gain {
    /// Images of 28 by 28 that are convolved.
    pub images: usize,
    /// Plain loops, rows, im2col and the product, tiles.
    pub times: Vec<[f64; 4]>,
}

/// Convolves so many images of noise by filters of 5 by 5. (Of noise, for
/// `common::dot` is quicker where pixels are 0.)
///
/// # Errors
/// If a thread cannot be started.
pub fn measure(images: usize) -> Result<Gain> {
    let mut rng = seeded(1);
    let mut noise = |n: usize, side: usize| -> Array4<Float> {
        let noise = init::normal((n * side, side), &mut rng);
        noise.into_shape_with_order((n, 1, side, side)).expect("as many numbers")
    };
    let x = noise(images, SIDE); // (N, 1, 28, 28)
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| {
        Error::new(format!("a thread to measure on cannot be started: {error}"))
    })?;
    let mut times = Vec::new();
    for filters in FILTERS {
        let w = noise(filters, FILTER); // (FN, 1, 5, 5)
        let ways = [cnn_naive::conv::forward, rows::forward, conv::forward, fast::forward];
        times.push(pool.install(|| ways.map(|way| shortest(|| way(&x, &w, Window::default())))));
    }
    Ok(Gain { images, times })
}

/// Milliseconds of the quickest of several calls.
fn shortest(call: impl Fn() -> Array4<Float>) -> f64 {
    let time = || {
        let began = Instant::now();
        black_box(call());
        began.elapsed().as_secs_f64() * 1e3
    };
    (0..RUNS).map(|_| time()).fold(f64::INFINITY, f64::min)
}

impl Gain {
    /// Billions of multiplications and additions, both counted, that `filters`
    /// take.
    pub fn billions(&self, filters: usize) -> f64 {
        let places = (SIDE - FILTER + 1).pow(2);
        (2 * self.images * filters * places * FILTER.pow(2)) as f64 / 1e9
    }

    /// Lines for people.
    pub fn table(&self) -> String {
        let mut lines = format!(
            "{} images of 28 x 28 by filters of 5 x 5, forward, one thread, milliseconds:\n\
             filters  plain loops     rows   im2col    tiles   GFLOP/s of the tiles",
            self.images
        );
        for (filters, times) in FILTERS.iter().zip(&self.times) {
            let [loops, rows, im2col, tiles] = times;
            let rate = self.billions(*filters) / (tiles / 1e3);
            lines += &format!(
                "\n{filters:7} {loops:12.2} {rows:8.2} {im2col:8.2} {tiles:8.2} {rate:10.1}"
            );
        }
        lines
    }

    /// A curve for each way: milliseconds against filters.
    pub fn curves(&self) -> Vec<Curve> {
        let curve = |(way, name): (usize, &&str)| {
            let points = FILTERS.iter().zip(&self.times).map(|(&n, times)| (n as f64, times[way]));
            Curve::new(*name, &points.collect::<Vec<_>>()).line_and_dots()
        };
        WAYS.iter().enumerate().map(curve).collect()
    }

    /// Rows of a table under [`COLUMNS`].
    pub fn rows(&self) -> Vec<[f64; 5]> {
        let row = |(&n, &[a, b, c, d]): (&usize, &[f64; 4])| [n as f64, a, b, c, d];
        FILTERS.iter().zip(&self.times).map(row).collect()
    }
}
