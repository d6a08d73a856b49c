//! Chapter 07: naive against optimised convolution, rung by rung.
//!
//!     out[n,f,i,j] = sum over c,k,l of x[n,c,i+k,j+l] w[f,c,k,l]
//!
//! The same sum in six ways, and in two more on a GPU. Each is first compared with the plain loops, and a
//! disagreement stops the race; then each is timed.
//!
//! Expect the last to be a hundred times as fast as the first, and tens of
//! thousands of times as fast as the article's program.
//! In less than a minute; `--quick` in seconds; `--full` in some minutes.
//! Run: cargo run --release -p conv-race

mod args;

use std::io::Write;
use std::time::{Duration, Instant};

use args::Args;
use clap::Parser;
use common::program::{Progress, Summary, thousands};
use common::{Float, Result, files};
use conv_race::{ARTICLE_MS, Amount, Pass, RUNGS, Race, Rates, Row, Rung};
use conv_race::{
    courses, draw_ladder, draw_sweeps, gpu_is_open, ladder, open_gpu, own, race, save_csv,
    save_json, sweeps,
};
use ndarray::s;

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("conv-race");
    let threads = rayon::current_num_threads();
    let (amount, limit) = match (args.flags.quick, args.full) {
        (true, _) => (Amount::Quick, 0.01),
        (_, true) => (Amount::Full, 0.5),
        _ => (Amount::Standard, 0.04),
    };
    let rungs = runnable(&args)?;
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
    let tables = sweeps(&rows); // one for each pass and each thing that grows

    // == Plot ==
    draw_ladder(&out, &rows)?;
    draw_sweeps(&out, &rows)?;

    // == Save ==
    save_csv(&out.join("race.csv"), &rows)?;
    files::write(&out.join("sweeps.txt"), |file| Ok(file.write_all(tables.as_bytes())?))?;
    save_json(&out.join("race.json"), &rates, &rows)?;
    println!(
        "\n{} times, tables and pictures of them are in {}",
        thousands(rows.len()),
        out.display()
    );
    println!("{}", summary(name, &rows, began.elapsed().as_secs_f64()));
    Ok(())
}

/// The rungs that were asked for, or all, without those on the GPU if there is none.
fn runnable(args: &Args) -> Result<Vec<&'static Rung>> {
    let all = RUNGS.iter().collect();
    let mut rungs: Vec<&Rung> = if args.rungs.is_empty() { all } else { args.rungs.clone() };
    if rungs.iter().any(|rung| rung.gpu) {
        let name = args.gpu.as_deref();
        match open_gpu(name) {
            Ok(gpu) => println!("rungs 6 and 7 run on {gpu}"),
            Err(error) if name.is_some() || !args.rungs.is_empty() => return Err(error),
            Err(error) => println!("rungs 6 and 7 do not run: {error}"),
        }
        rungs.retain(|rung| !rung.gpu || gpu_is_open());
    }
    Ok(rungs)
}

/// Every rung's step of the article's network, and the best of 30 filters.
fn summary(data: &str, rows: &[Row], seconds: f64) -> Summary {
    let mut summary = Summary::new("conv-race", data);
    let alone = |row: &&Row| row.sweep.is_none() && row.batch == 100;
    for row in rows.iter().filter(alone).filter(|row| row.pass == Pass::Article) {
        let article = (row.rung == 0).then(|| format!("{:.3} s", ARTICLE_MS / 1e3));
        summary = summary.figure(&format!("step, {}", row.title), row.ms, "ms", article.as_deref());
    }
    let thirty =
        rows.iter().filter(alone).rfind(|row| row.pass == Pass::Forward && row.filters == 30);
    if let Some(row) = thirty {
        summary = summary.figure("30 filters, forward", row.ms, "ms", None).figure(
            "of the product rate",
            row.share,
            "%",
            None,
        );
    }
    summary.figure("everything", seconds, "s", None).with_peak_memory()
}
