//! What the article claims, does not show, or gets wrong, each as a training with
//! one thing changed, over the same seeds.

use std::fmt::{self, Display};

use common::program::{Progress, thousands};
use common::{Float, Result};

use crate::broadcast::wrong_mse;
use crate::points::Points;
use crate::study::{Recipe, Setting, Trained, median, second_half, spread, train};
use ndarray::Array2;

/// Learning rates to compare at, in multiples of the lesson's.
const RATES: [Float; 5] = [1.0, 3.0, 10.0, 30.0, 100.0];

/// A mean squared error a little above the best polynomial's 4.42.
pub const NEAR: f64 = 5.0;

/// A recipe and what it came to with each seed.
#[derive(Debug)]
pub struct Tried {
    /// What was changed.
    pub recipe: Recipe,
    /// A training a seed.
    pub trained: Vec<Trained>,
}

impl Tried {
    /// The steps until the error is below [`NEAR`], the median over the seeds;
    /// infinite if most never get there.
    pub fn steps_to_near(&self) -> f64 {
        median(&self.trained.iter().map(|t| t.steps_to(NEAR)).collect::<Vec<_>>())
    }
}

/// All experiments of the chapter.
#[derive(Debug)]
pub struct Experiments {
    /// With and without batch norm, and what else might do as well: the lesson's own
    /// recipe first.
    pub tried: Vec<Tried>,
    /// With and without batch norm at each of several learning rates.
    pub rates: Vec<[Tried; 2]>,
    /// The lesson's with as many forward passes a step as the batch has points.
    pub repeated: Tried,
    /// The lesson's with the loss whose differences are a square.
    pub square: Tried,
    /// A third of the steps, after which the first column of the table looks.
    pub early: usize,
    /// What the wrong loss says of the lesson's and of its own estimates, a pair a seed.
    said: Vec<(f64, f64)>,
}

/// Runs them all, over `seeds` seeds from `first` on; `iterations` and `rate` are
/// the lesson's.
///
/// # Errors
/// If a loss is no longer a number.
pub fn run(
    setting: &Setting,
    iterations: usize,
    rate: Float,
    first: u64,
    seeds: usize,
) -> Result<Experiments> {
    let lesson = Recipe {
        name: "batch norm",
        norm: true,
        standardised: false,
        calls: 1,
        wrong_loss: false,
        rate,
        iterations,
    };
    let without = Recipe { name: "without", norm: false, ..lesson };
    let scaled = Recipe { name: "without, powers standardised", standardised: true, ..without };
    let longer = |recipe: Recipe, name| Recipe {
        name,
        rate: 10.0 * rate,
        iterations: 10 * iterations,
        ..recipe
    };
    let long = longer(lesson, "batch norm, ten times rate and steps");
    let long_without = longer(without, "without, ten times rate and steps");
    let recipes = [lesson, without, scaled, long, long_without];
    let rates = RATES.map(|times| [lesson, without].map(|r| Recipe { rate: times * rate, ..r }));
    let repeated = Recipe { name: "a call for each point", calls: setting.batch_size, ..lesson };
    let square = Recipe { name: "a square", wrong_loss: true, ..lesson };

    let all = recipes.iter().chain(rates.as_flattened()).chain([&repeated, &square]);
    let mut progress = Progress::new(all.map(|recipe| seeds * recipe.iterations).sum());
    let mut done = 0;
    let mut attempt = |recipe: Recipe| -> Result<Tried> {
        let mut trained = Vec::new();
        for k in 0..seeds as u64 {
            trained.push(train(recipe, setting, first.wrapping_add(k))?);
            done += recipe.iterations;
            progress.at(done, || recipe.name.to_owned());
        }
        Ok(Tried { recipe, trained })
    };
    let tried = recipes.into_iter().map(&mut attempt).collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for [with, without] in rates {
        rows.push([attempt(with)?, attempt(without)?]);
    }
    let (repeated, square) = (attempt(repeated)?, attempt(square)?);
    progress.finish();
    let said = |trained: &Trained| said_of(trained, &setting.points);
    let said = tried[0].trained.iter().zip(&square.trained).map(|(a, b)| (said(a), said(b)));
    let said = said.collect();
    Ok(Experiments { tried, rates: rows, repeated, square, early: iterations / 30 * 10, said })
}

/// What the wrong loss says of an estimate of all points.
fn said_of(trained: &Trained, points: &Points<Float>) -> f64 {
    let y = Array2::from_shape_fn(points.t.dim(), |(i, _)| trained.estimate[i] as Float);
    wrong_mse(&y, &points.t).0
}

impl Display for Experiments {
    /// Four tables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds = self.tried[0].trained.len();
        let over = |trained: &[Trained], of: &dyn Fn(&Trained) -> f64| {
            spread(&trained.iter().map(of).collect::<Vec<_>>())
        };
        writeln!(f, "with one thing changed, mean ± standard deviation over {seeds} seeds:")?;
        writeln!(
            f,
            "{:<37} {:>15} {:>15} {:>15}",
            "mean squared error, test mode",
            format!("{} steps", thousands(self.early)),
            "at the end",
            "other points"
        )?;
        for Tried { recipe, trained } in &self.tried {
            let early = over(trained, &|t| t.after(self.early));
            let (last, others) = (over(trained, &Trained::last), over(trained, &|t| t.others));
            writeln!(f, "{:<37} {early:>15} {last:>15} {others:>15}", recipe.name)?;
        }
        writeln!(f, "\n{:<22} {:>24} {:>32}", "", "steps to below 5, median", "at the end")?;
        writeln!(
            f,
            "{:<22} {:>12} {:>11} {:>16} {:>15}",
            "learning rate", "batch norm", "without", "batch norm", "without"
        )?;
        for [with, without] in &self.rates {
            let [steps, steps_without] = [with, without].map(Tried::steps_to_near);
            let (last, without_last) =
                (over(&with.trained, &Trained::last), over(&without.trained, &Trained::last));
            let rate = (f64::from(with.recipe.rate) * 1e8).round() / 1e8; // it was f32's 0.01
            writeln!(
                f,
                "{rate:<22} {steps:>12} {steps_without:>11} {last:>16} {without_last:>15}"
            )?;
        }
        writeln!(
            f,
            "\nforward passes a step                     one  {:>14}",
            self.repeated.recipe.calls
        )?;
        let (once, often) = (&self.tried[0].trained, &self.repeated.trained);
        let half = |of: &dyn Fn(&Trained) -> f64| [over(once, of), over(often, of)];
        let [a, b] = half(&|t| second_half(&t.curve).0);
        writeln!(f, "{:<31} {a:>14} {b:>15}", "loss, second half of training")?;
        let [a, b] = half(&|t| second_half(&t.curve).1);
        writeln!(f, "{:<31} {a:>14} {b:>15}", "its scatter from look to look")?;
        let (once, often) = (fastest(once), fastest(often));
        writeln!(f, "seconds, the fastest of {seeds} {once:>20.3} {often:>15.3}")?;
        let (right, wrong): (Vec<f64>, Vec<f64>) = self.said.iter().copied().unzip();
        writeln!(f, "\nlearnt from                      N differences     N x N of them")?;
        writeln!(f, "the N x N loss says          {:>17} {:>17}", spread(&right), spread(&wrong))?;
        let (right, wrong) = (&self.tried[0].trained, &self.square.trained);
        let (right, wrong) = (over(right, &Trained::last), over(wrong, &Trained::last));
        write!(f, "mean squared error           {right:>17} {wrong:>17}")
    }
}

/// Seconds of the fastest training: the others were disturbed.
fn fastest(trained: &[Trained]) -> f64 {
    trained.iter().map(|t| t.seconds).fold(f64::INFINITY, f64::min)
}
