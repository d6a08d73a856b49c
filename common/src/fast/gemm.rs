//! Dense matrix products of the crate `gemm`, which takes the widest vectors that the
//! processor has: AVX-512, AVX2 or NEON. Here are the narrower ones that it would not take.

/// Where the crate's macro looks for its innermost loops.
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
macro_rules! kernels {
    ($t:ident, $n:literal) => {
        pub mod $t {
            gemm_common::__inject_mod!(fma, $t, $n, V3, false);
            gemm_common::__inject_mod!(scalar, $t, 1, Scalar, false);

            /// The kernel, if only vectors of less than 16 `f32` are allowed.
            pub fn narrow() -> Option<crate::fast::element::GemmKernel<$t>> {
                match crate::fast::level::lanes() {
                    16 => None,
                    8 => Some(fma::gemm_basic),
                    _ => Some(scalar::gemm_basic),
                }
            }
        }
    };
}

kernels!(f32, 8);
kernels!(f64, 4);
