//! The classic valley, flat along `x` and twenty times as steep across:
//!
//! ```text
//! f = x^2 / 20 + y^2        df/dx = x / 10        df/dy = 2 y
//! ```

use std::f64::consts::TAU;
use std::path::Path;

use common::Result;
use common::plot::{self, Chart, Colour, Curve};

use crate::optimisers::Optimiser;

/// Where every path begins: far out along the valley, up its side.
pub const START: [f64; 2] = [-8.0, 2.0];
/// Steps of a path.
pub const STEPS: usize = 60;
/// Below this height a path has arrived.
const LOW: f64 = 0.01;
/// The heights whose contours are drawn.
const HEIGHTS: [f64; 7] = [0.05, 0.25, 0.75, 1.5, 3.0, 5.0, 8.0];

/// The way of one optimiser.
pub struct Way {
    /// Whose.
    pub optimiser: Optimiser,
    /// The best of the rates for it.
    pub rate: f64,
    /// The start, and where each step led.
    pub places: Vec<[f64; 2]>,
}

/// The height of the valley.
pub fn height([x, y]: [f64; 2]) -> f64 {
    x * x / 20.0 + y * y
}

/// Its gradient.
pub fn slope([x, y]: [f64; 2]) -> [f64; 2] {
    [x / 10.0, 2.0 * y]
}

/// [`STEPS`] steps from [`START`].
pub fn path(optimiser: Optimiser, rate: f64) -> Vec<[f64; 2]> {
    let mut w = START;
    let (mut v, mut s) = ([0.0; 2], [0.0; 2]);
    let mut places = vec![w];
    for i in 1..=STEPS {
        let dw = slope(w);
        optimiser.step(&mut w, &dw, (&mut v, &mut s), i, rate);
        places.push(w);
    }
    places
}

/// Each optimiser at the one of 60 rates, 0.05 to 3, with which it arrives after
/// the fewest steps and is never higher than where it began.
pub fn ways() -> Vec<Way> {
    let best = |optimiser| {
        let rates = (1..=60).map(|k| f64::from(k) / 20.0);
        let all = rates.map(|rate| Way { optimiser, rate, places: path(optimiser, rate) });
        let calm = all.filter(|way| way.places.iter().all(|&w| height(w) <= height(START)));
        calm.min_by_key(|way| arrived(&way.places).unwrap_or(usize::MAX))
    };
    Optimiser::ALL.into_iter().filter_map(best).collect()
}

/// The steps after which a path is below 0.01 and stays there.
pub fn arrived(places: &[[f64; 2]]) -> Option<usize> {
    let high = places.iter().rposition(|&w| height(w).is_nan() || height(w) >= LOW);
    let steps = high.map_or(0, |last| last + 1);
    (steps < places.len()).then_some(steps)
}

/// The paths over the contours of the valley, three a picture: `valley-1` and
/// `valley-2` in `out`.
///
/// # Errors
/// If a picture cannot be written.
pub fn draw(out: &Path, ways: &[Way]) -> Result {
    for (k, ways) in ways.chunks(3).enumerate() {
        let mut curves: Vec<Curve> = HEIGHTS.map(contour).into();
        curves.extend(ways.iter().map(|way| {
            let places: Vec<_> = way.places.iter().map(|&[x, y]| (x, y)).collect();
            let name = format!("{}, rate {}", way.optimiser.name(), way.rate);
            Curve::new(name, &places).line_and_dots()
        }));
        let chart = Chart::new("x²/20 + y²", "x", "y").x_range(-9.0, 4.0).y_range(-3.0, 3.0);
        plot::curves(&out.join(format!("valley-{}", k + 1)), &chart, &curves)?;
    }
    Ok(())
}

/// All places of one height: an ellipse.
fn contour(height: f64) -> Curve {
    let (a, b) = ((20.0 * height).sqrt(), height.sqrt());
    let places: Vec<_> = (0..=180)
        .map(|k| TAU * f64::from(k) / 180.0)
        .map(|angle| (a * angle.cos(), b * angle.sin()))
        .collect();
    Curve::new("", &places).colour(Colour::Grey).faint()
}

/// How soon each arrives, a line each.
pub fn table(ways: &[Way]) -> String {
    let mut table = String::from("in the valley   best rate   steps until below 0.01\n");
    for way in ways {
        let steps = arrived(&way.places);
        let steps = steps.map_or(format!("more than {STEPS}"), |steps| steps.to_string());
        table += &format!("{:<13} {:11} {steps:>24}\n", way.optimiser.name(), way.rate);
    }
    table
}
