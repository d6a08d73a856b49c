//! The tour: builds and runs every chapter, and writes the ledger: the
//! published figures beside ours.
//!
//! Run: cargo run --release -p tour

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use clap::Parser;
use common::Result;
use common::program::flags::{self, Flags};
use common::program::interrupt;
use tour::build::{self, build};
use tour::chapters::{self, Preset};
use tour::docs::{self, Docs};
use tour::ledger::{self, Ledger};
use tour::live_table::LiveTable;
use tour::machine::Machine;
use tour::results::ChapterResult;
use tour::run::{self, Options, run};
use tour::workspace::Workspace;
use tour::{overview, report};

/// Runs every chapter and writes the ledger: the published figures beside ours.
///
/// Takes ten minutes on two cores, two with --quick, and several more to build
/// the chapters for the first time. The output and the pictures of each chapter
/// are kept in the folder of --out.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Everything as it was published, however long it takes
    #[arg(long, conflicts_with = "quick")]
    full: bool,

    /// Only these chapters
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = chapters::parse_name)]
    only: Vec<String>,

    /// Runs of each chapter, from --seed on [default: 5 of the short ones, 1 of the others]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(1000))]
    seeds: Option<usize>,

    /// Renew the ledger, pictures and outputs in docs/, from runs on MNIST
    #[arg(long, conflicts_with = "quick")]
    write_docs: bool,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    args.flags.start()?;
    let options = args.options();
    let variable = std::env::var_os("DATASETS_DIR").filter(|folder| !folder.is_empty());
    let data = options.data.clone().or(variable.map(PathBuf::from));
    if args.write_docs {
        docs::check_before(data.as_deref()).unwrap_or_else(|error| flags::usage_error(error));
        docs::check_data(data.as_deref())?;
    }
    let workspace = Workspace::find()?;
    let chapters = chapters::select(&args.only);
    let mut results: Vec<_> = chapters.iter().map(|c| ChapterResult::new(c)).collect();
    interrupt::listen()?;
    let table = LiveTable::new(&chapters);

    // == Build ==
    table.set_title("building the chapters; the first time takes several minutes".to_owned());
    let start = Instant::now();
    let build = build(&workspace, &chapters, &options.out, |event| match event {
        build::Event::Line(line) => table.set_detail(line),
        build::Event::Built(package) => {
            if let Some(row) = chapters.iter().position(|chapter| chapter.package == package) {
                table.set_progress(row, "built".to_owned());
                table.stop(row);
            }
        }
    })?;
    table.set_title(format!("built in {:.1} s; now they run", start.elapsed().as_secs_f64()));

    // == Run ==
    for (row, result) in results.iter_mut().enumerate() {
        if interrupt::pressed() > 0 {
            break;
        }
        let chapter = result.chapter;
        match build.program(chapter) {
            Ok(program) => {
                *result = run(chapter, program, &options, |event| match event {
                    run::Event::Line { run, runs, line } => {
                        table.set_progress(row, format!("run {run} of {runs}: {line}"));
                    }
                    run::Event::RunEnded(so_far) => {
                        table.set_result(row, chapter, report::line(so_far));
                    }
                })?;
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
        preset: options.preset,
        command: args.command(),
        stopped,
    };
    let file = ledger.write(&options.out)?;
    let picture = overview::draw(&options.out, &results)?;

    // == Report ==
    // After the files: the output may be closed, or on a full disk.
    println!("{}", report::table(&results));
    eprint!("{}", report::other_data_notices(&results));
    eprint!("{}", report::skipped(&results));
    let failures = report::failures(&results);
    eprint!("{failures}");
    println!("ledger: {}", file.display());
    if let Some(picture) = picture {
        println!("picture: {}", picture.display());
    }

    // == Docs ==
    if args.write_docs {
        docs::check_after(&results, stopped)?;
        docs::draw_built_in_digits(&options.out)?;
        let (root, out) = (workspace.root.as_path(), options.out.as_path());
        let docs = Docs { root, out, results: &results, data: data.as_deref() };
        if !docs.are_whole() {
            eprintln!("docs/ledger.md keeps the sections of the chapters that --only leaves out");
        }
        for path in docs.write(&ledger.update(&docs.old_ledger()?))? {
            println!("wrote {}", path.strip_prefix(root).unwrap_or(&path).display());
        }
    }
    if stopped {
        eprintln!("stopped; what was finished is in the ledger");
        return Ok(ExitCode::FAILURE);
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Args {
    fn options(&self) -> Options {
        Options {
            preset: match (self.flags.quick, self.full) {
                (true, _) => Preset::Quick,
                (_, true) => Preset::Full,
                _ => Preset::Normal,
            },
            first_seed: self.flags.seed,
            seeds: self.seeds,
            data: self.flags.data.clone(),
            threads: self.flags.threads,
            out: self.flags.out("tour"),
        }
    }

    /// The command that computes the same figures again, on any machine.
    fn command(&self) -> String {
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
