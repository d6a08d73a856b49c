//! What the curves say: a table and pictures for each question.

use std::path::Path;

use common::Result;
use common::files;
use common::plot::{self, Chart, Colour, Curve};
use common::program::{Figure, thousands};

use crate::{Point, Run};

/// Where the table of the first study has a line.
const TABLE: [usize; 10] =
    [1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000, 150_000, 500_000];

/// Where the article sees both curves go flat.
const SATURATED: usize = 150_000;

/// How long to train? Prints the test accuracies of both networks, draws
/// `iterations` (also as an animation) and `train-and-test` in `out`, and
/// returns the figures that the article has too.
///
/// # Errors
/// If a picture cannot be written.
pub fn how_long(out: &Path, simple: &Run, hidden: &Run) -> Result<Vec<Figure>> {
    println!("\ntest accuracy in %       no hidden layer  a hidden layer");
    for iteration in TABLE.into_iter().filter(|&iteration| iteration <= simple.target) {
        if let (Some(s), Some(h)) = (simple.at(iteration), hidden.at(iteration)) {
            println!("{:>9} iterations {:20.2} {:15.2}", thousands(iteration), s.test, h.test);
        }
    }
    let test = |run: &Run| curve(run, |point| point.test);
    let train = |run: &Run| curve(run, |point| point.train);
    let curves = [
        Curve::new("no hidden layer", &test(simple)).colour(Colour::Red),
        Curve::new("a hidden layer", &test(hidden)).colour(Colour::Blue),
    ];
    let chart = Chart::accuracy("Test accuracy: how long?").y_range(70.0, 100.0);
    plot::animation(&out.join("iterations"), &chart, &curves, 40)?;
    let [simple_curve, hidden_curve] = curves;
    let [low, high] = [92, 96].map(|p| Curve::level(format!("article: about {p} %"), f64::from(p)));
    let chart = chart.log_x();
    plot::curves(&out.join("iterations"), &chart, &[simple_curve, hidden_curve, low, high])?;
    plot::curves(
        &out.join("train-and-test"),
        &Chart::accuracy("Images seen and not seen").log_x().y_range(70.0, 100.0),
        &[
            Curve::new("no hidden layer, training", &train(simple)).colour(Colour::Red).faint(),
            Curve::new("no hidden layer, test", &test(simple)).colour(Colour::Red),
            Curve::new("a hidden layer, training", &train(hidden)).colour(Colour::Blue).faint(),
            Curve::new("a hidden layer, test", &test(hidden)).colour(Colour::Blue),
        ],
    )?;
    let mut figures = Vec::new();
    for (run, name, ceiling) in [(simple, "simple", "about 92 %"), (hidden, "hidden", "about 96 %")]
    {
        let mut ends = vec![SATURATED, run.target];
        ends.dedup();
        for end in ends.into_iter().filter(|&end| end <= run.target) {
            let Some(point) = run.at(end) else { continue };
            figures.push(Figure {
                name: format!("{name} after {} iterations", thousands(end)),
                value: point.test,
                unit: "%".to_owned(),
                article: Some(ceiling.to_owned()),
            });
        }
    }
    Ok(figures)
}

/// How fast? Prints what each learning rate reaches with one network, marks
/// the one that the validation images choose, and draws `rates-simple` or
/// `rates-hidden` in `out`.
///
/// # Errors
/// If a picture cannot be written.
pub fn how_fast(out: &Path, runs: &[Run]) -> Result {
    let score = |run: &Run| run.points.last().and_then(|point| point.validation).unwrap_or(0.0);
    let Some(chosen) = runs.iter().max_by(|a, b| score(a).total_cmp(&score(b))) else {
        return Ok(());
    };
    let name = chosen.setting.network_name();
    println!(
        "\n{name}, {} iterations: validation and test accuracy in %",
        thousands(chosen.target)
    );
    for run in runs {
        let Some(point) = run.points.last() else { continue };
        let mark = if run.setting == chosen.setting { "  <- chosen by validation" } else { "" };
        let rate = run.setting.learning_rate.to_string();
        println!("  learning rate {rate:<6} {:10.2} {:9.2}{mark}", score(run), point.test);
    }
    let validation = |run| curve(run, |point| point.validation.unwrap_or(f64::NAN));
    let label = |run: &Run| format!("rate {}", run.setting.learning_rate);
    let curves: Vec<Curve> =
        runs.iter().map(|run| Curve::new(label(run), &validation(run))).collect();
    let simple = chosen.setting.hidden.is_none();
    let stem = out.join(if simple { "rates-simple" } else { "rates-hidden" });
    let chart = Chart::accuracy(format!("Validation accuracy, {name}: how fast?"));
    plot::curves(&stem, &chart.log_x().y_range(70.0, 100.0), &curves)
}

/// How wide? Prints what each number of hidden units reaches and costs, and
/// draws `widths` in `out`.
///
/// # Errors
/// If a picture cannot be written.
pub fn how_wide(out: &Path, runs: &[Run]) -> Result {
    println!("\nhidden units   parameters   iterations   test accuracy   ms an iteration");
    for run in runs {
        let (Some(h), Some(point)) = (run.setting.hidden, run.points.last()) else { continue };
        let parameters = thousands(784 * h + h + h * 10 + 10);
        let milliseconds = 1e3 * run.seconds / run.iteration as f64;
        println!(
            "{h:>12} {parameters:>12} {:>12} {:15.2} {milliseconds:17.3}",
            thousands(point.iteration),
            point.test
        );
    }
    let curves: Vec<Curve> = runs
        .iter()
        .map(|run| Curve::new(run.setting.network_name(), &curve(run, |point| point.test)))
        .collect();
    let chart = Chart::accuracy("Test accuracy: how wide?").log_x().y_range(60.0, 100.0);
    plot::curves(&out.join("widths"), &chart, &curves)
}

/// Every point of every curve, as a table.
///
/// # Errors
/// If the file cannot be written.
pub fn save_curves<'a>(path: &Path, runs: impl Iterator<Item = &'a Run>) -> Result {
    let mut rows = Vec::new();
    for run in runs {
        let hidden = run.setting.hidden.unwrap_or(0) as f64;
        let rate = run.setting.learning_rate;
        for Point { iteration, loss, train, validation, test } in &run.points {
            let validation = validation.unwrap_or(f64::NAN);
            rows.push([hidden, rate, *iteration as f64, *loss, *train, validation, *test]);
        }
    }
    let header = ["hidden", "learning_rate", "iteration", "loss", "train", "validation", "test"];
    files::save_csv(path, header, &rows)
}

/// One of a run's curves, as points to plot.
fn curve(run: &Run, what: impl Fn(&Point) -> f64) -> Vec<(f64, f64)> {
    run.points.iter().map(|point| (point.iteration as f64, what(point))).collect()
}
