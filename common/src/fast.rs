//! What makes the lessons' products fast. Nobody has to read it to follow a lesson.
//!
//! ```text
//! dot          the product that every affine layer calls, and the door to the rest
//! ten_columns  a product with ten columns, one a class, too few for general code to fill vectors with
//! sparse       products that skip zeros: four of five pixels of MNIST are 0
//! vector       eight numbers at once: AVX2 by name, plain arrays elsewhere
//! exp          exp of many numbers, without a call
//! element      which vectors and which exp f32 and f64 have
//! ```
//!
//! All of `common`'s `unsafe` is in this room. The rest of `common` calls [`dot`] and
//! [`Element::exp_all`]; the fast convolutions of later chapters use the vectors.

mod dot;
mod element;
mod exp;
pub mod sparse;
mod ten_columns;
pub mod vector;

pub use dot::dot;
pub use element::Element;
