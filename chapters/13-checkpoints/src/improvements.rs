//! `--improved`: the article's list of improvements, one after the other, with the network
//! of lesson 08 and as many steps of as many images as the article takes.

use std::path::Path;
use std::time::Instant;

use common::batch::take_rows;
use common::plot::{self, Chart, Curve};
use common::program::{interrupt, thousands};
use common::{Error, Float, Real, Result, accuracy, files, seeded, softmax};
use datasets::Dataset;
use datasets::images::CLASSES;
use deep_cnn::layers::IMAGE;
use deep_cnn::optimiser::adam;
use deep_cnn::parameters::is_finite;
use deep_cnn::schedule::one_cycle;
use deep_cnn::{Layers, Network, parameters};

use crate::sampler::{Position, Sampler};
use crate::training::Settings;

/// Change, layers, and whether the learning rate goes up and down. Each line keeps the
/// changes of the lines above. The layers are lesson 08's, chosen without the test set.
const IMPROVEMENTS: [(&str, &str, bool); 5] = [
    ("random start, no dropout", "conv10x4s3,pool3s2,40", false),
    ("window 5, stride 1", "conv8x5,pool2,40", false),
    ("a second convolution", "conv8x5,pool2,conv24x5,pool2,40", false),
    ("more units", "conv8x5,pool2,conv24x5,pool2,100", false),
    ("a rate that goes up and down", "conv8x5,pool2,conv24x5,pool2,100", true),
];
const PEAK: f64 = 3.0; // the largest learning rate, as a multiple of the constant one
const WARM: f64 = 0.2; // the share of the training in which the rate grows
const AIM: f64 = 99.0; // %

/// The last network of the list, with the parameters in the file `path`.
pub fn load(path: &Path) -> Result<Network<Float>> {
    let mut network = network(IMPROVEMENTS[IMPROVEMENTS.len() - 1].1, 100, 0)?;
    network.w = parameters::load(path, &network.named_parameters)?;
    Ok(network)
}

fn network(layers: &str, batch_size: usize, seed: u64) -> Result<Network<Float>> {
    let layers: Layers = layers.parse()?;
    Network::new(&layers, IMAGE, CLASSES, batch_size, &mut seeded(seed)) // He
}

/// Trains each line with `settings`, prints the table, and writes `improved.csv`, `.svg` and
/// `.png` in `out` and, of the last line, `.npz`. Returns that line's accuracy and seconds.
pub fn run(data: &Dataset<Float>, settings: &Settings, out: &Path) -> Result<(f64, f64)> {
    let Settings { batch_size, learning_rate, steps, seed, .. } = *settings;
    let (train, test) = (&data.train, &data.test);
    println!("\n{:30} {:36} parameters   accuracy   seconds", "changed", "layers");
    let mut rows = Vec::new();
    for (change, line, cycle) in IMPROVEMENTS {
        let mut network = network(line, batch_size, seed)?;
        let count = network.w.len();
        let (mut v, mut s) = (vec![0.0; count], vec![0.0; count]); // Adam's two means
        let mut sampler = Sampler::at(train.len(), batch_size, seed, Position::default());
        let start = Instant::now();
        for i in 1..=steps {
            if interrupt::pressed() > 0 {
                return Err(Error::new("stopped; run the same command again for the list"));
            }
            let batch = sampler.next_batch();
            let (x, t) = (take_rows(&train.x, &batch), take_rows(&train.t, &batch)); // (N, 784), (N, 10)
            let z = network.forward(&x); // (N, 10)
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / Float::of(batch.len() as f64); // (N, 10)
            network.backward(&x, &dz);
            let done = (i - 1) as f64 / steps as f64;
            let rate = learning_rate * if cycle { PEAK * one_cycle(done, WARM) } else { 1.0 };
            adam(&mut network.w, &network.dw, &mut v, &mut s, i, Float::of(rate));
        }
        let seconds = start.elapsed().as_secs_f64();
        let z = network.logits(&test.x); // (10000, 10)
        if z.iter().any(|z| !z.is_finite()) || !is_finite(&network.w) {
            return Err(Error::diverged(steps));
        }
        let right = accuracy(&z, &test.t); // %
        println!("{change:30} {line:36} {:>10}   {right:6.2} %   {seconds:7.2}", thousands(count));
        rows.push([rows.len() as f64 + 1.0, count as f64, right, seconds]);
        if rows.len() == IMPROVEMENTS.len() {
            parameters::save(&out.join("improved.npz"), &network.w, &network.named_parameters)?;
        }
    }
    match rows.iter().position(|row| row[2] >= AIM) {
        Some(k) => println!("{AIM} % is passed with line {}: {}", k + 1, IMPROVEMENTS[k].0),
        None => println!("{AIM} % is not passed"),
    }
    let header = ["line", "parameters", "accuracy", "seconds"];
    files::save_csv(&out.join("improved.csv"), header, &rows)?;
    let errors: Vec<_> = rows.iter().map(|row| (row[0], 100.0 - row[2])).collect();
    let curves = [
        Curve::new("test set", &errors).line_and_dots(),
        Curve::level(format!("{AIM} % right"), 100.0 - AIM),
    ];
    let chart = Chart::new("The article's list", "changes", "wrong (%)").log_y();
    plot::curves(&out.join("improved"), &chart, &curves)?;
    let [.., right, seconds] = rows[rows.len() - 1];
    Ok((right, seconds))
}
