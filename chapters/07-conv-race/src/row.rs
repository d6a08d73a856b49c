//! What came of one rung on one course: a line of the tables and of the files.

use serde::Serialize;

use crate::courses::Axis;
use crate::shape::Pass;

/// What came of one rung on one course.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The sweep it is part of.
    pub sweep: Option<Axis>,
    /// What was computed.
    pub pass: Pass,
    /// Images of the course.
    pub batch: usize,
    /// Channels.
    pub channels: usize,
    /// Rows and columns of an image.
    pub size: usize,
    /// Filters.
    pub filters: usize,
    /// Rows and columns of a filter.
    pub kernel: usize,
    /// From one position to the next.
    pub stride: usize,
    /// Zeros on each side.
    pub padding: usize,
    /// Threads that a rung might use.
    pub allowed_threads: usize,
    /// Threads that this rung used.
    pub threads: usize,
    /// The rung's number.
    pub rung: usize,
    /// The rung's name.
    pub name: &'static str,
    /// Images it was timed on.
    pub images: usize,
    /// Whether those are fewer than the course has, and `ms` was multiplied up.
    pub projected: bool,
    /// Samples that were taken.
    pub samples: usize,
    /// Milliseconds for the whole batch, the median.
    pub ms: f64,
    /// A quarter of the samples took less.
    pub ms_low: f64,
    /// A quarter of the samples took more.
    pub ms_high: f64,
    /// Counted operations a second, in 10^9.
    pub gflops: f64,
    /// What a large product reached on as many threads just before and after, in
    /// GFLOP/s.
    pub product_gflops: f64,
    /// `gflops` in percent of that.
    pub share: f64,
    /// How many times as fast as the judge.
    pub speedup: f64,
    /// How many times as fast as the article's program, for its network and
    /// batch.
    pub article_factor: Option<f64>,
    /// The largest difference from the judge, relative to the judge's largest
    /// number.
    pub difference: f64,
    /// The rung's title, for people.
    #[serde(skip)]
    pub title: &'static str,
}
