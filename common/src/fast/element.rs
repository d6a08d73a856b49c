//! The two types of numbers with their vectors and their fastest `exp`, so that
//! the fast code is written once for both.

use ndarray::NdFloat;

use super::exp::exp_each;
use super::vector::{self, Vector};

/// `f32` or `f64`.
pub trait Element: NdFloat {
    /// Eight of them in AVX2 registers. Use it only where the processor has AVX2
    /// and FMA; [`vectorize`](crate::vectorize) checks that.
    type Wide: Vector<Self>;

    /// `exp(v)` for each `v`, in place.
    fn exp_all(values: &mut [Self]);
}

impl Element for f64 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::F64x8;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f64>;

    fn exp_all(values: &mut [f64]) {
        for v in values {
            *v = v.exp();
        }
    }
}

impl Element for f32 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::F32x8;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f32>;

    fn exp_all(values: &mut [f32]) {
        exp_each(values);
    }
}
