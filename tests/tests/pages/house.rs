//! The rooms of the house: who uses whom, how long a file is, where `unsafe` is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use referee::root;

/// The folders `src` of all packages but the tests' own.
fn sources() -> Vec<PathBuf> {
    let chapters = fs::read_dir(root().join("chapters")).unwrap();
    let mut packages: Vec<PathBuf> = chapters.map(|entry| entry.unwrap().path()).collect();
    packages.extend(["common", "data", "docs/book"].map(|folder| root().join(folder)));
    packages.sort();
    packages.into_iter().map(|package| package.join("src")).filter(|src| src.is_dir()).collect()
}

/// All Rust files below `folder`.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A file without its comments and without its own tests.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// The module of a file: `["fast", "dot"]` for `src/fast/dot.rs`, nothing for the root.
fn module(src: &Path, file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(src).unwrap().with_extension("");
    let names = inside.iter().map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| !["lib", "main", "mod"].contains(&name.as_str())).collect()
}

/// `a::{b, c::{d as e}}` as `a::b` and `a::c::d`.
fn spread(path: &str) -> Vec<String> {
    let path = path.trim();
    let Some(open) = path.find('{') else {
        return vec![path.split(" as ").next().unwrap().trim().to_owned()];
    };
    let (before, inside) = (&path[..open], &path[open + 1..path.rfind('}').unwrap()]);
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in inside.chars() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(letter);
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| spread(&format!("{before}{}", part.trim()))).collect()
}

/// The paths that stand in `use` (`public`: in `pub use`), and in the code besides.
fn paths(code: &str, public: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("use ") {
        let line = code[..start].rfind('\n').map_or(0, |end| end + 1);
        let before = code[line..start].trim();
        let is_public = before.starts_with("pub");
        if (!before.is_empty() && !is_public) || is_public != public {
            continue;
        }
        let end = start + code[start..].find(';').unwrap();
        found.extend(spread(&code[start + 4..end].replace('\n', " ")));
    }
    if !public {
        for word in code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            if word.starts_with("crate::") || word.starts_with("super::") {
                found.push(word.to_owned());
            }
        }
    }
    found
}

/// The imports between the files of a package: file by file, those that it uses.
/// A re-export (`pub use`) is no import; who uses one imports the file behind it.
fn imports(src: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let files: BTreeMap<Vec<String>, PathBuf> = rust_files(src)
        .into_iter()
        .filter(|file| !file.ends_with("main.rs"))
        .map(|file| (module(src, &file), file))
        .collect();
    let absolute = |module: &[String], path: &str| -> Vec<String> {
        let mut at: Vec<String> = Vec::new();
        for (i, name) in path.split("::").enumerate() {
            match name {
                "crate" => at.clear(),
                "self" if i == 0 => at = module.to_vec(),
                "self" => {}
                "super" => {
                    if i == 0 {
                        at = module.to_vec();
                    }
                    at.pop();
                }
                _ if i == 0 => {
                    at = module.to_vec(); // a child, in a re-export
                    at.push(name.to_owned());
                }
                name => at.push(name.to_owned()),
            }
        }
        at
    };
    let mut behind: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (module, file) in &files {
        for text in code(file).split("#[macro_export]\nmacro_rules! ").skip(1) {
            let name = text.split_whitespace().next().unwrap().to_owned();
            behind.insert(vec![name.clone()], [&module[..], &[name]].concat());
        }
        for path in paths(&code(file), true) {
            let target = absolute(module, &path);
            let mut name = module.clone();
            name.extend(target.last().cloned());
            if name != target {
                behind.insert(name, target);
            }
        }
    }
    let file_of = |mut path: Vec<String>| {
        while let Some(target) = behind.get(&path) {
            path.clone_from(target);
        }
        while !files.contains_key(&path) {
            path.pop()?;
        }
        Some(path)
    };
    let name = |module: &[String]| files[module].strip_prefix(src).unwrap().display().to_string();
    let mut graph = BTreeMap::new();
    for (module, file) in &files {
        let used = paths(&code(file), false).into_iter().filter(|path| {
            ["crate::", "super::", "self::"].iter().any(|start| path.starts_with(start))
        });
        let used = used.filter_map(|path| file_of(absolute(module, &path)));
        let used: BTreeSet<String> =
            used.filter(|other| other != module).map(|other| name(&other)).collect();
        graph.insert(name(module), used);
    }
    graph
}

/// A chain of files that leads back to where it began, if there is one.
fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(
        graph: &BTreeMap<String, BTreeSet<String>>,
        file: &str,
        chain: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(first) = chain.iter().position(|other| other == file) {
            chain.drain(..first);
            return true;
        }
        if !done.insert(file.to_owned()) {
            return false;
        }
        chain.push(file.to_owned());
        for other in graph.get(file).into_iter().flatten() {
            if walk(graph, other, chain, done) {
                return true;
            }
        }
        chain.pop();
        false
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|file| {
        let mut chain = Vec::new();
        walk(graph, file, &mut chain, &mut done).then_some(chain)
    })
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    for src in sources() {
        if let Some(chain) = circle(&imports(&src)) {
            panic!("{}: {} -> the first again", src.display(), chain.join(" -> "));
        }
    }
}

#[test]
fn a_circle_is_found_and_a_re_export_is_seen_through() {
    let folder = tempfile::tempdir().unwrap();
    let src = folder.path().join("src");
    fs::create_dir(&src).unwrap();
    let write = |name: &str, text: &str| fs::write(src.join(name), text).unwrap();
    write("lib.rs", "mod a;\nmod b;\npub use b::{B, other};\n");
    write("a.rs", "use crate::B;\n");
    write("b.rs", "pub struct B; // crate::a::A\n");
    assert_eq!(imports(&src)["a.rs"], BTreeSet::from(["b.rs".to_owned()]));
    assert_eq!(circle(&imports(&src)), None);
    write("b.rs", "pub struct B(super::a::A);\n");
    assert_eq!(circle(&imports(&src)), Some(vec!["a.rs".to_owned(), "b.rs".to_owned()]));
}

#[test]
fn the_rooms_of_common_use_only_what_they_may() {
    let graph = imports(&root().join("common/src"));
    let room = |file: &str| match file.split_once(['/', '.']) {
        Some((room @ ("fast" | "plot" | "look" | "program"), _)) => room.to_owned(),
        _ => "helpers".to_owned(),
    };
    for (file, used) in &graph {
        for other in used {
            let allowed = match (room(file).as_str(), room(other).as_str()) {
                (from, to) if from == to => true,
                ("helpers", "fast") => true,
                ("look", "helpers") if other == "params.rs" => true,
                ("plot" | "look" | "program", "helpers") => {
                    ["error.rs", "files.rs", "real.rs", "lib.rs"].contains(&other.as_str())
                }
                _ => false,
            };
            assert!(allowed, "common/src/{file} must not use common/src/{other}");
        }
    }
}

#[test]
fn unsafe_code_of_common_is_in_its_fast_room() {
    let src = root().join("common/src");
    for file in rust_files(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let found = code(&file).split_whitespace().any(|word| word == "unsafe");
        assert!(!found || inside.starts_with("fast"), "{} has unsafe code", inside.display());
    }
}

#[test]
fn no_file_is_longer_than_three_hundred_lines() {
    for file in sources().iter().flat_map(|src| rust_files(src)) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 300, "{}: {lines} lines; one idea a file", file.display());
    }
}

/// Packages without tests of their own tell cargo so, which saves the time to link
/// them; a test in such a place would never run.
#[test]
fn no_test_stands_where_cargo_would_not_run_it() {
    for src in sources() {
        let manifest = fs::read_to_string(src.with_file_name("Cargo.toml")).unwrap();
        let library = manifest.split("[lib]").nth(1).unwrap_or("");
        let library = library.split("\n[").next().unwrap();
        let runs = !library.lines().any(|line| line == "test = false");
        for file in rust_files(&src) {
            let text = fs::read_to_string(&file).unwrap();
            let has_tests = text.contains("#[test]");
            let is_program = file.ends_with("main.rs");
            assert!(
                !has_tests || (runs && !is_program),
                "{}: cargo test does not run what is in here",
                file.display()
            );
            let fences = text.lines().filter_map(|line| {
                let comment = line.trim().strip_prefix("///").or(line.trim().strip_prefix("//!"));
                comment?.trim().strip_prefix("```")
            });
            for opening in fences.step_by(2) {
                assert_eq!(opening, "text", "{}: examples in comments are not run", file.display());
            }
        }
    }
}

/// A file of tests that its group does not name would be compiled by nobody.
#[test]
fn every_file_of_tests_belongs_to_a_group() {
    let groups = fs::read_dir(root().join("tests/tests")).unwrap().map(|entry| entry.unwrap());
    for group in groups.map(|group| group.path()) {
        let main = fs::read_to_string(group.join("main.rs")).unwrap();
        for file in fs::read_dir(&group).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let named = main.lines().any(|line| line == format!("mod {name};"));
            assert!(named || name == "main", "{} is in no group", file.display());
        }
    }
}
