//! The commands and their flags.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use common::program::flags::{self, Flags};

use crate::network::Start;
use crate::training::{MOST_STEPS, SHARES, Settings};

const ITERATIONS: usize = 10_000; // the article's, as the 32 images and 500 steps below
const QUICK_ITERATIONS: usize = 1_000;
const KEEP: [f64; 2] = [0.2, 0.5]; // the article's; it calls them the dropout rates
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
        #[arg(long, value_name = "COUNT", value_parser = flags::count(MOST_STEPS))]
        iterations: Option<usize>,
        /// Checkpoints that are kept: the newest so many
        #[arg(long, default_value_t = LAST, value_name = "COUNT", value_parser = flags::count(1_000_000))]
        last: usize,
    },
    /// Read the test set with a checkpoint
    Test {
        /// A checkpoint, or a folder for its newest, or the improved.npz of --improved
        /// [default: the folder of --out]
        #[arg(value_name = "CHECKPOINT")]
        checkpoint: Option<PathBuf>,
        /// Data, threads and folder
        #[command(flatten)]
        shared: SharedFlags,
    },
    /// Read your own pictures of digits with a checkpoint
    Predict {
        /// A checkpoint, or a folder for its newest, or the improved.npz of --improved
        #[arg(value_name = "CHECKPOINT")]
        checkpoint: PathBuf,
        /// PNGs or JPEGs of one digit each, of any size, dark on light or light on dark
        #[arg(value_name = "IMAGE", required = true)]
        images: Vec<PathBuf>,
        /// Write what the network sees to this file, too
        #[arg(long, value_name = "FILE.png", value_parser = png)]
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
    #[arg(long, value_name = "COUNT", value_parser = flags::count(MOST_STEPS))]
    iterations: Option<usize>,
    /// Where the weights of the affine layers begin
    #[arg(long, value_enum, default_value_t = Start::Zero)]
    start: Start,
    /// The share of the features and of the hidden units that dropout KEEPS;
    /// 1 1 is no dropout
    #[arg(long, num_args = 2, value_names = ["SHARE", "SHARE"], default_values_t = KEEP, value_parser = share)]
    keep: Vec<f64>,
    /// Images of a step: a number, 1 for online learning, or `all`
    #[arg(long, default_value = "32", value_name = "COUNT", value_parser = batch_size)]
    batch_size: usize,
    /// Adam's learning rate
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<f64>)]
    learning_rate: f64,
    /// Steps from one report and checkpoint to the next
    #[arg(long, default_value_t = 500, value_name = "COUNT", value_parser = flags::count(MOST_STEPS))]
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
    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    pub look: bool,
}

/// The flags of every lesson whose values are not in a checkpoint.
#[derive(Clone, Default, clap::Args)]
#[command(allow_negative_numbers = true)] // as those of every lesson
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

impl Command {
    /// The flags of every lesson, with which each command starts.
    pub fn flags(&self) -> Flags {
        let SharedFlags { data, threads, out } = match self {
            Command::Train(train) => return train.flags.clone(),
            Command::Resume { shared, .. } | Command::Test { shared, .. } => shared.clone(),
            Command::Predict { .. } => SharedFlags::default(),
        };
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
    let count = if text == "all" { Some(usize::MAX) } else { text.parse().ok() };
    let count = count.filter(|count| text == "all" || (1..=1_000_000).contains(count));
    count.ok_or_else(|| "must be a number from 1 to 1000000, or `all`".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| SHARES.contains(share));
    share.ok_or_else(|| "must be a share that is kept, from 0.000001 to 1, such as 0.5".to_owned())
}

fn png(text: &str) -> Result<PathBuf, String> {
    let path = text.ends_with(".png").then(|| PathBuf::from(text));
    path.ok_or_else(|| "must end in .png".to_owned())
}
