//! What this machine has: processor, system, compiler, memory, GPUs, a browser.

use std::env;
use std::fmt::{self, Display};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cnn_gpu::adapter;
use serde::Serialize;
use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// How long drivers may take to list their GPUs.
const PATIENCE: Duration = Duration::from_secs(5);

/// The machine and the compiler that times depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
        let cpu = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let cpu = System::new_with_specifics(cpu).cpus().first().map(|cpu| cpu.brand().to_owned());
        let rustc = Command::new("rustc").arg("--version").output().ok();
        let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let or_unknown = |text: Option<String>| {
            let text = text.unwrap_or_default().trim().to_owned();
            if text.is_empty() { "unknown".to_owned() } else { text }
        };
        Machine {
            cpu: or_unknown(cpu),
            cores: thread::available_parallelism().map_or(1, usize::from),
            os: format!("{} ({})", or_unknown(System::long_os_version()), env::consts::ARCH),
            rustc: or_unknown(rustc),
        }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.cores == 1 { "" } else { "s" };
        write!(f, "{}, {} logical core{s}, {}, {}", self.cpu, self.cores, self.os, self.rustc)
    }
}

/// The vector units of the processor. The chapters use the widest.
pub fn vectors() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let units = [
        ("AVX2", is_x86_feature_detected!("avx2")),
        ("FMA", is_x86_feature_detected!("fma")),
        ("AVX-512", is_x86_feature_detected!("avx512f")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let units = [("NEON", cfg!(target_arch = "aarch64"))]; // every 64-bit ARM has it
    units.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

/// Free and total memory in MB, of the container if this runs in one; zero if the system
/// does not tell.
pub fn memory() -> [f64; 2] {
    let mut system = System::new();
    system.refresh_memory();
    let (mut free, mut total) = (system.available_memory(), system.total_memory());
    if let Some(limits) = system.cgroup_limits() {
        total = total.min(limits.total_memory);
        free = free.min(total.saturating_sub(limits.rss)); // the rest is cached files
    }
    [free, total].map(|bytes| bytes as f64 / 1e6)
}

/// The GPUs that chapter 06 finds, the fastest first; or why there is none, and what to
/// install.
pub fn gpus() -> Result<Vec<String>, String> {
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        let gpus = adapter::find("", None).map(|_| adapter::adapters(None));
        let gpus = gpus.map(|gpus| gpus.iter().map(adapter::describe).collect());
        sender.send(gpus.map_err(|error| error.to_string()))
    });
    answer.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        Err("the driver of the GPU does not answer; install its current version".to_owned())
    })
}

/// A browser for the book, if the PATH has one; macOS and Windows bring one along.
pub fn browser() -> Option<&'static str> {
    const NAMES: &str = "firefox firefox-esr chromium chromium-browser google-chrome \
                         google-chrome-stable microsoft-edge brave-browser epiphany";
    if cfg!(any(target_os = "macos", windows)) {
        return Some("the system's own");
    }
    let path = env::var_os("PATH")?;
    let is_there = |name: &&str| env::split_paths(&path).any(|folder| folder.join(name).is_file());
    NAMES.split_whitespace().find(is_there)
}
