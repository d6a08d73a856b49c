//! Which vector instructions are used: the widest that the processor has, unless the
//! environment forbids them, so that one machine can measure what others reach. (Loops that
//! the compiler vectorises with `#[multiversion]` choose for themselves.)

use std::sync::OnceLock;

use fearless_simd::Level;

/// The environment variable: `MAX_LANES=8` forbids AVX-512, `MAX_LANES=4` AVX2 too.
pub const VARIABLE: &str = "MAX_LANES";

/// AVX-512, AVX2, or anything else, which stands for [`baseline`]. It never changes while a
/// program runs.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| at_most(most_lanes()))
}

/// Numbers of type `f32` in a vector: 16 with AVX-512, 8 with AVX2 and FMA, else 4.
pub fn lanes() -> usize {
    #[cfg(target_arch = "x86_64")]
    match level() {
        Level::Avx512(_) => return 16,
        Level::Avx2(_) => return 8,
        _ => (),
    }
    4
}

/// Whether the processor computes vectors of 16 in two halves: AMD's family 25, the only one
/// of it with AVX-512 being Zen 4. They are then no faster than two vectors of eight.
pub fn in_halves() -> bool {
    static IN_HALVES: OnceLock<bool> = OnceLock::new();
    *IN_HALVES.get_or_init(is_zen_4)
}

#[cfg(target_arch = "x86_64")]
fn is_zen_4() -> bool {
    use std::arch::x86_64::__cpuid;
    #[allow(unused_unsafe)] // older compilers ask for it
    // SAFETY: every processor of x86-64 has this instruction.
    let (vendor, version) = unsafe { (__cpuid(0), __cpuid(1).eax) };
    let family = (version >> 8 & 0xf) + (version >> 20 & 0xff);
    [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes).concat() == b"AuthenticAMD"
        && family == 25
}

#[cfg(not(target_arch = "x86_64"))]
fn is_zen_4() -> bool {
    false
}

/// The widest vectors of up to so many lanes.
fn at_most(lanes: usize) -> Level {
    #[cfg(target_arch = "x86_64")]
    match (lanes, Level::new().as_avx2()) {
        (8, Some(avx2)) => return Level::Avx2(avx2),
        (4, _) => return Level::Sse2(baseline()),
        _ => (),
    }
    let _ = lanes; // elsewhere there are only four
    Level::new()
}

fn most_lanes() -> usize {
    let most = std::env::var_os(VARIABLE).map_or(Some(16), |most| parse(most.to_str()?));
    most.unwrap_or_else(|| {
        eprintln!("{VARIABLE} is not 4, 8 or 16, so it forbids no vectors; set one of these");
        16
    })
}

/// What [`VARIABLE`] may be.
fn parse(most: &str) -> Option<usize> {
    most.parse().ok().filter(|most| [4, 8, 16].contains(most))
}

/// The vectors that every processor of this kind has.
#[cfg(target_arch = "x86_64")]
pub fn baseline() -> fearless_simd::x86::Sse2 {
    Level::new().as_sse2().expect("every processor of x86-64 has SSE2")
}

/// The vectors that every processor of this kind has.
#[cfg(target_arch = "aarch64")]
pub fn baseline() -> fearless_simd::aarch64::Neon {
    Level::new().as_neon().expect("every processor of ARM with 64 bits has NEON")
}

/// Plain arrays, for other kinds of processors.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub fn baseline() -> fearless_simd::Fallback {
    fearless_simd::Fallback::new()
}

/// Runs `$body`, an expression with the variable `$simd`, compiled for each kind of vectors,
/// with those of [`level`].
#[macro_export]
macro_rules! with_vectors {
    ($simd:ident => $body:expr) => {
        match $crate::fast::simd_level::level() {
            #[cfg(target_arch = "x86_64")]
            $crate::fast::Level::Avx512($simd) => $crate::fast::Simd::vectorize(
                $simd,
                #[inline(always)]
                move || $body,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::fast::Level::Avx2($simd) => $crate::fast::Simd::vectorize(
                $simd,
                #[inline(always)]
                move || $body,
            ),
            _ => {
                let $simd = $crate::fast::simd_level::baseline();
                $crate::fast::Simd::vectorize(
                    $simd,
                    #[inline(always)]
                    move || $body,
                )
            }
        }
    };
}
