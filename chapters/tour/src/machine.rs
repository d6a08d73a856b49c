//! Which machine the figures were measured on.

use std::fmt::{self, Display};
use std::fs;
use std::process::Command;

/// The machine and the compiler that times depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The name of the processor.
    pub cpu: String,
    /// Logical cores that this process may use.
    pub cores: usize,
    /// Operating system and architecture.
    pub os: String,
    /// The output of `rustc --version`.
    pub rustc: String,
}

impl Machine {
    /// This machine; "unknown" for what the system does not tell.
    pub fn current() -> Machine {
        let unknown = || "unknown".to_owned();
        Machine {
            cpu: cpu().unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            os: format!("{} ({})", os(), std::env::consts::ARCH),
            rustc: first_line("rustc", &["--version"]).unwrap_or_else(unknown),
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
    let linux = || value_of(&fs::read_to_string("/proc/cpuinfo").ok()?, "model name", ':');
    let mac = || first_line("sysctl", &["-n", "machdep.cpu.brand_string"]);
    let windows = || std::env::var("PROCESSOR_IDENTIFIER").ok();
    linux().or_else(mac).or_else(windows)
}

fn os() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    value_of(&release, "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.to_owned())
}

/// The value in the first line `key <separator> value`, without quotes.
pub fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(separator)?;
        let value = value.trim().trim_matches('"').trim();
        (name.trim() == key && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The first line that a program prints, if it can be run.
fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}
