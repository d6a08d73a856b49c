//! Curves and charts that several of the chapter's plots share.

use common::Float;
use common::plot::{Chart, Colour, Curve};
use ndarray::Array2;

use crate::dataset::Points;

/// The targets, as pale dots.
pub fn data(points: &Points<Float>) -> Curve {
    outputs("data", points, &points.t).colour(Colour::Grey).dots().faint()
}

/// A line through `y (N, 1)` at the points.
pub fn outputs(name: &str, points: &Points<Float>, y: &Array2<Float>) -> Curve {
    let pairs = points.at.iter().zip(y).map(|(&x, &y)| (x, y.into()));
    Curve::new(name, &pairs.collect::<Vec<_>>())
}

/// Mean squared error against iterations.
pub fn loss_chart(title: &str) -> Chart {
    Chart::new(title, "iterations", "mean squared error").log_y().y_range(3.0, 50.0)
}

/// The error of the best polynomial.
pub fn best_level(best: f64) -> Curve {
    Curve::level(format!("best polynomial of degree 5: {best:.2}"), best)
}
