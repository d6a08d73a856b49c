//! What a layer holds, in bins: values as they are, gradients and steps as logarithms.

use common::Real;
use ndarray::{Array2, ArrayRef, Dimension};

/// Bins of a histogram; values outside of its range are in the first and the last.
pub const BINS: usize = 24;

/// How many values are in each of [`BINS`] bins from `low` to `high`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Histogram {
    pub name: String,
    pub low: f64,
    pub high: f64,
    pub counts: [usize; BINS],
}

impl Histogram {
    /// Of the values of `a`, any shape. NaN is in no bin.
    pub fn of<F: Real, D: Dimension>(
        name: &str,
        a: &ArrayRef<F, D>,
        (low, high): (f64, f64),
    ) -> Histogram {
        let mut counts = [0; BINS];
        for &v in a.iter() {
            let v: f64 = v.into();
            if !v.is_nan() {
                let bin = (v - low) / (high - low) * BINS as f64; // `as` ends at 0 and at the largest
                counts[(bin as usize).min(BINS - 1)] += 1;
            }
        }
        Histogram { name: name.to_owned(), low, high, counts }
    }

    /// Of `log10(|v| / scale)`: in whole powers of ten from `low` to `high`.
    pub fn of_log<F: Real, D: Dimension>(
        name: &str,
        a: &ArrayRef<F, D>,
        scale: f64,
        range: (f64, f64),
    ) -> Histogram {
        let log = a.mapv(|v| {
            let v: f64 = v.into();
            (v.abs() / scale).log10()
        });
        Histogram::of(name, &log, range)
    }

    /// A line of twelve blocks, each as high as two bins are full.
    pub fn line(&self) -> String {
        let pairs: Vec<f64> =
            self.counts.chunks(2).map(|pair| pair.iter().sum::<usize>() as f64).collect();
        blocks(&pairs)
    }

    /// `0 to 1`, the range.
    pub fn range(&self) -> String {
        format!("{} to {}", self.low, self.high)
    }
}

/// Values as blocks, the largest as the highest: `▁▂▅█`. What is not a number is a space.
pub fn blocks(values: &[f64]) -> String {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let largest =
        values.iter().copied().filter(|v| v.is_finite()).fold(f64::MIN_POSITIVE, f64::max);
    let block = |&v: &f64| match v.is_finite() && v > 0.0 {
        true => BLOCKS[(8.0 * v / largest).ceil() as usize],
        false => BLOCKS[0],
    };
    values.iter().map(block).collect()
}

/// Histograms one after the other as a picture `(BINS, times)`: time runs to the right, large
/// values are at the top, and the fullest bin of each time is black.
pub fn over_time<'a>(histograms: impl Iterator<Item = &'a Histogram>) -> Array2<f64> {
    let columns: Vec<_> = histograms.map(|histogram| histogram.counts).collect();
    Array2::from_shape_fn((BINS, columns.len()), |(row, time)| {
        let counts = columns[time];
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        // The root shows bins that hold little
        (counts[BINS - 1 - row] as f64 / most as f64).sqrt()
    })
}
