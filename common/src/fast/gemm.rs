//! Dense matrix products of the crate `gemm`: with AVX-512, with AVX2 and FMA, with NEON,
//! or without vectors. The crate takes the widest; this file can also take a narrower one.

/// A kernel: sizes `m, n, k`; `dst` with its column and row strides and whether it is
/// read; the two factors, each with its strides; the factors of `dst` and of the product;
/// what to conjugate; threads. We call the kernels for `f32` and `f64` themselves, since
/// `gemm` would compile those for complex numbers too.
pub type Kernel<T> = unsafe fn(
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

/// A function that returns the kernel for `$t`, and those that the crate would not choose
/// itself. Vectors of AVX2 hold `$n` numbers.
macro_rules! kernels {
    ($name:ident, $t:ident, $kernels:ident, $n:literal) => {
        #[cfg(target_arch = "x86_64")]
        pub fn $name() -> Kernel<$t> {
            use gemm_common::simd::{MixedSimd, Scalar, V3};
            /// The body of a kernel, made of the crate's innermost loops in `$loops`.
            macro_rules! kernel {
                ($loops:ident, $width:literal, $simd:ident) => {{
                    use $kernels::microkernel::$loops::$t::*;
                    #[allow(clippy::too_many_arguments)]
                    unsafe fn kernel(
                        m: usize,
                        n: usize,
                        k: usize,
                        dst: *mut $t,
                        dst_cs: isize,
                        dst_rs: isize,
                        read_dst: bool,
                        a: *const $t,
                        a_cs: isize,
                        a_rs: isize,
                        b: *const $t,
                        b_cs: isize,
                        b_rs: isize,
                        alpha: $t,
                        beta: $t,
                        conj_dst: bool,
                        conj_a: bool,
                        conj_b: bool,
                        threads: gemm_common::Parallelism,
                    ) {
                        let simd = <$simd as MixedSimd<$t, $t, $t, $t>>::try_new();
                        // SAFETY: the caller's promise; `lanes` has found what AVX2 needs.
                        unsafe {
                            gemm_common::gemm::gemm_basic_generic::<
                                _,
                                $t,
                                $width,
                                { MR_DIV_N * $width },
                                NR,
                                MR_DIV_N,
                                H_M,
                                H_N,
                            >(
                                simd.expect("the processor has AVX2 and FMA"),
                                m,
                                n,
                                k,
                                dst,
                                dst_cs,
                                dst_rs,
                                read_dst,
                                a,
                                a_cs,
                                a_rs,
                                b,
                                b_cs,
                                b_rs,
                                alpha,
                                beta,
                                conj_dst,
                                conj_a,
                                conj_b,
                                |a, b, c| a * b + c,
                                &UKR,
                                &H_UKR,
                                false,
                                threads,
                            )
                        }
                    }
                    kernel
                }};
            }
            match crate::fast::lanes::lanes() {
                16 => $kernels::gemm::$t::get_gemm_fn(),
                8 => kernel!(fma, $n, V3),
                _ => kernel!(scalar, 1, Scalar),
            }
        }

        #[cfg(not(target_arch = "x86_64"))]
        pub fn $name() -> Kernel<$t> {
            $kernels::gemm::$t::get_gemm_fn()
        }
    };
}

kernels!(for_f32, f32, gemm_f32, 8);
kernels!(for_f64, f64, gemm_f64, 4);
