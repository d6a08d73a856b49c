//! What was watched of two trainings, drawn.

use std::path::Path;

use common::params::Params;
use common::plot::{self, Chart, Curve, Image};
use common::{Result, files};

use crate::histogram::over_time;
use crate::training::Trace;

/// Into `folder`: `<stem>-loss` and `<stem>-test` as curves, `<stem>-layers.png`, the numbers
/// of the curves, and the parameters of the healthy network. `names` are those of the two.
/// Fails if a file cannot be written.
pub fn draw(folder: &Path, stem: &str, names: [&str; 2], traces: [&Trace; 2]) -> Result {
    let file = |what: &str| folder.join(format!("{stem}-{what}"));
    let pairs = || names.into_iter().zip(traces);
    let losses: Vec<Curve> = pairs()
        .map(|(name, trace)| {
            let points: Vec<_> = trace.curve.iter().map(|p| (p[0], p[1])).collect();
            Curve::new(name, &points).smoothed(10)
        })
        .collect();
    // A loss that runs away would flatten the other
    plot::curves(
        &file("loss"),
        &Chart::new("Loss of the training batches", "steps", "loss").log_y(),
        &losses,
    )?;
    let tests: Vec<Curve> = pairs()
        .map(|(name, trace)| {
            let points: Vec<_> = trace.tests.iter().map(|p| (p[0], p[1])).collect();
            Curve::new(format!("{name}: {:.1} % after loading", trace.reached), &points)
        })
        .collect();
    let chart = Chart::accuracy("Accuracy of the test").x_label("steps");
    plot::curves(&file("test"), &chart, &tests)?;

    // Three rows: activations, gradients, steps; in each the hidden layer of both, and the
    // output layer of both
    let mut images = Vec::new();
    for k in 0..6 {
        for (name, trace) in pairs() {
            let all = trace.layers.iter().map(|(_, histograms)| &histograms[k]);
            let title = match trace.layers.first() {
                Some((_, h)) if k < 2 => format!("{name}: {}, {}", h[k].name, h[k].range()),
                Some((_, h)) => format!("{name}: {}, 1e{} to 1e{}", h[k].name, h[k].low, h[k].high),
                None => continue, // it never made a step
            };
            images.push(Image::new(over_time(all), title));
        }
    }
    plot::digits(&file("layers"), &images, 4)?;

    let rows: Vec<[f64; 4]> = pairs()
        .enumerate()
        .flat_map(|(k, (_, trace))| trace.curve.iter().map(move |p| [k as f64, p[0], p[1], p[2]]))
        .collect();
    files::save_csv(&file("curve.csv"), ["network", "step", "loss", "accuracy"], &rows)?;
    let parameters = traces[0].w.iter();
    let parameters = parameters.fold(Params::new(), |all, (name, w)| all.with(name, w));
    parameters.save(&file("healthy.npz"))
}
