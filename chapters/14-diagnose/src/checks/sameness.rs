//! Check 4: what must be the same is the same.

use common::batch::take_rows;
use common::{Float, Real, Result, accuracy, seeded};
use ndarray::{Array2, Axis, concatenate, s};

use crate::images::epoch;
use crate::loss::softmax;
use crate::network::{Mode, Network};
use crate::patient::{Line, Patient, line, rms};

/// In test mode one batch of ten gives the same twice; in two halves; with 1,000 added to all
/// logits; after saving and loading. An epoch has every image once, a test counts every image,
/// and NaN stays NaN.
pub fn same_twice(patient: &Patient) -> Result<Vec<Line>> {
    let (network, mut rng) = patient.network::<Float>();
    let (x, _) = patient.batch(10); // (10, 784)
    let logits = |network: &Network<Float>, x: &Array2<Float>, seed| -> Result<Array2<Float>> {
        Ok(network.forward(x, Mode::Test, &mut seeded(seed))?.logits().clone())
    };
    let z = logits(&network, &x, 1)?; // (10, 10)
    let mut lines = Vec::new();

    lines.push(same("one batch twice", &z, &logits(&network, &x, 2)?));
    let half = x.nrows() / 2;
    let halves = [x.slice(s![..half, ..]), x.slice(s![half.., ..])];
    let [a, b] = halves.map(|x| logits(&network, &x.to_owned(), 1));
    lines.push(same("the batch in two halves", &z, &concatenate![Axis(0), a?, b?]));

    // exp(z + 1000) / sum(exp(z + 1000)) = exp(z) / sum(exp(z))
    let y = |z: &Array2<Float>| softmax(z, patient.bug);
    lines.push(same("all logits 1,000 higher", &y(&z), &y(&(&z + Float::of(1000.0)))));

    let mut loaded = network.clone();
    loaded.load(&network.saved());
    lines.push(same("saved and loaded", &z, &logits(&loaded, &x, 1)?));

    let n = patient.digits.x.nrows();
    let mut seen = epoch(n, patient.bug, &mut rng).concat();
    seen.sort_unstable();
    seen.dedup();
    let rows = seen.len();
    lines.push(line(rows == n, format!("an epoch has {rows} of {n} images")));
    let tests = &patient.digits;
    let (_, _, counted) = network.test(&tests.x_test, &tests.t_test, &mut rng)?;
    let n = tests.x_test.nrows();
    lines.push(line(counted == n, format!("a test counts {counted} of {n} images")));

    // A pixel in the middle that is no number
    let (mut broken, t) = (take_rows(&x, &(0..x.nrows()).collect::<Vec<_>>()), patient.batch(10).1);
    broken[[0, 14 * 28 + 14]] = Float::NAN;
    let reached = accuracy(&network.predict(&broken, Mode::Test, &mut rng)?, &t);
    let text = if reached.is_nan() { "NaN in, NaN out" } else { "NaN in, and no NaN comes out" };
    lines.push(line(reached.is_nan(), text.to_owned()));
    Ok(lines)
}

/// Whether two arrays agree to a hundredth of their size.
fn same(what: &str, a: &Array2<Float>, b: &Array2<Float>) -> Line {
    let (apart, size) = (rms(&(a - b)), rms(a));
    let apart = if apart == 0.0 { 0.0 } else { apart / size };
    line(apart < 0.01, format!("{what}: apart by {:.1} %", 100.0 * apart))
}
