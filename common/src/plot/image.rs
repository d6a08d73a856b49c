//! A small picture with its title, as numbers.

use ndarray::{ArrayBase, Data, Ix1, Ix2};

/// Rows and columns of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) values: Vec<f64>,
}

/// What can be drawn as a picture: a matrix `(H, W)`, or a row of a batch
/// `(H·W,)` that is cut into as many rows as it has columns (784 numbers are
/// 28 by 28). The numbers may be `f32`, `f64` or `u8`.
pub trait Pixels {
    /// The numbers, row by row; the whole as a single row where a vector's
    /// length is not a square.
    fn grid(&self) -> Grid;
}

impl<S> Pixels for ArrayBase<S, Ix2>
where
    S: Data,
    S::Elem: Copy + Into<f64>,
{
    fn grid(&self) -> Grid {
        Grid {
            rows: self.nrows(),
            columns: self.ncols(),
            values: self.iter().map(|&value| value.into()).collect(),
        }
    }
}

impl<S> Pixels for ArrayBase<S, Ix1>
where
    S: Data,
    S::Elem: Copy + Into<f64>,
{
    fn grid(&self) -> Grid {
        let side = self.len().isqrt();
        let square = side * side == self.len();
        Grid {
            rows: if square { side } else { 1 },
            columns: if square { side } else { self.len() },
            values: self.iter().map(|&value| value.into()).collect(),
        }
    }
}

impl<P: Pixels + ?Sized> Pixels for &P {
    fn grid(&self) -> Grid {
        (**self).grid()
    }
}

/// A picture and its title: dark ink on white, 0 is white and 1 (or the
/// largest value, if that is more) is black.
#[derive(Clone, Debug)]
pub struct Image {
    pub(super) grid: Grid,
    pub(super) title: String,
    pub(super) wrong: bool,
    pub(super) signed: bool,
}

impl Image {
    /// `pixels` under `title`.
    pub fn new(pixels: impl Pixels, title: impl Into<String>) -> Image {
        Image { grid: pixels.grid(), title: title.into(), wrong: false, signed: false }
    }

    /// A digit under what it is, or under "5 read as 3" in red if `guess` is
    /// not `label`.
    pub fn reading(pixels: impl Pixels, label: usize, guess: usize) -> Image {
        if label == guess {
            Image::new(pixels, label.to_string())
        } else {
            Image::new(pixels, format!("{label} read as {guess}")).wrong()
        }
    }

    /// With the title in red.
    pub fn wrong(mut self) -> Image {
        self.wrong = true;
        self
    }

    /// Blue below zero, white at zero, red above, in one scale for all signed
    /// pictures of a sheet.
    pub fn signed(mut self) -> Image {
        self.signed = true;
        self
    }

    /// The largest size of a finite number in it.
    pub(super) fn largest(&self) -> f64 {
        let sizes = self.grid.values.iter().map(|value| value.abs());
        sizes.filter(|size| size.is_finite()).fold(0.0, f64::max)
    }
}
