//! Chapter 07: naive against optimised convolution, rung by rung.
//!
//!     out[n,f,i,j] = sum over c,k,l of x[n,c,i+k,j+l] w[f,c,k,l]
//!
//! The same sum in six ways, and in two more on a GPU. Every way is first compared with
//! the plain loops; if one disagrees, the race stops. Then all are timed.
//!
//! Expect the last rung to be a hundred times as fast as the first, and tens of thousands
//! of times as fast as the article's program. Less than a minute; `--quick` takes seconds,
//! `--full` some minutes.
//! Run: cargo run --release -p conv-race

mod args;

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Instant;

use args::Args;
use clap::Parser;
use common::batch::take_rows;
use common::program::{Progress, thousands};
use common::{Float, Result, files};
use conv_race::benchmarks::{benchmarks, benchmarks_of};
use conv_race::measurement::{Measurement, save_csv, save_json};
use conv_race::pictures::{draw_ladder, draw_sweeps};
use conv_race::race::{Options, race};
use conv_race::report::{benchmark_table, summary, sweep_tables};
use conv_race::rungs::Rung;
use conv_race::timer::{LIBRARY, Matmul, Peak};

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("conv-race");
    let threads = rayon::current_num_threads();
    let rungs = args.available_rungs()?;
    let benchmarks = match args.shape(threads) {
        Some(shape) => benchmarks_of(shape),
        None => benchmarks(args.scale(), threads), // the article's, 30 filters, sweeps
    };

    for Rung { number, title, .. } in rungs.iter().filter(|rung| {
        benchmarks.iter().all(|benchmark| !rung.supports(benchmark.pass, &benchmark.shape))
    }) {
        println!("rung {number}, {title}, does not run: one image would take it minutes");
    }

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let largest = benchmarks.iter().map(|benchmark| benchmark.shape.batch).max().unwrap_or(0);
    let rows: Vec<usize> = (0..largest).map(|i| i % data.train.len()).collect(); // few repeat
    let (x, t) = (take_rows(&data.train.x, &rows), take_rows(&data.train.t, &rows)); // (N, 784), (N, 10)
    let name = data.name;
    drop(data); // 188 MB that are not needed

    // == The machine ==
    let matmul = Matmul::new()?;
    let counts = benchmarks.iter().map(|benchmark| benchmark.shape.threads);
    let counts: BTreeSet<usize> = counts.chain([1]).collect();
    let peaks: Vec<Peak> =
        counts.into_iter().map(|count| matmul.peak(count)).collect::<Result<_>>()?;
    for Peak { threads, gflops, limit_gflops, lanes } in &peaks {
        println!(
            "a large matrix product on {threads} thread(s): {gflops:.0} GFLOP/s by {LIBRARY}, \
             of {limit_gflops:.0} that {lanes} lanes can do"
        );
    }

    // == Race ==
    let (limit, seed) = (args.limit(), args.flags.seed);
    let options = Options { rungs: &rungs, limit, seed, digits: (&x, &t), matmul: &matmul };
    let start = Instant::now();
    let mut progress = Progress::new(benchmarks.len() * rungs.len());
    let mut measurements: Vec<Measurement> = Vec::new();
    for (i, benchmark) in benchmarks.iter().enumerate() {
        let (name, shape, mut timed) = (benchmark.pass.name(), benchmark.shape, 0);
        // Equal first, then timed.
        let new = race(benchmark, &options, &mut |rung| {
            timed += 1;
            let done = i * rungs.len() + timed.min(rungs.len()); // the reference always runs
            progress.at(done, || format!("{name}: {shape}, rung {}", rung.number));
        })?;
        if benchmark.sweep.is_none() {
            println!("\n{}", benchmark_table(benchmark, &new).trim_end());
        }
        measurements.extend(new);
    }
    progress.finish();

    // == Plot ==
    draw_ladder(&out, &measurements)?;
    draw_sweeps(&out, &measurements)?;

    // == Save ==
    let tables = sweep_tables(&measurements); // one for each pass of each sweep
    files::write(&out.join("sweeps.txt"), |file| Ok(file.write_all(tables.as_bytes())?))?;
    save_csv(&out.join("race.csv"), &measurements)?;
    save_json(&out.join("race.json"), &peaks, &measurements)?;

    // == Report ==
    println!(
        "\n{} times, tables and pictures of them are in {}",
        thousands(measurements.len()),
        out.display()
    );
    println!("{}", summary(name, &measurements, start.elapsed().as_secs_f64()));
    Ok(())
}
