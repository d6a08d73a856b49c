//! The path of the pen: a smooth, slightly uneven curve through a skeleton.

use super::random::Random;
use super::skeletons::Skeleton;

/// The number of samples that a path has on average.
const MEAN_SAMPLES: f32 = 112.0;

/// Independent jitter of each point; standard deviation in digit heights.
const JITTER: f32 = 0.012;
/// Additional jitter at both ends of a stroke.
const JITTER_ENDS: f32 = 0.04;
/// Jitter that neighbouring points share. (Independent jitter alone makes
/// polygons.)
const DRIFT: f32 = 0.035;
/// exp(-k^2 / (2 * 1.3^2)): the weight of the k-th neighbour in the drift.
const DRIFT_WEIGHTS: [f32; 5] = [1.0, 0.743_9, 0.306_2, 0.069_77, 0.008_795];

/// The path along `skeleton`, about 1 high and centred near 0: points (x, y), close
/// enough to draw the pen at each. The usual `unevenness` is 1.
pub(super) fn along(skeleton: &Skeleton, unevenness: f32, random: &mut Random) -> Vec<[f32; 2]> {
    let points = jittered(skeleton, unevenness, random);
    let chord = |i: usize| {
        let [dx, dy] = [0, 1].map(|axis| points[i + 1][axis] - points[i][axis]);
        (dx * dx + dy * dy).sqrt()
    };
    let segments = || skeleton.strokes.iter().flat_map(|&(a, b)| a..b);
    let density = MEAN_SAMPLES / segments().map(chord).sum::<f32>();

    let mut path = Vec::new();
    for &(first, last) in skeleton.strokes {
        for i in first..last {
            let p1 = points[i];
            let p2 = points[i + 1];
            let p0 = if i > first { points[i - 1] } else { reflected(p2, p1) };
            let p3 = if i + 1 < last { points[i + 2] } else { reflected(p1, p2) };
            let steps = 1 + (chord(i) * density) as usize;
            for step in 0..steps {
                path.push(spline(p0, p1, p2, p3, step as f32 / steps as f32));
            }
        }
        path.push(points[last]);
    }
    path
}

/// The skeleton's points in digit heights, centred, moved by jitter and drift.
fn jittered(skeleton: &Skeleton, unevenness: f32, random: &mut Random) -> Vec<[f32; 2]> {
    let moves = skeleton.points.iter().map(|_| [random.triangular(), random.triangular()]);
    let moves: Vec<_> = moves.collect();
    let mut points = Vec::new();
    for (i, &(x, y)) in skeleton.points.iter().enumerate() {
        let is_end = skeleton.strokes.iter().any(|&(a, b)| i == a || i == b);
        let own = JITTER + if is_end { JITTER_ENDS } else { 0.0 };
        let drift = drift(&moves, i);
        let home = [f32::from(x) / 100.0 - 0.32, f32::from(y) / 100.0 - 0.5];
        points.push([0, 1].map(|axis| {
            home[axis] + unevenness * (own * random.triangular() + DRIFT * drift[axis])
        }));
    }
    points
}

/// The weighted sum of the moves near point `i`, with unit variance.
fn drift(moves: &[[f32; 2]], i: usize) -> [f32; 2] {
    let mut sum = [0.0; 2];
    let mut squares = 0.0;
    for (j, each) in moves.iter().enumerate() {
        if let Some(weight) = DRIFT_WEIGHTS.get(i.abs_diff(j)) {
            sum[0] += weight * each[0];
            sum[1] += weight * each[1];
            squares += weight * weight;
        }
    }
    let norm = squares.sqrt();
    [sum[0] / norm, sum[1] / norm]
}

/// `p` on the other side of `about`.
fn reflected(p: [f32; 2], about: [f32; 2]) -> [f32; 2] {
    [2.0 * about[0] - p[0], 2.0 * about[1] - p[1]]
}

/// The Catmull-Rom spline from `p1` (t = 0) to `p2` (t = 1).
fn spline(p0: [f32; 2], p1: [f32; 2], p2: [f32; 2], p3: [f32; 2], t: f32) -> [f32; 2] {
    [0, 1].map(|axis| {
        let [a, b, c, d] = [p0[axis], p1[axis], p2[axis], p3[axis]];
        let slope = c - a;
        let bend = 2.0 * a - 5.0 * b + 4.0 * c - d;
        let twist = 3.0 * (b - c) + d - a;
        b + 0.5 * t * (slope + t * (bend + t * twist))
    })
}
