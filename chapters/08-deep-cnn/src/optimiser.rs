//! Four ways downhill. With `dw` the gradient of the mean loss at `w`, and `r`
//! the learning rate:
//!
//! ```text
//! gradient descent   w = w - r dw
//!
//! momentum           v = m v + dw               dw, dw of the last step, ... fading
//!                    w = w - r v
//!
//! Nesterov           v = m v + dw
//!                    w = w - r (dw + m v)       one step further along v than momentum
//!
//! Adam               v = b1 v + (1 - b1) dw     a mean of the gradients
//!                    s = b2 s + (1 - b2) dw^2   a mean of their squares
//!                    w = w - r (v / (1 - b1^i)) / (sqrt(s / (1 - b2^i)) + e)
//! ```
//!
//! All parameters of a network lie one behind the other, so each of these is one
//! loop over slices, for all layers at once. The loops share no sum: any number
//! of threads gives the same bits.
//!
//! Momentum: B. T. Polyak, "Some methods of speeding up the convergence of
//! iteration methods", USSR Computational Mathematics and Mathematical Physics
//! 4(5), 1964. Nesterov: Yu. Nesterov, "A method of solving a convex programming
//! problem with convergence rate O(1/k^2)", Soviet Mathematics Doklady 27, 1983,
//! in the form of I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance
//! of initialization and momentum in deep learning", ICML 2013, rewritten so that
//! the gradient is taken where `w` is. Adam: D. P. Kingma, J. Ba, "Adam: a method
//! for stochastic optimization", ICLR 2015, Algorithm 1.

use common::Real;
use rayon::prelude::*;

/// Which of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Optimiser {
    /// Plain gradient descent
    Sgd,
    /// The gradients of earlier steps go on, fading
    Momentum,
    /// The same, looking ahead
    Nesterov,
    /// Every parameter with a step length of its own
    Adam,
}

/// How much of the first mean Adam keeps at each step, the paper's.
pub const BETA1: f64 = 0.9;
/// How much of the second, the paper's.
pub const BETA2: f64 = 0.999;
/// What keeps Adam from dividing by zero, the paper's.
pub const EPSILON: f64 = 1e-8;

/// Parameters that a thread takes at a time.
const CHUNK: usize = 1 << 15;

/// Gradient descent: `w = w - rate dw`.
///
/// # Panics
/// If the lengths differ.
pub fn sgd<F: Real>(w: &mut [F], dw: &[F], rate: F) {
    same_length("sgd", &[w.len(), dw.len()]);
    let chunks = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK));
    chunks.for_each(|(w, dw)| {
        for (w, &dw) in w.iter_mut().zip(dw) {
            *w -= rate * dw;
        }
    });
}

/// Momentum: `v = m v + dw`, `w = w - rate v`. `v` begins with zeros.
///
/// # Panics
/// If the lengths differ.
pub fn momentum<F: Real>(w: &mut [F], dw: &[F], v: &mut [F], rate: F, m: F) {
    same_length("momentum", &[w.len(), dw.len(), v.len()]);
    let chunks = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK)).zip(v.par_chunks_mut(CHUNK));
    chunks.for_each(|((w, dw), v)| {
        for ((w, &dw), v) in w.iter_mut().zip(dw).zip(v) {
            *v = m * *v + dw;
            *w -= rate * *v;
        }
    });
}

/// Nesterov's momentum: `v = m v + dw`, `w = w - rate (dw + m v)`. `v` begins
/// with zeros.
///
/// # Panics
/// If the lengths differ.
pub fn nesterov<F: Real>(w: &mut [F], dw: &[F], v: &mut [F], rate: F, m: F) {
    same_length("nesterov", &[w.len(), dw.len(), v.len()]);
    let chunks = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK)).zip(v.par_chunks_mut(CHUNK));
    chunks.for_each(|((w, dw), v)| {
        for ((w, &dw), v) in w.iter_mut().zip(dw).zip(v) {
            *v = m * *v + dw;
            *w -= rate * (dw + m * *v);
        }
    });
}

/// Adam, step `i`, counted from 1. The means `v` and `s` begin with zeros, and
/// what that takes from them in the first steps is given back by dividing.
///
/// # Panics
/// If the lengths differ.
pub fn adam<F: Real>(w: &mut [F], dw: &[F], v: &mut [F], s: &mut [F], i: usize, rate: F) {
    same_length("adam", &[w.len(), dw.len(), v.len(), s.len()]);
    let (b1, b2, e) = (F::of(BETA1), F::of(BETA2), F::of(EPSILON));
    let seen = |beta: f64| 1.0 - beta.powf(i as f64); // the weight of all gradients so far
    // v / (1 - b1^i) / (sqrt(s / (1 - b2^i)) + e), with the constants taken out
    let rate = F::of(rate.into() / seen(BETA1));
    let scale = F::of(1.0 / seen(BETA2).sqrt());
    let gradients = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK));
    let chunks = gradients.zip(v.par_chunks_mut(CHUNK)).zip(s.par_chunks_mut(CHUNK));
    chunks.for_each(|(((w, dw), v), s)| {
        for (((w, &dw), v), s) in w.iter_mut().zip(dw).zip(v).zip(s) {
            *v = b1 * *v + (F::one() - b1) * dw;
            *s = b2 * *s + (F::one() - b2) * dw * dw;
            *w -= rate * *v / (s.sqrt() * scale + e);
        }
    });
}

fn same_length(operation: &str, lengths: &[usize]) {
    assert!(
        lengths.iter().all(|&length| length == lengths[0]),
        "{operation}: parameters, gradient and state must be as long as each other, not {lengths:?}"
    );
}
