//! Four optimisers, for all parameters of a network in one slice: each panics if its
//! slices differ in length, and gives the same bits on any number of threads.
//!
//! Momentum: B. T. Polyak, "Some methods of speeding up the convergence of iteration
//! methods", 1964. Nesterov: I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the
//! importance of initialization and momentum in deep learning", ICML 2013, rewritten so
//! that the gradient is taken at `w`. Adam: D. P. Kingma, J. Ba, "Adam: a method for
//! stochastic optimization", ICLR 2015, Algorithm 1.

use common::{Real, flush_subnormal};
use rayon::prelude::*;

/// Which optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Method {
    /// Plain gradient descent
    Sgd,
    /// Gradient descent with a fading sum of earlier gradients
    Momentum,
    /// Momentum that looks one step ahead
    Nesterov,
    /// A step size of its own for every parameter
    Adam,
}

/// A method and what it remembers from step to step.
pub struct Optimiser<F> {
    method: Method,
    momentum: F,
    v: Vec<F>, // momentum's, Nesterov's and Adam's
    s: Vec<F>, // Adam's
    i: usize,  // steps so far
}

impl<F: Real> Optimiser<F> {
    /// For so many `parameters`; Adam and plain descent ignore `momentum`.
    pub fn new(method: Method, momentum: F, parameters: usize) -> Optimiser<F> {
        let zeros = || vec![F::zero(); parameters];
        Optimiser { method, momentum, v: zeros(), s: zeros(), i: 0 }
    }

    /// One step along the gradient `dw`.
    pub fn step(&mut self, w: &mut [F], dw: &[F], rate: F) {
        let Optimiser { method, momentum: m, v, s, i } = self;
        *i += 1;
        match method {
            Method::Sgd => sgd(w, dw, rate),
            Method::Momentum => momentum(w, dw, v, rate, *m),
            Method::Nesterov => nesterov(w, dw, v, rate, *m),
            Method::Adam => adam(w, dw, v, s, *i, rate),
        }
    }
}

/// The part of its velocity that momentum, Nesterov's too, usually keeps at each step.
pub const MOMENTUM: f64 = 0.9;
/// Adam's decay of the mean gradient; all three are its paper's.
pub const BETA1: f64 = 0.9;
/// Adam's decay of the mean squared gradient.
pub const BETA2: f64 = 0.999;
/// Keeps Adam from dividing by zero.
pub const EPSILON: f64 = 1e-8;

/// Parameters that a thread takes. Its loop over them is written out, since the compiler
/// does not always use vectors for a closure that is called for each parameter.
const CHUNK: usize = 1 << 14;

/// Gradient descent: `w = w - rate dw`.
pub fn sgd<F: Real>(w: &mut [F], dw: &[F], rate: F) {
    same_length("sgd", &[w.len(), dw.len()]);
    w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK)).for_each(|(w, dw)| {
        for (w, &dw) in w.iter_mut().zip(dw) {
            *w -= rate * dw;
        }
    });
}

/// Momentum: `v = m v + dw`, `w = w - rate v`. `v` starts at zero.
pub fn momentum<F: Real>(w: &mut [F], dw: &[F], v: &mut [F], rate: F, m: F) {
    same_length("momentum", &[w.len(), dw.len(), v.len()]);
    let gradients = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK));
    gradients.zip(v.par_chunks_mut(CHUNK)).for_each(|((w, dw), v)| {
        for ((w, &dw), v) in w.iter_mut().zip(dw).zip(v) {
            *v = flush_subnormal(m * *v + dw);
            *w -= rate * *v;
        }
    });
}

/// Nesterov's momentum: `v = m v + dw`, `w = w - rate (dw + m v)`, one step further
/// along `v` than momentum. `v` starts at zero.
pub fn nesterov<F: Real>(w: &mut [F], dw: &[F], v: &mut [F], rate: F, m: F) {
    same_length("nesterov", &[w.len(), dw.len(), v.len()]);
    let gradients = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK));
    gradients.zip(v.par_chunks_mut(CHUNK)).for_each(|((w, dw), v)| {
        for ((w, &dw), v) in w.iter_mut().zip(dw).zip(v) {
            *v = flush_subnormal(m * *v + dw);
            *w -= rate * (dw + m * *v);
        }
    });
}

/// Adam, step `i`, counted from 1: `v = b1 v + (1 - b1) dw`, `s = b2 s + (1 - b2) dw^2`,
/// `w = w - rate (v / (1 - b1^i)) / (sqrt(s / (1 - b2^i)) + e)`. The means `v` and `s`
/// start at zero; dividing by `1 - beta^i` makes up for that.
pub fn adam<F: Real>(w: &mut [F], dw: &[F], v: &mut [F], s: &mut [F], i: usize, rate: F) {
    same_length("adam", &[w.len(), dw.len(), v.len(), s.len()]);
    let (b1, b2, e) = (F::of(BETA1), F::of(BETA2), F::of(EPSILON));
    let (rest1, rest2) = (F::of(1.0 - BETA1), F::of(1.0 - BETA2)); // before they are rounded to F
    let correction = |beta: f64| 1.0 - beta.powf(i as f64);
    // v / (1 - b1^i) / (sqrt(s / (1 - b2^i)) + e), with the constants taken out
    let rate = F::of(rate.into() / correction(BETA1));
    let scale = F::of(1.0 / correction(BETA2).sqrt());
    let gradients = w.par_chunks_mut(CHUNK).zip(dw.par_chunks(CHUNK));
    let means = v.par_chunks_mut(CHUNK).zip(s.par_chunks_mut(CHUNK));
    gradients.zip(means).for_each(|((w, dw), (v, s))| {
        for (((w, &dw), v), s) in w.iter_mut().zip(dw).zip(v).zip(s) {
            *v = flush_subnormal(b1 * *v + rest1 * dw);
            *s = flush_subnormal(b2 * *s + rest2 * dw * dw);
            *w -= rate * *v / (s.sqrt() * scale + e);
        }
    });
}

fn same_length(operation: &str, lengths: &[usize]) {
    let fault = "parameters, gradient and state must be as long as each other";
    assert!(lengths.iter().all(|n| *n == lengths[0]), "{operation}: {fault}, not {lengths:?}");
}
