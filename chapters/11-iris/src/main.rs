//! Chapter 11: 150 flowers, three ways to train, and what a comparison is worth.
//!
//!     h = sigmoid(x wh + bh)     (N, H) = (N, 4)(4, H) + (1, H)
//!     y = softmax(h wo + bo)     (N, 3) = (N, H)(H, 3) + (1, 3)
//!
//! The article trains it in Keras, Knet and Flux, each in its own way, and finds
//! Julia faster. Here all three ways are Rust: what still differs is the protocol.
//! Expect 96 to 97 % over 100 splits, in about ten seconds.
//! Run: cargo run --release -p iris

use clap::Parser;
use common::files;
use common::params::Params;
use common::program::Progress;
use common::program::flags::{self, Flags};
use common::{Error, Float, Result, accuracy, plot, predict, seeded};
use iris::rules::{self, Protocol};
use iris::sizes::{self, Setting};
use iris::split::stratified;
use iris::tally::Tally;
use iris::verdict::{Row, Run, Verdict};
use iris::{Network, Split, Task, flowers, flux, keras, knet, pictures};

const HIDDEN: usize = 8; // our choice: the article says 4 in and 3 out
const EPOCHS: usize = 100; // the article's
const LEARNING_RATE: Float = 0.01; // our choice: at 0.001, Adam's own, 100 epochs are too few
const BATCH_SIZE: usize = 16; // our choice, for the fair protocol; 120 leave a short one of 8
const TEST: usize = 30; // our choice: a fifth of the flowers, ten of each species
const SPLITS: usize = 100;
const QUICK_SPLITS: usize = 10;
const DRAWN: usize = 10; // networks whose decisions are drawn

/// Chapter 11: 150 flowers, three ways to train, and what a comparison is worth.
///
/// The flowers are Fisher's, part of the program. --data takes a CSV file with the
/// same columns, or a folder that holds iris.csv.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Random splits into flowers to learn from and flowers to test [default: 100, with --quick 10]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(2..=10_000))]
    splits: Option<u64>,

    /// Flowers to test, in proportion of each species
    #[arg(long, default_value_t = TEST, value_name = "COUNT", value_parser = flags::count(100_000))]
    test: usize,

    /// Times that every flower is shown
    #[arg(long, default_value_t = EPOCHS, value_name = "COUNT", value_parser = flags::count(10_000))]
    epochs: usize,

    /// How far Adam's steps go
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// Flowers that a step looks at, by the fair rules
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(100_000))]
    batch_size: usize,

    /// Units of the hidden layer
    #[arg(long, default_value_t = HIDDEN, value_name = "COUNT", value_parser = flags::count(10_000))]
    hidden: usize,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, seed) = (args.flags.out("iris"), args.flags.seed);
    let default = if args.flags.quick { QUICK_SPLITS } else { SPLITS };
    let splits = args.splits.map_or(default, |splits| splits as usize);
    let (epochs, rate) = (args.epochs, args.learning_rate);

    // == Load ==
    let (flowers, origin) = flowers::load(args.flags.data.as_deref())?; // x (150, 4), t (150, 3)
    let n = flowers.labels.len();
    println!("Iris, {n} flowers ({origin})");
    if args.test >= n {
        let test = args.test;
        return Err(Error::new(format!("--test: {test} of {n} flowers leave none to learn from")));
    }
    let learnt = stratified(&flowers.labels, args.test, &mut seeded(seed)).0.len(); // 120
    if args.batch_size > learnt {
        let size = args.batch_size;
        return Err(Error::new(format!(
            "--batch-size: {size} is more than the {learnt} flowers to learn from; use at most {learnt}"
        )));
    }

    // == Initialise ==
    let all = [rules::own(), rules::fair(args.batch_size)].concat();
    let all = [all, rules::one_changed(args.batch_size)].concat();
    let mut rows: Vec<Row> =
        all.iter().map(|rules| Row { rules: rules.clone(), runs: Vec::new() }).collect();
    let mut traces: pictures::Traces = Default::default(); // of the three by their own rules
    let mut learnt = Vec::new(); // the first splits and their networks
    let mut alike = 0; // splits on which the fair three ended with the same bits
    let mut tally = Tally::new(n); // of all tests by the fair rules

    // == Train ==
    let mut progress = Progress::new(splits * (all.len() + sizes::COUNT));
    for k in 0..splits {
        let mut rng = seeded(seed);
        rng.set_stream(k as u64); // every split has random numbers of its own
        let split = Split::draw(&flowers, args.test, &mut rng);
        let (train, test) = (&split.train, &split.test); // x (120, 4) and (30, 4), standardised
        let shared = Network::new(args.hidden, &mut rng);
        let mut start =
            |own| if own { Network::new(args.hidden, &mut rng) } else { shared.clone() };
        let mut nets: Vec<_> = all.iter().map(|rules| start(rules.own_start)).collect();
        for turn in 0..all.len() {
            let r = (k + turn) % all.len(); // another one first each time: the clock is fair, too
            let (rules, net, mut order) = (&all[r], &mut nets[r], rng.clone());
            let task = Task { train, batch_size: rules.batch_size, epochs, rate };
            let mut trace = Vec::with_capacity(epochs);
            let watch = |net: &Network<Float>, loss: f64| {
                if r < 3 {
                    trace.push([loss, accuracy(&net.read(&test.x), &test.t), 0.0]);
                }
            };
            let clock = match rules.protocol {
                Protocol::Keras => keras(net, &task, rules.reshuffle, &mut order, watch)?,
                Protocol::Knet => knet(net, &task, rules.short_batch, &mut order, watch)?,
                Protocol::Flux => flux(net, &task, &mut order, watch)?,
            };
            let building = if rules.building_timed { clock.preparing } else { 0.0 };
            rows[r].runs.push(Run {
                accuracy: accuracy(&net.read(&test.x), &test.t), // %
                seconds: building + clock.training(),
                updates: net.updates,
                examples: net.examples,
            });
            trace.iter_mut().zip(clock.epochs).for_each(|(epoch, seconds)| epoch[2] = seconds);
            if r < 3 {
                traces[r].push(trace);
            }
        }

        // == Test ==
        alike += usize::from(nets[3] == nets[4] && nets[3] == nets[5]); // parameters, Adam and all
        let fair = nets.swap_remove(3);
        tally.add(test, &predict(&fair.read(&test.x)));
        progress.at((k + 1) * all.len(), || format!("split {} of {splits}", k + 1));
        if k < DRAWN {
            learnt.push((split, fair));
        }
    }

    let setting =
        Setting { hidden: args.hidden, batch_size: args.batch_size, epochs, rate, splits, seed };
    let mut done = splits * all.len();
    let sizes = sizes::sizes(&flowers, &setting, || {
        done += 1;
        progress.at(done, || "tests of other sizes".to_owned());
    })?;
    progress.finish();

    // == Report ==
    let (first, net) = &learnt[0];
    let (train, test) = (first.train.len(), first.test.len());
    let verdict = Verdict::of(rows, test as f64 / train as f64);
    println!("{splits} splits: {train} flowers to learn from, {test} to test; {epochs} epochs");
    println!("{}", verdict.tables());
    println!("the three by the same rules: alike to the last bit on {alike} of {splits} splits");
    println!("{}", verdict.sentences(test));
    println!("{}", sizes::text(&sizes));
    println!("{}", tally.text());

    // == Plot ==
    let means = pictures::mean_curves(&traces);
    pictures::curves(&out, &means)?;
    pictures::luck(&out, &verdict.own, test)?;
    pictures::decision(&out, &flowers, &learnt, &tally.mostly_misread())?;
    pictures::sizes(&out, &sizes)?;
    plot::confusion(&out.join("confusion"), &tally.confusion(), &flowers.names)?;

    // == Save ==
    Params::new()
        .with("wh", &net.wh)
        .with("bh", &net.bh)
        .with("wo", &net.wo)
        .with("bo", &net.bo)
        .with("mean", &first.mean)
        .with("deviation", &first.deviation)
        .save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), pictures::CURVES, &means)?;
    verdict.save(&out.join("verdict.csv"))?;
    println!("pictures, curves, the verdict and the first network are in {}", out.display());
    println!("{}", verdict.summary().with_peak_memory());
    Ok(())
}
