//! Chapter 03: how long to train, and how fast?
//!
//! Chapters 01 and 02 stopped after 3,000 iterations, level. Here both go on,
//! from the same starting weights as there and through the same batches, until
//! nothing more happens; then at other learning rates; then with other numbers
//! of hidden units.
//!
//! Expect about 92 % without a hidden layer and 95 to 96 % with one, the
//! article's ceilings.
//! By default under a minute, up to 50,000 iterations; `--full` all 500,000.
//! Run: cargo run --release -p iterations

use std::time::Instant;

use clap::Parser;
use common::program::Summary;
use common::program::flags::{self, Flags};
use common::program::interrupt;
use common::{Float, Result};
use iterations::{Examples, Run, Setting};
use iterations::{how_fast, how_long, how_wide, save_curves, train_all};
use ndarray::s;

/// How much of everything.
struct Amount {
    iterations: usize, // of the first study, at LEARNING_RATE
    rates: &'static [f64],
    rate_iterations: usize,
    widths: &'static [usize],
    width_iterations: usize,
}

/// The article's: a night and a day of NumPy.
const FULL: Amount = Amount {
    iterations: 500_000,
    rates: &[0.001, 0.002, 0.003, 0.005, 0.01],
    rate_iterations: 200_000,
    widths: &[20, 50, 100, 200],
    width_iterations: 150_000, // where the article sees the curves go flat
};
/// Under a minute on two cores, and all the curves have their shape.
const DEFAULT: Amount = Amount {
    iterations: 50_000,
    rates: &[0.001, 0.003, 0.01],
    rate_iterations: 20_000,
    widths: &[20, 50, 100, 200],
    width_iterations: 10_000,
};
/// Seconds.
const QUICK: Amount = Amount {
    iterations: 2_000,
    rates: &[0.001, 0.01],
    rate_iterations: 1_000,
    widths: &[20, 50],
    width_iterations: 1_000,
};

const HIDDEN: usize = 100; // as in chapter 02
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: f64 = 0.001; // the article's; gradients are summed over the batch
const HELD_BACK: usize = 6; // a sixth of the training images chooses the learning rate

/// Chapter 03: how long to train, and how fast?
///
/// What is reached is kept in the folder of --out. Stopped with Ctrl-C, the
/// same command goes on from there and arrives at the same numbers.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Everything as the article has it: 500,000 iterations, five learning rates
    #[arg(long, conflicts_with = "quick")]
    full: bool,

    /// Only these studies
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Study::Iterations, Study::Rates, Study::Widths])]
    study: Vec<Study>,

    /// Steps of the first study [default: 50000, with --quick 2000, with --full 500000]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
    iterations: Option<usize>,

    /// Start anew, whatever the folder of --out holds
    #[arg(long)]
    fresh: bool,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Study {
    /// How long? Both networks at 0.001
    Iterations,
    /// How fast? Both networks at several learning rates
    Rates,
    /// How wide? 20 to 200 hidden units
    Widths,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("iterations");
    let amount = match (args.flags.quick, args.full) {
        (true, _) => QUICK,
        (_, true) => FULL,
        _ => DEFAULT,
    };
    let iterations = args.iterations.unwrap_or(amount.iterations);
    let wants = |study| args.study.contains(&study);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, (data.test.x.view(), data.test.t.view()));
    println!("{} ({})", data.name, data.origin);
    // The first study and the third train on everything, as the article does.
    let all = Examples { train: (train.x.view(), train.t.view()), validation: None, test };
    // The second chooses something, and may not choose by the test set.
    let kept = train.len() - train.len() / HELD_BACK; // 50,000 of 60,000
    let split = Examples {
        train: (train.x.slice(s![..kept, ..]), train.t.slice(s![..kept, ..])),
        validation: Some((train.x.slice(s![kept.., ..]), train.t.slice(s![kept.., ..]))),
        test,
    };

    // == Initialise ==
    let runs = out.join("runs");
    if args.fresh && runs.exists() {
        std::fs::remove_dir_all(&runs).map_err(|error| common::files::io_error(&runs, &error))?;
    }
    let setting = |hidden, learning_rate| Setting {
        hidden,
        learning_rate,
        batch_size: BATCH_SIZE,
        seed: args.flags.seed,
    };
    let networks = [None, Some(HIDDEN)];
    let mut long = Vec::new();
    if wants(Study::Iterations) {
        for hidden in networks {
            long.push(Run::open(
                &runs,
                "iterations",
                setting(hidden, LEARNING_RATE),
                iterations,
                &all,
            )?);
        }
    }
    let mut rates = Vec::new();
    if wants(Study::Rates) {
        for hidden in networks {
            for &rate in amount.rates {
                rates.push(Run::open(
                    &runs,
                    "rates",
                    setting(hidden, rate),
                    amount.rate_iterations,
                    &split,
                )?);
            }
        }
    }
    let mut widths = Vec::new();
    if wants(Study::Widths) {
        for &hidden in amount.widths {
            let setting = setting(Some(hidden), LEARNING_RATE);
            widths.push(Run::open(&runs, "widths", setting, amount.width_iterations, &all)?);
        }
    }

    // == Train ==
    interrupt::listen()?;
    let start = Instant::now();
    let mut work: Vec<(&mut Run, Examples)> = Vec::new();
    work.extend(long.iter_mut().map(|run| (run, all)));
    work.extend(rates.iter_mut().map(|run| (run, split)));
    work.extend(widths.iter_mut().map(|run| (run, all)));
    train_all(work, rayon::current_num_threads())?;
    let seconds = start.elapsed().as_secs_f64();

    // == Report and plot ==
    let mut figures = Vec::new();
    if let [simple, hidden] = &long[..] {
        figures = how_long(&out, simple, hidden)?;
    }
    for runs in rates.chunks(amount.rates.len()) {
        how_fast(&out, runs)?;
    }
    if !widths.is_empty() {
        how_wide(&out, &widths)?;
    }

    // == Save ==
    save_curves(&out.join("curves.csv"), long.iter().chain(&rates).chain(&widths))?;
    println!("\npictures, curves and the trained networks are in {}", out.display());
    let mut summary = Summary::new("iterations", data.name);
    summary.figures = figures;
    println!("{}", summary.figure("everything", seconds, "s", None).with_peak_memory());
    Ok(())
}
