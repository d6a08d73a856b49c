//! A benchmark from beginning to end: equal first, then timed.

use std::collections::BTreeMap;
use std::time::Duration;

use common::{Error, Float, Result};
use ndarray::Array2;

use crate::benchmarks::Benchmark;
use crate::measurement::Measurement;
use crate::network::Network;
use crate::rungs::{REFERENCE, Results, Rung};
use crate::shape::{Pass, Shape};
use crate::timer::{Matmul, affordable_images, seconds, thread_pool, time};

/// Images that are compared even if fewer are timed: more than one chunk of a thread.
const MIN_COMPARED: usize = 12;
/// But a rung should not take longer than this to be compared, in seconds.
const MAX_COMPARISON: f64 = 0.25;

/// What is the same for all benchmarks.
#[allow(missing_docs)]
pub struct Options<'a> {
    pub rungs: &'a [&'a Rung], // the reference runs too, whether it is among them or not
    pub limit: Duration,       // for each rung in each benchmark
    pub seed: u64,             // of the inputs
    /// Images `x (N, 784)` and targets `t (N, 10)` for the largest batch of the article's
    /// network.
    pub digits: (&'a Array2<Float>, &'a Array2<Float>),
    pub matmul: &'a Matmul, // to compare with
}

/// Compares every rung with the reference on the same inputs, then times them all. The
/// measurements are in the order of the rungs. A rung that disagrees with the reference
/// is an error, and then nothing is timed. Calls `done` with each rung as it is timed.
pub fn race(
    benchmark: &Benchmark,
    options: &Options,
    done: &mut (dyn FnMut(&Rung) + Send),
) -> Result<Vec<Measurement>> {
    thread_pool(benchmark.shape.threads)?.install(|| compare_and_time(benchmark, options, done))
}

fn compare_and_time(
    benchmark: &Benchmark,
    options: &Options,
    done: &mut (dyn FnMut(&Rung) + Send),
) -> Result<Vec<Measurement>> {
    let Benchmark { pass, shape, .. } = *benchmark;
    let mut rungs: Vec<&Rung> = options.rungs.to_vec();
    if !rungs.iter().any(|rung| rung.number == REFERENCE.number) {
        rungs.push(REFERENCE);
    }
    rungs.retain(|rung| rung.supports(pass, &shape));
    rungs.sort_by_key(|rung| rung.number);
    let reference = rungs.iter().position(|rung| rung.number == REFERENCE.number);
    let reference = reference.expect("it has every pass");
    let network = Network::new((pass, shape), options.digits, options.seed); // at a rate of 0

    // How many images can be timed on each rung, and seconds for one of them.
    let affordable = rungs.iter().map(|rung| {
        affordable_images(shape.batch, options.limit, |n| {
            let mut network = network.first(n);
            let warm_up = seconds(|| rung.run(pass, &mut network));
            match warm_up > options.limit.as_secs_f64() {
                true => warm_up,
                false => seconds(|| rung.run(pass, &mut network)),
            }
        })
    });
    let (images, seconds): (Vec<usize>, Vec<f64>) = affordable.unzip();

    // Equal first ...
    let comparable = |i: usize| {
        let affordable = (MAX_COMPARISON / seconds[i]) as usize;
        images[i].max(MIN_COMPARED.min(affordable)).min(shape.batch)
    };
    let mut all_expected = BTreeMap::new(); // results of the reference by number of images
    let mut differences = vec![0.0; rungs.len()];
    for (i, rung) in rungs.iter().enumerate() {
        let n = comparable(i).min(comparable(reference));
        let expected =
            all_expected.entry(n).or_insert_with(|| REFERENCE.results(pass, &network, n));
        if i != reference {
            let results = rung.results(pass, &network, n);
            differences[i] = compare(benchmark, rung, n, expected, &results)?;
        }
    }
    drop(all_expected);

    // ... then timed, with a matrix product before and after: if other programs slow
    // the machine down in these seconds, they slow down both.
    let mut measurements = Vec::new();
    for (i, rung) in rungs.iter().enumerate() {
        let mut network = network.first(images[i]);
        let product = || options.matmul.rate(rung.threads(shape.threads), options.limit / 8);
        let before = product();
        let timing = time(options.limit, || rung.run(pass, &mut network));
        let product = (before + product()) / 2.0; // GFLOP/s
        let timing = (images[i], timing);
        measurements.push(Measurement::new(benchmark, rung, timing, product, differences[i]));
        done(rung);
    }
    let reference_ms = measurements[reference].ms;
    for measurement in &mut measurements {
        measurement.speedup = reference_ms / measurement.ms;
    }
    Ok(measurements)
}

/// The largest difference of `rung` from the reference in any result, for `n` images of a
/// benchmark; an error if it is beyond the [`tolerance`].
pub fn compare(
    benchmark: &Benchmark,
    rung: &Rung,
    n: usize,
    expected: &Results,
    results: &Results,
) -> Result<f64> {
    let shape = Shape { batch: n, ..benchmark.shape };
    let tolerance = tolerance(benchmark.pass, &shape);
    let mut largest = 0.0f64;
    for ((name, expected), (_, result)) in expected.iter().zip(results) {
        let difference = difference(expected, result);
        if difference > tolerance {
            return Err(Error::new(format!(
                "rung {} ({}) disagrees with rung {} ({}) on {name}: {}, {shape}, differ by \
                 {difference:.1e} of the largest number where rounding explains {tolerance:.1e}; \
                 the race is off until the rung is right",
                rung.number,
                rung.name,
                REFERENCE.number,
                REFERENCE.name,
                benchmark.pass.name(),
            )));
        }
        largest = largest.max(difference);
    }
    Ok(largest)
}

/// The largest difference between two results, relative to the largest expected
/// number; infinite where either is NaN or infinite. Panics if their lengths differ.
pub fn difference(expected: &[Float], result: &[Float]) -> f64 {
    assert!(expected.len() == result.len(), "{} numbers and {}", expected.len(), result.len());
    let (mut scale, mut largest) = (0.0f64, 0.0f64);
    for (&a, &b) in expected.iter().zip(result) {
        let (a, b) = (f64::from(a), f64::from(b));
        if !(a - b).is_finite() {
            return f64::INFINITY;
        }
        scale = scale.max(a.abs());
        largest = largest.max((a - b).abs());
    }
    if largest == 0.0 { 0.0 } else { largest / scale }
}

/// How far apart two correct rungs may be.
///
/// They add the same numbers in different orders. Each addition rounds up or down by
/// at most half of the machine epsilon, so the error of a sum of `n` terms grows about
/// like the root of `n`. We allow sixteen times that for the longest sum of the pass; a
/// forgotten row or a wrong index is off by hundreds of times more.
pub fn tolerance(pass: Pass, shape: &Shape) -> f64 {
    16.0 * f64::from(Float::EPSILON) * (longest_sum(pass, shape) as f64).sqrt()
}

/// The number of terms of the longest sum.
fn longest_sum(pass: Pass, shape: &Shape) -> usize {
    let (n, filters, oh, ow) = shape.outputs().unwrap_or_else(|error| panic!("{error}"));
    match pass {
        Pass::Forward => shape.taps(),
        Pass::Backward => (n * oh * ow).max(filters * shape.kernel * shape.kernel), // dw, dx
        Pass::Step | Pass::Article => (n * oh * ow).max(filters * oh * ow), // dw, the logits
    }
}
