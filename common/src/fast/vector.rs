//! Vectors of eight numbers.
//!
//! The compiler turns most loops over eight numbers into vector instructions,
//! but not all, and a small change can undo it. So the innermost loops name the
//! registers: 256 bits on x86 processors with AVX2 and FMA, plain arrays elsewhere.
//! Where AVX-512 gains something, two vectors are a [`pair`](crate::fast::pair).

use ndarray::NdFloat;

/// Numbers in a vector.
pub const LANES: usize = 8;

/// Compiles a function twice, with the vectors of AVX2 and FMA and with plain
/// arrays, and chooses by [`lanes`](crate::fast::lanes::lanes) when the program runs:
///
/// ```text
/// vectorize! { fn name<F: Element>(a: &[F], n: usize) -> usize = body; }
/// ```
///
/// `name(a, n)` calls `body::<F, V>(a, n)`, which must be `#[inline(always)]`,
/// with `V` either `F::Wide` or [`Plain`].
#[macro_export]
macro_rules! vectorize {
    ($(#[$doc:meta])* $vis:vis fn $name:ident<$F:ident: $bound:ident>
     ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $body:ident;) => {
        $(#[$doc])*
        $vis fn $name<$F: $bound>($($arg: $type),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma,bmi1,popcnt")]
                fn avx2<$F: $bound>($($arg: $type),*) $(-> $out)? {
                    $body::<$F, $F::Wide>($($arg),*)
                }
                if $crate::fast::lanes::lanes() >= 8 {
                    // SAFETY: `lanes` has found what AVX2 and FMA need.
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body::<$F, $crate::fast::vector::Plain<$F>>($($arg),*)
        }
    };
}

/// As [`vectorize!`], also for AVX-512: `body::<F, P>` has for `P` one of `F::Widest`,
/// [`Two`](crate::fast::pair::Two) vectors `F::Wide` and two [`Plain`].
#[macro_export]
macro_rules! vectorize_pairs {
    ($(#[$doc:meta])* $vis:vis fn $name:ident<$F:ident: $bound:ident>
     ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $body:ident;) => {
        $(#[$doc])*
        $vis fn $name<$F: $bound>($($arg: $type),*) $(-> $out)? {
            use $crate::fast::{pair::Two, vector::Plain};
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma,bmi1,popcnt")]
                fn avx512<$F: $bound>($($arg: $type),*) $(-> $out)? {
                    $body::<$F, $F::Widest>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma,bmi1,popcnt")]
                fn avx2<$F: $bound>($($arg: $type),*) $(-> $out)? {
                    $body::<$F, Two<$F::Wide>>($($arg),*)
                }
                match $crate::fast::lanes::lanes() {
                    // SAFETY: `lanes` has found what AVX-512 or AVX2 and FMA need.
                    16 => return unsafe { avx512($($arg),*) },
                    8 => return unsafe { avx2($($arg),*) },
                    _ => (),
                }
            }
            $body::<$F, Two<Plain<$F>>>($($arg),*)
        }
    };
}

/// Eight numbers of type `F`.
pub trait Vector<F: NdFloat>: Copy {
    /// Reads eight numbers.
    fn load(from: &[F; LANES]) -> Self;

    /// Writes eight numbers.
    fn store(self, to: &mut [F; LANES]);

    /// The same number eight times.
    fn splat(v: F) -> Self;

    /// `self b + c`, element by element.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// `max(self, 0)` of each; NaN stays NaN.
    fn relu(self) -> Self;

    /// Bit `l` is set if number `l` is not zero.
    fn not_zero(self) -> u32;

    /// Eight zeros.
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(F::zero())
    }

    /// The eight numbers.
    #[inline(always)]
    fn to_array(self) -> [F; LANES] {
        let mut v = [F::zero(); LANES];
        self.store(&mut v);
        v
    }

    /// Reads the eight numbers of `from` that begin at index `at`.
    ///
    /// # Safety
    /// `from` has them. To check that would cost as much as a multiplication.
    #[inline(always)]
    unsafe fn load_at(from: &[F], at: usize) -> Self {
        // SAFETY: the caller's promise.
        Self::load(unsafe { eight_at(from, at) })
    }
}

/// The eight numbers of `from` that begin at index `at`.
///
/// # Safety
/// `from` has them.
#[inline(always)]
pub unsafe fn eight_at<F>(from: &[F], at: usize) -> &[F; LANES] {
    debug_assert!(at + LANES <= from.len());
    // SAFETY: the caller's promise; an array is aligned as its elements are.
    unsafe { &*from.as_ptr().add(at).cast() }
}

/// The sum of eight numbers, added in pairs, always the same ones.
#[inline(always)]
pub fn sum_lanes<F: NdFloat>(v: [F; LANES]) -> F {
    ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
}

/// A bit for each of up to 64 numbers, set if it is not zero. A loop over the
/// bits that are set needs no branch for each number, which the processor would
/// often predict wrongly.
/// Panics if there are more than 64.
#[inline(always)]
pub fn not_zero<F: NdFloat, V: Vector<F>>(values: &[F]) -> u64 {
    assert!(values.len() <= 64, "not_zero: {} numbers for 64 bits", values.len());
    let (eights, rest) = values.as_chunks::<LANES>();
    let mut bits = 0;
    for (l, &v) in rest.iter().enumerate() {
        bits |= u64::from(v != F::zero()) << l;
    }
    for eight in eights.iter().rev() {
        bits = bits << LANES | u64::from(V::load(eight).not_zero());
    }
    bits
}

/// An array, for every processor.
#[derive(Clone, Copy)]
pub struct Plain<F>([F; LANES]);

impl<F: NdFloat> Vector<F> for Plain<F> {
    #[inline(always)]
    fn load(from: &[F; LANES]) -> Plain<F> {
        Plain(*from)
    }

    #[inline(always)]
    fn store(self, to: &mut [F; LANES]) {
        *to = self.0;
    }

    #[inline(always)]
    fn splat(v: F) -> Plain<F> {
        Plain([v; LANES])
    }

    #[inline(always)]
    fn mul_add(self, b: Plain<F>, mut c: Plain<F>) -> Plain<F> {
        for l in 0..LANES {
            // Fused where the processor always can, as on ARM. Elsewhere it would
            // be a library call, much slower than two roundings.
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
}

#[cfg(target_arch = "x86_64")]
pub use x86::{F32x8, F64x8};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{LANES, Vector};

    /// Eight `f32` in a register of a processor with AVX2 and FMA.
    #[derive(Clone, Copy)]
    pub struct F32x8(__m256);

    /// Eight `f64` in two registers of a processor with AVX2 and FMA.
    #[derive(Clone, Copy)]
    pub struct F64x8(__m256d, __m256d);

    // SAFETY of all blocks below: the processor has AVX2 and FMA, which
    // `Element::Wide` requires.

    impl Vector<f32> for F32x8 {
        #[inline(always)]
        fn load(from: &[f32; LANES]) -> F32x8 {
            F32x8(unsafe { _mm256_loadu_ps(from.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, to: &mut [f32; LANES]) {
            unsafe { _mm256_storeu_ps(to.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn splat(v: f32) -> F32x8 {
            F32x8(unsafe { _mm256_set1_ps(v) })
        }

        #[inline(always)]
        fn mul_add(self, b: F32x8, c: F32x8) -> F32x8 {
            F32x8(unsafe { _mm256_fmadd_ps(self.0, b.0, c.0) })
        }

        #[inline(always)]
        fn relu(self) -> F32x8 {
            // If one of the two is NaN, the instruction returns the second.
            F32x8(unsafe { _mm256_max_ps(_mm256_setzero_ps(), self.0) })
        }

        #[inline(always)]
        fn not_zero(self) -> u32 {
            unsafe {
                let zero = _mm256_setzero_ps();
                _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(self.0, zero)) as u32
            }
        }
    }

    impl Vector<f64> for F64x8 {
        #[inline(always)]
        fn load(from: &[f64; LANES]) -> F64x8 {
            let (low, high) = from.split_at(4);
            unsafe { F64x8(_mm256_loadu_pd(low.as_ptr()), _mm256_loadu_pd(high.as_ptr())) }
        }

        #[inline(always)]
        fn store(self, to: &mut [f64; LANES]) {
            let (low, high) = to.split_at_mut(4);
            unsafe {
                _mm256_storeu_pd(low.as_mut_ptr(), self.0);
                _mm256_storeu_pd(high.as_mut_ptr(), self.1);
            }
        }

        #[inline(always)]
        fn splat(v: f64) -> F64x8 {
            unsafe { F64x8(_mm256_set1_pd(v), _mm256_set1_pd(v)) }
        }

        #[inline(always)]
        fn mul_add(self, b: F64x8, c: F64x8) -> F64x8 {
            unsafe { F64x8(_mm256_fmadd_pd(self.0, b.0, c.0), _mm256_fmadd_pd(self.1, b.1, c.1)) }
        }

        #[inline(always)]
        fn relu(self) -> F64x8 {
            unsafe {
                let zero = _mm256_setzero_pd();
                F64x8(_mm256_max_pd(zero, self.0), _mm256_max_pd(zero, self.1))
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
    }
}
