//! A race: first all rungs are compared with the judge, then each is timed.

use std::collections::BTreeMap;
use std::time::Duration;

use common::{Error, Float, Result};
use ndarray::Array2;

use crate::compare::{difference, tolerance};
use crate::courses::Course;
use crate::inputs::{Found, Inputs};
use crate::rate::{Rates, pool};
use crate::row::Row;
use crate::rungs::{JUDGE, Rung};
use crate::shape::{Pass, Shape};
use crate::stopwatch::time;

/// What the article's program needed for one iteration of 100 images, in
/// milliseconds: 18,282.343 s for 3,000.
pub const ARTICLE_MS: f64 = 18_282_343.217 / 3_000.0;

/// Images that are compared even where a rung is too slow to be timed on so many:
/// more than a thread takes at a time, so that a seam is among them.
const LEAST_COMPARED: usize = 12;
/// But no rung may take longer than this to be compared, if one image allows.
const COMPARING: Duration = Duration::from_millis(250);

/// Who runs, with what, and for how long.
pub struct Race<'a> {
    /// The rungs. The judge runs too, whether it is among them or not.
    pub rungs: &'a [&'a Rung],
    /// For each rung on each course.
    pub limit: Duration,
    /// Where the inputs start.
    pub seed: u64,
    /// Images `(N, 784)` and targets `(N, 10)` for the article's network, enough
    /// for its largest batch.
    pub digits: (&'a Array2<Float>, &'a Array2<Float>),
    /// The yardstick.
    pub rates: &'a Rates,
}

/// Runs a course: compares every rung with the judge on the same inputs, and
/// then times them all. The rows come in the order of the rungs.
///
/// # Errors
/// If a rung disagrees with the judge, and then nothing is timed; or if the
/// threads cannot be started.
pub fn race(course: &Course, race: &Race) -> Result<Vec<Row>> {
    pool(course.shape.threads)?.install(|| on_these_threads(course, race))
}

fn on_these_threads(course: &Course, race: &Race) -> Result<Vec<Row>> {
    let Course { pass, shape, .. } = *course;
    let mut rungs: Vec<&Rung> = race.rungs.to_vec();
    if !rungs.iter().any(|rung| rung.number == JUDGE.number) {
        rungs.push(JUDGE);
    }
    rungs.retain(|rung| rung.runs(pass));
    rungs.sort_by_key(|rung| rung.number);
    let inputs = Inputs::new(course, race.digits, race.seed);
    let affordable = rungs.iter().map(|rung| inputs.affordable(rung, shape.batch, race.limit));
    let (images, each): (Vec<usize>, Vec<f64>) = affordable.unzip();
    let judged = rungs.iter().position(|rung| rung.number == JUDGE.number).expect("is one");
    let comparable = |i: usize| {
        let patience = (COMPARING.as_secs_f64() / each[i]) as usize;
        images[i].max(LEAST_COMPARED.min(patience)).min(shape.batch)
    };

    // Equal first ...
    let mut known = BTreeMap::new(); // the judge's results, by the number of images
    let mut differences = Vec::new();
    for (i, rung) in rungs.iter().enumerate() {
        let n = comparable(i).min(comparable(judged));
        let judge = known.entry(n).or_insert_with(|| inputs.results(JUDGE, n));
        if i == judged {
            differences.push(0.0);
        } else {
            differences.push(agree(course, rung, n, judge, &inputs.results(rung, n))?);
        }
    }
    drop(known);

    // ... then timed, and the yardstick before and after: whatever else the machine
    // is doing in those seconds, it slows both.
    let mut times = Vec::new();
    let mut yardstick = Vec::new(); // GFLOP/s on as many threads as the rung uses
    for (rung, &images) in rungs.iter().zip(&images) {
        let mut inputs = inputs.first(images);
        let rate = || race.rates.now(threads_of(rung, &shape), race.limit / 8);
        let before = rate();
        times.push(time(race.limit, || inputs.run(rung, 0.0))); // at a rate of 0 every run does the same
        yardstick.push((before + rate()) / 2.0);
    }
    let ms = |i: usize, seconds: f64| 1e3 * seconds * shape.batch as f64 / images[i] as f64;
    let judge_ms = ms(judged, times[judged].median);
    let row = |(i, rung): (usize, &&Rung)| {
        let median = ms(i, times[i].median);
        let gflops = pass.flops(&shape) / median / 1e6;
        let is_the_articles = pass == Pass::Article && shape.batch == 100;
        Row {
            sweep: course.axis,
            pass,
            batch: shape.batch,
            channels: shape.channels,
            size: shape.size,
            filters: shape.filters,
            kernel: shape.kernel,
            stride: shape.window.stride,
            padding: shape.window.padding,
            allowed_threads: shape.threads,
            threads: threads_of(rung, &shape),
            rung: rung.number,
            name: rung.name,
            images: images[i],
            projected: images[i] < shape.batch,
            samples: times[i].samples,
            ms: median,
            ms_low: ms(i, times[i].low),
            ms_high: ms(i, times[i].high),
            gflops,
            product_gflops: yardstick[i],
            share: 100.0 * gflops / yardstick[i],
            speedup: judge_ms / median,
            article_factor: is_the_articles.then_some(ARTICLE_MS / median),
            difference: differences[i],
            title: rung.title,
        }
    };
    Ok(rungs.iter().enumerate().map(row).collect())
}

/// Threads that `rung` uses of those that the course allows.
fn threads_of(rung: &Rung, shape: &Shape) -> usize {
    if rung.threaded { shape.threads } else { 1 }
}

/// The largest difference of any result.
fn agree(course: &Course, rung: &Rung, n: usize, judge: &Found, found: &Found) -> Result<f64> {
    let shape = Shape { batch: n, ..course.shape };
    let most = tolerance(course.pass, &shape);
    let mut largest = 0.0f64;
    for ((name, judge), (_, found)) in judge.iter().zip(found) {
        let apart = difference(judge, found);
        if apart > most {
            return Err(Error::new(format!(
                "rung {} ({}) disagrees with rung {} ({}) on {name}: {}, {shape}, differ by \
                 {apart:.1e} of the largest number where rounding explains {most:.1e}; \
                 the race is off until the rung is right",
                rung.number,
                rung.name,
                JUDGE.number,
                JUDGE.name,
                course.pass.name(),
            )));
        }
        largest = largest.max(apart);
    }
    Ok(largest)
}
