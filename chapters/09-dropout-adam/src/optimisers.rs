//! Six optimisers: SGD, momentum, Nesterov and Adam from chapter 08, AdaGrad and
//! RMSProp here. With `dw` the gradient at `w`, and `r` the learning rate:
//!
//! ```text
//! AdaGrad    s = s + dw^2                    sum of the squared gradients
//!            w = w - r dw / (sqrt(s) + e)
//!
//! RMSProp    s = k s + (1 - k) dw^2          moving average of them
//!            w = w - r dw / (sqrt(s) + e)
//! ```
//!
//! AdaGrad: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online
//! learning and stochastic optimization", JMLR 12, 2011. RMSProp: T. Tieleman, G. Hinton,
//! lecture 6.5 of "Neural networks for machine learning", Coursera, 2012.

use common::{Real, flush_subnormal};
use deep_cnn::optimiser::{MOMENTUM, adam, momentum, nesterov, sgd};

use crate::adam::EPSILON;

/// `k`, the decay of RMSProp's average, as in PyTorch. The lecture has 0.9.
pub const DECAY: f64 = 0.99;

/// A name and a function `step(w, dw, v, s, i, rate)`: step `i`, counted from 1, with the
/// state `v` and `s`, as long as `w` and zeros at first.
pub type Optimiser<F> = (&'static str, fn(&mut [F], &[F], &mut [F], &mut [F], usize, F));

/// The six.
pub fn all<F: Real>() -> [Optimiser<F>; 6] {
    [
        ("SGD", |w, dw, _, _, _, rate| sgd(w, dw, rate)),
        ("momentum", |w, dw, v, _, _, rate| momentum(w, dw, v, rate, F::of(MOMENTUM))),
        ("Nesterov", |w, dw, v, _, _, rate| nesterov(w, dw, v, rate, F::of(MOMENTUM))),
        ("AdaGrad", |w, dw, _, s, _, rate| adagrad(w, dw, s, rate)),
        ("RMSProp", |w, dw, _, s, _, rate| rmsprop(w, dw, s, rate)),
        ("Adam", adam),
    ]
}

/// AdaGrad: `s = s + dw^2`, `w = w - rate dw / (sqrt(s) + e)`. `s` starts at 0.
/// Panics if the lengths differ.
pub fn adagrad<F: Real>(w: &mut [F], dw: &[F], s: &mut [F], rate: F) {
    assert_eq!([w.len(), w.len()], [dw.len(), s.len()], "adagrad: lengths of w, dw and s");
    let e = F::of(EPSILON);
    for ((w, &dw), s) in w.iter_mut().zip(dw).zip(s) {
        *s += dw * dw;
        *w -= rate * dw / (s.sqrt() + e);
    }
}

/// RMSProp: `s = k s + (1 - k) dw^2`, `w = w - rate dw / (sqrt(s) + e)`. `s` starts at 0.
/// Panics if the lengths differ.
pub fn rmsprop<F: Real>(w: &mut [F], dw: &[F], s: &mut [F], rate: F) {
    assert_eq!([w.len(), w.len()], [dw.len(), s.len()], "rmsprop: lengths of w, dw and s");
    let (k, rest, e) = (F::of(DECAY), F::of(1.0 - DECAY), F::of(EPSILON));
    for ((w, &dw), s) in w.iter_mut().zip(dw).zip(s) {
        *s = flush_subnormal(k * *s + rest * dw * dw);
        *w -= rate * dw / (s.sqrt() + e);
    }
}
