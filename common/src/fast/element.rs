//! The two types of numbers with their vectors and their fastest `exp`, so that
//! the fast code is written once for both.

use fearless_simd::{Simd, f32x8, f32x16, f64x8};
use ndarray::NdFloat;

use crate::fast::exp::exp_each;
#[cfg(target_arch = "x86_64")]
use crate::fast::gemm;
use crate::fast::pair::{Pair, Two};
use crate::fast::vector::Eight;

/// `f32` or `f64`.
pub trait Element: NdFloat {
    /// Eight of them.
    type Eight<S: Simd>: Eight<Self, Simd = S>;
    /// Twice eight of them, in one register where one is wide enough.
    type Sixteen<S: Simd>: Pair<Self, Eight = Self::Eight<S>, Simd = S>;

    /// `exp(v)` for each `v`, in place.
    fn exp_all(values: &mut [Self]) {
        values.iter_mut().for_each(|v| *v = v.exp());
    }

    /// The fastest dense matrix product that [`lanes`](crate::fast::level::lanes) allows.
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
    type Eight<S: Simd> = f64x8<S>;
    type Sixteen<S: Simd> = Two<f64x8<S>>;

    fn gemm_kernel() -> GemmKernel<f64> {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernel) = gemm::f64::narrow() {
            return kernel;
        }
        gemm_f64::gemm::f64::get_gemm_fn()
    }
}

impl Element for f32 {
    type Eight<S: Simd> = f32x8<S>;
    type Sixteen<S: Simd> = f32x16<S>;

    fn exp_all(values: &mut [f32]) {
        exp_each(values);
    }

    fn gemm_kernel() -> GemmKernel<f32> {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernel) = gemm::f32::narrow() {
            return kernel;
        }
        gemm_f32::gemm::f32::get_gemm_fn()
    }
}
