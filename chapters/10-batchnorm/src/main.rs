//! Chapter 10: batch normalisation in a regression.
//!
//!     h = sigmoid(x w1 + b1)                     (N, 10) = (N, 6)(6, 10) + (1, 10)
//!     g = gamma (h - mean) / sqrt(var + e) + beta
//!                                                (N, 10)  mean and var of the batch in
//!                                                         training, running ones in test
//!     y = g w2 + b2                              (N, 1) = (N, 10)(10, 1) + (1, 1)
//!
//! Expect a mean squared error of about 4.5, where the best polynomial has 4.42,
//! in a tenth of a second; the experiments after it take a few.
//! Run: cargo run --release -p batchnorm

use std::time::Instant;

use batchnorm::dataset::{Points, TEST_POINTS, cosine, variance};
use batchnorm::least_squares::least_squares;
use batchnorm::loss::{broadcast_mse, mse, mse_grad};
use batchnorm::network::Network;
use batchnorm::plots::{best_level, data, loss_chart, outputs};
use batchnorm::training::Variant;
use batchnorm::{batch_norm, experiments, running_stats};
use clap::Parser;
use common::files;
use common::params::Params;
use common::plot::{self, Chart, Colour, Curve};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary};
use common::{Float, Result, batch, check_finite, seeded};
use dropout_adam::adam::Adam;

const POINTS: usize = 300; // the article's, here evenly spaced (our choice)
const ITERATIONS: usize = 3_000; // the article's
const QUICK_ITERATIONS: usize = 1_000;
const BATCH_SIZE: usize = 20; // the article's, drawn with replacement (our choice)
const LEARNING_RATE: Float = 0.001; // Adam's default, which the article takes
const REPORT_EVERY: usize = 100; // the article's
const SEEDS: usize = 5; // for each of the experiments
const QUICK_SEEDS: usize = 2;

/// Chapter 10: batch normalisation in a regression.
///
/// It needs no data: the points are computed, and --data changes nothing.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Steps of Adam [default: 3000, with --quick 1000]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1_000_000))]
    iterations: Option<usize>,

    /// How far each step goes
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// Points that each step looks at, at least two
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = batch_size)]
    batch_size: usize,

    /// The share of the newest batch in the running mean and variance
    #[arg(long, default_value_t = running_stats::MOMENTUM as Float, value_name = "SHARE", value_parser = share)]
    momentum: Float,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, seed, quick) = (args.flags.out("batchnorm"), args.flags.seed, args.flags.quick);
    let default = if quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let Args { learning_rate, batch_size, momentum, .. } = args;
    let mut rng = seeded(seed);

    // == Load ==
    let points = Points::<Float>::linspace(POINTS); // x (300, 6): powers 0 to 5; t (300, 1)
    let test = Points::<Float>::uniform(TEST_POINTS, &mut rng); // the same, for the test alone
    let (polynomial, best) = least_squares(&points.x, &points.t); // (300,), its error
    let waves = |at: &[f64]| variance(&at.iter().map(|&x| cosine(x)).collect::<Vec<_>>());
    println!("{POINTS} points of 3x + 2x^2 + 1 + 3 cos(20x), x from -2 to 2");
    println!("variance of 3 cos(20x) alone: {:.3}", waves(&points.at));
    println!("over {TEST_POINTS} other points:        {:.3}", waves(&test.at));
    println!("the best polynomial leaves:   {best:.3}");

    // == Initialise ==
    let mut network = Network::new(momentum, &mut rng); // Xavier (our choice); gamma 1, beta 0
    let mut adam = network.parameters().map(|w| Adam::new(w)); // one for each of the six arrays

    // == Train ==
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss of the batch]
    let mut tests = Vec::new(); // [iteration, loss of all points, loss of the test points]
    let start = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&points.x, &points.t, batch_size, &mut rng); // (20, 6), (20, 1)
        let (y, activations) = network.forward(&x)?; // training mode; y (20, 1)
        let e = mse(&y, &t);
        check_finite(e, i)?;
        // dy = 2 (y - t) / N
        let dy = mse_grad(&y, &t); // (20, 1)
        let gradients = network.backward(&x, &activations, &dy); // dw1, db1, dgamma, ...
        for ((adam, w), dw) in adam.iter_mut().zip(network.parameters()).zip(&gradients) {
            adam.step(w, dw, i, learning_rate);
        }
        curve.push([i as f64, e]);
        if i % REPORT_EVERY == 0 || i == iterations {
            let all = mse(&network.predict(&points.x), &points.t); // test mode
            tests.push([i as f64, all, mse(&network.predict(&test.x), &test.t)]);
        }
        progress.at(i, || format!("iteration {i:>6}: loss {e:8.4}"));
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let y = network.predict(&points.x); // (300, 1), test mode
    let (loss, test_loss) = (mse(&y, &points.t), mse(&network.predict(&test.x), &test.t));
    check_finite(loss + test_loss, iterations)?; // NaN, if the last step diverged
    let (broadcast_loss, _) = broadcast_mse(&y, &points.t);

    // == Report ==
    println!("\nmean squared error of all points in test mode, every {REPORT_EVERY} steps:");
    for five in tests.chunks(5) {
        let losses: Vec<String> = five.iter().map(|test| format!("{:9.3}", test[1])).collect();
        println!("up to {:>6}: {}", five[five.len() - 1][0], losses.concat());
    }
    println!("\n{network}\n");
    println!("mean squared error of the {POINTS} points it learnt from: {loss:7.3}");
    println!("of {TEST_POINTS} others, drawn at random:                      {test_loss:7.3}");
    println!("of the {POINTS}, a column minus a row making a square:    {broadcast_loss:7.3}");

    // == Plot ==
    let pairs: Vec<_> = points.at.iter().copied().zip(polynomial).collect();
    let curves = [
        data(&points),
        outputs("network", &points, &y).colour(Colour::Red),
        Curve::new("best polynomial", &pairs).colour(Colour::Teal).dashed(),
    ];
    plot::curves(&out.join("estimate"), &Chart::new("Data and estimate", "x", "y"), &curves)?;
    let batches: Vec<_> = curve.iter().map(|p| (p[0], p[1])).collect();
    let column = |k: usize| tests.iter().map(|p| (p[0], p[k])).collect::<Vec<_>>();
    let curves = [
        Curve::new("batches, training mode", &batches).colour(Colour::Blue).faint(),
        Curve::new("all points, test mode", &column(1)).colour(Colour::Red).line_and_dots(),
        Curve::new("other points, test mode", &column(2)).colour(Colour::Orange),
        best_level(best),
    ];
    plot::curves(&out.join("loss"), &loss_chart("Loss"), &curves)?;

    // == Save ==
    Params::new()
        .with("w1", &network.w1)
        .with("b1", &network.b1)
        .with("gamma", &network.gamma)
        .with("beta", &network.beta)
        .with("running_mean", &network.running.mean)
        .with("running_var", &network.running.var)
        .with("w2", &network.w2)
        .with("b2", &network.b2)
        .save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss"], &curve)?;
    let header = ["iteration", "all_points", "other_points"];
    files::save_csv(&out.join("tests.csv"), header, &tests)?;

    // == Compare ==
    let seeds = if quick { QUICK_SEEDS } else { SEEDS };
    let name = "batch norm";
    let lesson =
        Variant { name, batch_size, momentum, learning_rate, iterations, ..Variant::default() };
    let [early, early_without, last_without] =
        experiments::run(lesson, &points, seed, seeds, best, &out)?;
    println!("\npictures, curves and parameters are in {}", out.display());
    let summary = Summary::new("batchnorm", "300 points")
        .figure("all points", loss, "MSE", None)
        .figure("other points", test_loss, "MSE", None)
        .figure("all points after a third of the steps", early, "MSE", None)
        .figure("the same without batch norm", early_without, "MSE", None)
        .figure("all points without batch norm", last_without, "MSE", None)
        .figure("best polynomial", best, "MSE", None)
        .figure("training", seconds, "s", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}

/// Batch norm needs two points at least.
fn batch_size(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(size @ 2..=POINTS) => Ok(size),
        Ok(1) => Err(batch_norm::too_few(1).to_string()),
        _ => Err(format!("must be a whole number from 2 to {POINTS}")),
    }
}

fn share(text: &str) -> std::result::Result<Float, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("must be a number above 0 and at most 1, such as 0.1".to_owned()),
    }
}
