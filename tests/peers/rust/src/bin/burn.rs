//! burn: its layers and optimisers on its own backend for processors, flex.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, SgdConfig};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Int, Tensor, TensorData};
use rust_peers::{Batches, args, run};

/// Convolutions with ReLU and a max pool each, then dense layers.
#[derive(Module, Debug)]
struct Network {
    convolutions: Vec<Conv2d>,
    dense: Vec<Linear>,
    sigmoid: bool,
    dropout: Option<Dropout>,
}

impl Network {
    fn new(workload: &str, device: &Device) -> Network {
        let (filters, dense): (&[usize], &[usize]) = match workload {
            "perceptron" => (&[], &[784, 10]),
            "hidden-layer" => (&[], &[784, 100, 10]),
            "one-convolution" => (&[1, 30], &[4320, 100, 10]),
            "two-convolutions" => (&[1, 20, 50], &[800, 500, 10]),
            "dropout-adam" => (&[], &[784, 32, 10]),
            other => panic!("{other} is no workload of burn"),
        };
        let convolution = |pair: &[usize]| Conv2dConfig::new([pair[0], pair[1]], [5, 5]).init(device);
        let layer = |pair: &[usize]| LinearConfig::new(pair[0], pair[1]).init(device);
        Network {
            convolutions: filters.windows(2).map(convolution).collect(),
            dense: dense.windows(2).map(layer).collect(),
            sigmoid: workload == "hidden-layer",
            dropout: (workload == "dropout-adam").then(|| DropoutConfig::new(0.2).init()),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut x = x;
        if !self.convolutions.is_empty() {
            let n = x.dims()[0];
            let pool = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
            let mut images: Tensor<4> = x.reshape([n, 1, 28, 28]);
            for convolution in &self.convolutions {
                images = pool.forward(relu(convolution.forward(images)));
            }
            x = images.flatten(1, 3);
        }
        let (last, hidden) = self.dense.split_last().expect("a dense layer");
        for layer in hidden {
            x = layer.forward(x);
            x = if self.sigmoid { sigmoid(x) } else { relu(x) };
            if let Some(dropout) = &self.dropout {
                x = dropout.forward(x);
            }
        }
        last.forward(x)
    }
}

fn main() {
    let args = args();
    let mut batches = Batches::new(&args);
    let device = Device::flex().autodiff();
    let mut network = Network::new(&args.workload, &device);
    let sgd = matches!(args.workload.as_str(), "perceptron" | "hidden-layer");
    // The gradient of the sum over 100 images, at a rate of 0.001.
    let rate = if sgd { 0.1 } else { 0.001 };
    let mut optimiser = if sgd {
        SgdConfig::new().init()
    } else {
        AdamConfig::new().with_epsilon(1e-8).init()
    };
    let loss = CrossEntropyLossConfig::new().init(&device);
    run("burn 0.22.1", &args, || {
        let (x, t) = batches.next();
        let n = t.len();
        let x = Tensor::<2>::from_data(TensorData::new(x, [n, 784]), &device);
        let labels: Vec<i32> = t.iter().map(|&label| label.into()).collect();
        let t = Tensor::<1, Int>::from_data(TensorData::new(labels, [n]), &device);
        let logits = network.forward(x);
        let e = loss.forward(logits.clone(), t.clone());
        let gradients = GradientsParams::from_grads(e.backward(), &network);
        network = optimiser.step(rate.into(), network.clone(), gradients);
        let right = logits.argmax(1).reshape([n]).equal(t).int().sum().into_scalar::<i64>();
        (e.into_scalar::<f32>().into(), right as usize)
    });
}
