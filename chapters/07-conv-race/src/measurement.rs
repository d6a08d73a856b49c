//! What was measured, in memory and as `.csv` and `.json`.

use std::collections::BTreeMap;
use std::path::Path;

use common::{Float, Result, files};
use serde::Serialize;

use crate::benchmarks::{Benchmark, SWEEPS, Sweep};
use crate::rungs::Rung;
use crate::shape::Pass;
use crate::timer::{LIBRARY, Peak, Timing};

/// Milliseconds of one iteration of the article's program: 18,282.343 s for 3,000, each
/// of 100 images.
pub const ARTICLE_MS: f64 = 18_282_343.217 / 3_000.0;

/// One rung in one benchmark: a row of the files.
#[allow(missing_docs)]
#[derive(Clone, Debug, Serialize)]
pub struct Measurement {
    pub sweep: Option<&'static str>, // the sweep that it belongs to, if any
    pub pass: Pass,
    pub batch: usize,
    pub channels: usize,
    pub size: usize, // rows and columns of an image
    pub filters: usize,
    pub kernel: usize, // rows and columns of a filter
    pub stride: usize,
    pub padding: usize,
    pub allowed_threads: usize,
    pub threads: usize, // that the rung uses
    pub rung: usize,    // its number
    pub name: &'static str,
    pub images: usize,               // that it was timed on
    pub projected: bool,             // whether those are fewer than the batch
    pub samples: usize,              // without the warm-up
    pub ms: f64,                     // for the whole batch, the median
    pub ms_low: f64,                 // a quarter of the samples were faster
    pub ms_high: f64,                // a quarter of the samples were slower
    pub gflops: f64,                 // 10^9 operations of the mathematics a second
    pub product_gflops: f64,         // of a large matrix product, just before and after
    pub share: f64,                  // gflops in percent of product_gflops
    pub speedup: f64,                // how many times as fast as the reference
    pub article_factor: Option<f64>, // and as the article's program, for its network and batch
    pub difference: f64,             // from the reference, relative to its largest number
    #[serde(skip)]
    pub title: &'static str, // of the rung
    #[serde(skip)]
    pub value: usize, // of what the sweep varies
}

impl Measurement {
    /// From the `timing` of `images` images, the rate of a matrix product, and the
    /// difference from the reference.
    pub fn new(
        &Benchmark { sweep, pass, shape }: &Benchmark,
        rung: &Rung,
        (images, timing): (usize, Timing),
        product_gflops: f64,
        difference: f64,
    ) -> Measurement {
        let ms = |seconds: f64| 1e3 * seconds * shape.batch as f64 / images as f64;
        let median = ms(timing.median);
        let gflops = pass.flops(&shape) / median / 1e6;
        let is_article = pass == Pass::Article && shape.batch == 100;
        Measurement {
            sweep: sweep.map(|(sweep, _)| sweep.name),
            pass,
            batch: shape.batch,
            channels: shape.channels,
            size: shape.size,
            filters: shape.filters,
            kernel: shape.kernel,
            stride: shape.window.stride,
            padding: shape.window.padding,
            allowed_threads: shape.threads,
            threads: rung.threads(shape.threads),
            rung: rung.number,
            name: rung.name,
            images,
            projected: images < shape.batch,
            samples: timing.samples,
            ms: median,
            ms_low: ms(timing.low),
            ms_high: ms(timing.high),
            gflops,
            product_gflops,
            share: 100.0 * gflops / product_gflops,
            speedup: f64::NAN,
            article_factor: is_article.then_some(ARTICLE_MS / median),
            difference,
            title: rung.title,
            value: sweep.map_or(0, |(_, value)| value),
        }
    }

    /// The rung's number and title.
    pub fn label(&self) -> String {
        format!("{} {}", self.rung, self.title)
    }
}

/// The measurements of each sweep and pass, in order, without those that were not run.
pub fn by_sweep(all: &[Measurement]) -> Vec<(&'static Sweep, Pass, Vec<&Measurement>)> {
    let mut groups = Vec::new();
    for sweep in SWEEPS {
        for pass in Pass::ALL {
            let same = |m: &&Measurement| m.sweep == Some(sweep.name) && m.pass == pass;
            let found: Vec<&Measurement> = all.iter().filter(same).collect();
            if !found.is_empty() {
                groups.push((sweep, pass, found));
            }
        }
    }
    groups
}

/// The measurements of each rung, in the order of their numbers.
pub fn by_rung<'a>(all: &[&'a Measurement]) -> Vec<Vec<&'a Measurement>> {
    let mut rungs: BTreeMap<usize, Vec<&Measurement>> = BTreeMap::new();
    for m in all {
        rungs.entry(m.rung).or_default().push(m);
    }
    rungs.into_values().collect()
}

/// Saves all measurements as `.csv`.
pub fn save_csv(path: &Path, rows: &[Measurement]) -> Result {
    files::write(path, |file| {
        let mut table = csv::Writer::from_writer(file);
        for row in rows {
            table.serialize(row)?;
        }
        table.flush().map_err(|error| files::io_error(path, &error))
    })
}

/// Saves all measurements as `.json`, with the peak rates of a matrix product and of the
/// arithmetic.
pub fn save_json(path: &Path, product_rates: &[Peak], rows: &[Measurement]) -> Result {
    #[derive(Serialize)]
    struct Content<'a> {
        number: &'a str,
        library: &'a str, // of the product
        product_rates: &'a [Peak],
        rows: &'a [Measurement],
    }
    let number = std::any::type_name::<Float>();
    let content = Content { number, library: LIBRARY, product_rates, rows };
    files::write(path, |file| Ok(serde_json::to_writer_pretty(file, &content)?))
}
