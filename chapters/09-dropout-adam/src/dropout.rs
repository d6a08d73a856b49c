//! Dropout: at each step of the training a share of the units is silent.
//!
//! ```text
//! m = 0 with probability p, else 1 / (1 - p)     a number for each unit and example
//! training:  out = h m      dh = dout m
//! testing:   out = h
//! ```
//!
//! `p` is the share that is **dropped**. What stays is made larger by `1 / (1 -
//! p)`, so the mean of `h m` is `h`, and testing needs no correction: "inverted"
//! dropout. N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R.
//! Salakhutdinov, "Dropout: a simple way to prevent neural networks from
//! overfitting", JMLR 15, 2014; there the weights are made smaller for the test
//! instead.

use common::{Real, Rng};
use ndarray::Array2;
use rand::RngCore;

/// Random numbers that are drawn together.
const TOGETHER: usize = 64;

/// A mask `(N, H)`: each number is 0 with probability `rate`, the share that is
/// dropped, and else `1 / (1 - rate)`. Forward `h * mask`, backward `dh * mask`;
/// in a test there is no mask.
///
/// # Panics
/// If `rate` is not from 0 to below 1.
pub fn mask<F: Real>(shape: (usize, usize), rate: F, rng: &mut Rng) -> Array2<F> {
    assert!(
        rate >= F::zero() && rate < F::one(),
        "dropout: the share that is dropped must be from 0 to below 1, not {rate}"
    );
    let kept = F::one() / (F::one() - rate);
    let dropped: f64 = rate.into() * 2.0_f64.powi(32); // of the 2^32 numbers of 32 bits
    let dropped = dropped as u32;
    let mut mask = Array2::zeros(shape); // (N, H)
    let mut bytes = [0; 4 * TOGETHER];
    for mask in mask.as_slice_mut().expect("a new array is in one piece").chunks_mut(TOGETHER) {
        let bytes = &mut bytes[..4 * mask.len()];
        rng.fill_bytes(bytes);
        for (m, number) in mask.iter_mut().zip(bytes.as_chunks().0) {
            *m = if u32::from_le_bytes(*number) < dropped { F::zero() } else { kept };
        }
    }
    mask
}
