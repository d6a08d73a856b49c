//! What the figures were measured on.

use std::fmt::{self, Display};
use std::fs;
use std::process::Command;

/// The machine and the compiler: a time means nothing without them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The processor's name, as the system tells it.
    pub cpu: String,
    /// Logical cores that this process may use.
    pub cores: usize,
    /// Operating system and architecture.
    pub os: String,
    /// What `rustc --version` says.
    pub rustc: String,
}

impl Machine {
    /// The machine this runs on; what it does not tell is "unknown".
    pub fn here() -> Machine {
        let unknown = || "unknown".to_owned();
        Machine {
            cpu: cpu().unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            os: format!("{} ({})", os(), std::env::consts::ARCH),
            rustc: said_by("rustc", &["--version"]).unwrap_or_else(unknown),
        }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.cores == 1 { "" } else { "s" };
        write!(f, "{}, {} logical core{s}, {}, {}", self.cpu, self.cores, self.os, self.rustc)
    }
}

fn cpu() -> Option<String> {
    let linux = || {
        let text = fs::read_to_string("/proc/cpuinfo").ok()?;
        value_of(&text, "model name", ':')
    };
    let mac = || said_by("sysctl", &["-n", "machdep.cpu.brand_string"]);
    let windows = || std::env::var("PROCESSOR_IDENTIFIER").ok();
    linux().or_else(mac).or_else(windows)
}

fn os() -> String {
    fs::read_to_string("/etc/os-release")
        .ok()
        .and_then(|text| value_of(&text, "PRETTY_NAME", '='))
        .unwrap_or_else(|| std::env::consts::OS.to_owned())
}

/// The value in the first line `key <separator> value`, without quotes.
fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(separator)?;
        let value = value.trim().trim_matches('"').trim();
        (name.trim() == key && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The first line that a program prints, if it can be run.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_names() {
        let text = "model\t\t: 17\nmodel name\t: A Fine CPU @ 2.4 GHz\nmodel name\t: another\n";
        assert_eq!(value_of(text, "model name", ':').unwrap(), "A Fine CPU @ 2.4 GHz");
        let text = "NAME=\"X\"\nPRETTY_NAME=\"Some System 12\"\n";
        assert_eq!(value_of(text, "PRETTY_NAME", '=').unwrap(), "Some System 12");
        assert_eq!(value_of("model name\t:\n", "model name", ':'), None);
    }

    #[test]
    fn this_machine_knows_its_compiler() {
        let here = Machine::here();
        assert!(here.cores >= 1);
        assert!(here.rustc.starts_with("rustc 1."), "{}", here.rustc);
    }
}
