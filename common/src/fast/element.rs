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
}

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
}

impl Element for f32 {
    #[cfg(target_arch = "x86_64")]
    type Wide = vector::One;
    #[cfg(not(target_arch = "x86_64"))]
    type Wide = vector::Plain<f32>;

    fn exp_all(values: &mut [f32]) {
        exp_each(values);
    }
}
