//! Fast matrix products and exp. No lesson depends on reading these files.
//!
//! All of `common`'s `unsafe` is here. The rest of `common` uses [`dot`] and
//! [`Element::exp_all`]; the fast convolutions of chapters 05 and 08 use the
//! vectors and the sparse products.

mod element; // which vectors and which exp belong to f32 and f64
pub mod simd_level; // which vector instructions are used on this machine
pub mod vector; // vectors of eight numbers
pub mod vector_pair; // two of them, for AVX-512 in one register
pub mod peak_flops; // what the arithmetic of one core could do
pub(crate) mod gemm; // dense products of the crate gemm, with narrower vectors too
mod prefetch; // memory asked early
mod exp; // exp of many numbers, without calls
pub mod nonzero_bits; // which numbers are not zero, a bit for each
pub mod columns; // columns of a matrix, or their transpose
pub mod sparse; // products that skip zeros
mod ten_columns; // products with ten columns, one for each class
mod dot; // the matrix product of every affine layer, which chooses among them

pub use dot::dot;
pub use element::Element;
pub use fearless_simd::{Level, Simd};
pub use prefetch::prefetched_rows;
