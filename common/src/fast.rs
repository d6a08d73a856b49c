//! Fast matrix products and exp. No lesson depends on reading these files.
//!
//! ```text
//! element      which vectors and which exp belong to f32 and f64
//! lanes        how wide vectors may be on this machine
//! vector       vectors of eight numbers: AVX2 and FMA, or plain arrays
//! pair         two of them, for AVX-512 in one register
//! limit        what the arithmetic of one core could do
//! gemm         the kernels of the crate of this name, as wide as allowed
//! exp          exp of many numbers, without calls
//! ten_columns  products with ten columns, one for each class
//! sparse       products that skip zeros
//! dot          the matrix product of every affine layer, which chooses among them
//! ```
//!
//! All of `common`'s `unsafe` is here. The rest of `common` uses [`dot`] and
//! [`Element::exp_all`]; the fast convolutions of chapters 05 and 08 use the
//! vectors and the sparse products.

mod dot;
mod element;
mod exp;
mod gemm;
pub mod lanes;
pub mod limit;
pub mod pair;
pub mod sparse;
mod ten_columns;
pub mod vector;

pub use dot::dot;
pub use element::Element;
