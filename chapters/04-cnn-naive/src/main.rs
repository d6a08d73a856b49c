//! Chapter 04: one filter, explicit loops, backpropagation by hand.
//!
//!     map = convolve(x, f)       (N, 24, 24) from (N, 28, 28) and (5, 5)
//!     h = max(map + bc, 0)       (N, 576) = (N, 576) + (1, 576)
//!     y = softmax(h wo + bo)     (N, 10) = (N, 576)(576, 10) + (1, 10)
//!
//! Expect 75 to 90 % of MNIST's test set after 3,000 iterations, depending on the
//! seed and on the last step, in about ten seconds; the article's program took five
//! hours. With --quick, 300 iterations, about 60 % of the built-in digits.
//! Run: cargo run --release -p cnn-naive

use std::time::Instant;

use clap::Parser;
use cnn_naive::checkpoint::Checkpoint;
use cnn_naive::network::{CLASSES, Gradients, backward, forward, init_params, probabilities};
use common::files;
use common::plot::{self, Curve, Image};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary, thousands};
use common::{Float, Result, metric, softmax_naive};
use common::{accuracy, affine, article_loss, batch, cross_entropy, predict, seeded, update};
use ndarray::s;

const ITERATIONS: usize = 3_000; // the article's
const QUICK_ITERATIONS: usize = 300;
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: Float = 0.01; // of the article's run; its text has 0.001
const TESTS: usize = 20; // during the training, each on all test images
const ARTICLE_STEP: f64 = 18_282.343 / 3_000.0; // seconds

/// Chapter 04: one filter, explicit loops, backpropagation by hand.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Steps of gradient descent [default: 3000, with --quick 300]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
    iterations: Option<usize>,

    /// Learning rate; what it means depends on --gradients
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// Examples in a batch
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(60_000))]
    batch_size: usize,

    /// Which gradients are divided by the batch size
    #[arg(long, value_enum, default_value_t = Gradients::Article)]
    gradients: Gradients,

    /// Softmax as in the article, which overflows: some seeds end in NaN
    #[arg(long)]
    naive_softmax: bool,

    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    look: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("cnn-naive");
    let default = if args.flags.quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let mut rng = seeded(args.flags.seed);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);
    let digit = train.x.slice(s![..1, ..]); // (1, 784), for the pictures

    // == Initialise ==
    let (mut f, mut bc, mut wo, mut bo) = init_params::<Float>(&mut rng); // all N(0, 1)
    println!("f {:?}, bc {:?}, wo {:?}, bo {:?}", f.dim(), bc.dim(), wo.dim(), bo.dim());
    println!("{} parameters", thousands(f.len() + bc.len() + wo.len() + bo.len()));

    // == Train ==
    // Gradients are sums over the batch; dividing a rate by the batch size averages one.
    let (rate_f, rate_o) = args.gradients.rates(args.learning_rate, args.batch_size);
    let mut last_good = Checkpoint::new(0, &f, &bc, &wo, &bo); // with a finite loss
    let mut checkpoints = vec![last_good.clone()]; // to test and to draw
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss, accuracy in %]
    let start = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&train.x, &train.t, args.batch_size, &mut rng); // (100, 784), (100, 10)
        let (_, _, h, mut y) = forward(&x, &f, &bc, &wo, &bo); // (100, 576), (100, 10)
        if args.naive_softmax {
            y = softmax_naive(&affine(&h, &wo, &bo)); // NaN once a logit is too large for exp
        }
        let e = article_loss(&y, &t);
        if !e.is_finite() {
            return Err(last_good.diverged(i, &out.join("params.npz"), args.naive_softmax));
        }
        last_good = Checkpoint::new(i - 1, &f, &bc, &wo, &bo); // 25 KB: a thousandth of a step
        let (df, dbc, dwo, dbo) = backward(&x, &wo, &h, &y, &t); // sums over the batch
        update(&mut f, rate_f, &df); // f = f - 0.01 df / 100, (5, 5)
        update(&mut bc, rate_f, &dbc); // (1, 576)
        update(&mut wo, rate_o, &dwo); // wo = wo - 0.01 dwo, (576, 10)
        update(&mut bo, rate_o, &dbo); // (1, 10)
        curve.push([i as f64, e, accuracy(&y, &t)]);
        progress.step(i, e, curve[i - 1][2]);
        if i % iterations.div_ceil(TESTS) == 0 || i == iterations / 100 || i == iterations {
            checkpoints.push(Checkpoint::new(i, &f, &bc, &wo, &bo));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let tests: Vec<(f64, f64)> = // (iteration, accuracy in %)
        checkpoints.iter().map(|p| (p.steps as f64, p.accuracy(&test.x, &test.t))).collect();
    let later = tests.iter().filter(|test| test.0 > iterations as f64 / 2.0).map(|test| test.1);
    let later: Vec<f64> = later.collect(); // tests in the second half of the training
    let mean = later.iter().sum::<f64>() / later.len() as f64;
    let (worst, best) =
        (later.iter().copied().fold(100.0, f64::min), later.iter().copied().fold(0.0, f64::max));
    let y = probabilities(&test.x, &f, &bc, &wo, &bo); // (10000, 10)
    let predictions = predict(&y); // (10000,)
    let test_accuracy = accuracy(&y, &test.t); // %
    if test_accuracy.is_nan() {
        return Err(last_good.diverged(iterations, &out.join("params.npz"), args.naive_softmax));
    }

    // == Report ==
    println!("the article's loss on the test set: {:.3}", article_loss(&y, &test.t));
    println!("cross-entropy on the test set:      {:.3}", cross_entropy(&y, &test.t));
    println!("tests in the second half of the training: from {worst:.2} to {best:.2} %");

    // == Plot ==
    let column = |k: usize| curve.iter().map(|p| (p[0], p[k])).collect::<Vec<_>>();
    let loss = [Curve::new("training batch", &column(1)).faint().smoothed(50)];
    plot::loss(&out.join("loss"), &loss)?;
    let accuracies = [
        Curve::new("training batch", &column(2)).faint().smoothed(50),
        Curve::new("all test images", &tests).line_and_dots(),
    ];
    plot::accuracy(&out.join("accuracy"), &accuracies)?;
    let drawn = [0, iterations / 100, iterations / 10, iterations];
    let drawn = checkpoints.iter().filter(|p| drawn.contains(&p.steps));
    let activations: Vec<Image> = drawn.flat_map(|p| p.activations(&digit)).collect();
    plot::digits(&out.join("stages"), &activations, 4)?;
    let (before, after) = ("at the start", "after training");
    let filter = [Image::new(&checkpoints[0].f, before), Image::new(&f, after)];
    plot::filters(&out.join("filter"), &filter, 2)?;
    let biases = [Image::new(checkpoints[0].bc.row(0), before), Image::new(bc.row(0), after)];
    plot::filters(&out.join("biases"), &biases, 2)?;
    let confusion = metric::confusion(&test.labels, &predictions, CLASSES);
    plot::confusion(&out.join("confusion"), &confusion, &data.classes)?;

    // == Save ==
    let trained = Checkpoint::new(iterations, &f, &bc, &wo, &bo);
    trained.params().save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    println!("pictures, curve and parameters are in {}", out.display());
    let mut page = trained.page("04-cnn-naive", &data)?;
    for (p, (_, reached)) in checkpoints.iter().zip(&tests) {
        page.add_history(p.steps, *reached, &p.params())?;
    }
    page.save(&out, args.look)?; // look.html
    let summary = Summary::new("cnn-naive", data.name)
        .figure("test accuracy", test_accuracy, "%", None) // the article does not test
        .figure("mean of the later tests", mean, "%", None)
        .figure("training", seconds, "s", Some("18,282 s"))
        .figure("faster per step", ARTICLE_STEP * iterations as f64 / seconds, "times", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
