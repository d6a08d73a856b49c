//! An experiment: one setting of the network is changed at a time.

use std::io::Write as _;
use std::time::Instant;

use common::batch::{shuffled_batches, take_rows};
use common::metric::mean_and_deviation;
use common::program::flags::Flags;
use common::program::{Progress, Summary, thousands};
use common::{Error, Float, Result, files, seeded, softmax};
use datasets::Split;
use datasets::images::CLASSES;

use crate::engine::Network;
use crate::layers::{IMAGE, Layers};
use crate::optimiser::{MOMENTUM, Method, Optimiser};
use crate::parameters::is_finite;

/// What is changed, the layers, and the batch size.
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
const RATE: f64 = 0.001; // Adam's paper's
const FULL: (usize, usize, u64) = (10_000, 4, 3); // images, epochs, seeds
const QUICK: (usize, usize, u64) = (2_000, 2, 2);

/// Trains every setting from several seeds on the same few images, and writes the table,
/// `study.md` and `study.csv`. The settings are those that the TensorFlow article lists for
/// getting beyond its 90 %. Accuracies are of images held back; the test set is not used.
pub fn run(flags: &Flags) -> Result {
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let train = &data.train;
    let (images, epochs, seeds) = if flags.quick { QUICK } else { FULL };
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
            train_network(&mut network, train, &batches);
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

/// A step for each batch of rows.
fn train_network(network: &mut Network<Float>, train: &Split<Float>, batches: &[Vec<usize>]) {
    let mut adam = Optimiser::new(Method::Adam, MOMENTUM as Float, network.w.len());
    for rows in batches {
        let (x, t) = (take_rows(&train.x, rows), take_rows(&train.t, rows)); // (N, 784), (N, 10)
        let y = softmax(&network.forward(&x)); // (N, 10)
        // dz = (y - t) / N
        let dz = (y - &t) / rows.len() as Float; // (N, 10)
        network.backward(&x, &dz);
        adam.step(&mut network.w, &network.dw, RATE as Float);
    }
}
