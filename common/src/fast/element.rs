//! What each type of number brings along to be computed with quickly.

use ndarray::NdFloat;

use super::exp::exp_each;
use super::vector::{self, Vector};

/// `f32` or `f64`, with its vectors and its fastest `exp`.
pub trait Element: NdFloat {
    /// Eight of them in the registers of processors with AVX2 and FMA. Use it
    /// only where the processor is known to have both.
    type Wide: Vector<Self>;

    /// `exp(v)` for each `v`, in place.
    fn exp_all(values: &mut [Self]);

    /// The fastest dense matrix product that this processor has.
    fn gemm_kernel() -> GemmKernel<Self>;
}

/// A kernel of the crate `gemm`: sizes `m, n, k`; `dst` with its column and row
/// strides and whether it is read; the two factors, each with its strides; the factors
/// of `dst` and of the product; what to conjugate; threads. We call the kernels for
/// `f32` and `f64` themselves, since `gemm` would compile those for complex numbers too.
pub type GemmKernel<T> = unsafe fn(
    usize,
    usize,
    usize,
    *mut T,
    isize,
    isize,
    bool,
    *const T,
    isize,
    isize,
    *const T,
    isize,
    isize,
    T,
    T,
    bool,
    bool,
    bool,
    gemm_common::Parallelism,
);

impl Element for f64 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::Two;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f64>;

    fn exp_all(values: &mut [f64]) {
        for v in values {
            *v = v.exp();
        }
    }

    fn gemm_kernel() -> GemmKernel<f64> {
        gemm_f64::gemm::f64::get_gemm_fn()
    }
}

impl Element for f32 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::One;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f32>;

    fn exp_all(values: &mut [f32]) {
        exp_each(values);
    }

    fn gemm_kernel() -> GemmKernel<f32> {
        gemm_f32::gemm::f32::get_gemm_fn()
    }
}
