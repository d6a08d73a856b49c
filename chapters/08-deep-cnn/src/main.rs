//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
//!
//!     h1 = max(conv(x, w1) + b1, 0)    (N, 20, 24, 24)   a bias for each filter
//!     p1 = the largest of every 2 x 2  (N, 20, 12, 12)
//!     h2 = max(conv(p1, w2) + b2, 0)   (N, 50, 8, 8)     filters over all 20 channels
//!     p2 = the largest of every 2 x 2  (N, 50, 4, 4) = (N, 800)
//!     h3 = max(p2 w3 + b3, 0)          (N, 500)
//!     y  = softmax(h3 w4 + b4)         (N, 10)
//!
//! These equations are code in `network.rs`, forward and backward.
//! Expect 99.2 % of MNIST's test set in under a minute on two cores.
//! Run: cargo run --release -p deep-cnn

mod args;

use std::time::Instant;

use clap::Parser;
use common::batch::{shuffled_batches, take_rows};
use common::plot::{self, Image};
use common::program::flags::usage_error;
use common::program::{Progress, Summary, interrupt, thousands};
use common::{Error, Float, Result, files, metric};
use common::{accuracy, cross_entropy_from_logits, predict, seeded, softmax};
use datasets::augment::{Augment, Distorter};
use datasets::images::CLASSES;
use deep_cnn::early_stopping::EarlyStopping;
use deep_cnn::layers::IMAGE;
use deep_cnn::optimiser::Optimiser;
use deep_cnn::{Network, look, parameters, pictures, schedule, study};
use ndarray::s;

use crate::args::{Args, Experiment};

const VALIDATION_SHARE: usize = 12; // 5,000 of 60,000 to choose by; the test set chooses nothing
const QUICK_IMAGES: usize = 10_000;

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    if let Some(Experiment::Study) = args.experiment {
        return study::run(&args.flags);
    }
    let (out, seed, batch_size) = (args.flags.out("deep-cnn"), args.flags.seed, args.batch_size);
    let (epochs, learning_rate) = (args.epochs(), args.learning_rate());
    args.layers.check_memory(IMAGE, batch_size).unwrap_or_else(|error| usage_error(error));
    let mut rng = seeded(seed);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    let mut training = shuffled_batches(train.len(), train.len(), &mut rng).concat(); // 0 to 59,999
    let validation = training.split_off(train.len() - train.len().div_ceil(VALIDATION_SHARE));
    training.truncate(if args.flags.quick { QUICK_IMAGES } else { training.len() });
    let x_val = take_rows(&train.x, &validation); // (5000, 784)
    let t_val = take_rows(&train.t, &validation); // (5000, 10)

    // == Initialise ==
    // The engine computes what network.rs does, many times as fast.
    let mut network = Network::new(&args.layers, IMAGE, CLASSES, batch_size, &mut rng)?; // He
    if let Some(file) = &args.start {
        network.w = parameters::load(file, &network.named_parameters)?;
    }
    println!("{}, {} parameters", args.layers, thousands(network.w.len()));
    let mut optimiser = Optimiser::new(args.optimiser, args.momentum, network.w.len());
    let distorter = Distorter::new(Augment::default(), seed);
    let patience = (epochs / 4).max(3); // epochs without a better one
    let mut stopping = EarlyStopping::new(out.join("params.npz"), patience, &network);

    // == Train ==
    interrupt::listen()?;
    let steps = training.len().div_ceil(batch_size);
    let mut progress = Progress::new(epochs * steps);
    let mut curve = Vec::with_capacity(epochs * steps); // [iteration, loss, accuracy in %]
    let mut epoch_curve = Vec::new(); // [epoch, rate, loss, accuracy, the same of validation]
    let start = Instant::now();
    for epoch in 1..=epochs {
        let rate = learning_rate * schedule::steps((epoch - 1) as f64 / epochs as f64);
        for batch in shuffled_batches(training.len(), batch_size, &mut rng) {
            let i = curve.len() + 1;
            let rows: Vec<usize> = batch.iter().map(|&k| training[k]).collect();
            let t = take_rows(&train.t, &rows); // (N, 10)
            let x = match args.augment {
                true => distorter.distort(&train.x, &rows, epoch), // (N, 784)
                false => take_rows(&train.x, &rows),               // (N, 784)
            };
            let z = network.forward(&x); // (N, 10)
            let (e, right) = (cross_entropy_from_logits(&z, &t), accuracy(&z, &t)); // right in %
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / rows.len() as Float; // (N, 10)
            stopping.check(i, e, &network.w)?; // an error if e is not finite
            network.backward(&x, &dz);
            optimiser.step(&mut network.w, &network.dw, rate as Float);
            curve.push([i as f64, e, right]);
            progress.step(i, e, right);
            if interrupt::pressed() > 0 {
                break;
            }
        }
        let (e, right) = network.evaluate(&x_val, &t_val);
        let of_epoch = &curve[(epoch - 1) * steps..];
        let mean = |k: usize| of_epoch.iter().map(|p| p[k]).sum::<f64>() / of_epoch.len() as f64;
        epoch_curve.push([epoch as f64, rate, mean(1), mean(2), e, right]);
        if stopping.update(epoch, e, right, &network.w)? || interrupt::pressed() > 0 {
            break;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();
    println!("the best of {} epochs was number {}", epoch_curve.len(), stopping.epoch);

    // == Test ==
    network.w.copy_from_slice(&stopping.best);
    let z = network.logits(&test.x); // (10000, 10)
    let guesses = predict(&z); // (10000,)
    let reached = accuracy(&z, &test.t); // %
    let wrong: Vec<usize> = (0..test.len()).filter(|&i| guesses[i] != test.labels[i]).collect();

    // == Report ==
    let [right, all, wrongs, held_back] =
        [test.len() - wrong.len(), test.len(), wrong.len(), validation.len()].map(thousands);
    println!(
        "{right} of {all} right, {wrongs} wrong; {:.2} % of the {held_back} held back",
        stopping.accuracy
    );

    // == Plot ==
    pictures::curves(&out, &curve, &epoch_curve, reached)?;
    let mistake = |&i: &usize| Image::predicted(test.x.row(i), test.labels[i], guesses[i]);
    let mistakes: Vec<Image> = wrong.iter().take(100).map(mistake).collect();
    plot::digits(&out.join("wrong"), &mistakes, 10)?;
    let confusion = metric::confusion(&test.labels, &guesses, CLASSES);
    plot::confusion(&out.join("confusion"), &confusion, &data.classes)?;
    pictures::filters(&out, &network)?;
    pictures::feature_maps(&out, &args.layers, &network, &test.x.slice(s![..1, ..]))?;
    pictures::augmented(&out, &distorter, &train.x)?;

    // == Save ==
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    let header = ["epoch", "rate", "loss", "accuracy", "validation_loss", "validation_accuracy"];
    files::save_csv(&out.join("epochs.csv"), header, &epoch_curve)?;
    println!("pictures, curves and the best parameters are in {}", out.display());
    let params = parameters::named(&network.w, &network.named_parameters);
    look::page("08-deep-cnn", &args.layers, "", &params, &data)?.save(&out, args.look)?; // look.html
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
