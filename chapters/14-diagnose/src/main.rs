//! Chapter 14: it does not learn. A museum of bugs, and seven checks that find them.
//!
//! Two small networks that can be made sick: lesson 02's hidden layer and a convolution with
//! pool, batch norm and dropout. Healthy and sick are trained side by side with the same
//! numbers. Expect every bug but one to be seen by the check that the museum names, in half a
//! minute.
//! Run: cargo run --release -p diagnose

use clap::Parser;
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary};
use common::{Float, Result};
use datasets::Dataset;
use diagnose::bug::Bug;
use diagnose::museum::{EXHIBITS, Exhibit, exhibit};
use diagnose::network::Kind;
use diagnose::patient::Patient;
use diagnose::training::{occasion, train};
use diagnose::{images, mystery, pictures, report};

const IMAGES: (usize, usize) = (5_050, 500); // for training, 50 batches and a half; for the test
const CHECKED: (usize, usize) = (2_030, 500); // the same, in the checks
const STEPS: [usize; 2] = [1_500, 600]; // of both networks: each learns, in a few seconds
const QUICK_STEPS: usize = 120;
const SHOWN: [Bug; 3] = [Bug::ZeroStart, Bug::Pixels255, Bug::NanInPool]; // without --bug

/// Chapter 14: it does not learn. A museum of bugs, and seven checks that find them.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Show what there is: every bug, its symptom, its check, its cure, its source
    #[arg(long)]
    list: bool,

    /// Train a healthy network and one with this bug side by side [default: a tour of all]
    #[arg(long, value_name = "NAME", hide_possible_values = true, conflicts_with = "mystery")]
    bug: Option<Bug>,

    /// Hide a bug: which one, only this number knows
    #[arg(long, value_name = "NUMBER", value_parser = flags::whole(0, 1_000_000))]
    mystery: Option<usize>,

    /// With --bug or --mystery: run one of the seven checks and nothing else
    #[arg(long, value_name = "NUMBER", value_parser = flags::whole(1, 7))]
    check: Option<usize>,

    /// With --bug or --mystery: run all seven checks and nothing else
    #[arg(long, conflicts_with = "check")]
    checks: bool,

    /// With --mystery: the bug that you think it is
    #[arg(long, value_name = "NAME", hide_possible_values = true, requires = "mystery")]
    guess: Option<Bug>,

    /// Training steps [default: 1500 of the hidden layer, 600 of the convolution; with --quick 120]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1_000_000))]
    iterations: Option<usize>,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    if args.list {
        report::list();
        return Ok(());
    }
    if let (Some(number), Some(guess)) = (args.mystery, args.guess) {
        println!("{}", mystery::answer(number as u64, guess));
        return Ok(());
    }
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let seed = args.flags.seed;
    let checked = |bug| patient(&data, bug, kind(bug), CHECKED, seed);
    let hidden = args.mystery.map(|number| mystery::hidden(number as u64));
    let bug = args.bug.or(hidden);

    // == Only checks ==
    if args.check.is_some() || args.checks {
        let which = args.check.map_or(1..=7, |k| k..=k);
        report::checks(&checked(bug.unwrap_or(Bug::None)), which)?;
        return Ok(());
    }

    // == One bug ==
    if let Some(bug) = bug {
        let stem = match args.mystery {
            Some(number) => format!("mystery-{number}"),
            None => bug.name(),
        };
        let reached = side_by_side(&args, &data, bug, &stem)?;
        match args.mystery {
            Some(number) => {
                println!("ask one of seven checks:  --mystery {number} --check 1");
                println!(
                    "and answer:               --mystery {number} --guess NAME  (--list has the names)"
                );
            }
            None => report::checks(&checked(bug), 1..=7)?,
        }
        summary(&data, reached, None);
        return Ok(());
    }

    // == The museum ==
    for (kind, name) in [(Kind::Mlp, "hidden layer"), (Kind::Cnn, "convolution")] {
        println!("\nthe healthy network, {name}");
        report::checks(&patient(&data, Bug::None, kind, CHECKED, seed), 1..=7)?;
    }
    println!();
    let mut exhibits: Vec<&Exhibit> = EXHIBITS.iter().collect();
    if args.flags.quick {
        exhibits.dedup_by_key(|exhibit| exhibit.first); // one for each check
    }
    let as_said = report::table(&exhibits, checked)?;
    let shown = if args.flags.quick { &SHOWN[..1] } else { &SHOWN };
    let mut reached = [0.0; 2];
    for (k, &bug) in shown.iter().enumerate() {
        let both = side_by_side(&args, &data, bug, &bug.name())?;
        reached = if k == 0 { both } else { reached };
    }
    println!("go on with:  --list,  --bug NAME,  --mystery 1");
    summary(&data, reached, Some(as_said));
    Ok(())
}

/// A program with this bug, on this data set.
fn patient(
    data: &Dataset<Float>,
    bug: Bug,
    kind: Kind,
    size: (usize, usize),
    seed: u64,
) -> Patient {
    Patient { kind, bug, digits: images::read(data, size, bug), seed }
}

/// The network that shows a bug.
fn kind(bug: Bug) -> Kind {
    exhibit(bug).map_or(Kind::Mlp, |exhibit| exhibit.kind)
}

/// Trains the healthy network and the one with `bug` on the same numbers; prints, draws, and
/// returns what both reach in the test, in %.
fn side_by_side(args: &Args, data: &Dataset<Float>, bug: Bug, stem: &str) -> Result<[f64; 2]> {
    let (seed, kind) = (args.flags.seed, kind(bug));
    let out = args.flags.out("diagnose");
    let steps = args.iterations.unwrap_or(match args.flags.quick {
        true => QUICK_STEPS,
        false => STEPS[kind as usize],
    });
    let name = if args.mystery.is_some() { "patient" } else { "sick" };
    let names = ["healthy", name];
    if args.mystery.is_none() {
        println!("\n{}: {}", bug.name(), bug.about());
        if let Some(what) = occasion(bug) {
            println!("at step {}, in both: {what}", (steps / 3).max(1));
        }
    }
    let mut progress = Progress::new(2 * steps);
    let mut trained = |which: Bug, done: usize| {
        let patient = patient(data, which, kind, IMAGES, seed);
        train(&patient, steps, bug, |i, e, reached| progress.step(done + i, e, reached))
    };
    let (healthy, sick) = (trained(Bug::None, 0)?, trained(bug, steps)?);
    progress.finish();
    report::compare(names, [&healthy, &sick]);
    pictures::draw(&out, stem, names, [&healthy, &sick])?;
    println!("pictures: {}", out.join(format!("{stem}-layers.png")).display());
    Ok([healthy.reached, sick.reached])
}

fn summary(data: &Dataset<Float>, [healthy, sick]: [f64; 2], as_said: Option<usize>) {
    let mut summary = Summary::new("diagnose", data.name)
        .figure("healthy network's test accuracy", healthy, "%", None)
        .figure("sick network's test accuracy", sick, "%", None);
    if let Some(count) = as_said {
        summary =
            summary.figure("seen by the check that the museum names", count as f64, "bugs", None);
    }
    println!("{}", summary.with_peak_memory());
}
