//! How wide vectors may be. The widest that the processor has are used, unless the
//! environment forbids them, so that one machine can measure what others reach.

use std::sync::OnceLock;

/// The environment variable: `MAX_LANES=8` forbids AVX-512, `MAX_LANES=4` AVX2 too.
pub const VARIABLE: &str = "MAX_LANES";

/// Numbers of type `f32` in a vector of the products and convolutions: 16 with AVX-512,
/// 8 with AVX2 and FMA, else 4. It never changes while a program runs.
pub fn lanes() -> usize {
    static LANES: OnceLock<usize> = OnceLock::new();
    *LANES.get_or_init(|| {
        let most = std::env::var_os(VARIABLE).map_or(Some(16), |most| parse(most.to_str()?));
        most.unwrap_or_else(|| {
            eprintln!("{VARIABLE} is not 4, 8 or 16, so it forbids no vectors; set one of these");
            16
        })
        .min(widest())
    })
}

/// What [`VARIABLE`] may be.
fn parse(most: &str) -> Option<usize> {
    most.parse().ok().filter(|most| [4, 8, 16].contains(most))
}

#[cfg(target_arch = "x86_64")]
fn widest() -> usize {
    macro_rules! all {
        ($($feature:tt),*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
    }
    match all!("avx2", "fma", "bmi1", "popcnt") {
        true if all!("avx512f", "avx512dq", "avx512vl") => 16,
        true => 8,
        false => 4,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn widest() -> usize {
    4
}
