//! Tables, the chart, the files.

use std::fmt::{self, Display};
use std::io::Write as _;
use std::path::Path;

use common::metric::mean_and_deviation;
use common::plot::{self, Bars};
use common::program::Summary;
use common::{Result, files};

use crate::recipe::{Recipe, Rung};

/// What a training reached.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Of the training.
    pub seed: u64,
    /// From the first random weight to the last step.
    pub seconds: f64,
    /// In percent.
    pub accuracy: f64,
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:.2} % in {:.2} s", self.accuracy, self.seconds)
    }
}

/// Mean and standard deviation of the accuracy and of the seconds.
fn means(outcomes: &[Outcome]) -> [(f64, f64); 2] {
    let of = |value: fn(&Outcome) -> f64| outcomes.iter().map(value).collect::<Vec<f64>>();
    [mean_and_deviation(&of(|o| o.accuracy)), mean_and_deviation(&of(|o| o.seconds))]
}

/// Prints what one recipe reached from each seed, and writes `speedrun.csv` in `out`.
/// Fails if the file cannot be written.
pub fn report_seeds(
    data: &str,
    out: &Path,
    recipe: &Recipe,
    outcomes: &[Outcome],
) -> Result<Summary> {
    println!("{}, {} epochs in batches of {}", recipe.layers, recipe.epochs, recipe.batch_size);
    for outcome in outcomes {
        println!("seed {}: {outcome}", outcome.seed);
    }
    let [(accuracy, of_accuracy), (seconds, of_seconds)] = means(outcomes);
    println!(
        "mean of {} seeds: {accuracy:.3} ± {of_accuracy:.3} % in {seconds:.3} ± {of_seconds:.3} s \
         (mean and standard deviation)",
        outcomes.len()
    );
    let rows: Vec<[f64; 3]> =
        outcomes.iter().map(|o| [o.seed as f64, o.seconds, o.accuracy]).collect();
    files::save_csv(&out.join("speedrun.csv"), ["seed", "seconds", "accuracy"], &rows)?;
    println!("the seeds, the mistakes and the parameters of the first are in {}", out.display());
    Ok(Summary::new("speedrun", data)
        .figure("accuracy", accuracy, "%", None)
        .figure("training", seconds, "s", None))
}

/// Prints a table of all `rungs`, and writes it as `<name>.md` and `<name>.csv` in `out`,
/// with a chart of their seconds. Fails if a file cannot be written.
pub fn report_rungs(
    name: &str,
    data: &str,
    out: &Path,
    rungs: &[Rung],
    outcomes: &[Vec<Outcome>],
) -> Result<Summary> {
    let mut table = "|  | change | epochs | accuracy | seconds |\n".to_owned();
    table += "| ---: | --- | ---: | ---: | ---: |\n";
    let mut csv = "rung,seed,seconds,accuracy\n".to_owned();
    let mut all_seconds = Vec::new();
    for (k, (Rung { change, recipe }, outcomes)) in rungs.iter().zip(outcomes).enumerate() {
        let [(accuracy, of_accuracy), (seconds, of_seconds)] = means(outcomes);
        all_seconds.push(seconds);
        table += &format!(
            "| {} | {change} | {} | {accuracy:.2} ± {of_accuracy:.2} | {seconds:.2} ± {of_seconds:.2} |\n",
            k + 1,
            recipe.epochs
        );
        for o in outcomes {
            csv += &format!("{},{},{},{}\n", k + 1, o.seed, o.seconds, o.accuracy);
        }
    }
    let seeds = outcomes[0].len();
    println!("{seeds} seeds; accuracy on validation images in %, mean and standard deviation\n");
    println!("{table}");
    let write = |ending: &str, text: &str| {
        let path = out.join(format!("{name}.{ending}"));
        files::write(&path, |file| Ok(file.write_all(text.as_bytes())?))
    };
    write("md", &table)?;
    write("csv", &csv)?;
    let bars = Bars {
        title: format!("Seconds of training, mean of {seeds} seeds"),
        unit: "s".to_owned(),
        x_label: "seconds".to_owned(),
        rows: rungs.iter().enumerate().map(|(k, r)| format!("{} {}", k + 1, r.change)).collect(),
        series: vec![("seconds".to_owned(), all_seconds.clone())],
        reference: None,
    };
    plot::bars(&out.join(name), &bars)?;
    println!("the table and its chart are in {}", out.display());
    let [(accuracy, _), (seconds, _)] = means(&outcomes[outcomes.len() - 1]);
    Ok(Summary::new("speedrun", data)
        .figure("first row", all_seconds[0], "s", None)
        .figure("last row", seconds, "s", None)
        .figure("last row's accuracy", accuracy, "%", None))
}
