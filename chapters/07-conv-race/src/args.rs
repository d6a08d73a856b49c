//! The flags, and the shape that they choose.

use clap::{CommandFactory, Parser, error::ErrorKind};
use cnn_naive::Window;
use common::program::flags::{self, Flags};
use conv_race::{Rung, Shape, called};

/// Chapter 07: naive against optimised convolution, rung by rung.
///
/// With any of --batch, --channels, --size, --filters, --kernel, --stride and
/// --padding only that shape is raced; what is not given is the article's: 100
/// images of 28 x 28, one channel, one filter of 5 x 5. The rungs on the GPU run
/// where there is one.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    /// The flags of every chapter
    #[command(flatten)]
    pub flags: Flags,

    /// All sizes, with more time for each
    #[arg(long, conflicts_with = "quick")]
    pub full: bool,

    /// Only these rungs, by number or name; rung 1 judges and always runs
    #[arg(long, value_name = "RUNGS", value_delimiter = ',', value_parser = called)]
    pub rungs: Vec<&'static Rung>,

    /// Race this GPU, by part of its name; without a name the best there is, software
    /// too [default: the best that is no software]
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub gpu: Option<String>,

    /// Seconds for each rung on each shape; what is slower runs on fewer images
    /// and is projected [default: 0.04, with --quick 0.01, with --full 0.5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub limit: Option<f64>,

    /// Images in a batch
    #[arg(long, value_name = "COUNT", value_parser = flags::count(4096), conflicts_with = "full")]
    batch: Option<usize>,

    /// Channels of an image
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1024), conflicts_with = "full")]
    channels: Option<usize>,

    /// Rows and columns of an image
    #[arg(long, value_name = "PIXELS", value_parser = flags::count(1024), conflicts_with = "full")]
    size: Option<usize>,

    /// Filters
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1024), conflicts_with = "full")]
    filters: Option<usize>,

    /// Rows and columns of a filter
    #[arg(long, value_name = "PIXELS", value_parser = flags::count(1024), conflicts_with = "full")]
    kernel: Option<usize>,

    /// Pixels from one place of a filter to the next
    #[arg(long, value_name = "PIXELS", value_parser = flags::count(1024), conflicts_with = "full")]
    stride: Option<usize>,

    /// Zeros around an image
    #[arg(long, value_name = "PIXELS", conflicts_with = "full",
          value_parser = clap::value_parser!(u16).range(..=1024))]
    padding: Option<u16>,
}

impl Args {
    /// The user's own shape, if any of its flags is there. One that does not fit
    /// ends the program with a sentence.
    pub fn shape(&self, threads: usize) -> Option<Shape> {
        let Args { batch, channels, size, filters, kernel, stride, .. } = *self;
        let given = [batch, channels, size, filters, kernel, stride];
        if given.iter().all(Option::is_none) && self.padding.is_none() {
            return None;
        }
        let like = Shape::article(100, threads);
        let padding = self.padding.unwrap_or(0).into();
        let shape = Shape {
            batch: batch.unwrap_or(like.batch),
            channels: channels.unwrap_or(like.channels),
            size: size.unwrap_or(like.size),
            filters: filters.unwrap_or(like.filters),
            kernel: kernel.unwrap_or(like.kernel),
            window: Window { stride: stride.unwrap_or(1), padding },
            threads,
        };
        if let Err(error) = shape.outputs() {
            let flags = "--batch, --channels, --size, --filters, --kernel, --stride, --padding";
            let sentence = format!("{flags}: {error}");
            Args::command().error(ErrorKind::ValueValidation, sentence).exit();
        }
        Some(shape)
    }
}

/// A parser for a time limit.
fn seconds(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 3600.0 => Ok(seconds),
        _ => Err("must be a number of seconds above 0 and up to 3600, such as 0.5".to_owned()),
    }
}
