//! Pictures: curves, bars, digits, filters, confusion matrices, and curves that grow.
//!
//! Charts are drawn with plotters and written as SVG and as PNG, pictures of digits as PNG,
//! animations as GIF. The first argument is the path without its ending: `out/accuracy`
//! becomes `out/accuracy.svg` and `out/accuracy.png`. Missing folders are made, and the same
//! numbers give the same bytes. Errors name the file that cannot be written.
//!
//! An SVG holds its words as text, in any language. Bitmaps are written in Noto Sans Regular
//! (copyright 2012 Google Inc., [Apache License
//! 2.0](http://www.apache.org/licenses/LICENSE-2.0), from the crate `ttf-noto-sans`): letters
//! that it lacks, such as Japanese ones, are left out there.

mod animation;
mod axes;
mod bars;
mod bitmap;
mod canvas;
mod chart;
mod confusion;
mod curve;
mod font;
mod image;
mod legend;
mod line;
mod line_label;
mod line_plot;
mod output;
mod palette;
mod sheet;
mod ticks;

use std::path::Path;

pub use animation::animation;
pub use bars::{Bars, bars};
pub use chart::Chart;
pub use confusion::confusion;
pub use curve::Curve;
pub use font::width as text_width;
pub use image::{Image, Pixels};
pub use line_plot::curves;
pub use palette::{Colour, signed};
pub use sheet::{digit, digits, filters, strip};

use crate::Result;

/// Accuracy in percent against iterations, on an axis from 0 to 100 %.
pub fn accuracy(stem: &Path, curves: &[Curve]) -> Result {
    self::curves(stem, &Chart::accuracy("Accuracy"), curves)
}

/// Loss against iterations, on an axis from 0.
pub fn loss(stem: &Path, curves: &[Curve]) -> Result {
    self::curves(stem, &Chart::loss("Loss"), curves)
}
