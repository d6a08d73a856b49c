//! How fast this machine is at this moment: two seconds of what the chapters do most.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cnn_naive::conv;
use common::{Result, dot, init, seeded, sigmoid, softmax};
use datasets::digits;
use datasets::images::{CLASSES, PIXELS, SIDE};
use deep_cnn::Network;
use deep_cnn::layers::IMAGE;
use deep_cnn::optimiser::sgd;
use ndarray::{Array2, Array4};
use serde::Serialize;

const BATCH_SIZE: usize = 100; // of most chapters
/// Each part takes four turns, spread over the two seconds: other programs come and go.
const TURNS: usize = 4;
const TURN: Duration = Duration::from_millis(100);

/// What a round takes here, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Probe {
    /// On one thread: the geometric mean of a product of matrices, a convolution in plain
    /// loops, a sigmoid of each element, and a training step, so that all count alike.
    pub one_thread: f64,
    /// On all threads: a training step, which is what most chapters share out.
    pub all_threads: f64,
    /// How many those are.
    pub threads: usize,
}

impl Probe {
    /// Measures this machine.
    /// Fails if a thread cannot be started.
    pub fn measure() -> Result<Probe> {
        let mut rng = seeded(1);
        let drawn = digits::draw(1, 0, BATCH_SIZE);
        let pixels = drawn.images.iter().map(|&v| f32::from(v) / 255.0).collect();
        let x = Array2::from_shape_vec((BATCH_SIZE, PIXELS), pixels)?; // (100, 784)
        let one_hot = |(i, k): (usize, usize)| f32::from(usize::from(drawn.labels[i]) == k);
        let t = Array2::from_shape_fn((BATCH_SIZE, CLASSES), one_hot); // (100, 10)
        let w = init::normal::<f32>((PIXELS, 100), &mut rng); // of chapter 02's hidden layer
        let images = x.to_shape((BATCH_SIZE, 1, SIDE, SIDE))?; // (100, 1, 28, 28)
        let f = Array4::from_elem((1, 1, 5, 5), 0.1); // chapter 04's filter
        let layers = "conv20x5,pool2,conv50x5,pool2,500".parse()?; // chapter 08's network
        let mut network = Network::new(&layers, IMAGE, CLASSES, BATCH_SIZE, &mut rng)?;

        let mut product = || _ = black_box(dot(&x, &w));
        let mut convolution = || {
            let out = conv::forward(&images, &f, Default::default()); // (100, 1, 24, 24)
            black_box(conv::backward(&out, &images, &f, Default::default()));
        };
        let mut elements = || _ = black_box(sigmoid(&x));
        let mut step = || {
            let y = softmax(&network.forward(&x)); // (100, 10)
            network.backward(&x, &((y - &t) / BATCH_SIZE as f32));
            sgd(&mut network.w, &network.dw, 0.01);
        };
        let mut parts: [&mut (dyn FnMut() + Send); 4] =
            [&mut product, &mut convolution, &mut elements, &mut step];
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
        let (mut one_thread, mut all_threads) = ([0.0; 4], 0.0);
        for _ in 0..TURNS {
            for (part, seconds) in parts.iter_mut().zip(&mut one_thread) {
                *seconds += pool.install(|| time(part)) / TURNS as f64;
            }
            all_threads += time(parts[3]) / TURNS as f64;
        }
        let one_thread = one_thread.iter().product::<f64>().powf(0.25);
        Ok(Probe { one_thread, all_threads, threads: rayon::current_num_threads() })
    }

    /// The mean of two.
    pub fn mean(self, other: Probe) -> Probe {
        let one_thread = (self.one_thread + other.one_thread) / 2.0;
        Probe { one_thread, all_threads: (self.all_threads + other.all_threads) / 2.0, ..self }
    }
}

/// Seconds of one call of `work`: the mean over a turn, after a call to warm up.
fn time(work: &mut (dyn FnMut() + Send)) -> f64 {
    work();
    let (start, mut calls) = (Instant::now(), 0);
    while start.elapsed() < TURN {
        work();
        calls += 1;
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}
