//! Data files, good and damaged; files in general; downloads; the built-in digits.

mod digits;
mod fetch;
mod files;
mod fuzzed;
mod idx;
mod idx_damage;
mod images;
mod iris;
