//! candle: the layers, the loss and AdamW of `candle-nn`, without weight decay.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::{
    AdamW, Conv2d, Dropout, Linear, Module, Optimizer, ParamsAdamW, SGD, VarBuilder, VarMap, conv2d,
    linear, loss,
};
use rust_peers::{Batches, args, run};

/// Convolutions with ReLU and a max pool each, then dense layers.
struct Network {
    convolutions: Vec<Conv2d>,
    dense: Vec<Linear>,
    sigmoid: bool,
    dropout: Dropout,
}

impl Network {
    fn new(workload: &str, vars: VarBuilder) -> Result<Network> {
        let (filters, dense): (&[usize], &[usize]) = match workload {
            "perceptron" => (&[], &[784, 10]),
            "hidden-layer" => (&[], &[784, 100, 10]),
            "one-convolution" => (&[1, 30], &[4320, 100, 10]),
            "two-convolutions" => (&[1, 20, 50], &[800, 500, 10]),
            "dropout-adam" => (&[], &[784, 32, 10]),
            other => panic!("{other} is no workload of candle"),
        };
        let convolution = |(k, pair): (usize, &[usize])| {
            conv2d(pair[0], pair[1], 5, Default::default(), vars.pp(format!("convolution{k}")))
        };
        let layer = |(k, pair): (usize, &[usize])| linear(pair[0], pair[1], vars.pp(format!("dense{k}")));
        Ok(Network {
            convolutions: filters.windows(2).enumerate().map(convolution).collect::<Result<_>>()?,
            dense: dense.windows(2).enumerate().map(layer).collect::<Result<_>>()?,
            sigmoid: workload == "hidden-layer",
            dropout: Dropout::new(if workload == "dropout-adam" { 0.2 } else { 0.0 }),
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = x.clone();
        if !self.convolutions.is_empty() {
            x = x.reshape(((), 1, 28, 28))?;
        }
        for convolution in &self.convolutions {
            x = convolution.forward(&x)?.relu()?.max_pool2d(2)?;
        }
        let (last, hidden) = self.dense.split_last().expect("a dense layer");
        x = x.flatten_from(1)?;
        for layer in hidden {
            x = layer.forward(&x)?;
            x = if self.sigmoid { candle_nn::ops::sigmoid(&x)? } else { x.relu()? };
            if self.dropout_rate() {
                x = self.dropout.forward(&x, true)?;
            }
        }
        last.forward(&x)
    }

    fn dropout_rate(&self) -> bool {
        self.dense[0].weight().dim(0).is_ok_and(|units| units == 32)
    }
}

enum Optimiser {
    Sgd(SGD),
    Adam(AdamW),
}

fn main() -> Result<()> {
    let args = args();
    let mut batches = Batches::new(&args);
    let (device, vars) = (Device::Cpu, VarMap::new());
    let builder = VarBuilder::from_varmap(&vars, DType::F32, &device);
    let network = Network::new(&args.workload, builder)?;
    let mut optimiser = match args.workload.as_str() {
        // The gradient of the sum over 100 images, at a rate of 0.001.
        "perceptron" | "hidden-layer" => Optimiser::Sgd(SGD::new(vars.all_vars(), 0.1)?),
        _ => {
            let adam = ParamsAdamW { lr: 0.001, weight_decay: 0.0, ..Default::default() };
            Optimiser::Adam(AdamW::new(vars.all_vars(), adam)?)
        }
    };
    let mut step = || -> Result<(f64, usize)> {
        let (x, t) = batches.next();
        let n = t.len();
        let x = Tensor::from_vec(x, (n, 784), &device)?;
        let t = Tensor::from_vec(t.into_iter().map(u32::from).collect(), n, &device)?;
        let logits = network.forward(&x)?;
        let e = loss::cross_entropy(&logits, &t)?;
        match &mut optimiser {
            Optimiser::Sgd(sgd) => sgd.backward_step(&e)?,
            Optimiser::Adam(adam) => adam.backward_step(&e)?,
        }
        let right = logits.argmax(D::Minus1)?.eq(&t)?.to_dtype(DType::U32)?.sum_all()?;
        Ok((e.to_scalar::<f32>()?.into(), right.to_scalar::<u32>()? as usize))
    };
    run("candle 0.11.1", &args, || step().expect("a step"));
    Ok(())
}
