//! A small picture as numbers, with its title.

use ndarray::{Array2, ArrayBase, Data, Dimension};

/// What can be drawn as a picture: a matrix `(H, W)`, or a row of a batch `(H·W,)` that is cut
/// into as many rows as it has columns. The numbers may be `f32`, `f64` or `u8`.
pub trait Pixels {
    /// The numbers `(H, W)`; `(1, H·W)` where the length of a vector is no square.
    fn grid(&self) -> Array2<f64>;
}

impl<S, D> Pixels for ArrayBase<S, D>
where
    S: Data,
    S::Elem: Copy + Into<f64>,
    D: Dimension,
{
    fn grid(&self) -> Array2<f64> {
        let side = self.len().isqrt();
        let shape = match self.shape() {
            &[height, width] => (height, width),
            _ if side * side == self.len() => (side, side),
            _ => (1, self.len()),
        };
        let values = self.iter().map(|&value| value.into()).collect();
        Array2::from_shape_vec(shape, values).expect("as many numbers as there were")
    }
}

impl<P: Pixels + ?Sized> Pixels for &P {
    fn grid(&self) -> Array2<f64> {
        (**self).grid()
    }
}

/// A picture and its title: 0 is white and 1 (or the largest value, if that is more) is black.
#[derive(Clone, Debug)]
pub struct Image {
    /// `(H, W)`
    pub(super) grid: Array2<f64>,
    pub(super) title: String,
    pub(super) wrong: bool,
    pub(super) signed: bool,
}

impl Image {
    /// `pixels` under `title`.
    pub fn new(pixels: impl Pixels, title: impl Into<String>) -> Image {
        Image { grid: pixels.grid(), title: title.into(), wrong: false, signed: false }
    }

    /// A digit under its label, or under "5 read as 3" in red if `prediction` differs.
    pub fn predicted(pixels: impl Pixels, label: usize, prediction: usize) -> Image {
        match label == prediction {
            true => Image::new(pixels, label.to_string()),
            false => Image::new(pixels, format!("{label} read as {prediction}")).wrong(),
        }
    }

    /// With the title in red.
    pub fn wrong(self) -> Image {
        Image { wrong: true, ..self }
    }

    /// Blue below zero, white at zero, red above, in one scale for all signed pictures of a
    /// sheet.
    pub fn signed(self) -> Image {
        Image { signed: true, ..self }
    }

    /// The largest size of a finite number in it.
    pub(super) fn largest(&self) -> f64 {
        let sizes = self.grid.iter().map(|value| value.abs());
        sizes.filter(|size| size.is_finite()).fold(0.0, f64::max)
    }
}
