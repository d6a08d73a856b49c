//! Networks of lessons 08 to 13: layers, steps and states against plain loops and PyTorch.

mod augment;
mod batchnorm;
mod checkpoints;
mod deep_cnn;
mod diagnose;
mod dropout_adam;
mod fashion;
mod iris_comparison;
mod layers;
mod speedrun;
