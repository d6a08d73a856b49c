//! The flags that every chapter has.

use std::path::PathBuf;

use clap::builder::TypedValueParser;

use crate::{Error, Result};

/// Flags of every chapter; each adds its own, with its own defaults.
#[derive(Clone, Debug, clap::Args)]
pub struct Flags {
    /// Folder with the data files, or `built-in` for the digits drawn by this
    /// program [default: $DATASETS_DIR, then the cache, then a download]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Seed of the random numbers: same seed, same numbers
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub seed: u64,

    /// Threads to compute with; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "COUNT", value_parser = count(1024))]
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
    /// closed, as by `head`.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn start(&self) -> Result {
        exit_when_output_is_closed();
        if cfg!(debug_assertions) {
            eprintln!(
                "note: this is a debug build, which takes at least twice as long; \
                 add --release after `cargo run`"
            );
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

/// A parser for a whole number from 1 to `most`.
pub fn count(most: u64) -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u64).range(1..=most).map(|n| n as usize)
}

/// A parser for a learning rate: a number above 0.
///
/// # Errors
/// A sentence that clap prints behind the flag's name.
pub fn learning_rate<F: crate::Real>(text: &str) -> std::result::Result<F, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && F::of(rate).is_finite() => Ok(F::of(rate)),
        _ => Err("must be a number above 0, such as 0.001".to_owned()),
    }
}

fn exit_when_output_is_closed() {
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>();
        if message.is_some_and(|text| text.starts_with("failed printing to")) {
            std::process::exit(1);
        }
        default_hook(panic);
    }));
}
