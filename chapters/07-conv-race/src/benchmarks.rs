//! Which passes are timed over which shapes.

use crate::shape::{Pass, Shape};

/// How many shapes: seconds for all of them, less than a minute, or some minutes.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub enum Scale {
    Quick,
    Standard,
    Full,
}

/// What is varied while everything else stays the same.
#[allow(missing_docs)]
#[derive(Debug)]
pub struct Sweep {
    pub name: &'static str,        // in files and tables
    pub label: &'static str,       // of its axis
    values: [&'static [usize]; 3], // for each scale
    with: fn(Shape, usize) -> Shape,
}

const POWERS: &[usize] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// All sweeps, in the order in which they run.
pub const SWEEPS: &[Sweep] = &[
    Sweep {
        name: "batch",
        label: "images in the batch",
        values: [&[1, 8, 64], &[1, 4, 16, 64, 256], &[1, 2, 4, 8, 16, 32, 64, 128, 256]],
        with: |shape, batch| Shape { batch, ..shape },
    },
    Sweep {
        name: "filters",
        label: "filters",
        values: [&[1, 8], &[1, 4, 16, 64], &[1, 2, 4, 8, 16, 32, 64]],
        with: |shape, filters| Shape { filters, ..shape },
    },
    Sweep {
        name: "kernel",
        label: "rows and columns of a filter",
        values: [&[3, 5], &[3, 5, 7], &[3, 5, 7]],
        with: |shape, kernel| Shape { kernel, ..shape },
    },
    Sweep {
        name: "channels",
        label: "channels",
        values: [&[], &[1, 4, 16], &[1, 2, 4, 8, 16, 32]],
        with: |shape, channels| Shape { channels, ..shape },
    },
    Sweep {
        name: "pixels",
        label: "pixels of an image",
        values: [&[196, 784], &[196, 784, 3136], &[49, 196, 784, 3136, 7056]],
        with: |shape, pixels| Shape { size: pixels.isqrt(), ..shape },
    },
    Sweep {
        name: "threads",
        label: "threads",
        values: [&[], POWERS, POWERS], // those below the number of threads, and that number
        with: |shape, threads| Shape { threads, ..shape },
    },
];

/// A pass over a shape, to be timed on every rung, alone or as part of a sweep.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub struct Benchmark {
    pub sweep: Option<(&'static Sweep, usize)>, // and its value here
    pub pass: Pass,
    pub shape: Shape,
}

/// The passes that run over any shape.
const PASSES: [Pass; 3] = [Pass::Forward, Pass::Backward, Pass::Step];

/// The article's network and a layer of 30 filters by themselves, then the sweeps.
pub fn benchmarks(scale: Scale, threads: usize) -> Vec<Benchmark> {
    let article = Shape::article(100, threads);
    let thirty = Shape { filters: 30, ..article };
    let middle = Shape { batch: 32, filters: 16, ..article }; // of the sweeps
    let single = |pass, shape| Benchmark { sweep: None, pass, shape };
    let first = [Pass::Article, Pass::Forward, Pass::Backward];
    let mut all = Vec::from(first.map(|pass| single(pass, article)));
    all.extend(PASSES.map(|pass| single(pass, thirty)));
    for sweep in SWEEPS {
        let mut values = sweep.values[scale as usize].to_vec();
        if sweep.name == "threads" {
            let last = values.iter().any(|&count| count < threads).then_some(threads);
            values.retain(|&count| count < threads);
            values.extend(last);
        }
        for value in values {
            let point = |pass, shape| {
                let shape = (sweep.with)(shape, value);
                Benchmark { sweep: Some((sweep, value)), pass, shape }
            };
            all.extend(PASSES.map(|pass| point(pass, middle)));
            if ["batch", "threads"].contains(&sweep.name) {
                all.push(point(Pass::Article, article));
            }
        }
    }
    all
}

/// Every pass over one shape.
pub fn benchmarks_of(shape: Shape) -> Vec<Benchmark> {
    let article = shape.is_article().then_some(Pass::Article);
    let passes = article.into_iter().chain(PASSES);
    passes.map(|pass| Benchmark { sweep: None, pass, shape }).collect()
}
