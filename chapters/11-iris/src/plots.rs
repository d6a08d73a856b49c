//! The chapter's pictures. The functions fail if a file cannot be written.

use std::path::Path;

use common::plot::{self, Chart, Colour, Curve};
use common::{Float, Result};
use datasets::Iris;
use ndarray::{Array1, Axis};

use crate::comparison::{Comparison, Results};
use crate::confidence_interval::median_interval;
use crate::contour::zero_contour;
use crate::network::Network;
use crate::split::Split;
use crate::test_size::Size;

/// For each epoch: loss, test accuracy in percent, seconds.
pub type History = Vec<[f64; 3]>;

/// The columns of [`mean_histories`].
#[rustfmt::skip]
pub const COLUMNS: [&str; 10] = [
    "epoch",
    "keras_loss", "keras_accuracy", "keras_ms",
    "knet_loss", "knet_accuracy", "knet_ms",
    "flux_loss", "flux_accuracy", "flux_ms",
];
const PETALS: (usize, usize) = (2, 3); // columns: petal length, petal width

/// A row for each epoch: its number, then mean loss, mean accuracy and milliseconds so far
/// (a sum of medians) over the splits, for each framework.
pub fn mean_histories(histories: &[Vec<History>; 3]) -> Vec<[f64; 10]> {
    let mut milliseconds = [0.0; 3];
    let row = |epoch: usize| {
        let mut row = [epoch as f64 + 1.0; 10];
        for (framework, histories) in histories.iter().enumerate() {
            let values = |k: usize| histories.iter().map(move |history| history[epoch][k]);
            let mean = |k: usize| values(k).sum::<f64>() / histories.len() as f64;
            milliseconds[framework] +=
                1e3 * median_interval(&values(2).collect::<Vec<_>>()).estimate;
            let new = [mean(0), mean(1), milliseconds[framework]];
            row[1 + 3 * framework..][..3].copy_from_slice(&new);
        }
        row
    };
    (0..histories[0][0].len()).map(row).collect()
}

/// `loss`, `accuracy` and `time` against epochs, of the rows of [`mean_histories`].
pub fn histories(out: &Path, rows: &[[f64; 10]]) -> Result {
    let three = |k: usize| {
        [("Keras", k), ("Knet", k + 3), ("Flux", k + 6)].map(|(name, column)| {
            let points: Vec<_> = rows.iter().map(|row| (row[0], row[column])).collect();
            Curve::new(name, &points)
        })
    };
    let chart = Chart::loss("Loss of the training batches, mean over all splits").x_label("epochs");
    plot::curves(&out.join("loss"), &chart, &three(1))?;
    let chart = Chart::accuracy("Accuracy on the tested flowers, mean over all splits");
    let chart = chart.x_label("epochs").y_range(30.0, 100.0);
    plot::curves(&out.join("accuracy"), &chart, &three(2))?;
    let chart = Chart::new("Training time by each protocol's own clock, median", "epochs", "ms");
    plot::curves(&out.join("time"), &chart, &three(3))
}

/// `luck`: how many splits had how many of the `test` flowers wrong.
pub fn errors_per_split(out: &Path, comparison: &Comparison, test: usize) -> Result {
    let own = &comparison.results[..3];
    let wrong = |accuracy: &f64| ((100.0 - accuracy) / 100.0 * test as f64).round() as usize;
    let most = own.iter().flat_map(|results| &results.accuracies).map(wrong).max().unwrap_or(0);
    let curve = |results: &Results| {
        let splits = |k| results.accuracies.iter().filter(|a| wrong(a) == k).count() as f64;
        let points: Vec<_> = (0..=most).map(|k| (k as f64, splits(k))).collect();
        Curve::new(results.protocol.name.clone(), &points).line_and_dots()
    };
    let title = "The luck of the split: only the tested flowers change";
    let x = format!("flowers misread, of {test}");
    let chart = Chart::new(title, x, "splits").x_range(0.0, most.max(6) as f64);
    plot::curves(&out.join("luck"), &chart, &own.iter().map(curve).collect::<Vec<_>>())
}

/// `decision`: the flowers by their petals, those that are `mostly_wrong` in red, and the
/// decision boundaries of some networks for average sepals.
pub fn decision_boundaries(
    out: &Path,
    flowers: &Iris<Float>,
    networks: &[(Split<Float>, Network<Float>)],
    mostly_wrong: &[bool],
) -> Result {
    let (a, b) = PETALS;
    let (xs, ys) = (0.5..=7.5, 0.0..=2.75);
    let mean: Array1<Float> = flowers.x.mean_axis(Axis(0)).expect("there are flowers"); // (4,)
    let mut curves = Vec::new();
    for (k, (split, net)) in networks.iter().enumerate() {
        // The probability of a species minus the largest other one: 0 on the boundary
        let margin = |species: usize, x: f64, y: f64| -> f64 {
            let mut flower = mean.clone(); // (4,)
            (flower[a], flower[b]) = (x as Float, y as Float);
            let standard = (&flower - &split.mean) / &split.deviation;
            let y = net.forward(&standard.insert_axis(Axis(0))); // (1, 3)
            let others = (0..3).filter(|&other| other != species).map(|other| y[[0, other]]);
            f64::from(y[[0, species]]) - f64::from(others.fold(0.0, Float::max))
        };
        let mut line = zero_contour(xs.clone(), ys.clone(), |x, y| margin(0, x, y));
        line.extend(zero_contour(xs.clone(), ys.clone(), |x, y| margin(2, x, y)));
        let curve = Curve::new(if k == 0 { "where decisions part" } else { "" }, &line);
        let curve = curve.colour(Colour::Grey);
        curves.push(if k == 0 { curve } else { curve.faint() });
    }
    curves.reverse(); // the first network on top
    let dots = |name: &str, colour: Colour, shown: &dyn Fn(usize) -> bool| {
        let rows = (0..flowers.labels.len()).filter(|&row| shown(row));
        let at = |row: usize| (f64::from(flowers.x[[row, a]]), f64::from(flowers.x[[row, b]]));
        Curve::new(name, &rows.map(at).collect::<Vec<_>>()).dots().colour(colour)
    };
    for (species, colour) in [Colour::Blue, Colour::Teal, Colour::Orange].into_iter().enumerate() {
        let right = |row: usize| !mostly_wrong[row] && flowers.labels[row] == species;
        curves.push(dots(flowers.names[species], colour, &right));
    }
    curves.push(dots("misread by most", Colour::Red, &|row| mostly_wrong[row]));
    let chart = Chart::new("Flowers and decisions", "petal length (cm)", "petal width (cm)");
    plot::curves(&out.join("decision"), &chart.x_range(0.5, 7.5).y_range(0.0, 2.75), &curves)
}

/// `test-size`: accuracy against the size of the test set, with the interval of a single
/// split.
pub fn test_sizes(out: &Path, sizes: &[Size]) -> Result {
    let line = |f: fn(&Size) -> f64| -> Vec<(f64, f64)> {
        sizes.iter().map(|size| (size.test as f64, f(size))).collect()
    };
    let band: Vec<_> =
        sizes.iter().map(|s| (s.mean - s.deviation, (s.mean + s.deviation).min(100.0))).collect();
    let curves = [
        Curve::new("mean over the splits, ± a standard deviation", &line(|s| s.mean))
            .line_and_dots()
            .band(&band)
            .colour(Colour::Blue),
        Curve::new("95 % interval of a single split, Wilson", &line(|s| s.wilson[0]))
            .dashed()
            .colour(Colour::Red),
        Curve::new("", &line(|s| s.wilson[1])).dashed().colour(Colour::Red),
    ];
    let title = "What a test of so many flowers can tell";
    let chart = Chart::new(title, "flowers tested", "accuracy (%)").y_range(70.0, 100.0);
    plot::curves(&out.join("test-size"), &chart, &curves)
}
