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
use tour::chapters::Chapter;
use tour::docs::{self, Docs};
use tour::ledger::{self, Ledger};
use tour::live_table::LiveTable;
use tour::machine::{self, Machine};
use tour::numbers::Numbers;
use tour::probe::Probe;
use tour::results::ChapterResult;
use tour::run::run;
use tour::work::{self, Work};
use tour::{chapters, doctor, overview, publishable, report, workspace};

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    args.flags.start()?;
    let (out, data) = (args.out(), args.data());
    if args.doctor {
        eprintln!("looking at this machine, for some seconds");
        let diagnosis = doctor::diagnose(&args, &chapters::select(&args.only))?;
        match args.json {
            true => println!("{}", serde_json::to_string_pretty(&diagnosis)?),
            false => print!("{diagnosis}"),
        }
        return Ok(if diagnosis.can_start { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if args.write_estimates && cfg!(debug_assertions) {
        flags::usage_error("--write-estimates: a debug build is no measure; add --release");
    }
    if args.write_docs {
        publishable::check_before(data.as_deref())
            .unwrap_or_else(|error| flags::usage_error(error));
        publishable::check_data(data.as_deref())?;
    }
    let root = workspace::find()?;
    let numbers = match args.write_docs {
        true => Numbers::read(&root.join("docs"))?,
        false => Numbers::default(),
    };
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
    let is_first = doctor::built(&chapters)? == 0;
    let build = build(&root, &chapters, &out, |line| table.set_detail(line), show_built)?;

    // == Estimate ==
    let build_seconds = start.elapsed().as_secs_f64();
    table.set_title(format!("built in {build_seconds:.1} s; two seconds to see how fast this is"));
    let gpus = machine::gpus();
    let (gpu, probe) = (work::gpu_kind(gpus.as_deref().unwrap_or_default()), Probe::measure()?);
    let estimate = |chapter: &Chapter| match args.seeds {
        None => work::estimate(chapter, args.preset(), gpu, &probe),
        Some(_) => None, // of other runs than were measured
    };
    let seconds: f64 = chapters.iter().filter_map(|chapter| estimate(chapter)).sum();
    let about = if seconds > 0.0 { format!(", for about {seconds:.0} s") } else { String::new() };
    table.set_title(format!("now they run{about}"));

    // == Run ==
    for (row, result) in results.iter_mut().enumerate() {
        if interrupt::pressed() > 0 {
            break;
        }
        let show_line = |line| table.set_progress(row, line);
        let show_result = |so_far: &_| table.set_result(row, report::line(so_far));
        match (build.program(result.chapter), &gpus) {
            (Ok(_), Err(why)) if result.chapter.needs_gpu => {
                table.set_progress(row, format!("skipped: {why}"));
                result.skipped = Some(why.clone());
            }
            (Ok(program), _) => {
                let runs = numbers.definitions(&result.chapter.folder).runs;
                *result = run(result.chapter, program, &args, &runs, show_line, show_result)?;
                result.estimate = estimate(result.chapter);
            }
            (Err(failure), _) => {
                table.set_progress(row, "does not build".to_owned());
                result.failure = Some(failure);
            }
        }
        table.stop(row);
    }
    table.clear();
    let stopped = interrupt::pressed() > 0;

    // == Ledger and picture ==
    let machine = Machine::current();
    let ledger = Ledger {
        results: &results,
        machine: &machine,
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
    if !stopped {
        print!("{}", report::estimates(&results));
    }
    eprint!("{}", report::notices(&results));
    println!("ledger: {}", file.display());
    if let Some(picture) = picture {
        println!("picture: {}", picture.display());
    }

    // == Docs ==
    if args.write_docs {
        publishable::check_after(&results, stopped)?;
        docs::draw_built_in_digits(&out)?;
        let docs = Docs { root: &root, out: &out, results: &results, data: data.as_deref() };
        if !docs.are_whole() {
            eprintln!("docs/ledger.md keeps the sections of the chapters that --only leaves out");
        }
        for path in docs.write(&ledger, numbers)? {
            println!("wrote {}", path.strip_prefix(&root).unwrap_or(&path).display());
        }
    }
    // == Estimates of later tours ==
    if (args.write_docs || args.write_estimates) && args.seeds.is_none() && !stopped {
        let probe = probe.mean(Probe::measure()?); // before and after
        let measured = |result| Work::of(result, args.preset(), gpu, &probe);
        let mut new: Vec<Work> = results.iter().filter_map(measured).collect();
        if is_first && args.only.is_empty() {
            let cpu_seconds = build.cargo.cpu_seconds;
            new.push(Work::measured(work::BUILD, build_seconds, cpu_seconds, &probe));
        }
        let path = work::renew(&root, new, &ledger.date, &machine)?;
        println!("wrote {}", path.strip_prefix(&root).unwrap_or(&path).display());
    }
    if stopped {
        eprintln!("stopped; what was finished is in the ledger");
    }
    let failed = results.iter().any(|result| result.failure.is_some());
    Ok(if stopped || failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
