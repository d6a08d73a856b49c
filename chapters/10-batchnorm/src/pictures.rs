//! The chapter's pictures.

use std::path::Path;

use common::plot::{self, Chart, Colour, Curve};
use common::{Float, Result};
use ndarray::{Array1, Array2};

use crate::experiments::{Experiments, NEAR, Tried};
use crate::points::Points;
use crate::study::Trained;

/// `estimate`: the points, what the network says in test mode, `y (N, 1)`, and the
/// best polynomial.
///
/// # Errors
/// If a file cannot be written.
pub fn estimate(
    out: &Path,
    points: &Points<Float>,
    y: &Array2<Float>,
    best: &Array1<f64>,
) -> Result {
    let y: Vec<f64> = y.iter().map(|&y| y.into()).collect();
    let curves = [
        data(points),
        Curve::new("network", &line(points, &y)).colour(Colour::Red),
        Curve::new("best polynomial", &line(points, &best.to_vec())).colour(Colour::Teal).dashed(),
    ];
    plot::curves(&out.join("estimate"), &Chart::new("Data and estimate", "x", "y"), &curves)
}

/// `loss`: of the batches in training mode and of all points in test mode; `tests`
/// holds `[iteration, loss of all, loss of the others]`.
///
/// # Errors
/// If a file cannot be written.
pub fn training(out: &Path, curve: &[[f64; 2]], tests: &[[f64; 3]], least: f64) -> Result {
    let batches: Vec<_> = curve.iter().map(|p| (p[0], p[1])).collect();
    let column = |k: usize| tests.iter().map(|p| (p[0], p[k])).collect::<Vec<_>>();
    let curves = [
        Curve::new("batches, training mode", &batches).colour(Colour::Blue).faint(),
        Curve::new("all points, test mode", &column(1)).colour(Colour::Red).line_and_dots(),
        Curve::new("other points, test mode", &column(2)).colour(Colour::Orange),
        floor(least),
    ];
    plot::curves(&out.join("loss"), &chart("Loss"), &curves)
}

/// `without`, `rates`, `repeated`, `square`, `waves`: one for each experiment.
///
/// # Errors
/// If a file cannot be written.
pub fn experiments(out: &Path, points: &Points<Float>, found: &Experiments, least: f64) -> Result {
    let [lesson, without, scaled, long, _] = &found.tried[..] else {
        unreachable!("five recipes were tried")
    };
    let runs = |tried: &Tried, colour| {
        let runs: Vec<_> = tried.trained.iter().map(|t| t.curve.clone()).collect();
        Curve::mean_and_range(tried.recipe.name, &runs).colour(colour)
    };
    let curves = [
        runs(lesson, Colour::Blue),
        runs(without, Colour::Red),
        runs(scaled, Colour::Orange).dashed(),
        floor(least),
    ];
    plot::curves(&out.join("without"), &chart("With and without batch norm"), &curves)?;
    let steps = |k: usize| {
        let rows = found.rates.iter().map(|row| &row[k]);
        rows.map(|tried| (tried.recipe.rate.into(), tried.steps_to_near())).collect::<Vec<_>>()
    };
    let curves = [
        Curve::new("batch norm", &steps(0)).colour(Colour::Blue).line_and_dots(),
        Curve::new("without", &steps(1)).colour(Colour::Red).line_and_dots(),
    ];
    let title = format!("Steps until the error is below {NEAR} (the median of the seeds)");
    let axes = Chart::new(title, "learning rate", "iterations").log_x().log_y();
    plot::curves(&out.join("rates"), &axes, &curves)?;

    let first = |tried: &Tried| tried.trained[0].curve.clone();
    let curves = [
        Curve::new(
            format!("{} updates a step", found.repeated.recipe.calls),
            &first(&found.repeated),
        )
        .colour(Colour::Orange),
        Curve::new("one update a step", &first(lesson)).colour(Colour::Blue),
        floor(least),
    ];
    let title = "The same weights, other running statistics";
    plot::curves(&out.join("repeated"), &chart(title).y_range(4.0, 12.0), &curves)?;

    let estimate =
        |name: &str, trained: &Trained| Curve::new(name, &line(points, &trained.estimate));
    let curves = [
        data(points),
        estimate("learnt from N differences", &lesson.trained[0]).colour(Colour::Blue),
        estimate("learnt from N x N differences", &found.square.trained[0]).colour(Colour::Red),
    ];
    let title = "What is learnt from a square of differences";
    plot::curves(&out.join("square"), &Chart::new(title, "x", "y"), &curves)?;
    let curves = [data(points), estimate("network", &long.trained[0]).colour(Colour::Red)];
    let title = "After ten times the steps at ten times the rate";
    plot::curves(&out.join("waves"), &Chart::new(title, "x", "y"), &curves)
}

fn data(points: &Points<Float>) -> Curve {
    let t: Vec<f64> = points.t.iter().map(|&t| t.into()).collect();
    Curve::new("data", &line(points, &t)).colour(Colour::Grey).dots().faint()
}

fn line(points: &Points<Float>, y: &[f64]) -> Vec<(f64, f64)> {
    points.at.iter().copied().zip(y.iter().copied()).collect()
}

fn chart(title: &str) -> Chart {
    Chart::new(title, "iterations", "mean squared error").log_y().y_range(3.0, 50.0)
}

fn floor(least: f64) -> Curve {
    Curve::level(format!("best polynomial of degree 5: {least:.2}"), least)
}
