//! What the arithmetic of one core could do: fused multiply-adds of numbers that never
//! leave the registers. No product and no convolution can be faster.

use fearless_simd::Simd;

use crate::fast::element::Element;
use crate::fast::vector::Eight;
use crate::fast::vector_pair::Pair;
use crate::vectorize;

/// Sums that [`multiply_adds`] computes at the same time. A processor needs about four
/// clock cycles for each step of a sum and begins two steps in a cycle, so eight vectors
/// have to be under way; more than the registers hold would go through memory.
pub const SUMS: [usize; 3] = [3 * 16, 6 * 16, 12 * 16];

/// Begins `sums` sums, one of [`SUMS`], with 0 or 1 or 2 ..., replaces each `rounds` times
/// by `sum a + b`, and returns the total: `2 sums rounds` operations.
/// Panics if `sums` is none of [`SUMS`].
pub fn multiply_adds<F: Element>(sums: usize, rounds: usize, a: F, b: F) -> F {
    assert!(SUMS.contains(&sums), "multiply_adds: {sums} sums, not one of {SUMS:?}");
    in_registers(sums, rounds, a, b)
}

vectorize! {
    fn in_registers<F: Element>(sums: usize, rounds: usize, a: F, b: F) -> F = each_size;
}

#[inline(always)]
fn each_size<F: Element, S: Simd>(simd: S, sums: usize, rounds: usize, a: F, b: F) -> F {
    match sums / 16 {
        3 => each_round::<F, F::Sixteen<S>, 3>(simd, rounds, a, b),
        6 => each_round::<F, F::Sixteen<S>, 6>(simd, rounds, a, b),
        _ => each_round::<F, F::Sixteen<S>, 12>(simd, rounds, a, b),
    }
}

#[inline(always)]
fn each_round<F: Element, P: Pair<F>, const N: usize>(
    simd: P::Simd,
    rounds: usize,
    a: F,
    b: F,
) -> F {
    let (a, b) = (P::splat(simd, a), P::splat(simd, b));
    let mut sums = [b; N];
    let mut start = F::zero();
    for sum in &mut sums {
        *sum = P::splat(simd, start); // each another, or the compiler would compute one for all
        start += F::one();
    }
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = sum.mul_add(a, b);
        }
    }
    let mut total = F::zero();
    for sum in sums {
        for v in sum.eights().map(P::Eight::to_array).as_flattened() {
            total += *v;
        }
    }
    total
}
