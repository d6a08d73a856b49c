//! Pictures side by side, every number a crisp square.

use std::path::Path;

use super::file;
use super::font;
use super::image::{Image, Pixels};
use super::ink::{Colour, DARK, GRID, Ink, LINE, TEXT, diverging, grey};
use super::raster::{Anchor, Raster};
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
/// Longer sides are refused: nobody could see such a picture.
const LONGEST_SIDE: usize = 4096;
const MOST_PIXELS: usize = 64_000_000;
const BAR_WIDTH: usize = 14;
const LEAST_BAR: usize = 60;

/// One picture, ten pixels a square for a digit of 28 by 28, into `stem`.png.
///
/// # Errors
/// If `pixels` are none or a vector whose length is not a square, or if the
/// file cannot be written; the message names the file.
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

/// Weights or feature maps, `columns` in a row, into `stem`.png: blue below
/// zero, white at zero, red above, all in one scale, which a bar shows.
///
/// # Errors
/// As [`digit`].
pub fn filters(stem: &Path, images: &[Image], columns: usize) -> Result {
    let signed: Vec<Image> = images.iter().map(|image| image.clone().signed()).collect();
    sheet(stem, &signed, columns, false)
}

/// The stages of a computation from left to right, with arrows between them,
/// into `stem`.png. Pictures that are [signed](Image::signed) share one scale.
///
/// # Errors
/// As [`digit`].
pub fn strip(stem: &Path, images: &[Image]) -> Result {
    sheet(stem, images, images.len(), true)
}

/// How the pictures of a sheet are arranged, in pixels.
struct Plan {
    columns: usize,
    square: usize,
    cell: (usize, usize),
    gap: usize,
    size: (usize, usize),
}

fn sheet(stem: &Path, images: &[Image], columns: usize, arrows: bool) -> Result {
    let path = file::path(stem, "png");
    for image in images {
        check(image).map_err(|fault| Error::at(&path, fault))?;
    }
    let signed = images.iter().filter(|image| image.signed);
    let scale = signed
        .map(Image::largest)
        .fold(None, |most: Option<f64>, size| Some(most.map_or(size, |most| most.max(size))));
    let plan = plan(images, columns, arrows, scale.is_some());
    if plan.size.0.saturating_mul(plan.size.1) > MOST_PIXELS {
        let fault = format!(
            "{} pictures would make a sheet of {} by {} pixels; draw fewer, or more in a row",
            images.len(),
            plan.size.0,
            plan.size.1
        );
        return Err(Error::at(&path, fault));
    }
    file::png(&path, &draw(images, &plan, arrows, scale))
}

fn check(image: &Image) -> std::result::Result<(), String> {
    let grid = &image.grid;
    if grid.values.is_empty() {
        return Err(format!("the picture \"{}\" has no pixels", image.title));
    }
    if grid.rows == 1 && grid.columns > 64 {
        return Err(format!(
            "the picture \"{}\" is a row of {} numbers, which is no square; give it as a matrix",
            image.title, grid.columns
        ));
    }
    if grid.rows.max(grid.columns) > LONGEST_SIDE {
        return Err(format!(
            "the picture \"{}\" is {} by {}; sides up to {LONGEST_SIDE} can be drawn",
            image.title, grid.rows, grid.columns
        ));
    }
    Ok(())
}

fn plan(images: &[Image], columns: usize, arrows: bool, bar: bool) -> Plan {
    let columns = columns.clamp(1, images.len().max(1));
    let rows = images.len().div_ceil(columns);
    let highest = images.iter().map(|i| i.grid.rows).max().unwrap_or(1);
    let widest = images.iter().map(|i| i.grid.columns).max().unwrap_or(1);
    let gap = if arrows { 3 * GAP } else { GAP };
    let most = if arrows { LARGEST_PICTURE / 2 } else { LARGEST_PICTURE };
    let room = (WIDTH / columns).saturating_sub(gap).min(most);
    let square = (room / highest.max(widest)).clamp(1, LARGEST_SQUARE);
    // Room for titles, as far as they do not push the pictures apart.
    let titles = images.iter().map(|i| font::width(&i.title, TITLE_SIZE).ceil() as usize);
    let picture = widest * square + 2;
    let title = titles.max().unwrap_or(0).min((picture * 3 / 2).max(64));
    let cell = (picture.max(title), highest * square + 2 + TITLE_ROW);
    let mut width = 2 * MARGIN + columns * cell.0 + (columns - 1) * gap;
    if bar {
        width += GAP + BAR_WIDTH + 56;
    }
    let mut height = 2 * MARGIN + rows * cell.1 + rows.saturating_sub(1) * GAP;
    if bar {
        height = height.max(2 * MARGIN + TITLE_ROW + LEAST_BAR);
    }
    Plan { columns, square, cell, gap, size: (width, if rows == 0 { 60 } else { height }) }
}

fn draw(images: &[Image], plan: &Plan, arrows: bool, scale: Option<f64>) -> Raster {
    let mut sheet = Raster::white(plan.size.0.max(160), plan.size.1);
    if images.is_empty() {
        let middle = (sheet.width as f64 / 2.0, sheet.height as f64 / 2.0);
        sheet.write("nothing to show", middle, TITLE_SIZE, Anchor::Middle, TEXT);
        return sheet;
    }
    let ink = images.iter().filter(|image| !image.signed);
    let black = ink.map(Image::largest).fold(1.0, f64::max);
    for (k, image) in images.iter().enumerate() {
        let (row, column) = (k / plan.columns, k % plan.columns);
        let left = MARGIN + column * (plan.cell.0 + plan.gap);
        let top = MARGIN + row * (plan.cell.1 + GAP);
        let colour = |value: f64| match image.signed {
            true => diverging(value / scale.unwrap_or(1.0).max(f64::MIN_POSITIVE)),
            false => grey(value / black),
        };
        draw_picture(&mut sheet, image, plan, (left, top), colour);
        if arrows && column + 1 < plan.columns {
            let x = left + plan.cell.0 + plan.gap / 2;
            draw_arrow(&mut sheet, x, top + TITLE_ROW + (plan.cell.1 - TITLE_ROW) / 2);
        }
    }
    if let Some(scale) = scale {
        let left = MARGIN + plan.columns * plan.cell.0 + (plan.columns - 1) * plan.gap + GAP;
        draw_bar(&mut sheet, left, plan, scale);
    }
    sheet
}

fn draw_picture(
    sheet: &mut Raster,
    image: &Image,
    plan: &Plan,
    (left, top): (usize, usize),
    colour: impl Fn(f64) -> Ink,
) {
    let grid = &image.grid;
    let (width, height) = (grid.columns * plan.square + 2, grid.rows * plan.square + 2);
    // Pictures smaller than their neighbours stand in the middle.
    let x = left + (plan.cell.0 - width) / 2;
    let y = top + TITLE_ROW + (plan.cell.1 - TITLE_ROW - height) / 2;
    sheet.frame(x, y, width, height, GRID);
    for (k, &value) in grid.values.iter().enumerate() {
        let (row, column) = (k / grid.columns, k % grid.columns);
        let (x, y) = (x + 1 + column * plan.square, y + 1 + row * plan.square);
        sheet.fill(x, y, plan.square, plan.square, colour(value));
    }
    let title = font::fit(&image.title, TITLE_SIZE, plan.cell.0 as f64 + 4.0);
    let at = (left as f64 + plan.cell.0 as f64 / 2.0, (y - 7) as f64);
    let ink = if image.wrong { Colour::Red.ink() } else { DARK };
    sheet.write(&title, at, TITLE_SIZE, Anchor::Middle, ink);
}

/// A small arrow to the right around (`x`, `y`).
fn draw_arrow(sheet: &mut Raster, x: usize, y: usize) {
    const HALF: usize = 8;
    sheet.fill(x - HALF, y - 1, 2 * HALF - 3, 2, LINE);
    for k in 0..6 {
        sheet.fill(x + HALF - 1 - k, y - 1 - k, 1, 2 + 2 * k, LINE);
    }
}

/// The colours from `scale` at the top to its negative at the bottom.
fn draw_bar(sheet: &mut Raster, left: usize, plan: &Plan, scale: f64) {
    let top = MARGIN + TITLE_ROW;
    let height = (plan.cell.1 - TITLE_ROW).clamp(LEAST_BAR, 220);
    sheet.frame(left, top, BAR_WIDTH, height, GRID);
    let inner = height - 2;
    for row in 0..inner {
        let value = 1.0 - 2.0 * row as f64 / (inner - 1) as f64;
        sheet.fill(left + 1, top + 1 + row, BAR_WIDTH - 2, 1, diverging(value));
    }
    let size = 12.0;
    for (part, sign) in [(0.0, "+"), (0.5, ""), (1.0, "\u{2212}")] {
        let text = match sign {
            "" => "0".to_owned(),
            sign => format!("{sign}{}", short(scale)),
        };
        // The outer labels end with the bar.
        let lift = [0.72, 0.36, 0.0][(part * 2.0) as usize];
        let y = top as f64 + part * height as f64 + lift * size;
        let at = ((left + BAR_WIDTH + 6) as f64, y);
        sheet.write(&text, at, size, Anchor::Start, TEXT);
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
