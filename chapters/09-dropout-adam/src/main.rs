//! Chapter 09: dropout, Adam, and the cross-entropy from logits.
//!
//!     h = max(x w1 + b1, 0) m    (N, 32) = (N, 784)(784, 32) + (1, 32), m: dropout's mask
//!     z = h w2 + b2              (N, 10) = (N, 32)(32, 10) + (1, 10)
//!     E = -sum(t ln softmax(z)) / N
//!
//! Expect 96.5 % and more of MNIST's test set, five times, in a second each.
//! Run: cargo run --release -p dropout-adam

use std::time::{Duration, Instant};

use clap::Parser;
use common::batch::{shuffled_batches, take_rows};
use common::files;
use common::params::Params;
use common::plot::{self, Chart, Curve, Image};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary};
use common::{Float, Result, accuracy, check_finite, cross_entropy_from_logits, metric};
use common::{predict, seeded};
use dropout_adam::adam::Adam;
use dropout_adam::dropout::mask;
use dropout_adam::network::{CLASSES, HIDDEN, backward, forward, initialise};
use dropout_adam::report::{self, mean_of_batches};
use dropout_adam::throttle::throttle;
use dropout_adam::training::Setting;
use dropout_adam::{grid_search, loss, optimiser_comparison, subnormals, trajectories};

const RUNS: usize = 5; // the article's
const QUICK_RUNS: usize = 2;
const EPOCHS: usize = 10; // the article's
const QUICK_EPOCHS: usize = 3;
const QUICK_IMAGES: usize = 10_000;
// The article does not give the next three: our choice, by validation (see --choose)
const BATCH_SIZE: usize = 128;
const LEARNING_RATE: Float = 0.003; // Adam's
const DROPOUT: Float = 0.05; // the share that is dropped
const CALLBACK: Duration = Duration::from_secs(5); // at most every 5 seconds, the article's
const COMPARISON_EPOCHS: usize = 2;

/// Chapter 09: dropout, Adam, and the cross-entropy from logits.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Trainings, each from a seed of its own [default: 5, with --quick 2]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1_000))]
    runs: Option<usize>,

    /// Times that every image is shown [default: 10, with --quick 3]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000))]
    epochs: Option<usize>,

    /// Images that each step looks at
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(60_000))]
    batch_size: usize,

    /// About how far each step of Adam goes
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// The share of hidden units that is dropped
    #[arg(long, default_value_t = DROPOUT, value_name = "SHARE", value_parser = flags::below_one("0.2"))]
    dropout: Float,

    /// Instead: learning rates, dropout and numbers of hidden units, compared
    #[arg(long)]
    choose: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, seed, quick) = (args.flags.out("dropout-adam"), args.flags.seed, args.flags.quick);
    let count = args.runs.unwrap_or(if quick { QUICK_RUNS } else { RUNS });
    let epochs = args.epochs.unwrap_or(if quick { QUICK_EPOCHS } else { EPOCHS });
    let Args { batch_size, learning_rate, dropout, .. } = args;
    let setting = Setting { epochs, batch_size, learning_rate, dropout };

    // == Load ==
    let start = Instant::now();
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    let images = if quick { QUICK_IMAGES.min(train.len()) } else { train.len() };
    let loading = start.elapsed().as_secs_f64();
    println!("{} ({})", data.name, data.origin);
    if args.choose {
        return grid_search::run(&data, &out, seed, quick, setting);
    }

    // == Train ==
    let steps = epochs * images.div_ceil(batch_size);
    let mut progress = Progress::new(count * steps);
    let mut callback_due = throttle(CALLBACK);
    let mut runs = Vec::new(); // [run, seconds of training, test accuracy in %]
    let mut last = None; // curve, parameters and test logits of the last run
    for run in 0..count {
        let mut curve = Vec::with_capacity(steps); // [iteration, loss, accuracy in %]
        let start = Instant::now();
        let mut rng = seeded(seed);
        rng.set_stream(run as u64); // other random numbers in each run
        let [mut w1, mut b1, mut w2, mut b2] = initialise(HIDDEN, &mut rng); // (784, 32), (1, 32), (32, 10), (1, 10)
        let (mut adam_w1, mut adam_b1) = (Adam::new(&w1), Adam::new(&b1));
        let (mut adam_w2, mut adam_b2) = (Adam::new(&w2), Adam::new(&b2));
        for epoch in 1..=epochs {
            for rows in shuffled_batches(images, batch_size, &mut rng) {
                let i = curve.len() + 1;
                let (x, t) = (take_rows(&train.x, &rows), take_rows(&train.t, &rows)); // (N, 784), (N, 10)

                // Forward, with dropout
                let m = mask((rows.len(), HIDDEN), dropout, &mut rng); // (N, 32)
                let (h, z) = forward(&x, [&w1, &b1, &w2, &b2], Some(&m)); // (N, 32), (N, 10)
                let e = cross_entropy_from_logits(&z, &t);
                let reached = accuracy(&z, &t); // %
                check_finite(e, i)?;

                // Backward, from dz = (y - t) / N through the same mask
                let [dw1, db1, dw2, db2] = backward(&x, &w2, &m, &h, &z, &t);

                // Update
                adam_w1.step(&mut w1, &dw1, i, learning_rate); // (784, 32)
                adam_b1.step(&mut b1, &db1, i, learning_rate); // (1, 32)
                adam_w2.step(&mut w2, &dw2, i, learning_rate); // (32, 10)
                adam_b2.step(&mut b2, &db2, i, learning_rate); // (1, 10)
                curve.push([i as f64, e, reached]);
                progress.step(run * steps + i, e, reached);
                if callback_due(Instant::now()) {
                    let (_, z) = forward(&test.x, [&w1, &b1, &w2, &b2], None); // (10000, 10)
                    let e = cross_entropy_from_logits(&z, &test.t);
                    let run = run + 1;
                    progress.eprint(&format!("run {run}, epoch {epoch}: loss in test mode {e:.4}"));
                }
            }
        }
        let seconds = start.elapsed().as_secs_f64();

        // Test, without dropout
        let (_, z) = forward(&test.x, [&w1, &b1, &w2, &b2], None); // (10000, 10)
        let reached = accuracy(&z, &test.t); // %
        check_finite(reached, steps)?; // NaN, if the last step diverged
        runs.push([run as f64 + 1.0, seconds, reached]);
        last = Some((curve, [w1, b1, w2, b2], z));
    }
    progress.finish();
    let (curve, [w1, b1, w2, b2], z) = last.expect("at least one run");
    let reached = runs[count - 1][2];

    // == Report ==
    println!("{}", report::table(&runs, loading));
    println!(
        "test accuracy of the last run: {reached:.3} %; as a mean of batches of {batch_size}, \
         the last of {}: {:.3} %\n",
        (test.len() - 1) % batch_size + 1,
        mean_of_batches(&z, &test.t, batch_size)
    );
    println!("{}", loss::table());

    // == Compare optimisers ==
    let epochs = if quick { 1 } else { COMPARISON_EPOCHS };
    optimiser_comparison::run(&data, images, &out, seed, Setting { epochs, ..setting })?;
    trajectories::run(&out)?;

    // == Measure subnormal numbers ==
    subnormals::run(&data, images, &out, (seed, quick), setting)?;

    // == Plot ==
    let points = |k: usize| curve.iter().map(|p| (p[0], p[k])).collect::<Vec<_>>();
    plot::loss(
        &out.join("loss"),
        &[Curve::new("training batch, with dropout", &points(1)).faint().smoothed(100)],
    )?;
    plot::curves(
        &out.join("accuracy"),
        &Chart::accuracy("Accuracy").y_range(80.0, 100.0),
        &[
            Curve::new("training batch, with dropout", &points(2)).faint().smoothed(100),
            Curve::level(format!("test set, without: {:.2} %", reached), reached),
        ],
    )?;
    let units: Vec<Image> = (0..HIDDEN).map(|k| Image::new(w1.column(k), k.to_string())).collect();
    plot::filters(&out.join("weights"), &units, 8)?;
    let confusion = metric::confusion(&test.labels, &predict(&z), CLASSES); // (10, 10)
    plot::confusion(&out.join("confusion"), &confusion, &data.classes)?;

    // == Save ==
    Params::new()
        .with("w1", &w1)
        .with("b1", &b1)
        .with("w2", &w2)
        .with("b2", &b2)
        .save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    files::save_csv(&out.join("runs.csv"), ["run", "seconds", "accuracy"], &runs)?;
    println!("pictures, curve and parameters are in {}", out.display());
    let mean = |column: usize| runs.iter().map(|run| run[column]).sum::<f64>() / count as f64;
    let summary = Summary::new("dropout-adam", data.name)
        .figure("test accuracy", mean(2), "%", Some("96.7 %"))
        .figure("training", mean(1), "s", Some("9.46 s"))
        .figure("loading and first training", loading + runs[0][1], "s", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
