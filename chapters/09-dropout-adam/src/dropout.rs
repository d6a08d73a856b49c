//! Dropout: each training step sets a random share of the hidden units to 0.
//!
//! ```text
//! m = 0 with probability p, else 1 / (1 - p)     one number per unit and example
//! training:  out = h m      dh = dout m
//! testing:   out = h
//! ```
//!
//! `p` is the share that is **dropped**. The factor `1 / (1 - p)` keeps the mean of
//! `h m` at `h`, so testing needs no correction ("inverted" dropout). The paper scales
//! the weights down for testing instead: N. Srivastava et al., "Dropout: a simple way
//! to prevent neural networks from overfitting", JMLR 15, 2014.

use common::{Real, Rng};
use ndarray::Array2;
use rand::RngCore;

/// Random numbers drawn at once.
const CHUNK: usize = 64;

/// A mask `(N, H)`: each number is 0 with probability `rate`, else `1 / (1 - rate)`.
/// Forward `h * mask`, backward `dh * mask`; testing uses no mask.
/// Panics if `rate` is not from 0 to below 1.
pub fn mask<F: Real>(shape: (usize, usize), rate: F, rng: &mut Rng) -> Array2<F> {
    assert!(
        rate >= F::zero() && rate < F::one(),
        "dropout: the share that is dropped must be from 0 to below 1, not {rate}"
    );
    let scale = F::one() / (F::one() - rate);
    // A random u32 is below rate 2^32 with probability rate
    let threshold = (rate.into() * 2.0_f64.powi(32)) as u32;
    let mut mask = Array2::zeros(shape); // (N, H)
    let mut bytes = [0; 4 * CHUNK];
    for chunk in mask.as_slice_mut().expect("a new array is contiguous").chunks_mut(CHUNK) {
        let bytes = &mut bytes[..4 * chunk.len()];
        rng.fill_bytes(bytes);
        for (m, number) in chunk.iter_mut().zip(bytes.as_chunks().0) {
            *m = if u32::from_le_bytes(*number) < threshold { F::zero() } else { scale };
        }
    }
    mask
}
