//! Data files, good and damaged; downloads; the built-in digits.

mod digits;
mod fetch;
mod idx;
mod idx_damage;
mod images;
mod iris;
