//! The six optimisers on a quadratic, flat along `x` and twenty times as steep along `y`:
//!
//! ```text
//! f = x^2 / 20 + y^2        df/dx = x / 10        df/dy = 2 y
//! ```

use std::f64::consts::TAU;
use std::path::Path;

use common::Result;
use common::plot::{self, Chart, Colour, Curve};

use crate::optimisers::{self, Optimiser};

/// Where every trajectory starts.
pub const START: [f64; 2] = [-8.0, 2.0];
/// Steps of a trajectory.
pub const STEPS: usize = 60;
const CONVERGED: f64 = 0.01; // below this value of f
const LEVELS: [f64; 7] = [0.05, 0.25, 0.75, 1.5, 3.0, 5.0, 8.0]; // of the contours

/// The trajectory of one optimiser.
pub struct Trajectory {
    /// The optimiser's name.
    pub name: &'static str,
    /// Its learning rate.
    pub rate: f64,
    /// [`START`] and the point after each step.
    pub points: Vec<[f64; 2]>,
}

/// The function.
pub fn f([x, y]: [f64; 2]) -> f64 {
    x * x / 20.0 + y * y
}

/// Its gradient.
pub fn gradient([x, y]: [f64; 2]) -> [f64; 2] {
    [x / 10.0, 2.0 * y]
}

/// [`STEPS`] steps from [`START`].
fn descend((name, step): Optimiser<f64>, rate: f64) -> Trajectory {
    let mut w = START;
    let (mut v, mut s) = ([0.0; 2], [0.0; 2]);
    let mut points = vec![w];
    for i in 1..=STEPS {
        let dw = gradient(w);
        step(&mut w, &dw, &mut v, &mut s, i, rate);
        points.push(w);
    }
    Trajectory { name, rate, points }
}

/// Each optimiser with the best of 60 learning rates, 0.05 to 3: the fewest steps to
/// converge, and `f` never above its value at the start.
pub fn best() -> Vec<Trajectory> {
    let best = |optimiser| {
        let all = (1..=60).map(|k| descend(optimiser, f64::from(k) / 20.0));
        let bounded = all.filter(|t: &Trajectory| t.points.iter().all(|&w| f(w) <= f(START)));
        bounded.min_by_key(|t| steps_to_converge(&t.points).unwrap_or(usize::MAX))
    };
    optimisers::all().into_iter().filter_map(best).collect()
}

/// The steps after which `f` stays below 0.01.
pub fn steps_to_converge(points: &[[f64; 2]]) -> Option<usize> {
    let last_above = points.iter().rposition(|&w| f(w).is_nan() || f(w) >= CONVERGED);
    let steps = last_above.map_or(0, |last| last + 1);
    (steps < points.len()).then_some(steps)
}

/// Prints the steps to converge, and draws the trajectories over the contours of `f`,
/// three a picture: `valley-1` and `valley-2` in `out`.
/// Fails if a picture cannot be written.
pub fn run(out: &Path) -> Result {
    let trajectories = best();
    println!("in the valley   best rate   steps until below 0.01");
    for Trajectory { name, rate, points } in &trajectories {
        let steps = steps_to_converge(points);
        let steps = steps.map_or(format!("more than {STEPS}"), |steps| steps.to_string());
        println!("{name:<13} {rate:11} {steps:>24}");
    }
    println!();
    for (k, three) in trajectories.chunks(3).enumerate() {
        let mut curves: Vec<Curve> = LEVELS.map(contour).into();
        curves.extend(three.iter().map(|Trajectory { name, rate, points }| {
            let points: Vec<_> = points.iter().map(|&[x, y]| (x, y)).collect();
            Curve::new(format!("{name}, rate {rate}"), &points).line_and_dots()
        }));
        let chart = Chart::new("x²/20 + y²", "x", "y").x_range(-9.0, 4.0).y_range(-3.0, 3.0);
        plot::curves(&out.join(format!("valley-{}", k + 1)), &chart, &curves)?;
    }
    Ok(())
}

fn contour(level: f64) -> Curve {
    Curve::new("", &ellipse(level)).colour(Colour::Grey).faint()
}

/// Points `(x, y)` once around the ellipse where [`f`] has the value `level`.
pub fn ellipse(level: f64) -> Vec<(f64, f64)> {
    let (a, b) = ((20.0 * level).sqrt(), level.sqrt());
    let angles = (0..=180).map(|k| TAU * f64::from(k) / 180.0);
    angles.map(|angle| (a * angle.cos(), b * angle.sin())).collect()
}
