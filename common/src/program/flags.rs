//! The flags that every chapter answers to.

use std::path::PathBuf;

use crate::{Error, Result};

/// Flags of every chapter; each adds its own, with its own defaults.
#[derive(Clone, Debug, clap::Args)]
pub struct Flags {
    /// Folder with the data files, or `built-in` for the digits drawn by this
    /// program [default: $DATASETS_DIR, then the cache, then a download]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Where the random numbers start: same seed, same numbers
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
    /// The folder for results: `--out`, or `out/<chapter>` below the current
    /// folder.
    pub fn out(&self, chapter: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| PathBuf::from("out").join(chapter))
    }

    /// What every chapter does first: takes the threads asked for, warns of a
    /// debug build, and sees to it that a reader who pipes the output into
    /// `head` is not shown a panic.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn start(&self) -> Result {
        end_quietly_when_nobody_listens();
        if cfg!(debug_assertions) {
            eprintln!(
                "note: this is a debug build, which takes at least twice as long; \
                 add --release after `cargo run`"
            );
        }
        let threads = self.threads.unwrap_or(0); // 0: rayon takes all cores
        // The lesson's own thread is one of them: it works, instead of waking
        // another and waiting for it.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
        pool.build_global().map_err(|error| {
            Error::new(format!(
                "--threads: {threads} threads cannot be started ({error}); ask for fewer"
            ))
        })
    }
}

/// A parser for a whole number from 1 to `most`.
pub fn count(most: u64) -> impl clap::builder::TypedValueParser<Value = usize> {
    use clap::builder::TypedValueParser;
    clap::value_parser!(u64).range(1..=most).map(|n| n as usize)
}

/// A parser for a learning rate: a number above 0.
///
/// # Errors
/// A sentence for clap to print behind the flag's name.
pub fn learning_rate<F: crate::Real>(text: &str) -> std::result::Result<F, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && F::of(rate).is_finite() => Ok(F::of(rate)),
        _ => Err("must be a number above 0, such as 0.001".to_owned()),
    }
}

fn end_quietly_when_nobody_listens() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>();
        if message.is_some_and(|text| text.starts_with("failed printing to")) {
            std::process::exit(1);
        }
        report(panic);
    }));
}
