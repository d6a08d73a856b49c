//! The solutions of the exercises on the pages, compiled and run; the files of those to write.

mod batchnorm;
mod checkpoints;
mod convolution;
mod deep_cnn;
mod diagnose;
mod dropout_adam;
mod fashion;
mod files;
mod first_lessons;
mod gpu;
mod im2col;
mod iris;
mod race;
