//! The page `look.html` of a network of any layers.

use common::look::{self, Page};
use common::params::Params;
use common::{Float, Result};
use datasets::Dataset;

use crate::layers::{Layer, Layers};
use crate::pool::Pooling;

/// The page of a chapter for the network of these `layers`, with images of the test set. Its
/// `params` are called `w1`, `b1`, `w2` and so on, behind a `prefix`. Fails if one is missing.
pub fn page(
    chapter: &str,
    layers: &Layers,
    prefix: &str,
    params: &Params<Float>,
    data: &Dataset<Float>,
) -> Result<Page> {
    let output = Layer::Affine { units: data.classes.len() };
    let (mut all, mut k) = (Vec::new(), 0);
    for layer in layers.0.iter().chain([&output]) {
        k += usize::from(!matches!(layer, Layer::Pool { .. }));
        let (w, b) = (format!("{prefix}w{k}"), format!("{prefix}b{k}"));
        match *layer {
            Layer::Conv { window, .. } => {
                all.extend([look::conv(&w, &b, window.stride, window.padding), look::relu()]);
            }
            Layer::Pool { kind: Pooling::Max, size, stride } => {
                all.push(look::max_pool(size, stride));
            }
            Layer::Pool { kind: Pooling::Average, size, stride } => {
                all.push(look::average_pool(size, stride));
            }
            Layer::Affine { .. } => all.extend([look::affine(&w, &b), look::relu()]),
        }
    }
    all.pop(); // softmax follows the output layer, and not ReLU
    let page = Page::new(chapter, &data.classes, all, params)?;
    Ok(page.samples(&data.test.x, &data.test.labels))
}
