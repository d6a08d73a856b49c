//! Chapter 06: the network of chapters 04 and 05 on the GPU, from kernels in WGSL.
//!
//!     h = max(conv(x, f) + bc, 0)   (N, 576)   one workgroup an image, forward and
//!     y = softmax(h wo + bo)        (N, 10)    backward; then a second kernel sums
//!     p = p - rate dp                          over the batch and updates
//!
//! Data set and parameters stay on the device; two dispatches a step, 250 steps a
//! submission. Then a network with enough work for a GPU: 30 filters, a pool, 100
//! hidden units, Adam.
//!
//! Expect the losses of chapter 05, to rounding.
//! Run: cargo run --release -p cnn-gpu

use std::io::Write;
use std::time::Instant;

use clap::Parser;
use cnn_gpu::Gpu;
use cnn_gpu::adapter::{self, Backend};
use cnn_gpu::benchmark::Benchmark;
use cnn_gpu::conv30_network::{self, Conv30Network};
use cnn_gpu::dataset::{DeviceDataset, MAX_STEPS};
use cnn_gpu::one_filter_network::OneFilterNetwork;
use cnn_im2col::fast::train_step::TrainStep;
use cnn_naive::checkpoint::Checkpoint;
use cnn_naive::network::{Gradients, init_params};
use common::files;
use common::plot::{self, Curve};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary, thousands};
use common::{Float, Result, sample_rows, seeded};

const ITERATIONS: usize = 3_000; // the article's
const SOFTWARE_ITERATIONS: usize = 100; // for an adapter that runs on the processor
const QUICK_ITERATIONS: usize = 10;
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: Float = 0.01; // of the article's run
const COMPARED: usize = 200; // steps repeated by the processor
const ADAM_RATE: f64 = 0.001; // for the second network; the paper's
const SECOND_ITERATIONS: usize = 1_800; // three times through the training set

/// Chapter 06: the same network on the GPU, from kernels in WGSL.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Steps of gradient descent [default: 3000, on software 100, with --quick 10]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
    iterations: Option<usize>,

    /// How far each step goes; dwo and dbo are sums over the batch, df and dbc means
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// Examples that each step looks at
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(10_000))]
    batch_size: usize,

    /// Steps of the second network [default: 1800, on software 2, with --quick 1]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1_000_000))]
    second_iterations: Option<usize>,

    /// Run on the first adapter with this in its name; `software` for one that runs on
    /// the processor, `list` to print all and stop [default: the fastest]
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME")]
    adapter: String,

    /// Use this interface alone
    #[arg(long, value_enum)]
    backend: Option<Backend>,

    /// Measure each kernel beside the least time that it can take here, and stop
    #[arg(long)]
    time: bool,

    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    look: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, batch) = (args.flags.out("cnn-gpu"), args.batch_size);
    let mut rng = seeded(args.flags.seed);

    // == Choose a GPU ==
    if args.adapter == "list" {
        return adapter::print_list(args.backend);
    }
    let gpu = Gpu::open(&args.adapter, args.backend)?;
    println!("on {}", gpu.name);
    if gpu.software {
        eprintln!("note: a processor plays the GPU here, so times say nothing about GPUs");
    }
    if args.time {
        let table = Benchmark::measure(&gpu, batch)?.table();
        print!("{table}");
        return files::write(&out.join("times.txt"), |file| Ok(file.write_all(table.as_bytes())?));
    }
    let (default, second_default) = match (args.flags.quick, gpu.software) {
        (true, _) => (QUICK_ITERATIONS, 1),
        (_, true) => (SOFTWARE_ITERATIONS, 2),
        _ => (ITERATIONS, SECOND_ITERATIONS),
    };
    let iterations = args.iterations.unwrap_or(default);
    let second_iterations = args.second_iterations.unwrap_or(second_default);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);
    let dataset = DeviceDataset::upload(&gpu, &train.x, &train.t)?; // once, as bytes: 47 MB

    // == Initialise ==
    let (mut f, mut bc, mut wo, mut bo) = init_params::<Float>(&mut rng); // as chapter 04
    // df and dbc are averaged and dwo and dbo are not, as in the article.
    let rates = Gradients::Article.rates(args.learning_rate, batch);
    let network = OneFilterNetwork::new(&gpu, &dataset, batch)?;
    network.set_parameters(&gpu, [&f, &bc, &wo, &bo], rates);
    let mut rng_of_processor = rng.clone();

    // == Train ==
    let mut last_good = Checkpoint::new(0, &f, &bc, &wo, &bo); // with finite losses
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss, accuracy in %]
    let start = Instant::now();
    while curve.len() < iterations {
        let steps = MAX_STEPS.min(iterations - curve.len());
        let rows = sample_rows(train.len(), steps * batch, &mut rng); // (steps, 100), as chapter 05
        for [e, accuracy] in network.train(&gpu, &rows)? {
            curve.push([curve.len() as f64 + 1.0, e, accuracy]);
        }
        let [f, bc, wo, bo] = network.parameters(&gpu)?; // 25 kB, every 250 steps
        let trained = Checkpoint::new(curve.len(), &f, &bc, &wo, &bo);
        let bad = curve.iter().position(|[_, e, _]| !e.is_finite()).map(|i| i + 1);
        if let Some(i) = bad.or((!trained.is_finite()).then_some(curve.len())) {
            return Err(last_good.diverged(i, &out.join("params.npz"), false));
        }
        last_good = trained;
        let [_, e, accuracy] = curve[curve.len() - 1];
        progress.step(curve.len(), e, accuracy);
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == The same steps on the processor ==
    let mut step = TrainStep::new(batch); // chapter 05's
    let mut losses = Vec::new();
    for _ in 0..iterations.min(COMPARED) {
        let rows = sample_rows(train.len(), batch, &mut rng_of_processor); // the same ones
        let parameters = (&mut f, &mut bc, &mut wo, &mut bo);
        losses.push(step.run((&train.x, &train.t), &rows, parameters, rates).0);
    }

    // == Test ==
    let reached = last_good.accuracy(&test.x, &test.t); // %, by the processor

    // == A second network ==
    let w = conv30_network::start::<f32>(&mut rng); // (433890,)
    let mut second = Conv30Network::new(&gpu, &dataset, batch, &w)?;
    let mut second_losses = Vec::with_capacity(second_iterations);
    let start = Instant::now();
    while second_losses.len() < second_iterations {
        let steps = MAX_STEPS.min(second_iterations - second_losses.len());
        let rows = sample_rows(train.len(), steps * batch, &mut rng);
        second_losses.extend(second.train(&gpu, &rows, ADAM_RATE)?.iter().map(|[e, _]| *e));
    }
    let second_seconds = start.elapsed().as_secs_f64();

    // == Report ==
    println!("iteration      on the GPU   on the processor");
    let printed = [1, 2, 5, 10, 20, 50, 100, 200];
    for i in printed.into_iter().filter(|&i| i <= losses.len()) {
        println!("{:>9} {:15.6} {:18.6}", thousands(i), curve[i - 1][1], losses[i - 1]);
    }
    let (first, last) = (second_losses[0], second_losses[second_iterations - 1]);
    let steps = thousands(second_iterations);
    println!("30 filters: a loss of {first:.3} at iteration 1, of {last:.3} at {steps}");

    // == Plot ==
    let by_gpu: Vec<_> = curve.iter().map(|[i, e, _]| (*i, *e)).collect();
    let by_processor: Vec<_> = (1..).map(f64::from).zip(losses).collect();
    let on_the_gpu = Curve::new("on the GPU", &by_gpu);
    let loss = [
        // A mean over a few points would hide how exactly they agree.
        if iterations < 1_000 { on_the_gpu } else { on_the_gpu.faint().smoothed(50) },
        Curve::new("the first steps on the processor", &by_processor).dashed(),
    ];
    plot::loss(&out.join("loss"), &loss)?;

    // == Save ==
    last_good.params().save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    println!("pictures, curve and parameters are in {}", out.display());
    last_good.page("06-cnn-gpu", &data)?.save(&out, args.look)?; // look.html
    let microseconds = |seconds: f64, steps: usize| 1e6 * seconds / steps as f64;
    let summary = Summary::new("cnn-gpu", data.name)
        .figure("test accuracy", reached, "%", None) // the article does not test
        .figure("step", microseconds(seconds, iterations), "us", Some("6,094,114 us"))
        .figure("step of 30 filters", microseconds(second_seconds, second_iterations), "us", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
