//! burn: modules and autodiff on its own backend for processors, `flex`.

use burn::module::{Initializer, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, SgdConfig};
use burn::prelude::*;
use burn::tensor::activation::{relu, sigmoid};
use rust_peers::{Args, batches, mnist, run, uses_sgd};

/// All six networks: what a workload does not have is empty.
#[derive(Module, Debug)]
struct Network {
    convolutions: Vec<Conv2d>,
    /// The article's bias for each place of the map, (24, 24)
    map_bias: Option<Param<Tensor<2>>>,
    pool: Option<MaxPool2d>,
    hidden: Option<Linear>,
    dropout: Option<Dropout>,
    out: Linear,
    with_sigmoid: bool,
}

impl Network {
    fn new(workload: &str, device: &Device) -> Self {
        let normal = Initializer::Normal { mean: 0.0, std: 1.0 };
        let drawn = |inputs, units| {
            LinearConfig::new(inputs, units).with_initializer(normal.clone()).init(device)
        };
        let linear = |inputs, units| Some(LinearConfig::new(inputs, units).init(device));
        let convolution = |c, filters| Conv2dConfig::new([c, filters], [5, 5]).init(device);
        let pool = Some(MaxPool2dConfig::new([2, 2]).init());
        let plain = |out| Self {
            convolutions: Vec::new(),
            map_bias: None,
            pool: None,
            hidden: None,
            dropout: None,
            out,
            with_sigmoid: false,
        };
        let small = |units| LinearConfig::new(units, 10).init(device);
        match workload {
            "perceptron" => plain(drawn(784, 10)),
            "hidden-layer" => {
                let hidden = Some(drawn(784, 100));
                Self { hidden, with_sigmoid: true, ..plain(drawn(100, 10)) }
            }
            "article-cnn" => {
                let filter = Conv2dConfig::new([1, 1], [5, 5]).with_bias(false);
                Self {
                    convolutions: vec![filter.with_initializer(normal.clone()).init(device)],
                    map_bias: Some(normal.init([24, 24], device)),
                    ..plain(drawn(576, 10))
                }
            }
            "one-convolution" => {
                let convolutions = vec![convolution(1, 30)];
                Self { convolutions, pool, hidden: linear(4320, 100), ..plain(small(100)) }
            }
            "two-convolutions" => {
                let convolutions = vec![convolution(1, 20), convolution(20, 50)];
                Self { convolutions, pool, hidden: linear(800, 500), ..plain(small(500)) }
            }
            _ => {
                let dropout = Some(DropoutConfig::new(0.2).init());
                Self { hidden: linear(784, 32), dropout, ..plain(small(32)) }
            }
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut h = x;
        if !self.convolutions.is_empty() {
            h = self.features(h);
        }
        if let Some(hidden) = &self.hidden {
            h = hidden.forward(h);
            h = if self.with_sigmoid { sigmoid(h) } else { relu(h) };
        }
        if let Some(dropout) = &self.dropout {
            h = dropout.forward(h);
        }
        self.out.forward(h)
    }

    /// (N, 784) to (N, features), through the convolutions and pools.
    fn features(&self, x: Tensor<2>) -> Tensor<2> {
        let mut maps = x.reshape([-1, 1, 28, 28]);
        for convolution in &self.convolutions {
            maps = convolution.forward(maps);
            if let Some(bias) = &self.map_bias {
                maps = maps + bias.val().reshape([1, 1, 24, 24]);
            }
            maps = relu(maps);
            if let Some(pool) = &self.pool {
                maps = pool.forward(maps);
            }
        }
        maps.flatten(1, 3)
    }
}

fn main() {
    let args = Args::read();
    let (pixels, labels) = mnist(&args);
    let plain = Device::flex();
    let device = plain.clone().autodiff();
    device.seed(args.seed);
    let count = labels.len();
    let labels: Vec<i64> = labels.into_iter().map(i64::from).collect();
    let x_train = Tensor::<2>::from_data(TensorData::new(pixels, [count, 784]), &device);
    let t_train = Tensor::<1, Int>::from_data(TensorData::new(labels, [count]), &device);

    let mut network = Some(Network::new(&args.workload, &device));
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    let mut adam = AdamConfig::new().with_epsilon(1e-8).init();
    let mut sgd = SgdConfig::new().init();
    let mut next = batches(&args, count);
    let with_sgd = uses_sgd(&args.workload);
    run(&args, "burn 0.22.1", || {
        let rows = next();
        let size = [rows.len()];
        let rows: Vec<i64> = rows.into_iter().map(i64::from).collect();
        let rows = Tensor::<1, Int>::from_data(TensorData::new(rows, size), &device);
        let x = x_train.clone().select(0, rows.clone());
        let t = t_train.clone().select(0, rows);
        let model = network.take().expect("it is put back");
        let logits = model.forward(x);
        let loss = cross_entropy.forward(logits.clone(), t.clone());
        let mut grads = loss.backward();
        // The mean over the batch is a hundredth of the articles' sum.
        network = Some(if let Some(bias) = &model.map_bias {
            let first = [model.convolutions[0].weight.id, bias.id];
            let first = GradientsParams::from_params(&mut grads, &model, &first);
            let model = sgd.step(0.01, model, first);
            let rest = GradientsParams::from_grads(grads, &model);
            sgd.step(1.0, model, rest)
        } else {
            let grads = GradientsParams::from_grads(grads, &model);
            if with_sgd { sgd.step(0.1, model, grads) } else { adam.step(0.001, model, grads) }
        });
        let right = logits.argmax(1).reshape([-1]).equal(t).int().sum();
        (loss.into_scalar::<f32>(), right.into_scalar::<i64>() as usize)
    });
}
