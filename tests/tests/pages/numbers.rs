//! Numbers on the pages come from runs: what `numbers.toml` defines is used, found, computed
//! and rounded.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use referee::pages::{all_pages, measured_pages};
use referee::root;
use regex::Regex;
use tour::markdown::replace_numbers;
use tour::numbers::Numbers;

use crate::hand_typed_numbers::{MARKED, number_of};

#[test]
fn what_numbers_toml_defines_is_used() {
    let numbers = Numbers::read(&root().join("docs")).unwrap();
    let pages: Vec<String> = all_pages().iter().map(|p| fs::read_to_string(p).unwrap()).collect();
    let pages = pages.join("\n");
    let mut faults = Vec::new();
    for folder in numbers.folders() {
        let definitions = numbers.definitions(folder);
        let file = root().join("docs/runs").join(folder).join("numbers.toml");
        let all = fs::read_to_string(file).unwrap_or_default();
        let number = folder.get(..2).unwrap_or_default();
        for name in definitions.numbers.keys() {
            let in_value = Regex::new(&format!("value = .*\\b{name}\\b")).unwrap();
            let elsewhere = format!("{number}.{name}");
            let used = pages.contains(&format!("<!-- {number} {name} -->"))
                || in_value.is_match(&all)
                || numbers.folders().any(|other| {
                    let file = root().join("docs/runs").join(other).join("numbers.toml");
                    fs::read_to_string(file).unwrap_or_default().contains(&elsewhere)
                });
            if !used {
                faults.push(format!("{folder}: no page shows {name}"));
            }
        }
        for (run, arguments) in &definitions.runs {
            assert!(!arguments.is_empty(), "{folder}: {run} has no arguments");
            let quoted =
                all.contains(&format!("run = \"{run}\"")) || pages.contains(&format!("/{run} -->"));
            if !quoted && run != "look" {
                faults.push(format!("{folder}: nothing is quoted from the run {run}"));
            }
        }
        for (constant, reason) in &definitions.constants {
            assert!(reason.len() > 8, "{folder}: {constant} has no reason");
            let on_page = measured_pages().iter().any(|page| {
                folder.starts_with(&number_of(page))
                    && fs::read_to_string(page).unwrap().contains(constant.as_str())
            });
            if !on_page {
                faults.push(format!("{folder}: {constant} stands on no page"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_page_with_numbers_says_on_what_machine_and_when() {
    for page in all_pages() {
        let text = fs::read_to_string(&page).unwrap();
        if MARKED.is_match(&text) {
            let names: BTreeSet<String> =
                MARKED.captures_iter(&text).map(|found| found[2].to_owned()).collect();
            for name in ["machine", "date"] {
                assert!(names.contains(name), "{} does not name the {name}", page.display());
            }
        }
    }
}

/// Numbers of a chapter 90 with these definitions.
fn numbers(definitions: &str) -> Numbers {
    let mut numbers = Numbers::default();
    let output = "trained for 3,000 iterations\ntest accuracy 86.85 %, a step 12.345 ms\n";
    let figures = "chapter,figure,unit,article,mean,sd,min,max,seeds,data,command,date,cpu,cores,os,rustc\n\
                   p,step,ms,,18.04,0.5,17,19.5,5,MNIST,run,2026-11-30 01:02 UTC,\"A, B\",2,Linux,1.95\n\
                   p,memory,MB,,250,,250,250,1,MNIST,run,2026-11-30 01:02 UTC,\"A, B\",2,Linux,1.95\n";
    for (file, text) in
        [("numbers.toml", definitions), ("main.txt", output), ("figures.csv", figures)]
    {
        numbers.add("90-some", Path::new(file), text.to_owned()).unwrap();
    }
    numbers
}

#[test]
fn numbers_are_found_computed_and_rounded() {
    let numbers = numbers(
        r#"[numbers]
accuracy = { run = "main", find = 'test accuracy (\S+) %' }
iterations = { run = "90-some/main", find = '^trained for (\S+)' }
step = { run = "main", find = 'step (\S+) ms', digits = 1 }
mean = { seeds = "step", take = "mean", digits = 0 }
lowest = { seeds = "step", take = "lowest" }
all = { value = "iterations * step / 90.mean" }
rounded = { value = "all", significant = 2 }
small = { value = "step / 1000", significant = 2 }
large = { value = "1234567.8", digits = 0 }
nine = { value = "9.96", significant = 2 }
less = { value = "step - 20", digits = 1 }
"#,
    );
    for (name, text) in [
        ("accuracy", "86.85"),
        ("iterations", "3,000"),
        ("step", "12.3"),
        ("mean", "18"),
        ("lowest", "17"),
        ("rounded", "2,100"), // 3000 * 12.345 / 18.04 = 2052.9, not with 12.3 and 18
        ("small", "0.012"),
        ("large", "1,234,568"),
        ("nine", "10"),
        ("less", "-7.7"),
        ("machine", "A, B, 2 logical cores"),
        ("date", "2026-11-30"),
    ] {
        assert_eq!(numbers.text("90", name), Ok(text.to_owned()), "{name}");
    }
}

#[test]
fn a_number_that_cannot_be_had_is_named_with_the_reason() {
    let numbers = numbers(
        r#"[numbers]
nowhere = { run = "other", find = "(x)" }
unlike = { run = "main", find = "recall (x)" }
unknown = { seeds = "speed", take = "mean" }
single = { seeds = "memory", take = "sd" }
circle = { value = "circle + 1" }
words = { run = "main", find = "(trained)", digits = 1 }
both = { value = "1", digits = 1, significant = 1 }
bare = { digits = 1 }
odd = { value = "1 ^ 2" }
nothing = { value = "1 / 0" }
"#,
    );
    for (name, fault) in [
        ("nowhere", "the run 90-some/other is not kept"),
        ("unlike", "90-some/main has nothing like recall (x)"),
        ("unknown", "the ledger has no figure speed"),
        ("single", "memory was not measured"),
        ("circle", "it is defined by itself"),
        ("words", "trained is not a number"),
        ("both", "leave one away"),
        ("bare", "needs run and find, seeds and take, or value"),
        ("odd", "^ where + - * / may stand"),
        ("missing", "no numbers.toml defines it"),
    ] {
        let error = numbers.text("90", name).unwrap_err();
        assert!(error.starts_with(&format!("90 {name}: ")) && error.contains(fault), "{error}");
    }
    assert!(numbers.text("91", "date").unwrap_err().contains("no run of this chapter is kept"));
    let misspelt = "[numbers]\nx = { valeu = \"1\" }\n".to_owned();
    assert!(Numbers::default().add("90-some", Path::new("numbers.toml"), misspelt).is_err());
}

#[test]
fn a_number_of_a_run_that_is_not_kept_may_be_open() {
    let numbers = numbers(
        r#"[numbers]
later = { run = "gpu", find = 'step (\S+) us', significant = 2, open = "–" }
now = { run = "main", find = 'step (\S+) ms', significant = 2, open = "–" }
dash = { run = "main", find = '(for)', significant = 2, open = "for" }
misspelt = { run = "main", find = 'stap (\S+) ms', open = "–" }
computed = { value = "later * 2" }
"#,
    );
    for (name, text) in [("later", "–"), ("now", "12"), ("dash", "for")] {
        assert_eq!(numbers.text("90", name), Ok(text.to_owned()), "{name}");
    }
    assert!(numbers.text("90", "misspelt").unwrap_err().contains("has nothing like"));
    assert!(numbers.text("90", "computed").unwrap_err().contains("– is not a number"));
}

#[test]
fn markers_get_their_numbers_and_nothing_else_changes() {
    let text_of = |number: &str, name: &str| match name {
        "bad" => Err("no such number".to_owned()),
        _ => Ok(format!("{number}{name}")),
    };
    let page =
        "It is <!-- 04 a-1 -->7<!-- / --> %, then <!-- 05 b --><!-- / -->.\n<!-- other -->\n";
    let new = "It is <!-- 04 a-1 -->04a-1<!-- / --> %, then <!-- 05 b -->05b<!-- / -->.\n<!-- other -->\n";
    assert_eq!(replace_numbers(page, text_of), Ok(new.to_owned()));
    let open = "<!-- 04 a -->7 %";
    assert!(replace_numbers(open, text_of).unwrap_err().contains("04 a: has no <!-- / -->"));
    assert!(replace_numbers("<!-- 04 bad -->1<!-- / -->", text_of).is_err());
}
