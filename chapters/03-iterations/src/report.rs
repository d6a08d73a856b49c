//! Tables and pictures of the three studies.

use std::path::Path;

use common::Result;
use common::files;
use common::plot::{self, Chart, Colour, Curve};
use common::program::{Summary, thousands};

use crate::training::{Point, Run};

/// The lines of the first table.
const TABLE: [usize; 10] =
    [1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000, 150_000, 500_000];
/// In the article both curves are flat from here on.
const SATURATED: usize = 150_000;

/// How long to train? Prints the test accuracies of both networks, draws
/// `iterations` (also as an animation) and `train-and-test` in `out`, and adds the
/// figures that the article has to `summary`. Fails if a picture cannot be written.
pub fn compare_iterations(
    out: &Path,
    [simple, hidden]: [&Run; 2],
    mut summary: Summary,
) -> Result<Summary> {
    println!("\ntest accuracy in %       no hidden layer  a hidden layer");
    let last = simple.config.iterations;
    for iteration in TABLE.into_iter().filter(|&iteration| iteration <= last) {
        if let (Some(s), Some(h)) = (simple.at(iteration), hidden.at(iteration)) {
            println!("{:>9} iterations {:20.2} {:15.2}", thousands(iteration), s.test, h.test);
        }
    }
    let test = |run: &Run| points(run, |point| point.test);
    let train = |run: &Run| points(run, |point| point.train);
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
    for (run, name, article) in [(simple, "simple", "about 92 %"), (hidden, "hidden", "about 96 %")]
    {
        let mut ends = vec![SATURATED, last];
        ends.dedup();
        for end in ends.into_iter().filter(|&end| end <= last) {
            if let Some(point) = run.at(end) {
                let name = format!("{name} after {} iterations", thousands(end));
                summary = summary.figure(&name, point.test, "%", Some(article));
            }
        }
    }
    Ok(summary)
}

/// How fast? Prints what one network reaches at each learning rate, marks the rate
/// with the best validation accuracy, and draws `rates-simple` or `rates-hidden` in
/// `out`. Fails if a picture cannot be written.
pub fn compare_rates(out: &Path, runs: &[&Run]) -> Result {
    let validation = |run: &Run| run.points.last().and_then(|p| p.validation).unwrap_or(0.0);
    let Some(best) = runs.iter().max_by(|a, b| validation(a).total_cmp(&validation(b))) else {
        return Ok(());
    };
    let name = best.config.network_name();
    let iterations = thousands(best.config.iterations);
    println!("\n{name}, {iterations} iterations: validation and test accuracy in %");
    for run in runs {
        let Some(point) = run.points.last() else { continue };
        let mark = if run.config == best.config { "  <- chosen by validation" } else { "" };
        let rate = run.config.learning_rate.to_string();
        println!("  learning rate {rate:<6} {:10.2} {:9.2}{mark}", validation(run), point.test);
    }
    let curve = |run: &&Run| {
        let points = points(run, |point| point.validation.unwrap_or(f64::NAN));
        Curve::new(format!("rate {}", run.config.learning_rate), &points)
    };
    let stem = if best.config.hidden.is_none() { "rates-simple" } else { "rates-hidden" };
    let chart = Chart::accuracy(format!("Validation accuracy, {name}: how fast?"));
    let curves: Vec<Curve> = runs.iter().map(curve).collect();
    plot::curves(&out.join(stem), &chart.log_x().y_range(70.0, 100.0), &curves)
}

/// How wide? Prints what each number of hidden units reaches and costs, and draws
/// `widths` in `out`. Fails if a picture cannot be written.
pub fn compare_widths(out: &Path, runs: &[&Run]) -> Result {
    println!("\nhidden units   parameters   iterations   test accuracy   ms an iteration");
    for run in runs {
        let (Some(h), Some(point)) = (run.config.hidden, run.points.last()) else { continue };
        let parameters = thousands(784 * h + h + h * 10 + 10);
        let milliseconds = 1e3 * run.seconds / run.iteration as f64;
        println!(
            "{h:>12} {parameters:>12} {:>12} {:15.2} {milliseconds:17.3}",
            thousands(point.iteration),
            point.test
        );
    }
    let curve =
        |run: &&Run| Curve::new(run.config.network_name(), &points(run, |point| point.test));
    let chart = Chart::accuracy("Test accuracy: how wide?").log_x().y_range(60.0, 100.0);
    plot::curves(&out.join("widths"), &chart, &runs.iter().map(curve).collect::<Vec<_>>())
}

/// Writes every point of every curve as a table. Fails if the file cannot be
/// written.
pub fn save_curves(path: &Path, runs: &[Run]) -> Result {
    let mut rows = Vec::new();
    for run in runs {
        let hidden = run.config.hidden.unwrap_or(0) as f64;
        let rate = run.config.learning_rate;
        for Point { iteration, loss, train, validation, test } in &run.points {
            let validation = validation.unwrap_or(f64::NAN);
            rows.push([hidden, rate, *iteration as f64, *loss, *train, validation, *test]);
        }
    }
    let header = ["hidden", "learning_rate", "iteration", "loss", "train", "validation", "test"];
    files::save_csv(path, header, &rows)
}

/// One curve of a run: pairs of the iteration and `value`.
fn points(run: &Run, value: impl Fn(&Point) -> f64) -> Vec<(f64, f64)> {
    run.points.iter().map(|point| (point.iteration as f64, value(point))).collect()
}
