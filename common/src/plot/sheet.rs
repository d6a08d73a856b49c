//! Pictures side by side, every number a crisp square.

use std::path::Path;

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::bitmap::Bitmap;
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
    /// A picture with its title, and the way from one to the next: width and height.
    cell: (usize, usize),
    pitch: (usize, usize),
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
    let (height, width) = image.grid.dim();
    let fault = match (height, width) {
        (0, _) | (_, 0) => "has no pixels".to_owned(),
        (1, 65..) => {
            format!("is a row of {width} numbers, which is no square; give it as a matrix")
        }
        _ if height.max(width) > LONGEST_SIDE => {
            format!("is {height} by {width}; sides up to {LONGEST_SIDE} can be drawn")
        }
        _ => return Ok(()),
    };
    Err(format!("the picture \"{}\" {fault}", image.title))
}

fn layout(images: &[Image], columns: usize, arrows: bool, bar: bool) -> Layout {
    let columns = columns.clamp(1, images.len().max(1));
    let rows = images.len().div_ceil(columns).max(1);
    let highest = images.iter().map(|image| image.grid.nrows()).max().unwrap_or(1);
    let widest = images.iter().map(|image| image.grid.ncols()).max().unwrap_or(1);
    let (gap, most) = if arrows { (3 * GAP, 140) } else { (GAP, 280) };
    let room = (WIDTH / columns).saturating_sub(gap).min(most);
    let square = (room / highest.max(widest)).clamp(1, LARGEST_SQUARE);
    // Room for titles, as far as they do not push the pictures apart.
    let titles = images.iter().map(|image| font::width(&image.title, TITLE_SIZE).ceil() as usize);
    let picture = widest * square + 2;
    let title = titles.max().unwrap_or(0).min((picture * 3 / 2).max(64));
    let cell = (picture.max(title), highest * square + 2 + TITLE_ROW);
    let pitch = (cell.0 + gap, cell.1 + GAP);
    let mut size = (2 * MARGIN + columns * pitch.0 - gap, 2 * MARGIN + rows * pitch.1 - GAP);
    if bar {
        size = (size.0 + GAP + BAR_WIDTH + 56, size.1.max(2 * MARGIN + TITLE_ROW + LEAST_BAR));
    }
    Layout { columns, square, cell, pitch, size: (size.0.max(160), size.1) }
}

fn draw(images: &[Image], layout: &Layout, arrows: bool, scale: Option<f64>) -> Bitmap {
    let mut sheet = Bitmap::white(layout.size.0, layout.size.1);
    if images.is_empty() {
        let middle = (sheet.width as f64 / 2.0, sheet.height as f64 / 2.0);
        sheet.write("nothing to show", middle, TITLE_SIZE, HPos::Center, TEXT);
    }
    let unsigned = images.iter().filter(|image| !image.signed);
    let black = unsigned.map(Image::largest).fold(1.0, f64::max);
    let largest = scale.unwrap_or(1.0).max(f64::MIN_POSITIVE);
    for (k, image) in images.iter().enumerate() {
        let (row, column) = (k / layout.columns, k % layout.columns);
        let corner = (MARGIN + column * layout.pitch.0, MARGIN + row * layout.pitch.1);
        let colour = |value: f64| match image.signed {
            true => diverging(value / largest),
            false => grey(value / black),
        };
        draw_picture(&mut sheet, image, layout, corner, colour);
        if arrows && column + 1 < layout.columns {
            let x = corner.0 + (layout.cell.0 + layout.pitch.0) / 2;
            let y = corner.1 + (layout.cell.1 + TITLE_ROW) / 2;
            sheet.fill((x - 8, y - 1), (13, 2), LINE);
            (0..6).for_each(|k| sheet.fill((x + 7 - k, y - 1 - k), (1, 2 + 2 * k), LINE));
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
    Layout { square, cell, .. }: &Layout,
    (left, top): (usize, usize),
    colour: impl Fn(f64) -> RGBColor,
) {
    let (width, height) = (image.grid.ncols() * square, image.grid.nrows() * square);
    // Pictures smaller than their neighbours stand in the middle.
    let x = left + 1 + (cell.0 - width - 2) / 2;
    let y = top + 1 + TITLE_ROW + (cell.1 - TITLE_ROW - height - 2) / 2;
    sheet.fill((x - 1, y - 1), (width + 2, height + 2), GRID);
    for ((row, column), &value) in image.grid.indexed_iter() {
        sheet.fill((x + column * square, y + row * square), (*square, *square), colour(value));
    }
    let title = font::fit(&image.title, TITLE_SIZE, cell.0 as f64 + 4.0);
    let place = (left as f64 + cell.0 as f64 / 2.0, (y - 8) as f64);
    let ink = if image.wrong { Colour::Red.rgb() } else { DARK };
    sheet.write(&title, place, TITLE_SIZE, HPos::Center, ink);
}

/// The colours from `scale` at the top to its negative at the bottom.
fn draw_bar(sheet: &mut Bitmap, layout: &Layout, scale: f64) {
    let (left, top) = (sheet.width - MARGIN - 56 - BAR_WIDTH, MARGIN + TITLE_ROW);
    let height = (layout.cell.1 - TITLE_ROW).clamp(LEAST_BAR, 220);
    sheet.fill((left, top), (BAR_WIDTH, height), GRID);
    for row in 0..height - 2 {
        let value = 1.0 - 2.0 * row as f64 / (height - 3) as f64;
        sheet.fill((left + 1, top + 1 + row), (BAR_WIDTH - 2, 1), diverging(value));
    }
    let scale = match scale {
        size if size >= 1e4 || (size < 1e-3 && size > 0.0) => format!("{size:.0e}"),
        size if size >= 100.0 => format!("{size:.0}"),
        size if size >= 1.0 => format!("{size:.1}"),
        size if size >= 0.1 => format!("{size:.2}"),
        size => format!("{size:.3}"),
    };
    // The outer labels end with the bar.
    let (x, top, height) = ((left + BAR_WIDTH + 6) as f64, top as f64, height as f64);
    let texts = [format!("+{scale}"), "0".to_owned(), format!("\u{2212}{scale}")];
    for (text, y) in texts.iter().zip([8.6, height / 2.0 + 4.3, height]) {
        sheet.write(text, (x, top + y), 12.0, HPos::Left, TEXT);
    }
}
