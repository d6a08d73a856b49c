//! The gradient of the image, which no lesson needs, through the layers that a page names.

use cnn_naive::{Window, conv};
use common::params::Params;
use common::{affine, dot, relu, relu_grad};
use deep_cnn::pool::{self, Pooling};
use ndarray::{Array2, Array4, Ix2};
use serde_json::Value;

/// The logits `(1, 10)`, and the gradient `dx (1, 784)` from `dz (1, 10)`, of an image
/// `x (1, 784)`.
pub fn gradient(
    layers: &[Value],
    p: &Params<f64>,
    x: &Array2<f64>,
    dz: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let array = |layer: &Value, key: &str| p.any_shape(layer[key].as_str().unwrap()).unwrap();
    let number = |layer: &Value, key: &str| layer[key].as_u64().unwrap() as usize;
    let weights = |layer: &Value| array(layer, "w").into_dimensionality::<Ix2>().unwrap();
    let filters = |layer: &Value| {
        let f = array(layer, "w");
        let shape = match *f.shape() {
            [h, w] => (1, 1, h, w),
            [n, c, h, w] => (n, c, h, w),
            _ => panic!("filters"),
        };
        f.into_shape_with_order(shape).unwrap()
    };
    let window = |layer: &Value| Window {
        stride: number(layer, "stride"),
        padding: number(layer, "padding"),
    };
    let pooling = |kind: &str| if kind == "max_pool" { Pooling::Max } else { Pooling::Average };
    let rows = |a: &Array4<f64>| a.to_shape((1, a.len())).unwrap().into_owned();

    let mut values = vec![x.to_shape((1, 1, 28, 28)).unwrap().into_owned()];
    for layer in layers {
        let x = values.last().unwrap();
        values.push(match layer["kind"].as_str().unwrap() {
            "conv" => {
                let c = conv::forward(x, &filters(layer), window(layer)); // (1, FN, OH, OW)
                let (_, n, h, w) = c.dim();
                let b = array(layer, "b");
                match layer["bias"].as_str().unwrap() {
                    "filter" => c + b.into_shape_with_order((1, n, 1, 1)).unwrap(),
                    "position" => c + b.into_shape_with_order((1, 1, h, w)).unwrap(),
                    other => panic!("{other}"),
                }
            }
            "relu" => relu(x),
            "sigmoid" => x.mapv(|v| 1.0 / (1.0 + (-v).exp())),
            kind @ ("max_pool" | "average_pool") => {
                pool::forward(pooling(kind), x, number(layer, "size"), number(layer, "stride"))
            }
            "affine" => {
                let b = array(layer, "b").into_dimensionality::<Ix2>().unwrap();
                let z = affine(&rows(x), &weights(layer), &b);
                let units = z.len();
                z.into_shape_with_order((1, units, 1, 1)).unwrap()
            }
            kind => panic!("{kind}"),
        });
    }
    let z = rows(values.last().unwrap());
    let mut d = dz.to_shape((1, 10, 1, 1)).unwrap().into_owned();
    for (k, layer) in layers.iter().enumerate().rev() {
        let (x, out) = (&values[k], &values[k + 1]);
        d = match layer["kind"].as_str().unwrap() {
            "conv" => conv::backward(&d, x, &filters(layer), window(layer)).0,
            "relu" => d * relu_grad(out),
            "sigmoid" => d * out * (1.0 - out),
            kind @ ("max_pool" | "average_pool") => {
                let (size, stride) = (number(layer, "size"), number(layer, "stride"));
                pool::backward(pooling(kind), &d, x, size, stride)
            }
            _ => dot(&rows(&d), &weights(layer).t()).into_shape_with_order(x.dim()).unwrap(),
        };
    }
    (z, rows(&d))
}
