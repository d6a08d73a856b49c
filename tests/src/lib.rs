//! Helpers of the tests that look across chapters.

pub mod counting;
pub mod fuzz;
pub mod gpu_pages;
pub mod gpu_run;
pub mod lesson;
pub mod narrower;
pub mod pages;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use cnn_gpu::Gpu;
use cnn_gpu::adapter::adapters;
use common::params::Params;
use ndarray::{Array, ArrayRef, Dimension, IntoDimension};

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace")
}

/// A file of numbers from `tests/fixtures`.
///
/// # Panics
/// If it cannot be read.
pub fn fixture(name: &str) -> Params<f64> {
    Params::load(&fixture_path(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// Where a fixture is.
pub fn fixture_path(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// The largest difference of two arrays of sums, relative to the largest of `terms`, the sums
/// of the terms' absolute values. A sum that nearly cancels is no more precise than its terms.
/// Infinite if any number is NaN. Panics if the shapes differ.
pub fn rounding_error<D: Dimension>(
    a: &ArrayRef<f64, D>,
    b: &ArrayRef<f64, D>,
    terms: &ArrayRef<f64, D>,
) -> f64 {
    assert_eq!((a.shape(), b.shape()), (terms.shape(), terms.shape()));
    let largest = terms.iter().fold(f64::MIN_POSITIVE, |largest, &v| largest.max(v));
    let mut worst = 0.0;
    for (a, b) in a.iter().zip(b) {
        let error = (a - b).abs() / largest;
        if error.is_nan() {
            return f64::INFINITY;
        }
        worst = error.max(worst);
    }
    worst
}

/// Numbers from `-scale` to `scale` that look random and are the same bits here
/// and in `scripts/same_numbers.py`, so that no fixture has to store them:
/// element `k`, row by row, is the hash SplitMix64 of `k`, and `salt` (below
/// 2^32) tells arrays apart. G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014.
pub fn numbers<S: IntoDimension>(shape: S, salt: u64, scale: f64) -> Array<f64, S::Dim> {
    let dim = shape.into_dimension();
    let number = |k: u64| {
        let mut z = k.wrapping_add(salt << 32).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        let unit = (z >> 11) as f64 / (1u64 << 53) as f64; // 53 bits: exact
        (2.0 * unit - 1.0) * scale
    };
    let numbers = (0..dim.size() as u64).map(number).collect();
    Array::from_shape_vec(dim, numbers).expect("one number for each element")
}

/// What `scripts/same_numbers.py` stores of a large array: its sum, the sum of
/// its sizes, and at most 64 of its elements, evenly apart.
pub fn probe<D: Dimension>(a: &Array<f64, D>) -> Vec<f64> {
    let apart = a.len().div_ceil(64);
    let sizes = a.iter().map(|v| v.abs()).sum();
    [a.sum(), sizes].into_iter().chain(a.iter().copied().step_by(apart)).collect()
}

/// The folder of real data, from `DATASETS_DIR`; without it, `None` and a line
/// that says which test is skipped.
pub fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("DATASETS_DIR").map(PathBuf::from);
    let found = folder.filter(|folder| folder.join("mnist").is_dir());
    if found.is_none() {
        // Straight to the terminal: the test harness swallows eprintln.
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {test}: it needs real MNIST; set DATASETS_DIR to the folder that holds mnist/"
        );
    }
    found
}

/// The GPU that tests run on, the best there is, opened once. Without one, `None` and
/// a line that says which test is skipped.
///
/// # Panics
/// If there is none and `REQUIRE_GPU_TESTS` is set, or if it does not open.
pub fn gpu(test: &str) -> Option<&'static Gpu> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    let gpu = GPU.get_or_init(|| {
        adapters(None).first()?;
        Some(Gpu::open("", None).unwrap_or_else(|error| panic!("{error}")))
    });
    if gpu.is_none() {
        let required = std::env::var_os("REQUIRE_GPU_TESTS").is_some_and(|value| value != "0");
        assert!(!required, "{test}: REQUIRE_GPU_TESTS is set, and there is no GPU");
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {test}: it needs a GPU or software that stands in for one; \
             `cargo run --release -p cnn-gpu` says what to install"
        );
    }
    gpu.as_ref()
}

/// The lessons' programs, and the tour.
pub const PROGRAMS: [&str; 16] = [
    "perceptron",
    "hidden-layer",
    "iterations",
    "cnn-naive",
    "cnn-im2col",
    "cnn-gpu",
    "conv-race",
    "deep-cnn",
    "dropout-adam",
    "batchnorm",
    "iris",
    "fashion",
    "checkpoints",
    "diagnose",
    "speedrun",
    "tour",
];

/// The program of a chapter, built as this test was built (with or without
/// `--release`).
///
/// # Panics
/// If it does not build.
pub fn program(package: &str) -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        // target/<profile>/deps/<this test>
        let this = std::env::current_exe().expect("a running test has a file");
        let folder = this.ancestors().nth(2).expect("cargo's layout").to_owned();
        let target = folder.parent().expect("cargo's layout");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.current_dir(root()).args(["build", "--quiet", "--target-dir"]).arg(target);
        // A cargo that runs a test tells it of the test's own package; handed on,
        // that would make build scripts which listen to it run again.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_")
                || name.to_string_lossy().starts_with("CARGO_MANIFEST_")
            {
                cargo.env_remove(name);
            }
        }
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo.args(PROGRAMS.iter().flat_map(|name| ["-p", name])).status();
        assert!(status.is_ok_and(|status| status.success()), "the lessons do not build");
        #[cfg(target_os = "linux")]
        stop_ignoring_signals();
        folder
    });
    let mut program =
        Command::new(folder.join(package).with_extension(std::env::consts::EXE_EXTENSION));
    program.env_remove("DATASETS_DIR").env_remove("DATASETS_CACHE");
    program
}

/// Programs started from here hear Ctrl-C and a closed terminal, even if the tests run under
/// `nohup` or behind `&`: what a process ignores, its children ignore, but what it handles,
/// they do not inherit.
#[cfg(target_os = "linux")]
fn stop_ignoring_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask");
    let mask = u64::from_str_radix(mask.trim(), 16).expect("hexadecimal");
    for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|s| mask >> (s - 1) & 1 == 1) {
        let heard = std::sync::Arc::default();
        signal_hook::flag::register(signal, heard).expect("a signal that can be handled");
    }
}

/// Both outputs of a program as text.
pub fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
