//! The rungs on the GPU: once with everything carried there and back, once with
//! everything there already.

use std::sync::OnceLock;

use cnn_gpu::adapter::{adapters, is_software};
use cnn_gpu::conv::{self, Algorithm, Conv};
use cnn_gpu::dataset::DeviceDataset;
use cnn_gpu::one_filter_network::OneFilterNetwork;
use cnn_gpu::{Gpu, to_f32};
use common::{Error, Float, Result};

use crate::layer::Layer;
use crate::network::Network;

static GPU: OnceLock<Gpu> = OnceLock::new();

/// Opens the GPU for its rungs: the one with `name` in it, or, without a name, the
/// best that is no software. `Ok` says what it runs on.
///
/// # Errors
/// A sentence on why there is nothing to race: no GPU, or none but software, whose
/// times would mislead.
pub fn open(name: Option<&str>) -> Result<&'static str> {
    if size_of::<Float>() != size_of::<f32>() {
        return Err(Error::new("the GPU computes in f32, and this build in f64"));
    }
    let gpu = match name {
        Some(name) => Gpu::open(name, None)?,
        None => match adapters(None).first() {
            Some(adapter) if !is_software(adapter) => Gpu::with_adapter(adapter)?,
            Some(_) => {
                return Err(Error::new(
                    "the only GPU here is software, whose times would mislead; --gpu races it \
                     all the same",
                ));
            }
            None => {
                return Err(Error::new(
                    "there is no GPU here; `cargo run --release -p cnn-gpu` says what to install",
                ));
            }
        },
    };
    Ok(&GPU.get_or_init(|| gpu).name)
}

/// Whether the rungs on the GPU can run.
pub fn is_open() -> bool {
    GPU.get().is_some()
}

fn gpu() -> &'static Gpu {
    GPU.get().expect("nobody runs these rungs before the GPU is open")
}

/// What the GPU answers; its last words end the program, since a rung has no way to
/// fail.
fn answer<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| {
        eprintln!("Error: {error}");
        std::process::exit(1);
    })
}

/// A layer on the GPU.
pub struct OnGpu {
    conv: Conv,
    loaded: bool,
}

impl OnGpu {
    /// `out`, everything carried there and back.
    pub fn forward(a: &mut Layer) {
        OnGpu::run(a, true, true);
    }

    /// `dx` and `dw`, everything carried there and back.
    pub fn backward(a: &mut Layer) {
        OnGpu::run(a, false, true);
    }

    /// `out`, where the first run has left images and filters, and stays there. The
    /// first run's results are brought back, to be compared.
    pub fn forward_there(a: &mut Layer) {
        OnGpu::run(a, true, false);
    }

    /// `dx` and `dw` in the same way.
    pub fn backward_there(a: &mut Layer) {
        OnGpu::run(a, false, false);
    }

    fn run(a: &mut Layer, forward: bool, carry: bool) {
        let on_gpu = a.gpu.take().unwrap_or_else(|| {
            let conv = Conv::new(gpu(), a.x.dim(), a.w.dim(), a.shape.window, Algorithm::Auto);
            OnGpu { conv: answer(conv), loaded: false }
        });
        a.gpu = Some(answer(on_gpu.work(a, forward, carry)));
    }

    fn work(mut self, a: &mut Layer, forward: bool, carry: bool) -> Result<OnGpu> {
        let (gpu, conv) = (gpu(), &self.conv);
        let carry = carry || !self.loaded;
        if carry {
            conv.x.write(gpu, 0, &to_f32(&a.x));
            conv.w.write(gpu, 0, &to_f32(&a.w));
        }
        if forward {
            gpu.submit([&conv.forward])?;
        } else {
            if carry {
                conv.dout.write(gpu, 0, &to_f32(&a.dout));
            }
            gpu.submit(conv.backward())?;
        }
        match (carry, forward) {
            (false, _) => gpu.wait()?,
            (true, true) => a.out = conv::read(gpu, &conv.out, a.out.dim())?,
            (true, false) => {
                a.dx = conv::read(gpu, &conv.dx, a.x.dim())?;
                a.dw = conv::read(gpu, &conv.dw, a.w.dim())?;
            }
        }
        self.loaded = true;
        Ok(self)
    }
}

/// The article's network on the GPU.
pub struct NetworkOnGpu {
    dataset: DeviceDataset,
    network: OneFilterNetwork,
    rows: Vec<usize>,
    loaded: bool,
}

impl NetworkOnGpu {
    /// A step, with batch and parameters carried there and parameters back.
    pub fn step(a: &mut Network) {
        NetworkOnGpu::run(a, true);
    }

    /// A step on batch and parameters that the first run has left there. The first
    /// run's parameters are brought back, to be compared.
    pub fn step_there(a: &mut Network) {
        NetworkOnGpu::run(a, false);
    }

    fn run(a: &mut Network, carry: bool) {
        let on_gpu = a.gpu.take().unwrap_or_else(|| answer(NetworkOnGpu::new(a)));
        a.gpu = Some(answer(on_gpu.work(a, carry)));
    }

    fn new(a: &Network) -> Result<NetworkOnGpu> {
        let dataset = DeviceDataset::upload(gpu(), &a.x, &a.t)?;
        let network = OneFilterNetwork::new(gpu(), &dataset, a.x.nrows())?;
        Ok(NetworkOnGpu { dataset, network, rows: (0..a.x.nrows()).collect(), loaded: false })
    }

    fn work(mut self, a: &mut Network, carry: bool) -> Result<NetworkOnGpu> {
        let gpu = gpu();
        let carry = carry || !self.loaded;
        if carry {
            self.dataset.replace(gpu, &a.x, &a.t);
            self.network.set_parameters(gpu, [&a.f, &a.bc, &a.wo, &a.bo], a.rates);
        }
        self.network.submit(gpu, &self.rows)?;
        if carry {
            [a.f, a.bc, a.wo, a.bo] = self.network.parameters(gpu)?;
        } else {
            gpu.wait()?;
        }
        self.loaded = true;
        Ok(self)
    }
}
