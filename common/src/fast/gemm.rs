//! Dense matrix products of the crate `gemm`, which takes the widest vectors that the
//! processor has: AVX-512, AVX2 or NEON. Here are the narrower ones that it would not take.

#![allow(clippy::too_many_arguments)] // of the kernels that its macro writes

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

/// Where the crate's macro looks for its innermost loops.
#[cfg(target_arch = "x86_64")]
pub mod microkernel {
    pub mod fma {
        pub use gemm_f32::microkernel::fma::f32;
        pub use gemm_f64::microkernel::fma::f64;
    }
    pub mod scalar {
        pub use gemm_f32::microkernel::scalar::f32;
        pub use gemm_f64::microkernel::scalar::f64;
    }
}

/// A module with the kernels for `$t`. Vectors of AVX2 hold `$n` numbers.
#[cfg(target_arch = "x86_64")]
macro_rules! kernels {
    ($t:ident, $n:literal) => {
        pub mod $t {
            gemm_common::__inject_mod!(fma, $t, $n, V3, false);
            gemm_common::__inject_mod!(scalar, $t, 1, Scalar, false);

            /// The kernel, if only vectors of less than 16 `f32` are allowed.
            pub fn narrow() -> Option<crate::fast::gemm::GemmKernel<$t>> {
                match crate::fast::simd_level::lanes() {
                    16 => None,
                    8 => Some(fma::gemm_basic),
                    _ => Some(scalar::gemm_basic),
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
kernels!(f32, 8);
#[cfg(target_arch = "x86_64")]
kernels!(f64, 4);

/// Elsewhere there is one width.
#[cfg(not(target_arch = "x86_64"))]
macro_rules! no_kernels {
    ($t:ident) => {
        pub mod $t {
            /// None: the crate's own kernel has the only width.
            pub fn narrow() -> Option<crate::fast::gemm::GemmKernel<$t>> {
                None
            }
        }
    };
}

#[cfg(not(target_arch = "x86_64"))]
no_kernels!(f32);
#[cfg(not(target_arch = "x86_64"))]
no_kernels!(f64);
