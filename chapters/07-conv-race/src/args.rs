//! The flags, and what follows from them.

use std::time::Duration;

use clap::Parser;
use cnn_naive::Window;
use common::Result;
use common::program::flags::{self, Flags};
use conv_race::benchmarks::Scale;
use conv_race::gpu;
use conv_race::rungs::{RUNGS, Rung};
use conv_race::shape::Shape;

/// Chapter 07: naive against optimised convolution, rung by rung.
///
/// With any of --batch, --channels, --size, --filters, --kernel, --stride and
/// --padding only that shape is raced; what is not given is the article's: 100
/// images of 28 x 28, one channel, one filter of 5 x 5. The rungs on the GPU run
/// where there is one.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    #[command(flatten)]
    pub flags: Flags,

    /// All sizes, with more time for each
    #[arg(long, conflicts_with = "quick")]
    pub full: bool,

    /// Only these rungs, by number or name; rung 1 is the reference and always runs
    #[arg(long, value_name = "RUNGS", value_delimiter = ',', value_parser = Rung::find)]
    pub rungs: Vec<&'static Rung>,

    /// Race this GPU, by part of its name; without a name the best there is, software
    /// too [default: the best that is no software]
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub gpu: Option<String>,

    /// Seconds for each rung on each shape; what is slower runs on fewer images
    /// and is projected [default: 0.04, with --quick 0.01, with --full 0.5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub limit: Option<f64>,

    #[command(flatten)]
    shape: Option<ShapeFlags>,
}

#[derive(clap::Args)]
#[group(conflicts_with = "full")]
struct ShapeFlags {
    /// Images in a batch
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = flags::count(4096))]
    batch: usize,

    /// Channels of an image
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = flags::count(1024))]
    channels: usize,

    /// Rows and columns of an image
    #[arg(long, value_name = "PIXELS", default_value_t = 28, value_parser = flags::count(1024))]
    size: usize,

    /// Filters
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = flags::count(1024))]
    filters: usize,

    /// Rows and columns of a filter
    #[arg(long, value_name = "PIXELS", default_value_t = 5, value_parser = flags::count(1024))]
    kernel: usize,

    /// Pixels from one position of a filter to the next
    #[arg(long, value_name = "PIXELS", default_value_t = 1, value_parser = flags::count(1024))]
    stride: usize,

    /// Rows and columns of zeros around an image
    #[arg(long, value_name = "PIXELS", default_value_t = 0,
          value_parser = flags::whole(0, 1024))]
    padding: usize,
}

impl Args {
    /// How many shapes.
    pub fn scale(&self) -> Scale {
        match (self.flags.quick, self.full) {
            (true, _) => Scale::Quick,
            (_, true) => Scale::Full,
            _ => Scale::Standard,
        }
    }

    /// The time for each rung in each benchmark.
    pub fn limit(&self) -> Duration {
        let default = [0.01, 0.04, 0.5][self.scale() as usize];
        Duration::from_secs_f64(self.limit.unwrap_or(default))
    }

    /// The rungs that were asked for, or all; those on the GPU only if there is one. An
    /// error if a GPU was asked for and there is none.
    pub fn available_rungs(&self) -> Result<Vec<&'static Rung>> {
        let mut rungs = self.rungs.clone();
        if rungs.is_empty() {
            rungs.extend(RUNGS);
        }
        if rungs.iter().any(|rung| rung.gpu) {
            let name = self.gpu.as_deref();
            match gpu::open(name) {
                Ok(name) => println!("rungs 6 and 7 run on {name}"),
                Err(error) if name.is_some() || !self.rungs.is_empty() => return Err(error),
                Err(error) => {
                    println!("rungs 6 and 7 do not run: {error}");
                    rungs.retain(|rung| !rung.gpu);
                }
            }
        }
        Ok(rungs)
    }

    /// The shape that the flags describe, if any of them is given. A shape that does
    /// not fit ends the program.
    pub fn shape(&self, threads: usize) -> Option<Shape> {
        let flags = self.shape.as_ref()?;
        let ShapeFlags { batch, channels, size, filters, kernel, stride, padding } = *flags;
        let window = Window { stride, padding };
        let shape = Shape { batch, channels, size, filters, kernel, window, threads };
        if let Err(error) = shape.outputs().and_then(|_| shape.check_operations()) {
            let flags = "--batch, --channels, --size, --filters, --kernel, --stride, --padding";
            flags::usage_error(format!("{flags}: {error}"));
        }
        Some(shape)
    }
}

/// Parses a time limit.
fn seconds(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 3600.0 => Ok(seconds),
        _ => Err("must be a number of seconds above 0 and up to 3600, such as 0.5".to_owned()),
    }
}
