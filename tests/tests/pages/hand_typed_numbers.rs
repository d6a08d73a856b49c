//! A number of a run is not typed: it stands in a marker, or is a constant with its reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use referee::pages::{all_pages, measured_pages, parts};
use referee::root;
use regex::Regex;
use tour::numbers::Numbers;

/// A number that the tour writes: its chapter and its name.
pub static MARKED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<!-- ([0-9]{2}) ([a-z0-9-]+) -->[^<]*<!-- / -->").unwrap());

/// A number and the unit behind it. A Japanese "3 分の 1" is no time.
static WITH_UNIT: LazyLock<Regex> = LazyLock::new(|| {
    let english = "ms|s|µs|μs|us|ns|[KMGk]i?B|GFLOP/s|GB/s|GHz|W|%|％|percent|times|points?|\\
                   milliseconds?|microseconds?|nanoseconds?|seconds?|minutes?|hours?|megabytes?";
    let japanese =
        "ミリ秒|マイクロ秒|ナノ秒|秒|時間|分(?:[^のけ割類布散か野母子数]|$)|倍|ポイント|メガバイト";
    let english = english.replace("\\\n", "").replace(' ', "");
    let unit = format!("(?:(?:{english})(?:[^A-Za-z0-9/]|$)|{japanese})");
    Regex::new(&format!("([0-9][0-9,]*(?:\\.[0-9]+)?)(?: |-)?{unit}")).unwrap()
});

/// The page without what holds no sentences: code, formulas, links' targets, markers with
/// their numbers, blocks that a command writes whole, and the line about reading time.
fn sentences(page: &str) -> Vec<String> {
    static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?s)<!-- [a-z]+: written by [^>]*-->.*?<!-- /[a-z]+ -->").unwrap()
    });
    static NO_SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("`[^`]*`|\\$[^$]*\\$|\\]\\([^)]*\\)|<[^>]*>|https?://\\S*").unwrap()
    });
    let mut lines = Vec::new();
    for line in parts(&WRITTEN.replace_all(page, "")).prose {
        let about_time = ["**Before this:**", "**先に読むもの:**"];
        if line.trim().starts_with("$$") || about_time.iter().any(|head| line.starts_with(head)) {
            continue;
        }
        let line = MARKED.replace_all(&line, "@");
        lines.push(NO_SENTENCE.replace_all(&line, " ").into_owned());
    }
    lines
}

/// The first two letters of a page's name, `04`, or `README`, or `speed`.
pub fn number_of(page: &Path) -> String {
    let stem = page.file_stem().unwrap().to_str().unwrap();
    let digits = stem.get(..2).filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
    digits.or(stem.split('.').next()).unwrap_or(stem).to_owned()
}

#[test]
fn a_number_with_a_unit_comes_from_a_run_or_is_a_constant_with_its_reason() {
    let numbers = Numbers::read(&root().join("docs")).unwrap();
    let mut faults = Vec::new();
    for page in measured_pages() {
        let number = number_of(&page);
        let folders = numbers.folders().filter(|folder| folder.starts_with(&number));
        let constants: BTreeSet<String> =
            folders.flat_map(|f| numbers.definitions(f).constants.into_keys()).collect();
        let text = fs::read_to_string(&page).unwrap();
        for line in sentences(&text) {
            for found in WITH_UNIT.captures_iter(&line) {
                if !constants.contains(&found[1]) {
                    faults.push(format!("{}: {:?} in {:?}", page.display(), &found[0], line));
                }
            }
        }
    }
    assert!(faults.is_empty(), "typed by hand:\n{}", faults.join("\n"));
}

/// Four digits that stand in a sentence and in the output of the page's own chapter are hardly
/// there by chance. With the next run they would be old.
#[test]
fn a_number_that_a_run_printed_is_not_typed() {
    static DECIMAL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("[0-9][0-9,]*\\.[0-9]+").unwrap());
    let four_digits = |number: &&str| {
        let digits = number.trim_start_matches(['0', '.']);
        digits.bytes().filter(u8::is_ascii_digit).count() >= 4
    };
    let numbers = Numbers::read(&root().join("docs")).unwrap();
    let mut faults = Vec::new();
    for page in all_pages() {
        let number = number_of(&page);
        let mut constants = BTreeSet::new();
        let mut printed = String::new();
        for folder in numbers.folders().filter(|folder| folder.starts_with(&number)) {
            constants.extend(numbers.definitions(folder).constants.into_keys());
            for file in fs::read_dir(root().join("docs/runs").join(folder)).unwrap() {
                let file = file.unwrap().path();
                if !file.ends_with("numbers.toml") {
                    printed += &fs::read_to_string(file).unwrap();
                }
            }
        }
        let printed: BTreeSet<&str> = DECIMAL.find_iter(&printed).map(|m| m.as_str()).collect();
        for line in sentences(&fs::read_to_string(&page).unwrap()) {
            let typed = DECIMAL.find_iter(&line).map(|m| m.as_str()).filter(four_digits);
            for typed in typed.filter(|typed| printed.contains(typed)) {
                if !constants.contains(typed) {
                    faults.push(format!("{}: {typed} in {line:?}", page.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "printed by a run, and typed by hand:\n{}", faults.join("\n"));
}

#[test]
fn units_are_recognised_in_both_languages() {
    let found = |text: &str| WITH_UNIT.captures(text).map(|found| found[1].to_owned());
    for (text, number) in [
        ("takes 3.5 ms here", "3.5"),
        ("74.80 % of", "74.80"),
        ("34 times as", "34"),
        ("1,234 MB", "1,234"),
        ("in 5 s.", "5"),
        ("a 20-minute run", "20"),
        ("約 30 分です", "30"),
        ("5.8 倍", "5.8"),
        ("0.3 ミリ秒", "0.3"),
        ("12 秒", "12"),
    ] {
        assert_eq!(found(text).as_deref(), Some(number), "{text}");
    }
    for text in ["3 分の 1", "10 classes", "5 sets", "28 x 28", "4 分割", "page 05"] {
        assert_eq!(found(text), None, "{text}");
    }
}
