//! The files of `docs/exercises` agree: list, folders, hints, tests of exercise and solution,
//! links from the pages. That exercises fail and solutions pass is for
//! `tests/scripts/try_exercises.sh` to say.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use referee::pages::{pages, targets};
use referee::root;

fn folder() -> PathBuf {
    root().join("docs/exercises")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// An exercise as `info.toml` lists it.
struct Exercise {
    name: String,
    dir: String,
    hint: String,
}

fn exercises() -> Vec<Exercise> {
    let text = read("info.toml");
    let value = |entry: &str, key: &str, quote: &str| {
        let from = entry.split(&format!("{key} = {quote}")).nth(1)?;
        Some(from.split(quote).next()?.trim().to_owned())
    };
    let entries = text.split("\n[[exercises]]\n").skip(1).map(|entry| Exercise {
        name: value(entry, "name", "\"").expect("a name"),
        dir: value(entry, "dir", "\"").expect("a folder"),
        hint: value(entry, "hint", "\"\"\"").expect("a hint"),
    });
    entries.collect()
}

/// Whether a hint is English first and Japanese after an empty line.
fn is_in_both_languages(hint: &str) -> bool {
    let is_kana = |c: char| ('\u{3040}'..='\u{30ff}').contains(&c);
    match hint.split_once("\n\n") {
        Some((en, ja)) => !en.is_empty() && !en.contains(is_kana) && ja.contains(is_kana),
        None => false,
    }
}

/// The comment at the head of a file, and its tests.
fn head_and_tests(file: &str) -> (String, String) {
    let text = read(file);
    let head: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
    let (_, tests) = text.split_once("#[cfg(test)]\nmod tests {\n").expect("a module of tests");
    (head.join("\n"), tests.to_owned())
}

/// The page of an exercise and the number of the exercise there, if it has one, from
/// `//! Page: docs/en/NAME.md, exercise N`.
fn page_of(head: &str) -> Option<(&str, Option<&str>)> {
    let page = head.lines().last()?.strip_prefix("//! Page: docs/en/")?;
    Some(match page.split_once(".md, exercise ") {
        Some((page, number)) => (page, Some(number)),
        None => (page.strip_suffix(".md")?, None),
    })
}

#[test]
fn the_list_is_one_that_rustlings_takes() {
    let text = read("info.toml");
    assert!(text.lines().any(|line| line == "format_version = 1"));
    let exercises = exercises();
    assert!(exercises.len() >= 40 && exercises.is_sorted_by_key(|exercise| exercise.dir.clone()));
    let names: BTreeSet<&str> = exercises.iter().map(|exercise| &*exercise.name).collect();
    assert_eq!(names.len(), exercises.len(), "a name is there twice");
    for Exercise { name, dir, hint } in &exercises {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.len() <= 32 && name.chars().chain(dir.chars()).all(plain), "{dir}/{name}");
        assert!(is_in_both_languages(hint), "{name}: the hint is not in English, then Japanese");
    }
}

/// What `rustlings dev update` would write.
#[test]
fn the_manifest_lists_every_exercise_and_its_solution() {
    let mut bins = String::from("bin = [\n");
    for Exercise { name, dir, .. } in exercises() {
        for (end, folder) in [("", "exercises"), ("_sol", "solutions")] {
            bins +=
                &format!("  {{ name = \"{name}{end}\", path = \"{folder}/{dir}/{name}.rs\" }},\n");
        }
    }
    assert!(read("Cargo.toml").contains(&(bins + "]\n")), "run `rustlings dev update`");
}

#[test]
fn the_folders_hold_what_is_listed_and_nothing_else() {
    let listed: BTreeSet<String> = exercises()
        .iter()
        .map(|exercise| format!("{}/{}.rs", exercise.dir, exercise.name))
        .collect();
    for part in ["exercises", "solutions"] {
        let mut found = BTreeSet::new();
        for dir in fs::read_dir(folder().join(part)).unwrap().map(|entry| entry.unwrap()) {
            for file in fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap()) {
                let names = [dir.file_name(), file.file_name()];
                found.insert(names.map(|name| name.into_string().unwrap()).join("/"));
            }
        }
        assert_eq!(found, listed, "{part}");
    }
}

#[test]
fn an_exercise_and_its_solution_have_one_text_and_the_same_tests() {
    for Exercise { name, dir, .. } in exercises() {
        let [stub, solution] =
            ["exercises", "solutions"].map(|folder| format!("{folder}/{dir}/{name}.rs"));
        let both = head_and_tests(&stub);
        assert!(both == head_and_tests(&solution), "{stub} and {solution} differ");
        let (head, tests) = both;
        let (text, solved) = (read(&stub), read(&solution));
        assert!(text.contains("// TODO") && text.contains("fn main() {}"), "{stub}");
        assert!(tests.contains("#[test]\n"), "{stub} has no test");
        assert!(!solved.to_lowercase().contains("todo"), "{solution}");
        let (page, _) = page_of(&head).expect("a page in the last line");
        assert_eq!(page.replace('-', "_"), dir, "{stub}");
    }
}

#[test]
fn every_page_links_to_its_exercises_in_their_order() {
    let exercises = exercises();
    for page in ["en", "ja"].iter().flat_map(|language| pages(language)) {
        let text = fs::read_to_string(&page).unwrap();
        let dir = page.file_stem().unwrap().to_str().unwrap().replace('-', "_");
        let links = |text: &str| -> Vec<String> {
            let names = targets(text).into_iter().filter_map(|target| {
                target.strip_prefix("../exercises/exercises/")?.strip_suffix(".rs")
            });
            names.map(str::to_owned).collect()
        };
        let own: Vec<String> = exercises
            .iter()
            .filter(|exercise| exercise.dir == dir)
            .map(|exercise| format!("{dir}/{}", exercise.name))
            .collect();
        let Some(from) = text.find("../exercises/exercises/") else {
            assert!(own.is_empty(), "{} links to no exercise", page.display());
            continue;
        };
        // Above the first exercise all of them, then under each number those that have it.
        let from = text[..from].rfind('\n').unwrap_or(0);
        let mut sections = text[from..].split("\n### ");
        assert_eq!(sections.next().map(links), Some(own.clone()), "{}", page.display());
        for section in sections {
            let here = section.split(". ").next();
            let belongs = |file: &&String| {
                let (head, _) = head_and_tests(&format!("exercises/{file}.rs"));
                page_of(&head).is_some_and(|(_, number)| number.is_some() && number == here)
            };
            let expected: Vec<String> = own.iter().filter(belongs).cloned().collect();
            assert_eq!(links(section), expected, "{}: {here:?}", page.display());
        }
    }
}

#[test]
fn the_exercises_use_the_ndarray_of_the_lessons() {
    let lessons = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let wanted = lessons.lines().find(|line| line.starts_with("ndarray = ")).unwrap();
    assert!(read("Cargo.toml").lines().any(|line| line.starts_with(wanted)), "{wanted}");
    let locked = |lock: &str| -> Option<String> {
        let package = lock.split("[[package]]").find(|p| p.contains("name = \"ndarray\"\n"))?;
        package.lines().find(|line| line.starts_with("version = ")).map(str::to_owned)
    };
    let root_lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    assert_eq!(locked(&read("Cargo.lock")), locked(&root_lock));
}

#[test]
fn the_tests_of_the_files_see_what_they_look_for() {
    assert!(is_in_both_languages("Sum over the batch.\n\nバッチについて足します。"));
    assert!(!is_in_both_languages("Sum over the batch."));
    assert!(!is_in_both_languages("Sum.\n\nOver the batch."));
    assert!(!is_in_both_languages("バッチについて足します。\n\nSum over the batch."));
    assert_eq!(page_of("//! A\n//! Page: docs/en/01-a.md"), Some(("01-a", None)));
    assert_eq!(page_of("//! Page: docs/en/01-a.md, exercise 2"), Some(("01-a", Some("2"))));
    assert_eq!(page_of("//! A"), None);
}
