//! Runs one chapter over its seeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use common::Result;
use common::program::{Figure, Summary, interrupt};

use crate::args::Args;
use crate::chapters::Chapter;
use crate::curves;
use crate::process::{self, Finished};
use crate::results::{ChapterResult, Failure, Run};

/// The run whose network the live figure shows, where that of the first run is too large.
const LOOK: &str = "look";

/// Runs `program` of `chapter` over its seeds, until one fails or Ctrl-C is pressed, and then
/// with the arguments of each of `page_runs`, for its page; those like `NAME=value` in front
/// are environment variables. Calls `on_line` with each line of
/// its output, which run it is in front, and `on_result` with the result so far after each
/// run that succeeds.
/// Fails if it cannot be started or a log cannot be written.
pub fn run(
    chapter: &'static Chapter,
    program: &Path,
    args: &Args,
    page_runs: &BTreeMap<String, Vec<String>>,
    on_line: impl Fn(String),
    on_result: impl Fn(&ChapterResult),
) -> Result<ChapterResult> {
    let mut result = ChapterResult::new(chapter);
    let folder = args.out().join(&chapter.package);
    let command = |arguments: &[String], seed: u64, out: &Path| {
        let mut command = Command::new(program);
        command.args(arguments).args(["--seed", &seed.to_string()]).arg("--out").arg(out);
        if let Some(data) = &args.flags.data {
            command.arg("--data").arg(data);
        }
        let own = arguments.iter().any(|argument| argument == "--threads");
        if let Some(threads) = args.flags.threads.filter(|_| !own) {
            command.args(["--threads", &threads.to_string()]);
        }
        command
    };
    let plan = &chapter.plans[&args.preset()];
    let runs = args.seeds.unwrap_or(plan.seeds);
    for run in 1..=runs {
        if interrupt::pressed() > 0 {
            break;
        }
        let seed = args.flags.seed.wrapping_add(run as u64 - 1);
        let out = folder.join(format!("seed-{seed}"));
        let log = folder.join(format!("seed-{seed}.log"));
        let shorter = plan.other_seeds.as_ref().filter(|_| run > 1);
        let mut command = command(shorter.unwrap_or(&plan.arguments), seed, &out);

        let began = SystemTime::now();
        let finished = process::run(&mut command, &log, |line| {
            on_line(format!("run {run} of {runs}: {line}"));
        })?;
        if interrupt::pressed() > 0 {
            break; // it was cut short
        }
        match figures(chapter, &finished, &out) {
            Ok((mut summary, more_figures)) => {
                if shorter.is_some() {
                    keep_published(&mut summary, chapter);
                }
                let Finished { stdout, seconds, cpu_seconds, .. } = finished;
                let run =
                    Run { seed, summary, more_figures, stdout, seconds, cpu_seconds, out, began };
                result.runs.push(run);
                on_result(&result);
            }
            Err(cause) => {
                let how = format!("seed {seed} {cause}");
                result.failure = Some(Failure { how, last_line: finished.last_line, log });
                break; // the other seeds would most likely fail in the same way
            }
        }
    }
    for (name, arguments) in page_runs {
        if result.failure.is_some() || interrupt::pressed() > 0 {
            break;
        }
        let (out, log) = (folder.join(name), folder.join(format!("{name}.log")));
        let is_variable = |argument: &&String| !argument.starts_with('-') && argument.contains('=');
        let (variables, arguments) =
            arguments.split_at(arguments.iter().take_while(is_variable).count());
        let mut command = command(arguments, args.flags.seed, &out);
        command.envs(variables.iter().filter_map(|variable| variable.split_once('=')));
        let on_line = |line: &str| on_line(format!("{name}, for the page: {line}"));
        let finished = process::run(&mut command, &log, on_line)?;
        if finished.status.success() {
            result.page_runs.insert(name.clone(), finished.stdout);
        } else {
            let how = format!("the run {name} for the page {}", finished.cause());
            result.failure = Some(Failure { how, last_line: finished.last_line, log });
        }
    }
    Ok(result)
}

/// The folder with the network of the live figure of the chapter that `run` is a run of.
pub fn look_folder(result: &ChapterResult, run: &Run) -> PathBuf {
    match result.page_runs.contains_key(LOOK) {
        true => run.out.with_file_name(LOOK),
        false => run.out.clone(),
    }
}

/// The figures of a run, or how it failed.
fn figures(
    chapter: &Chapter,
    finished: &Finished,
    out: &Path,
) -> std::result::Result<(Summary, Vec<Figure>), String> {
    if !finished.status.success() {
        return Err(finished.cause());
    }
    let last = finished.stdout.lines().rfind(|line| !line.trim().is_empty());
    let summary =
        last.and_then(|line| line.parse().ok()).ok_or("ended well, but not with its summary")?;
    let more_figures = match &chapter.figures_from {
        Some(table) => curves::at_each_rate(&out.join(table))
            .map_err(|error| format!("ended well, but {error}"))?,
        None => Vec::new(),
    };
    Ok((summary, more_figures))
}

/// Removes from the summary of a shorter run what has no published figure, such
/// as its seconds, which cannot be compared with those of the first run.
pub fn keep_published(summary: &mut Summary, chapter: &Chapter) {
    summary.figures.retain(|figure| {
        let published = chapter.published.iter().any(|p| p.figure == figure.name);
        published || figure.article.is_some()
    });
}
