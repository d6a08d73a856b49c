//! The command line.

use clap::{Parser, ValueEnum};
use common::program::flags::{self, Flags};
use speedrun::recipe::{LADDER, LONG, Recipe};

const SEEDS: usize = 10;
const FEWER_SEEDS: usize = 5; // of each rung
const QUICK_SEEDS: usize = 2;
const QUICK: f64 = 0.1; // of the epochs, to see it work and not to get there

/// Chapter 15: the least time to 99.0 and 99.4 %, as a ladder of one change at a time.
///
/// Without an experiment it trains with one recipe from ten seeds, and tests each network
/// once.
#[derive(Parser)]
#[command(version)]
pub struct Args {
    /// What to do instead, on validation images; the test set is not used
    #[arg(conflicts_with_all = ["aim", "rung", "epochs", "validate"])]
    pub experiment: Option<Experiment>,

    #[command(flatten)]
    pub flags: Flags,

    /// The accuracy to reach, in percent
    #[arg(long, value_enum, default_value = "99.0", conflicts_with = "rung")]
    aim: Aim,

    /// The recipe of another rung of the ladder, by its number [default: the last]
    #[arg(long, value_name = "NUMBER", value_parser = flags::whole(1, LADDER.len()))]
    rung: Option<usize>,

    /// Times that every image is shown, if none is left out [default: the recipe's]
    #[arg(long, value_name = "COUNT", value_parser = epochs)]
    epochs: Option<f64>,

    /// Trainings, each from another seed [default: 10; of each rung 5; with --quick 2]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1_000))]
    seeds: Option<usize>,

    /// Hold back a twelfth of the training images and measure on these, not on the test set
    #[arg(long)]
    pub validate: bool,
}

/// What to do instead of training with one recipe.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Experiment {
    /// All rungs, from lesson 08's network to the fastest recipe
    Ladder,
    /// Changes of the last rung that were tried besides
    Tried,
}

#[derive(Clone, Copy, ValueEnum)]
enum Aim {
    /// The last rung of the ladder
    #[value(name = "99.0")]
    Short,
    /// More filters, more epochs
    #[value(name = "99.4")]
    Long,
}

fn epochs(text: &str) -> Result<f64, String> {
    let epochs = text.parse().ok().filter(|epochs| (0.01..=1_000.0).contains(epochs));
    epochs.ok_or("must be a number from 0.01 to 1000, such as 1.5".to_owned())
}

impl Args {
    /// The recipe that was chosen.
    pub fn recipe(&self) -> Recipe {
        match (self.rung, self.aim) {
            (Some(number), _) => LADDER[number - 1].recipe,
            (None, Aim::Short) => LADDER[LADDER.len() - 1].recipe,
            (None, Aim::Long) => LONG.recipe,
        }
    }

    /// As it is run: with the epochs asked for, or a tenth of its own for a first look.
    pub fn adapted(&self, recipe: Recipe) -> Recipe {
        let part = if self.flags.quick { QUICK } else { 1.0 };
        Recipe { epochs: self.epochs.unwrap_or(recipe.epochs * part), ..recipe }
    }

    /// The seeds of each recipe.
    pub fn seeds(&self) -> impl Iterator<Item = u64> + Clone {
        let count = self.seeds.unwrap_or(match (self.flags.quick, self.experiment) {
            (true, _) => QUICK_SEEDS,
            (_, Some(_)) => FEWER_SEEDS,
            _ => SEEDS,
        });
        (self.flags.seed..).take(count)
    }
}
