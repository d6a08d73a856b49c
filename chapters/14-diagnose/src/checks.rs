//! Seven checks, in the order in which one makes them: the cheapest first, and none that
//! needs a later one to make sense. Each is a function to take home.

mod gradient;
mod sameness;

use std::collections::HashSet;

use common::batch::take_rows;
use common::{Float, Real, Result, sample_rows};

use crate::cnn::DROP;
use crate::images::{BATCH_SIZE, epoch, one_of_each};
use crate::network::{Activations, Kind, Network};
use crate::optimiser::ADAM_RATE;
use crate::patient::{Line, Patient, line, rms};

/// A check, and what it looks at.
pub struct Check {
    /// In a few words.
    pub title: &'static str,
    /// Its report. Fails if batch norm gets a single image.
    pub run: fn(&Patient) -> Result<Vec<Line>>,
}

/// All seven; check 1 is the first.
pub const CHECKS: [Check; 7] = [
    Check { title: "the loss starts at ln 10", run: loss_at_start },
    Check { title: "ten images can be learnt by heart", run: ten_by_heart },
    Check { title: "the gradient is that of differences", run: gradient::against_differences },
    Check { title: "the same twice is the same", run: sameness::same_twice },
    Check { title: "no layer dies or explodes", run: layers_alive },
    Check { title: "a step is about a thousandth of the weight", run: step_by_weight },
    Check { title: "training against test", run: train_against_test },
];

/// Check 1. Before the first step each of ten classes should get a probability near 1/10, so
/// that the loss is near `-ln(1/10)` = 2.303.
fn loss_at_start(patient: &Patient) -> Result<Vec<Line>> {
    let (network, mut rng) = patient.network::<Float>();
    let (x, t) = patient.batch(100);
    let loss = network.pass(&x, &t, &mut rng)?.loss;
    let close = (loss - 10f64.ln()).abs() < 0.15;
    Ok(vec![line(close, format!("before the first step the loss is {loss:.3}, ln 10 is 2.303"))])
}

/// Check 2. Ten images, one of each digit, again and again: whatever can learn can learn them
/// by heart.
fn ten_by_heart(patient: &Patient) -> Result<Vec<Line>> {
    let (mut network, mut rng) = patient.network::<Float>();
    let (x, t) = one_of_each(&patient.digits); // (10, 784), (10, 10)
    let mut highest = 0.0f64;
    for _ in 0..200 {
        let pass = network.pass(&x, &t, &mut rng)?;
        network.update(&pass);
        highest = highest.max(pass.loss);
    }
    let (loss, accuracy, _) = network.test(&x, &t, &mut rng)?;
    let text = format!("after 200 steps {accuracy:.0} % of them are right, the loss is {loss:.3}");
    let on_the_way = format!("the highest loss on the way was {highest:.2}");
    Ok(vec![line(accuracy == 100.0 && loss < 0.5, text), line(highest < 4.0, on_the_way)])
}

/// Check 5. On the first batch: does every unit answer, does the gradient reach the first
/// layer in a size like that of the last, and does dropout do what was asked?
fn layers_alive(patient: &Patient) -> Result<Vec<Line>> {
    let (network, mut rng) = patient.network::<Float>();
    let (x, t) = patient.batch(100);
    let pass = network.pass(&x, &t, &mut rng)?;
    let mut lines = Vec::new();
    match &pass.activations {
        Activations::Mlp { h, .. } => {
            // A sigmoid near 0 or 1 has no slope
            let flat = percent(h.iter().filter(|&&h| !(0.01..0.99).contains(&h)).count(), h.len());
            lines.push(line(flat < 30.0, format!("{flat:.0} % of the sigmoids are saturated")));
        }
        Activations::Cnn(a) => {
            let zero = Float::of(0.0);
            let maps = a.h.axis_iter(ndarray::Axis(1));
            let dead = maps.filter(|map| map.iter().all(|&h| h == zero)).count();
            lines.push(line(dead < 4, format!("{dead} of 10 filters are 0 for every image")));
            let mask = a.mask.as_ref().expect("a training pass"); // (N, 160)
            let dropped = percent(mask.iter().filter(|&&m| m == zero).count(), mask.len());
            let asked = (dropped - 100.0 * DROP).abs() < 4.0;
            lines.push(line(
                asked,
                format!("dropout sets {dropped:.0} % to 0, 20 % were asked for"),
            ));
            let mean: f64 = mask.iter().map(|&m| f64::from(m)).sum::<f64>() / mask.len() as f64;
            let kept = (mean - 1.0).abs() < 0.1 || !asked;
            lines.push(line(kept, format!("the mean of its mask is {mean:.2}, 1 keeps the scale")));
        }
    }
    let last = pass.dw.len() - 2; // the weights of the output layer
    let ratio = rms(&pass.dw[0]) / rms(&pass.dw[last]);
    let text = format!("dw1 is {ratio:.1e} times as large as dw2");
    lines.push(line((1e-3..1e3).contains(&ratio), text));
    Ok(lines)
}

/// Check 6. The longest of fifty steps, as a part of the first layer's weights. And two laws of
/// the optimiser: Adam's first step is as long as its rate, and what decays ends at 0.
fn step_by_weight(patient: &Patient) -> Result<Vec<Line>> {
    let (mut network, mut rng) = patient.network::<Float>();
    let (digits, last) = (&patient.digits, network.w.len() - 2);
    let (mut lines, mut longest) = (Vec::new(), 0.0f64);
    for _ in 0..50 {
        let rows = sample_rows(digits.x.nrows(), BATCH_SIZE, &mut rng);
        let (x, t) = (take_rows(&digits.x, &rows), take_rows(&digits.t, &rows));
        let (pass, before) = (network.pass(&x, &t, &mut rng)?, network.w.clone());
        network.update(&pass);
        longest = longest.max(rms(&(&network.w[0] - &before[0])) / rms(&before[0]));
        if network.steps == 1 && patient.kind == Kind::Cnn {
            let ratio = rms(&(&network.w[last] - &before[last])) / ADAM_RATE;
            let text = format!("the first step is {ratio:.2} times the rate, 1 in Adam");
            lines.push(line((0.5..1.5).contains(&ratio), text));
        }
    }
    let text = format!("the longest of 50 steps is {longest:.1e} of the weights");
    lines.push(line((1e-5..0.05).contains(&longest), text));
    // A thousand steps without a gradient
    let (x, t) = patient.batch(10);
    let mut pass = network.pass(&x, &t, &mut rng)?;
    pass.dw.iter_mut().for_each(|dw| dw.fill(Float::of(0.0)));
    (0..1_000).for_each(|_| network.update(&pass));
    let count = subnormals(&network);
    let text = format!("1,000 steps without a gradient leave {count} subnormal velocities");
    lines.push(line(count == 0, text));
    Ok(lines)
}

/// Check 7. A short training: what was learnt holds on images that were not seen, and those
/// were really not seen.
fn train_against_test(patient: &Patient) -> Result<Vec<Line>> {
    let (mut network, mut rng) = patient.network::<Float>();
    let digits = &patient.digits;
    for _ in 0..5 {
        for rows in epoch(digits.x.nrows(), patient.bug, &mut rng) {
            let (x, t) = (take_rows(&digits.x, &rows), take_rows(&digits.t, &rows));
            let pass = network.pass(&x, &t, &mut rng)?;
            network.update(&pass);
        }
    }
    let (_, train, _) = network.test(&digits.x, &digits.t, &mut rng)?;
    let (_, test, _) = network.test(&digits.x_test, &digits.t_test, &mut rng)?;
    let bits =
        |row: ndarray::ArrayView1<Float>| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let seen: HashSet<_> = digits.x.rows().into_iter().map(bits).collect();
    let both = digits.x_test.rows().into_iter().filter(|row| seen.contains(&bits(*row))).count();
    Ok(vec![
        line(
            test > 50.0 && train - test < 25.0,
            format!("{train:.1} % in training, {test:.1} % in the test"),
        ),
        line(both == 0, format!("{both} test images are also in the training set")),
    ])
}

/// How many velocities, or means, are subnormal: below the smallest normal number, and not 0.
pub fn subnormals<F: Real>(network: &Network<F>) -> usize {
    network.v.iter().flatten().filter(|v| v.is_subnormal()).count()
}

fn percent(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of as f64
}
