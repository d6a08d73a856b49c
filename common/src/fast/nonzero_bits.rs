//! Which numbers are not zero, a bit for each. A loop over the bits that are set needs no
//! branch for each number, which the processor would often predict wrongly. Numbers are read
//! row by row; where a loop goes down the columns, the bits are turned.

use fearless_simd::Simd;

use crate::fast::element::Element;
use crate::fast::vector::{LANES, Vector};
use crate::fast::vector_pair::Pair;

/// Bits in a word.
pub const WORD: usize = 64;

/// A bit for each of up to 64 numbers, set if it is not zero.
/// Panics if there are more than 64.
#[inline(always)]
pub fn not_zero<F: Element, S: Simd>(simd: S, values: &[F]) -> u64 {
    assert!(values.len() <= WORD, "not_zero: {} numbers for {WORD} bits", values.len());
    // A whole word without a loop.
    if let Ok(values) = <&[F; WORD]>::try_from(values) {
        let (sixteens, _) = values.as_chunks::<{ 2 * LANES }>();
        let zeros = |k: usize| u64::from(F::Sixteen::<S>::load(simd, &sixteens[k]).zeros());
        return !(zeros(0) | zeros(1) << 16 | (zeros(2) | zeros(3) << 16) << 32);
    }
    let (sixteens, rest) = values.as_chunks::<{ 2 * LANES }>();
    let mut zeros = 0;
    for (l, &v) in rest.iter().enumerate() {
        zeros |= u64::from(v == F::zero()) << l;
    }
    for sixteen in sixteens.iter().rev() {
        zeros = zeros << (2 * LANES) | u64::from(F::Sixteen::<S>::load(simd, sixteen).zeros());
    }
    !zeros & u64::MAX.checked_shr((WORD - values.len()) as u32).unwrap_or(0)
}

/// A bit for each of up to 64 groups of eight numbers, set unless all eight are zero.
#[inline(always)]
pub(super) fn eights_not_zero<F: Element, S: Simd>(simd: S, values: &[F]) -> u64 {
    let mut bits = 0;
    for (k, values) in values.chunks(WORD).enumerate() {
        bits |= bytes_not_zero(not_zero(simd, values)) << (k * LANES);
    }
    bits
}

/// A bit for each of the eight bytes of a word, set unless the byte is zero.
#[inline(always)]
fn bytes_not_zero(word: u64) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]); // all bits of a byte but the highest
    let highest = (((word & LOW) + LOW) | word) & !LOW; // of a byte: set unless it is zero
    // One product moves the bits 7, 15, ..., 63 to 56, 57, ..., 63.
    (highest >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Transposes a matrix of bits: bit `j` of word `i` becomes bit `i` of word `j`.
/// H. S. Warren, Hacker's Delight, section 7-3.
#[inline(always)]
pub(super) fn transpose(words: &mut [u64; WORD]) {
    let (mut half, mut mask) = (WORD / 2, u64::MAX >> (WORD / 2));
    while half > 0 {
        for words in words.chunks_exact_mut(2 * half) {
            let (upper, lower) = words.split_at_mut(half);
            for (a, b) in upper.iter_mut().zip(lower) {
                let other = (*a >> half ^ *b) & mask;
                *a ^= other << half;
                *b ^= other;
            }
        }
        half /= 2;
        mask ^= mask << half;
    }
}
