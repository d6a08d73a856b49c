//! The article's claims and mistakes, each as a training with one thing changed, over the
//! same seeds.

use std::path::Path;

use common::metric::mean_and_deviation;
use common::plot::{self, Chart, Colour, Curve};
use common::program::{Progress, thousands};
use common::{Float, Result};

use crate::dataset::{Points, mean, variance};
use crate::plots::{best_level, data, loss_chart, outputs};
use crate::training::{Trained, Variant, train};

/// Learning rates to compare at, as multiples of the lesson's.
const RATES: [Float; 5] = [1.0, 3.0, 10.0, 30.0, 100.0];

/// A mean squared error a little above the best polynomial's 4.42.
pub const NEAR_BEST: f64 = 5.0;

/// A variant, trained with each seed.
struct Trials {
    variant: Variant,
    runs: Vec<Trained>, // one per seed
}

impl Trials {
    fn values(&self, of: impl Fn(&Trained) -> f64) -> Vec<f64> {
        self.runs.iter().map(of).collect()
    }

    /// `mean ± sd` over the seeds (`sd` of the sample, divided by n - 1).
    fn mean_sd(&self, of: impl Fn(&Trained) -> f64) -> String {
        let (mean, sd) = mean_and_deviation(&self.values(of));
        format!("{mean:.2} ± {sd:.2}")
    }

    /// The median over the seeds of the steps to [`NEAR_BEST`]; may be infinite.
    fn steps_to_near_best(&self) -> f64 {
        let mut steps = self.values(|run| run.steps_to(NEAR_BEST));
        steps.sort_by(f64::total_cmp);
        steps[steps.len() / 2]
    }
}

struct Experiments {
    lesson: Trials,
    without: Trials,
    standardised: Trials,    // without batch norm
    longer: [Trials; 2],     // with and without, ten times the learning rate and the steps
    rates: Vec<[Trials; 2]>, // with and without, at each learning rate
    many_passes: Trials,     // as many forward passes in a step as the batch has points
    broadcast: Trials,       // the loss that broadcasting makes
}

/// Trains all variants of `lesson` with `seeds` seeds from `seed` on, prints tables and
/// draws plots in `out`; `best` is the error of the best polynomial. Returns three errors
/// of the first seed: after a third of the steps with and without batch norm, and at the
/// end without.
/// Fails if a loss is no longer a number, or a picture cannot be written.
pub fn run(
    lesson: Variant,
    points: &Points<Float>,
    seed: u64,
    seeds: usize,
    best: f64,
    out: &Path,
) -> Result<[f64; 3]> {
    let total = seeds * lesson.iterations * (3 + 2 * 10 + 2 * RATES.len() + 2);
    let (mut progress, mut done) = (Progress::new(total), 0);
    let mut trials = |variant: Variant| -> Result<Trials> {
        let mut runs = Vec::new();
        for k in 0..seeds as u64 {
            runs.push(train(variant, points, seed.wrapping_add(k))?);
            done += variant.iterations;
            progress.at(done, || variant.name.to_owned());
        }
        Ok(Trials { variant, runs })
    };
    let without = Variant { name: "without", plain: true, ..lesson };
    let name = "without, powers standardised";
    let standardised = Variant { name, standardised: true, ..without };
    let longer = |variant: Variant, name| Variant {
        name,
        learning_rate: 10.0 * variant.learning_rate,
        iterations: 10 * variant.iterations,
        ..variant
    };
    let mut rates = Vec::new();
    for times in RATES {
        let learning_rate = times * lesson.learning_rate;
        let with = trials(Variant { learning_rate, ..lesson })?;
        rates.push([with, trials(Variant { learning_rate, ..without })?]);
    }
    let experiments = Experiments {
        lesson: trials(lesson)?,
        without: trials(without)?,
        standardised: trials(standardised)?,
        longer: [
            trials(longer(lesson, "batch norm, ten times rate and steps"))?,
            trials(longer(without, "without, ten times rate and steps"))?,
        ],
        rates,
        many_passes: trials(Variant { extra_passes: lesson.batch_size - 1, ..lesson })?,
        broadcast: trials(Variant { broadcast_loss: true, ..lesson })?,
    };
    progress.finish();
    let third = lesson.iterations / 30 * 10;
    experiments.print(third);
    experiments.draw(points, best, out)?;
    let (with, without) = (&experiments.lesson.runs[0], &experiments.without.runs[0]);
    Ok([with.loss_after(third), without.loss_after(third), without.final_loss()])
}

impl Experiments {
    /// Four tables; `third` is the third of the steps for the first column.
    fn print(&self, third: usize) {
        let Experiments { lesson, without, standardised, longer: [long, long_without], .. } = self;
        let seeds = lesson.runs.len();
        println!("\nwith one thing changed, mean ± standard deviation over {seeds} seeds:");
        let (title, early) = ("mean squared error, test mode", thousands(third) + " steps");
        println!("{title:<37} {early:>15} {:>15} {:>15}", "at the end", "other points");
        for trials in [lesson, without, standardised, long, long_without] {
            let early = trials.mean_sd(|run| run.loss_after(third));
            let last = trials.mean_sd(Trained::final_loss);
            let test = trials.mean_sd(|run| run.test_loss);
            println!("{:<37} {early:>15} {last:>15} {test:>15}", trials.variant.name);
        }

        println!("\n{:<22} {:>24} {:>32}", "", "steps to below 5, median", "at the end");
        let (with, without) = ("batch norm", "without");
        println!("{:<22} {with:>12} {without:>11} {with:>16} {without:>15}", "learning rate");
        for both in &self.rates {
            let rate = f64::from(both[0].variant.learning_rate);
            let rate = (rate * 1e8).round() / 1e8; // f32's 0.01 as 0.01
            let [a, b] = both.each_ref().map(Trials::steps_to_near_best);
            let [c, d] = both.each_ref().map(|trials| trials.mean_sd(Trained::final_loss));
            println!("{rate:<22} {a:>12} {b:>11} {c:>16} {d:>15}");
        }

        let both = [lesson, &self.many_passes];
        let passes = self.many_passes.variant.extra_passes + 1;
        println!("\nforward passes a step                     one  {passes:>14}");
        let [a, b] = both.map(|trials| trials.mean_sd(|run| second_half(&run.curve).0));
        println!("loss, second half of training   {a:>14} {b:>15}");
        let [a, b] = both.map(|trials| trials.mean_sd(|run| second_half(&run.curve).1));
        println!("its scatter from look to look   {a:>14} {b:>15}");
        let [a, b] =
            both.map(|t| t.values(|run| run.seconds).into_iter().fold(f64::INFINITY, f64::min));
        println!("seconds, the fastest of {seeds} {a:>20.3} {b:>15.3}");

        let both = [lesson, &self.broadcast];
        println!("\nlearnt from                      N differences     N x N of them");
        let [a, b] = both.map(|trials| trials.mean_sd(|run| run.broadcast_loss));
        println!("the N x N loss says          {a:>17} {b:>17}");
        let [a, b] = both.map(|trials| trials.mean_sd(Trained::final_loss));
        println!("mean squared error           {a:>17} {b:>17}");
    }

    /// `without`, `rates`, `repeated`, `square` and `waves` in `out`.
    fn draw(&self, points: &Points<Float>, best: f64, out: &Path) -> Result {
        let Experiments { lesson, without, standardised, longer: [long, _], .. } = self;
        let runs = |trials: &Trials, colour| {
            let curves: Vec<_> = trials.runs.iter().map(|run| run.curve.clone()).collect();
            Curve::mean_and_range(trials.variant.name, &curves).colour(colour)
        };
        let curves = [
            runs(lesson, Colour::Blue),
            runs(without, Colour::Red),
            runs(standardised, Colour::Orange).dashed(),
            best_level(best),
        ];
        plot::curves(&out.join("without"), &loss_chart("With and without batch norm"), &curves)?;

        let steps = |name: &str, k: usize| {
            let trials = self.rates.iter().map(|both| &both[k]);
            let points = trials.map(|t| (t.variant.learning_rate.into(), t.steps_to_near_best()));
            Curve::new(name, &points.collect::<Vec<_>>()).line_and_dots()
        };
        let curves =
            [steps("batch norm", 0).colour(Colour::Blue), steps("without", 1).colour(Colour::Red)];
        let title = format!("Steps until the error is below {NEAR_BEST} (the median of the seeds)");
        let axes = Chart::new(title, "learning rate", "iterations").log_x().log_y();
        plot::curves(&out.join("rates"), &axes, &curves)?;

        let passes = self.many_passes.variant.extra_passes + 1;
        let first = |name: String, trials: &Trials| Curve::new(name, &trials.runs[0].curve);
        let curves = [
            first(format!("{passes} updates a step"), &self.many_passes).colour(Colour::Orange),
            first("one update a step".to_owned(), lesson).colour(Colour::Blue),
            best_level(best),
        ];
        let chart = loss_chart("The same weights, other running statistics").y_range(4.0, 12.0);
        plot::curves(&out.join("repeated"), &chart, &curves)?;

        let first = |name: &str, trials: &Trials| outputs(name, points, &trials.runs[0].y);
        let curves = [
            data(points),
            first("learnt from N differences", lesson).colour(Colour::Blue),
            first("learnt from N x N differences", &self.broadcast).colour(Colour::Red),
        ];
        let chart = Chart::new("What is learnt from a square of differences", "x", "y");
        plot::curves(&out.join("square"), &chart, &curves)?;
        let curves = [data(points), first("network", long).colour(Colour::Red)];
        let chart = Chart::new("After ten times the steps at ten times the rate", "x", "y");
        plot::curves(&out.join("waves"), &chart, &curves)
    }
}

/// Mean and standard deviation of the second half of a curve.
pub fn second_half(curve: &[(f64, f64)]) -> (f64, f64) {
    let values: Vec<f64> = curve[curve.len() / 2..].iter().map(|point| point.1).collect();
    (mean(&values), variance(&values).sqrt())
}
