//! Where the chapters are, and the cargo that builds and runs them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Error, Result};

/// The course's folder, with the cargo to use in it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder with the `Cargo.toml` that lists the chapters.
    pub root: PathBuf,
    cargo: OsString,
}

impl Workspace {
    /// The workspace that this program was built in, if it is still there;
    /// else the nearest one at or above the current folder.
    ///
    /// # Errors
    /// If there is neither.
    pub fn find() -> Result<Workspace> {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
        let here = std::env::current_dir().unwrap_or_default();
        let root = above(built_in).or_else(|| above(&here)).ok_or_else(|| {
            Error::at(
                &here,
                "neither this folder nor one above it holds the course (a Cargo.toml with \
                 [workspace] and the folder chapters/tour); go to the course's folder and run again",
            )
        })?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Ok(Workspace { root, cargo })
    }

    /// `cargo <verb> --release -p <package>`, from whatever folder. A tour
    /// that is itself a debug build runs debug builds.
    pub fn cargo(&self, verb: &str, package: &str) -> Command {
        let mut command = Command::new(&self.cargo);
        command
            .arg(verb)
            .arg("--manifest-path")
            .arg(self.root.join("Cargo.toml"))
            .args(["-p", package]);
        if !cfg!(debug_assertions) {
            command.arg("--release");
        }
        // What cargo told this program about its own package. Build scripts
        // that look at it would run again, and much would be compiled anew.
        for (name, _) in std::env::vars_os() {
            if about_a_package(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        command
    }
}

fn about_a_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// The course's folder at or above `folder`.
fn above(folder: &Path) -> Option<PathBuf> {
    let holds_the_course = |folder: &Path| {
        folder.join("chapters/tour").is_dir()
            && std::fs::read_to_string(folder.join("Cargo.toml"))
                .is_ok_and(|text| text.lines().any(|line| line.trim() == "[workspace]"))
    };
    folder.ancestors().find(|folder| holds_the_course(folder)).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_s_cargo_does_not_hear_of_the_tour_s_package() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "cargo tells its tests");
        let workspace = Workspace::find().unwrap();
        let command = workspace.cargo("build", "perceptron");
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).collect();
        assert!(removed.iter().any(|(name, _)| *name == "CARGO_PKG_NAME"));
        assert!(removed.iter().any(|(name, _)| *name == "CARGO_MANIFEST_DIR"));
        assert!(!about_a_package("CARGO_HOME") && !about_a_package("CARGO_TARGET_DIR"));
    }

    #[test]
    fn the_course_is_found_from_deep_inside_and_from_nowhere_else() {
        let root = above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(root.join("chapters/01-perceptron").is_dir());
        assert_eq!(above(&root.join("chapters/tour/src")), Some(root));

        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::write(elsewhere.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        assert_eq!(above(elsewhere.path()), None); // another project's workspace
    }
}
