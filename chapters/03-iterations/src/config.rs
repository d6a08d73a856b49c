//! What is trained: the settings of every run of the three studies.

/// Examples in a batch, drawn with replacement, as in the article.
pub const BATCH_SIZE: usize = 100;
/// Iterations of the longest run.
pub const MOST_ITERATIONS: usize = 10_000_000;
const NETWORKS: [Option<usize>; 2] = [None, Some(100)]; // those of chapters 01 and 02
const LEARNING_RATE: f64 = 0.001; // the article's; gradients are summed over the batch

/// The questions of this chapter.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub enum Study {
    /// How long? Both networks at 0.001
    Iterations,
    /// How fast? Both networks at several learning rates
    Rates,
    /// How wide? 20 to 200 hidden units
    Widths,
}

/// The settings of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The study that it belongs to.
    pub study: Study,
    /// Hidden units; `None` is the network of chapter 01.
    pub hidden: Option<usize>,
    /// For gradients that are summed over the batch.
    pub learning_rate: f64,
    /// Seed of the initial weights and of the batches.
    pub seed: u64,
    /// Iterations; training goes on to the next point of the curve.
    pub iterations: usize,
}

impl Config {
    /// "no hidden layer" or "100 hidden units".
    pub fn network_name(&self) -> String {
        self.hidden.map_or("no hidden layer".to_owned(), |h| format!("{h} hidden units"))
    }

    /// The name of the file that the run is saved in.
    pub fn file_name(&self) -> String {
        let Config { hidden, learning_rate, seed, .. } = self;
        let study = format!("{:?}", self.study).to_lowercase();
        let network = hidden.map_or("simple".to_owned(), |h| format!("hidden-{h}"));
        format!("{study}-{network}-rate-{learning_rate}-batch-{BATCH_SIZE}-seed-{seed}.npz")
    }
}

/// How long each study trains, and what it varies.
pub struct Preset {
    /// Iterations of the first study.
    pub iterations: usize,
    /// Learning rates of the second.
    pub rates: &'static [f64],
    /// Its iterations.
    pub rate_iterations: usize,
    /// Hidden units of the third.
    pub widths: &'static [usize],
    /// Its iterations.
    pub width_iterations: usize,
}

impl Preset {
    /// The settings of the runs of `study`.
    pub fn configs(&self, study: Study, seed: u64) -> Vec<Config> {
        let config = |hidden, learning_rate, iterations| Config {
            study,
            hidden,
            learning_rate,
            seed,
            iterations,
        };
        let rates =
            |hidden| self.rates.iter().map(move |&rate| config(hidden, rate, self.rate_iterations));
        let width = |&hidden| config(Some(hidden), LEARNING_RATE, self.width_iterations);
        match study {
            Study::Iterations => {
                NETWORKS.map(|hidden| config(hidden, LEARNING_RATE, self.iterations)).to_vec()
            }
            Study::Rates => NETWORKS.into_iter().flat_map(rates).collect(),
            Study::Widths => self.widths.iter().map(width).collect(),
        }
    }
}
