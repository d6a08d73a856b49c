//! Pictures: curves, digits, filters, confusion matrices, and curves that grow.
//!
//! Charts are written as SVG and as PNG, pictures of digits as PNG, animations
//! as GIF. The first argument is the path without its ending: `out/accuracy`
//! becomes `out/accuracy.svg` and `out/accuracy.png`. Missing folders are made,
//! files appear whole or not at all, and the same numbers give the same bytes.
//!
//! Nothing of the system is needed: the font, Noto Sans Regular (copyright 2012
//! Google Inc., [Apache License 2.0](http://www.apache.org/licenses/LICENSE-2.0),
//! from the crate `ttf-noto-sans`), is part of the program. An SVG holds its
//! words as text, which a viewer sets in a sans-serif font of its own.

mod animation;
mod axis;
mod chart;
mod confusion;
mod curve;
mod file;
mod font;
mod image;
mod ink;
mod layout;
mod legend;
mod level;
mod lines;
mod numbers;
mod palette;
mod paper;
mod path;
mod raster;
mod scene;
mod sheet;
mod ticks;

use std::path::Path;

pub use animation::animation;
pub use chart::Chart;
pub use confusion::confusion;
pub use curve::Curve;
pub use image::{Grid, Image, Pixels};
pub use ink::Colour;
pub use sheet::{digit, digits, filters, strip};

use crate::{Error, Result};

/// Accuracy in percent against iterations, on an axis from 0 to 100 %.
///
/// # Errors
/// If a file cannot be written; the message names it.
pub fn accuracy(stem: &Path, curves: &[Curve]) -> Result {
    self::curves(stem, &Chart::accuracy("Accuracy"), curves)
}

/// Loss against iterations, on an axis from 0.
///
/// # Errors
/// If a file cannot be written; the message names it.
pub fn loss(stem: &Path, curves: &[Curve]) -> Result {
    self::curves(stem, &Chart::loss("Loss"), curves)
}

/// Any curves on the axes of `chart`.
///
/// # Errors
/// If a file cannot be written; the message names it.
pub fn curves(stem: &Path, chart: &Chart, curves: &[Curve]) -> Result {
    write_both(stem, &layout::Layout::of(chart, curves, false).scene(None))
}

/// A scene as `stem`.svg and as `stem`.png, at twice its size for dense screens
/// unless it is large already.
fn write_both(stem: &Path, scene: &scene::Scene) -> Result {
    let path = file::path(stem, "svg");
    let svg = scene.svg().map_err(|fault| Error::at(&path, fault))?;
    file::save(&path, svg.as_bytes())?;
    let density = if scene.width * scene.height > 1_000_000 { 1 } else { 2 };
    let raster = scene.raster(density).map_err(|fault| Error::at(&path, fault))?;
    file::png(stem, &raster)
}
