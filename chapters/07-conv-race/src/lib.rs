//! Chapter 07, the parts that are tested. In reading order.

pub mod shape; // the shape of a convolution, the four passes, their operations
pub mod benchmarks; // which passes are timed over which shapes
pub mod network; // a small network with the convolution in front
mod tiles; // convolution on rungs 4 and 5, in memory that is allocated once
mod article_step; // the article's training step on rungs 0 to 5
pub mod gpu; // rungs 6 and 7
pub mod rungs; // the table of all rungs
pub mod timer; // median, quartiles, and the rate of a large matrix product
pub mod measurement; // what was measured, as .csv and .json have it
pub mod race; // a benchmark from beginning to end: equal first, then timed
pub mod report; // tables, and the summary line
pub mod pictures; // charts
