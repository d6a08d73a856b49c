//! The ladder: one entry a rung, slowest first.

use cnn_im2col::conv as by_product;
use cnn_im2col::fast::rows;
use cnn_naive::{article, conv};

use crate::gpu::{NetworkOnGpu, OnGpu};
use crate::layer::Layer;
use crate::network::Network;
use crate::shape::Pass;
use crate::tiles::{Alone, Shared};

/// A way to convolve. Each function reads the inputs of what it is given and
/// leaves its results there.
pub struct Rung {
    /// Its place on the ladder.
    pub number: usize,
    /// For flags and files: one word.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// Whether it uses more than one thread where there are some.
    pub threaded: bool,
    /// `out` from `x` and `w`.
    pub forward: fn(&mut Layer),
    /// `dx` and `dw` from `dout`, `x` and `w`.
    pub backward: fn(&mut Layer),
    /// A training step of the article's network.
    pub article: fn(&mut Network),
    /// Whether it needs a GPU.
    pub gpu: bool,
}

impl Rung {
    /// Whether it runs in a pass of this kind. What stays on the GPU cannot take
    /// part in a step whose other layers are on the processor.
    pub fn runs(&self, pass: Pass) -> bool {
        !(self.name == "resident" && pass == Pass::Step)
    }
}

/// The rung that all others have to agree with.
pub const JUDGE: &Rung = &RUNGS[1];

/// All rungs. Those on the GPU run only where there is one, see [`crate::open_gpu`].
pub const RUNGS: &[Rung] = &[
    Rung {
        number: 0,
        name: "article",
        title: "the article's own way",
        threaded: false,
        forward: |a| a.out = article::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = article::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: Network::step_as_the_article,
        gpu: false,
    },
    Rung {
        number: 1,
        name: "loops",
        title: "plain loops",
        threaded: false,
        forward: |a| a.out = conv::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = conv::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: Network::step_in_plain_loops,
        gpu: false,
    },
    Rung {
        number: 2,
        name: "rows",
        title: "rows that vectorise",
        threaded: false,
        forward: |a| a.out = rows::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = rows::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: Network::step_in_rows,
        gpu: false,
    },
    Rung {
        number: 3,
        name: "im2col",
        title: "im2col and a product",
        threaded: true,
        forward: |a| a.out = by_product::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = by_product::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: Network::step_by_im2col,
        gpu: false,
    },
    Rung {
        number: 4,
        name: "tiles",
        title: "im2col tiles, no new memory",
        threaded: false,
        forward: Alone::forward,
        backward: Alone::backward,
        article: Network::step_through_patches,
        gpu: false,
    },
    Rung {
        number: 5,
        name: "fused",
        title: "fused, on all threads",
        threaded: true,
        forward: Shared::forward,
        backward: Shared::backward,
        article: Network::step_fused,
        gpu: false,
    },
    Rung {
        number: 6,
        name: "gpu",
        title: "GPU, with transfers",
        threaded: false,
        forward: OnGpu::forward,
        backward: OnGpu::backward,
        article: NetworkOnGpu::step,
        gpu: true,
    },
    Rung {
        number: 7,
        name: "resident",
        title: "GPU, without transfers",
        threaded: false,
        forward: OnGpu::forward_there,
        backward: OnGpu::backward_there,
        article: NetworkOnGpu::step_there,
        gpu: true,
    },
];

/// The rung called `text`, by its number or its name.
///
/// # Errors
/// A sentence for clap to print, with all rungs, if there is none.
pub fn called(text: &str) -> Result<&'static Rung, String> {
    let found = RUNGS.iter().find(|rung| rung.name == text || rung.number.to_string() == text);
    found.ok_or_else(|| {
        let all: Vec<String> = RUNGS.iter().map(|r| format!("{} {}", r.number, r.name)).collect();
        format!("there is no such rung; take numbers or names of {}", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_stand_in_order_and_the_judge_is_the_plain_one() {
        assert!(RUNGS.iter().enumerate().all(|(place, rung)| rung.number == place));
        assert_eq!((JUDGE.number, JUDGE.name), (1, "loops"));
    }

    #[test]
    fn a_rung_is_found_by_number_and_by_name() {
        for rung in RUNGS {
            assert_eq!(called(rung.name).map(|found| found.number), Ok(rung.number));
            assert_eq!(called(&rung.number.to_string()).map(|found| found.name), Ok(rung.name));
        }
        let fault = called("8").err().unwrap();
        assert!(fault.contains("5 fused") && fault.contains("6 gpu"), "{fault}");
    }
}
