//! The two types of numbers with their vectors and their fastest `exp`, so that
//! the fast code is written once for both.

use fearless_simd::{Simd, f32x8, f32x16, f64x8};
use ndarray::NdFloat;

use crate::fast::exp::exp_each;
use crate::fast::gemm::{self, GemmKernel};
use crate::fast::vector::Eight;
use crate::fast::vector_pair::{Pair, Two};

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

    /// The fastest dense matrix product that [`lanes`](crate::fast::simd_level::lanes) allows.
    fn gemm_kernel() -> GemmKernel<Self>;
}

impl Element for f64 {
    type Eight<S: Simd> = f64x8<S>;
    type Sixteen<S: Simd> = Two<f64x8<S>>;

    fn gemm_kernel() -> GemmKernel<f64> {
        gemm::f64::narrow().unwrap_or_else(gemm_f64::gemm::f64::get_gemm_fn)
    }
}

impl Element for f32 {
    type Eight<S: Simd> = f32x8<S>;
    type Sixteen<S: Simd> = f32x16<S>;

    fn exp_all(values: &mut [f32]) {
        exp_each(values);
    }

    fn gemm_kernel() -> GemmKernel<f32> {
        gemm::f32::narrow().unwrap_or_else(gemm_f32::gemm::f32::get_gemm_fn)
    }
}
