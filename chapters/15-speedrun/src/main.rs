//! Chapter 15: the least time to 99.0 and 99.4 %, as a ladder of one change at a time.
//!
//!     z  = network of lesson 08 (the middle of x)    (N, 10)
//!     dz = (y - t) / N, and 0 where y is sure        (N, 10)
//!     v  = m v + dw, w = w - rate (dw + m v)         Nesterov, the rate in one cycle
//!
//! Expect 99.1 % of MNIST's test set, as a mean of ten seeds, after about a second of
//! training on two cores; 99.4 % after some seconds with --aim 99.4.
//! Run: cargo run --release -p speedrun

mod args;

use std::time::Instant;

use clap::Parser;
use common::batch::{shuffled_batches, take_rows};
use common::plot::{self, Image};
use common::program::Progress;
use common::{Error, Float, Result, accuracy, predict, seeded, softmax};
use datasets::Split;
use datasets::images::CLASSES;
use deep_cnn::optimiser::Optimiser;
use deep_cnn::schedule::one_cycle;
use deep_cnn::{Layers, Network, parameters};
use speedrun::muon::Muon;
use speedrun::random_crop::random_crop;
use speedrun::recipe::{LADDER, LONG, Recipe, Rung, TRIED, WARM};
use speedrun::report::{Outcome, report_rungs, report_seeds};
use speedrun::selective_backprop::Confidence;

use crate::args::{Args, Experiment};

const VALIDATION_SHARE: usize = 12; // 5,000 of 60,000 to choose by; the test set chooses nothing
const AVERAGED: f64 = 2.0 / 3.0; // from here on the mean of the weights is taken, if at all

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("speedrun");

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let all = data.train.len();
    let mut training = shuffled_batches(all, all, &mut seeded(args.flags.seed)).concat(); // 0 to 59,999
    let mut judges: Vec<usize> = (0..data.test.len()).collect(); // N of M images
    let mut judged = &data.test; // x (M, 784), t (M, 10)
    if args.validate || args.experiment.is_some() {
        judges = training.split_off(all - all.div_ceil(VALIDATION_SHARE));
        judged = &data.train;
    }

    // == A ladder, or one recipe ==
    let rungs: Vec<Rung> = match args.experiment {
        Some(Experiment::Ladder) => LADDER.into_iter().chain([LONG]).collect(),
        Some(Experiment::Tried) => TRIED.into(),
        None => vec![Rung { change: "", recipe: args.recipe() }],
    };
    let mut progress = Progress::new(rungs.len() * args.seeds().count());
    let (mut outcomes, mut trained) = (Vec::new(), 0);
    for rung in &rungs {
        let recipe = args.adapted(rung.recipe);
        let mut of_seeds = Vec::new();
        for seed in args.seeds() {
            let start = Instant::now();
            let mut network = train(&recipe, &data.train, &training, seed)?;
            let seconds = start.elapsed().as_secs_f64();

            // == Test, once ==
            let x = random_crop(&judged.x, &judges, recipe.crop, 0, &mut seeded(seed)); // (N, side^2)
            let t = take_rows(&judged.t, &judges); // (N, 10)
            let z = network.logits(&x); // (N, 10)
            if z.iter().any(|z| !z.is_finite()) || !parameters::is_finite(&network.w) {
                let fault = "the logits or parameters are no longer numbers; try another --seed";
                return Err(Error::new(format!("seed {seed}: {fault}")));
            }
            let outcome = Outcome { seed, seconds, accuracy: accuracy(&z, &t) };
            trained += 1;
            progress.at(trained, || format!("{}: {outcome}", rung.change));

            // == Plot and save, of one recipe's first seed ==
            if args.experiment.is_none() && of_seeds.is_empty() {
                let guesses = predict(&z); // (N,)
                let label = |&n: &usize| judged.labels[judges[n]];
                let wrong = (0..judges.len()).filter(|n| guesses[*n] != label(n)).take(100);
                let picture = |n: usize| Image::predicted(x.row(n), label(&n), guesses[n]);
                plot::digits(&out.join("wrong"), &wrong.map(picture).collect::<Vec<_>>(), 10)?;
                let file = out.join("params.npz");
                parameters::save(&file, &network.w, &network.named_parameters)?;
            }
            of_seeds.push(outcome);
        }
        outcomes.push(of_seeds);
    }
    progress.finish();

    // == Report ==
    let summary = match args.experiment {
        None => report_seeds(data.name, &out, &args.adapted(args.recipe()), &outcomes[0])?,
        Some(Experiment::Ladder) => report_rungs("ladder", data.name, &out, &rungs, &outcomes)?,
        Some(Experiment::Tried) => report_rungs("tried", data.name, &out, &rungs, &outcomes)?,
    };
    println!("{}", summary.with_peak_memory());
    Ok(())
}

/// A whole training, from the first random weight to the last step, on the images `training`
/// of `data`.
fn train(
    recipe: &Recipe,
    data: &Split<Float>,
    training: &[usize],
    seed: u64,
) -> Result<Network<Float>> {
    // == Initialise ==
    let mut rng = seeded(seed);
    let layers: Layers = recipe.layers.parse()?;
    let image = (1, recipe.crop, recipe.crop);
    let mut network = Network::new(&layers, image, CLASSES, recipe.batch_size, &mut rng)?; // He
    let output = network.named_parameters[network.named_parameters.len() - 2].range.clone(); // weights
    network.w[output].iter_mut().for_each(|w| *w *= recipe.output_scale as Float);
    let momentum = recipe.momentum as Float;
    let mut optimiser = Optimiser::new(recipe.method, momentum, network.w.len());
    let mut muon = Muon::new(&network.named_parameters);
    let mut confidence = Confidence::new(training.len());
    let mut batches = Vec::new(); // of the epoch, from the last to the first
    let mut average: Option<Vec<Float>> = None;

    let per_epoch = training.len() as f64 / recipe.batch_size as f64;
    let steps = (recipe.epochs * per_epoch).ceil() as usize;
    for i in 0..steps {
        let done = i as f64 / steps as f64;

        // == Batch ==
        if batches.is_empty() {
            batches = confidence.next_epoch(recipe.leave_out_above, recipe.batch_size, &mut rng);
        }
        let Some(batch) = batches.pop() else { continue }; // all were left out
        let rows: Vec<usize> = batch.iter().map(|&k| training[k]).collect();
        let x = random_crop(&data.x, &rows, recipe.crop, recipe.shift, &mut rng); // (N, side^2)
        let smoothing = recipe.smoothing as Float;
        let t = take_rows(&data.t, &rows) * (1.0 - smoothing) + smoothing / CLASSES as Float; // (N, 10)

        // == Forward ==
        let y = softmax(&network.forward(&x)); // (N, 10)

        // == Backward ==
        // dz = (y - t) / N
        let mut dz = (&y - &t) / rows.len() as Float; // (N, 10)
        confidence.update(&batch, (&y, &t), &mut dz, recipe.skip_above);
        network.backward(&x, &dz);

        // == Update ==
        let part = if recipe.one_cycle { one_cycle(done, WARM) } else { 1.0 };
        if recipe.muon > 0.0 {
            muon.step(&mut network.w, &mut network.dw, (recipe.muon * part) as Float);
        }
        optimiser.step(&mut network.w, &network.dw, (recipe.rate * part) as Float);
        if recipe.average > 0.0 && done >= AVERAGED {
            let average = average.get_or_insert_with(|| network.w.clone());
            let new = 1.0 - recipe.average as Float;
            average.iter_mut().zip(&network.w).for_each(|(a, &w)| *a += new * (w - *a));
        }
    }
    network.w = average.unwrap_or(network.w);
    Ok(network)
}
