//! Builds all chapters with one call of cargo, so that what they share is
//! compiled once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use common::Result;
use serde_json::Value;

use crate::chapters::Chapter;
use crate::process::{self, Finished};
use crate::results::Failure;
use crate::workspace;

/// The programs of the chapters, and why some are missing.
pub struct Build {
    programs: HashMap<String, PathBuf>,
    /// "error[E0432]: unresolved import `x` (chapters/01-perceptron/src/main.rs:3:5)".
    errors: Vec<String>,
    /// How cargo ended, and what it took.
    pub cargo: Finished,
    log: PathBuf,
}

/// Builds the programs of `chapters` of the workspace `root`. Cargo's output is in
/// `build.log` in `out`. Calls `on_line` with each line of it, and `on_built` with each
/// package whose program is ready.
/// Fails if cargo cannot be started or the log cannot be written.
pub fn build(
    root: &Path,
    chapters: &[&Chapter],
    out: &Path,
    on_line: impl Fn(&str),
    mut on_built: impl FnMut(&str),
) -> Result<Build> {
    let mut command = workspace::cargo_build(root);
    // One chapter that does not compile leaves the others to be built. The
    // messages in JSON say where the programs are, wherever the target folder is.
    command.args(["--keep-going", "--message-format", "json-render-diagnostics"]);
    command.args(["--color", "never"]);
    for chapter in chapters {
        command.args(["-p", &chapter.package]);
    }
    let mut programs = HashMap::new();
    let mut errors: Vec<String> = Vec::new();
    let mut after_error = false;
    let log = out.join("build.log");
    let cargo = process::run(&mut command, &log, |line| {
        if let Some((package, program)) = program_built(line) {
            on_built(&package);
            programs.insert(package, program);
        } else if !line.starts_with('{') {
            on_line(line);
            if let (Some(error), Some(place)) = (errors.last_mut(), line.strip_prefix("--> "))
                && after_error
            {
                *error += &format!(" ({place})");
            }
            after_error = line.starts_with("error");
            if after_error {
                errors.push(line.to_owned());
            }
        }
    })?;
    Ok(Build { programs, errors, cargo, log })
}

/// The package and the path of a program, if `line` is cargo's message that it
/// is ready.
fn program_built(line: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let path = message["executable"].as_str()?;
    Some((message["target"]["name"].as_str()?.to_owned(), path.into()))
}

impl Build {
    /// The program of `chapter`, or why there is none: the first error in the chapter's
    /// own folder, else the first error of all.
    pub fn program(&self, chapter: &Chapter) -> std::result::Result<&Path, Failure> {
        if let Some(program) = self.programs.get(&chapter.package) {
            return Ok(program);
        }
        let own = self.errors.iter().find(|error| error.contains(&chapter.folder));
        let last_line = own.or(self.errors.first()).unwrap_or(&self.cargo.last_line).clone();
        let how = format!("the build {}", self.cargo.cause());
        Err(Failure { how, last_line, log: self.log.clone() })
    }
}
