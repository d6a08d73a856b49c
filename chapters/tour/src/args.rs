//! The flags, and what follows from them.

use std::env;
use std::path::PathBuf;

use clap::Parser;
use common::program::flags::{self, Flags};

use crate::chapters::{self, Preset};

/// Runs every chapter and writes the ledger: the published figures beside ours.
///
/// Takes ten minutes on two cores, two with --quick, and several more to build
/// the chapters for the first time. The output and the pictures of each chapter
/// are kept in the folder of --out.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub flags: Flags,

    /// Everything as it was published, however long it takes
    #[arg(long, conflicts_with = "quick")]
    pub full: bool,

    /// Only these chapters
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = chapters::parse_name)]
    pub only: Vec<String>,

    /// Runs of each chapter, from --seed on [default: 5 of the short ones, 1 of the others]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1000))]
    pub seeds: Option<usize>,

    /// Renew the ledger, pictures and outputs in docs/, from runs on MNIST
    #[arg(long, conflicts_with = "quick")]
    pub write_docs: bool,

    /// Run nothing; say what this machine has, what is missing, and how long the tour takes
    #[arg(long, conflicts_with_all = ["quick", "full", "seeds", "write_docs"])]
    pub doctor: bool,

    /// What --doctor says, for programs
    #[arg(long, requires = "doctor")]
    pub json: bool,

    /// Renew what the estimates of --doctor rest on, from this tour; --write-docs does so too
    #[arg(long, conflicts_with_all = ["seeds", "doctor"])]
    pub write_estimates: bool,
}

impl Args {
    /// The folder for all output.
    pub fn out(&self) -> PathBuf {
        self.flags.out("tour")
    }

    /// The folder with the data, from `--data` or `DATASETS_DIR`.
    pub fn data(&self) -> Option<PathBuf> {
        let variable = env::var_os("DATASETS_DIR").filter(|folder| !folder.is_empty());
        self.flags.data.clone().or(variable.map(PathBuf::from))
    }

    /// How much to compute.
    pub fn preset(&self) -> Preset {
        match (self.flags.quick, self.full) {
            (true, _) => Preset::Quick,
            (_, true) => Preset::Full,
            _ => Preset::Normal,
        }
    }

    /// The command that computes the same figures again, on any machine.
    pub fn command(&self) -> String {
        let mut flags = String::new();
        for (given, flag) in [(self.flags.quick, " --quick"), (self.full, " --full")] {
            flags += if given { flag } else { "" };
        }
        if !self.only.is_empty() {
            flags += &format!(" --only {}", self.only.join(","));
        }
        if let Some(seeds) = self.seeds {
            flags += &format!(" --seeds {seeds}");
        }
        if self.flags.seed != 1 {
            flags += &format!(" --seed {}", self.flags.seed);
        }
        if let Some(threads) = self.flags.threads {
            flags += &format!(" --threads {threads}");
        }
        let separator = if flags.is_empty() { "" } else { " --" };
        format!("cargo run --release -p tour{separator}{flags}")
    }
}
