//! The solutions of the exercises on page 07, compiled and run. The page shows
//! them under a marker, folded away.

use std::time::Duration;

use cnn_naive::Window;
use common::{Float, Rng, seeded};
use conv_race::benchmarks::Benchmark;
use conv_race::network::Network;
use conv_race::race::{Options, race};
use conv_race::rungs::{REFERENCE, Rung};
use conv_race::shape::{Pass, Shape};
use conv_race::timer::Matmul;
use ndarray::{Array2, Array4, s};
use rand::Rng as _;

/// Numbers that are copied while `n` numbers are appended one by one, each time
/// into an array that is new.
fn copied_by_appending(n: u64) -> u64 {
    (0..n).sum() // all that there are so far, before each
}

#[test]
fn appending_copies_a_map_three_hundred_times() {
    let map = copied_by_appending(576);
    assert_eq!(map, 576 * 575 / 2); // 165,600 copies for 576 numbers
    // Stacking a hundred images copies whole images the same way.
    let batch = copied_by_appending(100) * 576;
    assert_eq!((100 * map + batch) / (100 * 576), 337);
    // A batch of a thousand is not ten times the work: stacking is ten times as
    // bad for each image.
    assert!(copied_by_appending(1000) > 100 * copied_by_appending(100));
}

/// Operations for each number that has to come from memory or go there, for `n`
/// images: every pixel and every weight is read once, every output written once.
fn intensity(shape: &Shape) -> f64 {
    let (n, filters, oh, ow) = shape.outputs().unwrap();
    let images = n * shape.channels * shape.size * shape.size;
    let weights = filters * shape.taps();
    Pass::Forward.flops(shape) / (images + weights + n * filters * oh * ow) as f64
}

#[test]
fn one_filter_has_little_to_do_for_each_number_it_fetches() {
    let one = Shape::article(100, 1);
    let thirty = Shape { filters: 30, ..one };
    let second_layer = Shape { channels: 30, size: 12, filters: 30, ..one };
    let [one, thirty, second] = [&one, &thirty, &second_layer].map(intensity);
    assert!((20.0..22.0).contains(&one), "{one}");
    assert!((47.0..48.0).contains(&thirty), "{thirty}");
    assert!((440.0..450.0).contains(&second), "{second}");
    // The patches are 25 times as many numbers as the image: writing and reading
    // them costs one filter nearly everything it had.
    let patches = 2.0 * 25.0 * 576.0; // written once, read once
    let with_patches = 2.0 * 25.0 * 576.0 / (784.0 + 576.0 + patches);
    assert!(with_patches < 1.0, "{with_patches}");
}

/// Median and mean of twenty runs of a program that takes 10 ms, on a machine that
/// now and then does something else.
fn observed(rng: &mut Rng) -> (f64, f64) {
    let mut times: Vec<f64> = (0..20)
        .map(|_| {
            let noise = rng.random_range(0.0..0.2);
            let interrupted = rng.random_bool(0.1);
            10.0 + noise + if interrupted { rng.random_range(5.0..50.0) } else { 0.0 }
        })
        .collect();
    times.sort_by(f64::total_cmp);
    ((times[9] + times[10]) / 2.0, times.iter().sum::<f64>() / 20.0)
}

#[test]
fn the_median_does_not_mind_an_interruption_and_the_mean_does() {
    let mut rng = seeded(1);
    let all: Vec<(f64, f64)> = (0..200).map(|_| observed(&mut rng)).collect();
    let spread = |of: fn(&(f64, f64)) -> f64| {
        let low = all.iter().map(of).fold(f64::INFINITY, f64::min);
        all.iter().map(of).fold(0.0, f64::max) - low
    };
    assert!(spread(|both| both.0) < 0.2); // medians: all within two percent
    assert!(spread(|both| both.1) > 5.0); // means: half of the time itself apart
}

/// How far two orders of adding the same `n` numbers from -1 to 1 are apart in
/// `f32`, relative to the machine's epsilon: the root mean square of 200 trials.
fn apart(n: usize, rng: &mut Rng) -> f64 {
    let trials = 200;
    let squares = (0..trials).map(|_| {
        let numbers: Vec<f32> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
        let forwards: f32 = numbers.iter().sum();
        let backwards: f32 = numbers.iter().rev().sum();
        f64::from(forwards - backwards).powi(2)
    });
    (squares.sum::<f64>() / f64::from(trials)).sqrt() / f64::from(f32::EPSILON)
}

#[test]
fn two_orders_of_adding_drift_apart_and_stay_within_the_tolerance() {
    let mut rng = seeded(1);
    let [short, long] = [100, 10_000].map(|n| apart(n, &mut rng));
    // The sum itself grows like the root of n, and so does its relative error:
    // a hundred times the terms, a hundred times the difference.
    assert!((50.0..200.0).contains(&(long / short)), "{short} {long}");
    let size = (10_000.0f64 / 3.0).sqrt(); // of a typical sum of 10,000 numbers
    let relative = long / size; // in epsilons
    assert!(relative < 16.0 * 100.0, "{relative}"); // 16 epsilon root n
    assert!(relative > 0.01 * 100.0, "{relative}"); // and not for nothing
}

/// Convolution without a loop over pixels: for each tap the whole image,
/// shifted, times one weight, is added to the whole map.
fn by_shifting(network: &mut Network) {
    let Window { stride, padding } = network.shape.window;
    let (n, c, h, w) = network.x.dim();
    let mut x: Array4<Float> = Array4::zeros((n, c, h + 2 * padding, w + 2 * padding));
    x.slice_mut(s![.., .., padding..padding + h, padding..padding + w]).assign(&network.x);
    let (_, filters, oh, ow) = network.out.dim();
    let mut out: Array4<Float> = Array4::zeros(network.out.dim());
    let (rows, columns) = (stride * (oh - 1) + 1, stride * (ow - 1) + 1);
    for f in 0..filters {
        let mut map = out.slice_mut(s![.., f, .., ..]); // (N, OH, OW)
        for ((c, k, l), &weight) in network.w.slice(s![f, .., .., ..]).indexed_iter() {
            let pixels = s![.., c, k..k + rows; stride, l..l + columns; stride];
            map.scaled_add(weight, &x.slice(pixels)); // (N, OH, OW)
        }
    }
    network.out = out;
}

#[test]
fn a_rung_of_ones_own_enters_the_race() {
    let own = Rung {
        number: 6,
        name: "shifts",
        title: "shifted images",
        forward: by_shifting,
        ..*REFERENCE
    };
    let digits = (Array2::zeros((0, 784)), Array2::zeros((0, 10))); // not raced here
    let (matmul, limit) = (Matmul::new().unwrap(), Duration::from_millis(5));
    let run = |shape| {
        let (x, t) = &digits;
        let options = Options { rungs: &[&own], limit, seed: 1, digits: (x, t), matmul: &matmul };
        race(&Benchmark { sweep: None, pass: Pass::Forward, shape }, &options, &mut |_| ()).unwrap()
    };
    let shape = Shape { batch: 15, filters: 4, channels: 2, size: 11, ..Shape::article(1, 1) };
    for window in [Window::default(), Window { stride: 2, padding: 3 }] {
        let rows = run(Shape { window, ..shape }); // an error, if they disagree
        assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), ["loops", "shifts"]);
        assert!(rows[1].difference < 1e-5);
    }
}

/// Milliseconds on `threads` threads, of work that takes `alone` on one, when the
/// part `serial` of it cannot be shared out.
fn amdahl(alone: f64, serial: f64, threads: f64) -> f64 {
    alone * (serial + (1.0 - serial) / threads)
}

/// The part that cannot be shared, from times on one thread and on two.
fn serial_part(alone: f64, on_two: f64) -> f64 {
    2.0 * on_two / alone - 1.0
}

#[test]
fn what_cannot_be_shared_out_sets_the_limit() {
    let (alone, on_two) = (0.20, 0.13);
    let serial = serial_part(alone, on_two);
    assert!((serial - 0.3).abs() < 1e-12);
    assert!((amdahl(alone, serial, 2.0) - on_two).abs() < 1e-12);
    // A hundred threads would be three times as fast, not a hundred.
    assert!(alone / amdahl(alone, serial, 100.0) < 3.3);
}
