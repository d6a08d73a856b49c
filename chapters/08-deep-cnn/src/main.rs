//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
//!
//!     h1 = max(conv(x, w1) + b1, 0)    (N, 20, 24, 24)   a bias for each filter
//!     p1 = the largest of every 2 x 2  (N, 20, 12, 12)
//!     h2 = max(conv(p1, w2) + b2, 0)   (N, 50, 8, 8)     filters over all 20 channels
//!     p2 = the largest of every 2 x 2  (N, 50, 4, 4) = (N, 800)
//!     h3 = max(p2 w3 + b3, 0)          (N, 500)
//!     y  = softmax(h3 w4 + b4)         (N, 10)
//!
//! Expect 99.2 % of MNIST's test set in under a minute on two cores.
//! Run: cargo run --release -p deep-cnn

use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use common::batch::{shuffled_batches, take_rows};
use common::files;
use common::plot::{self, Image};
use common::program::flags::{self, Flags};
use common::program::interrupt;
use common::program::{Progress, Summary, thousands};
use common::{Error, Float, Real, Result, metric};
use common::{accuracy, cross_entropy_from_logits, predict, seeded, softmax};
use deep_cnn::augment::{Augment, Distorter};
use deep_cnn::kept::Kept;
use deep_cnn::network::Network;
use deep_cnn::optimiser::{Optimiser, adam, momentum, nesterov, sgd};
use deep_cnn::score::{self, logits, score};
use deep_cnn::{Layers, pictures, saved, schedule, speedrun, study};

const IMAGE: (usize, usize, usize) = (1, 28, 28); // channels, height, width
const CLASSES: usize = 10; // the digits 0 to 9
const VALIDATION: usize = 5_000; // of the 60,000, to choose by; the test set chooses nothing
const EPOCHS: usize = 8;
const AUGMENTED_EPOCHS: usize = 40; // a distorted digit is never seen twice
const QUICK_IMAGES: usize = 10_000;
const QUICK_EPOCHS: usize = 2;
const BATCH_SIZE: usize = 100;
const MOMENTUM: Float = 0.9;
const KEEP_EVERY: usize = 100; // iterations, after which parameters are known to be good

/// Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
///
/// The best parameters so far are always in the folder of --out. Ctrl-C ends
/// training there and goes on with the test.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// The layers before the output: conv<filters>x<size> with s<stride> and
    /// p<padding>, pool<size> and avgpool<size> with s<stride>, or units
    #[arg(long, default_value = "conv20x5,pool2,conv50x5,pool2,500", value_parser = layers)]
    layers: Layers,

    /// Times that every image is shown [default: 8, with --augment 40, with --quick 2]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000))]
    epochs: Option<usize>,

    /// Images that each step looks at
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(1_000))]
    batch_size: usize,

    /// How a step follows from a gradient
    #[arg(long, value_enum, default_value_t = Optimiser::Nesterov)]
    optimiser: Optimiser,

    /// How far the first steps go, for the mean gradient; the last go a tenth
    /// [default: 0.1 for sgd, 0.03 with momentum, 0.001 for adam]
    #[arg(long, value_name = "RATE", value_parser = flags::learning_rate::<f64>)]
    learning_rate: Option<f64>,

    /// The part of its speed that momentum keeps
    #[arg(long, default_value_t = MOMENTUM, value_name = "PART", value_parser = below_one)]
    momentum: Float,

    /// Draw every image anew each time: moved, turned, scaled, distorted
    #[arg(long)]
    augment: bool,

    /// Begin with these parameters, an earlier run's params.npz
    #[arg(long, value_name = "FILE")]
    start: Option<PathBuf>,

    /// Instead: the least time to 99.0 %, over several seeds
    #[arg(long, conflicts_with_all = ["study", "augment", "start"])]
    speedrun: bool,

    /// Instead: layers, units, windows, padding and batch size, compared
    #[arg(long, conflicts_with_all = ["augment", "start"])]
    study: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, seed, quick) = (args.flags.out("deep-cnn"), args.flags.seed, args.flags.quick);
    let epochs = args.epochs.unwrap_or(match (quick, args.augment) {
        (true, _) => QUICK_EPOCHS,
        (_, true) => AUGMENTED_EPOCHS,
        _ => EPOCHS,
    });
    let learning_rate = args.learning_rate.unwrap_or(match args.optimiser {
        Optimiser::Sgd => 0.1,
        Optimiser::Momentum | Optimiser::Nesterov => 0.03,
        Optimiser::Adam => 0.001,
    });

    score::fits(&args.layers, IMAGE, args.batch_size)?;

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    if args.speedrun {
        return speedrun::run(&data, &out, seed, quick);
    }
    if args.study {
        return study::run(&data, &out, seed, quick);
    }
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    let mut rng = seeded(seed);
    let mut learnt = shuffled_batches(train.len(), train.len(), &mut rng).concat(); // 0 to 59,999
    let held_back = learnt.split_off(train.len() - VALIDATION);
    learnt.truncate(if quick { QUICK_IMAGES } else { learnt.len() });
    let (x_held, t_held) = (take_rows(&train.x, &held_back), take_rows(&train.t, &held_back)); // (5000, 784), (5000, 10)

    // == Initialise ==
    let mut network = Network::new(&args.layers, IMAGE, CLASSES, args.batch_size, &mut rng)?; // He
    if let Some(file) = &args.start {
        saved::restore(file, &mut network)?;
    }
    println!("{}, {} parameters", args.layers, thousands(network.parameters()));
    let mut v = vec![0.0; network.parameters()]; // momentum's and Adam's
    let mut s = vec![0.0; network.parameters()]; // Adam's alone
    let distorter = Distorter::new(Augment::default(), seed);

    // == Train ==
    interrupt::listen()?;
    let steps = learnt.len().div_ceil(args.batch_size);
    let patience = (epochs / 4).max(3); // epochs without a better one before it stops
    let mut kept = Kept::new(&out.join("params.npz"), &network);
    let mut progress = Progress::new(epochs * steps);
    let mut curve = Vec::with_capacity(epochs * steps); // [iteration, loss, accuracy in %]
    let mut epoch_curve = Vec::new(); // [epoch, rate, loss, accuracy, the same of validation]
    let start = Instant::now();
    for epoch in 1..=epochs {
        let rate = learning_rate * schedule::steps((epoch - 1) as f64 / epochs as f64);
        for batch in shuffled_batches(learnt.len(), args.batch_size, &mut rng) {
            let i = curve.len() + 1;
            let rows: Vec<usize> = batch.iter().map(|&k| learnt[k]).collect();
            let (mut x, t) = (take_rows(&train.x, &rows), take_rows(&train.t, &rows)); // (N, 784), (N, 10)
            if args.augment {
                distorter.draw(&train.x, &rows, epoch, &mut x); // (N, 784)
            }
            let z = network.forward(&x); // (N, 10)
            let e = cross_entropy_from_logits(&z, &t);
            let right = accuracy(&z, &t); // %
            if !e.is_finite() {
                return Err(kept.diverged(i));
            }
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / Float::of(rows.len() as f64); // (N, 10)
            if i % KEEP_EVERY == 1 {
                kept.good(i, &network.w);
            }
            network.backward(&x, &dz);
            let r = Float::of(rate);
            let (w, dw) = (&mut network.w, &network.dw); // all parameters, one behind the other
            match args.optimiser {
                Optimiser::Sgd => sgd(w, dw, r),
                Optimiser::Momentum => momentum(w, dw, &mut v, r, args.momentum),
                Optimiser::Nesterov => nesterov(w, dw, &mut v, r, args.momentum),
                Optimiser::Adam => adam(w, dw, &mut v, &mut s, i, r),
            }
            curve.push([i as f64, e, right]);
            progress.step(i, e, right);
            if interrupt::pressed() > 0 {
                break;
            }
        }
        // On images that it has not learnt from: is it better than ever before?
        let (e, right) = score(&mut network, (&x_held, &t_held), args.batch_size);
        let seen = &curve[(epoch - 1) * steps..];
        let mean = |k: usize| seen.iter().map(|p| p[k]).sum::<f64>() / seen.len() as f64;
        epoch_curve.push([epoch as f64, rate, mean(1), mean(2), e, right]);
        if !e.is_finite() {
            return Err(kept.diverged(curve.len()));
        }
        kept.score(epoch, &network.w, right, e)?;
        if epoch - kept.epoch >= patience || interrupt::pressed() > 0 {
            break;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();
    println!("the best of {} epochs was number {}", epoch_curve.len(), kept.epoch);

    // == Test ==
    network.w.copy_from_slice(&kept.best);
    let z = logits(&mut network, &test.x, args.batch_size); // (10000, 10)
    let guesses = predict(&z); // (10000,)
    let reached = accuracy(&z, &test.t); // %
    let wrong: Vec<usize> = (0..test.len()).filter(|&i| guesses[i] != test.labels[i]).collect();

    // == Report ==
    println!(
        "{} of {} right, {} wrong; {:.2} % of the {} held back",
        thousands(test.len() - wrong.len()),
        thousands(test.len()),
        thousands(wrong.len()),
        kept.accuracy,
        thousands(held_back.len())
    );

    // == Plot ==
    pictures::training(&out, &curve, &epoch_curve, reached)?;
    let mistakes: Vec<Image> = wrong
        .iter()
        .take(100)
        .map(|&i| Image::predicted(test.x.row(i), test.labels[i], guesses[i]))
        .collect();
    plot::digits(&out.join("wrong"), &mistakes, 10)?;
    plot::confusion(
        &out.join("confusion"),
        &metric::confusion(&test.labels, &guesses, CLASSES),
        &data.classes,
    )?;
    pictures::filters(&out, &network)?;
    pictures::stages(&out, &mut network, &test.x.row(0))?;
    pictures::augmented(&out, &distorter, &train.x)?;

    // == Save ==
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    let header = ["epoch", "rate", "loss", "accuracy", "validation_loss", "validation_accuracy"];
    files::save_csv(&out.join("epochs.csv"), header, &epoch_curve)?;
    println!("pictures, curves and the best parameters are in {}", out.display());
    let summary = Summary::new("deep-cnn", data.name)
        .figure("test accuracy", reached, "%", None)
        .figure("training", seconds, "s", None)
        .with_peak_memory();
    println!("{summary}");
    match interrupt::pressed() {
        0 => Ok(()),
        _ => Err(Error::new(format!("stopped in epoch {}, before its time", epoch_curve.len()))),
    }
}

/// The layers, if they fit a digit.
fn layers(line: &str) -> std::result::Result<Layers, String> {
    let layers: Layers = line.parse().map_err(|error: Error| error.to_string())?;
    layers.shapes(IMAGE).map_err(|error| error.to_string())?;
    Ok(layers)
}

fn below_one(text: &str) -> std::result::Result<Float, String> {
    match text.parse() {
        Ok(part) if (0.0..1.0).contains(&part) => Ok(part),
        _ => Err("must be a number from 0 to below 1, such as 0.9".to_owned()),
    }
}
