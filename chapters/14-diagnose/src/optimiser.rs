//! The step: momentum for the network of lesson 02, Adam for the convolutional one. Four bugs.

use common::{Real, flush_subnormal};
use ndarray::{Array2, Zip};

use crate::bug::Bug;

/// The learning rate with momentum. Lesson 02's is 0.1 for the mean; momentum makes steps ten
/// times as long, and this is half of what that would be.
pub const MOMENTUM_RATE: f64 = 0.05;
/// The learning rate with Adam, twice its usual one: there are only a few hundred steps.
pub const ADAM_RATE: f64 = 0.002;
const MOMENTUM: f64 = 0.9;
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// `v = 0.9 v + dw`, `w = w - rate v`, element by element.
pub fn momentum<F: Real>(w: &mut Array2<F>, dw: &Array2<F>, v: &mut Array2<F>, bug: Bug) {
    let rate = F::of(match bug {
        Bug::RateTooLarge => 100.0 * MOMENTUM_RATE,
        _ => MOMENTUM_RATE,
    });
    Zip::from(w).and(dw).and(v).for_each(|w, &dw, v| {
        *v = match bug {
            Bug::Subnormals => F::of(MOMENTUM) * *v + dw, // 0.9 of a tiny number, for ever
            _ => flush_subnormal(F::of(MOMENTUM) * *v + dw),
        };
        *w -= rate * *v;
    });
}

/// Adam's step `i`, counted from 1: means `v` of the gradients and `s` of their squares, both
/// corrected for their start at 0, and `w = w - rate v / (sqrt(s) + e)`.
pub fn adam<F: Real>(
    w: &mut Array2<F>,
    dw: &Array2<F>,
    (v, s): (&mut Array2<F>, &mut Array2<F>),
    i: usize,
    bug: Bug,
) {
    let i = match bug {
        Bug::AdamOffByOne => i - 1, // 1 - 0.9^0 is 0
        _ => i,
    } as f64;
    let (v_scale, s_scale) = match bug {
        Bug::AdamUncorrected => (1.0, 1.0),
        _ => (1.0 / (1.0 - BETA1.powf(i)), 1.0 / (1.0 - BETA2.powf(i))),
    };
    let (v_scale, s_scale, rate) = (F::of(v_scale), F::of(s_scale), F::of(ADAM_RATE));
    Zip::from(w).and(dw).and(v).and(s).for_each(|w, &dw, v, s| {
        *v = flush_subnormal(F::of(BETA1) * *v + F::of(1.0 - BETA1) * dw);
        *s = flush_subnormal(F::of(BETA2) * *s + F::of(1.0 - BETA2) * dw * dw);
        *w -= rate * *v * v_scale / ((*s * s_scale).sqrt() + F::of(EPSILON));
    });
}
