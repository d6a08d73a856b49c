//! Two experiments: `study` changes one setting of the network at a time, `speedrun`
//! takes the time to 99.0 % of the test set.

use std::io::Write as _;
use std::time::Instant;

use common::batch::{shuffled_batches, take_rows};
use common::metric::mean_and_deviation;
use common::program::flags::Flags;
use common::program::{Progress, Summary, thousands};
use common::{Error, Float, Result, accuracy, files, seeded, softmax};
use datasets::Split;
use datasets::images::CLASSES;

use crate::engine::Network;
use crate::layers::{IMAGE, Layers};
use crate::optimiser::{MOMENTUM, Method, Optimiser};
use crate::parameters::is_finite;
use crate::schedule::one_cycle;

/// Of the study: what is changed, the layers, and the batch size.
pub const SETTINGS: [(&str, &str, usize); 18] = [
    ("the first", "conv16x5,pool2,100", 100),
    ("layers", "100", 100),
    ("layers", "conv16x5,pool2", 100),
    ("layers", "conv16x5,pool2,100,100", 100),
    ("layers", "conv16x5,pool2,conv32x5,pool2,100", 100),
    ("units", "conv16x5,pool2,30", 100),
    ("units", "conv16x5,pool2,300", 100),
    ("filters", "conv4x5,pool2,100", 100),
    ("filters", "conv32x5,pool2,100", 100),
    ("windows", "conv16x3,pool2,100", 100),
    ("windows", "conv16x9,pool2,100", 100),
    ("padding", "conv16x5p2,pool2,100", 100),
    ("pooling", "conv16x5,avgpool2,100", 100),
    ("pooling", "conv16x5,pool4,100", 100),
    ("pooling", "conv16x4s2,100", 100),
    ("batch size", "conv16x5,pool2,100", 20),
    ("batch size", "conv16x5,pool2,100", 50),
    ("batch size", "conv16x5,pool2,100", 500),
];
const STUDY_RATE: f64 = 0.001; // Adam's paper's
const STUDY: (usize, usize, u64) = (10_000, 4, 3); // images, epochs, seeds
const QUICK_STUDY: (usize, usize, u64) = (2_000, 2, 2);

const SPEEDRUN_LAYERS: &str = "conv8x5,pool2,conv24x5,pool2,100"; // a fifth of the lesson's work
const BATCH_SIZE: usize = 100;
const PEAK: f64 = 0.12; // the largest learning rate
const WARM: f64 = 0.2; // the part of training in which it grows
const AIM: f64 = 99.0; // %

const SPEEDRUN: (f64, u64) = (3.0, 5); // epochs, seeds
const QUICK_SPEEDRUN: (f64, u64) = (0.2, 2); // to see it work, not to get there

/// Trains every setting from several seeds on the same few images, and writes the table,
/// `study.md` and `study.csv`. The settings are those that the TensorFlow article lists for
/// getting beyond its 90 %. Accuracies are of images held back; the test set is not used.
pub fn study(flags: &Flags) -> Result {
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let train = &data.train;
    let (images, epochs, seeds) = if flags.quick { QUICK_STUDY } else { STUDY };
    let images = images.min(train.len() / 2); // as many are held back
    let order = shuffled_batches(train.len(), train.len(), &mut seeded(flags.seed)).concat();
    let (validation, training) = order[..2 * images].split_at(images);
    let (x_val, t_val) = (take_rows(&train.x, validation), take_rows(&train.t, validation));
    let mut progress = Progress::new(SETTINGS.len() * seeds as usize);
    let mut means = Vec::new();
    let mut csv = "changed,layers,batch_size,parameters,accuracy,deviation,seconds\n".to_owned();
    let mut table = "| changed | layers | batch | parameters | accuracy | seconds |\n".to_owned();
    table += "| --- | --- | ---: | ---: | ---: | ---: |\n";
    for (changed, line, batch_size) in SETTINGS {
        let layers: Layers = line.parse()?;
        let (mut reached, mut seconds, mut parameters) = (Vec::new(), f64::INFINITY, 0);
        for seed in flags.seed..flags.seed + seeds {
            let start = Instant::now();
            let mut rng = seeded(seed);
            let mut network = Network::new(&layers, IMAGE, CLASSES, batch_size, &mut rng)?;
            parameters = network.w.len();
            let epoch = |_| shuffled_batches(images, batch_size, &mut rng);
            let mut batches: Vec<_> = (0..epochs).flat_map(epoch).collect();
            batches.iter_mut().flatten().for_each(|row| *row = training[*row]);
            train_network(&mut network, train, &batches, Method::Adam, |_| STUDY_RATE);
            seconds = seconds.min(start.elapsed().as_secs_f64()); // of the fastest training
            let (e, accuracy) = network.evaluate(&x_val, &t_val);
            if !e.is_finite() || !is_finite(&network.w) {
                let after = format!("after {} iterations; try another --seed", batches.len());
                return Err(Error::new(format!(
                    "{layers}: the loss is no longer a number {after}"
                )));
            }
            reached.push(accuracy);
            let trained = means.len() * seeds as usize + reached.len();
            progress.at(trained, || format!("{layers}, batches of {batch_size}: {accuracy:.2} %"));
        }
        let (mean, deviation) = mean_and_deviation(&reached);
        means.push(mean);
        csv += &format!(
            "{changed},\"{line}\",{batch_size},{parameters},{mean},{deviation},{seconds}\n"
        );
        let (parameters, right) = (thousands(parameters), format!("{mean:.2} ± {deviation:.2}"));
        table += &format!(
            "| {changed} | `{line}` | {batch_size} | {parameters} | {right} | {seconds:.1} |\n"
        );
    }
    progress.finish();
    let count = thousands(images);
    println!(
        "{count} images, {epochs} epochs, {seeds} seeds; accuracy on {count} others, in % \
         (mean and standard deviation)\n\n{table}"
    );
    let out = flags.out("deep-cnn");
    files::write(&out.join("study.md"), |file| Ok(file.write_all(table.as_bytes())?))?;
    files::write(&out.join("study.csv"), |file| Ok(file.write_all(csv.as_bytes())?))?;
    println!("the table is in {}", out.display());
    let best = means.iter().fold(0.0, |best: f64, &mean| best.max(mean));
    let summary = Summary::new("deep-cnn", data.name)
        .figure("first setting", means[0], "%", None)
        .figure("best setting", best, "%", None);
    println!("{}", summary.with_peak_memory());
    Ok(())
}

/// Trains on all images from several seeds, and writes `speedrun.csv`. The number of steps
/// and the learning rates are fixed beforehand, chosen with 5,000 images held back. The
/// clock runs from drawing the first weight to the last step, the fetching of batches
/// included, and does not count loading the images and the one test at the end.
pub fn speedrun(flags: &Flags) -> Result {
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let (train, test) = (&data.train, &data.test);
    let (epochs, seeds) = if flags.quick { QUICK_SPEEDRUN } else { SPEEDRUN };
    let layers: Layers = SPEEDRUN_LAYERS.parse()?;
    println!("{layers}, {epochs} epochs in batches of {BATCH_SIZE}, {seeds} seeds");
    let mut rows = Vec::new(); // [seed, seconds, accuracy in %, seconds of the test]
    for seed in flags.seed..flags.seed + seeds {
        let start = Instant::now();
        let mut rng = seeded(seed);
        let mut network = Network::new(&layers, IMAGE, CLASSES, BATCH_SIZE, &mut rng)?;
        let steps = (epochs * train.len() as f64 / BATCH_SIZE as f64).ceil() as usize;
        let mut batches = Vec::new();
        while batches.len() < steps {
            batches.extend(shuffled_batches(train.len(), BATCH_SIZE, &mut rng).into_iter().rev());
        }
        batches.truncate(steps);
        let rate = |done| PEAK * one_cycle(done, WARM);
        train_network(&mut network, train, &batches, Method::Nesterov, rate);
        let seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let z = network.logits(&test.x); // (10000, 10)
        let test_seconds = start.elapsed().as_secs_f64();
        if z.iter().any(|z| !z.is_finite()) || !is_finite(&network.w) {
            let fault = "the logits or parameters are no longer numbers; try another --seed";
            return Err(Error::new(format!("seed {seed}: {fault}")));
        }
        let reached = accuracy(&z, &test.t);
        println!("seed {seed}: {reached:.2} % in {seconds:.2} s, and {test_seconds:.2} s of test");
        rows.push([seed as f64, seconds, reached, test_seconds]);
    }
    let over_seeds = |k| mean_and_deviation(&rows.iter().map(|row| row[k]).collect::<Vec<f64>>());
    let ((seconds, of_seconds), (reached, of_reached)) = (over_seeds(1), over_seeds(2));
    let passed = rows.iter().filter(|row| row[2] >= AIM).count();
    println!(
        "{passed} of {seeds} seeds reach {AIM:.1} %: {reached:.2} ± {of_reached:.2} % in \
         {seconds:.2} ± {of_seconds:.2} s (mean and standard deviation)"
    );
    let header = ["seed", "seconds", "accuracy", "test_seconds"];
    files::save_csv(&flags.out("deep-cnn").join("speedrun.csv"), header, &rows)?;
    let summary = Summary::new("deep-cnn", data.name)
        .figure("speedrun accuracy", reached, "%", None)
        .figure("speedrun", seconds, "s", None);
    println!("{}", summary.with_peak_memory());
    Ok(())
}

/// A step for each batch of rows; `rate` is that of the share of steps already taken.
fn train_network(
    network: &mut Network<Float>,
    train: &Split<Float>,
    batches: &[Vec<usize>],
    method: Method,
    rate: impl Fn(f64) -> f64,
) {
    let mut optimiser = Optimiser::new(method, MOMENTUM as Float, network.w.len());
    for (i, rows) in batches.iter().enumerate() {
        let (x, t) = (take_rows(&train.x, rows), take_rows(&train.t, rows)); // (N, 784), (N, 10)
        let y = softmax(&network.forward(&x)); // (N, 10)
        // dz = (y - t) / N
        let dz = (y - &t) / rows.len() as Float; // (N, 10)
        network.backward(&x, &dz);
        let rate = rate(i as f64 / batches.len() as f64) as Float;
        optimiser.step(&mut network.w, &network.dw, rate);
    }
}
