//! `--doctor`, before a reader starts: what this machine has, what is missing and how to get
//! it, and how long the chapters take here.

use std::collections::BTreeMap;
use std::env;
use std::fmt::{self, Display};
use std::path::Path;

use common::{Result, files};
use datasets::images::{DatasetInfo, FASHION_MNIST, Location, MNIST, Sources};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::Args;
use crate::chapters::{Chapter, Preset};
use crate::machine::{self, Machine};
use crate::probe::Probe;
use crate::work;

/// What the first build takes of the disk, and the compiler of the memory, in MB.
const BUILD: [f64; 2] = [1_500.0, 1_500.0];
/// What the tour takes of the disk under `--out`, and a chapter at most of the memory, in MB.
const RUN: [f64; 2] = [100.0, 350.0];

const PRESETS: [Preset; 3] = [Preset::Quick, Preset::Normal, Preset::Full];

/// What was found, and what follows from it.
#[allow(missing_docs)]
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    pub can_start: bool, // nothing that is missing blocks
    pub findings: Vec<Finding>,
    pub probe: Probe,
    pub build_seconds: Option<f64>, // if there are programs to build, and a run has measured it
    pub chapters: Vec<Estimate>,
}

/// What this machine has of one thing.
#[allow(missing_docs)]
#[derive(Debug, Serialize)]
pub struct Finding {
    pub about: &'static str,
    pub found: String,           // for people
    pub value: Value,            // for programs; sizes in MB
    pub missing: Option<String>, // and the cure, in a sentence
    pub blocks: bool,            // whether nobody can start without
}

/// What all runs of a chapter in the tour take here.
#[allow(missing_docs)]
#[derive(Debug, Serialize)]
pub struct Estimate {
    pub chapter: &'static str,
    pub skipped: bool,                          // there is no GPU
    pub seconds: BTreeMap<Preset, Option<f64>>, // nothing where no run has measured it
}

/// Looks at this machine for some seconds.
/// Fails if the probe cannot start a thread.
pub fn diagnose(args: &Args, chapters: &[&'static Chapter]) -> Result<Diagnosis> {
    let (built, all) = (built(chapters)?, chapters.len());
    let first = if built == all { [0.0; 2] } else { BUILD };
    let target = env::current_exe()?.with_file_name("");
    let sources = Sources::new(args.flags.data.as_deref());
    let gpus = machine::gpus();
    let gpu = work::gpu_kind(gpus.as_deref().unwrap_or_default());

    let mut findings = processor(&Machine::current());
    findings.push(memory(machine::memory(), first[1]));
    findings.push(disk("target/", &target, first[0], "CARGO_TARGET_DIR"));
    findings.push(disk("out/", &args.out(), RUN[0], "--out"));
    for info in [MNIST, FASHION_MNIST] {
        if chapters.iter().any(|chapter| chapter.data == info.name) {
            findings.push(data(&info, &sources));
        }
    }
    findings.push(graphics(&gpus));
    findings.push(browser(machine::browser()));
    let value = json!({ "built": built, "of": all });
    findings.push(Finding::new("chapters", format!("{built} of {all} are built"), value));

    let probe = Probe::measure()?;
    let estimate = |chapter: &&'static Chapter| Estimate {
        chapter: &chapter.package,
        skipped: chapter.needs_gpu && gpus.is_err(),
        seconds: PRESETS.map(|p| (p, work::estimate(chapter, p, gpu, &probe))).into(),
    };
    let build = work::all().iter().find(|work| built < all && work.chapter == work::BUILD);
    Ok(Diagnosis {
        can_start: !findings.iter().any(|finding| finding.blocks),
        build_seconds: build.map(|work| work.estimate(&probe)),
        chapters: chapters.iter().map(estimate).collect(),
        findings,
        probe,
    })
}

/// How many of the `chapters` have a program beside this one.
/// Fails if the system does not tell where this one is.
pub fn built(chapters: &[&Chapter]) -> Result<usize> {
    let program = env::current_exe()?;
    let is_built = |chapter: &&&Chapter| {
        let name = format!("{}{}", chapter.package, env::consts::EXE_SUFFIX);
        program.with_file_name(name).is_file()
    };
    Ok(chapters.iter().filter(is_built).count())
}

impl Finding {
    fn new(about: &'static str, found: impl Into<String>, value: Value) -> Finding {
        Finding { about, found: found.into(), value, missing: None, blocks: false }
    }

    fn missing(self, blocks: bool, sentence: String) -> Finding {
        Finding { missing: Some(sentence), blocks, ..self }
    }
}

fn processor(machine: &Machine) -> Vec<Finding> {
    let Machine { cpu, cores, os, rustc } = machine;
    let vectors = machine::vectors();
    let s = if *cores == 1 { "" } else { "s" };
    let found = format!("{cpu}, {cores} logical core{s}, {}", vectors.join(", "));
    let value = json!({ "name": cpu, "cores": cores, "vectors": vectors });
    let system = format!("{os}, {rustc}");
    vec![
        Finding::new("processor", found, value),
        Finding::new("system", system, json!({ "os": os, "rustc": rustc })),
    ]
}

/// Free and total memory, and what a first build needs, in MB.
pub fn memory([free, total]: [f64; 2], build: f64) -> Finding {
    let value = json!({ "free_mb": free, "total_mb": total });
    if total == 0.0 {
        return Finding::new("memory", "unknown", value);
    }
    let finding = Finding::new("memory", format!("{} of {} free", size(free), size(total)), value);
    let need = build.max(RUN[1]);
    if free >= need {
        return finding;
    }
    let jobs = if build > 0.0 { ", and set CARGO_BUILD_JOBS=1 while it builds" } else { "" };
    let (free, need) = (size(free), size(need));
    let fault = format!("{free} of memory are free, and it takes up to {need}");
    finding.missing(total < RUN[1], format!("{fault}; close other programs{jobs}"))
}

/// The disk of a `folder` that `need` MB will be written to, and what chooses another folder.
pub fn disk(about: &'static str, folder: &Path, need: f64, choice: &str) -> Finding {
    let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = path.ancestors().find(|path| path.exists()).unwrap_or(folder);
    let free = fs4::available_space(there).ok().map(|bytes| bytes as f64 / 1e6);
    let found = free.map_or("unknown".to_owned(), |free| format!("{} free", size(free)));
    let place = path.display().to_string();
    let value = json!({ "folder": place, "free_mb": free });
    let finding = Finding::new(about, format!("{found} in {place}"), value);
    if let Err(error) = files::begin(there) {
        return finding.missing(true, files::io_error(there, &error).to_string());
    }
    let Some(free) = free.filter(|free| *free < need) else { return finding };
    let (free, need) = (size(free), size(need));
    let cure = format!("free some, or choose a folder on another disk with {choice}");
    finding.missing(true, format!("{place}: {free} are free, and it takes {need}; {cure}"))
}

/// Where a data set will come from, and whether its checksums are the published ones.
pub fn data(info: &DatasetInfo, sources: &Sources) -> Finding {
    let name = info.name;
    let finding = |found: String, value| Finding::new(name, found, value);
    let nowhere = |fault| finding("none".to_owned(), Value::Null).missing(true, fault);
    let folder = match sources.locate(info) {
        Ok(Location::Folder(folder)) => folder,
        Ok(Location::Mirror(mirror)) => {
            let bytes: u64 = info.files.iter().map(|file| file.bytes).sum();
            let found = format!("{} to download from {mirror}", size(bytes as f64 / 1e6));
            return finding(found, json!({ "from": "mirror", "mirror": mirror }));
        }
        Ok(Location::BuiltIn(why)) => {
            let built_in = finding("the built-in digits".to_owned(), json!({ "from": "built-in" }));
            let Some(why) = why else { return built_in };
            let fault = format!("{name} is not on this machine, and {why}");
            let cure = "connect to a network and run again, or give the folder that holds its \
                        files with --data; until then the built-in digits step in, and figures \
                        differ";
            return built_in.missing(false, format!("{fault}; {cure}"));
        }
        Err(error) => return nowhere(error.to_string()),
    };
    let images = match sources.load::<f32>(info) {
        Ok(images) => images,
        Err(error) => return nowhere(error.to_string()),
    };
    let published = info.is_published(&images.train, &images.test) == [true; 2];
    let place = folder.display().to_string();
    let what = if published { "as published" } else { "not as published" };
    let value = json!({ "from": "folder", "folder": place, "published": published });
    let finding = finding(format!("{what}, in {place}"), value);
    if published {
        return finding;
    }
    let cure = "give the published files with --data, or delete these if they are in the cache";
    finding.missing(false, format!("{place}: not {name} as published, so figures differ; {cure}"))
}

/// The GPUs, or why there are none and what to install.
pub fn graphics(gpus: &std::result::Result<Vec<String>, String>) -> Finding {
    match gpus {
        Ok(gpus) => Finding::new("GPU", gpus.join("; "), json!(gpus)),
        Err(why) => Finding::new("GPU", "none", json!([]))
            .missing(false, format!("{why}; until then what needs one is skipped")),
    }
}

/// The program that opens the book.
pub fn browser(name: Option<&str>) -> Finding {
    let finding = Finding::new("browser", name.unwrap_or("none"), json!(name));
    if name.is_some() {
        return finding;
    }
    let cure = "install one, such as Firefox, for the book, or read the pages in docs/ as they are";
    finding.missing(false, format!("no browser was found; {cure}"))
}

/// 350 MB, 24.1 GB.
fn size(mb: f64) -> String {
    if mb < 1e3 { format!("{mb:.0} MB") } else { format!("{:.1} GB", mb / 1e3) }
}

impl Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { about, found, .. } in &self.findings {
            writeln!(f, "{about:15}{found}")?;
        }
        let Probe { one_thread, all_threads, threads } = self.probe;
        let [one, all] = [one_thread, all_threads].map(|s| 1e3 * s);
        writeln!(f, "probe          {one:.2} ms on one thread, {all:.2} ms on {threads}")?;
        let seconds = |skipped: bool, seconds: Option<f64>| match seconds {
            _ if skipped => "skipped".to_owned(),
            None => "not measured yet".to_owned(),
            Some(seconds) => format!("{seconds:.*}", usize::from(seconds < 10.0)),
        };
        let line = |name, [quick, normal, full]: [String; 3]| {
            format!("{name:15}{quick:>16}  {normal:>16}  {full:>16}")
        };
        writeln!(f, "\nWhat the tour takes here, in seconds, roughly:")?;
        writeln!(f, "{}", line("", ["--quick", "default", "--full"].map(str::to_owned)))?;
        for Estimate { chapter, skipped, seconds: all } in &self.chapters {
            let cells = PRESETS.map(|preset| seconds(*skipped, all[&preset]));
            writeln!(f, "{}", line(chapter, cells))?;
        }
        let sum = |preset| self.chapters.iter().filter_map(|c| c.seconds[&preset]).sum();
        let sums =
            PRESETS.map(|preset| seconds(false, Some(sum(preset)).filter(|&s: &f64| s > 0.0)));
        writeln!(f, "{}", line("together", sums))?;
        if let Some(build) = self.build_seconds {
            writeln!(f, "The first time also about {build:.0} to build the chapters.")?;
        }
        let missing = self.findings.iter().filter_map(|f| Some((f.blocks, f.missing.as_ref()?)));
        for (i, (blocks, sentence)) in missing.enumerate() {
            let before = if i == 0 { "\n" } else { "" };
            writeln!(f, "{before}{} {sentence}", if blocks { "BLOCKS:" } else { "missing:" })?;
        }
        match self.can_start {
            true => writeln!(f, "\nYou can start: cargo run --release -p tour"),
            false => writeln!(f, "\nYou cannot start yet: what blocks stands above"),
        }
    }
}
