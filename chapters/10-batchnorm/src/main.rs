//! Chapter 10: batch normalisation in a regression.
//!
//!     h = sigmoid(x w1 + b1)                     (N, 10) = (N, 6)(6, 10) + (1, 10)
//!     g = gamma (h - mean) / sqrt(var + e) + beta
//!                                                (N, 10)  mean and var of the batch in
//!                                                         training, remembered ones in test
//!     y = g w2 + b2                              (N, 1) = (N, 10)(10, 1) + (1, 1)
//!
//! Expect a mean squared error of about 4.5, where the best polynomial has 4.42,
//! in a tenth of a second; the experiments after it take a few.
//! Run: cargo run --release -p batchnorm

use std::time::Instant;

use batchnorm::loss::{mse, mse_grad};
use batchnorm::network::Network;
use batchnorm::points::{Points, variance, wave};
use batchnorm::study::Setting;
use batchnorm::{broadcast, experiments, floor, norm, pictures, running};
use clap::Parser;
use common::files;
use common::params::Params;
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary};
use common::{Error, Float, Result, batch, seeded};
use dropout_adam::adam::Adam;

const POINTS: usize = 300; // the article's, here evenly spaced (our choice)
const OTHERS: usize = 300; // drawn at random, to test on: the article tests on what it learnt from
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
    #[arg(long, default_value_t = running::MOMENTUM as Float, value_name = "SHARE", value_parser = share)]
    momentum: Float,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, seed, quick) = (args.flags.out("batchnorm"), args.flags.seed, args.flags.quick);
    let default = if quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let mut rng = seeded(seed);

    // == Load ==
    let points = Points::<Float>::even(POINTS); // x (300, 6): powers 0 to 5; t (300, 1)
    let others = Points::<Float>::sample_rows(OTHERS, &mut rng); // the same, for the test alone
    let (best, least) = floor::least_squares(&points.x, &points.t); // (300,), its error
    let waves = |at: &[f64]| variance(&at.iter().map(|&x| wave(x)).collect::<Vec<_>>());
    println!("{POINTS} points of 3x + 2x^2 + 1 + 3 cos(20x), x from -2 to 2");
    println!("variance of 3 cos(20x) alone: {:.3}", waves(&points.at));
    println!("over {OTHERS} other points:        {:.3}", waves(&others.at));
    println!("the best polynomial leaves:   {least:.3}");

    // == Initialise ==
    let mut network = Network::new(args.momentum, &mut rng); // Xavier (our choice); gamma 1, beta 0
    let mut adam_w1 = Adam::new(&network.w1); // (6, 10)
    let mut adam_b1 = Adam::new(&network.b1); // (1, 10)
    let mut adam_gamma = Adam::new(&network.gamma); // (1, 10)
    let mut adam_beta = Adam::new(&network.beta); // (1, 10)
    let mut adam_w2 = Adam::new(&network.w2); // (10, 1)
    let mut adam_b2 = Adam::new(&network.b2); // (1, 1)

    // == Train ==
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss of the batch]
    let mut tests = Vec::new(); // [iteration, loss of all points, loss of the others], test mode
    let start = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&points.x, &points.t, args.batch_size, &mut rng); // (20, 6), (20, 1)
        let pass = network.forward(&x)?; // training mode; y (20, 1)
        let e = mse(&pass.y, &t);
        if !e.is_finite() {
            return Err(Error::diverged(i));
        }
        // dy = 2 (y - t) / N
        let dy = mse_grad(&pass.y, &t); // (20, 1)
        let d = network.backward(&x, &pass, &dy);
        adam_w1.step(&mut network.w1, &d.dw1, i, args.learning_rate);
        adam_b1.step(&mut network.b1, &d.db1, i, args.learning_rate);
        adam_gamma.step(&mut network.gamma, &d.dgamma, i, args.learning_rate);
        adam_beta.step(&mut network.beta, &d.dbeta, i, args.learning_rate);
        adam_w2.step(&mut network.w2, &d.dw2, i, args.learning_rate);
        adam_b2.step(&mut network.b2, &d.db2, i, args.learning_rate);
        curve.push([i as f64, e]);
        if i % REPORT_EVERY == 0 || i == iterations {
            let all = mse(&network.estimate(&points.x), &points.t); // test mode
            tests.push([i as f64, all, mse(&network.estimate(&others.x), &others.t)]);
        }
        progress.at(i, || format!("iteration {i:>6}: loss {e:8.4}"));
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let y = network.estimate(&points.x); // (300, 1), test mode
    let (reached, on_others) = (mse(&y, &points.t), mse(&network.estimate(&others.x), &others.t));
    let (wrong, _) = broadcast::wrong_mse(&y, &points.t);

    // == Report ==
    println!("\nmean squared error of all points in test mode, every {REPORT_EVERY} steps:");
    for five in tests.chunks(5) {
        let losses: Vec<String> = five.iter().map(|test| format!("{:9.3}", test[1])).collect();
        println!("up to {:>6}: {}", five[five.len() - 1][0], losses.concat());
    }
    println!("\n{network}\n");
    println!("mean squared error of the {POINTS} points it learnt from: {reached:7.3}");
    println!("of {OTHERS} others, drawn at random:                      {on_others:7.3}");
    println!("of the {POINTS}, a column minus a row making a square:    {wrong:7.3}");

    // == Plot ==
    pictures::estimate(&out, &points, &y, &best)?;
    pictures::training(&out, &curve, &tests, least)?;

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
    let (batch_size, momentum) = (args.batch_size, args.momentum);
    let setting = Setting { points: points.clone(), others: OTHERS, batch_size, momentum };
    let found = experiments::run(&setting, iterations, args.learning_rate, seed, seeds)?;
    println!("\n{found}");
    pictures::experiments(&out, &points, &found, least)?;
    println!("\npictures, curves and parameters are in {}", out.display());
    let [with, without] = [0, 1].map(|k| &found.tried[k].trained[0]); // this seed's
    let summary = Summary::new("batchnorm", "300 points")
        .figure("all points", reached, "MSE", None)
        .figure("other points", on_others, "MSE", None)
        .figure("all points after a third of the steps", with.after(found.early), "MSE", None)
        .figure("the same without batch norm", without.after(found.early), "MSE", None)
        .figure("all points without batch norm", without.last(), "MSE", None)
        .figure("best polynomial", least, "MSE", None)
        .figure("training", seconds, "s", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}

/// How many points a step looks at: one cannot be normalised by itself.
fn batch_size(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(size @ 2..=POINTS) => Ok(size),
        Ok(1) => Err(norm::too_few(1).to_string()),
        _ => Err(format!("must be a whole number from 2 to {POINTS}")),
    }
}

fn share(text: &str) -> std::result::Result<Float, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("must be a number above 0 and at most 1, such as 0.1".to_owned()),
    }
}
