//! Rungs 6 and 7, on the GPU of lesson 06: with transfers in every run, or with
//! everything in the memory of the GPU already.

use std::mem;
use std::sync::OnceLock;

use cnn_gpu::adapter::{adapters, is_software};
use cnn_gpu::article::Training;
use cnn_gpu::conv::{self, Conv, Way};
use cnn_gpu::digits::Digits;
use cnn_gpu::{Gpu, Wish, floats};
use common::{Error, Float, Result};

use crate::network::{Batch, Network};
use crate::shape::Shape;

static GPU: OnceLock<Gpu> = OnceLock::new();

/// Opens the GPU for its rungs: the one that `wish` names, or the best that is not
/// software. Returns its name.
///
/// # Errors
/// If there is no GPU, or only a software one, whose times would mislead.
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

/// Whether [`open`] has succeeded.
pub fn is_open() -> bool {
    GPU.get().is_some()
}

fn gpu() -> &'static Gpu {
    GPU.get().expect("the GPU is opened before its rungs run")
}

/// A rung cannot return an error, so an error of the GPU ends the program.
fn or_exit<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| {
        eprintln!("Error: {error}");
        std::process::exit(1);
    })
}

/// A convolution on the GPU. Without `transfers` only the first run uploads its inputs
/// and downloads its results, which are compared with those of the plain loops.
struct GpuConv {
    conv: Conv,
    uploaded: bool,
}

impl GpuConv {
    fn new(shape: &Shape) -> GpuConv {
        let conv = Conv::new(gpu(), shape.images(), shape.weights(), shape.window, Way::Suited);
        GpuConv { conv: or_exit(conv), uploaded: false }
    }
}

/// `out` of a network.
pub fn forward(a: &mut Network, transfers: bool) {
    let Network { shape, x, w, out, workspace, .. } = a;
    let GpuConv { conv, uploaded } = workspace.get(|| GpuConv::new(shape));
    let (gpu, transfers) = (gpu(), !mem::replace(uploaded, true) || transfers);
    if transfers {
        conv.x.write(gpu, 0, &floats(x));
        conv.w.write(gpu, 0, &floats(w));
    }
    or_exit(gpu.submit(&conv.forward, |_| ()));
    if transfers {
        *out = or_exit(conv::read(gpu, &conv.out, out.dim()));
    } else {
        or_exit(gpu.wait());
    }
}

/// `dx` and `dw` of a network.
pub fn backward(a: &mut Network, transfers: bool) {
    let Network { shape, x, w, dout, dx, dw, workspace, .. } = a;
    let GpuConv { conv, uploaded } = workspace.get(|| GpuConv::new(shape));
    let (gpu, transfers) = (gpu(), !mem::replace(uploaded, true) || transfers);
    if transfers {
        conv.x.write(gpu, 0, &floats(x));
        conv.w.write(gpu, 0, &floats(w));
        conv.dout.write(gpu, 0, &floats(dout));
    }
    or_exit(gpu.submit(conv.images_gradient.iter().chain(&conv.filters_gradient), |_| ()));
    if transfers {
        *dx = or_exit(conv::read(gpu, &conv.dx, x.dim()));
        *dw = or_exit(conv::read(gpu, &conv.dw, w.dim()));
    } else {
        or_exit(gpu.wait());
    }
}

/// The article's network on the GPU.
struct GpuStep {
    digits: Digits,
    training: Training,
    rows: Vec<usize>,
    uploaded: bool,
}

impl GpuStep {
    fn new((x, t): Batch) -> GpuStep {
        let digits = or_exit(Digits::upload(gpu(), x, t));
        let training = or_exit(Training::new(gpu(), &digits, x.nrows()));
        GpuStep { digits, training, rows: (0..x.nrows()).collect(), uploaded: false }
    }
}

/// A training step of the article's network.
pub fn article_step(a: &mut Network, transfers: bool) {
    a.article_step(|(x, t), (f, bc, wo, bo), rates, workspace| {
        let step: &mut GpuStep = workspace.get(|| GpuStep::new((x, t)));
        let (gpu, transfers) = (gpu(), !mem::replace(&mut step.uploaded, true) || transfers);
        if transfers {
            step.digits.replace(gpu, x, t);
            step.training.start(gpu, (f, bc, wo, bo), rates);
        }
        or_exit(step.training.submit(gpu, &step.rows));
        if transfers {
            (*f, *bc, *wo, *bo) = or_exit(step.training.parameters(gpu));
        } else {
            or_exit(gpu.wait());
        }
    });
}
