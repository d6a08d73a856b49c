//! Where the chapters are, and cargo for them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Error, Result};

/// The folder of the course, with the `Cargo.toml` that lists the chapters: of the package
/// that `cargo run` runs, else the one that holds this program, the current folder, or the
/// source it was built from. The source comes last: a workspace that was copied together
/// with its `target` must not run the chapters of the old place.
/// Fails if none of them lies in the course.
pub fn find() -> Result<PathBuf> {
    let current = env::current_dir().unwrap_or_default();
    let candidates = [
        env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
        env::current_exe().ok(),
        Some(current.clone()),
        Some(env!("CARGO_MANIFEST_DIR").into()),
    ];
    candidates.iter().flatten().find_map(|path| course_around(path)).ok_or_else(|| {
        Error::at(
            &current,
            "neither this folder nor one above it holds the course (a Cargo.toml with \
             [workspace] and the folder chapters/tour); go to the course's folder and run again",
        )
    })
}

/// `cargo build` in the workspace `root`, with `--release` unless the tour itself is a
/// debug build.
pub fn cargo_build(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg("build").arg("--manifest-path").arg(root.join("Cargo.toml"));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    // `cargo run` sets variables about the tour's own package. Build scripts
    // that read them would run again, and much would be compiled anew.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The folder of the course, if `path` is or lies in one.
pub fn course_around(path: &Path) -> Option<PathBuf> {
    let holds_the_course = |folder: &Path| {
        folder.join("chapters/tour").is_dir()
            && std::fs::read_to_string(folder.join("Cargo.toml"))
                .is_ok_and(|text| text.lines().any(|line| line.trim() == "[workspace]"))
    };
    path.ancestors().find(|folder| holds_the_course(folder)).map(Path::to_owned)
}
