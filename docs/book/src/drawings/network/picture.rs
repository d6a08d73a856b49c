//! How an array is drawn: images, feature maps, rows of numbers.

use common::plot::Colour;

use crate::drawings::canvas::{Canvas, DARK, LINE, Point, rect, stroke};

/// A handwritten 5, and the outline of a shirt, as lines of a pen.
const FIVE: &str = "M.7 .2 L.4 .2 L.34 .47 C.46 .38 .7 .42 .7 .62 C.7 .84 .42 .88 .3 .74";
const SHIRT: &str = "M.36 .18 L.14 .3 L.22 .48 L.32 .42 L.32 .84 L.68 .84 L.68 .42 L.78 .48 \
                     L.86 .3 L.64 .18 C.58 .28 .42 .28 .36 .18 Z";
/// The side of a number.
const CELL: f64 = 10.0;
/// More numbers than this are not all drawn.
const MOST: usize = 10;

/// How an array is drawn.
#[derive(Clone, Copy)]
pub enum Picture {
    /// An image with a 5.
    Digit,
    /// An image of a shirt.
    Shirt,
    /// So many feature maps of so many pixels a side.
    Maps(usize, usize),
    /// So many numbers an example.
    Units(usize),
    /// So many probabilities, of which that of this class is large.
    Classes(usize, usize),
    /// A column of rows, one for each place of the filter.
    Patches,
}

impl Picture {
    /// How high it is.
    pub fn height(self) -> f64 {
        match self {
            Picture::Digit | Picture::Shirt => side(28),
            Picture::Maps(count, pixels) => side(pixels) + 4.0 * (count.min(4) as f64 - 1.0),
            Picture::Units(_) | Picture::Classes(..) => 24.0,
            Picture::Patches => 64.0,
        }
    }

    /// Draws it under `y`, its middle at `x`.
    pub fn draw(self, canvas: &mut Canvas, (x, y): Point) {
        match self {
            Picture::Digit => image(canvas, (x, y), FIVE),
            Picture::Shirt => image(canvas, (x, y), SHIRT),
            Picture::Maps(count, pixels) => {
                let shown = count.min(4);
                let offset = 2.0 * (shown as f64 - 1.0);
                // The map in front is at the lower left.
                for k in (0..shown).rev() {
                    let shift = 4.0 * k as f64;
                    let left = x - side(pixels) / 2.0 - offset + shift;
                    square(canvas, (left, y + 2.0 * offset - shift), side(pixels), 0.15);
                }
            }
            Picture::Units(count) if count <= MOST => {
                cells(canvas, (x - CELL * count as f64 / 2.0, y + 7.0), count);
            }
            Picture::Units(_) => {
                cells(canvas, (x - 52.0, y + 7.0), 4);
                [-6.0, 0.0, 6.0].iter().for_each(|step| dot(canvas, (x + step, y + 12.0)));
                cells(canvas, (x + 12.0, y + 7.0), 4);
            }
            Picture::Classes(count, likely) => {
                let left = x - CELL * count as f64 / 2.0;
                cells(canvas, (left, y + 7.0), count);
                square(canvas, (left + CELL * likely as f64, y + 7.0), CELL, 0.8);
            }
            Picture::Patches => {
                for row in [0.0, 10.0, 20.0, 52.0] {
                    cells(canvas, (x - 30.0, y + row), 6);
                }
                [-5.0, 0.0, 5.0].iter().for_each(|step| dot(canvas, (x, y + 41.0 + step)));
            }
        }
    }
}

/// How long so many pixels are.
fn side(pixels: usize) -> f64 {
    14.0 + 1.3 * pixels as f64
}

fn image(canvas: &mut Canvas, (x, y): Point, line: &str) {
    let side = side(28);
    let corner = (x - side / 2.0, y);
    square(canvas, corner, side, 0.0);
    canvas.pen(rect(corner.0, y, side, side), line, DARK, 0.08);
}

fn cells(canvas: &mut Canvas, (x, y): Point, count: usize) {
    for k in 0..count {
        square(canvas, (x + CELL * k as f64, y), CELL, 0.15);
    }
}

/// A square with its corner at `(x, y)`, filled with so much of the colour.
fn square(canvas: &mut Canvas, (x, y): Point, side: f64, part: f64) {
    let (fill, edge) = (Colour::Teal.on_white(part), Colour::Teal.on_white(0.8));
    canvas.rectangle(rect(x, y, side, side), &fill, Some(stroke(&edge, 1.25)), 0.0);
}

fn dot(canvas: &mut Canvas, (x, y): Point) {
    canvas.rectangle(rect(x - 1.0, y - 1.0, 2.0, 2.0), LINE, None, 1.0);
}
