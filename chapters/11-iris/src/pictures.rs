//! The lesson's pictures.

use std::path::Path;

use common::plot::{self, Chart, Colour, Curve};
use common::{Float, Result};
use datasets::Iris;
use ndarray::{Array1, Array2};

use crate::interval::median;
use crate::network::Network;
use crate::sizes::Size;
use crate::split::Split;
use crate::surface::zero_line;
use crate::verdict::{Row, Run};

/// Of every epoch: loss, accuracy in percent after it, its seconds.
pub type Trace = Vec<[f64; 3]>;

/// Of each protocol by its own rules, a trace for each split.
pub type Traces = [Vec<Trace>; 3];

/// The columns of [`mean_curves`].
pub const CURVES: [&str; 10] = [
    "epoch",
    "keras_loss",
    "keras_accuracy",
    "keras_ms",
    "knet_loss",
    "knet_accuracy",
    "knet_ms",
    "flux_loss",
    "flux_accuracy",
    "flux_ms",
];
const NAMES: [&str; 3] = ["Keras", "Knet", "Flux"];
const PETALS: (usize, usize) = (2, 3); // columns: petal length, petal width

/// Mean loss, mean accuracy and milliseconds after each epoch (up to it, the medians
/// over the splits added), for each protocol in turn: `[epoch, loss, accuracy, ms, loss, accuracy, ms, ...]`.
pub fn mean_curves(traces: &Traces) -> Vec<[f64; 10]> {
    let epochs = traces[0][0].len();
    let mut milliseconds = [0.0; 3];
    let rows = (0..epochs).map(|epoch| {
        let mut row = [epoch as f64 + 1.0; 10];
        for (protocol, traces) in traces.iter().enumerate() {
            let of = |k: usize| traces.iter().map(move |trace| trace[epoch][k]);
            let mean = |k: usize| of(k).sum::<f64>() / traces.len() as f64;
            row[1 + 3 * protocol] = mean(0);
            row[2 + 3 * protocol] = mean(1);
            milliseconds[protocol] += 1e3 * median(&of(2).collect::<Vec<_>>()).middle;
            row[3 + 3 * protocol] = milliseconds[protocol];
        }
        row
    });
    rows.collect()
}

/// Loss, accuracy and time against epochs, each protocol by its own rules: the three
/// plots that the article has.
///
/// # Errors
/// If a file cannot be written.
pub fn curves(out: &Path, means: &[[f64; 10]]) -> Result {
    let curve = |protocol: usize, k: usize| {
        let points: Vec<_> = means.iter().map(|row| (row[0], row[k + 3 * protocol])).collect();
        Curve::new(NAMES[protocol], &points)
    };
    let three = |k: usize| [curve(0, k), curve(1, k), curve(2, k)];
    let chart = Chart::loss("Loss of the training batches, mean over all splits").x_label("epochs");
    plot::curves(&out.join("loss"), &chart, &three(1))?;
    let chart = Chart::accuracy("Accuracy on the tested flowers, mean over all splits");
    let chart = chart.x_label("epochs").y_range(30.0, 100.0);
    plot::curves(&out.join("accuracy"), &chart, &three(2))?;
    let chart = Chart::new("Training time by each protocol's own clock, median", "epochs", "ms");
    plot::curves(&out.join("time"), &chart, &three(3))
}

/// How many splits ended at each accuracy: what a single run may show.
///
/// # Errors
/// If the file cannot be written.
pub fn luck(out: &Path, own: &[Row], test: usize) -> Result {
    let wrong = |run: &Run| ((100.0 - run.accuracy) / 100.0 * test as f64).round() as usize;
    let most = own.iter().flat_map(|row| &row.runs).map(wrong).max().unwrap_or(0);
    let curves: Vec<Curve> = own
        .iter()
        .map(|row| {
            let splits = |k| row.runs.iter().filter(|run| wrong(run) == k).count() as f64;
            let points: Vec<_> = (0..=most).map(|k| (k as f64, splits(k))).collect();
            Curve::new(row.rules.name.clone(), &points).line_and_dots()
        })
        .collect();
    let title = "The luck of the split: one protocol, one network, other flowers tested";
    let x = format!("flowers misread, of {test}");
    let chart = Chart::new(title, x, "splits").x_range(0.0, most.max(8) as f64);
    plot::curves(&out.join("luck"), &chart, &curves)
}

/// The flowers by their petals, those that most splits misread in red, and where the
/// networks of some splits draw their lines for a flower with average sepals.
///
/// # Errors
/// If the file cannot be written.
pub fn decision(
    out: &Path,
    flowers: &Iris<Float>,
    learnt: &[(Split<Float>, Network<Float>)],
    misread: &[bool],
) -> Result {
    let (a, b) = PETALS;
    let at = |row: usize| (f64::from(flowers.x[[row, a]]), f64::from(flowers.x[[row, b]]));
    let of = |species: Option<usize>| -> Vec<(f64, f64)> {
        let here = |&row: &usize| match species {
            Some(species) => !misread[row] && flowers.labels[row] == species,
            None => misread[row],
        };
        (0..flowers.labels.len()).filter(here).map(at).collect()
    };
    let (xs, ys) = (0.5..=7.5, 0.0..=2.75);
    let mean: Array1<Float> = flowers.x.mean_axis(ndarray::Axis(0)).expect("there are flowers");
    let mut curves = Vec::new();
    for (k, (split, net)) in learnt.iter().enumerate() {
        // The probability of a species less the larger of the others: 0 on the line.
        let ahead = |species: usize, x: f64, y: f64| -> f64 {
            let mut flower = mean.clone(); // (4,)
            (flower[a], flower[b]) = (x as Float, y as Float);
            let standard = (&flower - &split.mean) / &split.deviation;
            let read: Array2<Float> = net.read(&standard.insert_axis(ndarray::Axis(0))); // (1, 3)
            let others = (0..3).filter(|&other| other != species).map(|other| read[[0, other]]);
            f64::from(read[[0, species]]) - f64::from(others.fold(0.0, Float::max))
        };
        let mut line = zero_line(xs.clone(), ys.clone(), |x, y| ahead(0, x, y));
        line.extend(zero_line(xs.clone(), ys.clone(), |x, y| ahead(2, x, y)));
        let curve = Curve::new(if k == 0 { "where decisions part" } else { "" }, &line);
        let curve = curve.colour(Colour::Grey);
        curves.push(if k == 0 { curve } else { curve.faint() });
    }
    curves.reverse(); // the first network on top
    let dots = |name: &str, species: usize, colour: Colour| {
        Curve::new(name, &of(Some(species))).dots().colour(colour)
    };
    curves.push(dots(flowers.names[0], 0, Colour::Blue));
    curves.push(dots(flowers.names[1], 1, Colour::Teal));
    curves.push(dots(flowers.names[2], 2, Colour::Orange));
    curves.push(Curve::new("misread by most", &of(None)).dots().colour(Colour::Red));
    let chart = Chart::new("Flowers and decisions", "petal length (cm)", "petal width (cm)");
    plot::curves(&out.join("decision"), &chart.x_range(0.5, 7.5).y_range(0.0, 2.75), &curves)
}

/// Accuracy against the number of tested flowers, with what a single split may show.
///
/// # Errors
/// If the file cannot be written.
pub fn sizes(out: &Path, sizes: &[Size]) -> Result {
    let line = |f: fn(&Size) -> f64| -> Vec<(f64, f64)> {
        sizes.iter().map(|size| (size.test as f64, f(size))).collect()
    };
    let bounds: Vec<_> =
        sizes.iter().map(|s| (s.mean - s.deviation, (s.mean + s.deviation).min(100.0))).collect();
    let chart =
        Chart::new("What a test of so many flowers can tell", "flowers tested", "accuracy (%)");
    let mean = line(|s| s.mean);
    let curves = [
        Curve::new("mean over the splits, ± a standard deviation", &mean)
            .line_and_dots()
            .band(&bounds)
            .colour(Colour::Blue),
        Curve::new("95 % interval of a single split, Wilson", &line(|s| s.low))
            .dashed()
            .colour(Colour::Red),
        Curve::new("", &line(|s| s.high)).dashed().colour(Colour::Red),
    ];
    plot::curves(&out.join("test-size"), &chart.y_range(70.0, 100.0), &curves)
}
