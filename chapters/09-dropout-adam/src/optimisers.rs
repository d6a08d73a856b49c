//! Six ways downhill: three of chapter 08, Adam, and the two that Adam is made
//! of. With `dw` the gradient at `w`, and `r` the learning rate:
//!
//! ```text
//! AdaGrad    s = s + dw^2                    the sum of all squares so far
//!            w = w - r dw / (sqrt(s) + e)
//!
//! RMSProp    s = k s + (1 - k) dw^2          a fading mean of them
//!            w = w - r dw / (sqrt(s) + e)
//! ```
//!
//! AdaGrad: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for
//! online learning and stochastic optimization", JMLR 12, 2011. RMSProp: T.
//! Tieleman, G. Hinton, lecture 6.5 of "Neural networks for machine learning",
//! Coursera, 2012.

use common::Real;
use deep_cnn::optimiser::{adam, momentum, nesterov, sgd};

use crate::adam::EPSILON;

/// The part of its speed that momentum keeps, in chapter 08 too.
pub const MOMENTUM: f64 = 0.9;
/// `k`: how much of its mean RMSProp keeps, as in PyTorch. The lecture has 0.9.
pub const KEPT: f64 = 0.99;

/// One of the six.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optimiser {
    /// Plain gradient descent.
    Sgd,
    /// The gradients of earlier steps go on, fading.
    Momentum,
    /// The same, looking ahead.
    Nesterov,
    /// A step length for each parameter, which only ever shrinks.
    AdaGrad,
    /// The same, with a memory that fades.
    RmsProp,
    /// Momentum and RMSProp, corrected for their start.
    Adam,
}

impl Optimiser {
    /// All six, in the order of the page.
    pub const ALL: [Optimiser; 6] = [
        Optimiser::Sgd,
        Optimiser::Momentum,
        Optimiser::Nesterov,
        Optimiser::AdaGrad,
        Optimiser::RmsProp,
        Optimiser::Adam,
    ];

    /// For tables and pictures.
    pub fn name(self) -> &'static str {
        match self {
            Optimiser::Sgd => "SGD",
            Optimiser::Momentum => "momentum",
            Optimiser::Nesterov => "Nesterov",
            Optimiser::AdaGrad => "AdaGrad",
            Optimiser::RmsProp => "RMSProp",
            Optimiser::Adam => "Adam",
        }
    }

    /// Step `i`, counted from 1, of the parameters `w` against their gradient
    /// `dw`. `v` and `s` are its memory: as long as `w`, and zeros at first.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn step<F: Real>(
        self,
        w: &mut [F],
        dw: &[F],
        (v, s): (&mut [F], &mut [F]),
        i: usize,
        rate: F,
    ) {
        match self {
            Optimiser::Sgd => sgd(w, dw, rate),
            Optimiser::Momentum => momentum(w, dw, v, rate, F::of(MOMENTUM)),
            Optimiser::Nesterov => nesterov(w, dw, v, rate, F::of(MOMENTUM)),
            Optimiser::AdaGrad => adagrad(w, dw, s, rate),
            Optimiser::RmsProp => rmsprop(w, dw, s, rate),
            Optimiser::Adam => adam(w, dw, v, s, i, rate),
        }
    }
}

/// AdaGrad: `s = s + dw^2`, `w = w - rate dw / (sqrt(s) + e)`. `s` begins with
/// zeros.
///
/// # Panics
/// If the lengths differ.
pub fn adagrad<F: Real>(w: &mut [F], dw: &[F], s: &mut [F], rate: F) {
    same_length("adagrad", w, dw, s);
    let e = F::of(EPSILON);
    for ((w, &dw), s) in w.iter_mut().zip(dw).zip(s) {
        *s += dw * dw;
        *w -= rate * dw / (s.sqrt() + e);
    }
}

/// RMSProp: `s = k s + (1 - k) dw^2`, `w = w - rate dw / (sqrt(s) + e)`. `s`
/// begins with zeros.
///
/// # Panics
/// If the lengths differ.
pub fn rmsprop<F: Real>(w: &mut [F], dw: &[F], s: &mut [F], rate: F) {
    same_length("rmsprop", w, dw, s);
    let (k, rest, e) = (F::of(KEPT), F::of(1.0 - KEPT), F::of(EPSILON));
    for ((w, &dw), s) in w.iter_mut().zip(dw).zip(s) {
        *s = k * *s + rest * dw * dw;
        *w -= rate * dw / (s.sqrt() + e);
    }
}

fn same_length<F>(operation: &str, w: &[F], dw: &[F], s: &[F]) {
    assert!(
        w.len() == dw.len() && w.len() == s.len(),
        "{operation}: {} parameters, {} gradients and {} numbers of memory must be as many",
        w.len(),
        dw.len(),
        s.len()
    );
}
