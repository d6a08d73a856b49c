//! Chapter 13: a model that is saved, tested elsewhere, gone on with, and used.
//!
//!     p1 = the largest of 3 x 3 of max(conv(x, w1) + b1, 0)    (N, 10, 4, 4) = (N, 160)
//!     h2 = max((p1 m1) w2 + b2, 0)                             (N, 40)
//!     y  = softmax((h2 m2) w3 + b3)                            (N, 10)
//!
//! m1 and m2 are dropout's masks, w2 and w3 begin at zero: the TensorFlow article's
//! network. Expect about 87 % of MNIST's test set, in a few seconds.
//! Run: cargo run --release -p checkpoints
//! and then the same with -- test, -- resume or -- predict out/checkpoints IMAGE.png

use std::time::Instant;

use checkpoints::args::{Args, Command};
use checkpoints::folder::{Folder, MODELS, stem};
use checkpoints::network::{FEATURES, HIDDEN};
use checkpoints::score::{self, CHUNK};
use checkpoints::training::{Data, Training};
use checkpoints::{batches, elsewhere, improved, pictures, read, table};
use clap::Parser;
use common::batch::take_rows;
use common::files;
use common::program::interrupt;
use common::program::{Progress, Summary, thousands};
use common::{Error, Float, Real, Result};
use common::{accuracy, cross_entropy_from_logits, predict, softmax};
use dropout_adam::dropout::mask;

fn main() -> Result {
    let (flags, last, train, resume) = match Args::parse().command() {
        Command::Train(args) => (args.flags.clone(), args.last, Some(args), None),
        Command::Resume(args) => (args.place.flags(), args.last, None, args.iterations),
        Command::Test(args) => return elsewhere::run(&args),
        Command::Predict(args) => return read::run(&args),
    };
    flags.start()?;
    let out = flags.out("checkpoints");
    let folder = Folder::lock(&out.join(MODELS), last)?; // nobody else may train into it

    // == Load ==
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let (images, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)

    // == Initialise ==
    let mut run = match &train {
        Some(args) => {
            folder.begin(args.fresh)?;
            Training::new(args.settings(images.len()), Data::of(&data))
        }
        None => folder.go_on(&Data::of(&data), resume)?,
    };
    if run.step > 0 {
        println!("going on after step {}", thousands(run.step));
    }

    // == Train ==
    interrupt::listen()?;
    let settings = run.settings.clone();
    let rate = Float::of(settings.learning_rate);
    let [drop1, drop2] = settings.keep.map(|keep| Float::of(1.0 - keep)); // a RATE is what is dropped
    let mut progress = Progress::new(settings.steps);
    let start = Instant::now();
    while !run.is_over() {
        let i = run.step + 1;
        let batch = run.order.next_batch(); // 32 numbers of images
        let n = Float::of(batch.len() as f64);
        let (mut e, mut right) = (0.0, 0.0);
        let mut d = run.network.zeros(); // the gradient of every parameter
        for rows in batch.chunks(CHUNK) {
            // A batch of all images comes in parts, and its gradient is their sum.
            let (x, t) = (take_rows(&images.x, rows), take_rows(&images.t, rows)); // (N, 784), (N, 10)
            let m1 = mask((rows.len(), FEATURES), drop1, &mut run.rng); // (N, 160)
            let m2 = mask((rows.len(), HIDDEN), drop2, &mut run.rng); // (N, 40)
            let seen = run.network.forward(&x, Some([&m1, &m2]));
            let part = rows.len() as f64 / batch.len() as f64;
            e += part * cross_entropy_from_logits(&seen.z, &t);
            right += part * accuracy(&seen.z, &t); // %
            // dz = (y - t) / N
            let dz = (softmax(&seen.z) - &t) / n; // (N, 10)
            d.add(&run.network.backward(&x, &seen, [&m1, &m2], &dz));
        }
        if !e.is_finite() {
            return Err(Error::diverged(i));
        }
        run.moments.step(&mut run.network, &d, i, rate); // Adam
        run.step = i;
        run.log.step(e, right);
        progress.step(i, e, right);
        let stopped = interrupt::pressed() > 0;
        if run.is_due() {
            let [_, e, mean, right] = run.log.report(i, right);
            let news = folder.save(&run)?; // and the oldest goes
            let step = format!("step {:>6}: loss {e:.4}, {mean:5.2} %", thousands(i));
            progress.print(&format!("{step}, of this batch {right:6.2} %; {news}"));
        } else if stopped {
            folder.save(&run)?;
        }
        if stopped {
            progress.finish();
            let saved = stem(&out.join(MODELS), i);
            return Err(Error::new(format!(
                "stopped after step {}, which is kept as {}; `checkpoints resume` goes on",
                thousands(i),
                saved.display()
            )));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let z = score::logits(&run.network, &test.x); // (10000, 10), nothing dropped
    let guesses = predict(&z); // (10000,)
    let (sentence, reached) = score::sentence(&z, test); // %

    // == Report ==
    println!("{sentence}");

    // == Plot ==
    pictures::training(&out, &run.log.reports, reached)?;
    pictures::tested(&out, &run.network, &data, &guesses)?;

    // == Save ==
    let header = ["iteration", "loss", "accuracy", "accuracy_of_one_batch"];
    files::save_csv(&out.join("curve.csv"), header, &run.log.reports)?;
    run.network.params().save(&out.join("params.npz"))?;
    let mut summary = Summary::new("checkpoints", data.name)
        .figure("test accuracy", reached, "%", Some("about 90 %"))
        .figure("training", seconds, "s", None);
    if let Some(args) = &train {
        if args.table {
            summary = table::run(&data, &settings, &out, summary)?;
        }
        if args.batches {
            batches::run(&data, &out, flags.seed, flags.quick)?;
        }
        if args.improved {
            summary = improved::run(&data, &settings, &out, summary)?;
        }
    }
    println!("pictures, curve and parameters are in {}", out.display());
    println!("{}", summary.with_peak_memory());
    Ok(())
}
