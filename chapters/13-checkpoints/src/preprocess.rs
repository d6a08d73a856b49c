//! A user's own picture, made to look like one of MNIST's.
//!
//! MNIST's digits were cut out, fitted into 20 x 20 pixels with their proportions kept, and
//! placed in 28 x 28 with their centre of mass in the middle; a network trained on them fails
//! on others. Y. LeCun and others, "The MNIST database of handwritten digits", 1998.

use std::io::BufReader;
use std::path::Path;

use common::program::thousands;
use common::{Error, Result, files};
use datasets::images::SIDE;
use ndarray::{Array2, Array3, ArrayRef2, s};
use png::{Decoder, DecodingError, Transformations};

const BOX: usize = 20; // the longer side of a digit
const MIDDLE: f64 = 14.0; // where the centre of mass of MNIST's digits is, give or take half a pixel
const MOST_PIXELS: usize = 30_000_000; // larger pictures would take more memory than is sane
const FAINTEST: f64 = 0.15; // smaller differences of colour, from 0 to 1, are the grain of the paper
const MIN_TRANSPARENT: f64 = 0.02; // the share of transparent pixels from which a picture has no paper

/// Reads a PNG of any kind as red, green, blue and opacity `(H, W, 4)`, from 0 to 1. Fails
/// if there is no such file, or it is no PNG, damaged, or very large.
pub fn read_png(path: &Path) -> Result<Array3<f64>> {
    let file = files::open(path).map_err(|error| files::io_error(path, &error))?;
    let fault = |error: DecodingError| match error {
        DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            files::io_error(path, &error)
        }
        DecodingError::LimitsExceeded => Error::at(path, "is too large; make it smaller"),
        error => Error::at(path, format!("is not a whole PNG ({error}); save it as PNG again")),
    };
    let mut decoder = Decoder::new(BufReader::new(file));
    // Every kind becomes grey or colour with opacity, in bytes.
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(fault)?;
    let (w, h) = (reader.info().width as usize, reader.info().height as usize);
    if w.saturating_mul(h) > MOST_PIXELS {
        let most = thousands(MOST_PIXELS);
        let fault = format!("has {w} x {h} pixels; make it smaller, at most {most} pixels");
        return Err(Error::at(path, fault));
    }
    let size = reader.output_buffer_size().ok_or_else(|| Error::at(path, "is too large"))?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(fault)?;
    let samples = frame.color_type.samples(); // 2 or 4
    Ok(Array3::from_shape_fn((h, w, 4), |(i, j, c)| {
        let sample = if samples == 4 { c } else { c / 3 };
        f64::from(bytes[i * frame.line_size + j * samples + sample]) / 255.0
    }))
}

/// The ink `(H, W)` at each pixel of `picture (H, W, 4)`: the difference between its colour
/// and that of the paper, 1 where it is largest. `None` if nothing is drawn.
pub fn ink(picture: &Array3<f64>) -> Option<Array2<f64>> {
    let (h, w, _) = picture.dim();
    let opacity = picture.slice(s![.., .., 3]);
    let clear = opacity.iter().filter(|&&a| a < 0.5).count() as f64;
    let is_transparent = clear > MIN_TRANSPARENT * (h * w) as f64;
    let is_paper = |i: usize, j: usize| match is_transparent {
        true => opacity[[i, j]] >= 0.5,
        false => i == 0 || j == 0 || i + 1 == h || j + 1 == w, // along the border
    };
    let paper = [0, 1, 2].map(|c| {
        let pixels = picture.slice(s![.., .., c]);
        let pixels = pixels.indexed_iter().filter(|&((i, j), _)| is_paper(i, j));
        median(pixels.map(|(_, &v)| v).collect()) // its colour
    });
    let mut ink = Array2::from_shape_fn((h, w), |(i, j)| {
        let differences = (0..3).map(|c| (picture[[i, j, c]] - paper[c]).abs());
        opacity[[i, j]] * differences.fold(0.0, f64::max)
    });
    if is_transparent && largest(&ink) < FAINTEST {
        ink = opacity.to_owned(); // one colour on a transparent ground: all of it is ink
    }
    let most = largest(&ink);
    if most < FAINTEST {
        return None;
    }
    Some(ink.mapv(|v| if v < FAINTEST * most { 0.0 } else { v / most }))
}

/// Cuts out `ink (H, W)`, fits it into 20 x 20, and centres it by mass: `(28, 28)`. Panics
/// if there is no ink.
pub fn to_mnist(ink: &ArrayRef2<f64>) -> Array2<f64> {
    let inked = |lane: ndarray::ArrayView1<f64>| lane.iter().any(|&v| v > 0.0);
    let rows: Vec<usize> = (0..ink.nrows()).filter(|&i| inked(ink.row(i))).collect();
    let columns: Vec<usize> = (0..ink.ncols()).filter(|&j| inked(ink.column(j))).collect();
    let (top, bottom) = (rows[0], rows[rows.len() - 1] + 1);
    let (left, right) = (columns[0], columns[columns.len() - 1] + 1);
    let digit = ink.slice(s![top..bottom, left..right]); // (H, W)

    let longer = digit.nrows().max(digit.ncols()) as f64;
    let fitted = |side: usize| ((side as f64 * BOX as f64 / longer).round() as usize).max(1);
    let (h, w) = (fitted(digit.nrows()), fitted(digit.ncols()));
    let lower = resample(&digit, h); // (h, W)
    let mut small = resample(&lower.t(), w).reversed_axes(); // (h, w)
    small /= largest(&small); // a thin pen has become pale, and MNIST's ink is not

    let mass = small.sum();
    let row = small.indexed_iter().map(|((i, _), v)| i as f64 * v).sum::<f64>() / mass;
    let column = small.indexed_iter().map(|((_, j), v)| j as f64 * v).sum::<f64>() / mass;
    let first = |centre: f64, side: usize| {
        (MIDDLE - centre).round().clamp(0.0, (SIDE - side) as f64) as usize
    };
    let (top, left) = (first(row, h), first(column, w));
    let mut field = Array2::zeros((SIDE, SIDE));
    field.slice_mut(s![top..top + h, left..left + w]).assign(&small);
    field
}

/// Shrinks or stretches `a (H, W)` to `(rows, W)`: each row is the mean of those it covers.
fn resample(a: &ArrayRef2<f64>, rows: usize) -> Array2<f64> {
    let height = a.nrows() as f64 / rows as f64; // of a new row, in old ones
    let mut out = Array2::zeros((rows, a.ncols()));
    for (i, mut row) in out.rows_mut().into_iter().enumerate() {
        let (from, to) = (i as f64 * height, (i + 1) as f64 * height);
        for k in from as usize..(to.ceil() as usize).min(a.nrows()) {
            let covered = to.min((k + 1) as f64) - from.max(k as f64);
            row.scaled_add(covered.max(0.0) / height, &a.row(k));
        }
    }
    out
}

fn largest(a: &Array2<f64>) -> f64 {
    a.fold(0.0, |most: f64, &v| most.max(v))
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    match values.is_empty() {
        true => 0.0,
        false => *values.select_nth_unstable_by(middle, f64::total_cmp).1,
    }
}
