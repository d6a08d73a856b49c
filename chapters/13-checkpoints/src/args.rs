//! The commands and their flags.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use common::program::flags::{self, Flags};

use crate::network::Start;
use crate::training::Settings;

const ITERATIONS: usize = 10_000; // the article's
const QUICK_ITERATIONS: usize = 1_000;
const EVERY: usize = 500; // the article's
const KEEP: [f64; 2] = [0.2, 0.5]; // the article's; it calls them the dropout rates
const BATCH_SIZE: &str = "32"; // the article's
const LEARNING_RATE: f64 = 0.001; // our choice, Adam's usual; the article says none
const LAST: usize = 5; // as many as the article's tool keeps

/// Chapter 13: a model that is saved, tested elsewhere, gone on with, and used.
///
/// Without a command it trains.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// The command
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `train`, if there is none
    #[command(flatten)]
    pub train: Train,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Train from the first step on, with a checkpoint every so often
    Train(Train),
    /// Go on from the newest checkpoint, as if nothing had happened
    Resume {
        /// Data, threads and folder
        #[command(flatten)]
        shared: SharedFlags,

        /// Steps of the whole training [default: as it was begun]
        #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
        iterations: Option<usize>,

        /// Checkpoints that are kept: the newest so many
        #[arg(long, default_value_t = LAST, value_name = "COUNT", value_parser = flags::count(1_000_000))]
        last: usize,
    },
    /// Read the test set with a checkpoint
    Test {
        /// A checkpoint, or a folder for its newest [default: the folder of --out]
        #[arg(value_name = "CHECKPOINT")]
        checkpoint: Option<PathBuf>,

        /// Data, threads and folder
        #[command(flatten)]
        shared: SharedFlags,
    },
    /// Read your own pictures of digits with a checkpoint
    Predict {
        /// A checkpoint, or a folder for its newest
        #[arg(value_name = "CHECKPOINT")]
        checkpoint: PathBuf,

        /// Pictures of one digit each, of any size, dark on light or light on dark
        #[arg(value_name = "IMAGE.png", required = true)]
        images: Vec<PathBuf>,

        /// Write what the network sees to FILE, a PNG, instead of showing it here
        #[arg(long, value_name = "FILE")]
        seen: Option<PathBuf>,
    },
}

/// Flags of `train`.
#[derive(clap::Args)]
pub struct Train {
    /// The flags of every lesson
    #[command(flatten)]
    pub flags: Flags,

    /// Steps of the training [default: 10000, with --quick 1000]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
    iterations: Option<usize>,

    /// Where the weights of the affine layers begin
    #[arg(long, value_enum, default_value_t = Start::Zero)]
    start: Start,

    /// The share of the features and of the hidden units that dropout KEEPS;
    /// 1 1 is no dropout
    #[arg(long, num_args = 2, value_names = ["SHARE", "SHARE"], default_values_t = KEEP, value_parser = share)]
    keep: Vec<f64>,

    /// Images of a step: a number, 1 for online learning, or `all`
    #[arg(long, default_value = BATCH_SIZE, value_name = "COUNT", value_parser = batch_size)]
    batch_size: usize,

    /// Adam's learning rate
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<f64>)]
    learning_rate: f64,

    /// Steps from one report and checkpoint to the next
    #[arg(long, default_value_t = EVERY, value_name = "COUNT", value_parser = flags::count(1_000_000))]
    every: usize,

    /// Checkpoints that are kept: the newest so many
    #[arg(long, default_value_t = LAST, value_name = "COUNT", value_parser = flags::count(1_000_000))]
    pub last: usize,

    /// Remove the checkpoints that are there and begin anew
    #[arg(long)]
    pub fresh: bool,

    /// Afterwards: zero and random start, with and without dropout
    #[arg(long)]
    pub table: bool,

    /// Afterwards: all images, 32 and a single one at a step
    #[arg(long)]
    pub batches: bool,

    /// Afterwards: the article's list of improvements, until 99 % is passed
    #[arg(long)]
    pub improved: bool,
}

/// The flags of every lesson whose values are not in a checkpoint.
#[derive(clap::Args)]
pub struct SharedFlags {
    /// Folder with the data files, or `built-in`, as in training
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Threads to compute with; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1024))]
    threads: Option<usize>,

    /// Folder of the training [default: out/checkpoints]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl SharedFlags {
    /// As flags of every lesson.
    pub fn flags(self) -> Flags {
        let SharedFlags { data, threads, out } = self;
        Flags { data, seed: 0, threads, out, quick: false }
    }
}

impl Train {
    /// The settings of a training on `images` images.
    pub fn settings(&self, images: usize) -> Settings {
        let default = if self.flags.quick { QUICK_ITERATIONS } else { ITERATIONS };
        Settings {
            seed: self.flags.seed,
            start: self.start,
            keep: [self.keep[0], self.keep[1]],
            batch_size: self.batch_size.min(images),
            learning_rate: self.learning_rate,
            every: self.every,
            steps: self.iterations.unwrap_or(default),
        }
    }
}

/// A batch size; `all` is more than there are images.
fn batch_size(text: &str) -> Result<usize, String> {
    match text.parse() {
        _ if text == "all" => Ok(usize::MAX),
        Ok(count @ 1..=1_000_000) => Ok(count),
        _ => Err("must be a number from 1 to 1000000, or `all`".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("must be a share that is kept, above 0 and up to 1, such as 0.5".to_owned()),
    }
}
