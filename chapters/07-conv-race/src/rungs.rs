//! The table of all rungs, from the article's own way to the fastest.

use cnn_im2col::conv as im2col;
use cnn_im2col::fast::rows::{self, slice};
use cnn_naive::{article, conv};
use common::Float;

use crate::network::Network;
use crate::shape::{Pass, Shape};
use crate::tiles::{self, Tiles};
use crate::{article_step, gpu};

/// The article's way takes about five seconds for them.
const MOST_COPIES: f64 = 5e9;

/// A way to convolve. Its functions read their inputs from a network and write their
/// results there.
#[allow(missing_docs)]
pub struct Rung {
    pub number: usize,
    pub name: &'static str,         // one word, for flags and files
    pub title: &'static str,        // for tables and charts
    pub threaded: bool,             // it uses all threads
    pub gpu: bool,                  // it needs a GPU
    pub forward: fn(&mut Network),  // out from x and w
    pub backward: fn(&mut Network), // dx and dw from dout, x and w
    pub article: fn(&mut Network),  // a training step of the article's network
}

/// Results with their names.
pub type Results = Vec<(&'static str, Vec<Float>)>;

impl Rung {
    /// Whether it has this pass and can do an image of this shape in seconds. What stays on
    /// the GPU cannot be part of a step whose other layers run on the processor.
    pub fn supports(&self, pass: Pass, shape: &Shape) -> bool {
        match self.name {
            "resident" => pass != Pass::Step,
            "article" => shape.copies() <= MOST_COPIES,
            _ => true,
        }
    }

    /// Threads that it uses of `available` ones.
    pub fn threads(&self, available: usize) -> usize {
        if self.threaded { available } else { 1 }
    }

    /// Runs `pass` on `network`.
    pub fn run(&self, pass: Pass, network: &mut Network) {
        match pass {
            Pass::Forward => (self.forward)(network),
            Pass::Backward => (self.backward)(network),
            Pass::Step => network.step(self.forward, self.backward),
            Pass::Article => (self.article)(network),
        }
    }

    /// The results for the first `n` images: outputs, gradients, or all parameters after
    /// a step at a rate of 1, which are their start minus the gradients.
    pub fn results(&self, pass: Pass, network: &Network, n: usize) -> Results {
        let mut network = network.first(n);
        network.rate = 1.0;
        self.run(pass, &mut network);
        let [w, b, wo, bo] = network.parameters();
        let results = match pass {
            Pass::Forward => vec![("out", slice(&network.out))],
            Pass::Backward => vec![("dx", slice(&network.dx)), ("dw", slice(&network.dw))],
            Pass::Step => vec![("w", w), ("b", b), ("wo", wo), ("bo", bo)],
            Pass::Article => vec![("f", w), ("bc", b), ("wo", wo), ("bo", bo)],
        };
        results.into_iter().map(|(name, values)| (name, values.to_vec())).collect()
    }

    /// The rung with this number or name. If there is none, the error lists all rungs.
    pub fn find(text: &str) -> Result<&'static Rung, String> {
        let found = RUNGS.iter().find(|rung| rung.name == text || rung.number.to_string() == text);
        found.ok_or_else(|| {
            let all: Vec<_> = RUNGS.iter().map(|r| format!("{} {}", r.number, r.name)).collect();
            format!("there is no such rung; take numbers or names of {}", all.join(", "))
        })
    }
}

/// The plain loops, with which all other rungs have to agree.
pub const REFERENCE: &Rung = &RUNGS[1];

/// All rungs. Those on the GPU need [`crate::gpu::open`] first.
pub const RUNGS: &[Rung] = &[
    Rung {
        number: 0,
        name: "article",
        title: "the article's own way",
        threaded: false,
        gpu: false,
        forward: |a| a.out = article::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = article::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: article_step::by_article,
    },
    Rung {
        number: 1,
        name: "loops",
        title: "plain loops",
        threaded: false,
        gpu: false,
        forward: |a| a.out = conv::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = conv::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: article_step::by_loops,
    },
    Rung {
        number: 2,
        name: "rows",
        title: "rows that vectorise",
        threaded: false,
        gpu: false,
        forward: |a| a.out = rows::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = rows::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: article_step::by_rows,
    },
    Rung {
        number: 3,
        name: "im2col",
        title: "im2col and a product",
        threaded: true,
        gpu: false,
        forward: |a| a.out = im2col::forward(&a.x, &a.w, a.shape.window),
        backward: |a| (a.dx, a.dw) = im2col::backward(&a.dout, &a.x, &a.w, a.shape.window),
        article: article_step::by_im2col,
    },
    Rung {
        number: 4,
        name: "tiles",
        title: "im2col tiles, no new memory",
        threaded: false,
        gpu: false,
        forward: |a| tiles::forward(a, Tiles::with_im2col),
        backward: |a| tiles::backward(a, Tiles::with_im2col),
        article: article_step::by_tiles,
    },
    Rung {
        number: 5,
        name: "fused",
        title: "fused, on all threads",
        threaded: true,
        gpu: false,
        forward: |a| tiles::forward(a, Tiles::fused),
        backward: |a| tiles::backward(a, Tiles::fused),
        article: article_step::fused,
    },
    Rung {
        number: 6,
        name: "gpu",
        title: "GPU, with transfers",
        threaded: false,
        gpu: true,
        forward: |a| gpu::forward(a, true),
        backward: |a| gpu::backward(a, true),
        article: |a| gpu::article_step(a, true),
    },
    Rung {
        number: 7,
        name: "resident",
        title: "GPU, without transfers",
        threaded: false,
        gpu: true,
        forward: |a| gpu::forward(a, false),
        backward: |a| gpu::backward(a, false),
        article: |a| gpu::article_step(a, false),
    },
];
