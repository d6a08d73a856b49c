//! Programs from outside: what they print and write, how they end, on good input and bad.

mod batchnorm;
mod checkpoints;
mod commands;
mod deep_cnn;
mod diagnose;
mod dropout_adam;
mod every_program;
mod fashion;
mod gpu;
mod iris;
mod lessons;
mod look;
mod own_digits;
mod pipes;
mod race;
mod speedrun;
mod tour;
mod wiring;
