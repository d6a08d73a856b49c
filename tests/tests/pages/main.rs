//! Pages against the source, languages against each other, the book.

mod book;
mod house;
mod names;
mod pages;
