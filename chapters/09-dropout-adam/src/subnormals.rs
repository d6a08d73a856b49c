//! Subnormal numbers: what Adam's means become where the gradient has stopped, what that
//! costs at every step, and that no weight changes when they are set to 0.
//!
//! ```text
//! v = 0.9 v                          what is left of Adam's first line without a gradient
//! v < 2^-126 = 1.2e-38               now v is subnormal: a multiple of u = 2^-149
//! 0.9 (4 u) = 3.6 u, rounded: 4 u    so v stays at 4 u
//! ```

use std::path::Path;
use std::time::Instant;

use common::plot::{self, Chart, Curve};
use common::program::thousands;
use common::{Float, Real, Result, files, seeded};
use datasets::Dataset;
use multiversion::multiversion;
use ndarray::{ArrayRef2, Ix2};

use crate::adam::{Adam, BETA1, BETA2, EPSILON};
use crate::network::{HIDDEN, initialise};
use crate::training::{Setting, train};

const STEPS: usize = 5_000;
const QUICK_STEPS: usize = 1_500; // the first mean is subnormal after 700 or so
const BATCH_SIZE: usize = 128; // the lesson's, whatever --batch-size is
const WINDOW: usize = 50; // steps of which the median time is shown

/// After a step: the step, milliseconds for all parameters (the median of 50 steps), and
/// how many means are subnormal; of Adam with the flush and of Adam as written.
pub type Point = [f64; 5]; // [step, ms, ms as written, count, count as written]

/// Trains the lesson's network with Adam on the first `images` images of `data`, `steps`
/// steps rounded up to whole epochs. Every gradient also goes to a second Adam, without the
/// flush, which has weights of its own: while they have the same bits, so would its gradients.
/// Returns a point for every 50 steps, and the first step after which a weight differs.
pub fn compare(
    data: &Dataset<Float>,
    images: usize,
    steps: usize,
    seed: u64,
    setting: Setting,
) -> (Vec<Point>, Option<usize>) {
    let rows: Vec<usize> = (0..images).collect();
    let epochs = steps.div_ceil(images.div_ceil(setting.batch_size));
    let (rate, setting) = (setting.learning_rate, Setting { epochs, ..setting });
    let mut rng = seeded(seed);
    let mut parameters = initialise(HIDDEN, &mut rng);
    let mut others = parameters.clone(); // the weights of Adam as written
    let mut adams = parameters.each_ref().map(|w| [Adam::new(w), Adam::new(w)]);
    let mut times = [[0.0; WINDOW]; 2]; // ms
    let (mut points, mut difference) = (Vec::new(), None);
    train(data, &rows, &mut parameters, setting, &mut rng, |k, w, dw, i| {
        let ([flushed, as_written], other) = (&mut adams[k], &mut others[k]);
        for which in [i % 2, (i + 1) % 2] {
            let start = Instant::now();
            match which {
                0 => flushed.step(w, dw, i, rate),
                _ => step_as_written(as_written, other, dw, i, rate),
            }
            let ms = &mut times[which][i % WINDOW];
            *ms = 1e3 * start.elapsed().as_secs_f64() + if k == 0 { 0.0 } else { *ms };
        }
        if w.iter().zip(&*other).any(|(a, b)| a.to_bits() != b.to_bits()) {
            difference.get_or_insert(i);
        }
        if k == 3 && i.is_multiple_of(WINDOW) {
            let [ms, ms_as_written] = times.map(median);
            let count = |which: usize| adams.iter().map(|a| subnormals(&a[which])).sum::<usize>();
            points.push([i as f64, ms, ms_as_written, count(0) as f64, count(1) as f64]);
        }
    });
    (points, difference)
}

/// Step `i` of Adam as in its paper: a mean stays as small as it gets.
/// Panics if an array is not contiguous.
pub fn step_as_written<F: Real>(
    Adam { v, s }: &mut Adam<F, Ix2>,
    w: &mut ArrayRef2<F>,
    dw: &ArrayRef2<F>,
    i: usize,
    rate: F,
) {
    let scales = [BETA1, BETA2].map(|beta| F::of(1.0 / (1.0 - beta.powf(i as f64))));
    let means = (v.as_slice_mut().unwrap(), s.as_slice_mut().unwrap());
    update(w.as_slice_mut().unwrap(), dw.as_slice().unwrap(), means, scales, rate);
}

/// As in `adam.rs`, but for the first two lines of the loop.
#[multiversion(targets("x86_64+avx2"))]
fn update<F: Real>(
    w: &mut [F],
    dw: &[F],
    (v, s): (&mut [F], &mut [F]),
    [v_scale, s_scale]: [F; 2],
    rate: F,
) {
    let (b1, b2, e) = (F::of(BETA1), F::of(BETA2), F::of(EPSILON));
    let (rest1, rest2) = (F::of(1.0 - BETA1), F::of(1.0 - BETA2)); // 1 - b1, 1 - b2
    for (((w, &dw), v), s) in w.iter_mut().zip(dw).zip(v).zip(s) {
        *v = b1 * *v + rest1 * dw;
        *s = b2 * *s + rest2 * dw * dw;
        let (v, s) = (*v * v_scale, *s * s_scale);
        *w -= rate * v / (s.sqrt() + e);
    }
}

/// How many of the means are subnormal: below the smallest normal number, and not 0.
pub fn subnormals<F: Real>(Adam { v, s }: &Adam<F, Ix2>) -> usize {
    v.iter().chain(s).filter(|mean| mean.is_subnormal()).count()
}

/// The value that half of the others do not exceed.
pub fn median(mut values: [f64; WINDOW]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[WINDOW / 2]
}

/// Prints a table, draws `subnormals` and writes `subnormals.csv` in `out`.
/// Fails if a file cannot be written.
pub fn run(
    data: &Dataset<Float>,
    images: usize,
    out: &Path,
    (seed, quick): (u64, bool),
    setting: Setting,
) -> Result {
    let steps = if quick { QUICK_STEPS } else { STEPS };
    let setting = Setting { batch_size: BATCH_SIZE, ..setting };
    let (mut points, difference) = compare(data, images, steps, seed, setting);
    points.truncate(steps / WINDOW); // without the rest of the last epoch
    println!("Adam at step   flushed, ms   as written, ms   its subnormal means");
    let tenth = steps / 10 / WINDOW;
    for [step, ms, ms_as_written, _, count] in points.iter().skip(tenth - 1).step_by(tenth) {
        println!("{step:>12} {ms:13.3} {ms_as_written:16.3} {count:>21}");
    }
    match difference {
        None => println!("after every step the weights of both have the same bits\n"),
        Some(i) => println!("from step {i} on some of their weights differ\n"),
    }
    let header = ["step", "flushed_ms", "as_written_ms", "flushed_count", "as_written_count"];
    files::save_csv(&out.join("subnormals.csv"), header, &points)?;
    let curve = |name: &str, column: usize| {
        let ms: Vec<_> = points.iter().map(|point| (point[0], point[column])).collect();
        let count = thousands(points.last().map_or(0, |point| point[column + 2] as usize));
        Curve::new(format!("{name}: at the end {count} subnormal means"), &ms)
    };
    let chart = Chart::new("Adam, 25,450 parameters", "steps", "milliseconds a step").log_y();
    plot::curves(&out.join("subnormals"), &chart, &[curve("flushed", 1), curve("as written", 2)])
}
