//! Source files that pages name in their text exist.

use std::fs;
use std::path::Path;

use referee::pages::{all_markdown, parts};
use referee::root;

fn is_source(name: &str) -> bool {
    name.ends_with(".rs") || name.ends_with(".wgsl")
}

/// The source files below `folder`, from the root of the workspace on.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.to_str().is_some_and(is_source) {
            let inside = path.strip_prefix(root()).unwrap();
            found.push(
                inside.iter().map(|name| name.to_str().unwrap()).collect::<Vec<_>>().join("/"),
            );
        }
    }
}

#[test]
fn every_source_file_that_a_page_names_exists() {
    let mut files = Vec::new();
    for folder in ["chapters", "common", "data", "docs", "tests"] {
        sources(&root().join(folder), &mut files);
    }
    for page in all_markdown() {
        for line in parts(&fs::read_to_string(&page).unwrap()).prose {
            for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || "_-./".contains(c))) {
                let word = word.trim_start_matches("../").trim_matches(['.', '/']);
                let exists = files.iter().any(|file| {
                    file.strip_suffix(word)
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
                });
                assert!(
                    exists || !is_source(word) || word == "rustup.rs",
                    "{} names {word}, which does not exist",
                    page.display()
                );
            }
        }
    }
}
