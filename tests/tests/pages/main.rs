//! Pages against the source, languages against each other, the book.

mod book;
mod gpu_figures;
mod hand_typed_numbers;
mod house;
mod japanese;
mod japanese_charts;
mod live;
mod names;
mod numbers;
mod pages;
mod parity;
