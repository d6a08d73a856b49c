//! A person's own picture, made to look like one of MNIST's.
//!
//! MNIST's digits were cut out, fitted into a box of 20 by 20 pixels without
//! changing their proportions, and put into a field of 28 by 28 so that their
//! centre of mass is in its middle. A network has seen nothing else, and does not
//! know a digit that lies elsewhere or has another size. Y. LeCun, C. Cortes, C.
//! Burges, "The MNIST database of handwritten digits", 1998.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use common::program::thousands;
use common::{Error, Result, files};
use ndarray::{Array2, Array3, ArrayRef2, s};
use png::{ColorType, Decoder, DecodingError, Transformations};

use crate::network::SIDE;

/// The longer side of a digit.
const BOX: usize = 20;
/// Where the centre of mass goes: MNIST's own are there, give or take half a pixel.
const MIDDLE: f64 = 14.0;
/// Larger pictures would ask for more memory than is sane.
const MOST_PIXELS: usize = 30_000_000;
/// A difference of colours, from 0 to 1, that is no ink but the grain of the paper.
const FAINTEST: f64 = 0.15;
/// A share of transparent pixels that is no accident.
const SEE_THROUGH: f64 = 0.02;

/// Colours and opacity of a PNG of any kind, `(H, W, 4)`, from 0 to 1.
///
/// # Errors
/// If there is no such file, or it is no PNG, damaged, or very large.
pub fn read(path: &Path) -> Result<Array3<f64>> {
    let file = File::open(path).map_err(|error| files::io_error(path, &error))?;
    let fault = |error: DecodingError| match error {
        DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            files::io_error(path, &error)
        }
        DecodingError::LimitsExceeded => Error::at(path, "is too large; make it smaller"),
        error => Error::at(path, format!("is not a whole PNG ({error}); save it as PNG again")),
    };
    let mut decoder = Decoder::new(BufReader::new(file));
    // Palettes, few bits and 16 bits become bytes.
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(fault)?;
    let (w, h) = (reader.info().width as usize, reader.info().height as usize);
    if w.saturating_mul(h) > MOST_PIXELS {
        let fault = format!(
            "has {w} x {h} pixels; make it smaller, at most {} pixels",
            thousands(MOST_PIXELS)
        );
        return Err(Error::at(path, fault));
    }
    let size = reader.output_buffer_size().ok_or_else(|| Error::at(path, "is too large"))?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(fault)?;
    let samples = frame.color_type.samples();
    Ok(Array3::from_shape_fn((h, w, 4), |(i, j, c)| {
        let at = i * frame.line_size + j * samples;
        let byte = match (frame.color_type, c) {
            (ColorType::Rgba, c) => bytes[at + c],
            (ColorType::GrayscaleAlpha, 3) => bytes[at + 1],
            (ColorType::Rgb, 0..3) => bytes[at + c],
            (_, 3) => 255, // opaque
            _ => bytes[at],
        };
        f64::from(byte) / 255.0
    }))
}

/// How much ink there is at each pixel of `picture (H, W, 4)`, from 0 to 1 for the
/// strongest: how far its colour is from that of the paper, whichever of the two
/// is the darker. `None` if nothing is drawn.
pub fn ink(picture: &Array3<f64>) -> Option<Array2<f64>> {
    let (h, w, _) = picture.dim();
    let opacity = picture.slice(s![.., .., 3]);
    let clear = opacity.iter().filter(|&&a| a < 0.5).count() as f64;
    let transparent = clear > SEE_THROUGH * (h * w) as f64;
    let at_border = |i: usize, j: usize| i == 0 || j == 0 || i + 1 == h || j + 1 == w;
    // The paper has the colour that is in the middle of those along the border; if
    // one can see through, of those that one cannot see through.
    let paper: Vec<f64> = (0..3)
        .map(|c| {
            let pixels = picture.slice(s![.., .., c]);
            let pixels = pixels.indexed_iter().filter(|((i, j), _)| match transparent {
                true => opacity[[*i, *j]] >= 0.5,
                false => at_border(*i, *j),
            });
            median(pixels.map(|(_, &v)| v).collect())
        })
        .collect();
    let mut ink = Array2::from_shape_fn((h, w), |(i, j)| {
        let apart = (0..3).map(|c| (picture[[i, j, c]] - paper[c]).abs());
        opacity[[i, j]] * apart.fold(0.0, f64::max)
    });
    let strongest = |ink: &Array2<f64>| ink.fold(0.0, |most: f64, &v| most.max(v));
    if transparent && strongest(&ink) < FAINTEST {
        ink = opacity.to_owned(); // one colour on glass: all that can be seen is ink
    }
    let most = strongest(&ink);
    if most < FAINTEST {
        return None;
    }
    Some(ink.mapv(|v| if v < FAINTEST * most { 0.0 } else { v / most }))
}

/// `ink (H, W)` cut out, fitted into 20 by 20, and centred by mass: `(28, 28)`.
///
/// # Panics
/// If there is no ink.
pub fn as_mnist(ink: &ArrayRef2<f64>) -> Array2<f64> {
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
    let most = small.fold(0.0, |most: f64, &v| most.max(v));
    small /= most; // a thin pen is pale now, and MNIST's ink is not

    let mass = small.sum();
    let centre = |weighted: f64| weighted / mass;
    let row = centre(small.indexed_iter().map(|((i, _), v)| i as f64 * v).sum());
    let column = centre(small.indexed_iter().map(|((_, j), v)| j as f64 * v).sum());
    let first = |centre: f64, side: usize| {
        (MIDDLE - centre).round().clamp(0.0, (SIDE - side) as f64) as usize
    };
    let (top, left) = (first(row, h), first(column, w));
    let mut field = Array2::zeros((SIDE, SIDE));
    field.slice_mut(s![top..top + h, left..left + w]).assign(&small);
    field
}

/// `rows` rows in place of those of `a (H, W)`: each is the mean of what it covers.
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

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    match values.is_empty() {
        true => 0.0,
        false => *values.select_nth_unstable_by(middle, f64::total_cmp).1,
    }
}
