//! Two vectors of eight numbers from two places, multiplied and added together. With
//! AVX-512 one register holds both. Every number of the two has the same bits however
//! they are held.

use ndarray::NdFloat;

use crate::fast::vector::{LANES, Vector};

/// Twice eight numbers of type `F`.
pub trait Pair<F: NdFloat>: Copy {
    /// Whether one register holds both, and there are 32 of them.
    const ONE_REGISTER: bool;

    /// Reads eight numbers from each of two places.
    fn load(from: [&[F; LANES]; 2]) -> Self;

    /// Writes eight numbers to the first place, then eight to the second. They may overlap,
    /// so they are pointers.
    ///
    /// # Safety
    /// Both point to eight numbers that nobody else reads or writes meanwhile.
    unsafe fn store(self, to: [*mut [F; LANES]; 2]);

    /// The same number sixteen times.
    fn splat(v: F) -> Self;

    /// `self b + c`, element by element.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// The numbers of both.
    #[inline(always)]
    fn to_arrays(self) -> [[F; LANES]; 2] {
        let mut v = [[F::zero(); LANES]; 2];
        let [low, high] = &mut v;
        // SAFETY: both are borrowed here alone.
        unsafe { self.store([low, high]) };
        v
    }
}

/// Two vectors in registers of their own.
#[derive(Clone, Copy)]
pub struct Two<V>(V, V);

impl<F: NdFloat, V: Vector<F>> Pair<F> for Two<V> {
    const ONE_REGISTER: bool = false;

    #[inline(always)]
    fn load([low, high]: [&[F; LANES]; 2]) -> Two<V> {
        Two(V::load(low), V::load(high))
    }

    #[inline(always)]
    unsafe fn store(self, [low, high]: [*mut [F; LANES]; 2]) {
        // SAFETY: the caller's promise; one borrow ends before the other begins.
        unsafe {
            self.0.store(&mut *low);
            self.1.store(&mut *high);
        }
    }

    #[inline(always)]
    fn splat(v: F) -> Two<V> {
        Two(V::splat(v), V::splat(v))
    }

    #[inline(always)]
    fn mul_add(self, b: Two<V>, c: Two<V>) -> Two<V> {
        Two(self.0.mul_add(b.0, c.0), self.1.mul_add(b.1, c.1))
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::F32x16;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{LANES, Pair};

    /// Twice eight `f32` in a register of a processor with AVX-512.
    #[derive(Clone, Copy)]
    pub struct F32x16(__m512);

    // SAFETY of all blocks below: the processor has AVX-512 (F, DQ and VL), which
    // `Element::Widest` requires, and pointers are to eight numbers.

    impl Pair<f32> for F32x16 {
        const ONE_REGISTER: bool = true;

        #[inline(always)]
        fn load([low, high]: [&[f32; LANES]; 2]) -> F32x16 {
            unsafe {
                let low = _mm512_castps256_ps512(_mm256_loadu_ps(low.as_ptr()));
                F32x16(_mm512_insertf32x8::<1>(low, _mm256_loadu_ps(high.as_ptr())))
            }
        }

        #[inline(always)]
        unsafe fn store(self, to: [*mut [f32; LANES]; 2]) {
            let [low, high] = to.map(|to| to.cast::<f32>());
            unsafe {
                if high == low.wrapping_add(LANES) {
                    return _mm512_storeu_ps(low, self.0); // one place, mostly
                }
                _mm256_storeu_ps(low, _mm512_castps512_ps256(self.0));
                _mm256_storeu_ps(high, _mm512_extractf32x8_ps::<1>(self.0));
            }
        }

        #[inline(always)]
        fn splat(v: f32) -> F32x16 {
            F32x16(unsafe { _mm512_set1_ps(v) })
        }

        #[inline(always)]
        fn mul_add(self, b: F32x16, c: F32x16) -> F32x16 {
            F32x16(unsafe { _mm512_fmadd_ps(self.0, b.0, c.0) })
        }
    }
}
