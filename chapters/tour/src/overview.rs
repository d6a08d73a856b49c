//! Draws one picture of the whole tour: accuracy against iterations.

use std::path::{Path, PathBuf};

use common::Result;
use common::plot::{self, Chart, Colour, Curve};

use crate::curves::{self, Points};
use crate::results::ChapterResult;

/// Batches in one point of a training curve.
const BLOCK: usize = 50;

/// The networks of the first three chapters.
const NETWORKS: [Network; 2] = [
    Network {
        name: "no hidden layer",
        package: "perceptron",
        hidden: 0.0,
        colour: Colour::Red,
        article: 86.64,
        ceiling: 92.0,
    },
    Network {
        name: "a hidden layer",
        package: "hidden-layer",
        hidden: 100.0,
        colour: Colour::Blue,
        article: 87.08,
        ceiling: 96.0,
    },
];

struct Network {
    name: &'static str,
    package: &'static str,
    hidden: f64, // neurons in the hidden layer
    colour: Colour,
    article: f64, // published test accuracy after 3,000 iterations, %
    ceiling: f64, // published test accuracy in the long run, %
}

/// Draws `tour.svg` and `tour.png` in `out`: test accuracy against iterations
/// from chapter 03's runs, or else accuracy on the training batches from
/// chapters 01 and 02, with the published results as points and levels. Returns
/// the path of the former; `None` if there is nothing to draw.
/// Fails if a curve cannot be read or the picture cannot be written.
pub fn draw(out: &Path, results: &[ChapterResult]) -> Result<Option<PathBuf>> {
    let path = out.join("tour");
    let long_runs = folders(results, "iterations");
    let chart = if long_runs.is_empty() {
        Chart::accuracy("Reading digits: accuracy over the training batches")
    } else {
        Chart::accuracy("Reading digits: accuracy on the test set").log_x().y_range(70.0, 100.0)
    };
    let (mut curves, mut points, mut levels) = (Vec::new(), Vec::new(), Vec::new());
    for Network { name, package, hidden, colour, article, ceiling } in NETWORKS {
        let mut runs: Vec<Points> = Vec::new();
        let level = if long_runs.is_empty() {
            for folder in folders(results, package) {
                runs.push(curves::training(folder, BLOCK)?);
            }
            Curve::level(format!("the article, test: {article} %"), article)
        } else {
            for folder in &long_runs {
                runs.push(curves::test(folder, hidden)?);
            }
            let point = Curve::new(format!("the article: {article} %"), &[(3000.0, article)]);
            points.push(point.dots().colour(colour));
            Curve::level(format!("the article: about {ceiling} %"), ceiling)
        };
        if !runs.is_empty() {
            curves.push(over_seeds(name, &runs).colour(colour));
            levels.push(level.colour(colour));
        }
    }
    if curves.is_empty() {
        return Ok(None);
    }
    curves.extend(points);
    curves.extend(levels);
    plot::curves(&path, &chart, &curves)?;
    Ok(Some(path.with_extension("svg")))
}

/// One run as a line; several as their mean and range, up to the end of the
/// shortest.
fn over_seeds(name: &str, runs: &[Points]) -> Curve {
    if let [run] = runs {
        return Curve::new(name, run);
    }
    let shortest = runs.iter().map(Vec::len).min().unwrap_or(0);
    let runs: Vec<Points> = runs.iter().map(|run| run[..shortest].to_vec()).collect();
    Curve::mean_and_range(name, &runs)
}

/// The folders of all runs of a chapter.
fn folders<'a>(results: &'a [ChapterResult], package: &str) -> Vec<&'a Path> {
    let result = results.iter().find(|result| result.chapter.package == package);
    result.iter().flat_map(|result| &result.runs).map(|run| run.out.as_path()).collect()
}
