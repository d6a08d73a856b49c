//! The tour: builds and runs every chapter, and writes the ledger: the
//! published figures beside ours.
//!
//! Run: cargo run --release -p tour

use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use clap::Parser;
use common::Result;
use common::program::{flags, interrupt};
use tour::args::Args;
use tour::build::build;
use tour::docs::{self, Docs};
use tour::ledger::{self, Ledger};
use tour::live_table::LiveTable;
use tour::machine::Machine;
use tour::results::ChapterResult;
use tour::run::run;
use tour::{chapters, overview, report, workspace};

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    args.flags.start()?;
    let (out, data) = (args.out(), args.data());
    if args.write_docs {
        docs::check_before(data.as_deref()).unwrap_or_else(|error| flags::usage_error(error));
        docs::check_data(data.as_deref())?;
    }
    let root = workspace::find()?;
    let chapters = chapters::select(&args.only);
    let mut results: Vec<_> = chapters.iter().map(|c| ChapterResult::new(c)).collect();
    interrupt::listen()?;
    let table = LiveTable::new(&chapters);

    // == Build ==
    table.set_title("building the chapters; the first time takes several minutes".to_owned());
    let start = Instant::now();
    let show_built = |package: &str| {
        if let Some(row) = chapters.iter().position(|chapter| chapter.package == package) {
            table.set_progress(row, "built".to_owned());
            table.stop(row);
        }
    };
    let build = build(&root, &chapters, &out, |line| table.set_detail(line), show_built)?;
    table.set_title(format!("built in {:.1} s; now they run", start.elapsed().as_secs_f64()));

    // == Run ==
    for (row, result) in results.iter_mut().enumerate() {
        if interrupt::pressed() > 0 {
            break;
        }
        let show_line = |line| table.set_progress(row, line);
        let show_result = |so_far: &_| table.set_result(row, report::line(so_far));
        match build.program(result.chapter) {
            Ok(program) => {
                *result = run(result.chapter, program, &args, show_line, show_result)?;
                if let Some(why) = &result.skipped {
                    table.set_progress(row, format!("skipped: {why}"));
                }
            }
            Err(failure) => {
                table.set_progress(row, "does not build".to_owned());
                result.failure = Some(failure);
            }
        }
        table.stop(row);
    }
    table.clear();
    let stopped = interrupt::pressed() > 0;

    // == Ledger and picture ==
    let ledger = Ledger {
        results: &results,
        machine: &Machine::current(),
        date: ledger::date(SystemTime::now()),
        preset: args.preset(),
        command: args.command(),
        stopped,
    };
    let file = ledger.write(&out)?;
    let picture = overview::draw(&out, &results)?;

    // == Report ==
    // After the files: the output may be closed, or on a full disk.
    println!("{}", report::table(&results));
    eprint!("{}", report::notices(&results));
    println!("ledger: {}", file.display());
    if let Some(picture) = picture {
        println!("picture: {}", picture.display());
    }

    // == Docs ==
    if args.write_docs {
        docs::check_after(&results, stopped)?;
        docs::draw_built_in_digits(&out)?;
        let docs = Docs { root: &root, out: &out, results: &results, data: data.as_deref() };
        if !docs.are_whole() {
            eprintln!("docs/ledger.md keeps the sections of the chapters that --only leaves out");
        }
        for path in docs.write(&ledger.update(&docs.old_ledger()?))? {
            println!("wrote {}", path.strip_prefix(&root).unwrap_or(&path).display());
        }
    }
    if stopped {
        eprintln!("stopped; what was finished is in the ledger");
    }
    let failed = results.iter().any(|result| result.failure.is_some());
    Ok(if stopped || failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
