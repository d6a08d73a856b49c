//! The tour: runs every chapter, one after the other, and writes the ledger:
//! the published figures beside ours.
//!
//! Run: cargo run --release -p tour

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use clap::Parser;
use common::Result;
use common::program::flags::{self, Flags};
use common::program::interrupt;
use tour::chapters::{self, CHAPTERS, Pace};
use tour::ledger::Ledger;
use tour::machine::Machine;
use tour::runs::{self, Outcome, Told, Wishes};
use tour::screen::{self, Screen};
use tour::workspace::Workspace;
use tour::{date, docs, overview};

/// Runs every chapter and writes the ledger: the published figures beside ours.
///
/// Within ten minutes on two cores; two with --quick. What each chapter says
/// and draws is kept in the folder of --out.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Everything as it was published, however long it takes
    #[arg(long, conflicts_with = "quick")]
    full: bool,

    /// Only these chapters
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = chapters::known)]
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
    let wishes = args.wishes();
    let variable = std::env::var_os("DATASETS_DIR").filter(|folder| !folder.is_empty());
    let data = wishes.data.clone().or(variable.map(PathBuf::from));
    if args.write_docs {
        docs::refuse_early(data.as_deref())?;
    }
    let workspace = Workspace::find()?;
    let chapters = chapters::chosen(&args.only);
    let mut outcomes: Vec<_> = chapters.iter().map(|c| Outcome::none(c)).collect();
    interrupt::listen()?;
    let screen = Screen::new(&chapters);

    // == Build ==
    screen.title("building the chapters, the first time for a minute or two");
    let start = Instant::now();
    for (row, outcome) in outcomes.iter_mut().enumerate() {
        if interrupt::pressed() > 0 {
            break;
        }
        let tell = |line: &str| screen.now(row, line);
        outcome.failure = runs::build(&workspace, outcome.chapter, &wishes.out, tell)?;
        screen.now(row, if outcome.failure.is_some() { "does not build" } else { "built" });
        screen.rest(row);
    }
    let seconds = start.elapsed().as_secs_f64();
    screen.title(&format!("built in {seconds:.1} s; now they run"));

    // == Run ==
    for (row, outcome) in outcomes.iter_mut().enumerate() {
        if outcome.failure.is_some() || interrupt::pressed() > 0 {
            continue;
        }
        let chapter = outcome.chapter;
        outcome.skipped = runs::lacks(&workspace, chapter, &wishes.out)?;
        if let Some(why) = &outcome.skipped {
            screen.now(row, &format!("skipped: {why}"));
            screen.rest(row);
            continue;
        }
        *outcome = runs::run(&workspace, chapter, &wishes, |told| match told {
            Told::Line { run, of, line } => screen.now(row, &format!("run {run} of {of}: {line}")),
            Told::Ended(so_far) => screen.reached(row, chapter, &screen::line(so_far)),
        })?;
        screen.rest(row);
    }
    screen.clear();
    let stopped = interrupt::pressed() > 0;

    // == Report ==
    println!("{}", screen::table(&outcomes));
    eprint!("{}", screen::other_data(&outcomes));
    eprint!("{}", screen::skipped(&outcomes));
    let failures = screen::failures(&outcomes);
    eprint!("{failures}");

    // == Ledger and picture ==
    let ledger = Ledger {
        outcomes: &outcomes,
        machine: &Machine::here(),
        date: date::utc(SystemTime::now()),
        pace: wishes.pace,
        command: args.command(),
        stopped,
    };
    println!("ledger: {}", ledger.write(&wishes.out)?.display());
    if let Some(picture) = overview::draw(&wishes.out, &outcomes)? {
        println!("picture: {}", picture.display());
    }

    // == Docs ==
    if args.write_docs {
        docs::refuse_late(&outcomes, stopped)?;
        docs::contact_sheet(&wishes.out)?;
        let whole = outcomes.len() == CHAPTERS.len();
        if !whole {
            eprintln!("docs/ledger.md keeps the sections of the chapters that --only leaves out");
        }
        let root = &workspace.root;
        let (text, data) = (ledger.renew(&docs::ledger(root)?), data.as_deref());
        for path in docs::refresh(root, &wishes.out, &outcomes, &text, whole, data)? {
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
    fn wishes(&self) -> Wishes {
        Wishes {
            pace: match (self.flags.quick, self.full) {
                (true, _) => Pace::Quick,
                (_, true) => Pace::Full,
                _ => Pace::Normal,
            },
            first_seed: self.flags.seed,
            seeds: self.seeds,
            data: self.flags.data.clone(),
            threads: self.flags.threads,
            out: self.flags.out("tour"),
        }
    }

    /// The command that makes the same figures again, on whatever machine.
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
