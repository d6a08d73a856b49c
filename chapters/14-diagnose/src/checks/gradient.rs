//! Check 3: the gradient against differences, and against itself made wrong.

use common::check::{numerical_gradient, relative_error};
use common::{Result, seeded};
use ndarray::{Array1, Array2};
use rand::Rng as _;

use crate::loss::{loss, softmax};
use crate::network::{Mode, Network};
use crate::patient::{Line, Patient, line, rms};

const LARGEST: usize = 10; // of each array: those with the largest gradients,
const OTHERS: usize = 10; // and as many others at random
const TOLERANCE: f64 = 1e-4; // relative; right ones agree to six digits

/// In `f64`, on five images, with the same dropout mask in every pass. Biases are moved away
/// from 0 first: there ReLU has its kink, and at a kink differences mean nothing.
pub fn against_differences(patient: &Patient) -> Result<Vec<Line>> {
    let (mut network, mut rng) = patient.network::<f64>();
    for bias in network.w.iter_mut().filter(|w| w.nrows() == 1) {
        bias.iter_mut().for_each(|b| *b += rng.random_range(0.05..0.15));
    }
    let (x, t) = patient.batch(5);
    let (x, t) = (x.mapv(f64::from), t.mapv(f64::from)); // (5, 784), (5, 10)
    let dw = network.pass(&x, &t, &mut seeded(0))?.dw;
    let (mut lines, mut found) = (Vec::new(), 0);
    for (k, dw) in dw.iter().enumerate() {
        // Which elements are compared
        let dw: Vec<f64> = dw.iter().copied().collect(); // row after row
        let mut at: Vec<usize> = (0..dw.len()).collect();
        at.sort_by(|&a, &b| dw[b].abs().total_cmp(&dw[a].abs()));
        at.truncate(LARGEST);
        at.extend((0..OTHERS).map(|_| rng.random_range(0..dw.len())));
        at.sort_unstable();
        at.dedup();

        let ours: Array1<f64> = at.iter().map(|&i| dw[i]).collect();
        let mut moved = network.clone();
        let here: Array1<f64> = at.iter().map(|&i| elements(&mut moved, k)[i]).collect();
        let differences = numerical_gradient(&here, |p| {
            at.iter().zip(p).for_each(|(&i, &p)| elements(&mut moved, k)[i] = p);
            loss_of(&moved, &x, &t).unwrap_or(f64::NAN)
        });
        // Where the gradient is 0, rounding is all there is to compare
        let zero = [&ours, &differences].iter().all(|a| rms(a) < 1e-10);
        let error = if zero { 0.0 } else { relative_error(&ours, &differences) };
        // One hundredth too large must be found, or this check sees nothing
        let control = relative_error(&(&ours * 1.01), &differences);
        found += usize::from(!zero && control > TOLERANCE);
        let mut text = format!("d{}: off by {error:.1e}", network.names()[k]);
        if error > TOLERANCE {
            let factor = (&ours * &differences).sum() / (&differences * &differences).sum();
            text += &format!(", {factor:.2} times that of differences");
        }
        lines.push(line(error < TOLERANCE, text));
    }
    let arrays = dw.len();
    let text = format!("control: 1 % too large, it is found in {found} of {arrays} arrays");
    lines.push(line(2 * found > arrays, text));
    Ok(lines)
}

/// The elements of parameter array `k`, row after row.
fn elements(network: &mut Network<f64>, k: usize) -> &mut [f64] {
    network.w[k].as_slice_mut().expect("parameters are contiguous")
}

/// The loss that the program prints, in training mode, with the dropout mask of seed 0.
fn loss_of(network: &Network<f64>, x: &Array2<f64>, t: &Array2<f64>) -> Result<f64> {
    let a = network.forward(x, Mode::Train, &mut seeded(0))?;
    Ok(loss(&softmax(a.logits(), network.bug), t, network.bug))
}
