//! The ledger of some made-up runs.

use std::time::{Duration, UNIX_EPOCH};

use tour::chapters::Preset;
use tour::ledger::{Ledger, date};
use tour::machine::Machine;
use tour::results::{ChapterResult, other_data};

use super::{TWO, failure, result_of};

pub fn machine() -> Machine {
    Machine {
        cpu: "A Fine CPU".to_owned(),
        cores: 2,
        os: "some system (x86_64)".to_owned(),
        rustc: "rustc 1.88.0".to_owned(),
    }
}

pub fn ledger<'a>(
    results: &'a [ChapterResult],
    machine: &'a Machine,
    preset: Preset,
) -> Ledger<'a> {
    Ledger {
        results,
        machine,
        date: "2026-11-22 11:54 UTC".to_owned(),
        preset,
        command: "cargo run --release -p tour".to_owned(),
        stopped: false,
    }
}

#[test]
fn published_figures_stand_beside_mean_deviation_and_range() {
    let (results, machine) = ([result_of(&TWO)], machine());
    let text = ledger(&results, &machine, Preset::Normal).markdown();
    for line in [
        "| test accuracy | 86.64 % | 86.50 ± 0.71 % | 86.00 to 87.00 % | 2 |",
        "| training | 3.68457 s | 0.25 ± 0.07 s | 0.20 to 0.30 s | 2 |",
        "## 01 The perceptron (`perceptron`)",
        "Data: MNIST.",
        "Written by `cargo run --release -p tour` on 2026-11-22 11:54 UTC. \
         Machine: A Fine CPU, 2 logical cores, some system (x86_64), rustc 1.88.0.",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\nis not in\n{text}");
    }
    assert!(text.contains("- test accuracy: the article's is a single run;"));
    assert!(!text.contains("NOT COMPARABLE") && !text.contains("quick look"));
}

#[test]
fn other_data_and_a_quick_look_are_warned_of() {
    let results =
        [result_of(&["perceptron on built-in digits: test accuracy 88.00 % (article 86.64 %)"])];
    let machine = machine();
    let text = ledger(&results, &machine, Preset::Quick).markdown();
    assert!(text.contains("NOT COMPARABLE: these runs saw built-in digits, not MNIST"));
    assert!(text.contains("**A quick look**"));
    assert!(text.contains("| training | 3.68457 s | not measured in this tour | | 0 |"));
    assert_eq!(other_data(&results), [("built-in digits", "MNIST")]);
}

#[test]
fn a_tour_of_some_chapters_replaces_their_sections_and_keeps_the_others() {
    let old = "# An older head\n\n## 01 The perceptron (`perceptron`)\n\nold\n\
         \n## 02 A hidden layer (`hidden-layer`)\n\n| kept |\n\
         \n## 99 Gone (`gone`)\n\nno such chapter\n";
    let (results, machine) = ([result_of(&TWO)], machine());
    let ledger = ledger(&results, &machine, Preset::Full);
    let new = ledger.update(old);
    assert!(new.starts_with("# Ledger: the published figures beside ours\n"));
    assert!(new.ends_with("\n\n## 02 A hidden layer (`hidden-layer`)\n\n| kept |\n"), "{new}");
    assert!(new.contains("86.50 ± 0.71 %") && !new.contains("old\n"), "{new}");
    assert!(!new.contains("Gone"));
    assert_eq!(ledger.update(&new), new);
}

#[test]
fn a_failure_stands_in_its_section() {
    let mut result = result_of(&TWO[..1]);
    result.failure = Some(failure());
    let (results, machine) = ([result], machine());
    let text = ledger(&results, &machine, Preset::Normal).markdown();
    assert!(text.contains("> **Failed**: seed 2 ended with exit code 1."));
}

#[test]
fn the_table_for_programs_has_a_line_for_each_figure() {
    let folder = tempfile::tempdir().unwrap();
    let (results, machine) = ([result_of(&TWO)], machine());
    let path = ledger(&results, &machine, Preset::Normal).write(folder.path()).unwrap();
    assert!(path.is_file());
    let text = std::fs::read_to_string(folder.path().join("ledger.csv")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[1].starts_with(
            "perceptron,test accuracy,%,86.64 %,86.5,0.7071067811865476,86,87,2,MNIST,"
        ),
        "{}",
        lines[1]
    );
}
#[test]
fn known_moments_have_their_dates() {
    let at = |seconds| date(UNIX_EPOCH + Duration::from_secs(seconds));
    assert_eq!(at(0), "1970-01-01 00:00 UTC");
    assert_eq!(at(951_868_799), "2000-02-29 23:59 UTC");
    assert_eq!(at(951_868_800), "2000-03-01 00:00 UTC");
    assert_eq!(at(1_735_689_599), "2024-12-31 23:59 UTC");
    assert_eq!(at(4_107_542_400), "2100-03-01 00:00 UTC"); // no leap year
    assert_eq!(date(UNIX_EPOCH - Duration::from_secs(1)), at(0), "a clock that is not set");
}
