//! Chapter 05: the network of chapter 04 with its convolution as a matrix product.
//!
//!     cols = im2col(x)           (N 576, 25) from (N, 28, 28)
//!     h    = max(cols f + bc, 0) (N, 576), cols f is (N 576, 25)(25, 1)
//!     y    = softmax(h wo + bo)  (N, 10) = (N, 576)(576, 10) + (1, 10)
//!
//! Then the same training with the fast step, in a tenth of the time, and a
//! benchmark of four convolutions. Expect the losses of chapter 04, to rounding.
//! Run: cargo run --release -p cnn-im2col

use std::time::Instant;

use clap::Parser;
use cnn_im2col::benchmark::{self, Benchmark};
use cnn_im2col::fast::train_step::TrainStep;
use cnn_im2col::network::{backward, forward, patches};
use cnn_naive::checkpoint::Checkpoint;
use cnn_naive::network::{Gradients, init_params};
use common::files;
use common::plot::{self, Chart, Curve, Image};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary, thousands};
use common::{Float, Result, accuracy, article_loss, batch, sample_rows, seeded, update};
use ndarray::{Array2, s};

const ITERATIONS: usize = 3_000; // the article's
const QUICK_ITERATIONS: usize = 300;
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: Float = 0.01; // of the article's run

/// Chapter 05: the same network, patches to rows, one matrix product; then in
/// one go.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Steps of gradient descent [default: 3000, with --quick 300]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
    iterations: Option<usize>,

    /// Learning rate; dwo and dbo are sums over the batch, df and dbc means
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// Examples in a batch, 58 kB of patches each
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(10_000))]
    batch_size: usize,

    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    look: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("cnn-im2col");
    let default = if args.flags.quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let mut rng = seeded(args.flags.seed);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);

    // == Unroll ==
    let cols = patches(&train.x.slice(s![..1, ..])); // (576, 25): a row for each position, a column for each tap
    let kilobytes = |numbers: usize| (numbers * size_of::<Float>()) as f64 / 1e3;
    let (digit, unrolled) = (kilobytes(784), kilobytes(cols.len()));
    println!("a digit: {digit:.1} kB, its patches: {unrolled:.1} kB");
    let [digits, unrolled] = [digit, unrolled].map(|kb| kb * args.batch_size as f64 / 1e3);
    println!("a batch of {}: {digits:.2} MB, its patches: {unrolled:.2} MB", args.batch_size);

    // == Initialise ==
    let (mut f, mut bc, mut wo, mut bo) = init_params::<Float>(&mut rng); // as chapter 04
    let (initial, initial_rng) = (Checkpoint::new(0, &f, &bc, &wo, &bo), rng.clone());

    // == Train ==
    // df and dbc are averaged and dwo and dbo are not, as in the article.
    let rates = Gradients::Article.rates(args.learning_rate, args.batch_size);
    let mut last_good = initial.clone(); // with a finite loss
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss, accuracy in %]
    let start = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&train.x, &train.t, args.batch_size, &mut rng); // (100, 784), (100, 10)
        let (cols, h, y) = forward(&x, &f, &bc, &wo, &bo); // (57600, 25), (100, 576), (100, 10)
        let e = article_loss(&y, &t);
        if !e.is_finite() {
            return Err(last_good.diverged(i, &out.join("params.npz"), false));
        }
        last_good = Checkpoint::new(i - 1, &f, &bc, &wo, &bo);
        let (df, dbc, dwo, dbo) = backward(&cols, &wo, &h, &y, &t); // sums over the batch
        update(&mut f, rates.0, &df); // f = f - 0.01 df / 100, (5, 5)
        update(&mut bc, rates.0, &dbc); // (1, 576)
        update(&mut wo, rates.1, &dwo); // wo = wo - 0.01 dwo, (576, 10)
        update(&mut bo, rates.1, &dbo); // (1, 10)
        curve.push([i as f64, e, accuracy(&y, &t)]);
        progress.step(i, e, curve[i - 1][2]);
    }
    let seconds = start.elapsed().as_secs_f64();
    let trained = Checkpoint::new(iterations, &f, &bc, &wo, &bo);
    progress.finish();

    // == Train again, in one go ==
    let Checkpoint { mut f, mut bc, mut wo, mut bo, .. } = initial;
    let mut rng = initial_rng;
    let mut step = TrainStep::new(args.batch_size); // allocates the memory of all steps
    let mut losses = Vec::with_capacity(iterations);
    let start = Instant::now();
    for _ in 0..iterations {
        let rows = sample_rows(train.len(), args.batch_size, &mut rng); // (100,), the same as above
        let parameters = (&mut f, &mut bc, &mut wo, &mut bo);
        let (e, _) = step.run((&train.x, &train.t), &rows, parameters, rates);
        losses.push(e);
    }
    let seconds_in_one_go = start.elapsed().as_secs_f64();

    // == Test ==
    // By the loops of chapter 04: the patches of 10,000 images would take 576 MB.
    let test_accuracy = trained.accuracy(&test.x, &test.t); // %
    if test_accuracy.is_nan() {
        return Err(last_good.diverged(iterations, &out.join("params.npz"), false));
    }

    // == Report ==
    println!("iteration   loss by im2col   in one go");
    let lines = [1, 10, 100, 1_000].into_iter().filter(|&i| i < iterations);
    for i in lines.chain([iterations]) {
        println!("{:>9} {:16.6} {:11.6}", thousands(i), curve[i - 1][1], losses[i - 1]);
    }
    let benchmark = Benchmark::run(if args.flags.quick { 20 } else { 100 })?;
    println!("{}", benchmark.table());

    // == Plot ==
    let transposed = Array2::from_shape_fn((25 * 6, 576), |(i, position)| cols[[position, i / 6]]);
    plot::digit(&out.join("unrolled"), &transposed, "25 taps down, 576 places across")?;
    let of_tap = |k: usize| Image::new(cols.column(k), format!("tap {}, {}", k / 5, k % 5));
    plot::digits(&out.join("taps"), &(0..25).map(of_tap).collect::<Vec<_>>(), 5)?;
    let column = |k: usize| curve.iter().map(|p| (p[0], p[k])).collect::<Vec<_>>();
    let loss = [Curve::new("training batch", &column(1)).faint().smoothed(50)];
    plot::loss(&out.join("loss"), &loss)?;
    let chart = Chart::new("Convolution", "filters", "milliseconds").log_x().log_y();
    plot::curves(&out.join("gain"), &chart, &benchmark.curves())?;

    // == Save ==
    trained.params().save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    files::save_csv(&out.join("gain.csv"), benchmark::COLUMNS, &benchmark.rows)?;
    println!("pictures, curve and parameters are in {}", out.display());
    trained.page("05-cnn-im2col", &data)?.save(&out, args.look)?; // look.html
    let summary = Summary::new("cnn-im2col", data.name)
        .figure("test accuracy", test_accuracy, "%", None) // the article does not test
        .figure("training", seconds, "s", Some("18,282 s"))
        .figure("training in one go", seconds_in_one_go, "s", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
