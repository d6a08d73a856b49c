//! The article's list of improvements, one after the other, with the network and
//! the steps of lesson 08: as many steps of as many images as the article takes.

use std::path::Path;
use std::time::Instant;

use common::accuracy;
use common::batch::take_rows;
use common::files;
use common::plot::{self, Chart, Curve};
use common::program::interrupt;
use common::program::{Summary, thousands};
use common::{Error, Float, Real, Result, seeded, softmax};
use datasets::Dataset;
use deep_cnn::evaluate::logits;
use deep_cnn::optimiser::adam;
use deep_cnn::schedule::one_cycle;
use deep_cnn::{Layers, Network};

use crate::network::CLASSES;
use crate::order::Order;
use crate::training::Settings;

const IMAGE: (usize, usize, usize) = (1, 28, 28);
/// What is changed, the network, and whether the learning rate goes up and down.
/// Each line keeps what the lines above it changed. None was chosen by a look at
/// the test set: the layers are lesson 08's.
const LIST: [(&str, &str, bool); 5] = [
    ("random start, no dropout", "conv10x4s3,pool3s2,40", false),
    ("window 5, stride 1", "conv8x5,pool2,40", false),
    ("a second convolution", "conv8x5,pool2,conv24x5,pool2,40", false),
    ("more units", "conv8x5,pool2,conv24x5,pool2,100", false),
    ("a rate that goes up and down", "conv8x5,pool2,conv24x5,pool2,100", true),
];
/// The largest rate, in units of the article's, and the part of the training in
/// which it grows.
const PEAK: f64 = 3.0;
const WARM: f64 = 0.2;
const AIM: f64 = 99.0; // %

/// Trains each line as long as `settings` says, prints the table, and writes
/// `improved.csv`, `improved.svg` and `improved.png` in `out`; the summary with
/// the last figure.
///
/// # Errors
/// If a number is none any more, Ctrl-C was pressed, or a file cannot be written.
pub fn run(
    data: &Dataset<Float>,
    settings: &Settings,
    out: &Path,
    summary: Summary,
) -> Result<Summary> {
    let Settings { batch_size, learning_rate, steps, seed, .. } = *settings;
    let (train, test) = (&data.train, &data.test);
    println!("\n{:30} {:36} parameters   accuracy   seconds", "changed", "layers");
    let mut rows = Vec::new();
    for (what, line, cycle) in LIST {
        let layers: Layers = line.parse()?;
        let mut rng = seeded(seed);
        let mut network = Network::new(&layers, IMAGE, CLASSES, batch_size, &mut rng)?; // He's start
        let mut v = vec![0.0; network.parameters()];
        let mut s = vec![0.0; network.parameters()];
        let mut order = Order::at(train.len(), batch_size, seed, (0, 0));
        let began = Instant::now();
        for i in 1..=steps {
            if interrupt::pressed() > 0 {
                return Err(Error::new("stopped; run the same command again for the list"));
            }
            let batch = order.next_batch();
            let (x, t) = (take_rows(&train.x, &batch), take_rows(&train.t, &batch)); // (N, 784), (N, 10)
            let y = softmax(&network.forward(&x)); // (N, 10)
            // dz = (y - t) / N
            let dz = (y - &t) / Float::of(batch.len() as f64); // (N, 10)
            network.backward(&x, &dz);
            let done = (i - 1) as f64 / steps as f64;
            let rate = learning_rate * if cycle { PEAK * one_cycle(done, WARM) } else { 1.0 };
            adam(&mut network.w, &network.dw, &mut v, &mut s, i, Float::of(rate));
        }
        let seconds = began.elapsed().as_secs_f64();
        let z = logits(&mut network, &test.x); // (10000, 10)
        if z.iter().any(|z| !z.is_finite()) {
            return Err(Error::diverged(steps));
        }
        let reached = accuracy(&z, &test.t);
        let count = network.parameters();
        println!("{what:30} {line:36} {:>10}   {reached:6.2} %   {seconds:7.2}", thousands(count));
        rows.push([rows.len() as f64 + 1.0, count as f64, reached, seconds]);
    }
    match rows.iter().position(|row| row[2] >= AIM) {
        Some(k) => println!("{AIM} % is passed with line {}: {}", k + 1, LIST[k].0),
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
    let last = rows[rows.len() - 1];
    Ok(summary.figure("improved accuracy", last[2], "%", Some("99 % and more, a promise")).figure(
        "improved training",
        last[3],
        "s",
        None,
    ))
}
