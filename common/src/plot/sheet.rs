//! Pictures side by side, every number a crisp square.

use std::path::Path;

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::canvas::Bitmap;
use super::font;
use super::image::{Image, Pixels};
use super::output;
use super::palette::{Colour, DARK, GRID, LINE, TEXT, diverging, grey};
use crate::{Error, Result};

const MARGIN: usize = 12;
const GAP: usize = 12;
const TITLE_SIZE: f64 = 13.0;
const TITLE_ROW: usize = 21;
/// The width that a sheet aims at.
const WIDTH: usize = 960;
/// The largest side of a picture, and its largest squares.
const LARGEST_PICTURE: usize = 280;
const LARGEST_SQUARE: usize = 32;
/// Larger pictures and sheets are refused.
const LONGEST_SIDE: usize = 4096;
const MOST_PIXELS: usize = 64_000_000;
/// The bar that shows the scale of signed pictures.
const BAR_WIDTH: usize = 14;
const LEAST_BAR: usize = 60;

/// One picture, ten pixels a square for a digit of 28 by 28, into `stem`.png.
///
/// # Errors
/// If `pixels` are none or a vector whose length is not a square, or if the file cannot be
/// written; the message names the file.
pub fn digit(stem: &Path, pixels: impl Pixels, title: &str) -> Result {
    sheet(stem, &[Image::new(pixels, title)], 1, false)
}

/// Pictures with titles, `columns` in a row, into `stem`.png.
///
/// # Errors
/// As [`digit`].
pub fn digits(stem: &Path, images: &[Image], columns: usize) -> Result {
    sheet(stem, images, columns, false)
}

/// Weights or feature maps, `columns` in a row, into `stem`.png: blue below zero, white at
/// zero, red above, all in one scale, which a bar shows.
///
/// # Errors
/// As [`digit`].
pub fn filters(stem: &Path, images: &[Image], columns: usize) -> Result {
    let signed: Vec<Image> = images.iter().map(|image| image.clone().signed()).collect();
    sheet(stem, &signed, columns, false)
}

/// The stages of a computation from left to right, with arrows between them, into `stem`.png.
/// Pictures that are [signed](Image::signed) share one scale.
///
/// # Errors
/// As [`digit`].
pub fn strip(stem: &Path, images: &[Image]) -> Result {
    sheet(stem, images, images.len(), true)
}

/// How the pictures are arranged, in pixels.
struct Layout {
    columns: usize,
    square: usize,
    /// A picture with its title: width and height.
    cell: (usize, usize),
    gap: usize,
    size: (usize, usize),
}

fn sheet(stem: &Path, images: &[Image], columns: usize, arrows: bool) -> Result {
    let path = output::path(stem, "png");
    let refused = |fault: String| Error::at(&path, fault);
    images.iter().try_for_each(check).map_err(refused)?;
    let scale = images.iter().filter(|image| image.signed).map(Image::largest).reduce(f64::max);
    let layout = layout(images, columns, arrows, scale.is_some());
    let (width, height) = layout.size;
    if width.saturating_mul(height) > MOST_PIXELS {
        let count = images.len();
        return Err(refused(format!(
            "{count} pictures would make a sheet of {width} by {height} pixels; draw fewer, or \
             more in a row"
        )));
    }
    output::png(&path, &draw(images, &layout, arrows, scale))
}

fn check(image: &Image) -> std::result::Result<(), String> {
    let (title, (height, width)) = (&image.title, image.grid.dim());
    if image.grid.is_empty() {
        return Err(format!("the picture \"{title}\" has no pixels"));
    }
    if height == 1 && width > 64 {
        return Err(format!(
            "the picture \"{title}\" is a row of {width} numbers, which is no square; give it as \
             a matrix"
        ));
    }
    if height.max(width) > LONGEST_SIDE {
        return Err(format!(
            "the picture \"{title}\" is {height} by {width}; sides up to {LONGEST_SIDE} can be drawn"
        ));
    }
    Ok(())
}

fn layout(images: &[Image], columns: usize, arrows: bool, bar: bool) -> Layout {
    let columns = columns.clamp(1, images.len().max(1));
    let rows = images.len().div_ceil(columns).max(1);
    let highest = images.iter().map(|image| image.grid.nrows()).max().unwrap_or(1);
    let widest = images.iter().map(|image| image.grid.ncols()).max().unwrap_or(1);
    let (gap, most) = match arrows {
        true => (3 * GAP, LARGEST_PICTURE / 2),
        false => (GAP, LARGEST_PICTURE),
    };
    let room = (WIDTH / columns).saturating_sub(gap).min(most);
    let square = (room / highest.max(widest)).clamp(1, LARGEST_SQUARE);
    // Room for titles, as far as they do not push the pictures apart.
    let titles = images.iter().map(|image| font::width(&image.title, TITLE_SIZE).ceil() as usize);
    let picture = widest * square + 2;
    let title = titles.max().unwrap_or(0).min((picture * 3 / 2).max(64));
    let cell = (picture.max(title), highest * square + 2 + TITLE_ROW);
    let width = 2 * MARGIN + columns * cell.0 + (columns - 1) * gap;
    let height = 2 * MARGIN + rows * cell.1 + (rows - 1) * GAP;
    let size = match bar {
        true => (width + GAP + BAR_WIDTH + 56, height.max(2 * MARGIN + TITLE_ROW + LEAST_BAR)),
        false => (width, height),
    };
    Layout { columns, square, cell, gap, size: (size.0.max(160), size.1) }
}

fn draw(images: &[Image], layout: &Layout, arrows: bool, scale: Option<f64>) -> Bitmap {
    let mut sheet = Bitmap::white(layout.size.0, layout.size.1);
    if images.is_empty() {
        let middle = (sheet.width as f64 / 2.0, sheet.height as f64 / 2.0);
        sheet.write("nothing to show", middle, TITLE_SIZE, HPos::Center, TEXT);
    }
    let unsigned = images.iter().filter(|image| !image.signed);
    let black = unsigned.map(Image::largest).fold(1.0, f64::max);
    for (k, image) in images.iter().enumerate() {
        let (row, column) = (k / layout.columns, k % layout.columns);
        let left = MARGIN + column * (layout.cell.0 + layout.gap);
        let top = MARGIN + row * (layout.cell.1 + GAP);
        let colour = |value: f64| match image.signed {
            true => diverging(value / scale.unwrap_or(1.0).max(f64::MIN_POSITIVE)),
            false => grey(value / black),
        };
        draw_picture(&mut sheet, image, layout, (left, top), colour);
        if arrows && column + 1 < layout.columns {
            let x = left + layout.cell.0 + layout.gap / 2;
            let y = top + TITLE_ROW + (layout.cell.1 - TITLE_ROW) / 2;
            draw_arrow(&mut sheet, x, y);
        }
    }
    if let Some(scale) = scale {
        draw_bar(&mut sheet, layout, scale);
    }
    sheet
}

fn draw_picture(
    sheet: &mut Bitmap,
    image: &Image,
    layout: &Layout,
    (left, top): (usize, usize),
    colour: impl Fn(f64) -> RGBColor,
) {
    let (square, cell) = (layout.square, layout.cell);
    let (width, height) = (image.grid.ncols() * square, image.grid.nrows() * square);
    // Pictures smaller than their neighbours stand in the middle.
    let x = left + 1 + (cell.0 - width - 2) / 2;
    let y = top + 1 + TITLE_ROW + (cell.1 - TITLE_ROW - height - 2) / 2;
    sheet.fill((x - 1, y - 1), (width + 2, height + 2), GRID);
    for ((row, column), &value) in image.grid.indexed_iter() {
        let corner = (x + column * square, y + row * square);
        sheet.fill(corner, (square, square), colour(value));
    }
    let title = font::fit(&image.title, TITLE_SIZE, cell.0 as f64 + 4.0);
    let place = (left as f64 + cell.0 as f64 / 2.0, (y - 8) as f64);
    let ink = if image.wrong { Colour::Red.rgb() } else { DARK };
    sheet.write(&title, place, TITLE_SIZE, HPos::Center, ink);
}

/// A small arrow to the right around (`x`, `y`).
fn draw_arrow(sheet: &mut Bitmap, x: usize, y: usize) {
    sheet.fill((x - 8, y - 1), (13, 2), LINE);
    for k in 0..6 {
        sheet.fill((x + 7 - k, y - 1 - k), (1, 2 + 2 * k), LINE);
    }
}

/// The colours from `scale` at the top to its negative at the bottom.
fn draw_bar(sheet: &mut Bitmap, layout: &Layout, scale: f64) {
    let pictures = layout.columns * layout.cell.0 + (layout.columns - 1) * layout.gap;
    let (left, top) = (MARGIN + pictures + GAP, MARGIN + TITLE_ROW);
    let height = (layout.cell.1 - TITLE_ROW).clamp(LEAST_BAR, 220);
    sheet.fill((left, top), (BAR_WIDTH, height), GRID);
    for row in 0..height - 2 {
        let value = 1.0 - 2.0 * row as f64 / (height - 3) as f64;
        sheet.fill((left + 1, top + 1 + row), (BAR_WIDTH - 2, 1), diverging(value));
    }
    // The outer labels end with the bar.
    let (x, size, end) = ((left + BAR_WIDTH + 6) as f64, 12.0, (top + height) as f64);
    let middle = top as f64 + height as f64 / 2.0 + 0.36 * size;
    let scale = short(scale);
    for (text, y) in [
        (format!("+{scale}"), top as f64 + 0.72 * size),
        ("0".to_owned(), middle),
        (format!("\u{2212}{scale}"), end),
    ] {
        sheet.write(&text, (x, y), size, HPos::Left, TEXT);
    }
}

/// Two significant digits or three, without a tail of zeros.
fn short(size: f64) -> String {
    match size {
        size if size >= 1e4 || (size < 1e-3 && size > 0.0) => format!("{size:.0e}"),
        size if size >= 100.0 => format!("{size:.0}"),
        size if size >= 1.0 => format!("{size:.1}"),
        size if size >= 0.1 => format!("{size:.2}"),
        size => format!("{size:.3}"),
    }
}
