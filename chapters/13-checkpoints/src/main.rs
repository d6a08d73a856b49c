//! Chapter 13: a model that is saved, tested by another process, resumed, and used.
//!
//!     p1 = the largest of 3 x 3 of max(conv(x, w1) + b1, 0)    (N, 10, 4, 4) = (N, 160)
//!     h2 = max((p1 m1) w2 + b2, 0)                             (N, 40)
//!     y  = softmax((h2 m2) w3 + b3)                            (N, 10)
//!
//! m1 and m2 are dropout's masks, w2 and w3 start at zero: the TensorFlow article's
//! network. Expect about 87 % of MNIST's test set, in a few seconds.
//! Run: cargo run --release -p checkpoints
//! and then the same with -- test, -- resume or -- predict out/checkpoints IMAGE.png

use std::time::Instant;

use checkpoints::args::{Args, Command};
use checkpoints::store::{MODELS, Store};
use checkpoints::training::{DataInfo, Training};
use checkpoints::{experiments, inference, plots};
use clap::Parser;
use common::program::{Progress, Summary, interrupt, thousands};
use common::{Float, Real, Result, files, predict};
use deep_cnn::look;

fn main() -> Result {
    let args = Args::parse();
    let command = args.command.unwrap_or(Command::Train(args.train));
    let flags = command.flags();
    flags.start()?;
    let (keep_last, train, until) = match command {
        Command::Train(args) => (args.last, Some(args), None),
        Command::Resume { iterations, last, .. } => (last, None, iterations),
        Command::Test { checkpoint, .. } => return inference::test(checkpoint, &flags),
        Command::Predict { checkpoint, images, seen } => {
            return inference::predict(&checkpoint, &images, seen.as_deref());
        }
    };
    let out = flags.out("checkpoints");
    let store = Store::open(&out.join(MODELS), keep_last)?; // locked: no other process may train into it

    // == Load ==
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let (images, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)

    // == Initialise ==
    let mut run = match &train {
        Some(args) => {
            store.prepare(args.fresh)?;
            Training::new(args.settings(images.len()), DataInfo::of(&data))
        }
        None => store.resume(&data, until)?,
    };
    if run.step > 0 {
        println!("going on after step {}", thousands(run.step));
    }

    // == Train ==
    interrupt::listen()?;
    let rate = Float::of(run.settings.learning_rate);
    let mut progress = Progress::new(run.settings.steps);
    let start = Instant::now();
    while !run.is_over() {
        let i = run.step + 1;
        let (gradient, e, right) = run.gradient(images); // right in %
        if !e.is_finite() {
            return Err(run.diverged(i));
        }
        run.optimiser.step(&mut run.network, &gradient, i, rate); // Adam
        run.step = i;
        run.log.step(e, right);
        progress.step(i, e, right);
        let interrupted = interrupt::pressed() > 0;
        if run.is_due() {
            let [_, e, mean, right] = run.log.report(i, right);
            let saved = store.save(&run)?; // and removes the oldest checkpoint
            let step = format!("step {:>6}: loss {e:.4}, {mean:5.2} %", thousands(i));
            progress.print(&format!("{step}, of this batch {right:6.2} %; {saved}"));
        } else if interrupted {
            store.save(&run)?;
        }
        if interrupted {
            progress.finish();
            return Err(store.interrupted(i));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let z = run.network.logits(&test.x); // (10000, 10), without dropout
    let reached = inference::print_result(&z, test); // %

    // == Plot ==
    plots::save(&out, &run, &data, (&predict(&z), reached))?;

    // == Save ==
    let header = ["iteration", "loss", "accuracy", "accuracy_of_one_batch"];
    files::save_csv(&out.join("curve.csv"), header, &run.log.reports)?;
    let params = run.network.params();
    params.save(&out.join("params.npz"))?;
    let layers = "conv10x4s3,pool3s2,40".parse()?; // in the words of lesson 08; dropout is off
    let page = look::page("13-checkpoints", &layers, "", &params, &data)?;

    // == Experiments and report ==
    let mut summary = Summary::new("checkpoints", data.name)
        .figure("test accuracy", reached, "%", Some("about 90 %"))
        .figure("training", seconds, "s", None);
    if let Some(args) = &train {
        summary = experiments::run(args, &data, &run.settings, &out, summary)?;
    }
    println!("pictures, curve and parameters are in {}", out.display());
    page.save(&out, train.as_ref().is_some_and(|args| args.look))?; // look.html
    println!("{}", summary.with_peak_memory());
    Ok(())
}
