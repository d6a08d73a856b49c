//! The two types of numbers with their vectors and their fastest `exp`, so that
//! the fast code is written once for both.

use ndarray::NdFloat;

use crate::fast::exp::exp_each;
use crate::fast::gemm::{self, Kernel};
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

    /// The fastest dense matrix product of the crate `gemm` that
    /// [`lanes`](crate::fast::lanes::lanes) allows.
    fn gemm_kernel() -> Kernel<Self>;
}

impl Element for f64 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::F64x8;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f64>;
    type Widest = pair::Two<Self::Wide>;

    fn gemm_kernel() -> Kernel<f64> {
        gemm::for_f64()
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

    fn gemm_kernel() -> Kernel<f32> {
        gemm::for_f32()
    }
}
