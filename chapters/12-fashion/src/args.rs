//! The flags and their defaults.

use clap::Parser;
use common::Float;
use common::program::flags::{self, Flags};
use deep_cnn::Layers;

const BATCH_SIZE: usize = 100;
const MLP_RATE: f64 = 0.003; // three times Adam's usual; it falls to 0
const CNN_RATE: f64 = 0.05; // with momentum
const HIDDEN: usize = 256;
const DROPOUT: Float = 0.1;
const LAYERS: &str = "conv20x5,pool2,conv50x5,pool2,500"; // lesson 08's

/// Chapter 12: clothes in place of digits; a perceptron with a hidden layer
/// against convolutions, and convolutions fast against naive.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    #[command(flatten)]
    pub flags: Flags,

    /// Times that every image is shown to each network [default: 16, with --quick 2]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000))]
    pub epochs: Option<usize>,

    /// Images that each step looks at
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(1_000))]
    pub batch_size: usize,

    /// The MLP's largest learning rate; the rates rise to it and fall to nothing
    #[arg(long, default_value_t = MLP_RATE, value_name = "RATE", value_parser = flags::learning_rate::<f64>)]
    pub mlp_rate: f64,

    /// The CNN's largest learning rate, likewise
    #[arg(long, default_value_t = CNN_RATE, value_name = "RATE", value_parser = flags::learning_rate::<f64>)]
    pub cnn_rate: f64,

    /// Units of the MLP's hidden layer
    #[arg(long, default_value_t = HIDDEN, value_name = "COUNT", value_parser = flags::count(10_000))]
    pub hidden: usize,

    /// The share of them that dropout drops at each step
    #[arg(long, default_value_t = DROPOUT, value_name = "SHARE", value_parser = flags::below_one("0.25"))]
    pub dropout: Float,

    /// The CNN's layers before the output, in the words of lesson 08
    #[arg(long, default_value = LAYERS, value_parser = Layers::of_image)]
    pub layers: Layers,

    /// No mirror: by default half of the images are shown with left and right
    /// exchanged, in both networks' batches alike
    #[arg(long)]
    pub as_they_are: bool,

    /// Steps that the CNN takes with naive convolution as well, to be compared
    /// and timed [default: 10, with --quick 2]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(100_000_000))]
    pub naive_steps: Option<usize>,

    /// The CNN with naive convolution from beginning to end: hours
    #[arg(long, conflicts_with = "naive_steps")]
    pub full: bool,

    /// Open look.html in the browser at the end: the CNN from inside
    #[arg(long)]
    pub look: bool,
}
