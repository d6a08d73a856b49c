//! What both peers share: the command line, MNIST, batches, the clock and the result. The
//! table in `../workload.py` says what a step of each workload is.

use std::time::Instant;

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

const STEPS: usize = 1_200;
const EPOCHS: usize = 10;

/// The workload and the number of threads.
pub struct Args {
    pub workload: String,
    pub threads: usize,
}

/// `WORKLOAD --threads N`; the folder of MNIST is in `DATASETS_DIR`.
pub fn args() -> Args {
    let mut given = std::env::args().skip(1);
    let workload = given.next().expect("usage: WORKLOAD [--threads N]");
    given.next();
    let threads = given.next().map_or(1, |n| n.parse().expect("--threads takes a number"));
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("threads");
    Args { workload, threads }
}

/// Draws batches of MNIST's training images.
pub struct Batches {
    x: Vec<f32>,
    t: Vec<u8>,
    size: usize,
    with_replacement: bool,
    order: Vec<usize>,
    rng: SmallRng,
}

impl Batches {
    pub fn new(args: &Args) -> Batches {
        let data = datasets::mnist::<f32>(None).expect("MNIST");
        Batches {
            x: data.train.x.iter().copied().collect(),
            t: data.train.labels.iter().map(|&label| label as u8).collect(),
            size: if args.workload == "dropout-adam" { 128 } else { 100 },
            with_replacement: matches!(args.workload.as_str(), "perceptron" | "hidden-layer"),
            order: Vec::new(),
            rng: SmallRng::seed_from_u64(1),
        }
    }

    /// Images, 784 numbers each, and labels. The last batch of an epoch may be short.
    pub fn next(&mut self) -> (Vec<f32>, Vec<u8>) {
        let count = self.t.len();
        let rows: Vec<usize> = if self.with_replacement {
            (0..self.size).map(|_| self.rng.random_range(0..count)).collect()
        } else {
            if self.order.is_empty() {
                self.order = (0..count).collect();
                self.order.shuffle(&mut self.rng);
            }
            self.order.split_off(self.order.len().saturating_sub(self.size))
        };
        let x = rows.iter().flat_map(|row| &self.x[784 * row..784 * (row + 1)]).copied().collect();
        (x, rows.iter().map(|&row| self.t[row]).collect())
    }
}

/// Times `step`, which returns the loss and how many of its batch were right.
pub fn run(peer: &str, args: &Args, mut step: impl FnMut() -> (f64, usize)) {
    let epochs = args.workload == "dropout-adam";
    let (steps, size) = if epochs { (EPOCHS * 60_000_usize.div_ceil(128), 128) } else { (STEPS, 100) };
    let (mut times, mut right, mut loss) = (Vec::new(), Vec::new(), 0.0);
    let start = Instant::now();
    let mut last = start;
    for _ in 0..steps {
        let (e, count) = step();
        let now = Instant::now();
        times.push(1e3 * (now - last).as_secs_f64());
        right.push(count);
        (last, loss) = (now, e);
    }
    let accuracy = right[steps - 100..].iter().sum::<usize>() as f64 / size as f64;
    println!(
        "{{\"peer\": \"{peer}\", \"workload\": \"{}\", \"threads\": {}, \"early_ms\": {}, \
         \"late_ms\": {}, \"seconds\": {}, \"steps\": {steps}, \"loss\": {loss}, \
         \"accuracy\": {accuracy}, \"memory_mb\": {}}}",
        args.workload,
        args.threads,
        median(&times[20..220]),
        median(&times[1_000..1_200]),
        (last - start).as_secs_f64(),
        peak_memory(),
    );
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// In MB; 0 where the system does not say.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = peak.and_then(|kb| kb.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kb.map_or(0.0, |kb| kb / 1024.0)
}
