//! Pictures of a training and of a trained network: curves, filters, feature maps,
//! augmented digits. Each function fails if a picture cannot be written.

use std::path::Path;

use cnn_naive::conv;
use common::plot::{self, Chart, Curve, Image};
use common::{Float, Real, Result};
use datasets::augment::Distorter;
use ndarray::{Array2, ArrayRef2, ArrayView3, Axis, Ix2, Ix4, s};

use crate::engine::Network;
use crate::layers::{IMAGE, Layer, Layers};
use crate::network::relu_of_maps;
use crate::parameters::view;
use crate::pool;

/// `errors` and `loss`: `curve` has a row `[iteration, loss, accuracy]` for each
/// batch, `epochs` a row `[epoch, rate, loss, accuracy, validation loss, validation
/// accuracy]`, `test` is the accuracy on the test set, all accuracies in percent.
pub fn curves(out: &Path, curve: &[[f64; 3]], epochs: &[[f64; 6]], test: f64) -> Result {
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

/// The filters of every convolution, `filters-1` and so on. A filter over several
/// channels is a block of squares, one for each channel, row by row.
pub fn filters(out: &Path, network: &Network<Float>) -> Result {
    let weights = network.named_parameters.iter().map(|parameter| view(&network.w, parameter));
    let convolutions = weights.filter_map(|w| w.into_dimensionality::<Ix4>().ok());
    for (k, w) in convolutions.enumerate() {
        let image = |(f, w): (usize, _)| Image::new(mosaic(&w), f.to_string());
        let images: Vec<Image> = w.outer_iter().enumerate().map(image).collect();
        let columns = if w.dim().1 == 1 { 10 } else { 7 };
        plot::filters(&out.join(format!("filters-{}", k + 1)), &images, columns)?;
    }
    Ok(())
}

/// The feature maps of one image `x (1, 784)` after every convolution and pool:
/// `stage-1` and so on, and in `stages` the darkest map of each.
pub fn feature_maps(
    out: &Path,
    layers: &Layers,
    network: &Network<Float>,
    x: &ArrayRef2<Float>,
) -> Result {
    let parameter = |k: usize| view(&network.w, &network.named_parameters[k]); // w1, b1, w2, ...
    let mut maps = x.to_shape((1, 1, IMAGE.1, IMAGE.2)).expect("one image").into_owned(); // (1, C, H, W)
    let mut strip = vec![Image::new(x.row(0), "the image")];
    let (mut convolutions, mut pools) = (0, 0);
    for layer in &layers.0 {
        let title = match *layer {
            Layer::Conv { window, .. } => {
                let [w, b] = [2 * convolutions, 2 * convolutions + 1].map(parameter);
                let w = w.into_dimensionality::<Ix4>().expect("(FN, C, FH, FW)");
                let b = b.into_dimensionality::<Ix2>().expect("(1, FN)");
                maps = relu_of_maps(conv::forward(&maps, &w, window), &b.row(0));
                convolutions += 1;
                format!("convolution {convolutions}")
            }
            Layer::Pool { kind, size, stride } => {
                maps = pool::forward(kind, &maps, size, stride);
                pools += 1;
                format!("pool {pools}")
            }
            Layer::Affine { .. } => break,
        };
        let mut grey = maps.index_axis(Axis(0), 0).into_owned(); // (C, H, W)
        let ink = |map: &usize| grey.index_axis(Axis(0), *map).sum();
        let darkest = (0..grey.dim().0).reduce(|a, b| if ink(&b) > ink(&a) { b } else { a });
        let largest = grey.fold(0.0, |most: Float, &v| if v > most { v } else { most });
        grey /= if largest > 0.0 { largest } else { 1.0 }; // the largest is black
        let each = grey.outer_iter().enumerate(); // (H, W)
        let images: Vec<Image> = each.map(|(f, map)| Image::new(map, f.to_string())).collect();
        plot::digits(&out.join(format!("stage-{}", convolutions + pools)), &images, 10)?;
        let darkest = darkest.expect("at least one map");
        let map = grey.index_axis(Axis(0), darkest);
        let times = (IMAGE.1 / map.nrows()).max(1); // as large as the image
        let size = (map.nrows() * times, map.ncols() * times);
        let large = Array2::from_shape_fn(size, |(i, j)| map[[i / times, j / times]]);
        strip.push(Image::new(large, format!("{title}: {darkest}")));
    }
    plot::strip(&out.join("stages"), &strip)
}

/// The first eight images of `x (N, 784)` and nine distortions of each, `augmented`.
pub fn augmented(out: &Path, distorter: &Distorter, x: &ArrayRef2<Float>) -> Result {
    let mut images = Vec::new();
    for n in 0..x.nrows().min(8) {
        images.push(Image::new(x.row(n), "as it is"));
        for epoch in 1..=9 {
            images.push(Image::new(distorter.distort(x, &[n], epoch).row(0), ""));
        }
    }
    plot::digits(&out.join("augmented"), &images, 10)
}

/// Maps `(C, H, W)` side by side in a nearly square block, a gap of one between them.
pub fn mosaic<F: Real>(maps: &ArrayView3<F>) -> Array2<F> {
    let (c, h, w) = maps.dim();
    let columns = (1..=c).find(|columns| columns * columns >= c).unwrap_or(1);
    let rows = c.div_ceil(columns);
    let mut block = Array2::zeros((rows * (h + 1) - 1, columns * (w + 1) - 1));
    for (k, map) in maps.outer_iter().enumerate() {
        let (top, left) = (k / columns * (h + 1), k % columns * (w + 1));
        block.slice_mut(s![top..top + h, left..left + w]).assign(&map);
    }
    block
}
