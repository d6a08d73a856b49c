//! Eight numbers that are computed with at once.
//!
//! Left to itself the compiler makes vectors of most loops over eight numbers,
//! and of some it does not, for no reason that a reader of the loop could see.
//! Where everything depends on it we say what we want: the 256-bit registers of
//! x86 processors by name, and plain arrays everywhere else.

use super::Element;

/// Numbers in a vector.
pub const LANES: usize = 8;

/// Eight numbers of type `F`.
pub trait Vector<F>: Copy {
    /// Eight zeros.
    fn zero() -> Self;

    /// Eight numbers that stand one behind the other.
    ///
    /// # Safety
    /// `from` points at eight numbers that may be read.
    unsafe fn load(from: *const F) -> Self;

    /// Eight times the same number.
    fn splat(v: F) -> Self;

    /// `self b + c`, each with each.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// `max(self, 0)` of each; NaN stays NaN.
    fn relu(self) -> Self;

    /// Bit `l` says whether number `l` is other than zero.
    fn not_zero(self) -> u32;

    /// Writes the eight numbers one behind the other.
    ///
    /// # Safety
    /// `to` points at eight numbers that may be written.
    unsafe fn store(self, to: *mut F);

    /// The eight numbers.
    fn to_array(self) -> [F; LANES];
}

/// A bit for each of up to 64 numbers: whether it is other than zero. From one
/// bit that is set to the next there is no branch that depends on a number, which
/// the processor would guess wrong half of the time.
///
/// # Panics
/// If they are more than 64.
#[inline(always)]
pub fn not_zero<F: Element, V: Vector<F>>(values: &[F]) -> u64 {
    assert!(values.len() <= 64, "not_zero: {} numbers for 64 bits", values.len());
    let (eights, rest) = values.as_chunks::<LANES>();
    let mut bits = 0;
    for (l, &v) in rest.iter().enumerate() {
        bits |= u64::from(v != F::zero()) << l;
    }
    for eight in eights.iter().rev() {
        // SAFETY: these are eight.
        bits = bits << LANES | u64::from(unsafe { V::load(eight.as_ptr()) }.not_zero());
    }
    bits
}

/// An array, for every processor.
#[derive(Clone, Copy)]
pub struct Plain<F>([F; LANES]);

impl<F: Element> Vector<F> for Plain<F> {
    #[inline(always)]
    fn zero() -> Plain<F> {
        Plain([F::zero(); LANES])
    }

    #[inline(always)]
    unsafe fn load(from: *const F) -> Plain<F> {
        // SAFETY: the caller's promise; an array is aligned as its elements are.
        Plain(unsafe { *from.cast() })
    }

    #[inline(always)]
    fn splat(v: F) -> Plain<F> {
        Plain([v; LANES])
    }

    #[inline(always)]
    fn mul_add(self, b: Plain<F>, mut c: Plain<F>) -> Plain<F> {
        for l in 0..LANES {
            // One rounding where the processor always can, as on ARM. Elsewhere
            // that would be a call of a library, far slower than two roundings.
            c.0[l] = if cfg!(target_arch = "aarch64") {
                self.0[l].mul_add(b.0[l], c.0[l])
            } else {
                self.0[l] * b.0[l] + c.0[l]
            };
        }
        c
    }

    #[inline(always)]
    fn relu(self) -> Plain<F> {
        Plain(self.0.map(|v| if v < F::zero() { F::zero() } else { v }))
    }

    #[inline(always)]
    fn not_zero(self) -> u32 {
        let bits = self.0.iter().enumerate().map(|(l, &v)| u32::from(v != F::zero()) << l);
        bits.fold(0, |bits, bit| bits | bit)
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut F) {
        // SAFETY: the caller's promise; an array is aligned as its elements are.
        unsafe { *to.cast() = self.0 }
    }

    #[inline(always)]
    fn to_array(self) -> [F; LANES] {
        self.0
    }
}

/// The vectors of processors with AVX2 and FMA, to be used only there.
#[cfg(target_arch = "x86_64")]
pub use x86::{One, Two};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m256d, _CMP_NEQ_UQ, _mm256_cmp_pd, _mm256_cmp_ps, _mm256_fmadd_pd,
        _mm256_fmadd_ps, _mm256_loadu_pd, _mm256_loadu_ps, _mm256_max_pd, _mm256_max_ps,
        _mm256_movemask_pd, _mm256_movemask_ps, _mm256_set1_pd, _mm256_set1_ps, _mm256_setzero_pd,
        _mm256_setzero_ps, _mm256_storeu_pd, _mm256_storeu_ps,
    };

    use super::{LANES, Vector};

    /// Eight `f32` in a register.
    #[derive(Clone, Copy)]
    pub struct One(__m256);

    /// Eight `f64` in two registers.
    #[derive(Clone, Copy)]
    pub struct Two(__m256d, __m256d);

    // SAFETY of all the blocks below: the processor has AVX2 and FMA, as
    // `Element::Wide` demands; addresses are those of eight numbers.

    impl Vector<f32> for One {
        #[inline(always)]
        fn zero() -> One {
            One(unsafe { _mm256_setzero_ps() })
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> One {
            One(unsafe { _mm256_loadu_ps(from) })
        }

        #[inline(always)]
        fn splat(v: f32) -> One {
            One(unsafe { _mm256_set1_ps(v) })
        }

        #[inline(always)]
        fn mul_add(self, b: One, c: One) -> One {
            One(unsafe { _mm256_fmadd_ps(self.0, b.0, c.0) })
        }

        #[inline(always)]
        fn relu(self) -> One {
            // Where one of the two is NaN, the instruction gives the second.
            One(unsafe { _mm256_max_ps(_mm256_setzero_ps(), self.0) })
        }

        #[inline(always)]
        fn not_zero(self) -> u32 {
            unsafe {
                let zero = _mm256_setzero_ps();
                _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(self.0, zero)) as u32
            }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            unsafe { _mm256_storeu_ps(to, self.0) }
        }

        #[inline(always)]
        fn to_array(self) -> [f32; LANES] {
            let mut v = [0.0; LANES];
            unsafe { self.store(v.as_mut_ptr()) };
            v
        }
    }

    impl Vector<f64> for Two {
        #[inline(always)]
        fn zero() -> Two {
            unsafe { Two(_mm256_setzero_pd(), _mm256_setzero_pd()) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f64) -> Two {
            unsafe { Two(_mm256_loadu_pd(from), _mm256_loadu_pd(from.add(4))) }
        }

        #[inline(always)]
        fn splat(v: f64) -> Two {
            unsafe { Two(_mm256_set1_pd(v), _mm256_set1_pd(v)) }
        }

        #[inline(always)]
        fn mul_add(self, b: Two, c: Two) -> Two {
            unsafe { Two(_mm256_fmadd_pd(self.0, b.0, c.0), _mm256_fmadd_pd(self.1, b.1, c.1)) }
        }

        #[inline(always)]
        fn relu(self) -> Two {
            unsafe {
                let zero = _mm256_setzero_pd();
                Two(_mm256_max_pd(zero, self.0), _mm256_max_pd(zero, self.1))
            }
        }

        #[inline(always)]
        fn not_zero(self) -> u32 {
            let half = |v| unsafe {
                let zero = _mm256_setzero_pd();
                _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_NEQ_UQ>(v, zero)) as u32
            };
            half(self.0) | half(self.1) << (LANES / 2)
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f64) {
            unsafe {
                _mm256_storeu_pd(to, self.0);
                _mm256_storeu_pd(to.add(4), self.1);
            }
        }

        #[inline(always)]
        fn to_array(self) -> [f64; LANES] {
            let mut v = [0.0; LANES];
            unsafe { self.store(v.as_mut_ptr()) };
            v
        }
    }
}
