//! Chapter 12: clothes in place of digits. A perceptron with a hidden layer (MLP) and a
//! network of convolutions (CNN) learn from the same batches, and the convolutions are
//! computed twice: as fast as we can, and in plain loops.
//!
//!     MLP   h  = m max(x w1 + b1, 0)             (N, 256)          m: dropout's mask
//!           y  = softmax(h w2 + b2)              (N, 10)
//!     CNN   h1 = max(conv(x, w1) + b1, 0)        (N, 20, 24, 24)
//!           p1 = the largest of every 2 x 2      (N, 20, 12, 12)
//!           h2 = max(conv(p1, w2) + b2, 0)       (N, 50, 8, 8)
//!           p2 = the largest of every 2 x 2      (N, 50, 4, 4) = (N, 800)
//!           h3 = max(p2 w3 + b3, 0)              (N, 500)
//!           y  = softmax(h3 w4 + b4)             (N, 10)
//!
//! Expect 89 % of Fashion-MNIST's test set from the first and 92 % from the second,
//! in a minute or two on two cores.
//! Run: cargo run --release -p fashion

mod args;

use args::Args;
use clap::Parser;
use common::batch::{shuffled_batches, take_rows};
use common::params::Params;
use common::program::flags::usage_error;
use common::program::{Summary, thousands};
use common::{Float, Result, seeded};
use datasets::Origin;
use datasets::images::CLASSES;
use deep_cnn::layers::IMAGE;
use deep_cnn::{Network, look, parameters};
use dropout_adam::network::{forward, initialise};
use fashion::predictions::Predictions;
use fashion::schedule::{self, Schedule};
use fashion::{cnn, mlp, plots, report, speed};

const VALIDATION_SHARE: usize = 12; // 5,000 of 60,000 to choose settings by; the test set chooses none
const EPOCHS: usize = 16;
const NAIVE_STEPS: usize = 10; // a second or less each
const QUICK_IMAGES: usize = 10_000;
const QUICK_EPOCHS: usize = 2;
const QUICK_NAIVE_STEPS: usize = 2;

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, quick) = (args.flags.out("fashion"), args.flags.quick);
    args.layers.check_memory(IMAGE, args.batch_size).unwrap_or_else(|error| usage_error(error));
    let mut rng = seeded(args.flags.seed);

    // == Load ==
    let data = datasets::fashion_mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test, names) = (&data.train, &data.test, &data.classes); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);
    if data.origin == Origin::BuiltIn {
        eprintln!("NOTICE: these are digits and no clothes; nothing below is about Fashion-MNIST.");
    }

    // == The same for both ==
    let mut rows = shuffled_batches(train.len(), train.len(), &mut rng).concat(); // 0 to 59,999
    let held_back = rows.split_off(train.len() - train.len().div_ceil(VALIDATION_SHARE));
    rows.truncate(if quick { QUICK_IMAGES } else { rows.len() });
    let epochs = args.epochs.unwrap_or(if quick { QUICK_EPOCHS } else { EPOCHS });
    let mut epochs = schedule::epochs(&rows, epochs, args.batch_size, &mut rng);
    // A flipped coat is a coat, and a flipped 3 is no digit.
    if data.origin != Origin::BuiltIn && !args.as_they_are {
        schedule::random_flips(&mut epochs, train.len(), &mut rng);
    }
    let (x_val, t_val) = (take_rows(&train.x, &held_back), take_rows(&train.t, &held_back)); // (5000, 784), (5000, 10)
    let steps = epochs.iter().map(Vec::len).sum();
    let (images, held_back) = (thousands(rows.len()), thousands(held_back.len()));
    let (count, batches) = (epochs.len(), epochs[0].len());
    println!(
        "{images} images to learn from, {held_back} held back; {count} epochs of {batches} batches, \
         the same for both"
    );
    let schedule =
        Schedule { train: (&train.x, &train.t), validation: (&x_val, &t_val), epochs, steps };

    // == Initialise ==
    let mut mlp = initialise(args.hidden, &mut rng); // w1, b1, w2, b2; He
    let mut cnn = Network::new(&args.layers, IMAGE, CLASSES, args.batch_size, &mut rng)?; // He
    let cnn_start = cnn.w.clone(); // for naive convolution

    // == Train ==
    println!(
        "the MLP, {} units: {} parameters",
        args.hidden,
        thousands(mlp.iter().map(|w| w.len()).sum())
    );
    let mlp_history = mlp::train(&schedule, &mut mlp, args.mlp_rate, args.dropout, &mut rng)?;
    println!("the CNN, {}: {} parameters", args.layers, thousands(cnn.w.len()));
    let cnn_history = cnn::train(&schedule, &mut cnn, args.cnn_rate)?;
    report::print_epochs(&mlp_history, &cnn_history);

    // == Test ==
    let (_, z) = forward(&test.x, mlp.each_ref(), None); // (10000, 10)
    let by_mlp = Predictions::new(&z, &test.t, &test.labels);
    let z = cnn.logits(&test.x); // (10000, 10)
    let by_cnn = Predictions::new(&z, &test.t, &test.labels);
    report::print_classes(names, &by_mlp, &by_cnn);

    // == Naive convolution ==
    let few = args.naive_steps.unwrap_or(if quick { QUICK_NAIVE_STEPS } else { NAIVE_STEPS });
    let (layers, length) = (&args.layers, (few.min(steps), args.full));
    let naive_epoch =
        speed::compare(&schedule, layers, &cnn_start, args.cnn_rate, &cnn_history, length)?;

    // == Plot ==
    plots::classes(&out, train, names)?;
    plots::histories(&out, &mlp_history, &cnn_history, naive_epoch)?;
    plots::predictions(&out, "mlp", &by_mlp, test, names)?;
    plots::predictions(&out, "cnn", &by_cnn, test, names)?;

    // == Save ==
    let [w1, b1, w2, b2] = &mlp;
    let params = Params::new().with("mlp_w1", w1).with("mlp_b1", b1);
    let mut params = params.with("mlp_w2", w2).with("mlp_b2", b2);
    for piece in &cnn.named_parameters {
        params = params.with(&format!("cnn_{}", piece.name), &parameters::view(&cnn.w, piece));
    }
    params.save(&out.join("params.npz"))?;
    report::save_histories(&out, &mlp_history, &cnn_history)?;
    report::save_classes(&out.join("classes.csv"), names, &by_mlp, &by_cnn)?;
    println!("pictures, curves and parameters are in {}", out.display());
    look::page("12-fashion", &args.layers, "cnn_", &params, &data)?.save(&out, args.look)?; // look.html
    let summary = Summary::new("fashion", data.name)
        .figure("CNN accuracy", by_cnn.accuracy, "%", None)
        .figure("MLP accuracy", by_mlp.accuracy, "%", None)
        .figure("MLP epoch", mlp_history.seconds_per_epoch(), "s", None)
        .figure("CNN epoch", cnn_history.seconds_per_epoch(), "s", None)
        .figure("CNN epoch in naive convolution", naive_epoch, "s", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
