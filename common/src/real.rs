//! The type of numbers: `f32` or `f64`.

use crate::fast::Element;

/// The type that lessons compute in: `f32`, or `f64` with the feature `common/f64`.
#[cfg(not(feature = "f64"))]
pub type Float = f32;
/// The type that lessons compute in: `f32`, or `f64` with the feature `common/f64`.
#[cfg(feature = "f64")]
pub type Float = f64;

/// `f32` or `f64`. Functions are generic over it, so that gradients are checked
/// in `f64` on the same code that trains in `f32`.
pub trait Real: Element + From<u8> + From<f32> + Into<f64> {
    /// The number nearest to `v`.
    fn of(v: f64) -> Self;
}

impl Real for f64 {
    fn of(v: f64) -> f64 {
        v
    }
}

impl Real for f32 {
    fn of(v: f64) -> f32 {
        v as f32
    }
}
