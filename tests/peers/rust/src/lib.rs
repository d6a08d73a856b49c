//! What burn and candle share: the command line, threads, MNIST, the order of the batches, the
//! clock and the result. `../workload.py` is the same for the peers in Python, and its table
//! says what a step is.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use flate2::read::GzDecoder;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde_json::json;

/// Those of workload.py.
const WORKLOADS: [&str; 6] = [
    "perceptron",
    "hidden-layer",
    "article-cnn",
    "one-convolution",
    "two-convolutions",
    "dropout-adam",
];
const STEPS: usize = 1_200;
const EPOCHS: usize = 10;
/// Seconds after which a run stops at the step that it has reached.
const LONGEST: f64 = 60.0;

/// Times one workload on MNIST and prints one line of JSON.
#[derive(Parser)]
pub struct Args {
    /// The folder with the four files of MNIST
    data: PathBuf,
    #[arg(value_parser = WORKLOADS)]
    pub workload: String,
    #[arg(long, default_value_t = 1)]
    threads: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl Args {
    /// Reads the command line and keeps the process on as many cores as threads.
    pub fn read() -> Self {
        let args = Self::parse();
        stay_on_cores(args.threads);
        // candle asks the variable too, for threads of its own, and takes all cores without it.
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("RAYON_NUM_THREADS", args.threads.to_string()) };
        args
    }

    fn batch(&self) -> usize {
        if self.workload == "dropout-adam" { 128 } else { 100 }
    }
}

#[cfg(target_os = "linux")]
fn stay_on_cores(threads: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let all = sched_getaffinity(None).expect("the cores");
    let mut chosen = CpuSet::new();
    let cores = (0..CpuSet::MAX_CPU).rev().filter(|&core| all.is_set(core));
    cores.take(threads).for_each(|core| chosen.set(core));
    sched_setaffinity(None, &chosen).expect("the cores can be chosen");
}

#[cfg(not(target_os = "linux"))]
fn stay_on_cores(_threads: usize) {}

/// The training images, (60000, 784), from 0 to 1, and their labels, (60000,).
pub fn mnist(args: &Args) -> (Vec<f32>, Vec<u8>) {
    let pixels = read(&args.data, "train-images-idx3-ubyte");
    let labels = read(&args.data, "train-labels-idx1-ubyte");
    (pixels[16..].iter().map(|&p| f32::from(p) / 255.0).collect(), labels[8..].to_vec())
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(mut file) = File::open(folder.join(name)) {
        file.read_to_end(&mut bytes).expect("it can be read");
    } else if let Ok(file) = File::open(folder.join(format!("{name}.gz"))) {
        GzDecoder::new(file).read_to_end(&mut bytes).expect("it can be unpacked");
    } else {
        eprintln!("Error: {} holds no {name}", folder.display());
        std::process::exit(1);
    }
    bytes
}

/// The rows of each batch, for ever: a hundred drawn with replacement for plain descent, else
/// each row once an epoch.
pub fn batches(args: &Args, count: usize) -> impl FnMut() -> Vec<u32> + use<> {
    let mut rng = StdRng::seed_from_u64(args.seed);
    let (size, drawn) = (args.batch(), uses_sgd(&args.workload));
    let mut order: Vec<u32> = (0..count as u32).collect();
    let mut start = count;
    move || {
        if drawn {
            return (0..size).map(|_| rng.random_range(0..count as u32)).collect();
        }
        if start >= count {
            order.shuffle(&mut rng);
            start = 0;
        }
        let rows = &order[start..count.min(start + size)];
        start += size;
        rows.to_vec()
    }
}

/// Plain descent for the articles' networks, Adam for the others.
pub fn uses_sgd(workload: &str) -> bool {
    matches!(workload, "perceptron" | "hidden-layer" | "article-cnn")
}

/// Times `step()`, which returns the loss and how many of the batch were right.
pub fn run(args: &Args, peer: &str, mut step: impl FnMut() -> (f32, usize)) {
    let batch = args.batch();
    let all =
        if args.workload == "dropout-adam" { EPOCHS * 60_000_usize.div_ceil(batch) } else { STEPS };
    let (mut times, mut right, mut loss) = (Vec::new(), Vec::new(), 0.0);
    let start = Instant::now();
    let mut last = start;
    while times.len() < all && (last - start).as_secs_f64() < LONGEST {
        let (e, count) = step();
        let now = Instant::now();
        times.push(1e3 * (now - last).as_secs_f64()); // ms
        last = now;
        loss = e;
        right.push(count);
    }
    let steps = times.len();
    let late = if steps < STEPS { steps.saturating_sub(200)..steps } else { 1_000..STEPS };
    let hundred = &right[steps.saturating_sub(100)..];
    let result = json!({
        "peer": peer,
        "workload": args.workload,
        "early_ms": median(&times[20.min(steps)..220.min(steps)]),
        "late_ms": median(&times[late]),
        "seconds": (last - start).as_secs_f64(),
        "steps": steps,
        "threads": args.threads,
        "loss": loss,
        "accuracy": 100.0 * hundred.iter().sum::<usize>() as f64 / (hundred.len() * batch) as f64,
        "memory_mb": peak_memory(),
    });
    println!("{result}");
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|kb| kb.trim().trim_end_matches(" kB").parse().ok())
        .map_or(0.0, |kb: f64| kb / 1024.0)
}
