//! Which shapes are raced.

use cnn_naive::Window;
use serde::Serialize;

use crate::shape::{Pass, Shape};

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// In seconds.
    Quick,
    /// In less than a minute.
    Standard,
    /// All of it.
    Full,
}

/// What a sweep changes, everything else being equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Images.
    Batch,
    /// Filters.
    Filters,
    /// Rows and columns of a filter.
    Kernel,
    /// Channels.
    Channels,
    /// Pixels of an image.
    Pixels,
    /// Threads.
    Threads,
}

impl Axis {
    /// All of them, in the order in which they are raced.
    pub const ALL: [Axis; 6] =
        [Axis::Batch, Axis::Filters, Axis::Kernel, Axis::Channels, Axis::Pixels, Axis::Threads];

    /// As files and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Axis::Batch => "batch",
            Axis::Filters => "filters",
            Axis::Kernel => "kernel",
            Axis::Channels => "channels",
            Axis::Pixels => "pixels",
            Axis::Threads => "threads",
        }
    }

    /// Where a shape stands on it.
    pub fn of(self, shape: &Shape) -> usize {
        match self {
            Axis::Batch => shape.batch,
            Axis::Filters => shape.filters,
            Axis::Kernel => shape.kernel,
            Axis::Channels => shape.channels,
            Axis::Pixels => shape.size * shape.size,
            Axis::Threads => shape.threads,
        }
    }

    /// The shape moved along it; pixels go by rows, `28` for `784`.
    fn set(self, shape: Shape, to: usize) -> Shape {
        match self {
            Axis::Batch => Shape { batch: to, ..shape },
            Axis::Filters => Shape { filters: to, ..shape },
            Axis::Kernel => Shape { kernel: to, ..shape },
            Axis::Channels => Shape { channels: to, ..shape },
            Axis::Pixels => Shape { size: to, ..shape },
            Axis::Threads => Shape { threads: to, ..shape },
        }
    }

    /// Where the sweep stops.
    fn stops(self, amount: Amount, threads: usize) -> Vec<usize> {
        use Amount::{Full, Quick, Standard};
        let stops: &[usize] = match (self, amount) {
            (Axis::Batch, Quick) => &[1, 8, 64],
            (Axis::Batch, Standard) => &[1, 4, 16, 64, 256],
            (Axis::Batch, Full) => &[1, 2, 4, 8, 16, 32, 64, 128, 256],
            (Axis::Filters, Quick) => &[1, 8],
            (Axis::Filters, Standard) => &[1, 4, 16, 64],
            (Axis::Filters, Full) => &[1, 2, 4, 8, 16, 32, 64],
            (Axis::Kernel, Quick) => &[3, 5],
            (Axis::Kernel, _) => &[3, 5, 7],
            (Axis::Channels, Quick) => &[],
            (Axis::Channels, Standard) => &[1, 4, 16],
            (Axis::Channels, Full) => &[1, 2, 4, 8, 16, 32],
            (Axis::Pixels, Quick) => &[14, 28],
            (Axis::Pixels, Standard) => &[14, 28, 56],
            (Axis::Pixels, Full) => &[7, 14, 28, 56, 84],
            (Axis::Threads, Quick) => &[],
            (Axis::Threads, _) => {
                let doubled = std::iter::successors(Some(1), |t| Some(2 * t));
                let mut stops: Vec<usize> = doubled.take_while(|&t| t < threads).collect();
                stops.push(threads);
                return if threads > 1 { stops } else { Vec::new() };
            }
        };
        stops.to_vec()
    }
}

/// One race: a shape, and what is computed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// The sweep it is part of; none, if it stands for itself.
    pub axis: Option<Axis>,
    /// What is computed.
    pub pass: Pass,
    /// On what.
    pub shape: Shape,
}

/// The course's own passes over any shape.
const PASSES: [Pass; 3] = [Pass::Forward, Pass::Backward, Pass::Step];

/// The races of one amount: the article's network and a layer of 30 filters by
/// themselves, then the sweeps.
pub fn courses(amount: Amount, threads: usize) -> Vec<Course> {
    let article = Shape::article(100, threads);
    let thirty = Shape { filters: 30, ..article };
    let mut all = Vec::new();
    let mut alone = |pass, shape| all.push(Course { axis: None, pass, shape });
    for pass in [Pass::Article, Pass::Forward, Pass::Backward] {
        alone(pass, article);
    }
    for pass in PASSES {
        alone(pass, thirty);
    }
    let middle = Shape {
        batch: 32,
        channels: 1,
        size: 28,
        filters: 16,
        kernel: 5,
        window: Window::default(),
        threads,
    };
    for axis in Axis::ALL {
        for &stop in &axis.stops(amount, threads) {
            for pass in PASSES {
                all.push(Course { axis: Some(axis), pass, shape: axis.set(middle, stop) });
            }
            if matches!(axis, Axis::Batch | Axis::Threads) {
                let shape = axis.set(article, stop);
                all.push(Course { axis: Some(axis), pass: Pass::Article, shape });
            }
        }
    }
    all
}

/// The races over one shape of the user's.
pub fn own(shape: Shape) -> Vec<Course> {
    let article = shape.is_the_articles().then_some(Pass::Article);
    let passes = article.into_iter().chain(PASSES);
    passes.map(|pass| Course { axis: None, pass, shape }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_course_of_every_amount_can_be_run() {
        for amount in [Amount::Quick, Amount::Standard, Amount::Full] {
            for course in courses(amount, 8) {
                assert!(course.shape.outputs().is_ok(), "{course:?}");
                assert!(course.pass != Pass::Article || course.shape.is_the_articles());
            }
        }
    }

    #[test]
    fn the_standard_set_covers_what_the_lesson_promises() {
        let all = courses(Amount::Standard, 2);
        let stops = |axis: Axis, pass: Pass| -> Vec<usize> {
            let found = all.iter().filter(|c| c.axis == Some(axis) && c.pass == pass);
            found.map(|course| axis.of(&course.shape)).collect()
        };
        for pass in PASSES {
            let ends = |axis| (stops(axis, pass)[0], *stops(axis, pass).last().unwrap());
            assert_eq!(ends(Axis::Batch), (1, 256));
            assert_eq!(ends(Axis::Filters), (1, 64));
            assert_eq!(stops(Axis::Kernel, pass), [3, 5, 7]);
            assert_eq!(stops(Axis::Pixels, pass), [196, 784, 3136]);
            assert_eq!(stops(Axis::Threads, pass), [1, 2]);
            assert!(stops(Axis::Channels, pass).len() > 1);
        }
        assert_eq!(stops(Axis::Batch, Pass::Article), [1, 4, 16, 64, 256]);
        assert!(courses(Amount::Standard, 1).iter().all(|c| c.axis != Some(Axis::Threads)));
    }
}
