//! What the estimates rest on: the work of each chapter, and the speed of this machine.

use std::fs;
use std::process::Command;

use referee::root;
use tour::chapters::{Preset, all};
use tour::machine::Machine;
use tour::probe::Probe;
use tour::process;
use tour::results::ChapterResult;
use tour::work::{self, BUILD, Work, gpu_kind};

use super::{TWO, result_of};

const PROBE: Probe = Probe { one_thread: 0.001, all_threads: 0.005, threads: 2 };

#[test]
fn every_chapter_and_the_first_build_were_measured_by_a_run() {
    for (preset, flag) in
        [(Preset::Quick, "--quick "), (Preset::Normal, ""), (Preset::Full, "--full ")]
    {
        let has = |package: &str| {
            let mut works = work::all().iter().filter(|work| work.preset == Some(preset));
            works.any(|work| work.chapter == package && work.seconds > 0.0)
        };
        let missing: Vec<&str> =
            all().iter().map(|c| c.package.as_str()).filter(|package| !has(package)).collect();
        // What no run has measured is said to be so; but half a tour would be a wrong sum.
        let whole = missing.is_empty() || (missing.len() == all().len() && flag != "--quick ");
        let command = format!("cargo run --release -p tour -- {flag}--write-estimates");
        assert!(whole, "no estimate for {missing:?}: run {command}");
    }
    assert!(work::all().iter().any(|work| work.chapter == BUILD && work.preset.is_none()));
    for work in work::all() {
        assert!(work.date.ends_with(" UTC") && work.machine.contains("rustc 1."), "{work:?}");
        assert!(work.one_thread + work.all_threads + work.set_seconds > 0.0, "{work:?}");
    }
}

#[test]
fn work_is_cut_into_what_one_thread_does_and_what_all_do() {
    // 6 s on one thread and 4 s on both: 6 + 2 * 4 s of the cores
    let work = Work::measured("x", 10.0, 14.0, &PROBE);
    assert_eq!((work.one_thread, work.all_threads, work.seconds), (6000.0, 800.0, 10.0));
    assert!((work.estimate(&PROBE) - 10.0).abs() < 1e-9);
    let with_more_threads = Probe { all_threads: 0.0025, threads: 4, ..PROBE };
    assert!((work.estimate(&with_more_threads) - 8.0).abs() < 1e-9);
    let slow = Probe { one_thread: 0.002, all_threads: 0.010, threads: 2 };
    assert!((work.estimate(&slow) - 20.0).abs() < 1e-9);

    let waits = Work::measured("x", 10.0, 3.0, &PROBE); // for a disk, say
    assert_eq!((waits.one_thread, waits.all_threads), (10_000.0, 0.0));
    let alone = Work::measured("x", 10.0, 10.1, &Probe { threads: 1, ..PROBE });
    assert!((alone.estimate(&PROBE) - 10.0).abs() < 0.2, "{alone:?}");
}

#[test]
fn what_measures_by_the_clock_takes_as_long_everywhere() {
    let race = all().iter().find(|chapter| chapter.package == "conv-race").unwrap();
    let result = ChapterResult { chapter: race, ..result_of(&TWO) };
    let work = Work::of(&result, Preset::Quick, "", &PROBE).unwrap();
    let slow = Probe { one_thread: 0.01, all_threads: 0.05, threads: 2 };
    assert_eq!((work.estimate(&PROBE), work.estimate(&slow)), (4.0, 4.0));
}

#[test]
fn work_is_known_by_chapter_preset_and_kind_of_gpu() {
    let result = result_of(&TWO);
    let work = Work::of(&result, Preset::Full, "software", &PROBE).unwrap();
    assert_eq!((work.chapter.as_str(), work.gpu.as_str()), ("perceptron", ""));
    assert_eq!((work.preset, work.seconds), (Some(Preset::Full), 4.0));
    assert!(Work::of(&result_of(&[]), Preset::Full, "", &PROBE).is_none(), "it has not run");
    let gpu = all().iter().find(|chapter| chapter.needs_gpu).unwrap();
    let on_gpu = ChapterResult { chapter: gpu, ..result };
    assert_eq!(Work::of(&on_gpu, Preset::Full, "card", &PROBE).unwrap().gpu, "card");
    assert_eq!(work::estimate(gpu, Preset::Normal, "", &PROBE), None, "it will be skipped");
    let software = "llvmpipe (LLVM 15) (software, runs on the processor; Vulkan)".to_owned();
    let card = "H200 (a card of its own; Vulkan)".to_owned();
    assert_eq!(gpu_kind(&[card, software.clone()]), "card");
    assert_eq!(gpu_kind(&[software]), "software");
    assert_eq!(gpu_kind(&[]), "");
}

#[test]
fn a_run_renews_its_own_rows_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "chapters/tour/work.csv";
    let published = fs::read_to_string(root().join(csv)).unwrap();
    fs::create_dir_all(folder.path().join("chapters/tour")).unwrap();
    fs::write(folder.path().join(csv), &published).unwrap();
    let machine = Machine::current();
    let renew = |new| work::renew(folder.path(), new, "2026-12-01 10:00 UTC", &machine).unwrap();
    let path = renew(Vec::new());
    assert_eq!(fs::read_to_string(&path).unwrap(), published, "a run has written it, in order");

    let new = Work::of(&result_of(&TWO), Preset::Quick, "", &PROBE).unwrap();
    renew(vec![new.clone()]);
    let rows = work::parse(&fs::read_to_string(&path).unwrap()).unwrap();
    let (renewed, kept): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| row.date == "2026-12-01 10:00 UTC");
    assert_eq!(renewed.len(), 1);
    assert_eq!((&renewed[0].chapter, renewed[0].seconds), (&new.chapter, 4.0));
    assert_eq!(renewed[0].machine, machine.to_string());
    let others = |row: &&Work| row.chapter != "perceptron" || row.preset != Some(Preset::Quick);
    assert!(kept.into_iter().eq(work::all().iter().filter(others)));
}

#[test]
#[cfg(target_os = "linux")]
fn the_cores_that_a_program_keeps_busy_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let run = |script: &str| {
        let mut shell = Command::new("sh");
        process::run(shell.args(["-c", script]), &folder.path().join("log"), |_| ()).unwrap()
    };
    let idle = run("sleep 0.5");
    assert!(idle.seconds > 0.4 && idle.cpu_seconds < 0.2, "{idle:?}");
    let busy = run("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
    assert!(busy.cpu_seconds > 0.05 && busy.cpu_seconds < busy.seconds + 0.1, "{busy:?}");
}

#[test]
fn a_round_of_the_probe_takes_a_while_and_not_long() {
    let Probe { one_thread, all_threads, threads } = Probe::measure().unwrap();
    assert!(threads >= 1);
    assert!((1e-6..1.0).contains(&one_thread) && (1e-5..10.0).contains(&all_threads));
}
