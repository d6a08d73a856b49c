//! candle: tensors, variables and the optimisers of `candle-nn` on the processor.

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{
    AdamW, Conv2d, Dropout, Linear, Module, Optimizer, ParamsAdamW, SGD, VarBuilder, VarMap,
    conv2d, linear, loss, ops,
};
use rust_peers::{Args, batches, mnist, run, uses_sgd};

/// All six networks: what a workload does not have is empty.
struct Network {
    convolutions: Vec<Conv2d>,
    /// The article's bias for each place of the map, (24, 24)
    map_bias: Option<Tensor>,
    hidden: Option<Linear>,
    dropout: Option<Dropout>,
    out: Linear,
    with_sigmoid: bool,
}

impl Network {
    fn new(workload: &str, vb: VarBuilder) -> Result<Self> {
        let normal = candle_nn::Init::Randn { mean: 0.0, stdev: 1.0 };
        let drawn = |name: &str, inputs: usize, units: usize| {
            let vb = vb.pp(name);
            let w = vb.get_with_hints((units, inputs), "weight", normal)?;
            Result::Ok(Linear::new(w, Some(vb.get_with_hints(units, "bias", normal)?)))
        };
        let convolution =
            |name: &str, c, filters| conv2d(c, filters, 5, Default::default(), vb.pp(name));
        let plain = |out| Self {
            convolutions: Vec::new(),
            map_bias: None,
            hidden: None,
            dropout: None,
            out,
            with_sigmoid: false,
        };
        let hidden = |inputs, units| linear(inputs, units, vb.pp("hidden")).map(Some);
        let out = |units| linear(units, 10, vb.pp("out"));
        Ok(match workload {
            "perceptron" => plain(drawn("out", 784, 10)?),
            "hidden-layer" => {
                let hidden = Some(drawn("hidden", 784, 100)?);
                Self { hidden, with_sigmoid: true, ..plain(drawn("out", 100, 10)?) }
            }
            "article-cnn" => {
                let filter = vb.get_with_hints((1, 1, 5, 5), "first.filter", normal)?;
                Self {
                    convolutions: vec![Conv2d::new(filter, None, Default::default())],
                    map_bias: Some(vb.get_with_hints((24, 24), "first.bias", normal)?),
                    ..plain(drawn("out", 576, 10)?)
                }
            }
            "one-convolution" => {
                let convolutions = vec![convolution("first", 1, 30)?];
                Self { convolutions, hidden: hidden(4320, 100)?, ..plain(out(100)?) }
            }
            "two-convolutions" => {
                let convolutions =
                    vec![convolution("first", 1, 20)?, convolution("second", 20, 50)?];
                Self { convolutions, hidden: hidden(800, 500)?, ..plain(out(500)?) }
            }
            _ => {
                let dropout = Some(Dropout::new(0.2));
                Self { hidden: hidden(784, 32)?, dropout, ..plain(out(32)?) }
            }
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut h = x.clone();
        if !self.convolutions.is_empty() {
            h = self.features(&h)?;
        }
        if let Some(hidden) = &self.hidden {
            h = hidden.forward(&h)?;
            h = if self.with_sigmoid { ops::sigmoid(&h)? } else { h.relu()? };
        }
        if let Some(dropout) = &self.dropout {
            h = dropout.forward(&h, true)?;
        }
        self.out.forward(&h)
    }

    /// (N, 784) to (N, features), through the convolutions and pools.
    fn features(&self, x: &Tensor) -> Result<Tensor> {
        let mut maps = x.reshape(((), 1, 28, 28))?;
        for convolution in &self.convolutions {
            maps = convolution.forward(&maps)?;
            maps = match &self.map_bias {
                Some(bias) => maps.broadcast_add(bias)?.relu()?,
                None => maps.relu()?.max_pool2d(2)?,
            };
        }
        maps.flatten_from(1)
    }
}

/// The optimisers of a workload, each with its variables.
enum Optimisers {
    Sgd(Vec<SGD>),
    Adam(AdamW),
}

impl Optimisers {
    /// The loss is a mean over the batch, a hundredth of the articles' sum.
    fn new(workload: &str, variables: &VarMap) -> Result<Self> {
        if !uses_sgd(workload) {
            let adam = ParamsAdamW { weight_decay: 0.0, ..Default::default() };
            return Ok(Self::Adam(AdamW::new(variables.all_vars(), adam)?));
        }
        if workload != "article-cnn" {
            return Ok(Self::Sgd(vec![SGD::new(variables.all_vars(), 0.1)?]));
        }
        let all = variables.data().lock().expect("one thread");
        let chosen = |first: bool| -> Vec<Var> {
            let names = all.iter().filter(|(name, _)| name.starts_with("first") == first);
            names.map(|(_, variable)| variable.clone()).collect()
        };
        Ok(Self::Sgd(vec![SGD::new(chosen(true), 0.01)?, SGD::new(chosen(false), 1.0)?]))
    }

    fn step(&mut self, loss: &Tensor) -> Result<()> {
        let grads = loss.backward()?;
        match self {
            Self::Sgd(each) => each.iter_mut().try_for_each(|sgd| sgd.step(&grads)),
            Self::Adam(adam) => adam.step(&grads),
        }
    }
}

fn main() -> Result<()> {
    let args = Args::read();
    let (pixels, labels) = mnist(&args);
    let (device, count) = (Device::Cpu, labels.len());
    let labels: Vec<u32> = labels.into_iter().map(u32::from).collect();
    let x_train = Tensor::from_vec(pixels, (count, 784), &device)?;
    let t_train = Tensor::from_vec(labels, count, &device)?;

    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &device);
    let network = Network::new(&args.workload, vb)?;
    let mut optimisers = Optimisers::new(&args.workload, &variables)?;
    let mut next = batches(&args, count);
    let mut step = || -> Result<(f32, usize)> {
        let rows = next();
        let size = rows.len();
        let rows = Tensor::from_vec(rows, size, &device)?;
        let (x, t) = (x_train.index_select(&rows, 0)?, t_train.index_select(&rows, 0)?);
        let logits = network.forward(&x)?;
        let mean = loss::cross_entropy(&logits, &t)?;
        optimisers.step(&mean)?;
        let right = logits.argmax(D::Minus1)?.eq(&t)?.to_dtype(DType::U32)?.sum_all()?;
        Ok((mean.to_scalar()?, right.to_scalar::<u32>()? as usize))
    };
    run(&args, "candle 0.11.1", || step().expect("a step of candle"));
    Ok(())
}
