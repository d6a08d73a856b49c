//! Chapter 03: how long to train, and how fast?
//!
//! Chapters 01 and 02 stopped after 3,000 iterations with the same accuracy. Here
//! both networks train on, from the same initial weights and with the same
//! batches, until their curves are flat; then at other learning rates; then with
//! other numbers of hidden units.
//!
//! Expect about 92 % without a hidden layer and 95 to 96 % with one, as in the
//! article.
//! By default under a minute, up to 50,000 iterations; `--full` all 500,000.
//! Run: cargo run --release -p iterations

use std::time::Instant;

use clap::Parser;
use common::program::flags::{self, Flags};
use common::program::{Summary, interrupt};
use common::{Float, Result, files};
use iterations::config::{MOST_ITERATIONS, Preset, Study};
use iterations::parallel::train_all;
use iterations::report::{compare_iterations, compare_rates, compare_widths, save_curves};
use iterations::training::{Data, Run, identity};
use ndarray::s;

const VALIDATION_SHARE: usize = 6; // a sixth of the training images chooses the learning rate
const FULL: Preset = Preset {
    iterations: 500_000, // all numbers are the article's
    rates: &[0.001, 0.002, 0.003, 0.005, 0.01],
    rate_iterations: 200_000,
    widths: &[20, 50, 100, 200],
    width_iterations: 150_000, // where the article's curves become flat
};
const DEFAULT: Preset = Preset {
    iterations: 50_000, // under a minute on two cores, and all curves have their shape
    rates: &[0.001, 0.003, 0.01],
    rate_iterations: 20_000,
    widths: &[20, 50, 100, 200],
    width_iterations: 10_000,
};
const QUICK: Preset = Preset {
    iterations: 2_000, // a few seconds
    rates: &[0.001, 0.01],
    rate_iterations: 1_000,
    widths: &[20, 50],
    width_iterations: 1_000,
};

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
    #[arg(long, value_name = "COUNT", value_parser = flags::count(MOST_ITERATIONS))]
    iterations: Option<usize>,

    /// Start anew, whatever the folder of --out holds
    #[arg(long)]
    fresh: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("iterations");
    let mut preset = match (args.flags.quick, args.full) {
        (true, _) => QUICK,
        (_, true) => FULL,
        _ => DEFAULT,
    };
    preset.iterations = args.iterations.unwrap_or(preset.iterations);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, (data.test.x.view(), data.test.t.view()));
    println!("{} ({})", data.name, data.origin);
    let identity = identity(&data); // a run is resumed with the same images and labels only
    // Two studies train on all images, as the article does.
    let all = Data { train: (train.x.view(), train.t.view()), validation: None, test, identity };
    // The study of learning rates chooses one, which it must not do by the test set.
    let n = train.len() - train.len() / VALIDATION_SHARE; // 50,000 of 60,000
    let split = Data {
        train: (train.x.slice(s![..n, ..]), train.t.slice(s![..n, ..])),
        validation: Some((train.x.slice(s![n.., ..]), train.t.slice(s![n.., ..]))),
        test,
        identity,
    };

    // == Initialise ==
    let folder = out.join("runs");
    if args.fresh && folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| files::io_error(&folder, &error))?;
    }
    let mut runs = Vec::new();
    for study in [Study::Iterations, Study::Rates, Study::Widths] {
        let data = if study == Study::Rates { split } else { all };
        for config in preset.configs(study, args.flags.seed) {
            if args.study.contains(&study) {
                runs.push(Run::open(&folder, config, data)?);
            }
        }
    }

    // == Train ==
    interrupt::listen()?;
    let start = Instant::now();
    train_all(&mut runs, rayon::current_num_threads())?;
    let seconds = start.elapsed().as_secs_f64();

    // == Report and plot ==
    let of = |study| runs.iter().filter(|run| run.config.study == study).collect::<Vec<_>>();
    let mut summary = Summary::new("iterations", data.name);
    if let [simple, hidden] = of(Study::Iterations)[..] {
        summary = compare_iterations(&out, [simple, hidden], summary)?;
    }
    for runs in of(Study::Rates).chunk_by(|a, b| a.config.hidden == b.config.hidden) {
        compare_rates(&out, runs)?;
    }
    if args.study.contains(&Study::Widths) {
        compare_widths(&out, &of(Study::Widths))?;
    }

    // == Save ==
    save_curves(&out.join("curves.csv"), &runs)?;
    println!("\npictures, curves and the trained networks are in {}", out.display());
    println!("{}", summary.figure("everything", seconds, "s", None).with_peak_memory());
    Ok(())
}
