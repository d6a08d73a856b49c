//! Pages against the source, languages against each other, the book.

mod book;
mod house;
mod live;
mod names;
mod numbers;
mod pages;
