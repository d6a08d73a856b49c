//! Chapter 13, the parts of the lesson that are tested; the lesson itself is `main.rs`.
//! In reading order:

pub mod network; // the article's network, forward and backward, and Adam's step
pub mod sampler; // which images each step takes
pub mod training; // all that the next step depends on
pub mod manifest; // everything in a checkpoint that is not an array
pub mod checkpoint; // saves a training as two files, and loads it
pub mod store; // the folder of checkpoints, of which the newest few are kept
pub mod args; // commands and flags
pub mod picture; // the command `predict`: a user's own picture
pub mod preprocess; // made to look like one of MNIST's
pub mod inference; // the commands `test` and `predict`
pub mod plots; // the pictures of a training
pub mod symmetry; // what a start from zero does
pub mod experiments; // what the flags of `train` compare
pub mod improvements; // the article's list, until 99 % is passed
