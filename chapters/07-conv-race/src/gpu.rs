//! The rungs on the GPU: once with everything carried there and back, once with
//! everything there already.

use std::sync::OnceLock;

use cnn_gpu::adapter::{adapters, is_software};
use cnn_gpu::article::Training;
use cnn_gpu::conv::{self, Conv, Way};
use cnn_gpu::digits::Digits;
use cnn_gpu::{Gpu, Wish, floats};
use common::{Error, Float, Result};

use crate::layer::Layer;
use crate::network::Network;

static GPU: OnceLock<Gpu> = OnceLock::new();

/// Opens the GPU for its rungs: the one that `wish` means, or, without a wish, the
/// best that is no software. `Ok` says what it runs on.
///
/// # Errors
/// A sentence on why there is nothing to race: no GPU, or none but software, whose
/// times would mislead.
pub fn open(wish: Option<&Wish>) -> Result<&'static str> {
    if size_of::<Float>() != size_of::<f32>() {
        return Err(Error::new("the GPU computes in f32, and this build in f64"));
    }
    let gpu = match wish {
        Some(wish) => Gpu::open(wish, None)?,
        None => match adapters(None).first() {
            Some(adapter) if !is_software(adapter) => Gpu::on(adapter)?,
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
            let conv = Conv::new(gpu(), a.x.dim(), a.w.dim(), a.shape.window, Way::Suited);
            OnGpu { conv: answer(conv), loaded: false }
        });
        a.gpu = Some(answer(on_gpu.work(a, forward, carry)));
    }

    fn work(mut self, a: &mut Layer, forward: bool, carry: bool) -> Result<OnGpu> {
        let (gpu, conv) = (gpu(), &self.conv);
        let carry = carry || !self.loaded;
        if carry {
            conv.x.write(gpu, 0, &floats(&a.x));
            conv.w.write(gpu, 0, &floats(&a.w));
        }
        if forward {
            gpu.submit(&conv.forward, |_| ())?;
        } else {
            if carry {
                conv.dout.write(gpu, 0, &floats(&a.dout));
            }
            gpu.submit(conv.images_gradient.iter().chain(&conv.filters_gradient), |_| ())?;
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
    digits: Digits,
    training: Training,
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
        let digits = Digits::upload(gpu(), &a.x, &a.t)?;
        let training = Training::new(gpu(), &digits, a.x.nrows())?;
        Ok(NetworkOnGpu { digits, training, rows: (0..a.x.nrows()).collect(), loaded: false })
    }

    fn work(mut self, a: &mut Network, carry: bool) -> Result<NetworkOnGpu> {
        let gpu = gpu();
        let carry = carry || !self.loaded;
        if carry {
            self.digits.replace(gpu, &a.x, &a.t);
            self.training.start(gpu, (&a.f, &a.bc, &a.wo, &a.bo), a.rates);
        }
        self.training.submit(gpu, &self.rows)?;
        if carry {
            (a.f, a.bc, a.wo, a.bo) = self.training.parameters(gpu)?;
        } else {
            gpu.wait()?;
        }
        self.loaded = true;
        Ok(self)
    }
}
