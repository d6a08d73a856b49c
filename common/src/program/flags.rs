//! The flags that every chapter has.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;

use super::thousands;
use crate::{Error, Float, Result};

const MAX_THREADS: usize = 1024;

/// Flags of every chapter; each adds its own, with its own defaults.
#[derive(Clone, Debug, clap::Args)]
#[command(allow_negative_numbers = true)] // `--seed -1` is refused by its range
pub struct Flags {
    /// Folder with the data files, or `built-in` for the digits drawn by this
    /// program [default: $DATASETS_DIR, then the cache, then a download]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Seed of the random numbers: same seed, same numbers
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = seed)]
    pub seed: u64,

    /// Threads to compute with; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "COUNT", value_parser = count(MAX_THREADS))]
    pub threads: Option<usize>,

    /// Folder for pictures, parameters and curves [default: out/ and the chapter's name]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// A first look, in seconds: less of everything
    #[arg(long)]
    pub quick: bool,
}

impl Flags {
    /// The folder for results: `--out`, or `out/<chapter>` in the current folder.
    pub fn out(&self, chapter: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| PathBuf::from("out").join(chapter))
    }

    /// The first call of every chapter: starts the threads, warns about a debug
    /// build, and makes the program end without a panic when its output is
    /// closed, as by `head`, or cannot be written.
    /// Fails if the threads cannot be started.
    pub fn start(&self) -> Result {
        exit_when_output_is_closed();
        if cfg!(debug_assertions) {
            eprintln!(
                "note: this is a debug build, which takes at least twice as long; \
                 add --release after `cargo run`"
            );
        }
        let variable = std::env::var("RAYON_NUM_THREADS").unwrap_or_default();
        if self.threads.is_none() && variable.parse().is_ok_and(|n: usize| n > MAX_THREADS) {
            usage_error(format!(
                "RAYON_NUM_THREADS is {variable}; set it to {MAX_THREADS} at most, or unset it"
            ));
        }
        let threads = self.threads.unwrap_or(0); // 0: all cores
        // The main thread is one of them, so a single thread needs no other.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
        pool.build_global().map_err(|error| {
            Error::new(format!(
                "--threads: {threads} threads cannot be started ({error}); ask for fewer"
            ))
        })
    }
}

/// Ends the program as it ends for a flag that does not exist: with this sentence and
/// exit code 2.
pub fn usage_error(sentence: impl Display) -> ! {
    clap::Error::raw(ErrorKind::ValueValidation, format!("{sentence}\n")).exit()
}

/// A parser for a whole number from 1 to `most`.
pub fn count(most: usize) -> impl TypedValueParser<Value = usize> {
    whole(1, most)
}

/// A parser for a whole number from `least` to `most`.
pub fn whole(least: usize, most: usize) -> impl TypedValueParser<Value = usize> {
    move |text: &str| match text.parse() {
        Ok(n) if (least..=most).contains(&n) => Ok(n),
        _ => Err(format!("must be a whole number from {least} to {}", thousands(most))),
    }
}

fn seed(text: &str) -> std::result::Result<u64, String> {
    text.parse().map_err(|_| format!("must be a whole number from 0 to {}", u64::MAX))
}

/// A parser for a learning rate, a number above 0; its error is a sentence for clap.
pub fn learning_rate<F: crate::Real>(text: &str) -> std::result::Result<F, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && F::of(rate).is_finite() => Ok(F::of(rate)),
        _ => Err("must be a number above 0, such as 0.001".to_owned()),
    }
}

/// A parser for a share, a number from 0 to below 1; its error ends with the `example`.
pub fn below_one(example: &'static str) -> impl TypedValueParser<Value = Float> {
    move |text: &str| match text.parse() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(share),
        _ => Err(format!("must be a number from 0 to below 1, such as {example}")),
    }
}

fn exit_when_output_is_closed() {
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>();
        let Some(fault) = message.and_then(|text| text.strip_prefix("failed printing to ")) else {
            return default_hook(panic);
        };
        if !fault.to_lowercase().contains("pipe") {
            // Perhaps stderr is on the same full disk; then the exit code has to do.
            let _ = writeln!(std::io::stderr(), "Error: {fault}; write the output elsewhere");
        }
        std::process::exit(1);
    }));
}
