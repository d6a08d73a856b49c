//! Two vectors of eight numbers, from one place or from two, multiplied and added together.
//! With AVX-512 one register holds both. Every number of the two has the same bits however
//! they are held.

use fearless_simd::{Simd, SimdBase, SimdCombine, SimdMask, SimdSplit, f32x8, f32x16};
use ndarray::NdFloat;

use crate::fast::vector::{Eight, LANES, Vector};

/// Twice eight numbers of type `F`.
pub trait Pair<F: NdFloat>: Vector<F> {
    /// Whether one register holds both; there are 32 of these.
    const ONE_REGISTER: bool;

    /// One of the two.
    type Eight: Eight<F, Simd = Self::Simd>;

    /// Both.
    fn of(low: Self::Eight, high: Self::Eight) -> Self;

    /// The two.
    fn eights(self) -> [Self::Eight; 2];

    /// Bit `l` is set if number `l` is zero.
    fn zeros(self) -> u16;
}

impl<S: Simd> Pair<f32> for f32x16<S> {
    const ONE_REGISTER: bool = S::f32s::LEN == 2 * LANES;
    type Eight = f32x8<S>;

    #[inline(always)]
    fn of(low: f32x8<S>, high: f32x8<S>) -> f32x16<S> {
        low.combine(high)
    }

    #[inline(always)]
    fn eights(self) -> [f32x8<S>; 2] {
        self.split().into()
    }

    #[inline(always)]
    fn zeros(self) -> u16 {
        self.simd_eq(0.0).to_bitmask() as u16
    }
}

/// Two vectors in registers of their own.
#[derive(Clone, Copy)]
pub struct Two<V>(V, V);

impl<F: NdFloat, V: Eight<F>> Pair<F> for Two<V> {
    const ONE_REGISTER: bool = false;
    type Eight = V;

    #[inline(always)]
    fn of(low: V, high: V) -> Two<V> {
        Two(low, high)
    }

    #[inline(always)]
    fn eights(self) -> [V; 2] {
        [self.0, self.1]
    }

    #[inline(always)]
    fn zeros(self) -> u16 {
        u16::from(self.0.zeros()) | u16::from(self.1.zeros()) << LANES
    }
}

impl<F: NdFloat, V: Eight<F>> Vector<F> for Two<V> {
    type Simd = V::Simd;
    const LEN: usize = 2 * LANES;

    #[inline(always)]
    fn load(simd: V::Simd, from: &[F]) -> Two<V> {
        let (low, high) = from.split_at(LANES);
        Two(V::load(simd, low), V::load(simd, high))
    }

    #[inline(always)]
    fn store(self, to: &mut [F]) {
        let (low, high) = to.split_at_mut(LANES);
        self.0.store(low);
        self.1.store(high);
    }

    #[inline(always)]
    fn splat(simd: V::Simd, v: F) -> Two<V> {
        Two(V::splat(simd, v), V::splat(simd, v))
    }

    #[inline(always)]
    fn mul_add(self, b: Two<V>, c: Two<V>) -> Two<V> {
        Two(self.0.mul_add(b.0, c.0), self.1.mul_add(b.1, c.1))
    }
}
