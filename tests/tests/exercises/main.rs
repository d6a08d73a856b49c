//! The solutions of the exercises on the pages, compiled and run.

mod batchnorm;
mod checkpoints;
mod convolution;
mod deep_cnn;
mod diagnose;
mod dropout_adam;
mod fashion;
mod first_lessons;
mod gpu;
mod im2col;
mod iris;
mod race;
