//! The two types of numbers with their vectors and their fastest `exp`, so that
//! the fast code is written once for both.

use ndarray::NdFloat;

use crate::fast::exp::exp_each;
#[cfg(target_arch = "x86_64")]
use crate::fast::gemm;
use crate::fast::pair::{self, Pair};
use crate::fast::vector::{self, Vector};

/// `f32` or `f64`.
pub trait Element: NdFloat {
    /// Eight of them in AVX2 registers. Use it only where the processor has AVX2
    /// and FMA; [`vectorize`](crate::vectorize) checks that.
    type Wide: Vector<Self>;

    /// Twice eight of them, as AVX-512 holds them best. Use it only where the processor
    /// has AVX-512; [`vectorize_pairs`](crate::vectorize_pairs) checks that.
    type Widest: Pair<Self>;

    /// `exp(v)` for each `v`, in place.
    fn exp_all(values: &mut [Self]) {
        values.iter_mut().for_each(|v| *v = v.exp());
    }

    /// The fastest dense matrix product that [`lanes`](crate::fast::lanes::lanes) allows.
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
    type Wide = vector::F64x8;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f64>;
    type Widest = pair::Two<Self::Wide>;

    fn gemm_kernel() -> GemmKernel<f64> {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernel) = gemm::f64::narrow() {
            return kernel;
        }
        gemm_f64::gemm::f64::get_gemm_fn()
    }
}

impl Element for f32 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::F32x8;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f32>;
    #[cfg(target_arch = "x86_64")]
    type Widest = pair::F32x16;
    #[cfg(not(target_arch = "x86_64"))]
    type Widest = pair::Two<Self::Wide>;

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
