//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use common::Float;
use common::program::flags::{self, Flags};
use deep_cnn::Layers;
use deep_cnn::optimiser::{MOMENTUM, Method};

const EPOCHS: usize = 8;
const AUGMENTED_EPOCHS: usize = 40; // a distorted digit is never shown twice
const QUICK_EPOCHS: usize = 2;
const BATCH_SIZE: usize = 100;

/// Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
///
/// Without an experiment it trains. The best parameters so far are always in the folder
/// of --out. Ctrl-C ends training there and goes on with the test.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    /// What to do instead of training the lesson's network
    #[arg(conflicts_with_all = ["layers", "epochs", "batch_size", "optimiser", "learning_rate",
        "momentum", "augment", "start", "look"])]
    pub experiment: Option<Experiment>,

    #[command(flatten)]
    pub flags: Flags,

    /// The layers before the output: conv<filters>x<size> with s<stride> and
    /// p<padding>, pool<size> and avgpool<size> with s<stride>, or units
    #[arg(long, default_value = "conv20x5,pool2,conv50x5,pool2,500", value_parser = Layers::of_image)]
    pub layers: Layers,

    /// Times that every image is shown [default: 8, with --augment 40, with --quick 2]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000))]
    epochs: Option<usize>,

    /// Images in each batch
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(1_000))]
    pub batch_size: usize,

    /// How a step follows from a gradient
    #[arg(long, value_enum, default_value_t = Method::Nesterov)]
    pub optimiser: Method,

    /// Learning rate of the first half, for the mean gradient; it ends at a tenth
    /// [default: 0.1 for sgd, 0.03 with momentum, 0.001 for adam]
    #[arg(long, value_name = "RATE", value_parser = flags::learning_rate::<f64>)]
    learning_rate: Option<f64>,

    /// The part of its velocity that momentum keeps at each step
    #[arg(long, default_value_t = MOMENTUM as Float, value_name = "PART", value_parser = flags::below_one("0.9"))]
    pub momentum: Float,

    /// Shift, rotate, scale and distort every image at random, anew in each epoch
    #[arg(long)]
    pub augment: bool,

    /// Begin with these parameters, an earlier run's params.npz
    #[arg(long, value_name = "FILE")]
    pub start: Option<PathBuf>,

    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    pub look: bool,
}

/// What to do instead of training the lesson's network.
#[derive(Clone, Copy, ValueEnum)]
pub enum Experiment {
    /// Layers, units, windows, padding and batch size, compared
    Study,
}

impl Args {
    pub fn epochs(&self) -> usize {
        self.epochs.unwrap_or(match (self.flags.quick, self.augment) {
            (true, _) => QUICK_EPOCHS,
            (_, true) => AUGMENTED_EPOCHS,
            _ => EPOCHS,
        })
    }

    pub fn learning_rate(&self) -> f64 {
        self.learning_rate.unwrap_or(match self.optimiser {
            Method::Sgd => 0.1,
            Method::Momentum | Method::Nesterov => 0.03, // each gradient counts ten times
            Method::Adam => 0.001,                       // its paper's
        })
    }
}
