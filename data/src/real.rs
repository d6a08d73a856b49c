//! The numbers that a loader can hand out.

/// `f32` or `f64`.
pub trait Real: Copy + Send + Sync + 'static {
    /// The number nearest to `value`.
    fn from_f64(value: f64) -> Self;
}

impl Real for f32 {
    fn from_f64(value: f64) -> Self {
        value as f32
    }
}

impl Real for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
}
