//! `exp` of many `f32`. The library's is a call for each number; this one has no
//! calls and no branches, so that the compiler turns the loop into vector
//! instructions: several times as fast, and the same bits on every machine.

use crate::with_vectors;

/// `exp(v)` for each `v`.
pub(super) fn exp_each(values: &mut [f32]) {
    with_vectors!(_simd => each(values));
}

#[inline(always)]
fn each(values: &mut [f32]) {
    for v in values {
        *v = exp(*v);
    }
}

/// `exp(x)` within 2 units in the last place.
///
/// `exp(x) = 2^n exp(r)` with `n` the integer nearest to `x / ln 2`, and
/// `|r| <= ln(2) / 2`, where a polynomial of degree 7 is enough.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or infinity.
    const LOWEST: f32 = -87.33654; // ln of the smallest normal f32
    const HIGHEST: f32 = 88.72283; // ln of the largest f32
    // Adding 1.5 * 2^23 rounds to an integer, which is then in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts; n times the first is exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;

    let inside = x.clamp(LOWEST, HIGHEST);
    let rounded = inside * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = inside - n * LN2_HIGH - n * LN2_LOW;
    let tail = 1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0));
    let p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * tail))));
    // In two factors, since n reaches 128, one more than an exponent can hold.
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let y = p * power_of_two(n >> 1) * power_of_two(n - (n >> 1));
    let y = if x < LOWEST { 0.0 } else { y };
    if x > HIGHEST { f32::INFINITY } else { y } // NaN stays NaN
}

/// `2^n` for an integer `n` from -126 to 127: `n` is written into the exponent.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}
