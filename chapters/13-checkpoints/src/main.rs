//! Chapter 13: a model that is saved, tested elsewhere, gone on with, and used.
//!
//!     p1 = the largest of 3 x 3 of max(conv(x, w1) + b1, 0)    (N, 10, 4, 4) = (N, 160)
//!     h2 = max((p1 m1) w2 + b2, 0)                             (N, 40)
//!     y  = softmax((h2 m2) w3 + b3)                            (N, 10)
//!
//! m1 and m2 are dropout's masks. Weights w2 and w3 begin at zero, as in the
//! article: expect about 90 % of MNIST's test set, in a few seconds.
//! Run: cargo run --release -p checkpoints
//! then: cargo run --release -p checkpoints -- test, or resume, or predict

use std::time::Instant;

use checkpoints::args::{Args, Command};
use checkpoints::folder::{self, Folder, MODELS};
use checkpoints::network::{CLASSES, FEATURES, HIDDEN};
use checkpoints::score::{self, CHUNK};
use checkpoints::training::{Data, Training};
use clap::Parser;
use common::batch::take;
use common::plot::{self, Image};
use common::report::{self, Progress, Summary, thousands};
use common::{Error, Float, Real, Result, interrupt, metric};
use common::{accuracy, cross_entropy_from_logits, predict, softmax};
use dropout_adam::dropout::mask;

fn main() -> Result {
    let (flags, last, train, resume) = match Args::parse().command() {
        Command::Test(_) => todo!(),
        Command::Predict(_) => todo!(),
        Command::Train(args) => (args.flags.clone(), args.last, Some(args), None),
        Command::Resume(args) => (args.place.flags(), args.last, None, args.iterations),
    };
    flags.start()?;
    let out = flags.out("checkpoints");
    let folder = Folder::lock(&out.join(MODELS), last)?;

    // == Load ==
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let (images, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)

    // == Initialise ==
    let mut run = match &train {
        None => folder::latest(&out.join(MODELS))?,
        Some(args) => Training::new(args.settings(images.len()), Data{name:data.name.into(),images:images.len(),sha256:String::new()}),
    };

    // == Train ==
    interrupt::listen()?;
    let Training { settings, .. } = run.clone();
    let rate = Float::of(settings.learning_rate);
    let [drop1, drop2] = settings.keep.map(|keep| Float::of(1.0 - keep)); // a rate is what is DROPPED
    let mut progress = Progress::new(settings.steps);
    let start = Instant::now();
    while !run.is_over() && interrupt::pressed() == 0 {
        let i = run.step + 1;
        let batch = run.order.next_batch();
        let n = Float::of(batch.len() as f64);
        let (mut e, mut right) = (0.0, 0.0);
        let mut d = run.network.zeros();
        for rows in batch.chunks(CHUNK) {
            let (x, t) = (take(&images.x, rows), take(&images.t, rows)); // (N, 784), (N, 10)
            let m1 = mask((rows.len(), FEATURES), drop1, &mut run.rng); // (N, 160)
            let m2 = mask((rows.len(), HIDDEN), drop2, &mut run.rng); // (N, 40)
            let seen = run.network.forward(&x, Some([&m1, &m2]));
            let share = rows.len() as f64 / batch.len() as f64;
            e += share * cross_entropy_from_logits(&seen.z, &t);
            right += share * accuracy(&seen.z, &t); // %
            // dz = (y - t) / N
            let dz = (softmax(&seen.z) - &t) / n; // (N, 10)
            d.add(&run.network.backward(&x, &seen, [&m1, &m2], &dz));
        }
        if !e.is_finite() {
            return Err(Error::diverged(i));
        }
        let (w, adam) = (&mut run.network, &mut run.moments);
        adam.w1.step(&mut w.w1, &d.w1, i, rate); // (10, 1, 4, 4)
        adam.b1.step(&mut w.b1, &d.b1, i, rate); // (1, 10)
        adam.w2.step(&mut w.w2, &d.w2, i, rate); // (160, 40)
        adam.b2.step(&mut w.b2, &d.b2, i, rate); // (1, 40)
        adam.w3.step(&mut w.w3, &d.w3, i, rate); // (40, 10)
        adam.b3.step(&mut w.b3, &d.b3, i, rate); // (1, 10)
        run.step = i;
        run.log.step(e, right);
        progress.step(i, e, right);
        if run.is_due() {
            let [_, e, mean, right] = run.log.report(i, right);
            let removed = folder.save(&run)?;
            println!("step {i}: {e} {mean} {right} {removed:?}");
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();
    let (e, reached) = score::score(&run.network, test);
    println!("{e} {reached} {seconds}");
    Ok(())
}
