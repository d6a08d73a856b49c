//! Logits and gradients of one image, by the code of each lesson.

use checkpoints::network::Network;
use cnn_naive::network;
use common::params::Params;
use common::{affine, softmax};
use deep_cnn::layers::{IMAGE, Layer, Layers};
use fashion::naive::Naive;
use ndarray::{Array2, ArrayD, IxDyn};

/// The gradient of every parameter, by name.
pub type Gradients = Vec<(String, ArrayD<f64>)>;

/// The logits `(1, 10)` and all gradients, from the parameters, `x (1, 784)`, `t (1, 10)`.
type Compute = fn(&Params<f64>, &Array2<f64>, &Array2<f64>) -> (Array2<f64>, Gradients);

/// A lesson that writes `look.html`.
pub struct Lesson {
    /// The name of its folder here.
    pub name: &'static str,
    /// Its program.
    pub package: &'static str,
    /// Besides `--quick`.
    pub arguments: &'static [&'static str],
    /// What its page must compute.
    pub gradients: Compute,
}

const DEEP: &str = "conv20x5,pool2,conv50x5,pool2,500";
const ODD: &str = "conv6x5s1p2,avgpool2,conv8x4s2p1,pool3s2,30,20";

/// All of them, and one with every kind of layer.
pub const LESSONS: [Lesson; 9] = [
    Lesson {
        name: "01-perceptron",
        package: "perceptron",
        arguments: &[],
        gradients: |p, x, t| {
            let (w, b) = (p.get("w", (784, 10)).unwrap(), p.get("b", (1, 10)).unwrap());
            let (dw, db) = perceptron::backward(x, &perceptron::forward(x, &w, &b), t);
            (affine(x, &w, &b), named(["w", "b"], [dw, db]))
        },
    },
    Lesson {
        name: "02-hidden-layer",
        package: "hidden-layer",
        arguments: &[],
        gradients: |p, x, t| {
            let [wh, wo] =
                [("wh", (784, 100)), ("wo", (100, 10))].map(|(name, d)| p.get(name, d).unwrap());
            let [bh, bo] =
                [("bh", (1, 100)), ("bo", (1, 10))].map(|(name, d)| p.get(name, d).unwrap());
            let (h, y) = hidden_layer::forward(x, &wh, &bh, &wo, &bo);
            let (dwh, dbh, dwo, dbo) = hidden_layer::backward(x, &wo, &h, &y, t);
            (affine(&h, &wo, &bo), named(["wh", "bh", "wo", "bo"], [dwh, dbh, dwo, dbo]))
        },
    },
    Lesson { name: "04-cnn-naive", package: "cnn-naive", arguments: &[], gradients: one_filter },
    Lesson {
        name: "05-cnn-im2col",
        package: "cnn-im2col",
        arguments: &[],
        gradients: |p, x, t| {
            let [f, bc, wo, bo] = one_filter_params(p);
            let (cols, h, y) = cnn_im2col::network::forward(x, &f, &bc, &wo, &bo);
            let (df, dbc, dwo, dbo) = cnn_im2col::network::backward(&cols, &wo, &h, &y, t);
            (affine(&h, &wo, &bo), named(["f", "bc", "wo", "bo"], [df, dbc, dwo, dbo]))
        },
    },
    Lesson { name: "06-cnn-gpu", package: "cnn-gpu", arguments: &[], gradients: one_filter },
    Lesson {
        name: "08-deep-cnn",
        package: "deep-cnn",
        arguments: &[],
        gradients: |p, x, t| layers(DEEP, "", p, x, t),
    },
    Lesson {
        name: "08-every-layer",
        package: "deep-cnn",
        arguments: &["--layers", ODD, "--epochs", "1"],
        gradients: |p, x, t| layers(ODD, "", p, x, t),
    },
    Lesson {
        name: "12-fashion",
        package: "fashion",
        arguments: &["--epochs", "1", "--naive-steps", "1"],
        gradients: |p, x, t| layers(DEEP, "cnn_", p, x, t),
    },
    Lesson {
        name: "13-checkpoints",
        package: "checkpoints",
        arguments: &[],
        gradients: |p, x, t| {
            let mut network =
                Network::<f64>::new(checkpoints::network::Start::Zero, &mut common::seeded(0));
            for (name, mut w) in network.parameters_mut() {
                let saved = p.get(name, w.raw_dim()).unwrap();
                w.assign(&saved);
            }
            let masks = [Array2::ones((1, 160)), Array2::ones((1, 40))]; // no dropout
            let (z, cache) = network.forward(x, None);
            let d = network.backward(x, &cache, [&masks[0], &masks[1]], &(softmax(&z) - t));
            let owned =
                |(name, dw): (&str, ndarray::ArrayViewD<f64>)| (name.to_owned(), dw.to_owned());
            (z, d.parameters().map(owned).into())
        },
    },
];

fn named<const N: usize>(names: [&str; N], gradients: [Array2<f64>; N]) -> Gradients {
    let named = names.into_iter().zip(gradients);
    named.map(|(name, dw)| (name.to_owned(), dw.into_dyn())).collect()
}

fn one_filter_params(p: &Params<f64>) -> [Array2<f64>; 4] {
    [("f", (5, 5)), ("bc", (1, 576)), ("wo", (576, 10)), ("bo", (1, 10))]
        .map(|(name, shape)| p.get(name, shape).unwrap())
}

/// The network of lessons 04 and 06.
fn one_filter(p: &Params<f64>, x: &Array2<f64>, t: &Array2<f64>) -> (Array2<f64>, Gradients) {
    let [f, bc, wo, bo] = one_filter_params(p);
    let (_, _, h, y) = network::forward(x, &f, &bc, &wo, &bo);
    let (df, dbc, dwo, dbo) = network::backward(x, &wo, &h, &y, t);
    (affine(&h, &wo, &bo), named(["f", "bc", "wo", "bo"], [df, dbc, dwo, dbo]))
}

/// Any network of lesson 08, in lesson 12's plain loops.
fn layers(
    line: &str,
    prefix: &str,
    p: &Params<f64>,
    x: &Array2<f64>,
    t: &Array2<f64>,
) -> (Array2<f64>, Gradients) {
    let layers: Layers = line.parse().unwrap();
    let network = Naive::new(&layers, IMAGE, 10).unwrap();
    let count = layers.0.iter().filter(|layer| !matches!(layer, Layer::Pool { .. })).count() + 1;
    let names: Vec<String> =
        (1..=count).flat_map(|k| ["w", "b"].map(|kind| format!("{prefix}{kind}{k}"))).collect();
    let arrays: Vec<ArrayD<f64>> = names.iter().map(|name| p.any_shape(name).unwrap()).collect();
    let w: Vec<f64> = arrays.iter().flatten().copied().collect();
    let values = network.forward(&w, x);
    let z = values.last().unwrap().clone();
    let mut dw = network.backward(&w, &values, &(softmax(&z) - t)).into_iter();
    let shaped = |(name, array): (String, ArrayD<f64>)| {
        let numbers: Vec<f64> = dw.by_ref().take(array.len()).collect();
        (name, ArrayD::from_shape_vec(IxDyn(array.shape()), numbers).unwrap())
    };
    let gradients = names.into_iter().zip(arrays).map(shaped).collect();
    (z, gradients)
}
