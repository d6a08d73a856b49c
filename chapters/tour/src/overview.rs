//! One picture of the whole tour: accuracy against iterations.

use std::path::{Path, PathBuf};

use common::Result;
use common::plot::{self, Chart, Colour, Curve};

use crate::curves::{self, Line};
use crate::runs::Outcome;

/// Batches that make one point of a training curve.
const BLOCK: usize = 50;

/// The two networks, with what the article says of them: after 3,000
/// iterations (chapters 01 and 02), and in the long run (chapter 03).
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
    hidden: f64,
    colour: Colour,
    article: f64, // % of the test set
    ceiling: f64, // % of the test set
}

/// Draws `tour.svg` and `tour.png` in `out`: test accuracy against iterations
/// from chapter 03's runs, or, without these, accuracy over the training
/// batches from chapters 01 and 02. Returns the picture, or `None` if there
/// is nothing to draw.
///
/// # Errors
/// If a curve cannot be read or the picture cannot be written.
pub fn draw(out: &Path, outcomes: &[Outcome]) -> Result<Option<PathBuf>> {
    let stem = out.join("tour");
    let long = folders(outcomes, "iterations");
    let curves = if long.is_empty() { short_curves(outcomes)? } else { long_curves(&long)? };
    if curves.is_empty() {
        return Ok(None);
    }
    let chart = if long.is_empty() {
        Chart::accuracy("Reading digits: accuracy over the training batches")
    } else {
        Chart::accuracy("Reading digits: accuracy on the test set").log_x().y_range(70.0, 100.0)
    };
    plot::curves(&stem, &chart, &curves)?;
    Ok(Some(stem.with_extension("svg")))
}

/// From chapter 03: the mean over the seeds, the article's single runs as dots
/// and its ceilings as levels.
fn long_curves(folders: &[&Path]) -> Result<Vec<Curve>> {
    let mut lines = Vec::new();
    let mut dots = Vec::new();
    let mut levels = Vec::new();
    for network in &NETWORKS {
        let runs = folders
            .iter()
            .map(|folder| curves::test(folder, network.hidden))
            .collect::<Result<Vec<Line>>>()?;
        lines.push(over_seeds(network, &runs));
        let Network { article, ceiling, .. } = network;
        let name = format!("the article: {article} %");
        dots.push(Curve::new(name, &[(3000.0, *article)]).dots().colour(network.colour));
        levels.push(
            Curve::level(format!("the article: about {ceiling} %"), *ceiling)
                .colour(network.colour),
        );
    }
    lines.extend(dots);
    lines.extend(levels);
    Ok(lines)
}

/// From chapters 01 and 02: each over its seeds, with the article's result on
/// the test set as a level.
fn short_curves(outcomes: &[Outcome]) -> Result<Vec<Curve>> {
    let mut lines = Vec::new();
    let mut levels = Vec::new();
    for network in &NETWORKS {
        let runs = folders(outcomes, network.package)
            .into_iter()
            .map(|folder| curves::training(folder, BLOCK))
            .collect::<Result<Vec<Line>>>()?;
        if runs.is_empty() {
            continue;
        }
        let article = network.article;
        lines.push(over_seeds(network, &runs));
        levels.push(
            Curve::level(format!("the article, test: {article} %"), article).colour(network.colour),
        );
    }
    lines.extend(levels);
    Ok(lines)
}

/// A single run as a line, several as their mean in their range, as far as all
/// of them go.
fn over_seeds(network: &Network, runs: &[Line]) -> Curve {
    let curve = match runs {
        [run] => Curve::new(network.name, run),
        runs => {
            let shared = runs.iter().map(Vec::len).min().unwrap_or(0);
            let runs: Vec<Line> = runs.iter().map(|run| run[..shared].to_vec()).collect();
            Curve::mean_and_range(network.name, &runs)
        }
    };
    curve.colour(network.colour)
}

/// Where the runs of a chapter are.
fn folders<'a>(outcomes: &'a [Outcome], package: &str) -> Vec<&'a Path> {
    outcomes
        .iter()
        .filter(|outcome| outcome.chapter.package == package)
        .flat_map(|outcome| &outcome.runs)
        .map(|run| run.out.as_path())
        .collect()
}
