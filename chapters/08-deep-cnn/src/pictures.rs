//! What a deep network can be seen to do: its filters, what they find, and the
//! digits it learns from.

use std::path::Path;

use common::plot::{self, Chart, Curve, Image};
use common::{Float, Real, Result};
use ndarray::{Array2, Array3, ArrayRef1, ArrayRef2, ArrayView3, Axis, Ix4, s};

use crate::augment::Distorter;
use crate::network::Network;
use crate::saved::view;

/// How training went, `errors` and `loss` in `out`: `curve` has a row `[iteration,
/// loss, accuracy]` for each batch, `epochs` a row `[epoch, rate, loss, accuracy,
/// loss held back, accuracy held back]` for each epoch, `test` is what the test
/// set came to, all accuracies in percent.
///
/// # Errors
/// If a picture cannot be written.
pub fn training(out: &Path, curve: &[[f64; 3]], epochs: &[[f64; 6]], test: f64) -> Result {
    let wrong = |k: usize| epochs.iter().map(|p| (p[0], 100.0 - p[k])).collect::<Vec<_>>();
    let chart = Chart::new("Errors", "epochs", "wrong (%)").log_y();
    let curves = [
        Curve::new("while learning", &wrong(3)).line_and_dots(),
        Curve::new("images held back", &wrong(5)).line_and_dots(),
        Curve::level(format!("test set: {:.2} %", 100.0 - test), 100.0 - test),
    ];
    plot::curves(&out.join("errors"), &chart, &curves)?;
    let losses: Vec<_> = curve.iter().map(|p| (p[0], p[1])).collect();
    let loss = Curve::new("training batch", &losses).faint().smoothed(100);
    plot::curves(&out.join("loss"), &Chart::loss("Loss").log_y(), &[loss])
}

/// All filters of every convolution, `filters-1.png` and so on in `out`. A filter
/// over several channels is a block of squares, one for each channel, in reading
/// order.
///
/// # Errors
/// If a picture cannot be written.
pub fn filters<F: Real>(out: &Path, network: &Network<F>) -> Result {
    let weights = network.pieces().iter().map(|piece| view(&network.w, piece));
    let convolutions = weights.filter_map(|w| w.into_dimensionality::<Ix4>().ok());
    for (k, w) in convolutions.enumerate() {
        let images: Vec<Image> = w
            .outer_iter() // (C, FH, FW)
            .enumerate()
            .map(|(f, w)| Image::new(mosaic(&w), f.to_string()))
            .collect();
        let columns = if w.dim().1 == 1 { 10 } else { 7 };
        plot::filters(&out.join(format!("filters-{}", k + 1)), &images, columns)?;
    }
    Ok(())
}

/// What comes out of every stage for one image `x (784,)`: all maps of each,
/// `stage-1.png` and so on in `out`, and in `stages.png` the way of the map that
/// has the most ink at each stage.
///
/// # Errors
/// If a picture cannot be written.
pub fn stages<F: Real>(out: &Path, network: &mut Network<F>, x: &ArrayRef1<F>) -> Result {
    let mut strip = vec![Image::new(x.view(), "the image")];
    for (k, (name, maps)) in network.stages(x).into_iter().enumerate() {
        let images: Vec<Image> = maps
            .outer_iter() // (H, W)
            .enumerate()
            .map(|(f, map)| Image::new(scaled(&map.to_owned(), &maps), f.to_string()))
            .collect();
        plot::digits(&out.join(format!("stage-{}", k + 1)), &images, 10)?;
        let ink = |map: &usize| maps.index_axis(Axis(0), *map).sum();
        let most = (0..maps.dim().0).reduce(|a, b| if ink(&b) > ink(&a) { b } else { a });
        if let Some(most) = most {
            let map = scaled(&maps.index_axis(Axis(0), most).to_owned(), &maps);
            let times = (x.len().isqrt() / map.nrows()).max(1); // as large as the image
            let large = Array2::from_shape_fn((map.nrows() * times, map.ncols() * times), |at| {
                map[[at.0 / times, at.1 / times]]
            });
            strip.push(Image::new(large, format!("{name}: {most}")));
        }
    }
    plot::strip(&out.join("stages"), &strip)
}

/// The first images of `x (N, 784)` and nine drawings of each, `augmented.png`.
///
/// # Errors
/// If the picture cannot be written.
pub fn augmented(out: &Path, distorter: &Distorter, x: &ArrayRef2<Float>) -> Result {
    const DIGITS: usize = 8;
    const DRAWINGS: usize = 9;
    let mut images = Vec::new();
    for n in 0..DIGITS.min(x.nrows()) {
        images.push(Image::new(x.row(n), "as it is"));
        for epoch in 1..=DRAWINGS {
            let mut drawn = Array2::zeros((1, x.ncols()));
            distorter.draw(x, &[n], epoch, &mut drawn);
            images.push(Image::new(drawn.row(0), ""));
        }
    }
    plot::digits(&out.join("augmented"), &images, 1 + DRAWINGS)
}

/// Maps `(C, H, W)` side by side in a block that is nearly square, a gap of one
/// between them.
fn mosaic<F: Real>(maps: &ArrayView3<F>) -> Array2<F> {
    let (c, h, w) = maps.dim();
    let columns = c.isqrt() + usize::from(c.isqrt() * c.isqrt() < c);
    let rows = c.div_ceil(columns);
    let mut block = Array2::zeros((rows * (h + 1) - 1, columns * (w + 1) - 1));
    for (k, map) in maps.outer_iter().enumerate() {
        let (top, left) = (k / columns * (h + 1), k % columns * (w + 1));
        block.slice_mut(s![top..top + h, left..left + w]).assign(&map);
    }
    block
}

/// A map of `all` in a scale where the largest number of all is 1: black.
fn scaled<F: Real>(map: &Array2<F>, all: &Array3<F>) -> Array2<F> {
    let largest = all.fold(F::zero(), |most, &v| if v > most { v } else { most });
    if largest > F::zero() { map.mapv(|v| v / largest) } else { map.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mosaic_holds_every_map_where_a_reader_looks_for_it() {
        let maps = Array3::from_shape_fn((5, 2, 3), |(c, i, j)| (100 * c + 10 * i + j + 1) as f64);
        let block = mosaic(&maps.view());
        assert_eq!(block.dim(), (2 * 3 - 1, 3 * 4 - 1));
        for ((c, i, j), &v) in maps.indexed_iter() {
            assert_eq!(block[[c / 3 * 3 + i, c % 3 * 4 + j]], v);
        }
        assert_eq!(block.sum(), maps.sum(), "and nothing else");
    }
}
