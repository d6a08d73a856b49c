//! Chapter 07, the parts that are tested. In reading order:
//!
//! ```text
//! shape         the shape of a convolution, the four passes, their operations
//! benchmarks    which passes are timed over which shapes
//! network       a small network with the convolution in front
//! tiles         convolution on rungs 4 and 5, in memory that is allocated once
//! article_step  the article's training step on rungs 0 to 5
//! gpu           rungs 6 and 7
//! rungs         the table of all rungs
//! timer         median, quartiles, and the rate of a large matrix product
//! measurement   what was measured, as .csv and .json have it
//! race          a benchmark from beginning to end: equal first, then timed
//! report        tables, and the summary line
//! pictures      charts
//! ```

mod article_step;
pub mod benchmarks;
pub mod gpu;
pub mod measurement;
pub mod network;
pub mod pictures;
pub mod race;
pub mod report;
pub mod rungs;
pub mod shape;
mod tiles;
pub mod timer;
