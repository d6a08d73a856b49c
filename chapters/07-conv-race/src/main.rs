//! Chapter 07: naive against optimised convolution, rung by rung.
//!
//!     out[n,f,i,j] = sum over c,k,l of x[n,c,i+k,j+l] w[f,c,k,l]
//!
//! The same sum in six ways. Each is first compared with the plain loops, and a
//! disagreement stops the race; then each is timed.
//!
//! Expect the last to be a hundred times as fast as the first, and tens of
//! thousands of times as fast as the article's program.
//! In less than a minute; `--quick` in seconds; `--full` in some minutes.
//! Run: cargo run --release -p conv-race

use std::time::{Duration, Instant};

use clap::{CommandFactory, Parser, error::ErrorKind};
use cnn_naive::Window;
use common::cli::{self, Flags};
use common::report::{Progress, Summary, thousands};
use common::{Float, Result};
use conv_race::{ARTICLE_MS, Amount, Axis, Pass, RUNGS, Race, Rates, Row, Rung, Shape};
use conv_race::{courses, draw_ladder, draw_sweeps, ladder, own, race, save_csv, save_json, sweep};
use ndarray::s;

/// Chapter 07: naive against optimised convolution, rung by rung.
///
/// With any of --batch, --channels, --size, --filters, --kernel, --stride and
/// --padding only that shape is raced; what is not given is the article's: 100
/// images of 28 x 28, one channel, one filter of 5 x 5. The rung on the GPU comes
/// with lesson 06.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// All sizes, with more time for each
    #[arg(long, conflicts_with = "quick")]
    full: bool,

    /// Only these rungs, by number or name; rung 1 judges and always runs
    #[arg(long, value_name = "RUNGS", value_delimiter = ',', value_parser = conv_race::called)]
    rungs: Vec<&'static Rung>,

    /// Seconds for each rung on each shape; what is slower runs on fewer images
    /// and is projected [default: 0.05, with --quick 0.01, with --full 0.5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    limit: Option<f64>,

    /// Images in a batch
    #[arg(long, value_name = "COUNT", value_parser = cli::count(4096), conflicts_with = "full")]
    batch: Option<usize>,

    /// Channels of an image
    #[arg(long, value_name = "COUNT", value_parser = cli::count(1024), conflicts_with = "full")]
    channels: Option<usize>,

    /// Rows and columns of an image
    #[arg(long, value_name = "PIXELS", value_parser = cli::count(1024), conflicts_with = "full")]
    size: Option<usize>,

    /// Filters
    #[arg(long, value_name = "COUNT", value_parser = cli::count(1024), conflicts_with = "full")]
    filters: Option<usize>,

    /// Rows and columns of a filter
    #[arg(long, value_name = "PIXELS", value_parser = cli::count(1024), conflicts_with = "full")]
    kernel: Option<usize>,

    /// Pixels from one place of a filter to the next
    #[arg(long, value_name = "PIXELS", value_parser = cli::count(1024), conflicts_with = "full")]
    stride: Option<usize>,

    /// Zeros around an image
    #[arg(long, value_name = "PIXELS", conflicts_with = "full",
          value_parser = clap::value_parser!(u16).range(..=1024))]
    padding: Option<u16>,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("conv-race");
    let threads = rayon::current_num_threads();
    let (amount, limit) = match (args.flags.quick, args.full) {
        (true, _) => (Amount::Quick, 0.01),
        (_, true) => (Amount::Full, 0.5),
        _ => (Amount::Standard, 0.05),
    };
    let all = RUNGS.iter().collect();
    let rungs: Vec<&Rung> = if args.rungs.is_empty() { all } else { args.rungs.clone() };
    let courses = match args.shape(threads) {
        Some(shape) => own(shape),
        None => courses(amount, threads),
    };

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let most = courses.iter().map(|course| course.shape.batch).max().unwrap_or(0);
    let x = data.train.x.slice(s![..most, ..]).to_owned(); // (N, 784)
    let t = data.train.t.slice(s![..most, ..]).to_owned(); // (N, 10)
    let name = data.name;
    drop(data); // 188 MB that the race has no use for

    // == The machine ==
    let rates = Rates::measure(courses.iter().map(|course| course.shape.threads))?;
    for (threads, rate) in rates.all() {
        println!("a large matrix product on {threads} thread(s): {rate:.0} GFLOP/s");
    }

    // == Race ==
    let limit = Duration::from_secs_f64(args.limit.unwrap_or(limit));
    let setting =
        Race { rungs: &rungs, limit, seed: args.flags.seed, digits: (&x, &t), rates: &rates };
    let began = Instant::now();
    let mut progress = Progress::new(courses.len());
    let mut rows: Vec<Row> = Vec::new();
    for (i, course) in courses.iter().enumerate() {
        let new = race(course, &setting)?; // equal first, then timed
        if course.axis.is_none() {
            println!("\n{}", ladder(&course.shape, &new).trim_end());
        }
        rows.extend(new);
        progress.at(i + 1, || format!("{}: {}", course.pass.name(), course.shape));
    }
    progress.finish();

    // == Report ==
    for axis in Axis::ALL {
        for pass in [Pass::Forward, Pass::Backward, Pass::Step, Pass::Article] {
            let of = |row: &&Row| row.sweep == Some(axis) && row.pass == pass;
            let found: Vec<&Row> = rows.iter().filter(of).collect();
            if !found.is_empty() {
                println!("\n{}", sweep(axis, pass, &found).trim_end());
            }
        }
    }

    // == Plot ==
    draw_ladder(&out, &rows)?;
    draw_sweeps(&out, &rows)?;

    // == Save ==
    save_csv(&out.join("race.csv"), &rows)?;
    save_json(&out.join("race.json"), &rates, &rows)?;
    println!("\n{} times and their pictures are in {}", thousands(rows.len()), out.display());
    println!("{}", summary(name, &rows, began.elapsed().as_secs_f64()));
    Ok(())
}

impl Args {
    /// The user's own shape, if any of its flags is there. One that does not fit
    /// ends the program with a sentence.
    fn shape(&self, threads: usize) -> Option<Shape> {
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

/// Every rung's step of the article's network, and the best of 30 filters.
fn summary(data: &str, rows: &[Row], seconds: f64) -> Summary {
    let mut summary = Summary::new("conv-race", data);
    let alone = |row: &&Row| row.sweep.is_none() && row.batch == 100;
    for row in rows.iter().filter(alone).filter(|row| row.pass == Pass::Article) {
        let article = (row.rung == 0).then(|| format!("{:.3} s", ARTICLE_MS / 1e3));
        summary = summary.figure(&format!("step {}", row.name), row.ms, "ms", article.as_deref());
    }
    let thirty =
        rows.iter().filter(alone).rfind(|row| row.pass == Pass::Forward && row.filters == 30);
    if let Some(row) = thirty {
        summary = summary.figure("30 filters forward", row.ms, "ms", None).figure(
            "of the product rate",
            row.share,
            "%",
            None,
        );
    }
    summary.figure("everything", seconds, "s", None).with_peak_memory()
}

/// A parser for a time limit.
fn seconds(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 3600.0 => Ok(seconds),
        _ => Err("must be a number of seconds above 0 and up to 3600, such as 0.5".to_owned()),
    }
}
