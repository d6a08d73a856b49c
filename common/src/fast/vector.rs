//! Vectors of eight numbers.
//!
//! The compiler turns most loops over eight numbers into vector instructions,
//! but not all, and a small change can undo it. So the innermost loops name the vectors
//! of the crate `fearless_simd`: one register of AVX2, half of one of AVX-512, two
//! of four numbers elsewhere. Where AVX-512 gains something, two vectors are a
//! [`pair`](crate::fast::vector_pair).

use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f32x8, f32x16, f64x8};
use ndarray::NdFloat;

/// Numbers in a vector.
pub const LANES: usize = 8;

/// Compiles a function for each kind of vectors, and chooses when the program runs:
///
/// ```text
/// vectorize! { fn name<F: Element>(a: &[F], n: usize) -> usize = body; }
/// ```
///
/// `name(a, n)` calls `body::<F, S>(simd, a, n)`, which must be `#[inline(always)]`; the
/// vectors are `F::Eight<S>`.
#[macro_export]
macro_rules! vectorize {
    ($(#[$doc:meta])* $vis:vis fn $name:ident<$F:ident: $bound:ident>
     ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $body:ident;) => {
        $(#[$doc])*
        $vis fn $name<$F: $bound>($($arg: $type),*) $(-> $out)? {
            $crate::with_vectors!(simd => $body::<$F, _>(simd, $($arg),*))
        }
    };
}

/// Some numbers of type `F`. A new vector needs `simd`, the proof that the processor has
/// such vectors, which [`vectorize`] hands to its function.
pub trait Vector<F: NdFloat>: Copy {
    /// The type of the proof.
    type Simd: Simd;
    /// How many numbers.
    const LEN: usize;

    /// Reads `LEN` numbers. Panics if there are more or fewer.
    fn load(simd: Self::Simd, from: &[F]) -> Self;

    /// Writes `LEN` numbers. Panics if there are more or fewer.
    fn store(self, to: &mut [F]);

    /// The same number everywhere.
    fn splat(simd: Self::Simd, v: F) -> Self;

    /// `self b + c`, element by element.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// Zeros.
    #[inline(always)]
    fn zero(simd: Self::Simd) -> Self {
        Self::splat(simd, F::zero())
    }

    /// Reads the `LEN` numbers of `from` that begin at index `at`.
    ///
    /// # Safety
    /// `from` has them. To check that would cost as much as a multiplication.
    #[inline(always)]
    unsafe fn load_at(simd: Self::Simd, from: &[F], at: usize) -> Self {
        debug_assert!(at + Self::LEN <= from.len());
        // SAFETY: the caller's promise.
        Self::load(simd, unsafe { from.get_unchecked(at..at + Self::LEN) })
    }

    /// Writes the `LEN` numbers of `to` that begin at index `at`.
    ///
    /// # Safety
    /// `to` has them.
    #[inline(always)]
    unsafe fn store_at(self, to: &mut [F], at: usize) {
        debug_assert!(at + Self::LEN <= to.len());
        // SAFETY: the caller's promise.
        self.store(unsafe { to.get_unchecked_mut(at..at + Self::LEN) });
    }
}

/// Eight numbers.
pub trait Eight<F: NdFloat>: Vector<F> {
    /// `max(self, 0)` of each; NaN stays NaN.
    fn relu(self) -> Self;

    /// Bit `l` is set if number `l` is zero.
    fn zeros(self) -> u8;

    /// The numbers of both in turn, the lower half of each first.
    fn interleave(self, other: Self) -> [Self; 2];

    /// The numbers.
    #[inline(always)]
    fn to_array(self) -> [F; LANES] {
        let mut v = [F::zero(); LANES];
        self.store(&mut v);
        v
    }
}

macro_rules! vector {
    ($vector:ident, $number:ty) => {
        impl<S: Simd> Vector<$number> for $vector<S> {
            type Simd = S;
            const LEN: usize = <Self as SimdBase<S>>::LEN;

            #[inline(always)]
            fn load(simd: S, from: &[$number]) -> Self {
                Self::from_slice(simd, from)
            }

            #[inline(always)]
            fn store(self, to: &mut [$number]) {
                self.store_slice(to);
            }

            #[inline(always)]
            fn splat(simd: S, v: $number) -> Self {
                SimdBase::splat(simd, v)
            }

            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                SimdFloat::mul_add(self, b, c)
            }
        }
    };
}

vector!(f32x8, f32);
vector!(f64x8, f64);
vector!(f32x16, f32);

macro_rules! eight {
    ($vector:ident, $number:ty) => {
        impl<S: Simd> Eight<$number> for $vector<S> {
            #[inline(always)]
            fn relu(self) -> Self {
                self.simd_lt(0.0).select(Self::zero(self.simd), self)
            }

            #[inline(always)]
            fn zeros(self) -> u8 {
                self.simd_eq(0.0).to_bitmask() as u8
            }

            #[inline(always)]
            fn interleave(self, other: Self) -> [Self; 2] {
                SimdBase::interleave(self, other).into()
            }
        }
    };
}

eight!(f32x8, f32);
eight!(f64x8, f64);

/// The sum of eight numbers, added in pairs, always the same ones.
#[inline(always)]
pub fn sum_lanes<F: NdFloat>(v: [F; LANES]) -> F {
    ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
}

/// Number `i` of vector `j` becomes number `j` of vector `i`.
#[inline(always)]
pub fn transpose<F: NdFloat, V: Eight<F>>(mut vectors: [V; LANES]) -> [V; LANES] {
    // Where a number lies is six bits, three for its vector and three for its place there.
    // Each round rotates the six by one.
    for _round in 0..3 {
        let from = vectors;
        for i in 0..LANES / 2 {
            [vectors[2 * i], vectors[2 * i + 1]] = from[i].interleave(from[i + LANES / 2]);
        }
    }
    vectors
}
