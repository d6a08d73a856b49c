//! Our side of the comparison with NumPy, PyTorch, JAX, TensorFlow, burn and candle, started
//! by `tests/peers/measure.py`: 1,200 whole training steps of one workload (or ten epochs), and
//! one line of JSON with the median time of an early and of a late step; or, for `limit`, the
//! operations a second that the processor can do at most.
//!
//! `tests/peers/workload.py` is the same for the peers; its table says what a step is.

use std::fs;
use std::time::Instant;

use clap::Parser;
use cnn_im2col::fast::train_step::TrainStep;
use cnn_naive::network::{Gradients, init_params};
use common::batch::{shuffled_batches, take_rows};
use common::{
    Float, Rng, accuracy, article_loss, batch, cross_entropy, cross_entropy_from_logits, init,
    seeded, softmax, update,
};
use conv_race::timer::Matmul;
use datasets::{Dataset, Split};
use deep_cnn::Network;
use deep_cnn::optimiser::adam;
use dropout_adam::adam::Adam;
use dropout_adam::dropout::mask;
use dropout_adam::network;
use ndarray::Array2;
use rand::Rng as _;

const STEPS: usize = 1_200;
const EPOCHS: usize = 10;

const WORKLOADS: [&str; 7] = [
    "perceptron",
    "hidden-layer",
    "article-cnn",
    "one-convolution",
    "two-convolutions",
    "dropout-adam",
    "limit", // what the arithmetic can do at most
];

/// Times workloads on MNIST, one line of JSON for each.
#[derive(Parser)]
struct Args {
    /// Only this one
    #[arg(value_parser = WORKLOADS)]
    workload: Option<String>,
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// A step returns the loss and the accuracy of its batch.
type Step<'a> = Box<dyn FnMut(&mut Rng) -> (f64, f64) + Send + 'a>;

fn main() {
    let args = Args::parse();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).use_current_thread();
    pool.build_global().expect("threads");
    let data: Dataset<Float> = datasets::mnist(None).expect("MNIST");
    for workload in WORKLOADS {
        if args.workload.as_deref().is_none_or(|only| only == workload) {
            match workload {
                "limit" => limit(args.threads),
                _ => measure(&data.train, workload, args.threads),
            }
        }
    }
}

fn limit(threads: usize) {
    let peak = Matmul::new().and_then(|product| product.peak(threads)).expect("threads");
    println!(
        "{{\"peer\": \"limit\", \"workload\": \"limit\", \"threads\": {threads}, \
         \"gflops\": {}}}",
        peak.limit_gflops
    );
}

fn measure(train: &Split<Float>, workload: &str, threads: usize) {
    let mut rng = seeded(1);
    let mut step = match workload {
        "perceptron" => perceptron(train, &mut rng),
        "hidden-layer" => hidden_layer(train, &mut rng),
        "article-cnn" => article_cnn(train, &mut rng),
        "one-convolution" => deep(train, "conv30x5,pool2,100", &mut rng),
        "two-convolutions" => deep(train, "conv20x5,pool2,conv50x5,pool2,500", &mut rng),
        _ => dropout_adam(train, &mut rng),
    };
    let epoch = train.len().div_ceil(128); // steps
    let steps = if workload == "dropout-adam" { STEPS.max(EPOCHS * epoch) } else { STEPS };
    let (mut times, mut reached) = (Vec::with_capacity(steps), Vec::with_capacity(steps));
    let (mut loss, start) = (0.0, Instant::now());
    let mut last = start;
    for _ in 0..steps {
        let (e, right) = step(&mut rng);
        let now = Instant::now();
        times.push(1e3 * (now - last).as_secs_f64()); // ms
        last = now;
        loss = e;
        reached.push(right);
    }
    let seconds = (last - start).as_secs_f64();
    let (early, late) = (median(&times[20..220]), median(&times[1_000..1_200]));
    let accuracy = reached[steps - 100..].iter().sum::<f64>() / 100.0;
    println!(
        "{{\"peer\": \"ours\", \"workload\": \"{workload}\", \"threads\": {threads}, \
         \"early_ms\": {early}, \"late_ms\": {late}, \"seconds\": {seconds}, \
         \"steps\": {steps}, \"loss\": {loss}, \"memory_mb\": {}, \"accuracy\": {accuracy}}}",
        peak_memory(),
    );
}

fn perceptron<'a>(train: &'a Split<Float>, rng: &mut Rng) -> Step<'a> {
    let (mut w, mut b) = (init::normal((784, 10), rng), init::normal((1, 10), rng));
    Box::new(move |rng| {
        let (x, t) = batch(&train.x, &train.t, 100, rng); // (100, 784), (100, 10)
        let y = perceptron::forward(&x, &w, &b);
        let (dw, db) = perceptron::backward(&x, &y, &t);
        update(&mut w, 0.001, &dw);
        update(&mut b, 0.001, &db);
        (article_loss(&y, &t), accuracy(&y, &t))
    })
}

fn hidden_layer<'a>(train: &'a Split<Float>, rng: &mut Rng) -> Step<'a> {
    let (mut wh, mut bh) = (init::normal((784, 100), rng), init::normal((1, 100), rng));
    let (mut wo, mut bo) = (init::normal((100, 10), rng), init::normal((1, 10), rng));
    Box::new(move |rng| {
        let (x, t) = batch(&train.x, &train.t, 100, rng);
        let (h, y) = hidden_layer::forward(&x, &wh, &bh, &wo, &bo);
        let (dwh, dbh, dwo, dbo) = hidden_layer::backward(&x, &wo, &h, &y, &t);
        update(&mut wh, 0.001, &dwh);
        update(&mut bh, 0.001, &dbh);
        update(&mut wo, 0.001, &dwo);
        update(&mut bo, 0.001, &dbo);
        (article_loss(&y, &t), accuracy(&y, &t))
    })
}

fn article_cnn<'a>(train: &'a Split<Float>, rng: &mut Rng) -> Step<'a> {
    let (mut f, mut bc, mut wo, mut bo) = init_params::<Float>(rng);
    let rates = Gradients::Article.rates(0.01, 100);
    let (mut step, mut rows) = (TrainStep::new(100), [0; 100]);
    Box::new(move |rng| {
        rows.fill_with(|| rng.random_range(0..train.x.nrows()));
        let parameters = (&mut f, &mut bc, &mut wo, &mut bo);
        step.run((&train.x, &train.t), &rows, parameters, rates)
    })
}

fn deep<'a>(train: &'a Split<Float>, line: &str, rng: &mut Rng) -> Step<'a> {
    let layers = line.parse().expect("an architecture");
    let mut network: Network<Float> =
        Network::new(&layers, (1, 28, 28), 10, 100, rng).expect("it fits");
    let (mut v, mut s) = (vec![0.0; network.w.len()], vec![0.0; network.w.len()]);
    let mut i = 0;
    Box::new(move |rng| {
        let (x, t) = batch(&train.x, &train.t, 100, rng);
        let y = softmax(&network.forward(&x)); // (100, 10)
        let dz = (&y - &t) / 100.0;
        network.backward(&x, &dz);
        i += 1;
        adam(&mut network.w, &network.dw, &mut v, &mut s, i, 0.001);
        (cross_entropy(&y, &t), accuracy(&y, &t))
    })
}

fn dropout_adam<'a>(train: &'a Split<Float>, rng: &mut Rng) -> Step<'a> {
    let [mut w1, mut b1, mut w2, mut b2] = network::initialise(32, rng);
    let mut adams = [&w1, &b1, &w2, &b2].map(|w| Adam::new(w));
    let (mut order, mut i) = (Vec::new(), 0);
    Box::new(move |rng| {
        if order.is_empty() {
            order = shuffled_batches(train.len(), 128, rng);
            order.reverse();
        }
        let rows: Vec<usize> = order.pop().expect("at least one batch");
        let (x, t) = (take_rows(&train.x, &rows), take_rows(&train.t, &rows));
        let m: Array2<Float> = mask((rows.len(), 32), 0.2, rng);
        let (h, z) = network::forward(&x, [&w1, &b1, &w2, &b2], Some(&m));
        let gradients = network::backward(&x, &w2, &m, &h, &z, &t);
        i += 1;
        for ((adam, w), dw) in
            adams.iter_mut().zip([&mut w1, &mut b1, &mut w2, &mut b2]).zip(&gradients)
        {
            adam.step(w, dw, i, 0.001);
        }
        (cross_entropy_from_logits(&z, &t), accuracy(&z, &t))
    })
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// In MB; 0 where the system does not say.
fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|kb| kb.trim().trim_end_matches(" kB").parse().ok())
        .map_or(0.0, |kb: f64| kb / 1024.0)
}
