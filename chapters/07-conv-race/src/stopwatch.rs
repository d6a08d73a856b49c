//! How long something takes: warm, more than once, and not for ever.

use std::time::{Duration, Instant};

/// More samples than this make no median better.
const MOST_SAMPLES: usize = 31;
/// A sample should take at least this long: reading the clock costs some 50 ns.
const LEAST_SAMPLE: f64 = 50e-6;
/// Runs that a time limit should leave room for, the warm-up among them.
const RUNS: f64 = 4.0;

/// What the stopwatch says, in seconds a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time {
    /// Half of the samples were faster.
    pub median: f64,
    /// A quarter of the samples were faster.
    pub low: f64,
    /// A quarter of the samples were slower.
    pub high: f64,
    /// Samples taken; the warm-up is none.
    pub samples: usize,
}

/// Times `run`: once to warm up, then as often as `limit` allows, and at least
/// once. What takes microseconds is run several times a sample.
pub fn time(limit: Duration, mut run: impl FnMut()) -> Time {
    let warm = seconds(&mut run);
    let runs = (LEAST_SAMPLE / warm.max(1e-9)).ceil().max(1.0) as usize;
    let start = Instant::now();
    let mut samples = Vec::with_capacity(MOST_SAMPLES);
    while samples.is_empty() || samples.len() < MOST_SAMPLES && start.elapsed() < limit {
        let sample = seconds(&mut || (0..runs).for_each(|_| run()));
        samples.push(sample / runs as f64);
    }
    of_samples(&mut samples)
}

/// How many of `batch` images can be timed within `limit`: all of them, or as
/// many as leave room for a few runs; and the seconds that one takes, about.
/// `run(n)` does the work for `n` images and says how many seconds it took.
pub fn affordable(
    batch: usize,
    limit: Duration,
    mut run: impl FnMut(usize) -> f64,
) -> (usize, f64) {
    let room = limit.as_secs_f64() / RUNS;
    let mut images = 1;
    loop {
        let mut taken = run(images).max(1e-9);
        if taken > room {
            taken = taken.min(run(images)); // something else may have been in the way
        }
        let growth = (room / taken).min(8.0); // the first few images may mislead
        let more = (images as f64 * growth) as usize;
        if images == batch || growth < 1.5 {
            return (images.min(more.max(1)), taken / images as f64);
        }
        images = more.min(batch);
    }
}

/// Seconds that `run` takes.
pub fn seconds(run: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn of_samples(samples: &mut [f64]) -> Time {
    samples.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let place = part * (samples.len() - 1) as f64;
        let (below, above) = (samples[place.floor() as usize], samples[place.ceil() as usize]);
        below + (above - below) * place.fract()
    };
    Time { median: at(0.5), low: at(0.25), high: at(0.75), samples: samples.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_has_a_half_on_either_side_and_the_bounds_a_quarter() {
        let time = of_samples(&mut [5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!(time, Time { median: 3.0, low: 2.0, high: 4.0, samples: 5 });
        let time = of_samples(&mut [1.0, 2.0]);
        assert_eq!((time.median, time.low, time.high), (1.5, 1.25, 1.75));
    }

    #[test]
    fn everything_is_timed_at_least_once_and_nothing_for_ever() {
        let mut runs = 0;
        let slow = time(Duration::ZERO, || {
            runs += 1;
            std::thread::sleep(Duration::from_millis(1));
        });
        assert_eq!((runs, slow.samples), (2, 1)); // a warm-up and a sample
        assert!(slow.median >= 1e-3);
        assert_eq!(time(Duration::from_secs(60), || ()).samples, MOST_SAMPLES);
    }

    #[test]
    fn as_many_images_are_taken_as_the_limit_has_room_for() {
        let limit = Duration::from_secs(4); // a second a run
        let linear = |images: usize| images as f64 * 0.01;
        let (images, each) = affordable(1000, limit, linear);
        assert!((98..=100).contains(&images) && (each - 0.01).abs() < 1e-9);
        assert_eq!(affordable(64, limit, linear).0, 64);
        assert_eq!(affordable(1000, limit, |images| images as f64 * 5.0), (1, 5.0));
        // A cost that every call has must not look like one of each image.
        assert_eq!(affordable(1000, limit, |images| 0.1 + images as f64 * 1e-4).0, 1000);
        let mut tried = Vec::new();
        affordable(1000, limit, |images| {
            tried.push(images);
            images as f64 * 0.01
        });
        assert!(tried.iter().all(|&images| images <= 100), "{tried:?}");
    }
}
