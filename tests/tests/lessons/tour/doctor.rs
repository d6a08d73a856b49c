//! `--doctor` from outside: what it finds, what it misses, and whether one can start.

use std::fs;
use std::path::Path;
use std::process::Command;

use datasets::images::{MNIST, Sources};
use referee::lesson::fails;
use referee::{program, real_data, texts};
use serde_json::Value;
use tour::chapters::all;
use tour::doctor::{Finding, browser, data, disk, graphics, memory};

/// The doctor with these flags, on the built-in digits unless they name other data.
fn doctor(flags: &[&str]) -> Command {
    let mut doctor = program("tour");
    doctor.arg("--doctor").args(flags);
    if !flags.contains(&"--data") {
        doctor.args(["--data", "built-in"]);
    }
    doctor
}

/// What it says to programs, and its exit code.
fn json(doctor: &mut Command) -> (Value, Option<i32>) {
    let output = doctor.arg("--json").output().unwrap();
    let (out, err) = texts(&output);
    let value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    (value, output.status.code())
}

/// The finding about one thing.
fn about<'a>(diagnosis: &'a Value, thing: &str) -> &'a Value {
    let findings = diagnosis["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["about"] == thing).unwrap()
}

/// Without data, network, GPU and browser.
fn in_a_desert(doctor: &mut Command, empty: &Path) {
    doctor.env("DATASETS_CACHE", empty).env("PATH", empty);
    doctor.env("VK_DRIVER_FILES", "/no/such/driver").env("VK_ICD_FILENAMES", "/no/such/driver");
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        doctor.env(proxy, "http://127.0.0.1:9"); // where nobody answers
        doctor.env(proxy.to_lowercase(), "http://127.0.0.1:9");
    }
    doctor.env_remove("NO_PROXY").env_remove("no_proxy");
}

#[test]
fn programs_are_told_what_there_is_and_how_long_each_chapter_takes() {
    let out = tempfile::tempdir().unwrap();
    let (diagnosis, code) = json(doctor(&[]).arg("--out").arg(out.path().join("new")));
    assert_eq!((code, &diagnosis["can_start"]), (Some(0), &Value::Bool(true)), "{diagnosis}");
    assert!(!out.path().join("new").exists(), "it only looks");
    let value = |thing| &about(&diagnosis, thing)["value"];
    assert!(value("processor")["cores"].as_u64() >= Some(1));
    assert!(value("processor")["vectors"].is_array());
    assert!(value("system")["rustc"].as_str().unwrap().starts_with("rustc 1."));
    let memory = value("memory");
    let [free, total] = ["free_mb", "total_mb"].map(|size| memory[size].as_f64().unwrap());
    assert!(0.0 < free && free < total);
    for disk in ["target/", "out/"] {
        assert!(value(disk)["free_mb"].as_f64() > Some(0.0), "{disk}");
        assert!(value(disk)["folder"].is_string(), "{disk}");
    }
    assert_eq!(value("MNIST")["from"], "built-in");
    assert!(about(&diagnosis, "MNIST")["missing"].is_null(), "they were asked for");
    assert_eq!(value("chapters")["of"], all().len());
    assert_eq!(value("chapters")["built"], all().len(), "they lie beside the tour");
    assert!(diagnosis["build_seconds"].is_null(), "nothing is to build");
    let probe = &diagnosis["probe"];
    for part in ["one_thread", "all_threads"] {
        let seconds = probe[part].as_f64().unwrap();
        assert!((1e-6..10.0).contains(&seconds), "{part}: {seconds}");
    }
    let chapters = diagnosis["chapters"].as_array().unwrap();
    let names: Vec<&Value> = chapters.iter().map(|chapter| &chapter["chapter"]).collect();
    assert_eq!(names, all().iter().map(|chapter| &chapter.package).collect::<Vec<_>>());
    for chapter in chapters {
        for preset in ["quick", "normal", "full"] {
            let seconds = &chapter["seconds"][preset];
            assert!(seconds.is_null() || seconds.as_f64() > Some(0.0), "{chapter}");
        }
    }
}

#[test]
fn people_are_shown_a_table_and_the_command_to_start_with() {
    let output = doctor(&["--only", "cnn-naive,fashion"]).output().unwrap();
    let (out, err) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    let row = |name: &str| out.lines().find(|line| line.starts_with(name)).unwrap();
    for name in ["processor", "memory", "out/", "Fashion-MNIST", "GPU", "browser", "probe"] {
        assert!(row(name).len() > 16, "{out}");
    }
    assert!(row("cnn-naive").split_whitespace().count() >= 4, "{out}");
    assert!(row("together").split_whitespace().count() >= 4, "{out}");
    assert!(!out.contains("\nperceptron "), "only those that were asked for: {out}");
    assert!(out.ends_with("You can start: cargo run --release -p tour\n"), "{out}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_machine_with_nothing_hears_every_cure_and_can_start_all_the_same() {
    let empty = tempfile::tempdir().unwrap();
    let mut doctor = program("tour");
    in_a_desert(doctor.arg("--doctor"), empty.path());
    let began = std::time::Instant::now();
    let (diagnosis, code) = json(&mut doctor);
    assert!(began.elapsed().as_secs() < 60, "it must not hang");
    assert_eq!((code, &diagnosis["can_start"]), (Some(0), &Value::Bool(true)), "{diagnosis}");
    for (thing, fault, cure) in [
        ("MNIST", "no mirror can be reached", "the built-in digits step in"),
        ("Fashion-MNIST", "Fashion-MNIST is not on this machine", "--data"),
        ("GPU", "no GPU was found", "install"),
        ("browser", "no browser was found", "docs/"),
    ] {
        let sentence = about(&diagnosis, thing)["missing"].as_str().unwrap();
        assert!(sentence.contains(fault) && sentence.contains(cure), "{sentence}");
        assert_eq!(about(&diagnosis, thing)["blocks"], false, "{thing}");
    }
    assert_eq!(about(&diagnosis, "system")["value"]["rustc"], "unknown");
    let gpu = diagnosis["chapters"].as_array().unwrap().iter().find(|c| c["chapter"] == "cnn-gpu");
    assert_eq!(gpu.unwrap()["skipped"], true);

    let mut doctor = program("tour");
    in_a_desert(doctor.arg("--doctor"), empty.path());
    let (out, _) = texts(&doctor.output().unwrap());
    assert_eq!(out.matches("\nmissing: ").count(), 4, "{out}");
    assert!(!out.contains("BLOCKS"), "{out}");
    let row = out.lines().find(|line| line.starts_with("cnn-gpu")).unwrap();
    assert_eq!(row.matches("skipped").count(), 3, "{row}");
}

#[test]
fn a_folder_without_the_data_blocks() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    let (diagnosis, code) = json(&mut doctor(&["--data", empty]));
    assert_eq!((code, &diagnosis["can_start"]), (Some(1), &Value::Bool(false)));
    assert_eq!(about(&diagnosis, "MNIST")["blocks"], true);
    let output = doctor(&["--data", empty]).output().unwrap();
    let (out, _) = texts(&output);
    fails(&output, 1);
    assert!(out.contains("\nBLOCKS: ") && out.contains("train-images-idx3-ubyte"), "{out}");
    assert!(!out.contains("You can start"), "{out}");
}

#[test]
fn an_output_folder_that_cannot_be_one_blocks() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (diagnosis, code) = json(doctor(&[]).arg("--out").arg(file.path()));
    assert_eq!(code, Some(1));
    let out = about(&diagnosis, "out/");
    assert_eq!(out["blocks"], true);
    assert!(out["missing"].as_str().unwrap().contains("a file stands where a folder"), "{out}");
}

#[test]
fn a_tour_that_lies_alone_has_its_chapters_to_build() {
    let folder = tempfile::tempdir().unwrap();
    let alone = folder.path().join("tour");
    fs::copy(program("tour").get_program(), &alone).unwrap();
    let mut doctor = Command::new(&alone);
    let (diagnosis, _) = json(doctor.args(["--doctor", "--data", "built-in"]));
    assert_eq!(about(&diagnosis, "chapters")["value"]["built"], 0);
    assert!(diagnosis["build_seconds"].as_f64() > Some(0.0), "{diagnosis}");
    let target = about(&diagnosis, "target/")["value"]["folder"].as_str().unwrap();
    assert_eq!(Path::new(target), folder.path());
}

#[test]
fn published_files_are_known_by_their_checksums_and_others_are_not_taken_for_them() {
    let name = "published_files_are_known_by_their_checksums_and_others_are_not_taken_for_them";
    let place = tempfile::tempdir().unwrap();
    referee::lesson::write_digits(place.path(), 20, 10);
    let sources = Sources::new(Some(place.path()));
    let Finding { value, missing, blocks, .. } = data(&MNIST, &sources);
    assert_eq!((&value["from"], &value["published"]), (&"folder".into(), &false.into()));
    assert!(missing.unwrap().contains("not MNIST as published, so figures differ") && !blocks);

    fs::write(place.path().join("mnist/train-labels-idx1-ubyte"), "short").unwrap();
    let Finding { missing, blocks, .. } = data(&MNIST, &sources);
    assert!(missing.unwrap().contains("train-labels-idx1-ubyte") && blocks);

    let Some(folder) = real_data(name) else { return };
    let Finding { value, missing, .. } = data(&MNIST, &Sources::new(Some(&folder)));
    assert_eq!((&value["published"], missing), (&true.into(), None));
}

#[test]
fn little_memory_and_a_full_disk_have_their_cures() {
    assert_eq!(memory([9e3, 16e3], 1500.0).missing, None);
    let Finding { missing, blocks, found, .. } = memory([200.0, 8e3], 0.0);
    assert_eq!((found.as_str(), blocks), ("200 MB of 8.0 GB free", false));
    assert!(missing.unwrap().ends_with("it takes up to 350 MB; close other programs"));
    let building = memory([900.0, 8e3], 1500.0);
    assert!(building.missing.unwrap().contains("CARGO_BUILD_JOBS=1") && !building.blocks);
    assert!(memory([200.0, 256.0], 0.0).blocks, "no chapter fits");
    assert_eq!(memory([0.0, 0.0], 1500.0).missing, None, "unknown");

    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("not/yet");
    let enough = disk("out/", &new, 0.001, "--out");
    assert!(enough.missing.is_none() && enough.found.contains("free in"), "{enough:?}");
    let little = disk("out/", &new, 1e12, "--out");
    let sentence = little.missing.unwrap();
    assert!(little.blocks && sentence.contains("it takes 1000000000.0 GB"), "{sentence}");
    assert!(sentence.ends_with("choose a folder on another disk with --out"), "{sentence}");
    assert!(!new.exists());
}

#[test]
fn no_gpu_and_no_browser_are_missed_but_do_not_block() {
    let none = graphics(&Err("no GPU was found; install one with X".to_owned()));
    assert!(none.missing.unwrap().starts_with("no GPU was found; install one with X; "));
    assert!(!none.blocks && !browser(None).blocks);
    assert_eq!(graphics(&Ok(vec!["a card".to_owned()])).missing, None);
    assert_eq!(browser(Some("firefox")).found, "firefox");
}

#[test]
fn flags_that_do_not_go_together_are_usage_errors() {
    for flags in [&["--json"][..], &["--doctor", "--full"], &["--doctor", "--write-estimates"]] {
        let err = fails(&program("tour").args(flags).output().unwrap(), 2);
        assert!(err.contains("--doctor"), "{err}");
    }
}
