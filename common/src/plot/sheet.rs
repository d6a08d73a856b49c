//! Pictures side by side, every number a crisp square.

use std::path::Path;

use super::bitmap::Bitmap;
use super::font;
use super::image::{Image, Pixels};
use super::output;
use super::palette::{Colour, DARK, GRID, LINE, TEXT, diverging, grey};
use super::ticks::rounded;
use crate::{Error, Result};

const MARGIN: usize = 12;
const GAP: usize = 12;
const TITLE_SIZE: f64 = 13.0;
const TITLE_ROW: usize = 21;
/// The width that a sheet aims at.
const WIDTH: usize = 960;
const LARGEST_SQUARE: usize = 32;
/// Larger pictures are refused.
const LONGEST_SIDE: usize = 4096;
/// The bar that shows the scale of signed pictures.
const BAR_WIDTH: usize = 14;
const LEAST_BAR: usize = 60;

/// One picture, ten pixels a square for a digit of 28 by 28, into `stem`.png. An error if
/// `pixels` are none or a vector whose length is not a square.
pub fn digit(stem: &Path, pixels: impl Pixels, title: &str) -> Result {
    sheet(stem, &[Image::new(pixels, title)], 1, false)
}

/// Pictures with titles, `columns` in a row, into `stem`.png. Errors as [`digit`].
pub fn digits(stem: &Path, images: &[Image], columns: usize) -> Result {
    sheet(stem, images, columns, false)
}

/// Weights or feature maps, `columns` in a row, into `stem`.png: blue below zero, white at
/// zero, red above, all in one scale, which a bar shows. Errors as [`digit`].
pub fn filters(stem: &Path, images: &[Image], columns: usize) -> Result {
    let signed: Vec<Image> = images.iter().map(|image| image.clone().signed()).collect();
    sheet(stem, &signed, columns, false)
}

/// The stages of a computation from left to right, with arrows between them, into `stem`.png.
/// Pictures that are [signed](Image::signed) share one scale. Errors as [`digit`].
pub fn strip(stem: &Path, images: &[Image]) -> Result {
    sheet(stem, images, images.len(), true)
}

fn sheet(stem: &Path, images: &[Image], columns: usize, arrows: bool) -> Result {
    let checked = images.iter().try_for_each(check);
    checked.map_err(|fault| Error::at(&output::path(stem, "png"), fault))?;
    let signed = images.iter().filter(|image| image.signed);
    let scale = signed.map(Image::largest).reduce(f64::max);
    let unsigned = images.iter().filter(|image| !image.signed);
    let black = unsigned.map(Image::largest).fold(1.0, f64::max);

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
    let (mut width, mut height) = (columns * pitch.0 - gap, rows * pitch.1 - GAP);
    if scale.is_some() {
        (width, height) = (width + GAP + BAR_WIDTH + 56, height.max(TITLE_ROW + LEAST_BAR));
    }
    let (width, height) = ((width + 2 * MARGIN).max(160), height + 2 * MARGIN);
    let mut sheet = Bitmap::white(width, height);
    if images.is_empty() {
        let middle = (width as f64 / 2.0, height as f64 / 2.0);
        sheet.write("nothing to show", middle, TITLE_SIZE, 0.5, TEXT);
    }
    for (k, image) in images.iter().enumerate() {
        let (row, column) = (k / columns, k % columns);
        let corner = (MARGIN + column * pitch.0, MARGIN + row * pitch.1);
        let largest = if image.signed { scale.unwrap_or(1.0) } else { black };
        draw_picture(&mut sheet, image, largest.max(f64::MIN_POSITIVE), square, corner, cell);
        if arrows && column + 1 < columns {
            let (x, y) = (corner.0 + (cell.0 + pitch.0) / 2, corner.1 + (cell.1 + TITLE_ROW) / 2);
            sheet.fill((x - 8, y - 1), (13, 2), LINE);
            (0..6).for_each(|k| sheet.fill((x + 7 - k, y - 1 - k), (1, 2 + 2 * k), LINE));
        }
    }
    if let Some(scale) = scale {
        draw_bar(&mut sheet, (cell.1 - TITLE_ROW).clamp(LEAST_BAR, 220), scale);
    }
    output::png(stem, &sheet)
}

fn check(image: &Image) -> std::result::Result<(), String> {
    let fault = match image.grid.dim() {
        (0, _) | (_, 0) => "has no pixels".to_owned(),
        (1, width @ 65..) => {
            format!("is a row of {width} numbers, which is no square; give it as a matrix")
        }
        (height, width) if height.max(width) > LONGEST_SIDE => {
            format!("is {height} by {width}; sides up to {LONGEST_SIDE} can be drawn")
        }
        _ => return Ok(()),
    };
    Err(format!("the picture \"{}\" {fault}", image.title))
}

/// A picture in the middle of its cell, which begins at (`left`, `top`).
fn draw_picture(
    sheet: &mut Bitmap,
    image: &Image,
    largest: f64,
    square: usize,
    (left, top): (usize, usize),
    cell: (usize, usize),
) {
    let (width, height) = (image.grid.ncols() * square, image.grid.nrows() * square);
    let x = left + (cell.0 - width) / 2;
    let y = top + TITLE_ROW + (cell.1 - TITLE_ROW - height) / 2;
    sheet.fill((x - 1, y - 1), (width + 2, height + 2), GRID);
    let colour = if image.signed { diverging } else { grey };
    for ((row, column), &value) in image.grid.indexed_iter() {
        let corner = (x + column * square, y + row * square);
        sheet.fill(corner, (square, square), colour(value / largest));
    }
    let title = font::fit(&image.title, TITLE_SIZE, cell.0 as f64 + 4.0);
    let place = (left as f64 + cell.0 as f64 / 2.0, (y - 8) as f64);
    let ink = if image.wrong { Colour::Red.rgb() } else { DARK };
    sheet.write(&title, place, TITLE_SIZE, 0.5, ink);
}

/// The colours from `scale` at the top to its negative at the bottom.
fn draw_bar(sheet: &mut Bitmap, height: usize, scale: f64) {
    let (left, top) = (sheet.width - MARGIN - 56 - BAR_WIDTH, MARGIN + TITLE_ROW);
    sheet.fill((left, top), (BAR_WIDTH, height), GRID);
    for row in 0..height - 2 {
        let value = 1.0 - 2.0 * row as f64 / (height - 3) as f64;
        sheet.fill((left + 1, top + 1 + row), (BAR_WIDTH - 2, 1), diverging(value));
    }
    let scale = rounded(scale, scale, 2);
    // The outer labels end with the bar.
    let (x, top, height) = ((left + BAR_WIDTH + 6) as f64, top as f64, height as f64);
    let texts = [format!("+{scale}"), "0".to_owned(), format!("\u{2212}{scale}")];
    for (text, y) in texts.iter().zip([8.6, height / 2.0 + 4.3, height]) {
        sheet.write(text, (x, top + y), 12.0, 0.0, TEXT);
    }
}
