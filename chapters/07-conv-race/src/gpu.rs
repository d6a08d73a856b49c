//! Rungs 6 and 7, on the GPU of lesson 06: with transfers in every run, or with
//! everything in the memory of the GPU already.

use std::sync::OnceLock;

use cnn_gpu::adapter::{find, is_software};
use cnn_gpu::conv::{self, Algorithm, Conv};
use cnn_gpu::dataset::DeviceDataset;
use cnn_gpu::one_filter_network::OneFilterNetwork;
use cnn_gpu::{Gpu, to_f32};
use common::{Error, Float, Result};

use crate::network::{Network, Workspace};
use crate::shape::Shape;

static GPU: OnceLock<Gpu> = OnceLock::new();

/// Opens the GPU for its rungs: the one with `name` in it, or the best that is not
/// software, whose times would mislead. Returns its name.
pub fn open(name: Option<&str>) -> Result<&'static str> {
    if size_of::<Float>() != size_of::<f32>() {
        return Err(Error::new("the GPU computes in f32, and this build in f64"));
    }
    let adapter = find(name.unwrap_or_default(), None)?;
    if name.is_none() && is_software(&adapter) {
        return Err(Error::new(
            "the only GPU here is software, whose times would mislead; --gpu races it all the same",
        ));
    }
    let gpu = Gpu::open(name.unwrap_or_default(), None)?;
    Ok(&GPU.get_or_init(|| gpu).name)
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

/// The convolution of a network on the GPU. Without `transfers` only its first run uploads
/// the inputs and downloads the results, which are compared with those of the plain loops.
fn convolution<'a>(shape: &Shape, workspace: &'a mut Workspace) -> &'a mut Conv {
    let (x, w) = (shape.images(), shape.weights());
    workspace.get(|| or_exit(Conv::new(gpu(), x, w, shape.window, Algorithm::Auto)))
}

/// `out` of a network.
pub fn forward(a: &mut Network, transfers: bool) {
    let Network { shape, x, w, out, workspace, .. } = a;
    let (gpu, transfers) = (gpu(), transfers || workspace.is_empty());
    let conv = convolution(shape, workspace);
    if transfers {
        conv.x.write(gpu, 0, &to_f32(x));
        conv.w.write(gpu, 0, &to_f32(w));
    }
    or_exit(gpu.submit([&conv.forward]));
    if transfers {
        *out = or_exit(conv::read(gpu, &conv.out, out.dim()));
    } else {
        or_exit(gpu.wait());
    }
}

/// `dx` and `dw` of a network.
pub fn backward(a: &mut Network, transfers: bool) {
    let Network { shape, x, w, dout, dx, dw, workspace, .. } = a;
    let (gpu, transfers) = (gpu(), transfers || workspace.is_empty());
    let conv = convolution(shape, workspace);
    if transfers {
        conv.x.write(gpu, 0, &to_f32(x));
        conv.w.write(gpu, 0, &to_f32(w));
        conv.dout.write(gpu, 0, &to_f32(dout));
    }
    or_exit(gpu.submit(conv.backward()));
    if transfers {
        *dx = or_exit(conv::read(gpu, &conv.dx, x.dim()));
        *dw = or_exit(conv::read(gpu, &conv.dw, w.dim()));
    } else {
        or_exit(gpu.wait());
    }
}

/// A training step of the article's network.
pub fn article_step(a: &mut Network, transfers: bool) {
    a.article_step(|(x, t), (f, bc, wo, bo), rates, workspace| {
        let (gpu, transfers) = (gpu(), transfers || workspace.is_empty());
        let (dataset, network, rows) = workspace.get(|| {
            let dataset = or_exit(DeviceDataset::upload(gpu, x, t));
            let network = or_exit(OneFilterNetwork::new(gpu, &dataset, x.nrows()));
            (dataset, network, Vec::from_iter(0..x.nrows()))
        });
        if transfers {
            dataset.replace(gpu, x, t);
            network.set_parameters(gpu, [f, bc, wo, bo], rates);
        }
        or_exit(network.submit(gpu, rows, 0..2));
        if transfers {
            [*f, *bc, *wo, *bo] = or_exit(network.parameters(gpu));
        } else {
            or_exit(gpu.wait());
        }
    });
}
